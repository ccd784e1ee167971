//! Limits of how often and when: messages, repetitions, our own orders, and the data that orders are decided on.
use super::room::{A, B, Room, boundary, limits, refusal, request};
use engine::risk::{Days, Settings};
use engine::tape::Outcome;
use engine::{Check, Event, Label, NewOrder, OrderKind, Price, Qty, Report, Rng, Side, Timestamp, TradingState};

fn seconds() -> Settings {
    Settings { orders_ns: 100, messages_ns: 100, repeats_ns: 100, ..Settings::default() }
}

fn room(check: Check, limit: i128) -> Room {
    Room::with(limits().with(check, limit), seconds(), 1_000)
}

#[test]
fn new_orders_are_limited_within_any_window() {
    let check = Check::OrderRate;
    boundary(check, 3, |d| {
        let mut room = room(check, 3);
        (0..3 + d).map(|n| room.market(A, n + 1)).last().unwrap_or_default()
    });
    // A window is as long as it says: the first order has left it then, and not a nanosecond earlier.
    for (wait, refused) in [(99, true), (100, false)] {
        let mut room = room(check, 1);
        room.market(A, 1);
        room.wait(wait);
        assert_eq!(refusal(&room.market(A, 2)).is_some(), refused, "after {wait} ns");
    }
}

#[test]
fn messages_leave_room_to_cancel_everything() {
    let check = Check::MessageRate;
    // Each order needs its own message and the one that may cancel it.
    boundary(check, 6, |d| {
        let mut room = room(check, 6);
        (0..3 + d.max(0)).map(|n| room.market(A, n + 1)).last().unwrap_or_default()
    });
}

#[test]
fn no_window_ever_holds_more_messages_than_the_limit_and_no_first_cancel_waits() {
    let cap = 8;
    for seed in 0..300 {
        let (mut room, mut rng) = (room(Check::MessageRate, cap), Rng::stream(seed, "messages"));
        let mut sent: Vec<i64> = Vec::new();
        let (mut now, mut live) = (1_000, Vec::new());
        for _ in 0..60 {
            let pause = i64::try_from(rng.below(40)).expect("small");
            room.wait(pause);
            now += pause;
            let said = match rng.below(4) {
                0 if !live.is_empty() => {
                    let order = live.swap_remove(usize::try_from(rng.below(live.len() as u64)).expect("small"));
                    let said = room.wish(|out| out.cancel(order));
                    assert_eq!(refusal(&said), None, "seed {seed}: a first cancel never waits");
                    // Some cancels are answered, and some are asked again.
                    if rng.below(2) == 0 {
                        room.hear(Event::Report(Report::Cancelled { order }));
                        said
                    } else {
                        [said, room.wish(|out| out.cancel(order))].concat()
                    }
                }
                1 if !live.is_empty() => room.wish(|out| out.amend(live[0], Qty(1 + now % 7), None)),
                _ => {
                    let said = room.order(A, Side::Buy, 1 + now % 9, OrderKind::Limit { price: Price(90) });
                    if refusal(&said).is_none() {
                        live.push(request(&said).order);
                    }
                    said
                }
            };
            sent.extend(said.iter().filter(|outcome| matches!(outcome, Outcome::Sent(_))).map(|_| now));
            let within = sent.iter().filter(|time| now - **time < 100).count();
            assert!(within as i128 <= cap, "seed {seed}: {within} messages within a window");
        }
    }
}

#[test]
fn who_repeats_an_order_too_often_stands_still_until_a_person_lets_it_go_on() {
    let check = Check::RepeatedOrder;
    boundary(check, 3, |d| {
        let mut room = room(check, 3);
        (0..3 + d).map(|_| room.market(A, 1)).last().unwrap_or_default()
    });
    let mut room = room(check, 3);
    let said: Vec<Outcome> = (0..4).flat_map(|_| room.market(A, 1)).collect();
    let Some(Outcome::Turned(turn)) = said.last() else { panic!("{said:?}") };
    assert_eq!((turn.to, turn.cause.map(|cause| cause.check)), (TradingState::Halted, Some(check)));
    // Not even another order, however long it waits: the refusal says why.
    room.wait(1_000_000);
    assert_eq!(refusal(&room.market(B, 7)).map(|refusal| (refusal.check, refusal.limit)), Some((check, 3)));
    // Another price, quantity, side or instrument is another order.
    let mut other = super::rates::room(check, 1);
    for (id, side, quantity, kind) in [
        (A, Side::Buy, 1, OrderKind::Market),
        (B, Side::Buy, 1, OrderKind::Market),
        (A, Side::Sell, 1, OrderKind::Market),
        (A, Side::Buy, 2, OrderKind::Market),
        (A, Side::Buy, 1, OrderKind::Limit { price: Price(90) }),
        (A, Side::Buy, 1, OrderKind::Limit { price: Price(91) }),
    ] {
        assert_eq!(refusal(&other.order(id, side, quantity, kind)), None, "{id:?} {side:?} {quantity} {kind:?}");
    }
}

