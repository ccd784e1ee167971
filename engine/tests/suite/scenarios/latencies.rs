//! What it costs to be late.
use crate::scene::check;
use expect_test::expect;

#[test]
fn with_latency_an_order_meets_the_candle_after() {
    check(
        "latency 50 ms | candle 100 100 100 100 | buy 1 market | candle 101 101 101 101 | candle 102 102 102 102",
        expect![[r#"
            1h send 1 buy 1 market
            2h filled 1 buy 1 at 102 taker
            end A 1, cash 999898, 0 open
        "#]],
    );
}

#[test]
fn with_latency_a_limit_sleeps_through_a_whole_candle() {
    check(
        "latency 50 ms | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 80 100 | candle 100 100 100 100 | candle 100 100 85 100",
        expect![[r#"
            1h send 1 buy 1 limit
            4h filled 1 buy 1 at 90 maker
            4h equity 1000010
            end A 1, cash 999910, 0 open
        "#]],
    );
}

#[test]
fn a_late_cancel_does_not_save_the_order_from_the_candle_under_way() {
    check(
        "latency 50 ms | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 100 100 | candle 100 100 95 100 | cancel 1 | candle 100 100 80 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            4h filled 1 buy 1 at 90 maker
            4h change of 1 refused no_such_order
            4h noticed 1 illegal_report
            4h equity 1000010
            end A 1, cash 999910, 0 open
        "#]],
    );
}

#[test]
fn a_late_cancel_is_in_time_for_the_candle_after() {
    check(
        "latency 50 ms | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 100 100 | cancel 1 | candle 100 100 95 100 | candle 100 100 80 100",
        expect![[r#"
            1h send 1 buy 1 limit
            3h cancelled 1
            end A 0, cash 1000000, 0 open
        "#]],
    );
}

#[test]
fn a_late_amendment_does_not_change_the_candle_under_way() {
    check(
        "latency 50 ms | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 100 100 | candle 100 100 95 100 | amend 1 qty 1 at 96 | candle 100 100 95 100 | candle 100 100 95 100",
        expect![[r#"
            1h send 1 buy 1 limit
            4h amended 1 to 1 at 96
            5h filled 1 buy 1 at 96 maker
            5h equity 1000004
            end A 1, cash 999904, 0 open
        "#]],
    );
}

#[test]
fn a_late_amendment_of_a_filled_order_is_refused_by_the_venue() {
    check(
        "latency 50 ms | candle 100 100 100 100 | buy 1 limit 90 | candle 100 100 100 100 | candle 100 100 95 100 | amend 1 qty 2 | candle 100 100 80 100 | candle 100 100 100 100",
        expect![[r#"
            1h send 1 buy 1 limit
            4h filled 1 buy 1 at 90 maker
            4h change of 1 refused no_such_order
            4h equity 1000010
            end A 1, cash 999910, 0 open
        "#]],
    );
}

#[test]
fn an_order_that_arrives_in_a_gap_meets_the_open_behind_it() {
    check(
        "latency 50 ms | candle 100 100 100 100 | buy 1 market | gap 1 | candle 101 101 101 101 | candle 102 102 102 102",
        expect![[r#"
            1h send 1 buy 1 market
            2h filled 1 buy 1 at 101 taker
            4h equity 1000001
            end A 1, cash 999899, 0 open
        "#]],
    );
}

#[test]
fn a_late_report_is_booked_when_it_arrives() {
    check(
        "all | reply latency 90 ms | candle 100 100 100 100 | buy 1 market | candle 101 101 101 101 | candle 102 102 102 102",
        expect![[r#"
            1h candle
            1h send 1 buy 1 market
            1h equity 1000000
            1h+90ms accepted 1
            1h+90ms filled 1 buy 1 at 101 taker
            2h candle
            2h equity 1000000
            3h candle
            3h equity 1000001
            end A 1, cash 999899, 0 open
        "#]],
    );
}

#[test]
fn a_late_feed_costs_a_whole_candle_too() {
    check(
        "all | feed latency 10 ms | candle 100 100 100 100 | buy 1 market | candle 101 101 101 101 | candle 102 102 102 102",
        expect![[r#"
            1h+10ms candle
            1h+10ms send 1 buy 1 market
            1h+10ms equity 1000000
            2h accepted 1
            2h filled 1 buy 1 at 102 taker
            2h+10ms candle
            2h+10ms equity 999999
            3h+10ms candle
            3h+10ms equity 1000000
            end A 1, cash 999898, 0 open
        "#]],
    );
}
