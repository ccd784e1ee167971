//! The streams of market data, and what stands in for them without a key.
use super::rig::{AAPL, BTC, Rig, config, listed};
use engine::tick::Tick;
use engine::{Interval, Price, Qty, Side, Timestamp};
use venues::alpaca::{Alpaca, Config, ConfigError, Feed};
use venues::{Channel, Happening, Input, Method, Socket, Standing};

const CONNECTED: &str = r#"[{"T":"success","msg":"connected"}]"#;
const AUTHENTICATED: &str = r#"[{"T":"success","msg":"authenticated"}]"#;
const SUBSCRIBED: &str = r#"[{"T":"subscription","trades":["AAPL"],"quotes":["AAPL"],"bars":["AAPL"],"updatedBars":["AAPL"],"dailyBars":[],"statuses":null,"corrections":["AAPL"]}]"#;

fn started(config: Config) -> Rig {
    let mut rig = Rig::of(config);
    rig.input(Input::Start);
    rig
}

/// The stream of stocks is up; a bar that was missed is not.
fn up() -> Rig {
    let mut rig = started(config());
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, CONNECTED);
    rig.market(0, AUTHENTICATED);
    rig.market(0, SUBSCRIBED);
    rig.happened.clear();
    rig
}

fn bar(kind: &str, minute: u32, close: &str) -> String {
    format!(
        r#"[{{"T":"{kind}","S":"AAPL","o":150.1,"h":{close},"l":150.0,"c":{close},"v":1200.5,"t":"2026-01-02T14:{minute}:00Z","n":12,"vw":150.31}}]"#
    )
}

/// Minute, close and standing of the candles that were told.
fn candles(rig: &mut Rig) -> Vec<(i64, i64, Standing)> {
    let hour = venues::instant::instant("2026-01-02T14:00:00Z").expect("an instant").0;
    let show = |happening: &Happening| match happening {
        Happening::Candle { candle, standing, .. } => {
            Some(((candle.open_time.0 - hour) / Interval::MINUTE.0, candle.close.0, *standing))
        }
        _ => None,
    };
    std::mem::take(&mut rig.happened).iter().filter_map(show).collect()
}

#[test]
fn a_stream_is_greeted_authenticated_and_subscribed() {
    let mut rig = started(config());
    let opened: Vec<&str> = rig.opened.iter().map(|(_, url)| url.as_str()).collect();
    let stream = "wss://stream.data.alpaca.markets";
    assert_eq!(opened[..2], [format!("{stream}/v2/iex"), format!("{stream}/v1beta3/crypto/us")]);
    rig.input(Input::Opened(Socket::Market(0)));
    assert!(rig.said.is_empty(), "the venue greets first");
    rig.market(0, CONNECTED);
    rig.market(0, AUTHENTICATED);
    let said: Vec<&str> = rig.said.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(
        said,
        [
            r#"{"action":"auth","key":"PKCANARYKEY","secret":"canarysecret"}"#,
            r#"{"action":"subscribe","bars":["AAPL"],"quotes":["AAPL"],"trades":["AAPL"],"updatedBars":["AAPL"]}"#,
        ]
    );
    rig.market(0, SUBSCRIBED);
    let ready = [Channel::Candles(AAPL), Channel::Trades(AAPL), Channel::Quotes(AAPL)].map(Happening::Ready);
    assert!(ready.iter().all(|it| rig.happened.contains(it)), "{:?}", rig.happened);
}

