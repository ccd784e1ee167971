//! `backtest --watch`: the run stays what it is, and what looks like market abuse in it is written down.
use crate::onetape::{Desk, project};
use serde_json::Value;

/// Two strategies of which one buys the breakdown that the other sells.
const RUN: &str = r#"[data]
catalog = "CATALOG"
[[instruments]]
venue = "coinbase"
symbol = "BTCUSD"
interval = "4h"
[account]
cash = "1000000 USD"
[[strategies]]
name = "trend"
kind = "donchian-breakout"
size = "1"
[[strategies]]
name = "range"
kind = "bollinger-reversion"
size = "1"
"#;

#[test]
fn the_watch_changes_no_decision_and_writes_what_it_found() {
    let desk = Desk::new();
    desk.write("run.toml", &RUN.replace("CATALOG", &project().join("datasets/sample").display().to_string()));
    let plain = desk.say("--json backtest run.toml --out plain").json();
    let answer = desk.say("--json backtest run.toml --out watched --watch --tape");
    assert_eq!(answer.json()["digest"], plain["digest"], "the watch decides nothing");
    assert!(!desk.path("plain/alerts.json").exists(), "nobody asked for it");
    let text = std::fs::read_to_string(desk.path("watched/alerts.json")).expect("alerts");
    let alerts: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let said = format!("{} alerts of the watch", alerts.len());
    assert!(answer.err.contains(&said), "{}", answer.err);
    let first = alerts.first().expect("one sells what the other buys");
    assert_eq!(first["detector"], "wash", "{first:#}");
    assert_eq!(first["owners"], serde_json::json!(["trend", "range"]), "{first:#}");
    assert_eq!((first["instrument"].as_str(), first["state"].as_str()), (Some("coinbase:BTCUSD"), Some("open")));
    // A run of ours is replaced, alerts and all.
    let again = desk.say("--json backtest run.toml --out watched");
    assert_eq!(again.json()["digest"], plain["digest"], "{}", again.err);
    assert!(!desk.path("watched/alerts.json").exists(), "they were of the run before");
}

#[test]
fn the_close_of_a_calendar_is_the_close_that_is_watched() {
    let desk = Desk::new();
    let answer = desk.say("--json backtest @/examples/us-equities-rotation.toml --out out --watch");
    assert_eq!(answer.code, 0, "{}", answer.err);
    let text = std::fs::read_to_string(desk.path("out/alerts.json")).expect("alerts");
    assert!(serde_json::from_str::<Vec<Value>>(&text).is_ok(), "{text}");
}

#[test]
fn what_people_do_about_an_alert_stands_in_the_run_file() {
    let desk = Desk::new();
    let act = |alert: u32| {
        format!(
            "[[operators]]\nat = \"2024-12-01\"\nwho = \"ada\"\nwhy = \"two books, no intent\"\nalert = {alert}\nstep = \"reviewed\"\n"
        )
    };
    let risk = "[risk]\ndaily_loss_limit_pct = \"off\"\nemergency_stop_pct = \"off\"\n";
    let run = RUN.replace("CATALOG", &project().join("datasets/sample").display().to_string());
    let run = run + risk + &act(1) + &act(99_999);
    desk.write("run.toml", &run);
    let answer = desk.say("--json backtest run.toml --out out --watch");
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("was not taken: there is no alert 99999"), "{}", answer.err);
    let text = std::fs::read_to_string(desk.path("out/alerts.json")).expect("alerts");
    let alerts: Value = serde_json::from_str(&text).expect("a list");
    assert_eq!(alerts[0]["state"], "reviewed", "{:#}", alerts[0]);
    assert_eq!((&alerts[0]["history"][0]["who"], &alerts[1]["state"]), (&"ada".into(), &"open".into()));
}
