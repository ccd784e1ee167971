//! Fills: from the stream as they happen, from the activities where the stream was not there. Each is booked once.
use super::connector::{Alpaca, alive};
use super::earlier::Telling;
use super::legs::Booking;
use super::map::orders::side;
use super::wire::activity::Activity;
use super::wire::update::{Message, Update, message};
use crate::happening::{Channel, Happening};
use crate::instant::instant;
use crate::numbers::{Number, NumberError, steps, steps_down};
use engine::event::{Certainty, Fill, Liquidity, Report};
use engine::order::{FillId, OrderId};
use engine::{Money, Price, Qty, Side, Timestamp};

/// A fill as somebody tells it.
struct Told<'a> {
    leg: &'a str,
    /// Which fill: the bits of a UUID.
    id: Option<u128>,
    /// Whether that is the id of the stream.
    streamed: bool,
    price: Option<Number<'a>>,
    quantity: Option<Number<'a>>,
    /// How much of the leg is filled with it.
    filled: Option<Number<'a>>,
    side: Option<&'a str>,
    time: Timestamp,
}

impl Alpaca {
    /// Something happened to an order, as the stream tells it; `json` is the whole message.
    pub(super) fn updated(&mut self, update: &Update<'_>, json: &str) {
        let execution = update.execution_id.as_deref().and_then(uuid_bits);
        let Some(order) = self.owner_of(&update.order) else { return self.updated_elsewhere(update, json) };
        if execution.is_some_and(|execution| !self.executions.is_new(execution)) {
            return self.happened(alive(Channel::Orders));
        }
        let before = self.out.len();
        self.observe(order, &update.order);
        if matches!(&*update.event, "new" | "accepted" | "pending_new" | "held") {
            self.count_carried(order, &update.order);
        }
        self.settle_amendment(order);
        match &*update.event {
            "fill" | "partial_fill" => self.executed(order, update, execution),
            "trade_bust" => self.busted(order, update),
            "trade_correct" => {
                self.busted(order, update);
                self.executed(order, update, execution);
            }
            "order_replace_rejected" => {
                self.amend_failed(
                    order,
                    engine::event::Reason::Invalid,
                    "the venue rejected it: order_replace_rejected",
                );
            }
            "order_cancel_rejected" => {
                let asked = self.book.get_mut(order).and_then(|it| it.cancelling.take()).is_some();
                if asked {
                    self.refuse_change(
                        order,
                        engine::event::Reason::Invalid,
                        "the venue rejected it: order_cancel_rejected",
                    );
                }
                self.look_soon(order);
            }
            _ => {}
        }
        self.settle_group(order);
        if self.out.len() == before {
            self.happened(alive(Channel::Orders));
        }
    }

    /// An update of an order that is not followed: of a group whose legs are not known yet, of an order that ended long ago,
    /// or of somebody else's.
    fn updated_elsewhere(&mut self, update: &Update<'_>, json: &str) {
        const EARLY: usize = 256;
        if self.private.early.len() < EARLY && self.waits_for_legs() {
            self.private.early.push(json.to_owned());
            return;
        }
        let what = format!(
            "{} of order {} of {} {} at the venue",
            update.event,
            update.order.client_order_id.as_deref().unwrap_or(&update.order.id),
            update.order.side.as_deref().unwrap_or_default(),
            update.order.symbol
        );
        let what = self.clean(&what);
        let repeated = update.execution_id.as_deref().and_then(uuid_bits).is_some_and(|id| !self.executions.is_new(id));
        self.happened(if repeated { alive(Channel::Orders) } else { Happening::Foreign(what) });
    }

    /// Whether there are orders whose legs the venue names itself and has not shown yet.
    pub(super) fn waits_for_legs(&self) -> bool {
        self.book.live().any(|(_, tracked)| tracked.parent.is_some() && tracked.legs.is_empty())
    }

    /// Updates that came before it was known whose they are, once it is.
    pub(super) fn hear_early(&mut self) {
        if self.private.early.is_empty() || self.waits_for_legs() {
            return;
        }
        for json in std::mem::take(&mut self.private.early) {
            if let Ok(Message::Update(update)) = message(&json) {
                self.updated(&update, &json);
            }
        }
    }

    fn executed(&mut self, order: OrderId, update: &Update<'_>, execution: Option<u128>) {
        let told = Told {
            leg: &update.order.id,
            id: execution,
            streamed: true,
            price: update.price,
            quantity: update.qty,
            filled: update.order.filled_qty,
            side: update.order.side.as_deref(),
            time: self.time_of(update.timestamp.as_deref()),
        };
        self.told(order, &told);
    }

    /// A fill of the activities; whether it was new.
    pub(super) fn on_fill(&mut self, activity: &Activity<'_>) -> bool {
        let Some(leg) = activity.order_id.as_deref() else { return false };
        let Some(order) = self.book.of_leg(leg) else {
            let time = self.time_of(activity.transaction_time.as_deref());
            // Of before the session nobody wants to be told: it was, or it was never ours. While something of ours is on its
            // way this may be of it: it is listed again.
            let on_its_way = self.book.live().any(|(_, it)| it.legs.is_empty() || it.amendment.is_some());
            if time >= self.began && !on_its_way && self.strangers.is_new(activity.id.to_string()) {
                let symbol = activity.symbol.as_deref().unwrap_or_default();
                let what = self.clean(&format!("a fill of order {leg} of {symbol} at the venue"));
                self.happened(Happening::Foreign(what));
            }
            return false;
        };
        let told = Told {
            leg,
            id: activity.id.rsplit("::").next().and_then(uuid_bits),
            streamed: false,
            price: activity.price,
            quantity: activity.qty,
            filled: activity.cum_qty,
            side: activity.side.as_deref(),
            time: self.time_of(activity.transaction_time.as_deref()),
        };
        self.told(order, &told)
    }

