//! Returns by month, by year, by size, and the Sharpe ratio as it rolled along.
use super::axis::{Axis, thin};
use super::chart::{Role, Size, bars, chart, level, line};
use super::page::{self, figure};
use super::{Daily, TearSheet, figures};
use crate::calendar;
use crate::metrics::{distribution, ratios};
use engine::Interval;
use std::collections::BTreeMap;

const HALF: Size = Size(512, 250);
const WIDE: Size = Size(1056, 210);
const NARROW: Size = Size(400, 260);
/// Bars of the histogram.
const BINS: usize = 41;

/// The section of returns.
pub(crate) fn section(sheet: &TearSheet<'_>, daily: &Daily) -> String {
    if daily.returns.is_empty() {
        return page::section("returns", "Returns", "<p class=\"calm\">No day came to its end.</p>\n");
    }
    let mut content = months(daily);
    content += "<div class=\"grid2\">\n";
    let years: Vec<(String, f64)> =
        grouped(daily, |year, _| year).into_iter().map(|(y, r)| (y.to_string(), r)).collect();
    content += &figure("Return by year", &year_bars(HALF, &years), &year_bars(NARROW, &years));
    content += &figure("Daily returns", &histogram(HALF, daily), &histogram(NARROW, daily));
    content += "</div>\n";
    let window = window(daily.returns.len(), sheet.periods_per_year);
    let rolled = rolling(daily, window, sheet.periods_per_year);
    if rolled.len() > 1 {
        let caption = format!("Sharpe ratio over the last {window} days");
        content += &figure(&caption, &rolling_chart(WIDE, &rolled), &rolling_chart(NARROW, &rolled));
    }
    page::section("returns", "Returns", &content)
}

/// Compounded returns by whatever `key` makes of year and month.
fn grouped<K: Ord>(daily: &Daily, key: impl Fn(i64, i64) -> K) -> BTreeMap<K, f64> {
    let mut groups: BTreeMap<K, f64> = BTreeMap::new();
    for (day, value) in daily.days.iter().zip(&daily.returns) {
        let (year, month, _) = calendar::date(*day);
        *groups.entry(key(year, month)).or_insert(1.0) *= 1.0 + value;
    }
    groups.into_iter().map(|(key, growth)| (key, growth - 1.0)).collect()
}

/// The heat map of months: a table, so that it can be read and copied.
fn months(daily: &Daily) -> String {
    let months = grouped(daily, |year, month| (year, month));
    let years = grouped(daily, |year, _| year);
    // The deepest colour belongs to the largest month but a few, or one wild month would bleach all others.
    let sizes: Vec<f64> = months.values().map(|r| r.abs()).collect();
    let most = distribution::quantile(&distribution::sorted(&sizes), 0.95).unwrap_or(0.0).max(1e-9);
    let mut text = String::from(
        "<div class=\"scroll months\"><table aria-label=\"Return by month in percent\">\n<thead><tr><th>%</th>",
    );
    for name in calendar::MONTHS {
        text += &format!("<th>{name}</th>");
    }
    text += "<th>Year</th></tr></thead>\n<tbody>\n";
    for (year, total) in years {
        text += &format!("<tr><th>{year}</th>");
        for month in 1..=12 {
            match months.get(&(year, month)) {
                Some(value) => text += &month_cell(*value, most),
                None => text += "<td></td>",
            }
        }
        text +=
            &format!("<td class=\"total {}\">{}</td></tr>\n", figures::tone(total), figures::number(total * 100.0, 1));
    }
    text + "</tbody></table></div>\n"
}

fn month_cell(value: f64, most: f64) -> String {
    let class = if value > 0.0 { "gain" } else { "loss" };
    let strength = libm::round((value.abs() / most).min(1.0) * 55.0);
    format!("<td class=\"{class}\" style=\"--a:{strength}\">{}</td>", figures::number(value * 100.0, 1))
}

fn percent_label(value: f64) -> String {
    figures::short(value * 100.0) + "%"
}

fn year_bars(size: Size, years: &[(String, f64)]) -> String {
    // Labels of many years would run into each other.
    let every = years.len().div_ceil((size.0 / 46) as usize).max(1);
    let ticks = years.iter().enumerate().step_by(every).map(|(i, (year, _))| (i as f64, year.clone())).collect();
    let x = Axis { from: -0.6, to: years.len() as f64 - 0.4, ticks };
    let y = Axis::values_and_zero(years.iter().map(|(_, value)| *value), percent_label);
    let columns: Vec<(f64, f64, f64, Role)> = (0_u32..)
        .zip(years)
        .map(|(i, (_, value))| {
            let at = f64::from(i);
            (at - 0.32, at + 0.32, *value, if *value < 0.0 { Role::Down } else { Role::Up })
        })
        .collect();
    chart(size, "Return by year", (&x, &y), |surface| {
        bars(surface, &columns)?;
        level(surface, &x, 0.0)
    })
}

fn histogram(size: Size, daily: &Daily) -> String {
    // Days with nothing open would be one tower that hides the rest; the caption's count says they exist.
    let moved: Vec<f64> = daily.returns.iter().copied().filter(|r| r.abs() > 0.0).collect();
    let sorted = distribution::sorted(&moved.iter().map(|r| r.abs()).collect::<Vec<_>>());
    let reach = distribution::quantile(&sorted, 0.99).unwrap_or(0.01).max(1e-6);
    let width = 2.0 * reach / BINS as f64;
    let mut counts = [0_u32; BINS];
    for value in &moved {
        let place = libm::floor((value + reach) / width).clamp(0.0, (BINS - 1) as f64);
        counts[place as usize] += 1;
    }
    let columns: Vec<(f64, f64, f64, Role)> = (0_u32..)
        .zip(counts)
        .map(|(i, count)| {
            let from = f64::from(i) * width - reach;
            let role = if from + width / 2.0 < 0.0 { Role::Down } else { Role::Up };
            (from + width * 0.06, from + width * 0.94, f64::from(count), role)
        })
        .collect();
    let mut x = Axis::values([-reach, reach].into_iter(), percent_label);
    (x.from, x.to) = (-reach * 1.02, reach * 1.02);
    x.ticks.retain(|(at, _)| at.abs() <= reach);
    let y = Axis::values_and_zero(counts.iter().map(|c| f64::from(*c)), figures::short);
    chart(size, "How many days brought what", (&x, &y), |surface| bars(surface, &columns))
}

/// Half a year of periods, or a quarter of a shorter record.
fn window(returns: usize, periods_per_year: f64) -> usize {
    (libm::round(periods_per_year / 2.0) as usize).min(returns / 4).max(20)
}

fn rolling(daily: &Daily, window: usize, periods_per_year: f64) -> Vec<(f64, f64)> {
    let ends = daily.days.iter().skip(window - 1);
    let points = ends.zip(daily.returns.windows(window)).filter_map(|(day, returns)| {
        let time = (day + 1).saturating_mul(Interval::DAY.0) as f64;
        ratios::sharpe(returns, periods_per_year).map(|value| (time, value))
    });
    thin(&points.collect::<Vec<_>>(), 240)
}

fn rolling_chart(size: Size, points: &[(f64, f64)]) -> String {
    let x = Axis::time(points[0].0 as i64, points[points.len() - 1].0 as i64, (size.0 / 62) as usize);
    let y = Axis::values_and_zero(points.iter().map(|p| p.1), figures::short);
    chart(size, "Rolling Sharpe ratio", (&x, &y), |surface| {
        level(surface, &x, 0.0)?;
        line(surface, points, Role::Line)
    })
}
