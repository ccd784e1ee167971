//! A column that results are sorted by: a figure of the summary or a metric.
use crate::summary::Summary;

/// Columns of which less is better.
const LESS_IS_BETTER: [&str; 8] = [
    "downside_deviation",
    "drawdown_current_days",
    "drawdown_longest_days",
    "fees",
    "max_drawdown",
    "turnover",
    "ulcer",
    "volatility",
];

/// The name of a column that every result may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column(String);

impl Default for Column {
    fn default() -> Self {
        Self("sharpe".to_owned())
    }
}

impl Column {
    /// The column called `name`: a metric, or `final_equity`, `cash`, `fees`, `wins`, `round_trips`, `fills`, `orders`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Its value in a summary; `None` where it is not defined or not there.
    #[must_use]
    pub fn value(&self, summary: &Summary) -> Option<f64> {
        match self.0.as_str() {
            "final_equity" => Some(summary.final_equity.to_f64()),
            "cash" => Some(summary.cash.to_f64()),
            "fees" => Some(summary.fees.to_f64()),
            "wins" => Some(summary.wins as f64),
            "round_trips" => Some(summary.round_trips as f64),
            "fills" => Some(summary.fills as f64),
            "orders" => Some(summary.orders as f64),
            metric => summary.metric(metric),
        }
    }

    /// Whether less of it is better.
    #[must_use]
    pub fn less_is_better(&self) -> bool {
        LESS_IS_BETTER.contains(&self.0.as_str())
    }
}
