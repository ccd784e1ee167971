//! A server that speaks BingX's protocol for perpetual swaps over the exchange: REST under `/openApi`, streams under
//! `/swap-market`.
//!
//! What the venue was seen to do is done, with its oddities; what nobody has confirmed is an option. Times of the market, of
//! orders and of fills are the market's own; server time and the times inside signatures are the machine's, because that is
//! what a client's clock is compared with. It shares nothing with the adapter.
mod account_calls;
mod changing;
mod children;
mod code;
mod control;
mod limits;
mod market_calls;
mod options;
mod order_words;
mod parameters;
mod placing;
mod private;
mod queries;
mod routes;
mod shapes;
mod signature;
mod sockets;
mod storms;
mod streams;
mod timer;
mod venue;
mod words;

pub use options::{Cancelled, EventName, Forming, Generation, KeyEnd, Options, StreamIds, User};
pub use venue::Bingx;
