//! The simulated world: history, a matching venue, and time that jumps from one due item to the next.
mod costs;
mod matching;
mod merge;
mod path;
mod schedule;
mod venue;
mod world;

pub use costs::Costs;
pub use merge::Merge;
pub use path::PathModel;
pub use venue::{SimVenue, VenueConfig};
pub use world::{Latency, SimError, Simulated};
