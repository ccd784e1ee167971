//! Answers about orders, fills, positions, money, instruments and time.
use super::connector::{Alpaca, SECOND};
use super::fills::uuid_bits;
use super::hours::sessions;
use super::map::orders::side;
use super::map::refusals::{Verdict, verdict};
use super::map::status::Status;
use super::map::symbols::Class;
use super::outbox::{Base, Purpose, encoded};
use super::timers::Timer;
use super::wire::account::{Account, Asset, Clock, Position};
use super::wire::activity::Activity;
use super::wire::order::{Order, Part};
use super::wire::{read, text_of};
use crate::connector::Moment;
use crate::happening::Happening;
use crate::instant::{instant, instant_text};
use crate::numbers::{Number, steps};
use crate::query::{Answer, Balance, Permissions, VenueInstrument, VenueOrder, VenuePosition};
use crate::text::shown;
use engine::event::{Certainty, Fill, Liquidity};
use engine::order::{FillId, OrderId};
use engine::{InstrumentId, Money, Price, Qty, Side, Timestamp};
use rust_decimal::Decimal;

/// A whole answer, or why it cannot be read.
type Whole = Result<Answer, String>;

impl Alpaca {
    /// The venue's time as far as it is known: by the clocks, or later where its market has shown a later instant.
    pub(super) fn venue_now(&self) -> Timestamp {
        self.now.wall.after(self.ahead_ns).max(self.shown)
    }

    pub(super) fn ask_the_clock(&mut self) {
        self.timers.set(Timer::Clock, self.after(60 * SECOND));
        self.outbox.ask(self.now, (Base::Trading, "/v2/clock".into()), Purpose::Clock, &mut self.out);
    }

    pub(super) fn on_clock(&mut self, sent: Moment, status: u16, body: &[u8]) {
        match (verdict(status, body), text_of(body)) {
            (Verdict::Done, Ok(json)) => {
                if let Err(why) = self.time_answer(sent, json) {
                    self.note_once(&format!("the venue's clock cannot be read: {why}"));
                }
            }
            (Verdict::Barred(words), _) => self.bar(&words),
            (other, _) => self.note_once(&format!("the venue's clock could not be asked for: {other:?}")),
        }
    }

    pub(super) fn time_answer(&mut self, sent: Moment, json: &str) -> Whole {
        let clock: Clock<'_> = read("a clock", json).map_err(|error| error.to_string())?;
        let theirs = instant(&clock.timestamp).map_err(|error| error.to_string())?;
        let way = i64::try_from(self.now.mono_ns.saturating_sub(sent.mono_ns)).unwrap_or(i64::MAX);
        // Their time is of some moment between; in the middle it is wrong by half the way at most.
        let ours = self.now.wall.after(-(way / 2));
        self.ahead_ns = theirs.0.saturating_sub(ours.0);
        self.happened(Happening::Clock { ahead_ns: self.ahead_ns, within_ns: way / 2 });
        Ok(Answer::Time(theirs))
    }

