//! What the engine wants done, in the venue's parameters.
//!
//! The venue cuts off digits beyond its precision instead of refusing them, so an order that does not fit its tick or lot
//! is refused here. An order that only reduces becomes one of the position's stops or targets, whose direction is fixed;
//! any other that sleeps becomes a trigger order, which the venue wakes from the side on which the price is not.
use crate::Listed;
use crate::bingx::config::{PositionMode, Working};
use crate::bingx::sign::Params;
use engine::order::{OrderRequest, Terms, TimeInForce};
use engine::{Capabilities, OrderKind, Price, Qty, Side, Timestamp, Trail};
use std::fmt;

/// What the venue takes. Exits attached to an entry are not among it: the venue makes orders of its own of them, under ids
/// that nobody could tell to be ours after a lost answer.
#[must_use]
pub fn capabilities() -> Capabilities {
    let kinds = ["limit", "stop", "stop_limit", "trailing_stop", "market_if_touched", "limit_if_touched"];
    let mut able = Capabilities::LEAST.with_kinds(&kinds).with_times(&["ioc", "fok"]);
    (able.post_only, able.reduce_only, able.amend) = (true, true, true);
    able
}

/// Why an order is refused before it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Not a whole number of ticks.
    #[error("a price is no whole number of ticks: BingX would cut off digits")]
    Tick,
    /// Not a whole number of lots, or none.
    #[error("the quantity is no whole number of lots above zero: BingX would cut off digits")]
    Lot,
    /// Terms that this kind of order cannot have there.
    #[error("BingX takes these terms with limit orders alone")]
    Terms,
    /// A trail outside what the venue takes.
    #[error("BingX takes trails above zero and up to 100 %")]
    Trail,
}

/// A whole number of `10^-scale` as plain decimal text without trailing zeros.
#[derive(Clone, Copy, Debug)]
pub struct Steps(pub i64, pub u8);

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(mut raw, mut scale) = *self;
        while scale > 0 && raw % 10 == 0 {
            (raw, scale) = (raw / 10, scale - 1);
        }
        if scale == 0 {
            return write!(f, "{raw}");
        }
        let (sign, power) = (if raw < 0 { "-" } else { "" }, engine::measure::pow10(scale).unsigned_abs());
        let (whole, part) = (raw.unsigned_abs() / power, raw.unsigned_abs() % power);
        write!(f, "{sign}{whole}.{part:0width$}", width = usize::from(scale))
    }
}

/// How orders are written for an account.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How the account keeps positions.
    pub mode: PositionMode,
    /// Which price wakes sleeping orders.
    pub working: Working,
}

impl Style {
    /// The parameters of a new order.
    ///
    /// # Errors
    /// When the venue would take it for another order than it is.
    pub fn submit(
        self,
        request: &OrderRequest,
        listed: &Listed,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Params, Unfit> {
        let spec = listed.instrument.spec(now);
        let OrderRequest { kind, terms, side, quantity, .. } = *request;
        if quantity.0 <= 0 || quantity.0 % spec.lot.0 != 0 {
            return Err(Unfit::Lot);
        }
        if [kind.limit(), kind.trigger()].into_iter().flatten().any(|price| price.0 <= 0 || price.0 % spec.tick.0 != 0)
        {
            return Err(Unfit::Tick);
        }
        let scale = listed.instrument.price_scale;
        let price = |price: Price| Steps(price.0, scale);
        let (distance, rate) = trail(kind)?;
        let sleeps = kind.trigger().is_some();
        Ok(Params::new()
            .with("clientOrderId", client_id)
            .with("positionSide", self.position_side(side, terms))
            .with_some("price", kind.limit().or(distance).map(price))
            .with_some("priceRate", rate)
            .with("quantity", Steps(quantity.0, listed.instrument.qty_scale))
            .with_some("reduceOnly", self.says_reduce_only(terms).then_some("true"))
            .with("side", side_name(side))
            .with_some("stopPrice", kind.trigger().map(price))
            .with("symbol", &listed.symbol)
            .with_some("timeInForce", time_in_force(kind, terms)?)
            .with("type", kind_name(kind, terms.reduce_only))
            .with_some("workingType", sleeps.then_some(self.working_name())))
    }

    fn position_side(self, side: Side, terms: Terms) -> &'static str {
        match (self.mode, side, terms.reduce_only) {
            (PositionMode::OneWay, ..) => "BOTH",
            (PositionMode::Hedge, Side::Buy, false) | (PositionMode::Hedge, Side::Sell, true) => "LONG",
            (PositionMode::Hedge, Side::Sell, false) | (PositionMode::Hedge, Side::Buy, true) => "SHORT",
        }
    }

