//! `--set` lays values over the file and is checked as the file is.
use super::{GOOD, RunFile, good, with};
use expect_test::{Expect, expect};
use std::path::Path;

fn set(settings: &[&str]) -> Result<RunFile, crate::run_file::ConfigError> {
    let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
    RunFile::parse(GOOD, "run.toml", Path::new("/runs"), &settings)
}

#[test]
fn an_override_is_as_if_the_file_said_so() {
    let check = |settings: &[&str], line: &str, other: &str| {
        assert_eq!(set(settings), Ok(good(&with(line, other))), "{settings:?}");
    };
    check(&["run.seed=8"], "seed = 7", "seed = 8");
    check(&["run.seed=9", "run.seed=8"], "seed = 7", "seed = 8");
    check(&["run.name=2024"], "name = \"btc\"", "name = \"2024\"");
    check(&["run.name=\"eth\""], "name = \"btc\"", "name = \"eth\"");
    check(&["account.cash=5 USD"], "cash = \"100000 USD\"", "cash = \"5 USD\"");
    check(&["data.from=2020-02-29"], "from = \"2018-01-01\"", "from = \"2020-02-29\"");
    check(&["strategy.size=25%"], "size = \"1\"", "size = \"25%\"");
    check(&["strategy.slow=50"], "fast = 20", "fast = 20\nslow = 50");
    check(&["strategy.windows=[1, 2]"], "fast = 20", "fast = 20\nwindows = [1, 2]");
    check(&["execution.path=open-low-high-close"], "[execution]", "[execution]\npath = \"open-low-high-close\"");
    check(&["instruments.0.tick=0.01"], "interval = \"4h\"", "interval = \"4h\"\ntick = \"0.01\"");
    check(&["instruments.0.calendar=24/7"], "interval = \"4h\"", "interval = \"4h\"\ncalendar = \"24/7\"");
    check(
        &["risk.daily_loss_limit_pct=off", "risk.emergency_stop_pct=off"],
        "[account]",
        "[risk]\ndaily_loss_limit_pct = \"off\"\nemergency_stop_pct = \"off\"\n[account]",
    );
}

#[test]
fn a_path_on_the_command_line_is_meant_from_where_the_user_is() {
    let run = set(&["data.catalog=here"]).expect("a good file");
    assert_eq!(run.data.catalog.path, std::env::current_dir().expect("a folder").join("here"));
}

fn check_bad(settings: &[&str], expected: Expect) {
    let read = |setting: &&str| set(&[setting]).expect_err("a bad override").to_string();
    expected.assert_eq(&settings.iter().map(read).collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn a_bad_override_is_reported_like_a_bad_line() {
    check_bad(
        &["run.sed=8", "seed=8", "rum.seed=8", "run.seed=x", "instruments.0.tik=0.01", "run=1", "run.seed=2.5"],
        expect![[r#"
            --set: unknown key `sed` in [run]
               | run.sed=8
               |     ^^^
               = expected one of: name, seed
               = help: did you mean `seed`?

            --set: unknown key outside of any section: `seed`
               | seed=8
               | ^^^^
               = expected one of: [run], [data], [[instruments]], [account], [strategy], [learning], [evaluation], [[strategies]], [execution], [risk], [[operators]], [compliance], [reporting], [live]
               = help: `seed` belongs to [run]

            --set: unknown section: `rum`
               | rum.seed=8
               | ^^^
               = expected one of: [run], [data], [[instruments]], [account], [strategy], [learning], [evaluation], [[strategies]], [execution], [risk], [[operators]], [compliance], [reporting], [live]
               = help: did you mean [run]?

            --set: `seed`: this is a text
               | run.seed=x
               |          ^
               = expected a whole number from 0 to 9223372036854775807

            --set: unknown key `tik` in [[instruments]]
               | instruments.0.tik=0.01
               |               ^^^
               = expected one of: venue, symbol, interval, detail, tick, lot, min_notional, multiplier, quote, base, trade, price_step, quantity_step, maker_fee_bps, taker_fee_bps, fee_per_unit, min_fee, margin, borrow_pct, calendar, session, live
               = help: did you mean `tick`?

            --set: `run` is a whole number
               | run=1
               |     ^
               = expected [run]

            --set: `seed`: this is a decimal number
               | run.seed=2.5
               |          ^^^
               = expected a whole number from 0 to 9223372036854775807"#]],
    );
}

#[test]
fn an_override_that_leads_nowhere_says_where_it_went_wrong() {
    check_bad(
        &[
            "run.seed",
            "run..seed=1",
            "run.name.first=1",
            "instruments.1.tick=1",
            "instruments.BTC.tick=1",
            "run.name=\"btc",
            "",
        ],
        expect![[r#"
            --set: an override needs a key and a value
               | run.seed
               | ^^^^^^^^
               = expected `section.key=value` as in `strategy.fast=10`

            --set: `` is not a key
               | run..seed=1
               |     ^
               = expected `section.key=value` as in `strategy.fast=10`

            --set: `name` is a value, not a section
               | run.name.first=1
               |     ^^^^

            --set: `instruments` has no element `1`
               | instruments.1.tick=1
               |             ^
               = expected the place of an element of `instruments`, from 0 to 0

            --set: `instruments` has no element `BTC`
               | instruments.BTC.tick=1
               |             ^^^
               = expected the place of an element of `instruments`, from 0 to 0

            --set: the value is not valid TOML: invalid basic string, expected `"`
               | run.name="btc
               |              ^

            --set: an override needs a key and a value
               |
               | ^
               = expected `section.key=value` as in `strategy.fast=10`"#]],
    );
}

#[test]
fn all_bad_overrides_are_reported_at_once() {
    let error = set(&["account.cash=-1 USD", "account.leverage=0", "run.sed=1"]).expect_err("bad overrides");
    expect![[r#"
        --set: `cash`: -1 USD is not above zero
           | account.cash=-1 USD
           |              ^^^^^^
           = expected an amount above zero and a currency as in "100000 USD"
        --set: `leverage`: a leverage of 0 is out of range
           | account.leverage=0
           |                  ^
           = expected a number above 0, up to 1000, with at most six decimal places
        --set: unknown key `sed` in [run]
           | run.sed=1
           |     ^^^
           = expected one of: name, seed
           = help: did you mean `seed`?"#]]
    .assert_eq(&error.to_string());
}

#[test]
fn a_caller_can_complain_about_an_override() {
    let run = set(&["strategy.fast=60"]).expect("a good file");
    expect![[r#"
        --set: `fast` must be below `slow`
           | strategy.fast=60
           |          ^^^^^^^"#]]
    .assert_eq(&run.strategy_error(0, Some("fast"), "`fast` must be below `slow`").to_string());
}
