//! Each threshold at one less, at itself, and at one more.
use crate::stage::{DAY, HOUR, MINUTE, SECOND, Stage};
use compliance::{Closes, Detector, Restriction, WatchConfig};
use engine::{InstrumentId, Liquidity, Owner, Side, Timestamp};

const WHAT: InstrumentId = InstrumentId(0);
const ONE: Owner = Owner(1);
const TWO: Owner = Owner(2);
const START: i64 = 19_000 * DAY + 12 * HOUR;
const PRICE: i64 = 100_000;
const BUY: (InstrumentId, Side) = (WHAT, Side::Buy);
const SELL: (InstrumentId, Side) = (WHAT, Side::Sell);

/// Whether this flow raises an alert of this detector.
fn raises(detector: Detector, config: &WatchConfig, play: impl FnOnce(&mut Stage)) -> bool {
    let mut stage = Stage::new(config);
    candle(&mut stage, START - MINUTE, PRICE, 1_000);
    play(&mut stage);
    stage.finish();
    !stage.alerts(detector).is_empty()
}

/// The minute that begins at `open`, at one price.
fn candle(stage: &mut Stage, open: i64, price: i64, volume: i64) {
    stage.candle(WHAT, (open, open + MINUTE), [price; 4], volume);
}

/// What `play` says of the three values around `limit`, for one that counts from the limit on.
fn from(limit: i64, step: i64, play: impl Fn(i64) -> bool) {
    assert_eq!([limit - step, limit, limit + step].map(play), [false, true, true], "from {limit} on it counts");
}

/// The same for one that counts up to the limit.
fn up_to(limit: i64, play: impl Fn(i64) -> bool) {
    assert_eq!([limit - 1, limit, limit + 1].map(play), [true, true, false], "up to {limit} it counts");
}

#[test]
fn a_wash_is_near_in_time_undoes_most_and_has_one_price() {
    let play = |gap: i64, sold: i64, price: i64| {
        raises(Detector::Wash, &WatchConfig::default(), |stage| {
            let rest = stage.limit(START, ONE, BUY, PRICE, 100);
            stage.fill(START, rest, PRICE, 100, Liquidity::Maker);
            stage.take(START + gap, TWO, SELL, price, sold);
        })
    };
    up_to(SECOND, |gap| play(gap, 100, PRICE));
    from(90, 1, |sold| play(0, sold, PRICE));
    assert!(!play(0, 100, PRICE + 1), "at another price something was gained or lost");
}

#[test]
fn orders_of_ours_cross_from_the_same_price_on() {
    let play = |price: i64| {
        raises(Detector::SelfCross, &WatchConfig::default(), |stage| {
            stage.limit(START, ONE, SELL, PRICE, 10);
            stage.limit(START, TWO, BUY, price, 10);
        })
    };
    from(PRICE, 1, play);
    let asked_back = raises(Detector::SelfCross, &WatchConfig::default(), |stage| {
        let order = stage.limit(START, ONE, SELL, PRICE, 10);
        stage.ask_back(START, order);
        stage.limit(START, TWO, BUY, PRICE, 10);
    });
    assert!(!asked_back, "what was asked back meets nothing");
    let sleeps = raises(Detector::SelfCross, &WatchConfig::default(), |stage| {
        let kind = engine::OrderKind::Stop { trigger: engine::Price(PRICE - 10) };
        stage.submit(START, ONE, engine::NewOrder::new(WHAT, Side::Sell, engine::Qty(10), kind));
        stage.limit(START, TWO, BUY, PRICE, 10);
    });
    assert!(!sleeps, "a stop that sleeps meets nothing");
}

/// `layers` to sell of `each`, of which `cancelled` are withdrawn `gap` after a buy of 100, and `back` put back.
fn layers(layers: i64, each: i64, cancelled: usize, gap: i64, back: i64) -> bool {
    raises(Detector::Layering, &WatchConfig::default(), |stage| {
        let orders: Vec<_> = (0..layers).map(|n| stage.limit(START, ONE, SELL, PRICE + 10 + n, each)).collect();
        let rest = stage.limit(START, TWO, BUY, PRICE, 100);
        stage.fill(START, rest, PRICE, 100, Liquidity::Maker);
        for order in orders.into_iter().take(cancelled) {
            stage.cancel(START + gap, order);
        }
        if back > 0 {
            stage.limit(START + gap, ONE, SELL, PRICE + 20, back);
        }
        stage.wait(START + MINUTE);
    })
}

