//! Every recorded frame is read, and no bytes at all do harm.
use super::desk::{Desk, MARKET, gzip};
use super::recorded::cases;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use venues::bingx::decode;
use venues::bingx::wire::frame::{Message, book_ticker, klines, message, trades};
use venues::inflate::Inflater;
use venues::{Frame, Happening, Input, Socket};

#[derive(Deserialize)]
struct Recorded {
    id: String,
    market: Option<String>,
    client_sends: Vec<Box<RawValue>>,
    server_acks: Vec<Box<RawValue>>,
    server_pushes: Vec<Box<RawValue>>,
}

#[test]
fn every_recorded_frame_is_read() {
    let recorded = cases::<Recorded>("bingx_ws_frames.json");
    assert_eq!(recorded.len(), 33);
    let (mut pushes, mut typed) = (0, 0);
    let mut inflater = Inflater::default();
    for case in &recorded {
        for ack in &case.server_acks {
            assert!(matches!(message(ack.get()), Ok(Message::Ack { id: Some(_), code: 0, .. })), "{}", case.id);
        }
        for push in &case.server_pushes {
            pushes += 1;
            let frame = gzip(push.get());
            let found = decode(Frame::Binary(&frame), &mut inflater).expect(&case.id);
            match found {
                Message::Market { topic, data } => {
                    let swap = !case.market.as_deref().is_some_and(|market| market.starts_with("spot"));
                    match topic.split('@').nth(1).unwrap_or(topic) {
                        name if name.starts_with("kline") && swap => assert_eq!(klines(data).expect(&case.id).len(), 1),
                        "trade" => assert!(!trades(data).expect(&case.id).is_empty()),
                        "bookTicker" => drop(book_ticker(data).expect(&case.id)),
                        _ => continue,
                    }
                }
                Message::Ack { .. } | Message::Order(_) | Message::Account(_) | Message::JsonPing { .. } => {}
                other => panic!("{}: {other:?}", case.id),
            }
            typed += 1;
        }
    }
    assert_eq!((pushes, typed), (34, 21));
}

#[test]
fn what_we_ask_for_is_asked_as_others_do() {
    let recorded = cases::<Recorded>("bingx_ws_frames.json");
    let sent: Vec<&str> = recorded.iter().flat_map(|case| &case.client_sends).map(|it| it.get()).collect();
    let mut desk = Desk::ready();
    desk.put(Input::Opened(MARKET));
    for (socket, text) in &desk.texts {
        assert_eq!(*socket, MARKET);
        let (_, tail) = text.split_once(",\"reqType\"").unwrap();
        let alike = tail.replace("BTC-USDT", "ETH-USDT").replace(':', ": ").replace(",\"", ", \"");
        assert!(sent.iter().any(|it| it.ends_with(&alike)), "{text}");
    }
}

#[test]
fn the_important_values_of_frames_are_the_recorded_ones() {
    let find = |id: &str| {
        let case = cases::<Recorded>("bingx_ws_frames.json").into_iter().find(|case| case.id == id).expect(id);
        case.server_pushes[0].get().to_string()
    };
    let text = find("bingx_ws_swap_Klines");
    let Ok(Message::Market { topic: "ETH-USDT@kline_1m", data }) = message(&text) else { panic!("{text}") };
    let row = klines(data).unwrap()[0];
    let found = [row.open_time, row.open, row.high, row.low, row.close, row.volume].map(|it| it.0);
    assert_eq!(found, ["1714650540000", "2991.50", "2991.55", "2989.04", "2989.57", "215.89"]);
    let text = find("bingx_ws_ccxt_handle_ohlcv_15");
    let Ok(Message::Market { data, .. }) = message(&text) else { panic!("{text}") };
    let row = klines(data).unwrap()[0];
    assert_eq!([row.open_time, row.close, row.volume].map(|it| it.0), ["1723769340000", "57468", "109"]);
    let text = find("bingx_ws_ccxt_handle_order_22");
    let Ok(Message::Order(order)) = message(&text) else { panic!("{text}") };
    let found = [order.i, order.z, order.ap, order.n, order.status, order.x].map(|it| it.unwrap().0);
    assert_eq!(found, ["1711312357852147712", "0.10000000", "64.36000000", "-0.00321800", "FILLED", "TRADE"]);
    let text = find("bingx_ws_ccxt_handle_balance_26");
    let Ok(Message::Account(account)) = message(&text) else { panic!("{text}") };
    let balances = account.balances.unwrap();
    assert_eq!(
        [balances[0].a, balances[0].wb, balances[0].bc].map(|it| it.unwrap().0),
        ["USDT", "49.81083984", "-1.00000000"]
    );
    assert!(account.positions.unwrap().is_empty());
}

