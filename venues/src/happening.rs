//! What a venue said, in the engine's words.
use crate::query::{Answer, Unanswered};
use engine::event::Report;
use engine::tick::Tick;
use engine::{Candle, Carry, InstrumentId, Timestamp};

/// How final a candle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its interval is under way.
    Forming,
    /// The venue said that it has ended, or the next one has begun.
    Final,
    /// It was final, and the venue has changed it since.
    Corrected,
}

/// A stream of one kind of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The candles of an instrument.
    Candles(InstrumentId),
    /// The trades of an instrument.
    Trades(InstrumentId),
    /// The quotes of an instrument.
    Quotes(InstrumentId),
    /// Our orders and account.
    Orders,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// A candle, or what is known of it so far.
    Candle {
        /// Whose.
        instrument: InstrumentId,
        /// The candle, with the known time of its interval.
        candle: Candle,
        /// How final it is.
        standing: Standing,
    },
    /// A trade of other people or a quote.
    Tick {
        /// Of what.
        instrument: InstrumentId,
        /// What.
        tick: Tick,
    },
    /// The venue spoke of an order of ours.
    Report(Report),
    /// Something happens to a holding without a trade, at a time: funding, a dividend.
    Carry(Timestamp, Carry),
    /// An order or fill that is not ours: a person's, another program's, a liquidation. In words, for the record.
    Foreign(String),
    /// A stream is ready: subscribed, and for [`Channel::Orders`] also caught up with what was missed.
    Ready(Channel),
    /// A stream has ended or fallen silent on the venue's side; why, in words.
    Lost(Channel, String),
    /// News arrived on a stream that led to nothing else: it is alive. Pings are no news.
    Alive(Channel),
    /// The venue's clock was compared with ours.
    Clock {
        /// How far the venue is ahead, in nanoseconds.
        ahead_ns: i64,
        /// How wrong that can be, in nanoseconds: half the way there and back.
        within_ns: i64,
    },
    /// What was asked is answered.
    Answer(u64, Result<Answer, Unanswered>),
    /// Something that a person should read; no secret stands in it and no control character.
    Note(String),
    /// The venue will not go on: a wrong key, a ban, an account shut. No new risk until a person has looked.
    Barred(String),
}
