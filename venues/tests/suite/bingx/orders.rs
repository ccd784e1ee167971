//! Commands and their outcomes: sent once, answered for, and found out where an answer was lost.
use super::desk::{Desk, limit, order, placed};
use engine::order::OrderId;
use engine::{Action, InstrumentId, OrderKind, Price, Qty, Side};
use venues::query::{Answer, Query, Unanswered};
use venues::{Happening, Input, LinkFailure};

fn market(number: u64) -> engine::order::OrderRequest {
    order(number, Side::Buy, 100, OrderKind::Market)
}

fn row(id: u64, client: &str, status: &str, executed: &str) -> String {
    format!(
        "{{\"symbol\":\"BTC-USDT\",\"orderId\":{id},\"side\":\"BUY\",\"type\":\"LIMIT\",\"origQty\":\"0.0100\",\
         \"price\":\"50000.0\",\"executedQty\":\"{executed}\",\"avgPrice\":\"\",\"status\":\"{status}\",\
         \"commission\":\"\",\"clientOrderId\":\"{client}\",\"clientOrderID\":\"\",\"updateTime\":1760000050000}}"
    )
}

#[test]
fn a_new_order_is_signed_sent_once_and_accepted() {
    let mut desk = Desk::ready();
    desk.submit(order(1, Side::Buy, 100, limit(Price(500_000))));
    let request = desk.answer_ok("trade/order?", &placed(1_735_950_529_123_455_001));
    assert_eq!(request.method.name(), "POST");
    assert_eq!(request.headers[0].0, "X-BX-APIKEY");
    let expected = "/openApi/swap/v2/trade/order?clientOrderId=run-1&positionSide=BOTH&price=50000&quantity=0.01&side=BUY&\
                    symbol=BTC-USDT&timestamp=1760000040000&type=LIMIT&signature=";
    assert!(request.target.starts_with(expected), "{}", request.target);
    assert_eq!(desk.told(), "accepted 1");
    desk.wait(3_000);
    assert!(!desk.sent.iter().any(|request| request.method.name() == "POST"), "{:?}", desk.sent);
    // The same number again is a mistake of the caller, and no second order.
    desk.submit(order(1, Side::Buy, 100, limit(Price(500_000))));
    assert!(!desk.sent.iter().any(|request| request.method.name() == "POST"));
}

/// What an answer to a new order leads to, and whether the venue is asked about it.
fn check(status: u16, body: &str, told: &str, asked: bool) {
    let mut desk = Desk::ready();
    desk.submit(market(1));
    desk.answer("trade/order?", status, body);
    assert_eq!(desk.told(), told, "{status} {body}");
    desk.wait(500);
    let orders = desk.sent.iter().filter(|request| request.target.contains("trade/"));
    let found: Vec<&str> = orders.map(|request| request.method.name()).collect();
    assert_eq!(found.contains(&"GET"), asked, "{status} {body}: {:?}", desk.sent);
    assert!(!found.contains(&"POST"), "an order is never sent a second time: {status} {body}");
}

#[test]
fn refusals_of_both_generations_are_refusals() {
    for (code, reason) in [
        (80_014, "invalid"),
        (109_400, "invalid"),
        (101_204, "buying_power"),
        (101_215, "post_only"),
        (101_290, "reduce_only"),
        (101_400, "invalid"),
        (101_415, "delisted"),
        (110_425, "invalid"),
        (101_209, "invalid"),
    ] {
        check(200, &format!("{{\"code\":{code},\"msg\":\"x\"}}"), &format!("rejected 1 {reason}"), false);
    }
    check(200, "{\"code\":109400,\"msg\":\"for \"Symbol\" failed\",\"data\":{}}", "rejected 1 invalid", false);
    check(400, "", "rejected 1 invalid", false);
}

