//! The golden tape of schema 2: what it added to schema 1, written by `ONETAPE_WRITE_GOLDEN=1 cargo test -p onetape-engine
//! golden_2` when it was new, and never again.
use crate::fed::{Fed, candle, fill};
use crate::golden::{kinds, replayed};
use crate::language::Scene;
use crate::scene::core;
use engine::tape::{CandlesOnTape, Header, MemoryTape, TapeJournal};
use engine::{
    Carry, Event, InstrumentId, MarketEvent, Money, OrderId, OrderKind, OrderRequest, Price, Qty, Rate, Reason, Report,
    Side, run,
};
use expect_test::expect;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v2.tape");

/// Every kind of order, term and tie, and a note.
const WISHES: &str = "candle 1 1 1 1 | buy 10 stop 101 limit 102 day loss 90 gain 120 | sell 1 trailing 2 until 9h
    sell 1 trailing 1.5 % | or sell 1 touched 103 | buy 1 touched 99 limit 98 | buy 1 limit 97 post-only | sell 1 limit 130 reduce-only
    buy 1 market ioc | buy 1 limit 90 fok | buy 1 market at-open | buy 1 limit 80 at-close | note 7 is -3
    attach sell 1 stop 70 | buy 1 market post-only | candle 1 1 1 1 | sell 1 market";

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

fn tape() -> Vec<u8> {
    if std::env::var_os("ONETAPE_WRITE_GOLDEN").is_some() {
        let mut header = Header::default();
        header.set("name", "golden");
        header.set("schema", "2");
        let mut journal = TapeJournal::new(MemoryTape::default(), &header, CandlesOnTape::Recorded);
        run(&mut core(&Scene::parse(WISHES)), &mut Fed::new(events()), &mut journal).expect("memory cannot fail");
        std::fs::write(PATH, journal.seal(&[]).expect("memory cannot fail").0).expect("the golden tape can be written");
    }
    std::fs::read(PATH).expect("the golden tape stands beside the tests")
}

#[test]
fn the_golden_tape_of_schema_2_replays() {
    let tape = tape();
    expect!["18 steps, acdd0fd64738f883ce37933c3953acacf957a6a36f9e35d50d0a91854d5b4940, cash 999874.115896218318"]
        .assert_eq(&replayed(&tape, WISHES));
    expect!["Accepted Busted Candle Carry Filled Liquidated Noted Rejected Submit repeated_bust terms"]
        .assert_eq(&kinds(&tape));
}
