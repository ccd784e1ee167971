//! Cross-validation paths, and how much of the choice of the best set is overfitting.
use super::{CrossValidation, HALF, NARROW, Overfit, SplitChoice, made, maybe, probability, ratio, share, stats};
use crate::metrics::distribution::{quantile, sorted};
use crate::tear_sheet::axis::Axis;
use crate::tear_sheet::chart::{Role, Size, bars, chart, level, line};
use crate::tear_sheet::figures::{escape, number, short};
use crate::tear_sheet::histogram::{Histogram, Mark};
use crate::tear_sheet::marks::upright;
use crate::tear_sheet::page::{calm, drawn, toned};
use plotters::prelude::Rectangle;
use std::collections::BTreeMap;

/// Paths that are drawn one by one; more of them are a histogram.
const SINGLE: usize = 60;
const WIDE: Size = Size(1056, 240);
/// Cells of the cloud of splits, across and up.
const CELLS: (f64, f64) = (44.0, 30.0);

/// The paths of combinatorial cross-validation.
pub(super) fn cross_validation(found: &CrossValidation) -> String {
    let paths = sorted(&found.paths.iter().flatten().copied().filter(|v| v.is_finite()).collect::<Vec<_>>());
    let undefined = found.paths.len() - paths.len();
    if paths.is_empty() {
        return calm("No path has a Sharpe ratio.") + &made(&found.made, "");
    }
    let mut text = stats(&[
        ("5th percentile", maybe(found.low, |v| toned(v, &ratio(v)))),
        ("Median", maybe(quantile(&paths, 0.5), |v| toned(v, &ratio(v)))),
        ("Above zero", format!("{} of {}", paths.iter().filter(|v| **v > 0.0).count(), found.paths.len())),
        ("Splits", number(found.splits as f64, 0)),
        ("Folds", format!("{}, {} tested at a time", found.folds, found.tested)),
        ("Left out", format!("{} days before, {} behind", found.purge, found.embargo)),
    ]);
    let draw = |size: Size| if paths.len() > SINGLE { many(size, &paths, found.low) } else { few(size, &paths) };
    text += &drawn("Sharpe ratio of each path, from the worst to the best", (WIDE, NARROW), draw);
    let note = if undefined > 0 { format!("{undefined} paths are not defined.") } else { String::new() };
    text + &made(&found.made, &note)
}

fn few(size: Size, paths: &[f64]) -> String {
    let every = paths.len().div_ceil((size.0 / 30) as usize).max(1);
    let ticks = (0..paths.len()).step_by(every).map(|i| (i as f64, (i + 1).to_string())).collect();
    let x = Axis { from: -0.7, to: paths.len() as f64 - 0.3, ticks };
    let y = Axis::values_and_zero(paths.iter().copied(), short);
    let columns: Vec<(f64, f64, f64, Role)> =
        paths.iter().enumerate().map(|(i, value)| (i as f64 - 0.35, i as f64 + 0.35, *value, sign(*value))).collect();
    chart(size, "Sharpe ratio by path", (&x, &y), |surface| {
        bars(surface, &columns)?;
        level(surface, &x, 0.0)
    })
}

fn many(size: Size, paths: &[f64], low: Option<f64>) -> String {
    let marks = low.map(|at| Mark { at, name: "5th percentile", role: Role::Ink }).into_iter().collect();
    Histogram { title: "Sharpe ratios of paths", values: paths, marks, label: short, role: sign }.draw(size)
}

fn sign(value: f64) -> Role {
    if value < 0.0 { Role::Down } else { Role::Up }
}

