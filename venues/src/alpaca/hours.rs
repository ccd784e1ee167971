//! Sessions of stocks. The venue's minutes hold what is traded before and after the session too; where only the session is
//! traded, those are left out, of the stream and of history alike, so that both make the same candles.
use super::config::Feed;
use super::connector::{Alpaca, SECOND};
use super::map::candles::{bucket, joined};
use super::map::orders::Hours;
use super::map::refusals::{Verdict, verdict};
use super::map::symbols::Class;
use super::outbox::{Base, Purpose};
use super::timers::Timer;
use super::wire::account::Day;
use super::wire::{read, text_of};
use crate::instant::{in_new_york, instant_text};
use crate::listing::Listed;
use engine::{Candle, Interval, Timestamp};

/// Opening and close.
pub(super) type Session = (Timestamp, Timestamp);

impl Alpaca {
    /// Whether only minutes of the session count for an instrument. Trading at night and the venue's own test have no
    /// session.
    pub(super) fn keeps_to_sessions(&self, it: &Listed) -> bool {
        let of_the_day = matches!(self.config.feed, Feed::Iex | Feed::Sip | Feed::DelayedSip);
        let regular = self.config.hours == Hours::Regular && of_the_day;
        regular && Class::of(&it.symbol) == Class::Stock && it.interval < Interval::DAY
    }

    /// Whether a minute of the stream is to be left out.
    pub(super) fn is_outside(&self, it: &Listed, minute: Timestamp) -> bool {
        self.keeps_to_sessions(it) && self.sessions.as_ref().is_some_and(|sessions| !is_within(sessions, minute))
    }

    pub(super) fn ask_for_sessions(&mut self) {
        let listed: Vec<Listed> = self.symbols.all().to_vec();
        if !listed.iter().any(|it| self.keeps_to_sessions(it)) {
            return;
        }
        self.timers.set(Timer::Sessions, self.after(12 * 3_600 * SECOND));
        let now = self.venue_now();
        let target = calendar_target((now.after(-7 * Interval::DAY.0), now.after(14 * Interval::DAY.0)));
        self.outbox.ask(self.now, (Base::Trading, target), Purpose::Sessions, &mut self.out);
    }

    pub(super) fn on_sessions(&mut self, status: u16, body: &[u8]) {
        let sessions = match (verdict(status, body), text_of(body)) {
            (Verdict::Done, Ok(json)) => sessions(json),
            (other, _) => Err(format!("{other:?}")),
        };
        match sessions {
            Ok(sessions) => self.sessions = Some(sessions),
            Err(why) => self.sessions_unknown(&why),
        }
    }

    pub(super) fn sessions_unknown(&mut self, why: &str) {
        self.note(&format!("the calendar could not be had, and candles before and after sessions are told too: {why}"));
        self.timers.set(Timer::Sessions, self.after(60 * SECOND));
    }
}

/// The question for the sessions of a stretch of time, with a day to spare on both sides.
pub(super) fn calendar_target((from, to): Session) -> String {
    let day = |at: Timestamp, days: i64| {
        let text = instant_text(at.after(days * Interval::DAY.0));
        text.split('T').next().unwrap_or_default().to_owned()
    };
    format!("/v2/calendar?start={}&end={}", day(from, -1), day(to, 1))
}

/// The sessions of a calendar, oldest first.
pub(super) fn sessions(json: &str) -> Result<Vec<Session>, String> {
    let days: Vec<Day<'_>> = read("a calendar", json).map_err(|error| error.to_string())?;
    let session = |day: &Day<'_>| {
        let at = |time: &str| in_new_york(&format!("{}T{time}", day.date)).map_err(|error| error.to_string());
        Ok((at(&day.open)?, at(&day.close)?))
    };
    let mut sessions: Vec<Session> = days.iter().map(session).collect::<Result<_, String>>()?;
    sessions.sort_unstable();
    Ok(sessions)
}

/// Whether a minute begins within one of the sessions, which are sorted.
pub(super) fn is_within(sessions: &[Session], minute: Timestamp) -> bool {
    let after = sessions.partition_point(|(open, _)| *open <= minute);
    after.checked_sub(1).is_some_and(|last| minute < sessions[last].1)
}

/// Minutes, oldest first, as longer candles.
pub(super) fn of_minutes(minutes: &[Candle], interval: Interval) -> Vec<Candle> {
    let same = |a: &Candle, b: &Candle| bucket(a.open_time, interval) == bucket(b.open_time, interval);
    let whole = |part: &[Candle]| joined(part.iter(), bucket(part[0].open_time, interval), interval);
    minutes.chunk_by(same).filter_map(whole).collect()
}
