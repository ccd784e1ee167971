//! Causality and warm-up: whether decisions hang on what could not be known, and on how much history was loaded.
use super::{DASH, stats};
use crate::calendar::minute_text;
use crate::causality::{Causality, CutKind, Decision, Difference, WarmUp};
use crate::tear_sheet::figures::{escape, number};
use crate::tear_sheet::page::{calm, table};

/// Cuts that are listed one by one.
const LISTED: usize = 12;

fn verdict(holds: bool, text: &str) -> String {
    let (class, word) = if holds { ("pass", "PASS") } else { ("fail", "FAIL") };
    format!("<p class=\"verdict {class}\"><b>{word}</b> {}</p>\n", escape(text))
}

fn kind(kind: CutKind) -> &'static str {
    match kind {
        CutKind::Ended => "the data ends",
        CutKind::OtherFuture => "another future",
        CutKind::OtherCandle => "another future, candles under way too",
    }
}

/// What the check for look-ahead found.
pub(super) fn causality(found: &Causality) -> String {
    let differing = found.cuts.iter().filter(|cut| cut.first.is_some()).count();
    let compared: usize = found.cuts.iter().map(|cut| cut.compared).sum();
    let mut text = match (found.holds(), found.first()) {
        (true, _) => verdict(true, "Every decision before a cut is the same, whatever came after it."),
        (false, Some(_)) => verdict(false, "Decisions hang on what came after them."),
        (false, None) => verdict(false, "No decision could be compared, so nothing was shown."),
    };
    text += &stats(&[
        ("Decisions", number(found.decisions as f64, 0)),
        ("Cuts", number(found.cuts.len() as f64, 0)),
        ("Compared", number(compared as f64, 0)),
        ("Cuts that differ", number(differing as f64, 0)),
    ]);
    if let Some(cut) = found.first() {
        let title = format!("The first difference: cut at {}, {}", minute_text(cut.cut.at), kind(cut.cut.kind));
        text += &cut
            .first
            .as_ref()
            .map_or_else(String::new, |first| difference(&title, first, ["as it was run", "with the cut"]));
    }
    let listed: Vec<_> = found.cuts.iter().filter(|cut| cut.first.is_some()).take(LISTED).collect();
    if listed.len() > 1 {
        let row = |cut: &&crate::causality::CutResult| {
            let first = cut.first.as_ref().map_or_else(|| DASH.to_owned(), |it| number(it.number as f64 + 1.0, 0));
            vec![minute_text(cut.cut.at), kind(cut.cut.kind).to_owned(), number(cut.compared as f64, 0), first]
        };
        let rows: Vec<Vec<String>> = listed.iter().map(row).collect();
        text += &table(&["Cut at", "What follows ", "Compared", "First difference"], &rows);
        if differing > LISTED {
            text += &calm(&format!("{} further cuts differ.", differing - LISTED));
        }
    }
    text + "<p class=\"soft\"><code>causality/cut-and-compare</code>: the run is repeated on data that end at an instant, whose future is another, \
            and in which candles under way go another way; what was decided before must stay.</p>\n"
}

/// Both sides of a difference.
fn difference(title: &str, found: &Difference, [whole, other]: [&str; 2]) -> String {
    let side = |decision: &Option<Decision>| match decision {
        Some(decision) => {
            vec![minute_text(decision.at), format!("<span class=\"reason\">{}</span>", escape(&decision.what))]
        }
        None => vec![DASH.to_owned(), "nothing was decided".to_owned()],
    };
    let row = |who: &str, decision: &Option<Decision>| [vec![escape(who)], side(decision)].concat();
    let number = number(found.number as f64 + 1.0, 0);
    let rows = [row(whole, &found.whole), row(other, &found.other)];
    let head = [format!("Decision {number}"), "Time ".to_owned(), "What ".to_owned()];
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    format!("<h3>{}</h3>\n{}", escape(title), table(&head, &rows))
}

/// What the check of the warm-up found.
pub(super) fn warm_up(found: &WarmUp) -> String {
    let loaded = number(found.loaded as f64, 0);
    let mut text = if found.holds() {
        verdict(true, &format!("The {loaded} candles that the run loads are enough: more of them change no decision."))
    } else if found.decisions == 0 {
        verdict(false, "Nothing was decided, so nothing was shown.")
    } else if found.longest <= found.loaded {
        verdict(false, "There is no longer history to compare with, so nothing was shown.")
    } else {
        let enough = found.enough().map_or_else(
            || "no length that was tried is enough".to_owned(),
            |candles| format!("{} are enough", number(candles as f64, 0)),
        );
        verdict(false, &format!("The {loaded} candles that the run loads are too few: {enough}."))
    };
    text += &stats(&[
        ("Starts", number(found.starts as f64, 0)),
        ("Decisions", number(found.decisions as f64, 0)),
        ("Longest history", format!("{} candles", number(found.longest as f64, 0))),
    ]);
    let row = |row: &crate::causality::WarmUpRow| {
        let loads = if row.candles == found.loaded { "what the run loads" } else { "" };
        let same = format!("{} of {}", row.same, found.starts);
        vec![number(row.candles as f64, 0), same, loads.to_owned()]
    };
    let rows: Vec<Vec<String>> = found.rows.iter().map(row).collect();
    text += &table(&["Candles loaded", "Starts with the same decisions", " "], &rows);
    let loaded = found.rows.iter().find(|row| row.candles == found.loaded && row.first.is_some());
    let shown = loaded.or_else(|| found.rows.iter().rev().find(|row| row.first.is_some()));
    if let Some((row, first)) = shown.and_then(|row| Some((row, row.first.as_ref()?))) {
        let title = format!("The first difference with {} candles", number(row.candles as f64, 0));
        text += &difference(&title, first, ["with the longest history", "with fewer candles"]);
    }
    text + "<p class=\"soft\"><code>warm-up/longest-history</code>: from each start on, decisions are compared with those after the longest history.</p>\n"
}
