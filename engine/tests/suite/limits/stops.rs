//! Losses: the day's, from the peak, and a strategy's own; and what trading comes to behind them.
use super::room::{A, B, Room, boundary, limits, refusal, request, usd};
use engine::risk::{Days, Limits, Settings};
use engine::tape::Outcome;
use engine::{Action, Check, Event, OrderKind, Price, Qty, Report, Side, Timestamp, TradingState};

fn turns(said: &[Outcome]) -> Vec<(TradingState, Option<Check>)> {
    let turn = |outcome: &Outcome| match outcome {
        Outcome::Turned(turn) => Some((turn.to, turn.cause.map(|cause| cause.check))),
        _ => None,
    };
    said.iter().filter_map(turn).collect()
}

fn cancels(said: &[Outcome]) -> Vec<u64> {
    let cancel = |outcome: &Outcome| match outcome {
        Outcome::Sent(Action::Cancel { order, .. }) => Some(order.0),
        _ => None,
    };
    said.iter().filter_map(cancel).collect()
}

/// 1000 USD, 100 units held at 1 USD.
fn holding(limits: Limits, settings: Settings) -> Room {
    let mut room = Room::with(limits, settings, 1_000);
    room.hold(A, 100, 100);
    room
}

#[test]
fn the_days_loss_is_limited() {
    // Three per cent of 1000 USD: 30 cents a unit.
    boundary(Check::DailyLoss, usd(30), |d| {
        let mut room = holding(limits().with(Check::DailyLoss, 30_000), Settings::default());
        room.wait(1);
        room.price(A, 70 - d);
        room.market(B, 1)
    });
}

#[test]
fn behind_the_days_loss_orders_only_reduce_until_the_day_ends() {
    let days = Days::At([2_000, 3_000].map(Timestamp).to_vec());
    let settings = Settings { days, ..Settings::default() };
    let mut room = holding(limits().with(Check::DailyLoss, 30_000), settings);
    let entry = request(&room.order(A, Side::Buy, 5, OrderKind::Limit { price: Price(50) }));
    let exit = request(&room.order(A, Side::Sell, 5, OrderKind::Limit { price: Price(150) }));
    let mut protects = engine::NewOrder::new(A, Side::Sell, Qty(5), OrderKind::Stop { trigger: Price(20) });
    protects.terms.reduce_only = true;
    let protects = request(&room.wish(|out| out.order(protects)));
    room.wait(1);
    let said = room.price(A, 69);
    assert_eq!(turns(&said), [(TradingState::Reducing, Some(Check::DailyLoss))]);
    assert_eq!(cancels(&said), [entry.order.0, exit.order.0], "all but what can only reduce: {}", protects.order.0);
    for order in [entry.order, exit.order] {
        room.hear(Event::Report(Report::Cancelled { order }));
    }
    assert_eq!(refusal(&room.market(A, 1)).map(|it| it.check), Some(Check::DailyLoss));
    assert_eq!(refusal(&room.market(A, -40)), None);
    // What ends the day belongs to it.
    room.wait(999);
    assert_eq!(turns(&room.price(A, 80)), []);
    assert_eq!(refusal(&room.market(A, 1)).map(|it| it.check), Some(Check::DailyLoss));
    room.wait(1);
    assert_eq!(turns(&room.price(A, 80)), [(TradingState::Active, None)]);
    assert_eq!(refusal(&room.market(A, 1)), None);
    // The new day's loss counts from the end of the old one: 80 cents a unit.
    let start = room.state().risk.as_ref().map(|risk| risk.day_start);
    assert_eq!(start, Some(room.state().books.equity()));
}

#[test]
fn a_night_belongs_to_the_day_that_follows_it() {
    let days = Days::At([2_000, 3_000].map(Timestamp).to_vec());
    let settings = Settings { days, ..Settings::default() };
    let mut room = holding(limits().with(Check::DailyLoss, 30_000), settings);
    room.wait(1_500);
    let said = room.price(A, 60);
    assert_eq!(
        turns(&said),
        [(TradingState::Reducing, Some(Check::DailyLoss))],
        "a gap of the night is the day's loss"
    );
}

