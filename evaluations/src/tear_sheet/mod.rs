//! The tear sheet: one HTML file that shows a run, without network and without scripts it could not do without.
//!
//! Everything comes from [`TearSheet`], nothing is computed that a file of the run does not hold, and every text that is
//! not ours is escaped. Light and dark are one picture: charts draw with CSS variables.
mod axis;
mod candle_chart;
mod chart;
pub mod compare_sheet;
mod curve_charts;
mod diagnostics_section;
pub mod evaluation_sheet;
mod figures;
mod heat_map;
mod histogram;
mod marks;
mod metric_table;
mod page;
mod return_charts;
mod risk_section;
mod search_sheet;
mod strategies_section;
mod sweep_sheet;
mod training_sheet;
mod trip_tables;
mod whiskers;

pub use compare_sheet::{CompareSheet, compare_html};
pub use evaluation_sheet::{EvaluationSheet, evaluation_html};
pub use search_sheet::{SearchSheet, search_html};
pub use sweep_sheet::{SweepSheet, sweep_html};
pub use training_sheet::{TrainingSheet, training_html};

use crate::curve::EquityPoint;
use crate::metrics::Days;
use crate::metrics::daily::day_of_mark;
use crate::summary::Summary;
use crate::tables::{FillRow, RoundTripRow};
use engine::Candle;

/// Candles of one instrument and the scale of their prices.
#[derive(Clone, Debug)]
pub struct CandleView {
    /// `venue:symbol`, as in the fills.
    pub instrument: String,
    /// Decimal places of the price step.
    pub price_scale: u8,
    /// The last part of the run; some 150 to 300 candles read best.
    pub candles: Vec<Candle>,
    /// The instrument's fills within these candles, in order.
    pub fills: Vec<FillRow>,
    /// How many fills it had in the whole run.
    pub fills_of_run: usize,
}

/// What a tear sheet shows. All of it can be read back from the folder of a run, but the candles.
#[derive(Clone, Debug)]
pub struct TearSheet<'a> {
    /// The summary of the run.
    pub summary: &'a Summary,
    /// The rows of the equity curve; each day's last is among them.
    pub equity: &'a [EquityPoint],
    /// All closed round trips, in order.
    pub round_trips: &'a [RoundTripRow],
    /// Candles of the most traded instrument, or of the first of several.
    pub candles: Option<&'a CandleView>,
    /// Which days count.
    pub days: Days,
    /// 365, or the sessions of the calendar.
    pub periods_per_year: f64,
}

/// Daily returns with their days, as the charts of returns take them.
pub(crate) struct Daily {
    pub(crate) days: Vec<i64>,
    pub(crate) returns: Vec<f64>,
}

impl TearSheet<'_> {
    fn daily(&self) -> Daily {
        let mut marks: Vec<(i64, f64)> = Vec::new();
        for row in self.equity {
            let (day, equity) = (day_of_mark(row.time), row.equity.to_f64());
            match marks.last_mut() {
                Some(last) if last.0 == day => last.1 = equity,
                _ => marks.push((day, equity)),
            }
        }
        let returns = crate::metrics::daily_returns(self.summary.initial_cash.to_f64(), &marks, self.days);
        let days = match (self.days, marks.first()) {
            (Days::Every, Some(first)) => (first.0..).take(returns.len()).collect(),
            _ => marks.iter().map(|mark| mark.0).take(returns.len()).collect(),
        };
        Daily { days, returns }
    }
}

/// The tear sheet of a run as one HTML file.
#[must_use]
pub fn html(sheet: &TearSheet<'_>) -> String {
    let daily = sheet.daily();
    let mut body = page::header(sheet.summary);
    body += &page::cards(sheet.summary);
    body += &curve_charts::section(sheet);
    body += &return_charts::section(sheet, &daily);
    body += &strategies_section::section_of(sheet.summary);
    body += &diagnostics_section::section_of(sheet.summary);
    body += &risk_section::section_of(sheet.summary);
    body += &candle_chart::section(sheet);
    body += &trip_tables::drawdowns(&sheet.summary.drawdowns);
    body += &trip_tables::round_trips(sheet);
    body += &page::costs_and_refusals(sheet.summary);
    body += &page::settings(sheet.summary);
    body += &metric_table::section_of(&sheet.summary.metrics);
    page::document(&sheet.summary.name, &body)
}

#[cfg(test)]
mod tests;
