//! What a window of the last `n` values adds up to, in constant time per value and without drift.
//!
//! Values are summarised block by block: the window is always the tail of the previous block and the head of the current
//! one. Tails are summed once per block, heads as they come. Nothing is ever subtracted, so no rounding error outlives
//! the values that caused it, and the result depends only on the values and how many came before.
use alloc::boxed::Box;
use alloc::vec;

/// Something of which two neighbouring stretches make one.
pub(super) trait Summary: Copy {
    /// The summary of `self` followed by `later`.
    fn join(self, later: Self) -> Self;

    /// The summary of the same values times `factor`.
    fn scaled(self, factor: f64) -> Self;
}

/// The summary of the last `n` values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sliding<A> {
    /// Up to `at` the current block's values; behind it, tails of the previous block.
    block: Box<[A]>,
    at: usize,
    /// The current block so far; `None` before its first value.
    head: Option<A>,
    full: bool,
}

impl<A: Summary> Sliding<A> {
    /// A window of `window` values; `blank` fills the memory and is never looked at.
    ///
    /// # Panics
    /// When `window` is zero.
    pub(super) fn new(window: usize, blank: A) -> Self {
        assert!(window > 0, "a window holds at least one value");
        Self { block: vec![blank; window].into_boxed_slice(), at: 0, head: None, full: false }
    }

    /// Turns all values into others, each times `factor`.
    pub(super) fn rescale(&mut self, factor: f64) {
        self.block.iter_mut().for_each(|value| *value = value.scaled(factor));
        self.head = self.head.map(|head| head.scaled(factor));
    }

    pub(super) fn window(&self) -> usize {
        self.block.len()
    }

    /// Takes the next value; the summary of the window once it is full.
    #[inline]
    pub(super) fn next(&mut self, value: A) -> Option<A> {
        let head = self.head.map_or(value, |head| head.join(value));
        self.block[self.at] = value;
        self.at += 1;
        if self.at < self.block.len() {
            self.head = Some(head);
            return self.full.then(|| self.block[self.at].join(head));
        }
        self.sum_tails();
        Some(head)
    }

    /// Turns the values of the finished block into its tails.
    fn sum_tails(&mut self) {
        for place in (1..self.block.len()).rev() {
            self.block[place - 1] = self.block[place - 1].join(self.block[place]);
        }
        self.at = 0;
        self.head = None;
        self.full = true;
    }
}
