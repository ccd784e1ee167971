//! Texts of a venue made fit for people: nothing in them moves a cursor, hides a line, fills a log or gives a secret away.

/// The most characters of a venue's text that are shown.
pub const LONGEST: usize = 240;

/// A text as it may stand in a note, an error or a log: control characters and those that turn the direction of writing are
/// escaped, and what is longer than [`LONGEST`] is cut.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        if unseen(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// The same of bytes that should be text; what is no text shows as the replacement character.
#[must_use]
pub fn shown_bytes(bytes: &[u8]) -> String {
    // A character has at most four bytes; one more shows that there was more.
    let head = &bytes[..bytes.len().min(4 * (LONGEST + 1))];
    shown(&String::from_utf8_lossy(head))
}

/// A text without secrets that a venue may have sent back: each stands as `[secret]`.
#[must_use]
pub fn without(mut text: String, secrets: &[&str]) -> String {
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        if text.contains(secret) {
            text = text.replace(secret, "[secret]");
        }
    }
    text
}

/// Whether a character does something else than show itself.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_move_a_cursor_or_hide_a_line_is_escaped() {
        for (text, expected) in [
            ("order not found", "order not found"),
            ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("a\u{202e}b\u{200b}", "a\\u{202e}b\\u{200b}"),
            ("\u{85}é", "\\u{85}é"),
        ] {
            assert_eq!(shown(text), expected);
            assert_eq!(shown_bytes(text.as_bytes()), expected);
        }
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(shown(&"a".repeat(LONGEST)), "a".repeat(LONGEST));
        assert_eq!(shown(&"a".repeat(LONGEST + 1)), "a".repeat(LONGEST) + "…");
        assert_eq!(shown_bytes(&vec![b'a'; 10_000_000]), "a".repeat(LONGEST) + "…");
    }

    #[test]
    fn a_secret_that_comes_back_is_not_shown() {
        assert_eq!(without("key PK12 is bad: PK12".into(), &["PK12", ""]), "key [secret] is bad: [secret]");
    }

    proptest! {
        #[test]
        fn nothing_unseen_is_left_of_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let text = shown_bytes(&bytes);
            prop_assert!(!text.chars().any(unseen), "{text}");
            prop_assert!(text.chars().count() <= 10 * LONGEST + 1);
        }
    }
}
