//! MessagePack against bytes written by hand from its specification, and against any bytes.
use super::*;
use proptest::prelude::*;

fn check(bytes: &[u8], expected: Result<&str, MsgpackError>) {
    assert_eq!(to_json(bytes).as_deref(), expected.as_ref().copied(), "{bytes:02x?}");
}

#[test]
fn every_kind_of_value_becomes_its_json() {
    check(&[0x07], Ok("7"));
    check(&[0xff], Ok("-1"));
    check(&[0xc0], Ok("null"));
    check(&[0x92, 0xc2, 0xc3], Ok("[false,true]"));
    check(&[0xcc, 0xff], Ok("255"));
    check(&[0xcd, 0x04, 0xb0], Ok("1200"));
    check(&[0xcf, 255, 255, 255, 255, 255, 255, 255, 255], Ok("18446744073709551615"));
    check(&[0xd0, 0x80], Ok("-128"));
    check(&[0xd1, 0xff, 0x7f], Ok("-129"));
    check(&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], Ok("-9223372036854775808"));
    check(&[0xcb, 0x40, 0x62, 0xc3, 0x33, 0x33, 0x33, 0x33, 0x33], Ok("1.501e2"));
    check(&[0xca, 0x3f, 0xc0, 0, 0], Ok("1.5e0"));
    check(&[0xa3, b'a', b'"', b'\n'], Ok("\"a\\\"\\u000a\""));
    check(&[0xd9, 0x01, b'x'], Ok("\"x\""));
    check(&[0x81, 0xa1, b'T', 0x91, 0xa1, b'b'], Ok("{\"T\":[\"b\"]}"));
    check(&[0xde, 0, 1, 0xa1, b'T', 0xdc, 0, 1, 1], Ok("{\"T\":[1]}"));
}

#[test]
fn a_timestamp_is_read_in_each_of_its_lengths() {
    check(&[0xd6, 0xff, 0x69, 0x57, 0xd6, 0x68], Ok("\"2026-01-02T14:30:00Z\""));
    check(&[0xd7, 0xff, 0, 0, 0, 0x28, 0, 0, 0, 10], Ok("\"1970-01-01T00:00:10.00000001Z\""));
    check(
        &[0xc7, 12, 0xff, 0, 0, 0, 10, 255, 255, 255, 255, 255, 255, 255, 246],
        Ok("\"1969-12-31T23:59:50.00000001Z\""),
    );
}

#[test]
fn what_is_no_message_is_refused_before_it_costs_anything() {
    check(&[], Err(MsgpackError::Short));
    check(&[0xa5, b'a'], Err(MsgpackError::Short));
    check(&[0xdd, 0xff, 0xff, 0xff, 0xff], Err(MsgpackError::Short));
    check(&[0xdf, 0xff, 0xff, 0xff, 0xff, 1], Err(MsgpackError::Short));
    check(&[0xdb, 0xff, 0xff, 0xff, 0xff], Err(MsgpackError::Short));
    check(&[0x01, 0x02], Err(MsgpackError::Trailing(1)));
    check(&[0xc1], Err(MsgpackError::Unknown(0xc1)));
    check(&[0xc4, 0x01, 0x00], Err(MsgpackError::Unknown(0xc4)));
    check(&[0x81, 0x01, 0x02], Err(MsgpackError::Unknown(0x01)));
    check(&[0xd4, 0x05, 0x00], Err(MsgpackError::Unknown(0xd4)));
    check(&[0xa1, 0xff], Err(MsgpackError::Malformed));
    check(&[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], Err(MsgpackError::Malformed));
    check(&[0xca, 0x7f, 0x80, 0, 0], Err(MsgpackError::Malformed));
    check(&[0xd7, 0xff, 255, 255, 255, 255, 0, 0, 0, 0], Err(MsgpackError::Malformed));
    check(&[0x91; 100], Err(MsgpackError::Deep));
}

#[test]
fn what_we_send_is_written_as_the_official_client_writes_it() {
    let auth = serde_json::json!({"action": "auth", "key": "PKDEMO"});
    let expected = b"\x82\xa6action\xa4auth\xa3key\xa6PKDEMO";
    assert_eq!(from_json(&auth), expected);
    let lists = serde_json::json!({"bars": ["A"], "many": vec!["x"; 16], "long": "y".repeat(300)});
    assert_eq!(to_json(&from_json(&lists)).map(|json| serde_json::from_str::<Value>(&json).expect("JSON")), Ok(lists));
}

proptest! {
    #[test]
    fn no_bytes_panic_and_what_is_read_is_json(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(json) = to_json(&bytes) {
            prop_assert!(json.len() <= bytes.len() * 48 + 64);
            prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&json).is_ok(), "{json}");
        }
    }

    #[test]
    fn a_double_is_read_as_the_double_that_it_is(double in any::<f64>()) {
        let mut bytes = vec![0xcb];
        bytes.extend(double.to_be_bytes());
        match to_json(&bytes) {
            Ok(json) => prop_assert_eq!(json.parse::<f64>().expect("a float").to_bits(), double.to_bits()),
            Err(error) => prop_assert!(!double.is_finite(), "{error}"),
        }
    }
}
