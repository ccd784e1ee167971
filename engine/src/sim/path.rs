//! In which order things happened inside a candle, which the candle does not say.
//!
//! A model only orders what the candle's range allows; it never fills what the range does not reach.
use crate::order::OrderKind;
use crate::{Candle, Price, Side};

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

    /// How far along the walk through the candle a price is reached first, in price steps; `None` for the pessimistic
    /// model, which does not walk.
    #[must_use]
    pub(crate) fn distance(self, candle: &Candle, order: &OrderKind, side: Side) -> Option<i128> {
        let rising = rises_to(order, side)?;
        let price = order.price()?;
        let up_first = match self {
            Self::OpenHighLowClose => true,
            Self::OpenLowHighClose => false,
            Self::Pessimistic => return None,
        };
        let (open, price) = (i128::from(candle.open.0), i128::from(price.0));
        let (high, low) = (i128::from(candle.high.0), i128::from(candle.low.0));
        // The open was offered before the path, so what is reached now lies beyond it.
        Some(match (rising, up_first) {
            (true, true) => price - open,
            (true, false) => (open - low) + (price - low),
            (false, false) => open - price,
            (false, true) => (high - open) + (high - price),
        })
    }
}

/// Whether the order waits for a rising price; `None` for an order that waits for no price.
fn rises_to(order: &OrderKind, side: Side) -> Option<bool> {
    match (order, side) {
        (OrderKind::Market, _) => None,
        (OrderKind::Limit { .. }, Side::Sell) | (OrderKind::Stop { .. }, Side::Buy) => Some(true),
        (OrderKind::Limit { .. }, Side::Buy) | (OrderKind::Stop { .. }, Side::Sell) => Some(false),
    }
}

/// Whether a price range from `low` to `high` fills a waiting order: a limit must be traded through, or only touched
/// where `touch` says so; a stop is touched.
#[must_use]
pub(crate) fn reaches(order: &OrderKind, side: Side, low: Price, high: Price, touch: bool) -> bool {
    match (order, side) {
        (OrderKind::Market, _) => false,
        (OrderKind::Limit { price }, Side::Buy) => low < *price || (touch && low == *price),
        (OrderKind::Limit { price }, Side::Sell) => high > *price || (touch && high == *price),
        (OrderKind::Stop { trigger }, Side::Buy) => high >= *trigger,
        (OrderKind::Stop { trigger }, Side::Sell) => low <= *trigger,
    }
}
