//! What one currency is worth in another, and which market of a run says so.
//!
//! A rate is an exact fraction. It values; it never moves money by itself: nothing here posts anything.
use crate::instrument::{Instrument, InstrumentId};
use crate::ledger::share;
use crate::measure::pow10;
use crate::{Currency, Money, Price};
use alloc::vec::Vec;

/// What one unit of a currency is worth in the account's, as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Exchange {
    numerator: i64,
    denominator: i64,
}

impl Exchange {
    /// A rate of one.
    pub const PAR: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`; `None` unless both are above zero.
    #[must_use]
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        (numerator > 0 && denominator > 0).then_some(Self { numerator, denominator })
    }

    /// An amount of the other currency in the account's, rounded toward zero.
    ///
    /// # Panics
    /// When the product does not fit 128 bits: an amount of that size is a broken invariant.
    #[must_use]
    pub fn home(self, amount: Money) -> Money {
        Money(share(amount.0, i128::from(self.numerator), i128::from(self.denominator)))
    }

    /// An amount of the account's currency in the other one, rounded toward zero.
    ///
    /// # Panics
    /// As for [`Exchange::home`].
    #[must_use]
    pub fn abroad(self, amount: Money) -> Money {
        Money(share(amount.0, i128::from(self.denominator), i128::from(self.numerator)))
    }
}

/// How a rate is read off the price of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// The price of the currency in the account's: EURUSD for euros in an account of dollars.
    Direct,
    /// The price of the account's currency in the other: USDJPY for yen in an account of dollars.
    Inverse,
}

/// Where the rate of a currency comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateSource {
    /// The last price of an instrument of the run.
    Pair {
        /// Which one.
        instrument: InstrumentId,
        /// Decimal places of its prices.
        price_scale: u8,
        /// How its price is read.
        way: Way,
    },
    /// It is declared, and stays.
    Pegged(Exchange),
}

impl RateSource {
    /// The pair of an instrument.
    #[must_use]
    pub fn pair(id: InstrumentId, instrument: &Instrument, way: Way) -> Self {
        Self::Pair { instrument: id, price_scale: instrument.price_scale, way }
    }

    /// The rate before any price was seen.
    #[must_use]
    pub fn at_first(self) -> Option<Exchange> {
        match self {
            Self::Pair { .. } => None,
            Self::Pegged(rate) => Some(rate),
        }
    }

    /// The rate that a price of an instrument gives, if it is the one that the rate comes from.
    #[must_use]
    pub fn read(self, id: InstrumentId, price: Price) -> Option<Exchange> {
        match self {
            Self::Pair { instrument, price_scale, way } if instrument == id => match way {
                Way::Direct => Exchange::new(price.0, pow10(price_scale)),
                Way::Inverse => Exchange::new(pow10(price_scale), price.0),
            },
            _ => None,
        }
    }
}

/// The currencies of an account beside its own, and the currency of each instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Currencies {
    foreign: Vec<(Currency, RateSource)>,
    /// Per instrument, 0 for the account's own currency, else the place in `foreign`, from one.
    of: Vec<u8>,
}

impl Currencies {
    /// An account whose instruments are all quoted in its own currency.
    pub const HOME: Self = Self { foreign: Vec::new(), of: Vec::new() };

    /// The currencies of these instruments, where `rates` says what those are worth that are not `home`.
    ///
    /// # Errors
    /// The first currency that has no rate.
    pub fn new(home: Currency, instruments: &[Instrument], rates: &[(Currency, RateSource)]) -> Result<Self, Currency> {
        let mut it = Self::default();
        for instrument in instruments {
            if instrument.quote == home {
                it.of.push(0);
                continue;
            }
            let known = it.foreign.iter().position(|(currency, _)| *currency == instrument.quote);
            let place = match known {
                Some(place) => place,
                None => {
                    let rate = rates.iter().find(|(currency, _)| *currency == instrument.quote);
                    it.foreign.push(*rate.ok_or(instrument.quote)?);
                    it.foreign.len() - 1
                }
            };
            it.of.push(u8::try_from(place + 1).map_err(|_| instrument.quote)?);
        }
        Ok(if it.foreign.is_empty() { Self::HOME } else { it })
    }

    /// The currencies beside the account's own, each with where its rate comes from.
    #[must_use]
    pub fn foreign(&self) -> &[(Currency, RateSource)] {
        &self.foreign
    }

    /// The place of an instrument's currency in [`Currencies::foreign`]; `None` for the account's own.
    #[must_use]
    #[inline]
    pub fn place(&self, index: usize) -> Option<usize> {
        self.of.get(index).and_then(|place| usize::from(*place).checked_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_off_its_pair_either_way_and_rounds_toward_zero() {
        let one = |units: i64| Money(i128::from(units) * Money::ONE.0);
        let (pair, other) = (InstrumentId(3), InstrumentId(4));
        let source = |way| RateSource::Pair { instrument: pair, price_scale: 5, way };
        assert_eq!(source(Way::Direct).read(other, Price(1)), None);
        assert_eq!(source(Way::Direct).at_first(), None);
        let euro = source(Way::Direct).read(pair, Price(125_000)).expect("a rate");
        assert_eq!((euro.home(one(100)), euro.abroad(one(100))), (one(125), one(80)));
        let yen = source(Way::Inverse).read(pair, Price(15_000_000)).expect("a rate");
        assert_eq!((yen.home(one(300)), yen.abroad(one(2))), (one(2), one(300)));
        // A hundred yen are two thirds of a dollar: what is no unit of money is left out, of debts too.
        assert_eq!((yen.home(one(100)), yen.home(one(-100))), (Money(666_666_666_666), Money(-666_666_666_666)));
        assert_eq!(RateSource::Pegged(Exchange::PAR).at_first(), Some(Exchange::PAR));
        assert_eq!((Exchange::new(0, 1), Exchange::new(1, 0), Exchange::new(-1, 1)), (None, None, None));
    }

    #[test]
    fn every_currency_but_the_accounts_own_needs_a_rate() {
        let currency = |code: &str| code.parse::<Currency>().expect("a currency");
        let quoted = |code: &str| {
            Instrument::new(
                "v:S".into(),
                currency(code),
                (2, 0),
                rust_decimal::Decimal::ONE,
                crate::Dated::always(crate::instrument::Spec::FREE),
            )
            .expect("valid")
        };
        let instruments = ["USD", "EUR", "JPY", "EUR"].map(quoted);
        let peg = RateSource::Pegged(Exchange::PAR);
        let rates = [(currency("JPY"), peg), (currency("EUR"), peg)];
        let it = Currencies::new(currency("USD"), &instruments, &rates).expect("all known");
        assert_eq!([0, 1, 2, 3].map(|index| it.place(index)), [None, Some(0), Some(1), Some(0)]);
        assert_eq!(Currencies::new(currency("USD"), &instruments, &rates[..1]), Err(currency("EUR")));
        assert_eq!(Currencies::new(currency("USD"), &instruments[..1], &[]), Ok(Currencies::HOME));
    }
}
