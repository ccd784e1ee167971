//! What a step is worth: costs are in it, because equity is the ledger's.
use engine::math;
use serde::{Deserialize, Serialize};

/// The least part of equity that a step can leave, as rewards see it: the logarithm of nothing is no number.
const LEFT_MIN: f64 = 1e-6;

/// How a step is valued.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reward {
    /// The logarithmic return of equity.
    LogReturn,
    /// The differential Sharpe ratio of Moody, Wu, Liao and Saffell, Performance functions and reinforcement learning for
    /// trading systems and portfolios (Journal of Forecasting, 1998): how much the step's return moves an exponentially
    /// weighted Sharpe ratio. Nothing until there is a deviation.
    DifferentialSharpe {
        /// Weight of the newest return.
        rate: f64,
    },
    /// The logarithmic return, less so many times what the step adds to the drawdown from the episode's peak.
    DrawdownPenalised {
        /// Weight of the added drawdown.
        weight: f64,
    },
}

/// Values the steps of one episode.
#[derive(Clone, Copy, Debug)]
pub struct Rewarder {
    reward: Reward,
    /// What every reward is multiplied by.
    scale: f64,
    equity: f64,
    peak: f64,
    mean: f64,
    square: f64,
}

impl Reward {
    /// Values an episode that begins with this equity. Every reward is multiplied by `scale`.
    #[must_use]
    pub fn begin(self, equity: f64, scale: f64) -> Rewarder {
        Rewarder { reward: self, scale, equity, peak: equity, mean: 0.0, square: 0.0 }
    }
}

impl Rewarder {
    /// What the step to this equity is worth.
    #[inline]
    pub fn next(&mut self, equity: f64) -> f64 {
        let ratio = (equity / self.equity).max(LEFT_MIN);
        let value = match self.reward {
            Reward::LogReturn => math::ln(ratio),
            Reward::DifferentialSharpe { rate } => self.differential_sharpe(ratio - 1.0, rate),
            Reward::DrawdownPenalised { weight } => {
                let before = 1.0 - self.equity / self.peak;
                let after = 1.0 - equity / self.peak.max(equity);
                math::ln(ratio) - weight * (after - before).max(0.0)
            }
        };
        self.peak = self.peak.max(equity);
        self.equity = equity;
        value * self.scale
    }

    fn differential_sharpe(&mut self, return_: f64, rate: f64) -> f64 {
        let (mean_step, square_step) = (return_ - self.mean, return_ * return_ - self.square);
        let variance = self.square - self.mean * self.mean;
        let value = if variance > 1e-12 {
            (self.square * mean_step - 0.5 * self.mean * square_step) / (variance * math::sqrt(variance))
        } else {
            0.0
        };
        self.mean += rate * mean_step;
        self.square += rate * square_step;
        value
    }
}
