//! Whatever a venue sends: nothing panics, nothing grows without bound, and what is well said beside it is heard.
use super::rig::{AAPL, Rig, limit, order, theirs};
use engine::{Action, Side};
use proptest::prelude::*;
use venues::alpaca::wire::answer::answer;
use venues::alpaca::wire::{json_of, stream, update};
use venues::{Channel, Frame, Happening, Input, Method, Query, Socket};

/// Texts that look like something, with a hole.
const SHAPES: [&str; 14] = [
    r#"{"stream":"trade_updates","data":{"event":"fill","price":#,"qty":#,"order":{"id":"a","client_order_id":"run7-1","qty":#,"filled_qty":#,"status":"partially_filled"}}}"#,
    r#"{"stream":"trade_updates","data":{"event":"new","order":{"id":"b","replaces":"a","client_order_id":"run7-1-1","qty":#,"filled_qty":#,"status":#}}}"#,
    r#"[{"T":"b","S":"AAPL","o":#,"h":2,"l":1,"c":2,"v":3,"t":"2026-01-02T14:30:00Z"}]"#,
    r#"[{"T":"b","S":"AAPL","o":1,"h":2,"l":1,"c":2,"v":#,"t":"2026-01-02T14:30:00Z"}]"#,
    r#"[{"T":"b","S":"AAPL","o":1,"h":2,"l":1,"c":2,"v":3,"t":#}]"#,
    r#"[{"T":"t","S":"AAPL","p":#,"s":#,"t":"2026-01-02T14:30:00Z"}]"#,
    r#"[{"T":"q","S":"AAPL","bp":#,"ap":#,"bs":#,"as":#,"t":"2026-01-02T14:30:00Z"}]"#,
    r#"[{"T":"subscription","trades":#,"bars":#}]"#,
    r#"[{"T":"error","code":#,"msg":#}]"#,
    r#"[{"T":#}]"#,
    r#"{"stream":"trade_updates","data":{"event":"fill","execution_id":#,"price":#,"qty":#,"timestamp":#,"order":{"id":"a","client_order_id":"run7-1","qty":#,"filled_qty":#,"status":#}}}"#,
    r#"{"stream":"trade_updates","data":{"event":#,"order":#}}"#,
    r#"{"stream":#,"data":#}"#,
    r#"{"stream":"listening","data":{"streams":#}}"#,
];

/// What may stand in a hole.
fn filler() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("NaN".to_owned()),
        Just("1e309".to_owned()),
        Just("-0.000000000000000000000000000001".to_owned()),
        Just("123456789012345678901234567890123456789012345678901234567890".to_owned()),
        Just("\"\\u0000\\ud800\"".to_owned()),
        Just("[[[[[[[[]]]]]]]]".to_owned()),
        Just("{\"a\":{\"b\":[]}}".to_owned()),
        Just("\"9999-12-31T23:59:59.999999999Z\"".to_owned()),
        Just("true".to_owned()),
        // The ends of what can be counted.
        Just("\"9223372036.854775807\"".to_owned()),
        Just("-9223372036.854775808".to_owned()),
        Just("922337203685477.5807".to_owned()),
        Just("\"1677-09-21T00:12:44Z\"".to_owned()),
        Just("\"2262-04-11T23:47:16Z\"".to_owned()),
        Just("\"partially_filled\"".to_owned()),
        Just("\"replaced\"".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| n.to_string()),
        "\\PC{0,40}".prop_map(|text| serde_json::to_string(&text).expect("JSON")),
        "\\PC{0,20}",
    ]
}

fn filled() -> impl Strategy<Value = String> {
    (prop::sample::select(&SHAPES[..]), proptest::collection::vec(filler(), 8)).prop_map(|(shape, fillers)| {
        let mut parts = shape.split('#');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (part, filler) in parts.zip(fillers.iter().cycle()) {
            text.push_str(filler);
            text.push_str(part);
        }
        text
    })
}

/// A session with an order, whose streams are up.
fn session() -> Rig {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, r#"[{"T":"success","msg":"connected"},{"T":"success","msg":"authenticated"}]"#);
    rig
}

