//! Adapters against what venues really sent, and their protocols step by step.
extern crate onetape_venues as venues;

mod alpaca;
mod bingx;
mod corpus;
