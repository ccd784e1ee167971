//! Round trips: from flat to flat, per instrument and strategy, made of booked fills.
//!
//! Money is exact: a fill that crosses zero is split by quantity, and what the division leaves over goes to the closing
//! part. Average prices are floats, for the eye only. Nothing here knows orders or marks.
use engine::measure::{pow10, scaled_f64};
use engine::{Money, Owner, Side, Split, Timestamp};

/// A fill as the ledger booked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// When it happened.
    pub time: Timestamp,
    /// Index of the instrument in the run.
    pub instrument: u32,
    /// Whose it was, where several strategies trade the account.
    pub owner: Owner,
    /// Which way it went.
    pub side: Side,
    /// Quantity in the instrument's step, positive.
    pub quantity: i64,
    /// Decimal places of the quantity's step.
    pub quantity_scale: u8,
    /// Price in the instrument's step.
    pub price: i64,
    /// Decimal places of the price's step.
    pub price_scale: u8,
    /// The money that changed hands, without the fee; its sign is that of the price.
    pub notional: Money,
    /// The fee, positive when paid, negative when earned.
    pub fee: Money,
}

/// Which way a round trip was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Bought first.
    Long,
    /// Sold first.
    Short,
}

impl Direction {
    /// `long` or `short`, as files and tables spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Short => "short",
        }
    }

    fn of(side: Side) -> Self {
        match side {
            Side::Buy => Self::Long,
            Side::Sell => Self::Short,
        }
    }
}

/// A closed round trip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundTrip {
    /// Index of the instrument in the run.
    pub instrument: u32,
    /// Whose it was, where several strategies trade the account.
    pub owner: Owner,
    /// Which way it was open.
    pub direction: Direction,
    /// The first fill.
    pub entry_time: Timestamp,
    /// The fill that brought the position back to zero.
    pub exit_time: Timestamp,
    /// The largest position held, in the instrument's step, positive.
    pub quantity_max: i64,
    /// Decimal places of the quantity's step.
    pub quantity_scale: u8,
    /// Average price of the fills that added, for the eye.
    pub entry_price: f64,
    /// Average price of the fills that took away, for the eye.
    pub exit_price: f64,
    /// What it brought before fees.
    pub gross: Money,
    /// The fees of all its fills.
    pub fees: Money,
    /// What it brought after fees.
    pub net: Money,
    /// How many fills took part; one that crossed zero takes part in two trips.
    pub fills: u32,
}

impl RoundTrip {
    /// Whether it brought money after the fees of both sides.
    #[must_use]
    pub fn is_win(&self) -> bool {
        self.net > Money::ZERO
    }
}

/// A round trip that has not come back to zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenTrip {
    /// Index of the instrument in the run.
    pub instrument: u32,
    /// Which way it is open.
    pub direction: Direction,
    /// The first fill.
    pub entry_time: Timestamp,
    /// The position, signed, in the instrument's step.
    pub quantity: i64,
    /// Decimal places of the quantity's step.
    pub quantity_scale: u8,
    /// Average price of the fills that added, for the eye.
    pub entry_price: f64,
    /// What it has cost so far: all that was paid less all that was received, fees included. Its value at a mark less
    /// this is what it has brought.
    pub cost: Money,
    /// The fees so far.
    pub fees: Money,
    /// How many fills took part.
    pub fills: u32,
}

/// The sums of one side of a trip.
#[derive(Clone, Copy, Debug, Default)]
struct Leg {
    quantity: i128,
    /// Sum of quantity times price, in both steps.
    value: i128,
    notional: Money,
}

impl Leg {
    fn add(&mut self, quantity: i64, price: i64, notional: Money) {
        self.quantity += i128::from(quantity);
        self.value += i128::from(quantity) * i128::from(price);
        self.notional += notional;
    }

