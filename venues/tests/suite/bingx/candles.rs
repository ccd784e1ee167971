//! Candles of the stream and of requests: final once, in order, without a gap.
use super::desk::{Desk, EPOCH_MS, MARKET};
use engine::{Candle, InstrumentId, Price, Timestamp};
use venues::query::{Answer, Query};
use venues::{Channel, Happening, Input, Standing};

const MINUTE_MS: i64 = 60_000;
const CANDLES: Channel = Channel::Candles(InstrumentId(7));

fn open_ms(minute: i64) -> i64 {
    EPOCH_MS + minute * MINUTE_MS
}

/// The stream's candle of a minute since the beginning.
fn push(minute: i64, close: &str) -> String {
    format!(
        "{{\"code\":0,\"dataType\":\"BTC-USDT@kline_1m\",\"s\":\"BTC-USDT\",\"data\":[{{\"c\":\"{close}\",\"o\":\"50000.0\",\
         \"h\":\"50010.0\",\"l\":\"49990.0\",\"v\":\"1.23456\",\"T\":{}}}]}}",
        open_ms(minute)
    )
}

fn rest(minutes: &[(i64, &str)]) -> String {
    // Newest first, as the venue does.
    let row = |(minute, close): &(i64, &str)| {
        let time = open_ms(*minute);
        format!(
            "{{\"open\":\"50000.0\",\"close\":\"{close}\",\"high\":\"50010.0\",\"low\":\"49990.0\",\"volume\":\"1.23456\",\
             \"time\":{time}}}"
        )
    };
    format!("[{}]", minutes.iter().rev().map(row).collect::<Vec<_>>().join(","))
}

/// The candles told since the last time: `~0:50001.0` under way, `=` final, `!` corrected.
fn told(desk: &mut Desk) -> String {
    let line = |it: &Happening| match it {
        Happening::Candle { candle, standing, .. } => {
            let mark = match standing {
                Standing::Forming => '~',
                Standing::Final => '=',
                Standing::Corrected => '!',
            };
            let minute = (candle.open_time.0 / 1_000_000 - EPOCH_MS) / MINUTE_MS;
            Some(format!("{mark}{minute}:{}", candle.close.0))
        }
        _ => None,
    };
    let told = desk.said.iter().filter_map(line).collect::<Vec<_>>().join(" ");
    desk.said.retain(|it| line(it).is_none());
    told
}

#[test]
fn a_candle_is_final_when_the_next_begins_and_confirmed_afterwards() {
    let mut desk = Desk::ready();
    desk.open_market();
    desk.frame(MARKET, &push(0, "50001.0"));
    desk.frame(MARKET, &push(0, "50002.0"));
    assert_eq!(told(&mut desk), "~0:500010 ~0:500020");
    desk.wait(60_500);
    desk.frame(MARKET, &push(1, "50003.0"));
    assert_eq!(told(&mut desk), "=0:500020 ~1:500030");
    desk.wait(1_600);
    // The last change of the old candle was not pushed.
    desk.answer_ok("quote/klines", &rest(&[(-1, "50000.0"), (0, "50002.5"), (1, "50003.0")]));
    assert_eq!(told(&mut desk), "!0:500025");
}

#[test]
fn a_candle_without_a_successor_is_final_once_a_request_confirms_it() {
    let mut desk = Desk::ready();
    desk.open_market();
    desk.frame(MARKET, &push(0, "50001.0"));
    desk.wait(61_900);
    assert_eq!(told(&mut desk), "~0:500010");
    desk.wait(200);
    desk.answer_ok("quote/klines", "[]");
    assert_eq!(told(&mut desk), "", "not there yet: not final");
    desk.wait(2_000);
    let request = desk.answer_ok("quote/klines", &rest(&[(0, "50001.5")]));
    assert!(request.target.contains("interval=1m&limit=1000&startTime="), "{}", request.target);
    assert_eq!(told(&mut desk), "=0:500015");
    // Nobody trades any more: the next ends are asked about all the same, and nothing is made up.
    desk.wait(60_000);
    desk.answer_ok("quote/klines", &rest(&[(0, "50001.5")]));
    assert_eq!(told(&mut desk), "");
    desk.wait(60_000);
    desk.answer_ok("quote/klines", &rest(&[(0, "50001.5"), (2, "50009.0")]));
    assert_eq!(told(&mut desk), "=2:500090");
}

