//! The evidence page: everything that an evaluation found, and what the gates make of it.
//!
//! A part that was not run says so and why; nothing is left out silently. Every number has its formula and how many values
//! it was taken of. Nothing is computed here that the bundle does not hold, but the layout of charts.
mod data;
mod execution;
mod figure_table;
mod from_statistics;
mod honesty;
mod neighbourhood;
mod overfitting;
mod resampling;
mod stress;
mod verdict;
mod walk_forward;

pub use data::{
    CrossValidation, Distribution, Execution, ExecutionDraw, Fan, IntervalRow, Intervals, Made, NeighbourRow,
    Neighbourhood, Overfit, Part, RegimeRow, Regimes, SplitChoice, StressRow, Unit, WalkForward, WalkWindow,
};

use super::chart::Size;
use super::figures::{escape, number};
use super::page::{self, calm, section, table};
use crate::causality::{Causality, WarmUp};
use crate::evidence::Figure;
use crate::gates::Table;
use std::collections::BTreeMap;

const WIDE: Size = Size(1056, 300);
const HALF: Size = Size(512, 270);
const NARROW: Size = Size(400, 270);
const DASH: &str = "\u{2013}";

/// What the page of an evaluation shows.
#[derive(Clone, Debug, Default)]
pub struct EvaluationSheet {
    /// The name of the run.
    pub name: String,
    /// What stands below the name: period, instruments, strategy, seed.
    pub facts: Vec<String>,
    /// The digest of the version that was evaluated.
    pub version: String,
    /// The answers of gates, in the order in which a version meets them.
    pub gates: Part<Vec<Table>>,
    /// Every figure of the evidence, by the names of the catalogue.
    pub figures: BTreeMap<String, Figure>,
    /// Walks forward, anchored and rolling.
    pub walk_forward: Part<Vec<WalkForward>>,
    /// Combinatorial purged cross-validation.
    pub cross_validation: Part<CrossValidation>,
    /// The probability of backtest overfitting.
    pub overfitting: Part<Overfit>,
    /// Bootstrap intervals of metrics.
    pub intervals: Part<Intervals>,
    /// Bootstrap paths of equity.
    pub fan: Part<Fan>,
    /// The largest drawdown of each bootstrap path, as a fraction.
    pub drawdowns: Part<Distribution>,
    /// The largest drawdown of each order of the round trips, as a fraction.
    pub shuffle: Part<Distribution>,
    /// Slippage and latency by lot.
    pub execution: Part<Execution>,
    /// The run under stress; the first row is the run as it was.
    pub stress: Part<Vec<StressRow>>,
    /// The run by regime.
    pub regimes: Part<Regimes>,
    /// The neighbourhood of the parameters.
    pub neighbourhood: Part<Neighbourhood>,
    /// Whether decisions hang on the future.
    pub causality: Part<Causality>,
    /// Whether decisions hang on how much history was loaded.
    pub warm_up: Part<WarmUp>,
    /// The files of the bundle and their digests; the page itself cannot hold its own.
    pub files: BTreeMap<String, String>,
}

/// The page of an evaluation as one HTML file.
#[must_use]
pub fn evaluation_html(sheet: &EvaluationSheet) -> String {
    let digest = Some(("version", sheet.version.as_str())).filter(|(_, digest)| !digest.is_empty());
    let mut body = page::head("Onetape evaluation", &sheet.name, &sheet.facts, digest);
    body += &page::card_list(&figure_table::cards(&sheet.figures));
    body += &part("gates", "Gates", &sheet.gates, |tables| verdict::content(tables));
    body += &part("walk-forward", "Walk forward", &sheet.walk_forward, |walks| walk_forward::content(walks));
    body += &part("cross-validation", "Cross-validation", &sheet.cross_validation, overfitting::cross_validation);
    body += &part("overfitting", "Overfitting", &sheet.overfitting, overfitting::content);
    body += &part("intervals", "Intervals", &sheet.intervals, resampling::intervals);
    body += &part("paths", "What could have been", &sheet.fan, resampling::fan);
    let depth = |found: &Distribution| resampling::drawdowns(found, &resampling::BOOTSTRAP);
    body += &part("drawdowns", "Drawdowns of bootstrap paths", &sheet.drawdowns, depth);
    let order = |found: &Distribution| resampling::drawdowns(found, &resampling::SHUFFLED);
    body += &part("shuffle", "Round trips in another order", &sheet.shuffle, order);
    body += &part("execution", "Slippage and latency by lot", &sheet.execution, execution::content);
    body += &part("stress", "Stress", &sheet.stress, |rows| stress::content(rows));
    body += &part("regimes", "Regimes", &sheet.regimes, stress::regimes);
    body += &part("neighbourhood", "Plateau or needle", &sheet.neighbourhood, neighbourhood::content);
    body += &part("causality", "Causality", &sheet.causality, honesty::causality);
    body += &part("warm-up", "Warm-up", &sheet.warm_up, honesty::warm_up);
    body += &section("evidence", "Every figure", &figure_table::content(&sheet.figures));
    body += &section("files", "Files", &files(&sheet.files));
    page::document(&sheet.name, &body)
}

/// A section of a part: its content, or that it was not run and why.
fn part<T>(id: &str, title: &str, part: &Part<T>, content: impl Fn(&T) -> String) -> String {
    match part {
        Part::Found(found) => section(id, title, &content(found)),
        Part::NotRun(why) => section(id, title, &calm(&format!("Not run: {why}."))),
    }
}

/// How a number came about, as a line below what shows it; `more` is HTML already.
pub(super) fn made(made: &Made, more: &str) -> String {
    let n = number(made.n as f64, 0);
    let (formula, basis) = (escape(&made.formula), escape(&made.basis));
    let formula = if formula.is_empty() { String::new() } else { format!("<code>{formula}</code>, ") };
    let basis = if basis.is_empty() { String::new() } else { format!(" {basis}") };
    format!("<p class=\"soft\">{more}{}{formula}n = {n}{basis}.</p>\n", if more.is_empty() { "" } else { " " })
}

/// A list of figures in one line: each name and value, which is HTML already.
fn stats(pairs: &[(&str, String)]) -> String {
    let items: String = pairs.iter().map(|(name, value)| format!("<li>{} <b>{value}</b></li>", escape(name))).collect();
    format!("<ul class=\"stats\">{items}</ul>\n")
}

/// A number that may not be defined.
fn maybe(value: Option<f64>, text: impl Fn(f64) -> String) -> String {
    value.filter(|value| value.is_finite()).map_or_else(|| DASH.to_owned(), text)
}

/// A ratio.
fn ratio(value: f64) -> String {
    number(value, 2)
}

/// A fraction as a percentage, with the places that its size needs.
fn share(value: f64) -> String {
    let places = if value.abs() > 0.0 && value.abs() < 0.01 { 3 } else { 1 };
    super::figures::percent(value, places)
}

/// A probability or a p-value.
fn probability(value: f64) -> String {
    if value > 0.0 && value < 0.0005 { "&lt; 0.001".to_owned() } else { number(value, 3) }
}

fn files(files: &BTreeMap<String, String>) -> String {
    if files.is_empty() {
        return calm("The bundle names no file.");
    }
    let row = |(path, digest): (&String, &String)| vec![escape(path), format!("<code>{}</code>", escape(digest))];
    let text = "<p class=\"soft\">blake3 of each file of the bundle but <code>evidence.json</code>, which holds these, and this page.</p>\n";
    table(&["File", "Digest "], &files.iter().map(row).collect::<Vec<_>>()) + text
}
