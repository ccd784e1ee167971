//! An account: its orders, fills and positions, its settings, and its own view of every market.
use super::listing::{Listing, MarketId};
use super::order::{Execution, Order, PositionSide};
use super::position::{MarginKind, Position};
use engine::risk::Leverage;
use engine::sim::{Costs, Pushed, Queue, VenueConfig};
use engine::{Dated, InstrumentId, Money, OrderId, SimVenue};
use std::collections::BTreeMap;

/// The place of an account at the exchange, from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u32);

impl AccountId {
    /// The place as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How fills are paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// A position has a margin; cash moves by what closing it makes, by fees and by funding. Perpetual swaps.
    Margin,
    /// What is bought is paid for in full, on credit up to so many times the equity. Stocks and coins.
    Cash(Leverage),
}

/// How many positions a market has for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionMode {
    /// One, of either sign.
    OneWay,
    /// A long and a short one.
    Hedge,
}

/// An account to be opened.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its name in notices and tables.
    pub name: String,
    /// What it begins with.
    pub cash: Money,
    /// How fills are paid for.
    pub settlement: Settlement,
    /// How many positions a market has for it.
    pub mode: PositionMode,
    /// The leverage of every market until it is set.
    pub leverage: u32,
}

/// What an account set for one market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The leverage of long positions, and of the only one.
    pub long_leverage: u32,
    /// The leverage of short positions.
    pub short_leverage: u32,
    /// Whose losses a margin answers for.
    pub margin: MarginKind,
}

/// An account.
#[derive(Debug)]
pub struct Account {
    pub(super) name: String,
    pub(super) settlement: Settlement,
    pub(super) mode: PositionMode,
    /// What it began with and what came or went since, without fills.
    pub(super) deposited: Money,
    pub(super) realised: Money,
    pub(super) fees: Money,
    pub(super) funding: Money,
    pub(super) orders: BTreeMap<OrderId, Order>,
    /// The open ones of them.
    pub(super) open: Vec<OrderId>,
    pub(super) executions: Vec<Execution>,
    /// By market: the net or long position, and the short one.
    pub(super) positions: Vec<[Position; 2]>,
    pub(super) settings: Vec<Settings>,
    /// Names that were used, for ever.
    pub(super) client_ids: BTreeMap<String, OrderId>,
    pub(super) venue: Pushed,
}

/// The book of a market's position at the account's venue: two of a market, because a long and a short position stand side
/// by side where the account wants them to.
pub(super) fn book(market: MarketId, side: PositionSide) -> InstrumentId {
    InstrumentId(market.0 * 2 + u32::from(side == PositionSide::Short))
}

/// The market and the place of the position that a book is about.
pub(super) fn of_book(book: InstrumentId) -> (MarketId, usize) {
    (MarketId(book.0 / 2), book.index() % 2)
}

impl Account {
    pub(super) fn new(new: NewAccount, listings: &[Listing], queue: Queue) -> Self {
        let NewAccount { name, cash, settlement, mode, leverage } = new;
        let most = listings.iter().map(|listing| listing.leverage_max).max().unwrap_or(1).max(1);
        let leverage_ppm = match settlement {
            // How much a position may be of its margin is looked at as an order arrives: see `trading`.
            Settlement::Margin => i64::from(most) * 1_000_000,
            Settlement::Cash(leverage) => leverage.ppm,
        };
        let config = VenueConfig { queue, leverage: Leverage { ppm: leverage_ppm }, ..VenueConfig::default() };
        let twice = || listings.iter().flat_map(|listing| [listing, listing]);
        let instruments = twice().map(|listing| listing.instrument.clone()).collect();
        let costs = twice().map(|listing| Dated::always(costs(listing))).collect();
        let mut venue = SimVenue::new(config, cash, instruments, costs);
        for (place, listing) in (0..).zip(twice()) {
            venue = venue.with_sessions(InstrumentId(place), listing.sessions.clone());
        }
        let books = (0..u32::try_from(listings.len() * 2).unwrap_or(0)).map(InstrumentId);
        let settings = Settings { long_leverage: leverage, short_leverage: leverage, margin: MarginKind::default() };
        Self {
            name,
            settlement,
            mode,
            deposited: cash,
            realised: Money::ZERO,
            fees: Money::ZERO,
            funding: Money::ZERO,
            orders: BTreeMap::new(),
            open: Vec::new(),
            executions: Vec::new(),
            positions: vec![[Position::default(); 2]; listings.len()],
            settings: vec![settings; listings.len()],
            client_ids: BTreeMap::new(),
            venue: Pushed::new(venue).with_ticks(books),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many positions a market has for it.
    #[must_use]
    pub fn mode(&self) -> PositionMode {
        self.mode
    }

    /// How fills are paid for.
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        self.settlement
    }

    /// Every order there ever was, oldest first.
    pub fn orders(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.orders.values()
    }

    /// The open ones, oldest first.
    pub fn open_orders(&self) -> impl Iterator<Item = &Order> {
        self.open.iter().filter_map(|id| self.orders.get(id))
    }

    /// One order.
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(&id)
    }

    /// The order that a client's name was used for.
    #[must_use]
    pub fn by_client_id(&self, client_id: &str) -> Option<&Order> {
        self.orders.get(self.client_ids.get(client_id)?)
    }

    /// Every fill, oldest first.
    #[must_use]
    pub fn executions(&self) -> &[Execution] {
        &self.executions
    }

    /// A position; the net one and the long one are one place.
    #[must_use]
    pub fn position(&self, market: MarketId, side: PositionSide) -> &Position {
        &self.positions[market.index()][usize::from(side == PositionSide::Short)]
    }

    /// What was set for a market.
    #[must_use]
    pub fn settings(&self, market: MarketId) -> Settings {
        self.settings[market.index()]
    }

    /// What the account has without its open positions: deposits, what closed positions made, fees and funding.
    #[must_use]
    pub fn wallet(&self) -> Money {
        self.deposited + self.realised + self.funding - self.fees
    }

    /// Cash where what is bought is paid in full: negative where it is borrowed.
    #[must_use]
    pub fn cash(&self) -> Money {
        self.venue.venue().account().cash()
    }

    /// What closed positions have made, before fees.
    #[must_use]
    pub fn realised(&self) -> Money {
        self.realised
    }

    /// Fees paid.
    #[must_use]
    pub fn fees(&self) -> Money {
        self.fees
    }
}

fn costs(listing: &Listing) -> Costs {
    Costs { taker: listing.taker, maker: listing.maker, maintenance: listing.maintenance, ..Costs::NONE }
}
