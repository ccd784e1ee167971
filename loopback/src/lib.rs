//! Servers that stand in for exchanges on loopback: the demo, what third-party clients are tried against, and the truth that
//! fault tests compare with.
//!
//! [`exchange`] is one exchange without a protocol: markets that run over stored candles or ticks, accounts, orders. A
//! dialect speaks one venue's protocol over it, without a socket or a clock. Nothing here is shared with the adapters of
//! those venues, so that a misreading on one side shows on the other; and nothing here ever leaves the machine.
pub mod alpaca;
pub mod bingx;
pub mod dialect;
pub mod exchange;
pub mod faults;
pub mod http;
pub mod pace;
pub mod serve;
