//! Runs with limits from the command line: what is refused explains itself on the tape, and people's acts do.
use crate::onetape::Desk;

/// The words of every record of a run's tape.
fn tape(desk: &Desk) -> Vec<String> {
    let shown = desk.say("tape show out --count 1000000");
    shown.out.lines().map(str::to_owned).collect()
}

fn run(desk: &Desk, example: &str) -> Vec<String> {
    assert_eq!(desk.say(&format!("--json backtest @/examples/{example}.toml --out out --tape")).code, 0);
    tape(desk)
}

/// Limit and value of a line such as `... (limit 3000, value 3100)`.
fn bounds(line: &str) -> (f64, f64) {
    let numbers = line.rsplit_once("(limit ").and_then(|(_, rest)| rest.trim_end_matches(')').split_once(", value "));
    let (limit, value) = numbers.unwrap_or_else(|| panic!("no limit and value: {line}"));
    (limit.parse().expect("a limit"), value.parse().expect("a value"))
}

#[test]
fn every_refusal_behind_a_daily_loss_names_the_limit_and_the_loss() {
    let desk = Desk::new();
    let (mut reducing, mut refused, mut turned) = (false, 0, 0);
    for line in run(&desk, "btc-daily-loss") {
        if line.contains("trading is reducing until") {
            let (limit, value) = bounds(&line);
            assert!(value > limit, "{line}");
            (reducing, turned) = (true, turned + 1);
        } else if line.contains("trading is active") {
            reducing = false;
        } else if line.contains("refuse coinbase:BTCUSD: daily_loss_limit") {
            let (limit, value) = bounds(&line);
            assert!(value > limit, "{line}");
            refused += 1;
        } else if reducing && line.contains("send order") {
            assert!(line.contains(": sell "), "only what reduces is sent: {line}");
        }
    }
    assert!(turned > 10 && refused > 40, "{turned} {refused}");
}

#[test]
fn an_emergency_stop_tells_what_it_did_and_who_let_it_go_on() {
    let desk = Desk::new();
    let lines = run(&desk, "btc-emergency-stop");
    let place = |words: &str| lines.iter().position(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}"));
    let stop = place("trading is halted: emergency_stop");
    let (limit, value) = bounds(&lines[stop]);
    assert!(value > limit);
    // Nothing rested any more: all that is left is to close the position, in the same step.
    assert!(lines[stop + 1].contains("sell 5 coinbase:BTCUSD market"), "{}", lines[stop + 1]);
    let alone = place("ada resets emergency_stop: the market has calmed down");
    let both = place("ada with ben resets emergency_stop: the market has calmed down, agreed");
    assert!(lines[alone + 1..both].iter().any(|line| line.contains("refuse the account: approval (limit 2, value 1)")));
    assert!(lines[both + 1].contains("trading is active"), "{}", lines[both + 1]);
    // Between the stop and the release nothing was sent but its cancels and exits.
    let sent = lines[stop..both].iter().filter(|line| line.contains("send order"));
    assert!(sent.clone().count() > 0 && sent.clone().all(|line| line.contains("sell") && line.contains("market")));
    assert!(lines[alone..both].iter().all(|line| !line.contains("send order")));
}

#[test]
fn a_limit_is_tightened_by_one_person_and_raised_by_two() {
    let desk = Desk::new();
    let lines = run(&desk, "btc-every-limit");
    let of = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
    assert_eq!(of("sets max_order_notional to"), 3);
    assert_eq!(of("approval (limit 2, value 1)"), 1);
    assert!(of("max_order_notional (limit 5000, value") > 5, "orders were cut while the limit was low");
    let last = lines.iter().rposition(|line| line.contains("max_order_notional (limit 5000")).expect("a cut");
    let raised = lines.iter().position(|line| line.contains("ada with ben sets max_order_notional")).expect("an act");
    assert!(last < raised, "and never again");
}

#[test]
fn a_limit_in_another_currency_and_a_quantity_finer_than_a_step_are_told() {
    let desk = Desk::new();
    let check = |set: &str, words: &str| {
        desk.say(&format!("check @/examples/btc-every-limit.toml --set {set}")).refuses(2, words);
    };
    check("risk.max_order_notional=5000", "max_order_notional");
    check("risk.max_position=0.000000001", "finer than a step of coinbase:BTCUSD");
    desk.write("euros.toml", &euros());
    desk.say("check euros.toml").refuses(2, "limits are in the account's currency, USD, not in EUR");
}

/// The example with a limit in euros.
fn euros() -> String {
    let path = crate::onetape::project().join("examples/btc-every-limit.toml");
    let text = std::fs::read_to_string(path).expect("the example");
    let catalog = crate::onetape::project().join("datasets/sample");
    let text = text.replace("../datasets/sample", &catalog.display().to_string());
    text.replace("max_order_notional = \"150000 USD\"", "max_order_notional = \"150000 EUR\"")
}
