//! Dated records of what a venue accepts: ticks, lots, minimums, fees, sessions.
//!
//! They stand in `instruments/*.toml` as `[[record]]` tables. A record holds from its date until the next one of the same
//! instrument. Nothing is filled in for what a record leaves out: whoever asks decides, and says so.
use crate::calendar::CalendarName;
use crate::catalog::{Catalog, entries, plain_name};
use crate::error::DataError;
use crate::tickers::claimed_twice;
use engine::{Interval, Ticker, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{Error, Visitor};
use std::fmt;
use std::path::Path;

/// What a venue accepts for an instrument from a date on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentRecord {
    /// The venue.
    pub venue: String,
    /// The symbol.
    pub symbol: String,
    /// From this instant on; [`Timestamp::MIN`] where the record gives no date.
    pub from: Timestamp,
    /// The currency of prices.
    pub quote: Option<String>,
    /// Smallest step of a price that the venue accepts.
    pub tick: Option<Decimal>,
    /// Smallest step of a quantity that the venue accepts.
    pub lot: Option<Decimal>,
    /// Smallest value of an order, in the quote currency.
    pub min_notional: Option<Decimal>,
    /// Units of the underlying in one contract.
    pub multiplier: Option<Decimal>,
    /// Fee for adding liquidity, in hundredths of a percent.
    pub maker_fee_bps: Option<Decimal>,
    /// Fee for taking liquidity, in hundredths of a percent.
    pub taker_fee_bps: Option<Decimal>,
    /// Fee for one unit of the quantity, in the quote currency.
    pub fee_per_unit: Option<Decimal>,
    /// The least that a fill pays, in the quote currency.
    pub min_fee: Option<Decimal>,
    /// Maintenance margin, as a share of the notional: above 0, up to 1.
    pub margin: Option<Decimal>,
    /// The power of ten in which prices are written.
    pub price_step: Option<Decimal>,
    /// The power of ten in which quantities are written.
    pub quantity_step: Option<Decimal>,
    /// When it trades.
    pub calendar: Option<CalendarName>,
    /// Length of a session, in nanoseconds.
    pub session_ns: Option<i64>,
    /// The ticker under which it trades, where that is not its symbol.
    pub ticker: Option<String>,
    /// Anything a user has to know.
    pub note: Option<String>,
}

impl InstrumentRecord {
    /// From a candle's open to when it is known: a day of an instrument with sessions is known at the session's close.
    #[must_use]
    pub fn length_ns(&self, interval: Interval) -> i64 {
        match self.session_ns {
            Some(session) if interval == Interval::DAY => session,
            _ => interval.0,
        }
    }

    /// Decimal places of `price_step`.
    #[must_use]
    pub fn price_scale(&self) -> Option<u8> {
        self.price_step.and_then(places)
    }

    /// Decimal places of `quantity_step`.
    #[must_use]
    pub fn qty_scale(&self) -> Option<u8> {
        self.quantity_step.and_then(places)
    }
}

/// Decimal places of a power of ten that is at most one.
fn places(step: Decimal) -> Option<u8> {
    let step = step.normalize();
    (step.mantissa() == 1).then(|| u8::try_from(step.scale()).ok()).flatten().filter(|places| *places <= 18)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Records {
    #[serde(default)]
    record: Vec<Written>,
}

/// A record as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    venue: String,
    symbol: String,
    from: Option<String>,
    quote: Option<String>,
    tick: Option<Exact>,
    lot: Option<Exact>,
    min_notional: Option<Exact>,
    multiplier: Option<Exact>,
    maker_fee_bps: Option<Exact>,
    taker_fee_bps: Option<Exact>,
    fee_per_unit: Option<Exact>,
    min_fee: Option<Exact>,
    margin: Option<Exact>,
    price_step: Option<Exact>,
    quantity_step: Option<Exact>,
    calendar: Option<CalendarName>,
    session: Option<String>,
    ticker: Option<String>,
    note: Option<String>,
}

/// A decimal given as text, integer, or a float's shortest decimal text.
#[derive(Clone, Copy)]
struct Exact(Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ExactVisitor;
        impl Visitor<'_> for ExactVisitor {
            type Value = Exact;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number, best as text such as \"0.01\"")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Exact, E> {
                Decimal::from_str_exact(text)
                    .map(Exact)
                    .map_err(|_| E::custom(format!("`{text}` is not a decimal number")))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Exact, E> {
                Ok(Exact(Decimal::from(value)))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Exact, E> {
                self.visit_str(&value.to_string())
            }
        }
        from.deserialize_any(ExactVisitor)
    }
}

impl Catalog {
    /// The records of an instrument, earliest first; empty when the catalog has none.
    ///
    /// # Errors
    /// When any file of `instruments/` is not as it should be, or two records of an instrument have one date.
    pub fn instrument_records(&self, venue: &str, symbol: &str) -> Result<Vec<InstrumentRecord>, DataError> {
        let mut records = self.all_instrument_records()?;
        records.retain(|record| record.venue == venue && record.symbol == symbol);
        Ok(records)
    }

