//! The page of a search: what was tried, how the best came about, what hangs on which parameter.
//!
//! Stopped and failed trials are on it: how much was tried is half of what a result means.
mod parallel;

use super::axis::Axis;
use super::chart::{Role, Size, chart, line};
use super::figures::{escape, number, percent, short};
use super::heat_map::{self, HeatMap};
use super::marks::dots;
use super::metric_table;
use super::page::{self, calm, drawn, plain_count, section, table};
use crate::search::{Axis as Parameter, Search, Space, Tried, Values, importance};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// Results listed, the best.
const LISTED: usize = 30;
/// Heat maps at most; the parameters that say most about the score come first.
const MAPS: usize = 10;
/// Parts of an axis in a heat map, where it has more values.
const PARTS: usize = 16;
/// Reasons of failures that are listed.
const REASONS: usize = 10;
const WIDE: Size = Size(1056, 300);
const HALF: Size = Size(512, 320);
const NARROW: Size = Size(400, 300);

/// What the page of a search shows.
#[derive(Clone, Debug)]
pub struct SearchSheet<'a, E> {
    /// The name of the run.
    pub name: &'a str,
    /// What stands below the name: method, seed, pruning, data.
    pub facts: &'a [String],
    /// What was searched.
    pub space: &'a Space,
    /// What came of it.
    pub search: &'a Search<E>,
}

/// The page of a search as one HTML file.
#[must_use]
pub fn search_html<E: Display>(sheet: &SearchSheet<'_, E>) -> String {
    let mut body = page::head("Onetape search", sheet.name, sheet.facts, None);
    body += &page::card_list(&cards(sheet));
    body += &section("progress", "The best so far", &progress(sheet));
    let ranked = ranked(sheet);
    body += &section("importance", "What hangs on which parameter", &importances(sheet, &ranked));
    body += &section("parallel", "All parameters at once", &parallel::content(sheet));
    body += &section("heat-maps", "Heat maps", &heat_maps(sheet, &ranked));
    body += &section("results", &results_title(sheet), &results(sheet));
    body += &section("failures", "Trials that could not be run", &failures(sheet));
    page::document(sheet.name, &body)
}

fn cards<E>(sheet: &SearchSheet<'_, E>) -> [(String, String, String, f64); 4] {
    let (search, counts) = (sheet.search, sheet.search.counts());
    let column = search.column.name();
    let scores: Vec<f64> = search.trials.iter().filter_map(Tried::whole_score).collect();
    let median = crate::metrics::distribution::quantile(&crate::metrics::distribution::sorted(&scores), 0.5);
    let best = search.best();
    let figure = |value: Option<f64>| value.map_or_else(|| "\u{2013}".to_owned(), plain_count);
    let count = |count: usize| number(count as f64, 0);
    let place = best.map_or_else(String::new, |best| format!("trial {} of {}", best.number + 1, search.trials.len()));
    let best = best.and_then(Tried::score);
    let rest = format!("{} stopped, {} failed", count(counts.pruned), count(counts.failed));
    let space = sheet.space.size().map_or_else(|| "without end".to_owned(), |size| format!("of {}", count(size)));
    [
        (format!("Best {column}"), figure(best), place, best.unwrap_or(0.0)),
        (format!("Median {column}"), figure(median), "of those on all the data".to_owned(), median.unwrap_or(0.0)),
        ("Trials".to_owned(), count(search.trials.len()), rest, 0.0),
        ("Saw all the data".to_owned(), count(counts.complete), format!("sets in the space: {space}"), 0.0),
    ]
}

/// The axes, the one that says most first.
fn ranked<'a, E>(sheet: &SearchSheet<'a, E>) -> Vec<(&'a Parameter, Option<f64>)> {
    let shares = importance(sheet.space, sheet.search).into_iter().map(|it| it.share);
    let mut ranked: Vec<(&Parameter, Option<f64>)> = sheet.space.axes().iter().zip(shares).collect();
    ranked.sort_by(|a, b| b.1.unwrap_or(-1.0).total_cmp(&a.1.unwrap_or(-1.0)));
    ranked
}

