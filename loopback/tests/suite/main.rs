//! What the loopback venues promise, tested through their public face: the exchange without a protocol, and each dialect.
mod bingx;
mod bingx_desk;
mod bingx_faults;
mod exchange;
mod floor;
mod invariants;
mod serving;
