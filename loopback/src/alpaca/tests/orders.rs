//! The life of orders: taken, filled, replaced, cancelled, expired, and what the stream says of it.
use super::{MINUTE, OPEN, Plan, Stage, fields, id, text};
use engine::Timestamp;

const LIMIT: &str =
    r#"{"symbol":"AAPL","qty":"3","side":"buy","type":"limit","time_in_force":"gtc","limit_price":"140.25"}"#;
const MARKET: &str = r#"{"symbol":"AAPL","qty":"2","side":"buy","type":"market","time_in_force":"day"}"#;

#[test]
fn a_market_order_is_accepted_then_new_then_filled_at_the_quote() {
    let mut stage = Stage::new();
    stage.listen();
    let answer = stage.order(MARKET);
    assert_eq!(
        fields(&answer, &["status", "qty", "filled_qty", "order_class", "position_intent"]),
        "accepted 2 0  buy_to_open"
    );
    let order = stage.get(&format!("/v2/orders/{}", id(&answer)));
    assert_eq!(fields(&order, &["status", "filled_qty"]), "filled 2");
    assert_eq!(stage.updates(), ["new market", "fill market"]);
    let position = stage.get("/v2/positions/AAPL");
    assert_eq!(fields(&position, &["qty", "side", "symbol"]), "2 long AAPL");
    assert_eq!(text(&position["avg_entry_price"]), text(&order["filled_avg_price"]));
    let account = stage.get("/v2/account");
    assert_ne!(text(&account["cash"]), "100000");
}

#[test]
fn a_fill_says_what_the_position_is_after_it() {
    let mut stage = Stage::new();
    stage.listen();
    stage.order(MARKET);
    let frames = stage.heard();
    let super::Frame::Binary(bytes) = &frames[1].1 else { panic!("binary") };
    let message: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
    assert_eq!(text(&message["stream"]), "trade_updates");
    assert_eq!(fields(&message["data"], &["event", "qty", "position_qty"]), "fill 2 2");
    assert_eq!(fields(&message["data"]["order"], &["status", "filled_qty"]), "filled 2");
}

