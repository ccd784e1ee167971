//! The exchange without a protocol: what orders meet, what is told, and what is refused.
use crate::floor::{BTC, MINUTE, START, exchange, listing, minutes, order, said, with_account};
use engine::{
    Interval, Money, OrderId, OrderKind, Price, Qty, SharedTicks, Side, Terms, Tick, TimeInForce, Timestamp, Trail,
};
use loopback::exchange::{
    Config, Exchange, Feed, NewOrder, Notice, PositionMode, PositionSide, Refusal, Span, Status, Tie, boxed_ticks,
};

const UP: [i64; 4] = [20_000, 20_020, 19_990, 20_010];
const DOWN: [i64; 4] = [20_010, 20_010, 19_900, 19_950];

fn limit(price: i64) -> OrderKind {
    OrderKind::Limit { price: Price(price * 10) }
}

#[test]
fn a_market_order_fills_at_once_at_the_standing_quote() {
    let (mut exchange, account) = with_account(&[UP], PositionMode::OneWay);
    let first = exchange.submit(account, order(Side::Buy, 100, OrderKind::Market)).expect("taken");
    exchange.submit(account, order(Side::Sell, 40, OrderKind::Market)).expect("taken");
    // The candle opened at 20,000 with a buyer: the ask is there, the bid a tick below.
    let expected = ["0 New", "0 buy 100 at 200000 taker", "1 New", "1 sell 40 at 199999 taker"];
    assert_eq!(said(&mut exchange, first), expected);
    assert_eq!(exchange.account(account).position(BTC, PositionSide::Net).quantity, Qty(60));
    assert!(first.0 > 1 << 53, "numbers of orders do not fit a double");
}

#[test]
fn a_limit_waits_for_the_path_of_the_candle_and_has_its_own_price() {
    let (mut exchange, account) = with_account(&[UP, DOWN], PositionMode::OneWay);
    let first = exchange.submit(account, order(Side::Buy, 10, limit(19_995))).expect("taken");
    exchange.submit(account, order(Side::Sell, 10, limit(20_015))).expect("taken");
    exchange.submit(account, order(Side::Buy, 10, limit(19_890))).expect("taken");
    assert_eq!(said(&mut exchange, first), ["0 New", "1 New", "2 New"]);
    // The first candle rises: low before high.
    exchange.advance(Timestamp(START + MINUTE)).expect("memory cannot fail");
    assert_eq!(said(&mut exchange, first), ["0 buy 10 at 199950 maker", "1 sell 10 at 200150 maker"]);
    exchange.advance(Timestamp(START + 2 * MINUTE)).expect("memory cannot fail");
    assert_eq!(said(&mut exchange, first), Vec::<String>::new(), "19,890 was never reached");
    assert_eq!(exchange.account(account).open_orders().count(), 1);
}

#[test]
fn stops_touches_trails_and_children_work_inside_a_candle() {
    let (mut exchange, account) = with_account(&[UP, DOWN, [19_950, 20_100, 19_940, 20_090]], PositionMode::OneWay);
    let entry = exchange.submit(account, order(Side::Buy, 100, OrderKind::Market)).expect("taken");
    let child = |side, kind| NewOrder { tie: Tie::Attached(entry), ..order(side, 100, kind) };
    // The entry has filled whole: it is gone, and nothing can be tied to it.
    let stop = OrderKind::Stop { trigger: Price(199_000) };
    assert_eq!(exchange.submit(account, child(Side::Sell, stop)), Err(Refusal::UnknownOrder));
    said(&mut exchange, entry);
    let reduce = |kind| NewOrder { terms: Terms { reduce_only: true, ..Terms::PLAIN }, ..order(Side::Sell, 100, kind) };
    exchange.submit(account, reduce(OrderKind::Stop { trigger: Price(199_600) })).expect("taken");
    let trail = OrderKind::TrailingStop { trail: Trail::Ppm(10_000) };
    exchange.submit(account, order(Side::Sell, 50, trail)).expect("taken");
    let resting = exchange.submit(account, order(Side::Buy, 50, limit(19_945))).expect("taken");
    exchange
        .submit(account, NewOrder { tie: Tie::Attached(resting), ..order(Side::Sell, 50, limit(20_050)) })
        .expect("taken");
    said(&mut exchange, entry);
    exchange.advance(Timestamp(START + 3 * MINUTE)).expect("memory cannot fail");
    let told = said(&mut exchange, entry);
    // Down to 19,900: the stop sells at its trigger or what the path shows below it, the limit buys, and its target sells.
    assert_eq!(
        told.iter().map(|line| line.split(" at ").next().expect("text")).collect::<Vec<_>>(),
        ["1 sell 100", "3 buy 50", "4 sell 50"],
        "{told:?}"
    );
    assert_eq!(told[0], "1 sell 100 at 199550 taker");
    assert_eq!(told[1], "3 buy 50 at 199450 maker");
    assert_eq!(told[2], "4 sell 50 at 200500 maker");
}

