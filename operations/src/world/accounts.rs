//! Whether a venue's account holds what the tape says: its open orders and positions, compared at the start, after every
//! reconnection, and now and then.
//!
//! It finds and never trades. A failed question is never read as "none": what cannot be compared does not agree. What differs
//! keeps its instrument from new risk until it agrees again, and is asked for as long as it differs.
use engine::order::OrderId;
use engine::{Carry, Fill, InstrumentId, Qty, Report};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use venues::Listed;
use venues::query::{Stands, VenueOrder, VenuePosition};

pub(super) const SECOND: u64 = 1_000_000_000;
/// How long until it is asked again where it differs or the answer failed: a fill may be on its way.
const SOON_NS: u64 = SECOND;
/// How often it is asked where all is well, and where a difference stays.
const OFTEN_NS: u64 = 30 * SECOND;
/// So many times in a row it has to differ before it is no fill on its way.
pub(super) const PERSISTENT: u32 = 3;

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// An open order that nobody of this run sent.
    Foreign { instrument: InstrumentId, venue_id: String },
    /// An order of this run is open there, and ended on the tape.
    Undead { instrument: InstrumentId, order: OrderId },
    /// Another position.
    Position { instrument: InstrumentId, ours: String, theirs: String },
}

impl Finding {
    pub(super) fn instrument(&self) -> InstrumentId {
        match *self {
            Self::Foreign { instrument, .. } | Self::Undead { instrument, .. } | Self::Position { instrument, .. } => {
                instrument
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign { venue_id, .. } => {
                write!(
                    f,
                    "order {venue_id} is open there and is not ours: cancel it, or trade in an account of its own"
                )
            }
            Self::Undead { order, .. } => {
                write!(f, "order {} of ours is open there and ended on the tape: cancel it at the venue", order.0)
            }
            Self::Position { ours, theirs, .. } => write!(
                f,
                "the tape holds {ours} and the venue {theirs}: somebody else traded, or a fill is missing; bring the venue to \
                 {ours}"
            ),
        }
    }
}

/// What a venue answered of one question.
#[derive(Debug)]
enum Part<T> {
    Idle,
    Asked(u64),
    Here(Vec<T>),
}

impl<T> Part<T> {
    /// Whether it waits for the answer with this number.
    fn awaits(&self, number: u64) -> bool {
        matches!(self, Self::Asked(asked) if *asked == number)
    }
}

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing is known yet, or it is asked again.
    Open,
    /// It was compared, and these things differ; none where all agrees.
    Compared(Vec<Finding>),
}

/// The account at one venue.
#[derive(Debug)]
struct Account {
    /// The venue speaks of our orders, and what was missed is caught up with.
    ready: bool,
    /// It was compared since it became ready.
    settled: bool,
    orders: Part<VenueOrder>,
    positions: Part<VenuePosition>,
    /// How often it differed, one time after the other.
    differed: u32,
    next_at: u64,
}

impl Account {
    /// Whether it can be asked, and nothing is on its way.
    fn is_idle(&self) -> bool {
        let asked = matches!(self.orders, Part::Asked(_)) || matches!(self.positions, Part::Asked(_));
        self.ready && !asked
    }
}

/// The accounts of a session.
#[derive(Debug)]
pub(super) struct Accounts {
    venues: Vec<Account>,
    /// What is held by the tape.
    held: BTreeMap<InstrumentId, Qty>,
}

impl Accounts {
    pub(super) fn new(venues: usize) -> Self {
        let account = |_| Account {
            ready: false,
            settled: false,
            orders: Part::Idle,
            positions: Part::Idle,
            differed: 0,
            next_at: 0,
        };
        Self { venues: (0..venues).map(account).collect(), held: BTreeMap::new() }
    }

    /// A report goes onto the tape, or stands there.
    pub(super) fn reported(&mut self, report: &Report) {
        let (fill, takes_back) = match report {
            Report::Filled(fill) | Report::Liquidated(fill) => (fill, false),
            Report::Busted(fill) => (fill, true),
            _ => return,
        };
        let Fill { instrument, side, quantity, .. } = *fill;
        let adds = (side == engine::Side::Buy) != takes_back;
        let held = self.held.entry(instrument).or_insert(Qty::ZERO);
        *held = if adds { *held + quantity } else { *held - quantity };
    }

    /// Something happens to a holding without a trade.
    pub(super) fn carried(&mut self, carry: &Carry) {
        match *carry {
            Carry::Split { instrument, new, old, .. } => {
                if let Some(held) = self.held.get_mut(&instrument) {
                    let units = i128::from(held.0) * i128::from(new) / i128::from(old.max(1));
                    *held = Qty(i64::try_from(units).unwrap_or(held.0));
                }
            }
            Carry::Delisting { instrument, .. } => drop(self.held.remove(&instrument)),
            _ => {}
        }
    }

    /// Whether nothing is held.
    pub(super) fn are_flat(&self) -> bool {
        self.held.values().all(|held| held.is_zero())
    }

    /// The venue has caught up. Whether every one has.
    pub(super) fn ready(&mut self, venue: usize) -> bool {
        let account = &mut self.venues[venue];
        (account.ready, account.settled, account.differed, account.next_at) = (true, false, 0, 0);
        (account.orders, account.positions) = (Part::Idle, Part::Idle);
        self.venues.iter().all(|account| account.ready)
    }

    /// The venue does not speak of our orders any more.
    pub(super) fn lost(&mut self, venue: usize) {
        let account = &mut self.venues[venue];
        (account.ready, account.settled) = (false, false);
    }

