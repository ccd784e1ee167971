//! The gates of a run, and their answers in words.
use crate::failure::Failure;
use crate::run_file::RunFile;
use crate::terminal;
use evaluations::gates::{Gates, SHIPPED, Table, Verdict};

/// The gates that a run file names, or those that the program ships; with their text.
///
/// # Errors
/// When the file cannot be read or says what cannot be.
pub fn gates_of(config: &RunFile) -> Result<(Gates, String), Failure> {
    let Some(path) = config.evaluation.as_ref().and_then(|section| section.gates.as_ref()) else {
        return Ok((Gates::shipped(), SHIPPED.to_string()));
    };
    let shown = path.path.display().to_string();
    let text = std::fs::read_to_string(&path.path)
        .map_err(|error| config.error_at("evaluation.gates", &format!("cannot read {shown}: {error}")))?;
    let gates = Gates::parse(&text, &shown).map_err(Failure::usage)?;
    Ok((gates, text))
}

/// The answer as a table, and behind it how many said no.
#[must_use]
pub fn table_text(table: &Table) -> String {
    format!("{}{}\n", rows_text(table), answer_text(table))
}

/// How many said no.
#[must_use]
pub fn answer_text(table: &Table) -> String {
    let failed = table.rows.iter().filter(|row| row.verdict == Verdict::Fail).count();
    if failed == 0 {
        format!("the gate `{}` passes", table.gate)
    } else {
        format!("the gate `{}` says no: {failed} of {} checks fail", table.gate, table.rows.len())
    }
}

/// The rows of an answer.
#[must_use]
pub fn rows_text(table: &Table) -> String {
    let number = |value: f64| {
        let plain = format!("{value:.4}");
        if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.').to_string() } else { plain }
    };
    let line = |row: &evaluations::gates::Row| {
        let of = if row.of.is_empty() { row.check.clone() } else { format!("{} ({})", row.check, row.of) };
        let value = row.value.map_or_else(|| "-".to_string(), number);
        vec![row.verdict.name().to_string(), of, row.threshold.clone(), value, row.reason.clone()]
    };
    let lines: Vec<Vec<String>> = table.rows.iter().map(line).collect();
    terminal::table(&["", "check", "asked", "found", "why"], &lines)
}
