//! What is not known is asked until the venue has told: after lost answers, after a stream that was away, after a restart.
use super::rig::{AAPL, Rig, cents, config, limit, order, theirs, uuid, whole};
use engine::event::{Certainty, Fill, Liquidity};
use engine::order::{FillId, OrderId, OrderKind};
use engine::{Action, Money, Price, Qty, Side, Timestamp};
use venues::{Channel, Happening, Input, LinkFailure, Method, Socket};

const POST: (Method, &str) = (Method::Post, "/v2/orders");
const BY_NAME: &str = "/v2/orders:by_client_order_id?client_order_id=run7-1";
const NOT_FOUND: &str = r#"{"code":40410000,"message":"order not found for run7-1"}"#;

fn sent() -> Rig {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    rig
}

/// How a POST can end without it being known what became of it.
fn ambiguous(rig: &mut Rig, which: usize) {
    match which {
        0 => rig.fail(POST, LinkFailure::Lost),
        1 => drop(rig.reply(POST, 504, "<html>gateway timeout</html>")),
        2 => drop(rig.reply(POST, 500, r#"{"code":50010000,"message":"internal server error"}"#)),
        3 => drop(rig.reply(POST, 200, "{\"id\":")),
        _ => drop(rig.reply(POST, 200, "[]")),
    }
}

#[test]
fn a_lost_order_is_never_sent_again_and_asked_for_until_it_is_found() {
    for which in 0..5 {
        let mut rig = sent();
        ambiguous(&mut rig, which);
        assert_eq!(rig.reports(), ["lost 1"], "{which}");
        for _ in 0..20 {
            rig.pass(31_000);
            rig.reply((Method::Get, BY_NAME), 404, NOT_FOUND);
            assert_eq!(rig.reports(), [""; 0], "absence is no proof");
            assert!(rig.take(Method::Post, "").is_none(), "never twice");
        }
        rig.pass(31_000);
        rig.reply((Method::Get, BY_NAME), 200, &theirs(1, "run7-1", "new").json());
        assert_eq!(rig.reports(), ["accepted 1"]);
    }
}

#[test]
fn a_lost_order_that_filled_meanwhile_brings_its_fills_before_its_end() {
    let mut rig = sent();
    ambiguous(&mut rig, 0);
    rig.pass(2_000);
    let filled = theirs(1, "run7-1", "canceled").filled("10");
    rig.reply((Method::Get, BY_NAME), 200, &filled.json());
    assert_eq!(rig.reports(), ["lost 1"], "the fill is not known yet");
    rig.pass(1_000);
    let fills = (Method::Get, "/v2/account/activities/FILL");
    rig.reply(fills, 200, "[]");
    rig.pass(2_000);
    rig.reply(fills, 200, &format!("[{}]", filled.activity(1, "10", "149.9")));
    assert_eq!(rig.reports(), ["filled 1 buy 10 at 149.9", "cancelled 1"]);
    assert!(rig.request(Method::Get, fills.1).target.contains("&page_token=20260102"));
}

#[test]
fn a_stream_that_tells_of_a_lost_order_is_evidence_enough() {
    let mut rig = sent();
    ambiguous(&mut rig, 0);
    rig.hear(&theirs(1, "run7-1", "filled").filled("10").fill(1, "10", "150"));
    assert_eq!(rig.reports(), ["lost 1", "filled 1 buy 10 at 150"]);
}

#[test]
fn a_name_that_is_taken_is_evidence_of_acceptance() {
    let mut rig = sent();
    rig.reply(POST, 422, r#"{"code":40010001,"message":"client_order_id must be unique"}"#);
    assert_eq!(rig.reports(), [""; 0], "no rejection");
    rig.pass(100);
    rig.reply((Method::Get, BY_NAME), 200, &theirs(1, "run7-1", "new").json());
    assert_eq!(rig.reports(), ["accepted 1"]);
}

#[test]
fn a_lost_amendment_stays_unknown_until_the_venue_has_told() {
    let mut rig = sent();
    rig.reply(POST, 200, &theirs(1, "run7-1", "new").json());
    rig.act(&[Action::Amend { order: OrderId(1), instrument: AAPL, quantity: whole(20), price: Some(cents(15_100)) }]);
    rig.fail((Method::Patch, "/v2/orders/"), LinkFailure::Lost);
    assert_eq!(rig.reports(), ["accepted 1", "lost 1"]);
    let by_new_name = "/v2/orders:by_client_order_id?client_order_id=run7-1-1";
    rig.pass(1_000);
    rig.reply((Method::Get, by_new_name), 404, NOT_FOUND);
    rig.pass(2_000);
    rig.reply((Method::Get, &format!("/v2/orders/{}", uuid(1))), 200, &theirs(1, "run7-1", "new").json());
    assert_eq!(rig.reports(), [""; 0], "neither is proof");
    rig.pass(6_000);
    rig.reply((Method::Get, by_new_name), 200, &theirs(2, "run7-1-1", "new").of("20").replaces(1).json());
    assert_eq!(rig.reports(), ["amended 1 20 151"]);
    assert!(rig.take(Method::Patch, "").is_none());
}

/// The stream breaks and comes back.
fn away(rig: &mut Rig) {
    rig.input(Input::Closed(Socket::Private));
    assert!(matches!(rig.happened.last(), Some(Happening::Lost(Channel::Orders, _))));
    rig.opened.clear();
    rig.pass(61_000);
    assert_eq!(rig.opened[0].0, Socket::Private);
    rig.requests.clear();
    rig.private_up();
}

#[test]
fn what_happened_while_the_stream_was_away_is_told_before_it_counts() {
    let mut rig = sent();
    rig.reply(POST, 200, &theirs(1, "run7-1", "new").json());
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").fill(1, "4", "150"));
    away(&mut rig);
    assert_eq!(rig.reports(), ["accepted 1", "filled 1 buy 4 at 150"]);
    rig.reply((Method::Get, "/v2/orders?status=open"), 200, "[]");
    let filled = theirs(1, "run7-1", "filled").filled("10");
    rig.reply((Method::Get, &format!("/v2/orders/{}", uuid(1))), 200, &filled.json());
    assert!(!rig.happened.contains(&Happening::Ready(Channel::Orders)));
    let first = theirs(1, "run7-1", "partially_filled").filled("4").activity(1, "4", "150");
    let rows = format!("[{first},{}]", filled.activity(2, "6", "150.01"));
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, &rows);
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    assert_eq!(rig.happened.last(), Some(&Happening::Ready(Channel::Orders)));
    assert_eq!(rig.reports(), ["filled 1 buy 6 at 150.01"], "the first was booked under another id");
}

#[test]
fn a_question_that_fails_is_never_read_as_none() {
    let mut rig = sent();
    rig.reply(POST, 200, &theirs(1, "run7-1", "new").json());
    away(&mut rig);
    rig.reports();
    for (status, body) in [(500, ""), (429, "{}"), (200, "<html>"), (403, "{\"message\":\"forbidden.\"}")] {
        rig.reply((Method::Get, "/v2/orders?status=open"), status, body);
        assert!(!rig.happened.contains(&Happening::Ready(Channel::Orders)));
        rig.pass(61_000);
    }
    assert_eq!(rig.reports(), [""; 0]);
    let open = theirs(1, "run7-1", "new").json();
    rig.reply((Method::Get, "/v2/orders?status=open"), 200, &format!("[{open}]"));
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    assert_eq!(rig.happened.last(), Some(&Happening::Ready(Channel::Orders)));
}

/// A session that goes on where an earlier one ended, with order 1 of which so much is booked.
fn restarted(booked: Qty) -> Rig {
    let mut rig = Rig::of(config());
    let action = Action::Submit(order(1, Side::Buy, 10, limit(15_000)));
    rig.input(Input::Adopt { order: OrderId(1), action: &action, filled: booked });
    rig.input(Input::Start);
    rig.private_up();
    rig.reply((Method::Get, "/v2/orders?status=open"), 200, "[]");
    rig
}

#[test]
fn what_an_earlier_session_booked_is_not_booked_again() {
    let mut rig = restarted(whole(4));
    let filled = theirs(1, "run7-1", "filled").filled("10");
    rig.reply((Method::Get, BY_NAME), 200, &filled.json());
    let first = theirs(1, "run7-1", "partially_filled").filled("4").activity(1, "4", "150");
    let rows = format!("[{first},{}]", filled.activity(2, "6", "150.01"));
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, &rows);
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    assert_eq!(rig.happened.last(), Some(&Happening::Ready(Channel::Orders)));
    assert_eq!(rig.reports(), ["filled 1 buy 6 at 150.01"]);
}

/// The fill of an activity of the rig, as an earlier session booked it.
fn booked(activity: u128, shares: i64) -> Fill {
    Fill {
        order: OrderId(1),
        fill: FillId((0xac00_0000 + activity) << 96 | 0x4000 << 64 | 0x8000 << 48),
        instrument: AAPL,
        side: Side::Buy,
        price: Price(15_000),
        quantity: whole(shares),
        fee: Money::ZERO,
        liquidity: Liquidity::Taker,
        certainty: Certainty::Certain,
        venue_time: Timestamp(1),
    }
}

#[test]
fn of_two_fills_the_one_that_an_earlier_session_booked_is_known_by_its_name() {
    let first = theirs(1, "run7-1", "partially_filled").filled("4").activity(1, "4", "150");
    let filled = theirs(1, "run7-1", "filled").filled("8");
    let rows = format!("[{first},{}]", filled.activity(2, "4", "150.01"));
    for (named, told) in [(1, "filled 1 buy 4 at 150.01"), (2, "filled 1 buy 4 at 150")] {
        let mut rig = Rig::of(config());
        let action = Action::Submit(order(1, Side::Buy, 8, limit(15_000)));
        rig.input(Input::Adopt { order: OrderId(1), action: &action, filled: whole(4) });
        rig.input(Input::Booked(&booked(named, 4)));
        rig.input(Input::Start);
        rig.private_up();
        rig.reply((Method::Get, "/v2/orders?status=open"), 200, "[]");
        rig.reply((Method::Get, BY_NAME), 200, &filled.json());
        rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, &rows);
        rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
        assert_eq!(rig.reports(), [told]);
    }
}