    /// Whether every account was compared since it became ready.
    pub(super) fn are_settled(&self) -> bool {
        self.venues.iter().all(|account| account.settled)
    }

    /// A kill was accepted: what is open there is to be known at once.
    pub(super) fn hurry(&mut self) {
        self.venues.iter_mut().for_each(|account| account.next_at = 0);
    }

    /// The venues to be asked now.
    pub(super) fn due(&self, mono_ns: u64) -> Vec<usize> {
        let due = |account: &Account| account.is_idle() && account.next_at <= mono_ns;
        (0..self.venues.len()).filter(|venue| due(&self.venues[*venue])).collect()
    }

    /// When a venue is to be asked next.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.venues.iter().filter(|account| account.is_idle()).map(|account| account.next_at).min()
    }

    /// A venue is asked with these numbers.
    pub(super) fn asked(&mut self, venue: usize, (orders, positions): (u64, u64), mono_ns: u64) {
        let account = &mut self.venues[venue];
        (account.orders, account.positions) = (Part::Asked(orders), Part::Asked(positions));
        account.next_at = mono_ns.saturating_add(OFTEN_NS);
    }

    /// Open orders; `None` where the question failed. Whose they are.
    pub(super) fn orders(&mut self, number: u64, rows: Option<Vec<VenueOrder>>) -> Option<usize> {
        let venue = self.venues.iter().position(|it| it.orders.awaits(number))?;
        self.venues[venue].orders = rows.map_or(Part::Idle, Part::Here);
        Some(venue)
    }

    /// Positions; `None` where the question failed. Whose they are.
    pub(super) fn positions(&mut self, number: u64, rows: Option<Vec<VenuePosition>>) -> Option<usize> {
        let venue = self.venues.iter().position(|it| it.positions.awaits(number))?;
        self.venues[venue].positions = rows.map_or(Part::Idle, Part::Here);
        Some(venue)
    }

    /// Whether an answer with this number is awaited.
    pub(super) fn awaits(&self, number: u64) -> bool {
        self.venues.iter().any(|it| it.orders.awaits(number) || it.positions.awaits(number))
    }

    /// Orders in these instruments that the venue's last word has as open.
    pub(super) fn open_there(&self, venue: usize, listed: &[Listed]) -> Option<usize> {
        let Part::Here(rows) = &self.venues[venue].orders else { return None };
        Some(rows.iter().filter(|row| is_open(row) && is_listed(row.instrument, listed)).count())
    }

    /// Compares, where both answers are there.
    pub(super) fn compare(
        &mut self,
        venue: usize,
        listed: &[Listed],
        ours: &BTreeSet<OrderId>,
        mono_ns: u64,
    ) -> Verdict {
        let account = &mut self.venues[venue];
        let (orders, positions) = match (&account.orders, &account.positions) {
            (Part::Here(orders), Part::Here(positions)) => (orders, positions),
            (Part::Asked(_), _) | (_, Part::Asked(_)) => return Verdict::Open,
            // One of them failed: both are asked again.
            _ => {
                account.next_at = mono_ns.saturating_add(SOON_NS);
                return Verdict::Open;
            }
        };
        let mut found = odd_orders(orders, listed, ours);
        found.extend(other_positions(positions, listed, &self.held));
        account.differed = if found.is_empty() { 0 } else { account.differed.saturating_add(1) };
        if !found.is_empty() && account.differed < PERSISTENT {
            account.next_at = mono_ns.saturating_add(SOON_NS);
            return Verdict::Open;
        }
        account.settled = true;
        Verdict::Compared(found)
    }
}

fn is_listed(instrument: Option<InstrumentId>, listed: &[Listed]) -> bool {
    instrument.is_some_and(|id| listed.iter().any(|it| it.id == id))
}

fn is_open(row: &VenueOrder) -> bool {
    matches!(row.stands, Stands::Open | Stands::Unclear)
}

/// Orders that are open there and should not be. What is missing there the protocol itself asks for, order by order.
fn odd_orders(rows: &[VenueOrder], listed: &[Listed], ours: &BTreeSet<OrderId>) -> Vec<Finding> {
    let odd = |row: &VenueOrder| {
        let instrument = row.instrument.filter(|id| is_listed(Some(*id), listed))?;
        match row.order {
            None => Some(Finding::Foreign { instrument, venue_id: row.venue_id.clone() }),
            Some(order) if !ours.contains(&order) => Some(Finding::Undead { instrument, order }),
            Some(_) => None,
        }
    };
    rows.iter().filter(|row| is_open(row)).filter_map(odd).collect()
}

/// Positions of another size than ours. A hedge's two sides are one position to us.
fn other_positions(rows: &[VenuePosition], listed: &[Listed], held: &BTreeMap<InstrumentId, Qty>) -> Vec<Finding> {
    let other = |it: &Listed| {
        let theirs = rows.iter().filter(|row| row.instrument == Some(it.id)).map(|row| row.quantity);
        let theirs: Decimal = theirs.sum();
        let ours = held.get(&it.id).copied().unwrap_or(Qty::ZERO);
        let ours = Decimal::new(ours.0, u32::from(it.instrument.qty_scale));
        (ours != theirs).then(|| Finding::Position {
            instrument: it.id,
            ours: ours.normalize().to_string(),
            theirs: theirs.normalize().to_string(),
        })
    };
    listed.iter().filter_map(other).collect()
}
