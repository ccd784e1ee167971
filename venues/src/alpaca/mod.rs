//! Alpaca: stocks of the United States and crypto, on its paper trading and on the real market.
//!
//! `wire` are the venue's words, `map` turns them into ours and back, and the rest is the protocol: it holds no socket and no
//! clock. What the venue does that a naive client gets wrong stands where it matters.
mod account_answers;
mod book;
mod catching_up;
mod config;
mod connector;
mod earlier;
mod feeds;
mod fills;
mod history;
mod hours;
mod legs;
pub mod map;
mod missed;
mod observing;
mod outbox;
mod private;
mod questions;
mod replies;
mod seen;
mod series;
mod settling;
mod timers;
mod trading;
pub mod wire;

pub use config::{Config, ConfigError, Credentials, Endpoints, Feed};
pub use connector::Alpaca;
pub use map::orders::Hours;
