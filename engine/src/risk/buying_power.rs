//! The account must be able to carry what it could come to hold.
//!
//! Required is the gross value of the worst position that filled, working and unknown orders together could lead to;
//! available is equity times leverage, both in the account's currency. What only reduces a position always passes. Fees are the venue's matter: it asks
//! again at the fill, when price and fee are known.
use super::{Addition, Check, RiskCheck, weighing_price};
use crate::effect::Refusal;
use crate::instrument::InstrumentId;
use crate::ledger::share;
use crate::order::{Link, OrderId};
use crate::view::View;
use crate::{Money, Price, Qty, Side};

/// How many times its equity an account may hold, in parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leverage {
    /// 1,000,000 is one times equity.
    pub ppm: i64,
}

impl Leverage {
    /// No borrowing.
    pub const ONE: Self = Self { ppm: 1_000_000 };

    /// What an account of this equity may hold; nothing when it is in debt.
    #[must_use]
    pub fn available(self, equity: Money) -> Money {
        if self == Self::ONE {
            return equity.max(Money::ZERO);
        }
        Money(share(equity.0.max(0), i128::from(self.ppm), 1_000_000))
    }

    /// What a position of this notional, not below zero, takes of its own money, rounded up.
    #[must_use]
    pub fn margin(self, notional: Money) -> Money {
        let whole = i128::from(self.ppm);
        let (times, rest) = (notional.0 / whole, notional.0 % whole);
        Money(times * 1_000_000 + (rest * 1_000_000 + whole - 1) / whole)
    }
}

/// Refuses what the account could not pay for.
#[derive(Clone, Copy, Debug)]
pub struct BuyingPower {
    /// The account's leverage.
    pub leverage: Leverage,
}

impl RiskCheck for BuyingPower {
    fn check(&self, addition: &Addition, view: View<'_>) -> Result<(), Refusal> {
        if only_reduces(addition, view) {
            return Ok(());
        }
        let more = added(addition, view);
        if more == Money::ZERO {
            return Ok(());
        }
        let required = with_more(addition, more, view);
        let available = self.leverage.available(view.equity());
        if required <= available {
            return Ok(());
        }
        let instrument = addition.instrument;
        Err(Refusal { instrument, check: Check::BuyingPower, limit: available.0, value: required.0 })
    }
}

/// Whether everything on the addition's side together could at most close the position.
fn only_reduces(addition: &Addition, view: View<'_>) -> bool {
    let position = view.position(addition.instrument);
    let working = view.state().orders.working(addition.instrument);
    // Of two orders of which one cancels the other, the quantity counts once.
    let more = if addition.adds_exposure(view) { addition.added } else { Qty::ZERO };
    match addition.side {
        Side::Buy => position < Qty::ZERO && position + working.buy + more <= Qty::ZERO,
        Side::Sell => position > Qty::ZERO && position - working.sell - more >= Qty::ZERO,
    }
}

/// What an addition adds to the gross value of its side, were it filled: a change, by how much more the order stands for
/// than before, and one of a pair, by how much dearer it is than the other.
fn added(addition: &Addition, view: View<'_>) -> Money {
    let (id, amends) = (addition.instrument, addition.amends);
    let price = weighing_price(addition, view).expect("the order rules were asked first");
    let leader = match addition.link {
        Link::OneCancelsOther(leader) if !addition.terms.reduce_only && !addition.opposes(view) => Some(leader),
        _ if !addition.adds_exposure(view) => return Money::ZERO,
        _ => amends,
    };
    let value = |price, quantity| view.instrument(id).value(price, quantity).0;
    let Some(order) = leader.and_then(|leader| view.order(leader)) else { return value(price, addition.added) };
    let (own, leaves) = (order.request.order, order.leaves());
    let more = if addition.adds_exposure(view) { addition.added } else { Qty::ZERO };
    let (before, after) = (dearest(own, None, view), price.max(dearest(own, amends, view)));
    (value(after, leaves + more) - value(before, leaves)).max(Money::ZERO)
}

/// The dearest price of an order and those of its side that cancel it, but for one that is about to change.
#[inline(never)]
fn dearest(leader: OrderId, but: Option<OrderId>, view: View<'_>) -> Price {
    let Some((id, side)) = view.order(leader).map(|order| (order.request.instrument, order.request.side)) else {
        return Price(0);
    };
    let group = view.live_orders(id).filter(|o| {
        let own = o.request.order;
        let follows = o.link() == Link::OneCancelsOther(leader) && o.request.side == side;
        (own == leader || follows) && Some(own) != but
    });
    let prices = group.filter_map(|o| o.dearest_price().or_else(|| view.last(id)));
    prices.max().unwrap_or_default()
}

/// Gross value of the account in its worst case, were the addition among its live orders.
///
/// What is held counts at its mark and every order at its own price, a market order at the last one: a cheap order must
/// not make a dear one, or the position, look cheap. Orders of one side of which one cancels the other count once, at the
/// dearest; of two sides each side counts in full. While an amendment is on its way the dearer of its prices counts.
///
/// # Panics
/// When no price of the instrument was seen: the order rules are asked first.
#[must_use]
pub fn required(addition: &Addition, view: View<'_>) -> Money {
    with_more(addition, added(addition, view), view)
}

fn with_more(addition: &Addition, more: Money, view: View<'_>) -> Money {
    let state = view.state();
    let own = addition.instrument;
    let mut more_there = [Money::ZERO; 2];
    more_there[addition.side as usize] = more;
    let mut total = Money::ZERO;
    for (index, position) in state.books.positions().enumerate() {
        let id = InstrumentId(u32::try_from(index).expect("instruments are numbered by u32"));
        let held = position.value;
        let more = if id == own { more_there } else { [Money::ZERO; 2] };
        let worst =
            if state.orders.live(id).is_empty() { worst(held, more) } else { worst(held, plus_live(more, id, view)) };
        total += state.books.to_home(index, worst);
    }
    total
}

/// The larger gross value of two: all buys filled, or all sells.
fn worst(held: Money, [buys, sells]: [Money; 2]) -> Money {
    let (bought, sold) = (held + buys, held - sells);
    Money(bought.0.abs().max(sold.0.abs()))
}

/// `values` and what the live orders of an instrument would trade for, by side.
#[inline(never)]
fn plus_live(mut values: [Money; 2], id: InstrumentId, view: View<'_>) -> [Money; 2] {
    let pairs = view.live_orders(id).any(|order| matches!(order.link(), Link::OneCancelsOther(_)));
    for order in view.live_orders(id).filter(|order| order.adds_exposure()) {
        let price = if pairs {
            dearest(order.request.order, None, view)
        } else {
            order.dearest_price().or_else(|| view.last(id)).unwrap_or_default()
        };
        values[order.request.side as usize] += view.instrument(id).value(price, order.leaves()).0;
    }
    values
}
