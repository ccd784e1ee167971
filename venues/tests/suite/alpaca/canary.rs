//! No byte of a key or secret is in anything that is said of a session, whatever the venue sends back.
use super::rig::{Rig, config, limit, order, theirs};
use engine::{Action, Side};
use venues::alpaca::Alpaca;
use venues::{Connector, Happening, Input, Method, Output, Query, Socket};

fn clean(text: &str) {
    for secret in ["PKCANARYKEY", "canarysecret"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn nothing_that_is_said_holds_a_secret() {
    let mut rig = Rig::up();
    let echo = "PKCANARYKEY canarysecret";
    rig.act(&[Action::Submit(order(1, Side::Buy, 10, limit(15_000)))]);
    rig.reply((Method::Post, "/v2/orders"), 403, &format!(r#"{{"code":1,"message":"bad {echo}"}}"#));
    rig.hear(&theirs(9, echo, "new").event("new", 1));
    rig.hear(&format!("{{\"stream\":\"trade_updates\",\"data\":\"{echo}\"}}"));
    rig.hear(&format!("{{\"stream\":\"x\",\"data\":{{\"error\":\"{echo}\"}}}}"));
    rig.market(0, &format!("[{{\"T\":\"{echo}\"}},\"{echo}\"]"));
    rig.input(Input::Opened(Socket::Market(0)));
    rig.market(0, &format!(r#"[{{"T":"error","code":402,"msg":"{echo}"}}]"#));
    rig.ask(1, &Query::Positions);
    rig.reply((Method::Get, "/v2/positions"), 400, echo);
    rig.ask(2, &Query::Balances);
    rig.reply((Method::Get, "/v2/account"), 200, echo);
    let said = rig
        .happened
        .iter()
        .filter(|it| matches!(it, Happening::Note(_) | Happening::Barred(_) | Happening::Answer(..)));
    assert!(said.count() >= 4, "{:?}", rig.happened);
    rig.happened.iter().for_each(|it| clean(&format!("{it:?}")));
}

#[test]
fn nothing_that_can_be_printed_holds_a_secret() {
    let config = config();
    clean(&format!("{config:?}"));
    let mut it = Alpaca::new(config).expect("a set-up that works");
    let mut out = Vec::new();
    let now = Rig::up().now;
    it.handle(now, Input::Start, &mut out);
    it.handle(now, Input::Opened(Socket::Private), &mut out);
    it.handle(now, Input::Opened(Socket::Market(0)), &mut out);
    let hello = venues::Frame::Text("[{\"T\":\"success\",\"msg\":\"connected\"}]");
    it.handle(now, Input::Received(Socket::Market(0), hello), &mut out);
    it.handle(now, Input::Act(&[Action::Submit(order(1, Side::Buy, 1, limit(1)))]), &mut out);
    assert!(out.iter().any(|it| matches!(it, Output::Text(..))) && out.iter().any(|it| matches!(it, Output::Send(_))));
    clean(&format!("{it:?} {out:?}"));
}
