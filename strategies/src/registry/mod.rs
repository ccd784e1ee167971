//! Strategies by name: what they are for, which parameters they take, and how they are made.
//!
//! A registry is a value: ours are in [`Registry::builtin`], and whoever has more registers them. Names and parameters are
//! checked here, with the nearest known name in the error, so that no strategy has to.
mod entry;
mod error;
mod nearest;
mod parameter;
mod settings;

pub use entry::{BuiltStrategy, Entry, Instruments, Make, WarmUp};
pub use error::BuildError;
pub use nearest::nearest;
pub use parameter::{Kind, Parameter, Parameters, Presence, Value};
pub use settings::Settings;

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use engine::InstrumentId;

/// Strategies by name.
#[derive(Debug, Default)]
pub struct Registry {
    entries: Vec<Entry>,
}

impl Registry {
    /// No strategies.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The strategies of this crate.
    #[must_use]
    pub fn builtin() -> Self {
        let mut entries = single();
        let members = single().into_iter().filter(|entry| crate::ensemble::takes(entry.name)).collect();
        entries.push(crate::ensemble::entry(Self { entries: members }));
        Self { entries }
    }

    /// Adds a strategy.
    ///
    /// # Errors
    /// When its name is taken.
    pub fn register(&mut self, entry: Entry) -> Result<(), BuildError> {
        if self.entries.iter().any(|known| known.name == entry.name) {
            return Err(BuildError::new(format!("there is a strategy `{}` already: choose another name", entry.name)));
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Every strategy, in the order of registration.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The strategy of this name.
    ///
    /// # Errors
    /// When there is none; with the nearest name.
    pub fn entry(&self, name: &str) -> Result<&Entry, BuildError> {
        self.entries.iter().find(|entry| entry.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.entries.iter().map(|entry| entry.name).collect();
            let message = format!("there is no strategy `{name}`; there are {}", names.join(", "));
            BuildError::new(message).near(nearest(name, names))
        })
    }

    /// Makes a strategy for `instruments`, which stand in the order of the run file.
    ///
    /// # Errors
    /// When the name, a parameter or the number of instruments is wrong.
    pub fn build(
        &self,
        name: &str,
        parameters: &Parameters,
        instruments: &[InstrumentId],
    ) -> Result<BuiltStrategy, BuildError> {
        self.entry(name)?.build(parameters, instruments)
    }

    /// Candles of each instrument that a strategy must have seen before it first decides.
    ///
    /// # Errors
    /// When the name or a parameter is wrong.
    pub fn warm_up(&self, name: &str, parameters: &Parameters) -> Result<usize, BuildError> {
        self.entry(name)?.candles_before_deciding(parameters)
    }
}

/// The strategies that are not made of others.
fn single() -> Vec<Entry> {
    vec![
        crate::ema_cross::entry(),
        crate::donchian_breakout::entry(),
        crate::bollinger_reversion::entry(),
        crate::momentum_rotation::entry(),
        crate::bracket_breakout::entry(),
        crate::grid::entry(),
        crate::buy_and_hold::entry(),
        crate::flip::entry(),
    ]
}

/// The parameter `size`, which nearly every strategy has.
#[must_use]
pub fn size() -> Parameter {
    Parameter::size("size", "how much to hold: units as `1.5`, a share of equity as `25%`, or money as `5000 USD`")
}

/// The parameter `short`.
#[must_use]
pub fn short() -> Parameter {
    Parameter::flag("short", "whether to sell short as well")
}

#[cfg(test)]
mod tests;
