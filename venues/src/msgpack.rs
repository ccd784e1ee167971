//! MessagePack as venues speak it: what arrives becomes JSON text, so that there is one way to read a message, and what is
//! sent is written straight from JSON.
//!
//! Every bound is checked before anything is kept: a short message that promises much costs nothing. A double becomes the
//! shortest decimal that is that double, which is what the venue had before it made one of it. A timestamp becomes RFC 3339.
use crate::instant::{from_seconds, instant_text};
use serde_json::Value;
use std::fmt::Write as _;

/// The deepest nesting that is followed.
const DEEPEST: usize = 32;

/// How much larger the JSON of a message may be than the message: a byte may become an escape of six characters.
const GROWTH: usize = 8;

/// Why bytes are no MessagePack message that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MsgpackError {
    /// They end too early.
    #[error("it ends in the middle of a value")]
    Short,
    /// More follows.
    #[error("{0} bytes follow the message")]
    Trailing(usize),
    /// A kind of value that no JSON has, such as bytes, an unknown extension or a key that is no text.
    #[error("it holds a value of marker {0:#04x}, which has no meaning here")]
    Unknown(u8),
    /// Text that is not UTF-8, a float that is no number, or a time outside what can be counted.
    #[error("it holds a text, number or time that is none")]
    Malformed,
    /// Nested too deeply.
    #[error("it is nested deeper than {DEEPEST} levels")]
    Deep,
}

/// The JSON text of a message.
///
/// # Errors
/// When the bytes are not exactly one message of values that JSON has.
pub fn to_json(bytes: &[u8]) -> Result<String, MsgpackError> {
    let mut reader =
        Reader { rest: bytes, json: String::with_capacity(bytes.len() * 2), bound: bytes.len() * GROWTH + 64 };
    reader.value(0)?;
    match reader.rest.len() {
        0 => Ok(reader.json),
        left => Err(MsgpackError::Trailing(left)),
    }
}

/// The MessagePack bytes of a JSON value, in the order in which its fields stand.
///
/// Numbers that are no integers become doubles: this is for what we send, which has none.
#[must_use]
pub fn from_json(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    bytes
}