#[test]
fn the_other_name_of_an_order_update_is_known() {
    let text = "{\"e\":\"TRADE_UPDATE\",\"E\":1,\"o\":{\"i\":\"7\",\"z\":\"\"}}";
    assert!(matches!(message(text), Ok(Message::Order(_))));
}

#[test]
fn a_bomb_and_other_hostile_frames_are_dropped_and_told_a_bounded_number_of_times() {
    let mut desk = Desk::ready();
    desk.open_market();
    let bomb = gzip(&" ".repeat(50 << 20));
    let long = format!("{{\"code\":0,\"dataType\":\"BTC-USDT@trade\",\"data\":\"{}\"}}", "x".repeat(900_000));
    for _ in 0..300 {
        desk.put(Input::Received(MARKET, Frame::Binary(&bomb)));
    }
    assert_eq!(desk.said.len(), 9, "the first, second, fourth and so on: {:?}", desk.said);
    assert!(matches!(&desk.said[0], Happening::Note(text) if text.contains("refused")), "{:?}", desk.said[0]);
    desk.put(Input::Received(MARKET, Frame::Text(&long)));
    desk.put(Input::Received(MARKET, Frame::Text("{\"e\":\"ORDER_TRADE_UPDATE\",\"o\":{\"i\":5}}")));
    desk.put(Input::Received(Socket::Private, Frame::Text("{\"dataType\":\"BTC-USDT@trade\",\"data\":[]}")));
    desk.put(Input::Received(Socket::Market(200), Frame::Text("{\"dataType\":\"BTC-USDT@trade\",\"data\":[]}")));
    assert!(desk.said.iter().all(|it| !matches!(it, Happening::Report(_) | Happening::Tick { .. })));
}

fn any_frame() -> impl Strategy<Value = String> {
    let recorded = cases::<Recorded>("bingx_ws_frames.json");
    let texts: Vec<String> =
        recorded.iter().flat_map(|case| &case.server_pushes).map(|it| it.get().to_string()).collect();
    (proptest::sample::select(texts), any::<u64>(), 0_usize..6).prop_map(|(text, seed, edits)| {
        let mut bytes = text.into_bytes();
        let mut rng = engine::Rng::stream(seed, "edits");
        for _ in 0..edits {
            let at = usize::try_from(rng.below(bytes.len() as u64)).expect("a short text");
            match rng.below(4) {
                0 => bytes.truncate(at + 1),
                1 => bytes[at] = b"0-9\"{}[]:,.eE\\n \x00"[usize::try_from(rng.below(17)).expect("below 17")],
                2 => bytes.insert(at, b'9'),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                bytes.push(b'{');
            }
        }
        String::from_utf8_lossy(&bytes).replace("ETH-USDT", "BTC-USDT").replace("LTC-USDT", "BTC-USDT")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_frame_panics_whatever_is_changed_in_it(texts in proptest::collection::vec(any_frame(), 1..6)) {
        let mut desk = Desk::ready();
        desk.open_market();
        desk.rest(1, 1_711_312_357_852_147_712);
        for text in &texts {
            desk.frame(MARKET, text);
            desk.frame(Socket::Private, text);
        }
        desk.wait(10_000);
        prop_assert!(desk.shown.len() < 200_000);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut desk = Desk::ready();
        desk.put(Input::Received(MARKET, Frame::Binary(&bytes)));
        desk.put(Input::Received(Socket::Private, Frame::Text(&String::from_utf8_lossy(&bytes))));
        prop_assert!(desk.shown.len() < 20_000);
    }

    #[test]
    fn no_answer_panics(body in "[ -~]{0,80}", cut in 0_usize..400, status in prop_oneof![Just(200_u16), Just(504), 100_u16..600]) {
        let real = "{\"code\":0,\"msg\":\"\",\"data\":{\"order\":{\"symbol\":\"BTC-USDT\",\"orderId\":5,\"side\":\"BUY\",\
                    \"executedQty\":\"0.01\",\"avgPrice\":\"50000\",\"status\":\"FILLED\",\"commission\":\"-0.1\"}}}";
        for body in [body.as_str(), &real[..cut.min(real.len())]] {
            let mut desk = Desk::ready();
            desk.submit(super::desk::order(1, engine::Side::Buy, 100, engine::OrderKind::Market));
            desk.answer("trade/order?", status, body);
            let told = desk.told();
            prop_assert!(!told.contains("filled"), "{told}");
            desk.wait(1_000);
            for _ in 0..5 {
                if let Some(request) = desk.sent.pop() {
                    desk.reply(request.ticket, status, body);
                }
            }
        }
    }
}