#[test]
fn money_that_comes_or_goes_is_no_profit_and_no_loss() {
    let mut room =
        holding(limits().with(Check::DailyLoss, 30_000).with(Check::EmergencyStop, 100_000), Settings::default());
    let cash = |units| Event::Cash(engine::CashEvent { amount: engine::Money(usd(units)), label: engine::Label(0) });
    assert_eq!(turns(&room.hear(cash(-500))), []);
    assert_eq!(turns(&room.hear(cash(5_000))), []);
    room.wait(1);
    assert_eq!(turns(&room.price(A, 80)), []);
}

#[test]
fn the_fall_from_the_peak_is_limited() {
    boundary(Check::EmergencyStop, usd(100), |d| {
        let mut room = Room::with(limits().with(Check::EmergencyStop, 100_000), Settings::default(), 1_000);
        room.hold(A, 100, 200);
        room.wait(1);
        room.price(A, 200);
        room.wait(1);
        room.price(A, 100 - d);
        room.market(B, 1)
    });
}

#[test]
fn an_emergency_stop_cancels_everything_and_says_why() {
    let mut room = holding(limits().with(Check::EmergencyStop, 50_000), Settings::default());
    for (side, price) in [(Side::Buy, 40), (Side::Sell, 150)] {
        room.order(A, side, 5, OrderKind::Limit { price: Price(price) });
    }
    room.order(B, Side::Buy, 5, OrderKind::Limit { price: Price(40) });
    room.wait(1);
    let said = room.price(A, 49);
    let Outcome::Turned(turn) = said[0] else { panic!("{said:?}") };
    let cause = turn.cause.expect("a cause");
    assert_eq!(
        (turn.to, cause.check, cause.limit, cause.value),
        (TradingState::Halted, Check::EmergencyStop, usd(50), usd(51))
    );
    assert_eq!(cancels(&said), [2, 3, 4]);
    assert_eq!(said.len(), 4, "and nothing else: {said:?}");
    // Nothing passes but cancels, not even what reduces.
    for quantity in [1, -1] {
        assert_eq!(
            refusal(&room.market(A, quantity)).map(|it| (it.check, it.value)),
            Some((Check::EmergencyStop, usd(51)))
        );
    }
    // It does not stop again for what it has stopped for.
    room.wait(1);
    assert_eq!(room.price(A, 40), []);
}

#[test]
fn an_emergency_stop_closes_what_is_held_where_it_is_told_to_and_never_twice() {
    let settings = Settings { flattens: true, ..Settings::default() };
    let mut room = holding(limits().with(Check::EmergencyStop, 50_000), settings);
    room.hold(B, -10, 100);
    let exit = request(&room.order(A, Side::Sell, 30, OrderKind::Limit { price: Price(150) }));
    room.wait(1);
    let said = room.price(A, 40);
    let exits = |said: &[Outcome]| -> Vec<(engine::InstrumentId, Side, i64)> {
        let exit = |outcome: &Outcome| match outcome {
            Outcome::Sent(Action::Submit(it)) => Some((it.instrument, it.side, it.quantity.0)),
            _ => None,
        };
        said.iter().filter_map(exit).collect()
    };
    // Thirty are on their way already, and may fill before their cancel arrives.
    assert_eq!(exits(&said), [(A, Side::Sell, 70), (B, Side::Buy, 10)]);
    let sent: Vec<_> = said.iter().filter(|outcome| matches!(outcome, Outcome::Sent(Action::Submit(_)))).collect();
    let partly = room.filled(&engine::OrderRequest { quantity: Qty(10), ..exit }, 150);
    assert_eq!(exits(&partly), []);
    let rest = room.hear(Event::Report(Report::Cancelled { order: exit.order }));
    assert_eq!(exits(&rest), [(A, Side::Sell, 20)]);
    for outcome in sent {
        if let Outcome::Sent(Action::Submit(it)) = outcome {
            assert_eq!(exits(&room.filled(it, 40)), []);
        }
    }
    assert_eq!(exits(&room.filled(&request(&rest), 40)), []);
    assert!(room.state().books.positions().all(|position| position.quantity.is_zero()));
    assert!(!room.state().risk.as_ref().expect("limits").is_closing());
}

