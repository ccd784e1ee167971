//! `onetape completions`: what a shell needs to complete our commands.
use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::terminal;
use clap::CommandFactory;

/// Runs the command.
pub(super) fn execute(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "onetape", &mut text);
    terminal::print(&String::from_utf8_lossy(&text))
}
