//! What a venue said, in the engine's words.
use crate::query::{Answer, Unanswered};
use engine::event::Report;
use engine::tick::Tick;
use engine::{Candle, Carry, InstrumentId, Timestamp};
use rust_decimal::Decimal;

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

/// What money or units came or went for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A fee.
    Fee,
    /// A dividend.
    Dividend,
    /// Interest.
    Interest,
    /// Into the account or out of it.
    Transfer,
    /// Something else: its words say what.
    Other,
}

/// Money or units that came or went without a trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The venue's own id, by which a repetition is recognised, also after a restart.
    pub id: String,
    /// When, as far as the venue says: some say the day alone.
    pub time: Timestamp,
    /// What for.
    pub purpose: Purpose,
    /// For what, where it is listed.
    pub instrument: Option<InstrumentId>,
    /// What moved: `USD`, or `BTC` where a fee was taken in units.
    pub asset: String,
    /// How much; below zero where it was taken.
    pub amount: Decimal,
    /// The price of one unit in the account's currency, where units moved and the venue says.
    pub price: Option<Decimal>,
    /// The venue's words for it, fit for a log.
    pub words: String,
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
    /// Money or units came or went without a trade: a fee that is charged apart from its fill, a deposit, a dividend.
    Cash(Movement),
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
