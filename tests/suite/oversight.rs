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

#[test]
fn the_run_file_asks_for_the_watch_and_says_from_where_on_it_minds() {
    let desk = Desk::new();
    let run = RUN.replace("CATALOG", &project().join("datasets/sample").display().to_string());
    desk.write("run.toml", &run);
    desk.write("on.toml", &(run.clone() + "[compliance]\nwatch = true\n"));
    let strict = "[risk]\ndaily_loss_limit_pct = \"off\"\nemergency_stop_pct = \"off\"\n[compliance]\nrestricted_instruments = [\"coinbase:BTCUSD\"]\n";
    desk.write("strict.toml", &(run + strict));
    let count = |folder: &str, detector: &str| {
        let text = std::fs::read_to_string(desk.path(&format!("{folder}/alerts.json"))).expect("alerts");
        let alerts: Vec<Value> = serde_json::from_str(&text).expect("a list");
        alerts.iter().filter(|alert| alert["detector"] == detector).count()
    };
    let asked = desk.say("--json backtest run.toml --out asked --watch").json();
    let on = desk.say("--json backtest on.toml --out on").json();
    assert_eq!(on["digest"], asked["digest"], "the section decides nothing");
    let found = count("asked", "wash");
    assert!(found > 0 && count("on", "wash") == found, "the defaults are the defaults");
    desk.say("--json backtest on.toml --out off --set compliance.watch=false").json();
    assert!(!desk.path("off/alerts.json").exists(), "nobody asked for it");
    desk.say("--json backtest on.toml --out calm --set compliance.cooldown=3650d").json();
    assert_eq!(count("calm", "wash"), 1, "all of them are one alert");
    assert_eq!(count("on", "restricted"), 0);
    desk.say("--json backtest strict.toml --out strict --watch").json();
    assert!(count("strict", "restricted") > 0, "the watch has a list of its own");
}

/// One act with the first alert.
fn act(day: &str, step: &str) -> String {
    format!("[[operators]]\nat = \"{day}\"\nwho = \"ada\"\nwhy = \"{step} on {day}\"\nalert = 1\nstep = \"{step}\"\n")
}

#[test]
fn an_alert_goes_through_its_life_on_the_tape_and_replays_the_same() {
    let desk = Desk::new();
    let run = RUN.replace("CATALOG", &project().join("datasets/sample").display().to_string());
    let sections = "[risk]\ndaily_loss_limit_pct = \"off\"\nemergency_stop_pct = \"off\"\n[compliance]\nwatch = true\n";
    let life = act("2024-12-01", "reviewed") + &act("2024-12-02", "action_logged") + &act("2024-12-03", "closed");
    desk.write("run.toml", &format!("{run}{sections}{life}"));
    let answer = desk.say("--json backtest run.toml --out out --tape");
    let digest = answer.json()["digest"].clone();
    assert!(!answer.err.contains("was not taken"), "{}", answer.err);
    let alerts = || -> Value {
        let text = std::fs::read_to_string(desk.path("out/alerts.json")).expect("alerts");
        serde_json::from_str(&text).expect("a list")
    };
    let first = alerts()[0].clone();
    assert_eq!(first["state"], "closed", "{first:#}");
    let history: Vec<(&str, &str)> = first["history"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| (step["step"].as_str().unwrap_or_default(), step["why"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        history,
        [
            ("reviewed", "reviewed on 2024-12-01"),
            ("action_logged", "action_logged on 2024-12-02"),
            ("closed", "closed on 2024-12-03")
        ]
    );
    let shown = desk.say("tape export out").out;
    for step in ["reviewed", "action_logged", "closed"] {
        let acts = shown.lines().filter(|line| line.contains("ada") && line.contains(step)).count();
        assert_eq!(acts, 1, "{step} stands on the tape once");
    }
    let replayed = desk.say("--json replay out --watch").json();
    assert_eq!((&replayed["identical"], &replayed["digest"]), (&true.into(), &digest));
    assert_eq!(replayed["alerts"].as_u64(), alerts().as_array().map(|all| all.len() as u64));
    desk.say("replay out --watch --set compliance.cooldown=3650d").refuses(3, "the alerts differ");
    let kept = std::fs::read_to_string(desk.path("out/alerts.json")).expect("alerts");
    desk.write("out/alerts.json", &kept.replace("\"ada\"", "\"eve\""));
    desk.say("replay out --watch").refuses(3, "alert 1 differs");
    assert_eq!(desk.say("replay out").code, 0, "nobody asked for the alerts");
    std::fs::remove_file(desk.path("out/alerts.json")).expect("removed");
    desk.say("replay out --watch").refuses(2, "alerts.json");
    // What people did is part of the run: another act is another run.
    let text = std::fs::read_to_string(desk.path("out/run.toml")).expect("a run file");
    desk.write("out/run.toml", &text.replace("closed on 2024-12-03", "nobody knows"));
    desk.say("replay out").refuses(3, "configuration differs: operators.2.why");
}

#[test]
fn a_step_out_of_order_is_told_and_leaves_the_alert_where_it_is() {
    let desk = Desk::new();
    let run = RUN.replace("CATALOG", &project().join("datasets/sample").display().to_string());
    let sections = "[risk]\ndaily_loss_limit_pct = \"off\"\nemergency_stop_pct = \"off\"\n";
    let check = |steps: &[&str], state: &str, told: &str| {
        let days = ["2024-12-01", "2024-12-02", "2024-12-03", "2024-12-04"];
        let life: String = days.iter().zip(steps).map(|(day, step)| act(day, step)).collect();
        desk.write("run.toml", &format!("{run}{sections}{life}"));
        let answer = desk.say("--json backtest run.toml --out out --watch");
        assert_eq!(answer.code, 0, "{}", answer.err);
        assert!(answer.err.contains(told), "{steps:?}: {}", answer.err);
        let text = std::fs::read_to_string(desk.path("out/alerts.json")).expect("alerts");
        let alerts: Value = serde_json::from_str(&text).expect("a list");
        assert_eq!(alerts[0]["state"], state, "{steps:?}");
    };
    check(&["closed"], "open", "alert 1 is open: the step `closed` may not follow");
    check(&["reviewed", "closed"], "reviewed", "alert 1 is reviewed: the step `closed` may not follow");
    check(&["reviewed", "action_logged", "closed", "reviewed"], "closed", "alert 1 is closed: the step `reviewed`");
}
