//! What goes out for the intents of the recorded requests of the official client, and with it.
use super::fixtures::{requests, string};
use super::rig::{AAPL, BTC, Rig, attached, cents, config, limit, listed, order, theirs, uuid, whole};
use engine::order::{OrderId, OrderKind, OrderRequest, Terms, TimeInForce, Trail};
use engine::{Action, InstrumentId, Price, Qty, Side};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use venues::alpaca::wire::request::NewOrder;
use venues::alpaca::{Config, Hours};
use venues::{Input, Method, Query};

const SPY: InstrumentId = InstrumentId(2);
const ETH: InstrumentId = InstrumentId(3);

fn setup(hours: Hours) -> Config {
    let mut config = config();
    config.listed.extend([listed(SPY, "SPY", "1m"), listed(ETH, "ETH/USD", "1m")]);
    Config { hours, ..config }
}

/// A body with its numbers as decimal text, as two spellings of one number are one.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            Value::String(venues::numbers::decimal(&text).map_or(text, |number| number.to_string()))
        }
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// The body that is sent for orders of which the first has the number 1, without our name for it.
fn sent(hours: Hours, orders: &[OrderRequest]) -> Value {
    let mut rig = Rig::of(setup(hours));
    let actions: Vec<Action> = orders.iter().copied().map(Action::Submit).collect();
    rig.act(&actions);
    let request = rig.request(Method::Post, "/v2/orders");
    assert_eq!(rig.requests.len(), 0, "one message for all of them");
    let mut body: Value = serde_json::from_slice(&request.body).expect("JSON");
    let name = body.as_object_mut().expect("fields").remove("client_order_id");
    assert_eq!(name, Some(json!("run7-1")));
    body
}

/// The recorded body of an intent, without the client's own name for the order.
fn recorded(id: &str) -> Value {
    let mut body: Value = serde_json::from_str(requests()[id]["body"].get()).expect("JSON");
    body.as_object_mut().map(|fields| fields.remove("client_order_id"));
    plain(&body)
}

fn lasting(request: OrderRequest, time: TimeInForce) -> OrderRequest {
    OrderRequest { terms: Terms { time_in_force: time, ..request.terms }, ..request }
}

#[test]
fn orders_go_out_as_the_official_client_sends_them() {
    use TimeInForce as T;
    let stop = OrderKind::Stop { trigger: cents(14_000) };
    let stop_limit = OrderKind::StopLimit { trigger: cents(14_000), price: cents(13_950) };
    let of = |id, request: OrderRequest| OrderRequest { instrument: id, ..request };
    let bitcoin = OrderRequest { quantity: Qty(12_300_000), ..of(BTC, order(1, Side::Buy, 1, OrderKind::Market)) };
    let ether = OrderRequest { quantity: Qty(1_500_000_000), ..of(ETH, order(1, Side::Sell, 1, limit(250_050))) };
    let limited = order(1, Side::Buy, 3, limit(15_025));
    for (id, hours, request) in [
        ("alpaca_req_market_day_qty", Hours::Regular, order(1, Side::Buy, 1, OrderKind::Market)),
        ("alpaca_req_market_with_client_id", Hours::Regular, order(1, Side::Sell, 2, OrderKind::Market)),
        ("alpaca_req_limit_gtc", Hours::Regular, lasting(limited, T::GoodTilCancelled)),
        ("alpaca_req_limit_extended_hours", Hours::Extended, limited),
        ("alpaca_req_stop", Hours::Regular, lasting(order(1, Side::Sell, 3, stop), T::GoodTilCancelled)),
        ("alpaca_req_stop_limit", Hours::Extended, lasting(order(1, Side::Sell, 3, stop_limit), T::GoodTilCancelled)),
        ("alpaca_req_on_open", Hours::Regular, lasting(order(1, Side::Buy, 1, OrderKind::Market), T::AtOpen)),
        ("alpaca_req_on_close_limit", Hours::Extended, lasting(order(1, Side::Buy, 1, limit(15_000)), T::AtClose)),
        ("alpaca_req_crypto_market", Hours::Regular, lasting(bitcoin, T::GoodTilCancelled)),
        ("alpaca_req_crypto_limit_ioc", Hours::Regular, lasting(ether, T::ImmediateOrCancel)),
    ] {
        assert_eq!(plain(&sent(hours, &[request])), recorded(id), "{id}");
    }
}

#[test]
fn tied_orders_go_out_in_one_message() {
    let of_spy = |request: OrderRequest| OrderRequest { instrument: SPY, ..request };
    let entry = of_spy(order(1, Side::Buy, 5, OrderKind::Market));
    let stop = OrderKind::StopLimit { trigger: cents(50_000), price: cents(49_900) };
    let exits = [
        attached(1, of_spy(order(2, Side::Sell, 5, stop))),
        attached(1, of_spy(order(3, Side::Sell, 5, limit(60_000)))),
    ];
    assert_eq!(plain(&sent(Hours::Extended, &[entry, exits[0], exits[1]])), recorded("alpaca_req_bracket"));
    let entry = of_spy(order(1, Side::Buy, 5, limit(55_000)));
    let exit = attached(1, of_spy(order(2, Side::Sell, 5, OrderKind::Stop { trigger: cents(50_000) })));
    assert_eq!(plain(&sent(Hours::Regular, &[entry, exit])), recorded("alpaca_req_oto"));
    let leader = order(1, Side::Sell, 5, limit(30_100));
    let other = OrderRequest {
        link: engine::order::Link::OneCancelsOther(OrderId(1)),
        ..order(2, Side::Sell, 5, OrderKind::Stop { trigger: cents(29_900) })
    };
    let expected = json!({"symbol": "AAPL", "qty": "5", "side": "sell", "type": "limit", "time_in_force": "day",
        "order_class": "oco", "take_profit": {"limit_price": "301"}, "stop_loss": {"stop_price": "299"}});
    assert_eq!(plain(&sent(Hours::Regular, &[leader, other])), expected);
}

