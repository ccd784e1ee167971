//! No byte of a key, a secret, a signature or a listen key stands in anything that is shown.
use super::desk::{Desk, KEY, LISTEN, MARKET, SECRET, order};
use engine::{OrderKind, Side};
use secrecy::ExposeSecret;
use venues::query::Query;
use venues::{Input, LinkFailure, Socket};

#[test]
fn nothing_that_is_shown_holds_a_secret() {
    let mut desk = Desk::new(|_| {});
    desk.start();
    // A hostile venue says back what it was told.
    let echo = |text: &str| format!("{{\"code\":109400,\"msg\":\"{text}\"}}");
    let mut signatures = Vec::new();
    for secret in [KEY, SECRET, LISTEN] {
        for query in [Query::Balances, Query::Positions, Query::Permissions, Query::OpenOrders, Query::CancelAll(None)]
        {
            desk.put(Input::Ask(1, &query));
            desk.wait(1_200);
            let request = desk.sent.pop().unwrap();
            signatures.extend(request.target.split("signature=").nth(1).map(str::to_string));
            desk.reply(request.ticket, 200, &echo(secret));
        }
        desk.submit(order(u64::from(secret.as_bytes()[9]), Side::Buy, 100, OrderKind::Market));
        desk.wait(1_200);
        let request = desk.sent.pop().unwrap();
        assert_eq!(request.headers[0].1.expose_secret(), KEY);
        desk.reply(request.ticket, 502, secret);
        desk.frame(Socket::Private, &format!("{{\"e\":\"listenKeyExpired\",\"listenKey\":[\"{secret}\"]}}"));
        desk.frame(
            Socket::Private,
            &format!("{{\"e\":\"ORDER_TRADE_UPDATE\",\"o\":{{\"i\":\"{secret}\",\"z\":\"{secret}\"}}}}"),
        );
        desk.frame(MARKET, &format!("{{\"dataType\":\"{secret}@trade\",\"data\":1}}"));
        desk.frame(MARKET, secret);
        desk.wait(5_000);
    }
    desk.frame(Socket::Private, &format!("{{\"e\":\"listenKeyExpired\",\"listenKey\":\"{LISTEN}\"}}"));
    desk.lose("userDataStream", LinkFailure::NotSent);
    desk.wait(5_000);
    assert!(signatures.len() > 10 && signatures.iter().all(|signature| signature.len() == 64));
    let shown = format!("{}{:?}{:?}{:?}", desk.shown, desk.said, desk.sent, desk.it);
    for secret in [KEY, SECRET, LISTEN].into_iter().chain(signatures.iter().map(String::as_str)) {
        let at = shown.find(secret).map(|at| &shown[at.saturating_sub(100)..at]);
        assert_eq!(at, None, "shown after this");
    }
    assert!(shown.contains("[secret]"), "the venue's echo was concealed");
}
