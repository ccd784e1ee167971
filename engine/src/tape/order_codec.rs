//! Orders as bytes. A plain order has the bytes that it always had; terms and ties are written behind a tag of their own,
//! so that tapes and digests of older runs stay what they are.
use super::bytes::{Malformed, Put, Take};
use super::event_codec::{one_of, side};
use crate::order::{Link, OrderId, OrderKind, OrderRequest, Terms, TimeInForce, Trail};
use crate::{InstrumentId, Price, Qty, Timestamp};
use alloc::vec::Vec;

pub(super) const SUBMIT: u8 = 1;
pub(super) const SUBMIT_ON_TERMS: u8 = 7;

pub(super) fn encode_request(it: &OrderRequest, out: &mut Vec<u8>) {
    let plain = matches!(it.kind, OrderKind::Market | OrderKind::Limit { .. } | OrderKind::Stop { .. })
        && it.terms == Terms::PLAIN
        && it.link == Link::Alone;
    out.put_u8(if plain { SUBMIT } else { SUBMIT_ON_TERMS });
    out.put_u64(it.order.0);
    out.put_u32(it.instrument.0);
    out.put_u8(it.side as u8);
    out.put_i64(it.quantity.0);
    out.put_u8(it.kind.code());
    if plain {
        out.put_i64(it.kind.price().map_or(0, |p| p.0));
        return;
    }
    let (first, second) = match it.kind {
        OrderKind::Market => (0, 0),
        OrderKind::Limit { price } => (price.0, 0),
        OrderKind::Stop { trigger } | OrderKind::MarketIfTouched { trigger } => (trigger.0, 0),
        OrderKind::StopLimit { trigger, price } | OrderKind::LimitIfTouched { trigger, price } => (trigger.0, price.0),
        OrderKind::TrailingStop { trail: Trail::Amount(amount) } => (amount.0, 0),
        OrderKind::TrailingStop { trail: Trail::Ppm(ppm) } => (ppm, 1),
    };
    out.put_i64(first);
    out.put_i64(second);
    out.put_u8(it.terms.time_in_force.code());
    out.put_i64(if let TimeInForce::GoodTilDate(end) = it.terms.time_in_force { end.0 } else { 0 });
    out.put_u8(u8::from(it.terms.post_only) | u8::from(it.terms.reduce_only) << 1);
    let (tag, leader) = match it.link {
        Link::Alone => (0, 0),
        Link::Attached(order) => (1, order.0),
        Link::OneCancelsOther(order) => (2, order.0),
    };
    out.put_u8(tag);
    out.put_u64(leader);
}

pub(super) fn decode_request(tag: u8, take: &mut Take<'_>) -> Result<OrderRequest, Malformed> {
    let order = OrderId(take.u64("order")?);
    let instrument = InstrumentId(take.u32("instrument")?);
    let side = side(take)?;
    let quantity = Qty(take.i64("quantity")?);
    if tag == SUBMIT {
        let code = take.u8("order kind")?;
        let price = take.i64("price")?;
        let kind = if code <= 2 { kind(code, price, 0)? } else { return Err(Malformed("order kind")) };
        return Ok(OrderRequest::plain(order, instrument, side, quantity, kind));
    }
    let kind = kind(take.u8("order kind")?, take.i64("price")?, take.i64("price")?)?;
    let (terms, link) = (terms(take)?, link(take)?);
    let it = OrderRequest { order, instrument, side, quantity, kind, terms, link };
    if kind.code() <= 2 && terms == Terms::PLAIN && link == Link::Alone {
        return Err(Malformed("a plain order on terms")); // one order, one spelling
    }
    Ok(it)
}

