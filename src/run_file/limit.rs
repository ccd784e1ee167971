//! One limit of `[risk]`: what it bounds, and how its value is written.
//!
//! A value is read without knowing an instrument: quantities become steps only where their scale is known.
use super::amount;
use super::decimal;
use super::error::Complaint;
use super::node::{Node, Value};
use super::written::quoted;
use engine::{Check, Currency, Money};
use rust_decimal::Decimal;

/// In which unit a limit is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A percentage of something that can be exceeded.
    Percent,
    /// A percentage of what there is, up to 100.
    Share,
    Times,
    Money,
    Quantity,
    Count,
    Rate,
    Duration,
    Switch,
}

/// A limit as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitValue {
    /// None: `"off"`.
    Off,
    /// On, where there is nothing to count: `"refuse"`.
    Refuse,
    /// A percentage or a multiple, in parts per million.
    Ppm(i64),
    /// An amount, and in which currency it was written.
    Money(Money, Currency),
    /// A quantity in units.
    Quantity(Decimal),
    /// So many.
    Count(i64),
    /// So many within so many nanoseconds: `"10 in 1s"`.
    Rate(i64, i64),
    /// A length of time in nanoseconds.
    Duration(i64),
}

/// Every limit: its key, its check and its unit, in the order in which the guide lists them.
pub(super) const LIMITS: [(&str, Check, Unit); 25] = [
    ("price_collar_pct", Check::PriceCollar, Unit::Percent),
    ("moving_collar_pct", Check::MovingCollar, Unit::Percent),
    ("max_order_quantity", Check::OrderQuantity, Unit::Quantity),
    ("max_order_notional", Check::OrderNotional, Unit::Money),
    ("max_position", Check::Position, Unit::Quantity),
    ("max_position_notional", Check::PositionNotional, Unit::Money),
    ("max_gross_exposure", Check::GrossExposure, Unit::Money),
    ("max_net_exposure", Check::NetExposure, Unit::Money),
    ("max_concentration_pct", Check::Concentration, Unit::Percent),
    ("max_leverage", Check::Leverage, Unit::Times),
    ("max_orders", Check::OrderRate, Unit::Rate),
    ("max_messages", Check::MessageRate, Unit::Rate),
    ("max_repeats", Check::RepeatedOrder, Unit::Rate),
    ("duplicate_window", Check::DuplicateOrder, Unit::Duration),
    ("self_cross", Check::SelfCross, Unit::Switch),
    ("reduce_only", Check::ReduceOnly, Unit::Switch),
    ("max_data_age", Check::StaleData, Unit::Duration),
    ("max_data_gap", Check::DataGap, Unit::Duration),
    ("max_clock_skew", Check::ClockSkew, Unit::Duration),
    ("daily_loss_limit_pct", Check::DailyLoss, Unit::Share),
    ("emergency_stop_pct", Check::EmergencyStop, Unit::Share),
    ("breaker_losses", Check::StrategyLosses, Unit::Count),
    ("breaker_loss_pct", Check::StrategyLoss, Unit::Share),
    ("max_var_pct", Check::ValueAtRisk, Unit::Share),
    ("max_expected_shortfall_pct", Check::ExpectedShortfall, Unit::Share),
];

/// The check and unit of a key.
pub(super) fn known(key: &str) -> Option<(&'static str, Check, Unit)> {
    LIMITS.into_iter().find(|(known, ..)| *known == key)
}

