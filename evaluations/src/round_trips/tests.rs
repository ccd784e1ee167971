//! Tests of round trips: splits, fees, and that money adds up.
use super::*;
use proptest::prelude::*;

/// A fill of `quantity` hundredths at `price` whole units for a fee in millionths of the smallest money.
fn fill(time: i64, side: Side, quantity: i64, price: i64, fee: i128) -> Fill {
    let notional = Money(i128::from(quantity) * i128::from(price) * Money::ONE.0 / 100);
    Fill {
        time: Timestamp(time),
        instrument: 0,
        owner: Owner::NONE,
        side,
        quantity,
        quantity_scale: 2,
        price,
        price_scale: 0,
        notional,
        fee: Money(fee),
    }
}

fn book(fills: &[Fill]) -> RoundTrips {
    let mut trips = RoundTrips::new();
    for fill in fills {
        trips.book(fill);
    }
    trips
}

fn money(units: i128) -> Money {
    Money(units * Money::ONE.0)
}

#[test]
fn a_trip_runs_from_flat_to_flat_and_knows_its_largest_position() {
    let one = Money::ONE.0;
    let trips = book(&[
        fill(1, Side::Buy, 100, 10, one),
        fill(2, Side::Buy, 100, 20, one),
        fill(3, Side::Sell, 50, 30, one),
        fill(4, Side::Sell, 150, 40, one),
    ]);
    let [trip] = trips.closed() else { panic!("one trip, not {:?}", trips.closed()) };
    assert_eq!((trip.entry_time, trip.exit_time, trip.fills), (Timestamp(1), Timestamp(4), 4));
    assert_eq!((trip.direction, trip.quantity_max), (Direction::Long, 200));
    assert_eq!((trip.entry_price, trip.exit_price), (15.0, 37.5));
    assert_eq!((trip.gross, trip.fees, trip.net), (money(45), money(4), money(41)));
    assert!(trips.open().is_empty());
    assert_eq!(trips.traded(), money(105));
}

#[test]
fn a_fill_across_zero_closes_one_trip_and_opens_another_and_the_remainder_goes_to_the_closing_part() {
    let trips = book(&[fill(1, Side::Buy, 1, 100, 0), fill(2, Side::Sell, 3, 100, 10)]);
    let [trip] = trips.closed() else { panic!("one trip") };
    assert_eq!((trip.gross, trip.fees, trip.fills), (Money::ZERO, Money(4), 2));
    let open = trips.open();
    let [open] = open.as_slice() else { panic!("one open trip") };
    assert_eq!((open.direction, open.quantity, open.fees), (Direction::Short, -2, Money(6)));
    assert_eq!(open.cost, Money(6) - money(2));
}

#[test]
fn a_trip_that_only_pays_its_fees_is_no_win() {
    let trips = book(&[fill(1, Side::Sell, 100, 10, 0), fill(2, Side::Buy, 100, 10, 0)]);
    assert_eq!((trips.closed().len(), trips.wins()), (1, 0));
    let trips = book(&[fill(1, Side::Sell, 100, 11, 0), fill(2, Side::Buy, 100, 10, 0)]);
    assert_eq!((trips.closed()[0].direction, trips.wins()), (Direction::Short, 1));
}

#[test]
fn instruments_do_not_mix() {
    let other = Fill { instrument: 3, ..fill(2, Side::Sell, 100, 10, 0) };
    let trips = book(&[fill(1, Side::Buy, 100, 10, 0), other]);
    assert!(trips.closed().is_empty());
    assert_eq!(trips.open().iter().map(|trip| trip.instrument).collect::<Vec<_>>(), [0, 3]);
}

#[test]
fn shares_of_a_huge_amount_do_not_overflow() {
    let huge = Money(i128::MAX / 2);
    assert_eq!(share(huge, i64::MAX - 1, i64::MAX - 1), huge);
    assert_eq!(share(Money(-7), 1, 2), Money(-4));
}

proptest! {
    #[test]
    fn results_and_costs_add_up_to_the_change_in_cash(
        fills in prop::collection::vec((0_u32..3, any::<bool>(), 1_i64..1000, 1_i64..100_000, -50_i128..1000), 0..60)
    ) {
        let mut cash = Money::ZERO;
        let mut trips = RoundTrips::new();
        let mut position = [0_i64; 3];
        for (i, (instrument, buys, quantity, price, fee)) in fills.into_iter().enumerate() {
            let side = if buys { Side::Buy } else { Side::Sell };
            // A notional that no quantity divides, so that every split leaves something over.
            let mut fill = fill(i as i64, side, quantity, price, fee);
            (fill.instrument, fill.notional) = (instrument, fill.notional + Money(7));
            cash -= Money(i128::from(side.sign()) * fill.notional.0) + fill.fee;
            position[instrument as usize] += side.sign() * quantity;
            trips.book(&fill);
        }
        let closed: Money = trips.closed().iter().map(|trip| trip.net).sum();
        let open: Money = trips.open().iter().map(|trip| trip.cost).sum();
        prop_assert_eq!(closed - open, cash);
        for trip in trips.open() {
            prop_assert_eq!(trip.quantity, position[trip.instrument as usize]);
            position[trip.instrument as usize] = 0;
        }
        prop_assert_eq!(position, [0; 3]);
    }
}
