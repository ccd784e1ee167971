//! Accounts at venues against what the tape holds.
use super::accounts::*;
use engine::order::OrderId;
use engine::{Carry, Fill, InstrumentId, Qty, Report};
use engine::{Instrument, Interval, Side};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use venues::Listed;
use venues::query::{Stands, VenueOrder, VenuePosition};

const BTC: InstrumentId = InstrumentId(0);

fn listed() -> Vec<Listed> {
    let currency = "USDT".parse().expect("a currency");
    let specs = engine::Dated::always(engine::Spec::FREE);
    let instrument = Instrument::new("x:BTC".into(), currency, (2, 3), Decimal::ONE, specs).expect("an instrument");
    vec![Listed { id: BTC, symbol: "BTC-USDT".into(), instrument, interval: Interval::MINUTE, ticks: false }]
}

fn order(own: Option<u64>, stands: Stands) -> VenueOrder {
    VenueOrder {
        order: own.map(OrderId),
        venue_id: "77".into(),
        instrument: Some(BTC),
        side: Side::Buy,
        quantity: Decimal::ONE,
        filled: Decimal::ZERO,
        average_price: None,
        stands,
    }
}

fn position(instrument: Option<InstrumentId>, quantity: &str) -> VenuePosition {
    let quantity = quantity.parse().expect("a number");
    VenuePosition { instrument, symbol: "BTC-USDT".into(), quantity, entry_price: Decimal::ONE }
}

fn bought(steps: i64) -> Report {
    Report::Filled(Fill {
        order: OrderId(1),
        fill: engine::FillId(1),
        instrument: BTC,
        side: Side::Buy,
        price: engine::Price(5),
        quantity: Qty(steps),
        fee: engine::Money::ZERO,
        liquidity: engine::event::Liquidity::Taker,
        certainty: engine::event::Certainty::Certain,
        venue_time: engine::Timestamp(0),
    })
}

/// Asks and answers once, `at` so many seconds.
fn once(it: &mut Accounts, at: u64, orders: Option<Vec<VenueOrder>>, positions: Option<Vec<VenuePosition>>) -> Verdict {
    assert_eq!(it.due(at * SECOND), [0], "at {at} s");
    it.asked(0, (at * 2, at * 2 + 1), at * SECOND);
    assert_eq!(it.due(at * SECOND), [] as [usize; 0], "one question at a time");
    assert_eq!(it.orders(at * 2, orders), Some(0));
    let ours = BTreeSet::from([OrderId(5)]);
    assert_eq!(it.compare(0, &listed(), &ours, at * SECOND), Verdict::Open, "half an answer is none");
    assert_eq!(it.positions(at * 2 + 1, positions), Some(0));
    it.compare(0, &listed(), &ours, at * SECOND)
}

fn account(holds: i64) -> Accounts {
    let mut it = Accounts::new(1);
    it.reported(&bought(holds));
    assert!(it.due(0).is_empty() && it.ready(0) && !it.are_settled());
    it
}

#[test]
fn what_the_venue_holds_is_what_the_tape_holds_or_is_found() {
    let (foreign, undead) = (
        Finding::Foreign { instrument: BTC, venue_id: "77".into() },
        Finding::Undead { instrument: BTC, order: OrderId(4) },
    );
    let other = |theirs: &str| Finding::Position { instrument: BTC, ours: "1.5".into(), theirs: theirs.into() };
    let held = || vec![position(Some(BTC), "1.5")];
    for (orders, positions, expected) in [
        (vec![order(Some(5), Stands::Open)], held(), vec![]),
        (vec![], vec![position(Some(BTC), "2"), position(Some(BTC), "-0.5")], vec![]),
        (vec![order(Some(4), Stands::Filled), order(None, Stands::Cancelled)], held(), vec![]),
        (vec![VenueOrder { instrument: None, ..order(None, Stands::Open) }], held(), vec![]),
        (vec![], [held(), vec![position(None, "9")]].concat(), vec![]),
        (vec![order(None, Stands::Open)], held(), vec![foreign.clone()]),
        (vec![order(None, Stands::Unclear)], held(), vec![foreign]),
        (vec![order(Some(4), Stands::Open)], held(), vec![undead]),
        (vec![], vec![position(Some(BTC), "1.499")], vec![other("1.499")]),
        (vec![], vec![], vec![other("0")]),
    ] {
        let mut it = account(1_500);
        for at in 1..PERSISTENT.into() {
            let verdict = once(&mut it, at, Some(orders.clone()), Some(positions.clone()));
            let settled = if expected.is_empty() { Verdict::Compared(vec![]) } else { Verdict::Open };
            assert_eq!(verdict, settled, "a fill may be on its way");
            it.hurry();
        }
        let verdict = once(&mut it, 9, Some(orders.clone()), Some(positions.clone()));
        assert_eq!(verdict, Verdict::Compared(expected), "{orders:?} {positions:?}");
        assert!(it.are_settled());
    }
}

#[test]
fn a_failed_question_is_no_word_of_an_empty_account() {
    let mut it = account(0);
    assert_eq!(once(&mut it, 1, None, Some(vec![])), Verdict::Open);
    assert_eq!(once(&mut it, 2, Some(vec![]), None), Verdict::Open);
    assert!(!it.are_settled());
    assert_eq!(once(&mut it, 3, Some(vec![]), Some(vec![])), Verdict::Compared(vec![]));
    assert!(it.are_settled() && it.due(4 * SECOND).is_empty() && it.due(33 * SECOND) == [0]);
}

#[test]
fn a_reconnection_makes_it_ask_again() {
    let mut it = account(0);
    once(&mut it, 1, Some(vec![]), Some(vec![]));
    it.lost(0);
    assert!(!it.are_settled() && it.due(u64::MAX).is_empty());
    it.ready(0);
    assert_eq!(it.due(2 * SECOND), [0]);
}

#[test]
fn what_was_filled_taken_back_and_split_is_held() {
    let mut it = account(600);
    it.reported(&bought(400));
    let Report::Filled(fill) = bought(400) else { unreachable!() };
    it.reported(&Report::Busted(fill));
    it.carried(&Carry::Split { instrument: BTC, new: 3, old: 2, mark: engine::Price(1) });
    assert_eq!(once(&mut it, 1, Some(vec![]), Some(vec![position(Some(BTC), "0.9")])), Verdict::Compared(vec![]));
    assert!(!it.are_flat());
    it.carried(&Carry::Delisting { instrument: BTC, per_unit: engine::Money::ZERO });
    assert!(it.are_flat());
}
