//! The account, its positions and their closing, activities, the clock and the history of the portfolio.
use super::{OPEN, Stage, fields, id, text};
use crate::alpaca::moment;
use engine::Timestamp;

const BUY: &str = r#"{"symbol":"AAPL","qty":"10","side":"buy","type":"market","time_in_force":"day"}"#;

#[test]
fn a_fresh_account_has_its_cash_four_times() {
    let mut stage = Stage::new();
    let account = stage.get("/v2/account");
    assert_eq!(
        fields(&account, &["status", "cash", "equity", "buying_power", "non_marginable_buying_power", "multiplier"]),
        "ACTIVE 100000 100000 400000 100000 4"
    );
    assert!(account["pattern_day_trader"].is_null(), "gone since July 2026");
    assert_eq!(account["shorting_enabled"], true);
}

#[test]
fn money_and_holdings_add_up() {
    let mut stage = Stage::new();
    stage.order(BUY);
    stage.go(300);
    let account = stage.get("/v2/account");
    let number = |field: &str| text(&account[field]).parse::<rust_decimal::Decimal>().expect("a number");
    assert_eq!(number("cash") + number("long_market_value"), number("equity"));
    assert_eq!(number("buying_power"), number("equity") * rust_decimal::Decimal::from(4) - number("long_market_value"));
    let position = stage.get("/v2/positions/AAPL");
    let of = |field: &str| text(&position[field]).parse::<rust_decimal::Decimal>().expect("a number");
    assert_eq!(of("market_value"), of("qty") * of("current_price"));
    assert_eq!(of("market_value") - of("cost_basis"), of("unrealized_pl"));
    assert!(of("unrealized_pl") > 0.into(), "the market rises");
    let all = stage.get("/v2/positions");
    assert_eq!(all, serde_json::json!([position]));
}

#[test]
fn a_position_is_closed_in_parts_and_whole() {
    let mut stage = Stage::new();
    stage.order(BUY);
    let close = |stage: &mut Stage, query: &str| stage.ask("DELETE", &format!("/v2/positions/AAPL{query}"), "");
    let (status, order) = close(&mut stage, "?qty=2.5");
    assert_eq!(
        (status, fields(&order, &["qty", "side", "type", "position_intent"])),
        (200, "2.5 sell market sell_to_close".into())
    );
    assert_eq!(text(&stage.get("/v2/positions/AAPL")["qty"]), "7.5");
    assert_eq!(text(&close(&mut stage, "?percentage=50").1["qty"]), "3.75");
    assert_eq!(close(&mut stage, "?percentage=101").0, 422);
    assert_eq!(close(&mut stage, "?percentage=10&qty=1").0, 422);
    assert_eq!(text(&close(&mut stage, "").1["qty"]), "3.75");
    let (status, body) = close(&mut stage, "");
    assert_eq!((status, text(&body["message"])), (404, "position does not exist"));
}

