//! Parallel coordinates: each trial is a line that crosses every parameter at its value and ends at its score.
use super::super::axis::Axis;
use super::super::chart::{Role, Size, chart, line};
use super::super::figures::short;
use super::super::marks::{Beside, cut, word};
use super::super::page::{calm, drawn};
use super::{SearchSheet, lean};
use crate::search::Tried;
use plotters::prelude::PathElement;

/// Lines at most, the best and an even choice of the others: more of them are one grey field.
const LINES: usize = 400;
/// The part of the trials whose lines are coloured.
const BEST: f64 = 0.2;
const WIDE: Size = Size(1056, 380);
const NARROW: Size = Size(400, 340);

/// The chart with its legend.
pub(super) fn content<E>(sheet: &SearchSheet<'_, E>) -> String {
    let all: Vec<&Tried<E>> =
        sheet.search.best_first().into_iter().filter(|trial| trial.whole_score().is_some()).collect();
    let scores: Vec<f64> = all.iter().filter_map(|trial| trial.whole_score()).collect();
    let (Some(best), Some(worst)) = (scores.first().copied(), scores.last().copied()) else {
        return calm("No trial has a score on all the data.");
    };
    // The best score ends on top, whichever way is better.
    let share = |score: f64| if (best - worst).abs() < 1e-12 { 1.0 } else { (score - worst) / (best - worst) };
    let path = |trial: &Tried<E>| -> Option<Vec<(f64, f64)>> {
        let mut points = Vec::new();
        for (i, axis) in sheet.space.axes().iter().enumerate() {
            points.push((i as f64, axis.place(trial.parameters.get(&axis.name)?)?));
        }
        points.push((points.len() as f64, share(trial.whole_score()?)));
        Some(points)
    };
    let coloured = ((all.len() as f64 * BEST) as usize).max(1);
    let every = (all.len() - coloured).div_ceil(LINES).max(1);
    let grey: Vec<_> = all[coloured..].iter().step_by(every).filter_map(|trial| path(trial)).collect();
    let bright: Vec<_> = all[..coloured].iter().take(LINES).filter_map(|trial| path(trial)).collect();
    let ends: Vec<(String, String, String)> = sheet
        .space
        .axes()
        .iter()
        .map(|axis| (axis.name.clone(), lean(&axis.value(0.0)), lean(&axis.value(1.0))))
        .chain([(sheet.search.column.name().to_owned(), short(worst), short(best))])
        .collect();
    let draw = |size: Size| {
        let last = ends.len() as f64 - 1.0;
        let room = (size.0 as usize / ends.len() / 8).max(4);
        let x = Axis { from: -0.35, to: last + 0.35, ticks: Vec::new() };
        let y = Axis { from: -0.17, to: 1.17, ticks: Vec::new() };
        chart(size, "Parallel coordinates", (&x, &y), |surface| {
            surface.draw_series(grey.iter().map(|path| PathElement::new(path.clone(), Role::Quiet.thin(9, 0.6))))?;
            surface.draw_series(
                bright.iter().rev().map(|path| PathElement::new(path.clone(), Role::Line.thin(13, 0.7))),
            )?;
            if let Some(path) = bright.first() {
                line(surface, path, Role::Ink)?;
            }
            for (i, (name, low, high)) in ends.iter().enumerate() {
                let at = i as f64;
                line(surface, &[(at, 0.0), (at, 1.0)], Role::Label)?;
                word(surface, (at, 0.0), Beside::Below, &cut(low, room), Role::Label)?;
                word(surface, (at, 1.0), Beside::Above, &cut(high, room), Role::Label)?;
                word(surface, (at, 1.08), Beside::Above, &cut(name, room), Role::Ink)?;
            }
            Ok(())
        })
    };
    let legend = format!(
        "<p class=\"soft\">Each line is a trial on all the data; the fifth with the best scores is coloured, the best is dark.{}</p>\n",
        if every > 1 { format!(" Of the others every {every}th is drawn.") } else { String::new() }
    );
    drawn("Parameters, and the score on the right", (WIDE, NARROW), draw) + &legend
}
