//! Tapes on disk.
//!
//! The engine knows a tape's format; this crate knows its files: a folder of segments and a watermark that says how much
//! of it is durable. It never interprets a record and never cuts one in silence.
pub mod archive;
pub mod disk;
pub mod live;
pub mod tape_folder;
pub mod watermark;
#[cfg(feature = "live")]
pub mod world;

pub use disk::{Disk, DiskFile, MemoryDisk, OsDisk};
pub use live::{LiveError, LiveJournal, LiveOptions, Recovered};
pub use tape_folder::{FolderError, FolderSink, FolderSource, LiveFacts, SEGMENT_BYTES};
pub use watermark::Watermark;