#[test]
fn half_a_picture_stops_nothing() {
    // Long one, short the other: both fall alike, and of one instant the first candle alone shows a loss.
    let mut room = Room::with(limits().with(Check::EmergencyStop, 50_000), Settings::default(), 1_000);
    room.hold(A, 100, 200);
    room.hold(B, -100, 200);
    room.wait(1);
    // The watch asks to be woken behind the candles of the instant; the room wakes it at once, so both come first here.
    let first = room.unheard(A, 100);
    assert!(matches!(first[..], [Outcome::Armed { .. }]), "{first:?}");
    let between = room.market(A, 1);
    assert_eq!(refusal(&between).map(|it| it.check), Some(Check::EmergencyStop), "until then nothing is added");
    room.unheard(B, 100);
    assert_eq!(turns(&room.hear(Event::Timer(engine::TimerId::RISK))), []);
}

#[test]
fn too_many_losing_exits_in_a_row_pause_the_strategy() {
    let check = Check::StrategyLosses;
    let lose = |room: &mut Room| {
        room.hold(A, 1, 100);
        room.hold(A, -1, 99)
    };
    let settings = || Settings { cooldown_ns: 1_000, ..Settings::default() };
    boundary(check, 2, |d| {
        let mut room = Room::with(limits().with(check, 2), settings(), 1_000);
        for _ in 0..2 + d {
            lose(&mut room);
        }
        room.market(A, 1)
    });
    let mut room = Room::with(limits().with(check, 1), settings(), 1_000);
    lose(&mut room);
    // A winner in between begins the count anew.
    room.hold(A, 1, 100);
    room.hold(A, -1, 101);
    lose(&mut room);
    assert_eq!(refusal(&room.market(B, 5)), None);
    let said = lose(&mut room);
    assert_eq!(turns(&said), [(TradingState::Reducing, Some(check))]);
    for (wait, refused) in [(999, true), (1, false)] {
        room.wait(wait);
        assert_eq!(refusal(&room.market(A, 7)).is_some(), refused, "after {wait} more");
    }
}

#[test]
fn a_strategys_own_loss_of_the_day_pauses_it() {
    let check = Check::StrategyLoss;
    boundary(check, usd(10), |d| {
        let mut room = Room::with(limits().with(check, 10_000), Settings::default(), 1_000);
        room.wait(1);
        room.price(A, 100);
        room.hold(A, 100, 100);
        room.hold(A, -100, 90 - d);
        room.market(A, 1)
    });
}

#[test]
fn a_limit_that_a_price_has_crossed_is_on_record_and_allows_reducing_only() {
    let crossing = [
        (Check::PositionNotional, usd(100)),
        (Check::GrossExposure, usd(100)),
        (Check::NetExposure, usd(100)),
        (Check::Concentration, 100_000),
        (Check::Leverage, 100_000),
    ];
    for (check, limit) in crossing {
        let mut room = holding(limits().with(check, limit), Settings::default());
        room.wait(1);
        let said = room.price(A, 120);
        let [Outcome::Crossed(crossed)] = said[..] else { panic!("{check:?}: {said:?}") };
        assert_eq!((crossed.instrument, crossed.check, crossed.limit), (A, check, limit));
        assert!(crossed.value > limit, "{crossed:?}");
        assert_eq!(refusal(&room.market(A, 1)).map(|it| it.check), Some(check));
        assert_eq!(refusal(&room.market(A, -1)), None);
        // Once is enough, until it has healed and is crossed again.
        room.wait(1);
        assert_eq!(room.price(A, 121), []);
        room.wait(1);
        assert_eq!(room.price(A, 90), []);
        room.wait(1);
        assert_eq!(room.price(A, 130).len(), 1);
    }
}
