//! One step of a task: a named command whose duration is told, and whose failure ends the task.
use crate::failure::Failure;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A named command.
#[derive(Debug)]
pub(crate) struct Step {
    name: String,
    command: Command,
}

impl Step {
    /// `program` in the folder `root`.
    pub(crate) fn new(name: &str, root: &Path, program: &str) -> Self {
        let mut command = Command::new(program);
        command.current_dir(root);
        Self { name: name.into(), command }
    }

    /// `cargo` with these arguments, separated by spaces. The target directory is that of the environment.
    pub(crate) fn cargo(name: &str, root: &Path, arguments: &str) -> Self {
        Self::new(name, root, "cargo").arguments(arguments.split(' ')).outside_cargo()
    }

    /// Without what cargo tells this program of its package, which is nothing to a build that it starts: ring would be built again
    /// after each build by hand, and by hand after each of these.
    pub(crate) fn outside_cargo(mut self) -> Self {
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
                self.command.env_remove(name);
            }
        }
        self
    }

    /// More arguments.
    pub(crate) fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(arguments);
        self
    }

    /// A variable of the command's environment.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it and waits.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        eprintln!("==> {}: {}", self.name, self.written());
        let start = Instant::now();
        let status = self.command.status();
        let status = status.map_err(|source| Failure::Start { step: self.name.clone(), source })?;
        self.told(status, start.elapsed())
    }

    /// Runs it, waits at most `limit`, and says whether it succeeded. What it writes is dropped.
    pub(crate) fn succeeds_within(mut self, limit: Duration) -> bool {
        let Ok(mut child) = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
        else {
            return false;
        };
        let start = Instant::now();
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(100)),
                Ok(None) | Err(_) => {
                    // It may have ended in between; either way its answer is no longer waited for.
                    let _ = child.kill();
                    let _ = child.wait();
                    return false;
                }
            }
        }
    }

    /// Runs it, shows what it writes to standard error, and returns those of its lines that begin with `mark`, with the
    /// time it took.
    pub(crate) fn marked_lines(mut self, mark: &str) -> Result<(Vec<String>, Duration), Failure> {
        eprintln!("==> {}: {}", self.name, self.written());
        let start = Instant::now();
        let failed = |source| Failure::Start { step: self.name.clone(), source };
        let mut child = self.command.stderr(Stdio::piped()).spawn().map_err(failed)?;
        let output = child.stderr.take().expect("standard error was piped two lines above");
        let mut marked = Vec::new();
        for line in BufReader::new(output).lines() {
            let line = line.map_err(failed)?;
            eprintln!("{line}");
            marked.extend(line.starts_with(mark).then_some(line));
        }
        let status = child.wait().map_err(failed)?;
        let took = start.elapsed();
        self.told(status, took).map(|()| (marked, took))
    }

    fn told(&self, status: std::process::ExitStatus, took: Duration) -> Result<(), Failure> {
        let seconds = took.as_secs_f64();
        if status.success() {
            eprintln!("    {} done in {seconds:.1} s", self.name);
            return Ok(());
        }
        eprintln!("    {} failed after {seconds:.1} s", self.name);
        Err(Failure::Step { step: self.name.clone(), code: status.code() })
    }

    /// The command as a user would type it.
    fn written(&self) -> String {
        let variables = self.command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let variables = variables.map(|(name, value)| format!("{}={:?} ", name.display(), value));
        let arguments = self.command.get_args().map(|argument| format!(" {}", argument.display()));
        variables.chain([self.command.get_program().display().to_string()]).chain(arguments).collect()
    }
}

/// Says why a step does not run; a step is never left out in silence.
pub(crate) fn skipped(name: &str, why: &str) {
    eprintln!("==> {name}: skipped: {why}");
}
