//! The golden tape of schema 4: what people and the watch do, written by `ONETAPE_WRITE_GOLDEN=1 cargo test -p onetape-engine
//! golden_4` while it is new, and never again.
use crate::fed::{Fed, candle, fill};
use crate::golden::{kinds, replayed_by};
use crate::language::{Scene, Script};
use crate::scene::{instruments, script};
use engine::risk::{Limits, Settings, all_limited};
use engine::tape::{CandlesOnTape, Header, MemoryTape, TapeJournal};
use engine::{
    AlertStep, Check, Core, Directive, Event, InstrumentId, Money, OperatorEvent, OrderId, OrderKind, OrderRequest,
    Owner, Qty, Report, RiskEngine, Side, State, TimerId, TradingState, run,
};
use expect_test::expect;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v4.tape");
const WISHES: &str = "candle 1 1 1 1 | buy 10 market | candle 1 1 1 1 | buy 1 limit 90 | candle 1 1 1 1 | buy 1 market";

fn act(approver: &str, directive: Directive) -> Event {
    let (who, approver, why) = ("ada".into(), approver.into(), "a golden tape".into());
    Event::Operator(OperatorEvent { who, approver, why, directive }.kept())
}

fn events() -> Vec<Event> {
    let one = OrderRequest::plain(OrderId(1), InstrumentId(0), Side::Buy, Qty(5_000), OrderKind::Market);
    let limit = |value| Directive::Limit { check: Check::OrderQuantity, instrument: Some(InstrumentId(0)), value };
    vec![
        candle(0, 10_000),
        Event::Report(Report::Accepted { order: OrderId(1) }),
        Event::Report(Report::Filled(fill(&one, 1, 5_000, 10_000))),
        act("", limit(Some(4_000))),
        act("", limit(None)),
        act("ben", limit(None)),
        act("", Directive::Alert { number: 1, step: AlertStep::Reviewed }),
        candle(0, 10_500),
        Event::Timer(TimerId::RISK),
        candle(0, 5_000),
        Event::Timer(TimerId::RISK),
        act("ben", Directive::Reset { check: Check::EmergencyStop, owner: Owner::NONE }),
        act("", Directive::Trading(TradingState::Killed)),
        candle(0, 5_100),
    ]
}

fn core() -> Core<Script> {
    let scene = Scene::parse(WISHES);
    let limits = Limits::none(1)
        .with(Check::OrderQuantity, 5_000)
        .with(Check::PositionNotional, 510 * Money::ONE.0)
        .with(Check::EmergencyStop, 1_000);
    let settings = Settings { clips: true, flattens: true, ..Settings::default() };
    let state = State::new(scene.cash, instruments(&scene), scene.trades_from).with_limits(limits, settings);
    Core::new(state, script(&scene), RiskEngine::new(all_limited(&[])))
}

fn tape() -> Vec<u8> {
    if std::env::var_os("ONETAPE_WRITE_GOLDEN").is_some() {
        let mut header = Header::default();
        header.set("name", "golden");
        header.set("schema", "4");
        let mut journal = TapeJournal::new(MemoryTape::default(), &header, CandlesOnTape::Recorded);
        run(&mut core(), &mut Fed::new(events()), &mut journal).expect("memory cannot fail");
        std::fs::write(PATH, journal.seal(&[]).expect("memory cannot fail").0).expect("the golden tape can be written");
    }
    std::fs::read(PATH).expect("the golden tape stands beside the tests")
}

#[test]
fn the_golden_tape_of_schema_4_replays() {
    let tape = tape();
    expect!["14 steps, 20dac50031e686cce2cb97c1d6afe850e38cf2ec20e289896c5103021ec06d5f, cash 999438.27165"]
        .assert_eq(&replayed_by(&mut core(), &tape));
    expect!["Accepted Armed Cancel Candle Clipped Crossed Filled Operator Submit Timer Turned approval max_position_notional"].assert_eq(&kinds(&tape));
}
