//! Numbers at their edges, and any text.
use super::*;
use proptest::prelude::*;

#[test]
fn a_number_is_counted_in_steps_exactly() {
    for (text, scale, expected) in [
        ("0", 2, 0),
        ("-0.00", 2, 0),
        ("150.25", 2, 15_025),
        ("150.250000000000000000000000000000000000000", 2, 15_025),
        ("150.25", 8, 15_025_000_000),
        ("1.792161878", 9, 1_792_161_878),
        ("-23140.2", 2, -2_314_020),
        ("+7", 0, 7),
        ("7.", 0, 7),
        (".5", 1, 5),
        ("1.501e2", 1, 1_501),
        ("15E-1", 1, 15),
        ("1e-7", 7, 1),
        ("9223372036854775807", 0, i64::MAX),
        ("-9223372036854775808", 0, i64::MIN),
        ("109506363", 9, 109_506_363_000_000_000),
        ("0e99999", 9, 0),
    ] {
        assert_eq!(steps(text, scale), Ok(expected), "{text} at {scale}");
    }
}

#[test]
fn what_cannot_be_counted_says_why() {
    let fine = |text: &str, places| NumberError::TooFine { text: text.into(), places };
    let none = |text: &str| NumberError::NotANumber(text.into());
    let large = |text: &str| NumberError::TooLarge(text.into());
    for (text, scale, expected) in [
        ("0.001", 2, fine("0.001", 2)),
        ("1e-99999", 9, fine("1e-99999", 9)),
        ("9223372036854775808", 0, large("9223372036854775808")),
        ("1e300", 0, large("1e300")),
        ("", 0, none("")),
        ("-", 0, none("-")),
        (".", 0, none(".")),
        ("1.2.3", 0, none("1.2.3")),
        ("NaN", 0, none("NaN")),
        ("null", 0, none("null")),
        ("0x10", 0, none("0x10")),
        ("1e", 0, none("1e")),
        ("1e999999", 0, none("1e999999")),
        ("1 ", 0, none("1 ")),
        ("1\u{1b}", 0, none("1\\u{1b}")),
    ] {
        assert_eq!(steps(text, scale), Err(expected), "{text} at {scale}");
    }
    let long = "1".repeat(10_000_000);
    assert!(matches!(steps(&long, 0), Err(NumberError::TooLarge(_))));
}

#[test]
fn rounding_down_goes_toward_minus_infinity_and_says_so() {
    for (text, expected) in [("1.005", (100, true)), ("-1.005", (-101, true)), ("1.50", (150, false))] {
        assert_eq!(steps_down(text, 2), Ok(expected), "{text}");
    }
}

#[test]
fn a_decimal_keeps_every_digit() {
    for text in ["0", "150.1", "-23140.2", "122011.09751111286868", "0.000000000001", "198.364578"] {
        assert_eq!(decimal(text).map(|d| d.to_string()), Ok(text.to_string()));
    }
    assert_eq!(decimal("1e3").map(|d| d.to_string()), Ok("1000".into()));
    assert_eq!(decimal("2.5e-3").map(|d| d.to_string()), Ok("0.0025".into()));
    for text in ["1e-29", "79228162514264337593543950336", "1e40"] {
        assert!(matches!(decimal(text), Err(NumberError::TooLarge(_))), "{text}");
    }
}

#[test]
fn a_json_number_is_read_with_quotes_and_without() {
    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(borrow)]
        a: Number<'a>,
        b: Number<'a>,
        c: Option<Number<'a>>,
        d: Number<'a>,
    }
    let row: Row<'_> = serde_json::from_str(r#"{"a": 150.10, "b": "150.10", "c": null, "d": ["x"]}"#).expect("JSON");
    assert_eq!((row.a.0, row.b.0, row.c, row.d.0), ("150.10", "150.10", None, r#"["x"]"#));
    assert!(row.d.decimal().is_err());
    let exact: Number<'_> = serde_json::from_str("9007199254740993").expect("JSON");
    assert_eq!(exact.count(), Ok(9_007_199_254_740_993));
}

proptest! {
    #[test]
    fn what_is_written_is_read(raw in any::<i64>(), scale in 0_u8..=9) {
        prop_assert_eq!(steps(&engine::measure::scaled_text(raw, scale), scale), Ok(raw));
    }

    #[test]
    fn a_decimal_is_what_the_library_reads(raw in any::<i64>(), scale in 0_u32..=18) {
        let expected = Decimal::from_i128_with_scale(i128::from(raw), scale).normalize();
        prop_assert_eq!(decimal(&expected.to_string()), Ok(expected));
    }

    #[test]
    fn no_text_panics(text in ".{0,120}", scale in 0_u8..=18) {
        let _ = (steps(&text, scale), steps_down(&text, scale), decimal(&text));
    }

    #[test]
    fn nothing_that_looks_like_a_number_panics(text in "[-+]?[0-9]{0,60}\\.?[0-9]{0,60}([eE][-+]?[0-9]{0,6})?", scale in 0_u8..=18) {
        let _ = (steps(&text, scale), steps_down(&text, scale), decimal(&text));
    }
}
