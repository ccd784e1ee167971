//! Why the result may be fiction: warnings, what fills took for granted, and the same run with worse execution.
use super::figures::{escape, money, number, percent};
use super::page::{section, table, toned};
use crate::diagnostics::{Diagnostics, SensitivityRow};
use crate::summary::Summary;

const DASH: &str = "\u{2013}";

/// The section, where the run has diagnostics or was run again.
pub(crate) fn section_of(summary: &Summary) -> String {
    let mut content = String::new();
    if let Some(diagnostics) = &summary.diagnostics {
        content += &warnings(diagnostics);
        content += &format!(
            "<div class=\"pair\">\n<div>{}</div>\n<div>{}</div>\n</div>\n",
            fills(summary, diagnostics),
            size(summary, diagnostics)
        );
    }
    if !summary.sensitivity.is_empty() {
        content += &sensitivity(summary);
    }
    if content.is_empty() { content } else { section("diagnostics", "Diagnostics", &content) }
}

fn warnings(diagnostics: &Diagnostics) -> String {
    if diagnostics.warnings.is_empty() {
        return "<p class=\"calm\">None of the checks below warns.</p>\n".to_owned();
    }
    let items: String = diagnostics.warnings.iter().map(|text| format!("<li>{}</li>\n", escape(text))).collect();
    format!("<ul class=\"warnings\">\n{items}</ul>\n")
}

fn fills(summary: &Summary, diagnostics: &Diagnostics) -> String {
    let row = |name: &str, count: u64| {
        let share = if summary.fills > 0 { percent(count as f64 / summary.fills as f64, 1) } else { DASH.to_owned() };
        vec![name.to_owned(), number(count as f64, 0), share]
    };
    let volume = &diagnostics.volume_share;
    let rows = [
        row("On the path inside a candle", summary.path_dependent_fills),
        row("At an open after missing candles", diagnostics.fills_after_gap),
        row("In candles without volume", diagnostics.fills_without_volume),
        row("Above 1\u{202f}% of the volume", volume.above_1_percent),
        row("Above 5\u{202f}% of the volume", volume.above_5_percent),
        row("Volume not known", volume.unknown),
    ];
    table(&["Fills", "Count", "of all"], &rows)
}

fn size(summary: &Summary, diagnostics: &Diagnostics) -> String {
    let volume = &diagnostics.volume_share;
    let share = |value: Option<f64>| value.map_or_else(|| DASH.to_owned(), share_text);
    let plain = |value: Option<f64>, places| value.map_or_else(|| DASH.to_owned(), |v| number(v, places));
    let currency = escape(&summary.currency);
    let row = |name: &str, text: String| vec![name.to_owned(), text];
    let rows = [
        row("Share of volume, mean", share(volume.mean)),
        row("Share of volume, 95th percentile", share(volume.percentile_95)),
        row("Share of volume, largest", share(volume.maximum)),
        row(&format!("Capacity, {currency}"), plain(diagnostics.capacity, 0)),
        row("Turnover a year", plain(summary.metric("turnover"), 1)),
        row("Round trips per parameter", plain(diagnostics.round_trips_per_parameter, 1)),
        row(&format!("Path range, {currency}"), money(diagnostics.path_dependent_range)),
    ];
    table(&["Size and evidence", ""], &rows)
}

/// A share that may be far below one per cent, which most are.
fn share_text(share: f64) -> String {
    let per_cent = share * 100.0;
    let places = if per_cent >= 1.0 {
        2
    } else if per_cent >= 0.01 {
        3
    } else {
        5
    };
    percent(share, places)
}

fn sensitivity(summary: &Summary) -> String {
    let base = SensitivityRow {
        case: "as it was run".into(),
        total_return: summary.metric("total_return"),
        sharpe: summary.metric("sharpe"),
        max_drawdown: summary.metric("max_drawdown"),
        fills: Some(summary.fills),
        note: None,
    };
    let figure = |value: Option<f64>, text: fn(f64) -> String| {
        value.map_or_else(|| DASH.to_owned(), |value| toned(value, &text(value)))
    };
    let row = |row: &SensitivityRow| {
        vec![
            escape(&row.case),
            figure(row.total_return, |v| percent(v, 2)),
            figure(row.sharpe, |v| number(v, 2)),
            row.max_drawdown.map_or_else(|| DASH.to_owned(), |v| percent(v, 2)),
            row.fills.map_or_else(|| DASH.to_owned(), |n| number(n as f64, 0)),
        ]
    };
    let made = summary.sensitivity.iter().filter(|row| row.note.is_none());
    let rows: Vec<Vec<String>> = std::iter::once(&base).chain(made).map(row).collect();
    let head = ["Execution", "Total return", "Sharpe", "Max drawdown", "Fills"];
    let mut text = format!("<h3>The same run with worse execution</h3>\n{}", table(&head, &rows));
    // A case that would change nothing is a sentence, not a row of equal numbers.
    for row in &summary.sensitivity {
        if let Some(note) = &row.note {
            text += &format!("<p class=\"calm\">Not run: {}, for {}.</p>\n", escape(&row.case), escape(note));
        }
    }
    text
}
