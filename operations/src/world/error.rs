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
    /// A dry run could not write down what it would have sent.
    #[error("what the venue would have been sent could not be written down: {0}")]
    Unrecorded(String),
    /// A stop had to be forced.
    #[error(
        "{0} orders were still open, or positions not closed, when the time for a stop was over: look at the venue, the next start asks for them"
    )]
    ForcedStop(usize),
    /// At a first start the account held something already.
    #[error("the account is not as a session begins: {0}; bring it there, or begin in an account of its own")]
    NotEmpty(String),
    /// The account could not be compared in time.
    #[error(
        "the venues did not say within {0} s what the account holds: nothing is traded before that; see the notes above"
    )]
    Uncompared(u64),
}
