//! What a person sees: tables on stdout, words on stderr, a progress bar on a terminal and none otherwise.
use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};

/// Writes to stdout. A reader that has gone away is no failure of ours.
///
/// # Errors
/// When stdout cannot be written for another reason.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says something to a person.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}"); // nobody left to tell
}

/// Two columns, the first padded, the second flush right where `right` says so.
#[must_use]
pub fn rows(rows: &[(String, String)]) -> String {
    let left = rows.iter().map(|r| r.0.chars().count()).max().unwrap_or(0);
    let right = rows.iter().map(|r| r.1.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("  {name:<left$}  {value:>right$}\n")).collect()
}

/// A table with a header; numbers are flush right.
#[must_use]
pub fn table(header: &[&str], lines: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|l| l.get(column)).map(|c| c.chars().count());
        cells.max().unwrap_or(0).max(header[column].chars().count())
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let numeric = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let mut text = String::new();
    let head: Vec<String> = header.iter().map(|h| (*h).to_string()).collect();
    for line in std::iter::once(&head).chain(lines) {
        for (cell, width) in line.iter().zip(&widths) {
            let cell = if numeric(cell) { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
            text.push_str(&cell);
            text.push_str("  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// A progress bar over `length` items, drawn only where a person watches.
#[must_use]
pub fn progress(length: u64, what: &str) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(length), target).with_style(style).with_message(what.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_line_up_with_numbers_flush_right() {
        let text = table(&["name", "rows"], &[vec!["a".into(), "5".into()], vec!["long name".into(), "1234".into()]]);
        assert_eq!(text, "name       rows\na             5\nlong name  1234\n");
    }
}
