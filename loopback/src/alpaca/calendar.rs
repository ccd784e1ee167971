//! When the stock market is open, as the clock and the calendar tell it.
//!
//! The sessions are those of the exchange's stocks. Where it knows none, every weekday has one from 09:30 to 16:00 in New
//! York: a market without sessions never closes, but clients want a calendar all the same.
use super::moment;
use super::node::Node;
use engine::sim::Sessions;
use engine::{Interval, Timestamp};
use jiff::civil::{Date, Weekday};

/// The most days that one answer holds.
const DAYS_MAX: i64 = 4_000;

/// The sessions of the stock market.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    /// Open and close of each session, in the order of time; none where the market never closes.
    sessions: Vec<(Timestamp, Timestamp)>,
}

impl Calendar {
    /// The calendar of a market.
    pub(crate) fn new(sessions: &Sessions) -> Self {
        let closes = sessions.closes().unwrap_or_default();
        let session = |close: Timestamp| Some((sessions.open_at(close.after(-1))?, close));
        Self { sessions: closes.into_iter().filter_map(session).collect() }
    }

    /// Whether the market is open.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.sessions.is_empty() || self.around(now).is_some_and(|(open, close)| open <= now && now < close)
    }

    /// When the trading day of an instant began: the open of its session or of the last one, else midnight in New York.
    pub(crate) fn day_begin(&self, now: Timestamp) -> Timestamp {
        let begun = self.sessions.partition_point(|(open, _)| *open <= now).checked_sub(1);
        begun.map_or_else(|| moment::new_york_midnight(moment::new_york_day(now)), |place| self.sessions[place].0)
    }

    /// The session under way, or the next one.
    fn around(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.sessions.get(self.sessions.partition_point(|(_, close)| *close <= now)).copied()
    }

    /// As `/v2/clock` shows it. Behind the last session that is known weekdays go on as where none is.
    pub(crate) fn clock(&self, now: Timestamp) -> Node {
        let open = self.is_open(now);
        let here = self.sessions.partition_point(|(_, close)| *close <= now);
        let known = self.sessions.get(here).copied();
        let next = self.sessions.get(here + 1).copied();
        let last = self.sessions.last().map_or(Timestamp::MIN, |(_, close)| *close);
        let guessed = || {
            let from = moment::new_york_day(now);
            let days = (0..8).filter_map(move |days| weekday_session(day_after(from, days)?));
            days.filter(move |(open, close)| *close > now && *open > last)
        };
        let closes = known.or_else(|| guessed().next()).map(|(_, close)| close);
        let mut opens = [known, next].into_iter().flatten().chain(guessed()).map(|(open, _)| open);
        let time = |time: Option<Timestamp>| time.map(moment::new_york);
        Node::map([
            ("timestamp", moment::new_york(now).into()),
            ("is_open", open.into()),
            ("next_open", time(opens.find(|open| *open > now)).into()),
            ("next_close", time(closes).into()),
        ])
    }

    /// The trading days of a range, both ends included, as `/v2/calendar` shows them.
    pub(crate) fn days(&self, from: Option<Date>, to: Option<Date>) -> Node {
        let within = |day: Date| from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to);
        let known = self.sessions.iter().copied();
        let listed: Vec<(Timestamp, Timestamp)> = if self.sessions.is_empty() {
            let (Some(from), Some(to)) = (from, to) else { return Node::List(Vec::new()) };
            let days = (0..DAYS_MAX).map_while(|days| day_after(from, days).filter(|day| *day <= to));
            days.filter_map(weekday_session).collect()
        } else {
            known.filter(|(open, _)| within(moment::new_york_day(*open))).collect()
        };
        let rows = listed.windows(2).map(|pair| (pair[0], Some(pair[1])));
        let rows = rows.chain(listed.last().map(|last| (*last, None)));
        Node::List(rows.map(|(session, next)| row(session, next)).collect())
    }
}

fn row((open, close): (Timestamp, Timestamp), next: Option<(Timestamp, Timestamp)>) -> Node {
    let day = moment::new_york_day(open);
    let settles = next.map_or_else(|| day_after(day, 1).unwrap_or(day), |(open, _)| moment::new_york_day(open));
    Node::map([
        ("date", day.to_string().into()),
        ("open", moment::new_york_hour(open).into()),
        ("close", moment::new_york_hour(close).into()),
        ("session_open", "0400".into()),
        ("session_close", "2000".into()),
        ("settlement_date", settles.to_string().into()),
    ])
}

fn day_after(day: Date, days: i64) -> Option<Date> {
    day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// 09:30 to 16:00 of a weekday.
fn weekday_session(day: Date) -> Option<(Timestamp, Timestamp)> {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return None;
    }
    // Clocks change on Sundays at night: from midnight on a weekday's hours are what they seem.
    let midnight = moment::new_york_midnight(day);
    let at = |minutes: i64| midnight.after(minutes * Interval::MINUTE.0);
    Some((at(9 * 60 + 30), at(16 * 60)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::sim::Session;

    fn at(text: &str) -> Timestamp {
        moment::read(text, moment::InNewYork::Yes).expect("an instant")
    }

    fn two_days() -> Calendar {
        let session = |open: &str, close: &str| Session { open: at(open), close: at(close) };
        Calendar::new(&Sessions::new(
            vec![
                session("2023-11-22T09:30:00-05:00", "2023-11-22T16:00:00-05:00"),
                session("2023-11-24T09:30:00-05:00", "2023-11-24T13:00:00-05:00"),
            ]
            .into(),
        ))
    }

    #[test]
    fn the_clock_says_what_comes_next_in_new_york() {
        for (now, open, next_open, next_close) in [
            ("2023-11-22T08:00:00-05:00", false, "2023-11-22T09:30:00-05:00", "2023-11-22T16:00:00-05:00"),
            ("2023-11-22T09:30:00-05:00", true, "2023-11-24T09:30:00-05:00", "2023-11-22T16:00:00-05:00"),
            ("2023-11-22T16:00:00-05:00", false, "2023-11-24T09:30:00-05:00", "2023-11-24T13:00:00-05:00"),
            ("2023-11-24T10:00:00-05:00", true, "2023-11-27T09:30:00-05:00", "2023-11-24T13:00:00-05:00"),
            ("2023-11-24T13:00:00-05:00", false, "2023-11-27T09:30:00-05:00", "2023-11-27T16:00:00-05:00"),
        ] {
            let expected = format!(
                "{{\"timestamp\":\"{now}\",\"is_open\":{open},\"next_open\":\"{next_open}\",\"next_close\":\"{next_close}\"}}"
            );
            assert_eq!(two_days().clock(at(now)).json(), expected);
        }
    }

    #[test]
    fn only_trading_days_are_listed_and_half_days_close_early() {
        let day = |text: &str| moment::read_day(text);
        let listed = two_days().days(day("2023-11-23"), day("2023-11-30")).json();
        assert_eq!(
            listed,
            "[{\"date\":\"2023-11-24\",\"open\":\"09:30\",\"close\":\"13:00\",\"session_open\":\"0400\",\
             \"session_close\":\"2000\",\"settlement_date\":\"2023-11-25\"}]"
        );
        let always = Calendar::new(&Sessions::ALWAYS);
        let Node::List(week) = always.days(day("2026-01-02"), day("2026-01-08")) else { panic!("a list") };
        assert_eq!(week.len(), 5, "a Friday and Monday to Thursday");
        assert!(always.is_open(at("2026-01-03")), "a market without sessions never closes");
    }
}
