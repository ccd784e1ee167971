//! The short name under which an instrument trades at a time. It may change; the instrument stays what it is.
//!
//! It stands on the tape for whoever reads it. Nothing is decided by it.
use core::fmt;

/// A ticker of one to sixteen printable ASCII characters without blanks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticker([u8; Self::LENGTH_MAX]);

impl Ticker {
    /// The longest ticker.
    pub const LENGTH_MAX: usize = 16;

    /// A ticker, or nothing where the text is none.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH_MAX];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Self::from_bytes(bytes)
    }

    /// The text, filled up with zeros.
    #[must_use]
    pub fn bytes(self) -> [u8; Self::LENGTH_MAX] {
        self.0
    }

    /// A ticker of a text filled up with zeros, or nothing where the text is none.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::LENGTH_MAX]) -> Option<Self> {
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let (text, rest) = bytes.split_at(length);
        let sound = !text.is_empty() && text.iter().all(u8::is_ascii_graphic) && rest.iter().all(|byte| *byte == 0);
        sound.then_some(Self(bytes))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        core::str::from_utf8(&self.0[..length]).expect("it was made of ASCII")
    }
}

impl fmt::Display for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticker_is_a_short_word_and_reads_as_it_was_written() {
        for text in ["Q", "QQQQ", "BRK.B", "ABCDEFGHIJKLMNOP"] {
            let ticker = Ticker::new(text).expect(text);
            assert_eq!((ticker.as_str(), Ticker::from_bytes(ticker.bytes())), (text, Some(ticker)));
        }
        for text in ["", "A B", "ABCDEFGHIJKLMNOPQ", "A\0B", "\u{e9}"] {
            assert_eq!(Ticker::new(text), None, "{text}");
        }
    }
}
