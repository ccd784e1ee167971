//! BingX, perpetual swaps in USDT: its words, what they mean, and its protocol as a state machine without a socket.
//!
//! `wire` is what the venue says, `map` turns it into the engine's words and back, and the rest decides what to ask and to
//! send. Leverage and margin mode of the account are never touched, and an order is never sent twice.
mod acting;
mod agenda;
mod asking;
mod candles;
mod clock;
pub mod config;
mod connector;
pub mod errors;
mod frames;
mod funding;
mod inquiry;
mod kill_timer;
mod lifecycle;
pub mod map;
mod market_news;
mod market_stream;
mod order_news;
mod orders;
mod outbox;
mod private_stream;
pub mod sign;
pub mod wire;

pub use config::{Config, ConfigError, Credentials, Endpoints, Limits, PositionMode, Working};
pub use connector::BingX;
pub use frames::{decode, text_of};
pub use sign::{Params, Signer, signature};
