//! Reads a table of sessions: regular hours by date, less the days without a session, with special days in their place.
//!
//! `calendars/NOTICE` explains the lines. A table that contradicts itself is refused with the line; nothing is made up.
use super::{Pause, Session, TradingCalendar};
use engine::{Interval, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const DAY_NS: i64 = Interval::DAY.0;

/// Hours of a day, in nanoseconds from its midnight UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hours {
    open: i64,
    close: i64,
    pause: Option<(i64, i64)>,
}

/// Regular hours from a day on.
struct Run {
    from: i64,
    /// The digits of its weekdays, from 1 for Monday.
    weekdays: String,
    hours: Hours,
}

/// The lines of a table, taken apart.
#[derive(Default)]
struct Lines {
    days: Option<(i64, i64)>,
    sessions: Option<usize>,
    runs: Vec<Run>,
    closed: BTreeSet<i64>,
    special: BTreeMap<i64, Session>,
}

/// The names of a table, without reading the rest of it.
pub(super) fn names(text: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = text.lines().skip_while(|line| line.starts_with('#'));
    lines.map_while(|line| line.strip_prefix("name "))
}

/// Every session of a table.
pub(super) fn decode(text: &'static str) -> Result<TradingCalendar, String> {
    let mut lines = Lines::default();
    for (number, line) in (1..).zip(text.lines()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        lines.take(word, rest).map_err(|what| format!("line {number}: `{line}`: {what}"))?;
    }
    let names: Vec<_> = names(text).collect();
    if names.is_empty() {
        return Err("no line `name NAME` after the comments".to_string());
    }
    let (first, end) = lines.days.ok_or("no line `covers FIRST LAST`")?;
    if lines.runs.first().is_none_or(|run| run.from != first) {
        return Err("the first `run` has to begin on the first day that is covered".to_string());
    }
    let sessions = lines.expand(first, end)?;
    if let Some(pair) = sessions.windows(2).find(|pair| pair[1].open < pair[0].close) {
        return Err(format!("the sessions of day {} and day {} overlap", pair[0].day, pair[1].day));
    }
    if lines.sessions != Some(sessions.len()) {
        return Err(format!("it holds {} sessions; its line `sessions` says {:?}", sessions.len(), lines.sessions));
    }
    // Sessions of the days next to the table may reach into it, by as much as those at its ends reach out of their day.
    let into_first = lines.runs.first().map_or(0, |run| run.hours.close - DAY_NS).max(0);
    let out_of_last = lines.runs.last().map_or(0, |run| run.hours.open).min(0);
    let known = (Timestamp(first * DAY_NS + into_first), Timestamp(end * DAY_NS + out_of_last));
    Ok(TradingCalendar { names, days: (first, end), known, sessions })
}

impl Lines {
    fn take(&mut self, word: &str, rest: &str) -> Result<(), String> {
        match word {
            "#" | "name" | "blake3" => {}
            "sessions" => self.sessions = Some(rest.parse().map_err(|_| "expected a number")?),
            "covers" => {
                let (first, last) = rest.split_once(' ').ok_or("expected two dates")?;
                self.days = Some((day(first)?, day(last)? + 1));
            }
            "run" => {
                let mut words = rest.splitn(3, ' ');
                let mut next = || words.next().ok_or("expected a date, weekdays and hours");
                let (from, weekdays, spans) = (day(next()?)?, next()?.to_string(), next()?);
                if self.runs.last().is_some_and(|before| before.from >= from) {
                    return Err("expected a later date than that of the run before".to_string());
                }
                self.runs.push(Run { from, weekdays, hours: hours(spans)? });
            }
            "closed" => {
                let (year, days) = rest.split_once(' ').ok_or("expected a year and days such as 07-04")?;
                for part in days.split(' ') {
                    self.closed.insert(day(&format!("{year}-{part}"))?);
                }
            }
            "special" => {
                let (date, rest) = rest.split_once(' ').ok_or("expected a date and hours")?;
                let day = day(date)?;
                self.special.insert(day, special(day, rest)?);
            }
            _ => return Err("expected name, covers, sessions, blake3, run, closed or special".to_string()),
        }
        Ok(())
    }

    fn expand(&self, first: i64, end: i64) -> Result<Vec<Session>, String> {
        let mut sessions = Vec::new();
        let mut runs = self.runs.iter().peekable();
        let mut run = runs.next().ok_or("no line `run`")?;
        for day in first..end {
            if let Some(next) = runs.next_if(|next| next.from == day) {
                run = next;
            }
            if let Some(special) = self.special.get(&day) {
                sessions.push(*special);
            } else if run.weekdays.contains(weekday(day)) && !self.closed.contains(&day) {
                sessions.push(session(day, run.hours));
            }
        }
        Ok(sessions)
    }
}

/// Reads hours that may be followed by flags.
fn special(day: i64, text: &str) -> Result<Session, String> {
    let mut spans = text;
    let (mut early_close, mut late_open) = (false, false);
    while let Some((before, flag)) = spans.rsplit_once(' ').filter(|(_, last)| !last.contains("..")) {
        match flag {
            "early" => early_close = true,
            "late" => late_open = true,
            _ => return Err(format!("`{flag}` is neither hours nor `early` nor `late`")),
        }
        spans = before;
    }
    Ok(Session { early_close, late_open, ..session(day, hours(spans)?) })
}

