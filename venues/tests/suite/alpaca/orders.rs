//! Orders: what is reported for what the venue says, in whatever order and number it says it.
use super::rig::{AAPL, BTC, Rig, attached, cents, limit, order, theirs, uuid, whole};
use engine::order::{Link, OrderId, OrderKind, OrderRequest, Terms, TimeInForce};
use engine::{Action, Side};
use venues::{Channel, Happening, LinkFailure, Method};

const POST: (Method, &str) = (Method::Post, "/v2/orders");
const PATCH: (Method, &str) = (Method::Patch, "/v2/orders/");
const DELETE: (Method, &str) = (Method::Delete, "/v2/orders/");

/// Order 1, ten shares at 150.00, open at the venue.
fn working() -> Rig {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    rig.reply(POST, 200, &theirs(1, "run7-1", "pending_new").json());
    rig.hear(&theirs(1, "run7-1", "new").event("new", 1));
    assert_eq!(rig.reports(), ["accepted 1"]);
    rig
}

fn amend(quantity: i64, price: Option<i64>) -> Action {
    Action::Amend { order: OrderId(1), instrument: AAPL, quantity: whole(quantity), price: price.map(cents) }
}

const CANCEL: Action = Action::Cancel { order: OrderId(1), instrument: AAPL };

#[test]
fn a_stream_that_is_faster_than_the_answer_is_believed() {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    let ours = |status, filled| theirs(1, "RUN7-1", status).filled(filled);
    rig.hear(&ours("new", "0").event("new", 1));
    rig.hear(&ours("partially_filled", "4").fill(2, "4", "149.98"));
    rig.hear(&ours("filled", "10").fill(3, "6", "150"));
    assert_eq!(rig.reports(), ["accepted 1", "filled 1 buy 4 at 149.98", "filled 1 buy 6 at 150"]);
    rig.reply(POST, 200, &theirs(1, "run7-1", "pending_new").json());
    assert_eq!(rig.reports(), [""; 0], "the answer is old by then");
}

#[test]
fn what_the_stream_repeats_is_told_once() {
    let mut rig = working();
    let fill = theirs(1, "run7-1", "partially_filled").filled("4").fill(2, "4", "149.98");
    rig.hear(&fill);
    rig.hear(&fill);
    assert_eq!(rig.happened.last(), Some(&Happening::Alive(Channel::Orders)));
    rig.hear(&theirs(1, "run7-1", "new").event("new", 9));
    let cancelled = theirs(1, "run7-1", "canceled").filled("4");
    rig.hear(&cancelled.event("canceled", 3));
    rig.hear(&cancelled.event("canceled", 4));
    assert_eq!(rig.reports(), ["filled 1 buy 4 at 149.98", "cancelled 1"]);
}

#[test]
fn a_fill_after_the_end_is_told_all_the_same() {
    let mut rig = working();
    rig.hear(&theirs(1, "run7-1", "canceled").event("canceled", 2));
    rig.hear(&theirs(1, "run7-1", "canceled").filled("3").fill(3, "3", "150"));
    assert_eq!(rig.reports(), ["cancelled 1", "filled 1 buy 3 at 150"]);
}

