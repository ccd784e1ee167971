//! Every recorded answer is read to the right values: nothing of it is lost or refused.
use serde::Deserialize;
use serde_json::value::RawValue;
use venues::bingx::wire::account::{self, ApiKeys, DualSide, KillTimer, PositionRow};
use venues::bingx::wire::envelope::{Outcome, outcome};
use venues::bingx::wire::market::{self, Contract, FundingRate, Premium, ServerTime};
use venues::bingx::wire::order::{self, Cancelled, FillRow, OrderRow};
use venues::bingx::wire::{Word, given};
use venues::query::Stands;

/// The cases of a file, each with the text that it had.
pub(super) fn cases<T: for<'a> Deserialize<'a>>(file: &str) -> Vec<T> {
    #[derive(Deserialize)]
    struct File<T> {
        cases: Vec<T>,
    }
    let path = format!("{}/tests/fixtures/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect(&path);
    serde_json::from_str::<File<T>>(&text).expect(&path).cases
}

#[derive(Deserialize)]
struct Rest {
    id: String,
    market: String,
    path: String,
    response: Box<RawValue>,
}

/// Every number and text of an object, by its key, as it stands there.
fn words(object: &str) -> Vec<(String, String)> {
    let fields: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(object).unwrap_or_default();
    fields.into_iter().map(|(key, value)| (key, value.get().trim_matches('"').to_string())).collect()
}

fn list(data: &str, key: &str) -> Vec<String> {
    let rows = |text: &str| serde_json::from_str::<Vec<Box<RawValue>>>(text).ok();
    let inner = words(data).into_iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let found = rows(data).or_else(|| inner.and_then(|inner| rows(&inner))).unwrap_or_default();
    found.iter().map(|row| row.get().to_string()).collect()
}

/// That a row says what its object says.
fn says(object: &str, found: &[(&str, Word<'_>)], id: &str) {
    for (key, value) in words(object) {
        if let Some((_, word)) = found.iter().find(|(name, _)| *name == key) {
            let expected = (!value.is_empty() && value != "null").then_some(value.as_str());
            assert_eq!(given(word), expected, "{id}: {key}");
        }
    }
}

fn check_order(row: &OrderRow<'_>, object: &str, id: &str) {
    let of = |name: &str| words(object).into_iter().find(|(key, _)| key == name).map(|(_, value)| value);
    assert_eq!(row.id().map(|id| id.to_string()), of("orderId"), "{id}");
    let found = [
        ("symbol", row.symbol),
        ("side", row.side),
        ("positionSide", row.position_side),
        ("type", row.kind),
        ("origQty", row.orig_qty),
        ("quantity", row.quantity),
        ("price", row.price),
        ("stopPrice", row.stop_price),
        ("executedQty", row.executed_qty),
        ("avgPrice", row.avg_price),
        ("cumQuote", row.cum_quote),
        ("commission", row.commission),
        ("status", row.status),
        ("time", row.time),
        ("updateTime", row.update_time),
        ("reduceOnly", row.reduce_only),
        ("leverage", row.leverage),
    ];
    says(object, &found, id);
    if let Some(status) = given(&row.status) {
        assert_ne!(venues::bingx::map::status::stands(status), Stands::Unclear, "{id}: {status}");
    }
    let client = of("clientOrderId").or_else(|| of("clientOrderID")).filter(|text| !text.is_empty());
    assert_eq!(row.client_id().map(str::to_string), client, "{id}");
}

fn check_fill(row: &FillRow<'_>, object: &str, id: &str) {
    let of = |names: [&str; 2]| {
        let found = |name: &str| words(object).into_iter().find(|(key, _)| key == name).map(|(_, value)| value);
        names.iter().find_map(|name| found(name))
    };
    assert_eq!(row.quantity().map(str::to_string), of(["qty", "volume"]), "{id}");
    assert_eq!(row.price().map(str::to_string), of(["tradePrice", "price"]), "{id}");
    assert_eq!(row.fee_asset().map(str::to_string), of(["commissionAsset", "currency"]), "{id}");
    says(object, &[("orderId", row.order_id), ("commission", row.commission), ("symbol", row.symbol)], id);
}

/// Reads the data of a perpetual's answer as the adapter does; says whether it knows such answers.
fn check_data(path: &str, data: &str, id: &str) -> bool {
    let tail = path.trim_start_matches("/openApi/swap/").split_once('/').map_or(path, |(_, tail)| tail);
    match tail {
        "server/time" => drop(serde_json::from_str::<ServerTime<'_>>(data).expect(id)),
        "quote/klines" | "market/markPriceKlines" => {
            let rows = market::klines(data).expect(id);
            assert_eq!(rows.len(), list(data, "").len(), "{id}");
            for (row, object) in rows.iter().zip(list(data, "")) {
                let time = row.open_time;
                let found = [("open", row.open), ("high", row.high), ("low", row.low), ("close", row.close)];
                let found = found.map(|(key, value)| (key, Some(value)));
                says(&object, &found, id);
                says(&object, &[("volume", Some(row.volume)), ("time", Some(time)), ("openTime", Some(time))], id);
            }
        }
        "quote/contracts" => {
            let rows: Vec<Contract<'_>> = market::rows(data).expect(id);
            for (row, object) in rows.iter().zip(list(data, "")) {
                let found = [
                    ("symbol", Some(row.symbol)),
                    ("quantityPrecision", row.quantity_precision),
                    ("pricePrecision", row.price_precision),
                    ("tradeMinUSDT", row.trade_min_usdt),
                    ("makerFeeRate", row.maker_fee_rate),
                    ("takerFeeRate", row.taker_fee_rate),
                    ("status", row.status),
                ];
                says(&object, &found, id);
                assert!(market::is_tradable(row), "{id}");
            }
        }
        "quote/premiumIndex" => {
            let rows: Vec<Premium<'_>> = market::rows(data).expect(id);
            assert!(rows.iter().all(|row| given(&row.next_funding_time).is_some()), "{id}");
        }
        "quote/fundingRate" => drop(market::rows::<FundingRate<'_>>(data).expect(id)),
        "user/balance" => assert_eq!(account::balances(data).expect(id).len(), list(data, "").len().max(1), "{id}"),
        "user/positions" => drop(market::rows::<PositionRow<'_>>(data).expect(id)),
        "positionSide/dual" => drop(serde_json::from_str::<DualSide<'_>>(data).expect(id)),
        "trade/cancelAllAfter" => drop(serde_json::from_str::<KillTimer<'_>>(data).expect(id)),
        _ => return check_orders(tail, data, id),
    }
    true
}

/// The same of orders and fills.
fn check_orders(tail: &str, data: &str, id: &str) -> bool {
    match tail {
        "trade/order" | "trade/order/test" | "trade/openOrder" => {
            let object = words(data).into_iter().find(|(key, _)| key == "order").expect(id).1;
            check_order(&order::order(data).expect(id), &object, id);
        }
        "trade/openOrders" | "trade/allOrders" | "trade/fullOrder" | "trade/forceOrders" | "trade/batchOrders" => {
            let (rows, objects) = (order::orders(data).expect(id), list(data, "orders"));
            assert_eq!(rows.len(), objects.len(), "{id}");
            rows.iter().zip(objects).for_each(|(row, object)| check_order(row, &object, id));
        }
        "trade/allOpenOrders" => {
            let said: Cancelled<'_> = serde_json::from_str(data).expect(id);
            let rows = said.success.expect(id);
            rows.iter().zip(list(data, "success")).for_each(|(row, object)| check_order(row, &object, id));
        }
        "trade/allFillOrders" | "trade/fillHistory" => {
            let rows = order::fills(data).expect(id);
            let key = if data.contains("\"fill_orders\"") { "fill_orders" } else { "fill_history_orders" };
            let objects = list(data, key);
            assert_eq!(rows.len(), objects.len(), "{id}");
            rows.iter().zip(objects).for_each(|(row, object)| check_fill(row, &object, id));
        }
        _ => return false,
    }
    true
}

#[test]
fn every_recorded_answer_is_read_to_the_last_field() {
    let (mut read, mut whole) = (0, 0);
    for case in cases::<Rest>("bingx_rest_responses.json") {
        let body = case.response.get();
        // A body of nothing at all is kept as `null`.
        let body = if body == "null" { "" } else { body };
        let Outcome::Done { data, whole: text } = outcome(200, body.as_bytes()) else { panic!("{}", case.id) };
        assert_eq!(text, body, "{}", case.id);
        whole += 1;
        let expected = words(body).into_iter().find(|(key, _)| key == "data").map(|(_, value)| value);
        assert_eq!(data, expected.as_deref(), "{}", case.id);
        match data {
            Some(data) if case.market == "swap" => read += usize::from(check_data(&case.path, data, &case.id)),
            Some(data) if case.path.ends_with("apiKey/query") => {
                let keys: ApiKeys<'_> = serde_json::from_str(data).expect(&case.id);
                let permissions: Vec<&str> = keys.infos[0].permissions.iter().map(|it| it.0).collect();
                assert_eq!(permissions, ["1", "2", "3", "4", "7"]);
                read += 1;
            }
            None if case.id.ends_with("StartUserStream") => {
                use secrecy::ExposeSecret;
                let key = account::listen_key(None, text).expect(&case.id);
                assert_eq!(key.expose_secret(), "a8ea75681542e66f1a50a1616dd06ed77dab61baa0c296bca03a9b13ee5f2dd7");
                read += 1;
            }
            _ => {}
        }
    }
    assert_eq!(whole, 66);
    assert!(read >= 22, "only {read} answers are of kinds that the adapter asks for");
}

#[derive(Deserialize)]
struct Pasted {
    id: String,
    function: String,
    kind: String,
    json: Box<RawValue>,
}

#[test]
fn every_answer_pasted_from_the_exchange_is_read() {
    let (mut count, mut read) = (0, 0);
    for case in cases::<Pasted>("bingx_ccxt_recorded.json") {
        let text = case.json.get();
        count += 1;
        if case.kind == "row" {
            read += usize::from(check_row(&case.function, text, &case.id));
            continue;
        }
        let Outcome::Done { data, .. } = outcome(200, text.as_bytes()) else { panic!("{}", case.id) };
        let Some(data) = data else { continue };
        let path = match case.function.as_str() {
            "fetch_time" => "server/time",
            "fetch_ohlcv" => "quote/klines",
            "fetch_swap_markets" => "quote/contracts",
            "fetch_funding_rate" | "fetch_mark_price" => "quote/premiumIndex",
            "fetch_orders" | "fetch_open_orders" | "fetch_canceled_and_closed_orders" if data.contains("orderId") => {
                "trade/openOrders"
            }
            "create_orders" | "cancel_orders" | "cancel_all_orders" if data.contains("\"orders\"") => {
                "trade/openOrders"
            }
            "cancel_orders" | "cancel_all_orders" => "trade/allOpenOrders",
            "cancel_order" | "create_order" if data.contains("\"order\"") => "trade/order",
            "fetch_position_mode" | "set_position_mode" => "positionSide/dual",
            "fetch_positions" => "user/positions",
            "fetch_balance" if data.starts_with('[') => "user/balance",
            "fetch_my_trades" if data.starts_with('[') => "trade/fillHistory",
            _ => continue,
        };
        read += usize::from(check_data(&format!("/openApi/swap/v2/{path}"), data, &case.id));
    }
    assert_eq!(count, 85);
    assert!(read >= 30, "only {read}");
}

fn check_row(function: &str, row: &str, id: &str) -> bool {
    let data = format!("[{row}]");
    match function {
        "parse_ohlcv" => check_data("/openApi/swap/v3/quote/klines", &data, id),
        "parse_funding_rate" => check_data("/openApi/swap/v2/quote/premiumIndex", &data, id),
        "parse_funding_rate_history" => check_data("/openApi/swap/v2/quote/fundingRate", &data, id),
        "parse_position" => check_data("/openApi/swap/v2/user/positions", &data, id),
        "parse_order" | "create_order" if row.contains("\"orderId\"") && !row.contains("cancelResult") => {
            check_data("/openApi/swap/v2/trade/openOrders", &data, id)
        }
        "parse_trade" if row.contains("commission") => check_data("/openApi/swap/v2/trade/fillHistory", &data, id),
        _ => false,
    }
}
