//! `orders.parquet`: our orders and what became of them.
use super::columns::{Decimals, Table, TableError, read, write};
use engine::{Side, Timestamp};
use std::path::Path;
use std::sync::Arc;

/// An order, as the table holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// Our client order id.
    pub id: String,
    /// `venue:symbol`.
    pub instrument: Arc<str>,
    /// Which way it goes.
    pub side: Side,
    /// `market`, `limit`, `stop`, ...
    pub kind: Arc<str>,
    /// `gtc`, `day`, `ioc`, ...
    pub time_in_force: Arc<str>,
    /// The quantity ordered, positive.
    pub quantity: Decimals,
    /// The quantity filled.
    pub filled: Decimals,
    /// The limit price, where it has one.
    pub limit_price: Option<Decimals>,
    /// The stop price, where it has one.
    pub stop_price: Option<Decimals>,
    /// What became of it.
    pub status: Arc<str>,
    /// When it was sent.
    pub submitted_at: Timestamp,
    /// When it came to an end; empty while it works.
    pub finished_at: Option<Timestamp>,
    /// The order that it is tied to; empty where it is tied to none.
    pub tied_to: String,
    /// The strategy's tag, or the reason of an end.
    pub reason: Arc<str>,
    /// Whose it is, where several strategies trade the account; else empty.
    pub strategy: Arc<str>,
}

/// Writes orders.
///
/// # Errors
/// When the file cannot be written.
pub fn write_orders(path: &Path, rows: impl IntoIterator<Item = OrderRow>) -> Result<(), TableError> {
    write(path, rows, |rows| {
        Table::default()
            .texts("id", rows.iter().map(|r| &r.id))
            .texts("instrument", rows.iter().map(|r| &*r.instrument))
            .texts("side", rows.iter().map(|r| r.side.name()))
            .texts("kind", rows.iter().map(|r| &*r.kind))
            .texts("time_in_force", rows.iter().map(|r| &*r.time_in_force))
            .numbers("quantity", rows.iter().map(|r| r.quantity))
            .numbers("filled", rows.iter().map(|r| r.filled))
            .optional_numbers("limit_price", rows.iter().map(|r| r.limit_price))
            .optional_numbers("stop_price", rows.iter().map(|r| r.stop_price))
            .texts("status", rows.iter().map(|r| &*r.status))
            .times("submitted_at", rows.iter().map(|r| r.submitted_at))
            .optional_times("finished_at", rows.iter().map(|r| r.finished_at))
            .texts("tied_to", rows.iter().map(|r| &r.tied_to))
            .texts("reason", rows.iter().map(|r| &*r.reason))
            .texts("strategy", rows.iter().map(|r| &*r.strategy))
    })
}

/// Reads orders.
///
/// # Errors
/// When the file cannot be read or is not a table of orders.
pub fn read_orders(path: &Path) -> Result<Vec<OrderRow>, TableError> {
    read(path, |block| {
        let (ids, instruments, sides) = (block.texts("id")?, block.texts("instrument")?, block.texts("side")?);
        let (kinds, states, reasons) = (block.texts("kind")?, block.texts("status")?, block.texts("reason")?);
        let (times, ties) = (block.texts("time_in_force")?, block.texts("tied_to")?);
        let (quantities, filled) = (block.numbers("quantity")?, block.numbers("filled")?);
        let (limits, stops) = (block.numbers("limit_price")?, block.numbers("stop_price")?);
        let strategies = block.later_texts("strategy")?;
        let (submitted, finished) = (block.times("submitted_at")?, block.times("finished_at")?);
        (0..block.rows())
            .map(|i| {
                Ok(OrderRow {
                    id: ids.value(i).to_owned(),
                    instrument: instruments.value(i).into(),
                    side: block.side(sides, i)?,
                    kind: kinds.value(i).into(),
                    time_in_force: times.value(i).into(),
                    quantity: block.required(&quantities, i, "quantity")?,
                    filled: block.required(&filled, i, "filled")?,
                    limit_price: limits[i],
                    stop_price: stops[i],
                    status: states.value(i).into(),
                    submitted_at: block.required(&submitted, i, "submitted_at")?,
                    finished_at: finished[i],
                    tied_to: ties.value(i).to_owned(),
                    reason: reasons.value(i).into(),
                    strategy: Arc::clone(&strategies[i]),
                })
            })
            .collect()
    })
}
