//! What the account is watched by: limits, counters and breakers. All of it follows from events, so that a restart by
//! replay finds it as it was.
use super::room::Room;
use super::window::Window;
use super::{Check, Days, Limits, TradingState};
use crate::books::Books;
use crate::effect::Refusal;
use crate::feed::{FeedEvent, Standing};
use crate::instrument::InstrumentId;
use crate::orders::Orders;
use crate::sub_ledgers::Owner;
use crate::value_at_risk::{DayReturns, VarSettings};
use crate::{Money, Price, Timestamp};
use alloc::vec;
use alloc::vec::Vec;

/// More than an account can lose.
const NO_LIMIT: Money = Money(i128::MAX);

/// What of a run's limits is not a number that a person may change: windows, days, and what a stop does.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The window of [`Check::OrderRate`], in nanoseconds.
    pub orders_ns: i64,
    /// The window of [`Check::MessageRate`], in nanoseconds.
    pub messages_ns: i64,
    /// The window of [`Check::RepeatedOrder`], in nanoseconds.
    pub repeats_ns: i64,
    /// For how long a breaker stays open, in nanoseconds.
    pub cooldown_ns: i64,
    /// How many closes the average has that a market must stay near to.
    pub moving_candles: usize,
    /// When the exchange's day ends.
    pub days: Days,
    /// How value at risk is estimated.
    pub var: VarSettings,
    /// Whether an emergency stop closes what is held.
    pub flattens: bool,
    /// Whether an order beyond a limit of size is cut down to it rather than refused.
    pub clips: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            orders_ns: 1_000_000_000,
            messages_ns: 1_000_000_000,
            repeats_ns: 60_000_000_000,
            cooldown_ns: 3_600_000_000_000,
            moving_candles: 20,
            days: Days::Utc,
            var: VarSettings::default(),
            flattens: false,
            clips: false,
        }
    }
}

/// What is known of one instrument's data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarketWatch {
    /// When its last candle was known; zero before the first.
    pub known: Timestamp,
    /// By how much the core saw it later than that.
    pub skew_ns: i64,
    /// How long the hole before its last candle was; zero where there was none.
    pub gap_ns: i64,
    /// Its last close; zero before the first.
    pub(super) last: Price,
    closes: Vec<i64>,
    next: usize,
    sum: i128,
}

impl MarketWatch {
    /// Takes note of a close.
    #[inline]
    pub(super) fn push(&mut self, close: Price, candles: usize) {
        self.last = close;
        if self.closes.len() < candles {
            self.closes.push(close.0);
            self.sum += i128::from(close.0);
        } else if let Some(oldest) = self.closes.get_mut(self.next) {
            self.sum += i128::from(close.0) - i128::from(*oldest);
            *oldest = close.0;
            self.next += 1;
            if self.next == candles {
                self.next = 0;
            }
        }
    }

    /// Forgets the closes: they were of other units.
    pub(super) fn split(&mut self, new: i64, old: i64) {
        self.last = crate::carry::price_after(self.last, new, old);
        self.closes.clear();
        (self.next, self.sum) = (0, 0);
    }

    /// The sum of the last closes and how many there are, once there are as many as the average is of.
    #[must_use]
    pub fn average(&self, candles: usize) -> Option<(i128, i128)> {
        (candles > 0 && self.closes.len() == candles).then_some((self.sum, candles as i128))
    }
}

/// Where one strategy stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnerWatch {
    /// Whether it may go on.
    pub state: TradingState,
    /// Why not.
    pub cause: Option<Refusal>,
    /// Until when its breaker is open.
    pub paused_until: Timestamp,
    /// Why it is.
    pub paused_by: Option<Refusal>,
    /// Losing exits in a row.
    pub losses: u32,
    /// What its books were worth when the day began.
    pub day_start: Money,
    /// What it had realised when that was last looked at.
    pub(super) realised: Money,
    /// Since when repetitions count.
    pub(super) enabled_at: Timestamp,
}

