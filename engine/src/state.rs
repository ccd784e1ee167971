//! Everything the core knows. Changed by events and by routing, read through [`View`](crate::View).
use crate::books::Books;
use crate::carry::{Carry, price_after};
use crate::effect::{Anomaly, Effect};
use crate::event::{Event, Fill, MarketCandle, MarketEvent, Report};
use crate::exchange::Currencies;
use crate::instrument::{Instrument, InstrumentId};
use crate::ledger::Booking;
use crate::order::{Change, FillId, OrderId};
use crate::orders::Orders;
use crate::risk::{Limits, RiskState, Settings};
use crate::sub_ledgers::{Owner, SubLedgers};
use crate::{Money, Price, Qty, Timestamp};
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// The last that was seen of one instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Market {
    /// Close of its last candle; zero before the first.
    pub last: Price,
    /// Candles applied, warm-up included.
    pub candles: u64,
}

/// What the account was worth after the last candle of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Marks so far, this one included.
    pub count: u64,
    /// The instant.
    pub time: Timestamp,
    /// Cash plus positions.
    pub equity: Money,
    /// Cash alone.
    pub cash: Money,
    /// Sum of the absolute values of all positions.
    pub gross: Money,
}

/// A fill that this step booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// As the venue reported it.
    pub fill: Fill,
    /// What it did to the books: to those of its strategy, where several trade the account.
    pub booking: Booking,
    /// Whose it was.
    pub owner: Owner,
}

/// What was counted over a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Candles applied after the warm-up.
    pub candles: u64,
    /// Orders sent.
    pub submits: u64,
    /// Fills booked.
    pub fills: u64,
    /// Fills reported again and not booked again.
    pub repeated_fills: u64,
    /// Fills that the path model decided.
    pub path_dependent_fills: u64,
    /// Fills that the venue took back.
    pub busts: u64,
    /// Positions that the venue closed because the account could not carry them.
    pub liquidations: u64,
    /// Anomalies of every kind.
    pub anomalies: u64,
}

/// The whole state of the core.
#[derive(Clone, Debug)]
pub struct State {
    /// Time of the last entry.
    pub now: Timestamp,
    /// What is traded, in the order of the run file.
    pub instruments: Vec<Instrument>,
    /// Money and positions.
    pub books: Books,
    /// Those of each strategy, where several trade the account.
    pub sub_ledgers: SubLedgers,
    /// Orders of the run.
    pub orders: Orders,
    /// What was counted.
    pub counters: Counters,
    /// The last mark.
    pub mark: Mark,
    /// The highest equity of any mark; starts at the initial cash.
    pub peak: Money,
    /// The deepest fall from the peak, as positive money.
    pub max_drawdown: Money,
    /// The fill that the last step booked, if it booked one.
    pub booked: Option<Booked>,
    /// The watch over the account; none where a run has no limits.
    pub risk: Option<Box<RiskState>>,
    pub(crate) liquidations: Vec<FillId>,
    pub(crate) busted: BTreeSet<(OrderId, FillId)>,
    markets: Vec<Market>,
    trades_from: Timestamp,
    mark_due: bool,
    /// Which instruments are only looked at; empty where all are traded.
    looked_at: Vec<bool>,
    /// One currency, one strategy, and everything traded: asked at each candle, so that others cost such a run nothing.
    pub(crate) plain: bool,
}

impl State {
    /// An account with `cash` that may trade these instruments from the first candle opening at `trades_from`.
    #[must_use]
    pub fn new(cash: Money, instruments: Vec<Instrument>, trades_from: Timestamp) -> Self {
        let n = instruments.len();
        Self {
            now: Timestamp::MIN,
            books: Books::new(cash, n, Currencies::HOME),
            sub_ledgers: SubLedgers::default(),
            orders: Orders::new(n),
            counters: Counters::default(),
            mark: Mark { count: 0, time: Timestamp::MIN, equity: cash, cash, gross: Money::ZERO },
            peak: cash,
            max_drawdown: Money::ZERO,
            booked: None,
            risk: None,
            liquidations: Vec::new(),
            busted: BTreeSet::new(),
            markets: vec![Market::default(); n],
            trades_from,
            mark_due: false,
            looked_at: Vec::new(),
            plain: true,
            instruments,
        }
    }

