//! History as a world: every candle, command, report and timer at its time and in its lane.
use super::delay::{Latency, Wire};
use super::error::SimError;
use super::feeds::Feeds;
use super::merge::Merge;
use super::planned::Planned;
use super::schedule::{Item, Lane, Schedule};
use super::venue::SimVenue;
use crate::Timestamp;
use crate::candle::CandleSource;
use crate::effect::{Action, Effect};
use crate::event::{Event, MarketEvent};
use crate::run::World;
use alloc::boxed::Box;
use alloc::collections::VecDeque;

/// A simulated world over candle sources `S`.
#[derive(Debug)]
pub struct Simulated<S: CandleSource> {
    pub(super) feeds: Feeds<S>,
    pub(super) venue: SimVenue,
    due: Schedule,
    /// Commands that reach the venue at once: they need no schedule, only their order.
    arriving: VecDeque<(Timestamp, Action)>,
    latency: Latency,
    feed: Wire,
    entry: Wire,
    reply: Wire,
    /// Time at the venue.
    pub(super) clock: Timestamp,
    /// The last instant at which the opens have passed.
    opens_passed: Timestamp,
    /// The last instant at which the paths have passed.
    paths_passed: Timestamp,
    /// Per instrument, the open time of the last candle whose open the venue saw.
    opened: alloc::vec::Vec<Timestamp>,
    /// Whether anything but the core's next candle may come next; asked anew only when something has come.
    busy: bool,
    /// When the next thing happens that was planned.
    pub(super) quiet_until: Timestamp,
    /// What happens to holdings without a trade, and what people do, the last one first.
    pub(super) planned: alloc::vec::Vec<(Timestamp, Planned)>,
}

impl<S: CandleSource> Simulated<S> {
    /// A world over `feed` and `venue`.
    #[must_use]
    pub fn new(feed: Merge<S>, venue: SimVenue, latency: Latency, instruments: usize) -> Self {
        Self {
            feeds: Feeds::new(feed),
            venue,
            due: Schedule::default(),
            arriving: VecDeque::new(),
            latency,
            feed: latency.feed_wire(0),
            entry: latency.entry_wire(0),
            reply: latency.reply_wire(0),
            clock: Timestamp::MIN,
            opens_passed: Timestamp::MIN,
            paths_passed: Timestamp::MIN,
            opened: alloc::vec![Timestamp::MIN; instruments],
            busy: true,
            quiet_until: Timestamp::MAX,
            planned: alloc::vec::Vec::new(),
        }
    }

