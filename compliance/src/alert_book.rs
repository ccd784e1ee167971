//! All alerts of a run, and what people did about them.
//!
//! The same entries and the same steps in the same order make the same book: nothing here reads a clock.
use crate::alert::{Alert, AlertState, Detector, Evidence, Handling};
use crate::date::instant_text;
use crate::flow::Suspicion;
use engine::{AlertStep, InstrumentId, Owner, Timestamp};
use std::collections::BTreeMap;

/// Why a step cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlertError {
    /// No alert has this number.
    #[error("there is no alert {number}: the last one is {last}")]
    Unknown {
        /// What was asked for.
        number: u64,
        /// The number of the last alert; zero where there is none.
        last: u64,
    },
    /// The alert stands where this step may not be taken.
    #[error("alert {number} is {}: the step `{}` may not follow; an alert is reviewed, then what was done is logged, then it is closed", .state.name(), .step.name())]
    IllegalStep {
        /// Which alert.
        number: u64,
        /// Where it stands.
        state: AlertState,
        /// What was asked for.
        step: AlertStep,
    },
    /// The step lies before what is on record already.
    #[error("alert {number}: a step at {} lies before {}, the last thing on record about it", instant_text(*.time), instant_text(*.last))]
    TimeRunsBack {
        /// Which alert.
        number: u64,
        /// The time of the step.
        time: Timestamp,
        /// The last time on record.
        last: Timestamp,
    },
    /// A step without a name or without a reason.
    #[error("alert {number}: the step does not say {missing}")]
    Unexplained {
        /// Which alert.
        number: u64,
        /// What is missing.
        missing: &'static str,
    },
}

type Key = (Detector, InstrumentId, Vec<Owner>);

/// All alerts of a run, in the order in which they were raised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertBook {
    alerts: Vec<Alert>,
    latest: BTreeMap<Key, usize>,
}

impl AlertBook {
    /// All alerts, oldest first.
    #[must_use]
    pub fn alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// The alert of this number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&Alert> {
        self.alerts.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Takes a suspicion in: a new alert, or one notice more of an alert about the same that is not closed and was noticed
    /// last at most `cooldown_ns` ago.
    pub(crate) fn raise(&mut self, suspicion: Suspicion, time: Timestamp, cooldown_ns: i64) {
        let Suspicion { detector, instrument, mut owners, orders, fills, finding } = suspicion;
        owners.sort_unstable();
        owners.dedup();
        let key = (detector, instrument, owners.clone());
        if let Some(place) = self.latest.get(&key) {
            let alert = &mut self.alerts[*place];
            if alert.state != AlertState::Closed && time <= alert.last_time.after(cooldown_ns) {
                alert.count += 1;
                alert.last_time = time;
                return;
            }
        }
        self.latest.insert(key, self.alerts.len());
        self.alerts.push(Alert {
            number: self.alerts.len() as u64 + 1,
            detector,
            instrument,
            owners,
            time,
            last_time: time,
            count: 1,
            evidence: Evidence::new(orders, fills, finding),
            state: AlertState::Open,
            history: Vec::new(),
        });
    }

    /// Records that somebody took a step with an alert.
    ///
    /// # Errors
    /// When there is no such alert, the step may not follow where it stands, the time lies before what is on record, or the
    /// name or the reason is empty. Nothing has changed then.
    pub fn apply(
        &mut self,
        number: u64,
        step: AlertStep,
        who: &str,
        why: &str,
        time: Timestamp,
    ) -> Result<(), AlertError> {
        let last = self.alerts.len() as u64;
        let place = number.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let alert = place.and_then(|place| self.alerts.get_mut(place)).ok_or(AlertError::Unknown { number, last })?;
        let illegal = AlertError::IllegalStep { number, state: alert.state, step };
        let state = alert.state.after(step).ok_or(illegal)?;
        let last = alert.history.last().map_or(alert.time, |handling| handling.time);
        if time < last {
            return Err(AlertError::TimeRunsBack { number, time, last });
        }
        for (text, missing) in [(who, "who took it"), (why, "why it was taken")] {
            if text.trim().is_empty() {
                return Err(AlertError::Unexplained { number, missing });
            }
        }
        alert.state = state;
        alert.history.push(Handling { step, who: who.into(), why: why.into(), time });
        Ok(())
    }
}
