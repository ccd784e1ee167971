//! Live sessions on loopback venues as a user runs them: orders that leave, accounts that have to agree, kills that hold.
use crate::onetape::{Desk, project};
use crate::venue_process::{Running, Venue, commands};
use serde_json::Value;

const RUN: &str = "@/examples/btc-paper.toml";

fn session(desk: &Desk, mode: &str, venue: &Venue, rest: &str) -> Value {
    desk.say(&format!("--json {mode} {RUN} --rehearsal --endpoint {} {rest}", venue.endpoint)).json()
}

fn start(desk: &Desk, venue: &Venue, folder: &str, rest: &str) -> Running {
    let line = format!("live {RUN} --rehearsal --endpoint {}{rest}", venue.endpoint);
    Running::start(desk, &line, folder)
}

/// The line of the pre-flight table about this.
fn check<'a>(table: &'a Value, about: &str) -> &'a Value {
    let all = table["checks"].as_array().expect("a table");
    all.iter().find(|row| row["about"] == about).unwrap_or_else(|| panic!("no `{about}` in {table}"))
}

fn preflight(desk: &Desk, venue: &Venue, rest: &str) -> (i32, Value) {
    let answer = desk.say(&format!("--json check {RUN} --live --rehearsal --endpoint {}{rest}", venue.endpoint));
    (answer.code, serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{e}: {} {}", answer.out, answer.err)))
}

fn holds_something(status: &Value) -> bool {
    status["positions"]["bybit:BTCUSDT"].as_str().is_some_and(|held| held != "0")
}

#[test]
fn orders_reach_the_venue_and_a_restart_goes_on_where_the_account_is() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    let (code, table) = preflight(&desk, &venue, "");
    assert_eq!((code, &table["ready"]), (0, &Value::Bool(true)), "{table}");

    let first = session(&desk, "live", &venue, "--out session --until 2022-12-13T05:00:00Z");
    assert!(first["orders"].as_u64() > Some(3) && first["fills"].as_u64() > Some(3), "{first}");
    let second = session(&desk, "live", &venue, "--out session --until 2022-12-13T08:00:00Z");
    assert!(second["fills"].as_u64() > Some(3), "{second}");
    assert_eq!(desk.say("--json replay session").json()["identical"], true);
    assert!(commands(&desk, "session").len() > 8);
    let (_, table) = preflight(&desk, &venue, "");
    let open = check(&table, "bingx: open orders");
    assert_eq!(open["state"], "ok", "a stop takes orders back: {table}");
}

#[test]
fn the_same_at_alpaca() {
    let (desk, run) = (Desk::new(), "@/examples/btc-alpaca.toml");
    let example = project().join("examples/btc-alpaca.toml").display().to_string();
    let venue = Venue::of(&["alpaca", &example, "--speed", "1500"]);
    let session = |mode: &str, until: &str| {
        let line =
            format!("--json {mode} {run} --rehearsal --endpoint {} --out {mode} --until {until}", venue.endpoint);
        desk.say(&line).json()
    };
    let table = desk.say(&format!("--json check {run} --live --rehearsal --endpoint {}", venue.endpoint)).json();
    assert_eq!(table["ready"], true, "{table}");
    // Stopped, gone on with, and replayed; what the account holds is what the tape holds, or it would not go on.
    for (mode, first, second) in [
        ("live", "2017-12-17T04:00:00Z", "2017-12-17T06:00:00Z"),
        ("shadow", "2017-12-17T08:00:00Z", "2017-12-17T10:00:00Z"),
    ] {
        for until in [first, second] {
            let done = session(mode, until);
            assert!(done["fills"].as_u64() > Some(1), "{mode} {done}");
        }
        assert_eq!(desk.say(&format!("--json replay {mode}")).json()["identical"], true);
    }
    let text = std::fs::read_to_string(desk.path("shadow/shadow.jsonl")).expect("written");
    assert!(text.contains("\"client_order_id\"") && text.contains("\"signed\":true"), "{text}");
    assert!(!text.contains("loopback-secret") && !text.contains("PKLOOPBACK"), "{text}");
}

