//! What happens inside a candle under each model of its path.
use crate::scene::check;
use expect_test::expect;

#[test]
fn a_held_position_between_stop_and_target_pessimistic() {
    check(
        "path pessimistic | candle 100 100 100 100 | buy 1 limit 95 | candle 100 100 94 100 | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h filled 1 buy 1 at 95 maker
            2h send 2 sell 1 stop
            2h send 3 sell 1 limit
            2h equity 1000005
            3h filled 2 sell 1 at 90 taker
            3h filled 3 sell 1 at 110 maker
            end A -1, cash 1000105, 0 open
        "#]],
    );
}

#[test]
fn entry_stop_and_target_in_one_candle_pessimistic() {
    check(
        "path pessimistic | candle 100 100 100 100 | buy 1 limit 95 | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            2h filled 1 buy 1 at 95 maker by path
            2h filled 2 sell 1 at 90 taker by path
            2h equity 999995
            end A 0, cash 999995, 1 open, 2 by path
        "#]],
    );
}

#[test]
fn a_market_entry_with_stop_and_target_in_its_candle_pessimistic() {
    check(
        "path pessimistic | candle 100 100 100 100 | buy 1 market | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            1h filled 1 buy 1 at 100 taker
            2h filled 2 sell 1 at 90 taker by path
            2h equity 999990
            end A 0, cash 999990, 1 open, 1 by path
        "#]],
    );
}

#[test]
fn a_short_entry_stop_and_target_in_one_candle_pessimistic() {
    check(
        "path pessimistic | candle 100 100 100 100 | sell 1 limit 105 | buy 1 stop 110 | buy 1 limit 90 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 sell 1 limit
            1h send 2 buy 1 stop
            1h send 3 buy 1 limit
            2h filled 1 sell 1 at 105 maker by path
            2h filled 2 buy 1 at 110 taker by path
            2h equity 999995
            end A 0, cash 999995, 1 open, 2 by path
        "#]],
    );
}

#[test]
fn a_held_position_between_stop_and_target_high_first() {
    check(
        "path open-high-low-close | candle 100 100 100 100 | buy 1 limit 95 | candle 100 100 94 100 | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h filled 1 buy 1 at 95 maker
            2h send 2 sell 1 stop
            2h send 3 sell 1 limit
            2h equity 1000005
            3h filled 3 sell 1 at 110 maker
            3h filled 2 sell 1 at 90 taker
            end A -1, cash 1000105, 0 open
        "#]],
    );
}

#[test]
fn entry_stop_and_target_in_one_candle_high_first() {
    check(
        "path open-high-low-close | candle 100 100 100 100 | buy 1 limit 95 | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            2h filled 3 sell 1 at 110 maker by path
            2h filled 1 buy 1 at 95 maker by path
            2h filled 2 sell 1 at 90 taker by path
            2h equity 1000005
            end A -1, cash 1000105, 0 open, 3 by path
        "#]],
    );
}

#[test]
fn a_market_entry_with_stop_and_target_in_its_candle_high_first() {
    check(
        "path open-high-low-close | candle 100 100 100 100 | buy 1 market | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            1h filled 1 buy 1 at 100 taker
            2h filled 3 sell 1 at 110 maker
            2h filled 2 sell 1 at 90 taker
            end A -1, cash 1000100, 0 open
        "#]],
    );
}

#[test]
fn a_short_entry_stop_and_target_in_one_candle_high_first() {
    check(
        "path open-high-low-close | candle 100 100 100 100 | sell 1 limit 105 | buy 1 stop 110 | buy 1 limit 90 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 sell 1 limit
            1h send 2 buy 1 stop
            1h send 3 buy 1 limit
            2h filled 1 sell 1 at 105 maker by path
            2h filled 2 buy 1 at 110 taker by path
            2h filled 3 buy 1 at 90 maker by path
            2h equity 1000005
            end A 1, cash 999905, 0 open, 3 by path
        "#]],
    );
}

