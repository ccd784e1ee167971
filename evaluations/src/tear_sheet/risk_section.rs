//! Risk on the page: limits against use, refusals, value at risk and its backtest, stress, exposure.
use super::axis::Axis;
use super::chart::{Role, Size, chart, level, line_over};
use super::figures::{escape, number, percent, short};
use super::page::{figure, section, table, toned};
use crate::calendar::date_text;
use crate::risk::{
    Exposure, LikelihoodRatio, LimitRow, MethodRow, PositionRow, RefusalRow, RiskReport, StressResult, ValueAtRisk,
    VarBacktest,
};
use crate::summary::Summary;

/// Limits that get a chart, the most used ones.
const CHARTS: usize = 2;
const HALF: Size = Size(512, 220);
const NARROW: Size = Size(400, 240);
const DASH: &str = "\u{2013}";
/// A p-value below which a test rejects.
const REJECTS: f64 = 0.05;

/// The section, where the run has a report of risk.
pub(crate) fn section_of(summary: &Summary) -> String {
    let Some(risk) = &summary.risk else { return String::new() };
    let currency = &summary.currency;
    let mut content = limits(risk);
    content += &format!(
        "<div class=\"pair\">\n<div>{}</div>\n<div>{}</div>\n</div>\n",
        value_at_risk(risk.value_at_risk.as_ref(), currency),
        backtest(risk.backtest.as_ref())
    );
    content += &stress(summary, risk);
    content += &exposure(risk, currency);
    content += &refusals(&risk.refusals);
    section("risk", "Risk", &content)
}

fn calm(text: &str) -> String {
    format!("<p class=\"calm\">{text}</p>\n")
}

fn limits(risk: &RiskReport) -> String {
    if risk.limits.is_empty() {
        return String::new() + "<h3>Limits against use</h3>\n" + &calm("No limit was set.");
    }
    let row = |row: &LimitRow| {
        vec![escape(&row.check), escape(&row.limit), escape(&row.highest), percent(row.share, 1), date_text(row.at)]
    };
    let rows: Vec<_> = risk.limits.iter().map(row).collect();
    let head = ["Check", "Limit", "Highest use", "of the limit", "First on "];
    let mut text = format!("<h3>Limits against use</h3>\n{}<div class=\"grid2\">\n", table(&head, &rows));
    for limit in risk.limits.iter().filter(|limit| limit.daily.len() > 1).take(CHARTS) {
        let points: Vec<(f64, f64)> = limit.daily.iter().map(|point| (point.time.0 as f64, point.share)).collect();
        let caption = format!("Use of {}, share of the limit", limit.check);
        text += &figure(&caption, &use_chart(HALF, &points), &use_chart(NARROW, &points));
    }
    text + "</div>\n"
}

fn use_chart(size: Size, points: &[(f64, f64)]) -> String {
    let (first, last) = (points[0].0, points[points.len() - 1].0);
    let x = Axis::time(first as i64, last as i64, (size.0 / 62) as usize);
    let y = Axis::values_and_zero(points.iter().map(|p| p.1).chain([1.0]), |v| short(v * 100.0) + "%");
    chart(size, "Use of a limit over time, with the limit", (&x, &y), |surface| {
        level(surface, &x, 1.0)?;
        line_over(surface, points, 0.0, Role::Line)
    })
}

fn value_at_risk(found: Option<&ValueAtRisk>, currency: &str) -> String {
    let Some(found) = found else {
        let text = "Fewer than thirty daily moves of what was held, or nothing was held: there is no value at risk.";
        return String::from("<h3>Value at risk</h3>\n") + &calm(text);
    };
    let share = |loss: f64| if found.equity > 0.0 { percent(loss / found.equity, 2) } else { DASH.to_owned() };
    let name = |method: &str| match method {
        "historical" => "Historical".to_owned(),
        "parametric" => "Parametric".to_owned(),
        "monte_carlo" => "Monte Carlo".to_owned(),
        other => escape(other),
    };
    let method = |row: &MethodRow| {
        vec![
            name(&row.method),
            number(row.value_at_risk, 2),
            share(row.value_at_risk),
            number(row.expected_shortfall, 2),
            share(row.expected_shortfall),
        ]
    };
    let position = |row: &PositionRow| {
        vec![
            escape(&row.instrument),
            number(row.value, 2),
            number(row.component, 2),
            number(row.shortfall_component, 2),
            number(row.incremental, 2),
        ]
    };
    let head = [&format!("{currency} a day"), "VaR", "of equity", "Shortfall", "of equity"];
    let methods: Vec<_> = found.methods.iter().map(method).collect();
    let positions: Vec<_> = found.positions.iter().map(position).collect();
    let when = if found.at_end {
        "held at the end".to_owned()
    } else {
        format!("held at the largest gross, {}", date_text(found.at))
    };
    let note = format!("Of what was {when}, from {} daily moves of the run.", found.days);
    format!(
        "<h3>Value at risk, {}</h3>\n{}{}<h3>By position</h3>\n{}{}",
        percent(found.confidence, 1),
        table(&head, &methods),
        calm(&note),
        table(&["Position", "Value", "VaR", "Shortfall", "VaR less without"], &positions),
        calm("VaR is the parametric part, shortfall the historical one; parts sum to the whole."),
    )
}

