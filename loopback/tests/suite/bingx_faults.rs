//! Faults on demand: each comes when it is asked for, is counted, and does what its name says; the exchange's own truth stays
//! whole whatever a client was told.
use crate::bingx_desk::{Desk, json, read};
use flate2::read::GzDecoder;
use loopback::bingx::Options;
use loopback::dialect::{Dialect, Frame};
use loopback::exchange::AccountId;
use loopback::faults::Fault;
use loopback::http::Reply;
use serde_json::{Value, json};
use std::io::Read;

const BUY: &str = "symbol=BTC-USDT&type=MARKET&side=BUY&quantity=0.1";
const REST: &str = "symbol=BTC-USDT&type=LIMIT&side=BUY&quantity=0.1&price=50000";

fn desk(faults: &str) -> Desk {
    let options = Options { limits: false, ..Options::default() };
    Desk::with(&[[51_000, 51_100, 50_900, 51_050]; 5], options, faults)
}

/// Sends an order; what became of the request, and how many orders the exchange has then.
fn ordered(desk: &mut Desk, parameters: &str) -> (Reply, usize) {
    let request = desk.request("POST", "swap/v2/trade/order", parameters);
    let reply = desk.send(&request);
    (reply, desk.server.exchange().account(AccountId(0)).orders().count())
}

#[test]
fn requests_and_answers_are_lost_late_or_false_and_the_exchange_has_acted_or_not() {
    for (faults, acted) in [("F1=1", 0), ("F2=1", 1), ("F3=1", 1), ("F5=1", 1), ("F12=1", 1), ("F14=1", 0)] {
        let mut desk = desk(faults);
        let (reply, orders) = ordered(&mut desk, BUY);
        assert_eq!(orders, acted, "{faults}");
        match (faults, reply) {
            ("F1=1" | "F2=1", reply) => assert_eq!(reply, Reply::Hangup, "{faults}"),
            ("F3=1", Reply::Late(_, by)) => assert!(by.as_secs() >= 3),
            ("F5=1", Reply::Late(_, by)) => assert!(by.as_millis() < 1_000),
            ("F12=1", Reply::Answer(answer)) => {
                let code = serde_json::from_slice::<serde_json::Value>(&answer.body).map(|it| it["code"].clone());
                assert!(answer.status != 200 || code.is_ok_and(|code| code != json!(0)), "{answer:?}");
            }
            ("F14=1", Reply::Answer(answer)) => assert_eq!(answer.status, 429),
            (_, reply) => panic!("{faults}: {reply:?}"),
        }
        if faults == "F14=1" {
            desk.passed_ms += 10;
            let (Reply::Answer(answer), _) = ordered(&mut desk, BUY) else { panic!("no answer") };
            assert_eq!(answer.status, 418, "who carries on is banned");
        }
        let fired: u64 = desk.server.faults().counts().map(|(_, _, fired)| fired).sum();
        assert!(fired >= 1, "{faults} is counted");
    }
}

#[test]
fn private_events_come_twice_or_in_another_order() {
    let events = |faults: &str| -> Vec<String> {
        let mut desk = desk(faults);
        let key = desk.key();
        let socket = desk.connect(1, Some(&key));
        desk.heard(socket);
        let request = desk.request("POST", "swap/v2/trade/order", BUY);
        desk.send(&request);
        desk.pass(6_000);
        let told = desk.heard(socket);
        told.iter().filter_map(|it| it["o"]["x"].as_str().map(str::to_string)).collect()
    };
    assert_eq!(events(""), ["NEW", "TRADE"]);
    assert_eq!(events("F4=1"), ["NEW", "NEW", "TRADE", "TRADE"]);
    let mut desk = desk("F5=0.5");
    let key = desk.key();
    let socket = desk.connect(1, Some(&key));
    for _ in 0..20 {
        let request = desk.request("POST", "swap/v2/trade/order", BUY);
        desk.send(&request);
    }
    let told = desk.heard(socket);
    let place = |id: &Value, what: &str| told.iter().position(|it| it["o"]["i"] == *id && it["o"]["x"] == what);
    let overtaken = told.iter().filter(|it| it["o"]["x"] == "NEW").filter(|it| {
        let id = &it["o"]["i"];
        place(id, "TRADE").is_some_and(|fill| Some(fill) < place(id, "NEW"))
    });
    assert!((1..20).contains(&overtaken.count()), "some fills overtake their acknowledgements");
}

