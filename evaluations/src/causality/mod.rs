//! Whether decisions hang on what could not be known yet, and on how much history was loaded.
//!
//! Whatever decides is a black box that is handed candles and answers with dated decisions. It is run on data that end at an
//! instant, on data whose future is another, and on data in which a candle under way goes another way; whatever it decided before
//! must stay the same. The check has no opinion of how decisions are made, so it holds for strategies, features, policies and
//! simulated venues alike. It cannot see a future that was learnt before it was asked: that is what embargoes are for.
mod cut;
mod warm_up;

pub use cut::{Cut, CutKind, altered};
pub use warm_up::{History, WarmUp, WarmUpRow, warm_up};

use engine::{Candle, Rng, Timestamp};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Candles of each instrument, each in the order of their open times.
pub type Market = Vec<Arc<[Candle]>>;

/// One thing that was decided or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The instant that it claims to be of, nanoseconds since the epoch: a fill at an open that of the open.
    #[serde(with = "nanoseconds")]
    pub at: Timestamp,
    /// What it is, whole: two that read the same are the same.
    pub what: String,
}

/// Times as whole numbers.
mod nanoseconds {
    use engine::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp)
    }
}

/// Whatever decides on candles.
pub trait Subject: Sync {
    /// Why it could not be run.
    type Error: Send;

    /// What it decides on these candles and no others, in the order in which it came about. It begins anew each time.
    ///
    /// # Errors
    /// When it cannot be run.
    fn decisions(&self, market: &Market) -> Result<Vec<Decision>, Self::Error>;
}

/// The first decision that is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Its number, from zero.
    pub number: usize,
    /// What was decided with the whole data; none where nothing was.
    pub whole: Option<Decision>,
    /// What was decided otherwise; none where nothing was.
    pub other: Option<Decision>,
}

/// What came of one cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutResult {
    /// What was cut, and where.
    pub cut: Cut,
    /// Decisions that were compared.
    pub compared: usize,
    /// The first that was another.
    pub first: Option<Difference>,
}

/// What the check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Causality {
    /// Decisions on the whole data.
    pub decisions: usize,
    /// Each cut, in the order of time; of one instant in the order of kinds.
    pub cuts: Vec<CutResult>,
}

impl Causality {
    /// Whether no decision hung on the future. Nothing was shown where nothing could be compared.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.cuts.iter().any(|cut| cut.compared > 0) && self.first().is_none()
    }

    /// The earliest cut at which a decision was another.
    #[must_use]
    pub fn first(&self) -> Option<&CutResult> {
        self.cuts.iter().find(|cut| cut.first.is_some())
    }
}

/// Cuts `market` at `instants` random instants, in three ways each, and compares what is decided before.
///
/// The instants lie behind `from` and hang on `seed` alone. Costs a run of the subject for each instant and kind, on all threads of
/// the pool; the answer does not hang on their number.
///
/// # Errors
/// When the subject cannot be run.
pub fn causality<S: Subject>(
    subject: &S,
    market: &Market,
    from: Timestamp,
    instants: usize,
    seed: u64,
) -> Result<Causality, S::Error> {
    let whole = subject.decisions(market)?;
    let times = cut::instants(market, &whole, from, instants, &mut Rng::stream(seed, "instants of cuts"));
    let compared: Result<Vec<Vec<CutResult>>, S::Error> =
        times.par_iter().map(|time| at_instant(subject, market, &whole, *time, seed)).collect();
    Ok(Causality { decisions: whole.len(), cuts: compared?.into_iter().flatten().collect() })
}

/// The three cuts at one instant.
fn at_instant<S: Subject>(
    subject: &S,
    market: &Market,
    whole: &[Decision],
    time: Timestamp,
    seed: u64,
) -> Result<Vec<CutResult>, S::Error> {
    let run = |kind| subject.decisions(&altered(market, Cut { at: time, kind }, seed));
    // What follows an open at the very instant comes behind what its last candle led to, and is not there in the data that end.
    let ended = until(&run(CutKind::Ended)?, time);
    let before = until(whole, time);
    let mut results = vec![compared(CutKind::Ended, time, &before[..before.len().min(ended.len())], &ended)];
    // As many as were decided on what was known then.
    let known = ended.len();
    for kind in [CutKind::OtherFuture, CutKind::OtherCandle] {
        let other = until(&run(kind)?, time);
        results.push(match kind {
            CutKind::OtherCandle => compared(kind, time, &before, &other),
            _ => compared(kind, time, &before[..before.len().min(known)], &other[..other.len().min(known)]),
        });
    }
    // Data that end may not lack what was decided before their last instant.
    if let Some(missing) = before.get(known).filter(|decision| decision.at < time) {
        let ended = &mut results[0];
        ended.first.get_or_insert_with(|| Difference { number: known, whole: Some(missing.clone()), other: None });
    }
    Ok(results)
}

/// Those that claim to be of an instant or before.
fn until(decisions: &[Decision], time: Timestamp) -> Vec<Decision> {
    decisions.iter().filter(|decision| decision.at <= time).cloned().collect()
}

fn compared(kind: CutKind, at: Timestamp, whole: &[Decision], other: &[Decision]) -> CutResult {
    CutResult { cut: Cut { at, kind }, compared: whole.len().max(other.len()), first: difference(whole, other) }
}

/// The first place at which two rows of decisions differ.
pub(crate) fn difference(whole: &[Decision], other: &[Decision]) -> Option<Difference> {
    let number = (0..whole.len().max(other.len())).find(|number| whole.get(*number) != other.get(*number))?;
    Some(Difference { number, whole: whole.get(number).cloned(), other: other.get(number).cloned() })
}

#[cfg(test)]
mod tests;
