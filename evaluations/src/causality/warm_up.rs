//! Decisions as a function of how much history was loaded.
//!
//! A live run loads so many candles and goes on; a backtest has seen all that came before. Both must decide the same, or the run is not
//! the one that was tested.
use super::{Decision, Difference, difference};
use engine::Timestamp;
use serde::{Deserialize, Serialize};

/// Whatever decides after it has loaded history.
pub trait History: Sync {
    /// Why it could not be run.
    type Error: Send;

    /// What it decides from `start` on, flat at first, after it has seen the `candles` before it of each instrument; all there are
    /// where there are fewer.
    ///
    /// # Errors
    /// When it cannot be run.
    fn decisions_after(&self, start: Timestamp, candles: usize) -> Result<Vec<Decision>, Self::Error>;
}

/// One length of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUpRow {
    /// Candles that were loaded.
    pub candles: usize,
    /// Starts from which every decision was that of the longest history.
    pub same: usize,
    /// The first decision that was another, of the earliest start with one; `whole` is that of the longest history.
    pub first: Option<Difference>,
}

/// What the check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUp {
    /// Candles that the run loads.
    pub loaded: usize,
    /// The longest history that others are compared with.
    pub longest: usize,
    /// Starts that were tried.
    pub starts: usize,
    /// Decisions of the longest history, from all starts.
    pub decisions: usize,
    /// Each length, shortest first.
    pub rows: Vec<WarmUpRow>,
}

impl WarmUp {
    /// Whether the history that the run loads is enough. Nothing was shown where nothing was decided, or where the longest history was
    /// no longer.
    #[must_use]
    pub fn holds(&self) -> bool {
        let row = self.rows.iter().find(|row| row.candles == self.loaded);
        self.decisions > 0 && self.longest > self.loaded && row.is_some_and(|row| row.same == self.starts)
    }

    /// The shortest history that was enough, as were all longer ones.
    #[must_use]
    pub fn enough(&self) -> Option<usize> {
        let enough = self.rows.iter().rev().take_while(|row| row.same == self.starts);
        enough.last().map(|row| row.candles)
    }
}

/// Decides from each of `starts` with the history that the run loads, with half, twice and so on of it, and with the `longest`.
///
/// # Errors
/// When it cannot be run.
pub fn warm_up<H: History>(
    subject: &H,
    starts: &[Timestamp],
    loaded: usize,
    longest: usize,
) -> Result<WarmUp, H::Error> {
    // A run that loads none is told how many would do.
    let base = if loaded == 0 { 25 } else { loaded };
    let mut lengths = vec![loaded / 2, loaded];
    lengths.extend((1..=6).map(|power| base << power));
    lengths.retain(|candles| *candles < longest);
    lengths.sort_unstable();
    lengths.dedup();
    let mut rows: Vec<WarmUpRow> =
        lengths.into_iter().map(|candles| WarmUpRow { candles, same: 0, first: None }).collect();
    let mut decisions = 0;
    for start in starts {
        let whole = subject.decisions_after(*start, longest)?;
        decisions += whole.len();
        for row in &mut rows {
            match difference(&whole, &subject.decisions_after(*start, row.candles)?) {
                None => row.same += 1,
                Some(found) => _ = row.first.get_or_insert(found),
            }
        }
    }
    Ok(WarmUp { loaded, longest, starts: starts.len(), decisions, rows })
}
