//! The simulated world: history, a matching venue, and time that jumps from one due item to the next.
mod account;
mod costs;
mod feeds;
mod inside;
mod links;
mod liquidation;
mod matching;
mod merge;
mod path;
mod resting;
mod schedule;
mod sessions;
mod trading;
mod venue;
mod world;

pub use account::{Account, Held};
pub use costs::Costs;
pub use merge::Merge;
pub use path::PathModel;
pub use sessions::{Session, Sessions};
pub use venue::{SimVenue, VenueConfig};
pub use world::{Latency, SimError, Simulated};
