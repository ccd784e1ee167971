//! What changes at known instants: a venue's rules and costs, as records of which each holds until the next.
//!
//! Nothing here guesses what came before the first record: it speaks for that time too, as nothing better is known.
use crate::Timestamp;
use alloc::vec::Vec;

/// A value that was another one earlier. There is always one that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    first: T,
    /// From when on each of the others holds, in the order of time.
    later: Vec<(Timestamp, T)>,
}

impl<T> Dated<T> {
    /// A value that never changes.
    #[must_use]
    pub fn always(value: T) -> Self {
        Self { first: value, later: Vec::new() }
    }

    /// Records with the instant from which each holds, in any order; of two of one instant the later one holds. `None` when
    /// there are none. A record that repeats the one before it is no change and is left out.
    #[must_use]
    pub fn new(mut records: Vec<(Timestamp, T)>) -> Option<Self>
    where
        T: PartialEq,
    {
        records.sort_by_key(|(from, _)| *from);
        records.dedup_by(|next, last| next.1 == last.1);
        let mut records = records.into_iter();
        let (_, first) = records.next()?;
        Some(Self { first, later: records.collect() })
    }

    /// What holds at `time`. Where nothing ever changes this is one comparison.
    #[must_use]
    #[inline]
    pub fn at(&self, time: Timestamp) -> &T {
        if self.later.is_empty() { &self.first } else { self.changed(time) }
    }

    #[cold]
    fn changed(&self, time: Timestamp) -> &T {
        let after = self.later.partition_point(|(from, _)| *from <= time);
        after.checked_sub(1).map_or(&self.first, |last| &self.later[last].1)
    }

    /// Every value, in the order of time.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        core::iter::once(&self.first).chain(self.later.iter().map(|(_, value)| value))
    }

    /// Every value, in the order of time, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        core::iter::once(&mut self.first).chain(self.later.iter_mut().map(|(_, value)| value))
    }

    /// What holds at `from`, and what holds from which instant on until just before `to`.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> (&T, impl Iterator<Item = (Timestamp, &T)>) {
        let inside = self.later.iter().filter(move |(at, _)| *at > from && *at < to);
        (self.at(from), inside.map(|(at, value)| (*at, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_first_record_speaks_for_the_time_before_it_and_each_holds_until_the_next() {
        let check = |records: Vec<(i64, char)>, expected: &str| {
            let records = records.into_iter().map(|(from, value)| (Timestamp(from), value)).collect();
            let dated = Dated::new(records).expect("records");
            let at = [i64::MIN, 49, 50, 99, 100, 101, i64::MAX].map(|time| *dated.at(Timestamp(time)));
            assert_eq!(at.iter().collect::<alloc::string::String>(), expected);
        };
        check(vec![(70, 'a')], "aaaaaaa");
        check(vec![(50, 'a'), (100, 'b')], "aaaabbb");
        check(vec![(100, 'b'), (50, 'a')], "aaaabbb");
        check(vec![(i64::MIN, 'a'), (50, 'b'), (100, 'c')], "aabbccc");
        check(vec![(0, 'a'), (100, 'b'), (100, 'c')], "aaaaccc");
        assert_eq!(Dated::<char>::new(Vec::new()), None);
        let same = Dated::new(vec![(Timestamp(1), 'a'), (Timestamp(2), 'a')]);
        assert_eq!(same, Some(Dated::always('a')), "what repeats is no change");
    }

    #[test]
    fn a_window_names_what_holds_at_its_start_and_every_change_inside() {
        let dated =
            Dated::new(vec![(Timestamp(0), 'a'), (Timestamp(50), 'b'), (Timestamp(100), 'c')]).expect("records");
        let check = |from, to, expected: (char, &[(i64, char)])| {
            let (first, changes) = dated.within(Timestamp(from), Timestamp(to));
            let changes: Vec<_> = changes.map(|(at, value)| (at.0, *value)).collect();
            assert_eq!((*first, &changes[..]), expected, "{from} {to}");
        };
        check(-5, 40, ('a', &[]));
        check(-5, 50, ('a', &[]));
        check(-5, 51, ('a', &[(50, 'b')]));
        check(50, 200, ('b', &[(100, 'c')]));
        check(0, 200, ('a', &[(50, 'b'), (100, 'c')]));
    }
}