#[test]
fn a_trailing_stop_says_how_far_it_trails() {
    let trailing = |trail| sent(Hours::Regular, &[order(1, Side::Sell, 5, OrderKind::TrailingStop { trail })]);
    assert_eq!(trailing(Trail::Amount(Price(25_000)))["trail_price"], "2.5");
    assert_eq!(trailing(Trail::Ppm(25_000))["trail_percent"], "2.5");
}

#[test]
fn words_that_the_engine_has_none_for_are_written_like_the_official_client_does() {
    let base =
        NewOrder { symbol: "AAPL".into(), side: "buy", kind: "market", time_in_force: "day", ..NewOrder::default() };
    let notional = NewOrder { notional: Some("25.5".into()), ..base.clone() };
    let short = NewOrder { qty: Some("1".into()), side: "sell", position_intent: Some("sell_to_open"), ..base };
    for (id, body) in [("alpaca_req_market_notional", notional), ("alpaca_req_position_intent", short)] {
        assert_eq!(serde_json::to_value(&body).expect("JSON"), recorded(id), "{id}");
    }
}

#[test]
fn changes_cancels_and_questions_go_where_the_official_client_sends_them() {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(42, Side::Buy, 10, limit(15_000)))]);
    let post = rig.reply((Method::Post, "/v2/orders"), 200, &theirs(0x61e6_9015, "run7-42", "new").json());
    let header = |name: &str| post.headers.iter().find(|(it, _)| *it == name).map(|(_, value)| value.expose_secret());
    assert_eq!(header("APCA-API-KEY-ID"), Some("PKCANARYKEY"));
    assert_eq!(header("APCA-API-SECRET-KEY"), Some("canarysecret"));
    assert_eq!(header("Content-Type"), Some("application/json"));
    assert!(post.adds_risk && post.base == "https://paper-api.alpaca.markets");
    rig.act(&[Action::Amend { order: OrderId(42), instrument: AAPL, quantity: whole(4), price: Some(cents(15_100)) }]);
    let patch = rig.request(Method::Patch, &format!("/v2/orders/{}", uuid(0x61e6_9015)));
    let body: Value = serde_json::from_slice(&patch.body).expect("JSON");
    assert_eq!(body, json!({"qty": "4", "limit_price": "151", "client_order_id": "run7-42-1"}));
    assert!(patch.adds_risk);
    rig.act(&[Action::Cancel { order: OrderId(42), instrument: AAPL }]);
    let delete = rig.request(Method::Delete, &format!("/v2/orders/{}", uuid(0x61e6_9015)));
    assert!(!delete.adds_risk && delete.body.is_empty());
    for (number, query, path) in [
        (1, Query::Positions, "/v2/positions"),
        (2, Query::Balances, "/v2/account"),
        (3, Query::OpenOrders, "/v2/orders?status=open&limit=500&direction=asc"),
        (4, Query::Order(OrderId(42)), "/v2/orders:by_client_order_id?client_order_id=run7-42"),
        (5, Query::CancelAll(None), "/v2/orders"),
    ] {
        rig.ask(number, &query);
        let method = if number == 5 { Method::Delete } else { Method::Get };
        rig.requests.retain(|it| it.target == path);
        let request = rig.request(method, path);
        assert_eq!(request.target, path);
    }
    rig.ask(6, &Query::Instruments);
    rig.request(Method::Get, "/v2/assets/AAPL");
}

#[test]
fn bars_are_asked_for_as_the_official_client_does() {
    let mut rig = Rig::of(setup(Hours::Regular));
    rig.input(Input::Start);
    let at = |text: &str| venues::instant::instant(text).expect("an instant");
    let (from, to) = (at("2026-01-02T14:30:00Z"), at("2026-01-02T21:00:00.000000001Z"));
    rig.requests.clear();
    rig.ask(1, &Query::History { instrument: AAPL, from, to });
    rig.reply((Method::Get, "/v2/calendar"), 200, "[]");
    let request = rig.request(Method::Get, "/v2/stocks/bars");
    assert_eq!(request.base, "https://data.alpaca.markets");
    let fields = |target: &str| -> Vec<String> {
        let query = target.split_once('?').expect("a query").1.replace("%2B00%3A00", "Z");
        query.split('&').map(str::to_owned).collect()
    };
    let target = string(&requests()["alpaca_req_bars_multi"], "target");
    for field in fields(&target) {
        // It asked for two symbols, and for prices adjusted afterwards, which nobody could have traded at.
        let expected = field.replace("AAPL%2CMSFT", "AAPL").replace("adjustment=all", "adjustment=raw");
        assert!(fields(&request.target).contains(&expected), "{expected} in {}", request.target);
    }
}
