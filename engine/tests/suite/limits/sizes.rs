//! Limits of size and of price, each asked one below it, at it, and one above it.
use super::room::{A, B, Room, boundary, limits, refusal, request, usd};
use engine::risk::{Days, Limits, Settings};
use engine::tape::Outcome;
use engine::value_at_risk::{Confidence, Returns, historical};
use engine::{Check, InstrumentId, Money, OrderKind, Price, Qty, Side, State, Timestamp};

fn only(check: Check, limit: i128) -> Limits {
    limits().with(check, limit)
}

#[test]
fn an_order_has_at_most_so_many_units() {
    let check = Check::OrderQuantity;
    boundary(check, 10, |d| Room::new(only(check, 10)).market(A, 10 + d));
    boundary(check, 10, |d| Room::new(only(check, 10)).market(A, -10 - d));
    // An amendment is as large as it makes the order.
    boundary(check, 10, |d| {
        let mut room = Room::new(only(check, 10));
        let sent = request(&room.order(A, Side::Buy, 5, OrderKind::Limit { price: Price(90) }));
        room.wish(|out| out.amend(sent.order, Qty(10 + d), None))
    });
}

#[test]
fn an_order_is_worth_at_most_so_much() {
    let check = Check::OrderNotional;
    boundary(check, usd(100), |d| Room::new(only(check, usd(100))).market(A, 100 + d));
    let dear = |d| OrderKind::Limit { price: Price(200 + d) };
    boundary(check, usd(100), |d| Room::new(only(check, usd(100))).order(A, Side::Buy, 50, dear(d)));
}

#[test]
fn a_position_counts_what_is_filled_working_and_unknown() {
    let check = Check::Position;
    for sign in [1, -1] {
        boundary(check, 10, |d| {
            let mut room = Room::new(only(check, 10));
            room.hold(A, 4 * sign, 100);
            room.market(A, 3 * sign);
            let lost = request(&room.market(A, 2 * sign));
            let last = room.market(A, (1 + d) * sign);
            room.hear(engine::Event::Report(engine::Report::Lost { order: lost.order }));
            if d < 0 { Vec::new() } else { last }
        });
    }
    // Another instrument has a limit of its own.
    let mut own = only(check, 10);
    own.set(check, Some(B), Some(3));
    assert_eq!(refusal(&Room::new(own.clone()).market(A, 10)), None);
    boundary(check, 3, |d| Room::new(own.clone()).market(B, 3 + d));
}

#[test]
fn a_position_is_worth_at_most_so_much() {
    let check = Check::PositionNotional;
    boundary(check, usd(10), |d| {
        let mut room = Room::new(only(check, usd(10)));
        room.hold(A, 6, 100);
        room.market(A, 4 + d)
    });
    // A working order on the other side is the worse case where it is the larger one.
    boundary(check, usd(10), |d| {
        let mut room = Room::new(only(check, usd(10)));
        room.market(A, 2);
        room.market(A, -10 - d)
    });
}

#[test]
fn all_positions_together_are_worth_at_most_so_much() {
    let check = Check::GrossExposure;
    boundary(check, usd(30), |d| {
        let mut room = Room::new(only(check, usd(30)));
        room.hold(A, 10, 100);
        room.market(B, -20 - d)
    });
}

#[test]
fn long_less_short_is_worth_at_most_so_much() {
    let check = Check::NetExposure;
    for sign in [1, -1] {
        boundary(check, usd(10), |d| {
            let mut room = Room::new(only(check, usd(10)));
            room.hold(A, -5 * sign, 100);
            room.market(B, (15 + d) * sign)
        });
    }
}

#[test]
fn one_instrument_is_at_most_such_a_part_of_the_equity() {
    let check = Check::Concentration;
    boundary(check, 100_000, |d| {
        let mut room = Room::new(only(check, 100_000));
        room.hold(B, 100, 100);
        room.market(A, 100 + d)
    });
}

#[test]
fn all_together_is_at_most_so_many_times_the_equity() {
    let check = Check::Leverage;
    boundary(check, 1_500_000, |d| {
        let mut room = Room::new(only(check, 1_500_000));
        room.hold(A, 1_000, 100);
        room.market(B, 500 + d)
    });
}

#[test]
fn the_account_can_pay_for_it() {
    let check = Check::BuyingPower;
    boundary(check, usd(1_000), |d| {
        let state = State::new(Money(usd(1_000)), crate::fed::instruments(2), Timestamp::MIN);
        Room::over(state, 1).market(A, 1_000 + d)
    });
}

