//! What of a new order is read, and which bodies are refused with which words.
use super::*;
use proptest::prelude::*;

fn check(json: &str, expected: &str) {
    let said = match read(json.as_bytes()) {
        Ok(draft) => format!("{:?} {} {}", draft.amount, draft.pricing.kind.name(), draft.span.name()),
        Err(refusal) => format!("{} {} {}", refusal.status, refusal.code, refusal.message),
    };
    assert!(said.starts_with(expected), "{json}\n{said}");
}

#[test]
fn numbers_may_be_strings_and_unknown_fields_are_passed_over() {
    let plain = r#""symbol":"AAPL","side":"buy","type":"limit","time_in_force":"gtc""#;
    check(&format!(r#"{{{plain},"qty":3.0,"limit_price":150.25}}"#), "Quantity(3) limit gtc");
    check(&format!(r#"{{{plain},"qty":"3","limit_price":"150.25","news":[1]}}"#), "Quantity(3) limit gtc");
    check(
        r#"{"symbol":"AAPL","notional":25.5,"side":"buy","type":"market","time_in_force":"day","limit_price":null}"#,
        "Notional(25.5) market day",
    );
}

#[test]
fn each_field_is_refused_by_its_name() {
    for (json, expected) in [
        ("", "400 40010000 request body format is invalid"),
        ("[]", "400 40010000"),
        (r#"{"symbol":"A","qty":[1]}"#, "400 40010000"),
        ("{}", "422 40010001 symbol is required"),
        (r#"{"symbol":"A"}"#, "422 40010001 qty or notional is required"),
        (r#"{"symbol":"A","qty":1,"notional":1}"#, "422 40010001 only one of qty or notional is accepted"),
        (r#"{"symbol":"A","qty":0}"#, "422 40010001 qty must be > 0"),
        (r#"{"symbol":"A","qty":1000000000001}"#, "422 40010001 qty is too large"),
        (r#"{"symbol":"A","qty":1000000000000}"#, "422 40010001 side is required"),
        (r#"{"symbol":"A","qty":1}"#, "422 40010001 side is required"),
        (r#"{"symbol":"A","qty":1,"side":"up"}"#, "422 40010001 invalid side"),
        (r#"{"symbol":"A","qty":1,"side":"buy","type":"peg"}"#, "422 40010001 invalid type"),
        (r#"{"symbol":"A","qty":1,"side":"buy","type":"limit"}"#, "422 40010001 limit orders require a limit price"),
        (
            r#"{"symbol":"A","qty":1,"side":"buy","type":"market","stop_price":1}"#,
            "422 40010001 market orders must not have a stop price",
        ),
        (
            r#"{"symbol":"A","qty":1,"side":"buy","type":"trailing_stop","trail_price":1,"trail_percent":1}"#,
            "422 40010001 only one of trail_price or trail_percent",
        ),
        (
            r#"{"symbol":"A","qty":1,"side":"buy","type":"market","time_in_force":"x"}"#,
            "422 40010001 invalid time_in_f",
        ),
        (r#"{"symbol":"A","qty":1,"order_class":"mleg"}"#, "422 40010001 invalid order_class"),
    ] {
        check(json, expected);
    }
    let long = "x".repeat(129);
    let json = format!(
        r#"{{"symbol":"A","qty":1,"side":"buy","type":"market","time_in_force":"day","client_order_id":"{long}"}}"#
    );
    check(&json, "422 40010001 client_order_id must be no more than 128");
}

#[test]
fn each_class_has_its_exits() {
    let body = |class: &str, rest: &str| {
        format!(
            r#"{{"symbol":"A","qty":5,"side":"buy","type":"limit","limit_price":9,"time_in_force":"day","order_class":"{class}"{rest}}}"#
        )
    };
    let (gain, loss) = (r#","take_profit":{"limit_price":10}"#, r#","stop_loss":{"stop_price":8,"limit_price":7}"#);
    check(&body("bracket", &format!("{gain}{loss}")), "Quantity(5) limit day");
    check(&body("bracket", gain), "422 40010001 bracket orders require");
    check(&body("oto", loss), "Quantity(5) limit day");
    check(&body("oto", &format!("{gain}{loss}")), "422 40010001 oto orders require one");
    check(&body("oco", gain), "422 40010001 oco orders require stop_loss");
    check(&body("simple", gain), "422 40010001 take_profit and stop_loss");
    check(&body("bracket", &format!(r#"{gain}{loss},"extended_hours":true"#)), "422 42210000 bracket orders must not");
}

#[test]
fn the_price_of_an_oco_order_is_its_exit_with_a_gain() {
    let json = r#"{"symbol":"A","qty":5,"side":"sell","type":"limit","time_in_force":"gtc","order_class":"oco",
        "take_profit":{"limit_price":"10"},"stop_loss":{"stop_price":"8"}}"#;
    assert_eq!(read(json.as_bytes()).map(|it| it.pricing.limit), Ok(Some(Decimal::TEN)));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
