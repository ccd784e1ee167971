//! What each day did to each instrument, and what a bad day would do to what the account could come to hold.
//!
//! Worked out anew when a day ends, so that an order costs one multiplication where there is one instrument.
use super::{Confidence, Covariance, Draws, Drift, Returns, TailRates, UnitTails, draw, historical, parametric};
use crate::{Money, Price};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// How value at risk is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VarMethod {
    /// What the past days would have done.
    #[default]
    Historical,
    /// A normal distribution with the covariances of the past days.
    Parametric,
    /// Days drawn from that distribution: so many, from this seed.
    MonteCarlo(Draws),
}

/// How value at risk is estimated, how surely, and of how many days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarSettings {
    /// How.
    pub method: VarMethod,
    /// How surely a day's loss is to stay below it.
    pub confidence: Confidence,
    /// Of how many past days at most.
    pub days: usize,
}

impl Default for VarSettings {
    fn default() -> Self {
        Self { method: VarMethod::Historical, confidence: Confidence::PERCENT_99, days: 250 }
    }
}

/// Which figure of the bad days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// The loss that is exceeded on few days only.
    ValueAtRisk,
    /// What those days lose on average.
    ExpectedShortfall,
}

/// Fewer days say nothing about a bad one.
pub const VAR_DAYS_MIN: usize = 30;

#[derive(Clone, Debug, PartialEq)]
enum Model {
    /// One instrument: what a unit of it loses, at risk and beyond.
    One([TailRates; 2]),
    Days(Returns),
    Normal(Covariance),
}

/// Returns of past days, and what follows from them.
#[derive(Clone, Debug, PartialEq)]
pub struct DayReturns {
    settings: VarSettings,
    closes: Vec<Price>,
    days: VecDeque<Vec<f64>>,
    model: Option<Model>,
}

impl DayReturns {
    pub(crate) fn new(settings: VarSettings, instruments: usize) -> Self {
        Self { settings, closes: alloc::vec![Price::default(); instruments], days: VecDeque::new(), model: None }
    }

    /// How many days are known.
    #[must_use]
    pub fn days(&self) -> usize {
        self.days.len()
    }

    /// A day has ended at these prices; zero where there was none yet.
    pub(crate) fn end_day(&mut self, closes: impl Iterator<Item = Price>) {
        let mut moved = Vec::with_capacity(self.closes.len());
        let mut known = false;
        for (before, now) in self.closes.iter_mut().zip(closes) {
            known |= before.0 > 0;
            moved.push(if before.0 > 0 && now.0 > 0 { now.0 as f64 / before.0 as f64 - 1.0 } else { 0.0 });
            if now.0 > 0 {
                *before = now;
            }
        }
        if !known || self.settings.days == 0 {
            return;
        }
        if self.days.len() == self.settings.days {
            self.days.pop_front();
        }
        self.days.push_back(moved);
        if self.days.len() >= VAR_DAYS_MIN {
            self.model = self.fit();
        }
    }

    /// A split: closes of the old units mean nothing any more.
    pub(crate) fn split(&mut self, place: usize, (new, old): (i64, i64)) {
        self.closes[place] = crate::carry::price_after(self.closes[place], new, old);
    }

    fn fit(&self) -> Option<Model> {
        let returns = Returns::new(self.closes.len(), self.days.iter().flatten().copied().collect()).ok()?;
        let returns = match self.settings.method {
            VarMethod::Historical => returns,
            VarMethod::Parametric => return Some(Model::Normal(Covariance::of(&returns))),
            VarMethod::MonteCarlo(draws) => draw(&Covariance::of(&returns), Drift::Zero, draws),
        };
        Some(match returns.instruments() {
            1 => {
                let tails = UnitTails::of(returns.column(0), self.settings.confidence);
                Model::One([tails.value_at_risk_rates(), tails.expected_shortfall_rates()])
            }
            _ => Model::Days(returns),
        })
    }

    /// What a position of the only instrument loses at most: no less than [`DayReturns::loss`], and without a division.
    #[must_use]
    #[inline]
    pub fn bound(&self, figure: Tail, value: Money) -> Option<Money> {
        match self.model.as_ref()? {
            Model::One(rates) => Some(rates[usize::from(figure == Tail::ExpectedShortfall)].bound(value)),
            _ => None,
        }
    }