    fn settled(mut self) -> Self {
        self.plain = self.books.foreign().is_empty() && self.sub_ledgers.is_empty() && self.looked_at.is_empty();
        self
    }

    /// The same with instruments that are quoted in other currencies than the account's.
    #[must_use]
    pub fn with_currencies(mut self, currencies: Currencies) -> Self {
        self.books = Books::new(self.books.home.initial, self.instruments.len(), currencies);
        self.settled()
    }

    /// The same with instruments that are only looked at, such as the pair of a currency: their candles are no reason to mark
    /// the account, so that its days are those of what is traded.
    #[must_use]
    pub fn with_looked_at(mut self, looked_at: Vec<bool>) -> Self {
        assert!(looked_at.len() == self.instruments.len(), "each instrument is traded or looked at");
        self.looked_at = if looked_at.contains(&true) { looked_at } else { Vec::new() };
        self.settled()
    }

    /// The same for several strategies, each with a share of the cash; to be said after the currencies.
    ///
    /// # Panics
    /// When the shares are more than the cash.
    #[must_use]
    pub fn with_strategies(mut self, shares: &[Money]) -> Self {
        let given: Money = shares.iter().copied().sum();
        assert!(given <= self.books.home.initial, "strategies share what there is");
        self.sub_ledgers = SubLedgers::new(shares, self.instruments.len(), self.books.currencies());
        self.orders = Orders::shared(self.instruments.len(), shares.len());
        self.settled()
    }