    pub(super) fn instrument_answer(&mut self, number: u64, json: &str) {
        let id = self.questions.get(number).and_then(|it| it.left.last().copied());
        let asset: Asset<'_> = match read("an asset", json) {
            Ok(asset) => asset,
            Err(error) => return self.unreadable(number, &error.to_string()),
        };
        match id.map(|id| terms(id, &asset)) {
            Some(Ok(terms)) => self.next_instrument(number, Some(terms)),
            Some(Err(why)) => self.unreadable(number, &why),
            None => {}
        }
    }

    pub(super) fn sessions_answer(&self, (from, to): (Timestamp, Timestamp), json: &str) -> Whole {
        let mut sessions = sessions(json)?;
        sessions.retain(|(open, _)| (from..to).contains(open));
        Ok(Answer::Sessions(sessions))
    }

    /// An order as an answer has it.
    fn venue_order(&self, theirs: &Order<'_>) -> Result<VenueOrder, String> {
        let decimal = |number: Option<Number<'_>>| match number {
            Some(number) => number.decimal().map(Some).map_err(|error| format!("order {}: {error}", theirs.id)),
            None => Ok(None),
        };
        let named = theirs.client_order_id.as_deref().and_then(|id| self.ids.order_and_leg(id)).map(|(order, _)| order);
        Ok(VenueOrder {
            order: self.owner_of(theirs).or(named),
            venue_id: shown(&theirs.id),
            instrument: self.symbols.find(&theirs.symbol).map(|it| it.id),
            side: theirs.side.as_deref().and_then(side).unwrap_or(Side::Buy),
            quantity: decimal(theirs.qty)?.unwrap_or_default(),
            filled: decimal(theirs.filled_qty)?.unwrap_or_default(),
            average_price: decimal(theirs.filled_avg_price)?.filter(|price| !price.is_zero()),
            stands: Status::of(&theirs.status).stands(),
        })
    }

    pub(super) fn order_answer(&self, json: &str) -> Whole {
        let theirs: Order<'_> = read("an order", json).map_err(|error| error.to_string())?;
        Ok(Answer::Order(Some(self.venue_order(&theirs)?)))
    }

    pub(super) fn open_orders_answer(&mut self, number: u64, json: &str) {
        match self.open_orders_page(number, json) {
            Ok(true) => self.ask_next(number),
            Ok(false) => {
                let orders =
                    self.questions.get_mut(number).map(|it| std::mem::take(&mut it.orders)).unwrap_or_default();
                self.answer(number, Ok(Answer::OpenOrders(orders)));
            }
            Err(why) => self.unreadable(number, &why),
        }
    }

    /// Takes in a page of open orders, each once, with those listed under others; whether another page is to be asked for.
    fn open_orders_page(&mut self, number: u64, json: &str) -> Result<bool, String> {
        let page: Vec<Order<'_>> = read("open orders", json).map_err(|error| error.to_string())?;
        let mut orders = Vec::new();
        for theirs in &page {
            orders.push(self.venue_order(theirs)?);
            for leg in theirs.legs.iter().flatten() {
                orders.push(self.venue_order(leg)?);
            }
        }
        let Some(question) = self.questions.get_mut(number) else { return Ok(false) };
        for order in orders
            .into_iter()
            .filter(|it| matches!(it.stands, crate::query::Stands::Open | crate::query::Stands::Unclear))
        {
            if !question.orders.iter().any(|it| it.venue_id == order.venue_id) {
                question.orders.push(order);
            }
        }
        let last = page.last().and_then(|it| it.submitted_at.as_deref()).and_then(|at| instant(at).ok());
        let row = last.filter(|_| page.len() >= 500).map(|last| instant_text(last.after(-1)));
        let more = row.is_some() && row != question.row;
        question.row = row;
        Ok(more)
    }

    pub(super) fn cancelling_answer(&mut self, number: u64, of: Option<InstrumentId>, json: &str) {
        if of.is_none() {
            let parts: Vec<Part<'_>> = read("what became of each", json).unwrap_or_default();
            let cancelling = parts.iter().filter(|part| part.is_done()).count();
            self.on_cancelled_one(207, json.as_bytes());
            return self.answer(number, Ok(Answer::Cancelling(cancelling)));
        }
        match self.open_orders_page(number, json) {
            Ok(true) => self.ask_next(number),
            Ok(false) => {
                let orders =
                    self.questions.get_mut(number).map(|it| std::mem::take(&mut it.orders)).unwrap_or_default();
                for order in &orders {
                    let target = format!("/v2/orders/{}", encoded(&order.venue_id));
                    self.outbox.ask(self.now, (Base::Trading, target), Purpose::CancelOne, &mut self.out);
                }
                self.answer(number, Ok(Answer::Cancelling(orders.len())));
            }
            Err(why) => self.unreadable(number, &why),
        }
    }

    pub(super) fn fills_answer(&mut self, number: u64, since: Timestamp, json: &str) {
        let rows: Vec<Activity<'_>> = match read("activities", json) {
            Ok(rows) => rows,
            Err(error) => return self.unreadable(number, &error.to_string()),
        };
        let mut fills = Vec::new();
        for row in &rows {
            match self.fill_of(row) {
                Ok(fill) => fills.extend(fill.filter(|fill| fill.venue_time >= since)),
                Err(why) => return self.unreadable(number, &why),
            }
        }
        let last = rows.last().map(|row| row.id.to_string());
        let Some(question) = self.questions.get_mut(number) else { return };
        question.fills.extend(fills);
        if last.is_some() && last != question.row {
            question.row = last;
            return self.ask_next(number);
        }
        let fills = std::mem::take(&mut question.fills);
        self.answer(number, Ok(Answer::Fills(fills)));
    }

    /// A fill of the activities under the id by which it was booked, where it was; `None` of what is not listed here.
    fn fill_of(&mut self, row: &Activity<'_>) -> Result<Option<Fill>, String> {
        let Some(it) = row.symbol.as_deref().and_then(|symbol| self.symbols.find(symbol)) else {
            self.note_once(&format!(
                "a fill of {} is not of an instrument here",
                row.symbol.as_deref().unwrap_or_default()
            ));
            return Ok(None);
        };
        let wrong = |what: &str| format!("activity {}: {what}", row.id);
        let number = |number: Option<Number<'_>>, scale, what| {
            let number = number.ok_or_else(|| wrong(what))?;
            steps(number.0, scale).map_err(|error| wrong(&error.to_string()))
        };
        let (price_scale, qty_scale) = (it.instrument.price_scale, it.instrument.qty_scale);
        let side = row.side.as_deref().and_then(side).ok_or_else(|| wrong("no side"))?;
        let leg = row.order_id.as_deref().unwrap_or_default();
        let order = self.book.of_leg(leg);
        let filled = row.cum_qty.and_then(|filled| steps(filled.0, qty_scale).ok());
        let booked = order.and_then(|order| self.book.get(order)?.leg(leg)?.execution_at(filled?));
        let own = row.id.rsplit("::").next().and_then(uuid_bits);
        let time = row.transaction_time.as_deref().ok_or_else(|| wrong("no time"))?;
        Ok(Some(Fill {
            order: order.unwrap_or(OrderId(0)),
            fill: FillId(booked.or(own).ok_or_else(|| wrong("its id is none"))?),
            instrument: it.id,
            side,
            price: Price(number(row.price, price_scale, "no price")?),
            quantity: Qty(number(row.qty, qty_scale, "no quantity")?),
            fee: Money::ZERO,
            liquidity: Liquidity::Taker,
            certainty: Certainty::Certain,
            venue_time: instant(time).map_err(|error| error.to_string())?,
        }))
    }

    pub(super) fn positions_answer(&self, json: &str) -> Whole {
        let theirs: Vec<Position<'_>> = read("positions", json).map_err(|error| error.to_string())?;
        let position = |it: &Position<'_>| {
            let wrong = |error: crate::numbers::NumberError| format!("position {}: {error}", it.symbol);
            let quantity = it.qty.decimal().map_err(wrong)?.abs();
            let entry_price = it.avg_entry_price.map(|price| price.decimal()).transpose().map_err(wrong)?;
            // The sign of a short is not to be relied on; the side is.
            let short = it.side.as_deref() == Some("short") || (it.side.is_none() && it.qty.0.starts_with('-'));
            let listed = self.symbols.find(&it.symbol);
            Ok(VenuePosition {
                instrument: listed.map(|it| it.id),
                symbol: shown(listed.map_or(&*it.symbol, |it| it.symbol.as_str())),
                quantity: if short { -quantity } else { quantity },
                entry_price: entry_price.unwrap_or_default(),
            })
        };
        theirs.iter().map(position).collect::<Result<_, String>>().map(Answer::Positions)
    }

    pub(super) fn balances_answer(json: &str) -> Whole {
        let account: Account<'_> = read("an account", json).map_err(|error| error.to_string())?;
        let number = |number: Option<Number<'_>>, what: &str| {
            number
                .ok_or_else(|| format!("an account without {what}"))?
                .decimal()
                .map_err(|error| format!("{what}: {error}"))
        };
        let total = number(account.cash, "cash")?;
        let available = number(account.buying_power, "buying_power").unwrap_or(total);
        let asset = shown(account.currency.as_deref().unwrap_or("USD"));
        Ok(Answer::Balances(vec![Balance { asset, total, available }]))
    }

    pub(super) fn permissions_answer(json: &str) -> Whole {
        let account: Account<'_> = read("an account", json).map_err(|error| error.to_string())?;
        let blocked = account.trading_blocked || account.account_blocked || account.trade_suspended_by_user;
        let active = account.status.as_deref().is_none_or(|status| status == "ACTIVE");
        // Whether a key may send crypto out, the venue does not say.
        Ok(Answer::Permissions(Permissions { trade: Some(active && !blocked), withdraw: None }))
    }
}

