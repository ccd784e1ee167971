//! The limits of a run, each by itself, and the watch over an account.
mod acts;
mod feeds;
mod never_beyond;
mod rates;
mod room;
mod sizes;
mod stops;
