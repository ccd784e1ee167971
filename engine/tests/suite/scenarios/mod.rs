//! Scenarios: a few candles, a few wishes, and what came of them.
mod instants;
mod latencies;
mod limits;
mod orders;
mod paths;
mod prices;
