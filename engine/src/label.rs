//! A strategy's own name for things: for orders, for money that came, for what it notes.
//!
//! Nothing is decided by a label.
use core::fmt;

/// A strategy's own name for an order: it may give one label to many orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub u32);

impl Label {
    /// The label that reads as these four letters.
    #[must_use]
    pub const fn letters(letters: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(letters))
    }
}

impl fmt::Display for Label {
    /// Four small letters as they are; else the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.0.to_be_bytes();
        match core::str::from_utf8(&letters) {
            Ok(text) if letters.iter().all(u8::is_ascii_lowercase) => f.write_str(text),
            _ => self.0.fmt(f),
        }
    }
}
