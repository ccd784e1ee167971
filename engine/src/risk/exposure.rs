//! What the account could come to hold: positions, and everything that is on its way, in full.
//!
//! What is held counts at its mark and every order at its own price, a market order at the last one: a cheap order must
//! not make a dear one, or the position, look cheap. Orders of one side of which one cancels the other count once, at the
//! dearest; of two sides each side counts in full. While an amendment is on its way the dearer of its prices counts.
use super::{Addition, weighing_price};
use crate::instrument::InstrumentId;
use crate::order::{Link, OrderId};
use crate::view::View;
use crate::{Money, Price, Qty, Side};

/// The worst that filled, working and unknown orders together could lead to, in the account's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// Gross value of the addition's own instrument.
    pub own: Money,
    /// The same with its sign: long, or below zero for a short.
    pub signed: Money,
    /// Gross value of all instruments.
    pub gross: Money,
    /// Long less short of all instruments, without its sign: were all buys filled, or all sells.
    pub net: Money,
}

impl Exposure {
    /// Nothing.
    pub(super) const NONE: Self = Self { own: Money::ZERO, signed: Money::ZERO, gross: Money::ZERO, net: Money::ZERO };
}

/// Whether everything on the addition's side together could at most close the position.
#[must_use]
#[inline(always)]
pub fn only_reduces(addition: &Addition, view: View<'_>) -> bool {
    let position = view.position(addition.instrument);
    let after = worst_position(addition, view);
    match addition.side {
        Side::Buy => position < Qty::ZERO && after <= Qty::ZERO,
        Side::Sell => position > Qty::ZERO && after >= Qty::ZERO,
    }
}

/// The position if everything on the addition's side were filled, and nothing on the other.
#[must_use]
#[inline(always)]
pub fn worst_position(addition: &Addition, view: View<'_>) -> Qty {
    let position = view.position(addition.instrument);
    let working = view.state().orders.working(addition.instrument);
    // Of two orders of which one cancels the other, the quantity counts once.
    let more = if addition.adds_exposure(view) { addition.added } else { Qty::ZERO };
    match addition.side {
        Side::Buy => position + working.buy + more,
        Side::Sell => position - working.sell - more,
    }
}

/// What an addition adds to the gross value of its side, were it filled: a change, by how much more the order stands for
/// than before, and one of a pair, by how much dearer it is than the other.
#[inline(always)]
pub(super) fn added(addition: &Addition, view: View<'_>) -> Money {
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
    // Until the venue has answered, an amended order may trade at either of its prices.
    let before = dearest(own, view);
    let after = price.max(before);
    (value(after, leaves + more) - value(before, leaves)).max(Money::ZERO)
}

/// The dearest price of an order and those of its side that cancel it.
#[inline(never)]
fn dearest(leader: OrderId, view: View<'_>) -> Price {
    let Some((id, side)) = view.order(leader).map(|order| (order.request.instrument, order.request.side)) else {
        return Price(0);
    };
    let group = view.live_orders(id).filter(|o| {
        let follows = o.link() == Link::OneCancelsOther(leader) && o.request.side == side;
        o.request.order == leader || follows
    });
    let prices = group.filter_map(|o| o.dearest_price().or_else(|| view.last(id)));
    prices.max().unwrap_or_default()
}

/// Gross value of the account in its worst case, were the addition among its live orders.
///
/// # Panics
/// When no price of the instrument was seen: the order rules are asked first.
#[must_use]
pub fn required(addition: &Addition, view: View<'_>) -> Money {
    exposure(addition, true, view).gross
}

/// The worst case of the account, with the addition or as it is. Not inlined, as what it is made of is where orders are
/// weighed.
#[inline(never)]
pub(super) fn exposure(addition: &Addition, with: bool, view: View<'_>) -> Exposure {
    let more = if with { added(addition, view) } else { Money::ZERO };
    with_more(addition, more, view)
}

/// The worst case of the account if `more` were added to the addition's side.
#[inline(always)]
pub(super) fn with_more(addition: &Addition, more: Money, view: View<'_>) -> Exposure {
    let state = view.state();
    let own = addition.instrument;
    let mut more_there = [Money::ZERO; 2];
    more_there[addition.side as usize] = more;
    let (mut gross, mut signed) = (Money::ZERO, Money::ZERO);
    let (mut if_bought, mut if_sold) = (Money::ZERO, Money::ZERO);
    for (index, position) in state.books.positions().enumerate() {
        let id = InstrumentId(u32::try_from(index).expect("instruments are numbered by u32"));
        let held = position.value;
        let mut more = if id == own { more_there } else { [Money::ZERO; 2] };
        if !state.orders.live(id).is_empty() {
            more = plus_live(more, id, view);
        }
        let [buys, sells] = more;
        let (bought, sold) = (state.books.to_home(index, held + buys), state.books.to_home(index, held - sells));
        if_bought += bought;
        if_sold += sold;
        let worst = Money(bought.0.abs().max(sold.0.abs()));
        gross += worst;
        if id == own {
            signed = if bought.0.abs() >= sold.0.abs() { bought } else { sold };
        }
    }
    Exposure { own: Money(signed.0.abs()), signed, gross, net: Money(if_bought.0.abs().max(if_sold.0.abs())) }
}

/// What each instrument could come to at worst, signed; the addition's own is known already.
pub(super) fn worst_values<'a>(
    addition: &'a Addition,
    own: Money,
    view: View<'a>,
) -> impl Iterator<Item = Money> + use<'a> {
    let state = view.state();
    state.books.positions().enumerate().map(move |(index, position)| {
        let id = InstrumentId(index as u32);
        if id == addition.instrument {
            return own;
        }
        let [buys, sells] = plus_live([Money::ZERO; 2], id, view);
        let home = |amount| state.books.to_home(index, amount);
        let (bought, sold) = (home(position.value + buys), home(position.value - sells));
        if bought.0.abs() >= sold.0.abs() { bought } else { sold }
    })
}

/// `values` and what the live orders of an instrument would trade for, by side.
#[inline(never)]
fn plus_live(mut values: [Money; 2], id: InstrumentId, view: View<'_>) -> [Money; 2] {
    let pairs = view.live_orders(id).any(|order| matches!(order.link(), Link::OneCancelsOther(_)));
    for order in view.live_orders(id).filter(|order| order.adds_exposure()) {
        let price = if pairs {
            dearest(order.request.order, view)
        } else {
            order.dearest_price().or_else(|| view.last(id)).unwrap_or_default()
        };
        values[order.request.side as usize] += view.instrument(id).value(price, order.leaves()).0;
    }
    values
}
