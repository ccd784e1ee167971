//! What can be wrong with an environment, and where it was seen.
use std::fmt;
use thiserror::Error;

/// Which promise is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Its sizes are none that an environment can have, or they change.
    Sizes,
    /// A number of an observation is not written.
    Unwritten,
    /// An observation, a reward or a fact about where it stands is not a finite number.
    NotFinite,
    /// An episode ends by itself and by time at once.
    BothEnds,
    /// An episode does not end.
    Endless,
    /// It panics at a seed or a choice that it has to take.
    Panicked,
    /// The same seed and choices are another episode in another instance.
    NotRepeated,
    /// The same seed and choices are another episode after other episodes in the same instance.
    NotReset,
    /// Every seed is the same episode.
    SeedIgnored,
    /// An amount beyond the bound does not do what the bound does.
    NotClamped,
    /// What is seen or earned depends on what was not known yet.
    Future,
    /// Nothing was compared before the change, or nothing differed behind it: the check showed nothing.
    FutureUntested,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sizes => "sizes are possible and never change",
            Self::Unwritten => "every number of an observation is written",
            Self::NotFinite => "observations, rewards and facts are finite",
            Self::BothEnds => "an episode ends by itself or by time, not both",
            Self::Endless => "an episode ends",
            Self::Panicked => "every seed and choice can be taken",
            Self::NotRepeated => "an episode is its seed and its choices, in every instance",
            Self::NotReset => "an episode is its seed and its choices, whatever came before",
            Self::SeedIgnored => "another seed is another episode",
            Self::NotClamped => "an amount beyond the bound is moved to it",
            Self::Future => "what is seen and earned does not depend on the future",
            Self::FutureUntested => "what was changed lies behind something and shows",
        })
    }
}

/// A broken promise: the first time that it was seen to be broken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("seed {seed}, step {step}: {what}; expected {expected}, found {actual}")]
pub struct Fault {
    /// Which promise.
    pub what: What,
    /// The seed of the episode.
    pub seed: u64,
    /// How many choices had been made; 0 after the reset.
    pub step: u64,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub actual: String,
}
