//! What a person did to a run: who, why, and with whose consent. An event like any other, so that a replay repeats it.
use crate::InstrumentId;
use crate::risk::{Check, TradingState};
use crate::sub_ledgers::Owner;
use alloc::boxed::Box;
use alloc::string::String;

/// The longest name or reason, in bytes.
pub const TEXT_MAX: usize = 200;

/// How far an alert has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AlertStep {
    /// Somebody has looked at it.
    Reviewed = 0,
    /// What was done about it is on record.
    ActionLogged = 1,
    /// It is done with.
    Closed = 2,
}

impl AlertStep {
    /// Every step, in order.
    pub const ALL: [Self; 3] = [Self::Reviewed, Self::ActionLogged, Self::Closed];

    /// The name in run files, tables and tapes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reviewed => "reviewed",
            Self::ActionLogged => "action_logged",
            Self::Closed => "closed",
        }
    }
}

/// What a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Directive {
    /// Set a limit, or lift it where there is no value.
    Limit {
        /// Of which check.
        check: Check,
        /// Of which instrument; of all where none is named.
        instrument: Option<InstrumentId>,
        /// The new limit in the check's own unit.
        value: Option<i128>,
    },
    /// Begin to count anew: the loss of the day, the fall from the peak, a strategy's breaker, or what a strategy repeated,
    /// which lets it go on.
    Reset {
        /// Of which check.
        check: Check,
        /// Of which strategy, where each has its own.
        owner: Owner,
    },
    /// Let trading go on so far and no further.
    Trading(TradingState),
    /// Take every order back, close every position, and halt.
    Close,
    /// An alert of the compliance watch has come further.
    Alert {
        /// Its number.
        number: u32,
        /// How far.
        step: AlertStep,
    },
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperatorEvent {
    /// Who.
    pub who: String,
    /// Who agreed, where two are needed; empty otherwise.
    pub approver: String,
    /// Why.
    pub why: String,
    /// What.
    pub directive: Directive,
}

impl OperatorEvent {
    /// The same for as long as the process lives: events are plain bytes that are copied a million times a second, and of
    /// these a run has a few.
    #[must_use]
    pub fn kept(self) -> &'static Self {
        Box::leak(Box::new(self))
    }

    /// Whether its texts can stand in a log as they are: without control characters, and not longer than a line.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let plain = |text: &str| text.len() <= TEXT_MAX && !text.chars().any(char::is_control);
        [&self.who, &self.approver, &self.why].into_iter().all(|text| plain(text))
    }

    /// Whether two different people stand behind it.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        !self.approver.is_empty() && !self.approver.as_str().trim().eq_ignore_ascii_case(self.who.as_str().trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_twice_is_one_person() {
        let by = |who: &str, approver: &str| OperatorEvent {
            who: String::from(who),
            approver: String::from(approver),
            why: String::new(),
            directive: Directive::Trading(TradingState::Active),
        };
        assert!(by("ada", "ben").is_approved());
        for approver in ["", "ada", "ADA", " ada"] {
            assert!(!by("ada", approver).is_approved(), "{approver}");
        }
    }

    #[test]
    fn a_text_hides_nothing_in_a_log() {
        let says = |why: &str| OperatorEvent {
            who: "ada".into(),
            approver: String::new(),
            why: why.into(),
            directive: Directive::Trading(TradingState::Active),
        };
        assert!(says("a quiet day").is_plain() && says(&"x".repeat(TEXT_MAX)).is_plain());
        assert!(!says("a\u{1b}[2J").is_plain() && !says(&"x".repeat(TEXT_MAX + 1)).is_plain());
    }
}
