//! One connector that hears a great deal of it, and frames that are made to become large.
use super::Target;
use super::replay::gzip;
use super::session::{Session, Venue};
use venues::{Happening, Socket};

/// How much memory a process may gain, in bytes.
const GAIN_MAX: u64 = 64 << 20;

/// How much memory the process has, where the system says.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok()).unwrap_or(0);
    pages * 4_096
}

#[test]
fn thousands_of_hostile_frames_leave_a_connector_as_small_as_it_was() {
    for (venue, targets) in [
        (Venue::Alpaca, [Target::AlpacaMarket, Target::AlpacaUpdates, Target::AlpacaMsgpack]),
        (Venue::Bingx, [Target::BingxMarket, Target::BingxPrivate, Target::BingxGzip]),
    ] {
        let cases: Vec<Vec<u8>> = targets.iter().flat_map(|target| target.cases()).collect();
        let mut session = Session::new(venue);
        let mut before = 0;
        for round in 0..30 {
            for case in &cases {
                for socket in [Socket::Market(0), Socket::Private] {
                    session.hear(socket, case);
                    session.reopen(socket);
                }
            }
            session.pass();
            session.answer(503, b"");
            if round == 2 {
                before = resident();
            }
        }
        let gained = resident().saturating_sub(before);
        assert!(gained < GAIN_MAX, "{venue:?} gained {gained} bytes");
    }
}

#[test]
fn ever_new_names_and_ids_are_forgotten_again() {
    for venue in [Venue::Alpaca, Venue::Bingx] {
        let mut session = Session::new(venue);
        let mut before = 0;
        for number in 0..60_000_u64 {
            let id = format!("{number:08x}-0000-4000-8000-{number:012x}");
            let frame = match venue {
                Venue::Alpaca => format!(
                    r#"{{"stream":"trade_updates","data":{{"event":"new","execution_id":"{id}","order":{{"id":"{id}","client_order_id":"{id}","symbol":"S{number}","status":"new"}}}}}}"#
                ),
                Venue::Bingx => format!(
                    r#"{{"e":"ORDER_TRADE_UPDATE","E":1760000040000,"o":{{"s":"S{number}-USDT","c":"{id}","i":"{number}","S":"BUY","o":"LIMIT","X":"NEW","q":"1","z":"0"}}}}"#
                ),
            };
            session.hear(Socket::Private, frame.as_bytes());
            session.told.clear();
            if number == 20_000 {
                before = resident();
            }
        }
        let gained = resident().saturating_sub(before);
        assert!(gained < GAIN_MAX, "{venue:?} gained {gained} bytes");
    }
}

#[test]
fn a_bomb_is_refused_by_a_connector_which_then_goes_on() {
    let mut session = Session::new(Venue::Bingx);
    let bombs = [gzip(&vec![b' '; 64 << 20]), gzip(&vec![b'['; 1 << 20]), gzip(&vec![0; 300_000])];
    let (before, mut refused) = (resident(), 0);
    for bomb in &bombs {
        for socket in [Socket::Market(0), Socket::Private] {
            session.hear(socket, bomb);
            let told = |it: &&Happening| matches!(it, Happening::Note(text) if text.contains("a frame was dropped"));
            refused += session.told.iter().filter(told).count();
            session.reopen(socket);
        }
    }
    // The first, the second, the fourth and so on are told.
    assert_eq!(refused, 3);
    let gained = resident().saturating_sub(before);
    assert!(gained < GAIN_MAX / 4, "gained {gained} bytes");
    let trade = r#"{"code":0,"dataType":"BTC-USDT@trade","data":[{"q":"0.01","p":"50000.5","T":1760000041000,"m":false,"s":"BTC-USDT"}]}"#;
    session.hear(Socket::Market(0), &gzip(trade.as_bytes()));
    assert!(session.told.iter().any(|it| matches!(it, Happening::Tick { .. })), "{:?}", session.told);
}

#[test]
fn a_list_of_a_hundred_thousand_of_nothing_is_told_in_few_words() {
    let list = |item: &str, count: usize| format!("[{}{item}]", format!("{item},").repeat(count - 1));
    for (venue, item) in [
        (Venue::Alpaca, "7"),
        (Venue::Alpaca, r#"{"T":"b","S":"AAPL"}"#),
        (Venue::Alpaca, r#"{"T":"zz"}"#),
        (Venue::Bingx, "7"),
        (Venue::Bingx, "{}"),
    ] {
        let (list, mut session) = (list(item, 20_000), Session::new(venue));
        session.hear(Socket::Market(0), list.as_bytes());
        session.hear(Socket::Private, list.as_bytes());
        let data = format!(r#"{{"code":0,"dataType":"BTC-USDT@kline_1m","s":"BTC-USDT","data":{list}}}"#);
        session.hear(Socket::Market(0), data.as_bytes());
        session.answer(200, list.as_bytes());
        session.answer(200, format!(r#"{{"code":0,"data":{list}}}"#).as_bytes());
    }
}
