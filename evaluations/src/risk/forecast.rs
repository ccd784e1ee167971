//! A value at risk of each day from the days before it, and whether the day's loss exceeded it.
//!
//! It looks only back: a day is never part of its own forecast.
use engine::value_at_risk::{Confidence, TailLoss};

/// Days that a forecast looks back at most: a year of sessions, as the Basel rules ask for at least.
pub const WINDOW: usize = 250;
/// Days below which nothing is forecast.
pub const LEAST: usize = 30;

/// The forecast of a day and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The place of the day among the returns.
    pub day: usize,
    /// The value at risk as a share of equity; positive is a loss.
    pub value_at_risk: f64,
    /// The loss of the day as a share of equity; a gain is below zero.
    pub loss: f64,
}

impl Forecast {
    /// Whether the loss was beyond the forecast.
    #[must_use]
    pub fn exceeded(&self) -> bool {
        self.loss > self.value_at_risk
    }
}

/// The historical value at risk of each day that has at least [`LEAST`] days before it, of the last [`WINDOW`] of them.
#[must_use]
pub fn forecasts(returns: &[f64], confidence: Confidence) -> Vec<Forecast> {
    let of = |day: usize| {
        let before = &returns[day.saturating_sub(WINDOW)..day];
        let mut losses: Vec<f64> = before.iter().map(|moved| 0.0 - moved).collect();
        let value_at_risk = TailLoss::of_losses(&mut losses, confidence).value_at_risk;
        Forecast { day, value_at_risk, loss: 0.0 - returns[day] }
    };
    (LEAST..returns.len()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_forecast_from_the_days_before_it_only() {
        let mut returns = vec![0.01; 40];
        returns[35] = -0.5;
        let found = forecasts(&returns, Confidence::new(0.99).unwrap());
        assert_eq!((found.len(), found[0].day), (10, 30));
        assert_eq!((found[5].value_at_risk, found[5].loss, found[5].exceeded()), (-0.01, 0.5, true));
        assert!(found[6].value_at_risk > 0.1, "the day after knows it: {:?}", found[6]);
        assert!(!found[6].exceeded());
        assert_eq!(forecasts(&returns[..30], Confidence::PERCENT_95), []);
    }

    #[test]
    fn what_lies_further_back_than_the_window_is_forgotten() {
        let mut returns = vec![0.01; WINDOW + 2];
        returns[0] = -0.5;
        let found = forecasts(&returns, Confidence::new(0.999).unwrap());
        let on = |day: usize| found[day - LEAST].value_at_risk;
        assert!(on(WINDOW) > 0.0 && on(WINDOW + 1) < 0.0, "{} {}", on(WINDOW), on(WINDOW + 1));
    }
}
