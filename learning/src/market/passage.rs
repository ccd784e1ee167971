//! One pass of a policy through a range, without sampling: what it would have earned there.
use super::course::{Course, CourseError};
use super::episode::Episode;
use crate::environment::{Choice, Environment};
use engine::math;
use std::ops::Range;
use std::sync::Arc;

/// Equity from decision to decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Equity at each decision; the first is what the pass began with.
    pub equity: Vec<f64>,
    /// How often the exposure changed.
    pub changes: u64,
    /// Sum of the rewards.
    pub reward: f64,
}

impl Passage {
    /// Logarithmic return of the whole pass.
    #[must_use]
    pub fn log_return(&self) -> f64 {
        match (self.equity.first(), self.equity.last()) {
            (Some(first), Some(last)) if *first > 0.0 && *last > 0.0 => math::ln(last / first),
            _ => 0.0,
        }
    }

    /// Returns from decision to decision.
    #[must_use]
    pub fn returns(&self) -> Vec<f64> {
        self.equity.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect()
    }

    /// Mean over deviation (divisor n - 1) of the returns, per step; zero without a deviation.
    #[must_use]
    pub fn sharpe(&self) -> f64 {
        let returns = self.returns();
        let n = returns.len() as f64;
        if n < 2.0 {
            return 0.0;
        }
        let mean = returns.iter().sum::<f64>() / n;
        let variance = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (n - 1.0);
        if variance > 0.0 { mean / math::sqrt(variance) } else { 0.0 }
    }
}

/// Passes once through `range` of a course's candles, choosing by `decide`, which is handed each observation, to scale.
///
/// # Errors
/// When the range is too short for a decision.
pub fn pass(
    course: &Course,
    range: Range<usize>,
    seed: u64,
    mut decide: impl FnMut(&[f32]) -> Choice,
) -> Result<Passage, CourseError> {
    let course = Arc::new(course.whole(range));
    let mut episode = Episode::new(Arc::clone(&course))?;
    let mut observation = vec![0.0; course.encoder.width()];
    episode.reset(seed, &mut observation);
    let equity = |episode: &Episode| episode.sight().map_or(0.0, |sight| sight.equity);
    let mut passage = Passage { equity: vec![equity(&episode)], changes: 0, reward: 0.0 };
    let mut exposure_ppm = 0;
    loop {
        let choice = decide(&observation);
        let wanted = course.actions.exposure_ppm(choice);
        passage.changes += u64::from(wanted != exposure_ppm);
        exposure_ppm = wanted;
        let moment = episode.step(choice, &mut observation);
        passage.equity.push(equity(&episode));
        passage.reward += f64::from(moment.reward);
        if moment.is_last() {
            return Ok(passage);
        }
    }
}
