//! One number and what it takes to check it: formula id, basis, periods per year, N.
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The metrics of a run by name, in the order of their names.
pub type MetricSet = BTreeMap<String, Metric>;

/// A number that explains itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The number; `None` where it is not defined for this run.
    pub value: Option<f64>,
    /// Which formula made it, as `sharpe/mean-over-std-ddof1`.
    pub formula: Cow<'static, str>,
    /// What it was taken of, as `daily returns`.
    pub basis: Cow<'static, str>,
    /// The periods per year that annualise it; `None` where nothing is annualised.
    pub periods_per_year: Option<f64>,
    /// How many values of the basis went in.
    pub n: usize,
}

impl Metric {
    /// A metric that is not annualised.
    #[must_use]
    pub fn plain(value: Option<f64>, formula: &'static str, basis: &'static str, n: usize) -> Self {
        let value = value.filter(|v| v.is_finite());
        Self { value, formula: Cow::Borrowed(formula), basis: Cow::Borrowed(basis), periods_per_year: None, n }
    }

    /// The same metric, annualised with `periods` a year.
    #[must_use]
    pub fn per_year(mut self, periods: f64) -> Self {
        self.periods_per_year = Some(periods);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_written_with_its_five_fields_in_order_and_read_back_to_the_bit() {
        let metric = Metric::plain(Some(0.1 + 0.2), "a/b", "daily returns", 8).per_year(365.0);
        let text = serde_json::to_string(&metric).unwrap();
        assert_eq!(
            text,
            r#"{"value":0.30000000000000004,"formula":"a/b","basis":"daily returns","periods_per_year":365.0,"n":8}"#
        );
        assert_eq!(serde_json::from_str::<Metric>(&text).unwrap(), metric);
    }

    #[test]
    fn what_is_not_finite_is_written_as_null() {
        let metric = Metric::plain(Some(f64::NAN), "a/b", "c", 0);
        assert_eq!(
            serde_json::to_string(&metric).unwrap(),
            r#"{"value":null,"formula":"a/b","basis":"c","periods_per_year":null,"n":0}"#
        );
    }
}
