//! What the venue says, word for word: nothing here knows what it means for us.
//!
//! Everything is kept as it stood on the wire until it is used, numbers and texts alike, so that an odd field does not
//! spoil an answer. `""` and `null` are none. Unknown fields are passed over.
pub mod account;
pub mod envelope;
pub mod frame;
pub mod market;
pub mod order;

use crate::numbers::Number;
use serde::Deserialize;

/// A word as it stood on the wire, where one stood there.
pub type Word<'a> = Option<Number<'a>>;

/// A word with content: neither absent nor `null` nor `""`.
#[must_use]
pub fn given<'a>(word: &Word<'a>) -> Option<&'a str> {
    word.map(|word| word.0).filter(|text| !text.is_empty() && *text != "null")
}

/// Whether a word says yes, as a JSON boolean or as text.
#[must_use]
pub fn yes(word: &Word<'_>) -> bool {
    given(word).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// Reads a piece of JSON.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text)
        .map_err(|error| format!("{} at line {} column {}", kind(&error), error.line(), error.column()))
}

/// What kind of error it is. The whole text of one may quote what was read, and so a secret.
fn kind(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Io | serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "it is no JSON",
        serde_json::error::Category::Data => "it has another shape",
    }
}
