//! What can be made worse about the execution of a run.
//!
//! Only what execution costs is changed, never the strategy. A rebate stays as it is: to double it would be kinder.
use crate::run_file::RunFile;
use crate::setup::Setup;
use engine::measure::scaled_text;
use engine::sim::{Costs, Impact};
use engine::{Dated, Money, Rate};
use rust_decimal::Decimal;

/// What is made worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hardship {
    /// Fees are so many times as high.
    Fees {
        /// How many.
        times: i64,
    },
    /// Slippage, half spread and impact are so many times as high.
    Slippage {
        /// How many.
        times: i64,
    },
    /// Every fill that takes liquidity slips by so much more.
    Slip {
        /// In millionths of the price: a hundredth of a basis point.
        ppm: i64,
    },
    /// An order comes a candle later.
    Latency,
    /// An order comes later.
    Delay {
        /// By so many nanoseconds.
        ns: i64,
    },
}

impl Hardship {
    /// The name in tables.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Fees { times } => format!("fees x{times}"),
            Self::Slippage { times } => format!("slippage x{times}"),
            Self::Slip { ppm } => format!("slippage +{} bps", scaled_text(ppm, 2)),
            Self::Latency => "one candle of latency".into(),
            Self::Delay { ns } => format!("latency +{} ms", ns / 1_000_000),
        }
    }

    /// Why it would change nothing, where it would not.
    #[must_use]
    pub fn is_idle(self, costs: &[Dated<Costs>]) -> Option<&'static str> {
        let all = |none: fn(&Costs) -> bool| costs.iter().flat_map(Dated::values).all(none);
        let free = |c: &Costs| {
            let rates = c.taker.parts().0 <= 0 && c.maker.parts().0 <= 0;
            rates && !c.tiered && c.per_unit == Money::ZERO && c.min_fee == Money::ZERO
        };
        match self {
            Self::Fees { .. } if all(free) => Some("the run pays no fees"),
            Self::Slippage { .. } if all(|c| c.slippage.is_zero() && c.impact == Impact::None) => {
                Some("the run has no slippage and no spread")
            }
            _ => None,
        }
    }

    /// Makes it worse, at all times; `None` where a rate would be more than the whole.
    pub fn apply(self, config: &mut RunFile, setup: &mut Setup) -> Option<()> {
        for costs in setup.costs.iter_mut().flat_map(Dated::values_mut) {
            match self {
                Self::Fees { times } => {
                    costs.taker = paid_times(costs.taker, times)?;
                    costs.maker = paid_times(costs.maker, times)?;
                    costs.per_unit = Money(costs.per_unit.0 * i128::from(times));
                    costs.min_fee = Money(costs.min_fee.0 * i128::from(times));
                }
                Self::Slippage { times } => {
                    costs.slippage = paid_times(costs.slippage, times)?;
                    costs.quoted_slippage = paid_times(costs.quoted_slippage, times)?;
                    costs.impact = match costs.impact {
                        Impact::None => Impact::None,
                        Impact::VolumeShare(rate) => Impact::VolumeShare(paid_times(rate, times)?),
                        Impact::SquareRoot(rate) => Impact::SquareRoot(paid_times(rate, times)?),
                    };
                }
                Self::Slip { ppm } => costs.slippage = more(costs.slippage, ppm)?,
                Self::Latency | Self::Delay { .. } => {}
            }
        }
        if let Self::Fees { times } = self {
            for tier in &mut config.execution.fee_tiers {
                for bps in [&mut tier.taker_bps, &mut tier.maker_bps] {
                    if bps.is_sign_positive() {
                        *bps *= Decimal::from(times);
                        Rate::from_bps(*bps)?;
                    }
                }
            }
        }
        if let Self::Delay { ns } = self {
            let entry = &mut config.execution.latency.entry;
            *entry = entry.longer(ns);
        }
        if self == Self::Latency {
            // As long as the longest candle: with smaller candles for the venue less would cost one of those.
            let longest = config.instruments.iter().map(|i| i.interval.0).max().unwrap_or(0);
            let entry = &mut config.execution.latency.entry;
            *entry = entry.longer(longest);
        }
        Some(())
    }
}

/// A rate that is paid, so many times; one that is received as it is.
fn paid_times(rate: Rate, times: i64) -> Option<Rate> {
    let (numerator, places) = rate.parts();
    if numerator <= 0 {
        return Some(rate);
    }
    Rate::from_parts(numerator.checked_mul(times)?, places)
}

/// A rate and so many millionths more.
fn more(rate: Rate, ppm: i64) -> Option<Rate> {
    const PLACES: u32 = 6;
    let (numerator, places) = rate.parts();
    let common = u32::from(places).max(PLACES);
    let scaled = |value: i64, places: u32| value.checked_mul(10_i64.checked_pow(common - places)?);
    let sum = scaled(numerator, u32::from(places))?.checked_add(scaled(ppm, PLACES)?)?;
    Rate::from_parts(sum, u8::try_from(common).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Timestamp;

    const CASES: [Hardship; 5] = [
        Hardship::Fees { times: 2 },
        Hardship::Fees { times: 3 },
        Hardship::Slippage { times: 2 },
        Hardship::Slippage { times: 3 },
        Hardship::Latency,
    ];

    #[test]
    fn what_is_paid_is_multiplied_and_a_rebate_stays() {
        let rate = |numerator: i64| Rate::from_parts(numerator, 4).unwrap();
        for (once, times, expected) in
            [(5, 2, Some(10)), (5, 3, Some(15)), (0, 3, Some(0)), (-1, 2, Some(-1)), (4000, 3, None)]
        {
            assert_eq!(paid_times(rate(once), times), expected.map(rate), "{once} x{times}");
        }
    }

    #[test]
    fn slippage_grows_by_millionths_whatever_its_places() {
        let rate = |numerator: i64, places| Rate::from_parts(numerator, places).unwrap();
        for (before, ppm, after) in
            [(rate(5, 4), 25, rate(525, 6)), (rate(0, 0), 3, rate(3, 6)), (rate(1, 8), 1, rate(101, 8))]
        {
            assert_eq!(more(before, ppm).map(|r| r.parts()), Some(after.parts()), "{before:?} + {ppm}");
        }
    }

    #[test]
    fn a_case_that_would_change_nothing_says_so() {
        let free = Costs { maker: Rate::from_parts(-1, 4).unwrap(), ..Costs::NONE };
        let paid = Costs { taker: Rate::from_parts(1, 4).unwrap(), slippage: Rate::from_parts(1, 4).unwrap(), ..free };
        let notes = |costs: &[Dated<Costs>]| CASES.map(|case| case.is_idle(costs).is_some());
        let always = Dated::always;
        assert_eq!(notes(&[always(free), always(free)]), [true, true, true, true, false]);
        assert_eq!(notes(&[always(free), always(paid)]), [false; 5]);
        let later = Dated::new(vec![(Timestamp(0), free), (Timestamp(5), paid)]).unwrap();
        assert_eq!(notes(&[later]), [false; 5]);
    }
}
