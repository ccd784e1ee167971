//! The exchange itself: its time, its markets and what they show.
use super::account::{Account, AccountId, NewAccount, PositionMode, book};
use super::board::Board;
use super::feed::{Cursor, Feed, Shape, Shown, SourceError};
use super::listing::{Listing, MarketId};
use super::notice::{AccountReason, Notice};
use super::order::PositionSide;
use super::path::Path;
use super::position::MarginKind;
use super::refusal::Refusal;
use engine::ledger::Rate;
use engine::sim::Queue;
use engine::{Carry, Money, OrderId, Price, Qty, Tick, Timestamp};
use std::collections::VecDeque;

/// What the exchange assumes.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// When its time begins. Candles that are known by then are history.
    pub from: Timestamp,
    /// The path through a candle.
    pub path: Path,
    /// How many ticks a candle's path has between two of its prices.
    pub steps: u32,
    /// How many ticks the ask stands above the bid, where candles make the quotes.
    pub spread_ticks: u32,
    /// What stands at the best bid and ask, where candles make the quotes; without it any quantity trades there.
    pub size: Option<Qty>,
    /// When a limit that rests is filled.
    pub queue: Queue,
    /// How many final candles of a market are kept.
    pub history: usize,
    /// The number of the first order.
    pub first_order: u64,
    /// The number of the first trade.
    pub first_trade: u64,
}

impl Config {
    /// A market from an instant on, with numbers as large as the great exchanges have them.
    #[must_use]
    pub fn from(from: Timestamp) -> Self {
        Self {
            from,
            path: Path::ByDirection,
            steps: 4,
            spread_ticks: 1,
            size: None,
            queue: Queue::Through,
            history: 50_000,
            first_order: 1_930_000_000_000_000_003,
            first_trade: 511_178_071,
        }
    }
}

/// Why the exchange cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// A market's source cannot be read.
    #[error("the market {market} cannot go on: {error}")]
    Source {
        /// Which market.
        market: String,
        /// Why.
        error: SourceError,
    },
}

/// An exchange.
pub struct Exchange {
    pub(super) config: Config,
    pub(super) listings: Vec<Listing>,
    pub(super) boards: Vec<Board>,
    cursors: Vec<Cursor>,
    pub(super) halted: Vec<bool>,
    pub(super) accounts: Vec<Account>,
    pub(super) notices: VecDeque<Notice>,
    pub(super) now: Timestamp,
    pub(super) orders: u64,
    pub(super) trades: u64,
}

impl Exchange {
    /// An exchange with these markets, at the instant at which its time begins.
    ///
    /// # Errors
    /// When a source cannot be read so far.
    pub fn new(config: Config, markets: Vec<(Listing, Feed)>) -> Result<Self, ExchangeError> {
        let shape =
            Shape { path: config.path, steps: config.steps, spread_ticks: config.spread_ticks, size: config.size };
        let (mut listings, mut cursors) = (Vec::new(), Vec::new());
        for (listing, feed) in markets {
            cursors.push(Cursor::new(feed, shape, &listing));
            listings.push(listing);
        }
        let boards = listings.iter().map(|listing| Board::new(listing.interval, config.history)).collect();
        let mut exchange = Self {
            config,
            halted: vec![false; listings.len()],
            listings,
            boards,
            cursors,
            accounts: Vec::new(),
            notices: VecDeque::new(),
            now: Timestamp::MIN,
            orders: 0,
            trades: 0,
        };
        for place in 0..exchange.cursors.len() {
            exchange.fill(place)?;
        }
        exchange.advance(config.from)?;
        exchange.notices.clear();
        Ok(exchange)
    }

    /// Opens an account.
    pub fn open_account(&mut self, new: NewAccount) -> AccountId {
        let mut account = Account::new(new, &self.listings, self.config.queue);
        for (place, board) in (0..).zip(&self.boards) {
            if let Some(tick) = board.standing() {
                show(&mut account, MarketId(place), &tick);
            }
        }
        let id = AccountId(u32::try_from(self.accounts.len()).expect("accounts are numbered by u32"));
        self.accounts.push(account);
        id
    }

