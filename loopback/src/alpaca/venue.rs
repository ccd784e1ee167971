//! The venue: the order desk, the sockets and the exchange behind them, driven by whoever carries the bytes.
//!
//! The desk says what is to be asked, here it is asked; the exchange says what happened, here everybody is told. It owns no
//! socket and reads no clock.
use super::asset::{Asset, AssetClass};
use super::budget::Budget;
use super::calendar::Calendar;
use super::configuration::Configuration;
use super::desk::Desk;
use super::facts::{Facts, Seen};
use super::handing::Ask;
use super::messages;
use super::options::Options;
use super::sockets::Sockets;
use super::words::Status;
use super::worth::Worth;
use crate::exchange::{
    self, AccountId, Exchange, ExchangeError, MarketId, NewAccount, NewOrder, Notice, PositionMode, PositionSide,
    Settlement, Tie,
};
use crate::faults::Faults;
use crate::pace::{Moment, Pace, Speed};
use engine::risk::Leverage;
use engine::sim::Sessions;
use engine::{Money, OrderId, Timestamp};
use rust_decimal::Decimal;

/// A venue that speaks Alpaca's protocol.
pub struct Alpaca {
    pub(super) options: Options,
    pub(super) exchange: Exchange,
    pub(super) account: AccountId,
    pub(super) desk: Desk,
    pub(super) pace: Pace,
    pub(super) faults: Faults,
    pub(super) sockets: Sockets,
    pub(super) budget: Budget,
    pub(super) calendar: Calendar,
    pub(super) configuration: Configuration,
    pub(super) worth: Worth,
    /// When the market began.
    pub(super) begun: Timestamp,
    /// Cancellations that the exchange is asked for later, and when on the steady clock.
    pub(super) late_cancels: Vec<(u64, usize)>,
    /// Markets that are halted, and until when on the steady clock.
    pub(super) halts: Vec<(u64, MarketId)>,
    /// Until then no socket is opened, on the steady clock.
    pub(super) refused_until_ns: u64,
    /// Orders that cannot be found yet, and until when on the steady clock.
    pub(super) hidden: Vec<(u64, usize)>,
    /// Fills of the exchange that were looked at.
    executions: usize,
    /// When faults of time were asked for last, in seconds of the steady clock.
    pub(super) fault_second: u64,
    /// Why the market cannot go on, once it cannot.
    pub(super) failure: Option<ExchangeError>,
}

/// What a venue begins with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The cash of its account, in dollars.
    pub cash: Money,
    /// How much the account may hold as a multiple of its equity: up to 4 at the real venue, 1 without margin.
    pub leverage: Leverage,
    /// Keys and quirks.
    pub options: Options,
    /// What goes wrong.
    pub faults: Faults,
    /// How fast the market goes.
    pub speed: Speed,
}

impl Alpaca {
    /// A venue over an exchange whose markets trade under `symbols`, in their order: `AAPL`, or with a slash for a crypto
    /// pair, `BTC/USD`. Its time begins with that of the exchange.
    ///
    /// # Panics
    /// When there are not as many symbols as markets.
    #[must_use]
    pub fn new(mut exchange: Exchange, symbols: &[String], setup: Setup, now: Moment) -> Self {
        let Setup { cash, leverage, options, faults, speed } = setup;
        let account = exchange.open_account(NewAccount {
            name: "alpaca".into(),
            cash,
            settlement: Settlement::Cash(leverage),
            mode: PositionMode::OneWay,
            leverage: 1,
        });
        let listings = exchange.listings();
        assert!(listings.len() == symbols.len(), "every market has its symbol");
        let asset = |(place, (it, symbol)): (u32, (&exchange::Listing, &String))| {
            Asset::new(MarketId(place), symbol, &it.instrument, exchange.now())
        };
        let assets: Vec<Asset> = (0..).zip(listings.iter().zip(symbols)).map(asset).collect();
        let of_stocks = assets.iter().zip(listings).find(|(asset, _)| asset.class == AssetClass::Stock);
        let calendar = Calendar::new(of_stocks.map_or(&Sessions::ALWAYS, |(_, listing)| &listing.sessions));
        Self {
            pace: Pace::new(speed, exchange.now(), now),
            desk: Desk::new(assets, options.rules, options.seed),
            configuration: Configuration::new(options.rules.no_shorting),
            budget: Budget::new(options.requests_per_minute),
            sockets: Sockets::default(),
            worth: Worth::default(),
            begun: exchange.now(),
            late_cancels: Vec::new(),
            halts: Vec::new(),
            refused_until_ns: 0,
            hidden: Vec::new(),
            executions: 0,
            fault_second: 0,
            failure: None,
            options,
            exchange,
            account,
            faults,
            calendar,
        }
    }

