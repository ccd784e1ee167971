//! The last numbers of a series, as one slice.

/// The last `length` numbers that were pushed, the oldest first.
///
/// Each is written twice, `length` apart, so that the window is always one slice and nothing is moved.
#[derive(Clone, Debug)]
pub struct Window {
    twice: Vec<f64>,
    length: usize,
    at: usize,
    seen: usize,
}

impl Window {
    /// An empty one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { twice: vec![0.0; 2 * length], length, at: 0, seen: 0 }
    }

    /// Adds a number and drops the oldest.
    #[inline]
    pub fn push(&mut self, x: f64) {
        if self.length == 0 {
            return;
        }
        self.twice[self.at] = x;
        self.twice[self.at + self.length] = x;
        self.at = if self.at + 1 == self.length { 0 } else { self.at + 1 };
        self.seen = (self.seen + 1).min(self.length);
    }

    /// How many numbers it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen
    }

    /// Whether nothing was pushed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen == 0
    }

    /// The last `count` numbers, the newest last.
    ///
    /// # Panics
    /// When it was made for fewer.
    #[must_use]
    #[inline]
    pub fn last(&self, count: usize) -> &[f64] {
        let end = self.at + self.length;
        &self.twice[end - count..end]
    }

    /// Multiplies every number by `factor`.
    pub fn rescale(&mut self, factor: f64) {
        self.twice.iter_mut().for_each(|x| *x *= factor);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.seen = 0;
    }
}

/// The sum in a fixed order: four partial sums, so that it is quick, added at the end.
#[inline]
pub(super) fn sum(numbers: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let (fours, rest) = numbers.as_chunks::<4>();
    let mut parts = [0.0; 4];
    for four in fours {
        for (part, x) in parts.iter_mut().zip(four) {
            *part += of(*x);
        }
    }
    rest.iter().fold((parts[0] + parts[1]) + (parts[2] + parts[3]), |sum, x| sum + of(*x))
}
