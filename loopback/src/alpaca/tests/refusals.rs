//! What the venue does not take, with its codes and words.
use super::{MINUTE, OPEN, Plan, Stage, text};
use engine::Timestamp;

fn order(symbol: &str, quantity: &str, rest: &str) -> String {
    let has = |field: &str| rest.contains(field);
    let mut body = format!(r#"{{"symbol":"{symbol}","qty":{quantity}"#);
    for (field, value) in [("side", "buy"), ("type", "market"), ("time_in_force", "day")] {
        if !has(&format!("\"{field}\"")) {
            body += &format!(r#","{field}":"{value}""#);
        }
    }
    body + if rest.is_empty() { "" } else { "," } + rest + "}"
}

/// Symbol, quantity, the rest of the order; status, code and the first words of the answer.
const REFUSED: &[(&str, &str, &str, u16, i64, &str)] = &[
    ("NOPE", "1", "", 422, 42_210_000, "asset \"NOPE\" not found"),
    ("AAPL", "1", r#""type":"limit","limit_price":150.255"#, 422, 42_210_000, "invalid limit_price 150.255. sub-penny"),
    ("AAPL", "1.5", r#""time_in_force":"gtc""#, 422, 42_210_000, "fractional orders must be DAY orders"),
    ("AAPL", "1.5", r#""side":"sell""#, 422, 42_210_000, "fractional orders cannot be sold short"),
    ("AAPL", "1", r#""side":"sell","type":"stop","stop_price":200"#, 422, 42_210_000, "stop price must be less than"),
    ("AAPL", "1", r#""type":"stop","stop_price":100"#, 422, 42_210_000, "stop price must be greater than"),
    ("AAPL", "1", r#""extended_hours":true"#, 422, 42_210_000, "extended hours order must be DAY limit orders"),
    ("AAPL", "1", r#""time_in_force":"opg""#, 422, 42_210_000, "market on open orders are not accepted"),
    ("AAPL", "100000", "", 403, 40_310_000, "insufficient buying power"),
    ("SPY", "1.5", "", 422, 42_210_000, "asset \"SPY\" is not fractionable"),
    ("BTC/USD", "1", "", 422, 42_210_000, "invalid crypto time_in_force"),
    (
        "BTC/USD",
        "1",
        r#""time_in_force":"gtc","type":"stop","stop_price":1"#,
        422,
        42_210_000,
        "invalid order type for crypto",
    ),
    (
        "BTC/USD",
        "0.0001",
        r#""time_in_force":"gtc""#,
        403,
        40_310_000,
        "cost basis must be >= minimal amount of order 10",
    ),
    (
        "BTC/USD",
        "1",
        r#""time_in_force":"gtc","side":"sell""#,
        403,
        40_310_000,
        "insufficient balance for BTC (requested: 1, available: 0)",
    ),
    ("BTC/USD", "3", r#""time_in_force":"gtc""#, 403, 40_310_000, "insufficient balance for USD"),
    (
        "SPY",
        "5",
        r#""order_class":"bracket","take_profit":{"limit_price":500},"stop_loss":{"stop_price":600}"#,
        422,
        42_210_000,
        "take_profit.limit_price must be > stop_loss.stop_price",
    ),
    (
        "SPY",
        "5",
        r#""order_class":"bracket","take_profit":{"limit_price":700},"stop_loss":{"stop_price":600}"#,
        422,
        42_210_000,
        "stop_loss.stop_price must be <= base_price - 0.01",
    ),
    (
        "BTC/USD",
        "1",
        r#""time_in_force":"gtc","order_class":"oto","take_profit":{"limit_price":70000}"#,
        422,
        42_210_000,
        "crypto orders not allowed for advanced order_class: oto",
    ),
];

#[test]
fn each_refusal_has_its_status_its_code_and_its_words() {
    let mut stage = Stage::new();
    for (symbol, quantity, rest, status, code, words) in REFUSED {
        let body = order(symbol, quantity, rest);
        let (answered, refusal) = stage.ask("POST", "/v2/orders", &body);
        let said = text(&refusal["message"]);
        assert_eq!((answered, &refusal["code"]), (*status, &(*code).into()), "{body}: {refusal}");
        assert!(said.starts_with(words), "{body}: {said}");
    }
    assert_eq!(stage.get("/v2/orders?status=all"), serde_json::json!([]));
}

#[test]
fn an_exit_with_a_loss_stands_a_cent_from_the_entry_at_least() {
    let mut stage = Stage::new();
    let bracket = |side: &str, gain: &str, loss: &str| {
        let exits = format!(r#""take_profit":{{"limit_price":{gain}}},"stop_loss":{{"stop_price":{loss}}}"#);
        order(
            "SPY",
            "1",
            &format!(r#""side":"{side}","type":"limit","limit_price":545,"order_class":"bracket",{exits}"#),
        )
    };
    for (side, gain, loss, status) in [
        ("buy", "560", "545", 422),
        ("buy", "560", "544.99", 200),
        ("sell", "530", "545", 422),
        ("sell", "530", "545.01", 200),
    ] {
        let (answered, body) = stage.ask("POST", "/v2/orders", &bracket(side, gain, loss));
        assert_eq!(answered, status, "{side} {loss}: {body}");
        stage.ask("DELETE", "/v2/positions?cancel_orders=true", "");
    }
}

#[test]
fn who_sells_more_than_is_free_is_told_how_much_is() {
    let mut stage = Stage::new();
    stage.order(&order("AAPL", "10", ""));
    stage.order(&order("AAPL", "6", r#""side":"sell","type":"limit","limit_price":170"#));
    let (status, refusal) = stage.ask("POST", "/v2/orders", &order("AAPL", "5", r#""side":"sell""#));
    assert_eq!(status, 403);
    assert_eq!(
        super::fields(&refusal, &["message", "available", "existing_qty", "held_for_orders"]),
        "insufficient qty available for order (requested: 5, available: 4) 4 10 6"
    );
    // The real venue lets nobody turn a position round with one order.
    assert_eq!(stage.ask("POST", "/v2/orders", &order("AAPL", "15", r#""side":"sell""#)).0, 403);
}

#[test]
fn an_order_that_would_trade_with_ones_own_is_a_wash_trade() {
    let mut stage = Stage::new();
    let resting = stage.order(&order("AAPL", "1", r#""type":"limit","limit_price":150.25"#));
    let sell = r#""side":"sell","type":"limit","limit_price":150.20"#;
    stage.ask("DELETE", &format!("/v2/orders/{}", super::id(&resting)), "");
    let resting = stage.order(&order("AAPL", "1", r#""type":"limit","limit_price":140"#));
    assert_eq!(stage.ask("POST", "/v2/orders", &order("AAPL", "1", sell)).0, 200);
    let (status, refusal) = stage.ask("POST", "/v2/orders", &order("AAPL", "1", r#""side":"sell""#));
    assert_eq!((status, text(&refusal["existing_order_id"])), (403, super::id(&resting).as_str()));
    assert!(text(&refusal["message"]).starts_with("potential wash trade detected"));
}

#[test]
fn a_short_sale_needs_an_account_that_may() {
    let mut stage = Stage::new();
    let answer = stage.order(&order("AAPL", "5", r#""side":"sell""#));
    assert_eq!(text(&answer["position_intent"]), "sell_to_open");
    let position = stage.get("/v2/positions/AAPL");
    assert_eq!(super::fields(&position, &["qty", "side"]), "-5 short");
    let (status, _) = stage.ask("PATCH", "/v2/account/configurations", r#"{"no_shorting":true}"#);
    assert_eq!(status, 200);
    let (status, refusal) = stage.ask("POST", "/v2/orders", &order("SPY", "5", r#""side":"sell""#));
    assert_eq!((status, text(&refusal["message"])), (403, "account is not allowed to short"));
    let (status, refusal) = stage.ask("PATCH", "/v2/account/configurations", r#"{"suspend_trade":true}"#);
    assert_eq!((status, &refusal["suspend_trade"]), (200, &true.into()));
    assert_eq!(stage.ask("POST", "/v2/orders", &order("SPY", "5", "")).0, 403);
}

#[test]
fn an_account_without_margin_sells_nothing_short() {
    let mut stage = Stage::of(Plan { leverage: 1, ..Plan::default() });
    assert_eq!(stage.get("/v2/account")["shorting_enabled"], false);
    let (status, refusal) = stage.ask("POST", "/v2/orders", &order("AAPL", "5", r#""side":"sell""#));
    assert_eq!((status, text(&refusal["message"])), (403, "account is not allowed to short"));
}

#[test]
fn orders_for_the_auctions_are_taken_before_them() {
    let mut stage = Stage::of(Plan { begin: Timestamp(OPEN - 30 * MINUTE), ..Plan::default() });
    let order_at_open = stage.order(&order("AAPL", "1", r#""time_in_force":"opg""#));
    stage.go(31 * 60);
    assert_eq!(text(&stage.get(&format!("/v2/orders/{}", super::id(&order_at_open)))["status"]), "filled");
}

#[test]
fn wrong_keys_are_refused_and_crypto_data_are_for_everybody() {
    let mut stage = Stage::new();
    let mut status = |target: &str, keys: &[(&str, &str)]| match stage.reply("GET", target, keys, "") {
        super::Reply::Answer(answer) => super::read(&answer).0,
        other => panic!("{other:?}"),
    };
    assert_eq!(status("/v2/account", &[]), 401);
    assert_eq!(status("/v2/account", &[("APCA-API-KEY-ID", "PKLOOPBACK"), ("APCA-API-SECRET-KEY", "no")]), 401);
    assert_eq!(status("/v2/stocks/bars/latest?symbols=AAPL", &[]), 401);
    assert_eq!(status("/v1beta3/crypto/us/latest/bars?symbols=BTC%2FUSD", &[]), 200);
    assert_eq!(stage.ask("GET", "/v2/nothing", "").0, 404);
    assert_eq!(stage.ask("PUT", "/v2/orders", "").0, 404);
}

#[test]
fn the_201st_request_of_a_minute_waits_for_the_next_one() {
    let mut plan = Plan::default();
    plan.options.requests_per_minute = Some(3);
    let mut stage = Stage::of(plan);
    let mut ask = || match stage.reply(
        "GET",
        "/v2/clock",
        &[("APCA-API-KEY-ID", "PKLOOPBACK"), ("APCA-API-SECRET-KEY", "loopback-secret")],
        "",
    ) {
        super::Reply::Answer(answer) => answer,
        other => panic!("{other:?}"),
    };
    let answers: Vec<_> = (0..4).map(|_| ask()).collect();
    let header = |at: usize, name: &str| {
        let found = answers[at].headers.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.clone()).expect("a header")
    };
    assert_eq!(answers.iter().map(|it| it.status).collect::<Vec<_>>(), [200, 200, 200, 429]);
    assert_eq!([header(0, "x-ratelimit-limit"), header(0, "x-ratelimit-remaining")], ["3", "2"]);
    assert_eq!(header(3, "x-ratelimit-reset"), "1767364260");
    assert_eq!(super::read(&answers[3]).1, serde_json::json!({"code": 42_910_000, "message": "rate limit exceeded"}));
}
