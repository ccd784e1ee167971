//! Values of the wrong kind or out of range.
use super::{check_each, parse, with};
use expect_test::expect;

#[test]
fn a_value_of_the_wrong_kind_says_what_it_is_and_what_was_expected() {
    check_each(
        &[
            ("seed = 7", "seed = \"x\""),
            ("seed = 7", "seed = 7.5"),
            ("name = \"btc\"", "name = 2024"),
            ("taker_fee_bps = 5", "touch = \"yes\""),
            ("cash = \"100000 USD\"", "cash = 100000"),
            ("from = \"2018-01-01\"", "from = 2018"),
            ("venue = \"coinbase\"", "venue = [\"coinbase\"]"),
            ("fast = 20", "fast = { a = 1 }"),
        ],
        expect![[r#"
            run.toml:3:8: `seed`: this is a text
              3 | seed = "x"
                |        ^^^
                = expected a whole number from 0 to 9223372036854775807

            run.toml:3:8: `seed`: this is a decimal number
              3 | seed = 7.5
                |        ^^^
                = expected a whole number from 0 to 9223372036854775807

            run.toml:2:8: `name`: this is a whole number
              2 | name = 2024
                |        ^^^^
                = expected 1 to 64 letters, digits, `-`, `_` or `.`, beginning with a letter or digit

            run.toml:24:9: `touch`: this is a text
              24 | touch = "yes"
                 |         ^^^^^
                 = expected true or false

            run.toml:16:8: `cash`: this is a whole number
              16 | cash = 100000
                 |        ^^^^^^
                 = expected an amount above zero and a currency as in "100000 USD"

            run.toml:7:8: `from`: this is a whole number
              7 | from = 2018
                |        ^^^^
                = expected a day as in "2018-01-01" or an instant in UTC as in "2018-01-01T09:30:00Z"

            run.toml:11:9: `venue`: this is a list
              11 | venue = ["coinbase"]
                 |         ^^^^^^^^^^^^
                 = expected 1 to 64 lower-case letters, digits, `-` or `_` as in "coinbase"

            run.toml:20:8: `fast`: a parameter cannot be a section
              20 | fast = { a = 1 }
                 |        ^^^^^^^^^
                 = expected a text, a number, true or false, or a list of these"#]],
    );
}

#[test]
fn a_number_out_of_range_says_the_range() {
    check_each(
        &[
            ("seed = 7", "seed = -1"),
            ("seed = 7", "seed = 99999999999999999999999999999999999999999999"),
            ("cash = \"100000 USD\"", "cash = \"1 USD\"\nleverage = 0"),
            ("cash = \"100000 USD\"", "cash = \"1 USD\"\nleverage = 0.0000001"),
        ],
        expect![[r#"
            run.toml:3:8: `seed`: this number is out of range
              3 | seed = -1
                |        ^^
                = expected a whole number from 0 to 9223372036854775807

            run.toml:3:8: `seed`: this number is out of range
              3 | seed = 99999999999999999999999999999999999999999999
                |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                = expected a whole number from 0 to 9223372036854775807

            run.toml:17:12: `leverage`: a leverage of 0 is out of range
              17 | leverage = 0
                 |            ^
                 = expected a number above 0, up to 1000, with at most six decimal places

            run.toml:17:12: `leverage`: a leverage of 0.0000001 is out of range
              17 | leverage = 0.0000001
                 |            ^^^^^^^^^
                 = expected a number above 0, up to 1000, with at most six decimal places"#]],
    );
}

#[test]
fn a_rate_a_step_or_a_share_out_of_range_says_the_range() {
    check_each(
        &[
            ("taker_fee_bps = 5", "taker_fee_bps = 10001"),
            ("taker_fee_bps = 5", "slippage_bps = -1"),
            ("taker_fee_bps = 5", "latency_ms = 0.0000001"),
            ("taker_fee_bps = 5", "maker_fee_bps = nan"),
            ("interval = \"4h\"", "interval = \"4h\"\nlot = 0"),
            ("interval = \"4h\"", "interval = \"4h\"\nprice_step = \"0.05\""),
            ("interval = \"4h\"", "interval = \"4h\"\nmargin = 1.5"),
        ],
        expect![[r#"
            run.toml:24:17: `taker_fee_bps`: 10001 basis points are out of range
              24 | taker_fee_bps = 10001
                 |                 ^^^^^
                 = expected basis points from -10000 to 10000, with at most eight decimal places

            run.toml:24:16: `slippage_bps`: -1 basis points are out of range
              24 | slippage_bps = -1
                 |                ^^
                 = expected basis points from 0 to 10000, with at most eight decimal places

            run.toml:24:14: `latency_ms`: a latency of 0.0000001 ms is out of range
              24 | latency_ms = 0.0000001
                 |              ^^^^^^^^^
                 = expected milliseconds from 0 to 86400000, with at most six decimal places, or how to draw them: "uniform 20 90" between two, "exponential 5 20" at least the first and on average so many more

            run.toml:24:17: `maker_fee_bps`: this is not a decimal number
              24 | maker_fee_bps = nan
                 |                 ^^^
                 = expected basis points from -10000 to 10000, with at most eight decimal places

            run.toml:14:7: `lot`: 0 is out of range
              14 | lot = 0
                 |       ^
                 = expected a number above 0, up to 1000000000, with at most nine decimal places, as in "0.01"

            run.toml:14:14: `price_step`: 0.05 is not such a step
              14 | price_step = "0.05"
                 |              ^^^^^^
                 = expected a power of ten from 1 down to 0.000000001 as in "0.01"

            run.toml:14:10: `margin`: 1.5 is out of range
              14 | margin = 1.5
                 |          ^^^
                 = expected a share of the notional above 0, up to 1, as in "0.05""#]],
    );
}

#[test]
fn money_and_sizes_are_above_zero() {
    check_each(
        &[
            ("cash = \"100000 USD\"", "cash = \"-5 USD\""),
            ("cash = \"100000 USD\"", "cash = \"0 USD\""),
            ("cash = \"100000 USD\"", "cash = \"100000 usd\""),
            ("cash = \"100000 USD\"", "cash = \"0.0000000000001 USD\""),
            ("cash = \"100000 USD\"", "cash = \"1e20 USD\""),
            ("size = \"1\"", "size = 0"),
            ("size = \"1\"", "size = \"-3%\""),
        ],
        expect![[r#"
            run.toml:16:8: `cash`: -5 USD is not above zero
              16 | cash = "-5 USD"
                 |        ^^^^^^^^
                 = expected an amount above zero and a currency as in "100000 USD"

            run.toml:16:8: `cash`: 0 USD is not above zero
              16 | cash = "0 USD"
                 |        ^^^^^^^
                 = expected an amount above zero and a currency as in "100000 USD"

            run.toml:16:8: `cash`: `usd` is not a currency: expected one to eight upper-case letters or digits, as in `USD`
              16 | cash = "100000 usd"
                 |        ^^^^^^^^^^^^
                 = expected an amount above zero and a currency as in "100000 USD"

            run.toml:16:8: `cash`: 0.0000000000001 USD is finer than 0.000000000001 of a currency
              16 | cash = "0.0000000000001 USD"
                 |        ^^^^^^^^^^^^^^^^^^^^^
                 = expected an amount above zero and a currency as in "100000 USD"

            run.toml:16:8: `cash`: 100000000000000000000 USD is beyond 10^15
              16 | cash = "1e20 USD"
                 |        ^^^^^^^^^^
                 = expected an amount above zero and a currency as in "100000 USD"

            run.toml:21:8: `size`: `0` is not a size
              21 | size = 0
                 |        ^
                 = expected units as in "1.5", a share of equity as in "25%", or money as in "5000 USD", above zero

            run.toml:21:8: `size`: `-3%` is not a size
              21 | size = "-3%"
                 |        ^^^^^
                 = expected units as in "1.5", a share of equity as in "25%", or money as in "5000 USD", above zero"#]],
    );
}

#[test]
fn dates_that_do_not_exist_are_refused() {
    check_each(
        &[
            ("to = \"2025-01-01\"", "to = \"2023-02-29\""),
            ("to = \"2025-01-01\"", "to = \"2025-01-01T00:00:00+02:00\""),
            ("to = \"2025-01-01\"", "to = 2025-01-01T10:00:00"),
            ("to = \"2025-01-01\"", "to = 2023-02-29"),
        ],
        expect![[r#"
            run.toml:8:6: `to`: 2023-02 has no day 29, its last is 28
              8 | to = "2023-02-29"
                |      ^^^^^^^^^^^^
                = expected a day as in "2018-01-01" or an instant in UTC as in "2018-01-01T09:30:00Z"

            run.toml:8:6: `to`: an instant is given in UTC and ends in `Z`
              8 | to = "2025-01-01T00:00:00+02:00"
                |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^
                = expected a day as in "2018-01-01" or an instant in UTC as in "2018-01-01T09:30:00Z"

            run.toml:8:6: `to`: an instant is given in UTC and ends in `Z`
              8 | to = 2025-01-01T10:00:00
                |      ^^^^^^^^^^^^^^^^^^^
                = expected a day as in "2018-01-01" or an instant in UTC as in "2018-01-01T09:30:00Z"

            run.toml:8:6: not valid TOML: invalid date, expected day between 01 and 28
              8 | to = 2023-02-29
                |      ^^^^^^^^^^"#]],
    );
}

#[test]
fn names_that_become_folders_are_safe() {
    check_each(
        &[
            ("name = \"btc\"", "name = \"../x\""),
            ("symbol = \"BTCUSD\"", "symbol = \"BTC/USD\""),
            ("venue = \"coinbase\"", "venue = \"Coinbase\""),
        ],
        expect![[r#"
            run.toml:2:8: `name`: `../x` cannot be the name of a folder
              2 | name = "../x"
                |        ^^^^^^
                = expected 1 to 64 letters, digits, `-`, `_` or `.`, beginning with a letter or digit

            run.toml:12:10: `symbol`: `BTC/USD` is not the name of a symbol
              12 | symbol = "BTC/USD"
                 |          ^^^^^^^^^
                 = expected 1 to 64 letters, digits, `-`, `_` or `.`, beginning with a letter or digit, as in "BTCUSD"

            run.toml:11:9: `venue`: `Coinbase` is not the name of a venue
              11 | venue = "Coinbase"
                 |         ^^^^^^^^^^
                 = expected 1 to 64 lower-case letters, digits, `-` or `_` as in "coinbase""#]],
    );
}

#[test]
fn a_choice_names_the_choices_and_the_nearest() {
    check_each(
        &[
            ("taker_fee_bps = 5", "path = \"pesimistic\""),
            ("taker_fee_bps = 5", "fill = \"close\""),
            ("interval = \"4h\"", "interval = \"4 hours\""),
            ("interval = \"4h\"", "interval = \"1d\"\nsession = \"25h\""),
            ("interval = \"4h\"", "interval = \"1d\"\ncalendar = \"XNSY\""),
            ("catalog = \"../sample\"", "catalog = \"s3://bucket\""),
        ],
        expect![[r#"
            run.toml:24:8: `path`: `pesimistic` is not among the choices
              24 | path = "pesimistic"
                 |        ^^^^^^^^^^^^
                 = expected one of: "pessimistic", "open-high-low-close", "open-low-high-close"
                 = help: did you mean "pessimistic"?

            run.toml:24:8: `fill`: `close` is not among the choices
              24 | fill = "close"
                 |        ^^^^^^^
                 = expected "next-open"

            run.toml:13:12: `interval`: `4 hours` is not an interval
              13 | interval = "4 hours"
                 |            ^^^^^^^^^
                 = expected a whole number and s, m, h, d or w as in "4h"

            run.toml:14:11: `session`: `25h` is not such a length
              14 | session = "25h"
                 |           ^^^^^
                 = expected a length of up to a day as in "6h30m"

            run.toml:14:12: `calendar`: there is no calendar `XNSY`
              14 | calendar = "XNSY"
                 |            ^^^^^^
                 = expected one of: "24/5", "24x5", "24/7", "XETR", "XFRA", "XHKG", "XLON", "XNYS", "XNAS", "XTKS"
                 = help: did you mean "XNYS"?

            run.toml:6:11: `catalog`: object stores are not yet available in this build
              6 | catalog = "s3://bucket"
                |           ^^^^^^^^^^^^^
                = expected the path of a folder as in "../datasets/sample""#]],
    );
}

#[test]
fn all_faults_are_reported_at_once_up_to_twenty() {
    check_each(
        &[("seed = 7", "seed = -1\nsed = 2\nnme = 3")],
        expect![[r#"
        run.toml:3:8: `seed`: this number is out of range
          3 | seed = -1
            |        ^^
            = expected a whole number from 0 to 9223372036854775807
        run.toml:4:1: unknown key `sed` in [run]
          4 | sed = 2
            | ^^^
            = expected one of: name, seed
            = help: did you mean `seed`?
        run.toml:5:1: unknown key `nme` in [run]
          5 | nme = 3
            | ^^^
            = expected one of: name, seed
            = help: did you mean `name`?"#]],
    );
    let many: String = (0..30).map(|n| format!("unknown_{n} = {n}\n")).collect();
    let error = parse(&with("seed = 7", &many)).expect_err("a bad file");
    assert_eq!((error.problems.len(), error.omitted), (20, 10));
    assert!(error.to_string().ends_with("\n... and 10 more"));
}

#[test]
fn a_problem_has_parts_for_machines() {
    let error = parse(&with("seed = 7", "sed = 7")).expect_err("a bad file");
    let problem = &error.problems[0];
    assert_eq!((problem.file.as_str(), problem.line, problem.column), ("run.toml", Some(3), Some(1)));
    assert_eq!(problem.key.as_deref(), Some("run.sed"));
    assert_eq!(problem.message, "unknown key `sed` in [run]");
}
