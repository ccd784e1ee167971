//! One exchange without a protocol: markets that run over stored candles or ticks in their own time, accounts, orders,
//! positions, and notices of everything that happens.
//!
//! Orders are matched by the engine's simulated venue; accounts never trade with each other. It owns no socket, no file and
//! no clock: [`Exchange::advance`] says how late it is.
mod account;
mod board;
mod booking;
mod feed;
mod listing;
mod notice;
mod order;
mod path;
mod position;
mod refusal;
mod running;
mod span;
mod trading;
mod valuing;

pub use account::{Account, AccountId, NewAccount, PositionMode, Settings, Settlement};
pub use board::{Board, Day, Quoted, Traded};
pub use feed::{BoxedCandles, BoxedTicks, Feed, SourceError, boxed_candles, boxed_ticks};
pub use listing::{Listing, MarketId};
pub use notice::{AccountReason, Notice, OrderChange};
pub use order::{Execution, NewOrder, Order, PositionSide, Status, Tie};
pub use path::Path;
pub use position::{MarginKind, Position};
pub use refusal::Refusal;
pub use running::{Config, Exchange, ExchangeError};
pub use span::{Span, civil_day};
pub use trading::closing_side;
pub use valuing::Holding;
