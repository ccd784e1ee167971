//! When an exchange trades: its sessions in UTC, from tables that are compiled in.
//!
//! Nothing here knows a time zone, and nothing guesses: a question about a time that a table does not cover is an error.
//! The tables and how they are made stand in `calendars/`; what they cannot know stands in its NOTICE.
mod name;
mod table;

use crate::catalog::edits;
use crate::error::time_text;
use engine::{Interval, Timestamp};
use std::sync::OnceLock;

pub use name::CalendarName;

/// A day's trading, from `open` until just before `close`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The day that it belongs to, in days since the Unix epoch. It may open on the evening before.
    pub day: i64,
    /// Its first instant.
    pub open: Timestamp,
    /// The instant at which it is over.
    pub close: Timestamp,
    /// A break in its middle, as at noon in Tokyo.
    pub pause: Option<Pause>,
    /// Whether it closes before its usual time.
    pub early_close: bool,
    /// Whether it opens after its usual time.
    pub late_open: bool,
}

/// A break of a session, from `start` until just before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Its first instant.
    pub start: Timestamp,
    /// The instant at which trading goes on.
    pub end: Timestamp,
}

impl Session {
    /// Whether there is trading at `time`: within the session and not in its break.
    #[must_use]
    pub fn is_open(&self, time: Timestamp) -> bool {
        self.open <= time && time < self.close && !self.pause.is_some_and(|it| it.start <= time && time < it.end)
    }

    /// How long it trades, in nanoseconds, without its break.
    #[must_use]
    pub fn trading_ns(&self) -> i64 {
        self.close.0 - self.open.0 - self.pause.map_or(0, |it| it.end.0 - it.start.0)
    }
}

/// Why a calendar cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// No calendar has this name.
    #[error("there is no calendar `{name}`; nearest: {nearest}; all of them: {all}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The known name that takes the fewest edits to reach.
        nearest: &'static str,
        /// Every known name.
        all: String,
    },
    /// The table does not cover the time.
    #[error("calendar {calendar} knows sessions from {first} to {last} and none for {asked}; ask for a time between them, or make the tables again with datasets/calendars/generate.py", asked = time_text(*.asked), first = time_text(*.first), last = time_text(*.last))]
    Beyond {
        /// The calendar.
        calendar: &'static str,
        /// The time asked for.
        asked: Timestamp,
        /// The first instant that it can answer for.
        first: Timestamp,
        /// The end of what it can answer for, exclusive.
        last: Timestamp,
    },
}

/// The sessions of an exchange, in order; no two overlap.
#[derive(Debug)]
pub struct TradingCalendar {
    names: Vec<&'static str>,
    /// The days of the table: the first, and the one after the last.
    days: (i64, i64),
    /// What it can answer for: outside of it a session of a day that is not in the table might be open.
    known: (Timestamp, Timestamp),
    sessions: Vec<Session>,
}

/// A table as it is committed, decoded when it is first asked for.
struct Slot {
    text: &'static str,
    calendar: OnceLock<TradingCalendar>,
}

impl Slot {
    const fn new(text: &'static str) -> Self {
        Self { text, calendar: OnceLock::new() }
    }
}

static SLOTS: [Slot; 7] = [
    Slot::new(include_str!("../calendars/24-5.txt")),
    Slot::new(include_str!("../calendars/24-7.txt")),
    Slot::new(include_str!("../calendars/XETR.txt")),
    Slot::new(include_str!("../calendars/XHKG.txt")),
    Slot::new(include_str!("../calendars/XLON.txt")),
    Slot::new(include_str!("../calendars/XNYS.txt")),
    Slot::new(include_str!("../calendars/XTKS.txt")),
];

/// Every name that [`named`] knows, by table, each table's own name first.
pub fn names() -> impl Iterator<Item = &'static str> {
    SLOTS.iter().flat_map(|slot| table::names(slot.text))
}

/// The calendar of a name such as `XNYS`, `24/7` or `24/5`.
///
/// # Errors
/// When no calendar has the name; the nearest one that does is given.
pub fn named(name: &str) -> Result<&'static TradingCalendar, CalendarError> {
    let Some(slot) = SLOTS.iter().find(|slot| table::names(slot.text).any(|known| known == name)) else {
        let distance = |known: &&str| edits(&name.to_lowercase(), &known.to_lowercase());
        let nearest = names().min_by_key(distance).unwrap_or_default();
        let all = names().collect::<Vec<_>>().join(", ");
        return Err(CalendarError::Unknown { name: name.to_string(), nearest, all });
    };
    Ok(slot.calendar.get_or_init(|| table::decode(slot.text).expect("a test decodes every table that is compiled in")))
}

