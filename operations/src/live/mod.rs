//! The tape of a live run on disk.
//!
//! It is written so that nothing is sent before it is durable, and opened again so that nothing that was durable is lost
//! or cut in silence. It has no clock: the caller says when an entry was seen.
mod error;
mod journal;
mod mark;
mod rebuild;
mod recovery;
mod room;
mod sink;
mod source;
mod tally;
mod torn;

pub use error::LiveError;
pub use journal::{LiveJournal, LiveOptions, SeenAt};
pub use mark::{Found, Mark};
pub use rebuild::{RebuildError, rebuild};
pub use recovery::Recovered;
pub use room::{DiskState, RoomPolicy};
pub use source::SegmentSource;
pub use torn::Cut;

pub(crate) use mark::MARK;
pub(crate) use recovery::DAMAGED;
pub(crate) use source::{segment_name, segment_number};
