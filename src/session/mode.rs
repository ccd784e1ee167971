//! The three ways in which a session runs. They differ in where orders go, and in nothing that the core could see.

/// Where the orders of a session go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To the simulated venue.
    Paper,
    /// To the simulated venue; what the real one would have been sent is written down beside it.
    Shadow,
    /// To the venue.
    Live,
}

impl Mode {
    /// The name on the command line, in folders and on the tape.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Shadow => "shadow",
            Self::Live => "live",
        }
    }

    /// Whether orders reach a venue.
    #[must_use]
    pub fn sends(self) -> bool {
        self == Self::Live
    }

    /// Whether a key is needed.
    #[must_use]
    pub fn needs_keys(self) -> bool {
        self != Self::Paper
    }
}