#[test]
fn a_held_position_between_stop_and_target_low_first() {
    check(
        "path open-low-high-close | candle 100 100 100 100 | buy 1 limit 95 | candle 100 100 94 100 | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100",
        expect![[r#"
            1h send 1 buy 1 limit
            2h filled 1 buy 1 at 95 maker
            2h send 2 sell 1 stop
            2h send 3 sell 1 limit
            2h equity 1000005
            3h filled 2 sell 1 at 90 taker
            3h filled 3 sell 1 at 110 maker
            end A -1, cash 1000105, 0 open
        "#]],
    );
}

#[test]
fn entry_stop_and_target_in_one_candle_low_first() {
    check(
        "path open-low-high-close | candle 100 100 100 100 | buy 1 limit 95 | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            2h filled 1 buy 1 at 95 maker by path
            2h filled 2 sell 1 at 90 taker by path
            2h filled 3 sell 1 at 110 maker by path
            2h equity 1000005
            end A -1, cash 1000105, 0 open, 3 by path
        "#]],
    );
}

#[test]
fn a_market_entry_with_stop_and_target_in_its_candle_low_first() {
    check(
        "path open-low-high-close | candle 100 100 100 100 | buy 1 market | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            1h filled 1 buy 1 at 100 taker
            2h filled 2 sell 1 at 90 taker
            2h filled 3 sell 1 at 110 maker
            end A -1, cash 1000100, 0 open
        "#]],
    );
}

#[test]
fn a_short_entry_stop_and_target_in_one_candle_low_first() {
    check(
        "path open-low-high-close | candle 100 100 100 100 | sell 1 limit 105 | buy 1 stop 110 | buy 1 limit 90 | candle 100 111 89 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 sell 1 limit
            1h send 2 buy 1 stop
            1h send 3 buy 1 limit
            2h filled 3 buy 1 at 90 maker by path
            2h filled 1 sell 1 at 105 maker by path
            2h filled 2 buy 1 at 110 taker by path
            2h equity 1000005
            end A 1, cash 999905, 0 open, 3 by path
        "#]],
    );
}

#[test]
fn a_target_fills_in_its_entry_candle_if_the_stop_could_not() {
    check(
        "candle 100 100 100 100 | buy 1 limit 95 | sell 1 stop 80 | sell 1 limit 110 | candle 100 111 94 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            2h filled 1 buy 1 at 95 maker by path
            2h filled 3 sell 1 at 110 maker by path
            2h equity 1000015
            end A 0, cash 1000015, 1 open, 2 by path
        "#]],
    );
}

#[test]
fn a_target_that_waited_fills_in_the_next_candle() {
    check(
        "candle 100 100 100 100 | buy 2 limit 95 | sell 1 stop 90 | sell 1 limit 110 | candle 100 111 89 100 | candle 100 111 100 100",
        expect![[r#"
            1h send 1 buy 2 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            2h filled 1 buy 2 at 95 maker by path
            2h filled 2 sell 1 at 90 taker by path
            3h filled 3 sell 1 at 110 maker
            3h equity 1000010
            end A 0, cash 1000010, 0 open, 2 by path
        "#]],
    );
}

#[test]
fn a_target_that_waited_keeps_its_place_in_the_queue() {
    check(
        "candle 100 100 100 100 | buy 3 limit 95 | sell 1 stop 90 | sell 1 limit 110 | sell 1 limit 112 | candle 100 100 96 100 | amend 3 qty 1 at 111 | candle 100 113 89 100 | candle 120 120 120 120",
        expect![[r#"
            1h send 1 buy 3 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            1h send 4 sell 1 limit
            2h amended 3 to 1 at 111
            3h filled 1 buy 3 at 95 maker by path
            3h filled 2 sell 1 at 90 taker by path
            3h equity 1000005
            3h filled 4 sell 1 at 120 maker
            3h filled 3 sell 1 at 120 maker
            4h equity 1000045
            end A 0, cash 1000045, 0 open, 2 by path
        "#]],
    );
}

#[test]
fn orders_on_both_sides_in_one_candle_are_counted_as_by_path() {
    check(
        "candle 100 100 100 100 | buy 1 limit 95 | sell 1 limit 105 | candle 100 110 90 100 | buy 1 limit 95 | candle 100 100 90 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 limit
            2h filled 1 buy 1 at 95 maker by path
            2h filled 2 sell 1 at 105 maker by path
            2h send 3 buy 1 limit
            2h equity 1000010
            3h filled 3 buy 1 at 95 maker
            3h equity 1000015
            end A 1, cash 999915, 0 open, 2 by path
        "#]],
    );
}

#[test]
fn high_first_walks_up_and_then_down() {
    check(
        "path open-high-low-close | candle 100 100 100 100 | buy 1 limit 95 | sell 1 stop 92 | sell 1 limit 105 | buy 1 stop 107 | candle 100 110 90 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            1h send 4 buy 1 stop
            2h filled 3 sell 1 at 105 maker by path
            2h filled 4 buy 1 at 107 taker by path
            2h filled 1 buy 1 at 95 maker by path
            2h filled 2 sell 1 at 92 taker by path
            2h equity 999995
            end A 0, cash 999995, 0 open, 4 by path
        "#]],
    );
}

#[test]
fn low_first_walks_down_and_then_up() {
    check(
        "path open-low-high-close | candle 100 100 100 100 | buy 1 limit 95 | sell 1 stop 92 | sell 1 limit 105 | buy 1 stop 107 | candle 100 110 90 100",
        expect![[r#"
            1h send 1 buy 1 limit
            1h send 2 sell 1 stop
            1h send 3 sell 1 limit
            1h send 4 buy 1 stop
            2h filled 1 buy 1 at 95 maker by path
            2h filled 2 sell 1 at 92 taker by path
            2h filled 3 sell 1 at 105 maker by path
            2h filled 4 buy 1 at 107 taker by path
            2h equity 999995
            end A 0, cash 999995, 0 open, 4 by path
        "#]],
    );
}

#[test]
fn a_stop_sent_on_the_fill_of_its_entry_meets_the_next_candle() {
    check(
        "candle 100 100 100 100 | buy 1 market | candle 100 110 80 100 | on fill 1: sell 1 stop 90 | candle 100 100 85 100",
        expect![[r#"
            1h send 1 buy 1 market
            1h filled 1 buy 1 at 100 taker
            1h send 2 sell 1 stop
            3h filled 2 sell 1 at 90 taker
            3h equity 999990
            end A 0, cash 999990, 0 open
        "#]],
    );
}