#[test]
fn layers_are_many_large_and_gone_in_time() {
    from(3, 1, |levels| layers(levels, 100, 9, SECOND, 0));
    from(20, 1, |each| layers(10, each, 10, SECOND, 0)); // ten levels of 20 are 200 % of 100
    from(500, 1, |size| layers(1, size, 1, SECOND, 0));
    from(8, 1, |cancelled| layers(10, 100, cancelled as usize, SECOND, 0));
    up_to(5 * SECOND, |gap| layers(3, 100, 3, gap, 0));
    up_to(60, |back| layers(3, 100, 3, SECOND, back)); // 240 of 300 are gone
}

#[test]
fn an_order_that_is_moved_away_is_withdrawn() {
    let play = |price: i64| {
        raises(Detector::Layering, &WatchConfig::default(), |stage| {
            let large = stage.limit(START, ONE, SELL, PRICE + 10, 1_000);
            let rest = stage.limit(START, TWO, BUY, PRICE, 100);
            stage.fill(START, rest, PRICE, 100, Liquidity::Maker);
            stage.amend(START + SECOND, large, 1_000, price);
            stage.wait(START + MINUTE);
        })
    };
    from(PRICE + 11, 1, play);
}

/// Buys `share` per cent of the volume before the close, the last of it `early` before it, while the price goes `bps`.
fn into_the_close(share: i64, bps: i64, early: i64) -> bool {
    let close = 16 * HOUR;
    let config = WatchConfig { closes: vec![Closes::Daily(close)], ..WatchConfig::default() };
    raises(Detector::MarkingClose, &config, |stage| {
        let close = START - 12 * HOUR + close;
        for minute in 0..12 {
            let open = close - (12 - minute) * MINUTE;
            let price = if minute == 11 { PRICE + PRICE / 10_000 * bps } else { PRICE };
            if open <= close - early && close - early < open + MINUTE {
                stage.take(close - early, ONE, BUY, price, share * 10);
            }
            candle(stage, open, price, 100);
        }
        stage.wait(close + MINUTE);
    })
}

#[test]
fn a_close_is_marked_by_a_share_and_an_impact_within_the_window() {
    from(25, 1, |share| into_the_close(share, 20, MINUTE / 2));
    from(20, 1, |bps| into_the_close(25, bps, MINUTE / 2));
    up_to(10 * MINUTE - 1, |early| into_the_close(25, 20, early));
    assert!(!into_the_close(25, -20, MINUTE / 2), "the price went against us");
}

#[test]
fn a_close_without_volume_is_counted_as_not_judged() {
    let mut stage = Stage::new(&WatchConfig::default());
    candle(&mut stage, START - MINUTE, PRICE, 0);
    let close = START + 12 * HOUR;
    stage.take(close - MINUTE, ONE, BUY, PRICE, 10);
    candle(&mut stage, close - MINUTE, PRICE * 2, 0);
    stage.wait(close + 2 * MINUTE);
    assert_eq!((stage.book().alerts().len(), stage.watch.unjudged()), (0, 1));
}

/// So many messages, evenly over `span`, with so many fills before them.
fn burst(messages: i64, span: i64, fills: i64) -> bool {
    raises(Detector::QuoteStuffing, &WatchConfig::default(), |stage| {
        let rest = stage.limit(START, ONE, BUY, PRICE - 100, 1_000);
        for _ in 0..fills {
            stage.fill(START + MINUTE, rest, PRICE - 100, 1, Liquidity::Maker);
        }
        let mut order = rest;
        for n in 0..messages {
            let now = START + MINUTE + span * n / (messages - 1);
            if n % 2 == 0 {
                order = stage.limit(now, ONE, BUY, PRICE - 200, 5);
            } else {
                stage.cancel(now, order);
            }
        }
    })
}

#[test]
fn a_burst_has_many_messages_in_a_second_and_hardly_a_fill() {
    from(100, 1, |messages| burst(messages, SECOND / 2, 0));
    up_to(SECOND, |span| burst(100, span, 0));
    up_to(1, |fills| burst(100, SECOND / 2, fills));
}

