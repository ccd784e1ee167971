//! The ledger against random streams of fills, prices, fees and cash.
use super::*;
use crate::Dated;
use crate::instrument::{Instrument, Spec};
use alloc::string::ToString;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn instrument(price_scale: u8, qty_scale: u8) -> Instrument {
    let usd = "USD".parse().expect("a currency");
    Instrument::new("v:S".into(), usd, (price_scale, qty_scale), Decimal::ONE, Dated::always(Spec::FREE))
        .expect("valid")
}

#[test]
fn a_round_trip_realises_the_difference_and_pays_its_fees() {
    let it = instrument(2, 0);
    let mut ledger = Ledger::new(Money(1_000 * Money::ONE.0), 1);
    ledger.book(0, &it, Qty(2), Price(10_000), Money::ONE);
    ledger.mark(0, &it, Price(11_000));
    assert_eq!(ledger.equity().to_string(), "1019");
    ledger.book(0, &it, Qty(-2), Price(12_000), Money::ONE);
    assert_eq!((ledger.equity().to_string(), ledger.realised.to_string()), ("1038".into(), "40".into()));
    assert!(ledger.balances());
}

#[test]
fn a_fill_through_zero_closes_one_position_and_opens_the_other() {
    let it = instrument(2, 0);
    let mut ledger = Ledger::new(Money::ZERO, 1);
    ledger.book(0, &it, Qty(-3), Price(5_000), Money::ZERO);
    ledger.book(0, &it, Qty(5), Price(4_000), Money::ZERO);
    let position = ledger.position(0);
    assert_eq!((position.quantity, position.cost.to_string()), (Qty(2), "80".into()));
    assert_eq!(ledger.realised.to_string(), "30");
    assert!(ledger.balances());
}

#[test]
fn rounding_goes_against_the_account_and_is_counted() {
    let it = instrument(8, 8);
    let mut ledger = Ledger::new(Money::ZERO, 1);
    ledger.book(0, &it, Qty(1), Price(1), Money::ZERO);
    ledger.book(0, &it, Qty(-1), Price(1), Money::ZERO);
    assert_eq!((ledger.cash, ledger.rounded), (Money(-1), 2));
    let (fee, rounded) = Rate::from_bps(Decimal::ONE).expect("small").of(Money(1));
    assert_eq!((fee, rounded), (Money(1), true));
}

#[derive(Clone, Debug)]
enum Step {
    Fill { index: usize, quantity: i64, price: i64, fee: i64 },
    Mark { index: usize, price: i64 },
    Cash(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let quantity = (1_i64..5_000_000_000, any::<bool>()).prop_map(|(q, buy)| if buy { q } else { -q });
    prop_oneof![
        (0_usize..3, quantity, 1_i64..10_000_000_000_000, -1_000_000_i64..1_000_000_000)
            .prop_map(|(index, quantity, price, fee)| Step::Fill { index, quantity, price, fee }),
        (0_usize..3, 1_i64..10_000_000_000_000).prop_map(|(index, price)| Step::Mark { index, price }),
        any::<i64>().prop_map(Step::Cash),
    ]
}

proptest! {
    #[test]
    fn money_changes_only_by_prices_fees_and_cash_to_the_last_unit(steps in prop::collection::vec(step(), 1..200)) {
        // The third instrument's notional is finer than money, so that roundings are covered too.
        let instruments = [instrument(2, 3), instrument(4, 8), instrument(8, 8)];
        let mut ledger = Ledger::new(Money(Money::ONE.0 * 1_000_000), 3);
        for step in steps {
            let (before, rounded) = (ledger.equity(), ledger.rounded);
            match step {
                Step::Fill { index, quantity, price, fee } => {
                    let it = &instruments[index];
                    ledger.mark(index, it, Price(price)); // the price move, apart from the fill
                    let marked = ledger.equity();
                    let fee = Money(i128::from(fee));
                    ledger.book(index, it, Qty(quantity), Price(price), fee);
                    let lost = marked - ledger.equity() - fee;
                    // A posting and the two marks around it each round by less than one unit.
                    let most = if ledger.rounded > rounded || index == 2 { 3 } else { 0 };
                    prop_assert!((0..=most).contains(&lost.0), "lost {lost:?}");
                }
                Step::Mark { index, price } => {
                    let position = *ledger.position(index);
                    ledger.mark(index, &instruments[index], Price(price));
                    let (value, _) = instruments[index].value(Price(price), position.quantity);
                    prop_assert_eq!(ledger.equity() - before, value - position.value);
                }
                Step::Cash(amount) => {
                    ledger.deposit(Money(i128::from(amount)));
                    prop_assert_eq!(ledger.equity() - before, Money(i128::from(amount)));
                }
            }
            prop_assert!(ledger.balances());
        }
    }

    #[test]
    fn a_share_is_the_same_whether_or_not_the_product_fits(amount in any::<i64>(), part in 1_i64..1_000_000, more in 0_i64..1_000_000) {
        let (amount, part, whole) = (i128::from(amount), i128::from(part), i128::from(part + more));
        prop_assert_eq!(share(amount, part, whole), (amount / whole) * part + (amount % whole) * part / whole);
    }
}
