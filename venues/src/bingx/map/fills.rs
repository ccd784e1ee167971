//! Fills of an order, put in their places by the quantity that was filled before them.
//!
//! Several sources speak of one fill: the stream, which may skip some, the list of fills, and the order itself. What makes
//! them one is which part of the order's quantity they cover, so only what goes beyond what was reported is a new fill.
use crate::Listed;
use crate::bingx::wire::given;
use crate::bingx::wire::order::FillRow;
use crate::numbers::{decimal, steps, steps_down};
use engine::{FillId, Liquidity, Money, Price, Qty, Side, Timestamp};
use rust_decimal::Decimal;

/// A fill before it has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// When.
    pub time: Timestamp,
    /// How much.
    pub quantity: Qty,
    /// At what price; against the account where it was finer than the instrument's step.
    pub price: Price,
    /// The fee; negative for a rebate.
    pub fee: Money,
    /// The venue's number of it, where it says one.
    pub trade: Option<u64>,
    /// What it did to the book, where the venue says.
    pub liquidity: Option<Liquidity>,
}

/// A fill in its place: it ends where so much of the order was filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// How much of the order was filled after it.
    pub end: Qty,
    /// What.
    pub part: Part,
}

impl Placed {
    /// What makes a repetition recognisable: the venue's number of the fill, else its place, which is the same whatever
    /// said it.
    #[must_use]
    pub fn id(&self, venue_order: u64) -> FillId {
        let place = u128::from(venue_order) << 64 | u128::from(self.end.0.unsigned_abs());
        self.part.trade.map_or(FillId(place), |trade| FillId(u128::from(trade)))
    }

    /// What of it goes beyond what was reported. Of a fill that is reported in part the rest has no number of its own, and
    /// its share of the fee, rounded up.
    #[must_use]
    pub fn beyond(self, reported: Qty) -> Option<Self> {
        let rest = self.end - reported;
        if rest.0 <= 0 {
            return None;
        }
        if rest >= self.part.quantity {
            return Some(self);
        }
        let (fee, whole) = (self.part.fee.0 * i128::from(rest.0), i128::from(self.part.quantity.0));
        let fee = Money(fee.div_euclid(whole) + i128::from(fee.rem_euclid(whole) != 0));
        Some(Self { part: Part { quantity: rest, fee, trade: None, ..self.part }, ..self })
    }
}

/// Puts the fills of an order in their places, from its first on.
#[must_use]
pub fn placed(mut parts: Vec<Part>) -> Vec<Placed> {
    parts.sort_by_key(|part| (part.time, part.trade));
    // Pages overlap: a fill with its number counts once.
    parts.dedup_by(|a, b| a.trade.is_some() && a.trade == b.trade);
    let mut end = Qty::ZERO;
    let place = |part: Part| {
        end = Qty(end.0.saturating_add(part.quantity.0));
        Placed { end, part }
    };
    parts.into_iter().map(place).collect()
}

/// A price in the instrument's step; where it is finer, against the account.
///
/// # Errors
/// When it is no price.
pub fn price_against(text: &str, side: Side, scale: u8) -> Result<Price, String> {
    let (down, rounded) = steps_down(text, scale).map_err(|error| error.to_string())?;
    let price = Price(down + i64::from(rounded && side == Side::Buy));
    if price.0 > 0 { Ok(price) } else { Err(format!("a fill at {down} steps")) }
}

/// The fee of a commission, which is negative where it was paid.
///
/// # Errors
/// When it is no number, or too large.
pub fn fee(commission: Option<&str>) -> Result<Money, String> {
    let fee = -commission.map(decimal).transpose().map_err(|error| error.to_string())?.unwrap_or(Decimal::ZERO);
    // Finer than money is counted: rounded up, as a fee is never too small.
    let fee = fee.round_dp_with_strategy(12, rust_decimal::RoundingStrategy::ToPositiveInfinity);
    Money::from_decimal(fee).map_err(|error| error.to_string())
}

/// Whether a fee was taken in the currency that the instrument is paid in. The demo's dollars are called VST.
#[must_use]
pub fn is_own_currency(asset: Option<&str>, listed: &Listed) -> bool {
    asset.is_none_or(|asset| {
        asset == listed.instrument.quote.code() || asset == "VST" || listed.symbol.ends_with(&["-", asset].concat())
    })
}

/// What a role did to the book.
#[must_use]
pub fn liquidity(row: &FillRow<'_>) -> Option<Liquidity> {
    match (given(&row.role), given(&row.maker)) {
        (Some(role), _) if role.eq_ignore_ascii_case("maker") => Some(Liquidity::Maker),
        (Some(role), _) if role.eq_ignore_ascii_case("taker") => Some(Liquidity::Taker),
        (None, Some(maker)) => {
            Some(if maker.eq_ignore_ascii_case("true") { Liquidity::Maker } else { Liquidity::Taker })
        }
        _ => None,
    }
}

/// When a fill happened. `filledTm` is not asked: it claims to be UTC and is not.
///
/// # Errors
/// When it is not there, or no instant.
pub fn time(row: &FillRow<'_>) -> Result<Timestamp, String> {
    if let Some(text) = given(&row.filled_time) {
        return crate::instant::instant(text).map_err(|error| error.to_string());
    }
    super::market::instant(given(&row.trade_time).ok_or("a fill without a time")?)
}

/// A fill of a list.
///
/// # Errors
/// When a field that it needs is not there or no number.
pub fn part(row: &FillRow<'_>, side: Side, listed: &Listed) -> Result<Part, String> {
    let quantity = row.quantity().ok_or("a fill without a quantity")?;
    let quantity = steps(quantity, listed.instrument.qty_scale).map_err(|error| error.to_string())?;
    if quantity <= 0 {
        return Err("a fill of nothing".into());
    }
    let price = row.price().ok_or("a fill without a price")?;
    Ok(Part {
        time: time(row)?,
        quantity: Qty(quantity),
        price: price_against(price, side, listed.instrument.price_scale)?,
        // A fee in something else cannot be counted as money; who asks for fills says so.
        fee: if is_own_currency(row.fee_asset(), listed) { fee(given(&row.commission))? } else { Money::ZERO },
        trade: given(&row.trade_id).and_then(|id| id.parse().ok()).filter(|id| *id > 0),
        liquidity: liquidity(row),
    })
}
