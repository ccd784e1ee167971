//! The BingX server: what clients of the venue send and rely on.
use crate::bingx_desk::{Desk, FIRST_ORDER, json};
use loopback::bingx::{EventName, Generation, KeyEnd, Options, StreamIds};
use loopback::http::{Reply, Request};
use serde_json::{Value, json};

/// Requests that a maintained client made, with its clock and its keys (generated with ccxt 4.5.90, MIT).
const RECORDED: &str = include_str!("../fixtures/bingx_signed_requests.json");

/// A server in the state that a recorded request is about.
fn server_for(case: &Value) -> Desk {
    let query = case["raw_query"].as_str().unwrap_or_default();
    let (path, method) = (case["path"].as_str().expect("a path"), case["http_method"].as_str().expect("a method"));
    let hedged = query.contains("positionSide=LONG")
        || query.contains("positionSide=SHORT")
        || query.contains("positionSide%22%3A%22LONG");
    let mut desk = if hedged { Desk::hedged() } else { Desk::new() };
    let side = if hedged { "LONG" } else { "BOTH" };
    if method == "POST" && path.ends_with("trade/order") {
        desk.place(&format!("symbol=BTC-USDT&type=MARKET&side=BUY&positionSide={side}&quantity=0.01"));
    } else if path.contains("/trade/") && !path.ends_with("marginType") && !path.ends_with("batchOrders") {
        let id = desk.place(&format!(
            "symbol=BTC-USDT&type=LIMIT&side=BUY&positionSide={side}&quantity=0.001&price=49000&clientOrderID=ABC-1"
        ));
        assert_eq!(id, FIRST_ORDER);
    }
    desk
}

#[test]
fn every_recorded_request_is_accepted() {
    let recorded: Value = serde_json::from_str(RECORDED).expect("JSON");
    let cases = recorded["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 42);
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_string();
        let headers = case["headers"].as_object().expect("headers");
        let plain =
            |(name, value): (&String, &Value)| (name.to_lowercase(), value.as_str().expect("a text").to_string());
        let request = Request {
            method: text("http_method"),
            path: text("path"),
            query: text("raw_query"),
            headers: headers.iter().map(plain).collect(),
            body: text("body").into_bytes(),
        };
        let mut desk = server_for(case);
        // The clock stands still, so that the recorded stamps are of now.
        let Reply::Answer(answer) = desk.send(&request) else { panic!("{}: no answer", text("id")) };
        let body = json(&answer);
        assert_eq!((answer.status, &body["code"]), (200, &json!(0)), "{}: {body}", text("id"));
        if case["signature"].is_string() {
            let request = Request { query: request.query.replace("signature=", "signature=0"), ..request };
            let Reply::Answer(answer) = server_for(case).send(&request) else { panic!("no answer") };
            assert_eq!(json(&answer)["code"], 100_001, "{}: a wrong signature", text("id"));
        }
    }
}

#[test]
fn who_is_not_known_or_late_is_refused_in_the_venue_s_numbers() {
    let mut desk = Desk::new();
    let request = desk.request("GET", "swap/v3/user/balance", "");
    let mut code = |request: &Request| {
        let Reply::Answer(answer) = desk.send(request) else { panic!("no answer") };
        json(&answer)["code"].as_i64().expect("a code")
    };
    assert_eq!(code(&request), 0);
    assert_eq!(code(&Request { headers: Vec::new(), ..request.clone() }), 100_413);
    let other = vec![("x-bx-apikey".into(), "other".into())];
    assert_eq!(code(&Request { headers: other, ..request.clone() }), 100_413);
    assert_eq!(code(&Request { query: "timestamp=1".into(), ..request.clone() }), 100_412);
    assert_eq!(code(&Request { path: "/openApi/swap/v9/what".into(), ..request.clone() }), 100_400);
    desk.passed_ms = 5_001;
    let Reply::Answer(answer) = desk.send(&request) else { panic!("no answer") };
    assert_eq!(json(&answer)["code"], 100_421, "five seconds late");
    assert!(answer.headers.iter().any(|(name, _)| *name == "x-ratelimit-requests-remain"));
    assert!(answer.headers.iter().any(|(name, _)| *name == "x-ratelimit-requests-expire"));
}

