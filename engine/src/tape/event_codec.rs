//! Events as bytes. A change here is a new schema with an upcaster from the old one.
use super::bytes::{Malformed, Put, Take};
use super::carry_codec::{RENAMED, SPLIT, decode_carry, encode_carry};
use super::watch_codec::{decode_operator, encode_operator};
use crate::event::{CashEvent, Certainty, Event, Fill, Liquidity, MarketCandle, MarketEvent, Reason, Report, TimerId};
use crate::feed::{FeedEvent, Standing};
use crate::order::{FillId, Label, OrderId};
use crate::{Candle, InstrumentId, Money, Price, Qty, Side, Timestamp};
use alloc::vec::Vec;

const CANDLE: u8 = 1;
const CASH: u8 = 2;
const TIMER: u8 = 3;
const OPERATOR: u8 = 11;
const FEED: u8 = 12;
const ACCEPTED: u8 = 16;
const REJECTED: u8 = 17;
const FILLED: u8 = 18;
const CANCELLED: u8 = 19;
const AMENDED: u8 = 20;
const CHANGE_REFUSED: u8 = 21;
const EXPIRED: u8 = 22;
const NOT_SENT: u8 = 23;
const LOST: u8 = 24;
const LIQUIDATED: u8 = 25;
const BUSTED: u8 = 26;

/// Appends an event.
pub fn encode_event(event: &Event, out: &mut Vec<u8>) {
    match event {
        Event::Market(MarketEvent::Candle(candle)) => encode_candle(candle, out),
        Event::Market(MarketEvent::Carry(carry)) => encode_carry(carry, out),
        Event::Cash(cash) => {
            out.put_u8(CASH);
            out.put_i128(cash.amount.0);
            out.put_u32(cash.label.0);
        }
        Event::Timer(timer) => {
            out.put_u8(TIMER);
            out.put_u32(timer.0);
        }
        Event::Report(report) => encode_report(report, out),
        Event::Operator(operator) => {
            out.put_u8(OPERATOR);
            encode_operator(operator, out);
        }
        Event::Feed(feed) => {
            out.put_u8(FEED);
            out.put_u32(feed.instrument.0);
            out.put_u8(feed.standing as u8);
        }
    }
}

fn encode_candle(it: &MarketCandle, out: &mut Vec<u8>) {
    out.put_u8(CANDLE);
    out.put_u32(it.instrument.0);
    out.put_u8(it.price_scale);
    let Candle { open_time, known_time, open, high, low, close, volume } = it.candle;
    for value in [open_time.0, known_time.0, open.0, high.0, low.0, close.0, volume] {
        out.put_i64(value);
    }
}

fn encode_report(report: &Report, out: &mut Vec<u8>) {
    let plain = |out: &mut Vec<u8>, tag, order: OrderId| {
        out.put_u8(tag);
        out.put_u64(order.0);
    };
    match *report {
        Report::Accepted { order } => plain(out, ACCEPTED, order),
        Report::Cancelled { order } => plain(out, CANCELLED, order),
        Report::Expired { order } => plain(out, EXPIRED, order),
        Report::NotSent { order } => plain(out, NOT_SENT, order),
        Report::Lost { order } => plain(out, LOST, order),
        Report::Rejected { order, reason } => {
            plain(out, REJECTED, order);
            out.put_u8(reason as u8);
        }
        Report::ChangeRefused { order, reason } => {
            plain(out, CHANGE_REFUSED, order);
            out.put_u8(reason as u8);
        }
        Report::Amended { order, quantity, price } => {
            plain(out, AMENDED, order);
            out.put_i64(quantity.0);
            out.put_i64(price.map_or(0, |p| p.0)); // a price is never zero
        }
        Report::Filled(fill) | Report::Liquidated(fill) | Report::Busted(fill) => {
            let tag = match report {
                Report::Liquidated(_) => LIQUIDATED,
                Report::Busted(_) => BUSTED,
                _ => FILLED,
            };
            plain(out, tag, fill.order);
            out.put(&fill.fill.0.to_le_bytes());
            out.put_u32(fill.instrument.0);
            out.put_u8(fill.side as u8);
            out.put_i64(fill.price.0);
            out.put_i64(fill.quantity.0);
            out.put_i128(fill.fee.0);
            out.put_u8(fill.liquidity as u8);
            out.put_u8(fill.certainty as u8);
            out.put_i64(fill.venue_time.0);
        }
    }
}

