//! From the results of the statistics to what the page shows: the same numbers, named as the page names them.
use super::{Distribution, Fan, IntervalRow, Intervals, Made, Overfit, SplitChoice, Unit};
use crate::statistics;
use crate::statistics::overfitting::Overfitting;
use crate::statistics::paths::Paths;
use crate::statistics::shuffle::Shuffled;

/// Metrics that are fractions.
const SHARES: [&str; 8] = [
    "cagr",
    "downside_deviation",
    "max_drawdown",
    "mean_daily_return",
    "total_return",
    "ulcer",
    "var_95",
    "volatility",
];
/// The quantiles of the fan, from the lowest to the highest.
const FAN: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

fn made(formula: &str, basis: String, n: usize) -> Made {
    Made { formula: formula.to_owned(), basis, n: n as u64 }
}

impl Overfit {
    /// What the page shows of a result that was made with so many `blocks`; `measure` is what sets are measured by.
    #[must_use]
    pub fn of(found: &Overfitting, blocks: usize, measure: &str) -> Self {
        let split = |it: &statistics::overfitting::Chosen| SplitChoice {
            in_sample: it.in_sample,
            out_of_sample: it.out_of_sample,
            logit: it.logit,
        };
        let dominance = match (found.dominance.first_order, found.dominance.second_order) {
            (true, _) => "what is chosen beats any set, at every level",
            (false, true) => "what is chosen beats any set for who shuns risk, and not at every level",
            (false, false) => "what is chosen does not beat any set",
        };
        Self {
            probability: Some(found.probability),
            probability_of_loss: Some(found.probability_of_loss),
            slope: found.degradation.map(|line| line.slope),
            intercept: found.degradation.map(|line| line.intercept),
            r_squared: found.degradation.map(|line| line.r_squared),
            dominance: dominance.to_owned(),
            measure: measure.to_owned(),
            sets: found.trials,
            blocks,
            splits: found.splits.iter().map(split).collect(),
            made: made(
                "cscv/bailey-borwein-lopez-de-prado-zhu",
                format!("splits of {} days of {} sets", found.rows, found.trials),
                found.splits.len(),
            ),
        }
    }
}

impl Intervals {
    /// What the page shows of intervals, the Sharpe ratio first.
    #[must_use]
    pub fn of(found: &statistics::intervals::Intervals) -> Self {
        let unit = |name: &str| if SHARES.contains(&name) { Unit::Share } else { Unit::Ratio };
        let row = |(name, it): (&String, &statistics::intervals::Interval)| IntervalRow {
            name: name.clone(),
            unit: unit(name),
            value: it.value,
            low: it.lower,
            high: it.upper,
        };
        let mut rows: Vec<IntervalRow> = found.by_name.iter().map(row).collect();
        let order = |name: &str| statistics::intervals::HEADLINES.iter().position(|(known, _)| *known == name);
        rows.sort_by_key(|row| (row.name != "sharpe", order(&row.name).unwrap_or(usize::MAX)));
        Self {
            rows,
            level: found.settings.level,
            resamples: found.settings.resamples,
            block_days: found.mean_length,
            made: made("stationary-bootstrap/bca-or-percentile", "daily returns".to_owned(), found.n),
        }
    }
}

impl Fan {
    /// What the page shows of paths that were drawn from daily `returns`.
    #[must_use]
    pub fn of(found: &Paths, returns: &[f64]) -> Self {
        let cone = &found.growth;
        let at = |level: f64| -> Option<(f64, Vec<f64>)> {
            let values: Option<Vec<f64>> = cone.days.iter().map(|day| cone.at(*day, level)).collect();
            // Every path starts at one.
            Some((level, std::iter::once(1.0).chain(values?).collect()))
        };
        let mut value = 1.0;
        let actual = returns.iter().enumerate().map(|(day, change)| {
            value *= 1.0 + change;
            (day as f64 + 1.0, value)
        });
        let actual = std::iter::once((0.0, 1.0)).chain(actual).collect();
        Self {
            days: std::iter::once(0.0).chain(cone.days.iter().map(|day| *day as f64)).collect(),
            quantiles: FAN.into_iter().filter_map(at).collect(),
            actual,
            paths: found.outcomes.len(),
            made: made("stationary-bootstrap/paths", "daily returns".to_owned(), returns.len()),
        }
    }
}

impl Distribution {
    /// The largest drawdown of each path, and the `actual` one among them.
    #[must_use]
    pub fn of_paths(found: &Paths, actual: Option<f64>) -> Self {
        let values: Vec<f64> = found.outcomes.iter().map(|path| path.max_drawdown).collect();
        let made = made("stationary-bootstrap/max-drawdown", "paths".to_owned(), values.len());
        Self::new(values, actual, made)
    }

