//! `summary.json`: the result of a run in one object.
//!
//! Field names and their order are a promise to whoever reads the file; money is a string of plain decimal digits. A
//! field that this build does not know is kept in `more` and written again.
use crate::diagnostics::{Diagnostics, SensitivityRow};
use crate::metrics::MetricSet;
use crate::metrics::drawdown::Drawdown;
use crate::money_text;
use crate::risk::RiskReport;
use engine::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A position that was open at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPosition {
    /// `venue:symbol`.
    pub instrument: String,
    /// Signed quantity in units, plain decimal digits.
    pub quantity: String,
    /// The last mark, plain decimal digits.
    pub mark: String,
}

/// Something the run took for granted: a subject and what was assumed about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// What it is about, as `coinbase:BTCUSD fees`.
    pub about: String,
    /// What was assumed.
    pub text: String,
}

/// What one of several strategies made of its share of the account, in the account's currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyResult {
    /// What it is called.
    pub name: String,
    /// Its kind; empty for the house.
    pub kind: String,
    /// Its share of the cash at the start.
    #[serde(with = "money_text")]
    pub initial_cash: Money,
    /// Its cash at the end.
    #[serde(with = "money_text")]
    pub cash: Money,
    /// Its cash and positions at their marks, at the end. Over all rows it sums to the account's, to the last unit.
    #[serde(with = "money_text")]
    pub equity: Money,
    /// Fees paid.
    #[serde(with = "money_text")]
    pub fees: Money,
    /// Orders sent.
    pub orders: u64,
    /// Closed from flat to flat.
    pub round_trips: u64,
    /// Round trips above zero after both fees.
    pub wins: u64,
}

impl StrategyResult {
    /// The name of the row that holds what belongs to no strategy.
    pub const HOUSE: &str = "house";
}

/// A currency of the account that is not its own, at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyResult {
    /// Which one.
    pub currency: String,
    /// Cash in it; negative where it is owed.
    #[serde(with = "money_text")]
    pub cash: Money,
    /// Cash and positions in it.
    #[serde(with = "money_text")]
    pub equity: Money,
    /// What a unit of it is worth in the account's currency; nothing where nobody ever said.
    #[serde(with = "money_text")]
    pub rate: Money,
}

/// The result of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The name of the run.
    pub name: String,
    /// The digest of the run's effects.
    pub digest: String,
    /// The currency of the account; all money is in it.
    pub currency: String,
    /// Candles applied.
    pub bars: u64,
    /// Submits sent.
    pub orders: u64,
    /// Fills of the venue.
    pub fills: u64,
    /// Closed from flat to flat.
    pub round_trips: u64,
    /// Round trips above zero after both fees.
    pub wins: u64,
    /// Fees paid.
    #[serde(with = "money_text")]
    pub fees: Money,
    /// Cash at the end.
    #[serde(with = "money_text")]
    pub cash: Money,
    /// Cash and positions at their marks, at the end.
    #[serde(with = "money_text")]
    pub final_equity: Money,
    /// The largest fall below the running peak, which starts at the initial cash; positive.
    #[serde(with = "money_text")]
    pub max_drawdown: Money,
    /// Positions open at the end.
    pub open_positions: Vec<OpenPosition>,
    /// Orders that were still working at the end.
    pub unfilled_at_end: u64,
    /// Refused intents: check to count.
    pub refused: BTreeMap<String, u64>,
    /// The metrics, each with its formula, basis, periods per year and N.
    pub metrics: MetricSet,
    /// Cash at the start.
    #[serde(with = "money_text", default)]
    pub initial_cash: Money,
    /// The start of the run, RFC 3339.
    #[serde(default)]
    pub from: String,
    /// The last instant of the run, RFC 3339.
    #[serde(default)]
    pub to: String,
    /// The instruments of the run.
    #[serde(default)]
    pub instruments: Vec<String>,
    /// The strategy's kind.
    #[serde(default)]
    pub strategy: String,
    /// The strategy's parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// What each of several strategies made of its share, the house last; none where one trades alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strategies: Vec<StrategyResult>,
    /// The currencies beside the account's own; none where there is only that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub currencies: Vec<CurrencyResult>,
    /// Fills whose price depends on a path inside the candle that had to be assumed.
    #[serde(default)]
    pub path_dependent_fills: u64,
    /// Postings that had to be rounded, against the account.
    #[serde(default)]
    pub rounded_postings: u64,
    /// What the slippage model cost.
    #[serde(with = "money_text", default)]
    pub slippage_cost: Money,
    /// Positions that the venue closed because the account could not carry them.
    #[serde(default)]
    pub liquidations: u64,
    /// Dividends received less those owed.
    #[serde(with = "money_text", default)]
    pub dividends: Money,
    /// Funding received less what was paid.
    #[serde(with = "money_text", default)]
    pub funding: Money,
    /// What borrowing for shorts cost, negative.
    #[serde(with = "money_text", default)]
    pub borrow: Money,
    /// Interest received less what was paid.
    #[serde(with = "money_text", default)]
    pub interest: Money,
    /// What the run took for granted.
    #[serde(default)]
    pub assumptions: Vec<Assumption>,
    /// The deepest drawdowns over all instants, deepest first; ten at most. Times are RFC 3339.
    #[serde(default)]
    pub drawdowns: Vec<Drawdown>,
    /// Why the result may be fiction; none where a run kept figures only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Diagnostics>,
    /// The same run with worse execution, where it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitivity: Vec<SensitivityRow>,
    /// The report of risk; none where the run did not keep one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskReport>,
    /// Fields of other builds, and room for more.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

