//! The same run with worse execution: figures only, never written and never counted as a trial.
//!
//! Only what execution costs is changed, never the strategy. A rebate stays as it is: to double it would be kinder.
use crate::backtest::{backtest, summarise};
use crate::failure::Failure;
use crate::recorder::Detail;
use crate::registry::registry;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::strategy_setup;
use engine::sim::{Costs, Impact};
use engine::tape::DigestOnly;
use engine::{Dated, Money, Rate};
use evaluations::SensitivityRow;
use rayon::prelude::*;
use rust_decimal::Decimal;

/// Runs that are made at a time; each of them decodes its candles on a thread of its own.
const THREADS: usize = 2;

/// What is made worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Fees { times: i64 },
    Slippage { times: i64 },
    Latency,
}

const CASES: [Case; 5] = [
    Case::Fees { times: 2 },
    Case::Fees { times: 3 },
    Case::Slippage { times: 2 },
    Case::Slippage { times: 3 },
    Case::Latency,
];

impl Case {
    fn name(self) -> String {
        match self {
            Self::Fees { times } => format!("fees x{times}"),
            Self::Slippage { times } => format!("slippage x{times}"),
            Self::Latency => "one candle of latency".into(),
        }
    }

    /// Why it would change nothing, where it would not.
    fn is_idle(self, costs: &[Dated<Costs>]) -> Option<&'static str> {
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
    fn apply(self, config: &mut RunFile, setup: &mut Setup) -> Option<()> {
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
                Self::Latency => {}
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

/// Runs it again in every case, in the order of the table.
///
/// # Errors
/// As for the run itself.
pub fn sensitivity(config: &RunFile, setup: &Setup) -> Result<Vec<SensitivityRow>, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().map_err(Failure::failed)?;
    pool.install(|| CASES.par_iter().map(|case| row(*case, config, setup)).collect())
}

fn row(case: Case, config: &RunFile, setup: &Setup) -> Result<SensitivityRow, Failure> {
    let without =
        |note: &str| SensitivityRow { case: case.name(), note: Some(note.into()), ..SensitivityRow::default() };
    if let Some(note) = case.is_idle(&setup.costs) {
        return Ok(without(note));
    }
    let (mut config, mut setup) = (config.clone(), setup.clone());
    if case.apply(&mut config, &mut setup).is_none() {
        return Ok(without("it would be more than the whole price"));
    }
    let strategy = strategy_setup::build(&config, &registry())?;
    let (sources, sight) = (setup.sources(false)?, setup.sight()?);
    let mut run = backtest(&config, &setup, strategy, sources, sight, DigestOnly::default(), Detail::Figures)?;
    let digest = run.recorder.inner().digest();
    let (summary, _) = summarise(&config, &setup, &mut run, digest);
    Ok(SensitivityRow {
        case: case.name(),
        total_return: summary.metric("total_return"),
        sharpe: summary.metric("sharpe"),
        max_drawdown: summary.metric("max_drawdown"),
        fills: Some(summary.fills),
        note: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Timestamp;

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
