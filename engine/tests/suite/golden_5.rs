//! The golden tape of schema 5: how news from outside stands, written by `ONETAPE_WRITE_GOLDEN=1 cargo test -p onetape-engine
//! golden_5` while it is new, and never again.
use crate::fed::{Fed, candle, fill};
use crate::golden::{kinds, replayed_by};
use crate::language::{Scene, Script};
use crate::scene::{instruments, script};
use engine::risk::{Limits, Settings, all_limited};
use engine::tape::{CandlesOnTape, Header, MemoryTape, TapeJournal};
use engine::{
    Core, Event, FeedEvent, InstrumentId, OrderId, OrderKind, OrderRequest, Qty, Report, RiskEngine, Side, Standing,
    State, TimerId, run,
};
use expect_test::expect;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v5.tape");
const WISHES: &str = "candle 1 1 1 1 | buy 10 market | candle 1 1 1 1 | buy 1 market | candle 1 1 1 1 | sell 4 market | candle 1 1 1 1 | buy 1 market";

fn feed(instrument: InstrumentId, standing: Standing) -> Event {
    Event::Feed(FeedEvent { instrument, standing })
}

fn events() -> Vec<Event> {
    let one = OrderRequest::plain(OrderId(1), InstrumentId(0), Side::Buy, Qty(10_000), OrderKind::Market);
    vec![
        candle(0, 10_000),
        Event::Report(Report::Accepted { order: OrderId(1) }),
        Event::Report(Report::Filled(fill(&one, 1, 10_000, 10_000))),
        feed(InstrumentId(0), Standing::Stale),
        Event::Timer(TimerId::HEARTBEAT),
        candle(0, 10_100),
        feed(InstrumentId(0), Standing::Ready),
        feed(InstrumentId::ACCOUNT, Standing::Lost),
        candle(0, 10_200),
        feed(InstrumentId::ACCOUNT, Standing::Ready),
        candle(0, 10_300),
    ]
}

fn core() -> Core<Script> {
    let scene = Scene::parse(WISHES);
    let state = State::new(scene.cash, instruments(&scene), scene.trades_from)
        .with_limits(Limits::none(1), Settings::default());
    Core::new(state, script(&scene), RiskEngine::new(all_limited(&[])))
}

fn tape() -> Vec<u8> {
    if std::env::var_os("ONETAPE_WRITE_GOLDEN").is_some() {
        let mut header = Header::default();
        header.set("name", "golden");
        header.set("schema", "5");
        let mut journal = TapeJournal::new(MemoryTape::default(), &header, CandlesOnTape::Recorded);
        run(&mut core(), &mut Fed::new(events()), &mut journal).expect("memory cannot fail");
        std::fs::write(PATH, journal.seal(&[]).expect("memory cannot fail").0).expect("the golden tape can be written");
    }
    std::fs::read(PATH).expect("the golden tape stands beside the tests")
}

#[test]
fn the_golden_tape_of_schema_5_replays() {
    let tape = tape();
    expect!["11 steps, ce068b72040ac9a97701fb711d52792d7d48aa79f22ba9d061bdc43cde9ecd03, cash 998876.5433"]
        .assert_eq(&replayed_by(&mut core(), &tape));
    expect!["Accepted Candle Feed Filled Submit Timer feed"].assert_eq(&kinds(&tape));
}
