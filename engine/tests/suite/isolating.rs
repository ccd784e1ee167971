//! What happens to an isolated position without a trade: funding is its margin's business, the rest is not.
use crate::carrying::{Hold, Left, at, flat_candles, margined, one, play_in, split};
use engine::risk::Leverage;
use engine::sim::{Costs, MarginMode, Stake, VenueConfig};
use engine::{Carry, InstrumentId, Money, Price, Qty, Rate};

const ID: InstrumentId = InstrumentId(0);

/// Holds so much at ten times on 1000.00, with a tenth of the notional as its own margin, of which half is needed.
fn hold(held: i64, prices: &[i64], carry: Carry) -> Left {
    let leverage = Leverage { ppm: 10_000_000 };
    let config = VenueConfig { leverage, margin_mode: MarginMode::Isolated, ..VenueConfig::default() };
    let costs = Costs { maintenance: Rate::from_parts(5, 2).expect("a rate"), ..margined() };
    let left = play_in(config, &Hold(held, false), &flat_candles(prices), vec![(at(2), carry)], one(1_000), costs);
    assert_eq!((left.venue_cash, left.venue_held), (left.state.books.cash(), left.state.books.position(0).quantity));
    left
}

fn stake(cost: i64, margin: i64) -> Option<Stake> {
    Some(Stake { cost: one(cost), margin: one(margin) })
}

fn funding(percent: i64) -> Carry {
    Carry::Funding { instrument: ID, rate: Rate::from_parts(percent, 2).expect("a rate"), mark: Price(0) }
}

#[test]
fn funding_is_paid_out_of_the_margin_and_into_it() {
    // 50 at 10.00: a hundredth of 500.00.
    assert_eq!(hold(50, &[1_000; 3], funding(1)).stake, stake(500, 50 - 5));
    assert_eq!(hold(50, &[1_000; 3], funding(-1)).stake, stake(500, 50 + 5));
    assert_eq!(hold(-50, &[1_000; 3], funding(1)).stake, stake(-500, 50 + 5));
}

#[test]
fn funding_beyond_the_margin_is_taken_from_what_is_free() {
    // 60.00 of 500.00, of which the margin has 50.00. It has gained far more than it needs before the venue looks again.
    let left = hold(50, &[1_000, 1_000, 2_000], funding(12));
    assert_eq!((left.stake, left.state.books.funding()), (stake(500, 0), one(-60)));
    assert_eq!((left.state.counters.liquidations, left.venue_cash), (0, one(1_000 - 500 - 60)));
}

#[test]
fn funding_can_leave_too_little() {
    // 50.00 of margin less 6 % of 500.00 are 20.00, and a twentieth of 500.00 is needed.
    let left = hold(50, &[1_000; 3], funding(6));
    assert_eq!((left.state.counters.liquidations, left.stake), (1, stake(0, 0)));
    let fee = Money(one(500).0 * 50 / 10_000);
    assert_eq!(left.venue_cash, one(1_000 - 30) - fee);
}

#[test]
fn a_split_keeps_the_margin() {
    assert_eq!(hold(50, &[1_000, 1_000, 100], split(10, 1)).stake, stake(500, 50));
    // 55 in a 1:10 split: five at 100.00, and five old ones' worth in cash, whose cost leaves the position.
    assert_eq!(hold(55, &[1_000, 1_000, 10_000], split(1, 10)).stake, stake(500, 55));
    // What is paid out whole has no margin left.
    let left = hold(9, &[1_000, 1_000, 10_000], split(1, 10));
    assert_eq!((left.stake, left.venue_held, left.venue_cash), (stake(0, 0), Qty::ZERO, one(1_000)));
}

#[test]
fn a_delisting_returns_the_margin() {
    let left = hold(50, &[1_000, 1_000, 1_000], Carry::Delisting { instrument: ID, per_unit: Money::ONE });
    assert_eq!((left.stake, left.venue_held), (stake(0, 0), Qty::ZERO));
    assert_eq!((left.venue_cash, left.state.counters.liquidations), (one(1_000 - 500 + 50), 0));
}

#[test]
fn a_dividend_is_free_at_once() {
    let dividend = Carry::Dividend { instrument: ID, per_unit: Money::ONE };
    assert_eq!(hold(50, &[1_000, 1_000, 1_000], dividend).stake, stake(500, 50));
}