    /// The same with drawn latencies of this seed, in place of zero.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.feed = self.latency.feed_wire(seed);
        self.entry = self.latency.entry_wire(seed);
        self.reply = self.latency.reply_wire(seed);
        self
    }

    /// The same with smaller candles for the venue, of every instrument in the same order: orders meet those.
    #[must_use]
    pub fn with_detail(mut self, detail: Merge<S>) -> Self {
        self.feeds.set_detail(detail);
        self
    }

    /// Whether something is on its way or the venue has something to do.
    fn is_busy(&self) -> bool {
        let idle = self.due.is_empty() && self.arriving.is_empty() && self.venue.is_quiet();
        !idle || !self.feed.is_instant()
    }

    /// The venue and the candle sources, after the run.
    #[must_use]
    pub fn into_parts(self) -> (SimVenue, Merge<S>) {
        (self.venue, self.feeds.into_core())
    }

    /// The venue.
    #[must_use]
    pub fn venue(&self) -> &SimVenue {
        &self.venue
    }

    /// The first open that the venue waits for: of a watched instrument whose next candle has not begun yet.
    fn next_open(&self) -> Timestamp {
        let mut first = Timestamp::MAX;
        for id in self.venue.watched() {
            if let Some(head) = self.feeds.head(*id)
                && head.open_time < first
                && head.open_time > self.opened[id.index()]
                && !self.under_way(head.open_time)
            {
                first = head.open_time;
            }
        }
        first
    }

    /// Whether a candle that opened then is under way now.
    fn under_way(&self, open: Timestamp) -> bool {
        open < self.clock || (open == self.clock && self.opens_passed == self.clock)
    }

    pub(super) fn advance_to(&mut self, time: Timestamp) {
        self.clock = self.clock.max(time);
    }

    fn show_opens(&mut self, time: Timestamp) -> Result<(), SimError<S::Error>> {
        self.advance_to(time);
        self.pass_all_ticks(time)?;
        let mut place = 0;
        while let Some(id) = self.venue.watched().get(place).copied() {
            if let Some(candle) = self.feeds.head(id).filter(|c| c.open_time == time) {
                self.opened[id.index()] = time;
                self.venue.open(id, candle);
            }
            // The list may have lost this instrument: go on behind it by number.
            place = self.venue.watched().partition_point(|other| *other <= id);
        }
        self.opens_passed = time;
        self.collect_reports(time);
        Ok(())
    }

    fn show_paths(&mut self, time: Timestamp) -> Result<(), SimError<S::Error>> {
        self.advance_to(time);
        self.pass_all_ticks(time)?;
        let mut place = 0;
        while let Some(id) = self.venue.watched().get(place).copied() {
            if let Some(candle) = self.feeds.head(id).filter(|c| c.known_time == time) {
                if self.opened[id.index()] == candle.open_time {
                    self.venue.path(id, candle);
                }
                self.venue.release(id, time);
            }
            place = self.venue.watched().partition_point(|other| *other <= id);
        }
        self.expire(time);
        self.paths_passed = time;
        self.collect_reports(time);
        self.feeds.pass(time, &mut self.venue).map_err(SimError::Candles)
    }

    /// Ends the orders whose time is over: after the path up to that instant, before anything else of it.
    fn expire(&mut self, time: Timestamp) {
        if self.venue.next_expiry() <= time {
            self.venue.expire(time);
        }
    }

    /// Schedules what the venue has said. Without a reply latency it waits in the venue: nothing comes before it.
    pub(super) fn collect_reports(&mut self, time: Timestamp) {
        if self.reply.is_instant() {
            return;
        }
        while let Some(report) = self.venue.poll() {
            self.due.push(self.reply.arrival(time), Item::Report(report));
        }
    }

    fn reach_venue(&mut self, time: Timestamp, action: &Action) -> Result<(), SimError<S::Error>> {
        self.advance_to(time);
        let id = match *action {
            Action::Submit(ref request) => request.instrument,
            Action::Amend { instrument, .. } | Action::Cancel { instrument, .. } => instrument,
        };
        self.pass_ticks_of(id, time)?;
        let under_way = self.feeds.head(id).is_some_and(|candle| self.under_way(candle.open_time));
        self.venue.take(action, time, under_way);
        self.collect_reports(time);
        Ok(())
    }

    #[inline]
    fn take_candle(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, SimError<S::Error>> {
        let Some(popped) = self.feeds.pop(slot, &mut self.venue).map_err(SimError::Candles)? else { return Ok(None) };
        let time = popped.known_time;
        if time < self.clock {
            return Err(SimError::TimeRanBack { instrument: popped.instrument, time });
        }
        self.clock = time;
        Ok(Some(time))
    }
}

impl<S: CandleSource> World for Simulated<S> {
    type Error = SimError<S::Error>;