/// Reads an event that fills `bytes` exactly.
///
/// # Errors
/// When the bytes are no event.
pub fn decode_event(bytes: &[u8]) -> Result<Event, Malformed> {
    let mut take = Take(bytes);
    let event = match take.u8("event")? {
        CANDLE => decode_candle(&mut take)?,
        tag @ SPLIT..=RENAMED => decode_carry(tag, &mut take)?,
        CASH => Event::Cash(CashEvent { amount: Money(take.i128("cash")?), label: Label(take.u32("label")?) }),
        TIMER => Event::Timer(TimerId(take.u32("timer")?)),
        FEED => Event::Feed(FeedEvent {
            instrument: InstrumentId(take.u32("instrument")?),
            standing: one_of(&mut take, Standing::ALL, "standing")?,
        }),
        OPERATOR => Event::Operator(decode_operator(&mut take)?.kept()),
        tag => Event::Report(decode_report(tag, &mut take)?),
    };
    take.end("event").map(|()| event)
}

fn decode_candle(take: &mut Take<'_>) -> Result<Event, Malformed> {
    let instrument = InstrumentId(take.u32("instrument")?);
    let price_scale = take.u8("price scale")?;
    let mut next = || take.i64("candle");
    let candle = Candle {
        open_time: Timestamp(next()?),
        known_time: Timestamp(next()?),
        open: Price(next()?),
        high: Price(next()?),
        low: Price(next()?),
        close: Price(next()?),
        volume: next()?,
    };
    Ok(Event::Market(MarketEvent::Candle(MarketCandle { instrument, price_scale, candle })))
}

fn decode_report(tag: u8, take: &mut Take<'_>) -> Result<Report, Malformed> {
    let order = OrderId(take.u64("order")?);
    Ok(match tag {
        ACCEPTED => Report::Accepted { order },
        CANCELLED => Report::Cancelled { order },
        EXPIRED => Report::Expired { order },
        NOT_SENT => Report::NotSent { order },
        LOST => Report::Lost { order },
        REJECTED => Report::Rejected { order, reason: reason(take)? },
        CHANGE_REFUSED => Report::ChangeRefused { order, reason: reason(take)? },
        AMENDED => {
            let quantity = Qty(take.i64("quantity")?);
            let price = Some(Price(take.i64("price")?)).filter(|p| p.0 != 0);
            Report::Amended { order, quantity, price }
        }
        FILLED => Report::Filled(decode_fill(order, take)?),
        BUSTED => Report::Busted(decode_fill(order, take)?),
        LIQUIDATED => Report::Liquidated(decode_fill(order, take)?),
        _ => return Err(Malformed("event tag")),
    })
}

fn decode_fill(order: OrderId, take: &mut Take<'_>) -> Result<Fill, Malformed> {
    Ok(Fill {
        order,
        fill: FillId(take.u128("fill")?),
        instrument: InstrumentId(take.u32("instrument")?),
        side: side(take)?,
        price: Price(take.i64("price")?),
        quantity: Qty(take.i64("quantity")?),
        fee: Money(take.i128("fee")?),
        liquidity: one_of(take, [Liquidity::Maker, Liquidity::Taker], "liquidity")?,
        certainty: one_of(take, [Certainty::Certain, Certainty::PathDependent], "certainty")?,
        venue_time: Timestamp(take.i64("venue time")?),
    })
}

fn reason(take: &mut Take<'_>) -> Result<Reason, Malformed> {
    one_of(take, Reason::ALL, "reason")
}

pub(super) fn side(take: &mut Take<'_>) -> Result<Side, Malformed> {
    one_of(take, [Side::Buy, Side::Sell], "side")
}

