//! Methods: which sets of parameters a search tries next.
//!
//! A method sees what came of earlier sets and names a generation of new ones; none is named twice. It draws from the
//! stream that it is handed and keeps none of its own, so what it names hangs on the seed and the history alone. It
//! never runs anything.
use super::space::{Axis, Space, SpaceError, Values};
use crate::sweep::Parameters;
use engine::Rng;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::str::FromStr;
use tpe::density_estimation::DefaultEstimatorBuilder;
use tpe::{TpeOptimizer, TpeOptimizerBuilder};

/// Values of a range in a grid, unless it is said.
const POINTS: usize = 5;
/// Sets at random before the estimator has anything to go by.
const STARTUP: usize = 12;
/// Draws before a method that finds known sets only looks for the ones that are left.
const DRAWS_MAX: usize = 64;
/// The share of the results that counts as good, as Optuna has it.
const GOOD: f64 = 0.1;
/// Values that are drawn where good results lie, of which the one that is rarest among bad ones is taken. The usual 24
/// walk into the first valley and stay there: with a few, a choice that looks worse is still taken at times.
const CANDIDATES: usize = 4;
const CANDIDATES_OF_CHOICES: usize = 2;
/// One set in so many is drawn by lot, so that no part of the space is given up for good.
const BY_LOT: usize = 8;

/// How a search chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Every set, with so many values of each range.
    Grid {
        /// Values of a range, both ends among them.
        points: usize,
    },
    /// Sets by lot.
    Random,
    /// Tree-structured Parzen estimators: where good results lie denser than bad ones (Bergstra and others, 2011).
    Tpe {
        /// Sets by lot at first.
        startup: usize,
    },
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "grid" => Ok(Self::Grid { points: POINTS }),
            "random" => Ok(Self::Random),
            "tpe" => Ok(Self::Tpe { startup: STARTUP }),
            other => Err(format!("there is no method `{other}`: take grid, random or tpe")),
        }
    }
}

impl Method {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid { .. } => "grid",
            Self::Random => "random",
            Self::Tpe { .. } => "tpe",
        }
    }
}

/// The engine's stream as the estimators take their randomness.
struct Draws(Rng);

impl rand::TryRng for Draws {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        // The upper half: both are equally good, one has to be taken.
        Ok((self.0.next_u64() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.0.next_u64().to_le_bytes()[..part.len()]);
        }
        Ok(())
    }
}

/// Names the sets of a search, each once.
pub(super) struct Proposer<'a> {
    space: &'a Space,
    method: Method,
    named: BTreeSet<Parameters>,
    /// What a grid has left, the next one last.
    left: Vec<Parameters>,
}

impl<'a> Proposer<'a> {
    /// A proposer that has named nothing yet.
    pub(super) fn new(space: &'a Space, method: Method) -> Result<Self, SpaceError> {
        let mut left = match method {
            Method::Grid { points } => space.sets(points)?,
            _ => Vec::new(),
        };
        left.reverse();
        Ok(Self { space, method, named: BTreeSet::new(), left })
    }

    /// How many sets it can name at most; `None` where there is no end.
    pub(super) fn size(&self) -> Option<usize> {
        match self.method {
            Method::Grid { .. } => Some(self.named.len() + self.left.len()),
            _ => self.space.size(),
        }
    }

    /// The next `count` sets, or fewer where no more are left. `history` holds what was tried, the best first.
    pub(super) fn next(&mut self, count: usize, history: &[&Parameters], rng: Rng) -> Vec<Parameters> {
        let mut estimators = match self.method {
            Method::Tpe { startup } if history.len() >= startup => Some(Estimators::of(self.space, history)),
            _ => None,
        };
        let mut draws = Draws(rng);
        let mut sets = Vec::new();
        while sets.len() < count {
            let by_lot = self.named.len().is_multiple_of(BY_LOT);
            let drawn = match (&self.method, &mut estimators) {
                (Method::Grid { .. }, _) => self.left.pop(),
                (_, Some(estimators)) if !by_lot => self.fresh(&mut draws, |draws| estimators.draw(self.space, draws)),
                _ => self.fresh(&mut draws, |draws| lot(self.space, draws)),
            };
            let Some(set) = drawn else { break };
            self.named.insert(set.clone());
            sets.push(set);
        }
        sets
    }

    /// A set that was not named yet: by `draw`, then by lot, then any that is left.
    fn fresh(&self, draws: &mut Draws, mut draw: impl FnMut(&mut Draws) -> Parameters) -> Option<Parameters> {
        for turn in 0..DRAWS_MAX * 2 {
            let set = if turn < DRAWS_MAX { draw(draws) } else { lot(self.space, draws) };
            if !self.named.contains(&set) {
                return Some(set);
            }
        }
        // So many draws in vain mean that the space is all but used up, hence small: a range never is.
        self.space.size()?;
        let mut left = self.space.sets(0).ok()?;
        left.retain(|set| !self.named.contains(set));
        let count = u64::try_from(left.len()).ok().filter(|count| *count > 0)?;
        Some(left.swap_remove(draws.0.below(count) as usize))
    }
}

/// A set by lot, every place equally likely.
fn lot(space: &Space, draws: &mut Draws) -> Parameters {
    space.axes().iter().map(|axis| (axis.name.clone(), axis.value(draws.0.unit()))).collect()
}

/// One estimator for each axis; `None` where an axis has one value only.
struct Estimators(Vec<Option<TpeOptimizer<DefaultEstimatorBuilder>>>);

impl Estimators {
    /// The estimators that have heard all of `history`, the best first. Only the order counts to them, so that is what
    /// they are told: it says also how far a set came and which ones failed.
    fn of(space: &Space, history: &[&Parameters]) -> Self {
        let of_axis = |axis: &Axis| {
            let (builder, to, candidates) = match &axis.values {
                Values::Choices(list) => (tpe::histogram_estimator(), list.len() as f64, CANDIDATES_OF_CHOICES),
                _ => (tpe::parzen_estimator(), 1.0, CANDIDATES),
            };
            if axis.count() == Some(1) {
                return None;
            }
            let range = tpe::range(0.0, to).expect("a range from zero to a number above it");
            let mut settings = TpeOptimizerBuilder::new();
            let mut estimator = settings
                .gamma(GOOD)
                .candidates(candidates)
                .build(builder, range)
                .expect("the share lies between 0 and 1");
            for (rank, set) in history.iter().enumerate() {
                let place = set.get(&axis.name).and_then(|value| axis.place(value));
                // The upper end is outside of an estimator's range.
                let place = place.map(|place| (place * to).min(to * (1.0 - 1e-9)));
                if let Some(place) = place {
                    estimator.tell(place, rank as f64).expect("a place inside the range, and a rank is a number");
                }
            }
            Some(estimator)
        };
        Self(space.axes().iter().map(of_axis).collect())
    }

    fn draw(&mut self, space: &Space, draws: &mut Draws) -> Parameters {
        let mut value = |axis: &Axis, estimator: &mut Option<TpeOptimizer<DefaultEstimatorBuilder>>| {
            let Some(estimator) = estimator else { return axis.value(0.0) };
            let place = estimator.ask(draws).expect("the estimators' error has no value");
            match &axis.values {
                // The histogram names the choice itself.
                Values::Choices(list) => axis.value((place + 0.5) / list.len() as f64),
                _ => axis.value(place),
            }
        };
        space.axes().iter().zip(&mut self.0).map(|(axis, it)| (axis.name.clone(), value(axis, it))).collect()
    }
}
