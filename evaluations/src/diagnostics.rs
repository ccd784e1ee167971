//! Why a result may be fiction: what its fills took for granted, how much of the market they took, and how thin the
//! evidence is.
//!
//! Figures only: nothing here judges a strategy or changes a run. What each of them means stands in `docs/outputs.md`.
mod fill_watch;

pub use fill_watch::{FillWatch, MarketTimes, Meets, WatchedFill};

use crate::metrics::distribution::{quantile, sorted};
use crate::metrics::{mean, quotient};
use crate::money_text;
use engine::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Round trips per parameter below which a result may well be chance.
pub const ENOUGH_TRIPS_PER_PARAMETER: f64 = 10.0;
/// The share of all fills from which on an assumption that they hang on is warned about.
const MANY_FILLS: f64 = 0.05;
/// The share of a candle's volume at which capacity ends.
pub const CAPACITY_SHARE: f64 = 0.01;

/// What fills took of the volume of the candles that they happened in: quantity over volume, fill by fill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VolumeShare {
    /// Fills whose candle had a volume; the shares are over these.
    pub fills: u64,
    /// Fills whose candle is not known, or whose instrument has no volumes.
    pub unknown: u64,
    /// The mean share.
    pub mean: Option<f64>,
    /// The 95th percentile, interpolated linearly.
    pub percentile_95: Option<f64>,
    /// The largest share.
    pub maximum: Option<f64>,
    /// Fills above 1 %.
    pub above_1_percent: u64,
    /// Fills above 5 %.
    pub above_5_percent: u64,
}

/// One way to run it again with worse execution, and what came out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SensitivityRow {
    /// What was changed, as `fees x2`.
    pub case: String,
    /// As in the metrics.
    pub total_return: Option<f64>,
    /// As in the metrics.
    pub sharpe: Option<f64>,
    /// As in the metrics, a fraction.
    pub max_drawdown: Option<f64>,
    /// Fills of that run: with fewer of them the figures are of another run.
    pub fills: Option<u64>,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Why a result may be fiction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnostics {
    /// Fills that the path model decided, as a share of all fills.
    pub path_dependent_share: Option<f64>,
    /// Their quantities, each times the range of its candle: how far their prices were open at most.
    #[serde(with = "money_text")]
    pub path_dependent_range: Money,
    /// Fills at an open before which at least one candle of the market's time is missing.
    pub fills_after_gap: u64,
    /// Fills in candles in which nothing was traded, of instruments that have volumes.
    pub fills_without_volume: u64,
    /// What the fills took of the volume.
    pub volume_share: VolumeShare,
    /// The capital at which the median fill would take 1 % of its candle's volume, in the account's currency.
    pub capacity: Option<f64>,
    /// Wishes that the review refused: check to count.
    pub refused_by_check: BTreeMap<String, u64>,
    /// Orders that the venue refused: reason to count.
    pub refused_by_venue: BTreeMap<String, u64>,
    /// The strategy's parameters, those left at their defaults included.
    pub parameters: u64,
    /// Closed round trips over parameters.
    pub round_trips_per_parameter: Option<f64>,
    /// What a reader should hear before believing the result.
    pub warnings: Vec<String>,
}

/// What diagnostics are made of, beside the fills.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// All fills.
    pub fills: u64,
    /// Fills that the path model decided.
    pub path_dependent_fills: u64,
    /// Closed round trips.
    pub round_trips: u64,
    /// The strategy's parameters.
    pub parameters: u64,
    /// What was refused, whoever refused it.
    pub refused: BTreeMap<String, u64>,
    /// What the venue refused of it.
    pub refused_by_venue: BTreeMap<String, u64>,
}

impl Diagnostics {
    /// Puts them together. `has_volume` says of an instrument whether its candles have volumes at all.
    #[must_use]
    pub fn new(watch: &FillWatch, counts: Counts, has_volume: impl Fn(usize) -> bool) -> Self {
        let shares = sorted(&watch.shares);
        let above = |bound: f64| shares.iter().filter(|share| **share > bound).count() as u64;
        let (mut idle, mut unknown) = (0, watch.unmatched());
        for (place, instrument) in watch.instruments.iter().enumerate() {
            if instrument.traded > 0 || has_volume(place) {
                idle += instrument.idle;
            } else {
                unknown += instrument.idle;
            }
        }
        let mut by_check = counts.refused;
        for (reason, count) in &counts.refused_by_venue {
            if let Some(all) = by_check.get_mut(reason) {
                *all = all.saturating_sub(*count);
            }
        }
        by_check.retain(|_, count| *count > 0);
        let mut diagnostics = Self {
            path_dependent_share: quotient(counts.path_dependent_fills as f64, counts.fills as f64),
            path_dependent_range: watch.range,
            fills_after_gap: watch.after_gap,
            fills_without_volume: idle,
            volume_share: VolumeShare {
                fills: shares.len() as u64,
                unknown,
                mean: mean(&shares),
                percentile_95: quantile(&shares, 0.95),
                maximum: shares.last().copied(),
                above_1_percent: above(0.01),
                above_5_percent: above(0.05),
            },
            capacity: quantile(&sorted(&watch.capitals), 0.5),
            refused_by_check: by_check,
            refused_by_venue: counts.refused_by_venue,
            parameters: counts.parameters,
            round_trips_per_parameter: quotient(counts.round_trips as f64, counts.parameters as f64),
            warnings: Vec::new(),
        };
        diagnostics.warn(counts.fills, counts.round_trips);
        diagnostics
    }

    fn warn(&mut self, fills: u64, round_trips: u64) {
        let mut warnings = Vec::new();
        let many = |count: u64| quotient(count as f64, fills as f64).is_some_and(|share| share >= MANY_FILLS);
        if let Some(each) = self.round_trips_per_parameter.filter(|each| *each < ENOUGH_TRIPS_PER_PARAMETER) {
            let (trips, parameters) = (counted(round_trips, "round trip"), counted(self.parameters, "parameter"));
            let text = format!("below {ENOUGH_TRIPS_PER_PARAMETER} the result may well be chance");
            warnings.push(format!("{trips} for {parameters}, {each:.1} each: {text}"));
        }
        if let Some(share) = self.path_dependent_share.filter(|share| *share >= MANY_FILLS) {
            let text = "of all fills hang on the path that was assumed inside a candle: smaller candles would tell";
            warnings.push(format!("{:.1} % {text}", share * 100.0));
        }
        let large = self.volume_share.above_5_percent;
        let told = [
            (many(self.fills_after_gap), self.fills_after_gap, AFTER_GAP),
            (many(self.fills_without_volume), self.fills_without_volume, WITHOUT_VOLUME),
            (large > 0, large, LARGE),
        ];
        let told = told.iter().filter(|(doubtful, ..)| *doubtful);
        warnings.extend(told.map(|(_, count, text)| format!("{} {text}", counted(*count, "fill"))));
        self.warnings = warnings;
    }
}

const AFTER_GAP: &str = "happened at an open after missing candles: what was decided on was old";
const WITHOUT_VOLUME: &str = "happened in candles without any trade: nobody was there to trade with";
const LARGE: &str = "took more than 5 % of the candle's volume: at that size the price would have moved";

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
