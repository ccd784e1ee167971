//! What is declared of a watch: for each thing its limit and what is done beyond it, as a gates file's `[watch]` says.
//!
//! The file is read by [`crate::gates`]; here its limits get their ranges.
use super::Watched;
use crate::gates::{Action, WATCHED, WatchTerm, WatchTerms};
use crate::statistics::SampleError;

/// The conditions, in the order of [`WATCHED`].
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions([WatchTerm; WATCHED.len()]);

/// What each name of [`WATCHED`] is here, with the least and the greatest limit, neither of them allowed.
const MEANINGS: [(&str, Watched, f64, f64); WATCHED.len()] = [
    ("returns_drift", Watched::Returns, 0.0, 1.0),
    ("slippage_bps", Watched::Slippage, 0.0, f64::INFINITY),
    ("fill_rate", Watched::FillRate, 0.0, 1.0),
    ("frequency", Watched::TradeFrequency, 1.0, f64::INFINITY),
    ("features_psi", Watched::Features, 0.0, f64::INFINITY),
    // The bands of a cone reach from 0.01 to 0.99.
    ("drawdown_quantile", Watched::Drawdown, 0.0099, 0.9901),
];

impl Conditions {
    /// The conditions of a gates file.
    ///
    /// # Errors
    /// When a condition is missing, or its limit is out of its range.
    pub fn of(terms: &WatchTerms) -> Result<Self, SampleError> {
        let mut found = Vec::with_capacity(MEANINGS.len());
        for (name, _, least, greatest) in MEANINGS {
            let refused = |found: String, allowed: String| Err(SampleError::Setting { what: name, found, allowed });
            match terms.get(name) {
                None => return refused("missing".into(), "among the conditions of [watch]".into()),
                Some(WatchTerm::On { limit, .. }) if !(*limit > least && *limit < greatest) => {
                    return refused(limit.to_string(), format!("above {least} and below {greatest}"));
                }
                Some(term) => found.push(term.clone()),
            }
        }
        Ok(Self(found.try_into().expect("each meaning gave a term")))
    }

    /// Each condition with what it watches.
    pub(super) fn all(&self) -> impl Iterator<Item = (Watched, &WatchTerm)> {
        MEANINGS.iter().map(|(_, watched, _, _)| *watched).zip(&self.0)
    }
}

impl Default for Conditions {
    /// Those of the gates file that is shipped.
    fn default() -> Self {
        let on = |limit, action| WatchTerm::On { limit, action };
        Self([
            on(0.05, Action::Demote),
            on(10.0, Action::Pause),
            on(0.7, Action::Pause),
            on(3.0, Action::Pause),
            on(0.25, Action::Pause),
            on(0.99, Action::Demote),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::{Gates, SHIPPED};

    fn shipped() -> WatchTerms {
        Gates::parse(SHIPPED, "gates.toml").unwrap().watch.unwrap()
    }

    #[test]
    fn the_defaults_are_those_of_the_shipped_file() {
        assert_eq!(Conditions::of(&shipped()), Ok(Conditions::default()));
        assert_eq!(MEANINGS.map(|meaning| meaning.0), WATCHED.map(|watched| watched.0));
    }

    #[test]
    fn limits_out_of_their_range_are_refused_with_their_name() {
        let check = |name: &'static str, limit: f64, expected: &str| {
            let mut terms = shipped();
            terms.insert(name, WatchTerm::On { limit, action: Action::Pause });
            assert_eq!(Conditions::of(&terms).unwrap_err().to_string(), expected);
        };
        check("returns_drift", 8.0, "returns_drift is 8, and has to be above 0 and below 1");
        check("fill_rate", 1.0, "fill_rate is 1, and has to be above 0 and below 1");
        check("frequency", 1.0, "frequency is 1, and has to be above 1 and below inf");
        check("drawdown_quantile", 0.999, "drawdown_quantile is 0.999, and has to be above 0.0099 and below 0.9901");
        check("features_psi", f64::NAN, "features_psi is NaN, and has to be above 0 and below inf");
        let mut terms = shipped();
        terms.remove("fill_rate");
        let refused = Conditions::of(&terms).unwrap_err().to_string();
        assert_eq!(refused, "fill_rate is missing, and has to be among the conditions of [watch]");
    }

    #[test]
    fn a_demotion_is_graver_than_a_pause() {
        assert!(Action::Demote > Action::Pause);
    }
}
