//! Tables of the worst drawdowns and of round trips.
use super::TearSheet;
use super::figures::{escape, number, percent, plain};
use super::page::{section, table, toned};
use crate::calendar;
use crate::metrics::drawdown::{Drawdown, days};
use crate::tables::RoundTripRow;

/// Round trips listed, the last.
const LISTED: usize = 50;
const DASH: &str = "\u{2013}";

/// The worst drawdowns, over all instants.
pub(crate) fn drawdowns(drawdowns: &[Drawdown]) -> String {
    // What is written as 0.00 % is no drawdown worth a row.
    let deep: Vec<&Drawdown> = drawdowns.iter().filter(|fall| fall.depth >= 0.000_05).collect();
    if deep.is_empty() {
        let calm = "<p class=\"calm\">Equity never fell below a peak by as much as 0.01\u{202f}%.</p>\n";
        return section("drawdowns", "Worst drawdowns", calm);
    }
    let day = |value: Option<f64>| value.map_or_else(|| DASH.to_owned(), |v| number(v, 1));
    let rows: Vec<Vec<String>> = deep
        .iter()
        .take(10)
        .map(|fall| {
            vec![
                toned(-fall.depth, &percent(-fall.depth, 2)),
                calendar::date_text(fall.peak),
                calendar::date_text(fall.trough),
                fall.recovery.map_or_else(|| "not yet".to_owned(), calendar::date_text),
                day(Some(fall.days_falling())),
                day(fall.days_rising()),
                day(fall.days_under()),
            ]
        })
        .collect();
    let head = ["Depth", "Peak ", "Trough ", "Recovery ", "Days falling", "Days rising", "Days below"];
    section("drawdowns", "Worst drawdowns", &table(&head, &rows))
}

/// Statistics of round trips, the best, the worst and the last of them.
pub(crate) fn round_trips(sheet: &TearSheet<'_>) -> String {
    let trips = sheet.round_trips;
    if trips.is_empty() {
        return section("round-trips", "Round trips", "<p class=\"calm\">No position came back to zero.</p>\n");
    }
    let mut content = statistics(sheet);
    let best = trips.iter().max_by_key(|trip| trip.net);
    let worst = trips.iter().min_by_key(|trip| trip.net);
    let extremes: Vec<&RoundTripRow> = best.into_iter().chain(worst).collect();
    content += "<h3>Best and worst</h3>\n";
    content += &list(&extremes);
    let last: Vec<&RoundTripRow> = trips.iter().rev().take(LISTED).collect();
    content += &if trips.len() > LISTED {
        format!("<h3>The last {LISTED} of {}, newest first</h3>\n", number(trips.len() as f64, 0))
    } else {
        "<h3>All, newest first</h3>\n".to_owned()
    };
    content += &list(&last);
    section("round-trips", "Round trips", &content)
}

fn statistics(sheet: &TearSheet<'_>) -> String {
    let figure = |name: &str, label: &str, places: usize| {
        let value = sheet.summary.metric(name).map_or_else(|| DASH.to_owned(), |v| number(v, places));
        format!("<li>{label} <b>{value}</b></li>")
    };
    let list = [
        ("winning_trips", "won", 0),
        ("losing_trips", "lost", 0),
        ("average_win", "average win", 2),
        ("average_loss", "average loss", 2),
        ("payoff", "payoff", 2),
        ("expectancy", "expectancy", 2),
        ("average_trip_days", "average days", 1),
        ("longest_losing_run", "longest losing run", 0),
    ];
    let items: String = list.iter().map(|(name, label, places)| figure(name, label, *places)).collect();
    format!("<ul class=\"stats\">{items}</ul>\n")
}

fn list(trips: &[&RoundTripRow]) -> String {
    let rows: Vec<Vec<String>> = trips
        .iter()
        .map(|trip| {
            vec![
                escape(&trip.instrument),
                trip.direction.name().to_owned(),
                calendar::minute_text(trip.entry_time),
                calendar::minute_text(trip.exit_time),
                number(days(trip.entry_time, trip.exit_time), 1),
                escape(&trip.quantity.text()),
                plain(trip.entry_price),
                plain(trip.exit_price),
                super::figures::money(trip.fees),
                toned(trip.net.to_f64(), &super::figures::money(trip.net)),
            ]
        })
        .collect();
    let head = ["Instrument", "Way ", "Entry ", "Exit ", "Days", "Quantity", "In at", "Out at", "Fees", "Net"];
    table(&head, &rows)
}