    /// Its time: that of the market.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When a market shows something next; never again where there is none.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        self.cursors.iter().filter_map(Cursor::next_time).min()
    }

    /// The markets.
    #[must_use]
    pub fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// The market of a base and a quote.
    #[must_use]
    pub fn market(&self, base: &str, quote: &str) -> Option<MarketId> {
        let place = self.listings.iter().position(|listing| listing.base == base && listing.quote == quote)?;
        u32::try_from(place).ok().map(MarketId)
    }

    /// The rules of a market.
    #[must_use]
    pub fn listing(&self, market: MarketId) -> &Listing {
        &self.listings[market.index()]
    }

    /// What a market shows.
    #[must_use]
    pub fn board(&self, market: MarketId) -> &Board {
        &self.boards[market.index()]
    }

    /// Whether a market is halted.
    #[must_use]
    pub fn is_halted(&self, market: MarketId) -> bool {
        self.halted[market.index()]
    }

    /// Halts a market, or lets it go on. Its prices go on either way; orders are not taken while it is halted.
    pub fn set_halted(&mut self, market: MarketId, halted: bool) {
        self.halted[market.index()] = halted;
    }

    /// An account.
    #[must_use]
    pub fn account(&self, account: AccountId) -> &Account {
        &self.accounts[account.index()]
    }

    /// The accounts.
    pub fn accounts(&self) -> impl Iterator<Item = AccountId> + use<> {
        (0..u32::try_from(self.accounts.len()).unwrap_or(0)).map(AccountId)
    }

    /// The last funding of a market: when, and which share.
    #[must_use]
    pub fn last_funding(&self, market: MarketId) -> Option<(Timestamp, Rate)> {
        let all = &self.listings[market.index()].funding;
        all.iter().rev().find(|(time, _)| *time <= self.now).copied()
    }

    /// The next funding of a market: when, and which share.
    #[must_use]
    pub fn next_funding(&self, market: MarketId) -> Option<(Timestamp, Rate)> {
        let all = &self.listings[market.index()].funding;
        all.iter().find(|(time, _)| *time > self.now).copied()
    }

    /// The next notice, oldest first.
    pub fn poll(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// Everything that happens until an instant, which itself is included. Earlier instants change nothing.
    ///
    /// # Errors
    /// When a source cannot be read. What happened before stands.
    pub fn advance(&mut self, to: Timestamp) -> Result<(), ExchangeError> {
        while let Some((time, place)) = self.first().filter(|(time, _)| *time <= to) {
            self.now = self.now.max(time);
            let shown = self.cursors[place].pop();
            self.fill(place)?;
            if let Some((time, shown)) = shown {
                self.happen(MarketId(u32::try_from(place).unwrap_or(0)), time, shown);
            }
        }
        self.now = self.now.max(to);
        for place in 0..self.accounts.len() {
            self.accounts[place].venue.pass(self.now);
            self.book(AccountId(u32::try_from(place).unwrap_or(0)));
        }
        Ok(())
    }

    /// The market that shows something next; of one instant the first one.
    fn first(&self) -> Option<(Timestamp, usize)> {
        let all = self.cursors.iter().enumerate();
        all.filter_map(|(place, cursor)| Some((cursor.next_time()?, place))).min()
    }

    fn fill(&mut self, place: usize) -> Result<(), ExchangeError> {
        let listing = &self.listings[place];
        let failed = |error| ExchangeError::Source { market: listing.instrument.name.clone(), error };
        self.cursors[place].fill(listing).map_err(failed)
    }

    fn happen(&mut self, market: MarketId, time: Timestamp, shown: Shown) {
        match shown {
            Shown::Begun(open_time, known_time) => self.boards[market.index()].note_begin(open_time, known_time),
            Shown::Print { price, quantity, taker } => {
                let board = &mut self.boards[market.index()];
                if let Some(it) = board.note_print(time, price, quantity, taker) {
                    self.notices.push_back(Notice::Trade { market, number: it.number, time, price, quantity, taker });
                    self.show(market, &Tick::trade(time, price, quantity, Some(taker)));
                }
                if let Some(candle) = self.boards[market.index()].forming() {
                    self.notices.push_back(Notice::Candle { market, candle, is_final: false });
                }
            }
            Shown::Quote(tick) => {
                self.boards[market.index()].note_quote(tick);
                self.notices.push_back(Notice::Quote { market, time });
                self.show(market, &tick);
            }
            Shown::Ended(candle) => {
                self.boards[market.index()].note_end(candle);
                self.notices.push_back(Notice::Candle { market, candle, is_final: true });
            }
            Shown::Funding(rate) => self.fund(market, time, rate),
        }
    }

    /// Shows every account a tick, and books what comes of it.
    fn show(&mut self, market: MarketId, tick: &Tick) {
        for place in 0..self.accounts.len() {
            show(&mut self.accounts[place], market, tick);
            self.book(AccountId(u32::try_from(place).unwrap_or(0)));
        }
    }

    fn fund(&mut self, market: MarketId, time: Timestamp, rate: Rate) {
        for place in 0..self.accounts.len() {
            let account = &mut self.accounts[place];
            let mut paid = Money::ZERO;
            for side in [PositionSide::Net, PositionSide::Short] {
                let instrument = book(market, side);
                let carry = Carry::Funding { instrument, rate, mark: Price(0) };
                let held = account.venue.venue().account().held()[instrument.index()].quantity;
                let carry = account.venue.carry(&carry, time);
                let payment = carry.payment(&self.listings[market.index()].instrument, held);
                account.positions[market.index()][usize::from(side == PositionSide::Short)].paid -= payment;
                paid += payment;
            }
            if paid != Money::ZERO {
                account.funding += paid;
                let account = AccountId(u32::try_from(place).unwrap_or(0));
                let (reason, market) = (AccountReason::Funding, Some(market));
                self.notices.push_back(Notice::Account { account, reason, market, time });
            }
        }
    }

    /// Money comes to an account, or goes where it is negative.
    pub fn deposit(&mut self, account: AccountId, amount: Money) {
        let it = &mut self.accounts[account.index()];
        it.venue.deposit(amount);
        it.deposited += amount;
        let (reason, time) = (AccountReason::Deposit, self.now);
        self.notices.push_back(Notice::Account { account, reason, market: None, time });
    }

    /// Sets how many positions a market has for an account.
    ///
    /// # Errors
    /// When it has open orders or positions.
    pub fn set_mode(&mut self, account: AccountId, mode: PositionMode) -> Result<(), Refusal> {
        let it = &mut self.accounts[account.index()];
        let held = it.positions.iter().flatten().any(|position| !position.quantity.is_zero());
        if it.mode != mode && (held || !it.open.is_empty()) {
            return Err(Refusal::InUse);
        }
        it.mode = mode;
        Ok(())
    }

    /// Sets the leverage of a market for an account; of both sides where the net one is named.
    ///
    /// # Errors
    /// When it is zero or above what the market allows.
    pub fn set_leverage(
        &mut self,
        account: AccountId,
        market: MarketId,
        side: PositionSide,
        leverage: u32,
    ) -> Result<(), Refusal> {
        if leverage == 0 || leverage > self.listings[market.index()].leverage_max {
            return Err(Refusal::Invalid("the leverage is zero or above what the market allows"));
        }
        let settings = &mut self.accounts[account.index()].settings[market.index()];
        if side != PositionSide::Short {
            settings.long_leverage = leverage;
        }
        if side != PositionSide::Long {
            settings.short_leverage = leverage;
        }
        self.tell_setting(account, market);
        Ok(())
    }

    /// Sets whose losses a market's margins answer for.
    ///
    /// # Errors
    /// When the account has an open order or a position there and it would change.
    pub fn set_margin(&mut self, account: AccountId, market: MarketId, margin: MarginKind) -> Result<(), Refusal> {
        let it = &mut self.accounts[account.index()];
        let held = it.positions[market.index()].iter().any(|position| !position.quantity.is_zero());
        let open = it.open_orders().any(|order| order.request.market == market);
        if it.settings[market.index()].margin != margin && (held || open) {
            return Err(Refusal::InUse);
        }
        it.settings[market.index()].margin = margin;
        self.tell_setting(account, market);
        Ok(())
    }

    fn tell_setting(&mut self, account: AccountId, market: MarketId) {
        let (reason, time) = (AccountReason::Setting, self.now);
        self.notices.push_back(Notice::Account { account, reason, market: Some(market), time });
    }

    /// The number of the next order.
    pub(super) fn next_order(&mut self) -> OrderId {
        self.orders += 1;
        // An odd distance, so that no two end alike and none ends in zeros as rounded ones do.
        OrderId(self.config.first_order + self.orders * 4_194_307)
    }
}

/// Shows an account a tick: both books of the market.
pub(super) fn show(account: &mut Account, market: MarketId, tick: &Tick) {
    for side in [PositionSide::Net, PositionSide::Short] {
        // What a feed shows has been checked; a tick that is late for one book is late for none.
        let shown = account.venue.tick(book(market, side), tick);
        debug_assert!(shown.is_ok(), "{shown:?}");
    }
}
