//! Where an order stands, and orders and positions as the engine counts them.
use crate::bingx::wire::account::PositionRow;
use crate::bingx::wire::given;
use crate::bingx::wire::order::OrderRow;
use crate::numbers::decimal;
use crate::query::{Stands, VenueOrder, VenuePosition};
use crate::text::shown;
use crate::{ClientIds, Listed};
use engine::Side;
use rust_decimal::Decimal;

/// A status in any of its spellings. What is unknown is never taken for an end.
#[must_use]
pub fn stands(status: &str) -> Stands {
    let any = |words: &[&str]| words.iter().any(|word| status.eq_ignore_ascii_case(word));
    if any(&["NEW", "PENDING", "PARTIALLY_FILLED", "WORKING"]) {
        Stands::Open
    } else if any(&["FILLED"]) {
        Stands::Filled
    } else if any(&["CANCELLED", "CANCELED"]) {
        Stands::Cancelled
    } else if any(&["EXPIRED"]) {
        Stands::Expired
    } else if any(&["FAILED", "REJECTED"]) {
        Stands::Rejected
    } else {
        Stands::Unclear
    }
}

/// A side; the closing call spells it `Bid` and `Ask`.
#[must_use]
pub fn side(text: &str) -> Option<Side> {
    match text {
        _ if text.eq_ignore_ascii_case("BUY") || text.eq_ignore_ascii_case("Bid") => Some(Side::Buy),
        _ if text.eq_ignore_ascii_case("SELL") || text.eq_ignore_ascii_case("Ask") => Some(Side::Sell),
        _ => None,
    }
}

/// An instrument by the venue's name.
#[must_use]
pub fn listed<'a>(all: &'a [Listed], symbol: &str) -> Option<&'a Listed> {
    all.iter().find(|listed| listed.symbol.eq_ignore_ascii_case(symbol))
}

/// An order as the venue has it.
///
/// # Errors
/// When a field that it needs is not there or no number.
pub fn venue_order(row: &OrderRow<'_>, all: &[Listed], ids: &ClientIds) -> Result<VenueOrder, String> {
    let number = |text: Option<&str>| text.map(decimal).transpose().map_err(|error| error.to_string());
    let filled = number(given(&row.executed_qty))?.unwrap_or_default();
    let average = number(given(&row.avg_price))?.filter(|price| !price.is_zero());
    let status = given(&row.status).unwrap_or_default();
    Ok(VenueOrder {
        order: row.client_id().and_then(|id| ids.order(id)),
        venue_id: row.id().map(|id| id.to_string()).unwrap_or_default(),
        instrument: given(&row.symbol).and_then(|symbol| listed(all, symbol)).map(|listed| listed.id),
        side: given(&row.side).and_then(side).ok_or("an order without a side")?,
        quantity: number(row.asked())?.unwrap_or_default(),
        filled,
        average_price: average.filter(|_| !filled.is_zero()),
        stands: stands(status),
    })
}

/// A position as the venue has it; none where nothing is held.
///
/// # Errors
/// When a field that it needs is not there or no number.
pub fn venue_position(row: &PositionRow<'_>, all: &[Listed]) -> Result<Option<VenuePosition>, String> {
    let symbol = given(&row.symbol).ok_or("a position without a symbol")?;
    let number = |text: &str| decimal(text).map_err(|error| error.to_string());
    let amount = number(given(&row.position_amt).ok_or("a position without an amount")?)?;
    let side = given(&row.position_side).unwrap_or("BOTH");
    let quantity = match side {
        _ if side.eq_ignore_ascii_case("SHORT") => -amount.abs(),
        _ if side.eq_ignore_ascii_case("LONG") => amount.abs(),
        // One-way: the sign tells.
        _ if side.eq_ignore_ascii_case("BOTH") => amount,
        other => return Err(format!("a position of side `{}`", shown(other))),
    };
    let price = given(&row.avg_price).or_else(|| given(&row.entry_price)).map(number).transpose()?;
    let entry_price = price.unwrap_or(Decimal::ZERO);
    let instrument = listed(all, symbol).map(|listed| listed.id);
    let position = VenuePosition { instrument, symbol: shown(symbol), quantity, entry_price };
    Ok((!quantity.is_zero()).then_some(position))
}
