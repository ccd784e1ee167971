//! Faults of networks and venues by name: what each must not lead to.
use super::desk::{Desk, EPOCH_MS, MARKET, limit, order};
use engine::order::OrderId;
use engine::{Carry, InstrumentId, OrderKind, Price, Side, Timestamp};
use rust_decimal::Decimal;
use venues::bingx::PositionMode;
use venues::query::{Answer, Query, Stands};
use venues::{Channel, Happening, Input, LinkFailure, Ticket};

#[test]
fn an_answer_that_comes_twice_or_to_nobody_leads_to_nothing() {
    let mut desk = Desk::ready();
    desk.submit(order(1, Side::Buy, 100, OrderKind::Market));
    let request = desk.answer_ok("trade/order?", &super::desk::placed(5));
    assert_eq!(desk.told(), "accepted 1");
    desk.reply(request.ticket, 200, "{\"code\":109400,\"msg\":\"late\"}");
    desk.reply(Ticket(u64::MAX), 200, "{}");
    desk.put(Input::Unanswered { ticket: request.ticket, failure: LinkFailure::Lost });
    assert_eq!(desk.told(), "");
}

#[test]
fn limits_hold_back_what_can_wait_and_last_longer_each_time() {
    let mut desk = Desk::ready();
    let mut waits = Vec::new();
    for number in 0..3 {
        desk.put(Input::Ask(number, &Query::Balances));
        desk.wait(1_100);
        let before = desk.mono_ns;
        desk.answer("balance", 429, "");
        while !desk.sent.iter().any(|it| it.target.contains("balance")) {
            desk.wait(1_000);
        }
        waits.push((desk.mono_ns - before) / 1_000_000_000);
        desk.answer_ok("balance", "[]");
    }
    assert!(
        (10..=12).contains(&waits[0]) && (60..=62).contains(&waits[1]) && (300..=302).contains(&waits[2]),
        "{waits:?}"
    );
}

#[test]
fn a_header_that_says_nothing_is_left_is_heeded() {
    let mut desk = Desk::ready();
    desk.put(Input::Ask(1, &Query::Balances));
    let ticket = desk.take("balance").ticket;
    let ends = EPOCH_MS + 4_000;
    let headers = [
        ("x-ratelimit-requests-remain".to_string(), "0".into()),
        ("x-ratelimit-requests-expire".into(), ends.to_string()),
    ];
    desk.put(Input::Answered { ticket, status: 200, headers: &headers, body: b"{\"code\":0,\"data\":[]}" });
    desk.put(Input::Ask(2, &Query::Balances));
    assert!(desk.sent.is_empty());
    desk.wait(4_100);
    desk.take("balance");
}

#[test]
fn a_wrong_key_and_a_wrong_mode_bar_trading_and_say_why() {
    let mut desk = Desk::new(|config| config.mode = PositionMode::Hedge);
    desk.start();
    let barred = |desk: &Desk| desk.said.iter().any(|it| matches!(it, Happening::Barred(_)));
    assert!(barred(&desk), "{:?}", desk.said);
    for code in [100_001, 100_004, 100_412, 100_413, 100_414, 100_419] {
        let mut desk = Desk::ready();
        desk.put(Input::Ask(1, &Query::Positions));
        desk.fail("positions", code);
        assert!(barred(&desk), "{code}");
        assert!(matches!(desk.said.last(), Some(Happening::Answer(1, Err(_)))), "{code}");
    }
}

#[test]
fn a_clock_that_is_off_is_compared_again_and_timestamps_follow_the_venue() {
    let mut desk = Desk::ready();
    desk.put(Input::Ask(1, &Query::Balances));
    desk.fail("balance", 100_421);
    let request = desk.take("server/time");
    desk.mono_ns += 40_000_000;
    // Our wall clock is ten seconds behind.
    let said = EPOCH_MS + 10_020;
    desk.reply(request.ticket, 200, &format!("{{\"code\":0,\"data\":{{\"serverTime\":{said}}}}}"));
    let clock = Happening::Clock { ahead_ns: 10_000_000_000, within_ns: 20_000_000 };
    assert!(desk.said.contains(&clock), "{:?}", desk.said);
    while !desk.sent.iter().any(|request| request.target.contains("balance")) {
        desk.wait(1);
    }
    let target = desk.take("balance").target;
    let stamp: i64 = target.split("timestamp=").nth(1).and_then(|it| it.split('&').next()).unwrap().parse().unwrap();
    let ahead = stamp - EPOCH_MS - i64::try_from(desk.mono_ns / 1_000_000).unwrap();
    assert!((9_998..=10_000).contains(&ahead), "{ahead}: {target}");
}

