//! Sessions: the run file's strategy against a venue's real stream, on a tape that a restart goes on with. Orders go to the
//! simulated venue (paper), there with a dry run beside it (shadow), or to the venue (live).
mod accounts;
mod authority;
mod control;
mod demo;
mod folder;
mod hand;
mod journal;
pub mod keys;
mod links;
mod market;
mod mode;
mod places;
mod preflight;
mod running;
mod shadow;
mod terms;

pub use hand::{ask, kill};
pub use mode::Mode;
pub use preflight::preflight;
pub use running::{SessionWish, start};
