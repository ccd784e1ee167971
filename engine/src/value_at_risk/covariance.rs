//! Means and sample covariances of returns. It says nothing of their distribution.
use super::returns::Returns;
use alloc::vec::Vec;

/// The covariances of several instruments, with ddof 1, and their mean returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariance {
    means: Vec<f64>,
    /// Row by row, symmetric.
    values: Vec<f64>,
}

impl Covariance {
    /// Those of a sample: deviations from the sample means, over the number of days less one.
    #[must_use]
    pub fn of(returns: &Returns) -> Self {
        let (days, count) = (returns.days() as f64, returns.instruments());
        let means: Vec<f64> = (0..count).map(|i| returns.column(i).sum::<f64>() / days).collect();
        let mut values = alloc::vec![0.0; count * count];
        for row in 0..count {
            for column in 0..=row {
                let products = returns.rows().map(|r| (r[row] - means[row]) * (r[column] - means[column]));
                let covariance = products.sum::<f64>() / (days - 1.0);
                values[row * count + column] = covariance;
                values[column * count + row] = covariance;
            }
        }
        Self { means, values }
    }

    /// How many instruments it is of.
    #[must_use]
    pub fn instruments(&self) -> usize {
        self.means.len()
    }

    /// The mean returns.
    #[must_use]
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// The covariance of two instruments; of one with itself its variance.
    ///
    /// # Panics
    /// When there is no such instrument.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.row(row)[column]
    }

    /// The covariances of one instrument with all.
    fn row(&self, row: usize) -> &[f64] {
        let count = self.instruments();
        &self.values[row * count..(row + 1) * count]
    }

    /// The covariance of each instrument with the portfolio of these values.
    pub(super) fn with_portfolio(&self, values: &[f64]) -> Vec<f64> {
        assert_eq!(values.len(), self.instruments(), "there is one value for each instrument");
        let product = |row| self.row(row).iter().zip(values).map(|(c, v)| c * v).sum::<f64>();
        (0..self.instruments()).map(product).collect()
    }

    /// The sum of the sizes of all terms of the portfolio's variance: what rounding is measured by.
    pub(super) fn size_of_terms(&self, values: &[f64]) -> f64 {
        let of_row =
            |row: usize| self.row(row).iter().zip(values).map(|(c, v)| (c * v * values[row]).abs()).sum::<f64>();
        (0..self.instruments()).map(of_row).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn covariances_are_over_one_day_less_than_there_are() {
        // The second moves twice as far, the other way.
        let returns = Returns::new(2, vec![1.0, -2.0, 2.0, -4.0, 3.0, -6.0]).unwrap();
        let covariance = Covariance::of(&returns);
        assert_eq!(covariance.means(), [2.0, -4.0]);
        assert_eq!([covariance.row(0), covariance.row(1)], [&[1.0, -2.0][..], &[-2.0, 4.0]]);
        assert_eq!(covariance.at(0, 1).to_bits(), (-2.0_f64).to_bits());
        assert_eq!(covariance.with_portfolio(&[2.0, 1.0]), [0.0, 0.0]);
        assert_eq!(covariance.size_of_terms(&[2.0, 1.0]).to_bits(), 16.0_f64.to_bits());
    }
}
