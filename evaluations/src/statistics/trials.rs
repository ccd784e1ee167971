//! How many independent trials a family of correlated ones amounts to.
//!
//! The default is [`effective`], `rho + (1 - rho) * M` with the average correlation (the reference code of the deflated
//! Sharpe ratio calls it the number of independent trials): one number, nothing to choose, linear in rows and trials.
//! [`spread_effective`] asks the squares of all correlations and also sees families that cancel in the average.
use crate::metrics::{mean, spread};

/// The average correlation of every two of some series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AverageCorrelation {
    /// The average; 0 of a single series.
    pub value: f64,
    /// How many series went in.
    pub series: usize,
    /// How many never vary and were left out: nothing is correlated with them.
    pub still: usize,
}

/// The values of a series from their mean in deviations, whose squares sum to one; `None` where nothing varies.
fn unit(values: &[f64]) -> Option<Vec<f64>> {
    spread(values)?;
    let middle = mean(values)?;
    let length = values.iter().map(|v| (v - middle) * (v - middle)).sum::<f64>().sqrt();
    Some(values.iter().map(|v| (v - middle) / length).collect())
}

/// The average correlation of every two of `series`, in time linear in rows and series; `None` when none of them varies.
///
/// The squared length of the sum of unit series is the sum of all correlations.
///
/// # Panics
/// When the series are of different lengths.
#[must_use]
pub fn average_correlation<S: AsRef<[f64]>>(series: &[S]) -> Option<AverageCorrelation> {
    let mut sum = vec![0.0; series.first()?.as_ref().len()];
    let mut count = 0_usize;
    for values in series {
        assert_eq!(values.as_ref().len(), sum.len(), "the series are of one length");
        if let Some(unit) = unit(values.as_ref()) {
            sum.iter_mut().zip(unit).for_each(|(to, v)| *to += v);
            count += 1;
        }
    }
    let n = count as f64;
    let value = match count {
        0 => return None,
        1 => 0.0,
        _ => (sum.iter().map(|s| s * s).sum::<f64>() - n) / (n * (n - 1.0)),
    };
    Some(AverageCorrelation { value, series: count, still: series.len() - count })
}

/// The number of independent trials that `trials` of this average correlation amount to: `rho + (1 - rho) * M`.
///
/// A negative average counts as none: trials that cancel each other are not more than themselves.
#[must_use]
pub fn effective(trials: f64, average: f64) -> f64 {
    let average = average.clamp(0.0, 1.0);
    average + (1.0 - average) * trials
}

/// The number of independent directions among `series`: `M^2` over the sum of all squared correlations.
///
/// The participation ratio of the eigenvalues of their correlation matrix, without the noise that `rows` independent rows
/// put into each square (`1 / (rows - 1)`). It takes every pair: rows times series squared. `None` when none varies.
///
/// # Panics
/// When the series are of different lengths.
#[must_use]
pub fn spread_effective<S: AsRef<[f64]>>(series: &[S]) -> Option<f64> {
    let units: Vec<Vec<f64>> = series.iter().filter_map(|values| unit(values.as_ref())).collect();
    let rows = units.first()?.len();
    let noise = 1.0 / (rows as f64 - 1.0);
    let count = units.len() as f64;
    let mut squares = count;
    for (place, one) in units.iter().enumerate() {
        for other in &units[..place] {
            assert_eq!(other.len(), one.len(), "the series are of one length");
            let correlation: f64 = one.iter().zip(other).map(|(a, b)| a * b).sum();
            squares += 2.0 * ((correlation * correlation - noise) / (1.0 - noise)).max(0.0);
        }
    }
    Some(count * count / squares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;
    use crate::statistics::stream;

    /// Series that share a part of their variance with the others of their group.
    fn groups(groups: usize, each: usize, shared: f64, rows: usize) -> Vec<Vec<f64>> {
        let draw = |purpose: &str, place: usize| -> Vec<f64> {
            let mut rng = stream(4, purpose, place);
            (0..rows).map(|_| rng.normal()).collect()
        };
        let commons: Vec<Vec<f64>> = (0..groups).map(|group| draw("common", group)).collect();
        (0..groups * each)
            .map(|place| {
                let own = draw("own", place);
                let both = commons[place / each].iter().zip(own);
                both.map(|(c, o)| shared.sqrt() * c + (1.0 - shared).sqrt() * o).collect()
            })
            .collect()
    }

    #[test]
    fn the_average_correlation_is_that_of_every_pair() {
        let series = groups(2, 3, 0.5, 300);
        let correlation = |a: &[f64], b: &[f64]| -> f64 {
            let (a, b) = (unit(a).unwrap(), unit(b).unwrap());
            a.iter().zip(b).map(|(a, b)| a * b).sum()
        };
        let mut pairs = Vec::new();
        for place in 0..series.len() {
            pairs.extend((0..place).map(|other| correlation(&series[place], &series[other])));
        }
        check(average_correlation(&series).map(|a| a.value), mean(&pairs).unwrap(), 1e-12);
    }

    #[test]
    fn what_never_varies_is_left_out_and_told() {
        let mut series = groups(1, 2, 0.9, 100);
        let both = average_correlation(&series).unwrap();
        series.push(vec![0.0; 100]);
        let found = average_correlation(&series).unwrap();
        assert_eq!((found.value, found.series, found.still), (both.value, 2, 1));
        assert_eq!(average_correlation(&[vec![1.0; 5]]), None);
        assert_eq!(average_correlation::<Vec<f64>>(&[]), None);
        assert_eq!(average_correlation(&series[..1]).map(|a| a.value), Some(0.0));
    }

    #[test]
    fn trials_that_are_one_amount_to_one_and_strangers_to_all() {
        assert_eq!((effective(100.0, 1.0), effective(100.0, 0.0), effective(100.0, -0.2)), (1.0, 100.0, 100.0));
        check(Some(effective(100.0, 0.3)), 70.3, 1e-12);
        let same = vec![groups(1, 1, 0.5, 100).remove(0); 20];
        check(average_correlation(&same).map(|a| effective(20.0, a.value)), 1.0, 1e-9);
        check(spread_effective(&same), 1.0, 1e-9);
        let strangers = groups(20, 1, 0.5, 2_000);
        assert!(average_correlation(&strangers).is_some_and(|a| effective(20.0, a.value) > 19.5));
        assert!(spread_effective(&strangers).is_some_and(|n| n > 19.5));
    }

    #[test]
    fn groups_count_as_groups_where_squares_are_asked() {
        let four = groups(4, 10, 0.95, 1_000);
        assert!(spread_effective(&four).is_some_and(|n| (4.0..5.0).contains(&n)), "{:?}", spread_effective(&four));
        // A trial and its opposite cancel in the average, and are one direction.
        let one = groups(1, 1, 0.5, 100).remove(0);
        let turned: Vec<f64> = one.iter().map(|v| -v).collect();
        check(spread_effective(&[one, turned]), 1.0, 1e-9);
        assert_eq!(spread_effective(&[vec![0.0; 9]]), None);
    }
}