fn session(day: i64, hours: Hours) -> Session {
    let at = |ns: i64| Timestamp(day * DAY_NS + ns);
    let pause = hours.pause.map(|(start, end)| Pause { start: at(start), end: at(end) });
    Session { day, open: at(hours.open), close: at(hours.close), pause, early_close: false, late_open: false }
}

/// Reads `13:30..20:00`, or two such spans with a break between them.
fn hours(text: &str) -> Result<Hours, String> {
    let mut edges = Vec::new();
    for span in text.split(' ') {
        let (from, to) = span.split_once("..").ok_or("expected hours such as 13:30..20:00")?;
        edges.extend([clock(from)?, clock(to)?]);
    }
    if !edges.is_sorted_by(|a, b| a < b) {
        return Err("expected each time to be later than the one before".to_string());
    }
    match edges[..] {
        [open, close] => Ok(Hours { open, close, pause: None }),
        [open, start, end, close] => Ok(Hours { open, close, pause: Some((start, end)) }),
        _ => Err("expected one or two spans of hours".to_string()),
    }
}

/// Reads `13:30` or `-02:00` as nanoseconds.
fn clock(text: &str) -> Result<i64, String> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let parsed = digits.split_once(':').and_then(|(h, m)| Some((h.parse::<u8>().ok()?, m.parse::<u8>().ok()?)));
    match parsed {
        Some((hour, minute)) if hour <= 24 && minute < 60 => {
            Ok(sign * (i64::from(hour) * 60 + i64::from(minute)) * Interval::MINUTE.0)
        }
        _ => Err(format!("`{text}` is not a time such as 13:30 or -02:00")),
    }
}

/// Reads `2018-07-03` as days since the Unix epoch.
fn day(text: &str) -> Result<i64, String> {
    let date: jiff::civil::Date = text.parse().map_err(|_| format!("`{text}` is not a date such as 2018-07-03"))?;
    Ok(date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24)
}

/// The digit of a day's weekday, from 1 for Monday; the epoch was a Thursday.
fn weekday(day: i64) -> char {
    ['1', '2', '3', '4', '5', '6', '7'][(day + 3).rem_euclid(7) as usize]
}

#[cfg(test)]
mod tests {
    use super::decode;

    const GOOD: &str =
        "# Comment.\nname A\ncovers 2018-01-01 2018-01-07\nsessions 5\nrun 2018-01-01 12345 09:00..17:00";

    /// The good table with a line more, or with one replaced.
    fn refused(change: (&str, &str), expected: &str) {
        let text: &'static str = GOOD.replace(change.0, change.1).leak();
        assert_eq!(decode(text).map(|it| it.sessions.len()), Err(expected.to_string()), "{text}");
    }

    #[test]
    fn special_days_come_before_closed_ones_and_both_before_the_run() {
        let lines = "closed 2018 01-02 01-03\nspecial 2018-01-03 -01:00..02:30 03:30..12:00 late early\n\
                     special 2018-01-06 10:00..24:00 late";
        let text: &'static str = format!("{GOOD}\n{lines}").leak();
        let sessions = decode(text).unwrap().sessions;
        let days: Vec<_> = sessions.iter().map(|it| (it.day - 17_532, it.early_close, it.late_open)).collect();
        let usual = |day: i64| (day, false, false);
        assert_eq!(days, [usual(0), (2, true, true), usual(3), usual(4), (5, false, true)]);
        let (midnight, hour) = (17_534 * super::DAY_NS, engine::Interval::HOUR.0);
        assert_eq!((sessions[1].open.0 - midnight, sessions[1].close.0 - midnight), (-hour, 12 * hour));
        assert_eq!(sessions[1].pause.map(|it| it.end.0 - it.start.0), Some(hour));
        assert_eq!(sessions[4].close.0 - sessions[4].open.0, 14 * hour);
    }

    #[test]
    fn a_table_that_contradicts_itself_names_the_line() {
        assert_eq!(decode(GOOD).unwrap().sessions.len(), 5);
        let hours = "line 5: `run 2018-01-01 12345 ";
        refused(
            ("09:00..", "19:00.."),
            &format!("{hours}19:00..17:00`: expected each time to be later than the one before"),
        );
        refused(("09:00..", "9.."), &format!("{hours}9..17:00`: `9` is not a time such as 13:30 or -02:00"));
        refused(
            ("01-07", "01-32"),
            "line 3: `covers 2018-01-01 2018-01-32`: `2018-01-32` is not a date such as 2018-07-03",
        );
        refused(("sessions 5", "sessions 6"), "it holds 5 sessions; its line `sessions` says Some(6)");
        refused(("run 2018-01-01", "run 2018-01-02"), "the first `run` has to begin on the first day that is covered");
        refused(
            ("name A", "nom A"),
            "line 2: `nom A`: expected name, covers, sessions, blake3, run, closed or special",
        );
        refused(("17:00", "17:00 late"), &format!("{hours}09:00..17:00 late`: expected hours such as 13:30..20:00"));
        let special = "special 2018-01-03 09:00..12:00 soon";
        refused(
            ("sessions 5", special),
            &format!("line 4: `{special}`: `soon` is neither hours nor `early` nor `late`"),
        );
        refused(("09:00..", "-09:00.."), "the sessions of day 17532 and day 17533 overlap");
    }
}