#[test]
fn the_kill_timer_is_armed_while_orders_rest_and_closed_with_the_last() {
    let mut desk = Desk::ready_with(|config| config.kill_timer_s = Some(60));
    assert!(desk.sent.is_empty());
    desk.rest(1, 5);
    let data = "{\"triggerTime\":1710389137,\"status\":\"ACTIVATED\",\"note\":\"\"}";
    let request = desk.answer_ok("cancelAllAfter", data);
    assert!(request.target.contains("?timeOut=60&timestamp=") && request.target.contains("&type=ACTIVATE&"));
    desk.wait(19_900);
    assert!(!desk.sent.iter().any(|it| it.target.contains("cancelAllAfter")));
    desk.wait(200);
    desk.answer("cancelAllAfter", 502, "");
    desk.wait(2_100);
    desk.answer_ok("cancelAllAfter", data);
    desk.cancel(1);
    let gone = "{\"order\":{\"symbol\":\"BTC-USDT\",\"orderId\":5,\"side\":\"BUY\",\"executedQty\":\"0\",\"status\":\"CANCELLED\"}}";
    desk.answer_ok("trade/order?", gone);
    assert_eq!(desk.told(), "cancelled 1");
    desk.wait(21_000);
    let request = desk.answer_ok("cancelAllAfter", "{\"triggerTime\":0,\"status\":\"CLOSED\",\"note\":\"\"}");
    assert!(request.target.contains("type=CLOSE"), "{}", request.target);
    desk.rest(2, 6);
    desk.wait(1_100);
    desk.answer_ok("cancelAllAfter", "{\"triggerTime\":0,\"status\":\"FAILED\",\"note\":\"\"}");
    assert!(desk.said.iter().any(|it| matches!(it, Happening::Barred(_))));
}

#[test]
fn funding_is_told_once_with_the_rate_and_the_mark_of_its_minute() {
    let mut desk = Desk::new(|config| config.funding = true);
    desk.start();
    desk.answer_ok("openOrders?timestamp", "{\"orders\":[]}");
    let at = EPOCH_MS + 360_000;
    let premium = |next: i64| {
        format!(
            "{{\"symbol\":\"BTC-USDT\",\"markPrice\":\"50000.0\",\"indexPrice\":\"1\",\"lastFundingRate\":\"0.0001\",\"nextFundingTime\":{next}}}"
        )
    };
    desk.answer_ok("premiumIndex", &premium(at));
    desk.wait(364_000);
    assert!(!desk.sent.iter().any(|it| it.target.contains("fundingRate")));
    desk.wait(1_100);
    desk.answer_ok(
        "fundingRate",
        &format!("[{{\"symbol\":\"BTC-USDT\",\"fundingRate\":\"0.0001\",\"fundingTime\":{}}}]", at - 28_800_000),
    );
    desk.wait(10_000);
    let rates = format!(
        "[{{\"symbol\":\"BTC-USDT\",\"fundingRate\":\"-0.00025100\",\"fundingTime\":{at}}},\
         {{\"symbol\":\"BTC-USDT\",\"fundingRate\":\"0.0001\",\"fundingTime\":{}}}]",
        at - 28_800_000
    );
    desk.answer_ok("fundingRate", &rates);
    let mark = |minute: i64, open: &str| {
        let time = at + minute * 60_000;
        format!(
            "{{\"open\":\"{open}\",\"close\":\"1\",\"high\":\"1\",\"low\":\"1\",\"volume\":\"0\",\"openTime\":{time},\"closeTime\":{time}}}"
        )
    };
    desk.answer_ok("markPriceKlines", &format!("[{},{}]", mark(1, "50001.0"), mark(0, "50002.5")));
    let carries: Vec<&Happening> = desk.said.iter().filter(|it| matches!(it, Happening::Carry(..))).collect();
    let rate = engine::ledger::Rate::from_fraction(Decimal::new(-251, 6)).unwrap();
    let carry = Carry::Funding { instrument: InstrumentId(7), rate, mark: Price(500_025) };
    assert_eq!(carries, [&Happening::Carry(Timestamp(at * 1_000_000), carry)]);
    desk.answer_ok("premiumIndex", &premium(at + 3_600_000));
}

