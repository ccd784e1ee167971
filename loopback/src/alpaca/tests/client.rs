//! Every request that the official client was seen to send is taken, and answered as such a request is.
use super::{OPEN, Plan, Stage, id, text};
use crate::http::Reply;
use serde_json::Value;

/// What each request is answered with: a status, and a member of the body, or of its first row, that must be there.
const EXPECTED: [(&str, u16, &str); 33] = [
    ("account", 200, "buying_power"),
    ("account configurations", 200, "max_margin_multiplier"),
    ("assets", 200, "price_increment"),
    ("asset slash symbol", 200, "class"),
    ("asset", 200, "class"),
    ("market day qty", 200, "client_order_id"),
    ("market notional", 200, "notional"),
    ("market with client id", 200, "client_order_id"),
    ("limit gtc", 200, "limit_price"),
    ("limit extended hours", 200, "extended_hours"),
    ("stop", 200, "stop_price"),
    ("stop limit", 200, "stop_price"),
    ("bracket", 200, "legs"),
    ("oto", 200, "legs"),
    ("on open", 200, "id"),
    ("on close limit", 200, "id"),
    ("crypto market", 200, "id"),
    ("crypto limit ioc", 200, "id"),
    ("position intent", 200, "position_intent"),
    ("orders all filter", 200, ""),
    ("orders open", 200, ""),
    ("replace", 200, "replaces"),
    ("cancel one", 204, ""),
    ("positions", 200, ""),
    ("close position qty", 200, "side"),
    ("close all", 207, "symbol"),
    ("portfolio history", 200, "profit_loss_pct"),
    ("bars multi", 200, "bars"),
    ("bars daily", 200, "bars"),
    ("latest bar", 200, "bars"),
    ("latest quote", 200, "quotes"),
    ("trades", 200, "trades"),
    ("crypto latest orderbook", 200, "orderbooks"),
];

/// The stage on which a request makes sense: who closes holds something, who replaces has an open order.
fn stage_for(intent: &str) -> (Stage, String) {
    let mut plan = Plan::default();
    plan.options.key = "PKDEMO".into();
    plan.options.secret = "demosecret".to_string().into();
    if intent == "on open" {
        // Before 09:28 in New York.
        plan.begin = engine::Timestamp(OPEN - 30 * super::MINUTE);
    }
    let mut stage = Stage::of(plan);
    let mut open = String::new();
    let order = |stage: &mut Stage, body: &str| {
        let keys = [("apca-api-key-id", "PKDEMO"), ("apca-api-secret-key", "demosecret")];
        let Reply::Answer(answer) = stage.reply("POST", "/v2/orders", &keys, body) else { panic!("an answer") };
        let (status, answer) = super::read(&answer);
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let market = |symbol: &str, quantity: &str, span: &str| {
        format!(r#"{{"symbol":"{symbol}","qty":"{quantity}","side":"buy","type":"market","time_in_force":"{span}"}}"#)
    };
    match intent {
        "stop" | "stop limit" | "close position qty" | "close all" | "market with client id" => {
            order(&mut stage, &market("AAPL", "5", "day"));
        }
        "crypto limit ioc" => {
            order(&mut stage, &market("ETH/USD", "2", "gtc"));
        }
        "replace" | "cancel one" => {
            let body =
                r#"{"symbol":"AAPL","qty":3,"side":"buy","type":"limit","time_in_force":"gtc","limit_price":100}"#;
            open = id(&order(&mut stage, body));
        }
        _ => {}
    }
    stage.go(5);
    (stage, open)
}

#[test]
fn every_request_of_the_official_client_is_accepted() {
    let all: Value = serde_json::from_str(include_str!("client_requests.json")).expect("JSON");
    let cases = all["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), EXPECTED.len());
    for case in cases {
        let intent = text(&case["intent"]);
        let (_, status, member) = EXPECTED.iter().find(|(name, ..)| *name == intent).expect("an expectation");
        let (mut stage, open) = stage_for(intent);
        let target = text(&case["target"]).replace("61e69015-8549-4bfd-b9c3-01e75843f47d", &open);
        let headers = case["headers"].as_object().expect("headers");
        let headers: Vec<(&str, &str)> = headers.iter().map(|(key, value)| (key.as_str(), text(value))).collect();
        let body = if case["body"].is_null() { String::new() } else { case["body"].to_string() };
        let Reply::Answer(answer) = stage.reply(text(&case["method"]), &target, &headers, &body) else {
            panic!("{intent}: no answer")
        };
        let (answered, body) = super::read(&answer);
        assert_eq!(answered, *status, "{intent}: {body}");
        let row = body.as_array().and_then(|rows| rows.first()).unwrap_or(&body);
        assert!(member.is_empty() || !row[*member].is_null(), "{intent}: no `{member}` in {body}");
    }
}
