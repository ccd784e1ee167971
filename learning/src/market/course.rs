//! What all episodes of a training share: candles, features, actions, reward; and who makes their worlds.
use super::reward::Reward;
use crate::features::Encoder;
use crate::policy::{ActionMap, Normaliser};
use engine::{Candle, Core, Event, InstrumentId, Intents, SharedCandles, Simulated, Size, Strategy, Timestamp, View};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use thiserror::Error;

/// The strategy of a core whose decisions come from outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trainee;

impl Strategy for Trainee {
    fn decide(&mut self, _event: &Event, _view: View<'_>, _out: &mut Intents) {}
}

/// Makes the worlds of episodes: the core and the simulated venue of a run, over a part of its candles.
pub trait Stage: Send + Sync {
    /// A core at rest and its world over the candles that open from `from` until before `to`. Until `trades_from` they are seen and
    /// not traded. The seed is that of whatever the world draws.
    fn open(&self, span: Span, seed: u64) -> (Core<Trainee>, Simulated<SharedCandles>);
}

/// A stretch of time, by open times of candles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first candle that is seen.
    pub from: Timestamp,
    /// The first candle that may be traded on.
    pub trades_from: Timestamp,
    /// Just behind the last candle.
    pub to: Timestamp,
}

/// What all episodes share.
#[derive(Clone)]
pub struct Course {
    /// Who makes their worlds.
    pub stage: Arc<dyn Stage>,
    /// The candles of the instrument that is traded.
    pub candles: Arc<[Candle]>,
    /// That instrument.
    pub asset: InstrumentId,
    /// Which of its candles episodes may lie in: decisions, what comes of them, and nothing behind. What is seen before the first
    /// decision may lie before.
    pub range: Range<usize>,
    /// Decisions of one episode; an episode that is as long as the range always begins at its start.
    pub length: usize,
    /// Computes what is seen; no candle was shown to it yet.
    pub encoder: Encoder,
    /// Brings what is seen to scale.
    pub normaliser: Normaliser,
    /// What choices mean.
    pub actions: ActionMap,
    /// The whole of a position.
    pub size: Size,
    /// What a step is worth.
    pub reward: Reward,
    /// What every reward is multiplied by.
    pub reward_scale: f64,
    /// An episode ends by itself when equity falls below this part of what it began with.
    pub ruin: f64,
}

impl fmt::Debug for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Course(candles {:?}, {} decisions)", self.range, self.length)
    }
}

/// Why there can be no episode.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CourseError {
    /// The range is too short.
    #[error(
        "an episode needs {needed} candles ({warm_up} before its first decision, {length} decisions and one behind the last), and there are {found}"
    )]
    Short {
        /// Candles that an episode needs.
        needed: usize,
        /// Of these, before the first decision and with it.
        warm_up: usize,
        /// Decisions.
        length: usize,
        /// Candles that there are, with what may be seen before the range.
        found: usize,
    },
}

impl Course {
    /// The candles at which an episode can begin to decide.
    ///
    /// # Errors
    /// When there is none.
    pub fn starts(&self) -> Result<Range<usize>, CourseError> {
        let warm_up = self.encoder.warm_up();
        // The first decision falls on a candle that completes the warm-up, and the last is followed by one more candle.
        let first = self.range.start.max(warm_up.saturating_sub(1));
        let behind = self.range.end.min(self.candles.len()).saturating_sub(self.length);
        if behind <= first {
            let found = self.range.end.min(self.candles.len()).saturating_sub((first + 1).saturating_sub(warm_up));
            let needed = warm_up + self.length;
            return Err(CourseError::Short { needed, warm_up, length: self.length, found });
        }
        Ok(first..behind)
    }

    /// The same over another range, with episodes as long as it can carry: what an evaluation passes through once.
    #[must_use]
    pub fn whole(&self, range: Range<usize>) -> Self {
        let first = range.start.max(self.encoder.warm_up().saturating_sub(1));
        let length = range.end.min(self.candles.len()).saturating_sub(first + 1).max(1);
        Self { range, length, ..self.clone() }
    }

    /// The times of the episode whose first decision falls on the candle at `start`.
    pub(super) fn span(&self, start: usize) -> Span {
        let open = |place: usize| self.candles[place].open_time;
        Span {
            from: open(start + 1 - self.encoder.warm_up()),
            trades_from: open(start),
            to: open(start + self.length).after(1),
        }
    }
}
