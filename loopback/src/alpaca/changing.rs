//! Changes that clients ask for: cancels, replacements, and the closing of positions.
//!
//! Each only asks the exchange. What comes of it is heard later, and the order may fill in between.
use super::desk::Desk;
use super::draft::{self, Amount, Draft, Pricing, Trailing};
use super::exact::{self, Exact};
use super::facts::Facts;
use super::handing::Ask;
use super::order::{Order, Times, Waiting};
use super::refusal::Refusal;
use super::weighing;
use super::words::{Class, Kind, Span, Status};
use engine::{Side, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;

/// The body of `PATCH /v2/orders/{id}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    qty: Option<Exact>,
    time_in_force: Option<String>,
    limit_price: Option<Exact>,
    stop_price: Option<Exact>,
    trail: Option<Exact>,
    client_order_id: Option<String>,
}

impl Desk {
    /// Asks for the cancellation of an order.
    ///
    /// # Errors
    /// 422 where it has ended, or a cancel is under way.
    pub(crate) fn cancel(&mut self, place: usize, now: Timestamp) -> Result<(), Refusal> {
        let order = &self.orders[place];
        if order.status.is_final() || order.waiting != Waiting::Nothing {
            let status = order.status.name();
            return Err(Refusal::unprocessable(format!("order is already in \"{status}\" state")));
        }
        // An exit that is not at the exchange yet: the whole group goes with its entry.
        let place = match (order.number, order.parent) {
            (None, Some(parent)) if !self.orders[parent].status.is_final() => parent,
            _ => place,
        };
        let order = &mut self.orders[place];
        if order.number.is_none() {
            self.end_with_exits(place, Status::Canceled, now);
        } else if order.waiting == Waiting::Nothing {
            order.waiting = Waiting::Cancel(order.status);
            order.status = Status::PendingCancel;
            order.times.updated = now;
            self.asks.push(Ask::Cancel(place));
        }
        Ok(())
    }

    /// Asks for another order in the place of one; the place of the new one.
    ///
    /// # Errors
    /// 400 or 422 with what is wrong.
    pub(crate) fn replace(&mut self, place: usize, body: &[u8], facts: &Facts) -> Result<usize, Refusal> {
        let body: Body = exact::object(body)?;
        let old = &self.orders[place];
        if !old.status.can_be_replaced() {
            let status = old.status.name();
            return Err(Refusal::unprocessable(format!("order in \"{status}\" state cannot be replaced")));
        }
        if old.notional.is_some() {
            return Err(Refusal::unprocessable("notional orders cannot be replaced"));
        }
        let client_id = draft::client_id(body.client_order_id.as_deref())?;
        if client_id.as_ref().is_some_and(|id| self.is_used(id)) {
            return Err(Refusal::field("client_order_id must be unique"));
        }
        let (quantity, span, pricing) = self.wished(old, &body, facts)?;
        let new = Order {
            id: String::new(),
            client_id: String::new(),
            quantity,
            span,
            pricing,
            status: if old.status == Status::Held { Status::Held } else { self.first_status_of(old) },
            waiting: Waiting::Nothing,
            times: Times::new(facts.now, self.wall),
            replaces: Some(place),
            replaced_by: None,
            number: None,
            ..old.clone()
        };
        let new = Order { id: self.ids.draw(), client_id: client_id.unwrap_or_else(|| self.ids.draw()), ..new };
        Ok(self.put_in_place(place, new, facts.now))
    }

    fn first_status_of(&self, order: &Order) -> Status {
        self.rules.first_status(self.assets[order.asset].class)
    }

