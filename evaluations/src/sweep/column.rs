//! A column that results are sorted by: a figure of the summary or a metric.
//!
//! Names are those of the table of results, so `max_drawdown` is money and `max_drawdown_fraction` the metric. Which way
//! is better is decided here for every column; the order itself is made elsewhere.
use crate::summary::Summary;

/// Figures of the summary that results can be sorted by.
const FIGURES: [&str; 11] = [
    "bars",
    "cash",
    "fees",
    "fills",
    "final_equity",
    "max_drawdown",
    "orders",
    "refused",
    "round_trips",
    "unfilled_at_end",
    "wins",
];

/// Columns of which less is better. Losses and values at risk are negative, so more of them is better.
const LESS_IS_BETTER: [&str; 20] = [
    "autocorrelation",
    "downside_deviation",
    "drawdown_current_days",
    "drawdown_longest_days",
    "drawdown_peak_to_recovery_days",
    "drawdown_peak_to_trough_days",
    "drawdown_trough_to_recovery_days",
    "fees",
    "kurtosis",
    "longest_losing_run",
    "losing_trips",
    "max_drawdown",
    "max_drawdown_fraction",
    "min_track_record_days",
    "refused",
    "sharpe_error",
    "turnover",
    "ulcer",
    "unfilled_at_end",
    "volatility",
];

/// The metric whose name a figure of the summary has taken, and the column it goes by.
const FRACTION: (&str, &str) = ("max_drawdown", "max_drawdown_fraction");

/// The name of a column that every result may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column(String);

impl Default for Column {
    fn default() -> Self {
        Self("sharpe".to_owned())
    }
}

impl Column {
    /// The column called `name`: a metric, a number of the summary such as `final_equity`, or `max_drawdown_fraction`.
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
            "bars" => Some(summary.bars as f64),
            "cash" => Some(summary.cash.to_f64()),
            "fees" => Some(summary.fees.to_f64()),
            "fills" => Some(summary.fills as f64),
            "final_equity" => Some(summary.final_equity.to_f64()),
            "max_drawdown" => Some(summary.max_drawdown.to_f64()),
            "orders" => Some(summary.orders as f64),
            "refused" => Some(summary.refused.values().sum::<u64>() as f64),
            "round_trips" => Some(summary.round_trips as f64),
            "unfilled_at_end" => Some(summary.unfilled_at_end as f64),
            "wins" => Some(summary.wins as f64),
            name if name == FRACTION.1 => summary.metric(FRACTION.0),
            metric => summary.metric(metric),
        }
    }

    /// Whether less of it is better.
    #[must_use]
    pub fn less_is_better(&self) -> bool {
        LESS_IS_BETTER.contains(&self.0.as_str())
    }

    /// Whether results like `summary` have this column at all, defined or not.
    ///
    /// # Errors
    /// When they do not: what the column could have been meant to be, or else all there are.
    pub fn check(&self, summary: &Summary) -> Result<(), String> {
        let metrics = summary.metrics.keys().map(|name| if name == FRACTION.0 { FRACTION.1 } else { name.as_str() });
        let mut known: Vec<&str> = FIGURES.into_iter().chain(metrics).collect();
        known.sort_unstable();
        if known.contains(&self.0.as_str()) {
            return Ok(());
        }
        // A third of the letters may be wrong; further away it is another word.
        let most = (self.0.chars().count() / 3).max(1);
        let nearest = known.iter().map(|name| (strsim::osa_distance(&self.0, name), *name)).min();
        let advice = match nearest {
            Some((distance, name)) if distance <= most => format!("did you mean `{name}`?"),
            _ => format!("known are {}", known.join(", ")),
        };
        Err(format!("results have no column `{}`; {advice}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::EquityCurve;
    use crate::metrics::{Days, Metric, RunFigures, Trials, measure};
    use engine::{Money, Timestamp};

    /// Columns of which more is better, or at least is what one looks for first.
    const MORE_IS_BETTER: &str = "average_loss average_trip_days average_win bars best_day best_trip cagr calmar cash \
        cvar_95 dsr expectancy expectancy_ratio exposure fills final_equity longest_winning_run mean_daily_return omega \
        orders payoff positive_days profit_factor psr round_trips sharpe sharpe_lo skew sortino sqn sqn_uncapped stability \
        tail_ratio total_return trials var_95 var_95_cf win_rate winning_trips wins worst_day worst_trip years";

    fn measured() -> Summary {
        let curve = EquityCurve::new(Timestamp(0), Money::ONE).finish();
        let trials = Some(Trials { count: 2, variance: 0.1 });
        let run = RunFigures {
            curve: &curve,
            round_trips: &[],
            traded: Money::ZERO,
            periods_per_year: 365.0,
            days: Days::Every,
            trials,
        };
        Summary { metrics: measure(&run), ..Summary::default() }
    }

    #[test]
    fn which_way_is_better_is_decided_for_every_column() {
        let summary = measured();
        let metrics = summary.metrics.keys().map(String::as_str).filter(|name| *name != FRACTION.0);
        let mut columns: Vec<&str> = FIGURES.into_iter().chain(metrics).chain([FRACTION.1]).collect();
        columns.sort_unstable();
        let mut decided: Vec<&str> = MORE_IS_BETTER.split_whitespace().chain(LESS_IS_BETTER).collect();
        decided.sort_unstable();
        assert_eq!(columns, decided);
    }

    #[test]
    fn max_drawdown_is_the_money_of_the_table_and_the_fraction_has_its_own_name() {
        let mut summary = Summary { max_drawdown: Money(7 * Money::ONE.0), ..Summary::default() };
        summary.metrics.insert("max_drawdown".into(), Metric::plain(Some(0.25), "a", "b", 1));
        summary.refused.extend([("a".to_owned(), 2), ("b".to_owned(), 3)]);
        let check = |name: &str, expected: f64| assert_eq!(Column::new(name).value(&summary), Some(expected), "{name}");
        check("max_drawdown", 7.0);
        check("max_drawdown_fraction", 0.25);
        check("refused", 5.0);
    }

    #[test]
    fn an_unknown_column_names_the_nearest_one_and_a_strange_one_all() {
        let summary = measured();
        let check = |name: &str| Column::new(name).check(&summary);
        for name in FIGURES.into_iter().chain(["sharpe", "max_drawdown_fraction", "ulcer"]) {
            assert_eq!(check(name), Ok(()));
            let found = Column::new(name).value(&summary);
            assert!(found.is_some() || summary.metrics.contains_key(name) || name == FRACTION.1, "{name} has a value");
        }
        assert_eq!(check("shrape").unwrap_err(), "results have no column `shrape`; did you mean `sharpe`?");
        assert_eq!(check("CAGR").unwrap_err().split(';').next(), Some("results have no column `CAGR`"));
        let strange = check("profitability").unwrap_err();
        assert!(
            strange.contains("; known are autocorrelation, average_loss, ") && strange.contains(", years"),
            "{strange}"
        );
    }
}
