//! A frame's text, and one frame read without a connector.
use super::wire::frame::{Message, message};
use crate::inflate::Inflater;
use crate::{Frame, Socket};

/// The largest frame that is read without being compressed, in bytes.
const PLAIN_MAX: usize = crate::inflate::INFLATED_MAX;

/// The text of a frame: compressed as the venue sends them, or plain.
///
/// # Errors
/// When it is too large, damaged or no text.
pub fn text_of<'a>(frame: Frame<'a>, inflater: &'a mut Inflater) -> Result<&'a str, String> {
    let bytes = match frame {
        Frame::Text(text) => text.as_bytes(),
        // Some servers send small control messages as they are.
        Frame::Binary(bytes) if matches!(bytes.first(), Some(b'{' | b'P' | b'p')) => bytes,
        Frame::Binary(bytes) => inflater.open(bytes).map_err(|error| error.to_string())?,
    };
    if bytes.len() > PLAIN_MAX {
        return Err(format!("{} bytes, of which none are read", bytes.len()));
    }
    std::str::from_utf8(bytes).map_err(|_| "it is no text".into())
}

/// Reads one frame: opens it if it is compressed, and says what it is.
///
/// # Errors
/// When it is damaged, too large, or has a shape that no frame has.
pub fn decode<'a>(frame: Frame<'a>, inflater: &'a mut Inflater) -> Result<Message<'a>, String> {
    message(text_of(frame, inflater)?)
}

/// A socket's name in notes.
pub(super) fn name(socket: Socket) -> String {
    match socket {
        Socket::Market(number) => format!("market stream {number}"),
        Socket::Private => "the private stream".into(),
    }
}
