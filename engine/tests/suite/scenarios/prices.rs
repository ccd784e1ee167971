//! At what price, with what fee and against whom an order trades.
use crate::scene::check;
use expect_test::expect;

#[test]
fn a_limit_that_is_only_touched_waits() {
    check(
        "candle 100 100 100 100 | buy 1 limit 90 | sell 1 limit 110 | candle 100 110 90 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 limit
            end A 0, cash 1000000, 2 open
        "#]],
    );
}

#[test]
fn a_limit_that_is_touched_fills_where_touch_is_set() {
    check(
        "touch | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 90 100 | sell 1 limit 110 | candle 100 110 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h filled 1 buy 1 at 90 maker
            2h send 2 sell 1 limit
            2h equity 1000010
            3h filled 2 sell 1 at 110 maker
            3h equity 1000020
            end A 0, cash 1000020, 0 open
        "#]],
    );
}

#[test]
fn a_limit_that_is_traded_through_fills_at_its_price() {
    check(
        "candle 100 100 100 100 | buy 1 limit 90 | sell 1 limit 110 | candle 100 110.01 89.99 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 limit
            2h filled 1 buy 1 at 90 maker by path
            2h filled 2 sell 1 at 110 maker by path
            2h equity 1000020
            end A 0, cash 1000020, 0 open, 2 by path
        "#]],
    );
}