#[test]
fn a_limit_price_is_not_too_far_through_the_market() {
    let check = Check::PriceCollar;
    let limit = |price| OrderKind::Limit { price: Price(price) };
    let ask = |side, kind| Room::new(only(check, 50_000)).order(A, side, 1, kind);
    // A hundred cents and five per cent.
    boundary(check, 50_000, |d| ask(Side::Buy, limit(105 + d)));
    boundary(check, 50_000, |d| ask(Side::Sell, limit(95 - d)));
    // From its trigger, where it sleeps; and a limit behind the market harms nobody.
    boundary(check, 50_000, |d| ask(Side::Buy, OrderKind::StopLimit { trigger: Price(200), price: Price(210 + d) }));
    assert_eq!(refusal(&ask(Side::Buy, limit(1))), None);
    assert_eq!(refusal(&ask(Side::Sell, limit(1_000))), None);
}

#[test]
fn a_market_is_not_too_far_from_its_own_average() {
    let check = Check::MovingCollar;
    let settings = || Settings { moving_candles: 4, ..Settings::default() };
    for sign in [1, -1] {
        boundary(check, 100_000, |d| {
            let mut room = Room::with(only(check, 100_000), settings(), 1_000);
            // The average of four closes: 100, 100, 100 and x; x is ten per cent from (300 + x) / 4.
            for price in [10_000, 10_000, if sign > 0 { 10_000 * 330 / 290 } else { 10_000 * 270 / 310 }] {
                room.wait(1);
                room.price(B, price);
            }
            // The weighing price of a limit order, as close to the average and the tenth as a cent.
            let closes = [100, 10_000, 10_000, if sign > 0 { 11_379 } else { 8_709 }];
            let average = closes.iter().sum::<i64>() as f64 / 4.0;
            let far = average * (1.0 + 0.1 * f64::from(sign));
            let at = if sign > 0 { far.floor() as i64 + d } else { far.ceil() as i64 - d };
            room.order(B, Side::Buy, 1, OrderKind::Limit { price: Price(at) })
        });
    }
    let mut early = Room::with(only(check, 1), settings(), 1_000);
    assert_eq!(refusal(&early.market(A, 1)), None, "an average of too few closes says nothing");
}

#[test]
fn what_only_reduces_passes_every_limit_of_exposure() {
    let everything = [
        Check::Position,
        Check::PositionNotional,
        Check::GrossExposure,
        Check::NetExposure,
        Check::Concentration,
        Check::Leverage,
        Check::RestrictedInstruments,
    ];
    for check in everything {
        let mut room = Room::new(limits());
        room.hold(A, 10, 100);
        assert!(refusal(&Room::new(only(check, 0)).market(A, 1)).is_some(), "{check:?}");
        // The same limit over an account that holds something already.
        let mut state = room.state().clone();
        state.risk.as_mut().expect("limits").set_limit(check, None, Some(0));
        let mut held = Room::over(state, 1_000_000);
        assert_eq!(refusal(&held.market(A, -10)), None, "{check:?}");
        assert_eq!(refusal(&held.market(A, -1)).map(|refusal| refusal.check), Some(check), "{check:?} past flat");
    }
}

#[test]
fn two_orders_of_one_step_cannot_pass_together_what_each_would_alone() {
    let tight = [
        (Check::Position, 10),
        (Check::PositionNotional, usd(10)),
        (Check::GrossExposure, usd(10)),
        (Check::NetExposure, usd(10)),
        (Check::Concentration, 10_000),
        (Check::Leverage, 10_000),
    ];
    for (check, limit) in tight {
        let mut room = Room::new(only(check, limit));
        let both = |out: &mut engine::Intents| {
            for _ in 0..2 {
                out.submit(A, Side::Buy, Qty(6), OrderKind::Market, engine::Label(0));
            }
        };
        let said = room.wish(both);
        assert!(matches!(said[0], Outcome::Sent(_)), "{check:?}: each alone passes");
        assert_eq!(refusal(&said).map(|refusal| refusal.check), Some(check));
    }
}

#[test]
fn the_larger_leg_of_a_change_counts_until_the_venue_has_answered() {
    let check = Check::Position;
    let mut room = Room::new(only(check, 10));
    let sent = request(&room.order(A, Side::Buy, 8, OrderKind::Limit { price: Price(90) }));
    room.wish(|out| out.amend(sent.order, Qty(2), None));
    assert_eq!(refusal(&room.market(A, 3)).map(|refusal| refusal.check), Some(check), "8 may still fill");
    room.hear(engine::Event::Report(engine::Report::Amended { order: sent.order, quantity: Qty(2), price: None }));
    assert_eq!(refusal(&room.market(A, 3)), None);
}

