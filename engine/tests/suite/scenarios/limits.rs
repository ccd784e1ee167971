//! What is refused, by whom, and what never is.
use crate::scene::check;
use expect_test::expect;

#[test]
fn more_than_the_account_can_carry_is_refused() {
    check(
        "cash 1000 | candle 100 100 100 100 | buy 10 market | sell 10.001 market | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 10 market
            1h refused buying_power: 1000.1 against 1000
            1h filled 1 buy 10 at 100 taker
            end A 10, cash 0, 0 open
        "#]],
    );
}

#[test]
fn two_orders_of_one_step_cannot_jointly_pass_what_each_would_pass_alone() {
    check(
        "cash 1000 | candle 100 100 100 100 | buy 6 market | buy 6 market | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 6 market
            1h refused buying_power: 1200 against 1000
            1h filled 1 buy 6 at 100 taker
            end A 6, cash 400, 0 open
        "#]],
    );
}

#[test]
fn a_cheap_order_does_not_hide_a_dear_one() {
    check(
        "cash 2000 | candle 100 100 100 100 | buy 10 limit 200 | buy 100 limit 1",
        expect![[r#"
            1h send 1 buy 10 limit
            1h refused buying_power: 2100 against 2000
            end A 0, cash 2000, 1 open
        "#]],
    );
}

#[test]
fn orders_of_two_instruments_cannot_jointly_pass_what_each_would_pass_alone() {
    check(
        "cash 1000 | A: candle 100 100 100 100 | B: candle 50 50 50 50 | A: buy 6 market | B: buy 9 market | A: candle 100 100 100 100 | B: candle 50 50 50 50",
        expect![[r#"
            1h send 1 buy 6 A market
            1h refused B buying_power: 1050 against 1000
            1h filled 1 buy 6 A at 100 taker
            end A 6 B 0, cash 400, 0 open
        "#]],
    );
}

#[test]
fn an_open_above_the_decision_is_refused_at_the_fill() {
    check(
        "cash 1000 | candle 100 100 100 100 | buy 10 market | candle 101 101 101 101 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 10 market
            1h rejected 1 buying_power
            end A 0, cash 1000, 0 open
        "#]],
    );
}

#[test]
fn a_fee_that_the_account_cannot_pay_is_refused_at_the_fill() {
    check(
        "cash 1000 | fee 1 bps | candle 100 100 100 100 | buy 10 market | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 10 market
            1h rejected 1 buying_power
            end A 0, cash 1000, 0 open
        "#]],
    );
}

#[test]
fn an_open_below_the_decision_fills() {
    check(
        "cash 1000 | candle 100 100 100 100 | buy 10 market | candle 99 99 99 99",
        expect![[r#"
            1h send 1 buy 10 market
            1h filled 1 buy 10 at 99 taker
            end A 10, cash 10, 0 open
        "#]],
    );
}

#[test]
fn reducing_is_always_allowed() {
    check(
        "cash 1000 | leverage 4 | candle 100 100 100 100 | buy 40 market | candle 100 100 80 80 | sell 10 market | buy 1 market | candle 70 70 70 70 | sell 30 market | candle 70 70 70 70",
        expect![[r#"
            1h send 1 buy 40 market
            1h filled 1 buy 40 at 100 taker
            2h send 2 sell 10 market
            2h refused buying_power: 3280 against 800
            2h equity 200
            2h filled 2 sell 10 at 70 taker
            3h send 3 sell 30 market
            3h equity -200
            3h filled 3 sell 30 at 70 taker
            end A 0, cash -200, 0 open
        "#]],
    );
}

#[test]
fn leverage_multiplies_what_equity_can_carry() {
    check(
        "cash 1000 | leverage 2.5 | candle 100 100 100 100 | buy 25.001 market | buy 25 market | candle 100 100 100 100",
        expect![[r#"
            1h refused buying_power: 2500.1 against 2500
            1h send 1 buy 25 market
            1h filled 1 buy 25 at 100 taker
            end A 25, cash -1500, 0 open
        "#]],
    );
}

#[test]
fn raising_an_order_is_weighed_like_a_new_one() {
    check(
        "cash 1000 | candle 100 100 100 100 | buy 5 limit 100 | candle 101 101 101 101 | amend 1 qty 11 | amend 1 qty 10 | candle 101 101 101 101",
        expect![[r#"
            1h send 1 buy 5 limit
            2h refused buying_power: 1100 against 1000
            2h amended 1 to 10 at 100
            end A 0, cash 1000, 1 open
        "#]],
    );
}

#[test]
fn an_instrument_that_is_not_allowed_is_refused() {
    check(
        "A: candle 100 100 100 100 | B: forbidden | B: candle 50 50 50 50 | B: buy 1 market | A: buy 1 market",
        expect![[r#"
            1h refused B allowed_instruments
            1h send 1 buy 1 A market
            end A 0 B 0, cash 1000000, 1 open
        "#]],
    );
}

#[test]
fn an_instrument_without_a_price_is_refused() {
    check(
        "A: candle 100 100 100 100 | B: buy 1 market | B: buy 1 limit 20 | B: gap 1 | B: candle 50 50 50 50",
        expect![[r#"
            1h refused B no_price
            1h send 1 buy 1 B limit
            end A 0 B 0, cash 1000000, 1 open
        "#]],
    );
}

#[test]
fn tick_lot_and_minimum_are_asked() {
    check(
        "spec from 0h tick 0.5 lot 0.1 min 10 | candle 100 100 100 100 | buy 1 limit 99.75 | buy 0.15 market | buy 0.1 limit 99.5 | buy 0.1 market | buy 0 market",
        expect![[r#"
            1h refused tick
            1h refused lot
            1h refused min_notional: 9.95 against 10
            1h send 1 buy 0.1 market
            1h refused quantity
            end A 0, cash 1000000, 1 open
        "#]],
    );
}

#[test]
fn yesterdays_candle_is_traded_under_yesterdays_rules() {
    check(
        "spec from 0h tick 0.01 lot 0.001 min 0 | spec from 2h tick 1 lot 1 min 500 | candle 100 100 100 100 | buy 0.5 limit 99.5 | candle 100 100 100 100 | buy 0.5 limit 99.5 | buy 1 limit 99.5 | buy 1 limit 99 | buy 5 limit 100",
        expect![[r#"
            1h send 1 buy 0.5 limit
            2h refused lot
            2h refused tick
            2h refused min_notional: 99 against 500
            2h send 2 buy 5 limit
            end A 0, cash 1000000, 2 open
        "#]],
    );
}
