//! The length of a trading session: `6h30m`.
//!
//! Above zero and at most a day; a session is never as long as the candles of a week.
use engine::Interval;

/// What is expected where a session's length stands.
pub(super) const EXPECTED: &str = "a length of up to a day as in \"6h30m\"";

/// Reads `6h30m`, `24h`, `90m`; units from large to small, each once.
pub(super) fn read(text: &str) -> Option<Interval> {
    let (mut total, mut rest, mut last_unit) = (0_i64, text, i64::MAX);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let (count, after) = rest.split_at(end);
        let unit = match &after[..1] {
            "h" => Interval::HOUR.0,
            "m" => Interval::MINUTE.0,
            "s" => Interval::SECOND.0,
            _ => return None,
        };
        if unit >= last_unit || !count.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        total = total.checked_add(count.parse::<i64>().ok()?.checked_mul(unit)?)?;
        (rest, last_unit) = (&after[1..], unit);
    }
    (1..=Interval::DAY.0).contains(&total).then_some(Interval(total))
}

/// The text that reads as this length, which must be whole seconds.
pub(super) fn text(length: Interval) -> String {
    let seconds = length.0 / Interval::SECOND.0;
    let parts = [(seconds / 3600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_they_print() {
        for written in ["6h30m", "24h", "90s", "1h1m1s"] {
            let length = read(written).expect(written);
            assert_eq!(read(&text(length)), Some(length), "{written}");
        }
        assert_eq!(read("6h30m"), Some(Interval(390 * Interval::MINUTE.0)));
        assert_eq!(read("90m").map(text), Some("1h30m".to_string()));
        for written in ["", "0h", "25h", "24h1s", "30m6h", "1h1h", "6", "h", "-1h", "1d", "6h 30m", "1.5h", "9é", "é9h"]
        {
            assert_eq!(read(written), None, "{written}");
        }
    }
}
