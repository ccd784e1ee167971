//! The simulated venue: an account, resting orders, and the reports that it sends back.
//!
//! It sees the market before the core does and shares nothing with it: its account is its own, and it answers only
//! through reports. What matches when is in [`super::matching`].
use super::account::{Account, Wanted};
use super::costs::Costs;
use super::path::PathModel;
use crate::effect::Action;
use crate::event::{Certainty, Fill, Liquidity, Reason, Report};
use crate::instrument::{Instrument, InstrumentId};
use crate::order::{FillId, OrderId, OrderKind, OrderRequest};
use crate::orders::repriced;
use crate::risk::Leverage;
use crate::{Money, Price, Qty, Side, Timestamp};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// What the venue assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueConfig {
    /// The path inside a candle.
    pub path: PathModel,
    /// Whether a limit fills at a touch; else the price must trade through it.
    pub touch: bool,
    /// What the account may hold as a multiple of its equity.
    pub leverage: Leverage,
}

/// An order in the book.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resting {
    pub(super) request: OrderRequest,
    pub(super) filled: Qty,
    /// Whether it has not met an open yet at its price: what trades at its first open takes liquidity.
    pub(super) fresh: bool,
    /// Its place in the queue.
    pub(super) arrival: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) resting: Vec<Resting>,
    /// Commands that arrived while a candle was under way: on candles they meet the next one.
    held: Vec<Action>,
    /// Sides that traded at the open of the candle under way: what was entered there was entered in that candle.
    pub(super) at_open: Vec<Side>,
}

/// A venue that matches orders against candles.
#[derive(Clone, Debug)]
pub struct SimVenue {
    pub(super) config: VenueConfig,
    pub(super) books: Vec<Book>,
    pub(super) account: Account,
    instruments: Vec<Instrument>,
    costs: Vec<Costs>,
    watched: Vec<InstrumentId>,
    reports: VecDeque<Report>,
    fills: u128,
    arrivals: u64,
    rounded_fees: u64,
    slippage: Money,
}

/// A fill about to happen.
pub(super) struct Match {
    pub(super) price: Price,
    pub(super) liquidity: Liquidity,
    pub(super) certainty: Certainty,
    pub(super) time: Timestamp,
}

impl SimVenue {
    /// A venue holding an account with `cash`; `costs` stand in the order of `instruments`.
    ///
    /// # Panics
    /// When there are not as many costs as instruments.
    #[must_use]
    pub fn new(config: VenueConfig, cash: Money, instruments: Vec<Instrument>, costs: Vec<Costs>) -> Self {
        assert!(instruments.len() == costs.len(), "every instrument has its costs");
        let n = instruments.len();
        Self {
            config,
            books: alloc::vec![Book::default(); n],
            account: Account::new(cash, n),
            instruments,
            costs,
            watched: Vec::new(),
            reports: VecDeque::new(),
            fills: 0,
            arrivals: 0,
            rounded_fees: 0,
            slippage: Money::ZERO,
        }
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
        self.account.cash += amount;
    }

    /// Notes the price of an instrument.
    #[inline]
    pub fn note_price(&mut self, id: InstrumentId, price: Price) {
        self.account.note_price(id.index(), price);
    }

    /// Takes a command. While a candle is under way it is held until that candle has ended.
    pub fn take(&mut self, action: &Action, candle_under_way: bool) {
        let id = match *action {
            Action::Submit(request) => request.instrument,
            Action::Amend { instrument, .. } | Action::Cancel { instrument, .. } => instrument,
        };
        if candle_under_way {
            self.books[id.index()].held.push(*action);
        } else {
            self.execute(action);
        }
        self.watch(id);
    }

    /// Executes what was held, once the candle that was under way has ended.
    pub(super) fn release(&mut self, id: InstrumentId) {
        let mut held = core::mem::take(&mut self.books[id.index()].held);
        for action in held.drain(..) {
            self.execute(&action);
        }
        self.books[id.index()].held = held; // keeps its buffer
        self.watch(id);
    }

