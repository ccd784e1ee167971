//! `cargo xtask prove`: the proofs that take longer than a test may, each a command in release.
//!
//! A proof is an ordinary test: it runs a part of its work under `cargo test`, and all of it where `ONETAPE_PROVE` is set.
//! It tells its figures in lines to standard error that begin with `figure: `; they are kept in docs/proofs/PROOF.log with
//! the commit and the compiler they belong to.
use crate::clients;
use crate::door;
use crate::failure::Failure;
use crate::peers;
use crate::sb3;
use crate::step::Step;
use crate::toolchain::answer;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

const LOG: &str = "docs/proofs/PROOF.log";
const MARK: &str = "figure: ";

struct Proof {
    name: &'static str,
    /// What it shows.
    shows: &'static str,
    work: Work,
}

/// What a proof runs.
enum Work {
    /// `cargo` with these arguments.
    Cargo(&'static str),
    /// The scripts of other people's clients.
    Clients,
    /// Statistics of other people's libraries.
    Peers,
    /// Policies of stable-baselines3.
    Sb3,
    /// The wheel of the Python door, and the script that goes through it.
    Door,
}

const PROOFS: &[Proof] = &[
    Proof {
        name: "workloads",
        shows: "the strategies on the reference workloads, equal to exact integers to the last unit",
        work: Work::Cargo("test --release --locked -p onetape-strategies --test strategies -- workloads --nocapture"),
    },
    Proof {
        name: "engine",
        shows: "a million permutations of fills and busts without a unit of error; the venue equals the naive matcher",
        work: Work::Cargo(
            "test --release --locked -p onetape-engine --test suite -- permutations matching --nocapture",
        ),
    },
    Proof {
        name: "limits",
        shows: "ten thousand random runs in which no approval goes beyond a limit",
        work: Work::Cargo("test --release --locked -p onetape-engine --test suite -- limits --nocapture"),
    },
    Proof {
        name: "tape",
        shows: "a live tape after a hundred thousand faults in its files, a thousand killed processes, and a crash at every change",
        work: Work::Cargo("test --release --locked -p onetape-operations --test suite -- --nocapture"),
    },
    Proof {
        name: "suite",
        shows: "the tests of the whole house in release, with the full length of those that have one",
        work: Work::Cargo("test --release --locked -p onetape --test suite -- --nocapture"),
    },
    Proof {
        name: "gates",
        shows: "the shipped gates before a thousand bests of random strategies and a thousand with an edge; a walk over 100,000 candles",
        work: Work::Cargo(
            "test --release --locked -p onetape --test suite -- gates_on_noise evaluations::a_walk --nocapture --test-threads 1",
        ),
    },
    Proof {
        name: "stream",
        shows: "ten thousand messages a second through sockets, queues and core for ten minutes, on a tape on disk, without lag growth",
        work: Work::Cargo(
            "test --release --locked -p onetape --features service --test suite -- stream:: --nocapture --test-threads 1",
        ),
    },
    Proof {
        name: "honesty",
        shows: "a learner finds a leak and a planted edge, nothing in noise, and no policy sees ahead; needs libtorch",
        work: Work::Cargo(
            "test --release --locked -p onetape-learning --features torch --test suite -- honesty --nocapture --test-threads 1",
        ),
    },
    Proof {
        name: "statistics",
        shows: "overfitting of 180 matrices as published; how often an interval holds the truth",
        work: Work::Cargo("test --release --locked -p onetape-evaluations --lib -- statistics:: --nocapture"),
    },
    Proof {
        name: "peers",
        shows: "block lengths, tests of the best of many, splits and paths are those of arch and skfolio",
        work: Work::Peers,
    },
    Proof {
        name: "clients",
        shows: "ccxt and alpaca-py take the loopback venues for the real ones; a debug build",
        work: Work::Clients,
    },
    Proof {
        name: "sb3",
        shows: "policies that stable-baselines3 trains now are exported, imported, and answer as in Python; a debug build",
        work: Work::Sb3,
    },
    Proof {
        name: "door",
        shows: "the Python door gives the engine's steps bit for bit; Gymnasium finds no fault; what stable-baselines3 learns through it is imported",
        work: Work::Door,
    },
];

/// Runs the proofs of these names, all where none is given.
pub(crate) fn run(root: &Path, names: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = names.iter().find(|name| PROOFS.iter().all(|proof| proof.name != name.as_str())) {
        let known: Vec<String> = PROOFS.iter().map(|proof| format!("  {:<12}{}", proof.name, proof.shows)).collect();
        return Err(Failure::Usage(format!("there is no proof `{unknown}`; there are\n{}", known.join("\n"))));
    }
    let wanted = |proof: &&Proof| names.is_empty() || names.iter().any(|name| name == proof.name);
    PROOFS.iter().filter(wanted).try_for_each(|proof| prove(root, proof))
}

fn prove(root: &Path, proof: &Proof) -> Result<(), Failure> {
    eprintln!("{}: {}", proof.name, proof.shows);
    let (figures, took) = match proof.work {
        Work::Cargo(arguments) => {
            Step::cargo(proof.name, root, arguments).variable("ONETAPE_PROVE", "1").marked_lines(MARK)?
        }
        Work::Clients => clients::prove(root, MARK)?,
        Work::Peers => peers::prove(root, MARK)?,
        Work::Sb3 => sb3::prove(root, MARK)?,
        Work::Door => door::prove(root, MARK)?,
    };
    let commit = answer(root, "git", &["describe", "--always", "--dirty", "--abbrev=12"]);
    let compiler = answer(root, "rustc", &["--version"]);
    let mut entry = format!("{} | commit {commit} | {compiler} | {:.1} s\n", proof.name, took.as_secs_f64());
    for figure in figures.iter().filter_map(|line| line.strip_prefix(MARK)) {
        entry.push_str(&format!("  {figure}\n"));
    }
    append(root, &entry)
}

fn append(root: &Path, entry: &str) -> Result<(), Failure> {
    let path = root.join(LOG);
    let failed = |source| Failure::File { path: LOG.into(), source };
    std::fs::create_dir_all(path.parent().expect("the log lies in a folder")).map_err(failed)?;
    let mut log = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
    log.write_all(entry.as_bytes()).map_err(failed)
}
