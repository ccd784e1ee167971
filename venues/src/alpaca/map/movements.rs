//! Activities that are no fills, as money or units that moved.
use super::symbols::Symbols;
use crate::alpaca::wire::activity::Activity;
use crate::happening::{Movement, Purpose};
use crate::instant::{NoInstant, instant};
use crate::numbers::NumberError;
use crate::text::shown;

/// Why an activity cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMovement {
    /// Its day or time is none.
    #[error(transparent)]
    Time(#[from] NoInstant),
    /// An amount is none.
    #[error(transparent)]
    Number(#[from] NumberError),
}

/// What moved. A fee on crypto is taken in units of what was bought: its money is zero and its quantity below it.
///
/// # Errors
/// When its time or an amount cannot be read.
pub fn movement(activity: &Activity<'_>, symbols: &Symbols) -> Result<Movement, NoMovement> {
    let time = match (&activity.transaction_time, &activity.date) {
        (Some(time), _) => instant(time)?,
        (None, Some(day)) => instant(&format!("{day}T00:00:00Z"))?,
        (None, None) => instant("")?,
    };
    let money = activity.net_amount.map(|amount| amount.decimal()).transpose()?.unwrap_or_default();
    let units = activity.qty.map(|units| units.decimal()).transpose()?.unwrap_or_default();
    let listed = activity.symbol.as_deref().and_then(|symbol| symbols.find(symbol));
    let symbol = listed.map(|it| it.symbol.as_str()).or(activity.symbol.as_deref()).unwrap_or_default();
    // Shares that a dividend is paid for are told too, and do not move.
    let in_units = money.is_zero() && !units.is_zero();
    let asset = match symbol.split_once('/') {
        Some((base, _)) if in_units => base,
        _ if in_units => symbol.strip_suffix("USD").filter(|base| !base.is_empty()).unwrap_or(symbol),
        _ => "USD",
    };
    let description = activity.description.as_deref().unwrap_or_default();
    Ok(Movement {
        id: shown(&activity.id),
        time,
        purpose: purpose(&activity.activity_type),
        instrument: listed.map(|it| it.id),
        asset: shown(asset),
        amount: if in_units { units } else { money },
        price: activity.price.filter(|_| in_units).map(|price| price.decimal()).transpose()?,
        words: shown(&format!("{} {symbol} {description}", activity.activity_type)),
    })
}

fn purpose(kind: &str) -> Purpose {
    match kind {
        "FEE" | "CFEE" | "PTC" | "REG" | "TAF" | "OPTFEE" => Purpose::Fee,
        kind if kind.starts_with("DIV") => Purpose::Dividend,
        kind if kind.starts_with("INT") => Purpose::Interest,
        "CSD" | "CSW" | "TRANS" | "JNL" | "JNLC" | "JNLS" | "ACATC" | "ACATS" => Purpose::Transfer,
        _ => Purpose::Other,
    }
}
