//! The Alpaca dialect: the trading API v2, the data API for stocks and crypto, `trade_updates` and the data streams, over
//! the exchange.
//!
//! Its words are in `node`, `msgpack`, `words` and `draft`; the order desk in `desk` and beside it; who is told
//! what in `sockets`. It shares nothing with the adapter of the same venue, and never sees a socket or a clock itself.
mod account_view;
mod activity;
mod asset;
mod bars;
mod budget;
mod calendar;
mod changing;
mod configuration;
mod control;
mod data_routes;
mod data_socket;
mod desk;
mod draft;
mod exact;
mod facts;
mod handing;
mod holding;
mod ids;
mod messages;
mod moment;
mod msgpack;
mod node;
mod options;
mod order;
mod order_routes;
mod paging;
mod query;
mod refusal;
mod reporting;
mod serving;
mod sockets;
mod striking;
mod timeframe;
mod token;
mod trading_routes;
mod updates_socket;
mod venue;
mod weighing;
mod words;
mod worth;

#[cfg(test)]
mod tests;

pub use asset::symbol;
pub use options::{FirstStatus, Options, Rules, UpdateFrames};
pub use venue::{Alpaca, Setup};
