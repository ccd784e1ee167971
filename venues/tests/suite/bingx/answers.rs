//! Whatever a venue answers to whatever was asked: nothing panics, every question ends once, and nothing grows.
use super::desk::Desk;
use super::recorded::cases;
use engine::order::OrderId;
use engine::{InstrumentId, Rng, Timestamp};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use venues::query::Query;
use venues::{Happening, Input};

#[derive(Deserialize)]
struct Recorded {
    response: Box<RawValue>,
}

fn queries() -> [Query; 10] {
    let (instrument, from, to) = (InstrumentId(7), Timestamp(0), Timestamp(600_000_000_000_000));
    [
        Query::Time,
        Query::Instruments,
        Query::History { instrument, from, to },
        Query::OpenOrders,
        Query::Order(OrderId(1)),
        Query::Fills(Timestamp(1_760_000_000_000_000_000)),
        Query::Positions,
        Query::Balances,
        Query::Permissions,
        Query::CancelAll(None),
    ]
}

/// A recorded answer with some bytes changed.
fn answers() -> impl Strategy<Value = Vec<u8>> {
    let recorded = cases::<Recorded>("bingx_rest_responses.json");
    let texts: Vec<String> = recorded.iter().map(|case| case.response.get().to_string()).collect();
    (proptest::sample::select(texts), any::<u64>(), 0_u64..5).prop_map(|(text, seed, edits)| {
        let mut bytes = text.into_bytes();
        let mut rng = Rng::stream(seed, "edits");
        for _ in 0..edits {
            let at = usize::try_from(rng.below(bytes.len() as u64)).expect("a short text");
            match rng.below(4) {
                0 => bytes.truncate(at + 1),
                1 => bytes[at] = (rng.next_u64() & 0xff) as u8,
                2 => bytes.insert(at, b"0-9\"{}[]:,.eE"[usize::try_from(rng.below(13)).expect("below 13")]),
                _ if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => {}
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_question_ends_once_whatever_is_answered(bodies in proptest::collection::vec((answers(), 0_usize..4), 1..8)) {
        let mut desk = Desk::ready();
        desk.rest(1, 1_736_012_449_498_123_500);
        for (number, query) in (0..).zip(&queries()) {
            desk.put(Input::Ask(number, query));
        }
        for round in 0..600 {
            desk.wait(1_000);
            let Some(request) = desk.sent.pop() else { continue };
            let (body, status) = &bodies[round % bodies.len()];
            let body = if request.target.contains("listenKey") { b"{}".as_slice() } else { body };
            let body = String::from_utf8_lossy(body);
            desk.reply(request.ticket, [200, 200, 400, 503][*status], &body);
        }
        for (number, query) in (0_u64..).zip(&queries()) {
            let ends = desk.said.iter().filter(|it| matches!(it, Happening::Answer(of, _) if *of == number)).count();
            prop_assert!(ends <= 1, "{query:?}: {ends}");
        }
        prop_assert!(desk.shown.len() < 1_000_000, "{}", desk.shown.len());
    }
}