fn progress<E>(sheet: &SearchSheet<'_, E>) -> String {
    let search = sheet.search;
    let point = |trial: &Tried<E>| Some((trial.number as f64 + 1.0, trial.score()?));
    let whole: Vec<(f64, f64)> = search.trials.iter().filter(|t| t.whole_score().is_some()).filter_map(point).collect();
    let stopped: Vec<(f64, f64)> =
        search.trials.iter().filter(|t| t.whole_score().is_none()).filter_map(point).collect();
    if whole.is_empty() {
        return calm("No trial has a score on all the data.");
    }
    let better = |a: f64, b: f64| if search.column.less_is_better() { a < b } else { a > b };
    let mut best: Vec<(f64, f64)> = Vec::new();
    for (x, score) in &whole {
        let last = best.last().map(|last| last.1);
        if last.is_none_or(|last| better(*score, last)) {
            best.extend(last.map(|last| (*x, last)));
            best.push((*x, *score));
        }
    }
    let end = search.trials.len() as f64;
    best.extend(best.last().copied().map(|last| (end, last.1)));
    // A few that lost everything would press all others into a line.
    let worst = crate::metrics::distribution::sorted(&whole.iter().chain(&stopped).map(|p| p.1).collect::<Vec<_>>());
    let edge = |p: f64| crate::metrics::distribution::quantile(&worst, p).unwrap_or(0.0);
    let (low, high) = if search.column.less_is_better() { (edge(0.0), edge(0.98)) } else { (edge(0.02), edge(1.0)) };
    let inside =
        |points: &[(f64, f64)]| -> Vec<(f64, f64)> { points.iter().map(|(x, y)| (*x, y.clamp(low, high))).collect() };
    let (whole, stopped) = (inside(&whole), inside(&stopped));
    let draw = |size: Size| {
        let x = Axis::values([1.0, end].into_iter(), short);
        let y = Axis::values([low, high].into_iter(), short);
        chart(size, "Best score by trial", (&x, &y), |surface| {
            dots(surface, stopped.iter().copied(), 17, (Role::Quiet, 0.8))?;
            dots(surface, whole.iter().copied(), 27, (Role::Line, 0.9))?;
            line(surface, &best, Role::Ink)
        })
    };
    let legend = "<p class=\"soft\">Across: trials in their order. The line is the best so far on all the data, coloured dots are trials on all the \
                  data, grey ones were stopped and are of less data. The worst in fifty stand at the edge.</p>\n";
    drawn(&format!("{} by trial", search.column.name()), (WIDE, NARROW), draw) + legend
}

fn importances<E>(sheet: &SearchSheet<'_, E>, ranked: &[(&Parameter, Option<f64>)]) -> String {
    let n = sheet.search.trials.iter().filter(|trial| trial.whole_score().is_some()).count();
    let row = |(axis, share): &(&Parameter, Option<f64>)| {
        let bar = share.map_or_else(String::new, |share| {
            format!("<span class=\"meter\" style=\"--w:{}\"></span>", libm::round(share * 100.0))
        });
        let share = share.map_or_else(|| "\u{2013}".to_owned(), |share| percent(share, 0));
        vec![escape(&axis.name), share, bar, escape(&values(axis))]
    };
    let rows: Vec<Vec<String>> = ranked.iter().map(row).collect();
    let text = format!(
        "<p class=\"soft\">The share of the spread of scores that the parameter alone explains \
         (<code>epsilon-squared/by-value-or-eighth</code>, n = {}, trials on all the data). Interplay of parameters is not in it.</p>\n",
        number(n as f64, 0)
    );
    table(&["Parameter", "Explains", " ", "Values "], &rows) + &text
}

fn values(axis: &Parameter) -> String {
    match &axis.values {
        Values::Steps(list) if list.len() > 6 => {
            format!("{} to {}, {} values", list[0], list[list.len() - 1], list.len())
        }
        Values::Steps(list) | Values::Choices(list) => list.join(", "),
        Values::Range { low, high, scale: crate::search::Scale::Linear } => format!("{low} to {high}"),
        Values::Range { low, high, .. } => format!("{low} to {high}, by logarithm"),
    }
}

/// Words of the parts of an axis in a heat map, and the part that a value is in.
fn parts(axis: &Parameter) -> (Vec<String>, impl Fn(&str) -> Option<usize>) {
    let parts = axis.count().unwrap_or(PARTS).min(PARTS);
    let middle = |part: usize| axis.value((part as f64 + 0.5) / parts as f64);
    let words = (0..parts).map(|part| lean(&middle(part))).collect();
    (words, move |value: &str| Some(((axis.place(value)? * parts as f64) as usize).min(parts - 1)))
}

/// A number with as many digits as a label has room for.
pub(crate) fn lean(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(value) if text.len() > 6 && (value == 0.0 || value.abs() >= 0.001) => short(value),
        Ok(value) if text.len() > 6 => format!("{value:.1e}"),
        _ => text.to_owned(),
    }
}