impl Unit {
    fn expected(self) -> &'static str {
        match self {
            Self::Percent => "a percentage above 0 with at most four decimal places, or \"off\"",
            Self::Share => "a percentage above 0 and up to 100 with at most four decimal places, or \"off\"",
            Self::Times => "a number above 0 with at most six decimal places as in 1.5, or \"off\"",
            Self::Money => "an amount as in \"150000 USD\", or \"off\"",
            Self::Quantity => "a quantity above 0 as in \"2.5\", or \"off\"",
            Self::Count => "a whole number from 1 to 1000000, or \"off\"",
            Self::Rate => "how many in which time as in \"10 in 1s\", or \"off\"",
            Self::Duration => "a length of time as in \"500ms\", \"30s\", \"5m\" or \"4h\", or \"off\"",
            Self::Switch => "\"refuse\" or \"off\"",
        }
    }

    /// Reads a limit.
    pub(super) fn read(self, node: &Node) -> Result<LimitValue, Complaint> {
        if node.text("").is_ok_and(|text| text == "off") {
            return Ok(LimitValue::Off);
        }
        let expected = self.expected();
        let refuse = || node.complain("this limit is out of range").expected(expected);
        match self {
            Self::Percent => ppm(node.decimal(expected)?, 4).map(LimitValue::Ppm).ok_or_else(refuse),
            Self::Share => {
                let share = ppm(node.decimal(expected)?, 4).filter(|ppm| *ppm <= 1_000_000);
                share.map(LimitValue::Ppm).ok_or_else(refuse)
            }
            Self::Times => ppm(node.decimal(expected)?, 6).map(LimitValue::Ppm).ok_or_else(refuse),
            Self::Money => {
                let amount = amount::with_currency(node).map_err(|complaint| complaint.expected(expected))?;
                Ok(LimitValue::Money(amount.0, amount.1))
            }
            Self::Quantity => {
                let quantity = node.decimal(expected)?;
                if quantity > Decimal::ZERO { Ok(LimitValue::Quantity(quantity.normalize())) } else { Err(refuse()) }
            }
            Self::Count => Some(node.whole(1_000_000)?).filter(|n| *n > 0).map(LimitValue::Count).ok_or_else(refuse),
            Self::Rate => {
                let text = node.text(expected)?;
                let parts = text.split_once(" in ").and_then(|(count, length)| {
                    let count: i64 = count.parse().ok().filter(|n| (1..=1_000_000).contains(n))?;
                    Some(LimitValue::Rate(count, duration(length)?))
                });
                parts.ok_or_else(refuse)
            }
            Self::Duration => duration(node.text(expected)?).map(LimitValue::Duration).ok_or_else(refuse),
            Self::Switch if node.text(expected)? == "refuse" => Ok(LimitValue::Refuse),
            Self::Switch => Err(refuse()),
        }
    }
}

/// `decimal` with `places` places below a whole of a million: 3 with four places is 30,000.
fn ppm(value: Decimal, places: u32) -> Option<i64> {
    let scaled = value.checked_mul(Decimal::from(10_i64.pow(places)))?;
    let whole = scaled.is_integer() && value > Decimal::ZERO && value <= Decimal::from(1_000_000);
    whole.then(|| i64::try_from(scaled).ok()).flatten()
}

const UNITS: [(&str, i64); 6] = [
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("ns", 1),
];

/// A length of time above zero and up to ten years: a whole number and one unit.
pub(super) fn duration(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(end);
    let (_, ns) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    count.parse::<i64>().ok()?.checked_mul(ns).filter(|ns| (1..=3_650 * UNITS[4].1).contains(ns))
}

/// The text that reads as this length.
pub(super) fn duration_text(ns: i64) -> String {
    let large = ["d", "h", "m", "s", "ms"].into_iter().filter_map(|name| UNITS.into_iter().find(|(n, _)| *n == name));
    let (name, unit) = large.into_iter().find(|(_, unit)| ns % unit == 0).unwrap_or(("ns", 1));
    format!("{}{name}", ns / unit)
}

/// The limit as TOML.
pub(super) fn toml(value: LimitValue, unit: Unit) -> String {
    match value {
        LimitValue::Off => quoted("off"),
        LimitValue::Refuse => quoted("refuse"),
        LimitValue::Ppm(ppm) => decimal::plain(Decimal::new(ppm, if unit == Unit::Times { 6 } else { 4 })),
        LimitValue::Money(money, currency) => quoted(&engine::money::amount_text(money, currency)),
        LimitValue::Quantity(quantity) => quoted(&decimal::plain(quantity)),
        LimitValue::Count(count) => count.to_string(),
        LimitValue::Rate(count, ns) => quoted(&format!("{count} in {}", duration_text(ns))),
        LimitValue::Duration(ns) => quoted(&duration_text(ns)),
    }
}

/// Whether a value names instruments: `{ "a:B" = 1, "c:D" = 2 }`.
pub(super) fn by_instrument(node: &Node) -> Option<&[super::node::Entry]> {
    match &node.value {
        Value::Table(entries) => Some(entries),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_as_they_print() {
        for text in ["1ns", "250ms", "1s", "90s", "5m", "4h", "2d"] {
            let ns = duration(text).expect(text);
            assert_eq!(duration(&duration_text(ns)), Some(ns), "{text}");
        }
        assert_eq!(duration("1500ms"), Some(1_500_000_000));
        for text in ["", "5", "0s", "-1s", "1.5h", "1h30m", "1 s", "1w", "99999999d", "s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn percentages_become_millionths_exactly() {
        let check = |text: &str, places, expected| assert_eq!(ppm(text.parse().expect("a number"), places), expected);
        check("3", 4, Some(30_000));
        check("0.0001", 4, Some(1));
        check("0.00001", 4, None);
        check("1.5", 6, Some(1_500_000));
        check("0", 4, None);
        check("-1", 4, None);
    }
}