#[test]
fn a_market_order_fills_before_its_answer_and_stands_in_every_list() {
    let mut desk = Desk::new();
    let placed = desk.data(
        "POST",
        "swap/v2/trade/order",
        "symbol=BTC-USDT&type=MARKET&side=BUY&quantity=0.12345&clientOrderId=Mine-1",
    );
    let order = &placed["order"];
    // What is finer than a lot is cut off; the client's id is in small letters.
    assert_eq!((&order["executedQty"], &order["status"]), (&json!("0.1234"), &json!("FILLED")));
    assert_eq!(order["clientOrderId"], "mine-1");
    let id = order["orderId"].as_u64().expect("a JSON number");
    assert_eq!(order["orderID"], id.to_string());
    let found = desk.data("GET", "swap/v2/trade/order", "symbol=BTC-USDT&clientOrderID=MINE-1");
    assert_eq!(found["order"]["orderId"], id);
    let all = desk.data("GET", "swap/v2/trade/allOrders", "symbol=BTC-USDT");
    assert_eq!(all["orders"][0]["orderId"], id);
    let fills = desk.data("GET", "swap/v2/trade/allFillOrders", "symbol=BTC-USDT&tradingUnit=COIN");
    assert_eq!(fills["fill_orders"][0]["orderId"], id.to_string(), "a text here");
    assert_eq!(fills["fill_orders"][0]["volume"], "0.1234");
    let positions = desk.data("GET", "swap/v2/user/positions", "symbol=BTC-USDT");
    assert_eq!((&positions[0]["positionAmt"], &positions[0]["positionSide"]), (&json!("0.1234"), &json!("LONG")));
    assert_eq!(positions[0]["avgPrice"], "51000.0");
    let balance = desk.data("GET", "swap/v3/user/balance", "");
    // 0.1234 coins at 51,000 and five hundredths of a per cent: 3.146700.
    assert_eq!(balance[0]["balance"], "99996.85330000");
    assert_eq!(balance[1]["balance"], "", "an asset that was never used");
    assert_eq!(
        desk.code(
            "POST",
            "swap/v2/trade/order",
            "symbol=BTC-USDT&type=MARKET&side=BUY&quantity=1&clientOrderId=mine-1"
        ),
        101_481
    );
}

#[test]
fn refusals_have_the_numbers_of_both_generations() {
    let cases = [
        ("symbol=DOGE-USDT&type=MARKET&side=BUY&quantity=1", 109_425, 80_014),
        ("symbol=BTC-USDT&type=WHAT&side=BUY&quantity=1", 109_400, 80_014),
        ("symbol=BTC-USDT&type=MARKET&side=BUY", 109_400, 80_014),
        ("symbol=BTC-USDT&type=MARKET&side=BUY&quantity=1&positionSide=LONG", 109_400, 80_014),
        ("symbol=BTC-USDT&type=MARKET&side=BUY&quantity=999", 101_204, 101_204),
        ("symbol=BTC-USDT&type=MARKET&side=BUY&quantity=0.00001", 101_400, 101_400),
        ("symbol=BTC-USDT&type=LIMIT&side=BUY&quantity=0.01&price=52000&timeInForce=PostOnly", 101_215, 101_215),
        ("symbol=BTC-USDT&type=MARKET&side=SELL&quantity=0.01&reduceOnly=true", 101_290, 101_290),
        ("symbol=BTC-USDT&type=STOP_MARKET&side=SELL&quantity=0.01&stopPrice=45000", 109_420, 80_017),
    ];
    for (generation, pick) in [(Generation::New, 0), (Generation::Old, 1)] {
        let options = Options { generation, limits: false, ..Options::default() };
        let mut desk = Desk::with(&[[51_000; 4]], options, "");
        for (parameters, new, old) in cases {
            let code = desk.code("POST", "swap/v2/trade/order", parameters);
            assert_eq!(code, [new, old][pick], "{parameters}");
        }
        let unknown = desk.code("GET", "swap/v2/trade/order", "symbol=BTC-USDT&orderId=7");
        assert_eq!(unknown, [109_421, 80_016][pick]);
    }
    let mut desk = Desk::hedged();
    let reduce = "symbol=BTC-USDT&type=MARKET&side=SELL&quantity=0.01&positionSide=LONG&reduceOnly=true";
    assert_eq!(desk.code("POST", "swap/v2/trade/order", reduce), 109_400, "hedge mode refuses reduceOnly");
}

