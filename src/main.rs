//! `onetape`: parses what was typed, does it, and turns a failure into an exit code.
use clap::Parser;
use onetape::arguments::Arguments;
use onetape::{commands, terminal};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Bad usage exits with 2 from within the parser, help and version with 0.
    let arguments = Arguments::parse();
    let json = arguments.json;
    match commands::execute(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if json {
                let _ = terminal::print(&format!("{:#}\n", failure.object())); // the failure itself is what to tell
            }
            terminal::say(&format!("error: {failure}"));
            ExitCode::from(failure.code())
        }
    }
}
