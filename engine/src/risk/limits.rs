//! The limits of a run: one number for each check and instrument, which a person may change while it runs.
use super::Check;
use crate::instrument::InstrumentId;
use alloc::vec;
use alloc::vec::Vec;

/// Places for every code of a check.
const PLACES: usize = Check::ALL.len() + 1;

/// As many as there were with schema 4 of the tape.
const FIRST_PLACES: usize = Check::Approval as usize + 1;

/// The limits of one instrument by the code of the check; `i128::MAX` where there is none, so that what is asked at every
/// order is one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row([i128; PLACES]);

impl Row {
    /// No limits.
    pub(super) const NONE: Self = Self([i128::MAX; PLACES]);

    /// The limit of a check.
    #[must_use]
    #[inline(always)]
    pub fn of(&self, check: Check) -> Option<i128> {
        let value = self.0[check as usize];
        if value == i128::MAX { None } else { Some(value) }
    }
}

/// Limits by check and instrument, each in the check's own unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    rows: Vec<Row>,
}

impl Limits {
    /// No limits, for a run of so many instruments.
    #[must_use]
    pub fn none(instruments: usize) -> Self {
        Self { rows: vec![Row::NONE; instruments.max(1)] }
    }

    /// The same with a limit for every instrument.
    #[must_use]
    pub fn with(mut self, check: Check, value: i128) -> Self {
        self.set(check, None, Some(value));
        self
    }

    /// Sets a limit, or lifts it, of one instrument or of all.
    pub fn set(&mut self, check: Check, instrument: Option<InstrumentId>, value: Option<i128>) {
        let value = value.unwrap_or(i128::MAX);
        match instrument {
            Some(id) => self.rows[id.index()].0[check as usize] = value,
            None => self.rows.iter_mut().for_each(|row| row.0[check as usize] = value),
        }
    }

    /// The limits of an instrument.
    #[must_use]
    #[inline(always)]
    pub fn row(&self, instrument: InstrumentId) -> &Row {
        &self.rows[instrument.index()]
    }

    /// The limit that holds for an instrument.
    #[must_use]
    #[inline(always)]
    pub fn of(&self, check: Check, instrument: InstrumentId) -> Option<i128> {
        self.row(instrument).of(check)
    }

    /// The limit of the whole account: that of the first instrument.
    #[must_use]
    #[inline]
    pub fn of_account(&self, check: Check) -> Option<i128> {
        self.rows[0].of(check)
    }

    /// Whether any instrument has it.
    #[must_use]
    pub fn has(&self, check: Check) -> bool {
        self.rows.iter().any(|row| row.of(check).is_some())
    }

    /// Every number, for the hash of the state: all of the checks that there were when tapes first held limits, and of those
    /// that came later the limits that are set, so that an old tape keeps its hashes.
    pub(crate) fn values(&self) -> impl Iterator<Item = i128> {
        self.rows.iter().flat_map(|row| {
            let (first, late) = row.0.split_at(FIRST_PLACES);
            first.iter().copied().chain(late.iter().copied().filter(|value| *value != i128::MAX))
        })
    }
}

/// A product of an amount and a number, which most often fits the machine's own multiplication; else the largest there is.
#[inline]
pub(super) fn times(amount: i128, by: i128) -> i128 {
    match (i64::try_from(amount), i64::try_from(by)) {
        (Ok(amount), Ok(by)) => crate::measure::product(amount, by),
        _ => amount.saturating_mul(by),
    }
}