#[test]
fn what_may_have_been_done_is_lost_and_asked_about() {
    for (status, body) in [
        (504, ""),
        (502, "<html>"),
        (500, "{\"code\":101400,\"msg\":\"\"}"),
        (200, "{\"code\":0,\"msg\":\"\",\"data\":{\"order\":"),
        (200, "{\"code\":0,\"msg\":\"\",\"data\":{}}"),
        (200, "{\"code\":0}"),
        (200, "{\"code\":80012,\"msg\":\"busy\"}"),
        (200, "{\"code\":109500,\"msg\":\"busy\"}"),
        (200, "{\"code\":109201,\"msg\":\"repeat\"}"),
        (200, "{\"code\":424242,\"msg\":\"new\"}"),
        (408, ""),
    ] {
        check(status, body, "lost 1", true);
    }
}

#[test]
fn what_was_surely_not_done_is_not_sent() {
    for (status, body) in [
        (429, ""),
        (200, "{\"code\":100410,\"msg\":\"rate\"}"),
        (200, "{\"code\":109429,\"msg\":\"rate\"}"),
        (418, ""),
        (403, ""),
        (200, "{\"code\":100421,\"msg\":\"timestamp\"}"),
        (200, "{\"code\":100001,\"msg\":\"signature\"}"),
    ] {
        check(status, body, "not-sent 1", false);
    }
}

#[test]
fn a_used_client_id_is_evidence_of_acceptance() {
    check(200, "{\"code\":101481,\"msg\":\"clientOrderID cannot be repeated\"}", "", true);
    let mut desk = Desk::ready();
    desk.submit(market(1));
    desk.fail("trade/order?", 101_481);
    desk.wait(500);
    desk.answer_ok("trade/order?", &format!("{{\"order\":{}}}", row(9, "RUN-1", "NEW", "0")));
    assert_eq!(desk.told(), "accepted 1");
}

#[test]
fn a_link_that_failed_says_what_is_known() {
    for (failure, told) in
        [(LinkFailure::NotSent, "not-sent 1"), (LinkFailure::Killed, "not-sent 1"), (LinkFailure::Lost, "lost 1")]
    {
        let mut desk = Desk::ready();
        desk.submit(market(1));
        desk.lose("trade/order?", failure);
        assert_eq!(desk.told(), told);
    }
}

#[test]
fn a_lost_order_is_looked_for_everywhere_and_never_given_up() {
    let mut desk = Desk::ready();
    desk.submit(order(1, Side::Buy, 100, limit(Price(500_000))));
    desk.lose("trade/order?", LinkFailure::Lost);
    assert_eq!(desk.told(), "lost 1");
    for _ in 0..25 {
        desk.wait(60_000);
        desk.sent.retain(|request| !request.target.contains("server/time") && !request.target.contains("quote/"));
        let audits: Vec<usize> =
            (0..desk.sent.len()).filter(|at| desk.sent[*at].target.contains("openOrders?timestamp")).collect();
        if let Some(at) = audits.first() {
            let ticket = desk.sent.remove(*at).ticket;
            desk.reply(ticket, 200, "{\"code\":0,\"data\":{\"orders\":[]}}");
        }
        let request = desk.fail("trade/order?", 109_421);
        assert!(request.target.contains("clientOrderId=run-1&symbol=BTC-USDT"), "{}", request.target);
        desk.answer_ok("openOrders?symbol", "{\"orders\":[]}");
        desk.answer_ok("fullOrder", "{\"orders\":[]}");
        assert_eq!(desk.told(), "", "no such order is no proof");
    }
    // Hours later the venue knows it: it was taken and has been cancelled.
    desk.wait(60_000);
    desk.fail("trade/order?", 80_016);
    desk.answer_ok("openOrders?symbol", "{\"orders\":null}");
    desk.answer_ok("fullOrder", &format!("{{\"orders\":[{}]}}", row(9, "run-1", "CANCELLED", "0.0000")));
    assert_eq!(desk.told(), "cancelled 1");
    assert!(!desk.sent.iter().any(|request| request.adds_risk));
}

