//! From the venue's words to the engine's and back: pure functions that never panic on what a venue says.
pub mod fills;
pub mod market;
pub mod order;
pub mod status;