    /// Every record, sorted by venue, symbol and date.
    ///
    /// # Errors
    /// As for [`Catalog::instrument_records`].
    pub fn all_instrument_records(&self) -> Result<Vec<InstrumentRecord>, DataError> {
        let folder = self.root().join("instruments");
        let mut records: Vec<InstrumentRecord> = Vec::new();
        if !folder.is_dir() {
            return Ok(records);
        }
        for path in entries(&folder)?.into_iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
            let text = std::fs::read_to_string(&path).map_err(|e| DataError::io(&path, "read it", &e))?;
            let bad = |text: String| DataError::BadRecord { file: path.clone(), text };
            let written: Records = toml::from_str(&text).map_err(|e| bad(e.to_string()))?;
            for record in written.record {
                let record = checked(record).map_err(bad)?;
                if records.iter().any(|r| (&r.venue, &r.symbol, r.from) == (&record.venue, &record.symbol, record.from))
                {
                    return Err(duplicate(&path, &record));
                }
                records.push(record);
            }
        }
        records.sort_by(|a, b| (&a.venue, &a.symbol, a.from).cmp(&(&b.venue, &b.symbol, b.from)));
        match claimed_twice(&records) {
            Some(text) => Err(DataError::BadRecord { file: folder, text }),
            None => Ok(records),
        }
    }
}

fn duplicate(file: &Path, record: &InstrumentRecord) -> DataError {
    let text = format!(
        "{}:{} has two records from {}; keep one of them",
        record.venue,
        record.symbol,
        crate::error::time_text(record.from)
    );
    DataError::BadRecord { file: file.to_path_buf(), text }
}

/// Amounts of fees are bounded so that no product with a quantity leaves 128 bits, as in the run file.
const CHARGE_MAX: i64 = 1_000_000;

fn checked(record: Written) -> Result<InstrumentRecord, String> {
    let name = format!("record of {}:{}", record.venue, record.symbol);
    let above_zero = |field: &str, value: Option<Exact>| match value {
        Some(Exact(value)) if value <= Decimal::ZERO => {
            Err(format!("{name}: `{field}` = {value} has to be above zero"))
        }
        value => Ok(value.map(|v| v.0)),
    };
    let within = |field: &str, value: Option<Exact>, most: i64| match value {
        Some(Exact(value)) if value < Decimal::ZERO || value > Decimal::from(most) => {
            Err(format!("{name}: `{field}` = {value} has to be from 0 to {most}"))
        }
        value => Ok(value.map(|v| v.0)),
    };
    let step = |field: &str, value: Option<Exact>| match above_zero(field, value)? {
        Some(value) if places(value).is_none() => {
            Err(format!("{name}: `{field}` = {value} has to be a power of ten from 1 down, such as 0.01"))
        }
        value => Ok(value),
    };
    let from = match &record.from {
        Some(date) => day(date).ok_or_else(|| format!("{name}: `from` = {date} is not a date such as 2014-01-01"))?,
        None => Timestamp::MIN,
    };
    let session_ns = match &record.session {
        Some(text) => Some(
            duration_ns(text)
                .ok_or_else(|| format!("{name}: `session` = {text} is not a length of up to a day such as 6h30m"))?,
        ),
        None => None,
    };
    if record.venue.is_empty() || record.symbol.is_empty() {
        return Err(format!("{name}: `venue` and `symbol` have to be given"));
    }
    Ok(InstrumentRecord {
        from,
        ticker: ticker(&name, record.ticker)?,
        tick: above_zero("tick", record.tick)?,
        lot: above_zero("lot", record.lot)?,
        min_notional: above_zero("min_notional", record.min_notional)?,
        multiplier: above_zero("multiplier", record.multiplier)?,
        maker_fee_bps: record.maker_fee_bps.map(|fee| fee.0), // a rebate is below zero
        taker_fee_bps: record.taker_fee_bps.map(|fee| fee.0),
        fee_per_unit: within("fee_per_unit", record.fee_per_unit, CHARGE_MAX)?,
        min_fee: within("min_fee", record.min_fee, CHARGE_MAX)?,
        margin: within("margin", above_zero("margin", record.margin)?.map(Exact), 1)?,
        price_step: step("price_step", record.price_step)?,
        quantity_step: step("quantity_step", record.quantity_step)?,
        calendar: record.calendar,
        session_ns,
        quote: record.quote,
        note: record.note,
        venue: record.venue,
        symbol: record.symbol,
    })
}

/// A ticker is a folder's name, and short enough for a tape.
fn ticker(record: &str, written: Option<String>) -> Result<Option<String>, String> {
    match written {
        Some(text) if !plain_name(&text) || Ticker::new(&text).is_none() => {
            let most = Ticker::LENGTH_MAX;
            Err(format!("{record}: `ticker` = {text} is not the name of a folder of at most {most} letters and signs"))
        }
        written => Ok(written),
    }
}

fn day(text: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_nanosecond();
    i64::try_from(midnight).ok().map(Timestamp)
}

/// Reads `6h30m`, `24h`, `90m`; above zero and at most a day.
fn duration_ns(text: &str) -> Option<i64> {
    let (mut total, mut rest) = (0_i64, text);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let part: Interval = rest[..=end].parse().ok()?;
        total = total.checked_add(part.0)?;
        rest = &rest[end + 1..];
    }
    (1..=Interval::DAY.0).contains(&total).then_some(total)
}
