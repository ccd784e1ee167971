//! Sockets: opened again with patience, streams asked for and acknowledged, pings answered, keys kept and replaced.
use super::desk::{Desk, KEY, LISTEN, MARKET};
use engine::tick::Tick;
use engine::{InstrumentId, Price, Qty, Side, Timestamp};
use venues::{Channel, Happening, Input, LinkFailure, Socket};

const MINUTE: u64 = 60_000;
const ACCOUNT: &str = "{\"e\":\"ACCOUNT_UPDATE\",\"E\":1,\"T\":1,\"a\":{\"m\":\"ORDER\",\"B\":[],\"P\":[]}}";

fn lost(desk: &Desk, channel: Channel) -> usize {
    desk.said.iter().filter(|it| matches!(it, Happening::Lost(lost, _) if *lost == channel)).count()
}

fn ready(desk: &Desk, channel: Channel) -> usize {
    desk.said.iter().filter(|it| **it == Happening::Ready(channel)).count()
}

#[test]
fn streams_are_asked_for_and_ready_when_acknowledged() {
    let mut desk = Desk::ready();
    desk.put(Input::Opened(MARKET));
    let asked: Vec<&str> = desk.texts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(
        asked,
        [
            "{\"id\":\"0.0.1\",\"reqType\":\"sub\",\"dataType\":\"BTC-USDT@kline_1m\"}",
            "{\"id\":\"0.1.1\",\"reqType\":\"sub\",\"dataType\":\"BTC-USDT@trade\"}",
            "{\"id\":\"0.2.1\",\"reqType\":\"sub\",\"dataType\":\"BTC-USDT@bookTicker\"}",
        ]
    );
    desk.frame(MARKET, "{\"code\":0,\"id\":\"0.1.1\",\"msg\":\"SUCCESS\",\"timestamp\":1759225965363}");
    assert_eq!(ready(&desk, Channel::Trades(InstrumentId(7))), 1);
    desk.frame(MARKET, "{\"id\":\"0.2.1\",\"code\":80015,\"msg\":\"no such\",\"timestamp\":1}");
    assert_eq!(lost(&desk, Channel::Quotes(InstrumentId(7))), 1);
    desk.frame(MARKET, "{\"code\":100400,\"msg\":\"\",\"timestamp\":1696245808833}");
    // The one that was not acknowledged is asked for again, twice, and then the connection is given up.
    desk.texts.clear();
    desk.wait(31_000);
    let again: Vec<&str> = desk.texts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(again.len(), 2, "{again:?}");
    assert!(again.iter().all(|text| text.contains("kline_1m")));
    assert!(desk.closed.contains(&MARKET));
}

#[test]
fn pings_of_both_dialects_are_answered() {
    let mut desk = Desk::ready();
    desk.put(Input::Opened(MARKET));
    desk.texts.clear();
    desk.frame(MARKET, "Ping");
    desk.frame(Socket::Private, "ping");
    desk.put(Input::Received(MARKET, venues::Frame::Text("Ping")));
    desk.frame(MARKET, "{\"ping\":\"5963ba3d\",\"time\":\"2023-10-02T18:51:55.089+0800\"}");
    let pong = (MARKET, "Pong".to_string());
    let json = "{\"pong\":\"5963ba3d\",\"time\":\"2023-10-02T18:51:55.089+0800\"}".to_string();
    assert_eq!(desk.texts, [pong.clone(), (Socket::Private, "Pong".into()), pong, (MARKET, json)]);
}