    /// Quantity, time in force and prices of a replacement.
    fn wished(&self, old: &Order, body: &Body, facts: &Facts) -> Result<(Decimal, Span, Pricing), Refusal> {
        let asset = &self.assets[old.asset];
        let quantity = draft::positive(body.qty, "qty")?.unwrap_or(old.quantity);
        if quantity != old.quantity && quantity <= old.filled {
            return Err(Refusal::unprocessable("qty must be greater than filled_qty"));
        }
        if !asset.is_whole(quantity) {
            return Err(Refusal::field("qty must be integer"));
        }
        let span = match body.time_in_force.as_deref() {
            None => old.span,
            Some(word) => Span::read(word).ok_or(Refusal::field("invalid time_in_force"))?,
        };
        let trail = match (draft::positive(body.trail, "trail")?, old.pricing.trail) {
            (None, trail) => trail,
            (Some(trail), Some(Trailing::Percent(_))) => Some(Trailing::Percent(trail)),
            (Some(trail), _) => Some(Trailing::Price(trail)),
        };
        let pricing = draft::fits(Pricing {
            kind: old.pricing.kind,
            limit: draft::positive(body.limit_price, "limit_price")?.or(old.pricing.limit),
            stop: draft::positive(body.stop_price, "stop_price")?.or(old.pricing.stop),
            trail,
        })?;
        self.prices_fit(asset, &pricing)?;
        if pricing.stop != old.pricing.stop {
            weighing::stop_is_ahead(&pricing, old.side, &facts.seen[old.asset])?;
        }
        if (quantity, span, pricing) == (old.quantity, old.span, old.pricing) && body.client_order_id.is_none() {
            return Err(Refusal::unprocessable("order parameters are not changed"));
        }
        Ok((quantity, span, pricing))
    }

    /// What the exchange is asked, to have `next` in the place of another order.
    fn ask_for(&self, place: usize, next: usize) -> Ask {
        let (old, new) = (&self.orders[place], &self.orders[next]);
        let asset = &self.assets[old.asset];
        let moves_stop = old.pricing.kind == Kind::StopLimit && old.pricing.stop != new.pricing.stop;
        if moves_stop || old.pricing.trail != new.pricing.trail || old.span != new.span {
            return Ask::Swap(place, next);
        }
        let price = if new.pricing == old.pricing { None } else { new.pricing.limit.or(new.pricing.stop) };
        let leaves = asset.to_quantity(new.quantity - new.filled).unwrap_or_default();
        Ask::Amend(place, leaves, price.and_then(|price| asset.to_price(price)))
    }

    fn put_in_place(&mut self, place: usize, new: Order, now: Timestamp) -> usize {
        let parent = new.parent;
        let next = self.keep(new);
        for leg in self.orders[next].legs.clone() {
            self.orders[leg].parent = Some(next);
        }
        let siblings = parent.map(|parent| &mut self.orders[parent].legs);
        for leg in siblings.into_iter().flatten().filter(|leg| **leg == place) {
            *leg = next;
        }
        self.orders[place].replaced_by = Some(next);
        if self.orders[place].number.is_none() {
            self.end(place, Status::Replaced, now);
            return next;
        }
        let ask = self.ask_for(place, next);
        let old = &mut self.orders[place];
        old.waiting = Waiting::Replace(next, old.status);
        old.status = Status::PendingReplace;
        old.times.updated = now;
        self.asks.push(ask);
        next
    }

    /// Closes so much of a position, or all of it, with a market order; the place of that order.
    ///
    /// # Errors
    /// 404 without a position, 403 where open orders hold what is to be closed.
    pub(crate) fn close(&mut self, asset: usize, part: Part, facts: &Facts) -> Result<usize, Refusal> {
        let held = facts.seen[asset].quantity;
        if held.is_zero() {
            return Err(Refusal::no_position());
        }
        let whole = held.abs();
        let quantity = match part {
            Part::All => whole,
            Part::Quantity(quantity) => quantity,
            Part::Percent(percent) => {
                let share = whole.checked_mul(percent).unwrap_or_default() / Decimal::ONE_HUNDRED;
                self.assets[asset].floor_to_lot(share.round_dp(9))
            }
        };
        if quantity > self.free(asset, held) {
            let symbol = self.assets[asset].bare_symbol();
            return Err(Refusal::held(&symbol, quantity, self.free(asset, held).max(Decimal::ZERO), whole));
        }
        let crypto = self.assets[asset].class == super::asset::AssetClass::Crypto;
        let draft = Draft {
            symbol: self.assets[asset].symbol.clone(),
            amount: Amount::Quantity(quantity),
            side: if held.is_sign_negative() { Side::Buy } else { Side::Sell },
            pricing: Pricing { kind: Kind::Market, limit: None, stop: None, trail: None },
            span: if crypto { Span::Gtc } else { Span::Day },
            extended_hours: false,
            client_id: None,
            class: Class::Simple,
            take_profit: None,
            stop_loss: None,
            intent: None,
        };
        self.enter(draft, facts)
    }
}

/// How much of a position is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    Quantity(Decimal),
    Percent(Decimal),
}
