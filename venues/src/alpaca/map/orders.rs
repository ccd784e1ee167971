//! Orders of ours in Alpaca's words. What it does not offer is refused here, in words, before anything leaves.
use super::symbols::Class;
use crate::alpaca::wire::request::{NewOrder, Replacement};
use crate::listing::Listed;
use engine::measure::scaled_text;
use engine::order::{Link, OrderKind, OrderRequest, TimeInForce, Trail};
use engine::{Price, Qty, Side};

/// When stocks are traded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hours {
    /// In the sessions of the exchanges.
    #[default]
    Regular,
    /// Also before and after: the venue takes limit orders alone then.
    Extended,
}

/// The body of an order that is tied to none.
///
/// # Errors
/// Says what about it Alpaca does not offer.
pub fn new_order(it: &Listed, request: &OrderRequest, id: String, hours: Hours) -> Result<NewOrder, &'static str> {
    let class = Class::of(&it.symbol);
    if request.terms.post_only {
        return Err("Alpaca has no orders that only give liquidity");
    }
    if request.terms.reduce_only && !matches!(request.link, Link::Attached(_)) {
        return Err("Alpaca has no orders that only reduce");
    }
    let price = |price: Price| Some(scaled_text(price.0, it.instrument.price_scale));
    let mut body = NewOrder {
        symbol: it.symbol.clone(),
        qty: Some(quantity(it, request.quantity)),
        side: request.side.name(),
        kind: kind(request.kind, class)?,
        time_in_force: time_in_force(request.terms.time_in_force, class)?,
        client_order_id: Some(id),
        ..NewOrder::default()
    };
    match request.kind {
        OrderKind::Limit { price: limit } => body.limit_price = price(limit),
        OrderKind::Stop { trigger } => body.stop_price = price(trigger),
        OrderKind::StopLimit { trigger, price: limit } => {
            (body.stop_price, body.limit_price) = (price(trigger), price(limit));
        }
        OrderKind::TrailingStop { trail: Trail::Amount(amount) } => body.trail_price = price(amount),
        // Parts per million of the best price, in per cent.
        OrderKind::TrailingStop { trail: Trail::Ppm(ppm) } => body.trail_percent = Some(scaled_text(ppm, 4)),
        OrderKind::Market | OrderKind::MarketIfTouched { .. } | OrderKind::LimitIfTouched { .. } => {}
    }
    let outside = hours == Hours::Extended && class == Class::Stock && body.kind == "limit";
    body.extended_hours = (outside && matches!(body.time_in_force, "day" | "gtc")).then_some(true);
    Ok(body)
}

/// What is to change: the quantity of the venue's new order where it is another one, and the price where it moves. The
/// venue's new order begins with nothing filled, so that its quantity is what is left of ours.
#[must_use]
pub fn replacement(it: &Listed, kind: OrderKind, left: Option<Qty>, moved: Option<Price>, id: String) -> Replacement {
    let price = |price: Price| Some(scaled_text(price.0, it.instrument.price_scale));
    let mut body =
        Replacement { qty: left.map(|left| quantity(it, left)), client_order_id: Some(id), ..Replacement::default() };
    if let Some(moved) = moved {
        match kind {
            OrderKind::Limit { .. } | OrderKind::StopLimit { .. } => body.limit_price = price(moved),
            OrderKind::Stop { .. } => body.stop_price = price(moved),
            _ => {}
        }
    }
    body
}

/// A quantity as decimal text.
pub(super) fn quantity(it: &Listed, quantity: Qty) -> String {
    scaled_text(quantity.0, it.instrument.qty_scale)
}

fn kind(kind: OrderKind, class: Class) -> Result<&'static str, &'static str> {
    match (kind, class) {
        (OrderKind::Market, _) => Ok("market"),
        (OrderKind::Limit { .. }, _) => Ok("limit"),
        (OrderKind::StopLimit { .. }, _) => Ok("stop_limit"),
        (OrderKind::Stop { .. }, Class::Stock) => Ok("stop"),
        (OrderKind::TrailingStop { .. }, Class::Stock) => Ok("trailing_stop"),
        (OrderKind::Stop { .. } | OrderKind::TrailingStop { .. }, Class::Crypto) => {
            Err("for crypto Alpaca takes market, limit and stop-limit orders alone")
        }
        (OrderKind::MarketIfTouched { .. } | OrderKind::LimitIfTouched { .. }, _) => {
            Err("Alpaca has no orders that a touch wakes")
        }
    }
}

fn time_in_force(time: TimeInForce, class: Class) -> Result<&'static str, &'static str> {
    match (time, class) {
        (TimeInForce::GoodTilDate(_), _) => Err("Alpaca has no orders that last until an instant"),
        (TimeInForce::GoodTilCancelled | TimeInForce::ImmediateOrCancel, _) | (_, Class::Stock) => Ok(time.name()),
        (_, Class::Crypto) => Err("for crypto Alpaca takes gtc and ioc alone"),
    }
}

/// The side of a word; `sell_short` is a sale.
#[must_use]
pub fn side(word: &str) -> Option<Side> {
    match word {
        "buy" => Some(Side::Buy),
        "sell" | "sell_short" => Some(Side::Sell),
        _ => None,
    }
}
