//! The gate between wishing and sending.
//!
//! A [`Proposal`] that every check passed becomes an [`Approved`]; nothing else can make one, so nothing unchecked is
//! ever sent. Intents are weighed one by one: the second order of a step sees the first as already on its way. Limits and
//! counters are part of the state and follow from events alone; a check only looks.
mod case;
mod check;
mod checks;
mod days;
mod engine;
mod exposure;
mod limits;
mod observing;
mod operating;
mod proposal;
mod risk_state;
mod room;
mod rules;
mod terms;
mod trading;
mod window;

pub use case::Case;
pub use check::Check;
pub use checks::{AllowedInstruments, BuyingPower, LIMITED, Leverage, all_limited};
pub use days::Days;
pub use engine::{RiskCheck, RiskEngine, Verdict};
pub use exposure::{Exposure, only_reduces, required, worst_position};
pub use limits::{Limits, Row};
pub(crate) use observing::Response;
pub use proposal::{Addition, Approved, Proposal};
pub use risk_state::{MarketWatch, OwnerWatch, RiskState, Settings};
pub use rules::OrderRules;
pub use terms::TermRules;
pub use trading::{Ask, TradingState};
pub use window::Window;

use crate::Price;
use crate::view::View;

/// The price at which an addition is weighed: its own, or the last one seen for a market order.
#[must_use]
pub fn weighing_price(addition: &Addition, view: View<'_>) -> Option<Price> {
    addition.kind.price().or_else(|| view.last(addition.instrument))
}
