//! Orders that are tied to each other, as the one message in which Alpaca takes them: bracket, one-triggers-other,
//! one-cancels-other. A group that it does not offer is refused whole: an entry without its stop is not what was asked.
use super::orders::{Hours, new_order};
use super::symbols::Class;
use crate::alpaca::wire::request::{NewOrder, StopLoss, TakeProfit};
use crate::listing::Listed;
use engine::order::{Link, OrderId, OrderKind, OrderRequest, TimeInForce};

/// What a leg of a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The exit with a profit: a limit order.
    TakeProfit,
    /// The exit with a loss: a stop.
    StopLoss,
}

impl Role {
    /// What an order of this kind can be in a group.
    #[must_use]
    pub fn of(kind: OrderKind) -> Option<Self> {
        match kind {
            OrderKind::Limit { .. } => Some(Self::TakeProfit),
            OrderKind::Stop { .. } | OrderKind::StopLimit { .. } => Some(Self::StopLoss),
            _ => None,
        }
    }

    /// The same of the venue's word for a kind.
    #[must_use]
    pub fn named(kind: &str) -> Option<Self> {
        match kind {
            "limit" => Some(Self::TakeProfit),
            "stop" | "stop_limit" => Some(Self::StopLoss),
            _ => None,
        }
    }
}

/// A group as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The order that the venue knows by our name. Of one-cancels-other it is the limit order, whichever led.
    pub parent: OrderId,
    /// The message.
    pub body: NewOrder,
    /// The others, which the venue names itself.
    pub children: Vec<(OrderId, Role)>,
}

/// A leader and the orders tied to it as one message; `name` is our name for an order.
///
/// # Errors
/// Says what about the group Alpaca does not offer.
pub fn group(
    it: &Listed,
    leader: &OrderRequest,
    others: &[&OrderRequest],
    name: impl Fn(OrderId) -> String,
    hours: Hours,
) -> Result<Group, &'static str> {
    let Some(first) = others.first() else {
        let body = new_order(it, leader, name(leader.order), hours)?;
        return Ok(Group { parent: leader.order, body, children: Vec::new() });
    };
    if Class::of(&it.symbol) == Class::Crypto {
        return Err("for crypto Alpaca takes no orders that are tied to others");
    }
    let same = |order: &&OrderRequest| {
        order.instrument == leader.instrument
            && order.quantity == leader.quantity
            && order.terms.time_in_force == leader.terms.time_in_force
    };
    if !others.iter().all(same) {
        return Err("Alpaca takes orders that are tied to others only with one quantity and one time in force");
    }
    if !matches!(leader.terms.time_in_force, TimeInForce::Day | TimeInForce::GoodTilCancelled) {
        return Err("Alpaca takes orders that are tied to others only as day or gtc");
    }
    match first.link {
        Link::OneCancelsOther(_) => one_cancels_other(it, leader, others, name),
        _ => bracket(it, leader, others, name),
    }
}

fn bracket(
    it: &Listed,
    entry: &OrderRequest,
    exits: &[&OrderRequest],
    name: impl Fn(OrderId) -> String,
) -> Result<Group, &'static str> {
    if exits.iter().any(|exit| exit.side == entry.side || !matches!(exit.link, Link::Attached(_))) {
        return Err("Alpaca takes exits of the other side attached to an entry, and nothing else beside them");
    }
    // No extended hours: the venue takes none with a bracket.
    let mut body = new_order(it, entry, name(entry.order), Hours::Regular)?;
    let mut children = Vec::new();
    for exit in exits {
        let role = Role::of(exit.kind).ok_or("Alpaca attaches limit, stop and stop-limit orders alone")?;
        let leg = new_order(it, exit, String::new(), Hours::Regular)?;
        if children.iter().any(|(_, other)| *other == role) {
            return Err("Alpaca attaches one take-profit and one stop-loss at most");
        }
        attach(&mut body, role, leg);
        children.push((exit.order, role));
    }
    body.order_class = Some(if children.len() == 2 { "bracket" } else { "oto" });
    Ok(Group { parent: entry.order, body, children })
}

fn one_cancels_other(
    it: &Listed,
    leader: &OrderRequest,
    others: &[&OrderRequest],
    name: impl Fn(OrderId) -> String,
) -> Result<Group, &'static str> {
    const OFFERED: &str = "Alpaca lets one limit order and one stop of one side cancel each other, and nothing else";
    let [other] = others else { return Err(OFFERED) };
    let (limit, stop) = match (Role::of(leader.kind), Role::of(other.kind)) {
        (Some(Role::TakeProfit), Some(Role::StopLoss)) => (leader, *other),
        (Some(Role::StopLoss), Some(Role::TakeProfit)) => (*other, leader),
        _ => return Err(OFFERED),
    };
    if leader.side != other.side || !matches!(other.link, Link::OneCancelsOther(_)) {
        return Err(OFFERED);
    }
    let mut body = new_order(it, limit, name(limit.order), Hours::Regular)?;
    attach(&mut body, Role::StopLoss, new_order(it, stop, String::new(), Hours::Regular)?);
    // The limit stands in the take-profit; the venue's own examples leave it out beside.
    body.take_profit = body.limit_price.take().map(|limit_price| TakeProfit { limit_price });
    body.order_class = Some("oco");
    Ok(Group { parent: limit.order, body, children: vec![(stop.order, Role::StopLoss)] })
}

fn attach(body: &mut NewOrder, role: Role, leg: NewOrder) {
    match (role, leg.limit_price, leg.stop_price) {
        (Role::TakeProfit, Some(limit_price), _) => body.take_profit = Some(TakeProfit { limit_price }),
        (Role::StopLoss, limit_price, Some(stop_price)) => body.stop_loss = Some(StopLoss { stop_price, limit_price }),
        _ => {}
    }
}
