//! What holds whatever clients ask for: the exchange's own books against those of the venue that matches.
use crate::floor::{BTC, MINUTE, START, minutes, order};
use engine::{Money, OrderKind, Price, Qty, Rng, Side, Terms, TimeInForce, Timestamp, Trail};
use loopback::exchange::{AccountId, Config, Exchange, Feed, NewOrder, PositionMode, PositionSide, Tie, boxed_candles};

fn pick(rng: &mut Rng, from: i64, to: i64) -> i64 {
    from + i64::try_from(rng.below(u64::try_from(to - from + 1).expect("to is above from"))).expect("small")
}

fn random_candles(rng: &mut Rng) -> Vec<[i64; 4]> {
    let mut last = 20_000;
    (0..12)
        .map(|_| {
            let open = last;
            last = pick(rng, 19_900, 20_100);
            [open, open.max(last) + pick(rng, 0, 20), open.min(last) - pick(rng, 0, 20), last]
        })
        .collect()
}

fn random_order(rng: &mut Rng, mode: PositionMode, orders: &[engine::OrderId]) -> NewOrder {
    let (trigger, price) = (Price(pick(rng, 198_500, 201_500)), Price(pick(rng, 198_500, 201_500)));
    let kind = match rng.below(9) {
        0..=2 => OrderKind::Market,
        3 | 4 => OrderKind::Limit { price },
        5 => OrderKind::Stop { trigger },
        6 => OrderKind::StopLimit { trigger, price },
        7 => OrderKind::TrailingStop { trail: Trail::Ppm(pick(rng, 1_000, 9_000)) },
        _ => OrderKind::MarketIfTouched { trigger },
    };
    let position = match (mode, rng.below(2)) {
        (PositionMode::OneWay, _) => PositionSide::Net,
        (PositionMode::Hedge, 0) => PositionSide::Long,
        (PositionMode::Hedge, _) => PositionSide::Short,
    };
    let time_in_force = match rng.below(6) {
        0 => TimeInForce::ImmediateOrCancel,
        1 => TimeInForce::FillOrKill,
        _ => TimeInForce::GoodTilCancelled,
    };
    let terms = Terms { time_in_force, post_only: rng.below(9) == 0, reduce_only: rng.below(9) == 0 };
    let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
    let tie = match (rng.below(5), orders.last()) {
        (0, Some(last)) => Tie::Attached(*last),
        (1, Some(last)) => Tie::OneCancelsOther(*last),
        _ => Tie::Alone,
    };
    NewOrder { position, terms, tie, ..order(side, pick(rng, 1, 4_000), kind) }
}

/// Equity by the exchange's books is equity by the venue's, fills make up positions, and ended orders are not open.
fn check(exchange: &Exchange, account: AccountId, seed: u64) {
    let it = exchange.account(account);
    let instrument = &exchange.listing(BTC).instrument;
    let mark = exchange.mark(BTC);
    let held: Vec<Qty> = [PositionSide::Net, PositionSide::Short].map(|side| it.position(BTC, side).quantity).to_vec();
    let by_venue = it.cash() + held.iter().map(|held| instrument.value(mark, *held).0).sum::<Money>();
    assert_eq!(exchange.equity(account), by_venue, "seed {seed}");
    let filled = |short: bool| -> i64 {
        let of = |side: PositionSide| (side == PositionSide::Short) == short;
        let all = it.executions().iter().filter(|fill| of(fill.position));
        all.map(|fill| fill.quantity.0 * fill.side.sign()).sum()
    };
    assert_eq!([filled(false), filled(true)].map(Qty).to_vec(), held, "seed {seed}");
    for order in it.orders() {
        let open = it.open_orders().any(|open| open.id == order.id);
        assert_eq!(open, order.status.is_open(), "seed {seed} {order:?}");
        let fills = it.executions().iter().filter(|fill| fill.order == Some(order.id));
        assert_eq!(order.filled.0, fills.map(|fill| fill.quantity.0).sum::<i64>(), "seed {seed}");
        assert!(order.filled <= order.request.quantity, "seed {seed} {order:?}");
    }
    if it.mode() == PositionMode::Hedge {
        assert!(held[0] >= Qty::ZERO && held[1] <= Qty::ZERO, "seed {seed}: a closed position never turns");
    }
}

#[test]
fn the_books_of_the_exchange_and_of_its_venue_never_differ() {
    let (mut taken, mut fills) = (0, 0);
    for seed in 0..600 {
        let mut rng = Rng::stream(seed, "exchange");
        let candles = minutes(&random_candles(&mut rng));
        let size = [None, Some(Qty(900))][rng.below(2) as usize];
        let config = Config { size, spread_ticks: rng.below(4) as u32, ..Config::from(Timestamp(START)) };
        let feed = Feed::Candles(boxed_candles(engine::SharedCandles::new(candles.into())));
        let mut exchange = Exchange::new(config, vec![(crate::floor::listing(), feed)]).expect("memory cannot fail");
        let mode = [PositionMode::OneWay, PositionMode::Hedge][rng.below(2) as usize];
        let account = exchange.open_account(crate::floor::account(mode));
        let mut orders = Vec::new();
        for step in 1..=120 {
            for _ in 0..rng.below(3) {
                match (rng.below(6), orders.last().copied()) {
                    (0, Some(last)) => drop(exchange.cancel(account, last)),
                    (1, Some(last)) => {
                        let quantity = Some(Qty(pick(&mut rng, 1, 4_000)));
                        drop(exchange.amend(account, last, quantity, None));
                    }
                    _ => orders.extend(exchange.submit(account, random_order(&mut rng, mode, &orders)).ok()),
                }
                check(&exchange, account, seed);
            }
            exchange.advance(Timestamp(START + step * MINUTE / 10)).expect("memory cannot fail");
            check(&exchange, account, seed);
        }
        taken += orders.len();
        fills += exchange.account(account).executions().len();
    }
    assert!(taken > 20_000 && fills > 10_000, "{taken} orders, {fills} fills");
}
