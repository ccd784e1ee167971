//! What the driver asks: pages to their end, terms, positions, money, sessions, time.
use super::rig::{AAPL, BTC, OPEN, Rig, limit, order, theirs, uuid, whole};
use engine::order::{FillId, OrderId};
use engine::{Action, Interval, Side, Timestamp};
use rust_decimal::Decimal;
use venues::query::Stands;
use venues::{Answer, Happening, Input, LinkFailure, Method, Movement, Purpose, Query, Unanswered};

fn answer(rig: &mut Rig) -> Result<Answer, Unanswered> {
    let found = rig.happened.iter().position(|it| matches!(it, Happening::Answer(..))).expect("an answer");
    match rig.happened.remove(found) {
        Happening::Answer(1, answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn asked(query: &Query, (method, path): (Method, &str), status: u16, body: &str) -> Result<Answer, Unanswered> {
    let mut rig = Rig::up();
    rig.requests.clear();
    rig.ask(1, query);
    rig.reply((method, path), status, body);
    answer(&mut rig)
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// Rows of bars at these minutes after two, as a page.
fn page(symbol: &str, minutes: &[&str], token: &str) -> String {
    let row = |minute: &&str| format!(r#"{{"t":"2026-01-02T14:{minute}:00Z","o":1,"h":2,"l":1,"c":2,"v":3}}"#);
    let rows: Vec<String> = minutes.iter().map(row).collect();
    format!(r#"{{"bars":{{"{symbol}":[{}]}},"next_page_token":{token}}}"#, rows.join(","))
}

#[test]
fn history_goes_on_to_the_page_without_a_token_and_leaves_out_what_is_forming() {
    let mut rig = Rig::up();
    let minute = Interval::MINUTE.0;
    let (from, to) = (Timestamp(OPEN - 5 * minute), Timestamp(OPEN + 5 * minute));
    rig.ask(1, &Query::History { instrument: BTC, from, to });
    let bars = (Method::Get, "/v1beta3/crypto/us/bars");
    let first = rig.reply(bars, 200, &page("BTC/USD", &["25", "26"], "\"QUFQTA==\""));
    assert!(first.target.contains("&end=2026-01-02T14%3A34%3A59.999999999Z&"), "{}", first.target);
    // A page may be empty and still lead on, and pages may overlap.
    let second = rig.reply(bars, 200, &page("BTC/USD", &[], "\"two\""));
    assert!(second.target.ends_with("&page_token=QUFQTA%3D%3D"), "{}", second.target);
    rig.reply(bars, 200, &page("BTC/USD", &["26", "29", "30"], "null"));
    let Ok(Answer::History(candles)) = answer(&mut rig) else { panic!("candles") };
    let minutes: Vec<i64> = candles.iter().map(|it| (it.open_time.0 - OPEN) / minute).collect();
    assert_eq!(minutes, [-5, -4, -1], "14:30 is not over");
}

#[test]
fn history_of_stocks_keeps_to_the_sessions_and_is_made_of_their_minutes() {
    let mut setup = super::rig::config();
    setup.listed[0] = super::rig::listed(AAPL, "AAPL", "15m");
    let mut rig = Rig::of(setup);
    rig.input(Input::Start);
    rig.requests.clear();
    rig.pass(20 * 60_000);
    rig.requests.clear();
    let minute = Interval::MINUTE.0;
    rig.ask(
        1,
        &Query::History { instrument: AAPL, from: Timestamp(OPEN - 60 * minute), to: Timestamp(OPEN + 60 * minute) },
    );
    let day = r#"[{"date":"2026-01-02","open":"09:30","close":"16:00"}]"#;
    rig.reply((Method::Get, "/v2/calendar?start=2026-01-01&end=2026-01-03"), 200, day);
    let bars = (Method::Get, "/v2/stocks/bars?symbols=AAPL&timeframe=1Min");
    rig.reply(bars, 200, &page("AAPL", &["10", "29", "30", "44", "45"], "null"));
    let Ok(Answer::History(candles)) = answer(&mut rig) else { panic!("candles") };
    let told: Vec<_> = candles.iter().map(|it| (it.open_time.0 - OPEN, it.known_time.0 - OPEN, it.volume)).collect();
    assert_eq!(told, [(0, 15 * minute, 6_000_000_000)], "14:10 is before the session, and 14:45 is under way");
}

#[test]
fn history_that_cannot_be_had_is_no_empty_history() {
    let history = Query::History { instrument: BTC, from: Timestamp(0), to: Timestamp(OPEN) };
    let bars = (Method::Get, "/v1beta3/crypto/us/bars");
    let refused = asked(&history, bars, 403, r#"{"message":"subscription does not permit querying recent SIP data"}"#);
    assert!(matches!(refused, Err(Unanswered::Refused(why)) if why.contains("recent SIP data")));
    assert!(matches!(asked(&history, bars, 200, "{\"bars\":[{}]}"), Err(Unanswered::Unreadable(_))));
    let mut rig = Rig::up();
    rig.ask(1, &history);
    for _ in 0..5 {
        rig.fail(bars, LinkFailure::Lost);
        rig.pass(30_000);
    }
    assert!(matches!(answer(&mut rig), Err(Unanswered::Unreachable(_))));
    assert_eq!(asked(&history, bars, 200, r#"{"bars":null,"next_page_token":null}"#), Ok(Answer::History(Vec::new())));
}

#[test]
fn terms_positions_money_and_permissions_are_answered() {
    let asset = r#"{"id":"276e2673","class":"crypto","exchange":"CRYPTO","symbol":"BTC/USD","status":"active","tradable":true,"min_order_size":"0.000026873","min_trade_increment":"0.000000001","price_increment":"1"}"#;
    let mut rig = Rig::up();
    rig.ask(1, &Query::Instruments);
    rig.reply((Method::Get, "/v2/assets/AAPL"), 404, r#"{"code":40410000,"message":"asset not found for AAPL"}"#);
    rig.reply((Method::Get, "/v2/assets/BTC%2FUSD"), 200, asset);
    let Ok(Answer::Instruments(terms)) = answer(&mut rig) else { panic!("terms") };
    let [it] = &terms[..] else { panic!("{terms:?}") };
    assert_eq!((it.instrument, it.tick, it.lot, it.min_notional), (BTC, dec("1"), dec("0.000000001"), dec("10")));
    let short = r#"[{"symbol":"BTCUSD","qty":"0.5","side":"long","avg_entry_price":"30000.5"},{"symbol":"XYZ","qty":"-7","side":"short","avg_entry_price":"3"},{"symbol":"AAPL","qty":"7","side":"short","avg_entry_price":"3"}]"#;
    let Ok(Answer::Positions(held)) = asked(&Query::Positions, (Method::Get, "/v2/positions"), 200, short) else {
        panic!("positions")
    };
    let shown: Vec<_> = held.iter().map(|it| (it.instrument, it.symbol.as_str(), it.quantity)).collect();
    assert_eq!(shown, [(Some(BTC), "BTC/USD", dec("0.5")), (None, "XYZ", dec("-7")), (Some(AAPL), "AAPL", dec("-7"))]);
    let account = r#"{"id":"x","status":"ACTIVE","currency":"USD","cash":"-23140.2","buying_power":"262113.632","trading_blocked":true}"#;
    let get = (Method::Get, "/v2/account");
    let Ok(Answer::Balances(money)) = asked(&Query::Balances, get, 200, account) else { panic!("money") };
    assert_eq!((money[0].total, money[0].available), (dec("-23140.2"), dec("262113.632")));
    let Ok(Answer::Permissions(may)) = asked(&Query::Permissions, get, 200, account) else { panic!("permissions") };
    assert_eq!((may.trade, may.withdraw), (Some(false), None));
    assert!(matches!(asked(&Query::Balances, get, 200, "{\"id\":\"x\"}"), Err(Unanswered::Unreadable(_))));
}

#[test]
fn sessions_move_with_the_clock_of_new_york_and_short_days_end_early() {
    let days = r#"[{"date":"2025-11-28","open":"09:30","close":"13:00","session_open":"0400","session_close":"1700"},{"date":"2026-07-02","open":"09:30","close":"16:00"},{"date":"2027-01-04","open":"09:30","close":"16:00"}]"#;
    let at = |text: &str| venues::instant::instant(text).expect("an instant");
    let query = Query::Sessions { from: at("2025-11-01T00:00:00Z"), to: at("2027-01-01T00:00:00Z") };
    let expected = vec![
        (at("2025-11-28T14:30:00Z"), at("2025-11-28T18:00:00Z")),
        (at("2026-07-02T13:30:00Z"), at("2026-07-02T20:00:00Z")),
    ];
    let calendar = (Method::Get, "/v2/calendar?start=2025-10-31&end=2027-01-02");
    assert_eq!(asked(&query, calendar, 200, days), Ok(Answer::Sessions(expected)));
}

#[test]
fn the_clocks_are_compared_from_the_middle_of_the_way() {
    let mut rig = Rig::up();
    rig.requests.clear();
    rig.ask(1, &Query::Time);
    rig.pass(200);
    rig.reply((Method::Get, "/v2/clock"), 200, r#"{"timestamp":"2026-01-02T09:30:01.1-05:00","is_open":true}"#);
    let clock = Happening::Clock { ahead_ns: 1_000_000_000, within_ns: 100_000_000 };
    assert!(rig.happened.contains(&clock), "{:?}", rig.happened);
    assert_eq!(answer(&mut rig), Ok(Answer::Time(Timestamp(OPEN + 1_100_000_000))));
}

#[test]
fn orders_of_anybody_are_listed_each_once_with_those_of_their_groups() {
    let leg = theirs(3, "drawn", "held").json();
    let ours = theirs(1, "run7-1-2", "partially_filled").filled("2.5").with(&format!("\"legs\":[{leg}]")).json();
    let gone = theirs(4, "x", "canceled").json();
    let body = format!("[{ours},{leg},{gone}]");
    let path = "/v2/orders?status=open&limit=500&direction=asc";
    let Ok(Answer::OpenOrders(orders)) = asked(&Query::OpenOrders, (Method::Get, path), 200, &body) else {
        panic!("orders")
    };
    let shown: Vec<_> = orders.iter().map(|it| (it.order, it.venue_id.clone(), it.filled, it.stands)).collect();
    assert_eq!(shown, [(Some(OrderId(1)), uuid(1), dec("2.5"), Stands::Open), (None, uuid(3), dec("0"), Stands::Open)]);
    let none = asked(&Query::Order(OrderId(9)), (Method::Get, "/v2/orders:by"), 404, r#"{"code":40410000}"#);
    assert_eq!(none, Ok(Answer::Order(None)));
}

#[test]
fn every_open_order_is_cancelled_without_any_knowledge_of_ours() {
    let parts = r#"[{"id":"497f6eca","status":200},{"id":"72249bb6","status":404,"body":{"code":40410000,"message":"order not found"}}]"#;
    let mut rig = Rig::up();
    rig.ask(1, &Query::CancelAll(None));
    rig.reply((Method::Delete, "/v2/orders"), 207, parts);
    assert_eq!(answer(&mut rig), Ok(Answer::Cancelling(1)));
    assert!(rig.notes().iter().any(|note| note.contains("72249bb6")));
    let mut rig = Rig::up();
    rig.requests.clear();
    rig.ask(1, &Query::CancelAll(Some(BTC)));
    let open = format!("[{},{}]", theirs(5, "x", "new").json(), theirs(6, "y", "new").json());
    rig.reply((Method::Get, "/v2/orders?status=open&limit=500&direction=asc&symbols=BTC%2FUSD"), 200, &open);
    assert_eq!(answer(&mut rig), Ok(Answer::Cancelling(2)));
    for id in [5, 6] {
        rig.reply((Method::Delete, &format!("/v2/orders/{}", uuid(id))), 204, "");
    }
    let mut rig = Rig::up();
    rig.ask(1, &Query::CancelAll(None));
    rig.fail((Method::Delete, "/v2/orders"), LinkFailure::Lost);
    assert!(matches!(answer(&mut rig), Err(Unanswered::Unreachable(_))));
}

#[test]
fn fills_are_listed_under_the_ids_by_which_they_were_booked() {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    rig.reply((Method::Post, "/v2/orders"), 200, &theirs(1, "run7-1", "new").json());
    let four = theirs(1, "run7-1", "partially_filled").filled("4");
    rig.hear(&four.fill(2, "4", "149.98"));
    rig.ask(1, &Query::Fills(Timestamp(OPEN)));
    let foreign = theirs(9, "x", "filled").filled("1").activity(5, "1", "150");
    rig.reply(
        (Method::Get, "/v2/account/activities/FILL"),
        200,
        &format!("[{},{foreign}]", four.activity(1, "4", "149.98")),
    );
    let next = rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    assert!(next.target.contains("&page_token=20260102093001005%3A%3A"), "the last row leads on: {}", next.target);
    let Ok(Answer::Fills(fills)) = answer(&mut rig) else { panic!("fills") };
    let execution = FillId(0xe000_0002_0000_4000_8000_0000_0000_0000);
    let activity = FillId(0xac00_0005_0000_4000_8000_0000_0000_0000);
    let shown: Vec<_> = fills.iter().map(|it| (it.order, it.fill, it.quantity)).collect();
    assert_eq!(shown, [(OrderId(1), execution, whole(4)), (OrderId(0), activity, whole(1))]);
}

#[test]
fn a_fee_on_crypto_is_money_that_moved_and_told_once() {
    let mut rig = Rig::up();
    let fee = r#"{"id":"20260102000000000::53be51ba-46f9-43de-b81f-576f241dc680","activity_type":"CFEE","date":"2026-01-02","net_amount":"0","description":"Coin Pair Transaction Fee","symbol":"BTCUSD","qty":"-0.000195","price":"1884.5","status":"executed"}"#;
    let paid = r#"{"id":"20260102000000000::a","activity_type":"DIV","date":"2026-01-02","net_amount":"1.02","symbol":"AAPL","qty":"2","per_share_amount":"0.51"}"#;
    let fill = theirs(9, "x", "filled").filled("1").activity(5, "1", "150");
    for _ in 0..2 {
        rig.reply((Method::Get, "/v2/account/activities?"), 200, &format!("[{paid},{fill},{fee}]"));
        rig.pass(600_001);
    }
    let moved: Vec<&Movement> =
        rig.happened.iter().filter_map(|it| if let Happening::Cash(moved) = it { Some(moved) } else { None }).collect();
    let shown: Vec<_> =
        moved.iter().map(|it| (it.purpose, it.instrument, it.asset.as_str(), it.amount, it.price)).collect();
    assert_eq!(
        shown,
        [
            (Purpose::Fee, Some(BTC), "BTC", dec("-0.000195"), Some(dec("1884.5"))),
            (Purpose::Dividend, Some(AAPL), "USD", dec("1.02"), None),
        ]
    );
}

#[test]
fn without_a_key_everything_but_crypto_candles_is_refused() {
    let mut setup = super::rig::config();
    setup.credentials = None;
    setup.listed.remove(0);
    let mut rig = Rig::of(setup);
    rig.input(Input::Start);
    rig.ask(1, &Query::Positions);
    assert!(matches!(answer(&mut rig), Err(Unanswered::Refused(_))));
    rig.act(&[Action::Submit(engine::order::OrderRequest { instrument: BTC, ..order(1, Side::Buy, 1, limit(1)) })]);
    assert_eq!(rig.reports(), ["rejected 1 invalid"]);
}

#[test]
fn cancels_get_through_when_questions_have_spent_the_budget() {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    rig.reply((Method::Post, "/v2/orders"), 200, &theirs(1, "run7-1", "new").json());
    for number in 0..500 {
        rig.ask(number + 10, &Query::Positions);
    }
    let asked = rig.requests.iter().filter(|it| it.target == "/v2/positions").count();
    assert!((100..150).contains(&asked), "{asked} of 500 went, the rest waits");
    rig.reports();
    rig.act(&[
        Action::Submit(order(2, Side::Buy, 10, limit(15_000))),
        Action::Cancel { order: OrderId(1), instrument: AAPL },
    ]);
    assert_eq!(rig.reports(), ["rejected 2 invalid"], "an order does not wait");
    rig.request(Method::Delete, "/v2/orders/");
    rig.pass(61_000);
    assert!(rig.requests.iter().filter(|it| it.target == "/v2/positions").count() > asked);
}

#[test]
fn a_limit_of_requests_is_waited_for_until_the_venue_says() {
    let mut rig = Rig::up();
    rig.requests.clear();
    rig.ask(1, &Query::Positions);
    let ticket = rig.request(Method::Get, "/v2/positions").ticket;
    let reset = (OPEN / 1_000_000_000 + 20).to_string();
    let headers = [("x-ratelimit-reset".to_owned(), reset)];
    rig.input(Input::Answered {
        ticket,
        status: 429,
        headers: &headers,
        body: b"{\"message\":\"too many requests.\"}",
    });
    rig.pass(19_000);
    assert!(rig.take(Method::Get, "/v2/positions").is_none());
    rig.pass(2_000);
    rig.reply((Method::Get, "/v2/positions"), 200, "[]");
    assert_eq!(answer(&mut rig), Ok(Answer::Positions(Vec::new())));
}
