//! Every recorded answer is read, and read right.
use super::fixtures::{Case, go, openapi, rest, string};
use venues::alpaca::wire::account::Position;
use venues::alpaca::wire::answer::{Answer, answer};
use venues::alpaca::wire::market::{Bar, Quote, Trade};
use venues::alpaca::wire::order::Order;

/// A case of the official clients' tests as an answer.
fn of_rest(case: &Case) -> Answer<'_> {
    let status: u16 = case["status"].get().parse().expect("a status");
    let id = string(case, "id");
    answer(&string(case, "url"), status, case["response"].get().as_bytes())
        .unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// A case of the market data that another official client keeps.
fn of_go(case: &Case) -> Answer<'_> {
    let id = string(case, "id");
    let paths: Vec<String> = serde_json::from_str(case["paths_asserted_by_test"].get()).expect("paths");
    // Where the test names none, the answer says what was asked for.
    let json = case["response"].get();
    let guessed = [
        ("\"latestTrade\"", "/v2/stocks/snapshots"),
        ("\"trades\"", "/v2/stocks/trades"),
        ("\"quotes\"", "/v2/stocks/quotes"),
        ("\"bars\"", "/v2/stocks/bars"),
        ("\"class\"", "/v2/assets/APCA"),
    ];
    let guess = || guessed.iter().find(|(field, _)| json.contains(field)).map(|(_, path)| (*path).to_owned());
    let path = paths.first().cloned().or_else(guess).unwrap_or_else(|| panic!("{id}: {json}"));
    let status = if json.contains("\"code\"") { 422 } else { 200 };
    answer(&path, status, json.as_bytes()).unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// Every text after a key, in order: what must not be lost.
fn count(json: &str, key: &str) -> usize {
    json.matches(&format!("\"{key}\":")).count()
}

#[test]
fn no_recorded_answer_is_refused_and_none_loses_a_row() {
    let mut seen = 0;
    for (id, case) in rest() {
        let (json, found) = (case["response"].get(), of_rest(&case));
        rows_are_all_there(&id, json, &found);
        seen += 1;
    }
    for (id, case) in go() {
        let (json, found) = (case["response"].get(), of_go(&case));
        rows_are_all_there(&id, json, &found);
        seen += 1;
    }
    for (id, case) in openapi() {
        if string(&case, "kind") != "response" {
            continue;
        }
        let json = case["json"].get();
        let found =
            answer(&string(&case, "path"), 200, json.as_bytes()).unwrap_or_else(|error| panic!("{id}: {error}"));
        rows_are_all_there(&id, json, &found);
        seen += 1;
    }
    assert_eq!(seen, 63 + 36 + 24);
}

fn rows_are_all_there(id: &str, json: &str, found: &Answer<'_>) {
    match found {
        Answer::Nothing => assert!(json == "null", "{id}"),
        Answer::Fault(fault) => assert!(fault.message.is_some() || json == "null", "{id}"),
        Answer::Bars(page) => assert_eq!(page.all().count(), count(json, "o"), "{id}"),
        Answer::Trades(page) => assert_eq!(page.all().count(), count(json, "p"), "{id}"),
        Answer::Quotes(page) => assert_eq!(page.all().count(), count(json, "bp"), "{id}"),
        Answer::Auctions(page) => {
            let auctions = page.all().map(|(_, day)| day.opening.len() + day.closing.len()).sum::<usize>();
            assert_eq!(auctions, count(json, "p"), "{id}");
        }
        Answer::Orders(orders) => {
            assert!(orders.iter().all(|order| !order.id.is_empty()), "{id}");
            let legs: usize = orders.iter().map(|order| order.legs.iter().flatten().count()).sum();
            assert_eq!(orders.len() + legs, count(json, "client_order_id").max(1), "{id}");
        }
        Answer::Activities(rows) => assert_eq!(rows.len(), count(json, "activity_type"), "{id}"),
        Answer::Positions(rows) => assert_eq!(rows.len(), count(json, "asset_id"), "{id}"),
        Answer::Assets(rows) => assert_eq!(rows.len(), count(json, "tradable"), "{id}"),
        Answer::Snapshots(rows) => {
            let bars = rows.0.values().flatten().flat_map(|it| [&it.minute, &it.day, &it.day_before]).flatten().count();
            assert_eq!(bars, count(json, "o"), "{id}");
        }
        Answer::Parts(parts) => assert!(parts.iter().all(|part| part.status.is_some()), "{id}"),
        Answer::Watchlists(lists) => {
            let assets: usize = lists.iter().map(|list| list.assets.iter().flatten().count()).sum();
            assert_eq!(assets, count(json, "tradable"), "{id}");
        }
        _ => {}
    }
}

