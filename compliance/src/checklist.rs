//! Where each deadline of a calendar stands on a day.
use crate::calendar::{Calendar, Deadline};
use crate::date::Date;

/// Where a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineState {
    /// Its day has passed and it was not done.
    Overdue,
    /// It is to be done.
    Due,
    /// It is done, for now or for good.
    Done,
}

impl LineState {
    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Due => "due",
            Self::Done => "done",
        }
    }
}

/// A deadline on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// What has to be done.
    pub what: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it stands.
    pub state: LineState,
    /// The day that counts: the first one on which it is due and that it was not done for, or the one that it was done for.
    pub due: Date,
    /// Days from today to that day; below zero when it has passed.
    pub days_left: i64,
    /// How many times it is overdue.
    pub missed: u32,
    /// The last day on which it was done, up to today.
    pub last_done: Option<Date>,
    /// The file that shows it, relative to the calendar.
    pub evidence: Option<String>,
}

/// Where each deadline stands on a day, in the order of the file.
///
/// Each day on which something was done settles the first time that it was due and not yet done, early ones at most one period
/// early: what is done a second time before its day settles nothing. A day that is listed twice settles two times, so that a backlog
/// can be worked off. Days after `today` do not count.
#[must_use]
pub fn checklist(calendar: &Calendar, today: Date) -> Vec<Line> {
    calendar.deadlines.iter().map(|deadline| line(deadline, today)).collect()
}

/// How many times it is settled.
fn settled(deadline: &Deadline, today: Date) -> i64 {
    let mut settled = 0;
    for day in deadline.done.iter().filter(|day| **day <= today) {
        let before = if settled == 0 { None } else { deadline.due.day(settled - 1) };
        let early = before.is_some_and(|before| *day <= before);
        if !early && deadline.due.day(settled).is_some() {
            settled += 1;
        }
    }
    settled
}

fn line(deadline: &Deadline, today: Date) -> Line {
    let settled = settled(deadline, today);
    let before = if settled == 0 { None } else { deadline.due.day(settled - 1) };
    let missed = (settled..).map_while(|n| deadline.due.day(n)).take_while(|due| *due < today).count();
    let (state, due) = match (before, deadline.due.day(settled)) {
        (_, Some(next)) if next < today => (LineState::Overdue, next),
        (Some(before), Some(_)) if today <= before => (LineState::Done, before),
        (_, Some(next)) => (LineState::Due, next),
        (Some(before), None) => (LineState::Done, before),
        (None, None) => unreachable!("whatever was never done is due once at least"),
    };
    Line {
        name: deadline.name.clone(),
        what: deadline.what.clone(),
        owner: deadline.owner.clone(),
        state,
        due,
        days_left: due.days_since(today),
        missed: u32::try_from(missed).unwrap_or(u32::MAX),
        last_done: deadline.done.iter().rev().find(|day| **day <= today).copied(),
        evidence: deadline.evidence.clone(),
    }
}
