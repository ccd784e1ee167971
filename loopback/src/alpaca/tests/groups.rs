//! Orders that belong together: brackets with held legs, exits of which one cancels the other.
use super::{Plan, Stage, fields, id, text};
use serde_json::Value;

const BUY: &str = r#"{"symbol":"AAPL","qty":"4","side":"buy","type":"market","time_in_force":"day"}"#;

fn bracket(entry: &str, gain: &str, loss: &str) -> String {
    format!(
        r#"{{"symbol":"AAPL","qty":4,"side":"buy",{entry},"time_in_force":"gtc","order_class":"bracket",
        "take_profit":{{"limit_price":{gain}}},"stop_loss":{{"stop_price":{loss}}}}}"#
    )
}

fn legs(stage: &mut Stage, order: &Value) -> Vec<String> {
    let order = stage.get(&format!("/v2/orders/{}?nested=true", id(order)));
    let legs = order["legs"].as_array().expect("legs");
    legs.iter().map(|leg| fields(leg, &["type", "status", "qty"])).collect()
}

#[test]
fn the_exits_of_a_bracket_are_held_until_its_entry_is_filled() {
    let mut stage = Stage::new();
    stage.listen();
    let order = stage.order(&bracket(r#""type":"limit","limit_price":140"#, "150", "130"));
    assert_eq!(text(&order["order_class"]), "bracket");
    assert_eq!(legs(&mut stage, &order), ["limit held 4", "stop held 4"]);
    assert_eq!(stage.updates(), ["new limit"]);
    assert_eq!(stage.get("/v2/orders?nested=true").as_array().map(Vec::len), Some(1));
    assert_eq!(stage.get("/v2/orders").as_array().map(Vec::len), Some(3));
    // A marketable limit fills the next one at once.
    let order = stage.order(&bracket(r#""type":"limit","limit_price":155"#, "160", "130"));
    assert_eq!(legs(&mut stage, &order), ["limit new 4", "stop new 4"]);
    assert_eq!(stage.updates(), ["new limit", "fill limit", "new limit", "new stop"]);
}

#[test]
fn the_exit_that_fills_cancels_the_other() {
    let mut stage = Stage::new();
    stage.listen();
    let order = stage.order(&bracket(r#""type":"market""#, "151.20", "130"));
    stage.updates();
    // The market rises by ten cents a minute.
    stage.go(10 * 60);
    assert_eq!(legs(&mut stage, &order), ["limit filled 4", "stop canceled 4"]);
    assert_eq!(stage.updates(), ["fill limit", "canceled stop"]);
    assert_eq!(stage.get("/v2/positions"), serde_json::json!([]));
}

#[test]
fn cancelling_one_exit_cancels_the_group_and_cancelling_the_entry_its_exits() {
    let mut stage = Stage::new();
    let order = stage.order(&bracket(r#""type":"market""#, "170", "130"));
    let nested = stage.get(&format!("/v2/orders/{}?nested=true", id(&order)));
    assert_eq!(stage.ask("DELETE", &format!("/v2/orders/{}", id(&nested["legs"][0])), "").0, 204);
    assert_eq!(legs(&mut stage, &order), ["limit canceled 4", "stop canceled 4"]);
    let order = stage.order(&bracket(r#""type":"limit","limit_price":140"#, "150", "130"));
    let nested = stage.get(&format!("/v2/orders/{}?nested=true", id(&order)));
    assert_eq!(stage.ask("DELETE", &format!("/v2/orders/{}", id(&nested["legs"][1])), "").0, 204);
    assert_eq!(legs(&mut stage, &order), ["limit canceled 4", "stop canceled 4"]);
    assert_eq!(stage.get("/v2/orders"), serde_json::json!([]));
}

#[test]
fn an_exit_can_be_replaced_and_stays_in_its_group() {
    let mut stage = Stage::new();
    let order = stage.order(&bracket(r#""type":"market""#, "170", "130"));
    let nested = stage.get(&format!("/v2/orders/{}?nested=true", id(&order)));
    let target = format!("/v2/orders/{}", id(&nested["legs"][1]));
    let (status, moved) = stage.ask("PATCH", &target, r#"{"stop_price":"140"}"#);
    assert_eq!((status, fields(&moved, &["stop_price", "order_class"])), (200, "140 bracket".into()));
    assert_eq!(legs(&mut stage, &order), ["limit new 4", "stop new 4"]);
    let limit = format!("/v2/orders/{}", id(&nested["legs"][0]));
    let (status, body) = stage.ask("PATCH", &limit, r#"{"time_in_force":"day"}"#);
    assert_eq!(status, 200, "{body}");
    assert_eq!(legs(&mut stage, &order), ["limit new 4", "stop new 4"]);
    assert_eq!(stage.ask("DELETE", &format!("/v2/orders/{}", id(&moved)), "").0, 204);
    assert_eq!(legs(&mut stage, &order), ["limit canceled 4", "stop canceled 4"]);
}

#[test]
fn an_oco_order_needs_a_position_and_is_the_exit_with_a_gain() {
    let mut stage = Stage::new();
    let oco = r#"{"symbol":"AAPL","qty":"4","side":"sell","type":"limit","time_in_force":"gtc","order_class":"oco",
        "take_profit":{"limit_price":"170"},"stop_loss":{"stop_price":"130","limit_price":"129"}}"#;
    let (status, body) = stage.ask("POST", "/v2/orders", oco);
    assert_eq!((status, &body["code"]), (403, &40_310_000.into()), "{body}");
    stage.order(BUY);
    let order = stage.order(oco);
    assert_eq!(fields(&order, &["type", "limit_price", "order_class"]), "limit 170 oco");
    assert_eq!(legs(&mut stage, &order), ["stop_limit new 4"]);
    assert_eq!(fields(&stage.get("/v2/positions/AAPL"), &["qty", "qty_available"]), "4 0");
    assert_eq!(stage.ask("DELETE", &format!("/v2/orders/{}", id(&order)), "").0, 204);
    assert_eq!(legs(&mut stage, &order), ["stop_limit canceled 4"]);
}

#[test]
fn an_oto_order_has_one_exit() {
    let mut stage = Stage::new();
    let oto = r#"{"symbol":"SPY","qty":5.0,"side":"buy","type":"limit","time_in_force":"day","order_class":"oto",
        "stop_loss":{"stop_price":500.0},"limit_price":552.0}"#;
    let order = stage.order(oto);
    assert_eq!(legs(&mut stage, &order), ["stop new 5"]);
}

#[test]
fn a_trailing_stop_follows_the_price() {
    let mut stage = Stage::new();
    stage.order(BUY);
    let body = r#"{"symbol":"AAPL","qty":"4","side":"sell","type":"trailing_stop","time_in_force":"gtc","trail_price":"1.00"}"#;
    let order = stage.order(body);
    assert_eq!(fields(&order, &["trail_price", "trail_percent", "hwm", "stop_price"]), "1 null 150.5 149.5");
    let (status, moved) = stage.ask("PATCH", &format!("/v2/orders/{}", id(&order)), r#"{"trail":"0.40"}"#);
    assert_eq!((status, text(&moved["trail_price"])), (200, "0.4"));
    // Each minute falls by half a dollar before it rises.
    stage.go(120);
    let moved = stage.get(&format!("/v2/orders/{}", id(&moved)));
    assert_eq!(fields(&moved, &["status", "hwm", "stop_price"]), "filled 150.5 150.1");
}

#[test]
fn an_exit_that_fills_in_part_takes_as_much_from_the_other() {
    // Three pieces stand at the best bid and ask, and what one takes of them does not come back while the price stands.
    let mut stage = Stage::of(Plan { size: Some(3), ..Plan::default() });
    for _ in 0..2 {
        stage.order(&BUY.replace("\"4\"", "\"2\""));
        stage.go(10);
    }
    let oco = r#"{"symbol":"AAPL","qty":"4","side":"sell","type":"limit","time_in_force":"gtc","order_class":"oco",
        "take_profit":{"limit_price":"149"},"stop_loss":{"stop_price":"130"}}"#;
    stage.listen();
    let order = stage.order(oco);
    assert_eq!(stage.updates(), ["restated stop", "new limit", "new stop", "partial_fill limit"]);
    assert_eq!(legs(&mut stage, &order), ["stop new 1"]);
    let parent = stage.get(&format!("/v2/orders/{}", id(&order)));
    assert_eq!(fields(&parent, &["status", "filled_qty", "qty"]), "partially_filled 3 4");
    let (status, moved) = stage.ask("PATCH", &format!("/v2/orders/{}", id(&order)), r#"{"limit_price":"170"}"#);
    assert_eq!((status, fields(&moved, &["filled_qty", "qty"])), (200, "3 4".into()));
    let moved = stage.get(&format!("/v2/orders/{}", id(&moved)));
    assert_eq!(fields(&moved, &["status", "filled_qty", "qty", "limit_price"]), "partially_filled 3 4 170");
    let (status, body) = stage.ask("PATCH", &format!("/v2/orders/{}", id(&moved)), r#"{"qty":3}"#);
    assert_eq!((status, text(&body["message"])), (422, "qty must be greater than filled_qty"));
    // The exchange takes something off it by itself.
    let number = stage.venue.desk.orders.iter().find(|it| it.id == id(&moved)).and_then(|it| it.number);
    let less = Some(engine::Qty(3_500_000_000));
    stage.venue.exchange.amend(stage.venue.account, number.expect("a number"), less, None).expect("an amendment");
    stage.venue.settle();
    assert_eq!(text(&stage.get(&format!("/v2/orders/{}", id(&moved)))["qty"]), "3.5");
}

#[test]
fn cancelling_an_oco_order_that_was_replaced_cancels_its_group() {
    let mut stage = Stage::new();
    stage.order(BUY);
    let oco = r#"{"symbol":"AAPL","qty":"4","side":"sell","type":"limit","time_in_force":"gtc","order_class":"oco",
        "take_profit":{"limit_price":"170"},"stop_loss":{"stop_price":"130","limit_price":"129"}}"#;
    let order = stage.order(oco);
    let stop = id(&stage.get(&format!("/v2/orders/{}?nested=true", id(&order)))["legs"][0]);
    // A stop limit whose stop moves enters the exchange anew, and its group with it.
    let (status, moved) = stage.ask("PATCH", &format!("/v2/orders/{stop}"), r#"{"stop_price":"131"}"#);
    assert_eq!((status, text(&moved["stop_price"])), (200, "131"));
    let open = stage.get("/v2/orders");
    let open: Vec<String> = open.as_array().expect("orders").iter().map(|it| fields(it, &["type", "status"])).collect();
    assert_eq!(open, ["stop_limit new", "limit new"]);
    assert_eq!(stage.venue.exchange.account(stage.venue.account).open_orders().count(), 2);
    assert_eq!(stage.ask("DELETE", &format!("/v2/orders/{}", id(&order)), "").0, 204);
    assert_eq!(stage.get("/v2/orders"), serde_json::json!([]));
}
