//! Exchange adapters.
//!
//! A [`Connector`] speaks one venue's dialect: it turns what arrives into what happened, and what is wanted into bytes to
//! send. It has no socket, no clock, no thread and no random source of its own; who drives it brings bytes, moments and a
//! seed, so that the same bytes at the same moments always lead to the same answers.

pub mod alpaca;
pub mod backoff;
pub mod bingx;
pub mod budget;
pub mod client_id;
pub mod connector;
pub mod happening;
pub mod inflate;
pub mod instant;
pub mod listing;
pub mod msgpack;
pub mod numbers;
pub mod query;
pub mod text;

pub use client_id::{ClientIds, RunId};
pub use connector::{Connector, Frame, Input, LinkFailure, Method, Moment, Output, Request, Socket, Ticket};
pub use happening::{Channel, Happening, Movement, Purpose, Standing};
pub use listing::Listed;
pub use query::{Answer, Query, Unanswered};
