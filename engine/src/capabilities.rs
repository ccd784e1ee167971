//! What a venue can do with an order. What it cannot do is refused before it leaves, never emulated in silence.
use crate::order::{Link, OrderKind, Terms};

/// Something that a venue may be unable to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Feature {
    /// This kind of order.
    Kind = 1,
    /// This time in force.
    TimeInForce = 2,
    /// Orders that only give liquidity.
    PostOnly = 3,
    /// Orders that only reduce.
    ReduceOnly = 4,
    /// Orders attached to another.
    Attached = 5,
    /// Orders of which one cancels the other.
    OneCancelsOther = 6,
    /// Changing a working order.
    Amend = 7,
}

/// What a venue can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    kinds: u8,
    times: u8,
    /// Orders that only give liquidity.
    pub post_only: bool,
    /// Orders that only reduce.
    pub reduce_only: bool,
    /// Brackets: orders that work once another has filled.
    pub attached: bool,
    /// Orders of which one cancels the other.
    pub one_cancels_other: bool,
    /// Changing a working order.
    pub amend: bool,
}

impl Capabilities {
    /// Everything that an order can ask for: the simulated venue.
    pub const ALL: Self = Self {
        kinds: u8::MAX,
        times: u8::MAX,
        post_only: true,
        reduce_only: true,
        attached: true,
        one_cancels_other: true,
        amend: true,
    };

    /// Good-til-cancelled market orders and nothing else: where the description of a venue begins.
    pub const LEAST: Self = Self {
        kinds: 1,
        times: 1,
        post_only: false,
        reduce_only: false,
        attached: false,
        one_cancels_other: false,
        amend: false,
    };

    /// The same with kinds of orders added, by their names in tables and files.
    ///
    /// # Panics
    /// When there is no such kind.
    #[must_use]
    pub fn with_kinds(mut self, names: &[&str]) -> Self {
        self.kinds |= bits(&OrderKind::NAMES, names);
        self
    }

    /// The same with times in force added, by their names in tables and files.
    ///
    /// # Panics
    /// When there is no such time in force.
    #[must_use]
    pub fn with_times(mut self, names: &[&str]) -> Self {
        self.times |= bits(&crate::order::TimeInForce::NAMES, names);
        self
    }

    /// The first thing that the venue cannot do about an order.
    #[must_use]
    pub fn missing(&self, kind: OrderKind, terms: Terms, link: Link) -> Option<Feature> {
        let able = [
            (Feature::Kind, self.kinds >> kind.code() & 1 == 1),
            (Feature::TimeInForce, self.times >> terms.time_in_force.code() & 1 == 1),
            (Feature::PostOnly, self.post_only || !terms.post_only),
            // What is attached to an entry only ever reduces: a venue that takes it needs no word for that.
            (Feature::ReduceOnly, self.reduce_only || !terms.reduce_only || matches!(link, Link::Attached(_))),
            (Feature::Attached, self.attached || !matches!(link, Link::Attached(_))),
            (Feature::OneCancelsOther, self.one_cancels_other || !matches!(link, Link::OneCancelsOther(_))),
        ];
        able.into_iter().find(|(_, able)| !able).map(|(feature, _)| feature)
    }
}

fn bits(all: &[&str], names: &[&str]) -> u8 {
    let place = |name: &&str| all.iter().position(|known| known == name).expect("a name of this list");
    names.iter().fold(0, |bits, name| bits | 1 << place(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Price;
    use crate::order::{OrderId, TimeInForce};

    #[test]
    fn what_was_not_declared_is_missing() {
        let venue = Capabilities::LEAST.with_kinds(&["limit", "stop"]).with_times(&["day"]);
        let limit = OrderKind::Limit { price: Price(1) };
        let touched = OrderKind::MarketIfTouched { trigger: Price(1) };
        let (plain, day) = (Terms::PLAIN, Terms::PLAIN.lasting(TimeInForce::Day));
        let post = Terms { post_only: true, ..plain };
        let reduce = Terms { reduce_only: true, ..plain };
        let ioc = plain.lasting(TimeInForce::ImmediateOrCancel);
        let one = OrderId(1);
        for (kind, terms, link, missing) in [
            (limit, plain, Link::Alone, None),
            (limit, day, Link::Alone, None),
            (touched, plain, Link::Alone, Some(Feature::Kind)),
            (limit, ioc, Link::Alone, Some(Feature::TimeInForce)),
            (limit, post, Link::Alone, Some(Feature::PostOnly)),
            (limit, reduce, Link::Alone, Some(Feature::ReduceOnly)),
            (limit, plain, Link::Attached(one), Some(Feature::Attached)),
            (limit, plain, Link::OneCancelsOther(one), Some(Feature::OneCancelsOther)),
            (limit, reduce, Link::Attached(one), Some(Feature::Attached)),
        ] {
            assert_eq!(venue.missing(kind, terms, link), missing);
            assert_eq!(Capabilities::ALL.missing(kind, terms, link), None);
        }
        let brackets = Capabilities { attached: true, ..venue };
        assert_eq!(brackets.missing(limit, reduce, Link::Attached(one)), None);
        assert_eq!(brackets.missing(limit, reduce, Link::Alone), Some(Feature::ReduceOnly));
    }
}
