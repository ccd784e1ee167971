//! What the loopback venues promise, tested through their public face: the exchange without a protocol, and each dialect.
mod exchange;
mod floor;
mod invariants;
