//! Looks on while a run goes and keeps what the report of risk needs: the last values of each day, and tallies.
//!
//! Memory grows with days, instruments and checks, never with marks, orders or refusals. It changes nothing.
use super::report::RiskReport;
use super::stress::Scenario;
use crate::metrics::Days;
use crate::metrics::daily::day_of_mark;
use engine::value_at_risk::Confidence;
use engine::{Money, Timestamp};
use std::collections::BTreeMap;

/// An instrument at a mark, in the account's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstrumentMark {
    /// What is held of it at its mark; below zero for a short.
    pub value: Money,
    /// What one unit of it is worth; zero where nobody knows yet.
    pub price: Money,
}

/// What the numbers of a limit count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Money, in 10⁻¹² of the account's currency.
    Money,
    /// Orders, messages, units: whole things.
    Count,
    /// Shares, in millionths.
    Ppm,
}

impl Unit {
    pub(super) fn text(self, amount: i128) -> String {
        match self {
            Self::Money => Money(amount).to_string(),
            Self::Count => amount.to_string(),
            Self::Ppm => format!("{} %", engine::measure::scaled_text(amount.clamp(-1 << 60, 1 << 60) as i64, 4)),
        }
    }
}

/// How much of a limit is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitUse {
    /// What both count.
    pub unit: Unit,
    /// The use.
    pub used: i128,
    /// The limit.
    pub limit: i128,
}

impl LimitUse {
    /// The use as a share of the limit. Any use of a limit of nothing is the whole of it.
    #[must_use]
    pub fn share(self) -> f64 {
        match self.limit {
            0 => f64::from(u8::from(self.used > 0)),
            limit => self.used as f64 / limit as f64,
        }
    }
}

/// What the report is to be made with.
#[derive(Clone, Debug)]
pub struct RiskSettings {
    /// Of the value at risk.
    pub confidence: Confidence,
    /// Which days count.
    pub days: Days,
    /// The equity at the start.
    pub initial: Money,
    /// The seed of the drawn days.
    pub seed: u64,
    /// Shocks that somebody wrote down.
    pub scenarios: Vec<Scenario>,
    /// Lengths, in days, of the worst windows to look for.
    pub windows: Vec<usize>,
}

/// The use of a limit so far.
#[derive(Clone, Debug)]
pub(super) struct Used {
    pub(super) highest: LimitUse,
    pub(super) at: Timestamp,
    /// The highest of each day: day, time, share.
    pub(super) daily: Vec<(i64, Timestamp, f64)>,
}

/// The refusals of a check so far.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) count: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) instrument: Option<usize>,
    pub(super) limit: i128,
    pub(super) value: i128,
}

/// The sum, the largest and the last of something.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) sum: f64,
    pub(super) largest: f64,
    pub(super) last: f64,
}

impl Tally {
    fn see(&mut self, value: f64) {
        self.sum += value.abs();
        self.largest = self.largest.max(value.abs());
        self.last = value;
    }
}

/// The last mark of a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayEnd {
    pub(super) day: i64,
    pub(super) time: Timestamp,
    pub(super) equity: f64,
}

/// Positions at one time.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) time: Option<Timestamp>,
    pub(super) equity: f64,
    pub(super) gross: f64,
    pub(super) values: Vec<f64>,
    /// Net, by the place of the currency.
    by_currency: Vec<f64>,
}

/// Keeps what the report of risk needs.
#[derive(Clone, Debug)]
pub struct RiskRecorder {
    pub(super) names: Vec<String>,
    /// The names of the currencies, and of each instrument the place of its own.
    pub(super) currencies: Vec<String>,
    pub(super) currency_of: Vec<usize>,
    pub(super) marks: u64,
    pub(super) days: Vec<DayEnd>,
    /// Prices at the end of each day, row by row.
    pub(super) prices: Vec<f64>,
    pub(super) now: Held,
    pub(super) largest: Held,
    pub(super) by_instrument: Vec<Tally>,
    pub(super) by_currency: Vec<Tally>,
    pub(super) gross: Tally,
    pub(super) net: Tally,
    pub(super) used: BTreeMap<String, Used>,
    pub(super) refused: BTreeMap<String, Refused>,
}

