//! Lengths of bars in Alpaca's spelling.
use engine::Interval;

/// What a bar of a length is called, where there is such a bar: 1 to 59 minutes, 1 to 23 hours, a day, a week.
#[must_use]
pub fn timeframe(interval: Interval) -> Option<String> {
    let whole = |unit: Interval, most: i64| {
        let count = interval.0 / unit.0;
        (interval.0 % unit.0 == 0 && (1..=most).contains(&count)).then_some(count)
    };
    let named = |unit, most, name| whole(unit, most).map(|count| format!("{count}{name}"));
    named(Interval::WEEK, 1, "Week")
        .or_else(|| named(Interval::DAY, 1, "Day"))
        .or_else(|| named(Interval::HOUR, 23, "Hour"))
        .or_else(|| named(Interval::MINUTE, 59, "Min"))
}

/// Whether bars of a length can be put together from bars of a minute: they divide a day, and begin with it.
#[must_use]
pub fn is_made_of_minutes(interval: Interval) -> bool {
    interval < Interval::DAY && interval.0 % Interval::MINUTE.0 == 0 && Interval::DAY.0 % interval.0 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_spelled_as_the_venue_spells_it() {
        for (text, name) in [
            ("1m", Some("1Min")),
            ("59m", Some("59Min")),
            ("60m", Some("1Hour")),
            ("4h", Some("4Hour")),
            ("1d", Some("1Day")),
            ("7d", Some("1Week")),
            ("30s", None),
            ("61m", None),
            ("36h", None),
            ("2d", None),
        ] {
            assert_eq!(timeframe(text.parse().expect("an interval")).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn only_what_divides_a_day_is_made_of_minutes() {
        for (text, made) in [("1m", true), ("15m", true), ("4h", true), ("7m", false), ("5h", false), ("1d", false)] {
            assert_eq!(is_made_of_minutes(text.parse().expect("an interval")), made, "{text}");
        }
    }
}
