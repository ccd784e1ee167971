//! Every recorded frame of a stream, byte for byte where bytes were recorded.
use super::fixtures::{frames, string};
use serde_json::Value;
use std::borrow::Cow;
use venues::Frame;
use venues::alpaca::wire::json_of;
use venues::alpaca::wire::stream::{Message, messages};
use venues::alpaca::wire::update;
use venues::msgpack::{from_json, to_json};

/// A recorded frame as JSON, its timestamps as the text that they become.
fn frame(id: &str) -> String {
    let frame = frames()[id]["frame"].get().to_owned();
    frame.replace("{\"$msgpack_timestamp\": [10, 10]}", "\"1970-01-01T00:00:10.00000001Z\"")
}

fn bytes(id: &str) -> Vec<u8> {
    let hex = string(&frames()[id], "hex");
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

#[test]
fn every_message_of_the_market_data_is_read() {
    let mut kinds = Vec::new();
    for (id, case) in frames() {
        let stream = string(&case, "stream");
        if !stream.starts_with("market data") && !stream.starts_with("data stream (crypto)") {
            continue;
        }
        let json = format!("[{}]", frame(&id));
        let found = messages(&json).unwrap_or_else(|error| panic!("{id}: {error}"));
        let [Ok(message)] = &found[..] else { panic!("{id}: {found:?}") };
        kinds.push(match message {
            Message::Trade(it) => format!("{} {} {}", it.symbol.as_deref().unwrap_or_default(), it.price.0, it.time),
            Message::Quote(it) => format!("{} {} {}", it.symbol.as_deref().unwrap_or_default(), it.bid.0, it.ask.0),
            Message::Minute(it) => format!("{} {} {}", it.symbol.as_deref().unwrap_or_default(), it.close.0, it.time),
            Message::Book(it) => format!("{} {} {}", it.whole, it.bids[0].price.0, it.asks[0].size.0),
            Message::Trouble(it) => format!("{} {}", it.code, it.msg),
            Message::Connected => "connected".into(),
            other => panic!("{id}: {other:?}"),
        });
    }
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "400 invalid syntax",
            "AAPL 177.79 1970-01-01T00:00:10.00000001Z",
            "BTC/USDT 17394.44 17397.99",
            "BTC/USDT 17424.82 2022-12-16T06:53:00Z",
            "SPIP 25.41 25.43",
            "connected",
            "true 17394.37 0.042919",
        ]
    );
}

#[test]
fn every_message_of_the_trade_updates_is_read_as_text_and_as_bytes() {
    let read = |id: &str, show: fn(&update::Message<'_>) -> String| {
        let json = frame(id);
        let msgpack = from_json(&serde_json::from_str(&json).expect("JSON"));
        let ways = [Frame::Text(&json), Frame::Binary(json.as_bytes()), Frame::Binary(&msgpack)];
        let shown = ways.map(|way| {
            let json = json_of(way).unwrap_or_else(|error| panic!("{id}: {error}"));
            show(&update::message(&json).unwrap_or_else(|error| panic!("{id}: {error}")))
        });
        assert!(shown.iter().all(|it| *it == shown[0]), "{shown:?}");
        shown[0].clone()
    };
    let show = |message: &update::Message<'_>| match message {
        update::Message::Update(it) => {
            format!(
                "{} {:?} {} {}",
                it.event,
                it.execution_id.as_deref(),
                it.order.symbol,
                it.order.qty.expect("a quantity").0
            )
        }
        update::Message::Authorization(it) => it.status.to_string(),
        update::Message::Listening(it) => it.streams.join(" "),
        other => format!("{other:?}"),
    };
    let new = "new Some(\"5f781a30-b9a3-4c86-b466-2175850cf340\") BTC/USD 0.01";
    assert_eq!(read("alpaca_ws_ccxt_handle_order_L405_10", show), new);
    assert_eq!(read("alpaca_ws_ccxt_handle_my_trade_L464_11", show), new);
    assert_eq!(read("alpaca_ws_ccxt_handle_authenticate_L680_15", show), "authorized");
    assert_eq!(read("alpaca_ws_ccxt_handle_subscription_L715_18", show), "trade_updates");
}

#[test]
fn a_bar_is_decoded_from_its_recorded_bytes() {
    let bytes = bytes("alpaca_ws_server_bar_msgpack_accepted");
    let json = json_of(Frame::Binary(&bytes)).expect("MessagePack");
    let found = messages(&json).expect("a frame");
    let [Ok(Message::Minute(bar))] = &found[..] else { panic!("{json}") };
    let prices = [bar.open, bar.high, bar.low, bar.close].map(|price| price.decimal().expect("a price").to_string());
    assert_eq!(prices, ["150.1", "150.5", "150", "150.4"]);
    let volume = bar.volume.expect("a volume").count();
    assert_eq!((&*bar.time, bar.symbol.as_deref(), volume), ("2026-01-02T14:30:00Z", Some("AAPL"), Ok(1_200)));
}

#[test]
fn what_the_official_client_sends_in_messagepack_is_read_and_the_first_is_written_byte_for_byte() {
    for id in ["alpaca_ws_client_data_auth_msgpack", "alpaca_ws_client_data_subscribe_msgpack"] {
        let expected: Value = serde_json::from_str(&frame(id)).expect("JSON");
        let json = to_json(&bytes(id)).expect("MessagePack");
        assert_eq!(serde_json::from_str::<Value>(&json).expect("JSON"), expected);
    }
    let auth = "alpaca_ws_client_data_auth_msgpack";
    assert_eq!(from_json(&serde_json::from_str(&frame(auth)).expect("JSON")), bytes(auth));
}

#[test]
fn text_is_borrowed_and_bytes_that_hold_text_too() {
    let json = "[{\"T\":\"success\",\"msg\":\"connected\"}]";
    for frame in [Frame::Text(json), Frame::Binary(json.as_bytes())] {
        assert!(matches!(json_of(frame), Ok(Cow::Borrowed(text)) if text == json));
    }
}
