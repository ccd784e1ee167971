//! Each fault where it shows, and nothing lost by it: what really happened stands at the exchange.
use super::{Frame, Plan, Reply, Stage, id, text};

fn stage(faults: &'static str) -> Stage {
    Stage::of(Plan { faults, ..Plan::default() })
}

const KEYS: [(&str, &str); 2] = [("apca-api-key-id", "PKLOOPBACK"), ("apca-api-secret-key", "loopback-secret")];
const LIMIT: &str = r#"{"symbol":"AAPL","qty":3,"side":"buy","type":"limit","time_in_force":"gtc","limit_price":140,"client_order_id":"a"}"#;

fn open_orders(stage: &Stage) -> usize {
    stage.venue.exchange.account(stage.venue.account).open_orders().count()
}

#[test]
fn a_lost_request_does_nothing_and_a_lost_answer_does_all_the_same() {
    for (faults, orders) in [("F1=1", 0), ("F2=1", 1)] {
        let mut stage = stage(faults);
        assert_eq!(stage.reply("POST", "/v2/orders", &KEYS, LIMIT), Reply::Hangup);
        assert_eq!(open_orders(&stage), orders, "{faults}");
    }
}

#[test]
fn an_error_may_answer_what_was_done() {
    let mut stage = stage("F12=1");
    let (status, body) = stage.ask("POST", "/v2/orders", LIMIT);
    assert_eq!((status, &body["code"], open_orders(&stage)), (504, &50_010_000.into(), 1));
    // Sent again it is known, and it can be looked up.
    let (status, body) = stage.ask("POST", "/v2/orders", LIMIT);
    assert_eq!((status, text(&body["message"])), (422, "client_order_id must be unique"));
    assert_eq!(stage.ask("GET", "/v2/orders:by_client_order_id?client_order_id=a", "").0, 200);
}

#[test]
fn a_late_answer_comes_after_any_patience() {
    let mut stage = stage("F3=1");
    assert!(matches!(stage.reply("GET", "/v2/clock", &KEYS, ""), Reply::Late(_, by) if by.as_secs() >= 10));
}