/// The watch over an account.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskState {
    /// The limits now.
    pub(super) limits: Limits,
    /// What a person cannot change.
    pub settings: Settings,
    /// How much of trading goes on.
    pub trading: TradingState,
    /// Why not all of it.
    pub cause: Option<Refusal>,
    /// What the account was worth when the day began, and what came or went without a trade since.
    pub day_start: Money,
    /// When the day ends.
    pub day_end: Timestamp,
    /// The highest equity of any instant that has ended, since the last reset.
    pub peak: Money,
    /// What each day did to each instrument.
    pub returns: DayReturns,
    /// Each instrument's data.
    pub markets: Vec<MarketWatch>,
    /// The account's only strategy, or nobody, and each of several.
    pub owners: Vec<OwnerWatch>,
    /// New orders.
    pub(super) orders: Window,
    /// Orders, amendments and cancels.
    pub(super) messages: Window,
    /// What the account may lose of the day's start; more than there is where that is not limited.
    pub(super) day_allowance: Money,
    /// How far it may fall from the peak, or somewhat less: it grows with the peak and is worked out when it matters.
    pub(super) peak_allowance: Money,
    /// Whether any limit is of what is held, and any of all of it together.
    pub(super) limits_holdings: bool,
    pub(super) limits_the_whole: bool,
    /// Whether any limit is of what strategies lose.
    pub(super) limits_strategies: bool,
    /// What surely fits below every limit.
    pub(super) room: Room,
    /// Equity after the last event.
    pub(super) equity: Money,
    /// When that was.
    pub(crate) seen: Timestamp,
    /// Whether it has asked to be woken when this instant ends.
    pub(super) alarmed: bool,
    /// Whether an emergency stop still closes anything.
    pub(super) closes: bool,
    /// How each instrument's data stands, and at the end what we hear of our own orders.
    pub(super) feeds: Vec<Standing>,
    /// Whether all of them are ready.
    pub(super) all_ready: bool,
    /// Which instruments it still closes.
    pub(super) closing: Vec<bool>,
    /// Limits that are crossed without an order of ours: instrument by instrument, a bit for each.
    pub(super) crossed: Vec<u64>,
}

impl RiskState {
    /// A watch over an account that is worth so much, of so many instruments and so many strategies; none where there is
    /// only one.
    #[must_use]
    pub fn new(limits: Limits, settings: Settings, cash: Money, (instruments, strategies): (usize, usize)) -> Self {
        let mut it = Self {
            returns: DayReturns::new(settings.var, instruments),
            limits,
            settings,
            trading: TradingState::Active,
            cause: None,
            day_start: cash,
            day_end: Timestamp::MIN,
            peak: cash,
            markets: vec![MarketWatch::default(); instruments],
            owners: vec![OwnerWatch::default(); strategies + 1],
            orders: Window::default(),
            messages: Window::default(),
            day_allowance: NO_LIMIT,
            peak_allowance: NO_LIMIT,
            limits_holdings: false,
            limits_the_whole: false,
            limits_strategies: false,
            room: Room::default(),
            equity: cash,
            seen: Timestamp::MIN,
            alarmed: false,
            closes: false,
            feeds: vec![Standing::Ready; instruments + 1],
            all_ready: true,
            closing: vec![false; instruments],
            crossed: vec![0; instruments],
        };
        it.remember_allowances();
        it
    }

    /// Works out what may be lost, after a limit, a day's start or a peak has changed.
    pub(super) fn remember_allowances(&mut self) {
        self.day_allowance = self.daily_allowance().unwrap_or(NO_LIMIT);
        self.peak_allowance = self.drawdown_allowance().unwrap_or(NO_LIMIT);
        let whole = [Check::GrossExposure, Check::NetExposure, Check::Leverage];
        self.limits_the_whole = whole.into_iter().any(|check| self.limits.has(check));
        let strategies = [Check::StrategyLosses, Check::StrategyLoss];
        self.limits_strategies = strategies.into_iter().any(|check| self.limits.has(check));
        let each = [Check::Position, Check::PositionNotional, Check::Concentration];
        self.limits_holdings = self.limits_the_whole || each.into_iter().any(|check| self.limits.has(check));
        self.make_room();
    }