#[test]
fn sockets_go_mute_half_open_or_miss_messages() {
    for (faults, ping) in [("F6=1", true), ("F7=1", false), ("F10=1", true)] {
        let mut desk = desk(faults);
        let socket = desk.connect(1, None);
        desk.subscribe(socket, "BTC-USDT@trade");
        desk.heard(socket);
        desk.minutes(1);
        assert!(desk.heard(socket).iter().all(|it| it["dataType"].is_null()), "{faults}: no data comes");
        desk.pass(5_000);
        assert_eq!(desk.heard(socket).contains(&json!("Ping")), ping, "{faults}");
    }
    let mut gaps = desk("F9=0.3");
    let socket = gaps.connect(1, None);
    gaps.subscribe(socket, "BTC-USDT@trade");
    gaps.minutes(3);
    let trades = gaps.heard(socket);
    let whole = gaps.server.exchange().board(crate::floor::BTC).trades().count();
    assert_ne!(trades.len(), whole, "some are missing and some come twice");
}

#[test]
fn a_key_ends_before_the_fill_that_it_would_have_told() {
    let mut desk = desk("F11=1");
    let key = desk.key();
    let socket = desk.connect(1, Some(&key));
    desk.heard(socket);
    desk.place(BUY);
    let told = desk.heard(socket);
    assert!(told.iter().any(|it| it["e"] == "listenKeyExpired"));
    assert!(told.iter().all(|it| it["o"]["x"] != "TRADE"));
    assert_eq!(desk.server.exchange().account(AccountId(0)).executions().len(), 1, "it was filled all the same");
}

#[test]
fn batches_succeed_in_part_and_orders_are_not_found_for_a_while() {
    let mut partial = desk("F13=0.5");
    let one = "{\"symbol\":\"BTC-USDT\",\"type\":\"LIMIT\",\"side\":\"BUY\",\"quantity\":0.01,\"price\":49000}";
    let mut placed = 0;
    for _ in 0..10 {
        let answer = partial.data("POST", "swap/v2/trade/batchOrders", &format!("batchOrders=[{one},{one},{one}]"));
        placed += answer["orders"].as_array().expect("a list").iter().filter(|it| it["status"] == "NEW").count();
    }
    let open = partial.server.exchange().account(AccountId(0)).open_orders().count();
    assert_eq!((placed, open), (open, placed));
    assert!((5..25).contains(&placed), "{placed} of 30");
    let mut late = desk("F15=1");
    let id = late.place(REST);
    let ask = format!("symbol=BTC-USDT&orderId={id}");
    assert_eq!(late.code("GET", "swap/v2/trade/order", &ask), 109_421, "acknowledged and not found");
    late.passed_ms += 6_000;
    assert_eq!(late.code("GET", "swap/v2/trade/order", &ask), 0);
}

#[test]
fn a_fill_comes_after_the_cancellation_was_acknowledged() {
    let mut desk = desk("F16=1");
    let id = desk.place("symbol=BTC-USDT&type=LIMIT&side=BUY&quantity=0.1&price=50950");
    let said = desk.data("DELETE", "swap/v2/trade/order", &format!("symbol=BTC-USDT&orderId={id}"));
    assert_eq!(said["order"]["status"], "CANCELLED");
    desk.minutes(1);
    let order = desk.data("GET", "swap/v2/trade/order", &format!("symbol=BTC-USDT&orderId={id}"));
    assert_eq!(order["order"]["status"], "FILLED", "the truth is asked for, and is another one");
    // One that nothing meets is cancelled in the end.
    let id = desk.place(REST);
    desk.data("DELETE", "swap/v2/trade/order", &format!("symbol=BTC-USDT&orderId={id}"));
    desk.pass(6_000);
    let order = desk.data("GET", "swap/v2/trade/order", &format!("symbol=BTC-USDT&orderId={id}"));
    assert_eq!(order["order"]["status"], "CANCELLED");
}

#[test]
fn storms_come_over_the_venue_once_a_second() {
    let mut flapping = desk("F8=1");
    let socket = flapping.connect(1, None);
    flapping.pass(1);
    assert!(flapping.frames.contains(&(socket, Frame::Drop)));
    assert_eq!(flapping.signed("GET", "swap/v3/user/balance", "").status, 429, "who reconnects meets a limit");
    let mut by_hand = desk("F17=1");
    by_hand.pass(1);
    let account = by_hand.server.exchange().account(AccountId(0));
    let order = account.orders().next().expect("an order that no client sent");
    assert_eq!((order.request.client_id.as_ref(), account.executions().len()), (None, 1));
    let mut halted = desk("F19=1");
    halted.pass(1);
    assert_eq!(halted.code("POST", "swap/v2/trade/order", BUY), 101_415);
    assert_eq!(halted.data("GET", "swap/v2/quote/contracts", "")[0]["apiStateOpen"], "false");
}

