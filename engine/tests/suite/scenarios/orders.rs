//! Market orders and targets on candles: what fills, when, and what waits.
use crate::scene::check;
use expect_test::expect;

#[test]
fn a_market_order_fills_at_the_next_open() {
    check(
        "candle 100 110 90 105 | buy 1 market | candle 106 108 104 107",
        expect![[r#"
            1h send 1 buy 1 market
            1h filled 1 buy 1 at 106 taker
            2h equity 1000001
            end A 1, cash 999894, 0 open
        "#]],
    );
}

#[test]
fn an_order_of_the_last_candle_stays_unfilled() {
    check(
        "candle 100 110 90 105 | buy 1 market",
        expect![[r#"
            1h send 1 buy 1 market
            end A 0, cash 1000000, 1 open
        "#]],
    );
}

#[test]
fn an_order_across_a_gap_fills_at_the_first_open_behind_it() {
    check(
        "candle 100 110 90 105 | buy 1 market | gap 3 | candle 120 120 120 120",
        expect![[r#"
            1h send 1 buy 1 market
            4h filled 1 buy 1 at 120 taker
            end A 1, cash 999880, 0 open
        "#]],
    );
}

#[test]
fn a_target_sends_the_difference() {
    check(
        "candle 100 100 100 100 | target 2 | candle 100 100 100 100 | target 5 | candle 100 100 100 100 | target 1 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 2 market
            1h filled 1 buy 2 at 100 taker
            2h send 2 buy 3 market
            2h filled 2 buy 3 at 100 taker
            3h send 3 sell 4 market
            3h filled 3 sell 4 at 100 taker
            end A 1, cash 999900, 0 open
        "#]],
    );
}

#[test]
fn a_target_that_is_held_already_sends_nothing() {
    check(
        "candle 100 100 100 100 | target 2 | candle 100 100 100 100 | target 2 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 2 market
            1h filled 1 buy 2 at 100 taker
            end A 2, cash 999800, 0 open
        "#]],
    );
}

#[test]
fn a_target_counts_what_is_on_its_way() {
    check(
        "candle 100 100 100 100 | buy 2 limit 90 | target 3 | target 3 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 2 limit
            1h send 2 buy 1 market
            1h filled 2 buy 1 at 100 taker
            end A 1, cash 999900, 1 open
        "#]],
    );
}

#[test]
fn a_target_behind_an_order_in_flight_counts_it() {
    check(
        "latency 50 ms | candle 100 100 100 100 | target 3 | candle 100 100 100 100 | target 3 | candle 100 100 100 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 3 market
            2h filled 1 buy 3 at 100 taker
            end A 3, cash 999700, 0 open
        "#]],
    );
}

#[test]
fn long_turns_short_in_one_order() {
    check(
        "candle 100 100 100 100 | target 2 | candle 100 110 100 110 | target -3 | candle 120 120 120 120",
        expect![[r#"
            1h send 1 buy 2 market
            1h filled 1 buy 2 at 100 taker
            2h send 2 sell 5 market
            2h equity 1000020
            2h filled 2 sell 5 at 120 taker
            3h equity 1000040
            end A -3, cash 1000400, 0 open
        "#]],
    );
}

#[test]
fn short_turns_long_in_one_order() {
    check(
        "candle 100 100 100 100 | target -2 | candle 100 100 100 100 | target 1 | candle 90 90 90 90",
        expect![[r#"
            1h send 1 sell 2 market
            1h filled 1 sell 2 at 100 taker
            2h send 2 buy 3 market
            2h filled 2 buy 3 at 90 taker
            3h equity 1000020
            end A 1, cash 999930, 0 open
        "#]],
    );
}

#[test]
fn orders_of_one_step_fill_in_the_order_of_their_submission() {
    check(
        "candle 100 100 100 100 | buy 1 market | sell 2 market | buy 3 market | candle 101 101 101 101",
        expect![[r#"
            1h send 1 buy 1 market
            1h send 2 sell 2 market
            1h send 3 buy 3 market
            1h filled 1 buy 1 at 101 taker
            1h filled 2 sell 2 at 101 taker
            1h filled 3 buy 3 at 101 taker
            end A 2, cash 999798, 0 open
        "#]],
    );
}

#[test]
fn a_round_trip_keeps_its_profit_and_pays_both_fees() {
    check(
        "fee 10 bps | candle 100 100 100 100 | target 1 | candle 100 120 100 120 | target 0 | candle 120 120 120 120",
        expect![[r#"
            1h send 1 buy 1 market
            1h filled 1 buy 1 at 100 taker fee 0.1
            2h send 2 sell 1 market
            2h equity 1000019.9
            2h filled 2 sell 1 at 120 taker fee 0.12
            3h equity 1000019.78
            end A 0, cash 1000019.78, fees 0.22, 0 open
        "#]],
    );
}

#[test]
fn a_cancel_before_the_fill_takes_the_order_back() {
    check(
        "candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 95 100 | cancel 1 | candle 80 80 80 80",
        expect![[r#"
            1h send 1 buy 1 limit
            2h cancelled 1
            end A 0, cash 1000000, 0 open
        "#]],
    );
}

#[test]
fn a_cancel_in_the_same_step_as_the_order_takes_it_back() {
    check(
        "candle 100 100 100 100 | buy 1 market | cancel 1 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h cancelled 1
            end A 0, cash 1000000, 0 open
        "#]],
    );
}

#[test]
fn a_cancel_after_the_fill_is_refused_before_it_leaves() {
    check(
        "candle 100 100 100 100 | buy 1 market | candle 100 100 100 100 | cancel 1 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h filled 1 buy 1 at 100 taker
            2h refused no_such_order
            end A 1, cash 999900, 0 open
        "#]],
    );
}

#[test]
fn a_cancel_or_change_of_an_order_that_never_was_is_refused() {
    check(
        "candle 100 100 100 100 | cancel 7 | amend 7 qty 1",
        expect![[r#"
            1h refused no_such_order
            1h refused no_such_order
            end A 0, cash 1000000, 0 open
        "#]],
    );
}

#[test]
fn a_second_change_waits_for_the_answer_to_the_first() {
    check(
        "candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 100 100 | amend 1 qty 2 | amend 1 qty 3 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h refused no_such_order
            2h amended 1 to 2 at 90
            end A 0, cash 1000000, 1 open
        "#]],
    );
}

#[test]
fn an_amended_price_is_the_price_that_fills() {
    check(
        "candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 95 100 | amend 1 qty 2 at 96 | candle 100 100 95 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h amended 1 to 2 at 96
            3h filled 1 buy 2 at 96 maker
            3h equity 1000008
            end A 2, cash 999808, 0 open
        "#]],
    );
}

#[test]
fn an_amended_stop_waits_at_its_new_trigger() {
    check(
        "candle 100 100 100 100 | buy 1 market | sell 1 stop 90 | candle 100 100 95 100 | amend 2 qty 1 at 97 | candle 100 100 96 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h send 2 sell 1 stop
            1h filled 1 buy 1 at 100 taker
            2h amended 2 to 1 at 97
            3h filled 2 sell 1 at 97 taker
            3h equity 999997
            end A 0, cash 999997, 0 open
        "#]],
    );
}

#[test]
fn an_amendment_to_nothing_is_refused() {
    check(
        "candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 100 100 | amend 1 qty 0 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h refused quantity
            end A 0, cash 1000000, 1 open
        "#]],
    );
}

#[test]
fn less_of_an_order_keeps_its_place_in_the_queue() {
    check(
        "candle 100 100 100 100 | buy 2 limit 90 | buy 1 limit 90 | candle 100 100 100 100 | amend 1 qty 1 | candle 100 100 80 100",
        expect![[r#"
            1h send 1 buy 2 limit
            1h send 2 buy 1 limit
            2h amended 1 to 1 at 90
            3h filled 1 buy 1 at 90 maker
            3h filled 2 buy 1 at 90 maker
            3h equity 1000020
            end A 2, cash 999820, 0 open
        "#]],
    );
}

#[test]
fn more_of_an_order_loses_its_place_in_the_queue() {
    check(
        "candle 100 100 100 100 | buy 2 limit 90 | buy 1 limit 90 | candle 100 100 100 100 | amend 1 qty 3 | candle 100 100 80 100",
        expect![[r#"
            1h send 1 buy 2 limit
            1h send 2 buy 1 limit
            2h amended 1 to 3 at 90
            3h filled 2 buy 1 at 90 maker
            3h filled 1 buy 3 at 90 maker
            3h equity 1000040
            end A 4, cash 999640, 0 open
        "#]],
    );
}

#[test]
fn another_price_loses_the_place_in_the_queue() {
    check(
        "candle 100 100 100 100 | buy 2 limit 91 | buy 1 limit 90 | candle 100 100 100 100 | amend 1 qty 2 at 90 | candle 100 100 80 100",
        expect![[r#"
            1h send 1 buy 2 limit
            1h send 2 buy 1 limit
            2h amended 1 to 2 at 90
            3h filled 2 buy 1 at 90 maker
            3h filled 1 buy 2 at 90 maker
            3h equity 1000030
            end A 3, cash 999730, 0 open
        "#]],
    );
}

#[test]
fn a_note_stands_before_the_order_it_explains_and_changes_nothing() {
    check(
        "A: candle 100 100 100 100 | B: candle 100 100 100 100 | B: note 7 is -5 | B: target 1 | B: candle 100 100 100 100",
        expect![[r#"
            1h noted B 7 is -5
            1h send 1 buy 1 B market
            1h filled 1 buy 1 B at 100 taker
            end A 0 B 1, cash 999900, 0 open
        "#]],
    );
}