#[test]
fn a_session_begins_in_an_account_that_holds_nothing() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    let mut first = start(&desk, &venue, "first", "");
    // It trades on while it is looked at: where it has just sold what was seen, it goes on to the next position.
    let (code, table) = loop {
        first.wait_until(&desk, "a position", holds_something);
        first.crash();
        let (code, table) = preflight(&desk, &venue, "");
        if check(&table, "bingx: positions")["state"] == "fail" {
            break (code, table);
        }
        first = start(&desk, &venue, "first", "");
    };
    assert_eq!(code, 3, "{table}");
    let refused = desk.say(&format!("live {RUN} --rehearsal --endpoint {} --out other", venue.endpoint));
    refused.refuses(1, "the account is not as a session begins");
    assert!(refused.err.contains("the tape holds 0 and the venue"), "{}", refused.err);
    // The first one goes on, and its tape agrees.
    let mut again = start(&desk, &venue, "first", "");
    again.wait_until(&desk, "an account that agrees", |it| it["feeds"]["bybit:BTCUSDT"] == "ready");
    assert_eq!(desk.say("stop first --why over").code, 0);
    let (code, _, err) = again.end();
    assert_eq!(code, 0, "{err}");
    assert_eq!(desk.say("--json replay first").json()["identical"], true);
}

#[test]
fn a_kill_cancels_what_is_open_and_holds_over_restarts() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    let mut running = start(&desk, &venue, "session", "");
    running.wait_until(&desk, "a position", holds_something);
    let killed = desk.run(&["--json", "kill", "session", "--why", "prices make no sense"]).json();
    assert_eq!(killed["heard"], true);
    let status = running.wait_until(&desk, "the kill", |it| it["trading"] == "killed");
    assert_eq!(status["open_orders"], 0, "{status}");
    let sent = status["commands"].as_u64().expect("a number");
    let later = status["candles"].as_u64().expect("a number") + 60;
    // Nothing leaves any more but cancels, whatever the market does.
    let after = running.wait_until(&desk, "an hour of candles", |it| it["candles"].as_u64() > Some(later));
    assert_eq!(after["commands"].as_u64(), Some(sent), "{after}");
    desk.run(&["resume", "session", "--why", "it is quiet again"]);
    running.crash();

    let mut again = start(&desk, &venue, "session", "");
    let status = again.wait_until(&desk, "more candles", |it| it["candles"].as_u64() > Some(10));
    assert_eq!((&status["trading"], &status["commands"]), (&"killed".into(), &0.into()), "{status}");
    assert_eq!(desk.say("stop session --why over").code, 0);
    assert_eq!(again.end().0, 0);
    assert_eq!(desk.say("--json replay session").json()["identical"], true);
    let (code, table) = preflight(&desk, &venue, " --out session");
    assert_eq!((code, &check(&table, "kill")["state"]), (3, &"fail".into()), "{table}");
}

/// The example with another strategy.
fn run_with(desk: &Desk, name: &str, change: impl Fn(&str) -> String) -> String {
    let text = std::fs::read_to_string(project().join("examples/btc-paper.toml")).expect("the example");
    let text = text.replace("../datasets", &project().join("datasets").display().to_string());
    desk.write(name, &change(&text)).display().to_string()
}

/// Orders that rest below and above the market.
fn grid(text: &str) -> String {
    let (head, tail) = text.split_once("[strategy]").expect("a strategy");
    let tail = &tail[tail.find("[execution]").expect("the next section")..];
    format!("{head}[strategy]\nkind = \"grid\"\nlevels = 3\nstep = \"5\"\nsize = \"0.1\"\nshort = true\n\n{tail}")
}

