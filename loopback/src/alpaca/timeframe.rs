//! The lengths of bars as clients spell them: `1Min`, `15T`, `4Hour`, `1Day`, `1W`, `3Month`.
use crate::exchange::Span;
use engine::Interval;

/// The length of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timeframe {
    Minutes(i64),
    Hours(i64),
    Day,
    Week,
    Months(i64),
}

impl Timeframe {
    /// Reads it, in the venue's bounds.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = text.split_at(digits);
        let count = if count.is_empty() { 1 } else { count.parse::<i64>().ok()? };
        match unit {
            "Min" | "T" if (1..=59).contains(&count) => Some(Self::Minutes(count)),
            "Hour" | "H" if (1..=23).contains(&count) => Some(Self::Hours(count)),
            "Day" | "D" if count == 1 => Some(Self::Day),
            "Week" | "W" if count == 1 => Some(Self::Week),
            "Month" | "M" if matches!(count, 1..=4 | 6 | 12) => Some(Self::Months(count)),
            _ => None,
        }
    }

    /// The exchange's candles that it is made of.
    pub(crate) fn span(self) -> Span {
        match self {
            Self::Minutes(count) => Span::Fixed(Interval(count * Interval::MINUTE.0)),
            Self::Hours(count) => Span::Fixed(Interval(count * Interval::HOUR.0)),
            Self::Day => Span::Fixed(Interval::DAY),
            Self::Week => Span::Fixed(Interval::WEEK),
            Self::Months(_) => Span::Month,
        }
    }

    /// Whether its bars belong to days, and are stamped with the first instant of one.
    pub(crate) fn is_of_days(self) -> bool {
        !matches!(self, Self::Minutes(_) | Self::Hours(_))
    }

    /// The letter in page tokens.
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::Minutes(_) => "M",
            Self::Hours(_) => "H",
            Self::Day => "D",
            Self::Week => "W",
            Self::Months(_) => "O",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_within_the_venues_bounds() {
        for (text, expected) in [
            ("1Min", Some(Timeframe::Minutes(1))),
            ("59T", Some(Timeframe::Minutes(59))),
            ("60Min", None),
            ("4Hour", Some(Timeframe::Hours(4))),
            ("24H", None),
            ("1Day", Some(Timeframe::Day)),
            ("D", Some(Timeframe::Day)),
            ("2Day", None),
            ("1W", Some(Timeframe::Week)),
            ("12Month", Some(Timeframe::Months(12))),
            ("5M", None),
            ("", None),
            ("1min", None),
            ("99999999999999999999Min", None),
        ] {
            assert_eq!(Timeframe::read(text), expected, "{text}");
        }
    }
}
