//! The section on risk: everything a report holds stands on the page, escaped, and a run without one has no section.
use super::*;
use crate::risk::{InstrumentMark, LimitUse, RiskRecorder, RiskReport, RiskSettings, Scenario, Shock, Unit};
use engine::value_at_risk::Confidence;

/// A report of seven years of three instruments, one of them short, one with a hostile name.
fn report(end: [i128; 3]) -> RiskReport {
    let mut noise = noise();
    let named = |name: &str, currency: &str| (name.to_owned(), currency.to_owned());
    let mut recorder = RiskRecorder::new(vec![
        named("coinbase:BTCUSD", "USD"),
        named("coinbase:<ETH>", "USD"),
        named("xetra:SAP", "EUR"),
    ]);
    let (mut prices, mut equity) = ([40_000.0, 2_000.0, 120.0], 100_000.0);
    for day in 0..7 * 365_i64 {
        let time = Timestamp(START + day * Interval::DAY.0 + STEP);
        let common = noise() as f64 / 40_000.0;
        let moves = [1.0, 1.4, 0.4].map(|beta| beta * common + noise() as f64 / 60_000.0);
        (0..3).for_each(|i| prices[i] *= 1.0 + moves[i]);
        equity *= 1.0 + moves[0] / 2.0 - moves[1] / 5.0;
        let held = if day == 7 * 365 - 1 { end } else { [50_000, -20_000, 30_000] };
        let mark = |i: usize| InstrumentMark {
            value: Money(held[i] * Money::ONE.0),
            price: Money((prices[i] * 1e6) as i128 * 1_000_000),
        };
        recorder.mark(time, Money(equity as i128 * Money::ONE.0), &[mark(0), mark(1), mark(2)]);
        let used = i128::from(40_000 + noise() * 25 + day * 8);
        recorder.limit_use(time, "gross_exposure", LimitUse { unit: Unit::Ppm, used: used * 10, limit: 1_000_000 });
        let used = i128::from(500 + noise() / 4);
        recorder.limit_use(time, "messages_per_second", LimitUse { unit: Unit::Count, used, limit: 1_000 });
        if day % 200 == 17 {
            recorder.refused(time, "price_collar", Some(1), 5, 6);
        }
    }
    recorder.refused(Timestamp(START), "halted", None, 0, 0);
    let shock = |instrument: &str, change| Shock { instrument: instrument.into(), change };
    recorder.finish(&RiskSettings {
        confidence: Confidence::PERCENT_95,
        days: Days::Every,
        initial: Money(100_000 * Money::ONE.0),
        seed: 7,
        scenarios: vec![
            Scenario { name: "everything falls by a third".into(), shocks: vec![shock("*", -0.33)] },
            Scenario { name: "a <squeeze>".into(), shocks: vec![shock("coinbase:<ETH>", 0.6)] },
        ],
        windows: vec![1, 5, 20],
    })
}

#[test]
fn the_report_of_risk_stands_on_the_page() {
    let example = example(6 * 365 * 7);
    let mut summary = summary_of(&example, "btc-ema-cross");
    assert!(!page(&example, &summary).contains("id=\"risk\""), "a run without a report has no section");
    summary.instruments = ["coinbase:BTCUSD", "coinbase:<ETH>", "xetra:SAP"].map(str::to_owned).to_vec();
    summary.risk = Some(report([50_000, -20_000, 30_000]));
    let page = page(&example, &summary);
    keep("risk.html", &page);
    check_well_formed(&page);
    let (_, section) = page.split_once("<section id=\"risk\">").expect("the section is there");
    let (section, _) = section.split_once("</section>").expect("the section ends");
    for text in [
        "gross_exposure",
        "messages_per_second",
        "Use of gross_exposure, share of the limit",
        "Historical",
        "Monte Carlo",
        "held at the end",
        "coinbase:&lt;ETH&gt;",
        "Both",
        "rejected",
        "everything falls by a third",
        "a &lt;squeeze&gt;",
        "worst 20 days",
        "Net, by currency",
        "price_collar",
        "halted",
    ] {
        assert!(section.contains(text), "`{text}` stands in the section");
    }
}

#[test]
fn a_run_that_ended_flat_says_when_it_held_most_and_an_empty_report_says_what_is_missing() {
    let example = example(400);
    let mut summary = summary_of(&example, "flat");
    summary.risk = Some(report([0, 0, 0]));
    let flat = page(&example, &summary);
    check_well_formed(&flat);
    assert!(flat.contains("held at the largest gross, 2018-01-01"), "it says when");
    summary.risk = Some(RiskReport::default());
    let empty = page(&example, &summary);
    keep("risk-empty.html", &empty);
    check_well_formed(&empty);
    for text in ["No limit was set", "there is no value at risk", "nothing could be forecast", "no scenario was given"]
    {
        assert!(empty.contains(text), "`{text}` stands on the page");
    }
}