impl TradingCalendar {
    /// Its own name; it may have others.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names[0]
    }

    /// The first instant that it can answer for, and the end of what it can, exclusive.
    #[must_use]
    pub fn known(&self) -> (Timestamp, Timestamp) {
        self.known
    }

    /// The sessions that open from `from` (inclusive) to `to` (exclusive). [`Timestamp::MIN`] and [`Timestamp::MAX`] stand
    /// for the ends of the table.
    ///
    /// # Errors
    /// When the table does not cover the window.
    pub fn sessions(&self, from: Timestamp, to: Timestamp) -> Result<&[Session], CalendarError> {
        if from != Timestamp::MIN {
            self.check(from)?;
        }
        // The end is exclusive, so it may be the first instant that is not known.
        if to != Timestamp::MAX && to != self.known.1 {
            self.check(to)?;
        }
        let place = |time: Timestamp| self.sessions.partition_point(|session| session.open < time);
        Ok(&self.sessions[place(from)..place(to).max(place(from))])
    }

    /// The session that `time` lies in, its break included; `None` between sessions.
    ///
    /// # Errors
    /// When the table does not cover the time.
    pub fn session_of(&self, time: Timestamp) -> Result<Option<&Session>, CalendarError> {
        self.check(time)?;
        let after = self.sessions.partition_point(|session| session.open <= time);
        let last = after.checked_sub(1).map(|at| &self.sessions[at]);
        Ok(last.filter(|session| time < session.close))
    }

    /// The session of a day, in days since the Unix epoch; `None` on a day without one.
    ///
    /// # Errors
    /// When the table does not cover the day.
    pub fn session_on(&self, day: i64) -> Result<Option<&Session>, CalendarError> {
        if !(self.days.0..self.days.1).contains(&day) {
            return Err(self.beyond(Timestamp(day.saturating_mul(Interval::DAY.0))));
        }
        Ok(self.sessions.binary_search_by_key(&day, |session| session.day).ok().map(|at| &self.sessions[at]))
    }

    /// Whether there is trading at `time`.
    ///
    /// # Errors
    /// When the table does not cover the time.
    pub fn is_open(&self, time: Timestamp) -> Result<bool, CalendarError> {
        Ok(self.session_of(time)?.is_some_and(|session| session.is_open(time)))
    }

    /// The first open of a session after `time`. The end of a break is none.
    ///
    /// # Errors
    /// When the table does not cover the time, or ends before the next session.
    pub fn next_open(&self, time: Timestamp) -> Result<Timestamp, CalendarError> {
        self.check(time)?;
        let at = self.sessions.partition_point(|session| session.open <= time);
        self.sessions.get(at).map(|session| session.open).ok_or_else(|| self.beyond(time))
    }

    /// The first close of a session after `time`. The begin of a break is none.
    ///
    /// # Errors
    /// When the table does not cover the time, or ends before the next session.
    pub fn next_close(&self, time: Timestamp) -> Result<Timestamp, CalendarError> {
        self.check(time)?;
        let at = self.sessions.partition_point(|session| session.close <= time);
        self.sessions.get(at).map(|session| session.close).ok_or_else(|| self.beyond(time))
    }

    /// The sessions in a mean year of 365.2425 days of the table, as a whole number: 252 in New York, 365 for `24/7`.
    #[must_use]
    pub fn sessions_per_year(&self) -> u32 {
        let ten_thousandths = (self.days.1 - self.days.0) * 10_000;
        let sessions = self.sessions.len() as i64 * 3_652_425;
        u32::try_from((sessions + ten_thousandths / 2) / ten_thousandths).unwrap_or(0)
    }

    fn check(&self, time: Timestamp) -> Result<(), CalendarError> {
        if self.known.0 <= time && time < self.known.1 { Ok(()) } else { Err(self.beyond(time)) }
    }

    fn beyond(&self, asked: Timestamp) -> CalendarError {
        CalendarError::Beyond { calendar: self.name(), asked, first: self.known.0, last: self.known.1 }
    }
}
