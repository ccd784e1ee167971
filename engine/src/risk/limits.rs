//! The limits of a run: one number for each check and instrument, which a person may change while it runs.
use super::Check;
use crate::instrument::InstrumentId;
use alloc::vec;
use alloc::vec::Vec;

/// Places for every code of a check.
const PLACES: usize = Check::ALL.len() + 1;

/// Limits by check and instrument, each in the check's own unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `i128::MAX` where there is none: what is asked at every order is one comparison.
    values: Vec<i128>,
    instruments: usize,
}

impl Limits {
    /// No limits, for a run of so many instruments.
    #[must_use]
    pub fn none(instruments: usize) -> Self {
        Self { values: vec![i128::MAX; PLACES * instruments.max(1)], instruments: instruments.max(1) }
    }

    /// The same with a limit for every instrument.
    #[must_use]
    pub fn with(mut self, check: Check, value: i128) -> Self {
        self.set(check, None, Some(value));
        self
    }

    /// Sets a limit, or lifts it, of one instrument or of all.
    pub fn set(&mut self, check: Check, instrument: Option<InstrumentId>, value: Option<i128>) {
        let first = check as usize * self.instruments;
        let value = value.unwrap_or(i128::MAX);
        match instrument {
            Some(id) => self.values[first + id.index()] = value,
            None => self.values[first..first + self.instruments].fill(value),
        }
    }

    /// The limit that holds for an instrument.
    #[must_use]
    #[inline]
    pub fn of(&self, check: Check, instrument: InstrumentId) -> Option<i128> {
        let value = self.values[check as usize * self.instruments + instrument.index()];
        if value == i128::MAX { None } else { Some(value) }
    }

    /// The limit of the whole account: that of the first instrument.
    #[must_use]
    #[inline]
    pub fn of_account(&self, check: Check) -> Option<i128> {
        self.of(check, InstrumentId(0))
    }

    /// Whether any instrument has it.
    #[must_use]
    pub fn has(&self, check: Check) -> bool {
        let first = check as usize * self.instruments;
        self.values[first..first + self.instruments].iter().any(|value| *value != i128::MAX)
    }

    /// Every number, for the hash of the state.
    pub(crate) fn values(&self) -> &[i128] {
        &self.values
    }
}
