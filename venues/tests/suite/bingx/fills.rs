//! Fills: each once, whatever says it, in whatever order, and exact.
use super::desk::{Desk, EPOCH_MS, limit, listed, order, placed};
use engine::order::{FillId, OrderId};
use engine::{Action, Money, Price, Qty, Side, Timestamp};
use proptest::prelude::*;
use venues::bingx::map::fills::{Part, placed as in_places};
use venues::{Channel, Happening, Input, Socket};

/// An update of order 5: so much filled in all at an average, with more fields.
fn update(status: &str, z: &str, ap: &str, more: &str) -> String {
    let what = if status == "NEW" { "NEW" } else { "TRADE" };
    format!(
        "{{\"e\":\"ORDER_TRADE_UPDATE\",\"E\":1,\"o\":{{\"s\":\"BTC-USDT\",\"c\":\"\",\"i\":5,\"S\":\"BUY\",\"o\":\"LIMIT\",\
         \"q\":\"0.0100\",\"p\":\"50000.0\",\"x\":\"{what}\",\"X\":\"{status}\",\"N\":\"USDT\",\"T\":1760000050000,\
         \"ps\":\"BOTH\",\"z\":\"{z}\",\"ap\":\"{ap}\"{more}}}}}"
    )
}

fn fill_row(trade: u64, quantity: &str, price: &str, commission: &str, second: u32) -> String {
    format!(
        "{{\"symbol\":\"BTC-USDT\",\"qty\":\"{quantity}\",\"price\":\"{price}\",\"commission\":\"{commission}\",\
         \"commissionAsset\":\"USDT\",\"orderId\":\"5\",\"tradeId\":\"{trade}\",\"role\":\"maker\",\"side\":\"BUY\",\
         \"filledTime\":\"2025-10-09T17:00:{second:02}.000+0800\"}}"
    )
}

fn history(rows: &[String]) -> String {
    format!("{{\"fill_history_orders\":[{}],\"total\":{}}}", rows.join(","), rows.len())
}

fn row(status: &str, executed: &str, average: &str, commission: &str) -> String {
    format!(
        "{{\"order\":{{\"symbol\":\"BTC-USDT\",\"orderId\":5,\"side\":\"BUY\",\"type\":\"LIMIT\",\"origQty\":\"0.0100\",\
         \"executedQty\":\"{executed}\",\"avgPrice\":\"{average}\",\"status\":\"{status}\",\"commission\":\"{commission}\"}}}}"
    )
}

#[test]
fn a_whole_fill_is_booked_at_once_from_the_stream() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    let more = ",\"n\":\"-0.25000000\",\"td\":511178071,\"tv\":\"499.995\"";
    desk.frame(Socket::Private, &update("FILLED", "0.0100", "49999.5", more));
    assert_eq!(desk.told(), "filled 1 100@499995 fee 0.25 id 511178071 maker");
    desk.frame(Socket::Private, &update("FILLED", "0.0100", "49999.5", more));
    desk.wait(5_000);
    assert_eq!(desk.told(), "", "a repetition is no second fill");
    assert!(!desk.sent.iter().any(|request| request.target.contains("fillHistory")));
}

#[test]
fn what_the_stream_does_not_say_wholly_is_asked_for() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    // The value is of the last of several trades only: one was skipped.
    let more = ",\"n\":\"-0.1\",\"td\":2,\"tv\":\"200.00\"";
    desk.frame(Socket::Private, &update("PARTIALLY_FILLED", "0.0080", "50000.0", more));
    assert_eq!(desk.told(), "");
    let rows = [fill_row(2, "0.0040", "50000.0", "-0.100000000001", 2), fill_row(1, "0.0040", "49999.5", "0.05", 1)];
    let request = desk.answer_ok("fillHistory", &history(&rows));
    assert!(request.target.contains("&orderId=5&pageIndex=1&pageSize=1000&startTs="), "{}", request.target);
    assert_eq!(
        desk.told(),
        "filled 1 40@499995 fee -0.05 id 1 maker | filled 1 40@500000 fee 0.100000000001 id 2 maker"
    );
    // The last fill of the order is not its first: its fee may be of it or of all, so it is asked for too.
    let more = ",\"n\":\"-0.05\",\"td\":3,\"tv\":\"100.00\"";
    desk.frame(Socket::Private, &update("FILLED", "0.0100", "50000.0", more));
    let rows = [rows.as_slice(), &[fill_row(3, "0.0020", "50000.0", "-0.05", 3)]].concat();
    desk.answer_ok("fillHistory", &history(&rows));
    assert_eq!(desk.told(), "filled 1 20@500000 fee 0.05 id 3 maker");
}

