//! The simulated venue: an account, resting orders, and the reports that it sends back.
//!
//! It sees the market before the core does and shares nothing with it: its account is its own, and it answers only
//! through reports. What matches when is in [`super::matching`], what is tied to what in [`super::links`].
use super::account::Account;
use super::costs::Costs;
use super::isolated::{Isolated, MarginMode};
use super::quotes::Shown;
use super::resting::Resting;
use super::sessions::Sessions;
use super::tiers::Tiers;
use super::venue_config::VenueConfig;
use crate::carry::Carry;
use crate::effect::Action;
use crate::event::{Certainty, Liquidity, Reason, Report};
use crate::exchange::Currencies;
use crate::instrument::{Instrument, InstrumentId};
use crate::order::{Link, OrderId, OrderRequest, TimeInForce};
use crate::{Dated, Money, Price, Qty, Side, Timestamp};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    /// In the order of arrival.
    pub(super) resting: Vec<Resting>,
    /// Commands that arrived while a candle was under way: on candles they meet the next one.
    held: Vec<Action>,
    /// Sides that traded at the open of the candle under way: what was entered there was entered in that candle.
    pub(super) at_open: Vec<Side>,
    /// Orders that the pessimistic path woke in the candle under way and left to their limits.
    pub(super) woken: Vec<OrderId>,
    /// What may still trade in the candle under way.
    pub(super) room: Qty,
    /// What has traded in it, and how much of that was ours.
    pub(super) volume: i64,
    pub(super) taken: Qty,
    pub(super) sessions: Sessions,
    /// What its market shows, where it meets ticks.
    pub(super) shown: Option<Box<Shown>>,
    /// It trades no more.
    delisted: bool,
    /// Whether it is among the watched ones.
    watched: bool,
    /// Whether its positions have a margin at any time.
    pub(super) margined: bool,
}

/// A venue that matches orders against candles.
#[derive(Clone, Debug)]
pub struct SimVenue {
    pub(super) config: VenueConfig,
    pub(super) books: Vec<Book>,
    pub(super) account: Account,
    pub(super) reports: VecDeque<Report>,
    pub(super) instruments: Vec<Instrument>,
    pub(super) costs: Vec<Dated<Costs>>,
    /// The instant whose costs hold: that of an open, and inside a candle the last one before its end.
    pub(super) costs_at: Timestamp,
    pub(super) tiers: Option<Tiers>,
    watched: Vec<InstrumentId>,
    pub(super) next_expiry: Timestamp,
    pub(super) fills: u128,
    arrivals: u64,
    pub(super) rounded_fees: u64,
    pub(super) slippage: Money,
}

/// A fill about to happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub(super) price: Price,
    pub(super) liquidity: Liquidity,
    pub(super) certainty: Certainty,
    pub(super) time: Timestamp,
    /// Whether a real quote gave the price: it carries its own spread.
    pub(super) quoted: bool,
}

impl Match {
    /// A fill that takes liquidity.
    pub(super) fn at(price: Price, certainty: Certainty, time: Timestamp) -> Self {
        Self { price, liquidity: Liquidity::Taker, certainty, time, quoted: false }
    }
}

impl SimVenue {
    /// A venue holding an account with `cash`; `costs` stand in the order of `instruments`.
    ///
    /// # Panics
    /// When there are not as many costs as instruments.
    #[must_use]
    pub fn new(config: VenueConfig, cash: Money, instruments: Vec<Instrument>, costs: Vec<Dated<Costs>>) -> Self {
        assert!(instruments.len() == costs.len(), "every instrument has its costs");
        let n = instruments.len();
        let isolated = (config.margin_mode == MarginMode::Isolated).then(|| Isolated::new(config.leverage, n));
        let margined = |costs: &Dated<Costs>| isolated.is_some() || costs.values().any(|it| !it.maintenance.is_zero());
        let books = costs.iter().map(|costs| Book { margined: margined(costs), ..Book::default() }).collect();
        Self {
            config,
            books,
            account: Account::new(cash, n, isolated),
            reports: VecDeque::new(),
            instruments,
            costs,
            costs_at: Timestamp::MIN,
            tiers: None,
            watched: Vec::new(),
            next_expiry: Timestamp::MAX,
            fills: 0,
            arrivals: 0,
            rounded_fees: 0,
            slippage: Money::ZERO,
        }
    }

    /// The same with the sessions of an instrument; without them its market never closes.
    #[must_use]
    pub fn with_sessions(mut self, id: InstrumentId, sessions: Sessions) -> Self {
        self.books[id.index()].sessions = sessions;
        self
    }