    /// Why the market cannot go on, once it cannot: its source could not be read. Requests are answered all the same.
    #[must_use]
    pub fn failure(&self) -> Option<&ExchangeError> {
        self.failure.as_ref()
    }

    /// The exchange behind it: what really happened.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The faults, and how often each has come.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The same, to be changed: a fault can be switched on and off while it runs.
    pub fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// The account and the market now.
    pub(super) fn facts(&self) -> Facts {
        let account = self.exchange.account(self.account);
        let multiplier = match account.settlement() {
            Settlement::Cash(leverage) => Decimal::new(leverage.ppm, 6),
            Settlement::Margin => Decimal::ONE,
        };
        let seen = |asset: &Asset| {
            let board = self.exchange.board(asset.market);
            let quote = board.quote();
            Seen {
                last: board.price().map(|price| asset.price(price)),
                bid: quote.map(|quote| asset.price(quote.bid)),
                ask: quote.map(|quote| asset.price(quote.ask)),
                quantity: asset.quantity(account.position(asset.market, PositionSide::Net).quantity),
            }
        };
        let now = self.exchange.now();
        Facts {
            now,
            open: self.calendar.is_open(now),
            cash: decimal(account.cash()),
            multiplier,
            seen: self.desk.assets.iter().map(seen).collect(),
        }
    }

    /// Asks the exchange for what the desk wants of a new order, and takes it in, unless it waits for its market to open.
    pub(super) fn take_in(&mut self, place: usize) {
        self.perform();
        if !self.desk.waiting.contains(&place) {
            self.desk.acknowledge(place, self.exchange.now());
        }
        self.settle();
    }

    /// Does what the desk asks for, takes in what the exchange says, and tells whoever listens, until all is said.
    pub(super) fn settle(&mut self) {
        loop {
            self.perform();
            let Some(notice) = self.exchange.poll() else { break };
            self.notice(&notice);
        }
        self.follow_liquidations();
        self.tell_updates();
    }

    fn perform(&mut self) {
        while !self.desk.asks.is_empty() {
            for ask in std::mem::take(&mut self.desk.asks) {
                self.ask(ask);
            }
        }
    }

    fn ask(&mut self, ask: Ask) {
        let now = self.exchange.now();
        match ask {
            Ask::Submit(place, tied_to) => {
                if tied_to.is_some_and(|leader| self.desk.orders[leader].status.is_final()) {
                    self.desk.end(place, Status::Canceled, now);
                    return;
                }
                let tie = tied_to.and_then(|leader| self.desk.orders[leader].number);
                self.lose_what_the_leader_has(place, tie, now);
                let number = self.submit(place, tie);
                self.desk.placed(place, number, now);
            }
            Ask::Cancel(place) => {
                if self.cancel(place).is_err() {
                    self.desk.change_refused(place, now);
                }
            }
            Ask::Amend(place, leaves, price) => {
                let number = self.desk.orders[place].number.unwrap_or(OrderId(0));
                let filled = self.exchange.account(self.account).order(number).map(|order| order.filled);
                let quantity = filled.unwrap_or_default() + leaves;
                if self.exchange.amend(self.account, number, Some(quantity), price).is_err() {
                    self.desk.change_refused(place, now);
                }
            }
            Ask::Swap(old, next) => self.swap(old, next, now),
        }
    }

    fn submit(&mut self, place: usize, tie: Option<OrderId>) -> Result<OrderId, exchange::Refusal> {
        let wish = self.desk.wish(place);
        let order = &self.desk.orders[place];
        // Who enters the exchange again has used its name there.
        let client_id = order.number.is_none().then(|| order.client_id.clone());
        let new = NewOrder {
            market: self.desk.assets[wish.asset].market,
            position: PositionSide::Net,
            side: wish.side,
            quantity: wish.quantity,
            kind: wish.kind,
            terms: wish.terms,
            tie: tie.map_or(Tie::Alone, Tie::OneCancelsOther),
            client_id,
        };
        self.exchange.submit(self.account, new)
    }

