//! The venue's orders behind one of ours. An amendment makes a new one; at most one lives, and each may have filled.
//!
//! A fill covers a stretch of its leg's filled quantity: from what was filled before it to what was filled with it. The
//! stream and the list of activities give one fill two ids, but one stretch; so each is booked once, whoever tells it first.
use super::map::status::Status;

/// A stretch of what a leg has filled, in steps of quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
    /// The execution that it is booked under, where the stream told it or an earlier session booked it.
    pub(super) execution: Option<u128>,
    /// The price at which it was booked, in steps.
    pub(super) price: i64,
}

/// What to make of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Booking {
    /// It is new: book this much.
    Book(i64),
    /// It was booked, or it is nothing.
    Known,
}

/// One order of the venue.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    /// The venue's id.
    pub(super) id: String,
    /// For how much it is, as far as the venue says.
    pub(super) quantity: Option<i64>,
    /// At which price it works, in steps: its limit, else what wakes it.
    pub(super) price: Option<i64>,
    /// The most that the venue said is filled of it.
    pub(super) filled: i64,
    /// Where it stands.
    pub(super) status: Status,
    /// The venue's word for that.
    pub(super) word: String,
    /// The id of the one in its place, where the venue named it.
    pub(super) replaced_by: Option<String>,
    /// The id of the one in whose place it stands, where the venue named it.
    pub(super) follows: Option<String>,
    /// What the one before it had filled, where the venue counts that to this one too.
    pub(super) carried: i64,
    /// How often it looked so.
    doubts: u8,
    booked: Vec<Stretch>,
}

