//! Every figure that evidence may hold and a gate may ask for: name, meaning, unit, and which way is better.
//!
//! The one list: a figure that does not stand here can neither be written nor be asked for.
use super::Kind;

/// Which way a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better: a gate asks for at least.
    More,
    /// Less is better: a gate asks for at most.
    Less,
    /// It holds (1) or it does not (0): a gate asks for true.
    True,
}

/// A figure that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name in evidence and in gates files.
    pub name: &'static str,
    /// Whether evaluations have it.
    pub of_evaluations: bool,
    /// Whether sessions have it.
    pub of_sessions: bool,
    /// Which way is better.
    pub better: Better,
    /// The unit, in words.
    pub unit: &'static str,
    /// What it says.
    pub meaning: &'static str,
}

impl Known {
    /// Whether evidence of a kind has it.
    #[must_use]
    pub fn is_of(&self, kind: Kind) -> bool {
        if kind.is_session() { self.of_sessions } else { self.of_evaluations }
    }
}

const fn evaluation(name: &'static str, better: Better, unit: &'static str, meaning: &'static str) -> Known {
    Known { name, of_evaluations: true, of_sessions: false, better, unit, meaning }
}

const fn session(name: &'static str, better: Better, unit: &'static str, meaning: &'static str) -> Known {
    Known { name, of_evaluations: false, of_sessions: true, better, unit, meaning }
}

const fn both(name: &'static str, better: Better, unit: &'static str, meaning: &'static str) -> Known {
    Known { name, of_evaluations: true, of_sessions: true, better, unit, meaning }
}

use Better::{Less, More, True};

/// Units that many figures share.
const ANNUAL: &str = "annual Sharpe ratio";
const SHARE: &str = "fraction from 0 to 1";
const P: &str = "probability";
const HOLDS: &str = "true or false";

/// All figures, in the order in which pages show them.
pub const KNOWN: &[Known] = &[
    both("round_trips", More, "round trips", "from flat to flat, closed"),
    both("days", More, "days", "with a return"),
    evaluation("sharpe", More, ANNUAL, "of the whole run"),
    both("sharpe_lower", More, ANNUAL, "lower end of the 95 % stationary bootstrap interval"),
    evaluation("psr", More, P, "probabilistic Sharpe ratio against zero, as of 2012"),
    evaluation(
        "psr_2025",
        More,
        P,
        "probabilistic Sharpe ratio against zero, with the variance under the null of 2025",
    ),
    evaluation(
        "dsr",
        More,
        P,
        "deflated Sharpe ratio: probabilistic, against the best that luck gives that many trials",
    ),
    evaluation("trials", Less, "trials", "runs of this strategy family in the trial ledger"),
    evaluation("trials_effective", Less, "trials", "the same, counted as if they were independent"),
    evaluation("min_track_record_days", Less, "days", "needed to tell the Sharpe ratio from zero with 95 % confidence"),
    evaluation("pbo", Less, P, "of backtest overfitting: the best in sample is below the median out of sample"),
    evaluation("probability_of_loss", Less, P, "that the best in sample loses out of sample"),
    evaluation("spa_p", Less, "p-value", "Hansen's test for superior predictive ability, consistent"),
    evaluation("reality_check_p", Less, "p-value", "White's reality check"),
    evaluation("haircut_p", Less, "p-value", "of the best, adjusted for all trials (Benjamini, Hochberg, Yekutieli)"),
    both("max_drawdown", Less, SHARE, "the largest fall of equity from its peak"),
    evaluation("drawdown_95", Less, SHARE, "the fall that 95 % of bootstrap paths stay within"),
    evaluation("in_sample_sharpe", More, ANNUAL, "of the days that parameters were chosen on"),
    evaluation("out_of_sample_sharpe", More, ANNUAL, "of the days that were held out"),
    evaluation("walk_forward_sharpe", More, ANNUAL, "of the stitched windows, each with parameters of before"),
    evaluation(
        "walk_forward_efficiency",
        More,
        "ratio",
        "mean Sharpe ratio of the windows out of sample over that in sample",
    ),
    evaluation(
        "cpcv_sharpe_p05",
        More,
        ANNUAL,
        "5th percentile over the paths of combinatorial purged cross-validation",
    ),
    evaluation("cpcv_paths", More, "paths", "of combinatorial purged cross-validation"),
    evaluation("shuffle_p", Less, "p-value", "share of shuffled orders of the round trips with a smaller drawdown"),
    evaluation("causality", True, HOLDS, "no decision hangs on what came after it"),
    evaluation("warm_up", True, HOLDS, "no decision hangs on how much history was loaded"),
    evaluation("determinism", True, HOLDS, "a second run decided the same, byte for byte"),
    evaluation("data_integrity", True, HOLDS, "the data passes its checks without an error"),
    evaluation("stress_costs_sharpe", More, ANNUAL, "with costs times three"),
    evaluation("stress_latency_sharpe", More, ANNUAL, "with orders one candle later"),
    evaluation("stress_missed_sharpe", More, ANNUAL, "with fills missed"),
    evaluation("stress_gaps_sharpe", More, ANNUAL, "with gaps in the data"),
    evaluation("stress_crisis_drawdown", Less, SHARE, "the largest fall of equity within a crisis window"),
    evaluation("regime_worst_sharpe", More, ANNUAL, "of the worst regime"),
    evaluation(
        "neighbourhood",
        More,
        "ratio",
        "median Sharpe ratio of neighbouring parameters over that of the chosen",
    ),
    evaluation("cost_break_even_bps", More, "basis points", "of cost that eat the whole profit"),
    session("parity_gap", Less, "standard errors", "return against that of the same candles in the engine"),
    session("slippage_bps", Less, "basis points", "paid on average against the price of the decision"),
    session("rejected_share", Less, SHARE, "of orders that the venue refused"),
    session("stale_minutes_per_day", Less, "minutes", "a day in which data was stale or gone"),
    session("risk_breaches", Less, "breaches", "of limits of the risk engine"),
    session("latency_p99_us", Less, "microseconds", "from the close of a candle to its step, 99th percentile"),
    session("replayed", True, HOLDS, "the tape replays with every decision the same"),
    session(
        "unexplained_differences",
        Less,
        "differences",
        "between the venue's account and the tape that nothing explains",
    ),
];

/// The figure of this name, of whatever kind of evidence.
#[must_use]
pub fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// The figure of this name in evidence of this kind.
///
/// # Errors
/// What is wrong with the name, as the end of a sentence about it.
pub(crate) fn lookup(kind: Kind, name: &str) -> Result<&'static Known, String> {
    match known(name) {
        Some(known) if known.is_of(kind) => Ok(known),
        Some(_) if kind.is_session() => Err("is one of evaluations, not of sessions".into()),
        Some(_) => Err("is one of sessions, not of evaluations".into()),
        None => {
            let names = KNOWN.iter().filter(|known| known.is_of(kind)).map(|known| known.name);
            let near = nearest(name, names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Err(format!("is not in the catalogue of figures{near}"))
        }
    }
}

/// The candidate that was most likely meant, if any is close.
pub(crate) fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A name may be as long as its file; nothing that long was meant to be one of ours.
    if written.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let written = plain(written);
    let distance = |candidate: &str| strsim::osa_distance(&written, &plain(candidate));
    let closest = candidates.into_iter().map(|candidate| (distance(candidate), candidate)).min_by_key(|(d, _)| *d)?;
    (closest.0 <= closest.1.len().max(written.len()).div_ceil(3)).then_some(closest.1)
}
