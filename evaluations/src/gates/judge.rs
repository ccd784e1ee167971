//! Evidence against a gate: a row for each check, and one for each that the file should have had.
//!
//! Evidence of several versions, or under another gates file, is no evidence together.
use super::table::{Row, Table, Verdict};
use super::{Bound, Check, Gate, GateTerms, Gates, Requirement, required};
use crate::evidence::{Evidence, Kind, Part, short};

/// What `gate` says of `evidences`: the bundles that it reads, in any order. Nothing beside them is looked at, so the
/// same evidence always gives the same table.
#[must_use]
pub fn judge(gates: &Gates, gate: Gate, evidences: &[Evidence]) -> Table {
    let none = GateTerms { approvals: gate.approvals_min(), checks: Vec::new() };
    let terms = gates.gates.get(&gate).unwrap_or(&none);
    let digests: Vec<String> = evidences.iter().map(Evidence::digest).collect();
    let mut rows = vec![version_row(evidences), gates_row(gates, evidences)];
    rows.extend(bundle_rows(gate, evidences));
    rows.extend(term_rows(gates, gate));
    for check in &terms.checks {
        let found = evidences.iter().zip(&digests).find(|(evidence, _)| evidence.kind == check.of);
        rows.push(check_row(check, found));
    }
    for of in gate.reads() {
        let named = |figure: &str| terms.checks.iter().any(|check| check.of == *of && check.figure == figure);
        for figure in required(gate, *of).iter().filter(|figure| !named(figure)) {
            let place = format!("[gate.{gate}.{of}]");
            let reason = format!("no gate: {place} does not name `{figure}`; give it a bound, or off = \"the reason\"");
            rows.push(Row { of: of.name().into(), ..fail(figure, "named in the gates file", reason) });
        }
    }
    let version = evidences.first().map(|evidence| evidence.version.digest()).unwrap_or_default();
    Table { gate, gates: gates.digest().into(), version, approvals: terms.approvals, rows }
}

fn row(check: &str, threshold: &str, verdict: Verdict, reason: String) -> Row {
    Row {
        check: check.into(),
        of: String::new(),
        threshold: threshold.into(),
        value: None,
        n: None,
        evidence: String::new(),
        file: String::new(),
        verdict,
        reason,
    }
}

fn fail(check: &str, threshold: &str, reason: String) -> Row {
    row(check, threshold, Verdict::Fail, reason)
}

/// Fails with all of `faults`, or passes where there are none.
fn faultless(check: &str, threshold: &str, faults: &[String]) -> Row {
    let verdict = if faults.is_empty() { Verdict::Pass } else { Verdict::Fail };
    row(check, threshold, verdict, faults.join("; "))
}

fn version_row(evidences: &[Evidence]) -> Row {
    let mut faults = Vec::new();
    if let Some((first, others)) = evidences.split_first() {
        for other in others {
            let changes: Vec<String> = other.version.changes(&first.version).iter().map(ToString::to_string).collect();
            if !changes.is_empty() {
                let changes = changes.join(", ");
                faults.push(format!(
                    "that of {} is of another version than that of {}: {changes}",
                    other.kind, first.kind
                ));
            }
        }
    }
    faultless("version", "all evidence is of one version", &faults)
}

fn gates_row(gates: &Gates, evidences: &[Evidence]) -> Row {
    let mut faults = Vec::new();
    for evidence in evidences {
        match evidence.version.parts.get(&Part::Gates) {
            Some(part) if part.digest == gates.digest() => {}
            Some(part) => faults.push(format!(
                "that of {} was made under the gates {}, these are {}; make it again",
                evidence.kind,
                short(&part.digest),
                short(gates.digest())
            )),
            None => faults.push(format!("that of {} names no gates file; make it again", evidence.kind)),
        }
    }
    faultless("gates", "all evidence was made under these gates", &faults)
}

/// One bundle of each kind that the gate reads, and none besides.
fn bundle_rows(gate: Gate, evidences: &[Evidence]) -> Vec<Row> {
    let mut faults = Vec::new();
    for kind in Kind::ALL {
        let count = evidences.iter().filter(|evidence| evidence.kind == kind).count();
        match (gate.reads().contains(&kind), count) {
            (true, 1) | (false, 0) => {}
            (true, 0) => faults.push(format!("no evidence: there is no bundle of kind `{kind}`")),
            (true, many) => faults.push(format!("{many} bundles are of kind `{kind}`; hand in the one that counts")),
            (false, _) => faults.push(format!("a bundle is of kind `{kind}`, which this gate does not read")),
        }
    }
    let kinds: Vec<&str> = gate.reads().iter().map(|kind| kind.name()).collect();
    vec![faultless("evidence", &format!("one bundle of each: {}", kinds.join(", ")), &faults)]
}

/// What the gates file has to say besides thresholds before a version meets real money.
fn term_rows(gates: &Gates, gate: Gate) -> Vec<Row> {
    let lacking = |is: bool, section: &str| {
        if is { Vec::new() } else { vec![format!("no gate: the gates file has no [{section}]")] }
    };
    match gate {
        Gate::Paper => Vec::new(),
        Gate::Canary | Gate::Live => vec![
            faultless("canary", "what a canary may do is said", &lacking(gates.canary.is_some(), "canary")),
            faultless("watch", "what is watched is said", &lacking(gates.watch.is_some(), "watch")),
        ],
    }
}

