//! The columns of files of trades and of quotes. The others that they may have (`trade_id`, `exchange`) are not read.
use crate::layout::{Field, Kind, Presence, Schema};

/// Where the receiver's clock stands among the fields of both kinds.
pub(super) const RECEIVED: usize = 0;
/// Where the venue's clock stands.
pub(super) const EVENT: usize = 1;

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Required }
}

const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Optional }
}

pub(super) static TRADES: Schema = Schema {
    noun: "trades",
    need: "a trade needs its time, its price and its size",
    fields: &[
        optional("ts_recv", Kind::Time),
        optional("ts_event", Kind::Time),
        required("price", Kind::Number),
        required("size", Kind::Number),
        optional("side", Kind::Side),
        optional("suspicious", Kind::Flag),
    ],
};

pub(super) static QUOTES: Schema = Schema {
    noun: "quotes",
    need: "a quote needs its time, its bid and its ask",
    fields: &[
        optional("ts_recv", Kind::Time),
        optional("ts_event", Kind::Time),
        required("bid", Kind::Number),
        required("ask", Kind::Number),
        optional("bid_size", Kind::Number),
        optional("ask_size", Kind::Number),
    ],
};
