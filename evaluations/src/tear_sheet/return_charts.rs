//! Returns by month, by year, by size, and the Sharpe ratio as it rolled along.
use super::axis::{Axis, thin};
use super::chart::{Role, Size, bars, chart, level, line};
use super::page::{self, figure};
use super::{Daily, TearSheet, figures};
use crate::calendar;
use crate::metrics::{distribution, ratios};
use engine::Interval;
use std::cmp::Ordering;
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
    let bins = Bins::of(&daily.returns);
    content += &figure(&bins.caption(), &histogram(HALF, &bins), &histogram(NARROW, &bins));
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

/// Daily returns by size; the bins at the ends hold all that is further out.
struct Bins {
    counts: [u32; BINS],
    reach: f64,
    zero_days: usize,
}

impl Bins {
    /// Days with nothing open would be one tower that hides the rest: they are counted apart.
    fn of(returns: &[f64]) -> Self {
        let moved: Vec<f64> = returns.iter().copied().filter(|r| r.abs() > 0.0).collect();
        let sorted = distribution::sorted(&moved.iter().map(|r| r.abs()).collect::<Vec<_>>());
        let reach = distribution::quantile(&sorted, 0.99).unwrap_or(0.01).max(1e-6);
        let mut counts = [0_u32; BINS];
        for value in &moved {
            let place = libm::floor((value + reach) / (2.0 * reach / BINS as f64)).clamp(0.0, (BINS - 1) as f64);
            counts[place as usize] += 1;
        }
        Self { counts, reach, zero_days: returns.len() - moved.len() }
    }

    fn caption(&self) -> String {
        let left_out = match self.zero_days {
            0 => String::new(),
            1 => "1 day of exactly zero is left out; ".to_owned(),
            count => format!("{} days of exactly zero are left out; ", figures::number(count as f64, 0)),
        };
        let reach = figures::percent(self.reach, 1);
        format!("Daily returns; {left_out}the outermost bars hold all beyond \u{b1}{reach}")
    }
}

fn histogram(size: Size, bins: &Bins) -> String {
    let Bins { counts, reach, .. } = *bins;
    let width = 2.0 * reach / BINS as f64;
    let columns: Vec<(f64, f64, f64, Role)> = (0_u32..)
        .zip(counts)
        .map(|(i, count)| {
            let from = f64::from(i) * width - reach;
            // The bin in the middle holds both losses and gains.
            let role = match (i as usize).cmp(&(BINS / 2)) {
                Ordering::Less => Role::Down,
                Ordering::Equal => Role::Quiet,
                Ordering::Greater => Role::Up,
            };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_zero_are_counted_apart_and_the_tails_pooled() {
        let mut returns: Vec<f64> = (1..=400).map(|i| f64::from(i % 20 - 10) / 1000.0).collect();
        returns.extend([0.5, -0.5]);
        let bins = Bins::of(&returns);
        assert_eq!(bins.zero_days, 20);
        assert_eq!(bins.counts.iter().sum::<u32>(), 382);
        assert_eq!((bins.counts[BINS - 1], bins.counts[0]), (1, 21), "0.5 alone; -0.5 beside twenty of -1 %");
        let caption = bins.caption();
        assert!(caption.contains("20 days of exactly zero are left out") && caption.contains("\u{b1}1.0"), "{caption}");
    }
}
