//! Where an order stands, from the venue's spelling of it.
use crate::query::Stands;

/// What a status means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can still trade, or will.
    Open,
    /// Nothing is left of it.
    Filled,
    /// It was cancelled.
    Canceled,
    /// Its time is over.
    Expired,
    /// It was refused.
    Rejected,
    /// Another one stands in its place.
    Replaced,
    /// A word that is not known: never taken for an end.
    Unclear,
}

impl Status {
    /// The meaning of a word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            // `done_for_day` and `calculated` are an end for today alone; what comes of the order is said later.
            "new"
            | "partially_filled"
            | "done_for_day"
            | "pending_cancel"
            | "pending_replace"
            | "accepted"
            | "pending_new"
            | "accepted_for_bidding"
            | "stopped"
            | "suspended"
            | "calculated"
            | "held"
            | "pending_review" => Self::Open,
            "filled" => Self::Filled,
            "canceled" | "cancelled" => Self::Canceled,
            "expired" => Self::Expired,
            "rejected" => Self::Rejected,
            "replaced" => Self::Replaced,
            _ => Self::Unclear,
        }
    }

    /// Whether nothing can come of the order any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Open | Self::Unclear)
    }

    /// The same in the words of an answer.
    #[must_use]
    pub fn stands(self) -> Stands {
        match self {
            Self::Open => Stands::Open,
            Self::Filled => Stands::Filled,
            // What stands in its place is another order of the venue and stands in the same answer.
            Self::Canceled | Self::Replaced => Stands::Cancelled,
            Self::Expired => Stands::Expired,
            Self::Rejected => Stands::Rejected,
            Self::Unclear => Stands::Unclear,
        }
    }
}
