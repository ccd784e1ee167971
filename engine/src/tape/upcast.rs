//! Records of older schemas, lifted to the one that this build speaks. Stored bytes are never rewritten.
//!
//! Each lift is one pure function from schema n to n+1, applied in turn. The golden tapes of the tests, one of each schema,
//! keep the seam honest.
use super::record::{Damage, Frame, SCHEMA};

/// Lifts a record to [`SCHEMA`].
///
/// # Errors
/// When its schema is one that never existed.
pub fn upcast(mut frame: Frame) -> Result<Frame, Damage> {
    if frame.schema == 1 {
        frame = from_1(frame);
    }
    if frame.schema == 2 {
        frame = from_2(frame);
    }
    if frame.schema == 3 {
        frame = from_3(frame);
    }
    if frame.schema == 4 {
        frame = from_4(frame);
    }
    match frame.schema {
        SCHEMA => Ok(frame),
        other => Err(Damage::Schema(other)),
    }
}

/// Schema 2 added events and effects and changed none: what schema 1 wrote reads as it stands.
fn from_1(frame: Frame) -> Frame {
    Frame { schema: 2, ..frame }
}

/// Schema 3 added new tickers to the events, and to the effects whose they are, and changed none: what schema 2 wrote reads
/// as it stands.
fn from_2(frame: Frame) -> Frame {
    Frame { schema: 3, ..frame }
}

/// Schema 4 added what people and the watch do, to the events and to the effects, and changed none: what schema 3 wrote
/// reads as it stands.
fn from_3(frame: Frame) -> Frame {
    Frame { schema: 4, ..frame }
}

/// Schema 5 added how news from outside stands to the events, and changed none: what schema 4 wrote reads as it stands.
fn from_4(frame: Frame) -> Frame {
    Frame { schema: 5, ..frame }
}
