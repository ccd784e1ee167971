//! A position wanted: one signal, one size, one target.
//!
//! The target is fixed when the signal changes and repeated until it changes again, so that an order that was refused or
//! lost is asked for anew and nothing is traded because a price moved.
use engine::{InstrumentId, Intents, Qty, Size, Split, View};

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
}

/// The target of one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    asset: InstrumentId,
    size: Size,
    rebalance: bool,
    signal: Signal,
    quantity: Qty,
    fixed: bool,
}

impl Holding {
    /// Nothing wanted yet; the target is fixed while the signal stands.
    #[must_use]
    pub fn new(asset: InstrumentId, size: Size) -> Self {
        Self { asset, size, rebalance: false, signal: Signal::Flat, quantity: Qty::ZERO, fixed: false }
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
        if signal != self.signal || !self.fixed || self.rebalance {
            self.resize(signal, view);
        }
        out.target(self.asset, self.quantity);
    }

    fn resize(&mut self, signal: Signal, view: View<'_>) {
        self.signal = signal;
        self.quantity = match signal {
            Signal::Flat => Qty::ZERO,
            Signal::Long => view.quantity(self.asset, self.size),
            Signal::Short => -view.quantity(self.asset, self.size),
        };
        // A signal from the warm-up is sized at the first candle on which it can be traded.
        self.fixed = view.state().counters.candles > 0;
    }
}