/// Everything that was told is short, and shows nothing but itself.
fn is_bounded(rig: &Rig) {
    for happening in &rig.happened {
        let text = match happening {
            Happening::Note(text) | Happening::Barred(text) | Happening::Foreign(text) | Happening::Lost(_, text) => {
                text
            }
            _ => continue,
        };
        assert!(text.len() < 8_000 && !text.chars().any(char::is_control), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_bytes_on_a_stream_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut rig = session();
        for socket in [Socket::Private, Socket::Market(0), Socket::Market(7)] {
            rig.input(Input::Received(socket, Frame::Binary(&bytes)));
        }
        is_bounded(&rig);
        for frame in [Frame::Binary(&bytes)] {
            if let Ok(json) = json_of(frame) {
                let _ = (stream::messages(&json), update::message(&json));
            }
        }
    }

    #[test]
    fn nothing_that_looks_like_a_message_does_harm(texts in proptest::collection::vec(filled(), 1..6)) {
        let mut rig = session();
        for text in &texts {
            rig.hear(text);
            rig.market(0, text);
            rig.pass(700);
        }
        is_bounded(&rig);
        // What follows is still heard.
        rig.private_up();
        rig.hear(&theirs(77, "else", "new").event("new", 90_001));
    }

    #[test]
    fn no_answer_does_harm(status in prop::sample::select(&[200_u16, 204, 207, 302, 400, 401, 403, 404, 422, 429, 500, 504][..]), body in filled()) {
        let mut rig = session();
        for (number, query) in [Query::Positions, Query::Balances, Query::OpenOrders, Query::Instruments].iter().enumerate() {
            rig.ask(number as u64, query);
        }
        for _ in 0..3 {
            for request in std::mem::take(&mut rig.requests) {
                rig.answer(&request, status, &body);
            }
            rig.pass(2_000);
        }
        is_bounded(&rig);
        for path in ["/v2/orders", "/v2/positions", "/v2/stocks/bars", "/v2/stocks/snapshots", "/v2/account/activities"] {
            let _ = answer(path, status, body.as_bytes());
        }
    }
}

#[test]
fn a_line_of_ten_megabytes_is_refused_unread() {
    let long = format!("[{{\"T\":\"b\",\"S\":\"{}\"}}]", "A".repeat(10_000_000));
    let mut rig = session();
    rig.happened.clear();
    rig.market(0, &long);
    rig.hear(&long);
    assert!(rig.notes().iter().all(|note| note.len() < 1_000) && rig.notes().len() == 2, "{:?}", rig.notes().len());
    let nested = "[".repeat(200_000);
    rig.market(0, &nested);
    rig.hear(&nested);
    is_bounded(&rig);
}

#[test]
fn a_message_that_cannot_be_read_does_not_take_its_neighbours_with_it() {
    let mut rig = session();
    rig.happened.clear();
    let bad = r#"{"T":"b","S":"AAPL","o":"x","h":2,"l":1,"c":2,"v":3,"t":"2026-01-02T14:29:00Z"}"#;
    let worse = r#"{"T":"b","S":"AAPL"}"#;
    let good = r#"{"T":"b","S":"AAPL","o":1,"h":2,"l":1,"c":2,"v":3,"t":"2026-01-02T14:30:00Z"}"#;
    rig.market(0, &format!("[{bad},{worse},{good},7]"));
    assert!(rig.happened.iter().any(|it| matches!(it, Happening::Candle { .. })));
    assert_eq!(rig.notes().len(), 3, "each is told: {:?}", rig.notes());
    assert!(rig.notes()[0].contains("o: `x` is not a decimal number"));
}

#[test]
fn a_price_finer_than_the_scale_is_told_and_not_rounded_into_a_candle() {
    let mut rig = session();
    rig.happened.clear();
    rig.market(0, r#"[{"T":"b","S":"AAPL","o":1.00001,"h":2,"l":1,"c":2,"v":3,"t":"2026-01-02T14:30:00Z"}]"#);
    assert!(!rig.happened.iter().any(|it| matches!(it, Happening::Candle { .. })));
    assert!(rig.notes()[0].contains("raise the instrument's scale"), "{:?}", rig.notes());
}

#[test]
fn a_fill_finer_than_the_scale_is_booked_against_the_account_and_said_so() {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    rig.reply((Method::Post, "/v2/orders"), 200, &theirs(1, "run7-1", "new").json());
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").fill(2, "4", "149.98001"));
    assert!(rig.notes().iter().any(|note| note.contains("rounded against the account")));
    assert_eq!(rig.reports(), ["accepted 1", "filled 1 buy 4 at 149.9801"]);
}

#[test]
fn a_trade_update_that_cannot_be_read_leads_to_asking() {
    let mut rig = Rig::up();
    rig.requests.clear();
    rig.hear(r#"{"stream":"trade_updates","data":{"event":"fill"}}"#);
    rig.request(Method::Get, "/v2/orders?status=open");
    assert!(!rig.happened.contains(&Happening::Alive(Channel::Candles(AAPL))));
}
