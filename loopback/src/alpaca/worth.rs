//! What the account was worth, minute by minute, for the history of the portfolio.
use super::calendar::Calendar;
use super::moment;
use super::node::Node;
use engine::{Interval, Timestamp};
use rust_decimal::Decimal;
use std::collections::VecDeque;

/// How many minutes are kept: some three months of a market that never closes.
const KEPT: usize = 130_000;

/// The equity at the end of minutes in which something happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worth {
    /// Minute and equity, in the order of time.
    noted: VecDeque<(Timestamp, Decimal)>,
}

impl Worth {
    /// Whether the minute of `now` has not been noted.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.noted.back().is_none_or(|(minute, _)| *minute < moment::floor(now, Interval::MINUTE))
    }

    /// Notes the equity of an instant.
    pub(crate) fn note(&mut self, now: Timestamp, equity: Decimal) {
        if self.noted.len() == KEPT {
            self.noted.pop_front();
        }
        self.noted.push_back((moment::floor(now, Interval::MINUTE), equity));
    }

    /// The equity when the trading day of `now` began; that of the first note where it is the first day.
    pub(crate) fn of_day_before(&self, now: Timestamp, calendar: &Calendar) -> Option<Decimal> {
        let midnight = calendar.day_begin(now);
        let before = self.noted.iter().rev().find(|(minute, _)| *minute < midnight);
        before.or(self.noted.front()).map(|(_, equity)| *equity)
    }

    /// The history since an instant in steps of a length: the last equity of each.
    pub(crate) fn history(&self, from: Timestamp, (step, name): (Interval, &'static str), now: Decimal) -> Node {
        let (mut times, mut equities): (Vec<Timestamp>, Vec<Decimal>) = (Vec::new(), Vec::new());
        let before = self.noted.iter().rev().find(|(minute, _)| *minute < from);
        let base = before.or(self.noted.front()).map_or(now, |(_, equity)| *equity);
        for (minute, equity) in self.noted.iter().filter(|(minute, _)| *minute >= from) {
            let time = if step == Interval::DAY {
                moment::new_york_midnight(moment::new_york_day(*minute))
            } else {
                moment::floor(*minute, step)
            };
            match (times.last(), equities.last_mut()) {
                (Some(last), Some(of_last)) if *last == time => *of_last = *equity,
                _ => {
                    times.push(time);
                    equities.push(*equity);
                }
            }
        }
        let gain = |equity: &Decimal| *equity - base;
        let share = |equity: &Decimal| gain(equity).checked_div(base).map(|it| Node::Number(it.round_dp(12)));
        let list = |nodes: Vec<Node>| Node::List(nodes);
        Node::map([
            ("timestamp", list(times.iter().map(|time| Node::Whole(time.0.div_euclid(1_000_000_000))).collect())),
            ("equity", list(equities.iter().map(|it| Node::Number(*it)).collect())),
            ("profit_loss", list(equities.iter().map(|it| Node::Number(gain(it))).collect())),
            ("profit_loss_pct", list(equities.iter().map(|it| share(it).unwrap_or(Node::Null)).collect())),
            ("base_value", Node::Number(base)),
            ("timeframe", name.into()),
        ])
    }
}

/// The step of a history as clients spell it.
pub(crate) fn step(text: &str) -> Option<(Interval, &'static str)> {
    let minutes = |count: i64| Interval(count * Interval::MINUTE.0);
    Some(match text {
        "1Min" => (minutes(1), "1Min"),
        "5Min" => (minutes(5), "5Min"),
        "15Min" => (minutes(15), "15Min"),
        "1H" => (Interval::HOUR, "1H"),
        "1D" => (Interval::DAY, "1D"),
        _ => return None,
    })
}

/// How many days a period is: `7D`, `2W`, `1M`, `1A`.
pub(crate) fn period_days(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let count = count.parse::<i64>().ok().filter(|count| (1..=3_650).contains(count))?;
    let days = match unit {
        "D" => 1,
        "W" => 7,
        "M" => 30,
        "A" => 365,
        _ => return None,
    };
    Some(count * days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_has_the_last_equity_of_each_step() {
        let minute = |n: i64| Timestamp(n * Interval::MINUTE.0);
        let mut worth = Worth::default();
        for (at, equity) in [(0, 100), (1, 110), (5, 120), (6, 90)] {
            assert!(worth.is_due(minute(at)));
            worth.note(minute(at).after(7), equity.into());
            assert!(!worth.is_due(minute(at).after(9)));
        }
        let step = step("5Min").expect("a step");
        assert_eq!(
            worth.history(minute(1), step, Decimal::ZERO).json(),
            "{\"timestamp\":[0,300],\"equity\":[110,90],\"profit_loss\":[10,-10],\"profit_loss_pct\":[0.1,-0.1],\
             \"base_value\":100,\"timeframe\":\"5Min\"}"
        );
    }

    #[test]
    fn periods_are_read_within_reason() {
        for (text, days) in
            [("1M", Some(30)), ("7D", Some(7)), ("2W", Some(14)), ("1A", Some(365)), ("0D", None), ("M", None)]
        {
            assert_eq!(period_days(text), days, "{text}");
        }
    }
}