    /// In hedge mode the side of the position says it, and the flag is refused.
    fn says_reduce_only(self, terms: Terms) -> bool {
        terms.reduce_only && self.mode == PositionMode::OneWay
    }

    fn working_name(self) -> &'static str {
        match self.working {
            Working::Last => "CONTRACT_PRICE",
            Working::Mark => "MARK_PRICE",
        }
    }
}

/// The venue's name of a side.
#[must_use]
pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// The venue's name of a kind of order.
#[must_use]
pub fn kind_name(kind: OrderKind, reduces: bool) -> &'static str {
    match (kind, reduces) {
        (OrderKind::Market, _) => "MARKET",
        (OrderKind::Limit { .. }, _) => "LIMIT",
        (OrderKind::Stop { .. }, true) => "STOP_MARKET",
        (OrderKind::StopLimit { .. }, true) => "STOP",
        (OrderKind::MarketIfTouched { .. }, true) => "TAKE_PROFIT_MARKET",
        (OrderKind::LimitIfTouched { .. }, true) => "TAKE_PROFIT",
        (OrderKind::Stop { .. } | OrderKind::MarketIfTouched { .. }, false) => "TRIGGER_MARKET",
        (OrderKind::StopLimit { .. } | OrderKind::LimitIfTouched { .. }, false) => "TRIGGER_LIMIT",
        (OrderKind::TrailingStop { .. }, _) => "TRAILING_STOP_MARKET",
    }
}

fn time_in_force(kind: OrderKind, terms: Terms) -> Result<Option<&'static str>, Unfit> {
    let limit = matches!(kind, OrderKind::Limit { .. });
    match (terms.time_in_force, terms.post_only) {
        (TimeInForce::GoodTilCancelled, false) => Ok(None),
        (TimeInForce::GoodTilCancelled, true) if limit => Ok(Some("PostOnly")),
        (TimeInForce::ImmediateOrCancel, false) if limit => Ok(Some("IOC")),
        (TimeInForce::FillOrKill, false) if limit => Ok(Some("FOK")),
        // A market order is immediate as it is.
        (TimeInForce::ImmediateOrCancel, false) if kind == OrderKind::Market => Ok(None),
        _ => Err(Unfit::Terms),
    }
}

/// The distance of a trailing stop, or its share of the price.
fn trail(kind: OrderKind) -> Result<(Option<Price>, Option<Steps>), Unfit> {
    match kind {
        OrderKind::TrailingStop { trail: Trail::Amount(distance) } if distance.0 > 0 => Ok((Some(distance), None)),
        OrderKind::TrailingStop { trail: Trail::Ppm(ppm @ 1..=1_000_000) } => Ok((None, Some(Steps(ppm, 6)))),
        OrderKind::TrailingStop { .. } => Err(Unfit::Trail),
        _ => Ok((None, None)),
    }
}

/// How an order is named to the venue: by its own id where that is known, as that works for every kind of order.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// The venue's.
    Venue(u64),
    /// Ours.
    Client(&'a str),
}

/// The parameters that name one order: for a query or a cancel.
#[must_use]
pub fn named(name: Name<'_>, symbol: &str) -> Params {
    by_name(name).with("symbol", symbol)
}

/// The parameters of a change of an order's whole quantity.
///
/// # Errors
/// When it is no whole number of lots.
pub fn amend(name: Name<'_>, quantity: Qty, listed: &Listed, now: Timestamp) -> Result<Params, Unfit> {
    if quantity.0 <= 0 || quantity.0 % listed.instrument.spec(now).lot.0 != 0 {
        return Err(Unfit::Lot);
    }
    let quantity = Steps(quantity.0, listed.instrument.qty_scale);
    Ok(by_name(name).with("quantity", quantity).with("symbol", &listed.symbol))
}

fn by_name(name: Name<'_>) -> Params {
    match name {
        Name::Venue(id) => Params::new().with("orderId", id),
        Name::Client(id) => Params::new().with("clientOrderId", id),
    }
}
