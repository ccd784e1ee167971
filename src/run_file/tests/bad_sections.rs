//! Sections of the wrong shape, and rules between the keys of a section.
use super::check_each;
use expect_test::expect;

#[test]
fn a_section_of_the_wrong_shape_says_how_it_is_written() {
    check_each(
        &[
            ("[[instruments]]", "[instruments]"),
            ("[run]\nname = \"btc\"\nseed = 7", "run = 5"),
            ("[account]\ncash = \"100000 USD\"", "[[account]]\ncash = \"100000 USD\""),
            ("[run]\nname = \"btc\"\nseed = 7", "risk = []"),
            ("[[instruments]]\nvenue = \"coinbase\"\nsymbol = \"BTCUSD\"\ninterval = \"4h\"", "[data.more]"),
        ],
        expect![[r#"
            run.toml:10:1: `instruments` is one section
              10 | [instruments]
                 | ^^^^^^^^^^^^^
                 = expected `[[instruments]]` with `venue`, `symbol` and `interval`
                 = help: write two brackets, `[[instruments]]`, once for each instrument

            run.toml:1:7: `run` is a whole number
              1 | run = 5
                |       ^
                = expected [run]

            run.toml:15:1: `account` is a list of sections
              15 | [[account]]
                 | ^^^^^^^^^^^
                 = expected [account]

            run.toml:1:8: `risk` is a list
              1 | risk = []
                |        ^^
                = expected [risk]

            run.toml:10:7: unknown key `more` in [data]
              10 | [data.more]
                 |       ^^^^
                 = expected one of: catalog, from, to, warmup_candles, actions
            run.toml: the run file names no instrument
               = expected `[[instruments]]` with `venue`, `symbol` and `interval`"#]],
    );
}

#[test]
fn an_instrument_stands_once() {
    check_each(
        &[("[account]", "[[instruments]]\nvenue = \"coinbase\"\nsymbol = \"BTCUSD\"\ninterval = \"1d\"\n[account]")],
        expect![[r#"
            run.toml:17:10: coinbase:BTCUSD stands twice: instruments 0 and 1, counted from 0
              17 | symbol = "BTCUSD"
                 |          ^^^^^^^^
                 = help: several intervals of one instrument are not yet available in this build"#]],
    );
}

#[test]
fn a_tick_is_a_multiple_of_the_step_and_sessions_need_a_calendar() {
    check_each(
        &[
            ("interval = \"4h\"", "interval = \"4h\"\ntick = \"0.005\"\nprice_step = \"0.01\""),
            ("interval = \"4h\"", "interval = \"1d\"\ncalendar = \"24/7\"\nsession = \"6h30m\""),
        ],
        expect![[r#"
            run.toml:14:8: `tick` 0.005 is finer than `price_step` 0.01
              14 | tick = "0.005"
                 |        ^^^^^^^
                 = expected a multiple of the `price_step`

            run.toml:15:11: an instrument with the calendar `24/7` has no sessions
              15 | session = "6h30m"
                 |           ^^^^^^^
                 = expected no `session`, or another calendar"#]],
    );
}

#[test]
fn a_range_of_time_runs_forward() {
    check_each(
        &[("to = \"2025-01-01\"", "to = \"2018-01-01\"")],
        expect![[r#"
        run.toml:8:6: `to` is not after `from`, 2018-01-01
          8 | to = "2018-01-01"
            |      ^^^^^^^^^^^^
            = expected a later instant"#]],
    );
}

#[test]
fn a_limit_that_cannot_be_enforced_is_never_ignored() {
    check_each(
        &[
            ("[account]", "[risk]\nmax_order_notional = \"150000 USD\"\n[account]"),
            (
                "[account]",
                "[risk]\nmax_order_notional = \"off\"\ndaily_loss_limit_pct = 300\nemergency_stop_pct = 10\n[account]",
            ),
        ],
        expect![[r#"
            run.toml:15:1: where [risk] stands `daily_loss_limit_pct` is 3 by default, but this limit is not yet available in this build
              15 | [risk]
                 | ^^^^^^
                 = expected `daily_loss_limit_pct = "off"`, to run without it
            run.toml:15:1: where [risk] stands `emergency_stop_pct` is 10 by default, but this limit is not yet available in this build
              15 | [risk]
                 | ^^^^^^
                 = expected `emergency_stop_pct = "off"`, to run without it
            run.toml:16:22: `max_order_notional`: this limit is not yet available in this build
              16 | max_order_notional = "150000 USD"
                 |                      ^^^^^^^^^^^^
                 = expected "off", to run without it

            run.toml:17:24: `daily_loss_limit_pct`: this percentage is out of range
              17 | daily_loss_limit_pct = 300
                 |                        ^^^
                 = expected a percentage above 0, up to 100, or "off"
            run.toml:18:22: `emergency_stop_pct`: this limit is not yet available in this build
              18 | emergency_stop_pct = 10
                 |                      ^^
                 = expected "off", to run without it"#]],
    );
}

#[test]
fn only_instruments_of_the_run_can_be_allowed() {
    let risk = |list: &str| {
        format!(
            "[risk]\nallowed_instruments = {list}\ndaily_loss_limit_pct = \"off\"\nemergency_stop_pct = \"off\"\n[account]"
        )
    };
    check_each(
        &[
            ("[account]", &risk("[\"coinbase:BTCUSDT\"]")),
            ("[account]", &risk("[\"coinbase:BTCUSD\", \"coinbase:BTCUSD\"]")),
            ("[account]", &risk("[]")),
            ("[account]", &risk("[\"coinbase:BTCUSD\", 3]")),
            ("[account]", &risk("\"all\"")),
        ],
        expect![[r#"
            run.toml:16:24: `allowed_instruments`: `coinbase:BTCUSDT` is not an instrument of this run
              16 | allowed_instruments = ["coinbase:BTCUSDT"]
                 |                        ^^^^^^^^^^^^^^^^^^
                 = expected one of: coinbase:BTCUSD
                 = help: did you mean "coinbase:BTCUSD"?

            run.toml:16:43: `allowed_instruments`: `coinbase:BTCUSD` stands twice
              16 | allowed_instruments = ["coinbase:BTCUSD", "coinbase:BTCUSD"]
                 |                                           ^^^^^^^^^^^^^^^^^

            run.toml:16:23: `allowed_instruments`: with an empty list nothing could be traded
              16 | allowed_instruments = []
                 |                       ^^
                 = expected a list of instruments as in ["coinbase:BTCUSD"]

            run.toml:16:43: `allowed_instruments`: this is a whole number
              16 | allowed_instruments = ["coinbase:BTCUSD", 3]
                 |                                           ^
                 = expected an instrument as in "coinbase:BTCUSD"

            run.toml:16:23: `allowed_instruments`: this is a text
              16 | allowed_instruments = "all"
                 |                       ^^^^^
                 = expected a list of instruments as in ["coinbase:BTCUSD"]"#]],
    );
}