#[test]
fn what_went_in_one_message_is_lost_together() {
    let mut rig = Rig::of(config());
    let entry = order(1, Side::Buy, 10, limit(15_000));
    let exits =
        [order(2, Side::Sell, 10, limit(16_000)), order(3, Side::Sell, 10, OrderKind::Stop { trigger: Price(14_000) })];
    let exits = exits.map(|exit| super::rig::attached(1, exit));
    for request in [entry, exits[0], exits[1]] {
        rig.input(Input::Adopt { order: request.order, action: &Action::Submit(request), filled: whole(0) });
    }
    rig.input(Input::Start);
    rig.private_up();
    rig.reply((Method::Get, "/v2/orders?status=open"), 200, "[]");
    rig.reply((Method::Get, BY_NAME), 404, r#"{"code":40410000,"message":"order not found"}"#);
    assert_eq!(rig.reports(), ["lost 1", "lost 2", "lost 3"]);
}

#[test]
fn what_an_earlier_session_amended_tells_also_what_the_first_had_filled() {
    let mut rig = restarted(whole(4));
    let new = theirs(2, "run7-1-1", "partially_filled").of("6").filled("2").replaces(1);
    rig.reply((Method::Get, BY_NAME), 200, &new.json());
    rig.pass(1_000);
    let old = theirs(1, "run7-1", "replaced").filled("4").replaced_by(2);
    rig.reply((Method::Get, &format!("/v2/orders/{}", uuid(1))), 200, &old.json());
    let first = theirs(1, "run7-1", "partially_filled").filled("4").activity(1, "4", "150");
    let rows = format!("[{first},{}]", new.activity(2, "2", "150.01"));
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, &rows);
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    assert_eq!(rig.reports(), ["accepted 1", "filled 1 buy 2 at 150.01"]);
}

