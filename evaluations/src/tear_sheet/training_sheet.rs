//! The report of a training: how it went, what the policy earned on candles that it was not trained on, and where it comes from.
use super::axis::{Axis, thin};
use super::chart::{Role, Size, chart, level, line, line_over};
use super::figures::{escape, number, percent, short};
use super::page::{self, figure, section, table};
use crate::training::TrainingRow;

/// Stretches that a line is thinned to.
const STRETCHES: usize = 240;
const WIDE: Size = Size(1056, 330);
const HALF: Size = Size(512, 230);
const NARROW: Size = Size(400, 250);

/// What the report of a training shows.
#[derive(Clone, Debug)]
pub struct TrainingSheet<'a> {
    /// The name of the run.
    pub name: &'a str,
    /// Facts for the header: algorithm, digest of the policy, seed.
    pub facts: &'a [String],
    /// Figures for the cards: name, value, note; the sign of the number colours it.
    pub cards: &'a [(String, String, String, f64)],
    /// Every iteration.
    pub rows: &'a [TrainingRow],
    /// Equity of the policy over the validation range: nanoseconds of time, and equity over what it began with.
    pub policy: &'a [(f64, f64)],
    /// The same for holding the whole size throughout.
    pub holding: &'a [(f64, f64)],
    /// Tables of names and values, each with its heading.
    pub tables: &'a [(String, Vec<(String, String)>)],
}

/// Which figures are drawn, what each is called, and what it says.
const DRAWN: [(&str, &str); 12] = [
    ("episode_return", "Return of an episode (sum of its rewards)"),
    ("validation_sharpe", "Sharpe ratio on the validation range, annual"),
    ("validation_return", "Logarithmic return on the validation range"),
    ("entropy", "Entropy of the choices: certainty comes as it falls"),
    ("approximate_kl", "Divergence of an update from the policy before it"),
    ("explained_variance", "Share of the returns' variance that the critic explains"),
    ("policy_loss", "Loss of the policy"),
    ("value_loss", "Loss of the critic"),
    ("clip_fraction", "Share of choices whose ratio was clipped"),
    ("gradient_norm", "Norm of the gradients"),
    ("learning_rate", "Learning rate"),
    ("epsilon", "Share of choices at random"),
];

/// The report of a training as one HTML file.
#[must_use]
pub fn training_html(sheet: &TrainingSheet<'_>) -> String {
    let mut body = page::head("Onetape training", sheet.name, sheet.facts, None) + &page::card_list(sheet.cards);
    body += &section("validation", "On candles that it was not trained on", &validation(sheet));
    body += &section("curves", "How it went", &curves(sheet.rows));
    for (place, (title, rows)) in sheet.tables.iter().enumerate() {
        let rows: Vec<Vec<String>> = rows.iter().map(|(name, value)| vec![escape(name), escape(value)]).collect();
        body += &section(&format!("table-{place}"), title, &table(&["Name", "Value "], &rows));
    }
    page::document(sheet.name, &body)
}

fn validation(sheet: &TrainingSheet<'_>) -> String {
    let (policy, holding) = (thin(sheet.policy, STRETCHES * 2), thin(sheet.holding, STRETCHES * 2));
    let (Some(first), Some(last)) = (policy.first(), policy.last()) else {
        return "<p class=\"calm\">Nothing was validated.</p>\n".to_owned();
    };
    let draw = |size: Size| {
        let x = Axis::time(first.0 as i64, last.0 as i64, (size.0 / 62) as usize);
        let all = policy.iter().chain(&holding).map(|point| point.1).chain([1.0]);
        let y = Axis::values(all, |v| percent(v - 1.0, 1));
        chart(size, "Equity on the validation range", (&x, &y), |surface| {
            level(surface, &x, 1.0)?;
            line(surface, &holding, Role::Quiet)?;
            line_over(surface, &policy, 1.0, Role::Line)
        })
    };
    let end = |points: &[(f64, f64)]| points.last().map_or_else(|| "\u{2013}".to_owned(), |p| percent(p.1 - 1.0, 1));
    let legend = format!(
        "<p class=\"soft\">The coloured line is the policy, {}; the grey one holds the whole size throughout, {}. Costs are in both.</p>\n",
        end(&policy),
        end(&holding)
    );
    figure("Equity, from what it began with", &draw(WIDE), &draw(NARROW)) + &legend
}

fn curves(rows: &[TrainingRow]) -> String {
    let mut charts = String::new();
    for (name, title) in DRAWN {
        let points: Vec<(f64, f64)> =
            rows.iter().filter_map(|row| Some((row.steps as f64, *row.figures.get(name)?))).collect();
        // What never changed is said in the table of parameters.
        if points.len() < 2 || points.iter().all(|point| point.1.to_bits() == points[0].1.to_bits()) {
            continue;
        }
        let points = thin(&points, STRETCHES);
        let draw = |size: Size| {
            let x = Axis::values(points.iter().map(|p| p.0), short);
            let y = Axis::values(points.iter().map(|p| p.1), short);
            chart(size, title, (&x, &y), |surface| line(surface, &points, Role::Line))
        };
        charts += &figure(title, &draw(HALF), &draw(NARROW));
    }
    let steps = rows.last().map_or(0, |row| row.steps);
    let text = format!("<p class=\"soft\">Across: steps in the environment, {} in all.</p>\n", number(steps as f64, 0));
    text + "<div class=\"grid2\">\n" + &charts + "</div>\n"
}
