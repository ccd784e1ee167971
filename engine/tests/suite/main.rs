//! What the engine promises, tested through its public face: the real core, the simulated world and the tape.
//!
//! Scenarios are short texts that a trader can read; everything random prints its seed when it fails.
mod carrying;
mod charging;
mod conformance;
mod dating;
mod detail;
mod exchanging;
mod exposure;
mod fed;
mod golden;
mod golden_2;
mod golden_3;
mod golden_4;
mod golden_5;
mod isolating;
mod language;
mod language_costs;
mod limits;
mod matcher;
mod matching;
mod merging;
mod on_ticks;
mod permutations;
mod pushing;
mod reports;
mod scenarios;
mod scene;
mod segments;
mod sharing;
mod tampering;
mod tape;
mod tick_matcher;