#[test]
fn what_cannot_be_is_refused_and_no_order_comes_of_it() {
    let (mut exchange, account) = with_account(&[UP], PositionMode::OneWay);
    let mut refused = |new: NewOrder| exchange.submit(account, new).expect_err("refused");
    let plain = |side, quantity, kind| order(side, quantity, kind);
    let terms = |terms, new: NewOrder| NewOrder { terms, ..new };
    let reduce = Terms { reduce_only: true, ..Terms::PLAIN };
    let post = Terms { post_only: true, ..Terms::PLAIN };
    let buy = |quantity, kind| plain(Side::Buy, quantity, kind);
    assert_eq!(refused(buy(0, OrderKind::Market)), Refusal::QuantityTooSmall(Qty(1)));
    assert_eq!(refused(buy(1, limit(-5))), Refusal::OffTick);
    // One ten-thousandth at 20,000 is worth 2.0; a tick below it is less.
    assert_eq!(refused(buy(1, limit(19_999))), Refusal::NotionalTooSmall(Money(2 * Money::ONE.0)));
    assert_eq!(refused(terms(reduce, buy(10, OrderKind::Market))), Refusal::ReduceOnly);
    assert_eq!(refused(terms(post, buy(10, limit(20_001)))), Refusal::PostOnly);
    assert_eq!(refused(NewOrder { position: PositionSide::Long, ..buy(10, limit(19_000)) }), Refusal::PositionSide);
    // 10,000 at ten times: 5 coins at 20,000 are worth the whole, with nothing left for more.
    let Refusal::Margin { needed, available } = refused(buy(50_001, OrderKind::Market)) else { panic!("margin") };
    assert_eq!((needed > available, available), (true, Money(10_000 * Money::ONE.0)));
    assert_eq!(exchange.account(account).orders().count(), 0);
    exchange.set_halted(BTC, true);
    assert_eq!(exchange.submit(account, order(Side::Buy, 10, OrderKind::Market)), Err(Refusal::Halted));
}

#[test]
fn open_orders_take_margin_until_they_end() {
    let (mut exchange, account) = with_account(&[UP], PositionMode::OneWay);
    let id = exchange.submit(account, order(Side::Buy, 40_000, limit(19_000))).expect("taken");
    assert_eq!(exchange.frozen(account), Money(7_600 * Money::ONE.0));
    assert!(matches!(exchange.submit(account, order(Side::Buy, 40_000, limit(19_000))), Err(Refusal::Margin { .. })));
    exchange.cancel(account, id).expect("cancelled");
    assert_eq!(exchange.available(account), Money(10_000 * Money::ONE.0));
    assert_eq!(exchange.cancel(account, id), Err(Refusal::Ended(Status::Cancelled)));
    assert_eq!(exchange.cancel(account, OrderId(7)), Err(Refusal::UnknownOrder));
}

#[test]
fn a_client_s_name_is_used_up_for_ever() {
    let (mut exchange, account) = with_account(&[UP], PositionMode::OneWay);
    let named = |name: &str| NewOrder { client_id: Some(name.into()), ..order(Side::Buy, 10, limit(19_000)) };
    let refused = NewOrder { quantity: Qty(0), ..named("a") };
    assert!(exchange.submit(account, refused).is_err());
    let id = exchange.submit(account, named("a")).expect("what was refused used nothing up");
    exchange.cancel(account, id).expect("cancelled");
    assert_eq!(exchange.submit(account, named("a")), Err(Refusal::DuplicateClientId(id)));
    assert_eq!(exchange.account(account).by_client_id("a").map(|order| order.id), Some(id));
}

#[test]
fn hedged_positions_stand_side_by_side() {
    let (mut exchange, account) = with_account(&[UP], PositionMode::Hedge);
    let about = |position, side, quantity| NewOrder { position, ..order(side, quantity, OrderKind::Market) };
    let (long, short) = (PositionSide::Long, PositionSide::Short);
    exchange.submit(account, about(long, Side::Buy, 100)).expect("opens");
    exchange.submit(account, about(short, Side::Sell, 30)).expect("opens");
    assert_eq!(exchange.submit(account, about(long, Side::Sell, 101)), Err(Refusal::NothingToClose));
    exchange.submit(account, about(long, Side::Sell, 60)).expect("closes");
    let it = exchange.account(account);
    assert_eq!((it.position(BTC, long).quantity, it.position(BTC, short).quantity), (Qty(40), Qty(-30)));
    let held: Vec<_> = exchange.holdings(account).iter().map(|it| (it.side, it.position.quantity.0)).collect();
    assert_eq!(held, [(long, 40), (short, -30)]);
    assert_eq!(exchange.set_mode(account, PositionMode::OneWay), Err(Refusal::InUse));
}