#[test]
fn a_kill_cancels_resting_orders_also_those_that_nobody_of_the_session_sent() {
    let (desk, venue) = (Desk::new(), Venue::serve("600"));
    let resting = run_with(&desk, "resting.toml", |text| grid(text).replace("\"cancel\"", "\"keep\""));
    let idle = run_with(&desk, "idle.toml", |text| text.replace("50000 USDT", "1 USDT"));
    let live = |run: &str, folder: &str| {
        Running::start(&desk, &format!("live {run} --rehearsal --endpoint {}", venue.endpoint), folder)
    };
    let mut idle = live(&idle, "idle");
    idle.wait_until(&desk, "a session", |it| it["feeds"]["bybit:BTCUSDT"] == "ready");

    // Six orders rest, and go on resting when their session has ended.
    let mut first = live(&resting, "resting");
    first.wait_until(&desk, "resting orders", |it| it["open_orders"] == 6);
    assert_eq!(desk.say("stop resting --why over").code, 0);
    assert_eq!(first.end().0, 0);
    let open = || preflight(&desk, &venue, "").1;
    assert_eq!(check(&open(), "bingx: open orders")["found"], "there are 6 orders, and a session begins with none");
    let refused = desk.say(&format!("live {RUN} --rehearsal --endpoint {} --out other", venue.endpoint));
    refused.refuses(1, "is open there and is not ours");
    assert_eq!(commands(&desk, "other"), [] as [&str; 0], "nothing was sent before the account was looked at");

    // Their own session finds them again, and its kill takes them back.
    let mut again = live(&resting, "resting");
    again.wait_until(&desk, "its orders", |it| it["open_orders"] == 6);
    assert_eq!(desk.say("kill resting --why drill").code, 0);
    let after = again.wait_until(&desk, "no orders", |it| it["open_orders"] == 0);
    assert_eq!(after["trading"], "killed");
    assert_eq!(desk.say("stop resting --why over").code, 0);
    assert_eq!(again.end().0, 0);
    assert_eq!(check(&open(), "bingx: open orders")["found"], "none");
    assert_eq!(desk.say("--json replay resting").json()["identical"], true);

    // Orders of another session in the same account: a kill does not ask whose they are.
    let resting = run_with(&desk, "resting.toml", |text| grid(text).replace("\"cancel\"", "\"keep\""));
    let mut stranger = live(&resting, "stranger");
    stranger.wait_until(&desk, "resting orders", |it| it["open_orders"] == 6);
    stranger.crash();
    assert_ne!(check(&open(), "bingx: open orders")["found"], "none");
    assert_eq!(desk.say("kill idle --why drill").code, 0);
    let killed = idle.wait_until(&desk, "the kill", |it| it["trading"] == "killed");
    assert_eq!(killed["commands"], 0, "{killed}");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while check(&open(), "bingx: open orders")["found"] != "none" {
        assert!(std::time::Instant::now() < until, "{}", open());
    }
}

#[test]
fn a_session_that_does_not_run_can_be_killed() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    session(&desk, "live", &venue, "--out session --until 2022-12-13T02:20:00Z");
    let killed = desk.say("--json kill session --why stop").json();
    assert_eq!(killed["heard"], false);
    let after = session(&desk, "live", &venue, "--out session --until 2022-12-13T08:00:00Z");
    assert!(after["candles"].as_u64() > Some(100), "{after}");
    assert_eq!(after["orders"], 0, "{after}");
    desk.say("kill nothing --why stop").refuses(2, "holds no session");
    desk.say("status session").refuses(1, "does not run");
}

#[test]
fn a_pause_lets_nothing_new_in_and_a_resume_lets_it_go_on() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    let mut running = start(&desk, &venue, "session", "");
    running.wait_until(&desk, "a session", |it| it["trading"] == "active");
    assert_eq!(desk.say("pause session --why lunch").code, 0);
    let paused = running.wait_until(&desk, "the pause", |it| it["trading"] == "reducing");
    let later = paused["candles"].as_u64().expect("a number") + 120;
    let after = running.wait_until(&desk, "two hours", |it| it["candles"].as_u64() > Some(later));
    assert!(after["refused"].as_u64() > paused["refused"].as_u64(), "{after}");
    assert_eq!(desk.say("resume session --why back").code, 0);
    running.wait_until(&desk, "trading", |it| it["trading"] == "active");
    let fills = after["fills"].as_u64();
    running.wait_until(&desk, "a fill", |it| it["fills"].as_u64() > fills);
    assert_eq!(desk.say("stop session --why over").code, 0);
    assert_eq!(running.end().0, 0);
}

