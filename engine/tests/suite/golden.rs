//! The golden tape of schema 1: it replays in this build and in every later one, to the same digest.
//!
//! It holds every kind of event and decision of its schema. It was written when schema 1 was new and is never written
//! again: a new schema gets a tape of its own.
use crate::fed::{Fed, candle, fill};
use crate::language::Scene;
use crate::scene::core;
use engine::sim::{Merge, Wire};
use engine::tape::{
    CandlesOnTape, Header, Kind, MemoryTape, Outcome, RecordSource, Recorded, TapeJournal, TapeReader, Verifying,
    decode_event, decode_outcomes,
};
use engine::{
    CashEvent, Core, Event, Fill, InstrumentId, Label, Money, OrderId, OrderKind, OrderRequest, Price, Qty, Reason,
    Report, SharedCandles, Side, Strategy, TimerId, run,
};
use expect_test::expect;
use std::collections::BTreeSet;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1.tape");

/// What the strategy of the golden run wishes; the candles of the text only count.
const WISHES: &str = "A: candle 1 1 1 1 | A: buy 10 limit 100 | A: sell 4 market | A: wake 1 at 1h | A: buy 0 market
    B: candle 1 1 1 1 | B: buy 5 stop 60 | on timer 1: amend 1 qty 12 at 101 | on timer 1: cancel 2
    A: candle 1 1 1 1 | A: amend 1 qty 13 | A: target 20 | B: candle 1 1 1 1 | B: target 3 | B: sell 1 limit 70
    A: candle 1 1 1 1 | A: buy 1 market | A: cancel 3 | B: candle 1 1 1 1 | B: cancel 99 | B: buy 9000000 market";

fn request(order: u64, instrument: u32, side: Side, quantity: i64) -> OrderRequest {
    let (order, instrument) = (OrderId(order), InstrumentId(instrument));
    OrderRequest::plain(order, instrument, side, Qty(quantity), OrderKind::Market)
}

fn events() -> Vec<Event> {
    let (one, two) = (request(1, 0, Side::Buy, 10_000), request(2, 0, Side::Sell, 4_000));
    let three = request(3, 1, Side::Buy, 5_000);
    let id = OrderId;
    let cash = CashEvent { amount: Money(-7), label: Label(3) };
    let by_path = Fill { certainty: engine::Certainty::PathDependent, ..fill(&one, 3, 6_000, 9_990) };
    let maker = Fill { liquidity: engine::Liquidity::Maker, fee: Money(-5), ..fill(&two, 1, 1_000, 10_050) };
    let reports = [
        vec![Report::Accepted { order: id(1) }, Report::Accepted { order: id(2) }, Report::Filled(maker)],
        vec![Report::Filled(fill(&one, 1, 3_000, 9_998)), Report::Filled(fill(&one, 1, 3_000, 9_998))],
        vec![Report::Amended { order: id(1), quantity: Qty(12_000), price: Some(Price(10_100)) }],
        vec![Report::ChangeRefused { order: id(2), reason: Reason::NoSuchOrder }],
        vec![Report::Filled(fill(&two, u128::MAX, 3_500, 10_025)), Report::Filled(by_path)],
        vec![Report::Cancelled { order: id(3) }, Report::Filled(fill(&three, 9, 1_000, 6_000))],
        vec![Report::Filled(Fill { side: Side::Sell, ..fill(&one, 77, 1, 1) })],
        vec![Report::Amended { order: id(9), quantity: Qty(1), price: None }],
        vec![Report::Rejected { order: id(4), reason: Reason::BuyingPower }, Report::Expired { order: id(5) }],
        vec![Report::NotSent { order: id(6) }, Report::Lost { order: id(1) }, Report::Accepted { order: id(2) }],
    ];
    let mut reports = reports.into_iter().map(|some| some.into_iter().map(Event::Report));
    let mut events = vec![candle(0, 10_000), candle(1, 5_000)];
    events.extend(reports.by_ref().take(2).flatten());
    events.extend([Event::Timer(TimerId(1)), Event::Cash(cash)]);
    events.extend(reports.by_ref().take(3).flatten());
    events.extend([candle(0, 10_100), candle(1, 4_999)]);
    events.extend(reports.flatten());
    events.extend([candle(0, 10_200), candle(1, 4_800)]);
    events
}

/// What the recorded reports answer is what this build still sends.
#[test]
fn the_recorded_events_still_lead_to_the_recorded_digest() {
    let scene = Scene::parse(WISHES);
    let mut journal = TapeJournal::new(MemoryTape::default(), &Header::default(), CandlesOnTape::Recorded);
    run(&mut core(&scene), &mut Fed::new(events()), &mut journal).expect("memory cannot fail");
    let digest: String = journal.digest().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    expect!["647a7666be13322a"].assert_eq(&digest);
}

fn tape() -> Vec<u8> {
    std::fs::read(PATH).expect("the golden tape stands beside the tests")
}

/// What a replay of a tape says of itself.
pub(crate) fn replayed(tape: &[u8], wishes: &str) -> String {
    replayed_by(&mut core(&Scene::parse(wishes)), tape)
}

/// The same by a core of its own.
pub(crate) fn replayed_by<S: Strategy>(core: &mut Core<S>, tape: &[u8]) -> String {
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let mut world = Recorded::new(TapeReader::new(tape), none, Wire::default());
    let mut verifying = Verifying::new(TapeReader::new(tape));
    let steps = run(core, &mut world, &mut verifying).expect("every decision is repeated");
    let digest: String = verifying.digest().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{steps} steps, {digest}, cash {}", core.state().books.cash())
}

#[test]
fn the_golden_tape_of_schema_1_replays() {
    expect!["26 steps, 647a7666be13322a4ef644000ee3c1fb49bba4679769794bdccc4d310aaca578, cash 999330.280179809498"]
        .assert_eq(&replayed(&tape(), WISHES));
}

/// The first word of what a value's `Debug` says inside its outer names: its kind.
fn kind(of: &impl std::fmt::Debug) -> String {
    let text = format!("{of:?}");
    let words: Vec<&str> = text.split(['(', ' ', '{', ')', ',']).filter(|word| !word.is_empty()).take(2).collect();
    let deep = matches!(words[0], "Report" | "Sent" | "Market");
    if deep { words[1].to_owned() } else { words[0].to_owned() }
}

#[test]
fn the_golden_tape_holds_every_kind_of_event_and_decision() {
    expect!["Accepted Amend Amended Armed Cancel Cancelled Candle Cash ChangeRefused Expired Filled Lost NotSent Rejected Submit Timer buying_power contradictory_fill illegal_report late_fill no_such_order overfill quantity repeated_fill unknown_order"].assert_eq(&kinds(&tape()));
}

/// Every kind of event and decision on a tape.
pub(crate) fn kinds(tape: &[u8]) -> String {
    let mut reader = TapeReader::new(tape);
    let mut kinds = BTreeSet::new();
    while let Some(frame) = reader.next().expect("the golden tape is sound") {
        match frame.kind {
            Kind::Entry => {
                kinds.insert(kind(&decode_event(&frame.payload).expect("an event")));
            }
            Kind::Step => {
                for outcome in decode_outcomes(&frame.payload[8..]).expect("decisions") {
                    kinds.insert(match outcome {
                        Outcome::Noticed { anomaly, .. } => anomaly.name().to_owned(),
                        Outcome::Refused(refusal) => refusal.check.name().to_owned(),
                        other => kind(&other),
                    });
                }
            }
            _ => {}
        }
    }
    kinds.into_iter().collect::<Vec<_>>().join(" ")
}