#[test]
fn a_lost_order_that_rests_is_open_again() {
    let mut desk = Desk::ready();
    desk.submit(order(1, Side::Buy, 100, limit(Price(500_000))));
    desk.lose("trade/order?", LinkFailure::Lost);
    desk.wait(200);
    desk.fail("trade/order?", 109_421);
    desk.answer_ok("openOrders?symbol", &format!("{{\"orders\":[{}]}}", row(9, "run-1", "PENDING", "0.0000")));
    assert_eq!(desk.told(), "lost 1 | accepted 1");
}

#[test]
fn a_cancel_is_named_by_the_venues_id_and_says_what_became_of_it() {
    let mut desk = Desk::ready();
    desk.rest(1, 1_735_950_529_123_455_001);
    desk.cancel(1);
    let data = format!("{{\"order\":{}}}", row(1_735_950_529_123_455_001, "", "CANCELLED", "0.0000"));
    let request = desk.answer_ok("trade/order?", &data);
    assert_eq!(request.method.name(), "DELETE");
    assert!(!request.adds_risk);
    assert!(request.target.contains("?orderId=1735950529123455001&symbol=BTC-USDT&"), "{}", request.target);
    assert_eq!(desk.told(), "cancelled 1");
    desk.cancel(1);
    assert_eq!(desk.told(), "change-refused 1 no_such_order");
}

#[test]
fn a_cancel_whose_answer_says_pending_is_found_out() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    desk.cancel(1);
    desk.answer_ok("trade/order?", &format!("{{\"order\":{}}}", row(5, "", "PENDING", "0.0")));
    assert_eq!(desk.told(), "");
    desk.answer_ok("trade/order?", &format!("{{\"order\":{}}}", row(5, "", "CANCELED", "0.0")));
    assert_eq!(desk.told(), "cancelled 1");
}

#[test]
fn a_refused_cancel_is_no_evidence_that_the_order_lives() {
    for code in [109_421, 109_422, 80_016, 80_018] {
        let mut desk = Desk::ready();
        desk.rest(1, 5);
        desk.cancel(1);
        desk.fail("trade/order?", code);
        assert_eq!(desk.told(), "change-refused 1 no_such_order");
        desk.answer_ok("trade/order?", &format!("{{\"order\":{}}}", row(5, "", "EXPIRED", "0.0")));
        assert_eq!(desk.told(), "expired 1");
    }
    // A lost answer to a cancel makes the order unknown until the venue has spoken.
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    desk.cancel(1);
    desk.lose("trade/order?", LinkFailure::Lost);
    desk.wait(200);
    desk.answer_ok("trade/order?", &format!("{{\"order\":{}}}", row(5, "", "NEW", "0.0")));
    assert_eq!(desk.told(), "lost 1 | accepted 1");
}

#[test]
fn quantities_of_limit_orders_are_changed_and_nothing_else() {
    let amend = |desk: &mut Desk, quantity, price: Option<i64>| {
        let (order, instrument, price) = (OrderId(1), InstrumentId(7), price.map(Price));
        desk.put(Input::Act(&[Action::Amend { order, instrument, quantity: Qty(quantity), price }]));
    };
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    amend(&mut desk, 60, None);
    let request = desk
        .answer_ok("trade/amend", "{\"orderId\":5,\"clientOrderId\":\"\",\"symbol\":\"BTC-USDT\",\"quantity\":6e-03}");
    assert!(request.target.contains("?orderId=5&quantity=0.006&symbol=BTC-USDT&") && !request.adds_risk);
    assert_eq!(desk.told(), "amended 1 60");
    amend(&mut desk, 200, Some(500_000));
    let request = desk.lose("trade/amend", LinkFailure::Lost);
    assert!(request.adds_risk);
    desk.wait(200);
    let larger = row(5, "", "PENDING", "0.0").replace("0.0100", "0.0200");
    desk.answer_ok("trade/order?", &format!("{{\"order\":{larger}}}"));
    assert_eq!(desk.told(), "lost 1 | amended 1 200");
    amend(&mut desk, 200, Some(400_000));
    amend(&mut desk, 205, None);
    assert_eq!(desk.told(), "change-refused 1 invalid | change-refused 1 invalid");
    assert!(desk.sent.is_empty());
}

