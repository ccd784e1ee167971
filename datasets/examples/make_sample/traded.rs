//! Candles made of the sample's own trades, by the clock of its ticks.
//!
//! The first ones begin with the first whole five seconds of the recording, so that none is made of a part of its trades.
use crate::Listed;
use datasets::{Catalog, FileNotes, TickOptions, write_candles};
use engine::{Aggregated, Candle, CandleSource, Interval, SharedCandles, Tick, TickBody, TickSource, Timestamp};
use std::error::Error;
use std::path::Path;

/// What the candles are made of.
pub(crate) const TRADES: &str = "ticks/binance/BTCUSDT/trades.parquet";
/// 2024-08-08T23:54:15Z, in seconds.
const FROM: i64 = 1_723_161_255;

/// Writes the candles of an interval; returns their place and what the manifest says about them.
pub(crate) fn write(to: &Path, interval: &str, trades: &Listed) -> Result<(String, Listed), Box<dyn Error>> {
    let length: Interval = interval.parse()?;
    let seconds = seconds(to)?;
    let mut source = Aggregated::new(SharedCandles::new(seconds.into()), length);
    let mut candles: Vec<Candle> = Vec::new();
    while source.advance()? {
        candles.extend_from_slice(source.block());
    }
    let made_of = Listed {
        file: format!("candles/binance/BTCUSDT/{interval}.parquet"),
        source: trades.source.clone(),
        licence: trades.licence.clone(),
        note: format!(
            "made of {TRADES} by make_sample, by its ts_recv (the receiver's clock, about 1.2 s behind the venue's); no trade \
             in an interval means no bar; volume in base units"
        ),
        price: "trade".to_string(),
    };
    let notes = FileNotes {
        venue: "binance".to_string(),
        symbol: "BTCUSDT".to_string(),
        interval: length,
        source: made_of.source.clone(),
        licence: made_of.licence.clone(),
        price: made_of.price.clone(),
        note: made_of.note.clone(),
    };
    let rows = write_candles(&to.join(&made_of.file), &notes, &candles)?;
    eprintln!("binance/BTCUSDT {interval}: {rows} candles");
    Ok((made_of.file.clone(), made_of))
}

/// Candles of a second each, where there was a trade.
fn seconds(to: &Path) -> Result<Vec<Candle>, Box<dyn Error>> {
    let from = Timestamp(FROM * Interval::SECOND.0);
    // Only here is it a catalog without candles: they are about to be made.
    std::fs::create_dir_all(to.join("candles"))?;
    let mut ticks = Catalog::open(to)?.ticks("binance", "BTCUSDT")?.read(TickOptions { from, ..TickOptions::all() })?;
    let mut candles: Vec<Candle> = Vec::new();
    while ticks.advance()? {
        for Tick { time, body } in ticks.block() {
            let TickBody::Trade { price, quantity, .. } = *body else { continue };
            let start = Timestamp(time.0.div_euclid(Interval::SECOND.0) * Interval::SECOND.0);
            match candles.last_mut().filter(|candle| candle.open_time == start) {
                Some(candle) => {
                    candle.high = candle.high.max(price);
                    candle.low = candle.low.min(price);
                    candle.close = price;
                    candle.volume += quantity.0;
                }
                None => candles.push(Candle {
                    open_time: start,
                    known_time: start.after(Interval::SECOND.0),
                    open: price,
                    high: price,
                    low: price,
                    close: price,
                    volume: quantity.0,
                }),
            }
        }
    }
    Ok(candles)
}
