//! `cargo xtask`: what a contributor and the pipeline run, in one place and in one way.
//!
//! It starts the tools of the toolchain one after another and stops at the first that fails. It depends on no crate, so
//! that it is there seconds after a checkout, and it holds no test of its own: those are where the code is.
mod bench;
mod checks;
mod clients;
mod deny;
mod door;
mod failure;
mod libtorch;
mod no_std;
mod peers;
mod proofs;
mod python;
mod sb3;
mod step;
mod toolchain;

use failure::Failure;
use libtorch::Look;
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  test [--quick]   format, lints, docs, no_std, licences and sources, every test, other people's clients; --quick leaves out
                   docs, licences and clients
  libtorch         puts libtorch together for the feature `rl`, from PyPI, or checks every byte of the one that is there
  prove [NAME..]   the longer proofs, in release; their figures go to docs/proofs/PROOF.log
  bench [ARG..]    the benches; arguments go to cargo bench
";

fn main() -> ExitCode {
    // The tasks are meant for the root, from wherever in the repository they are called. Cargo says where that is now: two clones that
    // build into one folder share this program.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&package).parent().expect("this package lies in a folder of the root");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(root, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            failure.exit_code()
        }
    }
}

fn run(root: &Path, arguments: &[String]) -> Result<(), Failure> {
    let (command, rest) = arguments.split_first().map_or(("help", arguments), |(first, rest)| (first.as_str(), rest));
    match (command, rest) {
        ("test", []) => checks::all(root),
        ("test", [flag]) if flag == "--quick" => checks::quick(root),
        ("libtorch", []) => libtorch::ensure(root, Look::Bytes),
        ("prove", names) => proofs::run(root, names),
        ("bench", arguments) => bench::run(root, arguments),
        ("help" | "--help" | "-h", _) => {
            eprint!("{HELP}");
            Ok(())
        }
        _ => Err(Failure::Usage(format!("`{}` is not understood\n\n{HELP}", arguments.join(" ")))),
    }
}