#[test]
fn a_replacement_is_a_new_order_with_a_new_id() {
    let mut stage = Stage::new();
    stage.listen();
    let old = stage.order(LIMIT);
    let body = r#"{"qty":4,"limit_price":141.0,"client_order_id":"run7-000043"}"#;
    let (status, new) = stage.ask("PATCH", &format!("/v2/orders/{}", id(&old)), body);
    assert_eq!((status, fields(&new, &["qty", "limit_price", "client_order_id"])), (200, "4 141 run7-000043".into()));
    assert_eq!(text(&new["replaces"]), id(&old));
    assert_ne!(id(&new), id(&old));
    let old = stage.get(&format!("/v2/orders/{}", id(&old)));
    assert_eq!((text(&old["status"]), text(&old["replaced_by"])), ("replaced", id(&new).as_str()));
    assert_eq!(fields(&stage.get(&format!("/v2/orders/{}", id(&new))), &["status"]), "new");
    assert_eq!(stage.updates(), ["new limit", "replaced limit", "new limit"]);
    let (status, again) = stage.ask("PATCH", &format!("/v2/orders/{}", id(&old)), r#"{"qty":5}"#);
    assert_eq!((status, text(&again["message"])), (422, "order in \"replaced\" state cannot be replaced"));
    // At the exchange there is one order, and it is the new one.
    let open = stage.venue.exchange.account(stage.venue.account).open_orders().count();
    assert_eq!(open, 1);
}

#[test]
fn a_stop_limit_whose_stop_moves_is_another_order_at_the_exchange() {
    let mut stage = Stage::new();
    stage.order(MARKET);
    let body = r#"{"symbol":"AAPL","qty":2,"side":"sell","type":"stop_limit","time_in_force":"gtc","stop_price":140,"limit_price":139.5}"#;
    let old = stage.order(body);
    let (status, new) =
        stage.ask("PATCH", &format!("/v2/orders/{}", id(&old)), r#"{"stop_price":"141","limit_price":"140.5"}"#);
    assert_eq!((status, fields(&new, &["stop_price", "limit_price"])), (200, "141 140.5".into()));
    let new = stage.get(&format!("/v2/orders/{}", id(&new)));
    assert_eq!(text(&new["status"]), "new");
    let listed = stage.get("/v2/orders?status=open");
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_cancel_is_only_asked_for_and_the_stream_says_that_it_was_done() {
    let mut stage = Stage::new();
    stage.listen();
    let order = stage.order(LIMIT);
    let target = format!("/v2/orders/{}", id(&order));
    assert_eq!(stage.ask("DELETE", &target, ""), (204, serde_json::Value::Null));
    assert_eq!(stage.updates(), ["new limit", "canceled limit"]);
    let (status, body) = stage.ask("DELETE", &target, "");
    assert_eq!((status, text(&body["message"])), (422, "order is already in \"canceled\" state"));
    let (status, body) = stage.ask("DELETE", "/v2/orders/none", "");
    assert_eq!((status, text(&body["message"])), (404, "order not found for none"));
}

#[test]
fn cancelling_everything_answers_a_row_of_each() {
    let mut stage = Stage::new();
    let first = stage.order(LIMIT);
    stage.order(&LIMIT.replace("140.25", "141"));
    let (status, rows) = stage.ask("DELETE", "/v2/orders", "");
    assert_eq!((status, rows.as_array().map(Vec::len)), (207, Some(2)));
    assert_eq!((text(&rows[0]["id"]), &rows[0]["status"]), (id(&first).as_str(), &200.into()));
    assert_eq!(stage.get("/v2/orders"), serde_json::json!([]));
}

#[test]
fn a_client_id_is_used_up_for_ever_also_by_a_refused_order() {
    let mut stage = Stage::new();
    let body = LIMIT.replace('}', r#","client_order_id":"mine"}"#);
    let order = stage.order(&body);
    let (status, again) = stage.ask("POST", "/v2/orders", &body);
    assert_eq!(
        (status, &again["code"], text(&again["message"])),
        (422, &40_010_001.into(), "client_order_id must be unique")
    );
    let found = stage.get("/v2/orders:by_client_order_id?client_order_id=mine");
    assert_eq!(id(&found), id(&order));
    let refused = body.replace("mine", "other").replace("140.25", "140.255");
    assert_eq!(stage.ask("POST", "/v2/orders", &refused).0, 422);
    let (status, again) = stage.ask("POST", "/v2/orders", &body.replace("mine", "other"));
    assert_eq!((status, text(&again["message"])), (422, "client_order_id must be unique"));
    assert_eq!(stage.ask("GET", "/v2/orders:by_client_order_id?client_order_id=other", "").0, 404);
}

#[test]
fn orders_are_listed_as_they_are_asked_for() {
    let mut stage = Stage::new();
    let first = stage.order(LIMIT);
    stage.go(60);
    let second = stage.order(&LIMIT.replace("AAPL", "SPY").replace("140.25", "500"));
    stage.order(MARKET);
    for (query, count) in [
        ("", 2),
        ("?status=all", 3),
        ("?status=closed", 1),
        ("?status=all&symbols=SPY", 1),
        ("?status=all&side=sell", 0),
        ("?status=all&limit=2", 2),
        ("?status=all&asset_class=crypto", 0),
        ("?status=all&after=2026-01-02T14%3A35%3A30%2B00%3A00&nested=True", 2),
        ("?status=all&until=2026-01-02T14:35:30Z", 1),
    ] {
        let listed = stage.get(&format!("/v2/orders{query}"));
        assert_eq!(listed.as_array().map(Vec::len), Some(count), "{query}: {listed}");
    }
    let newest_first = stage.get("/v2/orders");
    assert_eq!([id(&newest_first[0]), id(&newest_first[1])], [id(&second), id(&first)]);
    let oldest_first = stage.get("/v2/orders?direction=asc");
    assert_eq!(id(&oldest_first[0]), id(&first));
    let behind = stage.get(&format!("/v2/orders?status=all&direction=asc&after_order_id={}", id(&first)));
    assert_eq!(id(&behind[0]), id(&second));
    assert_eq!(stage.ask("GET", "/v2/orders?limit=501", "").0, 422);
}

#[test]
fn a_stock_order_outside_of_the_session_waits_for_the_open() {
    let mut stage = Stage::of(Plan { begin: Timestamp(OPEN - 30 * MINUTE), ..Plan::default() });
    stage.listen();
    let order = stage.order(MARKET.replace("market", "limit").replace('}', r#","limit_price":"160"}"#).as_str());
    assert_eq!(stage.updates(), Vec::<String>::new());
    let target = format!("/v2/orders/{}", id(&order));
    assert_eq!(text(&stage.get(&target)["status"]), "accepted");
    let (status, body) = stage.ask("PATCH", &target, r#"{"qty":5}"#);
    assert_eq!((status, text(&body["message"])), (422, "order in \"accepted\" state cannot be replaced"));
    let other = stage.order(MARKET);
    assert_eq!(stage.ask("DELETE", &format!("/v2/orders/{}", id(&other)), "").0, 204);
    assert_eq!(stage.updates(), ["canceled market"]);
    stage.go(31 * 60);
    assert_eq!(stage.updates(), ["new limit", "fill limit"]);
}

#[test]
fn a_day_order_expires_with_its_session() {
    let mut stage = Stage::new();
    stage.listen();
    stage.order(&LIMIT.replace("gtc", "day"));
    stage.go(7 * 3_600);
    assert_eq!(stage.updates(), ["new limit", "expired limit"]);
}

#[test]
fn what_is_for_now_or_never_and_does_not_trade_is_canceled() {
    for span in ["ioc", "fok"] {
        let mut stage = Stage::new();
        stage.listen();
        stage.order(&LIMIT.replace("gtc", span));
        assert_eq!(stage.updates(), ["new limit", "canceled limit"], "{span}");
    }
}

#[test]
fn a_notional_order_has_no_quantity() {
    let mut stage = Stage::new();
    let body = r#"{"symbol":"AAPL","notional":"301.00","side":"buy","type":"market","time_in_force":"day"}"#;
    let answer = stage.order(body);
    assert_eq!(fields(&answer, &["notional", "qty"]), "301 null");
    let order = stage.get(&format!("/v2/orders/{}", id(&answer)));
    assert_eq!(text(&order["status"]), "filled");
    let (status, body) = stage.ask("PATCH", &format!("/v2/orders/{}", id(&answer)), r#"{"qty":5}"#);
    assert_eq!(status, 422, "{body}");
}

#[test]
fn crypto_is_pending_first_and_its_fee_is_a_row_of_its_own() {
    let mut stage = Stage::new();
    let body = r#"{"symbol":"BTC/USD","qty":0.5,"side":"buy","type":"market","time_in_force":"gtc"}"#;
    assert_eq!(text(&stage.order(body)["status"]), "pending_new");
    let position = stage.get("/v2/positions/BTCUSD");
    assert_eq!(fields(&position, &["symbol", "qty", "asset_class"]), "BTCUSD 0.5 crypto");
    assert_eq!(stage.get("/v2/positions/BTC%2FUSD"), position);
    let fees = stage.get("/v2/account/activities/CFEE");
    // A quarter of a per cent of half of 60,000.
    assert_eq!(text(&fees[0]["net_amount"]).get(..3), Some("-75"));
    let fills = stage.get("/v2/account/activities?activity_types=FILL");
    assert_eq!(fields(&fills[0], &["symbol", "side", "cum_qty", "leaves_qty"]), "BTC/USD buy 0.5 0");
}
