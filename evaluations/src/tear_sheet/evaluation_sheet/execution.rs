//! Slippage and latency drawn by lot: how much of the result a worse day at the venue takes.
use super::{Execution, ExecutionDraw, HALF, NARROW, made, maybe, ratio, share, stats};
use crate::metrics::distribution::{quantile, sorted};
use crate::tear_sheet::axis::Axis;
use crate::tear_sheet::chart::{Role, Size, chart, level};
use crate::tear_sheet::figures::{number, short};
use crate::tear_sheet::histogram::{Histogram, Mark};
use crate::tear_sheet::marks::dots;
use crate::tear_sheet::page::{calm, drawn, toned};

/// Dots that are drawn; an even choice of more.
const DOTS: usize = 800;

/// The distribution of Sharpe ratios, and what they hang on.
pub(super) fn content(found: &Execution) -> String {
    let sharpes =
        sorted(&found.draws.iter().filter_map(|draw| draw.sharpe).filter(|v| v.is_finite()).collect::<Vec<_>>());
    if sharpes.is_empty() {
        return calm("No draw has a Sharpe ratio.") + &made(&found.made, "");
    }
    let lost = found.draws.iter().filter(|draw| draw.total_return.is_some_and(|v| v < 0.0)).count();
    let low = quantile(&sharpes, 0.05);
    let mut text = stats(&[
        ("As it was run", maybe(found.actual, ratio)),
        ("Median", maybe(quantile(&sharpes, 0.5), |v| toned(v, &ratio(v)))),
        ("5th percentile", maybe(low, |v| toned(v, &ratio(v)))),
        ("Draws with a loss", format!("{} of {}", number(lost as f64, 0), number(found.draws.len() as f64, 0))),
    ]);
    let mark = |at: Option<f64>, name, role| at.map(|at| Mark { at, name, role });
    let marks = [mark(found.actual, "as run", Role::Ink), mark(low, "5 %", Role::Down)];
    let histogram = Histogram {
        title: "Sharpe ratios of draws",
        values: &sharpes,
        marks: marks.into_iter().flatten().collect(),
        label: short,
        role: |v| if v < 0.0 { Role::Down } else { Role::Up },
    };
    text += "<div class=\"grid2\">\n";
    text += &drawn("Sharpe ratio of each draw", (HALF, NARROW), |size| histogram.draw(size));
    let by_slippage = |draw: &ExecutionDraw| draw.slippage_bps;
    text += &drawn("By slippage, basis points", (HALF, NARROW), |size| cloud(size, found, by_slippage));
    if found.draws.iter().any(|draw| draw.latency_ms > 0.0) {
        let by_latency = |draw: &ExecutionDraw| draw.latency_ms;
        text += &drawn("By latency, milliseconds", (HALF, NARROW), |size| cloud(size, found, by_latency));
    }
    text += "</div>\n";
    let worst = found
        .draws
        .iter()
        .filter_map(|draw| draw.total_return)
        .fold(None, |worst: Option<f64>, value| Some(worst.map_or(value, |worst| worst.min(value))));
    text + &made(&found.made, &format!("The worst draw returned {}.", maybe(worst, share)))
}

fn cloud(size: Size, found: &Execution, across: fn(&ExecutionDraw) -> f64) -> String {
    let every = found.draws.len().div_ceil(DOTS).max(1);
    let points: Vec<(f64, f64)> =
        found.draws.iter().step_by(every).filter_map(|draw| Some((across(draw), draw.sharpe?))).collect();
    let x = Axis::values_and_zero(points.iter().map(|point| point.0), short).fewer((size.0 / 62) as usize);
    let y = Axis::values_and_zero(points.iter().map(|point| point.1), short);
    chart(size, "Sharpe ratio by execution", (&x, &y), |surface| {
        level(surface, &x, 0.0)?;
        let side = |up: bool| points.iter().copied().filter(move |point| (point.1 >= 0.0) == up);
        dots(surface, side(true), 24, (Role::Up, 0.55))?;
        dots(surface, side(false), 24, (Role::Down, 0.55))
    })
}
