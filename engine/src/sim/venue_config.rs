//! What a simulated venue assumes for all of its instruments; what differs by instrument are its costs.
use super::isolated::MarginMode;
use super::path::PathModel;
use super::queue::Queue;
use crate::risk::Leverage;

/// What the venue assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueConfig {
    /// The path inside a candle.
    pub path: PathModel,
    /// When a limit that rests is filled.
    pub queue: Queue,
    /// What the account may hold as a multiple of its equity.
    pub leverage: Leverage,
    /// The share of a candle's volume that all our fills in it may take, in parts per million; `None` for no bound.
    pub participation_ppm: Option<i64>,
    /// Whose losses a position's margin answers for.
    pub margin_mode: MarginMode,
}

impl Default for VenueConfig {
    /// Pessimistic, through, no leverage, no bound by volume, margin across the account.
    fn default() -> Self {
        let (path, margin_mode) = (PathModel::default(), MarginMode::default());
        Self { path, queue: Queue::Through, leverage: Leverage::ONE, participation_ppm: None, margin_mode }
    }
}
