//! Many durations, and what share of them was how short.

/// Durations in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// One more.
    pub fn push(&mut self, ns: u64) {
        self.0.push(ns);
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The duration that so many of a thousand do not exceed, in nanoseconds; zero of none.
    #[must_use]
    pub fn of(&self, thousandths: usize) -> u64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * thousandths).div_ceil(1_000).max(1) - 1;
        sorted.get(place).copied().unwrap_or_default()
    }

    /// Median, the percentiles 99 and 99.9, and the longest, in microseconds.
    #[must_use]
    pub fn line(&self) -> String {
        let us = |thousandths: usize| self.of(thousandths) as f64 / 1_000.0;
        let (half, most, nearly, longest) = (us(500), us(990), us(999), us(1_000));
        format!("p50 {half:.1} us, p99 {most:.1} us, p99.9 {nearly:.1} us, longest {longest:.1} us of {}", self.len())
    }
}
