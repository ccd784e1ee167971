//! The run under stress, and the run by regime: a table and bars of each.
use super::{DASH, Regimes, StressRow, made, maybe, ratio, share};
use crate::tear_sheet::axis::Axis;
use crate::tear_sheet::chart::{Role, Size, chart};
use crate::tear_sheet::figures::{escape, number, percent, short};
use crate::tear_sheet::marks::{rows_axis, rows_height, upright};
use crate::tear_sheet::page::{calm, drawn, table, toned};
use plotters::prelude::Rectangle;

/// The stresses; the first row is the run as it was.
pub(super) fn content(rows: &[StressRow]) -> String {
    if rows.is_empty() {
        return calm("No stress was run.");
    }
    let bars: Vec<(&str, Option<f64>)> = rows.iter().map(|row| (row.name.as_str(), row.sharpe)).collect();
    let base = rows.first().and_then(|row| row.sharpe);
    let loss = |row: &StressRow| match (row.sharpe, base) {
        (Some(value), Some(base)) => toned(value - base, &ratio(value - base)),
        _ => DASH.to_owned(),
    };
    let row = |row: &StressRow| {
        vec![
            escape(&row.name),
            maybe(row.sharpe, |v| toned(v, &ratio(v))),
            loss(row),
            maybe(row.total_return, |v| toned(v, &share(v))),
            maybe(row.max_drawdown, share),
            number(row.fills as f64, 0),
            number(row.n as f64, 0),
            format!("<span class=\"reason\">{}</span>", escape(&join(&row.what, &row.note))),
        ]
    };
    let head = ["Case", "Sharpe", "Against the run", "Return", "Max drawdown", "Fills", "n", "What was done "];
    let text = "<p class=\"soft\">Sharpe ratios are annual, <code>sharpe/mean-over-std-ddof1</code> of n daily returns. The line is the run as it was.</p>\n";
    chart_of("Sharpe ratio by case", &bars, base) + &table(&head, &rows.iter().map(row).collect::<Vec<_>>()) + text
}

fn join(what: &str, note: &str) -> String {
    if note.is_empty() { what.to_owned() } else { format!("{what} ({note})") }
}

/// The regimes.
pub(super) fn regimes(found: &Regimes) -> String {
    if found.rows.is_empty() {
        return calm("No day belongs to a regime.") + &made(&found.made, "");
    }
    let bars: Vec<(&str, Option<f64>)> = found.rows.iter().map(|row| (row.name.as_str(), row.sharpe)).collect();
    let row = |row: &super::RegimeRow| {
        vec![
            escape(&row.name),
            number(row.days as f64, 0),
            percent(row.share, 0),
            maybe(row.sharpe, |v| toned(v, &ratio(v))),
            maybe(row.mean_return, |v| toned(v, &percent(v, 3))),
            maybe(row.worst_day, |v| toned(v, &share(v))),
        ]
    };
    let head = ["Regime", "Days", "of all", "Sharpe", "Mean day", "Worst day"];
    let rows: Vec<Vec<String>> = found.rows.iter().map(row).collect();
    let how = if found.how.is_empty() { String::new() } else { escape(&found.how) };
    chart_of("Sharpe ratio by regime", &bars, None) + &table(&head, &rows) + &made(&found.made, &how)
}

/// Bars along x, one for each row that is defined.
fn chart_of(title: &str, rows: &[(&str, Option<f64>)], base: Option<f64>) -> String {
    if rows.iter().all(|row| row.1.is_none()) {
        return calm("None of them has a Sharpe ratio.");
    }
    let height = rows_height(rows.len());
    let names: Vec<&str> = rows.iter().map(|row| row.0).collect();
    drawn(title, (Size(1056, height), Size(400, height)), |size| {
        let y = rows_axis(&names, size);
        let x = Axis::values_and_zero(rows.iter().filter_map(|row| row.1), short).fewer((size.0 / 62) as usize);
        chart(size, title, (&x, &y), |surface| {
            let bars = rows.iter().enumerate().filter_map(|(i, row)| Some(((rows.len() - 1 - i) as f64, row.1?)));
            surface.draw_series(bars.map(|(at, value)| {
                let role = if value < 0.0 { Role::Down } else { Role::Up };
                Rectangle::new([(0.0, at - 0.3), (value, at + 0.3)], role.fill(0.85))
            }))?;
            upright(surface, &y, 0.0, (Role::Quiet, 12))?;
            base.map_or(Ok(()), |base| upright(surface, &y, base, (Role::Ink, 12)))
        })
    })
}
