//! The tests that need the whole house, in one binary, because each file directly under `tests/` links again.
//!
//! Unit tests stay in their crates; what stands here crosses them.
mod alpaca_loopback;
mod alpaca_restarts;
mod bad_input;
mod bingx_loopback;
#[cfg(feature = "service")]
mod canary;
mod checklist;
mod currencies;
mod dated;
mod determinism;
mod diagnostics;
mod door;
mod evaluation_figures;
mod evaluations;
mod examples;
mod gates_on_noise;
mod limits;
#[cfg(feature = "service")]
mod live;
mod live_tape;
mod look_ahead;
mod onetape;
mod oversight;
#[cfg(feature = "service")]
mod paper;
mod policies;
mod policy_import;
mod policy_runs;
mod policy_samples;
#[cfg(feature = "service")]
mod policy_sessions;
#[cfg(feature = "service")]
mod promotions;
mod pushed;
mod real_candles;
mod replay;
mod results;
mod risk_report;
#[cfg(feature = "service")]
mod session_evidence;
mod sharing;
#[cfg(feature = "service")]
mod stream;
mod tickers;
mod ticks;
mod tidy;
#[cfg(all(feature = "rl", feature = "service"))]
mod training;
mod transactions;
mod value_at_risk;
#[cfg(feature = "service")]
mod venue_process;
mod workloads;
