//! What positions would lose in a scenario: shocks that somebody wrote down, or the worst days that the data hold.
//!
//! A loss is positive. Positions are taken as they stand: nothing is closed, hedged or liquidated on the way.
use serde::{Deserialize, Serialize};

/// A relative change of a price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shock {
    /// `venue:symbol`, or `*` for every instrument without a shock of its own.
    pub instrument: String,
    /// As a share of the price: -0.2 is a fall by a fifth.
    pub change: f64,
}

/// Shocks that come together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// The shocks; an instrument without one does not move.
    pub shocks: Vec<Shock>,
}

/// What positions lose in a scenario, in the account's currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StressResult {
    /// What the scenario is called.
    pub name: String,
    /// The loss of all positions.
    pub loss: f64,
    /// The loss of each position, in the order of instruments.
    pub by_instrument: Vec<f64>,
}

impl StressResult {
    fn new(name: String, values: &[f64], moved: impl Fn(usize) -> f64) -> Self {
        let by_instrument: Vec<f64> = values.iter().enumerate().map(|(i, value)| 0.0 - value * moved(i)).collect();
        Self { name, loss: by_instrument.iter().sum(), by_instrument }
    }
}

/// The losses of positions worth `values`, of the instruments with these names, in a scenario. The last shock of an
/// instrument counts, and one of its own before `*`.
///
/// # Panics
/// When there is not one value for each name.
#[must_use]
pub fn shocked(values: &[f64], names: &[String], scenario: &Scenario) -> StressResult {
    assert_eq!(values.len(), names.len(), "there is one value for each instrument");
    let of = |name: &str| scenario.shocks.iter().rev().find(|shock| shock.instrument == name).map(|it| it.change);
    StressResult::new(scenario.name.clone(), values, |i| of(&names[i]).or_else(|| of("*")).unwrap_or(0.0))
}

/// Prices of several instruments over the same days; zero where there is none yet.
#[derive(Clone, Copy, Debug)]
pub struct Prices<'a> {
    /// How many instruments.
    pub instruments: usize,
    /// Row by row, one for each day.
    pub rows: &'a [f64],
}

impl Prices<'_> {
    /// How many days there are.
    #[must_use]
    pub fn days(&self) -> usize {
        self.rows.len().checked_div(self.instruments).unwrap_or(0)
    }

    /// The relative move of an instrument between two days; zero where either has no price.
    #[must_use]
    pub fn moved(&self, instrument: usize, from: usize, to: usize) -> f64 {
        let price = |day: usize| self.rows[day * self.instruments + instrument];
        if price(from) > 0.0 && price(to) > 0.0 { price(to) / price(from) - 1.0 } else { 0.0 }
    }
}

/// The losses of positions worth `values` over the price moves from one day to another.
#[must_use]
pub fn between(name: String, values: &[f64], prices: Prices<'_>, from: usize, to: usize) -> StressResult {
    StressResult::new(name, values, |i| prices.moved(i, from, to))
}

/// The day on which the `length` days began that would have cost positions worth `values` the most; the earliest of
/// equally bad ones. `None` where the data are shorter than that.
#[must_use]
pub fn worst_window(values: &[f64], prices: Prices<'_>, length: usize) -> Option<usize> {
    let loss = |from: usize| between(String::new(), values, prices, from, from + length).loss;
    let starts = 0..prices.days().checked_sub(length)?;
    starts
        .map(|from| (from, loss(from)))
        .reduce(|worst, next| if next.1 > worst.1 { next } else { worst })
        .map(|it| it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruments_own_shock_goes_before_that_of_all() {
        let names = ["x:A", "x:B", "x:C"].map(str::to_owned);
        let shock = |instrument: &str, change| Shock { instrument: instrument.into(), change };
        let scenario = Scenario { name: "crash".into(), shocks: vec![shock("x:B", 0.5), shock("*", -0.25)] };
        let found = shocked(&[100.0, -200.0, 0.0], &names, &scenario);
        assert_eq!((found.loss, found.by_instrument), (125.0, vec![25.0, 100.0, 0.0]));
        let alone = Scenario { name: "one".into(), shocks: vec![shock("x:A", -0.5)] };
        assert_eq!(shocked(&[100.0, -200.0, 8.0], &names, &alone).by_instrument, [50.0, 0.0, 0.0]);
    }

    #[test]
    fn the_worst_window_is_that_of_the_positions_and_not_of_the_market() {
        let rows = [100.0, 10.0, 50.0, 10.0, 100.0, 40.0, 100.0, 20.0];
        let prices = Prices { instruments: 2, rows: &rows };
        assert_eq!(worst_window(&[100.0, 0.0], prices, 1), Some(0));
        assert_eq!(worst_window(&[-100.0, 0.0], prices, 1), Some(1));
        assert_eq!(worst_window(&[0.0, -100.0], prices, 2), Some(0));
        assert_eq!(between("w".into(), &[0.0, -100.0], prices, 0, 2).by_instrument, [0.0, 300.0]);
        assert_eq!(worst_window(&[1.0, 1.0], prices, 4), None);
        assert_eq!(worst_window(&[0.0, 0.0], prices, 1), Some(0), "of equally bad ones the earliest");
    }

    #[test]
    fn what_has_no_price_yet_does_not_move() {
        let prices = Prices { instruments: 1, rows: &[0.0, 10.0, 5.0] };
        assert_eq!((prices.moved(0, 0, 1), prices.moved(0, 1, 2)), (0.0, -0.5));
        assert_eq!(worst_window(&[100.0], prices, 1), Some(1));
    }
}