#[test]
fn candles_are_newest_first_and_the_one_under_way_is_first_where_it_is_shown() {
    let prices = [[51_000, 51_100, 50_900, 51_050]; 3];
    let options = Options { forming: loopback::bingx::Forming::Always, ..Options::default() };
    for (options, expected) in [(options, 3), (Options::default(), 2)] {
        let mut desk = Desk::with(&prices, options, "");
        desk.minutes(2);
        let candles = desk.data("GET", "swap/v3/quote/klines", "symbol=BTC-USDT&interval=1m");
        let rows = candles.as_array().expect("a list");
        assert_eq!(rows.len(), expected, "the market's clock is not the machine's");
        let times: Vec<i64> = rows.iter().map(|row| row["time"].as_i64().expect("a number")).collect();
        assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
        let last = rows.last().expect("rows");
        assert_eq!(
            last,
            &json!({"open": "51000.0", "close": "51050.0", "high": "51100.0", "low": "50900.0",
            "volume": "13.0000", "time": 1_670_889_600_000_i64})
        );
        let one = desk.data("GET", "swap/v3/quote/klines", "symbol=BTC-USDT&interval=1m&limit=1");
        assert_eq!(one[0], rows[0]);
    }
}

#[test]
fn the_private_stream_tells_orders_fills_and_the_account() {
    let mut desk = Desk::new();
    let key = desk.key();
    let socket = desk.connect(1, Some(&key));
    let first = desk.heard(socket);
    assert_eq!((first.len(), &first[0]["e"]), (1, &json!("ACCOUNT_UPDATE")), "a snapshot at once");
    let id = desk.place("symbol=BTC-USDT&type=MARKET&side=BUY&quantity=0.1&clientOrderId=abc");
    let told = desk.heard(socket);
    let names: Vec<&str> = told.iter().filter_map(|event| event["e"].as_str()).collect();
    assert_eq!(names, ["ORDER_TRADE_UPDATE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"]);
    assert_eq!((&told[0]["o"]["x"], &told[0]["o"]["X"]), (&json!("NEW"), &json!("NEW")));
    let fill = &told[1]["o"];
    assert_eq!(
        (&fill["x"], &fill["X"], &fill["i"], &fill["c"]),
        (&json!("TRADE"), &json!("FILLED"), &json!(id), &json!(""))
    );
    assert_eq!((&fill["z"], &fill["ap"], &fill["n"]), (&json!("0.1000"), &json!("51000.000"), &json!("-2.55000000")));
    assert_eq!(
        (&told[2]["a"]["P"][0]["pa"], &told[2]["a"]["B"][0]["wb"]),
        (&json!("0.1000"), &json!("99997.45000000"))
    );
    desk.pass(4_900);
    assert!(desk.heard(socket).iter().all(|event| event["e"] != "ACCOUNT_UPDATE"));
    desk.pass(200);
    assert!(desk.heard(socket).iter().any(|event| event["e"] == "ACCOUNT_UPDATE"), "a snapshot every five seconds");
    desk.data("POST", "swap/v2/trade/leverage", "symbol=BTC-USDT&side=BOTH&leverage=20");
    assert_eq!(desk.heard(socket)[0]["ac"]["l"], 20);
}

#[test]
fn what_nobody_has_confirmed_about_the_stream_is_an_option() {
    let options = Options { stream_ids: StreamIds::Named, event_name: EventName::TradeUpdate, ..Options::default() };
    let mut desk = Desk::with(&[[51_000; 4]], options, "");
    let key = desk.key();
    let socket = desk.connect(1, Some(&key));
    desk.place("symbol=BTC-USDT&type=LIMIT&side=BUY&quantity=0.1&price=50000&clientOrderId=ABC");
    let told = desk.heard(socket);
    assert_eq!((&told[1]["e"], &told[1]["o"]["c"]), (&json!("TRADE_UPDATE"), &json!("abc")));
}

#[test]
fn a_listen_key_lasts_an_hour_from_when_it_was_kept() {
    for (key_end, said) in [(KeyEnd::Said, true), (KeyEnd::Silent, false)] {
        let options = Options { key_seconds: 100, ping_seconds: 1_000, key_end, ..Options::default() };
        let mut desk = Desk::with(&[[51_000; 4]], options, "");
        let key = desk.key();
        let socket = desk.connect(1, Some(&key));
        desk.pass(90_000);
        let kept = desk.signed("PUT", "user/auth/userDataStream", &format!("listenKey={key}"));
        assert_eq!((kept.status, kept.body.len()), (200, 0), "an empty body");
        assert_eq!(desk.signed("PUT", "user/auth/userDataStream", "").status, 204);
        desk.pass(1_000);
        assert_eq!(desk.signed("PUT", "user/auth/userDataStream", "listenKey=other").status, 404);
        desk.pass(90_000);
        desk.heard(socket);
        desk.pass(20_000);
        let last = desk.heard(socket);
        assert_eq!(last.iter().any(|event| event["e"] == "listenKeyExpired"), said);
        desk.place("symbol=BTC-USDT&type=MARKET&side=BUY&quantity=0.1");
        assert_eq!(desk.heard(socket), Vec::<Value>::new(), "silent from then on");
    }
}

