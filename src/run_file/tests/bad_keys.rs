//! Keys and sections that nobody knows, and those that are missing.
use super::{check_each, parse, with};
use expect_test::expect;

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_known_key() {
    check_each(
        &[
            ("seed = 7", "sed = 7"),
            ("cash = \"100000 USD\"", "cash = \"1 USD\"\nLeverage = 2"),
            ("taker_fee_bps = 5", "  taker-fee-bps = 5"),
            ("interval = \"4h\"", "interval = \"4h\"\ntik = \"0.01\""),
            ("seed = 7", "colour = \"blue\""),
        ],
        expect![[r#"
            run.toml:3:1: unknown key `sed` in [run]
              3 | sed = 7
                | ^^^
                = expected one of: name, seed
                = help: did you mean `seed`?

            run.toml:17:1: unknown key `Leverage` in [account]
              17 | Leverage = 2
                 | ^^^^^^^^
                 = expected one of: cash, credit_interest_pct, debit_interest_pct, leverage, margin_mode, pegs
                 = help: did you mean `leverage`?

            run.toml:24:3: unknown key `taker-fee-bps` in [execution]
              24 |   taker-fee-bps = 5
                 |   ^^^^^^^^^^^^^
                 = expected one of: fill, path, touch, queue, taker_fee_bps, maker_fee_bps, fee_tiers, fee_per_unit, min_fee, slippage_bps, spread_bps, impact, impact_bps, liquidation_fee_bps, participation_pct, latency_ms, feed_latency_ms, reply_latency_ms
                 = help: did you mean `taker_fee_bps`?

            run.toml:14:1: unknown key `tik` in [[instruments]]
              14 | tik = "0.01"
                 | ^^^
                 = expected one of: venue, symbol, interval, detail, tick, lot, min_notional, multiplier, quote, base, trade, price_step, quantity_step, maker_fee_bps, taker_fee_bps, fee_per_unit, min_fee, margin, borrow_pct, calendar, session, live
                 = help: did you mean `tick`?

            run.toml:3:1: unknown key `colour` in [run]
              3 | colour = "blue"
                | ^^^^^^
                = expected one of: name, seed"#]],
    );
}

#[test]
fn a_key_of_another_section_is_sent_there() {
    check_each(
        &[("seed = 7", "cash = \"5 USD\""), ("[run]", "seed = 3\n[run]")],
        expect![[r#"
            run.toml:3:1: unknown key `cash` in [run]
              3 | cash = "5 USD"
                | ^^^^
                = expected one of: name, seed
                = help: `cash` belongs to [account]

            run.toml:1:1: unknown key outside of any section: `seed`
              1 | seed = 3
                | ^^^^
                = expected one of: [run], [data], [[instruments]], [account], [strategy], [learning], [evaluation], [[strategies]], [execution], [risk], [[operators]], [compliance], [reporting], [live]
                = help: `seed` belongs to [run]"#]],
    );
}

#[test]
fn an_unknown_section_names_the_nearest() {
    check_each(
        &[
            ("[execution]", "[exection]"),
            ("[[instruments]]", "[[instrument]]"),
            ("taker_fee_bps = 5", "[x.y.z]\na = 1"),
        ],
        expect![[r#"
            run.toml:23:2: unknown section: `exection`
              23 | [exection]
                 |  ^^^^^^^^
                 = expected one of: [run], [data], [[instruments]], [account], [strategy], [learning], [evaluation], [[strategies]], [execution], [risk], [[operators]], [compliance], [reporting], [live]
                 = help: did you mean [execution]?

            run.toml:10:3: unknown section: `instrument`
              10 | [[instrument]]
                 |   ^^^^^^^^^^
                 = expected one of: [run], [data], [[instruments]], [account], [strategy], [learning], [evaluation], [[strategies]], [execution], [risk], [[operators]], [compliance], [reporting], [live]
                 = help: did you mean [[instruments]]?
            run.toml: the run file names no instrument
               = expected `[[instruments]]` with `venue`, `symbol` and `interval`

            run.toml:24:2: unknown section: `x`
              24 | [x.y.z]
                 |  ^
                 = expected one of: [run], [data], [[instruments]], [account], [strategy], [learning], [evaluation], [[strategies]], [execution], [risk], [[operators]], [compliance], [reporting], [live]"#]],
    );
}

#[test]
fn a_secret_is_refused_and_not_repeated() {
    check_each(
        &[("cash = \"100000 USD\"", "cash = \"1 USD\"\napi_key = \"hunter2\"")],
        expect![[r#"
            run.toml:17:1: unknown key `api_key` in [account]
                 = expected one of: cash, credit_interest_pct, debit_interest_pct, leverage, margin_mode, pegs
                 = help: secrets never stand in a run file: put them into a credentials file that only you can read"#]],
    );
    let broken = with("seed = 7", "password = hunter2");
    assert!(!parse(&broken).expect_err("a bad file").to_string().contains("hunter2"));
}

#[test]
fn a_missing_key_names_its_section_and_shows_an_example() {
    check_each(
        &[
            ("cash = \"100000 USD\"", ""),
            ("kind = \"ema-cross\"", ""),
            ("interval = \"4h\"", ""),
            ("catalog = \"../sample\"", ""),
        ],
        expect![[r#"
            run.toml:15:1: [account] has no `cash`
              15 | [account]
                 | ^^^^^^^^^
                 = expected `cash = "100000 USD"`

            run.toml:18:1: [strategy] has no `kind`
              18 | [strategy]
                 | ^^^^^^^^^^
                 = expected `kind = "ema-cross"`

            run.toml:10:1: [[instruments]] has no `interval`
              10 | [[instruments]]
                 | ^^^^^^^^^^^^^^^
                 = expected `interval = "4h"`

            run.toml:5:1: [data] has no `catalog`
              5 | [data]
                | ^^^^^^
                = expected `catalog = "../datasets/sample"`"#]],
    );
}

#[test]
fn a_missing_section_is_one_error_each_and_comes_last() {
    expect![[r#"
        run.toml: the section [data] with `catalog` is missing
           = expected `catalog = "../datasets/sample"`
        run.toml: the run file names no instrument
           = expected `[[instruments]]` with `venue`, `symbol` and `interval`
        run.toml: the section [account] with `cash` is missing
           = expected `cash = "100000 USD"`
        run.toml: the section [strategy] with `kind` is missing
           = expected `kind = "ema-cross"`"#]]
    .assert_eq(&parse("").expect_err("an empty file").to_string());
    expect![[r#"
        run.toml:2:1: unknown key `sed` in [run]
          2 | sed = 1
            | ^^^
            = expected one of: name, seed
            = help: did you mean `seed`?
        run.toml: the section [data] with `catalog` is missing
           = expected `catalog = "../datasets/sample"`
        run.toml: the run file names no instrument
           = expected `[[instruments]]` with `venue`, `symbol` and `interval`
        run.toml: the section [account] with `cash` is missing
           = expected `cash = "100000 USD"`
        run.toml: the section [strategy] with `kind` is missing
           = expected `kind = "ema-cross"`"#]]
    .assert_eq(&parse("[run]\nsed = 1\n").expect_err("hardly a file").to_string());
}