    #[inline]
    fn next(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, Self::Error> {
        if !self.busy && self.feeds.next_known().unwrap_or(Timestamp::MAX) < self.quiet_until {
            return self.take_candle(slot);
        }
        let next = self.next_due(slot).map_err(|error| *error);
        self.busy = self.is_busy();
        next
    }

    fn perform(&mut self, now: Timestamp, effect: &Effect) -> Result<(), Self::Error> {
        match *effect {
            Effect::Send(command) => {
                self.busy = true;
                if self.entry.is_instant() {
                    self.arriving.push_back((now, *command.action()));
                } else {
                    self.due.push(self.entry.arrival(now), Item::Command(*command.action()));
                }
            }
            Effect::Arm { timer, at } => {
                self.busy = true;
                self.due.push(at.max(now), Item::Timer(timer));
            }
            Effect::Refused(_)
            | Effect::Noticed { .. }
            | Effect::Noted { .. }
            | Effect::For(_)
            | Effect::Clipped(_)
            | Effect::Turned(_)
            | Effect::Crossed(_) => {}
        }
        Ok(())
    }
}

impl<S: CandleSource> Simulated<S> {
    /// The general case: the first of what is due, what opens, and what becomes known. Not inlined, so that the loop of a run
    /// stays small: the code of a quiet candle is to lie close together. The error is boxed, so that the answer fits registers.
    #[inline(never)]
    fn next_due(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, Box<SimError<S::Error>>> {
        loop {
            if self.reply.is_instant()
                && let Some(report) = self.venue.poll()
            {
                *slot = Event::Report(report);
                return Ok(Some(self.clock));
            }
            let known = self.feeds.next_known().unwrap_or(Timestamp::MAX);
            // A command that arrives as it was sent, before all else: most are such, and need not be weighed against the rest.
            if let Some((time, action)) = self.arriving.pop_front_if(|(time, _)| {
                let first = self.venue.next_expiry().min(self.quiet_until);
                *time < known.min(first) && self.due.is_empty() && !self.feeds.is_apart()
            }) {
                self.reach_venue(time, &action)?;
                continue;
            }
            let (due, lane) = self.first_due();
            // Behind the last candle nothing trades, so that nothing need expire.
            let over = known == Timestamp::MAX;
            let expiry = if over { Timestamp::MAX } else { self.venue.next_expiry() };
            let planned = if over { Timestamp::MAX } else { self.quiet_until };
            let seen = self.feeds.next_seen().unwrap_or(Timestamp::MAX);
            let open = self.next_open();
            let others = seen.min(due).min(open).min(expiry).min(planned);
            let time = if over { others } else { others.min(self.next_tick()) };
            if time == Timestamp::MAX {
                return Ok(None);
            }
            if seen == time && time > self.paths_passed {
                self.show_paths(time)?;
            } else if expiry == time {
                // What arrived when its time was over ends as it arrives, not before.
                self.advance_to(time);
                self.expire(self.clock);
                self.collect_reports(self.clock);
            } else if planned == time && !(due == time && lane == Lane::Report) {
                self.take_planned(time, slot)?;
                return Ok(Some(time));
            } else if due == time && (lane <= Lane::Candle || known > time) {
                // A strategy that always wakes itself again ends with its candles.
                if lane == Lane::Timer && self.is_over_at(time) {
                    self.due.pop();
                    continue;
                }
                // Of two candles of one instant the delayed one became known first.
                if self.take_due(slot)? {
                    return Ok(Some(time));
                }
            } else if known == time {
                if self.take_known(time, slot)? {
                    return Ok(Some(time));
                }
            } else if open == time {
                self.show_opens(time)?;
            } else {
                self.show_ticks(others)?;
            }
        }
    }

    /// The core's next candle; whether it sees it at once.
    fn take_known(&mut self, time: Timestamp, slot: &mut Event) -> Result<bool, SimError<S::Error>> {
        self.take_candle(slot)?;
        match slot {
            Event::Market(MarketEvent::Candle(candle)) if !self.feed.is_instant() => {
                self.due.push(self.feed.arrival(time), Item::Candle(*candle));
                Ok(false)
            }
            _ => Ok(true),
        }
    }

    /// Whether the core has seen the last candle by then: nothing can trade any more.
    fn is_over_at(&self, time: Timestamp) -> bool {
        self.feeds.next_known().is_none() && time > self.feed.drained(self.clock)
    }

    /// When and in which lane the first item is due.
    fn first_due(&self) -> (Timestamp, Lane) {
        let due = self.due.first().unwrap_or((Timestamp::MAX, Lane::Open));
        self.arriving.front().map_or(due, |(time, _)| due.min((*time, Lane::Command)))
    }

    /// Takes the first due item; whether it is an event for the core.
    fn take_due(&mut self, slot: &mut Event) -> Result<bool, SimError<S::Error>> {
        // With an entry latency, drawn or not, none is here; without one, no command is in the schedule.
        if let (_, Lane::Command) = self.first_due()
            && let Some((time, action)) = self.arriving.pop_front()
        {
            self.reach_venue(time, &action)?;
            return Ok(false);
        }
        let Some((time, item)) = self.due.pop() else { return Ok(false) };
        *slot = match item {
            Item::Report(report) => Event::Report(report),
            Item::Candle(candle) => Event::Market(MarketEvent::Candle(candle)),
            Item::Timer(timer) => Event::Timer(timer),
            Item::Command(action) => {
                self.reach_venue(time, &action)?;
                return Ok(false);
            }
        };
        Ok(true)
    }
}