    /// A gross value of the only instrument whose loss, long or short, is at most `loss`; less than nothing where there are
    /// several, whose loss hangs on which they are. While too few days are known any value is.
    pub(crate) fn value_for(&self, figure: Tail, loss: Money) -> Money {
        match &self.model {
            None => Money(i128::MAX),
            Some(Model::One(rates)) => rates[usize::from(figure == Tail::ExpectedShortfall)].value_for(loss),
            Some(_) => Money(-1),
        }
    }

    /// What positions of these signed values could lose in a day, rounded up; `None` while too few days are known.
    #[must_use]
    pub fn loss(&self, figure: Tail, values: impl Iterator<Item = Money>) -> Option<Money> {
        let shortfall = figure == Tail::ExpectedShortfall;
        let mut values = values;
        let money = |values: &mut dyn Iterator<Item = Money>| values.map(Money::to_f64).collect::<Vec<_>>();
        let tail = match self.model.as_ref()? {
            Model::One(rates) => return Some(rates[usize::from(shortfall)].loss(values.next().unwrap_or_default())),
            Model::Days(returns) => historical(&money(&mut values), returns, self.settings.confidence),
            Model::Normal(covariance) => {
                parametric(&money(&mut values), covariance, Drift::Zero, self.settings.confidence)
            }
        };
        Some(if shortfall { tail.expected_shortfall_money() } else { tail.value_at_risk_money() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closes(seed: i64, n: i64) -> Price {
        Price(10_000 + (n * 7_919 * seed + 13 * n * n) % 997)
    }

    #[test]
    fn each_method_agrees_with_the_function_over_the_same_days() {
        let values = [Money(5_000 * Money::ONE.0), Money(-3_000 * Money::ONE.0)];
        for method in
            [VarMethod::Historical, VarMethod::Parametric, VarMethod::MonteCarlo(Draws { count: 500, seed: 7 })]
        {
            let settings = VarSettings { method, days: 40, ..VarSettings::default() };
            let mut watch = DayReturns::new(settings, 2);
            for n in 0..100 {
                watch.end_day([closes(1, n), closes(3, n)].into_iter());
            }
            assert_eq!(watch.days(), 40);
            let day = |n: i64| [1, 3].map(|seed| closes(seed, n).0 as f64 / closes(seed, n - 1).0 as f64 - 1.0);
            let returns = Returns::new(2, (60..100).flat_map(day).collect()).expect("whole");
            let plain = values.map(Money::to_f64);
            let expected = match method {
                VarMethod::Historical => historical(&plain, &returns, settings.confidence),
                VarMethod::Parametric => {
                    parametric(&plain, &Covariance::of(&returns), Drift::Zero, settings.confidence)
                }
                VarMethod::MonteCarlo(draws) => {
                    historical(&plain, &draw(&Covariance::of(&returns), Drift::Zero, draws), settings.confidence)
                }
            };
            let loss = |figure| watch.loss(figure, values.into_iter());
            assert_eq!(loss(Tail::ValueAtRisk), Some(expected.value_at_risk_money()));
            assert_eq!(loss(Tail::ExpectedShortfall), Some(expected.expected_shortfall_money()));
        }
    }

    #[test]
    fn too_few_days_say_nothing() {
        let mut watch = DayReturns::new(VarSettings::default(), 1);
        let value = || [Money(Money::ONE.0)].into_iter();
        for n in 0..=VAR_DAYS_MIN as i64 {
            assert_eq!(watch.loss(Tail::ValueAtRisk, value()), None, "after {n} closes");
            watch.end_day([closes(1, n)].into_iter());
        }
        assert!(watch.loss(Tail::ValueAtRisk, value()).is_some());
    }

    #[test]
    fn a_split_is_no_loss() {
        let mut watch = DayReturns::new(VarSettings::default(), 1);
        for n in 0..40_i64 {
            if n == 20 {
                watch.split(0, (2, 1));
            }
            watch.end_day([Price(if n < 20 { 1_000 } else { 500 })].into_iter());
        }
        assert_eq!(watch.loss(Tail::ValueAtRisk, [Money(Money::ONE.0)].into_iter()), Some(Money::ZERO));
    }
}