#[test]
fn open_orders_are_compared_even_while_the_stream_looks_well() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    // The stream said nothing of its end.
    for _ in 0..4 {
        desk.frame(venues::Socket::Private, "{\"e\":\"ACCOUNT_UPDATE\",\"a\":{\"m\":\"ORDER\"}}");
        desk.wait(5_000);
    }
    desk.answer_ok("openOrders?timestamp", "{\"orders\":[{\"symbol\":\"BTC-USDT\",\"orderId\":99,\"side\":\"SELL\",\"origQty\":\"1\",\"price\":\"9\",\"status\":\"NEW\",\"type\":\"LIMIT\"}]}");
    assert!(desk.said.iter().any(|it| matches!(it, Happening::Foreign(text) if text.contains("order 99"))));
    desk.answer_ok("trade/order?", "{\"order\":{\"symbol\":\"BTC-USDT\",\"orderId\":5,\"side\":\"BUY\",\"executedQty\":\"0\",\"status\":\"CANCELLED\"}}");
    assert_eq!(desk.told(), "cancelled 1");
}

/// What a question is answered with, where the venue says this.
fn ask(desk: &mut Desk, query: &Query, holds: &str, data: &str) -> Answer {
    desk.wait(300);
    desk.put(Input::Ask(4, query));
    desk.answer_ok(holds, data);
    let Some(Happening::Answer(4, Ok(answer))) = desk.said.pop() else { panic!("{holds}: {:?}", desk.said) };
    answer
}

#[test]
fn questions_are_answered_in_the_engines_words() {
    let mut desk = Desk::ready();
    let contract = "[{\"contractId\":\"100\",\"symbol\":\"BTC-USDT\",\"quantityPrecision\":4,\"pricePrecision\":1,\"makerFeeRate\":0.0002,\
                    \"takerFeeRate\":0.0005,\"tradeMinUSDT\":2,\"status\":1,\"apiStateOpen\":\"true\",\"apiStateClose\":\"true\"},\
                    {\"symbol\":\"DOGE-USDT\",\"status\":1}]";
    let Answer::Instruments(terms) = ask(&mut desk, &Query::Instruments, "contracts", contract) else { panic!() };
    let fees = Some((Decimal::new(2, 4), Decimal::new(5, 4)));
    assert_eq!(terms.len(), 1);
    assert_eq!(
        (terms[0].tick, terms[0].lot, terms[0].min_notional, terms[0].fees),
        (Decimal::new(1, 1), Decimal::new(1, 4), Decimal::TWO, fees)
    );
    assert!(terms[0].tradable);
    let positions = "[{\"symbol\":\"BTC-USDT\",\"positionAmt\":\"0.20\",\"positionSide\":\"SHORT\",\"avgPrice\":\"246.43\",\"liquidationPrice\":294.1},\
                     {\"symbol\":\"BTC-USDT\",\"positionAmt\":\"0\",\"positionSide\":\"LONG\",\"avgPrice\":\"\"}]";
    let Answer::Positions(held) = ask(&mut desk, &Query::Positions, "positions", positions) else { panic!() };
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].quantity, held[0].entry_price), (Decimal::new(-2, 1), Decimal::new(24_643, 2)));
    assert_eq!(ask(&mut desk, &Query::Positions, "positions", "null"), Answer::Positions(Vec::new()));
    let balances = "[{\"asset\":\"USDT\",\"balance\":\"194.8212\",\"equity\":\"1\",\"availableMargin\":\"193.7609\"},{\"asset\":\"VST\",\"balance\":\"\",\"availableMargin\":\"\"}]";
    let Answer::Balances(money) = ask(&mut desk, &Query::Balances, "balance", balances) else { panic!() };
    assert_eq!(
        (money[0].total, money[0].available, money[1].total),
        (Decimal::new(1_948_212, 4), Decimal::new(1_937_609, 4), Decimal::ZERO)
    );
    let Answer::Time(time) = ask(&mut desk, &Query::Time, "server/time", "{\"serverTime\":1672025091160}") else {
        panic!()
    };
    assert_eq!(time, Timestamp(1_672_025_091_160_000_000));
    desk.put(Input::Ask(6, &Query::Sessions { from: time, to: time }));
    assert_eq!(desk.said.pop(), Some(Happening::Answer(6, Err(venues::query::Unanswered::Unsupported))));
}

