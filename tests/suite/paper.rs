//! Paper sessions as a user runs them: one program serves a venue on loopback, another trades on it.
use crate::onetape::{Desk, project};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A venue that ends with the test.
struct Venue {
    child: Child,
    endpoint: String,
}

impl Drop for Venue {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Venue {
    /// Serves the example's market, so many times as fast as it was.
    fn serve(speed: &str) -> Self {
        let example = project().join("examples/btc-paper.toml");
        let mut child = Command::new(env!("CARGO_BIN_EXE_onetape"))
            .args(["venue", "serve", "bingx"])
            .arg(example)
            .args(["--port", "0", "--speed", speed])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let endpoint =
            line.split_whitespace().find(|word| word.starts_with("http://")).expect("an endpoint").to_string();
        Self { child, endpoint }
    }
}

/// What was sent, in order and without when.
fn commands(desk: &Desk, run: &str) -> Vec<String> {
    let shown = desk.say(&format!("tape export {run}"));
    assert_eq!(shown.code, 0, "{}", shown.err);
    let texts = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).expect("an object");
        let what = row["what"].as_array().cloned().unwrap_or_default();
        what.into_iter().filter_map(|text| text.as_str().map(str::to_string)).collect::<Vec<_>>()
    };
    shown.out.lines().flat_map(texts).filter(|text| text.starts_with("send order")).collect()
}

#[test]
fn a_paper_session_decides_what_a_backtest_over_the_same_candles_decides() {
    let (desk, venue) = (Desk::new(), Venue::serve("1000"));
    let paper = |until: &str| {
        let line = format!(
            "--json paper @/examples/btc-paper.toml --endpoint {} --out session --until {until}",
            venue.endpoint
        );
        desk.say(&line).json()
    };
    let first = paper("2022-12-13T05:00:00Z");
    assert!(first["candles"].as_u64() > Some(100), "{first}");
    // Stopped, and gone on with: what happened meanwhile is there.
    let second = paper("2022-12-13T08:00:00Z");
    assert!(second["candles"].as_u64() > Some(100), "{second}");
    assert_eq!(desk.say("--json replay session").json()["identical"], true);

    let backtest =
        desk.say("--json backtest session/run.toml --set data.to=2022-12-13T07:30:00Z --tape --out backtest").json();
    assert!(backtest["orders"].as_u64() > Some(5), "{backtest}");
    let (session, backtest) = (commands(&desk, "session"), commands(&desk, "backtest"));
    assert_eq!(session[..backtest.len()], backtest);
}

#[test]
fn a_session_does_not_go_on_with_another_configuration() {
    let (desk, venue) = (Desk::new(), Venue::serve("1000"));
    let line = format!("paper @/examples/btc-paper.toml --endpoint {} --out session", venue.endpoint);
    let first = desk.say(&format!("--json {line} --until 2022-12-13T02:20:00Z")).json();
    assert!(first["candles"].as_u64() > Some(60), "{first}");
    desk.say(&format!("{line} --set strategy.fast=6")).refuses(2, "strategy.fast is 6 and was 5");
    std::fs::create_dir(desk.path("other")).expect("made");
    desk.write("other/letter.txt", "not a session");
    desk.say(&line.replace("--out session", "--out other")).refuses(2, "holds something else");
}
