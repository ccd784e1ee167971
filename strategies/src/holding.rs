//! A position wanted: one signal, one size, one target.
//!
//! The target is fixed when the signal changes and repeated until it changes again, so that an order that was refused or
//! lost is asked for anew and nothing is traded because a price moved.
use engine::{InstrumentId, Intents, Qty, Side, Size, Split, View};

/// Which way a strategy wants to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Hold nothing.
    Flat,
    /// Hold the size.
    Long,
    /// Owe the size.
    Short,
}

impl Signal {
    /// What "not long" means: short where that is allowed, else flat.
    #[must_use]
    #[inline]
    pub fn long_if(long: bool, short_allowed: bool) -> Self {
        match (long, short_allowed) {
            (true, _) => Self::Long,
            (false, true) => Self::Short,
            (false, false) => Self::Flat,
        }
    }

    /// 1 long, 0 flat, -1 short.
    #[must_use]
    pub fn sign(self) -> i64 {
        match self {
            Self::Flat => 0,
            Self::Long => 1,
            Self::Short => -1,
        }
    }

    /// The side of a position; none when flat.
    #[must_use]
    pub fn side(self) -> Option<Side> {
        match self {
            Self::Flat => None,
            Self::Long => Some(Side::Buy),
            Self::Short => Some(Side::Sell),
        }
    }
}

impl From<Qty> for Signal {
    /// The way that a target goes.
    fn from(target: Qty) -> Self {
        match target.0 {
            0 => Self::Flat,
            1.. => Self::Long,
            _ => Self::Short,
        }
    }
}

/// A part of a size, from nothing to all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    numerator: i64,
    denominator: i64,
}

impl Part {
    /// All of it.
    pub const WHOLE: Self = Self { numerator: 1, denominator: 1 };

    /// So many of so many parts.
    ///
    /// # Panics
    /// When it is less than nothing or more than all.
    #[must_use]
    pub fn of(numerator: i64, denominator: i64) -> Self {
        assert!(0 <= numerator && numerator <= denominator && denominator > 0, "a part is not more than the whole");
        Self { numerator, denominator }
    }

    fn apply(self, whole: Qty) -> Qty {
        let part = i128::from(whole.0) * i128::from(self.numerator) / i128::from(self.denominator);
        Qty(i64::try_from(part).expect("a part is not more than the whole"))
    }
}

/// The target of one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    asset: InstrumentId,
    size: Size,
    rebalance: bool,
    signal: Signal,
    part: Part,
    quantity: Qty,
    fixed: bool,
    /// Whether the target is fixed for the whole size.
    stands_whole: bool,
}

impl Holding {
    /// Nothing wanted yet; the target is fixed while the signal stands.
    #[must_use]
    pub fn new(asset: InstrumentId, size: Size) -> Self {
        let (signal, part, quantity) = (Signal::Flat, Part::WHOLE, Qty::ZERO);
        Self { asset, size, rebalance: false, signal, part, quantity, fixed: false, stands_whole: false }
    }

    /// Nothing wanted yet; the target is computed anew each time it is wanted.
    #[must_use]
    pub fn rebalanced(asset: InstrumentId, size: Size) -> Self {
        Self { rebalance: true, ..Self::new(asset, size) }
    }

    /// The instrument.
    #[must_use]
    #[inline]
    pub fn asset(&self) -> InstrumentId {
        self.asset
    }

    /// What is wanted now.
    #[must_use]
    #[inline]
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// Counts in the units after a split, as the account does.
    pub fn split(&mut self, split: Split, view: View<'_>) {
        if split.instrument == self.asset {
            self.quantity = split.quantity(self.quantity, view.instrument(self.asset).spec(view.now()).lot);
        }
    }

    /// Wants to be as `signal` says.
    #[inline]
    pub fn want(&mut self, signal: Signal, view: View<'_>, out: &mut Intents) {
        // Asked at every candle: two comparisons where nothing changes.
        if signal != self.signal || !self.stands_whole {
            self.resize(signal, Part::WHOLE, view);
        }
        out.target(self.asset, self.quantity);
    }

    /// Wants to be as `signal` says with a part of the size.
    #[inline]
    pub fn want_part(&mut self, signal: Signal, part: Part, view: View<'_>, out: &mut Intents) {
        if signal != self.signal || part != self.part || !self.fixed || self.rebalance {
            self.resize(signal, part, view);
        }
        out.target(self.asset, self.quantity);
    }

    #[inline(never)]
    fn resize(&mut self, signal: Signal, part: Part, view: View<'_>) {
        self.signal = signal;
        self.part = part;
        self.quantity = match signal {
            Signal::Flat => Qty::ZERO,
            Signal::Long => self.part_of_size(view),
            Signal::Short => -self.part_of_size(view),
        };
        // A signal from the warm-up is sized at the first candle on which it can be traded.
        self.fixed = view.state().counters.candles > 0;
        self.stands_whole = self.fixed && !self.rebalance && part == Part::WHOLE;
    }

    /// The part that is wanted now, floored to the lot once: not the part of a size that was floored before.
    fn part_of_size(&self, view: View<'_>) -> Qty {
        let lot = view.instrument(self.asset).spec(view.now()).lot;
        let part = self.part.apply(view.steps(self.asset, self.size));
        Qty(part.0 - part.0 % lot.0)
    }
}