#[test]
fn a_fill_that_is_taken_back_or_corrected_is_told() {
    let mut rig = working();
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").fill(2, "4", "149.98"));
    let previous = format!(r#","previous_execution_id":"{}""#, uuid(0xe000_0002));
    rig.hear(&theirs(1, "run7-1", "new").event_with("trade_bust", 3, &previous));
    assert_eq!(rig.reports(), ["filled 1 buy 4 at 149.98", "busted 1 4 at 149.98"]);
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").fill(4, "4", "149.97"));
    let previous = format!(r#","previous_execution_id":"{}","qty":"4","price":"149.96""#, uuid(0xe000_0004));
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").event_with("trade_correct", 5, &previous));
    assert_eq!(rig.reports(), ["filled 1 buy 4 at 149.97", "busted 1 4 at 149.97", "filled 1 buy 4 at 149.96"]);
}

#[test]
fn each_end_is_reported_by_its_name() {
    for (status, event, expected) in [
        ("canceled", "canceled", "cancelled 1"),
        ("expired", "expired", "expired 1"),
        ("rejected", "rejected", "rejected 1 invalid"),
    ] {
        let mut rig = working();
        rig.hear(&theirs(1, "run7-1", status).event(event, 2));
        assert_eq!(rig.reports(), [expected]);
    }
    for (status, event) in
        [("done_for_day", "done_for_day"), ("suspended", "suspended"), ("never_heard", "never_heard")]
    {
        let mut rig = working();
        rig.hear(&theirs(1, "run7-1", status).event(event, 2));
        assert_eq!(rig.reports(), [""; 0], "{status} is no end");
        rig.hear(&theirs(1, "run7-1", "filled").filled("10").fill(3, "10", "150"));
        assert_eq!(rig.reports(), ["filled 1 buy 10 at 150"]);
    }
}

#[test]
fn a_refusal_is_told_with_its_reason() {
    for (status, body, expected) in [
        (403, r#"{"code":40310000,"message":"insufficient buying power"}"#, "rejected 1 buying_power"),
        (422, r#"{"code":42210000,"message":"sub-penny increment"}"#, "rejected 1 invalid"),
        (422, r#"{"code":42210000,"message":"asset AAPL is not active"}"#, "rejected 1 delisted"),
        (429, r#"{"code":42910000,"message":"rate limit exceeded"}"#, "rejected 1 invalid"),
        (401, r#"{"code":40110000,"message":"request is not authorized"}"#, "rejected 1 invalid"),
    ] {
        let mut rig = Rig::up();
        rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
        rig.reply(POST, status, body);
        let barred = rig.happened.iter().any(|it| matches!(it, Happening::Barred(_)));
        assert_eq!(barred, status == 401);
        assert_eq!(rig.reports(), [expected]);
    }
}

#[test]
fn what_never_left_is_told_as_such() {
    for failure in [LinkFailure::NotSent, LinkFailure::Killed] {
        let mut rig = Rig::up();
        rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
        rig.fail(POST, failure);
        assert_eq!(rig.reports(), ["not sent 1"]);
    }
}

#[test]
fn what_alpaca_does_not_offer_never_leaves() {
    let plain = order(1, Side::Buy, 10, limit(15_000));
    let terms = |terms: Terms| OrderRequest { terms, ..plain };
    let day = plain.terms;
    let crypto = OrderRequest { instrument: BTC, ..plain };
    let gtc = Terms::PLAIN;
    for request in [
        terms(Terms { post_only: true, ..day }),
        terms(Terms { reduce_only: true, ..day }),
        terms(day.lasting(TimeInForce::GoodTilDate(engine::Timestamp(1)))),
        OrderRequest { kind: OrderKind::MarketIfTouched { trigger: cents(1) }, ..plain },
        crypto,
        OrderRequest { kind: OrderKind::Stop { trigger: cents(1) }, terms: gtc, ..crypto },
        OrderRequest { link: Link::Attached(OrderId(9)), ..plain },
        OrderRequest { instrument: engine::InstrumentId(77), ..plain },
    ] {
        let mut rig = Rig::up();
        rig.act(&[Action::Submit(request)]);
        assert!(rig.take(Method::Post, "").is_none(), "{request:?}");
        assert_eq!(rig.reports(), ["rejected 1 invalid"], "{request:?}");
    }
    // A group of which one part is not offered is refused whole.
    let entry = order(1, Side::Buy, 10, OrderKind::Market);
    let trail = OrderKind::TrailingStop { trail: engine::order::Trail::Amount(cents(1)) };
    for exit in
        [order(2, Side::Sell, 10, trail), order(2, Side::Sell, 9, limit(16_000)), order(2, Side::Buy, 10, limit(1))]
    {
        let mut rig = Rig::up();
        rig.act(&[Action::Submit(entry), Action::Submit(attached(1, exit))]);
        assert!(rig.take(Method::Post, "").is_none());
        assert_eq!(rig.reports(), ["rejected 1 invalid", "rejected 2 invalid"]);
    }
}

#[test]
fn a_cancel_is_over_when_the_stream_says_so() {
    let mut rig = working();
    rig.act(&[CANCEL]);
    rig.reply(DELETE, 204, "");
    assert_eq!(rig.reports(), [""; 0], "asked for, no more");
    rig.hear(&theirs(1, "run7-1", "filled").filled("10").fill(2, "10", "150"));
    assert_eq!(rig.reports(), ["filled 1 buy 10 at 150"], "it was too late");
    rig.act(&[CANCEL]);
    assert_eq!(rig.reports(), ["change refused 1 no_such_order"]);
}

#[test]
fn a_cancel_waits_for_the_name_of_the_order() {
    let mut rig = Rig::up();
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000))), CANCEL]);
    assert!(rig.take(Method::Delete, "").is_none());
    rig.reply(POST, 200, &theirs(1, "run7-1", "new").json());
    rig.reply(DELETE, 204, "");
    rig.hear(&theirs(1, "run7-1", "canceled").event("canceled", 2));
    assert_eq!(rig.reports(), ["accepted 1", "cancelled 1"]);
}

#[test]
fn a_refused_cancel_says_nothing_of_the_order_so_it_is_looked_at() {
    let mut rig = working();
    rig.act(&[CANCEL]);
    rig.reply(DELETE, 422, r#"{"code":42210000,"message":"order is not cancelable"}"#);
    assert_eq!(rig.reports(), ["change refused 1 no_such_order"]);
    rig.pass(500);
    rig.reply((Method::Get, "/v2/orders/0000"), 200, &theirs(1, "run7-1", "canceled").json());
    assert_eq!(rig.reports(), ["cancelled 1"]);
}

#[test]
fn a_lost_cancel_is_sent_again_after_a_look() {
    let mut rig = working();
    rig.act(&[CANCEL]);
    rig.fail(DELETE, LinkFailure::Lost);
    assert_eq!(rig.reports(), [""; 0]);
    rig.pass(3_000);
    rig.reply((Method::Get, "/v2/orders/0000"), 200, &theirs(1, "run7-1", "new").json());
    rig.pass(1_000);
    rig.reply(DELETE, 204, "");
    rig.hear(&theirs(1, "run7-1", "canceled").event("canceled", 2));
    assert_eq!(rig.reports(), ["cancelled 1"]);
}

#[test]
fn an_amendment_is_told_when_the_old_order_is_replaced() {
    let mut rig = working();
    rig.act(&[amend(8, Some(15_010))]);
    rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("8").replaces(1).json());
    assert_eq!(rig.reports(), [""; 0], "accepted for replacement, no more");
    rig.hear(&theirs(1, "run7-1", "replaced").replaced_by(2).event("replaced", 2));
    rig.hear(&theirs(2, "run7-1-1", "new").of("8").replaces(1).event("new", 3));
    rig.hear(&theirs(2, "run7-1-1", "filled").of("8").filled("8").fill(4, "8", "150.05"));
    assert_eq!(rig.reports(), ["amended 1 8 150.1", "filled 1 buy 8 at 150.05"]);
}

#[test]
fn events_of_both_legs_may_overtake_the_answer_to_an_amendment() {
    let mut rig = working();
    rig.act(&[amend(20, Some(15_010))]);
    rig.hear(&theirs(2, "run7-1-1", "filled").of("20").filled("20").replaces(1).fill(4, "20", "150.05"));
    rig.hear(&theirs(1, "run7-1", "replaced").replaced_by(2).event("replaced", 2));
    rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("20").replaces(1).json());
    // The amendment comes first, as the core would count the fill against the old quantity otherwise.
    assert_eq!(rig.reports(), ["amended 1 20 150.1", "filled 1 buy 20 at 150.05"]);
}

#[test]
fn what_is_left_of_a_partly_filled_order_is_what_the_new_one_is_for() {
    let mut rig = working();
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").fill(2, "4", "150"));
    rig.act(&[amend(10, Some(15_010))]);
    let patch = rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("6").replaces(1).json());
    assert_eq!(
        String::from_utf8_lossy(&patch.body),
        r#"{"qty":"6","limit_price":"150.1","client_order_id":"run7-1-1"}"#
    );
    rig.hear(&theirs(1, "run7-1", "replaced").filled("4").replaced_by(2).event("replaced", 3));
    rig.hear(&theirs(2, "run7-1-1", "filled").of("6").filled("6").fill(4, "6", "150.1"));
    assert_eq!(rig.reports(), ["filled 1 buy 4 at 150", "amended 1 10 150.1", "filled 1 buy 6 at 150.1"]);
}