#[test]
fn a_restart_cancels_orders_and_drops_everybody() {
    let mut desk = desk("F18=0.05");
    let id = desk.place(REST);
    let key = desk.key();
    desk.connect(1, Some(&key));
    for _ in 0..200 {
        desk.pass(1_000);
        if desk.server.faults().fired(Fault::Restart) > 0 {
            break;
        }
    }
    assert!(desk.frames.iter().any(|(_, frame)| *frame == Frame::Drop));
    assert_eq!(desk.signed("GET", "swap/v3/user/balance", "").status, 429, "it is not up yet");
    desk.passed_ms += 3_000;
    let order = desk.signed("GET", "swap/v2/trade/order", &format!("symbol=BTC-USDT&orderId={id}"));
    assert_eq!(json(&order)["data"]["order"]["status"], "CANCELLED");
    let kept = desk.signed("PUT", "user/auth/userDataStream", &format!("listenKey={key}"));
    assert_eq!(kept.status, 404, "keys are gone");
}

#[test]
fn hostile_frames_are_broken_in_every_way_that_there_is() {
    let mut desk = desk("F20=0.5");
    let socket = desk.connect(1, None);
    desk.subscribe(socket, "BTC-USDT@kline_1m");
    desk.minutes(4);
    let (mut truncated, mut bombs, mut plain, mut odd, mut good) = (0, 0, 0, 0, 0);
    for (_, frame) in std::mem::take(&mut desk.frames) {
        let Frame::Binary(bytes) = &frame else {
            plain += 1;
            continue;
        };
        let mut out = Vec::new();
        match GzDecoder::new(bytes.as_slice()).read_to_end(&mut out) {
            Err(_) => truncated += 1,
            Ok(size) if size > 1_000_000 => bombs += 1,
            Ok(_) if read(&frame).get("code").is_some() => good += 1,
            Ok(_) => odd += 1,
        }
    }
    assert!(
        [truncated, bombs, plain, odd, good].iter().all(|count| *count > 0),
        "{truncated} {bombs} {plain} {odd} {good}"
    );
}

#[test]
fn one_seed_gives_the_same_faults_twice() {
    let run = || {
        let mut desk = desk("F4=0.2,F5=0.2,F10=0.2,F12=0.2,F20=0.2");
        let key = desk.key();
        let socket = desk.connect(1, Some(&key));
        for _ in 0..20 {
            let request = desk.request("POST", "swap/v2/trade/order", BUY);
            desk.send(&request);
            desk.pass(700);
        }
        let frames = desk.frames.iter().filter(|(id, _)| *id == socket).map(|(_, frame)| frame.clone());
        let frames: Vec<Frame> = frames.collect();
        let counts: Vec<_> = desk.server.faults().counts().collect();
        (frames.len(), counts)
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert!(first.1.iter().all(|(_, asked, _)| *asked > 0));
}

#[test]
fn nothing_that_a_client_sends_panics_or_moves_money() {
    let mut rng = engine::Rng::stream(5, "hostile client");
    let mut desk = desk("");
    let socket = desk.connect(1, None);
    let words = [
        "symbol",
        "BTC-USDT",
        "quantity",
        "-1",
        "1e400",
        "NaN",
        "type",
        "LIMIT",
        "price",
        "{\"a\":",
        "[[[",
        "%00",
        "%ff",
        "side",
        "BUY",
        "orderId",
        "99999999999999999999",
        "batchOrders",
        "[{}]",
        "timestamp",
        "limit",
        "interval",
        "1m",
    ];
    for _ in 0..3_000 {
        let mut pick = || words[rng.below(words.len() as u64) as usize];
        let parameters: Vec<String> = (0..4).map(|_| format!("{}={}", pick(), pick())).collect();
        let paths = [
            "swap/v2/trade/order",
            "swap/v2/trade/batchOrders",
            "swap/v3/quote/klines",
            "swap/v1/trade/amend",
            "swap/v2/quote/depth",
        ];
        let path = paths[rng.below(5) as usize];
        let method = ["GET", "POST", "DELETE", "PUT"][rng.below(4) as usize];
        let request = desk.request(method, path, &parameters.join("&"));
        desk.send(&request);
        desk.server.message(
            socket,
            &Frame::Text(format!("{{\"reqType\":\"sub\",\"dataType\":\"{}\"}}", parameters[0])),
            desk.now(),
        );
    }
    let account = desk.server.exchange().account(AccountId(0));
    assert_eq!(account.wallet(), engine::Money(100_000 * engine::Money::ONE.0));
}
