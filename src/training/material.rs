//! What a training learns from and is judged by: candles, and two ranges of them with an embargo between.
use super::stage::RunStage;
use crate::failure::Failure;
use crate::run_file::{LearningSection, RunFile};
use crate::setup::Setup;
use crate::snapshot::Snapshot;
use crate::sources;
use engine::{Candle, InstrumentId, Size};
use learning::features::Encoder;
use learning::market::{Course, fit};
use learning::policy::Normaliser;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Observations that a normaliser is fitted to.
const FITTED: usize = 100_000;

/// Everything that a training needs of a run file.
#[derive(Clone, Debug)]
pub struct Material {
    /// Over the training range, with its normaliser.
    pub course: Course,
    /// Places of the candles that are judged by.
    pub validation: Range<usize>,
    /// Candles between the two ranges.
    pub embargo: usize,
    /// Periods of a year, for figures.
    pub periods_per_year: f64,
}

impl Material {
    /// Reads the candles, splits them and fits the normaliser to the training range.
    ///
    /// # Errors
    /// When the run file has no `[learning]`, trades anything but one instrument, or a range is too short.
    pub fn new(config: &RunFile) -> Result<Self, Failure> {
        let Some(section) = &config.learning else {
            return Err(config
                .error_at("learning", "the run file has no section [learning]: it says how to train")
                .into());
        };
        let wrong = |key: &str, text: String| Failure::from(config.error_at(&format!("learning.{key}"), &text));
        let mut encoder = Encoder::new(&section.features).map_err(|e| wrong("features", e.to_string()))?;
        encoder.clear();
        let size = size(config)?;
        let asset = asset(config)?;
        let mut window = config.clone();
        window.data.from = Some(section.from);
        window.data.to = Some(section.validate_to);
        window.data.warmup_candles = u32::try_from(encoder.warm_up()).map_err(Failure::failed)?;
        let setup = Setup::new(&window)?;
        let candles = setup.readings.iter().map(sources::load).collect::<Result<Vec<_>, _>>()?;
        let (training, validation, embargo) = split(section, &candles[asset.index()], encoder.warm_up());
        let periods_per_year = setup.periods_per_year;
        let own = Arc::clone(&candles[asset.index()]);
        let stage = Arc::new(RunStage::new(window, setup, candles)?);
        let number = |decimal: rust_decimal::Decimal| decimal.to_f64().unwrap_or_default();
        let course = Course {
            stage,
            candles: own,
            asset,
            range: training,
            length: section.episode_candles as usize,
            normaliser: Normaliser::identity(encoder.width(), f32::MAX),
            encoder,
            actions: section.actions.clone(),
            size,
            reward: section.reward,
            reward_scale: number(section.reward_scale),
            ruin: number(section.ruin_pct) / 100.0,
        };
        let normaliser = fit(&course, number(section.clip) as f32, FITTED, config.run.seed);
        let normaliser =
            normaliser.map_err(|e| wrong("episode_candles", format!("the training range is too short: {e}")))?;
        course.whole(validation.clone()).starts().map_err(|e| {
            wrong(
                "validate_to",
                format!("the validation range, behind an embargo of {embargo} candles, is too short: {e}"),
            )
        })?;
        Ok(Self { course: Course { normaliser, ..course }, validation, embargo, periods_per_year })
    }

    /// The two ranges as records, by name.
    #[must_use]
    pub fn snapshots(&self) -> BTreeMap<&'static str, Snapshot> {
        let of = |range: &Range<usize>| Snapshot::new(&self.course.candles[range.clone()]);
        [("training", of(&self.course.range)), ("validation", of(&self.validation))].into()
    }
}

/// Places of the candles to train on and to judge by, and how many lie between.
fn split(section: &LearningSection, candles: &[Candle], warm_up: usize) -> (Range<usize>, Range<usize>, usize) {
    let place = |time| candles.partition_point(|candle: &Candle| candle.open_time < time);
    let embargo = section.embargo_candles.map_or(warm_up, |count| count as usize);
    let (first, end, last) = (place(section.from), place(section.to), place(section.validate_to));
    (first..end, (end + embargo).min(last)..last, embargo)
}

/// The one instrument that is traded.
fn asset(config: &RunFile) -> Result<InstrumentId, Failure> {
    let mut traded = (0..).zip(&config.instruments).filter(|(_, section)| section.role.traded).map(|(place, _)| place);
    match (traded.next(), traded.next()) {
        (Some(only), None) => Ok(InstrumentId(only)),
        _ => {
            let text = "a policy is trained on one instrument; the others of a run are looked at: `trade = false`";
            Err(config.error_at("instruments", text).into())
        }
    }
}

/// The whole of a position: that of the strategy `policy`.
fn size(config: &RunFile) -> Result<Size, Failure> {
    let strategy = config.strategies.first().filter(|strategy| strategy.kind == "policy");
    let Some(strategy) = strategy else {
        let text = "training needs `kind = \"policy\"` with the `policy` file to write and the `size` to trade";
        return Err(config.strategy_error(0, None, text).into());
    };
    let text = strategy.parameter("size").map(|size| size.to_string().trim_matches('"').to_string());
    let size = text.and_then(|text| text.parse().ok());
    size.ok_or_else(|| config.strategy_error(0, Some("size"), "training needs the `size` to trade").into())
}
