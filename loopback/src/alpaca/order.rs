//! An order as the venue keeps it, and as it shows it.
use super::activity::Known;
use super::asset::Asset;
use super::draft::{Pricing, Trailing};
use super::node::Node;
use super::words::{Class, Span, Status, side_name};
use engine::order::{OrderId, OrderKind, Trail};
use engine::{Side, Timestamp};
use rust_decimal::Decimal;

/// When what happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) created: Timestamp,
    /// The same by the machine's clock.
    pub(crate) created_wall: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) filled: Option<Timestamp>,
    pub(crate) expired: Option<Timestamp>,
    pub(crate) canceled: Option<Timestamp>,
    pub(crate) failed: Option<Timestamp>,
    pub(crate) replaced: Option<Timestamp>,
}

impl Times {
    pub(crate) fn new(now: Timestamp, wall: Timestamp) -> Self {
        let (created, updated, created_wall) = (now, now, wall);
        let (filled, expired, canceled, failed, replaced) = (None, None, None, None, None);
        Self { created, created_wall, updated, filled, expired, canceled, failed, replaced }
    }
}

impl Times {
    /// When it was submitted, by both clocks.
    pub(crate) fn known(&self) -> Known {
        Known { market: self.created, wall: self.created_wall }
    }
}

/// What a change of an order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Nothing is under way.
    Nothing,
    /// The exchange is to cancel it; it stood like this before.
    Cancel(Status),
    /// The exchange is to change it into that order; it stood like this before.
    Replace(usize, Status),
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) client_id: String,
    /// The place of its asset.
    pub(crate) asset: usize,
    /// What was asked for in dollars, if it was.
    pub(crate) notional: Option<Decimal>,
    /// How much is to be traded in all.
    pub(crate) quantity: Decimal,
    pub(crate) filled: Decimal,
    /// What the fills so far were worth.
    pub(crate) worth: Decimal,
    pub(crate) class: Class,
    pub(crate) pricing: Pricing,
    pub(crate) side: Side,
    pub(crate) span: Span,
    pub(crate) extended_hours: bool,
    pub(crate) intent: &'static str,
    pub(crate) status: Status,
    pub(crate) waiting: Waiting,
    pub(crate) times: Times,
    pub(crate) replaces: Option<usize>,
    pub(crate) replaced_by: Option<usize>,
    /// The order that this one is an exit of.
    pub(crate) parent: Option<usize>,
    pub(crate) legs: Vec<usize>,
    /// Its number at the exchange, once it is there.
    pub(crate) number: Option<OrderId>,
    /// The best price that a trailing stop has seen.
    pub(crate) high_water: Option<Decimal>,
}

impl Order {
    /// What may still be filled.
    pub(crate) fn leaves(&self) -> Decimal {
        if self.status.is_final() { Decimal::ZERO } else { self.quantity - self.filled }
    }

    /// The mean price of its fills, to nine decimals.
    pub(crate) fn average(&self) -> Option<Decimal> {
        self.worth.checked_div(self.filled).map(|price| price.round_dp(9))
    }

    /// Whether it is at the exchange or on its way there.
    pub(crate) fn works(&self) -> bool {
        !self.status.is_final() && self.status != Status::Held
    }

    /// Takes note of a price: a trailing stop follows the better ones.
    pub(crate) fn follow(&mut self, price: Decimal) {
        let better = match (self.high_water, self.side) {
            (None, _) => true,
            (Some(best), Side::Sell) => price > best,
            (Some(best), Side::Buy) => price < best,
        };
        if better {
            self.high_water = Some(price);
        }
    }

    /// Where it stops: a trailing stop so far behind its best price.
    fn stop(&self) -> Option<Decimal> {
        let (Some(trail), Some(best)) = (self.pricing.trail, self.high_water) else { return self.pricing.stop };
        let distance = match trail {
            Trailing::Price(price) => price,
            Trailing::Percent(percent) => best * percent / Decimal::ONE_HUNDRED,
        };
        Some(if self.side == Side::Sell { best - distance } else { best + distance })
    }