#[test]
fn the_same_order_does_not_go_twice_within_a_moment() {
    let check = Check::DuplicateOrder;
    for (wait, refused) in [(0, true), (49, true), (50, false), (51, false)] {
        let mut room = room(check, 50);
        room.market(A, 1);
        room.wait(wait);
        assert_eq!(refusal(&room.market(A, 1)).map(|it| it.check), refused.then_some(check), "after {wait} ns");
    }
    let mut room = room(check, 50);
    let order = NewOrder::new(A, Side::Buy, Qty(1), OrderKind::Market);
    room.wish(|out| out.order(order));
    assert_eq!(refusal(&room.wish(|out| out.order(NewOrder { label: Label(2), ..order }))), None, "another label");
}

#[test]
fn our_orders_never_meet_each_other() {
    let check = Check::SelfCross;
    let limit = |price| OrderKind::Limit { price: Price(price) };
    let meets = |(resting, kind): (Side, OrderKind), (side, new): (Side, OrderKind)| {
        let mut room = room(check, 0);
        let first = request(&room.order(A, resting, 1, kind));
        room.hear(Event::Report(Report::Accepted { order: first.order }));
        refusal(&room.order(A, side, 2, new)).map(|refusal| (refusal.check, refusal.value))
    };
    let yes = Some((check, 1));
    for (price, expected) in [(109, None), (110, yes), (111, yes)] {
        assert_eq!(meets((Side::Sell, limit(110)), (Side::Buy, limit(price))), expected, "buy at {price}");
    }
    for (price, expected) in [(91, None), (90, yes), (89, yes)] {
        assert_eq!(meets((Side::Buy, limit(90)), (Side::Sell, limit(price))), expected, "sell at {price}");
    }
    // The market stands at 100.
    assert_eq!(meets((Side::Sell, limit(110)), (Side::Buy, OrderKind::Market)), None);
    assert_eq!(meets((Side::Sell, limit(100)), (Side::Buy, OrderKind::Market)), yes);
    assert_eq!(meets((Side::Sell, OrderKind::Market), (Side::Buy, OrderKind::Market)), yes);
    // What sleeps rests in no book, and one side never meets itself.
    assert_eq!(meets((Side::Sell, OrderKind::Stop { trigger: Price(90) }), (Side::Buy, OrderKind::Market)), None);
    assert_eq!(meets((Side::Sell, limit(110)), (Side::Sell, limit(90))), None);
    // While an amendment is on its way the dearer price counts.
    let mut room = room(check, 0);
    let first = request(&room.order(A, Side::Buy, 1, limit(80)));
    room.wish(|out| out.amend(first.order, Qty(1), Some(Price(95))));
    assert_eq!(refusal(&room.order(A, Side::Sell, 1, limit(94))).map(|refusal| refusal.check), Some(check));
}

#[test]
fn what_is_to_reduce_needs_something_to_reduce() {
    let check = Check::ReduceOnly;
    for (held, side, refused) in
        [(0, Side::Sell, true), (1, Side::Buy, true), (1, Side::Sell, false), (-1, Side::Buy, false)]
    {
        let mut room = room(check, 0);
        if held != 0 {
            room.hold(A, held, 100);
        }
        let mut order = NewOrder::new(A, side, Qty(1), OrderKind::Market);
        order.terms.reduce_only = true;
        let said = room.wish(|out| out.order(order));
        assert_eq!(refusal(&said).map(|it| it.check), refused.then_some(check), "{held} {side:?}");
    }
}

#[test]
fn data_is_not_too_old_for_new_risk() {
    let check = Check::StaleData;
    boundary(check, 50, |d| {
        let mut room = room(check, 50);
        room.wait(50 + d);
        room.market(A, 1)
    });
}

#[test]
fn right_behind_a_hole_in_the_data_there_is_no_new_risk() {
    let check = Check::DataGap;
    boundary(check, 50, |d| {
        let mut room = room(check, 50);
        room.wait(60 + d);
        room.candle(A, 100, (1_050 + d, 1_060 + d));
        room.market(A, 1)
    });
    // One more candle without a hole, and all is well.
    let mut holed = room(check, 50);
    holed.wait(200);
    holed.candle(A, 100, (1_190, 1_200));
    assert_eq!(refusal(&holed.market(A, 1)).map(|it| it.check), Some(check));
    assert_eq!(refusal(&holed.market(B, 1)), None, "the other instrument's data is whole");
    holed.wait(10);
    holed.candle(A, 100, (1_200, 1_210));
    assert_eq!(refusal(&holed.market(A, 1)), None);
    // A night between two sessions is no hole.
    let days = Days::At([1_000, 2_000].map(Timestamp).to_vec());
    let mut sessions = Room::with(limits().with(check, 50), Settings { days, ..seconds() }, 1_000);
    sessions.wait(600);
    sessions.candle(A, 100, (1_590, 1_600));
    assert_eq!(refusal(&sessions.market(A, 1)), None);
}

#[test]
fn clocks_do_not_differ_by_too_much() {
    let check = Check::ClockSkew;
    for sign in [1, -1] {
        boundary(check, 50, |d| {
            let mut room = room(check, 50);
            room.wait(60);
            let known = 1_060 - (50 + d) * sign;
            room.candle(A, 100, (known, known));
            room.market(A, 1)
        });
    }
}
