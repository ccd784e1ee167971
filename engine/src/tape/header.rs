//! The first record of a tape: what the run was, as named texts.
//!
//! It binds build, configuration, strategy, seed and dataset. It holds no path, host, process id or wall time, so two
//! tapes of one run are equal byte for byte.
use super::bytes::{Malformed, Put, Take};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// The fact that says where a run's candles are.
pub const CANDLES: &str = "candles";

/// What that fact says where each candle is an entry on the tape; it is missing where they stand in a dataset.
pub const RECORDED: &str = "recorded";

/// Named facts about a run, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header(pub BTreeMap<String, String>);

impl Header {
    /// A fact, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Adds or replaces a fact.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Appends the header as bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.put_u32(u32::try_from(self.0.len()).expect("a header holds few facts"));
        for (name, value) in &self.0 {
            out.put_text(name);
            out.put_text(value);
        }
    }

    /// Reads a header that fills `bytes` exactly.
    ///
    /// # Errors
    /// When the bytes are no header, or a name stands twice.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut take = Take(bytes);
        let count = take.u32("header")?;
        let mut facts = BTreeMap::new();
        for _ in 0..count {
            let name = take.text("header name")?;
            let value = take.text("header value")?;
            if facts.insert(name, value).is_some() {
                return Err(Malformed("header: a name stands twice"));
            }
        }
        take.end("header").map(|()| Self(facts))
    }
}
