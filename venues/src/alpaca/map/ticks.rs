//! Trades and quotes as ticks.
use crate::alpaca::wire::market::{Quote, Trade};
use crate::instant::{NoInstant, instant};
use crate::numbers::{NumberError, steps_down};
use engine::instrument::Instrument;
use engine::tick::Tick;
use engine::{Qty, Side};

/// Why a message is no tick.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTick {
    /// Its time is none.
    #[error(transparent)]
    Time(#[from] NoInstant),
    /// A number cannot be used.
    #[error(transparent)]
    Number(#[from] NumberError),
}

/// The tick of a trade; `None` of one that says nothing, such as a size below the instrument's step. Sizes are rounded down.
///
/// # Errors
/// When its time or price cannot be had exactly.
pub fn trade(trade: &Trade<'_>, instrument: &Instrument) -> Result<Option<Tick>, NoTick> {
    let taker = match trade.taker.as_deref() {
        Some("B") => Some(Side::Buy),
        Some("S") => Some(Side::Sell),
        _ => None,
    };
    let size = size(trade.size.map_or("0", |size| size.0), instrument)?;
    let tick = Tick::trade(instant(&trade.time)?, trade.price.price(instrument)?, size, taker);
    Ok(tick.fault().is_none().then_some(tick))
}

/// The tick of a quote; `None` of one that shows nothing on a side.
///
/// # Errors
/// When its time or a price cannot be had exactly.
pub fn quote(quote: &Quote<'_>, instrument: &Instrument) -> Result<Option<Tick>, NoTick> {
    let shown = |stands: Option<crate::numbers::Number<'_>>| match stands {
        Some(stands) => size(stands.0, instrument),
        None => Ok(Tick::NO_SIZE),
    };
    let bid = (quote.bid.price(instrument)?, shown(quote.bid_size)?);
    let ask = (quote.ask.price(instrument)?, shown(quote.ask_size)?);
    let tick = Tick::quote(instant(&quote.time)?, bid, ask);
    Ok(tick.fault().is_none().then_some(tick))
}

fn size(text: &str, instrument: &Instrument) -> Result<Qty, NumberError> {
    steps_down(text, instrument.qty_scale).map(|(size, _)| Qty(size))
}
