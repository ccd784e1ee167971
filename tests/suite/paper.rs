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

const ON_TICKS: &str = "[run]\nname = \"ticks\"\n[data]\ncatalog = \"CATALOG\"\nfrom = \"2024-08-08T23:54:15Z\"\n\
    [[instruments]]\nvenue = \"binance\"\nsymbol = \"BTCUSDT\"\ninterval = \"1m\"\nlive = \"bingx:BTC-USDT\"\n\
    [account]\ncash = \"100000 USDT\"\n[strategy]\nkind = \"flip\"\nsize = \"0.5\"\n\
    [risk]\nallowed_instruments = [\"binance:BTCUSDT\"]\n[live]\nfills = \"ticks\"\n";

#[test]
fn orders_meet_trades_and_quotes_as_they_come_also_after_a_restart() {
    let desk = Desk::new();
    let served = project().join("examples/btc-ticks.toml").display().to_string();
    let venue = Venue::of(&["bingx", &served, "--speed", "30"]);
    let catalog = project().join("datasets/sample").display().to_string();
    let run = desk.write("ticks.toml", &ON_TICKS.replace("CATALOG", &catalog)).display().to_string();
    let paper = |until: &str| {
        let line = format!("--json paper {run} --endpoint {} --out session --until {until}", venue.endpoint);
        desk.say(&line).json()
    };
    // It ends holding what the first order bought, and the restarted venue still has it to sell.
    let first = paper("2024-08-08T23:55:40Z");
    assert_eq!((&first["orders"], &first["candles"]), (&1.into(), &1.into()), "{first}");
    let second = paper("2024-08-08T23:58:20Z");
    assert!(second["orders"].as_u64() > Some(1) && second["refused"] == 0, "{second}");
    assert_eq!(desk.say("--json replay session").json()["identical"], true);

    let shown = desk.say("tape export session").out;
    let fills: Vec<&str> = shown.lines().filter(|line| line.contains("\"fill of order 1:")).collect();
    // A book that shows less than is wanted fills it piece by piece, within the minute and at its prices of then.
    assert!(fills.len() > 1, "{shown}");
    assert!(fills.iter().all(|line| line.contains("T23:55:0") && line.contains("at 618")), "{fills:?}");
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
