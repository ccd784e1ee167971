//! What the command line is made of; `main.rs` only starts it.
//!
//! Here, and only here, everything meets: run files, candles, strategies, the engine, tapes and reports.
pub mod arguments;
pub mod backtest;
pub mod commands;
mod costs;
mod currencies;
pub mod evaluation;
pub mod evaluation_arguments;
pub mod failure;
pub mod gates_file;
pub mod hardship;
pub mod holdings;
pub mod instant;
mod limits;
mod missed;
pub mod output_folder;
pub mod oversight;
mod parts;
mod policies;
pub mod policy_arguments;
pub mod promotion;
pub mod promotion_arguments;
pub mod recorder;
pub mod registry;
pub mod risk_watch;
pub mod run_file;
pub mod sensitivity;
#[cfg(feature = "service")]
pub mod session;
pub mod session_arguments;
pub mod setup;
pub mod setup_live;
pub mod shared_run;
pub mod snapshot;
pub mod sources;
pub mod strategy_results;
pub mod strategy_setup;
pub mod tables;
pub mod tape_arguments;
pub mod tape_header;
pub mod terminal;
pub mod ticks;
pub mod training;
pub mod training_arguments;
pub mod trial_record;
pub mod venue_arguments;
#[cfg(feature = "service")]
pub mod venue_markets;
