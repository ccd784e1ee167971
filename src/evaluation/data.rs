//! Whether the candles of a run can be believed: what is missing, what stands still, what jumps.
//!
//! That prices and times are valid and in order was seen as they were read; a file that is not is an error, and no evidence.
use crate::instant::instant_text;
use crate::shared_run::SharedRun;
use engine::Candle;
use serde::Serialize;

/// The largest share of candles that may be missing.
const MISSING_MAX: f64 = 0.01;
/// A close is this many times the one before, or its part: no market, but a wrong number.
const JUMP: f64 = 5.0;
/// As many candles in a row without a trade and with one price are no market.
const STILL_MAX: usize = 200;

/// What was seen of the candles of one instrument.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandlesSeen {
    /// Whose.
    pub instrument: String,
    /// How many.
    pub candles: usize,
    /// How many are missing between the first and the last, where the market never closes; else none is counted.
    pub missing: usize,
    /// The open of the candle before the longest gap, and how many are missing there.
    pub longest_gap: Option<(String, usize)>,
    /// The longest row of candles with one price and no volume.
    pub longest_still: usize,
    /// Opens of candles whose close is five times the one before, or a fifth of it.
    pub jumps: Vec<String>,
    /// What is wrong, in words; empty where nothing is.
    pub faults: Vec<String>,
}

/// Looks at the candles of every instrument.
#[must_use]
pub(super) fn candles_seen(run: &SharedRun) -> Vec<CandlesSeen> {
    let setup = &run.setup;
    let of = |(place, candles): (usize, &std::sync::Arc<[Candle]>)| {
        let closes = setup.sessions.get(place).is_some_and(|sessions| sessions.closes().is_some());
        look(&run.config.instruments[place].name(), candles, run.config.instruments[place].interval.0, closes)
    };
    run.candles.iter().enumerate().map(of).collect()
}

fn look(instrument: &str, candles: &[Candle], interval: i64, closes: bool) -> CandlesSeen {
    let (mut missing, mut longest_gap, mut jumps) = (0, None::<(String, usize)>, Vec::new());
    let (mut still, mut longest_still) = (0, 0);
    for pair in candles.windows(2) {
        let (before, candle) = (&pair[0], &pair[1]);
        let gap = usize::try_from((candle.open_time.0 - before.open_time.0) / interval - 1).unwrap_or(0);
        if gap > 0 && !closes {
            missing += gap;
            if longest_gap.as_ref().is_none_or(|(_, most)| gap > *most) {
                longest_gap = Some((instant_text(before.open_time), gap));
            }
        }
        let ratio = candle.close.0 as f64 / before.close.0 as f64;
        if !(1.0 / JUMP..=JUMP).contains(&ratio) {
            jumps.push(instant_text(candle.open_time));
        }
        let stands = candle.volume == 0 && candle.high == candle.low && candle.close == before.close;
        still = if stands { still + 1 } else { 0 };
        longest_still = longest_still.max(still);
    }
    let share = missing as f64 / (missing + candles.len()).max(1) as f64;
    let mut faults = Vec::new();
    if share > MISSING_MAX {
        faults.push(format!("{:.2} % of the candles are missing, more than {} %", share * 100.0, MISSING_MAX * 100.0));
    }
    if longest_still > STILL_MAX {
        faults.push(format!("{longest_still} candles in a row without a trade and with one price"));
    }
    if let Some(first) = jumps.first() {
        faults.push(format!("{} closes jump five times or to a fifth, first at {first}", jumps.len()));
    }
    CandlesSeen {
        instrument: instrument.into(),
        candles: candles.len(),
        missing,
        longest_gap,
        longest_still,
        jumps,
        faults,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Price, Timestamp};

    fn candle(place: i64, close: i64, volume: i64) -> Candle {
        let price = Price(close);
        let (open_time, known_time) = (Timestamp(place * 60), Timestamp(place * 60 + 60));
        Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume }
    }

    #[test]
    fn what_is_missing_stands_still_or_jumps_is_found() {
        let check = |candles: &[Candle], closes: bool, missing: usize, faults: &[&str]| {
            let seen = look("a:B", candles, 60, closes);
            assert_eq!(seen.missing, missing);
            assert_eq!(seen.faults.len(), faults.len(), "{:?}", seen.faults);
            seen.faults.iter().zip(faults).for_each(|(fault, part)| assert!(fault.contains(part), "{fault}"));
        };
        let good: Vec<Candle> = (0..500).map(|n| candle(n, 100 + n % 7, 5)).collect();
        check(&good, false, 0, &[]);
        let mut gap = good.clone();
        gap.drain(100..110);
        check(&gap, false, 10, &["2.00 % of the candles are missing"]);
        check(&gap, true, 0, &[]);
        let mut jump = good.clone();
        jump[50] = candle(50, 1_000, 5);
        check(&jump, false, 0, &["2 closes jump"]);
        let still: Vec<Candle> = (0..500).map(|n| candle(n, 100, 0)).collect();
        check(&still, false, 0, &["499 candles in a row"]);
    }
}
