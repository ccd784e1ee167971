//! `round_trips.parquet`: ours from flat to flat.
use super::columns::{Decimals, Table, TableError, read, write};
use crate::round_trips::{Direction, RoundTrip};
use engine::{Money, Timestamp};
use std::path::Path;
use std::sync::Arc;

/// A closed round trip, as the table holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundTripRow {
    /// `venue:symbol`.
    pub instrument: Arc<str>,
    /// Which way it was open.
    pub direction: Direction,
    /// The first fill.
    pub entry_time: Timestamp,
    /// The last fill.
    pub exit_time: Timestamp,
    /// The largest position held, positive.
    pub quantity: Decimals,
    /// Average price of the fills that added.
    pub entry_price: f64,
    /// Average price of the fills that took away.
    pub exit_price: f64,
    /// What it brought before fees.
    pub gross: Money,
    /// The fees of all its fills.
    pub fees: Money,
    /// What it brought after fees.
    pub net: Money,
    /// How many fills took part.
    pub fills: u32,
    /// Whose it was, where several strategies trade the account; else empty.
    pub strategy: Arc<str>,
}

impl RoundTripRow {
    /// The row of a round trip of the instrument called `instrument` by the strategy called `strategy`.
    #[must_use]
    pub fn new(trip: &RoundTrip, instrument: Arc<str>, strategy: Arc<str>) -> Self {
        Self {
            instrument,
            direction: trip.direction,
            entry_time: trip.entry_time,
            exit_time: trip.exit_time,
            quantity: Decimals { raw: trip.quantity_max, scale: trip.quantity_scale },
            entry_price: trip.entry_price,
            exit_price: trip.exit_price,
            gross: trip.gross,
            fees: trip.fees,
            net: trip.net,
            fills: trip.fills,
            strategy,
        }
    }
}

/// Writes round trips.
///
/// # Errors
/// When the file cannot be written.
pub fn write_round_trips(path: &Path, rows: &[RoundTripRow]) -> Result<(), TableError> {
    write(path, rows, |rows| {
        Table::default()
            .texts("instrument", rows.iter().map(|r| &*r.instrument))
            .texts("direction", rows.iter().map(|r| r.direction.name()))
            .times("entry_time", rows.iter().map(|r| r.entry_time))
            .times("exit_time", rows.iter().map(|r| r.exit_time))
            .numbers("quantity", rows.iter().map(|r| r.quantity))
            .floats("entry_price", rows.iter().map(|r| r.entry_price))
            .floats("exit_price", rows.iter().map(|r| r.exit_price))
            .money("gross", rows.iter().map(|r| r.gross))
            .money("fees", rows.iter().map(|r| r.fees))
            .money("net", rows.iter().map(|r| r.net))
            .counts("fills", rows.iter().map(|r| r.fills))
            .texts("strategy", rows.iter().map(|r| &*r.strategy))
    })
}

/// Reads round trips.
///
/// # Errors
/// When the file cannot be read or is not a table of round trips.
pub fn read_round_trips(path: &Path) -> Result<Vec<RoundTripRow>, TableError> {
    read(path, |block| {
        let (instruments, directions) = (block.texts("instrument")?, block.texts("direction")?);
        let (entries, exits, quantities) =
            (block.times("entry_time")?, block.times("exit_time")?, block.numbers("quantity")?);
        let (entry_prices, exit_prices) = (block.floats("entry_price")?, block.floats("exit_price")?);
        let (gross, fees, net) = (block.money("gross")?, block.money("fees")?, block.money("net")?);
        let (fills, strategies) = (block.counts("fills")?, block.later_texts("strategy")?);
        (0..block.rows())
            .map(|i| {
                Ok(RoundTripRow {
                    instrument: instruments.value(i).into(),
                    direction: match directions.value(i) {
                        "long" => Direction::Long,
                        "short" => Direction::Short,
                        other => return Err(block.value_error(i, "direction", other, "`long` or `short`")),
                    },
                    entry_time: block.required(&entries, i, "entry_time")?,
                    exit_time: block.required(&exits, i, "exit_time")?,
                    quantity: block.required(&quantities, i, "quantity")?,
                    entry_price: entry_prices[i],
                    exit_price: exit_prices[i],
                    gross: gross[i],
                    fees: fees[i],
                    net: net[i],
                    fills: fills[i],
                    strategy: Arc::clone(&strategies[i]),
                })
            })
            .collect()
    })
}
