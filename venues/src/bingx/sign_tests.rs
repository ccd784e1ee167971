//! Signatures against known ones, and what is sent against what is signed.
use super::*;
use proptest::prelude::*;

const LONG: &str = "mheO6dR8ovSsxZQCOYEFCtelpuxcWGTfHw7te326y6jOwq5WpvFQ9JNljoTwBXZGv5It07m9RXSPpDQEK2w";

#[test]
fn published_vectors_are_signed_alike() {
    for (secret, text, expected) in [
        (
            "UuGuyEGt6ZEkpUObCYCmIfh0elYsZVh80jlYwpJuRZEw70t6vomMH7Sjmf94ztSI",
            "quoteOrderQty=20&side=BUY&symbol=ETHUSDT&timestamp=1649404670162&type=MARKET",
            "428a3c383bde514baff0d10d3c20e5adfaacaf799e324546dafe5ccc480dd827",
        ),
        (
            LONG,
            "recvWindow=0&symbol=BTC-USDT&timestamp=1696751141337",
            "f8d883609dfd31c824feb4de865b071008dedb1d461451fa70847875c8e7a7a2",
        ),
        (
            LONG,
            "recvWindow=0&subAccountString=abc12345&timestamp=1696751141337",
            "8d0d3ea9b592be3678c33332ab13e9102e093e67255921e15a581146c87c272f",
        ),
    ] {
        assert_eq!(signature(secret, text), expected);
    }
}

#[test]
fn the_timestamp_stands_in_the_order_of_names_and_values_are_encoded() {
    let signer = Signer::new(&SecretString::from("s"));
    for (params, text, sent) in [
        (Params::new(), "timestamp=7", "timestamp=7"),
        (Params::new().with("symbol", "A"), "symbol=A&timestamp=7", "symbol=A&timestamp=7"),
        (Params::new().with("type", "A"), "timestamp=7&type=A", "timestamp=7&type=A"),
        (
            Params::new().with("side", "x").with("takeProfit", "{\"a\":1}").with("type", "é&"),
            "side=x&takeProfit={\"a\":1}&timestamp=7&type=é&",
            "side=x&takeProfit=%7B%22a%22%3A1%7D&timestamp=7&type=%C3%A9%26",
        ),
    ] {
        assert_eq!(params.text(7), text);
        let expected = format!("/p?{sent}&signature={}", signer.signature(text));
        assert_eq!(signer.target("/p", &params, 7), expected);
    }
    assert_eq!(Params::new().with("a", "x y").query(), "a=x%20y");
}

#[test]
#[should_panic(expected = "order of their names")]
fn names_out_of_order_are_a_mistake() {
    let _ = Params::new().with("b", 1).with("a", 2);
}

#[test]
fn nothing_of_a_secret_is_shown() {
    let signer = Signer::new(&SecretString::from("very-secret"));
    let params = Params::new().with("listenKey", "very-secret");
    assert_eq!(format!("{signer:?} {params:?}"), "Signer Params(22 bytes)");
}

proptest! {
    #[test]
    fn any_value_is_sent_so_that_it_reads_back(value in ".{0,40}") {
        let params = Params::new().with("a", &value).with("z", &value);
        let sent = params.query();
        let mut read = Vec::new();
        for pair in sent.split('&') {
            let (_, encoded) = pair.split_once('=').unwrap();
            let mut bytes = encoded.bytes();
            let mut plain = Vec::new();
            while let Some(byte) = bytes.next() {
                if byte == b'%' {
                    let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                    plain.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
                } else {
                    plain.push(byte);
                }
            }
            read.push(String::from_utf8(plain).unwrap());
        }
        prop_assert_eq!(read, [value.clone(), value]);
    }
}