/// The terms of an asset. Of stocks prices from one dollar on have steps of a cent; finer ones below it are refused.
fn terms(instrument: InstrumentId, asset: &Asset<'_>) -> Result<VenueInstrument, String> {
    let number = |number: Option<Number<'_>>, other: Decimal| match number {
        Some(number) => number.decimal().map_err(|error| format!("asset {}: {error}", asset.symbol)),
        None => Ok(other),
    };
    let crypto = asset.class.as_deref() == Some("crypto") || Class::of(&asset.symbol) == Class::Crypto;
    let whole = if crypto || asset.fractionable == Some(true) { Decimal::new(1, 9) } else { Decimal::ONE };
    let in_dollars = asset.symbol.ends_with("/USD");
    let tick = number(asset.price_increment, if crypto { Decimal::new(1, 9) } else { Decimal::new(1, 2) })?;
    Ok(VenueInstrument {
        instrument,
        tradable: asset.tradable && asset.status.as_deref().is_none_or(|status| status == "active"),
        tick,
        // Trades happen between the steps of orders.
        told: tick.min(Decimal::new(1, if crypto { 6 } else { 4 })),
        lot: number(asset.min_trade_increment, whole)?,
        min_notional: if crypto && in_dollars { Decimal::TEN } else { Decimal::ZERO },
        fees: (!crypto).then_some((Decimal::ZERO, Decimal::ZERO)),
    })
}
