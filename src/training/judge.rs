//! What a policy is worth on candles that it was not trained on: one pass, with the arithmetic that is the same everywhere.
use crate::failure::Failure;
use engine::math;
use learning::market::{Course, Passage, pass};
use learning::policy::{Policy, WHOLE_PPM};
use learning::policy_strategy::Chooser;
use learning::portable::Portable;
use learning::{Choice, Runtime};
use std::ops::Range;
use std::sync::Arc;

const YEAR_NS: f64 = 365.0 * 86_400.0 * 1e9;

/// Passes policies over a range.
#[derive(Debug)]
pub struct Judge {
    course: Course,
    range: Range<usize>,
    seed: u64,
    /// Decisions of a year, as dense as those of the range.
    per_year: f64,
}

/// What came of a pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Mean over deviation (n - 1) of the returns from candle to candle, times the root of the candles of a year. Risk-free 0.
    pub sharpe: f64,
    /// Logarithmic return of the whole pass.
    pub log_return: f64,
    /// The largest drawdown, as a part of the peak.
    pub max_drawdown: f64,
    /// How often the exposure changed.
    pub changes: u64,
    /// Time in nanoseconds and equity over what the pass began with, from candle to candle.
    pub equity: Vec<(f64, f64)>,
}

impl Judge {
    /// A judge over this range of a course's candles.
    #[must_use]
    pub fn new(course: &Course, range: Range<usize>, seed: u64) -> Self {
        let candles = Arc::clone(&course.candles);
        let candles = &candles[range.clone()];
        let span = match candles {
            [first, .., last] => (last.known_time.0 - first.open_time.0) as f64 / YEAR_NS,
            _ => 1.0,
        };
        // A run goes on after a loss that ends an episode, and so does what it is judged by.
        let course = Course { ruin: 0.0, ..course.clone() };
        Self { per_year: candles.len() as f64 / span.max(1e-9), course, range, seed }
    }

    /// What a policy is worth. It sees through its own normaliser.
    ///
    /// # Errors
    /// When only libtorch runs its network.
    pub fn policy(&self, policy: &Policy) -> Result<Verdict, Failure> {
        let mut runtime = Portable::new(policy).map_err(Failure::failed)?;
        let manifest = &policy.manifest;
        let threshold = u64::from(manifest.decision_threshold_ppm);
        let chooser = Chooser::new(manifest.architecture.head, manifest.actions.clone(), threshold);
        let (mut memory, mut outputs) =
            (vec![0.0; manifest.architecture.memory()], vec![0.0; manifest.architecture.outputs]);
        let course = Course { normaliser: policy.normaliser.clone(), ..self.course.clone() };
        let mut exposure_ppm = 0;
        self.verdict(&course, |observation| {
            runtime.answer(observation, &mut memory, &mut outputs);
            exposure_ppm = chooser.choose(&outputs, exposure_ppm);
            exposure_ppm
        })
    }

    /// What holding the whole size throughout is worth.
    ///
    /// # Errors
    /// When the range is too short.
    pub fn holding(&self) -> Result<Verdict, Failure> {
        self.verdict(&self.course, |_| WHOLE_PPM)
    }

    fn verdict(&self, course: &Course, mut expose: impl FnMut(&[f32]) -> i32) -> Result<Verdict, Failure> {
        // Any exposure can be wished for, whatever the map of a policy has.
        let (low, high, step) = (-WHOLE_PPM, WHOLE_PPM, 1);
        let course = Course { actions: learning::policy::ActionMap::Continuous { low, high, step }, ..course.clone() };
        let decide = |observation: &[f32]| Choice::Amount(expose(observation) as f32 / WHOLE_PPM as f32);
        let passage = pass(&course, self.range.clone(), self.seed, decide).map_err(Failure::failed)?;
        Ok(self.sum_up(&passage))
    }

    fn sum_up(&self, passage: &Passage) -> Verdict {
        let first = passage.equity.first().copied().unwrap_or(1.0);
        // The pass begins at the first candle at which there is enough to see.
        let behind = self.range.end.saturating_sub(passage.equity.len());
        let times = self.course.candles[behind..self.range.end].iter().map(|candle| candle.known_time.0 as f64);
        let (mut peak, mut deepest) = (first, 0.0_f64);
        for equity in &passage.equity {
            peak = peak.max(*equity);
            deepest = deepest.max(1.0 - equity / peak);
        }
        Verdict {
            sharpe: passage.sharpe() * math::sqrt(self.per_year),
            log_return: passage.log_return(),
            max_drawdown: deepest,
            changes: passage.changes,
            equity: times.zip(passage.equity.iter().map(|equity| equity / first)).collect(),
        }
    }
}
