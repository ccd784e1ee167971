//! The two verbs of the world: what comes next, and what is to be done.
use super::error::LiveWorldError;
use super::live::{Live, Phase, StopPolicy, Waiting};
use super::rehearsal::{Rehearsing, rehearse};
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
                let reports = self.plan.paper.as_mut().map(|paper| paper.candle(id, &candle)).transpose()?;
                self.hand_on_reports(reports.unwrap_or_default(), time);
                let market = MarketCandle { instrument: id, price_scale: self.scale(id), candle };
                self.ready.push_back((time, Event::Market(MarketEvent::Candle(market))));
            }
            Waiting::Carry(carry) => {
                let mut carry = carry;
                if let Some(paper) = &mut self.plan.paper {
                    let (valued, reports) = paper.carry(&carry, self.clock.now());
                    carry = valued;
                    self.hand_on_reports(reports, None);
                }
                self.accounts.carried(&carry);
                self.ready.push_back((None, Event::Market(MarketEvent::Carry(carry))));
            }
        }
        Ok(true)
    }

    /// How long nothing needs to be looked at.
    fn idle(&self) -> Duration {
        let market = self.timers.first().unwrap_or(Timestamp::MAX);
        let twins = self.plan.twins.iter().filter_map(|(_, twin)| twin.wake_at());
        let venues = self.plan.links.iter().filter_map(|link| link.connector.wake_at()).chain(twins);
        let accounts = self.accounts.next_at().into_iter().chain(self.cancels_at);
        let mono = venues.chain(self.health.next_check()).chain(accounts).chain([self.heartbeat.next()]).min();
        let now = self.clock.mono_ns();
        let by_mono = mono.map_or(LONGEST, |at| Duration::from_nanos(at.saturating_sub(now)));
        let by_market = if market == Timestamp::MAX { LONGEST } else { self.clock.until(market) };
        by_mono.min(by_market).min(LONGEST)
    }

    /// Looks at the clocks.
    fn pass(&mut self) {
        let now = self.clock.mono_ns();
        for venue in 0..self.plan.lines() {
            if self.plan.protocol(venue).wake_at().is_some_and(|at| at <= now) {
                self.tell(venue, Input::Woken);
            }
        }
        self.mind_accounts(now);
        if matches!(self.phase, Phase::Joining(_)) {
            return;
        }
        let time = self.clock.now();
        while !self.decides_no_more()
            && let Some(timer) = self.timers.take_due(time)
        {
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
                let open = match self.plan.stop {
                    // What is on its way is waited for: the next start has to find it at the venue or on the tape.
                    StopPolicy::Keep => self.open.unanswered(),
                    StopPolicy::Cancel | StopPolicy::Flatten => self.open.len(),
                };
                let holds = self.plan.stop == StopPolicy::Flatten && !self.accounts.are_flat();
                if (open > 0 || holds) && Instant::now() >= until {
                    return Err(LiveWorldError::ForcedStop(open));
                }
                Ok(open == 0 && !holds)
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
                for venue in 0..self.plan.lines() {
                    self.tell(venue, Input::Stop);
                }
                return Ok(None);
            }
            let (idle, arrived) = (self.idle(), &self.driver.arrived);
            let news = if self.plan.busy_wait { arrived.next_awake(idle) } else { arrived.next(idle) };
            let news = news.map_err(|_| LiveWorldError::DriverGone)?;
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
        if !self.rehearsing.is_empty() {
            self.rehearse();
        }
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

    /// What the commands of one step would be at each venue.
    fn rehearse(&mut self) {
        let all = std::mem::take(&mut self.rehearsing);
        let now = self.clock.moment();
        for venue in 0..self.plan.links.len() {
            let own: Vec<Rehearsing> =
                all.iter().filter(|it| self.venue_of_action(&it.action) == venue).copied().collect();
            let Some(rehearsal) = self.plan.rehearsal.as_mut().filter(|_| !own.is_empty()) else { continue };
            let rehearsed = rehearse((rehearsal.protocol)(venue), now, &own);
            if let Err(why) = (rehearsal.record)(venue, &rehearsed) {
                self.failure = self.failure.take().or(Some(LiveWorldError::Unrecorded(why)));
            }
        }
    }

    /// Reports go to the core before anything else that waits.
    fn hand_on_reports(&mut self, reports: Vec<Report>, time: Option<Timestamp>) {
        for report in reports {
            self.reported(&report);
            self.ready.push_back((time, Event::Report(report)));
        }
    }

    fn send(&mut self, action: &Action, now: Timestamp) {
        if self.plan.rehearsal.is_some() {
            let about = match action {
                Action::Submit(_) => None,
                Action::Amend { order, .. } | Action::Cancel { order, .. } => self.open.get(*order),
            };
            self.rehearsing.push(Rehearsing { action: *action, about });
        }
        self.open.sent(action);
        if let (Action::Submit(request), true) = (action, self.driver.is_killed()) {
            return self.hand_on_reports(vec![Report::NotSent { order: request.order }], None);
        }
        match &mut self.plan.paper {
            Some(paper) => {
                let reports = paper.take(action, now);
                self.hand_on_reports(reports, None);
            }
            None => self.acts.push(*action),
        }
    }
}