#[test]
fn an_update_before_the_answer_to_the_order_is_not_lost() {
    let mut desk = Desk::ready();
    desk.submit(order(1, Side::Buy, 100, limit(Price(500_000))));
    desk.frame(Socket::Private, &update("FILLED", "0.0100", "50000.0", ",\"n\":\"-0.25\",\"tv\":\"500.0\""));
    assert_eq!(desk.told(), "");
    desk.answer_ok("trade/order?", &placed(5));
    assert_eq!(desk.told(), "accepted 1");
    desk.wait(500);
    desk.answer_ok("trade/order?", &row("FILLED", "0.0100", "50000.0", "-0.25"));
    desk.answer_ok("fillHistory", &history(&[fill_row(1, "0.0100", "50000.0", "-0.25", 1)]));
    assert_eq!(desk.told(), "filled 1 100@500000 fee 0.25 id 1 maker");
}

#[test]
fn fills_that_were_missed_are_booked_once_after_the_stream_is_back() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    desk.frame(
        Socket::Private,
        &update("PARTIALLY_FILLED", "0.0040", "50000.0", ",\"n\":\"-0.1\",\"td\":1,\"tv\":\"200.0\""),
    );
    assert_eq!(desk.told(), "filled 1 40@500000 fee 0.1 id 1 maker");
    desk.forget();
    desk.put(Input::Closed(Socket::Private));
    assert!(matches!(&desk.said[..], [Happening::Lost(Channel::Orders, _)]), "{:?}", desk.said);
    desk.wait(2_000);
    desk.give_key();
    desk.put(Input::Opened(Socket::Private));
    desk.answer_ok("openOrders?timestamp", "{\"orders\":[]}");
    assert!(!desk.said.contains(&Happening::Ready(Channel::Orders)), "not before what was missed is known");
    desk.answer_ok("trade/order?", &row("CANCELLED", "0.0090", "50000.0", "-0.225"));
    let rows = [fill_row(1, "0.0040", "50000.0", "-0.1", 1), fill_row(2, "0.0050", "50000.0", "-0.125", 2)];
    desk.answer_ok("fillHistory", &history(&rows));
    let ready = desk.said.iter().position(|it| *it == Happening::Ready(Channel::Orders));
    let last = desk.said.iter().rposition(|it| matches!(it, Happening::Report(_)));
    assert!(ready > last && last.is_some(), "ready comes after the reports: {:?}", desk.said);
    assert_eq!(desk.told(), "filled 1 50@500000 fee 0.125 id 2 maker | cancelled 1");
}

#[test]
fn an_adopted_order_tells_only_what_is_not_booked() {
    let mut desk = Desk::new(|_| {});
    let request = order(1, Side::Buy, 100, limit(Price(500_000)));
    desk.put(Input::Adopt { order: OrderId(1), action: &Action::Submit(request), filled: Qty(40) });
    desk.start();
    desk.answer_ok("openOrders?timestamp", "{\"orders\":[]}");
    let request = desk.answer_ok("trade/order?", &row("PARTIALLY_FILLED", "0.0090", "50000.0", "-0.225"));
    assert!(request.target.contains("clientOrderId=run-1"), "{}", request.target);
    let rows = [fill_row(1, "0.0040", "50000.0", "-0.1", 1), fill_row(2, "0.0050", "50000.0", "-0.125", 2)];
    desk.answer_ok("fillHistory", &history(&rows));
    assert!(desk.said.contains(&Happening::Ready(Channel::Orders)));
    assert_eq!(desk.told(), "filled 1 50@500000 fee 0.125 id 2 maker");
}

#[test]
fn a_fill_booked_in_part_leaves_its_rest() {
    let mut desk = Desk::new(|_| {});
    let request = order(1, Side::Buy, 100, limit(Price(500_000)));
    desk.put(Input::Adopt { order: OrderId(1), action: &Action::Submit(request), filled: Qty(30) });
    desk.start();
    desk.answer_ok("openOrders?timestamp", "{\"orders\":[]}");
    desk.answer_ok("trade/order?", &row("FILLED", "0.0100", "50000.0", "-0.25"));
    desk.answer_ok("fillHistory", &history(&[fill_row(1, "0.0100", "50000.0", "-0.25", 1)]));
    assert_eq!(desk.told(), "filled 1 70@500000 fee 0.175 id 5/100 maker");
}

#[test]
fn a_list_that_lags_is_asked_again_and_then_the_order_itself_is_taken() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    desk.frame(
        Socket::Private,
        &update("PARTIALLY_FILLED", "0.0040", "50000.0", ",\"n\":\"-0.1\",\"td\":1,\"tv\":\"200.0\""),
    );
    assert_eq!(desk.told(), "filled 1 40@500000 fee 0.1 id 1 maker");
    desk.frame(Socket::Private, &update("FILLED", "0.0100", "49999.7", ""));
    let first = history(&[fill_row(1, "0.0040", "50000.0", "-0.1", 1)]);
    for _ in 0..4 {
        desk.answer_ok("fillHistory", &first);
        desk.wait(1_500);
    }
    // 0.01 at 49999.7 less 0.004 at 50000 is 0.006 at 49999.5.
    assert_eq!(desk.told(), "filled 1 60@499995 fee 0 id 5/100 maker");
    assert!(desk.said.iter().any(|it| matches!(it, Happening::Note(text) if text.contains("average"))));
}

