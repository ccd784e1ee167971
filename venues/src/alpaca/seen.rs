//! What was seen lately, within bounds.
use std::collections::{BTreeSet, VecDeque};

/// How many are remembered.
const KEPT: usize = 10_000;

/// A set that forgets the oldest.
#[derive(Debug)]
pub(super) struct Seen<T> {
    set: BTreeSet<T>,
    order: VecDeque<T>,
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self { set: BTreeSet::new(), order: VecDeque::new() }
    }
}

impl<T: Ord + Clone> Seen<T> {
    /// Remembers one; `false` when it was there.
    pub(super) fn is_new(&mut self, it: T) -> bool {
        if !self.set.insert(it.clone()) {
            return false;
        }
        self.order.push_back(it);
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        true
    }
}

#[test]
fn what_is_remembered_has_a_bound() {
    let mut seen = Seen::default();
    assert!((0..3 * KEPT).all(|it| seen.is_new(it)));
    assert!(!seen.is_new(3 * KEPT - 1) && seen.is_new(0));
    assert_eq!((seen.set.len(), seen.order.len()), (KEPT, KEPT));
}