fn bar(bar: &Bar<'_>) -> String {
    let numbers = [bar.open, bar.high, bar.low, bar.close].map(|number| number.0).join(" ");
    format!("{} {numbers} {}", bar.time, bar.volume.map_or("-", |volume| volume.0))
}

#[test]
fn bars_trades_and_quotes_keep_every_digit() {
    let go = go();
    let Answer::Bars(page) = of_go(&go["alpaca_go_GetBars"]) else { panic!("bars") };
    let bars: Vec<String> = page.of("AMZN").iter().map(bar).collect();
    assert_eq!(bars.len(), 5);
    assert_eq!(bars[0], "2021-10-15T16:00:00Z 3378.14 3380.815 3376.3001 3379.72 211689");
    assert_eq!(
        (bars[2].as_str(), page.next_page_token.as_deref()),
        ("2021-10-15T16:30:00Z 3377.982 3380.86 3377 3380 58531", None)
    );
    let Answer::Bars(page) = of_go(&go["alpaca_go_GetBars_Asof"]) else { panic!("bars") };
    assert_eq!(page.next_page_token.as_deref(), Some("TUVUQXxEfDIwMjItMDYtMDlUMDQ6MDA6MDAuMDAwMDAwMDAwWg=="));
    let Answer::Bars(page) = of_go(&go["alpaca_go_GetCryptoBars"]) else { panic!("bars") };
    assert_eq!(bar(&page.of("BCH/USD")[0]), "2021-11-11T11:11:00Z 679.75 679.76 679.26 679.26 3.67960285");
    let Answer::Trades(page) = of_go(&go["alpaca_go_GetTrades"]) else { panic!("trades") };
    let Trade { time, price, size, id, .. } = &page.of("AAPL")[0];
    let (size, id) = (size.expect("a size"), id.expect("an id"));
    assert_eq!((&**time, price.0, size.0, id.0), ("2021-10-13T08:00:00.08960768Z", "140.2", "595", "1"));
    let Answer::Trades(page) = of_go(&go["alpaca_go_GetTrades_Update"]) else { panic!("trades") };
    let update = &page.of("A")[1];
    assert_eq!(update.id.map(|id| id.count()), Some(Ok(71_697_353_815_352)));
    assert_eq!(update.update.as_deref(), Some("canceled"));
    let Answer::Quotes(page) = of_go(&go["alpaca_go_CryptoQuotes"]) else { panic!("quotes") };
    let Quote { bid, ask, bid_size, ask_size, .. } = &page.of("ETH/USD")[1];
    let sizes = (bid_size.expect("a size").0, ask_size.expect("a size").0);
    assert_eq!((bid.0, ask.0, sizes), ("1820.8", "1822.554578", ("4.399406", "4.3299902")));
}

#[test]
fn a_single_symbol_is_answered_in_another_form_and_read_all_the_same() {
    let openapi = openapi();
    let read = |id: &str| openapi[id]["json"].get().to_owned();
    let json = read("alpaca_oas_get_v2_stocks_{symbol}_bars_response200_bars");
    let Ok(Answer::Bars(page)) = answer("/v2/stocks/AAPL/bars", 200, json.as_bytes()) else { panic!("bars") };
    assert_eq!(
        page.of("AAPL").iter().map(bar).collect::<Vec<_>>(),
        ["2022-01-03T09:00:00Z 178.26 178.26 178.21 178.21 1118"]
    );
    let json = read("alpaca_oas_get_v2_stocks_{symbol}_bars_latest_response200_bar");
    let Ok(Answer::Bars(page)) = answer("/v2/stocks/AAPL/bars/latest", 200, json.as_bytes()) else { panic!("bars") };
    assert_eq!(page.all().map(|(symbol, it)| (symbol, bar(it))).collect::<Vec<_>>().len(), 1);
    for empty in [r#"{"bars":null,"symbol":"X","next_page_token":null}"#, r#"{"bars":{},"next_page_token":null}"#] {
        let Ok(Answer::Bars(page)) = answer("/v2/stocks/bars", 200, empty.as_bytes()) else { panic!("bars") };
        assert_eq!(page.all().count(), 0);
    }
    let rest = rest();
    let Answer::Snapshots(rows) = of_rest(&rest["alpaca_old_data_4"]) else { panic!("snapshots") };
    let known: Vec<(&str, usize)> = rows.0.iter().map(|(symbol, rows)| (&**symbol, rows.len())).collect();
    assert_eq!(known, [("AAPL", 1), ("INVALID", 0), ("MSFT", 1)]);
}

fn order(order: &Order<'_>) -> [String; 6] {
    let number = |number: Option<venues::numbers::Number<'_>>| number.map_or("-".to_owned(), |number| number.0.into());
    let limit = number(order.limit_price);
    [
        order.symbol.to_string(),
        order.kind().into(),
        number(order.qty),
        number(order.filled_qty),
        limit,
        order.status.to_string(),
    ]
}

