//! Live against its own expectation: does what was promoted still do what its evidence said?
//!
//! An [`Expectation`] is made of evidence, an [`Observed`] of a session, and [`assess`] holds one against the other under
//! declared [`Conditions`]. Each test has a stated rate of false alarms. It only says what it found and which action was
//! declared for it: who pauses or demotes is the caller.
pub mod challenge;
mod conditions;
mod drift;
mod expectation;
mod features;
mod means;

pub use conditions::Conditions;
pub use drift::{Drift, drift};
pub use expectation::{Expectation, ExpectationSettings, Observed, Share, Spread};
pub use features::{Bins, Shift};
pub use means::{Distance, distance};

use crate::gates::{Action, WatchTerm};
use crate::statistics::SampleError;
use serde::{Deserialize, Serialize};

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// The drift of daily returns below what was expected.
    Returns,
    /// Slippage above what was expected.
    Slippage,
    /// Orders that fill, below what was expected.
    FillRate,
    /// Round trips a day, more or fewer than expected.
    TradeFrequency,
    /// The distribution of a feature.
    Features,
    /// The deepest fall, outside of the cone of bootstrap paths.
    Drawdown,
}

/// What a test found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Nothing that chance does not explain.
    Within,
    /// Beyond its limit: the declared action is due.
    Beyond,
    /// Too little was seen, or nothing was expected, to say anything.
    TooLittle,
    /// The gates file says that it is not watched, and why.
    Off,
}

/// The answer of one test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// What was watched.
    pub watched: Watched,
    /// Which one of several, as the name of a feature.
    pub subject: Option<String>,
    /// What was found.
    pub finding: Finding,
    /// What was declared for it, should it be beyond its limit; `None` where it is not watched.
    pub action: Option<Action>,
    /// The statistic.
    pub value: Option<f64>,
    /// What it may be at most.
    pub limit: Option<f64>,
    /// How many days, fills, orders or values went in.
    pub n: u64,
    /// A sentence for the journal and the alert.
    pub reason: String,
}

impl Signal {
    /// Whether its action is due.
    #[must_use]
    pub fn fires(&self) -> bool {
        self.finding == Finding::Beyond
    }

    /// Whether `value` is above `limit`.
    fn of(term: Asked, n: u64, value: f64, limit: f64, reason: String) -> Self {
        let finding = if value > limit { Finding::Beyond } else { Finding::Within };
        let (watched, action) = (term.watched, Some(term.action));
        Self { watched, subject: None, finding, action, value: Some(value), limit: Some(limit), n, reason }
    }

    fn too_little(term: Asked, n: u64, reason: String) -> Self {
        let (watched, action, finding) = (term.watched, Some(term.action), Finding::TooLittle);
        Self { watched, subject: None, finding, action, value: None, limit: None, n, reason }
    }

    fn off(watched: Watched, reason: &str) -> Self {
        let reason = format!("not watched: {reason}");
        let finding = Finding::Off;
        Self { watched, subject: None, finding, action: None, value: None, limit: None, n: 0, reason }
    }
}

/// A condition that is watched.
#[derive(Clone, Copy, Debug)]
struct Asked {
    watched: Watched,
    limit: f64,
    action: Action,
}

/// The gravest action that is due among `signals`.
#[must_use]
pub fn due(signals: &[Signal]) -> Option<Action> {
    signals.iter().filter(|signal| signal.fires()).filter_map(|signal| signal.action).max()
}

/// Holds what was observed against what was expected; a signal for each test, in a fixed order, features by name.
///
/// # Errors
/// When a return is not finite, or a condition is out of its range.
pub fn assess(
    expectation: &Expectation,
    observed: &Observed,
    conditions: &Conditions,
) -> Result<Vec<Signal>, SampleError> {
    crate::statistics::finite(0, &observed.returns)?;
    let mut signals = Vec::new();
    for (watched, term) in conditions.all() {
        let asked = match term {
            WatchTerm::Off(reason) => {
                signals.push(Signal::off(watched, reason));
                continue;
            }
            WatchTerm::On { limit, action } => Asked { watched, limit: *limit, action: *action },
        };
        match watched {
            Watched::Returns => signals.push(drift::signal(asked, expectation, observed)?),
            Watched::Slippage => signals.push(means::slippage(asked, expectation, observed)),
            Watched::FillRate => signals.push(means::fill_rate(asked, expectation, observed)),
            Watched::TradeFrequency => signals.push(means::trade_frequency(asked, expectation, observed)),
            Watched::Features => signals.extend(features::signals(asked, expectation, observed)),
            Watched::Drawdown => signals.push(drawdown(asked, expectation, observed)),
        }
    }
    Ok(signals)
}

/// The deepest fall since the start beside what all but a few bootstrap paths stayed within until that day.
fn drawdown(asked: Asked, expectation: &Expectation, observed: &Observed) -> Signal {
    let days = observed.returns.len();
    let last = expectation.deepest.days.last().copied().unwrap_or(0);
    // Behind the end of the cone its last band holds on, which is the stricter one.
    let limit = expectation.deepest.between(days.clamp(1, last.max(1)), asked.limit);
    let (Some(limit), Some(value)) = (limit, crate::metrics::drawdown::deepest(&observed.returns)) else {
        let why = "no day was seen, or the cone has no such level".to_owned();
        return Signal::too_little(asked, days as u64, why);
    };
    let reason = format!(
        "fell {:.2} % at most in {days} days; {:.0} of 100 expected paths stay within {:.2} %",
        value * 100.0,
        asked.limit * 100.0,
        limit * 100.0
    );
    Signal::of(asked, days as u64, value, limit, reason)
}

#[cfg(test)]
mod tests;