#[test]
fn the_older_list_without_numbers_is_taken_where_the_newer_is_refused() {
    let mut desk = Desk::ready();
    desk.rest(1, 5);
    desk.frame(Socket::Private, &update("FILLED", "0.0100", "50000.0", ""));
    desk.fail("fillHistory", 100_404);
    let rows = "{\"fill_orders\":[{\"filledTm\":\"2025-10-09T17:00:01Z\",\"volume\":\"0.0100\",\"price\":\"50000.0\",\
                \"amount\":\"500\",\"commission\":\"-0.25\",\"currency\":\"USDT\",\"orderId\":\"5\",\
                \"filledTime\":\"2025-10-09T17:00:01.000+0800\",\"clientOrderID\":\"\",\"symbol\":\"BTC-USDT\"}]}";
    let request = desk.answer_ok("allFillOrders", rows);
    assert!(request.target.contains("&tradingUnit=COIN&"), "{}", request.target);
    let at = desk.said.iter().find_map(|it| match it {
        Happening::Report(engine::event::Report::Filled(fill)) => Some((fill.venue_time, fill.fill)),
        _ => None,
    });
    // Nine in the morning in UTC, whatever `filledTm` claims.
    assert_eq!(at, Some((Timestamp(1_760_000_401_000_000_000), FillId(5 << 64 | 100))));
}

#[test]
fn a_liquidation_is_nobodys_order_and_told_once() {
    let mut desk = Desk::ready();
    let text = update("FILLED", "0.0100", "49000.0", ",\"n\":\"-0.25\"")
        .replace("\"TRADE\"", "\"CALCULATED\"")
        .replace("\"i\":5", "\"i\":77");
    desk.frame(Socket::Private, &text);
    desk.frame(Socket::Private, &text);
    assert_eq!(desk.told(), "liquidated 100@490000 fee 0.25");
}

#[test]
fn an_order_that_nobody_here_sent_is_told_once_in_words() {
    let mut desk = Desk::ready();
    desk.frame(Socket::Private, &update("NEW", "0", "", ""));
    desk.wait(3_100);
    let other = row("NEW", "0.0", "", "").replace("\"orderId\":5", "\"orderId\":5,\"clientOrderId\":\"web\\u001b[2J\"");
    desk.answer_ok("trade/order?", &other);
    desk.frame(Socket::Private, &update("NEW", "0", "", ""));
    desk.wait(5_000);
    let foreign: Vec<&Happening> = desk.said.iter().filter(|it| matches!(it, Happening::Foreign(_))).collect();
    assert_eq!(foreign.len(), 1, "{foreign:?}");
    let Happening::Foreign(text) = foreign[0] else { unreachable!() };
    assert!(text.contains("order 5") && !text.contains('\u{1b}'), "{text}");
}

proptest! {
    #[test]
    fn parts_in_any_order_and_number_cover_each_unit_once(
        sizes in proptest::collection::vec(1_i64..50, 1..12),
        order in any::<u64>(),
        cuts in proptest::collection::vec(0_i64..400, 0..6),
    ) {
        let part = |(place, size): (usize, &i64)| Part {
            time: Timestamp(EPOCH_MS + i64::try_from(place / 2).unwrap()),
            quantity: Qty(*size),
            price: Price(10),
            fee: Money(7),
            trade: Some(place as u64 + 1),
            liquidity: None,
        };
        let mut parts: Vec<Part> = sizes.iter().enumerate().map(part).collect();
        // A page that overlaps, shuffled.
        parts.extend(parts.clone());
        let mut rng = engine::Rng::stream(order, "shuffle");
        for at in (1..parts.len()).rev() {
            parts.swap(at, usize::try_from(rng.below(at as u64 + 1)).unwrap());
        }
        let total: i64 = sizes.iter().sum();
        let all = in_places(parts);
        prop_assert_eq!(all.last().map(|it| it.end), Some(Qty(total)));
        // Whatever was reported before, what is beyond it adds up to the rest.
        for cut in cuts {
            let mut reported = cut.min(total);
            for fill in &all {
                if let Some(news) = fill.beyond(Qty(reported)) {
                    prop_assert_eq!(news.end.0 - news.part.quantity.0, reported);
                    reported = news.end.0;
                }
            }
            prop_assert_eq!(reported, total);
        }
    }
}

#[test]
fn a_price_finer_than_the_step_is_rounded_against_the_account() {
    use venues::bingx::map::fills::price_against;
    assert_eq!(price_against("50000.04", Side::Buy, 1), Ok(Price(500_001)));
    assert_eq!(price_against("50000.06", Side::Sell, 1), Ok(Price(500_000)));
    assert_eq!(price_against("50000.10", Side::Buy, 1), Ok(Price(500_001)));
    assert!(price_against("0", Side::Buy, 1).is_err());
    assert_eq!(listed().len(), 1);
}
