//! The tear sheet of a sweep: a heat map over two parameters and the best of the results.
use super::axis::Axis;
use super::chart::{Role, Size, chart};
use super::figures::{escape, money, number, short, tone};
use super::metric_table;
use super::page::{self, figure, plain_count, section, table};
use crate::sweep::{Column, SweepRow};
use plotters::prelude::{PathElement, Rectangle};

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
        let wide = heat_map(sheet, Size(1056, 520), (across, up));
        let narrow = heat_map(sheet, Size(400, 380), (across, up));
        let caption = format!("{} by {across} (across) and {up} (up); the best set is framed", sheet.column.name());
        let legend = "<p class=\"soft\">Stronger is further from zero, or from the lowest where all have one sign; \
                      <span class=\"up\">above</span> and <span class=\"down\">below</span> zero have their own colours.</p>\n";
        body += &section("heat-map", "Heat map", &(figure(&caption, &wide, &narrow) + legend));
    }
    body += &results(sheet);
    page::document(sheet.name, &body)
}

fn header(sheet: &SweepSheet<'_>) -> String {
    let values: Vec<f64> = sheet.rows.iter().filter_map(|row| sheet.column.value(&row.summary)).collect();
    let profitable = sheet.rows.iter().filter(|row| row.summary.final_equity > row.summary.initial_cash).count();
    let median = crate::metrics::distribution::quantile(&crate::metrics::distribution::sorted(&values), 0.5);
    let column = escape(sheet.column.name());
    let figure = |value: Option<f64>| value.map_or_else(|| "\u{2013}".to_owned(), plain_count);
    let best = sheet.rows.first().and_then(|row| sheet.column.value(&row.summary));
    let cards = [
        ("Sets".to_owned(), number(sheet.rows.len() as f64, 0), format!("{} failed", sheet.failed), 0.0),
        (format!("Best {column}"), figure(best), "of so many tries".to_owned(), best.unwrap_or(0.0)),
        (format!("Median {column}"), figure(median), "what a blind choice finds".to_owned(), median.unwrap_or(0.0)),
        ("Ended with a profit".to_owned(), number(profitable as f64, 0), format!("of {}", sheet.rows.len()), 0.0),
    ];
    let cards: String = cards
        .iter()
        .map(|(name, value, note, sign)| {
            let tone = tone(*sign);
            format!("<div class=\"card\"><p class=\"name\">{name}</p><p class=\"value {tone}\">{value}</p><p class=\"note\">{note}</p></div>\n")
        })
        .collect();
    format!(
        "<header>\n<p class=\"brand\">Onetape sweep</p>\n<h1>{}</h1>\n<ul class=\"facts\"><li>{}</li></ul>\n</header>\n\
         <section id=\"figures\" class=\"cards\">\n{cards}</section>\n",
        escape(sheet.name),
        escape(sheet.currency)
    )
}

/// The distinct values of a parameter, numbers by size.
fn values<'a>(rows: &'a [SweepRow], parameter: &str) -> Vec<&'a str> {
    let mut values: Vec<&str> =
        rows.iter().filter_map(|row| row.parameters.get(parameter)).map(String::as_str).collect();
    values.sort_by(|a, b| crate::sweep::compare_values(a, b));
    values.dedup();
    values
}

fn heat_map(sheet: &SweepSheet<'_>, size: Size, (across, up): (&str, &str)) -> String {
    let (columns, rows) = (values(sheet.rows, across), values(sheet.rows, up));
    let place = |row: &SweepRow| {
        let find =
            |values: &[&str], name: &str| values.iter().position(|v| row.parameters.get(name).is_some_and(|p| p == v));
        Some((find(&columns, across)?, find(&rows, up)?))
    };
    let all: Vec<f64> = sheet.rows.iter().filter_map(|row| sheet.column.value(&row.summary)).collect();
    let (low, high) = all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let mut cells = std::collections::BTreeMap::new();
    for row in sheet.rows {
        // Best first: what stands already is better.
        if let (Some(at), Some(value)) = (place(row), sheet.column.value(&row.summary)) {
            cells.entry(at).or_insert(value);
        }
    }
    let axis = |values: &[&str], room: u32| {
        let every = values.len().div_ceil(room as usize).max(1);
        let ticks = values.iter().enumerate().step_by(every).map(|(i, v)| (i as f64, (*v).to_owned())).collect();
        Axis { from: -0.5, to: values.len() as f64 - 0.5, ticks }
    };
    let (x, y) = (axis(&columns, size.0 / 40), axis(&rows, size.1 / 22));
    chart(size, "Heat map of results", (&x, &y), |surface| {
        // The page's colour hides the grid's lines, which would show through pale cells.
        let field = [(x.from, y.from), (x.to, y.to)];
        surface.draw_series(std::iter::once(Rectangle::new(field, Role::Page.fill(1.0))))?;
        surface.draw_series(cells.iter().map(|((column, row), value)| {
            let (role, strength) = shade(*value, low, high);
            let (a, b) = (*column as f64, *row as f64);
            Rectangle::new([(a - 0.48, b - 0.47), (a + 0.48, b + 0.47)], role.fill(strength))
        }))?;
        // A path, since plotters draws the edges of rectangles a hair wide whatever their style.
        let best = sheet.rows.first().and_then(place);
        surface.draw_series(best.into_iter().map(|(column, row)| {
            let (left, right, low, high) =
                (column as f64 - 0.48, column as f64 + 0.48, row as f64 - 0.47, row as f64 + 0.47);
            let corners = vec![(left, low), (right, low), (right, high), (left, high), (left, low - 0.02)];
            PathElement::new(corners, Role::Ink.stroke(25))
        }))?;
        Ok(())
    })
}

/// Colour and strength of a value between the lowest and the highest.
fn shade(value: f64, low: f64, high: f64) -> (Role, f64) {
    let (role, share) = if low >= 0.0 || high <= 0.0 {
        (if high <= 0.0 { Role::Down } else { Role::Up }, (value - low) / (high - low).max(1e-12))
    } else {
        (if value < 0.0 { Role::Down } else { Role::Up }, value.abs() / high.max(-low))
    };
    let share = if high <= 0.0 { 1.0 - share } else { share };
    // Three decimals say what an eye can tell, and keep the file small.
    (role, libm::round((0.06 + 0.94 * share.clamp(0.0, 1.0)) * 1000.0) / 1000.0)
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