    /// What the exchange is asked for; `None` where a price is finer than its step.
    pub(crate) fn exchange_kind(&self, asset: &Asset) -> Option<OrderKind> {
        exchange_kind(&self.pricing, asset)
    }

    /// The order with its legs left out; `named` gives the id of another order.
    pub(crate) fn node<'a>(&self, asset: &Asset, named: impl Fn(usize) -> &'a str) -> Node {
        let time = |time: Option<Timestamp>| Node::from(time);
        let id = |place: Option<usize>| Node::from(place.map(|place| named(place).to_string()));
        let (trail_price, trail_percent) = match self.pricing.trail {
            Some(Trailing::Price(price)) => (Some(price), None),
            Some(Trailing::Percent(percent)) => (None, Some(percent)),
            None => (None, None),
        };
        let quantity = if self.notional.is_some() { None } else { Some(self.quantity) };
        Node::map([
            ("id", self.id.clone().into()),
            ("client_order_id", self.client_id.clone().into()),
            ("created_at", self.times.created.into()),
            ("updated_at", self.times.updated.into()),
            ("submitted_at", self.times.created.into()),
            ("filled_at", time(self.times.filled)),
            ("expired_at", time(self.times.expired)),
            ("canceled_at", time(self.times.canceled)),
            ("failed_at", time(self.times.failed)),
            ("replaced_at", time(self.times.replaced)),
            ("replaced_by", id(self.replaced_by)),
            ("replaces", id(self.replaces)),
            ("asset_id", asset.id.clone().into()),
            ("symbol", asset.symbol.clone().into()),
            ("asset_class", asset.class.name().into()),
            ("notional", Node::digits_or_null(self.notional)),
            ("qty", Node::digits_or_null(quantity)),
            ("filled_qty", Node::digits(self.filled)),
            ("filled_avg_price", Node::digits_or_null(self.average())),
            ("order_class", self.class.name().into()),
            ("order_type", self.pricing.kind.name().into()),
            ("type", self.pricing.kind.name().into()),
            ("side", side_name(self.side).into()),
            ("position_intent", self.intent.into()),
            ("time_in_force", self.span.name().into()),
            ("limit_price", Node::digits_or_null(self.pricing.limit)),
            ("stop_price", Node::digits_or_null(self.stop())),
            ("status", self.status.name().into()),
            ("extended_hours", self.extended_hours.into()),
            ("trail_percent", Node::digits_or_null(trail_percent)),
            ("trail_price", Node::digits_or_null(trail_price)),
            ("hwm", Node::digits_or_null(self.high_water)),
            ("subtag", Node::Null),
            ("source", Node::Null),
        ])
    }
}

/// What the exchange is asked for; `None` where a price is finer than its step.
pub(crate) fn exchange_kind(pricing: &Pricing, asset: &Asset) -> Option<OrderKind> {
    use super::words::Kind;
    let limit = || asset.to_price(pricing.limit?);
    let stop = || asset.to_price(pricing.stop?);
    Some(match pricing.kind {
        Kind::Market => OrderKind::Market,
        Kind::Limit => OrderKind::Limit { price: limit()? },
        Kind::Stop => OrderKind::Stop { trigger: stop()? },
        Kind::StopLimit => OrderKind::StopLimit { trigger: stop()?, price: limit()? },
        Kind::TrailingStop => OrderKind::TrailingStop {
            trail: match pricing.trail? {
                Trailing::Price(price) => Trail::Amount(asset.to_price(price)?),
                Trailing::Percent(percent) => {
                    let ppm = (percent * Decimal::from(10_000)).normalize();
                    if ppm.scale() > 0 {
                        return None;
                    }
                    Trail::Ppm(i64::try_from(ppm.mantissa()).ok()?)
                }
            },
        },
    })
}
