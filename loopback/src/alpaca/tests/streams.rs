//! The sockets: greeting, keys, subscriptions, JSON and MessagePack, and what ends a connection.
use super::{Frame, Plan, Stage};
use crate::alpaca::UpdateFrames;
use crate::dialect::SocketId;
use serde_json::{Value, json};

const KEYS: &str = r#"{"action":"auth","key":"PKLOOPBACK","secret":"loopback-secret"}"#;

fn said(frames: &[(SocketId, Frame)]) -> Vec<Value> {
    let read = |frame: &Frame| match frame {
        Frame::Text(text) => serde_json::from_str(text).expect("JSON"),
        Frame::Close(code) => json!({ "close": code }),
        other => panic!("{other:?}"),
    };
    frames.iter().map(|(_, frame)| read(frame)).collect()
}

fn data_socket(stage: &mut Stage, path: &str, subscribe: &str) -> SocketId {
    let socket = stage.open(path, &[]);
    stage.say(socket, KEYS);
    stage.say(socket, subscribe);
    socket
}

#[test]
fn a_data_socket_greets_knows_keys_and_sends_arrays() {
    let mut stage = Stage::new();
    data_socket(&mut stage, "/v2/iex", r#"{"action":"subscribe","bars":["AAPL"]}"#);
    let heard = said(&stage.heard());
    assert_eq!(heard[0], json!([{"T": "success", "msg": "connected"}]));
    assert_eq!(heard[1], json!([{"T": "success", "msg": "authenticated"}]));
    assert_eq!(heard[2][0]["bars"], json!(["AAPL"]));
    stage.go(60);
    let heard = said(&stage.heard());
    assert_eq!(heard.len(), 1, "{heard:?}");
    let bar = &heard[0][0];
    assert_eq!((&bar["T"], &bar["S"], &bar["t"]), (&json!("b"), &json!("AAPL"), &json!("2026-01-02T14:35:00Z")));
    assert_eq!((&bar["o"], &bar["c"]), (&json!(150.5), &json!(150.6)));
}

#[test]
fn crypto_has_trades_quotes_books_and_a_running_day() {
    let mut stage = Stage::new();
    let all = r#"{"action":"subscribe","trades":["*"],"quotes":["BTC/USD"],"orderbooks":["BTC/USD"],"dailyBars":["BTC/USD"]}"#;
    data_socket(&mut stage, "/v1beta3/crypto/us", all);
    stage.heard();
    stage.go(60);
    let heard = said(&stage.heard());
    let first =
        |kind: &str| heard.iter().map(|it| &it[0]).find(|it| it["T"] == kind).unwrap_or_else(|| panic!("no {kind}"));
    assert!(first("t")["tks"] == "B" || first("t")["tks"] == "S");
    assert!(first("q")["ap"].as_f64() > first("q")["bp"].as_f64());
    assert_eq!(first("o")["r"], true);
    assert_eq!((&first("d")["t"], &first("d")["v"]), (&json!("2026-01-02T00:00:00Z"), &json!(7_200)));
    assert!(heard.iter().any(|it| it[0]["S"] == "ETH/USD"), "everybody's trades");
}

#[test]
fn messagepack_is_spoken_both_ways_where_the_handshake_asks_for_it() {
    let mut stage = Stage::new();
    let socket = stage.open("/v2/sip", &[("Content-Type", "application/msgpack")]);
    let moment = stage.moment();
    let auth = [&b"\x83\xa6action\xa4auth\xa3key\xaaPKLOOPBACK"[..], &b"\xa6secret\xafloopback-secret"[..]].concat();
    crate::dialect::Dialect::message(&mut stage.venue, socket, &Frame::Binary(auth), moment);
    let frames: Vec<Vec<u8>> = stage
        .heard()
        .into_iter()
        .map(|(_, frame)| if let Frame::Binary(bytes) = frame { bytes } else { panic!("{frame:?}") })
        .collect();
    assert_eq!(frames[0], b"\x91\x82\xa1T\xa7success\xa3msg\xa9connected");
    assert_eq!(frames[1], b"\x91\x82\xa1T\xa7success\xa3msg\xadauthenticated");
}

#[test]
fn keys_on_the_handshake_are_as_good() {
    let mut stage = Stage::new();
    let keys = [("APCA-API-KEY-ID", "PKLOOPBACK"), ("APCA-API-SECRET-KEY", "loopback-secret")];
    let socket = stage.open("/v2/iex", &keys);
    stage.say(socket, KEYS);
    let heard = said(&stage.heard());
    assert_eq!(heard[1], json!([{"T": "success", "msg": "authenticated"}]));
    assert_eq!(heard[2], json!([{"T": "error", "code": 403, "msg": "already authenticated"}]));
}

#[test]
fn strangers_twins_and_the_slow_are_told_why_they_must_go() {
    let mut stage = Stage::new();
    let first = data_socket(&mut stage, "/v2/iex", r#"{"action":"subscribe","bars":["*"]}"#);
    stage.heard();
    let twin = stage.open("/v2/sip", &[]);
    stage.say(twin, KEYS);
    let heard = said(&stage.heard());
    assert_eq!(
        heard[1..],
        [json!([{"T": "error", "code": 406, "msg": "connection limit exceeded"}]), json!({"close": 1008})]
    );
    let stranger = stage.open("/v1beta3/crypto/us", &[]);
    stage.say(stranger, r#"{"action":"auth","key":"PK","secret":"no"}"#);
    assert_eq!(said(&stage.heard())[1][0]["code"], 402);
    stage.open("/v1beta3/crypto/us", &[]);
    stage.heard();
    stage.wait(9);
    assert_eq!(stage.heard(), []);
    stage.wait(1);
    let heard = said(&stage.heard());
    assert_eq!(heard, [json!([{"T": "error", "code": 404, "msg": "auth timeout"}]), json!({"close": 1008})]);
    // The first one still hears of everything, and once it is gone another may come.
    crate::dialect::Dialect::closed(&mut stage.venue, first);
    let next = stage.open("/v2/iex", &[]);
    stage.say(next, KEYS);
    assert_eq!(said(&stage.heard())[1][0]["msg"], "authenticated");
}

#[test]
fn updates_are_json_in_binary_frames_or_what_was_chosen() {
    for (updates, is) in [
        (
            UpdateFrames::Binary,
            (|frame| matches!(frame, Frame::Binary(bytes) if bytes[0] == b'{')) as fn(&Frame) -> bool,
        ),
        (UpdateFrames::Text, |frame| matches!(frame, Frame::Text(_))),
        (UpdateFrames::MessagePack, |frame| matches!(frame, Frame::Binary(bytes) if bytes[0] == 0x82)),
    ] {
        let mut plan = Plan::default();
        plan.options.updates = updates;
        let mut stage = Stage::of(plan);
        stage.listen();
        stage.order(r#"{"symbol":"SPY","qty":1,"side":"buy","type":"market","time_in_force":"day"}"#);
        let frames = stage.heard();
        assert!(frames.len() == 2 && frames.iter().all(|(_, frame)| is(frame)), "{updates:?}: {frames:?}");
    }
}

#[test]
fn a_stream_of_updates_closes_on_wrong_keys() {
    let mut stage = Stage::new();
    let socket = stage.open("/stream", &[]);
    stage.say(socket, r#"{"action":"authenticate","data":{"key_id":"PK","secret_key":"no"}}"#);
    let heard = stage.heard();
    let Frame::Binary(bytes) = &heard[0].1 else { panic!("binary") };
    let answer: Value = serde_json::from_slice(bytes).expect("JSON");
    assert_eq!(answer["data"]["status"], "unauthorized");
    assert_eq!(heard[1].1, Frame::Close(1008));
}
