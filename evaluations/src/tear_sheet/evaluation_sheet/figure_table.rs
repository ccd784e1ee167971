//! Every figure of the evidence, with what it takes to check it; and the ones that one looks at first.
use super::verdict::value_text;
use super::{DASH, ratio};
use crate::evidence::{Figure, KNOWN, known};
use crate::tear_sheet::figures::{escape, number};
use crate::tear_sheet::page::{calm, table};
use std::collections::BTreeMap;

/// The table, in the order of the catalogue; what the catalogue does not know comes last.
pub(super) fn content(figures: &BTreeMap<String, Figure>) -> String {
    if figures.is_empty() {
        return calm("The evidence holds no figure.");
    }
    let of_catalogue = KNOWN.iter().filter_map(|known| figures.get_key_value(known.name));
    let others = figures.iter().filter(|(name, _)| known(name).is_none());
    let rows: Vec<Vec<String>> = of_catalogue.chain(others).map(|(name, figure)| row(name, figure)).collect();
    table(&["Figure", "Value", "n", "What it says ", "How it came about "], &rows)
}

fn row(name: &str, figure: &Figure) -> Vec<String> {
    let known = known(name).map_or_else(String::new, |known| escape(&format!("{}; {}", known.meaning, known.unit)));
    let note = if figure.note.is_empty() { String::new() } else { format!("<br><b>{}</b>", escape(&figure.note)) };
    let soft = |text: &str| format!("<span class=\"range\">{}</span>", escape(text));
    let how = format!("<code>{}</code>{}{}", escape(&figure.formula), soft(&figure.basis), soft(&figure.file));
    vec![
        escape(name),
        value_text(name, figure.value),
        number(figure.n as f64, 0),
        format!("<span class=\"reason\">{known}{note}</span>"),
        format!("<span class=\"reason\">{how}</span>"),
    ]
}

/// The eight figures one looks at first: name, value, note, and the sign that colours the value.
pub(super) fn cards(figures: &BTreeMap<String, Figure>) -> Vec<(String, String, String, f64)> {
    let value = |name: &str| figures.get(name).and_then(|figure| figure.value);
    // Cards escape their texts, and these are HTML already.
    let text = |name: &str| value_text(name, value(name)).replace("&lt;", "<");
    let n = |name: &str, of: &str| {
        figures.get(name).map_or_else(|| "not run".to_owned(), |f| format!("n = {}, {of}", number(f.n as f64, 0)))
    };
    let with = |before: &str, name: &str| match value(name) {
        Some(_) => format!("{before} {}", text(name)),
        None => format!("{before} {DASH}"),
    };
    let signed = |name: &str| value(name).unwrap_or(0.0);
    let over = |name: &str, middle: f64| value(name).map_or(0.0, |value| value - middle);
    let card = |title: &str, name: &str, note: String, sign: f64| (title.to_owned(), text(name), note, sign);
    let efficiency = value("walk_forward_efficiency").map_or_else(|| DASH.to_owned(), ratio);
    vec![
        card("Sharpe ratio", "sharpe", with("95 % lower end", "sharpe_lower"), signed("sharpe")),
        card("Deflated Sharpe", "dsr", with("trials", "trials"), over("dsr", 0.95)),
        card("Overfitting (PBO)", "pbo", n("pbo", "splits"), -over("pbo", 0.5)),
        card("Walk forward", "walk_forward_sharpe", format!("efficiency {efficiency}"), signed("walk_forward_sharpe")),
        card(
            "Out of sample",
            "out_of_sample_sharpe",
            with("in sample", "in_sample_sharpe"),
            signed("out_of_sample_sharpe"),
        ),
        card("CPCV, 5th percentile", "cpcv_sharpe_p05", with("paths", "cpcv_paths"), signed("cpcv_sharpe_p05")),
        card("Max drawdown", "max_drawdown", with("95 % of paths within", "drawdown_95"), -signed("max_drawdown")),
        card("Neighbours", "neighbourhood", n("neighbourhood", "sets"), over("neighbourhood", 0.5)),
    ]
}