#[test]
fn closing_everything_cancels_orders_first_where_it_is_asked_to() {
    let mut stage = Stage::new();
    stage.order(BUY);
    let sell = BUY.replace("buy", "sell").replace("market", "limit").replace('}', r#","limit_price":"170"}"#);
    let resting = stage.order(&sell);
    let (status, rows) = stage.ask("DELETE", "/v2/positions", "");
    assert_eq!((status, &rows[0]["status"]), (207, &403.into()));
    assert_eq!(fields(&rows[0]["body"], &["available", "held_for_orders"]), "0 10");
    let (status, rows) = stage.ask("DELETE", "/v2/positions?cancel_orders=True", "");
    assert_eq!((status, text(&rows[0]["symbol"]), &rows[0]["status"]), (207, "AAPL", &200.into()));
    assert_eq!(stage.get("/v2/positions"), serde_json::json!([]));
    assert_eq!(text(&stage.get(&format!("/v2/orders/{}", id(&resting)))["status"]), "canceled");
}

#[test]
fn activities_come_in_pages_of_which_the_last_id_is_the_token() {
    let mut stage = Stage::new();
    for _ in 0..5 {
        stage.order(&BUY.replace("\"10\"", "\"1\""));
        stage.go(60);
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = stage.get(&format!("/v2/account/activities?activity_types=FILL&page_size=2{token}"));
        let rows = page.as_array().expect("rows").clone();
        let Some(last) = rows.last() else { break };
        token = format!("&page_token={}", id(last));
        seen.extend(rows.iter().map(id));
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {seen:?}");
    let after = moment::utc(Timestamp(OPEN + 7 * super::MINUTE));
    let rows = stage.get(&format!("/v2/account/activities/FILL?after={after}&direction=asc"));
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    assert_eq!(stage.ask("GET", "/v2/account/activities?page_size=101", "").0, 422);
}

#[test]
fn the_clock_and_the_calendar_are_those_of_the_market() {
    let mut stage = Stage::new();
    let clock = stage.get("/v2/clock");
    assert_eq!(
        clock,
        serde_json::json!({"timestamp": "2026-01-02T09:35:00-05:00", "is_open": true,
            "next_open": "2026-01-05T09:30:00-05:00", "next_close": "2026-01-02T16:00:00-05:00"})
    );
    let days = stage.get("/v2/calendar?start=2026-01-01&end=2026-01-04");
    assert_eq!(fields(&days[0], &["date", "open", "close", "session_open"]), "2026-01-02 09:30 16:00 0400");
    assert_eq!(days.as_array().map(Vec::len), Some(1));
    assert_eq!(stage.ask("GET", "/v2/calendar?start=yesterday", "").0, 422);
}

#[test]
fn assets_are_found_with_a_raw_slash_an_escaped_one_and_without() {
    let mut stage = Stage::new();
    let btc = stage.get("/v2/assets/BTC/USD");
    assert_eq!(fields(&btc, &["symbol", "class", "exchange", "min_trade_increment"]), "BTC/USD crypto CRYPTO 0.000001");
    for name in ["BTC%2FUSD", "BTCUSD", text(&btc["id"])] {
        assert_eq!(stage.get(&format!("/v2/assets/{name}")), btc, "{name}");
    }
    assert_eq!(stage.get("/v2/assets?asset_class=crypto&status=active").as_array().map(Vec::len), Some(2));
    assert_eq!(stage.get("/v2/assets").as_array().map(Vec::len), Some(4));
    let (status, body) = stage.ask("GET", "/v2/assets/NOPE", "");
    assert_eq!((status, text(&body["message"])), (404, "asset not found for NOPE"));
}

#[test]
fn the_history_of_the_portfolio_follows_the_equity() {
    let mut stage = Stage::new();
    stage.go(60);
    stage.order(BUY);
    for _ in 0..5 {
        stage.go(60);
    }
    let history = stage.get("/v2/account/portfolio/history?period=1D&timeframe=1Min");
    let equity = history["equity"].as_array().expect("a list");
    assert_eq!((equity.len(), &history["base_value"]), (6, &100_000.into()), "{history}");
    assert!(equity.last().and_then(serde_json::Value::as_f64) > Some(100_000.0), "{history}");
    assert_eq!(stage.ask("GET", "/v2/account/portfolio/history?timeframe=2Min", "").0, 422);
}

#[test]
fn a_time_that_the_market_has_not_come_to_is_one_of_the_machines_clock() {
    let mut stage = Stage::new();
    stage.wall = Timestamp(OPEN + 1_000_000 * super::MINUTE);
    stage.order(BUY);
    let asked = |minutes: i64| moment::utc(Timestamp(OPEN + minutes * super::MINUTE));
    for (after, count) in [(asked(4), 1), (asked(5), 0), (asked(999_999), 1), (asked(1_000_000), 0)] {
        let fills = stage.get(&format!("/v2/account/activities/FILL?after={after}"));
        let orders = stage.get(&format!("/v2/orders?status=all&after={after}"));
        let counts = [fills, orders].map(|rows| rows.as_array().map(Vec::len));
        assert_eq!(counts, [Some(count); 2], "{after}");
    }
}
