//! Records of older schemas, lifted to the one that this build speaks. Stored bytes are never rewritten.
//!
//! Each lift is one pure function from schema n to n+1, applied in turn. Schema 1 is the first, so there is nothing to
//! lift yet; the golden tape of the tests keeps the seam honest.
use super::record::{Damage, Frame, SCHEMA};

/// Lifts a record to [`SCHEMA`].
///
/// # Errors
/// When its schema is one that never existed.
pub fn upcast(frame: Frame) -> Result<Frame, Damage> {
    match frame.schema {
        SCHEMA => Ok(frame),
        other => Err(Damage::Schema(other)),
    }
}