    /// The largest drawdown of each order of the round trips, as fractions of the peak, and the actual one among them.
    #[must_use]
    pub fn of_orders(found: &Shuffled) -> Self {
        let values: Vec<f64> = found.paths.iter().map(|path| path.max_drawdown_fraction).collect();
        let which = if found.exact { "orders, all there are" } else { "orders by lot" };
        let made = made("shuffled-round-trips/max-drawdown", which.to_owned(), values.len());
        Self::new(values, Some(found.original.max_drawdown_fraction), made)
    }

    fn new(values: Vec<f64>, actual: Option<f64>, made: Made) -> Self {
        let sorted = crate::metrics::distribution::sorted(&values);
        let share = |actual: f64| sorted.partition_point(|value| *value <= actual) as f64 / sorted.len() as f64;
        Self {
            actual,
            quantile_95: crate::metrics::distribution::quantile(&sorted, 0.95),
            share_no_deeper: actual.filter(|_| !sorted.is_empty()).map(share),
            values,
            made,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::bootstrap::Blocks;
    use crate::statistics::intervals::{IntervalSettings, intervals};
    use crate::statistics::overfitting::{Measure, overfitting};
    use crate::statistics::paths::{PathSettings, paths};
    use crate::statistics::shuffle::shuffle;
    use engine::Rng;

    fn returns(seed: u64) -> Vec<f64> {
        let mut rng = Rng::stream(seed, "page");
        (0..400).map(|_| 0.0005 + 0.01 * rng.normal()).collect()
    }

    #[test]
    fn paths_become_a_fan_that_starts_at_one_and_a_distribution() {
        let daily = returns(1);
        let settings = PathSettings { paths: 200, days: 400, blocks: Blocks::Stationary { mean_length: 5.0 }, seed: 3 };
        let found = paths(&daily, settings).unwrap();
        let fan = Fan::of(&found, &daily);
        assert_eq!((fan.quantiles.len(), fan.paths, fan.made.n), (5, 200, 400));
        assert!(
            fan.quantiles
                .iter()
                .all(|(_, values)| values.len() == fan.days.len() && values[0].to_bits() == 1.0_f64.to_bits())
        );
        assert!(
            fan.quantiles.windows(2).all(|pair| pair[0].1.last() < pair[1].1.last()),
            "from the lowest to the highest"
        );
        assert_eq!((fan.actual.len(), fan.actual[400].0), (401, 400.0));
        let depths = Distribution::of_paths(&found, Some(0.0));
        assert_eq!((depths.values.len(), depths.share_no_deeper), (200, Some(0.0)));
        assert_eq!(Distribution::of_paths(&found, Some(1.0)).share_no_deeper, Some(1.0));
        assert_eq!(Distribution::of_paths(&found, None).share_no_deeper, None);
    }

    #[test]
    fn the_orders_of_round_trips_are_fractions_of_the_peak() {
        let found = Distribution::of_orders(&shuffle(&[2.0, -3.0, 4.0, -1.0, -2.0, 3.0], 10.0, 1000, 1).unwrap());
        assert_eq!(found.values.len(), 720);
        assert!((found.actual.unwrap() - 0.25).abs() < 1e-12, "from 12 to 9");
        assert_eq!(found.made.basis, "orders, all there are");
    }

    #[test]
    fn intervals_stand_with_the_sharpe_ratio_first_and_in_their_units() {
        let settings =
            IntervalSettings { level: 0.9, resamples: 200, mean_length: None, periods_per_year: 365.0, seed: 1 };
        let found = Intervals::of(&intervals(&returns(2), settings).unwrap());
        assert_eq!(found.rows[0].name, "sharpe");
        assert_eq!((found.level, found.resamples, found.made.n), (0.9, 200, 400));
        let unit = |name: &str| found.rows.iter().find(|row| row.name == name).map(|row| row.unit);
        assert_eq!((unit("cagr"), unit("sortino")), (Some(Unit::Share), Some(Unit::Ratio)));
        for name in SHARES {
            assert!(unit(name).is_some(), "{name} is a headline");
        }
    }

    #[test]
    fn overfitting_keeps_every_split() {
        let sets: Vec<Vec<f64>> = (0..10).map(returns).collect();
        let found = Overfit::of(&overfitting(&sets, 6, Measure::Sharpe).unwrap(), 6, "daily Sharpe ratio");
        assert_eq!((found.splits.len(), found.sets, found.blocks, found.made.n), (20, 10, 6, 20));
        let below = found.splits.iter().filter(|split| split.logit <= 0.0).count() as f64;
        assert_eq!(found.probability, Some(below / 20.0));
        assert!(found.dominance.contains("any set"));
    }
}
