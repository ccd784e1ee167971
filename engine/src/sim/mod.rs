//! The simulated world: history, a matching venue, and time that jumps from one due item to the next.
mod account;
mod costs;
mod matching;
mod merge;
mod path;
mod schedule;
mod venue;
mod world;

pub use account::{Account, Held};
pub use costs::Costs;
pub use merge::Merge;
pub use path::PathModel;
pub use venue::{SimVenue, VenueConfig};
pub use world::{Latency, SimError, Simulated};
