//! Several strategies on one account: what is read, what is refused and in which words, and what is written back.
use super::{GOOD, good, parse, with};
use crate::run_file::{Parameter, Seat};
use expect_test::{Expect, expect};

const SINGLE: &str = "[strategy]\nkind = \"ema-cross\"\nfast = 20\nsize = \"1\"\n";

/// The good file with these strategies in the place of its own.
fn with_strategies(text: &str) -> String {
    assert!(GOOD.contains(SINGLE));
    GOOD.replace(SINGLE, text)
}

fn element(name: &str, more: &str) -> String {
    format!("[[strategies]]\nname = \"{name}\"\nkind = \"ema-cross\"\nsize = \"1\"\n{more}\n")
}

#[test]
fn each_strategy_has_a_seat_and_its_own_parameters() {
    let all = element("slow-one", "share_pct = 33.3333\nfast = 50\ninstruments = [\"coinbase:BTCUSD\"]")
        + "[[strategies]]\nkind = \"grid\"\nsize = \"10%\"\n";
    let run = good(&with_strategies(&all));
    let seat = |name: &str, share_ppm, instruments: &[&str]| {
        let instruments = instruments.iter().map(ToString::to_string).collect();
        Some(Seat { name: name.into(), share_ppm, instruments })
    };
    assert_eq!(run.strategies[0].seat, seat("slow-one", 333_333, &["coinbase:BTCUSD"]));
    // Named after its kind, with an even share of the cash, and everything to trade.
    assert_eq!(run.strategies[1].seat, seat("grid", 500_000, &[]));
    assert_eq!(run.strategies[0].parameter("fast"), Some(&Parameter::Whole(50)));
    assert_eq!(run.strategies[0].parameter("share_pct"), None);
    assert_eq!(run.strategy_kind(), "ema-cross + grid");
    assert_eq!(good(&run.resolved()), run, "it reads as it is written");
    let other = good(&with_strategies(&all.replace("fast = 50", "fast = 51")));
    let difference = ("strategies.0.fast".to_string(), "50".to_string(), "51".to_string());
    assert_eq!(run.difference(&other), [difference]);
    let said = run.strategy_error(1, Some("size"), "too much").to_string();
    expect![[r#"
        run.toml:27:1: too much
          27 | size = "10%"
             | ^^^^^^^^^^^^"#]]
    .assert_eq(&said);
}

fn check(texts: &[String], expected: Expect) {
    let read = |text: &String| parse(text).expect_err("a bad file").to_string();
    expected.assert_eq(&texts.iter().map(read).collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn names_and_shares_that_cannot_be_are_refused() {
    check(
        &[
            GOOD.to_string() + &element("a", ""),
            with_strategies(&(element("a", "") + &element("a", ""))),
            with_strategies(&(element("a", "share_pct = 60") + &element("b", "share_pct = 50"))),
            with_strategies(&element("a", "share_pct = 0")),
            with_strategies(&element("a b", "")),
        ],
        expect![[r#"
            run.toml:18:1: `[strategy]` and `[[strategies]]` exclude each other
              18 | [strategy]
                 | ^^^^^^^^^^
                 = help: make the one strategy another element of the list

            run.toml:23:1: two strategies are called `a`
              23 | [[strategies]]
                 | ^^^^^^^^^^^^^^
                 = help: give each a `name` of its own

            run.toml:18:1: the shares of the strategies are 110 per cent together
              18 | [[strategies]]
                 | ^^^^^^^^^^^^^^
                 = expected at most 100

            run.toml:22:13: `share_pct`: a share of 0 is out of range
              22 | share_pct = 0
                 |             ^
                 = expected per cent of the cash above 0 and up to 100, with at most four decimal places

            run.toml:19:8: `name`: `a b` is not such a name
              19 | name = "a b"
                 |        ^^^^^
                 = expected 1 to 64 letters, digits, `-` and `_`"#]],
    );
}

#[test]
fn a_seat_for_what_is_not_there_is_refused() {
    check(
        &[
            with_strategies(&element("a", "instruments = [\"coinbase:BTCUSDT\"]")),
            with_strategies(&element("a", "instruments = []")),
            with_strategies("[strategies]\nkind = \"grid\"\n"),
            with_strategies("[[strategies]]\nsize = \"1\"\n"),
            with("kind = \"ema-cross\"\n", ""),
        ],
        expect![[r#"
            run.toml:22:16: `instruments`: `coinbase:BTCUSDT` is not an instrument of this run
              22 | instruments = ["coinbase:BTCUSDT"]
                 |                ^^^^^^^^^^^^^^^^^^
                 = expected one of: coinbase:BTCUSD
                 = help: did you mean "coinbase:BTCUSD"?

            run.toml:22:15: `instruments`: the list is empty
              22 | instruments = []
                 |               ^^
                 = expected a list of instruments as in ["coinbase:BTCUSD"]

            run.toml:18:1: `strategies` is a section
              18 | [strategies]
                 | ^^^^^^^^^^^^
                 = expected `[[strategies]]` from once to 100 times

            run.toml:18:1: [[strategies]] has no `kind`
              18 | [[strategies]]
                 | ^^^^^^^^^^^^^^
                 = expected `kind = "ema-cross"`

            run.toml:18:1: [strategy] has no `kind`
              18 | [strategy]
                 | ^^^^^^^^^^
                 = expected `kind = "ema-cross"`"#]],
    );
}