#[test]
fn an_order_beyond_a_limit_of_size_is_cut_down_to_it_where_the_run_says_so() {
    let settings = || Settings { clips: true, ..Settings::default() };
    let cases: [(Check, i128, i64); 7] = [
        (Check::OrderQuantity, 10, 10),
        (Check::OrderNotional, usd(20), 20),
        (Check::Position, 30, 30),
        (Check::PositionNotional, usd(40), 40),
        (Check::GrossExposure, usd(50), 50),
        (Check::Concentration, 60_000, 60),
        (Check::Leverage, 70_000, 70),
    ];
    for (check, limit, expected) in cases {
        let mut room = Room::with(only(check, limit), settings(), 1_000);
        let said = room.market(A, 100);
        let Outcome::Clipped(clip) = said[0] else { panic!("{check:?}: {said:?}") };
        assert_eq!((clip.refusal.check, clip.refusal.limit), (check, limit));
        assert_eq!((clip.from, clip.to, request(&said).quantity), (Qty(100), Qty(expected), Qty(expected)));
        // Nothing is left of the next one.
        if check != Check::OrderQuantity && check != Check::OrderNotional {
            assert_eq!(refusal(&room.market(A, 1)).map(|refusal| refusal.check), Some(check));
        }
    }
    // Two limits at once: the tighter one holds, and what follows an order is cut with it.
    let both = only(Check::OrderQuantity, 10).with(Check::Position, 7);
    let mut room = Room::with(both, settings(), 1_000);
    let said = room.wish(|out| {
        let entry = engine::NewOrder::new(A, Side::Buy, Qty(100), OrderKind::Limit { price: Price(90) });
        out.bracket(entry, Price(80), Price(120));
    });
    let quantities: Vec<Qty> = said
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Sent(engine::Action::Submit(request)) => Some(request.quantity),
            _ => None,
        })
        .collect();
    assert_eq!(quantities, [Qty(7); 3], "{said:?}");
}

#[test]
fn instruments_that_are_restricted_can_only_be_closed() {
    let mut restricted = limits();
    restricted.set(Check::RestrictedInstruments, Some(B), Some(0));
    let mut room = Room::new(restricted);
    assert_eq!(refusal(&room.market(InstrumentId(0), 1)), None);
    assert_eq!(refusal(&room.market(B, 1)).map(|refusal| refusal.check), Some(Check::RestrictedInstruments));
}

/// Both instruments over forty days, in cents; the last one at 1 USD again.
fn forty_days(room: &mut Room) -> Returns {
    let mut closes = [vec![100_i64], vec![100]];
    for n in 1..40_i64 {
        closes[0].push(100 + (n * 37) % 11 - 5);
        closes[1].push(100 + (n * 53) % 7 - 3);
    }
    closes.iter_mut().for_each(|closes| closes.push(100));
    for (a, b) in closes[0].iter().zip(&closes[1]).skip(1) {
        room.wait(86_400_000_000_000);
        room.price(A, *a);
        room.price(B, *b);
    }
    // The watch knows a day when the next one has begun: the last of them it does not know yet.
    let moved =
        |closes: &[i64]| -> Vec<f64> { closes[..40].windows(2).map(|w| w[1] as f64 / w[0] as f64 - 1.0).collect() };
    Returns::from_columns(&[&moved(&closes[0]), &moved(&closes[1])]).expect("whole")
}

#[test]
fn a_bad_day_costs_at_most_such_a_part_of_the_equity() {
    for check in [Check::ValueAtRisk, Check::ExpectedShortfall] {
        let settings = || Settings { days: Days::Utc, ..Settings::default() };
        let mut calm = Room::with(limits(), settings(), 1_000);
        let returns = forty_days(&mut calm);
        let loss = |units: [f64; 2]| {
            let tail = historical(&units, &returns, Confidence::PERCENT_99);
            if check == Check::ValueAtRisk { tail.value_at_risk } else { tail.expected_shortfall }
        };
        // Fifty of one and three hundred short of the other, of 1000 USD: so many millionths, rounded up.
        let limit = (loss([50.0, -300.0]) * 1_000.0).ceil() as i128;
        assert!(loss([50.0, -301.0]) * 1_000.0 > limit as f64, "one more is worse");
        let ask = |d: i64| {
            let mut room = Room::with(limits().with(check, limit), settings(), 1_000);
            forty_days(&mut room);
            room.market(A, 50);
            room.market(B, -300 - d)
        };
        assert_eq!((refusal(&ask(-1)), refusal(&ask(0))), (None, None), "{check:?}");
        let refused = refusal(&ask(1)).expect("one more than the limit");
        let expected = (loss([50.0, -301.0]) * Money::ONE.0 as f64) as i128;
        assert_eq!((refused.check, refused.limit), (check, limit * usd(1_000) / 1_000_000));
        assert!((refused.value - expected).abs() < 1_000, "{} is not {expected}", refused.value);
    }
}

#[test]
fn an_instrument_without_a_history_is_not_refused_for_its_risk() {
    let mut room = Room::new(only(Check::ValueAtRisk, 1));
    assert_eq!(refusal(&room.market(A, 500)), None);
}