    /// What the first of a group has filled as it arrived, the next one has lost before it comes.
    fn lose_what_the_leader_has(&mut self, place: usize, leader: Option<OrderId>, now: Timestamp) {
        let leader = leader.and_then(|number| self.exchange.account(self.account).order(number));
        if let Some(filled) = leader.map(|order| order.filled).filter(|filled| !filled.is_zero()) {
            self.desk.shrink(place, filled, now);
        }
    }

    pub(super) fn cancel(&mut self, place: usize) -> Result<(), exchange::Refusal> {
        let number = self.desk.orders[place].number.ok_or(exchange::Refusal::UnknownOrder)?;
        self.exchange.cancel(self.account, number)
    }

    /// Cancels an order with its group, and enters the group again with another in its place.
    fn swap(&mut self, old: usize, next: usize, now: Timestamp) {
        let others = self.desk.leave_exchange(old, next);
        if self.cancel(old).is_err() {
            self.desk.return_to_exchange(old, &others);
            self.desk.change_refused(old, now);
            return;
        }
        let placed = self.submit(next, None);
        let leader = placed.as_ref().ok().copied();
        if placed.is_ok() {
            self.desk.placed(next, placed, now);
            self.desk.replaced(old, next, now);
        } else {
            self.desk.placed(next, placed, now);
            self.desk.end(old, Status::Canceled, now);
        }
        for other in others {
            self.lose_what_the_leader_has(other, leader, now);
            let placed = self.submit(other, leader);
            self.desk.placed(other, placed, now);
        }
    }

    fn notice(&mut self, notice: &Notice) {
        if let Notice::Trade { market, price, .. } = notice {
            self.desk.note_price(*market, *price);
        }
        match notice {
            Notice::Order { account, order, change, .. } if *account == self.account => {
                let now = self.exchange.now();
                self.desk.report(order, change, now);
            }
            Notice::Account { .. } | Notice::Order { .. } => {}
            Notice::Trade { .. } | Notice::Quote { .. } | Notice::Candle { .. } if !self.sockets.has_data() => {}
            Notice::Trade { .. } | Notice::Quote { .. } | Notice::Candle { .. } => {
                let sent = messages::of_notice(notice, &self.exchange, &self.desk.assets);
                for message in sent {
                    self.sockets.tell_data(&message, &mut self.faults);
                }
            }
        }
    }

    /// Takes in the fills by which the exchange closed a position by itself.
    fn follow_liquidations(&mut self) {
        let now = self.exchange.now();
        let all = self.exchange.account(self.account).executions();
        for execution in all.iter().skip(self.executions).filter(|it| it.order.is_none()) {
            self.desk.liquidated(execution, now);
        }
        self.executions = all.len();
    }

    fn tell_updates(&mut self) {
        for update in std::mem::take(&mut self.desk.updates) {
            self.sockets.tell_update(&update.node, self.options.updates, &mut self.faults);
        }
    }

    /// The market goes on to an instant, and everybody hears of it.
    pub(super) fn go_to(&mut self, to: Timestamp) {
        // One instant after the other: what the desk wants of one is asked before the next.
        while self.failure.is_none() {
            let instant = self.exchange.next().map_or(to, |next| next.min(to));
            self.failure = self.exchange.advance(instant).err();
            if !self.desk.waiting.is_empty() && self.calendar.is_open(instant) {
                self.desk.market_opens(instant);
            }
            self.settle();
            if instant == to {
                break;
            }
        }
        let now = self.exchange.now();
        if self.worth.is_due(now) {
            self.worth.note(now, self.facts().equity());
        }
    }

    /// When the market goes on next at its pace; `None` where it waits to be asked or has ended.
    pub(super) fn next_instant(&self, now: Moment, is_free: bool) -> Option<Timestamp> {
        match self.pace.speed() {
            Speed::Thousandths(_) => Some(self.pace.market(now)),
            Speed::Max if is_free => self.exchange.next(),
            Speed::Max | Speed::OnDemand => None,
        }
    }
}

/// Money as a decimal; what no decimal can hold is shown as the largest one.
pub(super) fn decimal(money: Money) -> Decimal {
    money.to_decimal().unwrap_or(Decimal::MAX)
}