#[test]
fn questions_about_orders_know_which_are_ours() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    let keys = "{\"apiInfos\":[{\"apiKey\":\"z*Q\",\"permissions\":[1,2,3,4,7],\"status\":0}]}";
    let Answer::Permissions(may) = ask(&mut desk, &Query::Permissions, "apiKey/query", keys) else { panic!() };
    assert_eq!((may.trade, may.withdraw), (Some(true), Some(false)));
    let order = "{\"order\":{\"symbol\":\"BTC-USDT\",\"orderId\":5,\"side\":\"BUY\",\"origQty\":\"0.01\",\"executedQty\":\"0.004\",\"avgPrice\":\"50000.0\",\"status\":\"PARTIALLY_FILLED\"}}";
    let Answer::Order(Some(found)) = ask(&mut desk, &Query::Order(OrderId(1)), "trade/order?", order) else { panic!() };
    assert_eq!((found.order, found.stands, found.filled), (Some(OrderId(1)), Stands::Open, Decimal::new(4, 3)));
    desk.put(Input::Ask(5, &Query::Order(OrderId(77))));
    desk.fail("trade/order?", 109_421);
    assert_eq!(desk.said.pop(), Some(Happening::Answer(5, Ok(Answer::Order(None)))));
    let open = "{\"orders\":[{\"symbol\":\"BTC-USDT\",\"orderId\":5,\"side\":\"BUY\",\"origQty\":\"0.01\",\"status\":\"NEW\"},{\"symbol\":\"X-USDT\",\"orderId\":6,\"side\":\"SELL\",\"origQty\":\"2\",\"status\":\"Odd\"}]}";
    let Answer::OpenOrders(open) = ask(&mut desk, &Query::OpenOrders, "openOrders?timestamp", open) else { panic!() };
    assert_eq!(
        (open[0].order, open[1].order, open[1].instrument, open[1].stands),
        (Some(OrderId(1)), None, None, Stands::Unclear)
    );
    let fills = "{\"fill_history_orders\":[{\"symbol\":\"BTC-USDT\",\"qty\":\"0.004\",\"price\":\"50000.0\",\"commission\":\"-0.1\",\"commissionAsset\":\"USDT\",\
                 \"orderId\":\"5\",\"tradeId\":\"31\",\"filledTime\":\"2025-10-09T17:00:01.000+0800\",\"side\":\"BUY\",\"role\":\"taker\"}],\"total\":1}";
    let since = Timestamp(EPOCH_MS * 1_000_000);
    let Answer::Fills(fills) = ask(&mut desk, &Query::Fills(since), "fillHistory", fills) else { panic!() };
    assert_eq!((fills.len(), fills[0].order, fills[0].fill.0, fills[0].price), (1, OrderId(1), 31, Price(500_000)));
    assert_eq!(desk.told(), "");
}

#[test]
fn the_same_inputs_lead_to_the_same_outputs() {
    let run = || {
        let mut desk = Desk::ready();
        desk.open_market();
        desk.submit(order(1, Side::Buy, 100, limit(Price(500_000))));
        desk.lose("trade/order?", LinkFailure::Lost);
        for _ in 0..50 {
            desk.put(Input::Opened(MARKET));
            desk.put(Input::Closed(MARKET));
            desk.wait(7_000);
        }
        assert!(desk.said.iter().any(|it| matches!(it, Happening::Lost(Channel::Candles(_), _) | Happening::Note(_))));
        desk.shown
    };
    assert_eq!(run(), run());
}
