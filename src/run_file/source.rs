//! The texts that settings come from, the file and each `--set`, and places in them.
//!
//! It turns byte offsets into lines and columns and quotes a line for a message. What it quotes is safe to print: long
//! lines are cut around the place, control characters are replaced.
use std::fmt;

/// Characters of a line that a quotation shows at most.
const QUOTE_MAX: usize = 120;

/// A range of bytes in one of the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// 0 is the file; the others are overrides in the order given.
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One text with the name that messages call it by.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
    line_starts: Vec<usize>,
}

/// A line of a source with the part that a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The line, or the part of it around the place.
    pub text: String,
    /// Characters before the marked part.
    pub indent: usize,
    /// Characters marked, at least one.
    pub marked: usize,
}

impl Source {
    pub(super) fn new(name: String, text: String) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name, text, line_starts }
    }

    /// The line of a byte, from zero.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.line_of(offset).0
    }

    /// Line and column of a byte, both from one; a column is a character.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let (line, start) = self.line_of(offset);
        (line + 1, self.characters(start, offset) + 1)
    }

    /// The line of `start` with the characters up to `end` marked.
    pub(super) fn quote(&self, start: usize, end: usize) -> Quote {
        let (line, line_start) = self.line_of(start);
        let line_end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let whole = self.text[line_start..line_end].trim_end_matches('\r');
        let before = self.characters(line_start, start).min(whole.chars().count());
        let marked = self.characters(start, end.min(line_end)).max(1);
        let skipped =
            if before + marked.min(QUOTE_MAX / 2) > QUOTE_MAX { before.saturating_sub(QUOTE_MAX / 2) } else { 0 };
        let (lead, skipped_lead) = if skipped > 0 { ("…", 1) } else { ("", 0) };
        let shown: String = whole.chars().skip(skipped).take(QUOTE_MAX).collect();
        let tail = if whole.chars().count() > skipped + QUOTE_MAX { "…" } else { "" };
        let indent = before - skipped + skipped_lead;
        let marked = marked.min((shown.chars().count() + skipped_lead).saturating_sub(indent)).max(1);
        Quote { text: format!("{lead}{}{tail}", Printable(&shown)), indent, marked }
    }

    fn line_of(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        (line, self.line_starts[line])
    }

    fn characters(&self, start: usize, end: usize) -> usize {
        self.text.as_bytes()[start.min(self.text.len())..end.min(self.text.len()).max(start.min(self.text.len()))]
            .iter()
            // Continuation bytes of UTF-8 start no character.
            .filter(|byte| (**byte & 0xC0) != 0x80)
            .count()
    }
}

/// Text that cannot move the cursor, change colours or turn the direction of a terminal.
pub(super) struct Printable<'a>(pub(super) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            fmt::Write::write_char(
                f,
                match c {
                    '\t' => ' ',
                    c if c.is_control() => '\u{fffd}',
                    '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
                    c => c,
                },
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_characters_and_a_quotation_marks_them() {
        let source = Source::new("f".into(), "a = 1\r\né = \"ü\" # x\r\n".into());
        let start = source.text.find('"').unwrap();
        assert_eq!(source.position(start), (2, 5));
        let expected = Quote { text: "é = \"ü\" # x".into(), indent: 4, marked: 3 };
        assert_eq!(source.quote(start, start + 4), expected);
    }

    #[test]
    fn the_end_of_the_text_is_a_place_too() {
        let source = Source::new("f".into(), "a = ".into());
        assert_eq!(source.position(4), (1, 5));
        assert_eq!(source.quote(4, 4), Quote { text: "a = ".into(), indent: 4, marked: 1 });
        assert_eq!(Source::new("f".into(), String::new()).quote(0, 0).marked, 1);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = Source::new("f".into(), format!("{}BAD{}", "x".repeat(5000), "y".repeat(5000)));
        let quote = source.quote(5000, 5003);
        assert!(quote.text.chars().count() <= QUOTE_MAX + 2);
        assert_eq!(quote.text.chars().skip(quote.indent).take(quote.marked).collect::<String>(), "BAD");
    }

    #[test]
    fn nothing_that_is_printed_can_drive_a_terminal() {
        assert_eq!(Printable("a\u{1b}[31m\tb\u{202e}").to_string(), "a\u{fffd}[31m b\u{fffd}");
    }
}