/// Buys that move the price by `bps` within `span`, and a sale of `sold` per cent of them at `end` basis points, `gap` later.
fn ignition(orders: i64, bps: i64, span: i64, (sold, end, gap): (i64, i64, i64)) -> bool {
    raises(Detector::MomentumIgnition, &WatchConfig::default(), |stage| {
        for n in 0..orders {
            let price = PRICE + PRICE * bps / 10_000 * n / (orders - 1);
            stage.take(START + span * n / (orders - 1), ONE, BUY, price, 100);
        }
        stage.take(START + span + gap, TWO, SELL, PRICE + end, orders * sold);
    })
}

#[test]
fn momentum_is_ignited_by_some_orders_that_move_the_price_and_turned_in_time() {
    let (span, gap) = (30 * SECOND, MINUTE);
    from(5, 1, |orders| ignition(orders, 30, span, (100, 200, gap)));
    from(30, 1, |bps| ignition(5, bps, span, (100, 200, gap)));
    up_to(MINUTE, |span| ignition(5, 30, span, (100, 200, gap)));
    from(50, 1, |sold| ignition(5, 30, span, (sold, 200, gap)));
    up_to(2 * MINUTE, |gap| ignition(5, 30, span, (100, 200, gap)));
    from(1, 1, |end| ignition(5, 30, span, (100, end, gap)));
}

/// Buys at `steps` worse prices, `bps` in all, over `span`, with `share` per cent of the volume.
fn ramp(steps: i64, bps: i64, span: i64, share: i64) -> bool {
    raises(Detector::Ramping, &WatchConfig::default(), |stage| {
        let mut open = START;
        for n in 0..steps {
            let now = START + 1 + span * n / (steps - 1);
            while open + MINUTE <= now {
                candle(stage, open, PRICE, 0);
                open += MINUTE;
            }
            stage.take(now, ONE, BUY, PRICE + PRICE / 10_000 * bps * n / (steps - 1), 100);
        }
        let volume = steps * 100 * 100;
        candle(stage, open, PRICE, volume / share);
    })
}

#[test]
fn a_ramp_has_steps_goes_far_and_is_much_of_the_volume() {
    from(5, 1, |steps| ramp(steps, 50, 4 * MINUTE, 50));
    from(50, 1, |bps| ramp(5, bps, 4 * MINUTE, 50));
    from(25, 1, |share| ramp(5, 50, 4 * MINUTE, share));
    up_to(10 * MINUTE, |span| ramp(5, 50, span, 50));
}

#[test]
fn a_restriction_holds_from_its_first_instant_up_to_its_last() {
    let (from_time, to) = (Timestamp(START + HOUR), Timestamp(START + 2 * HOUR));
    let restriction = Restriction { instrument: WHAT, from: from_time, to, why: "inside information".into() };
    let config = WatchConfig { restrictions: vec![restriction], ..WatchConfig::default() };
    let at = |time: i64| {
        raises(Detector::Restricted, &config, |stage| {
            stage.limit(time, ONE, BUY, PRICE - 10, 1);
        })
    };
    from(from_time.0, 1, at);
    up_to(to.0 - 1, at);
    let amends = |quantity: i64| {
        raises(Detector::Restricted, &config, |stage| {
            let order = stage.limit(START, ONE, BUY, PRICE - 10, 5);
            stage.amend(from_time.0, order, quantity, PRICE - 10);
        })
    };
    from(6, 1, amends);
    let other = raises(Detector::Restricted, &config, |stage| {
        stage.candle(InstrumentId(1), (START, START + HOUR), [PRICE; 4], 1);
        stage.limit(from_time.0, ONE, (InstrumentId(1), Side::Buy), PRICE - 10, 1);
    });
    assert!(!other, "another instrument is free");
}

/// So many messages and fills of one owner over a day.
fn messages(messages: i64, fills: i64) -> bool {
    raises(Detector::OrderToTrade, &WatchConfig::default(), |stage| {
        let rest = stage.limit(START, ONE, BUY, PRICE - 10, 1_000);
        for n in 0..fills {
            stage.fill(START + n, rest, PRICE - 10, 1, Liquidity::Maker);
        }
        for n in 1..messages {
            stage.amend(START + n * 20 * SECOND, rest, 1_000 + n, PRICE - 10);
        }
        stage.wait(START + DAY);
    })
}

#[test]
fn a_day_has_a_thousand_messages_and_more_than_a_hundred_for_a_fill() {
    from(1_000, 1, |count| messages(count, 0));
    from(1_101, 1, |count| messages(count, 11));
    up_to(10, |fills| messages(1_001, fills)); // 100.1 for a fill count, 91 do not
}
