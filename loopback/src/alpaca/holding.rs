//! What a holding has cost: the mean price of what opened it. How much is held, the exchange knows best.
use rust_decimal::Decimal;

/// The holding of one asset as its fills made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holding {
    /// Signed.
    pub(crate) quantity: Decimal,
    /// What opened it, in money; never negative.
    pub(crate) cost: Decimal,
}

impl Holding {
    /// The mean price of what opened it, to nine decimals.
    pub(crate) fn entry_price(&self) -> Decimal {
        self.cost.checked_div(self.quantity.abs()).unwrap_or_default().round_dp(9)
    }

    /// Books a fill of a signed quantity.
    pub(crate) fn book(&mut self, signed: Decimal, price: Decimal) {
        let before = self.quantity;
        let after = before + signed;
        let adds = before.is_zero() || before.is_sign_negative() == signed.is_sign_negative();
        let turns = !after.is_zero() && !before.is_zero() && after.is_sign_negative() != before.is_sign_negative();
        if adds {
            self.cost += signed.abs() * price;
        } else if turns {
            self.cost = after.abs() * price;
        } else {
            self.cost =
                self.cost.checked_mul(after.abs()).and_then(|it| it.checked_div(before.abs())).unwrap_or_default();
        }
        self.quantity = after;
    }

    /// The exchange holds another quantity than the fills make, as after a split: the cost stays.
    pub(crate) fn follow(&mut self, quantity: Decimal) {
        self.quantity = quantity;
        if quantity.is_zero() {
            self.cost = Decimal::ZERO;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_price_is_the_mean_of_what_opened_the_holding() {
        let mut holding = Holding::default();
        for (signed, price, quantity, entry) in [
            (2, 100, 2, 100),
            (2, 200, 4, 150),
            (-1, 500, 3, 150),
            (-3, 1, 0, 0),
            (-2, 50, -2, 50),
            (-2, 70, -4, 60),
            (6, 80, 2, 80),
        ] {
            holding.book(signed.into(), price.into());
            let expected = (Decimal::from(quantity), Decimal::from(entry));
            assert_eq!((holding.quantity, holding.entry_price()), expected, "{signed} at {price}");
        }
    }
}