#[test]
fn trades_and_quotes_are_told_in_order_and_old_ones_not_again() {
    let mut desk = Desk::ready();
    desk.open_market();
    let trade = |price: &str, second: i64, maker: bool| {
        let time = super::desk::EPOCH_MS + second * 1_000;
        format!("{{\"q\":\"0.5\",\"p\":\"{price}\",\"T\":{time},\"m\":{maker},\"s\":\"BTC-USDT\"}}")
    };
    let frame =
        |rows: &[String]| format!("{{\"code\":0,\"dataType\":\"BTC-USDT@trade\",\"data\":[{}]}}", rows.join(","));
    let ticks = |desk: &mut Desk| {
        let tick = |it: &Happening| if let Happening::Tick { tick, .. } = it { Some(*tick) } else { None };
        let ticks: Vec<Tick> = desk.said.iter().filter_map(tick).collect();
        desk.said.clear();
        ticks
    };
    let time = |second: i64| Timestamp((super::desk::EPOCH_MS + second * 1_000) * 1_000_000);
    let expected = |price, second, taker| Tick::trade(time(second), Price(price), Qty(5_000), Some(taker));
    desk.wait(2_000);
    // Newest first, and the last one is from long before the subscription.
    desk.frame(MARKET, &frame(&[trade("50002", 2, true), trade("50001", 1, false), trade("49000", -60, false)]));
    assert_eq!(ticks(&mut desk), [expected(500_010, 1, Side::Buy), expected(500_020, 2, Side::Sell)]);
    desk.frame(MARKET, &frame(&[trade("50003", 2, true)]));
    assert_eq!(ticks(&mut desk), [expected(500_030, 2, Side::Sell)]);
    desk.put(Input::Closed(MARKET));
    desk.wait(2_000);
    desk.put(Input::Opened(MARKET));
    desk.said.clear();
    desk.frame(MARKET, &frame(&[trade("50004", 3, true), trade("50003", 2, true)]));
    assert_eq!(ticks(&mut desk), [expected(500_040, 3, Side::Sell)]);
    let quote = "{\"code\":0,\"dataType\":\"BTC-USDT@bookTicker\",\"data\":{\"e\":\"bookTicker\",\"u\":1,\"E\":1760000042001,\
                 \"T\":1760000042000,\"s\":\"BTC-USDT\",\"b\":\"50000.5\",\"B\":\"1.5\",\"a\":\"50001.0\",\"A\":\"0.25\"}}";
    desk.frame(MARKET, quote);
    let expected = Tick::quote(time(2), (Price(500_005), Qty(15_000)), (Price(500_010), Qty(2_500)));
    assert_eq!(ticks(&mut desk), [expected]);
}

#[test]
fn a_connection_that_ends_at_once_again_and_again_is_opened_ever_less_often() {
    let mut desk = Desk::ready();
    let mut opened = 0;
    for _ in 0..600 {
        desk.put(Input::Opened(MARKET));
        desk.put(Input::Closed(MARKET));
        desk.wait(1_000);
        opened += desk.opened.iter().filter(|(socket, _)| *socket == MARKET).count();
        desk.opened.clear();
    }
    assert!(opened < 60, "{opened} in ten minutes");
    assert!(opened > 5, "{opened} in ten minutes");
}

#[test]
fn a_silent_connection_is_opened_again_and_pings_are_no_news() {
    let mut desk = Desk::ready();
    desk.open_market();
    desk.wait(70_000);
    assert!(desk.closed.contains(&MARKET), "not even a ping came");
    let mut desk = Desk::ready();
    desk.open_market();
    for _ in 0..50 {
        desk.frame(MARKET, "Ping");
        desk.wait(5_000);
    }
    assert!(desk.closed.contains(&MARKET), "pings came, and nothing else");
    assert_eq!(lost(&desk, Channel::Candles(InstrumentId(7))), 1);
}

#[test]
fn a_private_stream_whose_snapshots_stop_is_mute() {
    let mut desk = Desk::ready();
    for _ in 0..4 {
        desk.frame(Socket::Private, ACCOUNT);
        desk.wait(5_000);
    }
    assert_eq!(lost(&desk, Channel::Orders), 0);
    for _ in 0..4 {
        desk.frame(Socket::Private, "Ping");
        desk.wait(5_000);
    }
    assert_eq!(lost(&desk, Channel::Orders), 1);
    assert!(desk.closed.contains(&Socket::Private));
    // A new key, a new socket, and ready only once it has caught up.
    desk.give_key();
    assert_eq!(desk.opened.last().map(|(socket, _)| *socket), Some(Socket::Private));
    desk.put(Input::Opened(Socket::Private));
    assert_eq!(ready(&desk, Channel::Orders), 0);
    desk.sent.retain(|request| !request.target.contains("server/time"));
    desk.answer_ok("openOrders?timestamp", "{\"orders\":[]}");
    assert_eq!(ready(&desk, Channel::Orders), 1);
}