#[test]
fn without_a_key_nothing_is_sent_and_market_data_flow() {
    let mut desk = Desk::new(|config| config.credentials = None);
    desk.put(Input::Start);
    desk.submit(market(1));
    assert_eq!(desk.told(), "not-sent 1");
    desk.put(Input::Ask(3, &Query::Balances));
    assert!(matches!(desk.said.last(), Some(Happening::Answer(3, Err(_)))), "{:?}", desk.said);
    desk.wait(600_000);
    assert!(desk.sent.iter().all(|request| request.headers.is_empty()), "{:?}", desk.sent);
    assert_eq!(desk.opened.len(), 1, "{:?}", desk.opened);
}

#[test]
fn orders_wait_for_the_limits_and_cancels_do_not_wait_for_orders() {
    let mut desk = Desk::ready();
    for number in 1..=20 {
        desk.submit(market(number));
    }
    let placed = |desk: &Desk| desk.sent.iter().filter(|request| request.adds_risk).count();
    assert_eq!(placed(&desk), 5, "five in a second");
    // One that waits is withdrawn by its cancel; one that has left is cancelled at the venue.
    desk.cancel(20);
    assert_eq!(desk.told(), "not-sent 20");
    desk.cancel(1);
    assert_eq!(desk.sent.last().map(|request| request.method.name()), Some("DELETE"));
    desk.wait(1_100);
    assert_eq!(placed(&desk), 10);
    desk.put(Input::Ask(1, &Query::CancelAll(None)));
    let gone: Vec<String> = (11..20).map(|number| format!("not-sent {number}")).collect();
    assert_eq!(desk.told(), gone.join(" | "), "everything that has not left stays here");
    desk.answer_ok("allOpenOrders", "{\"success\":[],\"failed\":null}");
    assert!(desk.said.contains(&Happening::Answer(1, Ok(Answer::Cancelling(0)))));
}

#[test]
fn an_order_that_waited_too_long_is_not_sent() {
    let mut desk = Desk::ready();
    desk.submit(market(1));
    desk.answer("trade/order?", 429, "");
    assert_eq!(desk.told(), "not-sent 1");
    desk.submit(market(2));
    assert!(!desk.sent.iter().any(|request| request.adds_risk), "orders wait for the limit to end");
    desk.put(Input::Ask(1, &Query::CancelAll(Some(InstrumentId(7)))));
    assert_eq!(desk.told(), "not-sent 2");
    desk.wait(2_100);
    let request = desk.take("allOpenOrders");
    assert!(request.target.contains("symbol=BTC-USDT"), "cancels go on");
    desk.submit(market(3));
    desk.wait(11_000);
    assert!(desk.told().is_empty() || desk.told() == "not-sent 3");
}

#[test]
fn a_question_that_fails_is_never_answered_with_none() {
    for (query, holds) in [
        (Query::OpenOrders, "openOrders"),
        (Query::Positions, "positions"),
        (Query::Balances, "balance"),
        (Query::Fills(engine::Timestamp(0)), "fillHistory"),
    ] {
        let mut desk = Desk::ready();
        desk.put(Input::Ask(1, &query));
        let mut tries = 0;
        while !desk.said.iter().any(|it| matches!(it, Happening::Answer(..))) {
            let Some(at) = desk.sent.iter().position(|request| request.target.contains(holds)) else {
                desk.wait(1_000);
                continue;
            };
            let ticket = desk.sent.remove(at).ticket;
            desk.reply(ticket, 502, "");
            tries += 1;
        }
        assert!(tries >= 6, "{tries}");
        let answer =
            desk.said.iter().find_map(|it| if let Happening::Answer(1, answer) = it { Some(answer) } else { None });
        assert!(matches!(answer, Some(Err(Unanswered::Unreachable(_)))), "{holds}: {answer:?}");
    }
}
