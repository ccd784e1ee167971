//! What each of several strategies made of its share of an account, and what stands with the house.
use crate::run_file::{RunFile, StrategySection};
use crate::strategy_setup;
use engine::{Books, Money, Owner, State};
use evaluations::{RoundTrips, StrategyResult};
use std::sync::Arc;

/// The names of the owners, nobody's first; that one alone where there are not several strategies.
#[must_use]
pub fn owner_names(config: &RunFile) -> Vec<Arc<str>> {
    let seats = config.strategies.iter().filter_map(|strategy| strategy.seat.as_ref());
    std::iter::once("".into()).chain(seats.map(|seat| seat.name.as_str().into())).collect()
}

/// What each of several strategies made of its share, and the house last where it has anything.
#[must_use]
pub fn strategy_results(config: &RunFile, state: &State, trips: &RoundTrips) -> Vec<StrategyResult> {
    let shares = strategy_setup::shares(config);
    let of = |(place, (section, books)): (usize, (&StrategySection, &Books))| {
        let owner = Owner(u8::try_from(place + 1).unwrap_or(u8::MAX));
        let own = || trips.closed().iter().filter(move |trip| trip.owner == owner);
        let orders = state.orders.all().filter(|order| order.owner == owner);
        StrategyResult {
            name: section.seat.as_ref().map(|seat| seat.name.clone()).unwrap_or_default(),
            kind: section.kind.clone(),
            initial_cash: shares.get(place).copied().unwrap_or_default(),
            cash: books.cash(),
            equity: books.equity(),
            fees: books.fees(),
            orders: orders.count() as u64,
            round_trips: own().count() as u64,
            wins: own().filter(|trip| trip.is_win()).count() as u64,
        }
    };
    let mut results: Vec<StrategyResult> =
        config.strategies.iter().zip(state.sub_ledgers.all()).enumerate().map(of).collect();
    if results.is_empty() {
        return results;
    }
    let house = state.sub_ledgers.house(&state.books);
    let sum = |of: fn(&StrategyResult) -> Money| results.iter().map(of).sum::<Money>();
    let rest = StrategyResult {
        name: StrategyResult::HOUSE.into(),
        initial_cash: config.account.cash - sum(|r| r.initial_cash),
        cash: state.books.cash() - sum(|r| r.cash),
        equity: house.equity,
        fees: state.books.fees() - sum(|r| r.fees),
        ..StrategyResult::default()
    };
    results.push(rest);
    results
}
