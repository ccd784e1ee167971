//! What there is to earn on a series, by the one who knows its law, and by the one who knows the series.
//!
//! Positions are -1, 0 and 1 times the size. A step earns the position times the market's step, less the costs of what changed;
//! that is what a ledger books for small steps, and checks play these policies through the engine to see it.
use super::Momentum;
use engine::{Candle, math};
use std::ops::Range;

/// Places on the grid of last steps, and how many stationary deviations it reaches either way.
const PLACES: usize = 161;
const REACH: f64 = 4.5;
/// Rounds of value iteration; for coefficients of up to 0.9 what is left by then is below a millionth of the earnings.
const ROUNDS: usize = 400;

const POSITIONS: [f64; 3] = [-1.0, 0.0, 1.0];

/// The best position at each decision on the candles at `decisions` for one who knows what comes, at these costs of a change by
/// one size: -1, 0 or 1. It is worked out from the end, as Bellman does. Each is followed by one more candle.
///
/// # Panics
/// When there is no candle behind the last decision.
#[must_use]
pub fn foresight(candles: &[Candle], decisions: Range<usize>, cost_bps: f64) -> Vec<i8> {
    let mut ahead = [0.0; 3];
    let mut plans = Vec::with_capacity(decisions.len());
    for place in decisions.rev() {
        let step_bps = (candles[place + 1].close.0 as f64 / candles[place].close.0 as f64 - 1.0) * 10_000.0;
        let worth: [f64; 3] = std::array::from_fn(|to| POSITIONS[to] * step_bps + ahead[to]);
        let plan: [usize; 3] = std::array::from_fn(|from| choose(worth, from, cost_bps));
        ahead = std::array::from_fn(|from| worth[plan[from]] - cost(from, plan[from], cost_bps));
        plans.push(plan);
    }
    let mut position = 1;
    let follow = |plan: &[usize; 3]| {
        position = plan[position];
        position as i8 - 1
    };
    plans.iter().rev().map(follow).collect()
}

fn cost(from: usize, to: usize, cost_bps: f64) -> f64 {
    from.abs_diff(to) as f64 * cost_bps
}

/// The best position to change to, by what each is worth; the first of equals.
fn choose(worth: [f64; 3], from: usize, cost_bps: f64) -> usize {
    let net = |to: usize| worth[to] - cost(from, to, cost_bps);
    (1..3).fold(0, |best, to| if net(to) > net(best) { to } else { best })
}

/// The best policy on a [`Momentum`], at given costs.
#[derive(Clone, Debug)]
pub struct Best {
    law: Momentum,
    cost_bps: f64,
    /// What a position is worth behind the next step, beyond the average, by the place of the last step.
    ahead: Vec<[f64; 3]>,
    /// What it earns per step in the long run, in hundredths of a per cent of the size, after costs.
    pub earns_bps: f64,
}

impl Momentum {
    /// The best policy at these costs of a change by one size, and what it earns: relative value iteration over the last step,
    /// on a grid, and the position (Puterman, Markov Decision Processes, 1994, section 8.5.5).
    #[must_use]
    pub fn best(self, cost_bps: f64) -> Best {
        let moves = self.moves();
        let (mut ahead, mut earns_bps) = (vec![[0.0; 3]; PLACES], 0.0);
        for _ in 0..ROUNDS {
            let best = Best { law: self, cost_bps, ahead, earns_bps };
            let values: Vec<[f64; 3]> = (0..PLACES).map(|place| best.values(place)).collect();
            // Flat after no step is worth nothing by agreement: what it gains in a round is what a round earns.
            earns_bps = values[PLACES / 2][1];
            ahead = moves.iter().map(|chances| expected(chances, &values, earns_bps)).collect();
        }
        Best { law: self, cost_bps, ahead, earns_bps }
    }

    fn at(self, place: usize) -> f64 {
        (2.0 * place as f64 / (PLACES - 1) as f64 - 1.0) * REACH * self.stationary_bps()
    }

    /// The chance of each next step, by the last one.
    fn moves(self) -> Vec<Vec<f64>> {
        let row = |from: usize| {
            let density = |to: usize| {
                let z = (self.at(to) - self.coefficient * self.at(from)) / self.deviation_bps;
                math::exp(-0.5 * z * z)
            };
            let densities: Vec<f64> = (0..PLACES).map(density).collect();
            let sum: f64 = densities.iter().sum();
            densities.iter().map(|density| density / sum).collect()
        };
        (0..PLACES).map(row).collect()
    }
}

fn expected(chances: &[f64], values: &[[f64; 3]], flat: f64) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (chance, values) in chances.iter().zip(values) {
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += chance * (value - flat));
    }
    sums
}

impl Best {
    /// The best position, where the last step and the position that stands are these.
    #[must_use]
    pub fn position(&self, last_bps: f64, stands: i8) -> i8 {
        let part = (last_bps / (REACH * self.law.stationary_bps())).clamp(-1.0, 1.0);
        let place = ((part + 1.0) / 2.0 * (PLACES - 1) as f64).round() as usize;
        choose(self.worth(last_bps, place), (stands + 1) as usize, self.cost_bps) as i8 - 1
    }

    fn worth(&self, last_bps: f64, place: usize) -> [f64; 3] {
        std::array::from_fn(|to| POSITIONS[to] * self.law.coefficient * last_bps + self.ahead[place][to])
    }

    /// What each position is worth before the decision at a place of the grid.
    fn values(&self, place: usize) -> [f64; 3] {
        let worth = self.worth(self.law.at(place), place);
        std::array::from_fn(|from| {
            let to = choose(worth, from, self.cost_bps);
            worth[to] - cost(from, to, self.cost_bps)
        })
    }
}