#[test]
fn updates_are_doubled_or_overtake_each_other() {
    for (faults, events) in [
        ("F4=1", vec!["new market", "new market", "fill market", "fill market"]),
        ("F5=1", vec!["fill market", "new market"]),
        ("F6=1", vec![]),
        ("F10=1", vec![]),
    ] {
        let mut stage = stage(faults);
        stage.listen();
        stage.order(r#"{"symbol":"SPY","qty":1,"side":"buy","type":"market","time_in_force":"day"}"#);
        assert_eq!(stage.updates(), events, "{faults}");
    }
}

#[test]
fn an_order_may_be_unfindable_for_a_while() {
    let mut stage = stage("F15=1");
    let order = stage.order(LIMIT);
    let target = format!("/v2/orders/{}", id(&order));
    assert_eq!(stage.ask("GET", &target, "").0, 404);
    assert_eq!(stage.get("/v2/orders"), serde_json::json!([]));
    stage.wait(3);
    assert_eq!(stage.ask("GET", &target, "").0, 200);
}

#[test]
fn a_cancel_may_be_heard_late() {
    let mut stage = stage("F16=1");
    let order = stage.order(LIMIT);
    let target = format!("/v2/orders/{}", id(&order));
    assert_eq!(stage.ask("DELETE", &target, "").0, 204);
    assert_eq!((text(&stage.get(&target)["status"]), open_orders(&stage)), ("pending_cancel", 1));
    stage.wait(3);
    assert_eq!((text(&stage.get(&target)["status"]), open_orders(&stage)), ("canceled", 0));
}

#[test]
fn what_a_fill_overtakes_was_never_cancelled() {
    let mut stage = stage("F16=1");
    stage.listen();
    let order = stage.order(&LIMIT.replace("140", "150.40"));
    let target = format!("/v2/orders/{}", id(&order));
    assert_eq!(stage.ask("DELETE", &target, "").0, 204);
    stage.go(60);
    stage.wait(3);
    assert_eq!(text(&stage.get(&target)["status"]), "filled");
    assert_eq!(stage.updates(), ["new limit", "fill limit"]);
}

#[test]
fn cancelling_everything_may_succeed_in_part() {
    let mut stage = stage("F13=1");
    stage.order(LIMIT);
    let (status, rows) = stage.ask("DELETE", "/v2/orders", "");
    assert_eq!((status, &rows[0]["status"], open_orders(&stage)), (207, &500.into(), 1));
}

#[test]
fn a_venue_that_restarts_has_no_orders_and_no_sockets() {
    let mut stage = stage("F18=1");
    let socket = stage.listen();
    stage.order(LIMIT);
    stage.heard();
    stage.wait(1);
    assert_eq!(open_orders(&stage), 0);
    let heard = stage.heard();
    assert_eq!(heard.last(), Some(&(socket, Frame::Drop)));
}

#[test]
fn bans_halts_and_orders_of_nobody_come_by_themselves() {
    let mut banned = stage("F14=1");
    assert_eq!(banned.ask("GET", "/v2/clock", "").0, 429);
    let mut traded = stage("F17=1");
    traded.wait(1);
    assert_eq!(traded.get("/v2/orders?status=all").as_array().map(Vec::len), Some(1));
    let mut halted = stage("F19=1");
    (1..9).for_each(|_| halted.wait(1));
    let answer = halted.order(LIMIT);
    let status = halted.get(&format!("/v2/orders/{}", id(&answer)));
    assert!(["new", "rejected"].contains(&text(&status["status"])));
}

#[test]
fn dropped_connections_find_a_limit_when_they_come_again() {
    let mut stage = stage("F8=1");
    let socket = stage.listen();
    stage.wait(1);
    assert_eq!(stage.heard(), [(socket, Frame::Drop)]);
    let request = crate::http::Request { path: "/stream".into(), ..crate::http::Request::default() };
    let now = stage.moment();
    let refused = crate::dialect::Dialect::connect(&mut stage.venue, socket, &request, now);
    assert_eq!(refused.map_err(|answer| answer.status), Err(429));
    assert_eq!(stage.ask("GET", "/v2/clock", "").0, 429);
}

#[test]
fn a_silence_ends() {
    let mut stage = stage("F7=1");
    stage.listen();
    let buy = r#"{"symbol":"SPY","qty":1,"side":"buy","type":"market","time_in_force":"day"}"#;
    stage.order(buy);
    assert_eq!(stage.updates(), Vec::<String>::new());
    stage.venue.faults.set(crate::faults::Fault::HalfOpen, 0);
    stage.wait(19);
    stage.order(buy);
    assert_eq!(stage.updates(), Vec::<String>::new());
    stage.wait(61);
    stage.order(buy);
    assert_eq!(stage.updates(), ["new market", "fill market"]);
}

#[test]
fn a_hostile_frame_comes_before_a_good_one() {
    let mut stage = stage("F20=1");
    stage.listen();
    let _ = stage.reply("POST", "/v2/orders", &KEYS, LIMIT);
    assert_eq!(stage.heard().len(), 2);
}

#[test]
fn a_test_steps_the_market_and_reads_what_has_struck() {
    let mut stage = stage("F4=1");
    let status = |reply: Reply| match reply {
        Reply::Answer(answer) => super::read(&answer),
        other => panic!("{other:?}"),
    };
    let begin = super::OPEN / 1_000_000 + 300_000;
    let (_, body) = status(stage.reply("POST", "/loopback/step?by=1m", &[], ""));
    assert_eq!(body["market_time_ms"], begin + 60_000);
    stage.listen();
    stage.order(LIMIT);
    let (code, body) = status(stage.reply("GET", "/loopback/status", &[], ""));
    assert_eq!((code, &body["faults"][0]["id"], &body["faults"][0]["fired"]), (200, &"F4".into(), &1.into()));
    assert_eq!(status(stage.reply("POST", "/loopback/step?by=soon", &[], "")).0, 400);
    assert_eq!(status(stage.reply("GET", "/loopback/else", &[], "")).0, 404);
}
