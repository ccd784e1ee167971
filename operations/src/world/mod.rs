//! The live world: what happens outside, handed to the core one event after the other, and what the core wants, handed out.
//!
//! One thread runs core, world and the venues' protocols; another carries bytes (`driver`). Between the two stand bounded
//! queues. The clocks of the machine are read here and nowhere else.
mod accounting;
mod accounts;
#[cfg(test)]
mod accounts_tests;
pub mod clock;
pub mod control;
pub mod driver;
mod error;
mod health;
mod hearing;
mod http;
mod joining;
pub mod live;
mod movements;
mod news;
mod open_orders;
mod paper;
pub mod probe;
mod reads;
mod rehearsal;
mod series;
mod sockets;
mod timers;
mod turns;

pub use clock::Clock;
pub use control::{Control, Handle};
pub use driver::Driver;
pub use error::LiveWorldError;
pub use live::{Link, Live, Plan, StopPolicy, Twin};
pub use paper::PaperVenue;
pub use rehearsal::{Record, Rehearsal, Rehearsed};
