//! One strategy of the registry.
use super::error::BuildError;
use super::parameter::{Parameter, Parameters};
use super::settings::Settings;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use engine::{InstrumentId, Strategy};

/// A strategy made by name.
pub type BuiltStrategy = Box<dyn Strategy + Send>;

/// Makes a strategy from checked settings for the instruments of a run.
pub type Make = Box<dyn Fn(&Settings, &[InstrumentId]) -> Result<BuiltStrategy, BuildError> + Send + Sync>;

/// Candles of each instrument that must have been seen before the first decision.
pub type WarmUp = Box<dyn Fn(&Settings) -> usize + Send + Sync>;

/// How many instruments a strategy trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruments {
    /// Exactly one.
    One,
    /// One or more.
    Any,
    /// So many or more, chosen between or weighed against each other.
    AtLeast(usize),
}

impl Instruments {
    fn allows(self, count: usize) -> bool {
        match self {
            Self::One => count == 1,
            Self::Any => count >= 1,
            Self::AtLeast(least) => count >= least,
        }
    }
}

impl fmt::Display for Instruments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One => f.write_str("exactly one instrument"),
            Self::Any => f.write_str("at least one instrument"),
            Self::AtLeast(least) => write!(f, "at least {least} instruments"),
        }
    }
}

/// A strategy as the registry knows it.
pub struct Entry {
    /// What `kind` in the run file says.
    pub name: &'static str,
    /// What it does, in one line without a full stop.
    pub summary: &'static str,
    /// Its rule in full, and where the rule comes from.
    pub help: &'static str,
    /// What it can be told.
    pub parameters: Vec<Parameter>,
    /// How many instruments it trades.
    pub instruments: Instruments,
    /// How many candles it needs before it decides.
    pub warm_up: WarmUp,
    /// Makes it; asked only with settings that passed the parameters' own checks.
    pub make: Make,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", self.name)
    }
}

impl Entry {
    /// Checks parameters and adds the defaults of those not given.
    ///
    /// # Errors
    /// When one is unknown, missing, of another kind or out of range.
    pub fn settings(&self, parameters: &Parameters) -> Result<Settings, BuildError> {
        Settings::check(self.name, &self.parameters, parameters)
    }

    /// Makes the strategy.
    ///
    /// # Errors
    /// When a parameter or the number of instruments is wrong.
    pub fn build(&self, parameters: &Parameters, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
        let settings = self.settings(parameters)?;
        if !self.instruments.allows(instruments.len()) {
            let count = instruments.len();
            return Err(BuildError::new(format!("`{}` trades {}, not {count}", self.name, self.instruments)));
        }
        (self.make)(&settings, instruments)
    }

    /// Candles of each instrument that must have been seen before the first decision.
    ///
    /// # Errors
    /// When a parameter is wrong.
    pub fn candles_before_deciding(&self, parameters: &Parameters) -> Result<usize, BuildError> {
        Ok((self.warm_up)(&self.settings(parameters)?))
    }
}