#[test]
fn an_order_that_an_earlier_session_amended_is_followed_to_what_is_in_its_place() {
    let mut rig = restarted(whole(4));
    let old = theirs(1, "run7-1", "replaced").filled("4").replaced_by(2);
    rig.reply((Method::Get, BY_NAME), 200, &old.json());
    rig.pass(1_000);
    let new = theirs(2, "run7-1-3", "new").of("6").replaces(1);
    rig.reply((Method::Get, &format!("/v2/orders/{}", uuid(2))), 200, &new.json());
    assert_eq!(rig.reports(), ["accepted 1"]);
    rig.act(&[Action::Amend { order: OrderId(1), instrument: AAPL, quantity: whole(9), price: None }]);
    let patch = rig.request(Method::Patch, &format!("/v2/orders/{}", uuid(2)));
    assert_eq!(String::from_utf8_lossy(&patch.body), r#"{"qty":"5","client_order_id":"run7-1-4"}"#, "no name twice");
}

#[test]
fn an_exit_of_an_earlier_session_is_found_by_way_of_its_entry_which_ended() {
    let mut rig = Rig::of(config());
    let exit = super::rig::attached(1, order(2, Side::Sell, 10, limit(16_000)));
    rig.input(Input::Adopt { order: OrderId(2), action: &Action::Submit(exit), filled: whole(3) });
    rig.input(Input::Start);
    rig.private_up();
    rig.reply((Method::Get, "/v2/orders?status=open"), 200, "[]");
    let entry = || theirs(1, "run7-1", "filled").filled("10");
    rig.reply((Method::Get, BY_NAME), 200, &entry().json());
    rig.pass(1_000);
    let leg = theirs(2, "drawn", "partially_filled").filled("3").json();
    let with_legs = entry().with(&format!("\"legs\":[{leg}]")).json();
    rig.reply((Method::Get, &format!("/v2/orders/{}?nested=true", uuid(1))), 200, &with_legs);
    let rows = format!("[{}]", entry().activity(1, "10", "150"));
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, &rows);
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    assert_eq!(rig.happened.last(), Some(&Happening::Ready(Channel::Orders)));
    assert_eq!(rig.reports(), ["accepted 2"], "what the entry filled was booked then");
}