    /// The same with instruments that are quoted in other currencies than the account's.
    #[must_use]
    pub fn with_currencies(mut self, currencies: Currencies) -> Self {
        self.account.set_currencies(currencies);
        self
    }

    /// The same with fees that follow what was traded, for the instruments whose costs are tiered.
    #[must_use]
    pub fn with_tiers(mut self, tiers: Tiers) -> Self {
        self.tiers = Some(tiers);
        self
    }

    /// What trading an instrument costs now.
    #[inline]
    pub(super) fn costs(&self, index: usize) -> &Costs {
        self.costs[index].at(self.costs_at)
    }

    /// Instruments with an order or a held command, in the order of the run file.
    #[must_use]
    #[inline]
    pub fn watched(&self) -> &[InstrumentId] {
        &self.watched
    }

    /// Whether it holds no order and has nothing to report.
    #[must_use]
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.watched.is_empty() && self.reports.is_empty()
    }

    /// The account as the venue keeps it.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Fees that had to be rounded up to the unit of money.
    #[must_use]
    pub fn rounded_fees(&self) -> u64 {
        self.rounded_fees
    }

    /// What slippage has cost so far.
    #[must_use]
    pub fn slippage(&self) -> Money {
        self.slippage
    }

    /// The next report, oldest first.
    #[inline]
    pub fn poll(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    /// A cash event at the venue.
    pub fn deposit(&mut self, amount: Money) {
        self.account.deposit(amount);
    }

    /// Notes the price of an instrument.
    #[inline]
    pub fn note_price(&mut self, id: InstrumentId, price: Price) {
        self.account.note_price(id, price);
    }

    /// Applies what happens to a holding without a trade. A split ends the open orders: they were meant for the old units.
    pub(super) fn carry(&mut self, carry: &Carry, now: Timestamp) {
        let Some(id) = carry.instrument() else {
            self.account.accrue(carry);
            return;
        };
        let instrument = &self.instruments[id.index()];
        let lot = instrument.spec(now).lot;
        self.account.carry(id.index(), instrument, carry, lot);
        self.books[id.index()].delisted |= matches!(carry, Carry::Delisting { .. });
        if matches!(carry, Carry::Split { .. } | Carry::Delisting { .. }) {
            while let Some(resting) = self.books[id.index()].resting.first() {
                let order = resting.request.order;
                self.drop_order(id, order, Report::Cancelled { order });
            }
            if let Some(shown) = &mut self.books[id.index()].shown {
                shown.forget();
            }
            self.watch(id);
        }
    }

    /// The last price that the venue saw of an instrument.
    pub(super) fn last_price(&self, id: InstrumentId) -> Price {
        self.account.held()[id.index()].price
    }

    /// Takes a command. While a candle is under way it is held until that candle has ended.
    pub fn take(&mut self, action: &Action, now: Timestamp, candle_under_way: bool) {
        let id = match *action {
            Action::Submit(ref request) => request.instrument,
            Action::Amend { instrument, .. } | Action::Cancel { instrument, .. } => instrument,
        };
        if candle_under_way {
            self.books[id.index()].held.push(*action);
        } else {
            self.execute(action, now);
        }
        self.watch(id);
    }

    /// Executes what was held, once the candle that was under way has ended.
    pub(super) fn release(&mut self, id: InstrumentId, now: Timestamp) {
        let mut held = core::mem::take(&mut self.books[id.index()].held);
        for action in held.drain(..) {
            self.execute(&action, now);
        }
        self.books[id.index()].held = held; // keeps its buffer
        self.watch(id);
    }

    #[inline]
    fn execute(&mut self, action: &Action, now: Timestamp) {
        match *action {
            Action::Submit(ref request) => self.submit(request, now),
            Action::Cancel { order, instrument } => match self.take_out(instrument, order) {
                Some(resting) => {
                    self.end(&resting, Report::Cancelled { order });
                }
                None => self.reports.push_back(Report::ChangeRefused { order, reason: Reason::NoSuchOrder }),
            },
            Action::Amend { order, instrument, quantity, price } => self.amend(order, instrument, quantity, price),
        }
    }

    #[inline]
    fn submit(&mut self, request: &OrderRequest, now: Timestamp) {
        if let Some(reason) = self.refuses(request) {
            self.reports.push_back(Report::Rejected { order: request.order, reason });
            return;
        }
        let book = &mut self.books[request.instrument.index()];
        let expires = match request.terms.time_in_force {
            TimeInForce::Day => book.sessions.end_of_day(now),
            TimeInForce::GoodTilDate(end) => end,
            // Only when the session has closed is it known which trade was the last one.
            TimeInForce::AtClose if book.shown.is_some() => book.sessions.end_of_day(now),
            _ => Timestamp::MAX,
        };
        self.next_expiry = self.next_expiry.min(expires);
        self.arrivals += 1;
        book.resting.push(Resting::new(request, self.arrivals, expires));
        if let (Some(shown), Some(resting)) = (&book.shown, book.resting.last_mut()) {
            resting.arrive(shown);
        }
        self.reports.push_back(Report::Accepted { order: request.order });
    }

    /// Why an order is refused as it arrives.
    fn refuses(&self, request: &OrderRequest) -> Option<Reason> {
        let id = request.instrument;
        if self.books[id.index()].delisted {
            return Some(Reason::Delisted);
        }
        if request.terms.time_in_force.is_auction() && !self.books[id.index()].sessions.has_auctions() {
            return Some(Reason::NoAuction);
        }
        if request.link.leader().is_some_and(|leader| self.place_of(id, leader).is_none()) {
            return Some(Reason::NoSuchOrder);
        }
        if self.would_take(request) && !matches!(request.link, Link::Attached(_)) {
            return Some(Reason::PostOnly);
        }
        let reduces = request.is_cut_to_the_position();
        (reduces && self.reducible(id, request.side).is_zero()).then_some(Reason::ReduceOnly)
    }

    /// How much of a side would only make the position smaller.
    pub(super) fn reducible(&self, id: InstrumentId, side: Side) -> Qty {
        Qty((-self.account.quantity(id.index()).0 * side.sign()).max(0))
    }

    fn amend(&mut self, order: OrderId, instrument: InstrumentId, quantity: Qty, price: Option<Price>) {
        let Some(place) = self.place_of(instrument, order) else {
            self.reports.push_back(Report::ChangeRefused { order, reason: Reason::NoSuchOrder });
            return;
        };
        let book = &mut self.books[instrument.index()];
        let mut amended = book.resting[place];
        if quantity <= amended.filled || (price.is_some() && amended.request.kind.price().is_none()) {
            self.reports.push_back(Report::ChangeRefused { order, reason: Reason::Invalid });
            return;
        }
        let same_price = price.is_none() || price == amended.request.kind.price();
        let before = amended.request.quantity;
        let keeps_its_place = quantity <= before && same_price;
        amended.request.quantity = quantity;
        amended.request.kind = amended.request.kind.repriced(price);
        if keeps_its_place {
            book.resting[place] = amended;
        } else {
            // A new price or more of it goes to the back of the queue, as at a real venue.
            book.resting.remove(place);
            self.arrivals += 1;
            amended.arrival = self.arrivals;
            amended.fresh |= !same_price;
            if let Some(shown) = &book.shown {
                amended.arrive(shown);
            }
            book.resting.push(amended);
        }
        self.reports.push_back(Report::Amended { order, quantity, price: amended.request.kind.price() });
        if quantity > before {
            self.raise_attached(instrument, order, before, quantity);
        }
        if amended.fresh && amended.works() && self.would_take(&amended.request) {
            self.drop_order(instrument, order, Report::Rejected { order, reason: Reason::PostOnly });
        }
    }

    /// Takes an order out of the book and says why.
    pub(super) fn drop_order(&mut self, id: InstrumentId, order: OrderId, report: Report) {
        if let Some(resting) = self.take_out(id, order) {
            self.end(&resting, report);
        }
    }

    fn end(&mut self, resting: &Resting, report: Report) {
        self.reports.push_back(report);
        self.after_end(resting.request.instrument, (resting.request.order, resting.request.link));
    }

    fn take_out(&mut self, id: InstrumentId, order: OrderId) -> Option<Resting> {
        let place = self.place_of(id, order)?;
        Some(self.books[id.index()].resting.remove(place))
    }

    #[inline]
    pub(super) fn place_of(&self, instrument: InstrumentId, order: OrderId) -> Option<usize> {
        self.books[instrument.index()].resting.iter().position(|r| r.request.order == order)
    }

    /// Keeps the list of watched instruments true for one of them.
    pub(super) fn watch(&mut self, id: InstrumentId) {
        let book = &self.books[id.index()];
        let wanted = !book.resting.is_empty() || !book.held.is_empty() || self.is_margined(id);
        if wanted != book.watched {
            self.books[id.index()].watched = wanted;
            let place = self.watched.partition_point(|other| *other < id);
            if wanted {
                self.watched.insert(place, id);
            } else {
                self.watched.remove(place);
            }
        }
    }
}