#[test]
fn a_venue_that_counts_the_old_fills_to_the_new_order_is_understood_and_learnt() {
    let mut rig = working();
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").fill(2, "4", "150"));
    rig.act(&[amend(12, None)]);
    let patch = rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("8").filled("4").replaces(1).json());
    assert_eq!(String::from_utf8_lossy(&patch.body), r#"{"qty":"8","client_order_id":"run7-1-1"}"#);
    rig.hear(&theirs(1, "run7-1", "replaced").filled("4").replaced_by(2).event("replaced", 3));
    rig.hear(&theirs(2, "run7-1-1", "partially_filled").of("8").filled("6").replaces(1).fill(4, "2", "150"));
    assert_eq!(rig.reports(), ["filled 1 buy 4 at 150", "amended 1 8 150", "filled 1 buy 2 at 150"]);
    rig.act(&[amend(12, None)]);
    let patch = rig.reply(PATCH, 200, &theirs(3, "run7-1-2", "accepted").of("12").filled("6").replaces(2).json());
    assert_eq!(String::from_utf8_lossy(&patch.body), r#"{"qty":"12","client_order_id":"run7-1-2"}"#);
    rig.hear(&theirs(2, "run7-1-1", "replaced").of("8").filled("6").replaced_by(3).event("replaced", 5));
    rig.hear(&theirs(3, "run7-1-2", "filled").of("12").filled("12").replaces(2).fill(6, "6", "150"));
    assert_eq!(rig.reports(), ["amended 1 12 150", "filled 1 buy 6 at 150"]);
}

#[test]
fn an_order_that_fills_while_it_is_amended_is_not_traded_twice() {
    let mut rig = working();
    rig.act(&[amend(12, None)]);
    rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("12").replaces(1).json());
    rig.hear(&theirs(1, "run7-1", "partially_filled").filled("4").fill(2, "4", "150"));
    rig.hear(&theirs(1, "run7-1", "replaced").filled("4").replaced_by(2).event("replaced", 3));
    // Both together are for 16 now, though 12 were asked for.
    assert_eq!(rig.reports(), ["filled 1 buy 4 at 150", "amended 1 16 150"]);
    rig.hear(&theirs(2, "run7-1-1", "new").of("12").event("new", 4));
    let delete = rig.reply(DELETE, 204, "");
    assert!(delete.target.ends_with(&uuid(2)));
    rig.hear(&theirs(2, "run7-1-1", "canceled").of("12").event("canceled", 5));
    assert_eq!(rig.reports(), ["cancelled 1"]);
}

