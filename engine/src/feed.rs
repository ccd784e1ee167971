//! How news from outside stands: whether a market's data is fresh, and whether we hear of our own orders.
//!
//! The core has no clock and no socket, so the world that has both says it, as an event. Until the first word all is well: a
//! simulated world says nothing.
use crate::instrument::InstrumentId;

/// How a source of news stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Standing {
    /// It can be relied on: it is connected, fresh, and nothing that was missed is missing still.
    #[default]
    Ready = 0,
    /// It is connected, and has been silent for too long.
    Stale = 1,
    /// It is not there, or has not caught up yet.
    Lost = 2,
}

impl Standing {
    /// Every standing, in the order of their codes on a tape.
    pub const ALL: [Self; 3] = [Self::Ready, Self::Stale, Self::Lost];

    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Stale => "stale",
            Self::Lost => "lost",
        }
    }
}

/// A source of news stands otherwise than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeedEvent {
    /// Whose market data; [`InstrumentId::ACCOUNT`] for what we hear of our orders.
    pub instrument: InstrumentId,
    /// How it stands now.
    pub standing: Standing,
}