#[test]
fn an_order_is_amended_and_one_that_must_fill_at_once_does_not_wait() {
    let (mut exchange, account) = with_account(&[UP], PositionMode::OneWay);
    let first = exchange.submit(account, order(Side::Buy, 10, limit(19_000))).expect("taken");
    exchange.amend(account, first, Some(Qty(20)), None).expect("amended");
    exchange.amend(account, first, None, Some(Price(200_010))).expect("amended to what the ask is below");
    let at_once = Terms::PLAIN.lasting(TimeInForce::ImmediateOrCancel);
    exchange.submit(account, NewOrder { terms: at_once, ..order(Side::Buy, 10, limit(19_000)) }).expect("taken");
    let told = said(&mut exchange, first);
    assert_eq!(told, ["0 New", "0 Amended", "0 Amended", "0 buy 20 at 200000 taker", "1 New", "1 Expired"]);
    assert_eq!(exchange.amend(account, first, Some(Qty(30)), None), Err(Refusal::Ended(Status::Filled)));
}

#[test]
fn a_quote_with_a_size_fills_no_more_than_it_shows() {
    let config = Config { size: Some(Qty(30)), ..Config::from(Timestamp(START)) };
    let mut exchange = exchange(minutes(&[UP]), config);
    let account = exchange.open_account(crate::floor::account(PositionMode::OneWay));
    let first = exchange.submit(account, order(Side::Buy, 50, OrderKind::Market)).expect("taken");
    assert_eq!(said(&mut exchange, first), ["0 New", "0 buy 30 at 200000 taker"]);
    assert_eq!(exchange.account(account).order(first).map(|order| order.status), Some(Status::PartlyFilled));
    exchange.advance(Timestamp(START + MINUTE)).expect("memory cannot fail");
    assert_eq!(exchange.account(account).order(first).map(|order| order.status), Some(Status::Filled));
}

#[test]
fn a_market_shows_its_stored_candles_exactly_once_they_have_ended() {
    let candles = minutes(&[UP, DOWN, UP, DOWN, UP, UP]);
    let mut exchange = exchange(candles.clone(), Config::from(Timestamp(START + 2 * MINUTE)));
    let all = |exchange: &Exchange, minutes: i64| {
        let span = Span::Fixed(Interval(minutes * MINUTE));
        exchange.board(BTC).candles(span, Timestamp::MIN, Timestamp::MAX, 100)
    };
    let shown = all(&exchange, 1);
    assert_eq!(shown[..2], candles[..2], "what is known when its time begins is history");
    assert_eq!((shown.len(), shown[2].open), (3, candles[2].open), "the third is under way");
    exchange.advance(Timestamp(START + 5 * MINUTE)).expect("memory cannot fail");
    let mut finals = Vec::new();
    while let Some(notice) = exchange.poll() {
        if let Notice::Candle { candle, is_final: true, .. } = notice {
            finals.push(candle);
        }
    }
    assert_eq!(finals, candles[2..5]);
    let five = all(&exchange, 5);
    let whole = five.first().expect("a candle of five minutes");
    assert_eq!((whole.open, whole.close, whole.volume), (candles[0].open, candles[4].close, 5 * 130_000));
    assert_eq!((whole.high, whole.low), (Price(200_200), Price(199_000)));
    assert_eq!(exchange.board(BTC).candles(Span::Fixed(Interval::SECOND), Timestamp::MIN, Timestamp::MAX, 9), []);
    let two = exchange.board(BTC).candles(Span::Fixed(Interval::MINUTE), candles[1].open_time, candles[3].open_time, 2);
    assert_eq!(two, candles[2..4], "the newest of a range");
}

#[test]
fn ticks_stay_what_they_are_and_are_gathered_into_candles() {
    let at = |seconds: i64| Timestamp(START + seconds * 1_000_000_000);
    let trade = |seconds, price, quantity| Tick::trade(at(seconds), Price(price), Qty(quantity), Some(Side::Sell));
    let quote = |seconds, bid, ask| Tick::quote(at(seconds), (Price(bid), Qty(5)), (Price(ask), Qty(7)));
    let ticks = [quote(0, 99, 101), trade(1, 100, 2), trade(30, 104, 1), trade(61, 103, 4), quote(70, 102, 104)];
    let feed = Feed::Ticks(boxed_ticks(SharedTicks::new(ticks.as_slice().into())));
    let mut exchange = Exchange::new(Config::from(at(0)), vec![(listing(), feed)]).expect("memory cannot fail");
    exchange.advance(at(65)).expect("memory cannot fail");
    let candles = exchange.board(BTC).candles(Span::Fixed(Interval::MINUTE), Timestamp::MIN, Timestamp::MAX, 9);
    let short: Vec<_> = candles.iter().map(|c| (c.open.0, c.high.0, c.low.0, c.close.0, c.volume)).collect();
    assert_eq!(short, [(100, 104, 100, 104, 3), (103, 103, 103, 103, 4)]);
    let quoted = exchange.board(BTC).quote().expect("a quote");
    assert_eq!((quoted.bid, quoted.ask, quoted.ask_size), (Price(99), Price(101), Some(Qty(7))));
    exchange.advance(at(70)).expect("memory cannot fail");
    assert_eq!(exchange.board(BTC).quote().map(|quote| quote.bid), Some(Price(102)));
    assert_eq!(exchange.next(), Some(at(120)), "the last candle ends with its minute");
}
