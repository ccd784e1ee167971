//! Text whose every line ends in one line feed, so that lines can be counted as an editor counts them.
//!
//! The table reader leaves the second byte of a CRLF to the line after, and knows no line end at the end of a file.
use std::io::Read;

/// A reader that turns CRLF and CR into LF and ends the last line.
pub(crate) struct LineFeeds<R> {
    inner: R,
    after_return: bool,
    line_ended: bool,
}

impl<R: Read> LineFeeds<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, after_return: false, line_ended: true }
    }

    /// Changes the line ends of what was read in place; returns how many bytes are left.
    fn change(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            let second_of_two = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !second_of_two {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }
}

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while !buffer.is_empty() {
            let read = self.inner.read(buffer)?;
            if read == 0 {
                let missing = usize::from(!self.line_ended);
                buffer[..missing].fill(b'\n');
                self.line_ended = true;
                return Ok(missing);
            }
            let kept = self.change(&mut buffer[..read]);
            if kept > 0 {
                self.line_ended = buffer[kept - 1] == b'\n';
                return Ok(kept);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn every_line_ends_in_one_line_feed_however_the_bytes_arrive() {
        for (text, expected) in [
            ("", ""),
            ("a", "a\n"),
            ("a\nb\n", "a\nb\n"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("a\r\n\r\nb", "a\n\nb\n"),
            ("a\rb\r", "a\nb\n"),
            ("\n\r\n\r", "\n\n\n"),
        ] {
            for step in 1..5 {
                let mut found = String::new();
                let mut feeds = LineFeeds::new(BufReader::with_capacity(step, text.as_bytes()));
                feeds.read_to_string(&mut found).unwrap();
                assert_eq!(found, expected, "{text:?} by {step}");
            }
        }
    }
}
