//! A matrix of returns: one row per day, one column per instrument. It does not know where they come from.
use alloc::vec::Vec;
use core::fmt;

/// Simple returns of several instruments over the same days, at least two of them, all finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Returns {
    instruments: usize,
    /// Row by row.
    values: Vec<f64>,
}

/// Why numbers are no matrix of returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnsFault {
    /// There is no instrument.
    NoInstrument,
    /// Columns of different lengths, or a row that is not full.
    Ragged,
    /// Fewer than two days, of which nothing can be said.
    TooFewDays {
        /// How many there are.
        days: usize,
    },
    /// A return that is not a finite number.
    NotFinite {
        /// Its row, from 0.
        day: usize,
        /// Its column, from 0.
        instrument: usize,
    },
}

impl fmt::Display for ReturnsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInstrument => write!(f, "returns of no instrument; give at least one column"),
            Self::Ragged => {
                write!(f, "every instrument needs a return for every day; fill or drop the days that lack one")
            }
            Self::TooFewDays { days } => write!(f, "{days} days of returns; value at risk needs at least 2"),
            Self::NotFinite { day, instrument } => write!(
                f,
                "the return of day {day} of instrument {instrument}, both from 0, is not a finite number; was a price zero?"
            ),
        }
    }
}

impl core::error::Error for ReturnsFault {}

impl Returns {
    /// A matrix of `instruments` columns from its rows, one behind the other.
    ///
    /// # Errors
    /// Where it has no column, fewer than two rows, a row that is not full, or a return that is not finite.
    pub fn new(instruments: usize, values: Vec<f64>) -> Result<Self, ReturnsFault> {
        if instruments == 0 {
            return Err(ReturnsFault::NoInstrument);
        }
        let days = values.len() / instruments;
        if days * instruments != values.len() {
            return Err(ReturnsFault::Ragged);
        }
        if days < 2 {
            return Err(ReturnsFault::TooFewDays { days });
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(ReturnsFault::NotFinite { day: at / instruments, instrument: at % instruments }),
            None => Ok(Self { instruments, values }),
        }
    }

    /// The same from one slice for each instrument.
    ///
    /// # Errors
    /// As [`Returns::new`].
    pub fn from_columns(columns: &[&[f64]]) -> Result<Self, ReturnsFault> {
        let days = columns.first().map_or(0, |column| column.len());
        if columns.iter().any(|column| column.len() != days) {
            return Err(ReturnsFault::Ragged);
        }
        let values = (0..days).flat_map(|day| columns.iter().map(move |column| column[day])).collect();
        Self::new(columns.len(), values)
    }

    /// How many rows it has.
    #[must_use]
    pub fn days(&self) -> usize {
        self.values.len() / self.instruments
    }

    /// How many columns it has.
    #[must_use]
    pub fn instruments(&self) -> usize {
        self.instruments
    }

    /// The returns of all instruments on one day.
    ///
    /// # Panics
    /// When there is no such day.
    #[must_use]
    pub fn day(&self, day: usize) -> &[f64] {
        &self.values[day * self.instruments..(day + 1) * self.instruments]
    }

    /// The rows, in the order of days.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.instruments)
    }

    /// The returns of one instrument, in the order of days.
    pub fn column(&self, instrument: usize) -> impl Iterator<Item = f64> {
        self.rows().map(move |row| row[instrument])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    #[test]
    fn rows_and_columns_are_the_same_matrix() {
        let rows = Returns::new(2, vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).unwrap();
        assert_eq!(Ok(&rows), Returns::from_columns(&[&[0.1, 0.3, 0.5], &[0.2, 0.4, 0.6]]).as_ref());
        assert_eq!((rows.days(), rows.instruments(), rows.day(1)), (3, 2, &[0.3, 0.4][..]));
        assert_eq!(rows.column(1).collect::<Vec<_>>(), [0.2, 0.4, 0.6]);
    }

    #[test]
    fn what_is_no_matrix_of_returns_says_where_and_what_to_do() {
        let check = |instruments, values: &[f64], expected: ReturnsFault| {
            let fault = Returns::new(instruments, values.to_vec()).unwrap_err();
            assert_eq!(fault, expected);
            assert!(fault.to_string().len() > 20, "{fault}");
        };
        check(0, &[], ReturnsFault::NoInstrument);
        check(2, &[0.1, 0.2, 0.3], ReturnsFault::Ragged);
        check(2, &[0.1, 0.2], ReturnsFault::TooFewDays { days: 1 });
        check(2, &[0.0, 0.0, 0.0, f64::NAN], ReturnsFault::NotFinite { day: 1, instrument: 1 });
        assert_eq!(Returns::from_columns(&[]), Err(ReturnsFault::NoInstrument));
        assert_eq!(Returns::from_columns(&[&[0.1, 0.2], &[0.1]]), Err(ReturnsFault::Ragged));
    }
}
