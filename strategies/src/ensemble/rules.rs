//! From a vote to a decision. Integers throughout: a vote that meets the threshold exactly is never a matter of rounding.
use crate::holding::{Part, Signal};
use engine::Size;

/// What a vote makes of the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All of it.
    Vote,
    /// The size times the vote.
    Proportional,
}

/// The rule's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnsembleRules {
    /// The least vote for a position; 10,000 is a vote of one, which all members cast.
    pub threshold_bps: i64,
    /// What a vote makes of the size.
    pub mode: Mode,
    /// How much to hold.
    pub size: Size,
    /// Whether to sell short as well.
    pub short: bool,
    /// Whether the quantity follows equity and price while the decision stands.
    pub rebalance: bool,
}

impl EnsembleRules {
    /// Which way, and how much of the size, after `votes_bps` of `of_bps`.
    pub(super) fn decide(&self, votes_bps: i64, of_bps: i64) -> (Signal, Part) {
        let reached = votes_bps.abs() * 10_000 >= self.threshold_bps * of_bps;
        let signal = match votes_bps.signum() {
            1 if reached => Signal::Long,
            -1 if reached && self.short => Signal::Short,
            _ => return (Signal::Flat, Part::WHOLE),
        };
        match self.mode {
            Mode::Vote => (signal, Part::WHOLE),
            Mode::Proportional => (signal, Part::of(votes_bps.abs(), of_bps)),
        }
    }
}
