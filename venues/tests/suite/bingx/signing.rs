//! Our signer over the recorded parameters gives the recorded queries and signatures, and our orders those parameters.
use super::desk::{limit, listed, order};
use super::recorded::cases;
use engine::order::{OrderKind, Terms, TimeInForce, Trail};
use engine::{Price, Side, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use venues::bingx::map::order::{Name, Style, named};
use venues::bingx::{Params, PositionMode, Signer, Working};

const CLOCK: i64 = 1_735_689_600_000;

#[derive(Deserialize)]
struct Recorded {
    id: String,
    path: String,
    raw_query: String,
    string_to_sign: Option<String>,
    signature: Option<String>,
}

fn params(text: &str) -> Params {
    let pairs = text.split('&').map(|pair| pair.split_once('=').expect("a name and a value"));
    pairs
        .filter(|(name, _)| *name != "timestamp")
        .fold(Params::new(), |params, (name, value)| params.with(Box::leak(name.to_string().into_boxed_str()), value))
}

#[test]
fn every_recorded_request_is_signed_alike() {
    let signer = Signer::new(&SecretString::from("demo-secret"));
    let recorded = cases::<Recorded>("bingx_signed_requests.json");
    assert_eq!(recorded.len(), 42);
    for case in recorded {
        let Some(text) = &case.string_to_sign else {
            assert_eq!(params(&case.raw_query).text(CLOCK), case.raw_query, "{}", case.id);
            continue;
        };
        let params = params(text);
        assert_eq!(params.text(CLOCK), *text, "{}", case.id);
        assert_eq!(Some(signer.signature(text)), case.signature, "{}", case.id);
        assert_eq!(
            signer.target(&case.path, &params, CLOCK),
            format!("{}?{}", case.path, case.raw_query),
            "{}",
            case.id
        );
    }
}

/// The parameters of an order as they are signed, without its client id and the time.
fn check(style: Style, request: engine::order::OrderRequest, expected: Result<&str, &str>) {
    let found = style.submit(&request, &listed()[0], "r-1", Timestamp(0));
    // What all of them have is left out.
    let same = ["clientOrderId=r-1&", "quantity=0.001&", "symbol=BTC-USDT&", "timestamp=0&"];
    let short = |text: String| same.iter().fold(text, |text, part| text.replacen(part, "", 1));
    let text = found.map(|params| short(params.text(0)));
    let expected = expected.map(str::to_string).map_err(str::to_string);
    assert_eq!(text.map_err(|unfit| unfit.to_string()), expected, "{request:?}");
}

const ONE_WAY: Style = Style { mode: PositionMode::OneWay, working: Working::Mark };
const HEDGE: Style = Style { mode: PositionMode::Hedge, working: Working::Mark };
const LAST: Style = Style { mode: PositionMode::OneWay, working: Working::Last };
const PLAIN: Terms = Terms::PLAIN;
const REDUCE: Terms = Terms { reduce_only: true, ..PLAIN };
const BUY: Side = Side::Buy;
const SELL: Side = Side::Sell;

fn check_all(table: &[(Style, Side, OrderKind, Terms, &str)]) {
    for (style, side, kind, terms, expected) in table {
        let request = engine::order::OrderRequest { terms: *terms, ..order(1, *side, 10, *kind) };
        check(*style, request, Ok(expected));
    }
}

#[test]
fn orders_that_trade_at_once_or_rest_are_written_as_the_venue_takes_them() {
    let post = Terms { post_only: true, ..PLAIN };
    let ioc = PLAIN.lasting(TimeInForce::ImmediateOrCancel);
    let fok = PLAIN.lasting(TimeInForce::FillOrKill);
    let (at, market) = (limit(Price(500_000)), OrderKind::Market);
    check_all(&[
        (HEDGE, BUY, at, PLAIN, "positionSide=LONG&price=50000&side=BUY&type=LIMIT"),
        (HEDGE, SELL, at, PLAIN, "positionSide=SHORT&price=50000&side=SELL&type=LIMIT"),
        (HEDGE, SELL, market, REDUCE, "positionSide=LONG&side=SELL&type=MARKET"),
        (HEDGE, BUY, market, REDUCE, "positionSide=SHORT&side=BUY&type=MARKET"),
        (ONE_WAY, SELL, market, REDUCE, "positionSide=BOTH&reduceOnly=true&side=SELL&type=MARKET"),
        (ONE_WAY, SELL, at, post, "positionSide=BOTH&price=50000&side=SELL&timeInForce=PostOnly&type=LIMIT"),
        (ONE_WAY, BUY, at, ioc, "positionSide=BOTH&price=50000&side=BUY&timeInForce=IOC&type=LIMIT"),
        (ONE_WAY, BUY, at, fok, "positionSide=BOTH&price=50000&side=BUY&timeInForce=FOK&type=LIMIT"),
        (ONE_WAY, BUY, market, ioc, "positionSide=BOTH&side=BUY&type=MARKET"),
    ]);
}

#[test]
fn orders_that_sleep_are_written_as_the_venue_takes_them() {
    let stop = OrderKind::Stop { trigger: Price(450_000) };
    let stop_limit = OrderKind::StopLimit { trigger: Price(450_000), price: Price(449_000) };
    let touch = OrderKind::MarketIfTouched { trigger: Price(600_000) };
    let touch_limit = OrderKind::LimitIfTouched { trigger: Price(600_000), price: Price(600_005) };
    let trail = |trail| OrderKind::TrailingStop { trail };
    let (share, distance) = (trail(Trail::Ppm(10_000)), trail(Trail::Amount(Price(1_000))));
    let (one_way, mark) = ("positionSide=BOTH", "workingType=MARK_PRICE");
    let reduce = format!("{one_way}&reduceOnly=true&side=SELL");
    let trails = "side=SELL&type=TRAILING_STOP_MARKET";
    for (style, kind, terms, expected) in [
        (ONE_WAY, stop, PLAIN, format!("{one_way}&side=SELL&stopPrice=45000&type=TRIGGER_MARKET&{mark}")),
        (LAST, stop, REDUCE, format!("{reduce}&stopPrice=45000&type=STOP_MARKET&workingType=CONTRACT_PRICE")),
        (
            ONE_WAY,
            stop_limit,
            PLAIN,
            format!("{one_way}&price=44900&side=SELL&stopPrice=45000&type=TRIGGER_LIMIT&{mark}"),
        ),
        (
            HEDGE,
            stop_limit,
            REDUCE,
            format!("positionSide=LONG&price=44900&side=SELL&stopPrice=45000&type=STOP&{mark}"),
        ),
        (HEDGE, touch, REDUCE, format!("positionSide=LONG&side=SELL&stopPrice=60000&type=TAKE_PROFIT_MARKET&{mark}")),
        (ONE_WAY, touch, PLAIN, format!("{one_way}&side=SELL&stopPrice=60000&type=TRIGGER_MARKET&{mark}")),
        (
            HEDGE,
            touch_limit,
            REDUCE,
            format!("positionSide=LONG&price=60000.5&side=SELL&stopPrice=60000&type=TAKE_PROFIT&{mark}"),
        ),
        (ONE_WAY, share, REDUCE, format!("{one_way}&priceRate=0.01&reduceOnly=true&{trails}")),
        (ONE_WAY, distance, REDUCE, format!("{one_way}&price=100&reduceOnly=true&{trails}")),
    ] {
        check_all(&[(style, SELL, kind, terms, &expected)]);
    }
}

#[test]
fn what_the_venue_would_change_in_silence_is_refused() {
    let style = Style { mode: PositionMode::OneWay, working: Working::Last };
    let post = Terms { post_only: true, ..Terms::PLAIN };
    let ioc = Terms::PLAIN.lasting(TimeInForce::ImmediateOrCancel);
    let lot = "the quantity is no whole number of lots above zero: BingX would cut off digits";
    let tick = "a price is no whole number of ticks: BingX would cut off digits";
    let terms = "BingX takes these terms with limit orders alone";
    let plain = |quantity, kind| order(1, Side::Buy, quantity, kind);
    let with = |kind, terms| engine::order::OrderRequest { terms, ..plain(10, kind) };
    let trail = OrderKind::TrailingStop { trail: Trail::Ppm(1_000_001) };
    check(style, plain(0, OrderKind::Market), Err(lot));
    check(style, plain(11, OrderKind::Market), Err(lot));
    check(style, plain(10, limit(Price(500_001))), Err(tick));
    check(style, plain(10, limit(Price(-5))), Err(tick));
    check(style, with(OrderKind::Market, post), Err(terms));
    check(style, with(OrderKind::Stop { trigger: Price(450_000) }, ioc), Err(terms));
    check(style, plain(10, trail), Err("BingX takes trails above zero and up to 100 %"));
}

#[test]
fn an_order_is_named_by_either_id() {
    assert_eq!(
        named(Name::Venue(1_735_950_529_123_455_000), "BTC-USDT").query(),
        "orderId=1735950529123455000&symbol=BTC-USDT"
    );
    assert_eq!(named(Name::Client("abc-1"), "BTC-USDT").query(), "clientOrderId=abc-1&symbol=BTC-USDT");
}
