//! A loopback venue in a process of its own, and a session in another, as a user has them in two terminals.
use crate::onetape::{Desk, project};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that ends with the test.
#[derive(Debug)]
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A loopback venue.
#[derive(Debug)]
pub(crate) struct Venue {
    _child: Kept,
    pub(crate) endpoint: String,
}

impl Venue {
    /// Serves the example's market at BingX's protocol, so many times as fast as it was.
    pub(crate) fn serve(speed: &str) -> Self {
        let example = project().join("examples/btc-paper.toml").display().to_string();
        Self::of(&["bingx", &example, "--speed", speed])
    }

    /// Serves what these words say.
    pub(crate) fn of(words: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onetape"))
            .args(["venue", "serve"])
            .args(words)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let endpoint =
            line.split_whitespace().find(|word| word.starts_with("http://")).expect("an endpoint").to_string();
        Self { _child: Kept(child), endpoint }
    }
}

/// A session that runs beside the test.
#[derive(Debug)]
pub(crate) struct Running {
    child: Kept,
    folder: String,
}

impl Running {
    /// Starts it; `line` is what follows `onetape`, with `@` for the project and `--out FOLDER` added.
    pub(crate) fn start(desk: &Desk, line: &str, folder: &str) -> Self {
        let project = project().display().to_string();
        let words = line.split(' ').map(|word| word.replace('@', &project));
        let child = Command::new(env!("CARGO_BIN_EXE_onetape"))
            .args(words)
            .args(["--out", folder])
            .current_dir(desk.folder.path())
            .env("ONETAPE_HOME", desk.path("home"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self { child: Kept(child), folder: folder.to_string() }
    }

    /// Waits until the session's own word of itself is as wanted.
    pub(crate) fn wait_until(&mut self, desk: &Desk, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + Duration::from_secs(60);
        let mut last = String::new();
        while Instant::now() < until {
            let answer = desk.say(&format!("--json status {}", self.folder));
            if answer.code == 0 {
                let status: Value = serde_json::from_str(&answer.out).expect("an object");
                if is(&status) {
                    return status;
                }
            }
            last = answer.out + &answer.err;
            if let Ok(Some(status)) = self.child.0.try_wait() {
                panic!("the session ended with {status} before {what}: {}", self.said().1);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{what} did not come; last: {last}");
    }

    /// Waits for its end: the exit code, and what it said on both streams.
    pub(crate) fn end(mut self) -> (i32, String, String) {
        let until = Instant::now() + Duration::from_secs(60);
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.0.try_wait() {
                let (out, err) = self.said();
                return (status.code().unwrap_or(-1), out, err);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the session did not end");
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn crash(mut self) {
        self.child.0.kill().expect("killed");
        self.child.0.wait().expect("gone");
    }

    fn said(&mut self) -> (String, String) {
        use std::io::Read;
        let (mut out, mut err) = (String::new(), String::new());
        if let Some(mut pipe) = self.child.0.stdout.take() {
            drop(pipe.read_to_string(&mut out));
        }
        if let Some(mut pipe) = self.child.0.stderr.take() {
            drop(pipe.read_to_string(&mut err));
        }
        (out, err)
    }
}

/// What was sent by a run, in order and without when.
pub(crate) fn commands(desk: &Desk, run: &str) -> Vec<String> {
    let shown = desk.say(&format!("tape export {run}"));
    assert_eq!(shown.code, 0, "{}", shown.err);
    let texts = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("an object");
        let what = row["what"].as_array().cloned().unwrap_or_default();
        what.into_iter().filter_map(|text| text.as_str().map(str::to_string)).collect::<Vec<_>>()
    };
    shown.out.lines().flat_map(texts).filter(|text| text.starts_with("send order")).collect()
}
