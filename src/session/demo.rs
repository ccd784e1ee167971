//! A loopback venue for a session of one's own: the same program, started beside it, and ended with it.
use crate::failure::Failure;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A loopback venue that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Demo {
    child: Child,
    /// Where it listens.
    pub(super) endpoint: String,
}

impl Demo {
    /// Serves the instruments of a run file, from its start on, so many times as fast as the clock.
    pub(super) fn start(venue: &str, run: &Path, set: &[String], speed: u64) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::Failed(format!("the loopback venue cannot be started: {error}"));
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.args(["venue", "serve", venue]).arg(run).args(["--port", "0", "--speed", &speed.to_string()]);
        set.iter().for_each(|text| {
            command.args(["--set", text]);
        });
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let mut line = String::new();
        let stdout = child.stdout.take();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
        }
        let endpoint = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_string);
        match endpoint {
            Some(endpoint) => Ok(Self { child, endpoint }),
            None => {
                drop(child.wait());
                Err(Failure::Failed(format!("the loopback venue of {venue} ended before it served: see above")))
            }
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It holds nothing that would be lost.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