#[test]
fn candles_trades_and_books_are_pushed_and_pings_must_be_answered() {
    let mut desk = Desk::new();
    let (socket, other) = (desk.connect(1, None), desk.connect(2, None));
    for topic in ["kline_1m", "trade", "depth5@200ms", "bookTicker", "lastPrice", "ticker", "incrDepth"] {
        desk.subscribe(socket, &format!("BTC-USDT@{topic}"));
        let told = desk.heard(socket);
        assert_eq!((&told[0]["id"], &told[0]["code"]), (&json!("x-1"), &json!(0)), "{topic}");
        assert_eq!(told[1]["dataType"], format!("BTC-USDT@{topic}"));
    }
    desk.subscribe(socket, "BTC-USDT@nothing");
    assert_eq!(desk.heard(socket)[0]["code"], 80_015);
    desk.minutes(1);
    let told = desk.heard(socket);
    let of =
        |topic: &str| told.iter().filter(move |it| it["dataType"] == format!("BTC-USDT@{topic}")).collect::<Vec<_>>();
    let candles = of("kline_1m");
    let last_of_first =
        candles.iter().rfind(|it| it["data"][0]["T"] == 1_670_889_600_000_i64).expect("the first minute");
    assert_eq!(
        last_of_first["data"][0],
        json!({"o": "51000.0", "c": "51050.0", "h": "51100.0", "l": "50900.0",
        "v": "13.0000", "T": 1_670_889_600_000_i64}),
        "whole before the next one begins"
    );
    assert!(candles.iter().any(|it| it["data"][0]["T"] == 1_670_889_660_000_i64), "the next one says it is final");
    assert!(of("trade").iter().all(|it| it["data"].is_array()));
    assert!(desk.heard(other).is_empty(), "who has not asked is not told");
    for _ in 0..5 {
        desk.pass(5_000);
        assert_eq!(desk.heard(other), [json!("Ping")]);
        desk.tell(socket, "Pong");
    }
    desk.pass(5_000);
    assert_eq!(desk.heard(other), [json!("Drop")], "five pings without an answer");
    assert!(desk.heard(socket).iter().all(|it| it != "Drop"));
}

#[test]
fn children_are_placed_when_their_parent_has_filled_and_one_ends_the_other() {
    let mut desk =
        Desk::with(&[[51_000, 51_000, 50_900, 50_950], [50_950, 52_100, 50_950, 52_050]], Options::default(), "");
    let children = "takeProfit={\"type\":\"TAKE_PROFIT_MARKET\",\"stopPrice\":52000}&stopLoss={\"type\":\"STOP_MARKET\",\"stopPrice\":50000}";
    let parent = desk.place(&format!("symbol=BTC-USDT&type=LIMIT&side=BUY&quantity=0.01&price=50920&{children}"));
    let open = |desk: &mut Desk| {
        desk.data("GET", "swap/v2/trade/openOrders", "")["orders"].as_array().expect("a list").clone()
    };
    assert_eq!(open(&mut desk).len(), 1, "they wait for their parent");
    desk.minutes(1);
    let orders = open(&mut desk);
    let kinds: Vec<&str> = orders.iter().filter_map(|order| order["type"].as_str()).collect();
    assert_eq!(kinds, ["TAKE_PROFIT_MARKET", "STOP_MARKET"]);
    assert!(orders.iter().all(|order| order["triggerOrderId"] == parent && order["status"] == "NEW"));
    desk.minutes(1);
    assert!(open(&mut desk).is_empty(), "the target has filled, and its stop is cancelled");
    let all = desk.data("GET", "swap/v1/trade/fullOrder", "symbol=BTC-USDT");
    let states: Vec<&str> =
        all["orders"].as_array().expect("a list").iter().filter_map(|it| it["status"].as_str()).collect();
    assert_eq!(states, ["CANCELLED", "FILLED", "FILLED"], "newest first");
}