fn heat_maps<E>(sheet: &SearchSheet<'_, E>, ranked: &[(&Parameter, Option<f64>)]) -> String {
    let axes: Vec<&Parameter> = ranked.iter().map(|(axis, _)| *axis).filter(|axis| axis.count() != Some(1)).collect();
    let pairs: Vec<(&Parameter, &Parameter)> =
        axes.iter().enumerate().flat_map(|(i, a)| axes[i + 1..].iter().map(move |b| (*a, *b))).collect();
    if pairs.is_empty() {
        return calm("A heat map needs two parameters that vary.");
    }
    let range = heat_map::range(sheet.search.trials.iter().filter_map(Tried::whole_score));
    let best = sheet.search.best_first();
    let mut text = String::from("<div class=\"grid2\">\n");
    for (across, up) in pairs.iter().take(MAPS) {
        let ((columns, column_of), (rows, row_of)) = (parts(across), parts(up));
        let place = |trial: &Tried<E>| {
            Some((column_of(trial.parameters.get(&across.name)?)?, row_of(trial.parameters.get(&up.name)?)?))
        };
        let (mut cells, mut stopped) = (BTreeMap::new(), BTreeSet::new());
        for trial in &best {
            // Best first: what stands already is better.
            match (place(trial), trial.whole_score()) {
                (Some(at), Some(score)) => _ = cells.entry(at).or_insert(score),
                (Some(at), None) if trial.summary().is_some() => _ = stopped.insert(at),
                _ => {}
            }
        }
        let framed = sheet.search.best().and_then(place);
        let title = format!("{} by {} and {}", sheet.search.column.name(), across.name, up.name);
        let map =
            HeatMap { title: &title, columns: &columns, rows: &rows, cells: &cells, pale: &stopped, range, framed };
        text += &drawn(&format!("{} (across), {} (up)", across.name, up.name), (HALF, NARROW), |size| map.draw(size));
    }
    text += "</div>\n";
    if pairs.len() > MAPS {
        text += &calm(&format!("{} further pairs are left out, those that say least.", pairs.len() - MAPS));
    }
    text + heat_map::LEGEND
        + "<p class=\"soft\">A cell shows the best trial in it on all the data; in a grey one all were stopped or without a score, an empty \
           one was not tried. The best is framed.</p>\n"
}

fn results_title<E>(sheet: &SearchSheet<'_, E>) -> String {
    let count = sheet.search.trials.len();
    if count > LISTED { format!("The best {LISTED} of {}", number(count as f64, 0)) } else { "Trials".to_owned() }
}

fn results<E>(sheet: &SearchSheet<'_, E>) -> String {
    let best = sheet.search.best_first();
    if best.is_empty() {
        return calm("Nothing was tried.");
    }
    let names: Vec<&str> = sheet.space.axes().iter().map(|axis| axis.name.as_str()).collect();
    let metrics = [("sharpe", "Sharpe"), ("cagr", "CAGR"), ("max_drawdown", "Max drawdown")];
    let shown: Vec<_> = metrics.into_iter().filter(|(name, _)| *name != sheet.search.column.name()).collect();
    let mut head = vec!["Trial", sheet.search.column.name()];
    head.extend(&names);
    head.extend(shown.iter().map(|(_, title)| *title));
    head.extend(["Round trips", "Data seen", "Ended "]);
    let row = |trial: &&Tried<E>| {
        let dash = || "\u{2013}".to_owned();
        let mut cells = vec![(trial.number + 1).to_string(), trial.score().map_or_else(dash, plain_count)];
        cells.extend(names.iter().map(|name| escape(trial.parameters.get(*name).map_or("", String::as_str))));
        let summary = trial.summary();
        cells.extend(shown.iter().map(|(name, _)| {
            let metric = summary.and_then(|summary| summary.metrics.get(*name));
            metric.map_or_else(dash, |metric| metric_table::text(name, metric))
        }));
        cells.push(summary.map_or_else(dash, |summary| number(summary.round_trips as f64, 0)));
        cells.push(percent(trial.fraction(), 0));
        cells.push(trial.ending().to_owned());
        cells
    };
    table(&head, &best.iter().take(LISTED).map(row).collect::<Vec<_>>())
}

fn failures<E: Display>(sheet: &SearchSheet<'_, E>) -> String {
    let mut reasons: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for trial in &sheet.search.trials {
        if let crate::search::Outcome::Failed(error) = &trial.outcome {
            reasons.entry(error.to_string()).or_insert((0, trial.number + 1)).0 += 1;
        }
    }
    if reasons.is_empty() {
        return calm("Every set could be run.");
    }
    let mut rows: Vec<(&String, &(usize, usize))> = reasons.iter().collect();
    rows.sort_by_key(|(_, (count, first))| (std::cmp::Reverse(*count), *first));
    let left = rows.len().saturating_sub(REASONS);
    let cells: Vec<Vec<String>> = rows
        .into_iter()
        .take(REASONS)
        .map(|(reason, (count, first))| vec![escape(reason), number(*count as f64, 0), first.to_string()])
        .collect();
    let more = if left > 0 { calm(&format!("{left} further reasons stand in trials.parquet.")) } else { String::new() };
    table(&["Reason", "Trials", "First"], &cells) + &more
}
