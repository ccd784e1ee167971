//! What each of several strategies made of its share of the account.
use super::figures::{escape, money, number, percent};
use super::page::{section, table, toned};
use crate::summary::{StrategyResult, Summary};

const DASH: &str = "\u{2013}";

/// The section, where several strategies traded the account.
pub(crate) fn section_of(summary: &Summary) -> String {
    if summary.strategies.is_empty() {
        return String::new();
    }
    let row = |result: &StrategyResult| {
        let (gain, start) = (result.equity - result.initial_cash, result.initial_cash.to_f64());
        let share = if start > 0.0 { percent(gain.to_f64() / start, 2) } else { DASH.to_owned() };
        vec![
            escape(&result.name),
            escape(&result.kind),
            money(result.initial_cash),
            money(result.equity),
            toned(gain.to_f64(), &money(gain)),
            share,
            money(result.fees),
            number(result.orders as f64, 0),
            number(result.round_trips as f64, 0),
            number(result.wins as f64, 0),
        ]
    };
    let rows: Vec<Vec<String>> = summary.strategies.iter().map(row).collect();
    let head = ["Strategy", "Kind ", "Began with", "Equity", "Gain", "of its share", "Fees", "Orders", "Trips", "Won"];
    let note = "<p class=\"calm\">The rows sum to the account. With the house stands what no strategy was given, and what the \
        account was not charged or given alike because holdings net or amounts round.</p>\n";
    section("strategies", "Strategies", &(table(&head, &rows) + note))
}