pub(super) fn one_of<T: Copy, const N: usize>(
    take: &mut Take<'_>,
    all: [T; N],
    what: &'static str,
) -> Result<T, Malformed> {
    all.get(usize::from(take.u8(what)?)).copied().ok_or(Malformed(what))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn price() -> impl Strategy<Value = Price> {
        (1..i64::MAX).prop_map(Price)
    }

    pub(crate) fn fill() -> impl Strategy<Value = Fill> {
        let flags = (0_usize..2, 0_usize..2, 0_usize..2);
        (any::<(u64, u128, u32, i64, i128, i64)>(), price(), flags).prop_map(
            |((order, fill, i, q, fee, t), price, (s, l, c))| Fill {
                order: OrderId(order),
                fill: FillId(fill),
                instrument: InstrumentId(i),
                side: [Side::Buy, Side::Sell][s],
                price,
                quantity: Qty(q),
                fee: Money(fee),
                liquidity: [Liquidity::Maker, Liquidity::Taker][l],
                certainty: [Certainty::Certain, Certainty::PathDependent][c],
                venue_time: Timestamp(t),
            },
        )
    }

    pub(crate) fn event() -> impl Strategy<Value = Event> {
        let order = any::<u64>().prop_map(OrderId);
        let reason = (0..Reason::ALL.len()).prop_map(|i| Reason::ALL[i]);
        let plain = (order.clone(), 0_usize..5).prop_map(|(order, which)| {
            [
                Report::Accepted { order },
                Report::Cancelled { order },
                Report::Expired { order },
                Report::NotSent { order },
                Report::Lost { order },
            ][which]
        });
        let refused = (order.clone(), reason, any::<bool>()).prop_map(|(order, reason, new)| {
            if new { Report::Rejected { order, reason } } else { Report::ChangeRefused { order, reason } }
        });
        let amended = (order, any::<i64>(), prop::option::of(price())).prop_map(|(order, q, price)| Report::Amended {
            order,
            quantity: Qty(q),
            price,
        });
        let candle = any::<(u32, u8, [i64; 7])>().prop_map(|(i, price_scale, [a, b, c, d, e, f, volume])| {
            let candle = Candle {
                open_time: Timestamp(a),
                known_time: Timestamp(b),
                open: Price(c),
                high: Price(d),
                low: Price(e),
                close: Price(f),
                volume,
            };
            Event::Market(MarketEvent::Candle(MarketCandle { instrument: InstrumentId(i), price_scale, candle }))
        });
        prop_oneof![
            plain.prop_map(Event::Report),
            refused.prop_map(Event::Report),
            amended.prop_map(Event::Report),
            fill().prop_map(|f| Event::Report(Report::Filled(f))),
            fill().prop_map(|f| Event::Report(Report::Liquidated(f))),
            fill().prop_map(|f| Event::Report(Report::Busted(f))),
            crate::tape::carry_codec::tests::carry(),
            candle,
            any::<(i128, u32)>().prop_map(|(a, l)| Event::Cash(CashEvent { amount: Money(a), label: Label(l) })),
            any::<u32>().prop_map(|t| Event::Timer(TimerId(t))),
            (any::<u32>(), 0_usize..3).prop_map(|(id, place)| {
                Event::Feed(FeedEvent { instrument: InstrumentId(id), standing: Standing::ALL[place] })
            }),
            crate::tape::watch_codec::tests::operator().prop_map(|it| Event::Operator(it.kept())),
        ]
    }

    proptest! {
        #[test]
        fn an_event_is_read_as_it_was_written(event in event()) {
            let mut bytes = Vec::new();
            encode_event(&event, &mut bytes);
            prop_assert_eq!(decode_event(&bytes), Ok(event));
            // One byte less or more is no event.
            prop_assert!(decode_event(&bytes[..bytes.len() - 1]).is_err());
            bytes.push(0);
            prop_assert!(decode_event(&bytes).is_err());
        }

        #[test]
        fn any_bytes_are_an_event_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            if let Ok(event) = decode_event(&bytes) {
                let mut again = Vec::new();
                encode_event(&event, &mut again);
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