fn check_row(check: &Check, found: Option<(&Evidence, &String)>) -> Row {
    let threshold = threshold(&check.requirement, found.map(|(evidence, _)| evidence));
    let mut row = Row { of: check.of.name().into(), ..row(check.figure, &threshold, Verdict::Pass, String::new()) };
    let figure = found.and_then(|(evidence, _)| evidence.figures.get(check.figure));
    if let Some((_, digest)) = found {
        digest.clone_into(&mut row.evidence);
    }
    if let Some(figure) = figure {
        row.value = figure.value.filter(|value| value.is_finite());
        row.n = Some(figure.n);
        row.file.clone_from(&figure.file);
    }
    let answer = match (&check.requirement, found, figure) {
        (Requirement::Off(reason), ..) => {
            row.verdict = Verdict::Off;
            row.reason.clone_from(reason);
            return row;
        }
        (_, None, _) => Err(format!("no evidence: there is no bundle of kind `{}`", check.of)),
        (_, _, None) => Err("no evidence: the bundle has no such figure".to_string()),
        (_, _, Some(figure)) if row.value.is_none() => {
            let note = if figure.note.is_empty() { "" } else { ": " };
            Err(format!("not defined{note}{}", figure.note))
        }
        (requirement, Some((evidence, _)), Some(_)) => {
            compare(requirement, row.value.unwrap_or_default(), row.n.unwrap_or_default(), evidence)
        }
    };
    if let Err(reason) = answer {
        row.verdict = Verdict::Fail;
        row.reason = reason;
    }
    row
}

/// Whether a defined value is what is asked; why not.
fn compare(requirement: &Requirement, value: f64, n: u64, evidence: &Evidence) -> Result<(), String> {
    let enough = |asked: &Option<u64>| match asked {
        Some(asked) if n < *asked => Err(format!("too little data: n is {n}, at least {asked} is asked")),
        _ => Ok(()),
    };
    match requirement {
        Requirement::Off(_) => Ok(()),
        Requirement::Is { holds, n } => {
            let bits = if *holds { 1.0_f64 } else { 0.0 }.to_bits();
            // Anything between holding and not holding is neither.
            if value.to_bits() != bits {
                return Err(format!("it is {}", if value.to_bits() == 1.0_f64.to_bits() { "true" } else { "false" }));
            }
            enough(n)
        }
        Requirement::Within { at_least, at_most, n } => {
            let number = |bound: &Option<Bound>| bound.as_ref().map(|bound| resolved(bound, evidence)).transpose();
            let (least, most) = (number(at_least)?, number(at_most)?);
            if let Some(least) = least.filter(|least| value < *least) {
                return Err(apart(value, "is below", least));
            }
            if let Some(most) = most.filter(|most| value > *most) {
                return Err(apart(value, "is above", most));
            }
            enough(n)
        }
    }
}

/// The number that a bound stands for.
fn resolved(bound: &Bound, evidence: &Evidence) -> Result<f64, String> {
    match bound {
        Bound::Number(number) => Ok(*number),
        Bound::Figure(name) => {
            let value = evidence.figures.get(name).and_then(|figure| figure.value).filter(|value| value.is_finite());
            value.ok_or_else(|| format!("no evidence: `{name}`, which it is compared with, is not defined"))
        }
    }
}

/// A requirement in words; a bound that is a figure is shown with its value where there is one.
fn threshold(requirement: &Requirement, evidence: Option<&Evidence>) -> String {
    let bound = |bound: &Bound| match bound {
        Bound::Number(number) => shown(*number),
        Bound::Figure(name) => match evidence.map(|evidence| resolved(bound, evidence)) {
            Some(Ok(value)) => format!("{name} ({})", shown(value)),
            _ => name.clone(),
        },
    };
    let (mut words, n) = match requirement {
        Requirement::Off(_) => return "off".into(),
        Requirement::Is { holds, n } => (vec![holds.to_string()], n),
        Requirement::Within { at_least, at_most, n } => {
            let least = at_least.as_ref().map(|least| format!("at least {}", bound(least)));
            let most = at_most.as_ref().map(|most| format!("at most {}", bound(most)));
            (least.into_iter().chain(most).collect(), n)
        }
    };
    words.extend(n.map(|n| format!("n at least {n}")));
    words.join(", ")
}

/// Two numbers that differ, with as many digits as it takes to see it.
fn apart(value: f64, how: &str, bound: f64) -> String {
    let (short, other) = (shown(value), shown(bound));
    if short == other { format!("{value} {how} {bound}") } else { format!("{short} {how} {other}") }
}

/// A number to four decimal places, without zeros that say nothing; exactly where that would hide it.
fn shown(value: f64) -> String {
    let text = format!("{value:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short.parse::<f64>().is_ok_and(|read| (read - value).abs() <= value.abs() * 1e-3) {
        return short.into();
    }
    format!("{value}")
}
