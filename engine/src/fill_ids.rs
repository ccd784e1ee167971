//! Which fills of an order were booked, so that a repetition is recognised.
use crate::order::FillId;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The fills of one order. Most orders have one with a small number, which costs no allocation and keeps the table narrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FillIds {
    None,
    One(u64),
    #[expect(clippy::box_collection, reason = "a vector in place would widen every order by its length and capacity")]
    Many(Box<Vec<FillId>>),
}

impl FillIds {
    /// Whether a fill is among them.
    pub(crate) fn contains(&self, fill: FillId) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => u128::from(*one) == fill.0,
            Self::Many(many) => many.binary_search(&fill).is_ok(),
        }
    }

    /// Remembers a fill; `false` when it was there before.
    pub(crate) fn insert(&mut self, fill: FillId) -> bool {
        match self {
            Self::None => {
                let many = |_| Self::Many(Box::new(alloc::vec![fill]));
                *self = u64::try_from(fill.0).map_or_else(many, Self::One);
            }
            Self::One(one) => {
                let one = FillId(u128::from(*one));
                if one == fill {
                    return false;
                }
                *self = Self::Many(Box::new(alloc::vec![one.min(fill), one.max(fill)]));
            }
            Self::Many(many) => match many.binary_search(&fill) {
                Ok(_) => return false,
                Err(place) => many.insert(place, fill),
            },
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fill_number_is_remembered_once_in_any_order() {
        for uuid in [0, u128::MAX << 64] {
            let mut fills = FillIds::None;
            let numbers = [5, 3, 5, 9, 3, 9, 4].map(|n| FillId(n | uuid));
            let seen: Vec<bool> = numbers.into_iter().map(|n| fills.insert(n)).collect();
            assert_eq!(seen, [true, true, false, true, false, false, true]);
        }
    }
}
