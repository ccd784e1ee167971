//! A histogram with marks: how many of many draws came out where, and where the real one lies among them.
use super::axis::Axis;
use super::chart::{Role, Size, bars, chart, level};
use super::figures;
use super::marks::{Beside, upright, word};
use crate::metrics::distribution::{quantile, sorted};

/// Bars at most.
const BINS_MAX: usize = 40;
/// The share of the values at each end that goes into the outermost bar.
const TAIL: f64 = 0.002;

/// A value that is marked.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// Where.
    pub(crate) at: f64,
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its colour.
    pub(crate) role: Role,
}

/// A histogram.
#[derive(Clone, Debug)]
pub(crate) struct Histogram<'a> {
    /// What it is called for those who cannot see it.
    pub(crate) title: &'a str,
    /// The values; what is not finite is left out.
    pub(crate) values: &'a [f64],
    /// Marks, at most a few.
    pub(crate) marks: Vec<Mark>,
    /// How a value is written.
    pub(crate) label: fn(f64) -> String,
    /// The colour of a bar by the middle of its range.
    pub(crate) role: fn(f64) -> Role,
}

/// Values in equal parts of their range; the outermost hold what is further out.
#[derive(Clone, Debug, PartialEq)]
struct Bins {
    from: f64,
    width: f64,
    counts: Vec<u32>,
}

impl Bins {
    fn of(values: &[f64]) -> Option<Self> {
        let sorted = sorted(&values.iter().copied().filter(|value| value.is_finite()).collect::<Vec<_>>());
        let (low, high) = (quantile(&sorted, TAIL)?, quantile(&sorted, 1.0 - TAIL)?);
        // One value, many times, still is a bar.
        let least = high.abs().max(low.abs()).max(1e-9) * 1e-3;
        let (low, high) = if high - low < least { (low - least, high + least) } else { (low, high) };
        let bins = (libm::sqrt(sorted.len() as f64) as usize).clamp(8, BINS_MAX);
        let width = (high - low) / bins as f64;
        let mut counts = vec![0_u32; bins];
        for value in &sorted {
            counts[((value - low) / width).clamp(0.0, (bins - 1) as f64) as usize] += 1;
        }
        Some(Self { from: low, width, counts })
    }
}

impl Histogram<'_> {
    /// The picture; nothing where there is no value.
    pub(crate) fn draw(&self, size: Size) -> String {
        let Some(bins) = Bins::of(self.values) else { return String::new() };
        let to = bins.from + bins.width * bins.counts.len() as f64;
        let ends = [bins.from, to].into_iter().chain(self.marks.iter().map(|mark| mark.at));
        let x = Axis::values(ends, self.label).fewer((size.0 / 62) as usize);
        let mut y = Axis::values_and_zero(bins.counts.iter().map(|count| f64::from(*count)), figures::short);
        // Room for the names of the marks, one line each: they may stand close to each other.
        y.to *= 1.0 + 0.11 * self.marks.len() as f64 * 250.0 / f64::from(size.1);
        let columns: Vec<(f64, f64, f64, Role)> = (0_u32..)
            .zip(&bins.counts)
            .map(|(i, count)| {
                let from = bins.from + f64::from(i) * bins.width;
                let role = (self.role)(from + bins.width / 2.0);
                (from + bins.width * 0.06, from + bins.width * 0.94, f64::from(*count), role)
            })
            .collect();
        chart(size, self.title, (&x, &y), |surface| {
            bars(surface, &columns)?;
            level(surface, &x, 0.0)?;
            for (i, mark) in self.marks.iter().enumerate() {
                upright(surface, &y, mark.at, (mark.role, 18))?;
                let beside = if mark.at > (x.from + x.to) / 2.0 { Beside::Left } else { Beside::Right };
                let height = y.to * (1.0 - 0.045 * 250.0 / f64::from(size.1) * (1.0 + 2.0 * i as f64));
                word(surface, (mark.at, height), beside, mark.name, mark.role)?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_value_is_in_a_bar() {
        let check = |values: &[f64], bins: usize, count: u32| {
            let found = Bins::of(values).unwrap();
            assert_eq!((found.counts.len(), found.counts.iter().sum::<u32>()), (bins, count), "{values:?}");
        };
        check(&[1.0], 8, 1);
        check(&[2.0; 100], 10, 100);
        let many: Vec<f64> = (0..10_000).map(f64::from).chain([f64::NAN, f64::INFINITY]).collect();
        check(&many, 40, 10_000);
        assert_eq!(Bins::of(&[]), None);
        assert_eq!(Bins::of(&[f64::NAN]), None);
    }
}