    fn price(&self, scale: u8) -> f64 {
        if self.quantity == 0 {
            return 0.0;
        }
        // One division where the average is a price: three roundings would show fills at one price as another.
        match (self.value % self.quantity, i64::try_from(self.value / self.quantity)) {
            (0, Ok(price)) => scaled_f64(price, scale),
            _ => self.value as f64 / self.quantity as f64 / pow10(scale) as f64,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Trip {
    direction: Direction,
    entry_time: Timestamp,
    position: i64,
    quantity_max: i64,
    entry: Leg,
    exit: Leg,
    fees: Money,
    fills: u32,
    quantity_scale: u8,
    price_scale: u8,
}

impl Trip {
    fn open(fill: &Fill) -> Self {
        Self {
            direction: Direction::of(fill.side),
            entry_time: fill.time,
            position: 0,
            quantity_max: 0,
            entry: Leg::default(),
            exit: Leg::default(),
            fees: Money::ZERO,
            fills: 0,
            quantity_scale: fill.quantity_scale,
            price_scale: fill.price_scale,
        }
    }

    fn book(&mut self, part: &Fill) {
        let adds = Direction::of(part.side) == self.direction;
        let leg = if adds { &mut self.entry } else { &mut self.exit };
        leg.add(part.quantity, part.price, part.notional);
        self.position += if adds { part.quantity } else { -part.quantity };
        self.quantity_max = self.quantity_max.max(self.position);
        self.fees += part.fee;
        self.fills += 1;
    }

    fn gross(&self) -> Money {
        match self.direction {
            Direction::Long => self.exit.notional - self.entry.notional,
            Direction::Short => self.entry.notional - self.exit.notional,
        }
    }

    fn closed(&self, (instrument, owner): (u32, Owner), exit_time: Timestamp) -> RoundTrip {
        let gross = self.gross();
        RoundTrip {
            instrument,
            owner,
            direction: self.direction,
            entry_time: self.entry_time,
            exit_time,
            quantity_max: self.quantity_max,
            quantity_scale: self.quantity_scale,
            entry_price: self.entry.price(self.price_scale),
            exit_price: self.exit.price(self.price_scale),
            gross,
            fees: self.fees,
            net: gross - self.fees,
            fills: self.fills,
        }
    }

    fn still_open(&self, instrument: u32) -> OpenTrip {
        let sign = if self.direction == Direction::Long { 1 } else { -1 };
        OpenTrip {
            instrument,
            direction: self.direction,
            entry_time: self.entry_time,
            quantity: sign * self.position,
            quantity_scale: self.quantity_scale,
            entry_price: self.entry.price(self.price_scale),
            cost: self.fees - self.gross(),
            fees: self.fees,
            fills: self.fills,
        }
    }
}

/// Follows the positions of all instruments through their fills.
#[derive(Clone, Debug, Default)]
pub struct RoundTrips {
    /// By instrument, and of one instrument by owner.
    open: Vec<Option<Trip>>,
    /// Owners beside nobody.
    owners: usize,
    closed: Vec<RoundTrip>,
    traded: Money,
}

impl RoundTrips {
    /// A tracker with no position.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tracker for an account that so many strategies trade.
    #[must_use]
    pub fn shared(owners: usize) -> Self {
        Self { owners, ..Self::default() }
    }

    #[inline]
    fn place(&self, instrument: u32, owner: Owner) -> usize {
        instrument as usize * (self.owners + 1) + usize::from(owner.0)
    }

    /// Books a fill, in the order of the ledger. A fill of nothing is booked as its fee only when a trip is open.
    pub fn book(&mut self, fill: &Fill) {
        self.traded += Money(fill.notional.0.abs());
        let place = self.place(fill.instrument, fill.owner);
        let whose = (fill.instrument, fill.owner);
        if place >= self.open.len() {
            self.open.resize(place + 1, None);
        }
        let mut trip = self.open[place].take().unwrap_or_else(|| Trip::open(fill));
        let closes = Direction::of(fill.side) != trip.direction;
        if closes && fill.quantity > trip.position {
            let (closing, opening) = split(fill, trip.position);
            trip.book(&closing);
            self.closed.push(trip.closed(whose, fill.time));
            trip = Trip::open(&opening);
            trip.book(&opening);
        } else {
            trip.book(fill);
        }
        if trip.position == 0 {
            self.closed.push(trip.closed(whose, fill.time));
        } else {
            self.open[place] = Some(trip);
        }
    }

    /// Counts an owner's open trip in the units after a split: `after` of them are held, and `sold` was paid for the
    /// fractions.
    pub fn split(&mut self, time: Timestamp, owner: Owner, split: Split, (after, sold): (i64, Money)) {
        let place = self.place(split.instrument.0, owner);
        let Some(trip) = self.open.get_mut(place).and_then(Option::as_mut) else { return };
        let units = |quantity: i128| quantity * i128::from(split.new) / i128::from(split.old);
        trip.entry.quantity = units(trip.entry.quantity);
        trip.exit.quantity = units(trip.exit.quantity);
        trip.exit.notional += Money(sold.0.abs());
        trip.position = after.abs();
        trip.quantity_max = trip.quantity_max.max(trip.position);
        if trip.position == 0 {
            self.closed.push(trip.closed((split.instrument.0, owner), time));
            self.open[place] = None;
        }
    }

    /// The closed round trips, in the order of their exits.
    #[must_use]
    pub fn closed(&self) -> &[RoundTrip] {
        &self.closed
    }

    /// The trips still open, by instrument.
    #[must_use]
    pub fn open(&self) -> Vec<OpenTrip> {
        let instrument = |place: usize| u32::try_from(place / (self.owners + 1)).unwrap_or(u32::MAX);
        let open = self.open.iter().enumerate();
        open.filter_map(|(place, trip)| Some(trip.as_ref()?.still_open(instrument(place)))).collect()
    }

    /// How many closed trips brought money after fees.
    #[must_use]
    pub fn wins(&self) -> u64 {
        self.closed.iter().filter(|trip| trip.is_win()).count() as u64
    }

    /// The notional of all fills, summed without sign.
    #[must_use]
    pub fn traded(&self) -> Money {
        self.traded
    }
}

/// The part of a fill that closes `position`, and the part that opens the other way.
fn split(fill: &Fill, position: i64) -> (Fill, Fill) {
    let opened = fill.quantity - position;
    let opening = Fill {
        quantity: opened,
        notional: share(fill.notional, opened, fill.quantity),
        fee: share(fill.fee, opened, fill.quantity),
        ..*fill
    };
    let closing =
        Fill { quantity: position, notional: fill.notional - opening.notional, fee: fill.fee - opening.fee, ..*fill };
    (closing, opening)
}

/// `amount * part / whole`, rounded toward minus infinity, without a product that could overflow.
fn share(amount: Money, part: i64, whole: i64) -> Money {
    let (part, whole) = (i128::from(part), i128::from(whole));
    Money(amount.0.div_euclid(whole) * part + (amount.0.rem_euclid(whole) * part).div_euclid(whole))
}

#[cfg(test)]
mod tests;
