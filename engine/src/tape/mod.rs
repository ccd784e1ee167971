//! The tape: what happened and what was decided, as bytes.
//!
//! This module knows formats, not files. Records are framed and checked one by one, chained in groups, and read through
//! upcasters; a digest runs over everything that was decided. Writing and replaying a run are two journals over it.
mod bytes;
mod carry_codec;
mod continued;
mod describe;
mod digest;
mod effect_codec;
mod event_codec;
mod group;
mod header;
mod memory;
mod order_codec;
mod reader;
mod record;
mod recorded;
mod segment;
mod upcast;
mod verifying;
mod watch_codec;
mod writer;

pub use bytes::Malformed;
pub use continued::Continued;
pub use describe::{bounds, measured, operator_text};
pub use digest::{CHECKPOINT_EVERY, Digest, DigestOnly, state_hash};
pub use effect_codec::{Outcome, decode_outcomes, encode_effects};
pub use event_codec::{decode_event, encode_event};
pub use group::{GROUP, GroupWriter, Standing};
pub use header::{CANDLES, Header, RECORDED};
pub use memory::MemoryTape;
pub use reader::{ByteSource, RecordSource, TapeError, TapeReader};
pub use record::{CandleRef, Damage, End, FRAME_MIN, Frame, Kind, SCHEMA};
pub use recorded::{Recorded, ReplayWorldError};
pub use segment::SegmentStart;
pub use upcast::upcast;
pub use verifying::{Difference, VerifyError, Verifying};
pub use writer::{CandlesOnTape, TapeJournal, TapeSink};
