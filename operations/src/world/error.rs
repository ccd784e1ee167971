//! Why a live world cannot go on.
use engine::sim::PushError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum LiveWorldError {
    /// The thread that carries bytes has ended.
    #[error("the thread that carries bytes to and from the venues has ended: the session cannot go on")]
    DriverGone,
    /// The simulated venue was shown something impossible.
    #[error("the venue's market data cannot be: {0}")]
    Market(#[from] PushError),
    /// A venue's history of an instrument could not be had at the start.
    #[error("the history of {instrument} could not be had: {why}")]
    History {
        /// Of what.
        instrument: String,
        /// Why.
        why: String,
    },
    /// A stop had to be forced.
    #[error(
        "{0} orders were still open when the time for a stop was over: look at the venue, the next start asks for them"
    )]
    ForcedStop(usize),
}
