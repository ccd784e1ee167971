//! Exact fractions, and the share ratio behind the decimal factor that a source wrote for a split.
//!
//! Nothing here rounds unless its name says so, and nothing wraps: what does not fit is `None`.
use super::AdjustmentError;
use rust_decimal::Decimal;
use std::fmt;

/// The two numbers of a split multiply to at most this: 3 for 2, 103 for 100, 1 for 10,000. Two such ratios differ by more
/// than one part in 11,000, so that a factor is near to both of them only where eight decimals are too few.
const PRODUCT_MAX: i128 = 11_000;
/// Sources write 7.000007 for 7 and 1.49999925 for 3/2: one part in a million off, which still counts as near.
const NEAR: i128 = 1_000_000;
/// Actions are stored with eight decimals, so 1/1500 stands as 0.00066667, half a unit of the last of them off.
const HALF_UNITS: i128 = 200_000_000;
/// No split is larger than this, or smaller than one in as many.
const FACTOR_MAX: i128 = 1_000_000;
/// Far finer than any tolerance here, and coarse enough that no product below overflows.
const FACTOR_DECIMALS: u32 = 12;

/// A fraction in lowest terms; the denominator is above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`; `None` when the denominator is zero or a number does not fit.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 || numerator == i128::MIN || denominator == i128::MIN {
            return None;
        }
        let divisor = common_divisor(numerator, denominator) * denominator.signum();
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// A whole number.
    #[must_use]
    pub fn whole(value: i64) -> Self {
        Self { numerator: value.into(), denominator: 1 }
    }

    /// The exact value of a decimal.
    #[must_use]
    pub fn of(value: Decimal) -> Self {
        // At most 96 bits over at most 28 places, so it fits.
        let divisor = 10_i128.pow(value.scale());
        Self::new(value.mantissa(), divisor).expect("a power of ten is not zero")
    }

    /// The upper number in lowest terms.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The lower number in lowest terms; above zero.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// The product; `None` when it does not fit.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        // Reduced crosswise first, so that a product that fits is found even where its parts would not.
        let first = Self::new(self.numerator, other.denominator)?;
        let second = Self::new(other.numerator, self.denominator)?;
        Some(Self {
            numerator: first.numerator.checked_mul(second.numerator)?,
            denominator: first.denominator.checked_mul(second.denominator)?,
        })
    }

    /// The quotient; `None` by zero, or when it does not fit.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.denominator, other.numerator)?)
    }

    /// The largest whole number that is not above it: the whole shares of a position, whose rest is paid in cash.
    #[must_use]
    pub fn floor(self) -> i128 {
        self.numerator.div_euclid(self.denominator)
    }

    /// The nearest whole number, and of two the even one.
    #[must_use]
    pub fn nearest_even(self) -> i128 {
        let (floor, rest) = (self.floor(), self.numerator.rem_euclid(self.denominator));
        let up = match rest.cmp(&(self.denominator - rest)) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => floor.rem_euclid(2),
            std::cmp::Ordering::Greater => 1,
        };
        floor + up
    }

    /// The nearest float, give or take the roundings of both numbers and of one division.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            _ => write!(f, "{}/{}", self.numerator, self.denominator),
        }
    }
}

/// New shares per old share, from the decimal factor that a source wrote: the ratio whose numbers multiply to at most
/// 11,000 and that lies within one part in a million, or within half a unit of the eighth decimal. An exact one wins.
///
/// # Errors
/// When no such ratio lies so near, as with the price factors of spin-offs, or several do.
pub fn split_ratio(factor: Decimal) -> Result<Ratio, AdjustmentError> {
    let Ratio { numerator, denominator } = Ratio::of(factor.round_dp(FACTOR_DECIMALS));
    let none = || AdjustmentError::NoShareRatio { factor };
    // This also keeps every product below within 128 bits.
    if numerator <= 0 || numerator > FACTOR_MAX * denominator || denominator > FACTOR_MAX * numerator {
        return Err(none());
    }
    let (above, below) = (numerator.max(denominator), numerator.min(denominator));
    let mut near: Vec<Ratio> = Vec::new();
    for small in (1..).take_while(|small| small * small <= PRODUCT_MAX) {
        let closest = nearest(above * small, below);
        for large in (closest - 1..=closest + 1).filter(|large| (small..=PRODUCT_MAX / small).contains(large)) {
            let (top, bottom) = if numerator >= denominator { (large, small) } else { (small, large) };
            let off = (top * denominator - numerator * bottom).abs();
            if off * NEAR > numerator * bottom && off * HALF_UNITS > denominator * bottom {
                continue;
            }
            let ratio = Ratio::new(top, bottom).ok_or_else(none)?;
            if off == 0 {
                return Ok(ratio);
            }
            if !near.contains(&ratio) {
                near.push(ratio);
            }
        }
    }
    match near[..] {
        [] => Err(none()),
        [ratio] => Ok(ratio),
        [first, second, ..] => Err(AdjustmentError::AmbiguousRatio { factor, first, second }),
    }
}

/// The whole number nearest to a fraction above zero.
fn nearest(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator) / (2 * denominator)
}

/// The greatest common divisor, above zero unless both are zero.
fn common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