/// A desk whose private stream is kept alive for so many minutes.
fn alive(desk: &mut Desk, minutes: u64) {
    for _ in 0..minutes * 6 {
        desk.frame(Socket::Private, ACCOUNT);
        desk.wait(5_000);
        desk.frame(Socket::Private, ACCOUNT);
        desk.wait(5_000);
        let audits: Vec<_> =
            desk.sent.iter().filter(|it| it.target.contains("openOrders?timestamp")).map(|it| it.ticket).collect();
        desk.sent.retain(|it| !it.target.contains("openOrders?timestamp") && !it.target.contains("server/time"));
        audits.into_iter().for_each(|ticket| desk.reply(ticket, 200, "{\"code\":0,\"data\":{\"orders\":[]}}"));
    }
}

#[test]
fn the_key_is_extended_every_half_hour() {
    let mut desk = Desk::ready();
    alive(&mut desk, 31);
    let request = desk.answer("userDataStream", 200, "");
    assert_eq!(request.method.name(), "PUT");
    assert_eq!(request.target, format!("/openApi/user/auth/userDataStream?listenKey={LISTEN}"));
    assert_eq!(secrecy::ExposeSecret::expose_secret(&request.headers[0].1), KEY);
    alive(&mut desk, 31);
    assert_eq!(desk.answer("userDataStream", 200, "").method.name(), "PUT");
    assert_eq!(lost(&desk, Channel::Orders), 0);
}

#[test]
fn a_key_that_is_unknown_or_cannot_be_extended_is_replaced_in_time() {
    for status in [204, 404] {
        let mut desk = Desk::ready();
        alive(&mut desk, 31);
        desk.answer("userDataStream", status, "");
        assert_eq!(lost(&desk, Channel::Orders), 1, "{status}");
        assert_eq!(desk.take("userDataStream").method.name(), "POST");
    }
    let mut desk = Desk::ready();
    let mut posted = None;
    for minute in 0..60 {
        alive(&mut desk, 1);
        while let Some(at) = desk.sent.iter().position(|it| it.method.name() == "PUT") {
            let ticket = desk.sent.remove(at).ticket;
            desk.put(Input::Unanswered { ticket, failure: LinkFailure::Lost });
        }
        if desk.sent.iter().any(|it| it.method.name() == "POST") {
            posted = posted.or(Some(minute));
        }
    }
    assert!(posted.is_some_and(|minute| (50..60).contains(&minute)), "{posted:?}");
}

#[test]
fn a_key_that_expires_means_another_socket_and_catching_up() {
    let mut desk = Desk::ready();
    let other = "{\"e\":\"listenKeyExpired\",\"E\":1676964520421,\"listenKey\":\"53c106\"}";
    desk.frame(Socket::Private, other);
    assert_eq!(lost(&desk, Channel::Orders), 0, "an older key is not ours any more");
    desk.frame(Socket::Private, &other.replace("53c106", LISTEN));
    assert_eq!(lost(&desk, Channel::Orders), 1);
    desk.give_key();
    desk.put(Input::Opened(Socket::Private));
    desk.answer_ok("openOrders?timestamp", "{\"orders\":[]}");
    assert_eq!(ready(&desk, Channel::Orders), 1);
}

#[test]
fn the_stream_is_not_ready_while_open_orders_cannot_be_listed() {
    let mut desk = Desk::new(|_| {});
    desk.start();
    for body in ["", "{\"code\":0}", "{\"code\":0,\"data\":{}}", "{\"code\":109500,\"msg\":\"busy\"}"] {
        desk.answer("openOrders?timestamp", 200, body);
        desk.wait(2_000);
    }
    assert_eq!(ready(&desk, Channel::Orders), 0);
    desk.answer_ok("openOrders?timestamp", "{\"orders\":null}");
    assert_eq!(ready(&desk, Channel::Orders), 1);
}

#[test]
fn the_end_gives_streams_up_and_cancels_nothing() {
    let mut desk = Desk::ready();
    desk.open_market();
    desk.rest(1, 5);
    desk.put(Input::Stop);
    assert!(desk.closed.contains(&MARKET) && desk.closed.contains(&Socket::Private));
    let last = desk.take("userDataStream");
    assert_eq!(last.method.name(), "DELETE");
    desk.wait(10 * MINUTE);
    assert!(desk.opened.is_empty() && !desk.sent.iter().any(|it| it.target.contains("trade/")), "{:?}", desk.sent);
    assert_eq!(desk.it_wakes(), None);
}
