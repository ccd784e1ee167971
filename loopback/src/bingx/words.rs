//! The venue's words for what the exchange keeps: symbols, sides, kinds and states of orders, and numbers as text.
use crate::exchange::{Exchange, Listing, MarketId, Order, PositionSide, Span, Status};
use engine::{Interval, Money, Price, Qty, Side, Timestamp};
use rust_decimal::Decimal;

/// Milliseconds since the epoch.
pub(super) fn ms(time: Timestamp) -> i64 {
    time.0.div_euclid(1_000_000)
}

/// `raw * 10^-scale` with all of its decimal places.
pub(super) fn fixed(raw: i64, scale: u8) -> String {
    Decimal::from_i128_with_scale(i128::from(raw), u32::from(scale)).to_string()
}

/// A price of a listing.
pub(super) fn price(listing: &Listing, price: Price) -> String {
    fixed(price.0, listing.instrument.price_scale)
}

/// A quantity of a listing.
pub(super) fn quantity(listing: &Listing, quantity: Qty) -> String {
    fixed(quantity.0, listing.instrument.qty_scale)
}

/// Money to eight decimal places, toward zero.
pub(super) fn money(amount: Money) -> String {
    Decimal::from_i128_with_scale(amount.0 / 10_000, 8).to_string()
}

/// The average price of what an order has filled, to two places more than prices have.
pub(super) fn average(listing: &Listing, order: &Order) -> String {
    let scale = listing.instrument.price_scale;
    if order.filled.is_zero() {
        return fixed(0, scale);
    }
    let quantity = Decimal::from_i128_with_scale(i128::from(order.filled.0), u32::from(listing.instrument.qty_scale));
    let value = order.value.to_decimal().unwrap_or_default();
    let mut average = (value / quantity).round_dp(u32::from(scale) + 2);
    average.rescale(u32::from(scale) + 2);
    average.to_string()
}

/// `BTC-USDT`.
pub(super) fn symbol(listing: &Listing) -> String {
    format!("{}-{}", listing.base, listing.quote)
}

/// The market of a symbol.
pub(super) fn market(exchange: &Exchange, symbol: &str) -> Option<MarketId> {
    let (base, quote) = symbol.split_once('-')?;
    exchange.market(base, quote)
}

/// `BUY` or `SELL`.
pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// `BOTH`, `LONG` or `SHORT`.
pub(super) fn position_side(side: PositionSide) -> &'static str {
    match side {
        PositionSide::Net => "BOTH",
        PositionSide::Long => "LONG",
        PositionSide::Short => "SHORT",
    }
}

/// The length of a candle by its name in a channel or a parameter.
pub(super) fn span(name: &str) -> Option<Span> {
    let fixed = |count: i64, unit: Interval| Some(Span::Fixed(Interval(count * unit.0)));
    match name {
        "1m" => fixed(1, Interval::MINUTE),
        "3m" => fixed(3, Interval::MINUTE),
        "5m" => fixed(5, Interval::MINUTE),
        "15m" => fixed(15, Interval::MINUTE),
        "30m" => fixed(30, Interval::MINUTE),
        "1h" => fixed(1, Interval::HOUR),
        "2h" => fixed(2, Interval::HOUR),
        "4h" => fixed(4, Interval::HOUR),
        "6h" => fixed(6, Interval::HOUR),
        "8h" => fixed(8, Interval::HOUR),
        "12h" => fixed(12, Interval::HOUR),
        "1d" => fixed(1, Interval::DAY),
        "3d" => fixed(3, Interval::DAY),
        "1w" => fixed(1, Interval::WEEK),
        "1M" => Some(Span::Month),
        _ => None,
    }
}

/// How cancelled orders are spelled by REST; the stream always has one L.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cancelled {
    /// `CANCELLED`.
    #[default]
    DoubleL,
    /// `CANCELED`.
    SingleL,
}

/// The state of an order by REST, where a waiting limit order is `PENDING`.
pub(super) fn status(order: &Order, waits: bool, spelling: Cancelled) -> &'static str {
    match (order.status, spelling) {
        (Status::New, _) if waits => "NEW",
        (Status::New, _) => "PENDING",
        (Status::Cancelled, Cancelled::DoubleL) => "CANCELLED",
        (Status::Rejected(_), _) => "FAILED",
        _ => stream_status(order.status),
    }
}

/// The state of an order on the stream.
pub(super) fn stream_status(status: Status) -> &'static str {
    match status {
        Status::New => "NEW",
        Status::PartlyFilled => "PARTIALLY_FILLED",
        Status::Filled => "FILLED",
        Status::Cancelled | Status::Rejected(_) => "CANCELED",
        Status::Expired => "EXPIRED",
    }
}

/// A number as a count of steps of `10^-scale`; what is finer is cut off, as the venue does. `None` where it does not fit.
pub(super) fn truncated(number: Decimal, scale: u8) -> Option<i64> {
    let cut = number.trunc_with_scale(u32::from(scale)).normalize();
    let factor = 10_i128.checked_pow(u32::from(scale).checked_sub(cut.scale())?)?;
    i64::try_from(cut.mantissa().checked_mul(factor)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_and_printed_to_their_places() {
        for (text, scale, raw) in [
            ("0.00129", 4, Some(12)),
            ("16900.55", 1, Some(169_005)),
            ("5", 4, Some(50_000)),
            ("-0.00009", 4, Some(0)),
            ("99999999999999999999", 4, None),
        ] {
            assert_eq!(truncated(text.parse().expect("a decimal"), scale), raw, "{text}");
        }
        assert_eq!(fixed(169_005, 1), "16900.5");
        assert_eq!(fixed(120, 4), "0.0120");
        assert_eq!(money(Money(-1_234_567_899_999)), "-1.23456789");
    }

    #[test]
    fn every_length_of_candle_of_the_venue_has_a_name() {
        let names = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"];
        assert!(names.iter().all(|name| span(name).is_some()));
        assert!(["", "1", "2m", "60min", "1y"].iter().all(|name| span(name).is_none()));
    }
}
