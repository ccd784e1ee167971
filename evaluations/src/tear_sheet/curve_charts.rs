//! Equity, linear and logarithmic; the way below the peak; exposure.
use super::axis::{Axis, smooth, thin};
use super::chart::{Role, Size, chart, level, line, line_over};
use super::page::{self, figure};
use super::{TearSheet, figures};

/// Stretches that a line is thinned to; each keeps its lowest and highest point.
const STRETCHES: usize = 480;
/// Parts of the run that exposure is averaged over, since it switches too fast to be seen.
const MEANS: usize = 120;
const WIDE: Size = Size(1056, 330);
const HALF: Size = Size(512, 250);
const NARROW: Size = Size(400, 270);

/// The charts of the equity curve.
pub(crate) fn section(sheet: &TearSheet<'_>) -> String {
    if sheet.equity.is_empty() {
        return page::section("equity", "Equity", "<p class=\"calm\">The run marked no equity.</p>\n");
    }
    let initial = sheet.summary.initial_cash.to_f64();
    let points: Vec<(f64, f64)> = sheet.equity.iter().map(|p| (p.time.0 as f64, p.equity.to_f64())).collect();
    let mut peak = initial;
    let depths: Vec<(f64, f64)> = points
        .iter()
        .map(|(time, equity)| {
            peak = peak.max(*equity);
            (*time, if peak > 0.0 { (equity - peak) / peak } else { 0.0 })
        })
        .collect();
    let shares: Vec<(f64, f64)> = sheet
        .equity
        .iter()
        .map(|p| (p.time.0 as f64, if p.equity.0 > 0 { p.exposure.to_f64() / p.equity.to_f64() } else { 0.0 }))
        .collect();
    let (points, depths, shares) = (thin(&points, STRETCHES), thin(&depths, STRETCHES), smooth(&shares, MEANS));
    let sizes = |wide: Size, draw: &dyn Fn(Size) -> String| (draw(wide), draw(NARROW));
    let currency = &sheet.summary.currency;
    let mut content = String::new();
    let (wide, narrow) = sizes(WIDE, &|size| equity(size, &points, initial));
    content += &figure(&format!("Equity, {currency}"), &wide, &narrow);
    let (wide, narrow) = sizes(Size(1056, 210), &|size| underwater(size, &depths));
    content += &figure("Below the peak", &wide, &narrow);
    content += "<div class=\"grid2\">\n";
    if points.iter().all(|(_, equity)| *equity > 0.0) {
        let (wide, narrow) = sizes(HALF, &|size| logarithm(size, &points, initial));
        content += &figure(&format!("Equity, {currency}, logarithmic"), &wide, &narrow);
    }
    let (wide, narrow) = sizes(HALF, &|size| exposure(size, &shares));
    let averaged = if sheet.equity.len() > shares.len() {
        format!(", each point the mean of one {MEANS}th of the run's rows")
    } else {
        String::new()
    };
    content += &figure(&format!("Gross exposure, share of equity{averaged}"), &wide, &narrow);
    page::section("equity", "Equity", &(content + "</div>\n"))
}

fn time_axis(points: &[(f64, f64)], size: Size) -> Axis {
    let (first, last) = (points[0].0, points[points.len() - 1].0);
    Axis::time(first as i64, last as i64, (size.0 / 62) as usize)
}

fn equity(size: Size, points: &[(f64, f64)], initial: f64) -> String {
    let x = time_axis(points, size);
    let y = Axis::values(points.iter().map(|p| p.1).chain([initial]), figures::short);
    chart(size, "Equity over time", (&x, &y), |surface| {
        level(surface, &x, initial)?;
        line_over(surface, points, y.from, Role::Line)
    })
}

fn logarithm(size: Size, points: &[(f64, f64)], initial: f64) -> String {
    let x = time_axis(points, size);
    let y = Axis::logarithm(points.iter().map(|p| p.1).chain([initial]));
    let logs: Vec<(f64, f64)> = points.iter().map(|(time, equity)| (*time, libm::log10(*equity))).collect();
    chart(size, "Equity over time, logarithmic", (&x, &y), |surface| {
        if initial > 0.0 {
            level(surface, &x, libm::log10(initial))?;
        }
        line(surface, &logs, Role::Line)
    })
}

fn underwater(size: Size, depths: &[(f64, f64)]) -> String {
    let x = time_axis(depths, size);
    let y = Axis::values_and_zero(depths.iter().map(|p| p.1), |v| figures::short(v * 100.0) + "%");
    chart(size, "Distance below the peak over time", (&x, &y), |surface| line_over(surface, depths, 0.0, Role::Down))
}

fn exposure(size: Size, shares: &[(f64, f64)]) -> String {
    let x = time_axis(shares, size);
    let y = Axis::values_and_zero(shares.iter().map(|p| p.1), |v| figures::short(v * 100.0) + "%");
    chart(size, "Gross exposure as a share of equity", (&x, &y), |surface| line_over(surface, shares, 0.0, Role::Line))
}