    fn execute(&mut self, action: &Action) {
        match *action {
            Action::Submit(request) => {
                self.arrivals += 1;
                self.books[request.instrument.index()].resting.push(Resting {
                    request,
                    filled: Qty::ZERO,
                    fresh: true,
                    arrival: self.arrivals,
                });
                self.reports.push_back(Report::Accepted { order: request.order });
            }
            Action::Cancel { order, instrument } => {
                let report = match self.place_of(instrument, order) {
                    Some(place) => {
                        self.books[instrument.index()].resting.remove(place);
                        Report::Cancelled { order }
                    }
                    None => Report::ChangeRefused { order, reason: Reason::NoSuchOrder },
                };
                self.reports.push_back(report);
            }
            Action::Amend { order, instrument, quantity, price } => self.amend(order, instrument, quantity, price),
        }
    }

    fn amend(&mut self, order: OrderId, instrument: InstrumentId, quantity: Qty, price: Option<Price>) {
        let Some(place) = self.place_of(instrument, order) else {
            self.reports.push_back(Report::ChangeRefused { order, reason: Reason::NoSuchOrder });
            return;
        };
        let resting = &mut self.books[instrument.index()].resting;
        if quantity <= resting[place].filled {
            self.reports.push_back(Report::ChangeRefused { order, reason: Reason::Invalid });
            return;
        }
        let mut amended = resting[place];
        let same_price = price.is_none() || price == amended.request.kind.price();
        let keeps_its_place = quantity <= amended.request.quantity && same_price;
        amended.request.quantity = quantity;
        amended.request.kind = repriced(amended.request.kind, price);
        if keeps_its_place {
            resting[place] = amended;
        } else {
            // A new price or more of it goes to the back of the queue, as at a real venue.
            resting.remove(place);
            self.arrivals += 1;
            amended.arrival = self.arrivals;
            amended.fresh |= !same_price;
            resting.push(amended);
        }
        self.reports.push_back(Report::Amended { order, quantity, price: amended.request.kind.price() });
    }

    fn place_of(&self, instrument: InstrumentId, order: OrderId) -> Option<usize> {
        self.books[instrument.index()].resting.iter().position(|r| r.request.order == order)
    }

    /// Keeps the list of watched instruments true for one of them.
    pub(super) fn watch(&mut self, id: InstrumentId) {
        let book = &self.books[id.index()];
        let wanted = !book.resting.is_empty() || !book.held.is_empty();
        match (self.watched.binary_search(&id), wanted) {
            (Err(place), true) => self.watched.insert(place, id),
            (Ok(place), false) => {
                self.watched.remove(place);
            }
            _ => {}
        }
    }

    /// Trades all that is left of an order, or refuses it if the account cannot carry it; whether it traded.
    pub(super) fn trade(&mut self, resting: Resting, at: &Match) -> bool {
        let request = resting.request;
        let (id, side) = (request.instrument, request.side);
        let instrument = &self.instruments[id.index()];
        let costs = &self.costs[id.index()];
        // A limit never trades beyond its price, so slippage is for market and stop orders only.
        let slips = !matches!(request.kind, OrderKind::Limit { .. });
        let price = if slips { costs.slipped(at.price, side) } else { at.price };
        let quantity = request.quantity - resting.filled;
        let signed = Qty(quantity.0 * side.sign());
        let notional = instrument.value(price, quantity).0;
        let (fee, rounded) = costs.fee(notional, at.liquidity);
        let wanted = Wanted { index: id.index(), signed, price, fee };
        if !self.account.affords(&wanted, &self.instruments, self.config.leverage) {
            self.reports.push_back(Report::Rejected { order: request.order, reason: Reason::BuyingPower });
            return false;
        }
        if price != at.price {
            let difference = Price((price.0 - at.price.0).abs());
            self.slippage += self.instruments[id.index()].value(difference, quantity).0;
        }
        self.rounded_fees += u64::from(rounded);
        self.account.book(id.index(), &self.instruments[id.index()], signed, price, fee);
        self.fills += 1;
        self.reports.push_back(Report::Filled(Fill {
            order: request.order,
            fill: FillId(self.fills),
            instrument: id,
            side,
            price,
            quantity,
            fee,
            liquidity: at.liquidity,
            certainty: at.certainty,
            venue_time: at.time,
        }));
        true
    }
}
