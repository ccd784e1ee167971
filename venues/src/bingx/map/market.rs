//! Candles, trades, quotes and terms in the engine's integers.
use crate::Listed;
use crate::bingx::wire::frame::{BookTicker, Trade};
use crate::bingx::wire::market::{Contract, Kline, is_tradable};
use crate::bingx::wire::{given, yes};
use crate::numbers::{Number, NumberError, decimal, steps, steps_down};
use crate::query::VenueInstrument;
use engine::tick::Tick;
use engine::{Candle, Side, Timestamp};
use rust_decimal::Decimal;

/// An instant from milliseconds since 1970.
///
/// # Errors
/// When it is none, or cannot be counted in nanoseconds.
pub fn instant(milliseconds: &str) -> Result<Timestamp, String> {
    let count = steps(milliseconds, 0).map_err(|error| error.to_string())?;
    count.checked_mul(1_000_000).map(Timestamp).ok_or_else(|| format!("the time {count} is out of range"))
}

/// A candle.
///
/// # Errors
/// When a number is none, is finer than the instrument's price step, or the candle cannot be.
pub fn candle(kline: &Kline<'_>, listed: &Listed) -> Result<Candle, String> {
    let price =
        |name: &str, number: &Number<'_>| number.price(&listed.instrument).map_err(|error| format!("{name}: {error}"));
    let open_time = instant(kline.open_time.0)?;
    // A volume decides no money: what is finer than the quantity's step is cut off.
    let volume = steps_down(given(&Some(kline.volume)).unwrap_or("0"), listed.instrument.qty_scale);
    let candle = Candle {
        open_time,
        known_time: open_time.after(listed.interval.0),
        open: price("open", &kline.open)?,
        high: price("high", &kline.high)?,
        low: price("low", &kline.low)?,
        close: price("close", &kline.close)?,
        volume: volume.map_err(|error| format!("volume: {error}"))?.0,
    };
    match candle.fault() {
        Some(fault) => Err(fault.text().into()),
        None => Ok(candle),
    }
}

/// A trade.
///
/// # Errors
/// When a number is none, or the trade cannot be.
pub fn trade(trade: &Trade<'_>, listed: &Listed) -> Result<Tick, String> {
    let words = |error: NumberError| error.to_string();
    let price = trade.p.price(&listed.instrument).map_err(words)?;
    let quantity = trade.q.quantity(&listed.instrument).map_err(words)?;
    // Where the buyer gave liquidity, the seller took it.
    let taker = given(&trade.m).map(|_| if yes(&trade.m) { Side::Sell } else { Side::Buy });
    checked(Tick::trade(instant(trade.time.0)?, price, quantity, taker))
}

/// A quote.
///
/// # Errors
/// When a number is none, or the quote cannot be.
pub fn quote(quote: &BookTicker<'_>, listed: &Listed) -> Result<Tick, String> {
    let instrument = &listed.instrument;
    let side = |price: &Number<'_>, size: &Number<'_>| {
        let price = price.price(instrument).map_err(|error| error.to_string())?;
        Ok::<_, String>((price, size.quantity(instrument).map_err(|error| error.to_string())?))
    };
    let time = given(&quote.time).or_else(|| given(&quote.event_time)).ok_or("a quote without a time")?;
    checked(Tick::quote(instant(time)?, side(&quote.b, &quote.bid_size)?, side(&quote.a, &quote.ask_size)?))
}

fn checked(tick: Tick) -> Result<Tick, String> {
    match tick.fault() {
        Some(fault) => Err(fault.text().into()),
        None => Ok(tick),
    }
}

/// The terms of an instrument. The venue cuts off digits beyond its precision instead of refusing them, so steps are what
/// its precisions say.
///
/// # Errors
/// When a field that it needs is not there or no number.
pub fn terms(contract: &Contract<'_>, listed: &Listed) -> Result<VenueInstrument, String> {
    let number = |text: Option<&str>| text.map(decimal).transpose().map_err(|error| error.to_string());
    let step = |name: &str, text: Option<&str>| {
        let places = text.and_then(|text| text.parse::<u32>().ok()).filter(|places| *places <= 18);
        places.map(|places| Decimal::new(1, places)).ok_or_else(|| format!("`{name}` is no number of decimal places"))
    };
    let general = given(&contract.fee_rate);
    let maker = number(given(&contract.maker_fee_rate).or(general))?;
    let taker = number(given(&contract.taker_fee_rate).or(general))?;
    let tick = step("pricePrecision", given(&contract.price_precision))?;
    Ok(VenueInstrument {
        instrument: listed.id,
        tradable: is_tradable(contract),
        tick,
        told: tick,
        lot: step("quantityPrecision", given(&contract.quantity_precision))?,
        min_notional: number(given(&contract.trade_min_usdt))?.unwrap_or_default(),
        fees: maker.zip(taker),
    })
}