    /// The same with limits; to be said last.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits, settings: Settings) -> Self {
        let counts = (self.instruments.len(), self.sub_ledgers.all().len());
        self.risk = Some(Box::new(RiskState::new(limits, settings, self.books.home.initial, counts)));
        self
    }

    /// The last that was seen of an instrument.
    #[must_use]
    #[inline]
    pub fn market(&self, id: InstrumentId) -> &Market {
        &self.markets[id.index()]
    }

    /// Changes the state by what happened; whether the strategy may act on it: it may not during the warm-up, nor on what is
    /// between people and the risk engine.
    ///
    /// # Panics
    /// When time runs back: the world broke its promise.
    #[inline]
    pub(crate) fn apply(&mut self, time: Timestamp, event: &Event, effects: &mut Vec<Effect>) -> bool {
        assert!(time >= self.now, "time never runs back");
        // Equity is marked once per instant, after its last candle: that is when anything else comes.
        match event {
            Event::Market(MarketEvent::Candle(candle)) => {
                if self.mark_due && time > self.now {
                    self.close_instant();
                }
                self.now = time;
                self.booked = None;
                self.apply_candle(candle)
            }
            other => {
                self.apply_other(time, other, effects);
                !other.is_internal()
            }
        }
    }

    #[inline(never)]
    fn apply_other(&mut self, time: Timestamp, event: &Event, effects: &mut Vec<Effect>) {
        self.close_instant();
        self.now = time;
        self.booked = None;
        match event {
            Event::Market(MarketEvent::Carry(carry)) => self.apply_carry(carry),
            Event::Report(report) => self.apply_report(report, effects),
            Event::Cash(cash) => self.books.deposit(cash.amount),
            Event::Feed(feed) => {
                if let Some(risk) = &mut self.risk {
                    risk.note_feed(*feed);
                }
            }
            Event::Market(MarketEvent::Candle(_)) | Event::Timer(_) | Event::Operator(_) => {}
        }
    }

    /// Whether the strategy may act on a candle: not before the warm-up is over.
    #[inline]
    pub(crate) fn may_act(&self, candle: &MarketCandle) -> bool {
        candle.candle.open_time >= self.trades_from
    }

    #[inline]
    fn apply_candle(&mut self, candle: &MarketCandle) -> bool {
        let index = candle.instrument.index();
        let market = &mut self.markets[index];
        market.last = candle.candle.close;
        market.candles += 1;
        if !self.plain {
            return self.see(candle);
        }
        if !self.may_act(candle) {
            return false;
        }
        self.books.home.mark(index, &self.instruments[index], candle.candle.close);
        self.counters.candles += 1;
        self.mark_due = true;
        true
    }

    /// The same where a candle may be more than that: the rate of a currency, a mark of each strategy's books, or only looked
    /// at.
    #[inline(never)]
    fn see(&mut self, candle: &MarketCandle) -> bool {
        let (id, close) = (candle.instrument, candle.candle.close);
        self.books.note_price(id, close);
        self.sub_ledgers.see(id, &self.instruments[id.index()], close);
        if !self.may_act(candle) {
            return false;
        }
        self.books.mark(id.index(), &self.instruments[id.index()], close);
        self.counters.candles += 1;
        self.mark_due |= self.looked_at.is_empty() || !self.looked_at[id.index()];
        true
    }

    #[cold]
    fn apply_carry(&mut self, carry: &Carry) {
        let Some(id) = carry.instrument() else {
            self.books.accrue(carry);
            self.sub_ledgers.accrue(carry);
            return;
        };
        let instrument = &self.instruments[id.index()];
        let lot = instrument.spec(self.now).lot;
        self.books.carry(id.index(), instrument, carry, lot);
        self.sub_ledgers.carry(id.index(), instrument, carry, lot);
        let market = &mut self.markets[id.index()];
        match *carry {
            Carry::Split { new, old, .. } => market.last = price_after(market.last, new, old),
            Carry::Delisting { .. } => market.last = Price::default(), // nothing can be ordered without a price
            _ => {}
        }
    }

    /// Marks the account at the end of an instant.
    #[inline]
    pub(crate) fn close_instant(&mut self) {
        if !self.mark_due {
            return;
        }
        self.mark_due = false;
        let home = &self.books.home;
        let (equity, cash, gross) =
            if self.plain { (home.equity(), home.cash, home.gross()) } else { self.books.figures() };
        self.mark = Mark { count: self.mark.count + 1, time: self.now, equity, cash, gross };
        self.peak = self.peak.max(equity);
        self.max_drawdown = self.max_drawdown.max(self.peak - equity);
    }

    fn apply_report(&mut self, report: &Report, effects: &mut Vec<Effect>) {
        let order = report.order();
        let now = self.now;
        let outcome = match *report {
            Report::Filled(fill) => self.book(fill),
            Report::Liquidated(fill) => self.book_liquidation(fill),
            Report::Busted(fill) => self.bust(fill),
            Report::Accepted { .. } => self.orders.change(order, Change::Accept, now),
            Report::Rejected { .. } => self.orders.change(order, Change::Reject, now),
            Report::Cancelled { .. } => self.orders.change(order, Change::Cancel, now),
            Report::Expired { .. } => self.orders.change(order, Change::Expire, now),
            Report::NotSent { .. } => self.orders.change(order, Change::Drop, now),
            Report::Lost { .. } => self.orders.change(order, Change::Lose, now),
            Report::Amended { quantity, price, .. } => self.orders.amend(order, quantity, price, now),
            Report::ChangeRefused { .. } => {
                let refused = self.orders.change(order, Change::RefuseChange, now);
                if refused.is_ok() {
                    self.orders.update(order, now, |order| order.set_amending(Qty::ZERO, None));
                }
                refused
            }
        };
        if let Err(anomaly) = outcome {
            self.notice(order, anomaly, effects);
        } else if let Some(anomaly) = self.oddity(report) {
            self.notice(order, anomaly, effects);
        }
    }

    fn notice(&mut self, order: OrderId, anomaly: Anomaly, effects: &mut Vec<Effect>) {
        self.counters.anomalies += 1;
        self.counters.repeated_fills += u64::from(anomaly == Anomaly::RepeatedFill);
        effects.push(Effect::Noticed { order, anomaly });
    }

    /// Position plus everything still on its way, so that a second order sees the first.
    #[must_use]
    #[inline]
    pub fn exposure(&self, id: InstrumentId) -> Qty {
        if self.plain {
            return self.books.home.position(id.index()).quantity + self.orders.working(id).net();
        }
        self.books.position(id.index()).quantity + self.orders.working(id).net()
    }

    /// The same of a strategy; of the account where there is only one.
    #[must_use]
    #[inline]
    pub fn exposure_of(&self, owner: Owner, id: InstrumentId) -> Qty {
        if self.plain {
            return self.exposure(id);
        }
        match self.sub_ledgers.of(owner) {
            None => self.exposure(id),
            Some(books) => books.position(id.index()).quantity + self.orders.working_of(owner, id).net(),
        }
    }
}