impl RiskRecorder {
    /// A recorder for instruments by name, `venue:symbol`, each with the currency of its prices.
    #[must_use]
    pub fn new(instruments: Vec<(String, String)>) -> Self {
        let count = instruments.len();
        let (mut names, mut currencies, mut currency_of) = (Vec::new(), Vec::<String>::new(), Vec::new());
        for (name, currency) in instruments {
            let place = currencies.iter().position(|known| *known == currency).unwrap_or(currencies.len());
            if place == currencies.len() {
                currencies.push(currency);
            }
            names.push(name);
            currency_of.push(place);
        }
        Self {
            marks: 0,
            days: Vec::new(),
            prices: Vec::new(),
            now: Held { values: vec![0.0; count], by_currency: vec![0.0; currencies.len()], ..Held::default() },
            largest: Held::default(),
            by_instrument: vec![Tally::default(); count],
            by_currency: vec![Tally::default(); currencies.len()],
            gross: Tally::default(),
            net: Tally::default(),
            used: BTreeMap::new(),
            refused: BTreeMap::new(),
            names,
            currencies,
            currency_of,
        }
    }

    /// The account at an instant, in the order of time.
    ///
    /// # Panics
    /// When there is not one mark for each instrument.
    pub fn mark(&mut self, time: Timestamp, equity: Money, seen: &[InstrumentMark]) {
        assert_eq!(seen.len(), self.names.len(), "there is one mark for each instrument");
        let count = seen.len();
        let now = &mut self.now;
        (now.time, now.equity, now.gross) = (Some(time), equity.to_f64(), 0.0);
        now.by_currency.fill(0.0);
        let mut net = 0.0;
        for (place, mark) in seen.iter().enumerate() {
            let value = mark.value.to_f64();
            now.values[place] = value;
            now.gross += value.abs();
            net += value;
            now.by_currency[self.currency_of[place]] += value;
            self.by_instrument[place].see(value);
        }
        self.by_currency.iter_mut().zip(&now.by_currency).for_each(|(tally, value)| tally.see(*value));
        self.gross.see(now.gross);
        self.net.see(net);
        self.marks += 1;
        if now.gross > self.largest.gross {
            self.largest.clone_from(now);
        }
        let end = DayEnd { day: day_of_mark(time), time, equity: now.equity };
        match self.days.last_mut() {
            Some(last) if last.day == end.day => {
                *last = end;
                self.prices.truncate((self.days.len() - 1) * count);
            }
            _ => self.days.push(end),
        }
        self.prices.extend(seen.iter().map(|mark| mark.price.to_f64()));
    }

    /// A refusal by a check: of which instrument, by its place, where it is of one; limit and value in the check's unit.
    pub fn refused(&mut self, time: Timestamp, check: &str, instrument: Option<usize>, limit: i128, value: i128) {
        let new = Refused { count: 1, first: time, last: time, instrument, limit, value };
        match self.refused.get_mut(check) {
            Some(known) => *known = Refused { count: known.count + 1, first: known.first, ..new },
            None => drop(self.refused.insert(check.to_owned(), new)),
        }
    }

    /// How much of a limit is used, in the order of time.
    pub fn limit_use(&mut self, time: Timestamp, check: &str, highest: LimitUse) {
        let (day, share) = (day_of_mark(time), highest.share());
        let Some(known) = self.used.get_mut(check) else {
            let daily = vec![(day, time, share)];
            self.used.insert(check.to_owned(), Used { highest, at: time, daily });
            return;
        };
        if share > known.highest.share() {
            (known.highest, known.at) = (highest, time);
        }
        match known.daily.last_mut() {
            Some(last) if last.0 == day => {
                if share > last.2 {
                    *last = (day, time, share);
                }
            }
            _ => known.daily.push((day, time, share)),
        }
    }

    /// The report.
    #[must_use]
    pub fn finish(self, settings: &RiskSettings) -> RiskReport {
        super::figures::report(&self, settings)
    }
}
