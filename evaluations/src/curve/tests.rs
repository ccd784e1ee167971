//! Tests of the equity curve: marks, drawdowns, exposure, thinning.
use super::*;

const HOUR: i64 = Interval::HOUR.0;

fn point(time: i64, equity: i64, exposure: i64) -> EquityPoint {
    let money = |n: i64| Money(i128::from(n) * Money::ONE.0);
    EquityPoint { time: Timestamp(time), equity: money(equity), cash: money(equity), exposure: money(exposure) }
}

fn record(points: &[(i64, i64, i64)], rows_max: usize) -> Curve {
    let mut curve = EquityCurve::with_rows_max(Timestamp(0), Money(100 * Money::ONE.0), rows_max);
    for (hour, equity, exposure) in points {
        curve.push(point(hour * HOUR, *equity, *exposure));
    }
    curve.finish()
}

#[test]
fn the_mark_of_a_day_is_its_last_and_midnight_belongs_to_the_day_that_ends() {
    let check = |points: &[(i64, i64, i64)], expected: &[(i64, f64)]| {
        assert_eq!(record(points, 100).daily_f64(), expected);
    };
    check(&[(4, 101, 0), (23, 102, 0), (24, 103, 0), (47, 99, 0), (96, 105, 0)], &[(0, 103.0), (1, 99.0), (3, 105.0)]);
    let daily: Vec<_> = (1..=3).map(|day| (24 * day, 100 + day, 0)).collect();
    check(&daily, &[(0, 101.0), (1, 102.0), (2, 103.0)]);
    let four_hours: Vec<_> = (1..=9).map(|i| (4 * i, 100 + i, 0)).collect();
    check(&four_hours, &[(0, 106.0), (1, 109.0)]);
    let sessions: Vec<_> = (0..3).map(|day| (24 * day + 21, 100 + day, 0)).collect();
    check(&sessions, &[(0, 100.0), (1, 101.0), (2, 102.0)]);
}

#[test]
fn drawdowns_are_taken_over_every_instant_and_the_peak_starts_at_the_initial_cash() {
    let curve = record(&[(1, 80, 0), (2, 90, 0), (3, 100, 0), (4, 200, 0), (5, 100, 0), (6, 150, 0)], 0);
    let hour = |h: i64| Timestamp(h * HOUR);
    assert_eq!(
        curve.drawdowns,
        [
            Drawdown { depth: 0.5, peak: hour(4), trough: hour(5), recovery: None },
            Drawdown { depth: 0.2, peak: hour(0), trough: hour(1), recovery: Some(hour(3)) },
        ]
    );
    assert_eq!(curve.max_drawdown().to_bits(), 0.5_f64.to_bits());
    assert_eq!((curve.longest_under_days(), curve.current_under_days()), (3.0 / 24.0, 2.0 / 24.0));
    assert!(curve.rows.is_empty());
}

#[test]
fn exposure_is_weighted_by_time() {
    let curve = record(&[(1, 100, 50), (4, 100, 0), (8, 100, 0)], 100);
    assert_eq!(curve.exposure_share(), Some(3.0 / 8.0));
    assert_eq!(curve.average_equity(), Some(100.0));
}

#[test]
fn thinning_keeps_the_first_the_last_and_the_end_of_every_day() {
    let points: Vec<(i64, i64, i64)> = (1..24 * 200).map(|hour| (hour, hour, 0)).collect();
    let curve = record(&points, 500);
    assert!((400..=500).contains(&curve.rows.len()), "{} rows", curve.rows.len());
    assert_eq!(curve.rows.first().map(|row| row.time), Some(Timestamp(HOUR)));
    assert_eq!(curve.rows.last().map(|row| row.time), Some(Timestamp((24 * 200 - 1) * HOUR)));
    assert!(curve.rows.windows(2).all(|pair| pair[0].time < pair[1].time));
    for (day, equity) in &curve.daily {
        let kept = curve.rows.iter().rfind(|row| day_of_mark(row.time) == *day);
        assert_eq!(kept.map(|row| row.equity), Some(*equity), "day {day}");
    }
    for day in 0..200 {
        let kept = curve.rows.iter().rfind(|row| row.time.day() == day);
        assert_eq!(kept.map(|row| row.time), Some(Timestamp((24 * day + 23) * HOUR)), "date {day}");
    }
    assert_eq!(curve.daily.len(), 200);
}

#[test]
fn more_days_than_rows_keep_every_day() {
    let points: Vec<(i64, i64, i64)> = (1..24 * 200).map(|hour| (hour, hour, 0)).collect();
    let curve = record(&points, 50);
    assert_eq!(curve.daily.len(), 200);
    assert_eq!(curve.rows.len(), 400, "the last of each day and of each date, and the first of all");
}

#[test]
fn an_empty_curve_has_no_figures() {
    let curve = record(&[], 100);
    assert_eq!((curve.marks, curve.exposure_share(), curve.average_equity()), (0, None, None));
    assert_eq!((curve.max_drawdown(), curve.rows.len(), curve.daily.len()), (0.0, 0, 0));
}

#[test]
fn only_the_ten_deepest_are_kept_deepest_first() {
    let points: Vec<(i64, i64, i64)> =
        (1..60).map(|i| (i, if i % 2 == 0 { 1000 + i } else { 900 - i }, 0)).skip(1).collect();
    let curve = record(&points, 100);
    assert_eq!(curve.drawdowns.len(), 10);
    assert!(curve.drawdowns.windows(2).all(|pair| pair[0].depth >= pair[1].depth));
}