#[test]
fn a_limit_that_the_open_has_passed_fills_at_the_open() {
    check(
        "candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 95 100 | sell 1 limit 105 | candle 85 120 85 120 | candle 130 130 130 130",
        expect![[r#"
            1h send 1 buy 1 limit
            2h send 2 sell 1 limit
            2h filled 1 buy 1 at 85 maker
            3h filled 2 sell 1 at 105 maker
            3h equity 1000020
            end A 0, cash 1000020, 0 open
        "#]],
    );
}

#[test]
fn a_fresh_limit_that_trades_at_once_takes_and_a_resting_one_makes() {
    check(
        "fee 10 bps | maker fee 1 bps | candle 100 100 100 100 | buy 1 limit 105 | buy 1 limit 90 | candle 100 100 95 100 | candle 85 85 85 85",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 buy 1 limit
            1h filled 1 buy 1 at 100 taker fee 0.1
            2h equity 999999.9
            2h filled 2 buy 1 at 85 maker fee 0.0085
            3h equity 999984.8915
            end A 2, cash 999814.8915, fees 0.1085, 0 open
        "#]],
    );
}

#[test]
fn a_limit_moved_through_the_market_takes() {
    check(
        "fee 10 bps | maker fee 1 bps | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 95 100 | amend 1 qty 1 at 105 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h amended 1 to 1 at 105
            2h filled 1 buy 1 at 100 taker fee 0.1
            3h equity 999999.9
            end A 1, cash 999899.9, fees 0.1, 0 open
        "#]],
    );
}

#[test]
fn a_resting_limit_with_more_of_it_still_makes() {
    check(
        "fee 10 bps | maker fee 1 bps | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 95 100 | amend 1 qty 2 | candle 85 85 85 85",
        expect![[r#"
            1h send 1 buy 1 limit
            2h amended 1 to 2 at 90
            2h filled 1 buy 2 at 85 maker fee 0.017
            3h equity 999999.983
            end A 2, cash 999829.983, fees 0.017, 0 open
        "#]],
    );
}

#[test]
fn a_stop_fills_where_it_is_touched() {
    check(
        "candle 100 100 100 100 | buy 1 stop 110 | sell 1 stop 90 | candle 100 110 90 100",
        expect![[r#"
            1h send 1 buy 1 stop
            1h send 2 sell 1 stop
            2h filled 1 buy 1 at 110 taker by path
            2h filled 2 sell 1 at 90 taker by path
            2h equity 999980
            end A 0, cash 999980, 0 open, 2 by path
        "#]],
    );
}

#[test]
fn a_stop_not_reached_waits() {
    check(
        "candle 100 100 100 100 | buy 1 stop 110 | sell 1 stop 90 | candle 100 109.99 90.01 100",
        expect![[r#"
            1h send 1 buy 1 stop
            1h send 2 sell 1 stop
            end A 0, cash 1000000, 2 open
        "#]],
    );
}

#[test]
fn a_stop_that_the_open_has_passed_fills_at_the_open() {
    check(
        "candle 100 100 100 100 | buy 1 stop 110 | candle 115 120 110 115 | sell 1 stop 100 | candle 95 95 95 95",
        expect![[r#"
            1h send 1 buy 1 stop
            1h filled 1 buy 1 at 115 taker
            2h send 2 sell 1 stop
            2h filled 2 sell 1 at 95 taker
            3h equity 999980
            end A 0, cash 999980, 0 open
        "#]],
    );
}

#[test]
fn a_stop_on_the_wrong_side_of_the_market_fills_at_once() {
    check(
        "candle 100 100 100 100 | buy 1 stop 95 | candle 101 101 101 101",
        expect![[r#"
            1h send 1 buy 1 stop
            1h filled 1 buy 1 at 101 taker
            end A 1, cash 999899, 0 open
        "#]],
    );
}

#[test]
fn slippage_makes_a_buy_dearer_and_a_sale_cheaper() {
    check(
        "slippage 10 bps | candle 100 100 100 100 | buy 1 market | candle 100 100 100 100 | sell 1 market | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h filled 1 buy 1 at 100.1 taker
            2h send 2 sell 1 market
            2h equity 999999.9
            2h filled 2 sell 1 at 99.9 taker
            3h equity 999999.8
            end A 0, cash 999999.8, 0 open
        "#]],
    );
}

#[test]
fn slippage_is_rounded_against_the_account() {
    check(
        "slippage 1 bps | candle 100.50 100.50 100.50 100.50 | buy 1 market | candle 100.50 100.50 100.50 100.50 | sell 1 market | candle 100.50 100.50 100.50 100.50",
        expect![[r#"
            1h send 1 buy 1 market
            1h filled 1 buy 1 at 100.52 taker
            2h send 2 sell 1 market
            2h equity 999999.98
            2h filled 2 sell 1 at 100.48 taker
            3h equity 999999.96
            end A 0, cash 999999.96, 0 open
        "#]],
    );
}

#[test]
fn a_stop_slips_and_a_limit_does_not() {
    check(
        "slippage 100 bps | candle 100 100 100 100 | buy 1 stop 110 | sell 1 limit 105 | candle 100 111 100 100",
        expect![[r#"
            1h send 1 buy 1 stop
            1h send 2 sell 1 limit
            2h filled 1 buy 1 at 111.1 taker by path
            2h filled 2 sell 1 at 105 maker by path
            2h equity 999993.9
            end A 0, cash 999993.9, 0 open, 2 by path
        "#]],
    );
}

#[test]
fn a_gapped_stop_slips_from_the_open() {
    check(
        "slippage 100 bps | candle 100 100 100 100 | sell 1 stop 90 | candle 80 80 80 80",
        expect![[r#"
            1h send 1 sell 1 stop
            1h filled 1 sell 1 at 79.2 taker
            2h equity 999999.2
            end A -1, cash 1000079.2, 0 open
        "#]],
    );
}

#[test]
fn fees_are_exact_to_the_last_place_of_money() {
    check(
        "fee 7.5 bps | candle 33.33 33.33 33.33 33.33 | buy 0.007 market | candle 33.37 33.37 33.37 33.37",
        expect![[r#"
            1h send 1 buy 0.007 market
            1h filled 1 buy 0.007 at 33.37 taker fee 0.0001751925
            2h equity 999999.9998248075
            end A 0.007, cash 999999.7662348075, fees 0.0001751925, 0 open
        "#]],
    );
}

#[test]
fn a_makers_rebate_is_paid_to_the_account() {
    check(
        "fee 10 bps | maker fee -2 bps | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 80 90",
        expect![[r#"
            1h send 1 buy 1 limit
            2h filled 1 buy 1 at 90 maker fee -0.018
            2h equity 1000000.018
            end A 1, cash 999910.018, fees -0.018, 0 open
        "#]],
    );
}
