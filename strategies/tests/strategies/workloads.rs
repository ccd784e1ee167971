//! The reference workloads, equal to the last unit to a plain run of the same rules in exact integers.
use crate::bars::bars;
use crate::market::{Market, Outcome};
use engine::{InstrumentId, Money, Price, Size};
use strategies::{EmaCross, EmaCrossRules, Flip};

const ONE_UNIT: Size = Size::Units(1_000_000_000);
const RULES: EmaCrossRules = EmaCrossRules { fast: 20, slow: 50, size: ONE_UNIT, short: false, rebalance: false };
const ASSET: InstrumentId = InstrumentId(0);

/// Expected figures; money in 1e-6 of the quote currency.
struct Expected {
    orders: u64,
    fills: u64,
    round_trips: u64,
    fees: i128,
    cash: i128,
    final_equity: i128,
    max_drawdown: i128,
}

fn check(outcome: &Outcome, expected: &Expected) {
    let state = &outcome.state;
    let micro = |amount: Money| {
        assert_eq!(amount.0 % 1_000_000, 0, "exact to the millionth");
        amount.0 / 1_000_000
    };
    assert_eq!(state.counters.submits, expected.orders, "orders");
    assert_eq!(state.counters.fills, expected.fills, "fills");
    assert_eq!(outcome.round_trips, expected.round_trips, "round trips");
    assert_eq!(micro(state.books.fees()), expected.fees, "fees");
    assert_eq!(micro(state.books.cash()), expected.cash, "cash");
    assert_eq!(micro(state.books.equity()), expected.final_equity, "final equity");
    assert_eq!(micro(state.max_drawdown), expected.max_drawdown, "max drawdown");
    assert_eq!((state.books.rounded(), outcome.venue.rounded_fees(), state.counters.anomalies), (0, 0, 0));
}

#[test]
fn made_up_candles_are_those_of_the_reference() {
    let candles = bars(1, 1_000, 2);
    let row = |at: usize| {
        let c = candles[at];
        [c.open_time.0 / 1_000_000, c.open.0, c.high.0, c.low.0, c.close.0, c.volume]
    };
    assert_eq!(row(0), [1_609_459_200_000, 3_501_661, 3_504_139, 3_501_327, 3_501_661, 86_640]);
    assert_eq!(row(1), [1_609_459_260_000, 3_501_800, 3_505_718, 3_497_437, 3_504_121, 137_320]);
    assert_eq!(row(999), [1_609_519_140_000, 3_383_021, 3_389_561, 3_378_114, 3_383_512, 122_724]);
    assert_eq!(bars(1, 2, 8)[1].close, Price(3_504_121_000_000));
}

#[test]
fn a_million_candles_of_ema_cross_agree_with_the_reference_to_the_last_unit() {
    let expected = Expected {
        orders: 20_251,
        fills: 20_251,
        round_trips: 10_125,
        fees: 360_873_435_030,
        cash: 9_566_310_444_970,
        final_equity: 9_616_401_324_970,
        max_drawdown: 384_723_051_120,
    };
    for price_scale in [2, 8] {
        let outcome = Market::of_bars(&[1], 1_000_000, price_scale).run(EmaCross::new(ASSET, RULES));
        check(&outcome, &expected);
    }
}

#[test]
fn an_order_at_every_candle_agrees_with_the_reference_to_the_last_unit() {
    let outcome = Market::of_bars(&[5], 200_000, 8).run(Flip::new(ASSET, ONE_UNIT));
    let expected = Expected {
        orders: 200_000,
        fills: 199_999,
        round_trips: 99_999,
        fees: 3_039_588_857_000,
        cash: 6_924_924_843_000,
        final_equity: 6_958_536_073_000,
        max_drawdown: 3_041_498_867_245,
    };
    check(&outcome, &expected);
}

#[test]
fn fifty_instruments_on_one_account_agree_with_the_reference_to_the_last_unit() {
    let seeds: Vec<u64> = (100..150).collect();
    let outcome = Market::of_bars(&seeds, 20_000, 8).run_named("ema-cross", "size=1");
    let state = &outcome.state;
    assert_eq!((state.counters.fills, outcome.round_trips), (20_150, 10_060));
    assert_eq!(state.books.fees(), Money(347_231_850_260 * 1_000_000));
    assert_eq!(state.books.equity(), Money(9_638_744_859_740 * 1_000_000));
}