    /// The limits now.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sets a limit, or lifts it, of one instrument or of all.
    pub fn set_limit(&mut self, check: Check, instrument: Option<InstrumentId>, value: Option<i128>) {
        self.limits.set(check, instrument, value);
        self.remember_allowances();
    }

    /// Where a strategy stands.
    #[must_use]
    pub fn owner(&self, owner: Owner) -> &OwnerWatch {
        &self.owners[usize::from(owner.0)]
    }

    /// What of its day's loss the account may still lose; `None` where that is not limited.
    #[must_use]
    pub fn daily_allowance(&self) -> Option<Money> {
        self.limits.of_account(Check::DailyLoss).map(|ppm| part_of(self.day_start, ppm))
    }

    /// How far the account may fall from its peak; `None` where that is not limited.
    #[must_use]
    pub fn drawdown_allowance(&self) -> Option<Money> {
        self.limits.of_account(Check::EmergencyStop).map(|ppm| part_of(self.peak, ppm))
    }

    /// A source of news stands otherwise than before. One that is not of this run changes nothing.
    pub(crate) fn note_feed(&mut self, feed: FeedEvent) {
        let orders = self.feeds.len() - 1;
        let place = if feed.instrument == InstrumentId::ACCOUNT { orders } else { feed.instrument.index() };
        if feed.instrument == InstrumentId::ACCOUNT || place < orders {
            self.feeds[place] = feed.standing;
        }
        self.all_ready = self.feeds.iter().all(|feed| *feed == Standing::Ready);
    }

    /// How the news stand that an order of an instrument depends on: the worse of its data and of what we hear of our orders.
    #[must_use]
    #[inline]
    pub fn feed(&self, id: InstrumentId) -> Standing {
        if self.all_ready {
            return Standing::Ready;
        }
        self.feeds[id.index()].max(self.feeds.last().copied().unwrap_or_default())
    }

    /// How each instrument's data stands, and at the end what we hear of our own orders.
    #[must_use]
    pub fn feeds(&self) -> &[Standing] {
        &self.feeds
    }

    /// Every position is to be closed, those among them that an order which still lives may yet open.
    pub(super) fn close(&mut self, books: &Books, orders: &Orders) {
        for (index, (closing, position)) in self.closing.iter_mut().zip(books.positions()).enumerate() {
            *closing = !position.quantity.is_zero() || !orders.live(InstrumentId(index as u32)).is_empty();
            self.closes |= *closing;
        }
    }

    /// Whether an emergency stop still closes positions.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.closes
    }

    /// Whether it still closes what is held of an instrument.
    pub(crate) fn is_closing_one(&self, id: InstrumentId) -> bool {
        self.closing[id.index()]
    }

    /// It has nothing more to do there.
    pub(crate) fn closed(&mut self, id: InstrumentId) {
        self.closing[id.index()] = false;
        self.closes = self.closing.contains(&true);
    }

    /// Something was sent.
    #[inline]
    pub(crate) fn sent(&mut self, now: Timestamp, is_new: bool) {
        if is_new {
            self.orders.push(now, self.settings.orders_ns);
        }
        self.messages.push(now, self.settings.messages_ns);
    }

    /// What is known of an instrument's data.
    #[must_use]
    #[inline]
    pub fn market(&self, id: InstrumentId) -> &MarketWatch {
        &self.markets[id.index()]
    }
}

/// So many millionths of an amount, rounded down; of a debt nothing.
fn part_of(amount: Money, ppm: i128) -> Money {
    Money(crate::ledger::share(amount.0.max(0), ppm, 1_000_000))
}
