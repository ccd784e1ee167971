//! How much of the distribution a value at risk leaves below it. It knows no returns.

/// A probability strictly between 0 and 1: the share of periods whose loss is not beyond the value at risk.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    /// 95 %, as `var_95` of the metrics.
    pub const PERCENT_95: Self = Self(0.95);
    /// 97.5 %, at which the Basel rules take expected shortfall.
    pub const PERCENT_97_5: Self = Self(0.975);
    /// 99 %.
    pub const PERCENT_99: Self = Self(0.99);

    /// A confidence, where `share` is strictly between 0 and 1.
    #[must_use]
    pub fn new(share: f64) -> Option<Self> {
        (share > 0.0 && share < 1.0).then_some(Self(share))
    }

    /// A confidence in millionths, as whole numbers have it: 990 000 is 99 %.
    #[must_use]
    pub fn from_ppm(ppm: u32) -> Option<Self> {
        Self::new(f64::from(ppm) / 1e6)
    }

    /// The share.
    #[must_use]
    pub fn share(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certainty_and_what_is_no_number_are_no_confidence() {
        for share in [0.0, 1.0, -0.1, 1.5, f64::NAN] {
            assert_eq!(Confidence::new(share), None);
        }
        assert_eq!(Confidence::new(0.99), Some(Confidence::PERCENT_99));
    }

    #[test]
    fn millionths_are_the_share_that_a_decimal_text_would_be() {
        assert_eq!(Confidence::from_ppm(990_000), Some(Confidence::PERCENT_99));
        assert_eq!(Confidence::from_ppm(975_000), Some(Confidence::PERCENT_97_5));
        assert_eq!(Confidence::from_ppm(900_000), Confidence::new(0.9));
        assert_eq!(Confidence::from_ppm(0), None);
        assert_eq!(Confidence::from_ppm(1_000_000), None);
    }
}
