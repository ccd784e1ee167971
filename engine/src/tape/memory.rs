//! A tape in memory: what the fault tests and unit tests write to.
use super::writer::TapeSink;
use alloc::vec::Vec;
use core::convert::Infallible;

/// The bytes of a tape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryTape(pub Vec<u8>);

impl TapeSink for MemoryTape {
    type Error = Infallible;
    fn write(&mut self, group: &[u8]) -> Result<(), Infallible> {
        self.0.extend_from_slice(group);
        Ok(())
    }
}