impl Leg {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.into(),
            quantity: None,
            price: None,
            filled: 0,
            status: Status::Unclear,
            word: String::new(),
            replaced_by: None,
            follows: None,
            carried: 0,
            doubts: 0,
            booked: Vec::new(),
        }
    }

    /// Takes in a later status. What is final stays so, whatever arrives late.
    pub(super) fn take_status(&mut self, word: &str) {
        if !self.status.is_final() {
            self.status = Status::of(word);
            self.word = word.chars().take(32).collect();
        }
    }

    /// How much of it is booked.
    pub(super) fn booked(&self) -> i64 {
        self.booked.iter().map(|stretch| stretch.to - stretch.from).fold(0, i64::saturating_add)
    }

    /// How much of it is filled that no other leg has filled.
    pub(super) fn own(&self) -> i64 {
        self.filled.saturating_sub(self.carried)
    }

    /// How much the venue has filled and nobody has booked.
    pub(super) fn missing(&self) -> i64 {
        self.own().saturating_sub(self.booked()).max(0)
    }

    /// The venue counts to this leg what those before it had filled: so much of what is filled is not its own.
    pub(super) fn carry(&mut self, filled: i64) {
        self.carried = filled;
    }

    /// The lists of fills were read to their end, and something of this leg is missing still. Where it is just what the leg
    /// before it has filled, the venue may count that to this one: after several readings it does.
    pub(super) fn doubt(&mut self, before: i64) -> bool {
        const READINGS: u8 = 3;
        let told = self.booked.iter().map(|stretch| stretch.from).min();
        let looks_so = before > 0 && self.carried == 0 && self.missing() > 0 && told.unwrap_or(self.filled) == before;
        self.doubts = if looks_so { self.doubts + 1 } else { 0 };
        let carries = self.doubts >= READINGS;
        if carries {
            self.carry(before);
        }
        carries
    }

    /// The execution that was booked for the fill after which so much is filled.
    pub(super) fn execution_at(&self, filled: i64) -> Option<u128> {
        self.booked.iter().find(|stretch| stretch.to == filled).and_then(|stretch| stretch.execution)
    }

    /// Takes in a fill of `quantity` after which `filled` are filled. What overlaps stretches that are booked is not booked
    /// again.
    ///
    /// Two executions of the stream may both come with an order that is already filled by both. Then their stretches overlap
    /// though both are new, and the second takes the first gap that has room for it.
    pub(super) fn fill(&mut self, (quantity, price): (i64, i64), filled: i64, execution: Option<u128>) -> Booking {
        if quantity <= 0 || (execution.is_some() && self.booked.iter().any(|stretch| stretch.execution == execution)) {
            return Booking::Known;
        }
        self.filled = self.filled.max(filled);
        let (from, to) = (filled.saturating_sub(quantity).max(0), filled);
        let free = self.gaps(from, to);
        let whole: i64 = free.iter().map(|(from, to)| to - from).sum();
        if whole == quantity || (whole > 0 && !self.is_told_twice(from, to, execution)) {
            let pieces = free.iter().map(|(from, to)| Stretch { from: *from, to: *to, execution, price });
            self.booked.extend(pieces);
            self.booked.sort_by_key(|stretch| stretch.from);
            return Booking::Book(whole);
        }
        if self.is_told_twice(from, to, execution)
            && let Some((from, _)) = self.gaps(0, self.filled).into_iter().find(|(from, to)| to - from >= quantity)
        {
            self.booked.push(Stretch { from, to: from + quantity, execution, price });
            self.booked.sort_by_key(|stretch| stretch.from);
            return Booking::Book(quantity);
        }
        Booking::Known
    }

    /// Whether a new execution of the stream lies over another execution of the stream, and over nothing else.
    fn is_told_twice(&self, from: i64, to: i64, execution: Option<u128>) -> bool {
        let mut over = self.booked.iter().filter(|stretch| stretch.from < to && from < stretch.to).peekable();
        execution.is_some() && over.peek().is_some() && over.all(|stretch| stretch.execution.is_some())
    }

    /// The parts of a stretch that nothing is booked for.
    fn gaps(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let (mut gaps, mut at) = (Vec::new(), from);
        for stretch in self.booked.iter().filter(|stretch| stretch.from < to && from < stretch.to) {
            if stretch.from > at {
                gaps.push((at, stretch.from));
            }
            at = at.max(stretch.to);
        }
        if at < to {
            gaps.push((at, to));
        }
        gaps
    }

    /// Takes a fill back that an execution told: its quantity and price, where it was booked.
    pub(super) fn bust(&mut self, execution: u128) -> Option<(i64, i64)> {
        let of = |stretch: &Stretch| stretch.execution == Some(execution);
        let quantity: i64 = self.booked.iter().filter(|it| of(it)).map(|it| it.to - it.from).sum();
        let price = self.booked.iter().find(|it| of(it)).map(|it| it.price)?;
        self.booked.retain(|stretch| !of(stretch));
        self.filled = self.filled.saturating_sub(quantity);
        Some((quantity, price))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fill_is_booked_once_whoever_tells_it_first() {
        let mut leg = Leg::new("a");
        assert_eq!(leg.fill((3, 7), 3, Some(1)), Booking::Book(3));
        assert_eq!(leg.fill((3, 7), 3, Some(1)), Booking::Known);
        assert_eq!(leg.fill((3, 7), 3, None), Booking::Known, "the same of the activities");
        assert_eq!(leg.fill((2, 7), 5, None), Booking::Book(2));
        assert_eq!(leg.fill((2, 7), 5, Some(2)), Booking::Known, "the same of the stream");
        assert_eq!((leg.booked(), leg.missing()), (5, 0));
    }

    #[test]
    fn executions_that_come_with_a_later_order_are_both_booked() {
        let mut leg = Leg::new("a");
        assert_eq!(leg.fill((3, 7), 5, Some(1)), Booking::Book(3));
        assert_eq!(leg.fill((2, 7), 5, Some(2)), Booking::Book(2));
        assert_eq!(leg.fill((2, 7), 5, Some(3)), Booking::Known, "there is no room for a third");
    }

    #[test]
    fn what_the_leg_before_had_filled_is_not_its_own() {
        let mut leg = Leg::new("b");
        leg.filled = 6;
        leg.carry(4);
        assert_eq!((leg.own(), leg.booked(), leg.missing()), (2, 0, 2));
        assert_eq!(leg.fill((2, 7), 6, None), Booking::Book(2));
        assert_eq!((leg.own(), leg.booked(), leg.missing()), (2, 2, 0));
    }

    #[test]
    fn what_is_missing_is_only_the_fills_of_the_leg_before_when_no_list_has_it() {
        let mut leg = Leg::new("b");
        assert_eq!(leg.fill((2, 7), 6, None), Booking::Book(2));
        assert_eq!(
            [leg.doubt(4), leg.doubt(4), leg.doubt(3), leg.doubt(4), leg.doubt(4), leg.doubt(4)][2..],
            [false, false, false, true]
        );
        assert_eq!((leg.own(), leg.missing()), (2, 0));
        let mut leg = Leg::new("c");
        leg.filled = 4;
        assert!(!leg.doubt(4) && !leg.doubt(4), "its own, perhaps");
        assert_eq!(leg.fill((4, 7), 4, None), Booking::Book(4));
        assert!(!leg.doubt(4));
    }

    #[test]
    fn a_fill_that_is_taken_back_leaves_room() {
        let mut leg = Leg::new("a");
        leg.fill((3, 7), 3, Some(1));
        assert_eq!(leg.bust(1), Some((3, 7)));
        assert_eq!(leg.bust(1), None);
        assert_eq!(leg.fill((3, 7), 3, Some(2)), Booking::Book(3));
    }

    #[test]
    fn quantities_at_the_ends_of_what_can_be_counted_do_not_wrap() {
        let mut leg = Leg::new("a");
        assert_eq!(leg.fill((i64::MAX, 7), i64::MIN, None), Booking::Known);
        assert_eq!(leg.fill((i64::MAX, 7), i64::MAX, Some(1)), Booking::Book(i64::MAX));
        leg.carry(i64::MAX);
        assert_eq!((leg.own(), leg.missing(), leg.booked()), (0, 0, i64::MAX));
    }

    #[test]
    fn what_is_final_stays_so() {
        let mut leg = Leg::new("a");
        leg.take_status("new");
        leg.take_status("canceled");
        leg.take_status("new");
        assert_eq!(leg.status, Status::Canceled);
    }

    proptest! {
        #[test]
        fn the_sum_is_right_in_any_order_and_number_of_tellings(
            parts in proptest::collection::vec(1_i64..50, 1..8),
            told in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..40),
        ) {
            let mut leg = Leg::new("a");
            let mut booked = 0;
            let mut tell = |leg: &mut Leg, place: usize, stream: bool| {
                let filled: i64 = parts[..=place].iter().sum();
                let execution = stream.then_some(place as u128);
                if let Booking::Book(quantity) = leg.fill((parts[place], 7), filled, execution) {
                    booked += quantity;
                }
            };
            for (index, stream) in told {
                tell(&mut leg, index.index(parts.len()), stream);
            }
            for place in 0..parts.len() {
                tell(&mut leg, place, false);
            }
            let whole: i64 = parts.iter().sum();
            prop_assert_eq!((booked, leg.booked(), leg.missing()), (whole, whole, 0));
        }
    }
}
