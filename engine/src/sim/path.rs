//! In which order things happened inside a candle, which the candle does not say.
//!
//! A model only orders what the candle's range allows; it never fills what the range does not reach.
use crate::{Candle, Price};

/// How the path from open to close is assumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathModel {
    /// Open, high, low, close.
    OpenHighLowClose,
    /// Open, low, high, close.
    OpenLowHighClose,
    /// Entry first, then what hurts, then what helps; no target in its entry candle if the stop could fill.
    #[default]
    Pessimistic,
}

impl PathModel {
    /// Every model with the name that the run file uses.
    pub const ALL: [(&'static str, Self); 3] = [
        ("pessimistic", Self::Pessimistic),
        ("open-high-low-close", Self::OpenHighLowClose),
        ("open-low-high-close", Self::OpenLowHighClose),
    ];

    /// The name in the run file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenHighLowClose => "open-high-low-close",
            Self::OpenLowHighClose => "open-low-high-close",
            Self::Pessimistic => "pessimistic",
        }
    }

    /// The turning points of the walk through a candle; `None` for the pessimistic model, which does not walk.
    #[must_use]
    pub(super) fn turns(self, candle: &Candle) -> Option<[Price; 3]> {
        match self {
            Self::OpenHighLowClose => Some([candle.high, candle.low, candle.close]),
            Self::OpenLowHighClose => Some([candle.low, candle.high, candle.close]),
            Self::Pessimistic => None,
        }
    }
}

/// Prices from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) low: Price,
    pub(super) high: Price,
}

impl Range {
    /// All prices of a candle.
    pub(super) fn of(candle: &Candle) -> Self {
        Self { low: candle.low, high: candle.high }
    }

    /// One price.
    pub(super) fn at(price: Price) -> Self {
        Self { low: price, high: price }
    }
}
