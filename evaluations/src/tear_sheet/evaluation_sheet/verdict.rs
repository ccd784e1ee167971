//! The verdict: what each gate asked, what was found, and why it fails.
use super::{DASH, probability, ratio, share};
use crate::evidence::known;
use crate::gates::{Row, Table, Verdict};
use crate::tear_sheet::figures::{escape, number};
use crate::tear_sheet::page::{calm, table};

/// Digits of a digest that are shown; the whole stands in its title.
const SHOWN: usize = 10;

/// The tables of all gates.
pub(super) fn content(tables: &[Table]) -> String {
    if tables.is_empty() {
        return calm("No gate was asked.");
    }
    tables.iter().map(gate).collect()
}

fn gate(answer: &Table) -> String {
    let failed = answer.failures().count();
    let off = answer.rows.iter().filter(|row| row.verdict == Verdict::Off).count();
    let asked = answer.rows.len() - off;
    let (class, text) = match (failed, asked) {
        (0, 0) => ("fail", "nothing was asked".to_owned()),
        (0, asked) => ("pass", format!("passes, all of {asked} checks")),
        (failed, asked) => ("fail", format!("fails {failed} of {asked} checks")),
    };
    let off = if off > 0 { format!(" {off} switched off.") } else { String::new() };
    let people = if answer.approvals == 1 { "1 person".to_owned() } else { format!("{} people", answer.approvals) };
    let mut html = format!(
        "<h3>Gate to {}</h3>\n<p class=\"verdict {class}\"><b>{}</b> {text}.{off} Needs the approval of {people}.</p>\n",
        escape(answer.gate.name()),
        if class == "pass" { "PASS" } else { "FAIL" },
    );
    // What fails is read first.
    let order = |row: &&Row| match row.verdict {
        Verdict::Fail => 0,
        Verdict::Pass => 1,
        Verdict::Off => 2,
    };
    let mut rows: Vec<&Row> = answer.rows.iter().collect();
    rows.sort_by_key(order);
    let head = ["Check", "Result ", "Asked ", "Found", "n", "Reason ", "Shown by "];
    html += &table(&head, &rows.into_iter().map(cells).collect::<Vec<_>>());
    html + &format!(
        "<p class=\"soft\">gates file <code>{}</code>, version <code>{}</code></p>\n",
        escape(&answer.gates),
        escape(&answer.version)
    )
}

fn cells(row: &Row) -> Vec<String> {
    let check = if row.of.is_empty() {
        escape(&row.check)
    } else {
        format!("{} <span class=\"soft\">{}</span>", escape(&row.check), escape(&row.of))
    };
    let verdict = row.verdict.name();
    let evidence: String = row.evidence.chars().take(SHOWN).collect();
    let evidence = if evidence.is_empty() {
        String::new()
    } else {
        format!("<code title=\"{}\">{}</code>", escape(&row.evidence), escape(&evidence))
    };
    vec![
        check,
        format!("<span class=\"badge {verdict}\">{verdict}</span>"),
        escape(&row.threshold),
        value_text(&row.check, row.value),
        row.n.map_or_else(|| DASH.to_owned(), |n| number(n as f64, 0)),
        format!("<span class=\"reason\">{}</span>", escape(&row.reason)),
        format!("{}<span class=\"range\">{evidence}</span>", escape(&row.file)),
    ]
}

/// A figure's value in its unit.
pub(super) fn value_text(name: &str, value: Option<f64>) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return DASH.to_owned() };
    let unit = known(name).map_or("", |known| known.unit);
    match unit {
        "true or false" => (if value > 0.5 { "yes" } else { "no" }).to_owned(),
        "fraction from 0 to 1" => share(value),
        "probability" | "p-value" => probability(value),
        _ if (value - libm::round(value)).abs() < 1e-12 => number(value, 0),
        _ => ratio(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_in_the_unit_of_its_figure() {
        let check = |name: &str, value: Option<f64>, expected: &str| assert_eq!(value_text(name, value), expected);
        check("causality", Some(1.0), "yes");
        check("causality", Some(0.0), "no");
        check("max_drawdown", Some(0.2134), "21.3\u{202f}%");
        check("spa_p", Some(0.0001), "&lt; 0.001");
        check("dsr", Some(0.9512), "0.951");
        check("sharpe", Some(1.234), "1.23");
        check("round_trips", Some(1234.0), "1,234");
        check("sharpe", None, DASH);
    }
}