#[test]
fn an_order_that_perhaps_never_left_counts_as_lost_and_does_not_hold_up_the_stream() {
    let mut rig = restarted(Qty::ZERO);
    rig.reply((Method::Get, BY_NAME), 404, NOT_FOUND);
    rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    assert_eq!(rig.happened.last(), Some(&Happening::Ready(Channel::Orders)));
    assert_eq!(rig.reports(), ["lost 1"]);
    rig.pass(31_000);
    rig.reply((Method::Get, BY_NAME), 200, &theirs(1, "run7-1", "new").json());
    assert_eq!(rig.reports(), ["accepted 1"]);
}

#[test]
fn an_audit_finds_what_the_stream_swallows_and_opens_it_again() {
    let mut rig = sent();
    rig.reply(POST, 200, &theirs(1, "run7-1", "new").json());
    rig.reports();
    for (number, filled) in ["4", "6"].into_iter().enumerate() {
        rig.pass(10_500);
        let ours = theirs(1, "run7-1", "partially_filled").filled(filled);
        rig.reply((Method::Get, "/v2/orders?status=open"), 200, &format!("[{}]", ours.json()));
        let quantity = if number == 0 { "4" } else { "2" };
        rig.reply(
            (Method::Get, "/v2/account/activities/FILL"),
            200,
            &format!("[{}]", ours.activity(7, quantity, "150")),
        );
        rig.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    }
    assert!(
        rig.happened.iter().any(|it| matches!(it, Happening::Lost(Channel::Orders, why) if why.contains("swallows")))
    );
    assert!(rig.closed.contains(&Socket::Private));
    assert_eq!(rig.reports(), ["filled 1 buy 4 at 150", "filled 1 buy 2 at 150"]);
}

#[test]
fn a_wrong_key_bars_and_is_not_tried_again() {
    let mut rig = Rig::of(config());
    rig.input(Input::Start);
    rig.input(Input::Opened(Socket::Private));
    rig.hear(
        r#"{"stream":"authorization","data":{"status":"unauthorized","message":"access key verification failed"}}"#,
    );
    assert!(rig.happened.iter().any(|it| matches!(it, Happening::Barred(why) if why.contains("verification failed"))));
    rig.opened.clear();
    rig.pass(600_000);
    assert!(!rig.opened.iter().any(|(socket, _)| *socket == Socket::Private), "{:?}", rig.opened);
}

#[test]
fn a_stream_that_never_answers_is_given_up_and_tried_again() {
    let mut rig = Rig::of(config());
    rig.input(Input::Start);
    rig.input(Input::Opened(Socket::Private));
    rig.pass(10_001);
    assert!(rig.closed.contains(&Socket::Private));
    rig.pass(2_000);
    assert_eq!(rig.opened.iter().filter(|(socket, _)| *socket == Socket::Private).count(), 2);
}