struct Reader<'a> {
    rest: &'a [u8],
    json: String,
    bound: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], MsgpackError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(MsgpackError::Short)?;
        self.rest = rest;
        Ok(head)
    }

    /// An unsigned integer of so many bytes, the highest first.
    fn unsigned(&mut self, bytes: usize) -> Result<u64, MsgpackError> {
        Ok(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn length(&mut self, bytes: usize) -> Result<usize, MsgpackError> {
        usize::try_from(self.unsigned(bytes)?).map_err(|_| MsgpackError::Short)
    }

    fn signed(&mut self, bytes: usize) -> Result<i64, MsgpackError> {
        let shift = 64 - 8 * bytes as u32;
        Ok((self.unsigned(bytes)? << shift).cast_signed() >> shift)
    }

    fn value(&mut self, depth: usize) -> Result<(), MsgpackError> {
        let marker = self.take(1)?[0];
        match marker {
            0x00..=0x7f => self.number(marker),
            0xe0..=0xff => self.number(marker.cast_signed()),
            0x80..=0x8f => self.map(usize::from(marker & 0x0f), depth),
            0x90..=0x9f => self.array(usize::from(marker & 0x0f), depth),
            0xa0..=0xbf => self.text(usize::from(marker & 0x1f)),
            0xc0 => self.word("null"),
            0xc2 => self.word("false"),
            0xc3 => self.word("true"),
            0xca => {
                let single = f32::from_bits(self.unsigned(4)? as u32);
                self.float(single.is_finite(), format_args!("{single:e}"))
            }
            0xcb => {
                let double = f64::from_bits(self.unsigned(8)?);
                self.float(double.is_finite(), format_args!("{double:e}"))
            }
            0xcc..=0xcf => self.unsigned(1 << (marker - 0xcc)).and_then(|n| self.number(n)),
            0xd0..=0xd3 => self.signed(1 << (marker - 0xd0)).and_then(|n| self.number(n)),
            0xd4..=0xd8 => self.extension(1 << (marker - 0xd4), marker),
            0xc7 => self.length(1).and_then(|length| self.extension(length, marker)),
            0xd9..=0xdb => self.length(1 << (marker - 0xd9)).and_then(|length| self.text(length)),
            0xdc | 0xdd => self.length(2 << (marker - 0xdc)).and_then(|count| self.array(count, depth)),
            0xde | 0xdf => self.length(2 << (marker - 0xde)).and_then(|count| self.map(count, depth)),
            _ => Err(MsgpackError::Unknown(marker)),
        }
    }

    fn word(&mut self, word: &str) -> Result<(), MsgpackError> {
        self.json.push_str(word);
        self.bounded()
    }

    /// What a value adds is small beside its bytes, so that this is a guard against ourselves.
    fn bounded(&self) -> Result<(), MsgpackError> {
        if self.json.len() > self.bound { Err(MsgpackError::Malformed) } else { Ok(()) }
    }

    fn number(&mut self, number: impl std::fmt::Display) -> Result<(), MsgpackError> {
        write!(self.json, "{number}").expect("a string takes what it is given");
        self.bounded()
    }

    /// `1.5e2` is a number of JSON; a thousand zeros in its place would be one too.
    fn float(&mut self, is_number: bool, text: std::fmt::Arguments<'_>) -> Result<(), MsgpackError> {
        if is_number { self.number(text) } else { Err(MsgpackError::Malformed) }
    }

    fn text(&mut self, length: usize) -> Result<(), MsgpackError> {
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| MsgpackError::Malformed)?;
        self.quoted(text)
    }

    fn quoted(&mut self, text: &str) -> Result<(), MsgpackError> {
        self.json.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.json.extend(['\\', c]),
                '\0'..='\x1f' => write!(self.json, "\\u{:04x}", u32::from(c)).expect("a string takes what it is given"),
                _ => self.json.push(c),
            }
        }
        self.json.push('"');
        self.bounded()
    }

    fn array(&mut self, count: usize, depth: usize) -> Result<(), MsgpackError> {
        self.fits(count, depth)?;
        self.json.push('[');
        for place in 0..count {
            if place > 0 {
                self.json.push(',');
            }
            self.value(depth + 1)?;
        }
        self.word("]")
    }

    fn map(&mut self, count: usize, depth: usize) -> Result<(), MsgpackError> {
        self.fits(count, depth)?;
        self.json.push('{');
        for place in 0..count {
            if place > 0 {
                self.json.push(',');
            }
            match self.rest.first() {
                Some(0xa0..=0xbf | 0xd9..=0xdb) => self.value(depth + 1)?,
                Some(other) => return Err(MsgpackError::Unknown(*other)),
                None => return Err(MsgpackError::Short),
            }
            self.json.push(':');
            self.value(depth + 1)?;
        }
        self.word("}")
    }

    /// Each of so many values takes a byte at least: what promises more than there is, is refused at once.
    fn fits(&self, count: usize, depth: usize) -> Result<(), MsgpackError> {
        match (count > self.rest.len(), depth >= DEEPEST) {
            (true, _) => Err(MsgpackError::Short),
            (_, true) => Err(MsgpackError::Deep),
            _ => Ok(()),
        }
    }

    /// A timestamp in one of its three lengths; there is no other extension here.
    fn extension(&mut self, length: usize, marker: u8) -> Result<(), MsgpackError> {
        const TIMESTAMP: u8 = (-1_i8).cast_unsigned();
        if self.take(1)?[0] != TIMESTAMP {
            return Err(MsgpackError::Unknown(marker));
        }
        let (seconds, nanoseconds) = match length {
            4 => (self.unsigned(4)?.cast_signed(), 0),
            8 => {
                let both = self.unsigned(8)?;
                ((both & 0x3_ffff_ffff).cast_signed(), both >> 34)
            }
            12 => {
                let nanoseconds = self.unsigned(4)?;
                (self.signed(8)?, nanoseconds)
            }
            _ => return Err(MsgpackError::Unknown(marker)),
        };
        let below_a_second = u32::try_from(nanoseconds).ok().filter(|ns| *ns < 1_000_000_000);
        let exact = below_a_second.and_then(|ns| from_seconds(seconds, ns).ok()).ok_or(MsgpackError::Malformed)?;
        // A timestamp is the one short value that becomes a long text.
        self.bound += 32;
        self.quoted(&instant_text(exact))
    }
}

fn write(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Null => bytes.push(0xc0),
        Value::Bool(no) if !no => bytes.push(0xc2),
        Value::Bool(_) => bytes.push(0xc3),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => {
                bytes.push(0xd3);
                bytes.extend(whole.to_be_bytes());
            }
            (None, double) => {
                bytes.push(0xcb);
                bytes.extend(double.unwrap_or(0.0).to_be_bytes());
            }
        },
        Value::String(text) => write_text(text, bytes),
        Value::Array(values) => {
            length(values.len(), (0x90, 0xdc), bytes);
            values.iter().for_each(|value| write(value, bytes));
        }
        Value::Object(fields) => {
            length(fields.len(), (0x80, 0xde), bytes);
            for (name, value) in fields {
                write_text(name, bytes);
                write(value, bytes);
            }
        }
    }
}

/// The head of an array or a map: the marker of a short one with its count in it, or that of a long one.
fn length(count: usize, (short, long): (u8, u8), bytes: &mut Vec<u8>) {
    match (u8::try_from(count), u16::try_from(count)) {
        (Ok(few @ 0..=15), _) => bytes.push(short | few),
        (_, Ok(some)) => {
            bytes.push(long);
            bytes.extend(some.to_be_bytes());
        }
        _ => {
            bytes.push(long + 1);
            bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(few @ 0..=31), _) => bytes.push(0xa0 | few),
        (Ok(some), _) => bytes.extend([0xd9, some]),
        (_, Ok(more)) => {
            bytes.push(0xda);
            bytes.extend(more.to_be_bytes());
        }
        _ => {
            bytes.push(0xdb);
            bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
    bytes.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
#[path = "msgpack_tests.rs"]
mod tests;
