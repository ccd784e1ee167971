//! Paper sessions as a user runs them: one program serves a venue on loopback, another trades on it.
use crate::onetape::{Desk, project};
use crate::venue_process::{Venue, commands};

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
fn what_one_of_two_sockets_leaves_out_the_other_has() {
    let desk = Desk::new();
    let example = project().join("examples/btc-paper.toml").display().to_string();
    let venue = Venue::of(&["bingx", &example, "--speed", "1000", "--faults", "F10=0.2", "--seed", "3"]);
    let line = format!(
        "--json paper @/examples/btc-paper.toml --endpoint {} --out session --until 2022-12-13T05:00:00Z --set live.market_sockets=2",
        venue.endpoint
    );
    let session = desk.say(&line).json();
    assert!(session["candles"].as_u64() > Some(100), "{session}");
    let backtest =
        desk.say("--json backtest session/run.toml --set data.to=2022-12-13T04:30:00Z --tape --out backtest").json();
    assert!(backtest["orders"].as_u64() > Some(5), "{backtest}");
    let (session, backtest) = (commands(&desk, "session"), commands(&desk, "backtest"));
    assert_eq!(session[..backtest.len()], backtest);
    assert_eq!(desk.say("--json replay session").json()["identical"], true);
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
