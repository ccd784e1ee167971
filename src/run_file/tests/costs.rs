//! Fees by the unit and by what was traded, the impact of size, and latencies that are drawn.
use super::{GOOD, check_each, good, with};
use crate::run_file::{Charges, FeeTier, ImpactModel, ImpactSetting, RunFile};
use engine::Money;
use engine::sim::{Delay, Latency};
use expect_test::expect;
use rust_decimal::Decimal;
use std::path::Path;

const RATES: &str = "taker_fee_bps = 5";
const ALL: &str = "fee_tiers = [[0, 10, 8], [\"1000000.5\", 8, -0.5]]\nfee_per_unit = 0.005\nmin_fee = \"1\"\n\
    impact = \"square-root\"\nimpact_bps = 100\nlatency_ms = \"uniform 20 90.5\"\nfeed_latency_ms = \"exponential 0.5 2e1\"";

#[test]
fn costs_of_every_kind_are_read_and_written_back() {
    let run = good(&with(RATES, ALL));
    let (it, ms) = (&run.execution, 1_000_000);
    let tier = |from, taker_bps, maker_bps| FeeTier { from: Money(from), taker_bps, maker_bps };
    let (first, second) = (0, Money::ONE.0 * 10_000_005 / 10);
    let tiers = [tier(first, Decimal::from(10), Decimal::from(8)), tier(second, Decimal::from(8), Decimal::new(-5, 1))];
    assert_eq!(it.fee_tiers, tiers);
    let charges = Charges { per_unit: Some(Money(Money::ONE.0 / 200)), least: Some(Money::ONE) };
    assert_eq!((it.charges, run.instruments[0].charges), (charges, Charges::default()));
    assert_eq!(it.impact, Some(ImpactSetting { model: ImpactModel::SquareRoot, bps: Decimal::ONE_HUNDRED }));
    let entry = Delay::Uniform { min_ns: 20 * ms, max_ns: 90_500_000 };
    let feed = Delay::Exponential { min_ns: 500_000, mean_ns: 20 * ms };
    assert_eq!(it.latency, Latency { feed, entry, reply: Delay::NONE });
    let resolved = run.resolved();
    let (_, written) = resolved.split_once("[execution]\n").expect("the section is written");
    expect![[r#"
        fill = "next-open"
        path = "pessimistic"
        touch = false
        fee_tiers = [["0", 10, 8], ["1000000.5", 8, -0.5]]
        fee_per_unit = "0.005"
        min_fee = "1"
        slippage_bps = 0
        spread_bps = 0
        impact = "square-root"
        impact_bps = 100
        liquidation_fee_bps = 0
        latency_ms = "uniform 20 90.5"
        feed_latency_ms = "exponential 0.5 20"
        reply_latency_ms = 0
    "#]]
    .assert_eq(written);
    assert_eq!(good(&resolved), run);
}

#[test]
fn an_instrument_may_have_charges_of_its_own() {
    let run = good(&with("interval = \"4h\"", "interval = \"4h\"\nfee_per_unit = 0.01\nmin_fee = 0"));
    let charges = Charges { per_unit: Some(Money(Money::ONE.0 / 100)), least: Some(Money::ZERO) };
    assert_eq!((run.instruments[0].charges, run.execution.charges), (charges, Charges::default()));
    assert_eq!(good(&run.resolved()), run);
}

#[test]
fn a_setting_lays_a_drawn_latency_over_a_fixed_one() {
    let settings = ["execution.latency_ms=exponential 1 2".to_string()];
    let run = RunFile::parse(GOOD, "run.toml", Path::new("/runs"), &settings).expect("a good setting");
    assert_eq!(run.execution.latency.entry, Delay::Exponential { min_ns: 1_000_000, mean_ns: 2_000_000 });
}

#[test]
fn costs_that_make_no_sense_are_refused_at_their_line() {
    check_each(
        &[
            (RATES, "fee_tiers = [[0, 10, 8], [5, 8]]"),
            (RATES, "fee_tiers = [[0, 10, 8], [5, 80000, 1]]"),
            (RATES, "fee_tiers = [[1, 10, 8]]"),
            (RATES, "fee_tiers = [[0, 10, 8], [5, 8, 8], [5, 7, 7]]"),
            (RATES, "fee_tiers = []"),
            (RATES, "maker_fee_bps = 5\nfee_tiers = [[0, 10, 8]]"),
            (RATES, "fee_per_unit = -1"),
            (RATES, "min_fee = 1000001"),
        ],
        expect![[r#"
            run.toml:24:26: `fee_tiers`: a tier has three numbers
              24 | fee_tiers = [[0, 10, 8], [5, 8]]
                 |                          ^^^^^^
                 = expected tiers from the lowest to the highest, each [traded notional, taker's bps, maker's bps], the first from 0, as in [[0, 10, 8], [1000000, 8, 5]]

            run.toml:24:30: `fee_tiers`: 80000 basis points are out of range
              24 | fee_tiers = [[0, 10, 8], [5, 80000, 1]]
                 |                              ^^^^^
                 = expected basis points from -10000 to 10000, with at most eight decimal places

            run.toml:24:13: `fee_tiers`: these tiers do not rise from 0
              24 | fee_tiers = [[1, 10, 8]]
                 |             ^^^^^^^^^^^^
                 = expected tiers from the lowest to the highest, each [traded notional, taker's bps, maker's bps], the first from 0, as in [[0, 10, 8], [1000000, 8, 5]]

            run.toml:24:13: `fee_tiers`: these tiers do not rise from 0
              24 | fee_tiers = [[0, 10, 8], [5, 8, 8], [5, 7, 7]]
                 |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                 = expected tiers from the lowest to the highest, each [traded notional, taker's bps, maker's bps], the first from 0, as in [[0, 10, 8], [1000000, 8, 5]]

            run.toml:24:13: `fee_tiers`: these tiers do not rise from 0
              24 | fee_tiers = []
                 |             ^^
                 = expected tiers from the lowest to the highest, each [traded notional, taker's bps, maker's bps], the first from 0, as in [[0, 10, 8], [1000000, 8, 5]]

            run.toml:24:17: `maker_fee_bps` and `fee_tiers` both say what a fill pays
              24 | maker_fee_bps = 5
                 |                 ^
                 = expected one of the two

            run.toml:24:16: `fee_per_unit`: -1 is below zero
              24 | fee_per_unit = -1
                 |                ^^
                 = expected an amount of at least 0 without a currency as in "10"

            run.toml:24:11: `min_fee`: 1000001 is out of range
              24 | min_fee = 1000001
                 |           ^^^^^^^
                 = expected an amount from 0 to 1000000 without a currency as in "0.005""#]],
    );
}

#[test]
fn impact_and_latencies_that_make_no_sense_are_refused_at_their_line() {
    check_each(
        &[
            (RATES, "impact = \"linear\"\nimpact_bps = 5"),
            (RATES, "impact = \"square-root\""),
            (RATES, "impact_bps = 5"),
            (RATES, "impact = \"square-root\"\nimpact_bps = 10001"),
            (RATES, "latency_ms = \"uniform 5\""),
            (RATES, "latency_ms = \"uniform 9 5\""),
            (RATES, "reply_latency_ms = \"exponential 1 x\""),
            (RATES, "feed_latency_ms = \"exponential 1 86400001\""),
        ],
        expect![[r#"
            run.toml:24:10: `impact`: `linear` is not among the choices
              24 | impact = "linear"
                 |          ^^^^^^^^
                 = expected one of: "volume-share", "square-root"

            run.toml:24:10: `impact` stands alone
              24 | impact = "square-root"
                 |          ^^^^^^^^^^^^^
                 = expected `impact_bps`, what the whole volume of a candle would move the price by

            run.toml:24:14: `impact_bps` stands alone
              24 | impact_bps = 5
                 |              ^
                 = expected `impact`, the formula that it belongs to

            run.toml:25:14: `impact_bps`: 10001 basis points are out of range
              25 | impact_bps = 10001
                 |              ^^^^^
                 = expected basis points from 0 to 10000, with at most eight decimal places

            run.toml:24:14: `latency_ms`: this is not a decimal number
              24 | latency_ms = "uniform 5"
                 |              ^^^^^^^^^^^
                 = expected milliseconds from 0 to 86400000, with at most six decimal places, or how to draw them: "uniform 20 90" between two, "exponential 5 20" at least the first and on average so many more

            run.toml:24:14: `latency_ms`: 9 is above 5
              24 | latency_ms = "uniform 9 5"
                 |              ^^^^^^^^^^^^^
                 = expected the shortest before the longest

            run.toml:24:20: `reply_latency_ms`: `x`: this is not a decimal number
              24 | reply_latency_ms = "exponential 1 x"
                 |                    ^^^^^^^^^^^^^^^^^
                 = expected milliseconds from 0 to 86400000, with at most six decimal places, or how to draw them: "uniform 20 90" between two, "exponential 5 20" at least the first and on average so many more

            run.toml:24:19: `feed_latency_ms`: a latency of 86400001 ms is out of range
              24 | feed_latency_ms = "exponential 1 86400001"
                 |                   ^^^^^^^^^^^^^^^^^^^^^^^^
                 = expected milliseconds from 0 to 86400000, with at most six decimal places, or how to draw them: "uniform 20 90" between two, "exponential 5 20" at least the first and on average so many more"#]],
    );
}
