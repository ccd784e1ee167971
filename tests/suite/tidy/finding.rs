//! What a rule found, where, and why it may not stand.
use std::fmt;

/// One thing to put in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) path: String,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) what: String,
    pub(super) why: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} ({})", self.path, self.line, self.what, self.why)
    }
}

/// Compares what a rule found, as `path:line: what`, with what it should find.
pub(super) fn check(found: impl IntoIterator<Item = Finding>, expected: &[&str]) {
    let found: Vec<String> = found.into_iter().map(|f| format!("{}:{}: {}", f.path, f.line, f.what)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_finding_reads_as_an_editor_can_follow_it() {
    let finding = Finding { path: "a/b.rs".into(), line: 7, what: "`todo!`".into(), why: "nothing is left half done" };
    assert_eq!(finding.to_string(), "a/b.rs:7: `todo!` (nothing is left half done)");
}
