//! The data API: bars with pages, both ends included, and the newest of everything.
use super::{Plan, Stage, text};
use serde_json::Value;

fn times(bars: &Value) -> Vec<&str> {
    bars.as_array().expect("bars").iter().map(|bar| text(&bar["t"]).get(11..16).expect("a time")).collect()
}

#[test]
fn bars_are_numbers_stamped_with_their_open() {
    let mut stage = Stage::new();
    let body =
        stage.get("/v2/stocks/bars?symbols=AAPL&timeframe=1Min&start=2026-01-02T14:30:00Z&end=2026-01-02T14:32:00Z");
    assert_eq!(times(&body["bars"]["AAPL"]), ["14:30", "14:31", "14:32"], "both ends are included");
    let first = &body["bars"]["AAPL"][0];
    assert_eq!(
        first.to_string(),
        r#"{"c":150.1,"h":150.6,"l":149.5,"n":1,"o":150,"t":"2026-01-02T14:30:00Z","v":1200,"vw":150.066667}"#
    );
    assert!(body["next_page_token"].is_null());
}

#[test]
fn a_limit_counts_over_all_symbols() {
    let mut stage = Stage::new();
    let base = "/v2/stocks/bars?symbols=SPY,AAPL&timeframe=1Min&start=2026-01-02T14:30:00Z&limit=3";
    let (mut target, mut seen) = (base.to_string(), Vec::new());
    loop {
        let page = stage.get(&target);
        let mut row = String::new();
        for symbol in ["AAPL", "SPY"] {
            row += &format!("{} ", page["bars"][symbol].as_array().map_or(0, Vec::len));
        }
        seen.push(row);
        let Some(token) = page["next_page_token"].as_str() else { break };
        target = format!("{base}&page_token={}", token.replace('=', "%3D"));
    }
    // Five minutes of each are known.
    assert_eq!(seen, ["3 0 ", "2 1 ", "0 3 ", "0 1 "]);
}

#[test]
fn longer_bars_are_made_of_minutes_and_days_begin_at_midnight_in_new_york() {
    let mut stage = Stage::new();
    let bars = |stage: &mut Stage, rest: &str| stage.get(&format!("/v2/stocks/AAPL/bars?start=2026-01-01&{rest}"));
    let two = bars(&mut stage, "timeframe=2Min");
    assert_eq!(times(&two["bars"]), ["14:30", "14:32", "14:34"]);
    assert_eq!((&two["bars"][0]["v"], text(&two["symbol"])), (&2_400.into(), "AAPL"));
    let day = bars(&mut stage, "timeframe=1Day");
    assert_eq!(text(&day["bars"][0]["t"]), "2026-01-02T05:00:00Z");
    let month = stage.get("/v1beta3/crypto/us/bars?symbols=BTC%2FUSD&timeframe=3Month&start=2025-06-01");
    let quarters = [0, 1].map(|place: usize| text(&month["bars"]["BTC/USD"][place]["t"]).to_string());
    assert_eq!(quarters, ["2025-10-01T00:00:00Z", "2026-01-01T00:00:00Z"]);
    let down = bars(&mut stage, "timeframe=1Min&sort=desc&limit=2");
    assert_eq!(times(&down["bars"]), ["14:34", "14:33"]);
    let none = stage.get("/v2/stocks/AAPL/bars?timeframe=1Min&start=2025-01-01&end=2025-01-02");
    assert_eq!((none["bars"].is_null(), none["next_page_token"].is_null()), (true, true));
}

#[test]
fn a_query_that_makes_no_sense_says_which_part() {
    let mut stage = Stage::new();
    for (target, words) in [
        ("/v2/stocks/bars?timeframe=1Min", "symbols is required"),
        ("/v2/stocks/bars?symbols=AAPL", "timeframe is required"),
        ("/v2/stocks/bars?symbols=AAPL&timeframe=7Parsec", "invalid timeframe"),
        ("/v2/stocks/bars?symbols=AAPL&timeframe=1Min&limit=0", "limit must be between 1 and 10000"),
        ("/v2/stocks/bars?symbols=AAPL&timeframe=1Min&start=soon", "invalid start"),
        ("/v2/stocks/bars?symbols=AAPL&timeframe=1Min&page_token=zzz", "invalid page_token"),
        ("/v2/stocks/bars?symbols=BTC%2FUSD&timeframe=1Min", "invalid symbol: BTC/USD"),
        ("/v1beta3/crypto/us/bars?symbols=BTCUSD&timeframe=1Min", "invalid symbol: BTCUSD"),
    ] {
        let (status, body) = stage.ask("GET", target, "");
        assert_eq!((status, text(&body["message"])), (400, words), "{target}");
    }
    assert_eq!(stage.ask("GET", "/v2/stocks/nothing?symbols=AAPL", "").0, 404);
}

#[test]
fn the_newest_of_everything_leaves_out_what_is_unknown() {
    let mut stage = Stage::new();
    let bars = stage.get("/v2/stocks/bars/latest?symbols=AAPL,NOPE");
    assert_eq!(text(&bars["bars"]["AAPL"]["t"]), "2026-01-02T14:34:00Z");
    assert!(bars["bars"]["NOPE"].is_null());
    let trade = stage.get("/v2/stocks/AAPL/trades/latest");
    assert_eq!((text(&trade["symbol"]), text(&trade["trade"]["x"])), ("AAPL", "V"));
    let quote = &stage.get("/v1beta3/crypto/us/latest/quotes?symbols=BTC%2FUSD")["quotes"]["BTC/USD"];
    assert!(quote["ap"].as_f64() > quote["bp"].as_f64() && quote["x"].is_null());
    let book = &stage.get("/v1beta3/crypto/us/latest/orderbooks?symbols=BTC/USD")["orderbooks"]["BTC/USD"];
    assert_eq!(book["b"].as_array().map(Vec::len), Some(1));
    let trades = stage.get("/v1beta3/crypto/us/trades?symbols=ETH/USD&start=2026-01-02T14:30:00Z&limit=5");
    assert_eq!(trades["trades"]["ETH/USD"].as_array().map(Vec::len), Some(5));
    assert!(trades["next_page_token"].is_string());
}

#[test]
fn a_snapshot_holds_the_newest_of_all() {
    let mut stage = Stage::new();
    let all = stage.get("/v2/stocks/snapshots?symbols=AAPL,INVALID");
    let names = ["latestTrade", "latestQuote", "minuteBar", "dailyBar"];
    assert!(names.iter().all(|name| !all["AAPL"][*name].is_null()), "{all}");
    assert!(all.get("INVALID").is_some_and(Value::is_null));
    assert_eq!(text(&all["AAPL"]["prevDailyBar"]["t"]), "2025-12-31T05:00:00Z");
    let crypto = stage.get("/v1beta3/crypto/us/snapshots?symbols=BTC/USD,NO/USD");
    assert_eq!(crypto["snapshots"].as_object().map(serde_json::Map::len), Some(1));
}

#[test]
fn without_a_paid_plan_the_last_quarter_of_an_hour_is_not_for_sale() {
    let mut plan = Plan::default();
    plan.options.recent_sip_refused = true;
    let mut stage = Stage::of(plan);
    let target = "/v2/stocks/bars?symbols=AAPL&timeframe=1Min&start=2026-01-02T14:30:00Z";
    assert_eq!(stage.ask("GET", target, "").0, 403);
    assert_eq!(stage.ask("GET", &format!("{target}&feed=iex"), "").0, 200);
    assert_eq!(stage.ask("GET", &format!("{target}&end=2026-01-02T14:20:00Z"), "").0, 200);
}
