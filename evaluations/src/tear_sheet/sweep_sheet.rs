//! The tear sheet of a sweep: a heat map over two parameters and the best of the results.
use super::chart::Size;
use super::figures::{escape, money, number, short};
use super::heat_map::{self, HeatMap};
use super::metric_table;
use super::page::{self, figure, plain_count, section, table};
use crate::sweep::{Column, SweepRow};
use std::collections::{BTreeMap, BTreeSet};

/// Results listed, the best.
const LISTED: usize = 50;

/// What the tear sheet of a sweep shows.
#[derive(Clone, Debug)]
pub struct SweepSheet<'a> {
    /// The name of the sweep.
    pub name: &'a str,
    /// The currency of the account.
    pub currency: &'a str,
    /// The results, best first.
    pub rows: &'a [SweepRow],
    /// The column they were sorted by, which the heat map shows.
    pub column: &'a Column,
    /// The parameters of the heat map: across and up. Of sets that share both, the best is shown.
    pub axes: Option<(&'a str, &'a str)>,
    /// How many sets could not be run.
    pub failed: usize,
}

/// The tear sheet of a sweep as one HTML file.
#[must_use]
pub fn sweep_html(sheet: &SweepSheet<'_>) -> String {
    let mut body = header(sheet);
    if let Some((across, up)) = sheet.axes {
        let draw = heat_map(sheet, (across, up));
        let caption = format!("{} by {across} (across) and {up} (up); the best set is framed", sheet.column.name());
        let picture = figure(&caption, &draw(Size(1056, 520)), &draw(Size(400, 380)));
        body += &section("heat-map", "Heat map", &(picture + heat_map::LEGEND));
    }
    body += &results(sheet);
    page::document(sheet.name, &body)
}

fn header(sheet: &SweepSheet<'_>) -> String {
    let values: Vec<f64> = sheet.rows.iter().filter_map(|row| sheet.column.value(&row.summary)).collect();
    let profitable = sheet.rows.iter().filter(|row| row.summary.final_equity > row.summary.initial_cash).count();
    let median = crate::metrics::distribution::quantile(&crate::metrics::distribution::sorted(&values), 0.5);
    let column = sheet.column.name();
    let figure = |value: Option<f64>| value.map_or_else(|| "\u{2013}".to_owned(), plain_count);
    let best = sheet.rows.first().and_then(|row| sheet.column.value(&row.summary));
    let cards = [
        ("Sets".to_owned(), number(sheet.rows.len() as f64, 0), format!("{} failed", sheet.failed), 0.0),
        (format!("Best {column}"), figure(best), "of so many tries".to_owned(), best.unwrap_or(0.0)),
        (format!("Median {column}"), figure(median), "what a blind choice finds".to_owned(), median.unwrap_or(0.0)),
        ("Ended with a profit".to_owned(), number(profitable as f64, 0), format!("of {}", sheet.rows.len()), 0.0),
    ];
    page::head("Onetape sweep", sheet.name, &[sheet.currency.to_owned()], None) + &page::card_list(&cards)
}

/// The distinct values of a parameter, numbers by size.
fn values<'a>(rows: &'a [SweepRow], parameter: &str) -> Vec<&'a str> {
    let mut values: Vec<&str> =
        rows.iter().filter_map(|row| row.parameters.get(parameter)).map(String::as_str).collect();
    values.sort_by(|a, b| crate::sweep::compare_values(a, b));
    values.dedup();
    values
}

fn heat_map(sheet: &SweepSheet<'_>, (across, up): (&str, &str)) -> impl Fn(Size) -> String {
    let (columns, rows) = (values(sheet.rows, across), values(sheet.rows, up));
    let place = |row: &SweepRow| {
        let find =
            |values: &[&str], name: &str| values.iter().position(|v| row.parameters.get(name).is_some_and(|p| p == v));
        Some((find(&columns, across)?, find(&rows, up)?))
    };
    let range = heat_map::range(sheet.rows.iter().filter_map(|row| sheet.column.value(&row.summary)));
    let mut cells = BTreeMap::new();
    for row in sheet.rows {
        // Best first: what stands already is better.
        if let (Some(at), Some(value)) = (place(row), sheet.column.value(&row.summary)) {
            cells.entry(at).or_insert(value);
        }
    }
    let framed = sheet.rows.first().and_then(place);
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<String>>();
    let (columns, rows) = (owned(columns), owned(rows));
    move |size| {
        let title = "Heat map of results";
        HeatMap { title, columns: &columns, rows: &rows, cells: &cells, pale: &BTreeSet::new(), range, framed }
            .draw(size)
    }
}

fn results(sheet: &SweepSheet<'_>) -> String {
    let Some(first) = sheet.rows.first() else {
        return section("results", "Results", "<p class=\"calm\">No set could be run.</p>\n");
    };
    let names: Vec<&str> = first.parameters.keys().map(String::as_str).collect();
    let metrics = ["sharpe", "cagr", "max_drawdown", "profit_factor", "win_rate"];
    let mut head = vec!["#"];
    head.extend(&names);
    head.extend(["Final equity", "Sharpe", "CAGR", "Max drawdown", "Profit factor", "Win rate", "Round trips"]);
    let rows: Vec<Vec<String>> = (1_u32..)
        .zip(sheet.rows.iter().take(LISTED))
        .map(|(rank, row)| {
            let mut cells = vec![rank.to_string()];
            cells.extend(names.iter().map(|name| escape(row.parameters.get(*name).map_or("", String::as_str))));
            cells.push(money(row.summary.final_equity));
            cells.extend(metrics.iter().map(|name| {
                let metric = row.summary.metrics.get(*name);
                metric.map_or_else(|| "\u{2013}".to_owned(), |m| metric_table::text(name, m))
            }));
            cells.push(short(row.summary.round_trips as f64));
            cells
        })
        .collect();
    let title = if sheet.rows.len() > LISTED { format!("The best {LISTED}") } else { "Results".to_owned() };
    section("results", &title, &table(&head, &rows))
}
