//! Tests of the recorder and of what it reports.
use super::*;
use crate::metrics::Days;
use engine::value_at_risk::Confidence;
use engine::{Interval, Money, Timestamp};

fn money(amount: f64) -> Money {
    Money((amount * 1e6).round() as i128 * 1_000_000)
}

fn at(day: i64, hour: i64) -> Timestamp {
    Timestamp(day * Interval::DAY.0 + hour * Interval::HOUR.0)
}

fn settings() -> RiskSettings {
    let shock = |instrument: &str, change| Shock { instrument: instrument.into(), change };
    RiskSettings {
        confidence: Confidence::PERCENT_95,
        days: Days::Every,
        initial: money(1000.0),
        seed: 1,
        scenarios: vec![Scenario { name: "crash".into(), shocks: vec![shock("*", -0.25)] }],
        windows: vec![1, 5, 1000],
    }
}

fn recorder() -> RiskRecorder {
    RiskRecorder::new([("x:A", "USD"), ("x:B", "EUR")].map(|(name, quote)| (name.into(), quote.into())).to_vec())
}

/// Values and prices of two instruments.
fn marks(values: [f64; 2], prices: [f64; 2]) -> [InstrumentMark; 2] {
    [0, 1].map(|i| InstrumentMark { value: money(values[i]), price: money(prices[i]) })
}

/// Sixty days of two instruments, of which the second moves twice as far.
fn recorded(last_values: [f64; 2]) -> RiskRecorder {
    let mut recorder = recorder();
    let (mut a, mut b, mut equity) = (100.0, 50.0, 1000.0);
    for day in 0..60 {
        let moved = f64::from((day * 37) % 11 - 5) / 250.0;
        (a, b, equity) = (a * (1.0 + moved), b * (1.0 + 2.0 * moved), equity * (1.0 + moved / 2.0));
        // The first of the two marks of a day is not its last, and its prices must leave no trace.
        recorder.mark(at(i64::from(day), 10), money(equity), &marks([200.0, -100.0], [9e9, 9e9]));
        let values = if day == 59 { last_values } else { [300.0, -100.0] };
        recorder.mark(at(i64::from(day), 20), money(equity), &marks(values, [a, b]));
    }
    recorder
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1e-3), "found {found}, expected {expected}");
}

#[test]
fn exposure_is_taken_over_every_mark_and_by_currency() {
    let report = recorded([400.0, -100.0]).finish(&settings());
    let figures = |it: &Exposure| (it.name.clone(), it.average.round(), it.maximum.round(), it.last.round());
    let all: Vec<_> = report.exposure.iter().chain(&report.currencies).chain(&report.totals).map(figures).collect();
    let expected = [
        ("x:A", 251.0, 400.0, 400.0),
        ("x:B", 100.0, 100.0, -100.0),
        ("USD", 251.0, 400.0, 400.0),
        ("EUR", 100.0, 100.0, -100.0),
        ("gross", 351.0, 500.0, 500.0),
        ("net", 151.0, 300.0, 300.0),
    ];
    assert_eq!(all, expected.map(|(name, a, m, l)| (name.to_owned(), a, m, l)));
}

#[test]
fn value_at_risk_is_of_the_positions_at_the_end_and_its_parts_sum_to_it() {
    let report = recorded([300.0, -50.0]).finish(&settings());
    let found = report.value_at_risk.unwrap();
    assert_eq!((found.at, found.at_end, found.days), (at(59, 20), true, 59));
    // 300 of the one and -50 of what moves twice as far are 200 of the one.
    close(found.methods[0].value_at_risk, 200.0 * 0.02);
    let sum: f64 = found.positions.iter().map(|position| position.component).sum();
    close(sum, found.methods[1].value_at_risk);
    let sum: f64 = found.positions.iter().map(|position| position.shortfall_component).sum();
    close(sum, found.methods[0].expected_shortfall);
    assert!((found.methods[2].value_at_risk / found.methods[1].value_at_risk - 1.0).abs() < 0.05);
    close(found.positions[1].incremental, -100.0 * 0.02);
}

#[test]
fn a_run_that_ended_flat_is_measured_where_it_held_most() {
    let report = recorded([0.0, 0.0]).finish(&settings());
    let found = report.value_at_risk.unwrap();
    assert_eq!((found.at, found.at_end), (at(0, 20), false));
    close(found.methods[0].value_at_risk, 100.0 * 0.02);
    assert_eq!(recorder().finish(&settings()).value_at_risk, None);
}

#[test]
fn scenarios_and_the_worst_days_of_the_run_are_laid_on_what_is_held() {
    let report = recorded([300.0, -50.0]).finish(&settings());
    let names: Vec<&str> = report.stress.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), 3, "a window longer than the run is left out: {names:?}");
    assert!(names[0] == "crash" && names[1].starts_with("worst day, 1970-0"), "{names:?}");
    close(report.stress[0].loss, 62.5);
    close(report.stress[1].loss, 200.0 * 0.02);
    assert!(recorder().finish(&settings()).stress.is_empty());
}