#[test]
fn a_stop_closes_positions_where_the_run_file_says_so() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    let mut running = start(&desk, &venue, "session", " --set live.on_stop=flatten");
    running.wait_until(&desk, "a position", holds_something);
    assert_eq!(desk.say("stop session --why over").code, 0);
    let (code, _, err) = running.end();
    assert_eq!(code, 0, "{err}");
    let (_, table) = preflight(&desk, &venue, "");
    assert_eq!(check(&table, "bingx: positions")["found"], "none", "{table}");
    assert_eq!(desk.say("--json replay session").json()["identical"], true);
}

#[test]
fn a_dry_run_writes_down_what_would_be_sent_and_sends_nothing() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    let shadow = session(&desk, "shadow", &venue, "--out session --until 2022-12-13T06:00:00Z");
    let sent = shadow["orders"].as_u64().expect("a number");
    assert!(sent > 3, "{shadow}");
    let text = std::fs::read_to_string(desk.path("session/shadow.jsonl")).expect("written");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let requests: Vec<&Value> = lines.iter().flat_map(|line| line["requests"].as_array().expect("a list")).collect();
    assert_eq!(requests.len() as u64, sent, "{text}");
    for request in requests {
        assert_eq!(request["signed"], true, "{request}");
        let query = request["query"].as_str().expect("a text");
        assert!(query.contains("symbol=BTC-USDT") && query.contains("timestamp="), "{query}");
    }
    for secret in ["signature", "demo-key", "demo-secret"] {
        assert!(!text.contains(secret), "{secret}");
    }
    // Nothing reached the venue.
    let (code, table) = preflight(&desk, &venue, "");
    assert_eq!((code, &check(&table, "bingx: positions")["found"]), (0, &"none".into()), "{table}");
    assert_eq!(desk.say("--json replay session").json()["identical"], true);
}

#[test]
fn what_is_in_the_way_of_a_live_start_is_said_before_it() {
    let (desk, venue) = (Desk::new(), Venue::serve("1500"));
    desk.say(&format!("live {RUN}")).refuses(3, "`live` needs a promotion record");
    desk.say(&format!("live {RUN} --rehearsal --endpoint http://192.0.2.1:80")).refuses(2, "loopback venues only");
    desk.say(&format!("shadow {RUN} --endpoint http://192.0.2.1:80")).refuses(2, "needs a key of bingx");
    let wrong = desk.write("bingx.key", "another-key\nanother-secret\n");
    let mode = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&wrong, std::fs::Permissions::from_mode(mode)).expect("set");
    };
    mode(0o644);
    let rest = format!(" --credentials {}", wrong.display());
    let (code, table) = preflight(&desk, &venue, &rest);
    assert_eq!((code, &check(&table, "credentials")["state"]), (3, &"fail".into()), "{table}");
    mode(0o600);
    let (code, table) = preflight(&desk, &venue, &rest);
    assert_eq!((code, &check(&table, "bingx: permissions")["state"]), (3, &"fail".into()), "{table}");
    let shown = table.to_string();
    assert!(!shown.contains("another-key") && !shown.contains("another-secret"), "{shown}");
    let run = run_with(&desk, "rich.toml", |text| text.replace("100000 USDT", "900000 USDT"));
    let line = format!("--json check {} --live --rehearsal --endpoint {}", run, venue.endpoint);
    let answer = desk.say(&line);
    let table: Value = serde_json::from_str(&answer.out).expect("an object");
    assert_eq!((answer.code, &check(&table, "bingx: balance")["state"]), (3, &"fail".into()), "{table}");
    // A key that may do too much, and one that may do too little.
    let example = project().join("examples/btc-paper.toml").display().to_string();
    for (permissions, code, states) in [("2,3,5", 0, ["ok", "warn"]), ("2", 3, ["fail", ""])] {
        let quirk = format!("permissions={permissions}");
        let venue = Venue::of(&["bingx", &example, "--quirk", &quirk]);
        let (answered, table) = preflight(&desk, &venue, "");
        let rows = table["checks"].as_array().expect("a table");
        let of_key = rows.iter().filter(|row| row["about"] == "bingx: permissions").map(|row| row["state"].as_str());
        assert_eq!(answered, code, "{table}");
        assert!(of_key.zip(states).all(|(row, state)| row == Some(state)), "{permissions}: {table}");
    }
}
