//! No limit price may be too far through the market: a slip of the finger trades at once, at that price.
use crate::effect::Refusal;
use crate::order::OrderKind;
use crate::risk::limits::times;
use crate::risk::{Case, Check, RiskCheck};
use crate::view::View;
use crate::{Price, Side};

/// Looks at the dearer side only: a limit far behind the market waits and harms nobody. An order that sleeps is measured from
/// its trigger, since that is where the market will be; a market order names no price.
#[derive(Clone, Copy, Debug)]
pub(super) struct PriceCollar;

impl RiskCheck for PriceCollar {
    fn name(&self) -> Check {
        Check::PriceCollar
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(price)) = (case.limit(self.name()), case.addition.kind.limit()) else { return Ok(()) };
        let reference = reference(case.addition.kind, case.addition.instrument, case.view);
        let through = match case.addition.side {
            Side::Buy => i128::from(price.0) - i128::from(reference.0),
            Side::Sell => i128::from(reference.0) - i128::from(price.0),
        };
        let reference = i128::from(reference.0.max(1));
        if times(through, 1_000_000) <= times(reference, limit) {
            return Ok(());
        }
        Err(case.refusal(self.name(), limit, parts_per_million(through, reference)))
    }
}

fn reference(kind: OrderKind, id: crate::InstrumentId, view: View<'_>) -> Price {
    kind.trigger().or_else(|| view.last(id)).unwrap_or_default()
}

/// A part of a whole above zero in millionths, rounded up: what is above a limit reads as above it.
pub(super) fn parts_per_million(part: i128, whole: i128) -> i128 {
    let scaled = part.saturating_mul(1_000_000);
    scaled.div_euclid(whole).saturating_add(i128::from(scaled.rem_euclid(whole) != 0))
}
