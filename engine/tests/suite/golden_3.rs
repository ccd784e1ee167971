//! The golden tape of schema 3: all that schema 2 holds and what it added, written by `ONETAPE_WRITE_GOLDEN=1 cargo test -p
//! onetape-engine golden_3` while it is new, and never again.
use crate::fed::{Fed, candle, fill};
use crate::golden::{kinds, replayed, replayed_by};
use crate::golden_2::WISHES;
use crate::language::Scene;
use crate::language::Script;
use crate::scene::{core, instruments, risk, script};
use engine::tape::{CandlesOnTape, Header, MemoryTape, TapeJournal};
use engine::{
    Carry, Core, Desk, Event, InstrumentId, MarketEvent, Money, OrderId, OrderKind, OrderRequest, Price, Qty, Rate,
    Reason, Report, Side, State, Strategy, Ticker, run,
};
use expect_test::expect;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v3.tape");
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v3-shared.tape");

fn events() -> Vec<Event> {
    let one = OrderRequest::plain(OrderId(1), InstrumentId(0), Side::Buy, Qty(10_000), OrderKind::Market);
    let id = InstrumentId(0);
    let (mark, per_unit) = (Price(10_100), Money(Money::ONE.0 / 4));
    let rate = Rate::from_parts(125, 6).expect("a rate");
    let carry = [
        Carry::Split { instrument: id, new: 3, old: 2, mark },
        Carry::Dividend { instrument: id, per_unit },
        Carry::Funding { instrument: id, rate, mark },
        Carry::Borrow { instrument: id, rate, mark },
        Carry::Interest { credit: rate, debit: Rate::ZERO },
        Carry::Renamed { instrument: id, ticker: Ticker::new("QQQQ").expect("a ticker") },
        Carry::Delisting { instrument: id, per_unit },
    ];
    let (first, second) = (fill(&one, 1, 3_000, 10_100), fill(&one, 2, 2_000, 10_000));
    let mut liquidation = fill(&one, 3, 1_000, 10_050);
    (liquidation.order, liquidation.side) = (OrderId(0), Side::Sell);
    let mut events = vec![candle(0, 10_000)];
    events.extend(
        [
            Report::Accepted { order: OrderId(1) },
            Report::Rejected { order: OrderId(4), reason: Reason::PostOnly },
            Report::Rejected { order: OrderId(5), reason: Reason::ReduceOnly },
            Report::Rejected { order: OrderId(6), reason: Reason::NoAuction },
            Report::Rejected { order: OrderId(7), reason: Reason::Delisted },
            Report::Filled(first),
            Report::Filled(second),
            Report::Busted(second),
            Report::Busted(second),
            Report::Liquidated(liquidation),
        ]
        .map(Event::Report),
    );
    events.push(candle(0, 10_100));
    events.extend(carry.map(|carry| Event::Market(MarketEvent::Carry(carry))));
    events
}

fn tape<S: Strategy>(path: &str, core: &mut Core<S>) -> Vec<u8> {
    if std::env::var_os("ONETAPE_WRITE_GOLDEN").is_some() {
        let mut header = Header::default();
        header.set("name", "golden");
        header.set("schema", "3");
        let mut journal = TapeJournal::new(MemoryTape::default(), &header, CandlesOnTape::Recorded);
        run(core, &mut Fed::new(events()), &mut journal).expect("memory cannot fail");
        std::fs::write(path, journal.seal(&[]).expect("memory cannot fail").0).expect("the golden tape can be written");
    }
    std::fs::read(path).expect("the golden tape stands beside the tests")
}

#[test]
fn the_golden_tape_of_schema_3_replays() {
    let tape = tape(PATH, &mut core(&Scene::parse(WISHES)));
    expect!["19 steps, 38e2b1b158df8e948ea1f1fa838ce1177390aa964ecfe123033a488cf8fa9898, cash 999874.115896218318"]
        .assert_eq(&replayed(&tape, WISHES));
    expect!["Accepted Busted Candle Carry Filled Liquidated Noted Rejected Submit repeated_bust terms"]
        .assert_eq(&kinds(&tape));
}

/// Two strategies that both wish all of that.
fn desk() -> Core<Desk<Script>> {
    let scene = Scene::parse(WISHES);
    let half = Money(scene.cash.0 / 2);
    let state = State::new(scene.cash, instruments(&scene), scene.trades_from).with_strategies(&[half, half]);
    Core::new(state, Desk::new(vec![script(&scene), script(&scene)]), risk(&scene))
}

#[test]
fn the_golden_tape_of_two_strategies_replays() {
    let tape = tape(SHARED, &mut desk());
    expect!["19 steps, f91e75138ba849b19484395603a4bb4191f4bc6d4ddd898af1aa5be6991e2750, cash 999874.115896218318"]
        .assert_eq(&replayed_by(&mut desk(), &tape));
    expect!["Accepted Busted Candle Carry Filled For Liquidated Noted Rejected Submit repeated_bust terms"]
        .assert_eq(&kinds(&tape));
}
