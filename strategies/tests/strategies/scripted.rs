//! Every strategy on a market small enough to follow by hand: what it fills, when and at what price.
//!
//! A fill reads `minute instrument side quantity @ price`. Candle `n` opens at minute `n` and is known at minute `n + 1`,
//! so an order decided on candle `n` fills at minute `n + 1`, at that candle's open.
use crate::market::{MINUTE_NS, Market};
use engine::{Price, Spec, Timestamp};
use expect_test::{Expect, expect};

fn check(market: &Market, name: &str, given: &str, expected: &Expect) {
    let outcome = market.run_named(name, given);
    let mut text = outcome.fills;
    for (check, count) in outcome.refused {
        text += &format!("refused {check} {count}\n");
    }
    expected.assert_eq(&text);
}

#[test]
fn ema_cross_decides_from_the_candle_on_at_which_the_slow_average_is_full() {
    // The averages are 9.33 and 9 at the second close, which is too early; 11.11 and 10.5 at the third, 9.04 and 9.25 at
    // the fourth, 7.00 and 6.53 at the seventh.
    let market = Market::of_closes(&[&[8, 10, 12, 8, 3, 2, 9, 20, 21]]);
    check(
        &market,
        "ema-cross",
        "fast=2 slow=3 size=10",
        &expect![[r#"
        3 A buy 10 @ 12
        4 A sell 10 @ 8
        7 A buy 10 @ 9
    "#]],
    );
    check(
        &market,
        "ema-cross",
        "fast=2 slow=3 size=10 short=true",
        &expect![[r#"
        3 A buy 10 @ 12
        4 A sell 20 @ 8
        7 A buy 20 @ 9
    "#]],
    );
}

#[test]
fn the_quantity_is_fixed_while_the_signal_stands_unless_it_is_rebalanced() {
    let market = Market::of_closes(&[&[10, 20, 40, 80, 100, 125]]);
    check(
        &market,
        "ema-cross",
        "fast=1 slow=2 size=50%",
        &expect![[r#"
        2 A buy 250 @ 20
    "#]],
    );
    check(
        &market,
        "ema-cross",
        "fast=1 slow=2 size=50% rebalance=true",
        &expect![[r#"
        2 A buy 250 @ 20
        3 A sell 62.5 @ 40
        4 A sell 46.875 @ 80
        5 A sell 14.0625 @ 100
    "#]],
    );
}

#[test]
fn a_signal_from_the_warm_up_is_sized_at_the_first_candle_that_trades() {
    let mut market = Market::of_closes(&[&[10, 20, 40, 80, 100, 100]]);
    market.trades_from = Timestamp(3 * MINUTE_NS);
    check(
        &market,
        "ema-cross",
        "fast=1 slow=2 size=50%",
        &expect![[r#"
        4 A buy 62.5 @ 80
    "#]],
    );
    check(
        &market,
        "buy-and-hold",
        "size=50%",
        &expect![[r#"
        4 A buy 62.5 @ 80
    "#]],
    );
}

#[test]
fn an_order_that_the_venue_refused_is_asked_for_again_at_the_next_close() {
    // All of the money at 100 cannot pay an open of 101, but 99 two candles later.
    let candles = [[100, 100, 100, 100], [101, 101, 101, 101], [101, 101, 99, 99], [99, 99, 99, 99]];
    check(
        &Market::of_candles(&candles),
        "buy-and-hold",
        "size=100%",
        &expect![[r#"
        3 A buy 100 @ 99
        refused buying_power 1
    "#]],
    );
}

#[test]
fn buy_and_hold_splits_a_share_of_equity_between_its_instruments() {
    let market = Market::of_closes(&[&[10, 10, 30], &[40, 40, 20]]);
    check(
        &market,
        "buy-and-hold",
        "size=80%",
        &expect![[r#"
        1 A buy 400 @ 10
        1 B buy 100 @ 40
    "#]],
    );
    check(
        &market,
        "buy-and-hold",
        "size=3",
        &expect![[r#"
        1 A buy 3 @ 10
        1 B buy 3 @ 40
    "#]],
    );
}

#[test]
fn flip_trades_at_every_open() {
    let market = Market::of_closes(&[&[10, 11, 12, 13, 14]]);
    check(
        &market,
        "flip",
        "size=2",
        &expect![[r#"
        1 A buy 2 @ 10
        2 A sell 2 @ 11
        3 A buy 2 @ 12
        4 A sell 2 @ 13
    "#]],
    );
}

#[test]
fn donchian_breakout_follows_a_close_out_of_the_channel_before_it() {
    // 13 is above the highs 10, 12, 12 before it. Its exit is the close of 12 below the lows 13, 13 of two falling candles;
    // the close of 9 is below the three lows before it, and 12 above the highs 9, 8.
    let market = Market::of_closes(&[&[10, 12, 11, 13, 14, 13, 12, 9, 8, 7, 12, 15, 15]]);
    check(
        &market,
        "donchian-breakout",
        "entry=3 exit=2 size=1",
        &expect![[r#"
        4 A buy 1 @ 13
        7 A sell 1 @ 12
        12 A buy 1 @ 15
    "#]],
    );
    check(
        &market,
        "donchian-breakout",
        "entry=3 exit=2 size=1 short=true",
        &expect![[r#"
        4 A buy 1 @ 13
        7 A sell 1 @ 12
        8 A sell 1 @ 9
        11 A buy 1 @ 12
        12 A buy 1 @ 15
    "#]],
    );
}

#[test]
fn bollinger_reversion_buys_below_the_band_and_leaves_at_the_average() {
    let market = Market::of_closes(&[&[10, 10, 10, 10, 5, 6, 8, 10, 10, 10, 15, 12, 10, 10]]);
    check(
        &market,
        "bollinger-reversion",
        "window=4 deviations=1.5 size=1",
        &expect![[r#"
        5 A buy 1 @ 5
        7 A sell 1 @ 8
    "#]],
    );
    check(
        &market,
        "bollinger-reversion",
        "window=4 deviations=1.5 size=1 short=true",
        &expect![[r#"
        5 A buy 1 @ 5
        7 A sell 1 @ 8
        11 A sell 1 @ 15
        13 A buy 1 @ 10
    "#]],
    );
}

#[test]
fn momentum_rotation_sells_what_falls_out_before_it_buys_with_the_money() {
    let rising_then_falling: &[i64] = &[10, 12, 14, 16, 14, 12, 10, 10, 10];
    let flat: &[i64] = &[10, 10, 10, 10, 10, 10, 10, 10, 10];
    let falling_then_rising: &[i64] = &[10, 9, 8, 8, 10, 12, 14, 16, 18];
    let market = Market::of_closes(&[rising_then_falling, flat, falling_then_rising]);
    // 40% each leaves enough cash to buy at once; with 90% the purchase waits until the sale is filled.
    check(
        &market,
        "momentum-rotation",
        "lookback=1 top=1 every=2 size=40%",
        &expect![[r#"
        2 A buy 333.33333333 @ 12
        6 A sell 333.33333333 @ 12
        6 C buy 333.33333333 @ 12
    "#]],
    );
    check(
        &market,
        "momentum-rotation",
        "lookback=1 top=1 every=2 size=90%",
        &expect![[r#"
        2 A buy 750 @ 12
        6 A sell 750 @ 12
        7 C buy 642.85714285 @ 14
    "#]],
    );
    check(
        &market,
        "momentum-rotation",
        "lookback=2 top=2 every=3 size=40%",
        &expect![[r#"
        3 A buy 285.71428571 @ 14
        3 B buy 400 @ 10
        6 A sell 285.71428571 @ 12
        7 C buy 269.3877551 @ 14
    "#]],
    );
}

#[test]
fn momentum_rotation_does_not_rank_what_has_no_candles_any_more() {
    // The first rose most of all, but its candles end; its sale stays open, and the second is bought.
    let market = Market::of_closes(&[&[10, 20, 40], &[10, 11, 12, 13, 14, 15, 16, 17]]);
    check(
        &market,
        "momentum-rotation",
        "lookback=1 top=1 every=2 size=40%",
        &expect![[r#"
            2 A buy 200 @ 20
            6 B buy 373.33333333 @ 15
        "#]],
    );
}

#[test]
fn grid_takes_its_centre_from_the_first_close_that_trades_and_its_lines_from_the_tick() {
    // The centre is 96, not the 100 of the warm-up; its lines, 86.4 and 76.8, are rounded down to 84 and 76.
    let mut market = Market::of_closes(&[&[100, 96, 96, 75, 75]]);
    market.trades_from = Timestamp(MINUTE_NS);
    market.spec = Spec { tick: Price(4_00), ..Spec::FREE };
    check(
        &market,
        "grid",
        "levels=2 step=10 size=1",
        &expect![[r#"
            4 A buy 1 @ 84
            4 A buy 1 @ 76
        "#]],
    );
}

#[test]
fn grid_sells_each_purchase_one_line_higher() {
    // Lines of 10 around 100. The fall to 79 fills 90 and 80, the way back sells them at 90 and 100.
    let candles = [
        [100, 100, 100, 100],
        [100, 101, 79, 85],
        [85, 95, 85, 95],
        [95, 105, 95, 101],
        [101, 102, 89, 95],
        [95, 95, 95, 95],
    ];
    check(
        &Market::of_candles(&candles),
        "grid",
        "levels=2 step=10 size=1",
        &expect![[r#"
            2 A buy 1 @ 90
            2 A buy 1 @ 80
            3 A sell 1 @ 90
            4 A sell 1 @ 100
            5 A buy 1 @ 90
        "#]],
    );
    let both_ways = [[100, 100, 100, 100], [100, 121, 100, 120], [120, 120, 99, 100], [100, 100, 100, 100]];
    check(
        &Market::of_candles(&both_ways),
        "grid",
        "levels=2 step=10 size=1 short=true",
        &expect![[r#"
            2 A sell 1 @ 110
            2 A sell 1 @ 120
            3 A buy 1 @ 110
            3 A buy 1 @ 100
        "#]],
    );
    check(&Market::of_candles(&both_ways), "grid", "levels=2 step=10 size=1", &expect![""]);
}

#[test]
fn grid_takes_its_loss_and_a_new_centre_when_the_range_is_left() {
    // 65 is beyond 70, one step below the lowest line. The position is closed at the next open, and 60 is the new centre.
    let candles = [
        [100, 100, 100, 100],
        [100, 100, 65, 65],
        [64, 64, 60, 60],
        [60, 60, 53, 53],
        [53, 61, 53, 61],
        [61, 61, 61, 61],
    ];
    check(
        &Market::of_candles(&candles),
        "grid",
        "levels=2 step=10 size=1",
        &expect![[r#"
            2 A buy 1 @ 90
            2 A buy 1 @ 80
            2 A sell 2 @ 64
            4 A buy 1 @ 54
            5 A sell 1 @ 60
        "#]],
    );
    // Sales that rest above are taken back first, in the same instant.
    check(
        &Market::of_candles(&candles),
        "grid",
        "levels=2 step=10 size=1 short=true",
        &expect![[r#"
        2 A buy 1 @ 90
        2 A buy 1 @ 80
        2 A sell 2 @ 64
        4 A buy 1 @ 54
        5 A sell 1 @ 60
    "#]],
    );
}