#[test]
fn orders_are_changed_replaced_and_ended_in_the_venue_s_ways() {
    let mut desk = Desk::new();
    let limit = "symbol=BTC-USDT&type=LIMIT&side=BUY&quantity=0.01&price=50000";
    let id = desk.place(limit);
    let amended = desk.data("POST", "swap/v1/trade/amend", &format!("symbol=BTC-USDT&orderId={id}&quantity=0.02"));
    assert_eq!(amended["quantity"], "0.0200");
    let replace = format!("cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId={id}&{limit}");
    let replaced = desk.data("POST", "swap/v1/trade/cancelReplace", &replace);
    assert_eq!((&replaced["cancelResult"], &replaced["replaceResult"]), (&json!("true"), &json!("true")));
    assert_eq!(replaced["cancelResponse"]["status"], "CANCELLED");
    assert_eq!(desk.code("POST", "swap/v1/trade/cancelReplace", &replace), 109_422, "it has ended");
    let batch = "batchOrders=[{\"symbol\":\"BTC-USDT\",\"type\":\"LIMIT\",\"side\":\"BUY\",\"quantity\":0.01,\"price\":49000},\
        {\"symbol\":\"BTC-USDT\",\"type\":\"LIMIT\",\"side\":\"BUY\",\"quantity\":0,\"price\":49000}]";
    let orders = desk.data("POST", "swap/v2/trade/batchOrders", batch)["orders"].clone();
    assert_eq!((orders[0]["status"].as_str(), orders[1]["code"].as_i64()), (Some("NEW"), Some(109_400)));
    let ids = format!("symbol=BTC-USDT&orderIdList=[{},7]", orders[0]["orderId"]);
    let ended = desk.data("DELETE", "swap/v2/trade/batchOrders", &ids);
    assert_eq!(
        (ended["success"].as_array().map(Vec::len), &ended["failed"][0]["errorCode"]),
        (Some(1), &json!(109_421))
    );
    let all = desk.data("DELETE", "swap/v2/trade/allOpenOrders", "symbol=BTC-USDT");
    assert_eq!((all["success"].as_array().map(Vec::len), &all["failed"]), (Some(1), &Value::Null));
    desk.pass(1_000);
    desk.place("symbol=BTC-USDT&type=MARKET&side=SELL&quantity=0.03");
    let closed = desk.data("POST", "swap/v2/trade/closeAllPositions", "");
    assert_eq!(closed["success"].as_array().map(Vec::len), Some(1));
    assert_eq!(desk.data("GET", "swap/v2/user/positions", ""), json!([]));
}

#[test]
fn the_kill_timer_cancels_everything_unless_it_is_wound_again() {
    let mut desk = Desk::new();
    desk.place("symbol=BTC-USDT&type=LIMIT&side=BUY&quantity=0.01&price=50000");
    let set = desk.data("POST", "swap/v2/trade/cancelAllAfter", "type=ACTIVATE&timeOut=10");
    assert_eq!((&set["status"], &set["triggerTime"]), (&json!("ACTIVATED"), &json!(1_735_689_610)), "in seconds");
    desk.pass(9_000);
    desk.data("POST", "swap/v2/trade/cancelAllAfter", "type=ACTIVATE&timeOut=10");
    let open = |desk: &mut Desk| desk.data("GET", "swap/v2/trade/openOrders", "")["orders"].as_array().map(Vec::len);
    desk.pass(9_000);
    assert_eq!(open(&mut desk), Some(1));
    desk.pass(1_001);
    assert_eq!(open(&mut desk), Some(0));
    assert_eq!(desk.code("POST", "swap/v2/trade/cancelAllAfter", "type=ACTIVATE&timeOut=5"), 109_400);
    desk.pass(1_000);
    assert_eq!(desk.data("POST", "swap/v2/trade/cancelAllAfter", "type=CLOSE&timeOut=0")["status"], "CLOSED");
}

#[test]
fn who_asks_too_often_is_told_by_status_and_then_banned() {
    let mut desk = Desk::new();
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(desk.signed("GET", "swap/v3/user/balance", "").status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5);
    assert_eq!((statuses[5], statuses[39]), (429, 418));
    desk.passed_ms += 301_000;
    assert_eq!(desk.signed("GET", "swap/v3/user/balance", "").status, 200, "bans end");
}

#[test]
fn no_secret_stands_in_a_debug_text() {
    let options = Options::default();
    let text = format!("{options:?}");
    assert!(!text.contains("demo-key") && !text.contains("demo-secret"), "{text}");
}