#[test]
fn orders_are_read_with_numbers_as_text_or_not() {
    let rest = rest();
    let only = |id: &str| match of_rest(&rest[id]) {
        Answer::Orders(orders) => order(&orders[0]),
        other => panic!("{id}: {other:?}"),
    };
    assert_eq!(only("alpaca_py_market_order"), ["AAPL`", "market", "1", "0", "-", "accepted"]);
    assert_eq!(only("alpaca_py_order_position_intent_2"), ["AAPL`", "limit", "1", "0", "300", "accepted"]);
    assert_eq!(only("alpaca_py_close_position_with_symbol"), ["AAPL", "market", "-", "0", "-", "accepted"]);
    assert_eq!(only("alpaca_py_get_orders"), ["SPY", "stop", "1", "0", "-", "new"]);
    assert_eq!(only("alpaca_old_errors_5"), ["SPY", "limit", "1", "0", "400", "accepted"]);
    assert_eq!(only("alpaca_old_orders_4"), ["", "market", "15", "0", "107.00", "new"]);
    let Answer::Orders(listed) = of_rest(&rest["alpaca_py_get_orders"]) else { panic!("orders") };
    assert_eq!(listed[0].replaced_by.as_deref(), Some("0b11f089-722d-4ced-9beb-e2eeed3637dc"));
    let openapi = openapi();
    let json = openapi["alpaca_oas_post_v2_orders_response200_Crypto"]["json"].get();
    let Ok(Answer::Orders(orders)) = answer("/v2/orders", 200, json.as_bytes()) else { panic!("orders") };
    assert_eq!(order(&orders[0]), ["ETH/USD", "limit", "0.02", "0", "2100", "pending_new"]);
    assert_eq!(orders[0].submitted_at.as_deref(), Some("2023-12-12T22:36:51.313261061Z"));
}

#[test]
fn account_positions_activities_clock_and_calendar_are_read() {
    let rest = rest();
    let Answer::Account(account) = of_rest(&rest["alpaca_py_get_account"]) else { panic!("an account") };
    assert_eq!(account.cash.map(|cash| cash.0), Some("-23140.2"));
    assert_eq!((account.status.as_deref(), account.trading_blocked), (Some("ACTIVE"), false));
    let Answer::Positions(rows) = of_rest(&rest["alpaca_py_get_all_positions"]) else { panic!("positions") };
    let Position { symbol, qty, side, .. } = &rows[0];
    assert_eq!((&**symbol, qty.0, side.as_deref()), ("AAPL", "5", Some("long")));
    let id = "alpaca_py_get_activities_for_account_max_items_and_single_request_date";
    let Answer::Activities(rows) = of_rest(&rest[id]) else { panic!("activities") };
    let row = &rows[0];
    assert_eq!(
        (&*row.id, row.cum_qty.map(|it| it.0)),
        ("20220304135420903::047e252a-a8a3-4e35-84e2-29814cbf5057", Some("1.792161878"))
    );
    let Answer::Parts(parts) = of_rest(&rest["alpaca_py_cancel_orders"]) else { panic!("parts") };
    assert_eq!(parts.iter().map(|part| part.status).collect::<Vec<_>>(), [Some(200), Some(404)]);
    let Answer::Parts(parts) = of_rest(&rest["alpaca_py_close_all_positions"]) else { panic!("parts") };
    assert_eq!(parts[0].symbol.as_deref(), Some("BTCUSD"));
    let Answer::Calendar(days) = of_rest(&rest["alpaca_old_chronos_2"]) else { panic!("a calendar") };
    assert_eq!((&*days[0].date, &*days[0].open), ("2018-01-03", "09:30"));
    let Answer::Clock(clock) = of_rest(&rest["alpaca_old_chronos"]) else { panic!("a clock") };
    assert!(clock.is_open);
    let Answer::Fault(fault) = of_rest(&rest["alpaca_old_errors_3"]) else { panic!("a fault") };
    assert_eq!((fault.code, fault.message.as_deref()), (Some(40_010_001), Some("qty or notional is required")));
    let Answer::Configurations(_) =
        of_rest(&rest["alpaca_py_get_account_configurations_without_deprecated_pdt_fields"])
    else {
        panic!("settings");
    };
    let go = go();
    let Answer::CorporateActions(actions) = of_go(&go["alpaca_go_GetCorporateActions"]) else { panic!("actions") };
    let split = &actions.corporate_actions["forward_splits"][0];
    assert_eq!((split.symbol.as_deref(), split.new_rate.map(|rate| rate.0)), (Some("FBL"), Some("5")));
}
