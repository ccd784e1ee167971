//! Ordinary days raise hardly an alert: all detectors look at every day.
use crate::ordinary_day::Day;
use compliance::Detector;
use expect_test::expect;

/// How many days are played.
const DAYS: u64 = 400;

#[test]
fn hardly_an_ordinary_day_is_flagged() {
    let (mut by_detector, mut flagged, mut orders, mut fills) = ([0_u64; Detector::ALL.len()], 0, 0, 0);
    for seed in 0..DAYS {
        let mut day = Day::new(seed);
        day.play();
        for (count, detector) in by_detector.iter_mut().zip(Detector::ALL) {
            let alerts = day.stage.alerts(detector);
            *count += u64::from(!alerts.is_empty());
            for alert in alerts {
                eprintln!("day {seed}, {}: {} {}", day.label(), detector.name(), alert.evidence.finding);
            }
        }
        flagged += u64::from(!day.stage.book().alerts().is_empty());
        orders += day.stage.state().counters.submits;
        fills += day.stage.state().counters.fills;
    }
    assert!(flagged * 100 <= DAYS, "{flagged} of {DAYS} ordinary days are flagged: more than one in a hundred");
    let mut figures = format!("{flagged} of {DAYS} days flagged; {orders} orders, {fills} fills\n");
    for (count, detector) in by_detector.iter().zip(Detector::ALL).filter(|(count, _)| **count > 0) {
        figures += &format!("{}: {count}\n", detector.name());
    }
    expect![[r#"
        3 of 400 days flagged; 659519 orders, 198770 fills
        layering: 3
    "#]]
    .assert_eq(&figures);
}
