//! What people do: each act as an event, with who, why and, where it allows more, a second person.
use super::room::{A, Room, limits, refusal, request};
use engine::risk::Settings;
use engine::tape::Outcome;
use engine::{Check, Directive, Event, InstrumentId, OperatorEvent, Owner, TradingState};

fn act(approver: &str, directive: Directive) -> Event {
    let (who, approver, why) = ("ada".to_string(), approver.to_string(), "a reason".to_string());
    Event::Operator(OperatorEvent { who, approver, why, directive }.kept())
}

fn denied(said: &[Outcome]) -> bool {
    refusal(said).is_some_and(|refusal| refusal.check == Check::Approval)
}

#[test]
fn raising_a_limit_needs_two_people_and_lowering_it_one() {
    let set = |value| Directive::Limit { check: Check::OrderQuantity, instrument: None, value };
    let check = |approver: &str, value: Option<i128>, followed: bool| {
        let mut room = Room::new(limits().with(Check::OrderQuantity, 10));
        assert_eq!(denied(&room.hear(act(approver, set(value)))), !followed, "{approver} {value:?}");
        let now = room.state().risk.as_ref().and_then(|risk| risk.limits().of(Check::OrderQuantity, A));
        assert_eq!(now, if followed { value } else { Some(10) });
    };
    check("", Some(9), true);
    check("", Some(10), true);
    check("", Some(11), false);
    check("", None, false);
    for same in ["ada", "ADA", " ada "] {
        check(same, Some(11), false);
    }
    check("ben", Some(11), true);
    check("ben", None, true);
    check("ben", Some(-1), false);
    // Of a window in which nothing may repeat, the shorter one allows more.
    let window = |value| Directive::Limit { check: Check::DuplicateOrder, instrument: None, value: Some(value) };
    let mut room = Room::new(limits().with(Check::DuplicateOrder, 10));
    assert!(denied(&room.hear(act("", window(9)))) && !denied(&room.hear(act("", window(11)))));
}

#[test]
fn a_limit_of_one_instrument_leaves_the_others_alone() {
    let mut room = Room::new(limits().with(Check::OrderQuantity, 10));
    let only = Directive::Limit { check: Check::OrderQuantity, instrument: Some(A), value: Some(3) };
    assert!(!denied(&room.hear(act("", only))));
    assert!(refusal(&room.market(A, 4)).is_some() && refusal(&room.market(InstrumentId(1), 4)).is_none());
    let nowhere = Directive::Limit { check: Check::OrderQuantity, instrument: Some(InstrumentId(7)), value: Some(3) };
    assert!(denied(&room.hear(act("ben", nowhere))));
    let nothing = Directive::Limit { check: Check::Lot, instrument: None, value: Some(3) };
    assert!(denied(&room.hear(act("ben", nothing))));
}

#[test]
fn nothing_is_done_without_a_name_and_a_reason() {
    for (who, why) in [("", "a reason"), ("ada", "")] {
        let mut room = Room::new(limits());
        let directive = Directive::Trading(TradingState::Halted);
        let (who, approver, why) = (who.to_string(), "ben".to_string(), why.to_string());
        assert!(denied(&room.hear(Event::Operator(OperatorEvent { who, approver, why, directive }.kept()))));
        assert_eq!(refusal(&room.market(A, 1)), None);
    }
}

#[test]
fn a_person_turns_trading_down_alone_and_a_kill_is_a_latch_that_two_people_release() {
    let mut room = Room::new(limits());
    let turn = |room: &mut Room, approver: &str, to| denied(&room.hear(act(approver, Directive::Trading(to))));
    use TradingState::{Active, Halted, Killed, Reducing};
    assert!(!turn(&mut room, "", Reducing));
    assert_eq!(refusal(&room.market(A, 1)).map(|it| (it.check, it.value)), Some((Check::TradingState, 1)));
    assert!(!turn(&mut room, "", Active), "what one person turned down one may turn up");
    assert_eq!(refusal(&room.market(A, 1)), None);
    let said = room.hear(act("", Directive::Trading(Killed)));
    assert!(matches!(said[..], [Outcome::Turned(_), Outcome::Sent(engine::Action::Cancel { .. })]), "{said:?}");
    for to in [Halted, Reducing, Active] {
        assert!(turn(&mut room, "", to) && turn(&mut room, "ada", to), "one person cannot release to {to}");
    }
    for to in [Reducing, Active] {
        assert!(turn(&mut room, "ben", to), "a release goes no further than to standing still");
    }
    assert!(!turn(&mut room, "ben", Halted));
    assert!(!turn(&mut room, "", Active));
    assert_eq!(refusal(&room.market(A, 5)), None);
}

