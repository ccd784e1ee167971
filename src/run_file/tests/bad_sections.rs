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
fn a_limit_that_makes_no_sense_is_told_with_what_would() {
    let risk = |text: &str| format!("[risk]\n{text}\n[account]");
    check_each(
        &[
            ("[account]", &risk("daily_loss_limit_pct = 300")),
            ("[account]", &risk("max_order_notional = 150000")),
            ("[account]", &risk("max_orders = \"10 per s\"")),
            ("[account]", &risk("max_data_age = \"soon\"")),
            ("[account]", &risk("self_cross = \"yes\"\noversize = \"cut\"")),
            ("[account]", &risk("max_leverge = 2")),
        ],
        expect![[r#"
            run.toml:16:24: `daily_loss_limit_pct`: this limit is out of range
              16 | daily_loss_limit_pct = 300
                 |                        ^^^
                 = expected a percentage above 0 and up to 100 with at most four decimal places, or "off"

            run.toml:16:22: `max_order_notional`: this is a whole number
              16 | max_order_notional = 150000
                 |                      ^^^^^^
                 = expected an amount as in "150000 USD", or "off"

            run.toml:16:14: `max_orders`: this limit is out of range
              16 | max_orders = "10 per s"
                 |              ^^^^^^^^^^
                 = expected how many in which time as in "10 in 1s", or "off"

            run.toml:16:16: `max_data_age`: this limit is out of range
              16 | max_data_age = "soon"
                 |                ^^^^^^
                 = expected a length of time as in "500ms", "30s", "5m" or "4h", or "off"

            run.toml:16:14: `self_cross`: this limit is out of range
              16 | self_cross = "yes"
                 |              ^^^^^
                 = expected "refuse" or "off"
            run.toml:17:12: `oversize`: `cut` is neither
              17 | oversize = "cut"
                 |            ^^^^^
                 = expected "refuse" or "clip"

            run.toml:16:1: unknown key `max_leverge` in [risk]
              16 | max_leverge = 2
                 | ^^^^^^^^^^^
                 = expected one of: allowed_instruments, restricted_instruments, price_collar_pct, moving_collar_pct, moving_collar_candles, max_order_quantity, max_order_notional, max_position, max_position_notional, max_gross_exposure, max_net_exposure, max_concentration_pct, max_leverage, max_orders, max_messages, max_repeats, duplicate_window, self_cross, reduce_only, max_data_age, max_data_gap, max_clock_skew, daily_los…
                 = help: did you mean `max_leverage`?"#]],
    );
}

#[test]
fn a_limit_of_an_instrument_names_one_of_the_run() {
    let risk = |text: &str| format!("[risk]\n{text}\n[account]");
    check_each(
        &[
            ("[account]", &risk("max_position = { \"coinbase:BTCUSDT\" = \"2\" }")),
            ("[account]", &risk("max_orders = { \"coinbase:BTCUSD\" = \"2 in 1s\" }")),
            ("[account]", &risk("shocks = { crash = { \"*\" = -101 } }")),
            ("[account]", &risk("shocks = { crash = -30 }")),
        ],
        expect![[r#"
            run.toml:16:39: `max_position`: `coinbase:BTCUSDT` is not an instrument of this run
              16 | max_position = { "coinbase:BTCUSDT" = "2" }
                 |                                       ^^^
                 = expected one of: coinbase:BTCUSD
                 = help: did you mean "coinbase:BTCUSD"?

            run.toml:16:14: `max_orders`: this limit is of the whole account
              16 | max_orders = { "coinbase:BTCUSD" = "2 in 1s" }
                 |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                 = expected one value

            run.toml:16:28: `shocks`: this change of a price is out of range
              16 | shocks = { crash = { "*" = -101 } }
                 |                            ^^^^
                 = expected per cent from -100 to 1000, not 0, with at most four decimal places

            run.toml:16:20: `shocks`: this is a whole number
              16 | shocks = { crash = -30 }
                 |                    ^^^
                 = expected scenarios as in { crash = { "*" = -30 } }"#]],
    );
}

#[test]
fn what_a_person_does_says_who_why_and_exactly_one_thing() {
    let act = |text: &str| format!("[risk]\n[[operators]]\nat = \"2018-03-01\"\n{text}\n[account]");
    check_each(
        &[
            ("[account]", &act("who = \"ada\"\nwhy = \"a drill\"")),
            ("[account]", &act("trading = \"halted\"")),
            ("[account]", &act("who = \"ada\"\nwhy = \"a drill\"\nlimit = \"max_order_notion\"\nto = \"5 USD\"")),
            ("[account]", &act("who = \"ada\"\nwhy = \"a drill\"\ntrading = \"stopped\"")),
            ("[account]", &act("who = \"ada\"\nwhy = \"a drill\"\ntrading = \"halted\"\nalert = 1\nstep = \"closed\"")),
        ],
        expect![[r#"
            run.toml:16:1: [[operators]] does not say what is done
              16 | [[operators]]
                 | ^^^^^^^^^^^^^
                 = expected exactly one of `limit` with `to`, `reset`, `trading`, and `alert` with `step`

            run.toml:16:1: [[operators]] has no `who`
              16 | [[operators]]
                 | ^^^^^^^^^^^^^
                 = expected `who = "ada"`
            run.toml:16:1: [[operators]] has no `why`
              16 | [[operators]]
                 | ^^^^^^^^^^^^^
                 = expected `why = "a drill"`

            run.toml:20:9: `limit`: `max_order_notion` is no limit
              20 | limit = "max_order_notion"
                 |         ^^^^^^^^^^^^^^^^^^
                 = expected the key of a limit in [risk]
                 = help: did you mean "max_order_notional"?
            run.toml:21:6: `to`: `to` is the new value of a `limit`
              21 | to = "5 USD"
                 |      ^^^^^^^

            run.toml:20:11: `trading`: `stopped` is none of them
              20 | trading = "stopped"
                 |           ^^^^^^^^^
                 = expected one of: active, reducing, halted, killed, close

            run.toml:16:1: [[operators]] does not say what is done
              16 | [[operators]]
                 | ^^^^^^^^^^^^^
                 = expected exactly one of `limit` with `to`, `reset`, `trading`, and `alert` with `step`"#]],
    );
}

#[test]
fn a_session_is_told_what_it_can_do() {
    let live = |text: &str| format!("[live]\n{text}\n[account]");
    check_each(
        &[
            ("[account]", &live("on_stop = \"sell\"")),
            ("[account]", &live("position_mode = \"both\"")),
            ("[account]", &live("kill_timer = \"5s\"")),
            ("[account]", &live("kill_timer = \"soon\"")),
        ],
        expect![[r#"
            run.toml:16:11: `on_stop`: `sell` says nothing about a stop
              16 | on_stop = "sell"
                 |           ^^^^^^
                 = expected "cancel", "keep" or "flatten"

            run.toml:16:17: `position_mode`: `both` is no way to keep positions
              16 | position_mode = "both"
                 |                 ^^^^^^
                 = expected "one_way" or "hedge"

            run.toml:16:14: `kill_timer`: `5s` is no time for a venue's timer
              16 | kill_timer = "5s"
                 |              ^^^^
                 = expected "off", or 10 to 120 seconds as in "60s"

            run.toml:16:14: `kill_timer`: `soon` is no time for a venue's timer
              16 | kill_timer = "soon"
                 |              ^^^^^^
                 = expected "off", or 10 to 120 seconds as in "60s""#]],
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
