//! What any order must satisfy before limits are asked: a sane quantity, and the venue's lot, tick and minimum.
use super::{Addition, Check, weighing_price};
use crate::effect::Refusal;
use crate::order::OrderStatus;
use crate::view::View;
use crate::{Money, Price, Qty};

/// The largest quantity of one order, in steps: products with prices and multipliers stay far inside 128 bits.
const QUANTITY_MAX: i64 = i64::MAX / 8;

/// The instrument's dated rules, always asked first.
#[derive(Clone, Copy, Debug)]
pub struct OrderRules;

impl OrderRules {
    /// The same where it is not to be inlined.
    #[inline(never)]
    pub(super) fn check_again(self, addition: &Addition, view: View<'_>) -> Result<(), Refusal> {
        self.check(addition, view)
    }

    /// Whether the instrument takes it.
    ///
    /// # Errors
    /// The rule that it breaks.
    #[inline(always)]
    pub fn check(&self, addition: &Addition, view: View<'_>) -> Result<(), Refusal> {
        let Addition { instrument, quantity, kind, .. } = *addition;
        let refuse = |check, limit: i128, value: i128| Err(Refusal { instrument, check, limit, value });
        if quantity <= Qty::ZERO || quantity.0 > QUANTITY_MAX {
            return refuse(Check::Quantity, i128::from(QUANTITY_MAX), i128::from(quantity.0));
        }
        if view.live_orders(instrument).any(|order| order.status == OrderStatus::Unknown) {
            return refuse(Check::UnknownOrder, 0, 1);
        }
        let Some(price) = weighing_price(addition, view) else { return refuse(Check::NoPrice, 0, 0) };
        if view.state().books.rate(instrument.index()).is_none() {
            return refuse(Check::NoRate, 0, 0);
        }
        let it = view.instrument(instrument);
        let spec = it.spec(view.now());
        // Most instruments have no lot and no tick beyond their step: a division would cost as much as the other checks.
        if spec.lot.0 != 1 && quantity.0 % spec.lot.0 != 0 {
            return refuse(Check::Lot, i128::from(spec.lot.0), i128::from(quantity.0));
        }
        let off_tick = |named: &Price| named.0 <= 0 || (spec.tick.0 != 1 && named.0 % spec.tick.0 != 0);
        if let Some(named) = [kind.limit(), kind.trigger()].into_iter().flatten().find(off_tick) {
            return refuse(Check::Tick, i128::from(spec.tick.0), i128::from(named.0));
        }
        if spec.min_notional > Money::ZERO {
            let (notional, _) = it.value(price, quantity);
            if notional < spec.min_notional {
                return refuse(Check::MinNotional, spec.min_notional.0, notional.0);
            }
        }
        Ok(())
    }
}