#[test]
fn what_a_broken_connection_missed_comes_before_what_follows() {
    let mut desk = Desk::ready();
    desk.open_market();
    desk.frame(MARKET, &push(0, "50001.0"));
    desk.frame(MARKET, &push(1, "50002.0"));
    told(&mut desk);
    desk.put(Input::Closed(MARKET));
    assert!(desk.said.iter().any(|it| matches!(it, Happening::Lost(channel, _) if *channel == CANDLES)));
    desk.lose_all("quote/klines");
    desk.wait(2_000);
    assert_eq!(desk.opened.len(), 1, "it is opened again");
    desk.wait(239_000);
    desk.put(Input::Opened(MARKET));
    desk.lose_all("quote/klines");
    desk.frame(MARKET, &push(4, "50005.0"));
    assert!(desk.said.contains(&Happening::Ready(CANDLES)), "news before the acknowledgement show that it is taken");
    assert_eq!(told(&mut desk), "=1:500020 ~4:500050");
    desk.wait(60_500);
    desk.frame(MARKET, &push(5, "50006.0"));
    assert_eq!(told(&mut desk), "~5:500060", "held back until the gap is closed");
    desk.wait(40_000);
    let rows = rest(&[(0, "50001.0"), (1, "50002.0"), (2, "50003.0"), (3, "50004.0"), (4, "50005.0"), (5, "50006.0")]);
    desk.answer_ok("quote/klines", &rows);
    assert_eq!(told(&mut desk), "=2:500030 =3:500040 =4:500050");
}

#[test]
fn history_is_paged_with_overlap_and_without_the_candle_under_way() {
    let mut desk = Desk::ready();
    // The candle that ends now is not settled yet; a second later it is.
    desk.wait(1_000);
    let at = |minute: i64| Timestamp(open_ms(minute) * 1_000_000);
    let query = Query::History { instrument: InstrumentId(7), from: at(-1_000), to: at(5) };
    desk.put(Input::Ask(9, &query));
    let first: Vec<(i64, &str)> = (-1_001..=-9).map(|minute| (minute, "50001.0")).collect();
    let request = desk.answer_ok("quote/klines", &rest(&first));
    let bounds = format!("endTime={}&interval=1m&limit=1000&startTime={}&", open_ms(-10), open_ms(-1_001));
    assert!(request.target.contains(&bounds), "{}", request.target);
    // The second page is short, and repeats; the last candle of it is under way.
    desk.answer_ok(
        "quote/klines",
        &rest(&[(-11, "50001.0"), (-10, "50001.0"), (-2, "50002.0"), (-1, "50003.0"), (0, "50004.0")]),
    );
    let Some(Happening::Answer(9, Ok(Answer::History(candles)))) = desk.said.last() else { panic!("{:?}", desk.said) };
    let expected: Vec<Timestamp> = (-1_000..=-9).chain([-2, -1]).map(at).collect();
    let found: Vec<Timestamp> = candles.iter().map(|it| it.open_time).collect();
    assert!(found == expected, "{} {:?} {:?}", found.len(), found.first(), found.last());
    let last = Candle {
        open_time: at(-1),
        known_time: at(0),
        open: Price(500_000),
        high: Price(500_100),
        low: Price(499_900),
        close: Price(500_030),
        volume: 12_345,
    };
    assert_eq!(candles.last(), Some(&last), "a volume is cut to the quantity's step");
}

#[test]
fn a_candle_that_cannot_be_is_dropped_and_told() {
    let mut desk = Desk::ready();
    desk.open_market();
    for close in ["50020.0", "0", "NaN", "50000.05", "1e400", "99999999999999999999999"] {
        desk.frame(MARKET, &push(0, close));
    }
    assert_eq!(told(&mut desk), "");
    assert!(
        desk.said.iter().any(|it| matches!(it, Happening::Note(text) if text.contains("outside"))),
        "{:?}",
        desk.said
    );
}