fn backtest(found: Option<&VarBacktest>) -> String {
    let heading = "<h3>Daily value at risk of the equity, tested</h3>\n".to_owned();
    let Some(found) = found else { return heading + &calm("Thirty-one days or fewer: nothing could be forecast.") };
    let coverage = &found.coverage;
    let counts = [
        vec!["Days forecast".to_owned(), number(coverage.periods as f64, 0)],
        vec!["Losses beyond it".to_owned(), number(coverage.exceedances as f64, 0)],
        vec!["Promised".to_owned(), number(coverage.expected, 1)],
    ];
    let test = |name: &str, test: &LikelihoodRatio| {
        let verdict = if test.p_value < REJECTS { "rejected" } else { "not rejected" };
        let p = if test.p_value < 0.001 { "&lt; 0.001".to_owned() } else { number(test.p_value, 3) };
        vec![name.to_owned(), number(test.statistic, 2), p, verdict.to_owned()]
    };
    let tests = [
        test("As often as promised (Kupiec)", &coverage.kupiec),
        test("Independent (Christoffersen)", &coverage.independence),
        test("Both", &coverage.conditional),
    ];
    let worst: Vec<_> = found
        .worst
        .iter()
        .take(5)
        .map(|it| vec![date_text(it.time), percent(it.loss, 2), percent(it.value_at_risk, 2)])
        .collect();
    let mut text = heading + &table(&[&format!("At {}", percent(found.confidence, 1)), ""], &counts);
    text += &table(&["Test", "LR", "p", "At 5\u{202f}% "], &tests);
    if !worst.is_empty() {
        text += &table(&["Worst days", "Loss", "Forecast"], &worst);
    }
    text
}

fn stress(summary: &Summary, risk: &RiskReport) -> String {
    let heading = "<h3>Stress scenarios</h3>\n".to_owned();
    if risk.stress.is_empty() {
        return heading + &calm("Nothing was held, or no scenario was given.");
    }
    let worst = |row: &StressResult| {
        let most = (0..row.by_instrument.len()).max_by(|a, b| row.by_instrument[*a].total_cmp(&row.by_instrument[*b]));
        let most = most.filter(|place| row.by_instrument[*place] > 0.0);
        most.and_then(|place| summary.instruments.get(place)).map_or_else(|| DASH.to_owned(), |name| escape(name))
    };
    let share = |loss: f64| {
        let equity = risk.value_at_risk.as_ref().map(|found| found.equity).filter(|equity| *equity > 0.0);
        equity.map_or_else(|| DASH.to_owned(), |equity| toned(-loss, &percent(-loss / equity, 2)))
    };
    let row = |row: &StressResult| {
        vec![escape(&row.name), toned(-row.loss, &number(-row.loss, 2)), share(row.loss), worst(row)]
    };
    let rows: Vec<_> = risk.stress.iter().map(row).collect();
    heading + &table(&["Scenario", "Gain", "of equity", "Most lost in "], &rows)
}

fn exposure(risk: &RiskReport, currency: &str) -> String {
    let row = |it: &Exposure| vec![escape(&it.name), number(it.average, 0), number(it.maximum, 0), number(it.last, 0)];
    let rows = |all: &[Exposure]| all.iter().map(row).collect::<Vec<_>>();
    let head = |first| [first, "Average", "Largest", "Last"];
    let instruments = table(&head("Instrument"), &[rows(&risk.exposure), rows(&risk.totals)].concat());
    let currencies = table(&head("Net, by currency"), &rows(&risk.currencies));
    format!(
        "<h3>Exposure, {}</h3>\n<div class=\"pair\">\n<div>{instruments}</div>\n<div>{currencies}</div>\n</div>\n",
        escape(currency)
    )
}

fn refusals(refusals: &[RefusalRow]) -> String {
    if refusals.is_empty() {
        return String::new();
    }
    let row = |row: &RefusalRow| {
        vec![
            escape(&row.check),
            number(row.count as f64, 0),
            date_text(row.first),
            date_text(row.last),
            if row.instrument.is_empty() { DASH.to_owned() } else { escape(&row.instrument) },
        ]
    };
    let rows: Vec<_> = refusals.iter().map(row).collect();
    let head = ["Check", "Refused", "First ", "Last ", "The last one of "];
    format!("<h3>Refusals by check</h3>\n{}", table(&head, &rows))
}