#[test]
fn one_person_closes_everything_and_nothing_new_comes_in() {
    let close = |room: &mut Room| room.hear(act("", Directive::Close));
    let mut room = Room::with(limits(), Settings::default(), 10_000);
    room.hold(A, 100, 100);
    let said = close(&mut room);
    let sent = said.iter().filter_map(|it| if let Outcome::Sent(action) = it { Some(action) } else { None });
    let sells = |action: &&engine::Action| matches!(action, engine::Action::Submit(it) if it.side == engine::Side::Sell && it.quantity.0 == 100);
    assert_eq!(sent.filter(sells).count(), 1, "{said:?}");
    assert_eq!(refusal(&room.market(A, 1)).map(|it| (it.check, it.value)), Some((Check::TradingState, 2)));
    assert!(!denied(&room.hear(act("", Directive::Trading(TradingState::Active)))), "it is a person's halt");
    // Again, while the exit is on its way: nothing is sold twice.
    let mut room = Room::with(limits(), Settings::default(), 10_000);
    room.hold(A, 100, 100);
    close(&mut room);
    assert!(!close(&mut room).iter().any(|it| matches!(it, Outcome::Sent(engine::Action::Submit(_)))));
    // What an order that was on its way opens in spite of its cancel is closed as well.
    let mut room = Room::with(limits(), Settings::default(), 10_000);
    let on_its_way = request(&room.market(A, 7));
    close(&mut room);
    assert_eq!(request(&room.filled(&on_its_way, 100)).quantity.0, 7);
    // After a kill nothing goes but cancels.
    let mut room = Room::with(limits(), Settings::default(), 10_000);
    room.hold(A, 100, 100);
    room.hear(act("", Directive::Trading(TradingState::Killed)));
    assert!(denied(&close(&mut room)));
}

#[test]
fn what_a_limit_has_stopped_two_people_let_go_on() {
    let stopped = || {
        let mut room = Room::with(limits().with(Check::EmergencyStop, 50_000), Settings::default(), 1_000);
        room.hold(A, 100, 100);
        room.wait(1);
        room.price(A, 40);
        room
    };
    let reset = Directive::Reset { check: Check::EmergencyStop, owner: Owner::NONE };
    let mut room = stopped();
    assert!(denied(&room.hear(act("", reset))));
    assert!(denied(&room.hear(act("", Directive::Trading(TradingState::Active)))));
    assert!(!denied(&room.hear(act("ben", reset))));
    assert_eq!(refusal(&room.market(A, 1)), None);
    assert_eq!(room.state().risk.as_ref().map(|risk| risk.peak), Some(room.state().books.equity()));
    // Letting it go on without counting anew stops it again when the instant ends.
    let said = stopped().hear(act("ben", Directive::Trading(TradingState::Active)));
    let to = |outcome: &Outcome| if let Outcome::Turned(turn) = outcome { Some(turn.to) } else { None };
    assert_eq!(said.iter().filter_map(to).collect::<Vec<_>>(), [TradingState::Active, TradingState::Halted]);
}

#[test]
fn one_person_lets_a_strategy_go_on_that_stood_still() {
    let mut room = Room::new(limits().with(Check::RepeatedOrder, 2));
    for _ in 0..3 {
        room.market(A, 1);
    }
    assert_eq!(refusal(&room.market(A, 5)).map(|it| it.check), Some(Check::RepeatedOrder));
    room.wait(1);
    let reset = Directive::Reset { check: Check::RepeatedOrder, owner: Owner::NONE };
    assert!(!denied(&room.hear(act("", reset))));
    // What it repeated before does not count any more.
    assert_eq!(refusal(&room.market(A, 1)), None);
    let nobody = Directive::Reset { check: Check::RepeatedOrder, owner: Owner(9) };
    assert!(denied(&room.hear(act("", nobody))));
    let nothing = Directive::Reset { check: Check::OrderNotional, owner: Owner::NONE };
    assert!(denied(&room.hear(act("ben", nothing))));
}
