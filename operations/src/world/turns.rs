//! The two verbs of the world: what comes next, and what is to be done.
use super::error::LiveWorldError;
use super::live::{Live, Phase, Waiting};
use engine::{Action, Effect, Event, MarketCandle, MarketEvent, Report, TimerId, Timestamp, World};
use std::time::{Duration, Instant};
use venues::Input;

/// The longest wait between two looks at the clocks.
const LONGEST: Duration = Duration::from_millis(500);

impl Live {
    /// The time of an event: its own or now, and never before the last one.
    fn stamp(&mut self, own: Option<Timestamp>) -> Timestamp {
        let now = self.clock.now();
        (self.plan.seen_at)(now);
        self.last = own.unwrap_or(now).max(self.last);
        self.last
    }

    /// Takes the next of what waits. What the simulated venue makes of a candle comes before the candle.
    fn prepare(&mut self) -> Result<bool, LiveWorldError> {
        let Some(waiting) = self.pending.pop_front() else { return Ok(false) };
        match waiting {
            Waiting::Event(event) => self.ready.push_back((None, event)),
            Waiting::Candle(id, candle, time) => {
                if let Some(paper) = &mut self.plan.paper {
                    for report in paper.candle(id, &candle)? {
                        self.open.reported(&report);
                        self.ready.push_back((time, Event::Report(report)));
                    }
                }
                let market = MarketCandle { instrument: id, price_scale: self.scale(id), candle };
                self.ready.push_back((time, Event::Market(MarketEvent::Candle(market))));
            }
            Waiting::Carry(carry) => {
                let mut carry = carry;
                if let Some(paper) = &mut self.plan.paper {
                    let (valued, reports) = paper.carry(&carry, self.clock.now());
                    carry = valued;
                    for report in reports {
                        self.open.reported(&report);
                        self.ready.push_back((None, Event::Report(report)));
                    }
                }
                self.ready.push_back((None, Event::Market(MarketEvent::Carry(carry))));
            }
        }
        Ok(true)
    }

    /// How long nothing needs to be looked at.
    fn idle(&self) -> Duration {
        let market = self.timers.first().unwrap_or(Timestamp::MAX);
        let venues = self.plan.links.iter().filter_map(|link| link.connector.wake_at());
        let mono = venues.chain(self.health.next_check()).chain([self.heartbeat.next()]).min();
        let now = self.clock.mono_ns();
        let by_mono = mono.map_or(LONGEST, |at| Duration::from_nanos(at.saturating_sub(now)));
        let by_market = if market == Timestamp::MAX { LONGEST } else { self.clock.until(market) };
        by_mono.min(by_market).min(LONGEST)
    }

    /// Looks at the clocks.
    fn pass(&mut self) {
        let now = self.clock.mono_ns();
        for venue in 0..self.plan.links.len() {
            if self.plan.links[venue].connector.wake_at().is_some_and(|at| at <= now) {
                self.tell(venue, Input::Woken);
            }
        }
        if matches!(self.phase, Phase::Joining(_)) {
            return;
        }
        let time = self.clock.now();
        while let Some(timer) = self.timers.take_due(time) {
            self.pending.push_back(Waiting::Event(Event::Timer(timer)));
        }
        if self.heartbeat.take_due(now) {
            self.pending.push_back(Waiting::Event(Event::Timer(TimerId::HEARTBEAT)));
        }
        self.tell_feeds();
    }

    /// Whether a stop is through.
    fn has_ended(&mut self) -> Result<bool, LiveWorldError> {
        match self.phase {
            Phase::Over => Ok(true),
            Phase::Stopping(until) => {
                let open = self.open.len();
                if open > 0 && Instant::now() >= until {
                    return Err(LiveWorldError::ForcedStop(open));
                }
                Ok(open == 0)
            }
            Phase::Joining(_) | Phase::Running => Ok(false),
        }
    }
}

impl World for Live {
    type Error = LiveWorldError;

    fn next(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, LiveWorldError> {
        self.send_acts();
        loop {
            if let Some((time, event)) = self.ready.pop_front() {
                if let Some(paper) = &mut self.plan.paper {
                    paper.hands_on(&event);
                }
                *slot = event;
                return Ok(Some(self.stamp(time)));
            }
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if self.prepare()? {
                continue;
            }
            if self.has_ended()? {
                for venue in 0..self.plan.links.len() {
                    self.tell(venue, Input::Stop);
                }
                return Ok(None);
            }
            let news = self.driver.arrived.next(self.idle()).map_err(|_| LiveWorldError::DriverGone)?;
            if let Some(news) = news {
                self.hear(news);
            }
            self.pass();
        }
    }

    fn perform(&mut self, now: Timestamp, effect: &Effect) -> Result<(), LiveWorldError> {
        match *effect {
            Effect::Send(command) => self.send(command.action(), now),
            Effect::Arm { timer, at } => self.timers.arm(timer, at),
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

impl Live {
    /// What one step decided goes to each venue at once: a bracket is one order there.
    fn send_acts(&mut self) {
        if self.acts.is_empty() {
            return;
        }
        let acts = std::mem::take(&mut self.acts);
        for venue in 0..self.plan.links.len() {
            let own: Vec<Action> = acts.iter().filter(|act| self.venue_of_action(act) == venue).copied().collect();
            if !own.is_empty() {
                self.tell(venue, Input::Act(&own));
            }
        }
    }

    fn send(&mut self, action: &Action, now: Timestamp) {
        self.open.sent(action);
        if let (Action::Submit(request), true) = (action, self.driver.is_killed()) {
            let report = Report::NotSent { order: request.order };
            self.open.reported(&report);
            self.ready.push_back((None, Event::Report(report)));
            return;
        }
        match &mut self.plan.paper {
            Some(paper) => {
                for report in paper.take(action, now) {
                    self.open.reported(&report);
                    self.ready.push_back((None, Event::Report(report)));
                }
            }
            None => self.acts.push(*action),
        }
    }
}
