//! `fills.parquet`: the venue's fills.
use super::columns::{Decimals, Table, TableError, read, write};
use engine::{Money, Side, Timestamp};
use std::path::Path;
use std::sync::Arc;

/// Whether a fill waited in the book or took from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liquidity {
    /// It waited.
    Maker,
    /// It took.
    Taker,
}

impl Liquidity {
    /// `maker` or `taker`, as files spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Taker => "taker",
        }
    }
}

/// A fill, as the table holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillRow {
    /// When it happened.
    pub time: Timestamp,
    /// `venue:symbol`.
    pub instrument: Arc<str>,
    /// Which way it went.
    pub side: Side,
    /// Its price.
    pub price: Decimals,
    /// Its quantity, positive.
    pub quantity: Decimals,
    /// Its fee, positive when paid.
    pub fee: Money,
    /// Whether it waited or took.
    pub liquidity: Liquidity,
    /// Our order.
    pub order_id: String,
    /// The venue's fill.
    pub fill_id: String,
}

/// Writes fills.
///
/// # Errors
/// When the file cannot be written.
pub fn write_fills(path: &Path, rows: impl IntoIterator<Item = FillRow>) -> Result<(), TableError> {
    write(path, rows, |rows| {
        Table::default()
            .times("time", rows.iter().map(|r| r.time))
            .texts("instrument", rows.iter().map(|r| &*r.instrument))
            .texts("side", rows.iter().map(|r| r.side.name()))
            .numbers("price", rows.iter().map(|r| r.price))
            .numbers("quantity", rows.iter().map(|r| r.quantity))
            .money("fee", rows.iter().map(|r| r.fee))
            .texts("liquidity", rows.iter().map(|r| r.liquidity.name()))
            .texts("order_id", rows.iter().map(|r| &r.order_id))
            .texts("fill_id", rows.iter().map(|r| &r.fill_id))
    })
}

/// Reads fills.
///
/// # Errors
/// When the file cannot be read or is not a table of fills.
pub fn read_fills(path: &Path) -> Result<Vec<FillRow>, TableError> {
    read(path, |block| {
        let (times, fees) = (block.times("time")?, block.money("fee")?);
        let (prices, quantities) = (block.numbers("price")?, block.numbers("quantity")?);
        let (instruments, sides, kinds) = (block.texts("instrument")?, block.texts("side")?, block.texts("liquidity")?);
        let (orders, fills) = (block.texts("order_id")?, block.texts("fill_id")?);
        (0..block.rows())
            .map(|i| {
                Ok(FillRow {
                    time: block.required(&times, i, "time")?,
                    instrument: instruments.value(i).into(),
                    side: block.side(sides, i)?,
                    price: block.required(&prices, i, "price")?,
                    quantity: block.required(&quantities, i, "quantity")?,
                    fee: fees[i],
                    liquidity: match kinds.value(i) {
                        "maker" => Liquidity::Maker,
                        "taker" => Liquidity::Taker,
                        other => return Err(block.value_error(i, "liquidity", other, "`maker` or `taker`")),
                    },
                    order_id: orders.value(i).to_owned(),
                    fill_id: fills.value(i).to_owned(),
                })
            })
            .collect()
    })
}