#[test]
fn an_amendment_that_comes_too_late_changes_nothing() {
    let mut rig = working();
    rig.act(&[amend(20, None)]);
    rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("20").replaces(1).json());
    rig.hear(&theirs(1, "run7-1", "filled").filled("10").fill(2, "10", "150"));
    rig.hear(&theirs(2, "run7-1-1", "rejected").of("20").replaces(1).event("rejected", 3));
    // The core waited for twenty: it is told that they will not come.
    assert_eq!(rig.reports(), ["filled 1 buy 10 at 150", "change refused 1 no_such_order"]);
}

#[test]
fn a_rejected_amendment_leaves_the_order_as_it_was() {
    let mut rig = working();
    rig.act(&[amend(20, None)]);
    rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("20").replaces(1).json());
    rig.hear(&theirs(1, "run7-1", "new").event("order_replace_rejected", 2));
    assert_eq!(rig.reports(), ["change refused 1 invalid"]);
    rig.act(&[amend(20, None)]);
    rig.reply(PATCH, 422, r#"{"code":42210000,"message":"order cannot be replaced"}"#);
    assert_eq!(rig.reports(), ["change refused 1 no_such_order"]);
    rig.hear(&theirs(1, "run7-1", "filled").filled("10").fill(3, "10", "150"));
    assert_eq!(rig.reports(), ["filled 1 buy 10 at 150"]);
}