#[test]
fn a_stream_in_messagepack_is_the_same() {
    let mut rig = started(Config { msgpack: true, ..config() });
    rig.input(Input::Opened(Socket::Market(1)));
    let pack = |json: &str| venues::msgpack::from_json(&serde_json::from_str(json).expect("JSON"));
    let mut hear = |json: &str| rig.input(Input::Received(Socket::Market(1), venues::Frame::Binary(&pack(json))));
    hear(CONNECTED);
    hear(AUTHENTICATED);
    hear(&SUBSCRIBED.replace("AAPL", "BTC/USD"));
    hear(&bar("b", 30, "150.4").replace("AAPL", "BTC/USD"));
    assert_eq!(candles(&mut rig), [(30, 1_504_000, Standing::Final)]);
    assert_eq!(rig.said[0].1, r#"{"action":"auth","key":"PKCANARYKEY","secret":"canarysecret"}"#);
}

#[test]
fn what_was_wanted_and_is_not_subscribed_is_lost() {
    let mut rig = started(config());
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, CONNECTED);
    rig.market(0, AUTHENTICATED);
    rig.happened.clear();
    rig.market(0, &SUBSCRIBED.replace(r#""quotes":["AAPL"]"#, r#""quotes":[]"#));
    assert!(rig.happened.contains(&Happening::Ready(Channel::Candles(AAPL))));
    assert!(
        rig.happened.iter().any(|it| matches!(it, Happening::Lost(Channel::Quotes(AAPL), _))),
        "{:?}",
        rig.happened
    );
}

#[test]
fn a_bar_is_final_an_updated_one_corrects_and_an_empty_minute_has_none() {
    let mut rig = up();
    rig.market(0, &bar("b", 30, "150.4"));
    rig.market(0, &bar("b", 30, "150.4"));
    rig.market(0, &bar("u", 30, "150.5"));
    rig.market(0, &bar("b", 33, "150.6"));
    let expected =
        [(30, 1_504_000, Standing::Final), (30, 1_505_000, Standing::Corrected), (33, 1_506_000, Standing::Final)];
    assert_eq!(candles(&mut rig), expected);
}

#[test]
fn minutes_outside_the_session_are_left_out_where_only_the_session_is_traded() {
    let day = r#"[{"date":"2026-01-02","open":"09:30","close":"16:00"}]"#;
    let mut rig = up();
    rig.reply((Method::Get, "/v2/calendar?start=2025-12-25"), 200, day);
    rig.market(0, &bar("b", 29, "150.4"));
    assert_eq!(rig.happened, [Happening::Alive(Channel::Candles(AAPL))]);
    rig.market(0, &bar("b", 30, "150.4"));
    assert_eq!(candles(&mut rig), [(30, 1_504_000, Standing::Final)]);
    let mut rig = started(Config { hours: venues::alpaca::Hours::Extended, ..config() });
    assert!(rig.take(Method::Get, "/v2/calendar").is_none());
}

#[test]
fn trades_and_quotes_are_ticks() {
    let mut rig = up();
    let message = r#"[{"T":"t","S":"AAPL","i":6142,"x":"V","p":177.7901,"s":90,"c":["@","I"],"z":"C","t":"2026-01-02T14:30:00.000000001Z"},
        {"T":"q","S":"AAPL","bx":"V","bp":25.41,"bs":35,"ax":"V","ap":25.43,"as":36,"c":["R"],"z":"B","t":"2026-01-02T14:30:00.5Z"},
        {"T":"q","S":"AAPL","bx":" ","bp":0,"bs":0,"ax":"V","ap":25.43,"as":36,"t":"2026-01-02T14:30:00.5Z"},
        {"T":"x","S":"AAPL","i":1,"p":1,"s":1},{"T":"never heard"}]"#;
    rig.market(0, message);
    let at = |ns: i64| Timestamp(super::rig::OPEN + ns);
    let trade = Tick::trade(at(1), Price(1_777_901), Qty(90_000_000_000), None);
    let quote =
        Tick::quote(at(500_000_000), (Price(254_100), Qty(35_000_000_000)), (Price(254_300), Qty(36_000_000_000)));
    let tick = |tick| Happening::Tick { instrument: AAPL, tick };
    assert_eq!(rig.happened[..3], [tick(trade), tick(quote), Happening::Alive(Channel::Quotes(AAPL))]);
    assert_eq!(rig.notes().len(), 1);
    let mut rig = up();
    let crypto = r#"[{"T":"t","S":"BTC/USD","i":1,"p":46386.98,"s":0.035083,"tks":"S","t":"2026-01-02T14:30:00Z"}]"#;
    rig.input(Input::Opened(Socket::Market(1)));
    rig.market(1, crypto);
    let sold = Tick::trade(at(0), Price(463_869_800), Qty(35_083_000), Some(Side::Sell));
    assert_eq!(rig.happened, [Happening::Tick { instrument: BTC, tick: sold }]);
}

#[test]
fn bars_that_were_missed_come_before_those_that_came_meanwhile() {
    let mut rig = up();
    rig.market(0, &bar("b", 30, "150.4"));
    rig.pass(240_000); // it is 14:34
    rig.input(Input::Closed(Socket::Market(0)));
    assert!(rig.happened.iter().any(|it| matches!(it, Happening::Lost(Channel::Candles(AAPL), _))));
    rig.pass(2_000);
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, CONNECTED);
    rig.market(0, AUTHENTICATED);
    rig.market(0, SUBSCRIBED);
    candles(&mut rig);
    rig.pass(60_000);
    rig.market(0, &bar("b", 34, "150.9"));
    assert_eq!(candles(&mut rig), [], "it waits for those before it");
    let missed = rig.request(Method::Get, "/v2/stocks/bars?symbols=AAPL&timeframe=1Min&start=2026-01-02T14%3A31%3A00Z");
    let row = |minute: u32, close: &str| {
        bar("b", minute, close).replace(r#""T":"b","S":"AAPL","#, "").replace(['[', ']'], "")
    };
    let page = |rows: &[String], token: &str| {
        format!(r#"{{"bars":{{"AAPL":[{}]}},"next_page_token":{token}}}"#, rows.join(","))
    };
    rig.answer(&missed, 200, &page(&[row(31, "150.5")], "\"more\""));
    rig.reply(
        (Method::Get, &format!("{}&page_token=more", missed.target)),
        200,
        &page(&[row(33, "150.7"), row(34, "150.8")], "null"),
    );
    let told = candles(&mut rig);
    let closes: Vec<(i64, Standing)> = told.iter().map(|(minute, _, standing)| (*minute, *standing)).collect();
    use Standing::{Corrected, Final};
    assert_eq!(closes, [(31, Final), (33, Final), (34, Final), (34, Corrected)]);
}

#[test]
fn a_stream_that_falls_silent_while_something_is_to_be_expected_is_opened_again() {
    let mut rig = up();
    rig.pass(600_000);
    assert!(!rig.closed.contains(&Socket::Market(0)), "nobody knows whether there is a session");
    rig.reply((Method::Get, "/v2/calendar"), 200, r#"[{"date":"2026-01-02","open":"09:30","close":"16:00"}]"#);
    rig.market(0, &bar("b", 30, "150.4"));
    rig.pass(119_000);
    assert!(!rig.closed.contains(&Socket::Market(0)));
    rig.pass(3_000);
    assert!(rig.closed.contains(&Socket::Market(0)));
    rig.pass(2_000);
    assert_eq!(rig.opened.iter().filter(|(socket, _)| *socket == Socket::Market(0)).count(), 2);
}

#[test]
fn a_second_connection_is_refused_so_the_old_one_is_closed_and_a_while_passes() {
    let mut rig = started(config());
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, CONNECTED);
    rig.market(0, r#"[{"T":"error","code":406,"msg":"connection limit exceeded"}]"#);
    assert_eq!(rig.closed, [Socket::Market(0)]);
    rig.input(Input::Closed(Socket::Market(0)));
    rig.opened.clear();
    rig.pass(9_900);
    assert!(!rig.opened.iter().any(|(socket, _)| *socket == Socket::Market(0)), "not at once");
    rig.pass(130_000);
    assert!(rig.opened.iter().any(|(socket, _)| *socket == Socket::Market(0)));
}

#[test]
fn a_refused_key_bars_and_what_is_not_paid_for_is_not_asked_for_again_soon() {
    let mut rig = started(config());
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, r#"[{"T":"error","code":402,"msg":"auth failed"}]"#);
    assert!(rig.happened.iter().any(|it| matches!(it, Happening::Barred(_))));
    let mut rig = started(Config { feed: Feed::Sip, ..config() });
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, CONNECTED);
    rig.market(0, r#"[{"T":"error","code":409,"msg":"insufficient subscription"}]"#);
    rig.opened.clear();
    rig.pass(250_000);
    assert!(!rig.opened.iter().any(|(socket, _)| *socket == Socket::Market(0)));
}

#[test]
fn an_account_that_is_known_already_goes_on_to_subscribe() {
    let mut rig = started(config());
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, CONNECTED);
    rig.market(0, r#"[{"T":"error","code":403,"msg":"already authenticated"}]"#);
    assert!(rig.said.last().is_some_and(|(_, text)| text.contains("subscribe")));
}

#[test]
fn longer_candles_are_made_of_minutes_and_begin_with_those_before_the_stream() {
    let mut setup = config();
    setup.listed = vec![listed(AAPL, "AAPL", "15m")];
    let mut rig = started(setup);
    rig.pass(60_000 * 4); // it is 14:34
    rig.input(Input::Opened(Socket::Market(0)));
    rig.input(Input::Closed(Socket::Market(0)));
    rig.pass(61_000);
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, CONNECTED);
    rig.market(0, AUTHENTICATED);
    rig.market(0, SUBSCRIBED);
    let missed = "/v2/stocks/bars?symbols=AAPL&timeframe=1Min&start=2026-01-02T14%3A30%3A00Z";
    let row = bar("b", 31, "151.5").replace(r#""T":"b","S":"AAPL","#, "").replace(['[', ']'], "");
    rig.reply((Method::Get, missed), 200, &format!(r#"{{"bars":{{"AAPL":[{row}]}},"next_page_token":null}}"#));
    rig.market(0, &bar("b", 44, "150.4"));
    assert_eq!(candles(&mut rig), [(30, 1_515_000, Standing::Forming), (30, 1_504_000, Standing::Final)]);
}

#[test]
fn without_a_key_the_candles_of_crypto_are_asked_for() {
    let mut setup = config();
    setup.credentials = None;
    assert_eq!(Alpaca::new(setup.clone()).err(), Some(ConfigError::NoKey("AAPL".into())));
    setup.listed.remove(0);
    let mut rig = started(setup);
    assert!(rig.opened.is_empty());
    let path = "/v1beta3/crypto/us/bars?symbols=BTC%2FUSD&timeframe=1Min";
    let request = rig.request(Method::Get, path);
    assert!(request.headers.is_empty());
    let row = bar("b", 29, "150.4").replace(r#""T":"b","S":"AAPL","#, "").replace(['[', ']'], "");
    let page = |row: &str| format!(r#"{{"bars":{{"BTC/USD":[{row}]}},"next_page_token":null}}"#);
    rig.answer(&request, 200, &page(&row));
    assert!(rig.happened.contains(&Happening::Ready(Channel::Candles(BTC))));
    assert_eq!(candles(&mut rig), [(29, 1_504_000, Standing::Final)]);
    rig.pass(63_500);
    let forming = row.replace("14:29", "14:31");
    rig.reply((Method::Get, path), 200, &page(&format!("{},{forming}", row.replace("14:29", "14:30"))));
    assert_eq!(candles(&mut rig), [(30, 1_504_000, Standing::Final)], "the one under way is not told");
}

#[test]
fn a_set_up_that_cannot_work_says_why() {
    let with = |symbol: &str, interval: &str| {
        let mut setup = config();
        setup.listed = vec![listed(AAPL, "AAPL", "1m"), listed(BTC, symbol, interval)];
        Alpaca::new(setup).err().map(|error| error.to_string())
    };
    assert_eq!(with("BTC/USD", "4h"), None);
    assert!(with("AAPL", "1m").is_some_and(|why| why.contains("twice")));
    assert!(with("MSFT", "7m").is_some_and(|why| why.contains("7m")));
    assert!(with("MSFT", "1w").is_some());
    assert!(with("A&B", "1m").is_some());
}
