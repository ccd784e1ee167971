//! Numbers and text as the page shows them: grouped, shortened, signed, escaped.
use engine::Money;

/// Text that can stand in HTML, also between quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A float with `places` decimals, thousands grouped and a true minus.
pub(crate) fn number(value: f64, places: usize) -> String {
    let text = format!("{:.*}", places, value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let nothing = text.bytes().all(|b| b == b'0' || b == b'.');
    let sign = if value < 0.0 && !nothing { "\u{2212}" } else { "" };
    format!("{sign}{}{rest}", grouped(whole))
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A fraction as a percentage.
pub(crate) fn percent(value: f64, places: usize) -> String {
    format!("{}\u{202f}%", number(value * 100.0, places))
}

/// Money to the cent; the files hold all digits.
pub(crate) fn money(amount: Money) -> String {
    number(amount.to_f64(), 2)
}

/// A price or another plain number with the places that its size needs.
pub(crate) fn plain(value: f64) -> String {
    let size = value.abs();
    let places = match size {
        s if s >= 100.0 => 2,
        s if s >= 1.0 => 3,
        s if !(1e-12..0.01).contains(&s) => 4,
        _ => 8,
    };
    number(value, places)
}

/// An axis label: `1.5M`, `20k`, `0.3`.
pub(crate) fn short(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        s if s >= 999_999_999.5 => (value / 1e9, "B"),
        s if s >= 999_999.5 => (value / 1e6, "M"),
        s if s >= 9_999.5 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let text = format!("{scaled:.4}");
    let lean = text.trim_end_matches('0').trim_end_matches('.');
    let lean = if lean == "-0" { "0" } else { lean };
    format!("{}{unit}", lean.replace('-', "\u{2212}"))
}

/// `up` or `down`, for what is coloured by its sign.
pub(crate) fn tone(value: f64) -> &'static str {
    if value > 0.0 {
        "up"
    } else if value < 0.0 {
        "down"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_signed_and_short() {
        assert_eq!(number(-1_234_567.891, 2), "\u{2212}1,234,567.89");
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(percent(0.1234, 1), "12.3\u{202f}%");
        assert_eq!([short(1_500_000.0), short(20_000.0), short(0.3), short(-0.0)], ["1.5M", "20k", "0.3", "0"]);
        assert_eq!([plain(12_345.678), plain(0.000_012)], ["12,345.68", "0.00001200"]);
        assert_eq!(money("9616401.32497".parse().unwrap()), "9,616,401.32");
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
    }
}