fn kind(code: u8, first: i64, second: i64) -> Result<OrderKind, Malformed> {
    let (one, two) = (Price(first), Price(second));
    match (code, first, second) {
        (0, 0, 0) => Ok(OrderKind::Market),
        (1, _, 0) => Ok(OrderKind::Limit { price: one }),
        (2, _, 0) => Ok(OrderKind::Stop { trigger: one }),
        (3, ..) => Ok(OrderKind::StopLimit { trigger: one, price: two }),
        (4, _, 0) => Ok(OrderKind::TrailingStop { trail: Trail::Amount(one) }),
        (4, _, 1) => Ok(OrderKind::TrailingStop { trail: Trail::Ppm(first) }),
        (5, _, 0) => Ok(OrderKind::MarketIfTouched { trigger: one }),
        (6, ..) => Ok(OrderKind::LimitIfTouched { trigger: one, price: two }),
        _ => Err(Malformed("order kind")),
    }
}

fn terms(take: &mut Take<'_>) -> Result<Terms, Malformed> {
    let times = [
        TimeInForce::GoodTilCancelled,
        TimeInForce::Day,
        TimeInForce::ImmediateOrCancel,
        TimeInForce::FillOrKill,
        TimeInForce::GoodTilDate(Timestamp(0)),
        TimeInForce::AtOpen,
        TimeInForce::AtClose,
    ];
    let time = one_of(take, times, "time in force")?;
    let time_in_force = match (time, take.i64("time in force")?) {
        (TimeInForce::GoodTilDate(_), end) => TimeInForce::GoodTilDate(Timestamp(end)),
        (time, 0) => time,
        _ => return Err(Malformed("time in force")),
    };
    let flags = one_of(take, [(false, false), (true, false), (false, true), (true, true)], "terms")?;
    Ok(Terms { time_in_force, post_only: flags.0, reduce_only: flags.1 })
}

fn link(take: &mut Take<'_>) -> Result<Link, Malformed> {
    let tag = take.u8("link")?;
    match (tag, OrderId(take.u64("link")?)) {
        (0, OrderId(0)) => Ok(Link::Alone),
        (1, order) => Ok(Link::Attached(order)),
        (2, order) => Ok(Link::OneCancelsOther(order)),
        _ => Err(Malformed("link")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Side;
    use proptest::prelude::*;

    fn kind() -> impl Strategy<Value = OrderKind> {
        (0_usize..8, 1..i64::MAX, 1..i64::MAX).prop_map(|(which, one, two)| {
            let (trigger, price) = (Price(one), Price(two));
            [
                OrderKind::Market,
                OrderKind::Limit { price },
                OrderKind::Stop { trigger },
                OrderKind::StopLimit { trigger, price },
                OrderKind::TrailingStop { trail: Trail::Amount(price) },
                OrderKind::TrailingStop { trail: Trail::Ppm(one) },
                OrderKind::MarketIfTouched { trigger },
                OrderKind::LimitIfTouched { trigger, price },
            ][which]
        })
    }

    fn terms() -> impl Strategy<Value = Terms> {
        (0_usize..7, any::<i64>(), any::<bool>(), any::<bool>()).prop_map(|(which, end, post_only, reduce_only)| {
            let time_in_force = [
                TimeInForce::GoodTilCancelled,
                TimeInForce::Day,
                TimeInForce::ImmediateOrCancel,
                TimeInForce::FillOrKill,
                TimeInForce::GoodTilDate(Timestamp(end)),
                TimeInForce::AtOpen,
                TimeInForce::AtClose,
            ][which];
            Terms { time_in_force, post_only, reduce_only }
        })
    }

    pub(crate) fn request() -> impl Strategy<Value = OrderRequest> {
        let link = (0_usize..3, any::<u64>()).prop_map(|(which, order)| {
            [Link::Alone, Link::Attached(OrderId(order)), Link::OneCancelsOther(OrderId(order))][which]
        });
        let plain = any::<bool>();
        (any::<(u64, u32, i64, bool)>(), kind(), terms(), link, plain).prop_map(
            |((order, i, q, buy), kind, terms, link, plain)| {
                let side = if buy { Side::Buy } else { Side::Sell };
                let it = OrderRequest::plain(OrderId(order), InstrumentId(i), side, Qty(q), kind);
                if plain { it } else { OrderRequest { terms, link, ..it } }
            },
        )
    }
}
