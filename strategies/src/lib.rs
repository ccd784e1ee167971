//! Hand-written strategies and the indicators they are made of.
//!
//! Every strategy is a pure decision maker over what the engine hands it; the registry makes them by name from typed
//! parameters. Nothing here knows a file, a clock, a thread or a network, and `no_std` makes the compiler say so.
#![no_std]
extern crate alloc;

pub mod indicators;
pub mod registry;

mod bollinger_reversion;
mod bracket_breakout;
mod buy_and_hold;
mod donchian_breakout;
mod each;
mod ema_cross;
mod ensemble;
mod flip;
mod grid;
mod holding;
mod momentum_rotation;

pub use bollinger_reversion::{BollingerReversion, BollingerRules};
pub use bracket_breakout::{BracketBreakout, BracketRules};
pub use buy_and_hold::BuyAndHold;
pub use donchian_breakout::{DonchianBreakout, DonchianRules};
pub use each::Each;
pub use ema_cross::{EmaCross, EmaCrossRules};
pub use ensemble::{Ensemble, EnsembleRules, Member, Mode};
pub use flip::Flip;
pub use grid::{Grid, GridRules};
pub use holding::{Holding, Part, Signal};
pub use momentum_rotation::{MomentumRotation, RotationRules};
pub use registry::{
    BuildError, BuiltStrategy, Entry, Instruments, Kind, Parameter, Parameters, Presence, Registry, Settings, Value,
    nearest,
};
