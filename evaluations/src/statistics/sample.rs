//! What a table of series has to be before statistics are taken of it: of one length, finite, and enough.

/// Why statistics cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// Two series do not go together.
    #[error("series {series} has {found} values and the first one has {expected}: hand in the same days for each")]
    Lengths {
        /// Which series, from 0.
        series: usize,
        /// Its length.
        found: usize,
        /// The length of the first one.
        expected: usize,
    },
    /// A value that is no number.
    #[error("value {place} of series {series} is not a finite number: find out what made it, do not drop it")]
    NotFinite {
        /// Which series, from 0.
        series: usize,
        /// Which of its values, from 0.
        place: usize,
    },
    /// There is too little.
    #[error("{what} needs at least {needed} {unit}, there are {found}")]
    TooFew {
        /// Which statistic.
        what: &'static str,
        /// How many it needs.
        needed: usize,
        /// Of what.
        unit: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A setting is out of its range.
    #[error("{what} is {found}, and has to be {allowed}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// What it is.
        found: String,
        /// What it may be.
        allowed: String,
    },
}

/// The common length of `series`, all of whose values are finite.
pub(crate) fn common_length<S: AsRef<[f64]>>(series: &[S]) -> Result<usize, SampleError> {
    let expected = series.first().map_or(0, |first| first.as_ref().len());
    for (place, values) in series.iter().enumerate() {
        let found = values.as_ref().len();
        if found != expected {
            return Err(SampleError::Lengths { series: place, found, expected });
        }
        finite(place, values.as_ref())?;
    }
    Ok(expected)
}

/// That every value of a series is a finite number.
pub(crate) fn finite(series: usize, values: &[f64]) -> Result<(), SampleError> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(place) => Err(SampleError::NotFinite { series, place }),
        None => Ok(()),
    }
}

/// That there is enough of something.
pub(crate) fn at_least(what: &'static str, needed: usize, unit: &'static str, found: usize) -> Result<(), SampleError> {
    if found < needed {
        return Err(SampleError::TooFew { what, needed, unit, found });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_none_is_refused_with_its_place() {
        assert_eq!(common_length(&[vec![1.0, 2.0], vec![3.0, 4.0]]), Ok(2));
        assert_eq!(common_length::<Vec<f64>>(&[]), Ok(0));
        let uneven = common_length(&[vec![1.0], vec![]]);
        assert_eq!(uneven, Err(SampleError::Lengths { series: 1, found: 0, expected: 1 }));
        let broken = common_length(&[vec![1.0, 2.0], vec![3.0, f64::NAN]]);
        assert_eq!(broken, Err(SampleError::NotFinite { series: 1, place: 1 }));
        assert_eq!(
            broken.unwrap_err().to_string(),
            "value 1 of series 1 is not a finite number: find out what made it, do not drop it"
        );
    }
}