#[test]
fn a_cancel_during_an_amendment_reaches_the_order_in_its_place() {
    let mut rig = working();
    rig.act(&[amend(20, None), CANCEL]);
    rig.reply(DELETE, 422, r#"{"code":42210000,"message":"order is not cancelable"}"#);
    rig.reply(PATCH, 200, &theirs(2, "run7-1-1", "accepted").of("20").replaces(1).json());
    rig.hear(&theirs(1, "run7-1", "replaced").replaced_by(2).event("replaced", 2));
    assert!(rig.reply(DELETE, 204, "").target.ends_with(&uuid(2)));
    rig.hear(&theirs(2, "run7-1-1", "canceled").of("20").event("canceled", 3));
    assert_eq!(rig.reports(), ["amended 1 20 150", "cancelled 1"]);
}

/// A bracket of the orders 1, 2 (stop) and 3 (take-profit), with the venue's answer to it.
fn bracket() -> (Rig, String) {
    let mut rig = Rig::up();
    let stop = order(2, Side::Sell, 10, OrderKind::Stop { trigger: cents(14_000) });
    let exits = [attached(1, stop), attached(1, order(3, Side::Sell, 10, limit(16_000)))];
    let entry = order(1, Side::Buy, 10, OrderKind::Market);
    rig.act(&[Action::Submit(entry), Action::Submit(exits[0]), Action::Submit(exits[1])]);
    let leg = |id, kind: &str| theirs(id, "drawn", "held").json().replace("\"limit\"", &format!("\"{kind}\""));
    let legs = format!(r#""order_class":"bracket","legs":[{},{}]"#, leg(3, "limit"), leg(2, "stop"));
    (rig, theirs(1, "run7-1", "pending_new").with(&legs).json())
}

#[test]
fn the_legs_of_a_bracket_are_known_by_what_they_are() {
    let (mut rig, answer) = bracket();
    rig.reply(POST, 200, &answer);
    assert_eq!(rig.reports(), ["accepted 1", "accepted 2", "accepted 3"]);
    rig.hear(&theirs(1, "run7-1", "filled").filled("10").fill(1, "10", "150"));
    rig.hear(&theirs(3, "drawn", "partially_filled").filled("4").fill(2, "4", "160").replace("buy", "sell"));
    // What one exit fills, the other loses: the venue puts a smaller order in its place, or says so of the same.
    rig.hear(&theirs(2, "drawn", "replaced").replaced_by(4).event("replaced", 3));
    rig.hear(&theirs(4, "other", "new").of("6").replaces(2).event("new", 4));
    rig.hear(&theirs(4, "other", "filled").of("6").filled("6").fill(5, "6", "140").replace("buy", "sell"));
    rig.hear(&theirs(3, "drawn", "canceled").filled("4").event("canceled", 6));
    let expected = [
        "filled 1 buy 10 at 150",
        "filled 3 sell 4 at 160",
        "amended 2 6 140",
        "filled 2 sell 6 at 140",
        "cancelled 3",
    ];
    assert_eq!(rig.reports(), expected);
}

#[test]
fn what_the_legs_do_before_they_are_known_is_told_once_they_are() {
    let (mut rig, answer) = bracket();
    rig.hear(&theirs(3, "drawn", "canceled").event("canceled", 6));
    assert_eq!(rig.reports(), [""; 0]);
    // The entry is known by our name before the answer; its exits are not.
    rig.hear(&theirs(1, "run7-1", "new").event("new", 7));
    rig.hear(&theirs(2, "drawn", "held").of("0").event("held", 8));
    assert_eq!(rig.reports(), ["accepted 1"]);
    rig.reply(POST, 200, &answer);
    assert_eq!(rig.reports(), ["accepted 2", "accepted 3", "cancelled 3"]);
}

#[test]
fn a_bracket_is_refused_or_lost_as_a_whole() {
    let (mut rig, _) = bracket();
    rig.reply(POST, 422, r#"{"code":40010001,"message":"bracket orders must be entry orders"}"#);
    assert_eq!(rig.reports(), ["rejected 1 invalid", "rejected 2 invalid", "rejected 3 invalid"]);
    let (mut rig, answer) = bracket();
    rig.fail(POST, LinkFailure::Lost);
    assert_eq!(rig.reports(), ["lost 1", "lost 2", "lost 3"]);
    rig.pass(2_000);
    // By our name the venue shows no legs; by its own it does.
    rig.reply(
        (Method::Get, "/v2/orders:by_client_order_id?client_order_id=run7-1"),
        200,
        &theirs(1, "run7-1", "new").json(),
    );
    rig.pass(2_000);
    let by_id = format!("/v2/orders/{}?nested=true", uuid(1));
    rig.reply((Method::Get, &by_id), 200, &answer);
    assert_eq!(rig.reports(), ["accepted 1", "accepted 2", "accepted 3"]);
}

#[test]
fn what_others_do_with_the_account_is_told_as_theirs() {
    let mut rig = Rig::up();
    rig.hear(&theirs(9, "by hand", "new").event("new", 1));
    assert!(matches!(&rig.happened[..], [Happening::Foreign(text)] if text.contains("by hand")), "{:?}", rig.happened);
    rig.hear(&theirs(9, "by hand", "new").event("new", 1));
    assert_eq!(rig.happened.len(), 2);
    assert_eq!(rig.happened[1], Happening::Alive(Channel::Orders));
}
