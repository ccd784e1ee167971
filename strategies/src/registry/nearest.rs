//! The known name that was probably meant.
use alloc::vec::Vec;

/// The name among `known` nearest to `name`, if one is near enough to be a slip of the fingers or the start of it.
///
/// Near is an edit distance (Levenshtein) of at most one and a third of the name's length; of equally near ones the first.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = 1 + name.chars().count() / 3;
    let begins = |other: &str| name.chars().count() >= 3 && other.starts_with(name);
    let distance = |other: &str| if begins(other) { 1 } else { edits(name, other) };
    known
        .into_iter()
        .map(|other| (distance(other), other))
        .filter(|(d, _)| *d <= reach)
        .min_by_key(|(d, _)| *d)
        .map(|(_, other)| other)
}

/// How many letters must be put in, taken out or replaced to make one text of the other.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, a) in one.chars().enumerate() {
        let mut diagonal = line;
        row[0] = line + 1;
        for (column, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_as_levenshtein_did() {
        let table = [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("fast", "fast", 0)];
        for (one, other, expected) in table {
            assert_eq!((edits(one, other), edits(other, one)), (expected, expected), "{one} {other}");
        }
    }

    #[test]
    fn only_what_was_probably_meant_is_suggested() {
        let known = ["fast", "slow", "size", "short", "ema-cross", "flip"];
        let table = [
            ("fsat", Some("fast")),
            ("sizes", Some("size")),
            ("ema_cross", Some("ema-cross")),
            ("ema", Some("ema-cross")),
            ("flop", Some("flip")),
            ("window", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
    }
}
