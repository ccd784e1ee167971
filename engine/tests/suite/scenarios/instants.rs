//! What comes first when much happens at once.
use crate::scene::check;
use expect_test::expect;

#[test]
fn reports_candles_timers_commands_and_opens_of_one_instant() {
    check(
        "all | A: candle 100 100 100 100 | A: wake 1 at 1h | A: buy 1 market | B: candle 50 50 50 50 | B: buy 2 market | A: candle 101 101 101 101 | B: candle 51 51 51 51",
        expect![[r#"
            1h candle A
            1h send 1 buy 1 A market
            1h candle B
            1h send 2 buy 2 B market
            1h equity 1000000
            1h timer 1
            1h accepted 1
            1h accepted 2
            1h filled 1 buy 1 A at 101 taker
            1h filled 2 buy 2 B at 51 taker
            2h candle A
            2h candle B
            2h equity 1000000
            end A 1 B 2, cash 999797, 0 open
        "#]],
    );
}

#[test]
fn candles_of_one_instant_come_by_place_and_are_marked_once() {
    check(
        "all | A: candle 100 100 100 100 | A: buy 1 market | B: candle 50 50 50 50 | B: buy 1 market | A: candle 100 110 100 110 | B: candle 50 60 50 60 | A: candle 110 110 110 110 | B: candle 60 60 60 60",
        expect![[r#"
            1h candle A
            1h send 1 buy 1 A market
            1h candle B
            1h send 2 buy 1 B market
            1h equity 1000000
            1h accepted 1
            1h accepted 2
            1h filled 1 buy 1 A at 100 taker
            1h filled 2 buy 1 B at 50 taker
            2h candle A
            2h candle B
            2h equity 1000020
            3h candle A
            3h candle B
            3h equity 1000020
            end A 1 B 1, cash 999850, 0 open
        "#]],
    );
}

#[test]
fn a_timer_rings_behind_the_last_candle_of_its_instant() {
    check(
        "all | A: candle 100 100 100 100 | B: candle 50 50 50 50 | A: wake 3 at 2h | A: candle 100 100 100 100 | B: candle 50 50 50 50 | on timer 3: buy 1 market | A: candle 100 100 100 100 | B: candle 50 50 50 50",
        expect![[r#"
            1h candle A
            1h candle B
            1h equity 1000000
            2h candle A
            2h candle B
            2h equity 1000000
            2h timer 3
            2h send 1 buy 1 A market
            2h accepted 1
            2h filled 1 buy 1 A at 100 taker
            3h candle A
            3h candle B
            3h equity 1000000
            end A 1 B 0, cash 999900, 0 open
        "#]],
    );
}

#[test]
fn a_timer_for_the_past_rings_at_once() {
    check(
        "candle 100 100 100 100 | candle 100 100 100 100 | wake 1 at 1h | on timer 1: buy 1 market | candle 100 100 100 100",
        expect![[r#"
            2h timer 1
            2h send 1 buy 1 market
            2h filled 1 buy 1 at 100 taker
            end A 1, cash 999900, 0 open
        "#]],
    );
}

#[test]
fn a_timer_between_two_candles_rings_between_them() {
    check(
        "A: candle 100 100 100 100 | A: wake 1 at 90m | on timer 1: buy 1 market | A: candle 101 101 101 101 | A: candle 102 102 102 102",
        expect![[r#"
            1h+1800000ms timer 1
            1h+1800000ms send 1 buy 1 market
            2h filled 1 buy 1 at 102 taker
            end A 1, cash 999898, 0 open
        "#]],
    );
}

#[test]
fn different_intervals_meet_at_their_closes() {
    check(
        "all | B: interval 2h | A: candle 100 100 100 100 | B: candle 50 50 50 50 | B: buy 1 market | A: candle 100 100 100 100 | A: buy 1 market | A: candle 101 101 101 101 | A: candle 102 102 102 102 | B: candle 51 51 51 51",
        expect![[r#"
            1h candle A
            1h equity 1000000
            2h candle B
            2h send 1 buy 1 B market
            2h candle A
            2h send 2 buy 1 A market
            2h equity 1000000
            2h accepted 1
            2h accepted 2
            2h filled 1 buy 1 B at 51 taker
            2h filled 2 buy 1 A at 101 taker
            3h candle A
            3h equity 1000000
            4h candle B
            4h candle A
            4h equity 1000001
            end B 1 A 1, cash 999848, 0 open
        "#]],
    );
}

#[test]
fn an_order_inside_another_instruments_longer_candle_waits_for_the_next() {
    check(
        "B: interval 2h | A: candle 100 100 100 100 | B: candle 50 50 50 50 | A: candle 100 100 100 100 | A: candle 100 100 100 100 | B: buy 1 market | A: candle 100 100 100 100 | B: candle 51 51 51 51 | B: candle 52 52 52 52",
        expect![[r#"
            3h send 1 buy 1 B market
            4h filled 1 buy 1 B at 52 taker
            end B 1 A 0, cash 999948, 0 open
        "#]],
    );
}

#[test]
fn wishes_of_the_warm_up_are_dropped() {
    check(
        "trades from 2h | candle 100 100 100 100 | buy 1 market | candle 100 100 100 100 | buy 2 market | candle 100 100 100 100 | buy 3 market | candle 100 100 100 100",
        expect![[r#"
            3h send 1 buy 3 market
            3h filled 1 buy 3 at 100 taker
            end A 3, cash 999700, 0 open
        "#]],
    );
}

#[test]
fn the_account_is_not_marked_in_the_warm_up() {
    check(
        "all | trades from 1h | candle 100 100 100 100 | candle 100 100 100 100 | candle 100 100 100 100",
        expect![[r#"
            1h candle
            2h candle
            2h equity 1000000
            3h candle
            3h equity 1000000
            end A 0, cash 1000000, 0 open
        "#]],
    );
}

#[test]
fn a_fill_at_an_open_is_booked_before_its_candle_is_seen() {
    check(
        "all | candle 100 100 100 100 | buy 1 market | candle 100 120 100 120",
        expect![[r#"
            1h candle
            1h send 1 buy 1 market
            1h equity 1000000
            1h accepted 1
            1h filled 1 buy 1 at 100 taker
            2h candle
            2h equity 1000020
            end A 1, cash 999900, 0 open
        "#]],
    );
}

#[test]
fn a_fill_inside_a_candle_is_booked_at_its_close_and_before_it() {
    check(
        "all | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 80 85",
        expect![[r#"
            1h candle
            1h send 1 buy 1 limit
            1h equity 1000000
            1h accepted 1
            2h filled 1 buy 1 at 90 maker
            2h candle
            2h equity 999995
            end A 1, cash 999910, 0 open
        "#]],
    );
}

#[test]
fn a_strategy_that_wakes_itself_for_ever_ends_with_its_candles() {
    check(
        "candle 100 100 100 100 | wake 1 at 1h | on timer 1: wake 1 at 4h | buy 1 market | candle 100 100 100 100",
        expect![[r#"
            1h timer 1
            1h send 1 buy 1 market
            1h filled 1 buy 1 at 100 taker
            end A 1, cash 999900, 0 open
        "#]],
    );
}
