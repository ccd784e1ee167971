//! Text from outside as it may stand in a message: it cannot move the cursor, change colours, or turn the direction of
//! a terminal, and it has an end.

/// Characters that are shown at most.
const SHOWN_MAX: usize = 400;

/// `text` for a message: control characters replaced, and cut.
pub(crate) fn printable(text: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_control() => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    };
    let mut shown: String = text.chars().take(SHOWN_MAX).map(plain).collect();
    if text.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

#[test]
fn what_a_terminal_would_obey_is_replaced_and_what_has_no_end_is_cut() {
    assert_eq!(printable("a\u{1b}[2J\tb\u{202e}c é"), "a\u{fffd}[2J\u{fffd}b\u{fffd}c é");
    let long = printable(&"x".repeat(10_000));
    assert_eq!((long.chars().count(), long.ends_with('…')), (401, true));
}