/// The probability of overfitting, its logits, and what was promised against what was kept.
pub(super) fn content(found: &Overfit) -> String {
    let mut text = stats(&[
        ("Probability of overfitting", maybe(found.probability, |v| toned(0.5 - v, &probability(v)))),
        ("Probability of loss", maybe(found.probability_of_loss, probability)),
        ("Slope", maybe(found.slope, ratio)),
        ("R\u{b2}", maybe(found.r_squared, ratio)),
        ("Sets", number(found.sets as f64, 0)),
        ("Blocks", number(found.blocks as f64, 0)),
        ("Splits", number(found.splits.len() as f64, 0)),
    ]);
    if !found.dominance.is_empty() {
        text += &format!("<p class=\"soft\">Dominance: {}.</p>\n", escape(&found.dominance));
    }
    if found.splits.is_empty() {
        return text + &calm("There is no split to show.") + &made(&found.made, "");
    }
    let logits: Vec<f64> = found.splits.iter().map(|split| split.logit).collect();
    let middle = vec![Mark { at: 0.0, name: "median rank", role: Role::Ink }];
    let histogram = Histogram { title: "Logits", values: &logits, marks: middle, label: short, role: sign };
    text += "<div class=\"grid2\">\n";
    let caption = "Logit of the choice's rank out of sample; left of zero it is worse than the median";
    text += &drawn(caption, (HALF, NARROW), |size| histogram.draw(size));
    let cloud = Cloud::of(&found.splits);
    let caption = format!("{}: in sample (across) and out of sample (up)", found.measure);
    text += &drawn(&caption, (HALF, NARROW), |size| cloud.draw(size, found.slope.zip(found.intercept)));
    text += "</div>\n";
    let lost = found.splits.iter().filter(|split| split.out_of_sample < 0.0).count() as f64 / found.splits.len() as f64;
    let note = format!(
        "Each split chooses the set with the best {} on half of the blocks and looks at it on the other half; {} of them lost there.",
        escape(&found.measure),
        share(lost)
    );
    text + &made(&found.made, &note)
}

/// Splits counted in cells: thousands of dots would be one blot, and a large file.
struct Cloud {
    x: (f64, f64),
    y: (f64, f64),
    cells: BTreeMap<(u32, u32), u32>,
}

impl Cloud {
    fn of(splits: &[SplitChoice]) -> Self {
        let finite = || splits.iter().filter(|it| it.in_sample.is_finite() && it.out_of_sample.is_finite());
        let ends = |of: fn(&SplitChoice) -> f64| {
            let (low, high) =
                finite().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            let pad = ((high - low) * 0.03).max(high.abs() * 1e-6).max(1e-9);
            if low > high { (0.0, 1.0) } else { (low - pad, high + pad) }
        };
        let (x, y) = (ends(|split| split.in_sample), ends(|split| split.out_of_sample));
        let mut cells = BTreeMap::new();
        for split in finite() {
            let place = |value: f64, (low, high): (f64, f64), count: f64| ((value - low) / (high - low) * count) as u32;
            let at = (place(split.in_sample, x, CELLS.0), place(split.out_of_sample, y, CELLS.1));
            *cells.entry(at).or_insert(0) += 1;
        }
        Self { x, y, cells }
    }

    fn draw(&self, size: Size, fit: Option<(f64, f64)>) -> String {
        let x = Axis::values([self.x.0, self.x.1].into_iter(), short).fewer((size.0 / 62) as usize);
        let y = Axis::values_and_zero([self.y.0, self.y.1].into_iter(), short);
        let most = f64::from(self.cells.values().copied().max().unwrap_or(1));
        let (wide, high) = ((self.x.1 - self.x.0) / CELLS.0, (self.y.1 - self.y.0) / CELLS.1);
        chart(size, "In sample against out of sample", (&x, &y), |surface| {
            surface.draw_series(self.cells.iter().map(|((column, row), count)| {
                let (left, low) = (self.x.0 + f64::from(*column) * wide, self.y.0 + f64::from(*row) * high);
                // The root, so that lonely splits are seen beside the thick of them.
                let strength = 0.12 + 0.88 * libm::sqrt(f64::from(*count) / most);
                let strength = libm::round(strength * 1000.0) / 1000.0;
                Rectangle::new([(left, low), (left + wide, low + high)], sign(low + high / 2.0).fill(strength))
            }))?;
            level(surface, &x, 0.0)?;
            if x.from < 0.0 && x.to > 0.0 {
                upright(surface, &y, 0.0, (Role::Quiet, 15))?;
            }
            if let Some((slope, intercept)) = fit {
                // As far as the chart goes: cut at its edge, not bent along it.
                let height = |at: f64| intercept + slope * at;
                let ends: Vec<f64> = if slope.abs() > 1e-12 {
                    let [a, b] = [y.from, y.to].map(|level| (level - intercept) / slope);
                    vec![self.x.0.max(a.min(b)), self.x.1.min(a.max(b))]
                } else {
                    vec![self.x.0, self.x.1]
                };
                let inside = ends[0] < ends[1] && (y.from..=y.to).contains(&height((ends[0] + ends[1]) / 2.0));
                if inside {
                    line(surface, &[(ends[0], height(ends[0])), (ends[1], height(ends[1]))], Role::Ink)?;
                }
            }
            Ok(())
        })
    }
}
