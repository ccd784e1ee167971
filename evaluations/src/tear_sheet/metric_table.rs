//! Every metric with what it takes to check it.
use super::figures::{escape, number, percent, plain};
use super::page::{plain_count, section, table};
use crate::metrics::{Metric, MetricSet};

/// Metrics that are fractions and read best as percentages.
const SHARES: [&str; 16] = [
    "best_day",
    "cagr",
    "cvar_95",
    "downside_deviation",
    "exposure",
    "max_drawdown",
    "mean_daily_return",
    "positive_days",
    "psr",
    "total_return",
    "ulcer",
    "var_95",
    "var_95_cf",
    "volatility",
    "win_rate",
    "worst_day",
];

/// The section of metrics.
pub(crate) fn section_of(metrics: &MetricSet) -> String {
    let rows: Vec<Vec<String>> = metrics
        .iter()
        .map(|(name, metric)| {
            vec![
                escape(name),
                text(name, metric),
                format!("<span class=\"soft\">{}</span>", escape(&metric.formula)),
                format!("<span class=\"soft\">{}</span>", escape(&metric.basis)),
                metric.periods_per_year.map_or_else(String::new, plain_count),
                number(metric.n as f64, 0),
            ]
        })
        .collect();
    section("metrics", "Metrics", &table(&["Metric", "Value", "Formula ", "Basis ", "Periods a year", "N"], &rows))
}

/// A metric's value as the page shows it; a dash where it is not defined.
pub(crate) fn text(name: &str, metric: &Metric) -> String {
    match metric.value {
        None => "\u{2013}".to_owned(),
        Some(value) if SHARES.contains(&name) => percent(value, 2),
        Some(value) if (value - libm::round(value)).abs() < 1e-12 => number(value, 0),
        Some(value) => plain(value),
    }
}
