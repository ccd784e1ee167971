//! Why a strategy decided as it did, for the record.
//!
//! A remark is written to the tape and hashed like every other decision. Nothing reads it back, so none depends on it.
use crate::Side;
use crate::measure::scaled_text;
use crate::order::Label;
use core::fmt;

/// One thing that a strategy says about a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remark {
    /// What one of several members of a decision wants.
    Member {
        /// Which member, counted from one.
        number: u32,
        /// Long for a buyer, short for a seller, else flat.
        signal: Option<Side>,
        /// What it counts for; 10,000 is a weight of one.
        weight_bps: i64,
    },
    /// What the members come to.
    Vote {
        /// Weights of those who are long, less those who are short; 10,000 is a weight of one.
        votes_bps: i64,
        /// All weights.
        of_bps: i64,
    },
    /// A number in a code of the strategy's own; one of four letters is shown as these.
    Own {
        /// What it is about.
        code: Label,
        /// The number.
        value: i64,
    },
}

const BPS_SCALE: u8 = 4;

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |bps: i64| scaled_text(bps, BPS_SCALE);
        match *self {
            Self::Member { number, signal, weight_bps } => {
                let signal = match signal {
                    Some(Side::Buy) => "long",
                    Some(Side::Sell) => "short",
                    None => "flat",
                };
                write!(f, "member {number} is {signal}, weight {}", plain(weight_bps))
            }
            Self::Vote { votes_bps, of_bps } => write!(f, "the vote is {} of {}", plain(votes_bps), plain(of_bps)),
            Self::Own { code, value } => write!(f, "{code} is {value}"),
        }
    }
}