/// Why a summary cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SummaryError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}; name the folder of a finished run, one that holds summary.json")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a summary.
    #[error("{path} is not the summary of a run: {source}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What was expected, with line and column.
        source: serde_json::Error,
    },
}

impl Summary {
    /// The summary as indented JSON that ends with a line break.
    #[must_use]
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings, numbers and maps by text are always JSON");
        text.push('\n');
        text
    }

    /// The value of a metric, when there is one.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.metrics.get(name)?.value
    }

    /// Writes the summary to `path`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), SummaryError> {
        std::fs::write(path, self.json()).map_err(|source| SummaryError::Write { path: path.to_owned(), source })
    }

    /// Reads a summary from `path`.
    ///
    /// # Errors
    /// When the file cannot be read or is not a summary.
    pub fn read(path: &Path) -> Result<Self, SummaryError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| SummaryError::Read { path: path.to_owned(), source })?;
        serde_json::from_str(&text).map_err(|source| SummaryError::Format { path: path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metric;
    use engine::Timestamp;

    fn summary() -> Summary {
        let mut summary = Summary {
            name: "btc".into(),
            digest: "abc".into(),
            currency: "USD".into(),
            wins: 3,
            final_equity: Money(9_616_401_324_970_000_000),
            ..Summary::default()
        };
        summary.refused.insert("buying_power".into(), 2);
        summary.open_positions.push(OpenPosition {
            instrument: "coinbase:BTCUSD".into(),
            quantity: "-1.5".into(),
            mark: "93000".into(),
        });
        summary.metrics.insert("sharpe".into(), Metric::plain(Some(1.0 / 3.0), "a", "b", 8).per_year(365.0));
        let (peak, trough) = (Timestamp(1_514_764_800_000_000_000), Timestamp(1_514_851_200_000_000_001));
        summary.drawdowns.push(Drawdown { depth: 1.0 / 3.0, peak, trough, recovery: None });
        summary.drawdowns.push(Drawdown { depth: 0.1, peak, trough, recovery: Some(trough) });
        summary.more.insert("note".into(), "kept".into());
        summary
    }

    #[test]
    fn the_promised_fields_come_first_and_in_order() {
        let json = summary().json();
        let mut rest = json.as_str();
        for field in [
            "name",
            "digest",
            "currency",
            "bars",
            "orders",
            "fills",
            "round_trips",
            "wins",
            "fees",
            "cash",
            "final_equity",
            "max_drawdown",
            "open_positions",
            "unfilled_at_end",
            "refused",
            "metrics",
        ] {
            let name = format!("\n  \"{field}\":");
            let at = rest.find(&name).unwrap_or_else(|| panic!("{field} stands after the one before it"));
            rest = &rest[at + name.len()..];
        }
        assert!(json.contains("\"final_equity\": \"9616401.32497\""), "{json}");
        assert!(json.contains("\"peak\": \"2018-01-01T00:00:00Z\""), "{json}");
        assert!(json.contains("\"recovery\": null"), "{json}");
    }

    #[test]
    fn a_summary_reads_as_it_was_written_unknown_fields_included() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        summary().write(&path).unwrap();
        assert_eq!(Summary::read(&path).unwrap(), summary());
        let older = summary().json().replace("\"drawdowns\"", "\"other\"");
        std::fs::write(&path, older).unwrap();
        assert_eq!(Summary::read(&path).unwrap().drawdowns, []);
    }

    #[test]
    fn a_file_that_is_no_summary_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        let missing = Summary::read(&path).unwrap_err().to_string();
        assert!(missing.contains("summary.json") && missing.contains("finished run"), "{missing}");
        std::fs::write(&path, summary().json().replace("9616401.32497", "1e9")).unwrap();
        let broken = Summary::read(&path).unwrap_err().to_string();
        assert!(broken.contains("`1e9` is not an amount of money") && broken.contains("line"), "{broken}");
    }
}