#[test]
fn the_forecasts_of_the_run_are_put_to_the_test() {
    let before = recorded([300.0, -50.0]).finish(&settings()).backtest.unwrap().coverage;
    let mut recorder = recorded([300.0, -50.0]);
    recorder.mark(at(60, 20), money(500.0), &marks([0.0, 0.0], [100.0, 100.0]));
    let found = recorder.finish(&settings()).backtest.unwrap();
    assert_eq!((before.periods, found.coverage.periods), (30, 31));
    assert_eq!(found.coverage.exceedances, before.exceedances + 1);
    assert_eq!(found.worst[0].time, at(61, 0));
    assert!(found.worst[0].loss > 0.4 && found.worst[0].value_at_risk < 0.02, "{:?}", found.worst);
}

#[test]
fn the_use_of_a_limit_is_kept_at_its_highest_and_by_day() {
    let mut recorder = recorder();
    let of = |unit, used, limit| LimitUse { unit, used, limit };
    for (day, hour, used) in [(0, 1, 40), (0, 2, 90), (0, 3, 50), (1, 1, 90), (2, 1, 60)] {
        recorder.limit_use(at(day, hour), "messages", of(Unit::Count, used, 100));
    }
    recorder.limit_use(at(0, 1), "daily_loss", of(Unit::Ppm, 29_500, 30_000));
    recorder.limit_use(at(0, 1), "order_notional", of(Unit::Money, 1_500_000_000_000, 2_000_000_000_000));
    let limits = recorder.finish(&settings()).limits;
    let texts: Vec<_> = limits.iter().map(|it| (&*it.check, &*it.highest, &*it.limit)).collect();
    assert_eq!(texts, [("daily_loss", "2.95 %", "3 %"), ("messages", "90", "100"), ("order_notional", "1.5", "2")]);
    assert_eq!(limits[1].at, at(0, 2));
    let daily: Vec<_> = limits[1].daily.iter().map(|point| (point.time, (point.share * 100.0) as i64)).collect();
    assert_eq!(daily, [(at(0, 2), 90), (at(1, 1), 90), (at(2, 1), 60)]);
    assert!((of(Unit::Count, 1, 0).share() - 1.0).abs() < 1e-15 && of(Unit::Count, 0, 0).share().abs() < 1e-15);
}

#[test]
fn a_long_use_is_thinned_and_keeps_its_peaks() {
    let mut recorder = recorder();
    for day in 0..5_000 {
        let used = if day == 3_340 { 99 } else { 10 };
        recorder.limit_use(at(day, 12), "messages", LimitUse { unit: Unit::Count, used, limit: 100 });
    }
    let limits = recorder.finish(&settings()).limits;
    assert!(limits[0].daily.len() <= 240, "{}", limits[0].daily.len());
    let peak = limits[0].daily.iter().find(|point| point.share > 0.5).unwrap();
    assert_eq!(peak.time, at(3_340, 12));
}

#[test]
fn refusals_are_counted_by_check_with_their_first_and_last() {
    let mut recorder = recorder();
    recorder.refused(at(1, 0), "price_collar", Some(1), 5, 7);
    recorder.refused(at(2, 0), "halted", None, 0, 0);
    recorder.refused(at(3, 0), "price_collar", Some(0), 5, 9);
    let rows = recorder.finish(&settings()).refusals;
    let of = |row: &RefusalRow| {
        (row.check.clone(), row.count, row.first, row.last, row.instrument.clone(), row.value.clone())
    };
    assert_eq!(
        rows.iter().map(of).collect::<Vec<_>>(),
        [
            ("price_collar".into(), 2, at(1, 0), at(3, 0), "x:A".into(), "9".into()),
            ("halted".into(), 1, at(2, 0), at(2, 0), String::new(), "0".into()),
        ]
    );
}

#[test]
fn a_report_reads_as_it_was_written() {
    let mut recorder = recorded([300.0, -50.0]);
    recorder.refused(at(1, 0), "price_collar", Some(1), i128::MAX, i128::MIN);
    recorder.limit_use(at(0, 1), "messages", LimitUse { unit: Unit::Count, used: 1, limit: 3 });
    let report = recorder.finish(&settings());
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<RiskReport>(&text).unwrap(), report);
    let mut summary = crate::Summary::default();
    assert!(!summary.json().contains("\"risk\""), "a run without it keeps its summary");
    summary.risk = Some(report.clone());
    let again: crate::Summary = serde_json::from_str(&summary.json()).unwrap();
    assert_eq!(again.risk, Some(report));
}