    fn time_of(&self, text: Option<&str>) -> Timestamp {
        text.and_then(|text| instant(text).ok()).unwrap_or(self.now.wall)
    }

    /// Books a fill if it is new.
    fn told(&mut self, order: OrderId, told: &Told<'_>) -> bool {
        match self.weigh(order, told) {
            Ok(fill) => {
                let booked = fill.is_some();
                fill.into_iter().for_each(|fill| self.report(Report::Filled(fill)));
                booked
            }
            Err(error) => {
                self.note(&format!("a fill of order {} cannot be booked: {error}", order.0));
                false
            }
        }
    }

    /// What is to be booked of a fill, if anything is.
    fn weigh(&mut self, order: OrderId, told: &Told<'_>) -> Result<Option<Fill>, NumberError> {
        let Some(tracked) = self.book.get(order) else { return Ok(None) };
        let (instrument, asked) = (tracked.request.instrument, tracked.request.side);
        let Some(it) = self.symbols.get(instrument) else { return Ok(None) };
        let scales = (it.instrument.price_scale, it.instrument.qty_scale);
        let side = told.side.and_then(side).unwrap_or(asked);
        let text = |number: Option<Number<'_>>, what: &str| {
            number.map(|number| number.0.to_owned()).ok_or_else(|| NumberError::NotANumber(format!("no {what}")))
        };
        let quantity = steps(&text(told.quantity, "quantity")?, scales.1)?;
        let (price, rounded) = price_against(&text(told.price, "price")?, scales.0, side)?;
        let filled = told.filled.map(|filled| steps(filled.0, scales.1)).transpose()?;
        let Some(tracked) = self.book.get_mut(order) else { return Ok(None) };
        let Some(leg) = tracked.leg(told.leg) else { return Ok(None) };
        let filled = filled.unwrap_or_else(|| leg.carried.saturating_add(leg.booked()).saturating_add(quantity));
        // An id that cannot be read is made of what the fill is: the same for each telling.
        let id = told.id.unwrap_or_else(|| made_up(told.leg, filled));
        let from = filled.saturating_sub(quantity);
        let telling = Telling { id: Some(id), quantity, price, from, time: told.time, streamed: told.streamed };
        let Booking::Book(part) = tracked.fill(told.leg, &telling) else { return Ok(None) };
        if part != quantity {
            self.note(&format!("of a fill of order {} a part was booked before: the rest is booked now", order.0));
        }
        if rounded {
            self.note(&format!("the price of a fill of order {} is finer than its instrument's scale: it is rounded against the account", order.0));
        }
        Ok(Some(Fill {
            order,
            fill: FillId(id),
            instrument,
            side,
            price: Price(price),
            quantity: Qty(part),
            fee: Money::ZERO,
            liquidity: Liquidity::Taker,
            certainty: Certainty::Certain,
            venue_time: told.time,
        }))
    }

    /// The venue takes a fill back.
    fn busted(&mut self, order: OrderId, update: &Update<'_>) {
        let Some(previous) = update.previous_execution_id.as_deref().and_then(uuid_bits) else {
            return self.note(&format!("the venue takes back a fill of order {} and does not say which", order.0));
        };
        let Some(tracked) = self.book.get_mut(order) else { return };
        let (instrument, side) = (tracked.request.instrument, tracked.request.side);
        let Some((quantity, price)) = tracked.leg_mut(&update.order.id).and_then(|leg| leg.bust(previous)) else {
            return self.note(&format!("the venue takes back a fill of order {} that is not known here", order.0));
        };
        let venue_time = self.time_of(update.timestamp.as_deref());
        self.report(Report::Busted(Fill {
            order,
            fill: FillId(previous),
            instrument,
            side,
            price: Price(price),
            quantity: Qty(quantity),
            fee: Money::ZERO,
            liquidity: Liquidity::Taker,
            certainty: Certainty::Certain,
            venue_time,
        }));
    }
}

/// A price in steps; one that is finer is rounded against the account: up for a buy, down for a sale.
fn price_against(text: &str, scale: u8, side: Side) -> Result<(i64, bool), NumberError> {
    let (down, rounded) = steps_down(text, scale)?;
    Ok((down.saturating_add(i64::from(rounded && side == Side::Buy)), rounded))
}

/// The 128 bits of a UUID; `None` of what is none.
pub(super) fn uuid_bits(text: &str) -> Option<u128> {
    let groups =
        text.len() == 36 && text.bytes().enumerate().all(|(at, b)| (b == b'-') == matches!(at, 8 | 13 | 18 | 23));
    if !groups {
        return None;
    }
    text.bytes()
        .filter(|b| *b != b'-')
        .try_fold(0, |bits: u128, b| char::from(b).to_digit(16).map(|digit| bits << 4 | u128::from(digit)))
}

/// An id from the venue's order and what was filled of it.
fn made_up(leg: &str, filled: i64) -> u128 {
    let bits = uuid_bits(leg).unwrap_or_else(|| {
        leg.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |bits: u128, b| {
            (bits ^ u128::from(b)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        })
    });
    bits ^ u128::from(filled.unsigned_abs()).rotate_left(64)
}
