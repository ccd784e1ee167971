//! The deterministic core of Onetape and its simulated world.
//!
//! A pure state machine: numbered events go in, effects come out. It knows no file, clock, thread or network, and names
//! nothing whose order or last bit could differ between two machines; `no_std` makes the compiler say so.
#![no_std]
extern crate alloc;

mod aggregate;
pub mod books;
pub mod candle;
mod capabilities;
pub mod carry;
mod dated;
mod desk;
pub mod effect;
pub mod event;
pub mod exchange;
pub mod feed;
mod fill_ids;
mod guarding;
pub mod instrument;
pub mod intent;
mod label;
pub mod ledger;
pub mod math;
pub mod measure;
pub mod money;
pub mod normal;
pub mod operator;
pub mod order;
mod order_kind;
pub mod orders;
mod posting;
pub mod remark;
pub mod risk;
pub mod rng;
pub mod run;
pub mod sim;
pub mod sizing;
pub mod state;
pub mod step;
pub mod strategy;
pub mod sub_ledgers;
pub mod tape;
mod terms;
pub mod tick;
pub mod ticker;
pub mod value_at_risk;
pub mod view;

pub use aggregate::Aggregated;
pub use books::Books;
pub use candle::{Candle, CandleFault, CandleSource, SharedCandles};
pub use capabilities::{Capabilities, Feature};
pub use carry::{Carry, Split};
pub use dated::Dated;
pub use desk::Desk;
pub use effect::{Action, Anomaly, Clip, Command, Effect, Refusal, Turn};
pub use event::{
    CashEvent, Certainty, Entry, Event, Fill, Liquidity, MarketCandle, MarketEvent, Reason, Report, TimerId,
};
pub use exchange::{Currencies, Exchange, RateSource, Way};
pub use feed::{FeedEvent, Standing};
pub use guarding::EXIT;
pub use instrument::{Instrument, InstrumentId, Spec};
pub use intent::{Intent, Intents, Join, NewOrder};
pub use ledger::{Ledger, Rate};
pub use measure::{Interval, Price, Qty, Side, Timestamp};
pub use money::{Currency, Money};
pub use operator::{AlertStep, Directive, OperatorEvent};
pub use order::{
    FillId, Label, Link, Order, OrderBody, OrderId, OrderKind, OrderRequest, OrderStatus, Terms, TimeInForce, Trail,
};
pub use remark::Remark;
pub use risk::{Approved, Check, Proposal, RiskCheck, RiskEngine, RiskState, TradingState};
pub use rng::Rng;
pub use run::{Journal, RunError, World, run};
pub use sim::{SimVenue, Simulated};
pub use sizing::Size;
pub use state::{Booked, Mark, State};
pub use step::Core;
pub use strategy::Strategy;
pub use sub_ledgers::{Owner, SubLedgers};
pub use tick::{SharedTicks, Tick, TickBody, TickFault, TickSource};
pub use ticker::Ticker;
pub use view::View;
