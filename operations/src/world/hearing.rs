//! What venues say, taken in: candles in order, reports, streams that come and go, answers.
use super::control::Control;
use super::error::LiveWorldError;
use super::live::{Live, Phase, STOP, StopPolicy, Waiting};
use super::movements::Booked;
use super::news::{Arrived, News};
use super::series::Taken;
use engine::sim::PushError;
use engine::{Candle, Directive, Event, InstrumentId, Tick, TradingState};
use std::time::Instant;
use venues::happening::Movement;
use venues::{Answer, Channel, Frame, Happening, Input, Standing, Unanswered};

impl Live {
    /// Takes one piece of news in.
    pub(super) fn hear(&mut self, news: News) {
        match news {
            News::Control(control) => self.obey(control),
            News::Venue(venue, arrived) => match arrived {
                Arrived::Answered { ticket, status, headers, body } => {
                    self.tell(venue, Input::Answered { ticket, status, headers: &headers, body: &body });
                }
                Arrived::Unanswered { ticket, failure } => self.tell(venue, Input::Unanswered { ticket, failure }),
                Arrived::Opened(socket) => self.tell(venue, Input::Opened(socket)),
                Arrived::Text(socket, text) => self.tell(venue, Input::Received(socket, Frame::Text(&text))),
                Arrived::Binary(socket, bytes) => self.tell(venue, Input::Received(socket, Frame::Binary(&bytes))),
                Arrived::Closed(socket) => self.tell(venue, Input::Closed(socket)),
            },
        }
    }

    fn obey(&mut self, control: Control) {
        match control {
            Control::Operator(event) => self.pending.push_back(Waiting::Event(Event::Operator(event.kept()))),
            Control::Abandon => self.phase = Phase::Over,
            Control::Stop(who) if matches!(self.phase, Phase::Joining(_)) => {
                self.note(&format!("{who}: stopped before it began"));
                self.phase = Phase::Over;
            }
            Control::Stop(who) if matches!(self.phase, Phase::Running) => {
                self.note(&format!("{who}: stopping"));
                match self.plan.stop {
                    StopPolicy::Keep => {}
                    StopPolicy::Cancel => self.operate(Directive::Trading(TradingState::Halted), STOP),
                    StopPolicy::Flatten => self.operate(Directive::Close, STOP),
                }
                self.phase = Phase::Stopping(Instant::now() + self.plan.stop_within);
            }
            Control::Stop(_) => {}
        }
    }

    /// Something happened at a venue.
    pub(super) fn happened(&mut self, venue: usize, happening: Happening) {
        let is_twin = venue >= self.plan.links.len();
        if is_twin && !is_market_news(&happening) {
            // Its venue's first protocol says it too, but for what is wrong with this line.
            if let Happening::Note(text) | Happening::Barred(text) = happening {
                self.note(&format!("second line: {text}"));
            }
            return;
        }
        let mono_ns = self.clock.mono_ns();
        match happening {
            Happening::Candle { instrument, candle, standing } => {
                self.health.heard(instrument, mono_ns);
                match standing {
                    Standing::Forming => {}
                    Standing::Final => self.take_candle(instrument, candle),
                    Standing::Corrected => self.tell_corrected(instrument, &candle),
                }
            }
            Happening::Tick { instrument, tick } => self.take_tick(instrument, &tick),
            Happening::Report(report) if self.plan.paper.is_none() => self.report(report),
            Happening::Report(_) => {} // of a venue to which nothing was sent
            Happening::Cash(movement) if self.plan.paper.is_none() => self.book(&movement),
            Happening::Cash(_) => {} // of an account that this session does not keep
            Happening::Carry(_, carry) => self.pending.push_back(Waiting::Carry(carry)),
            Happening::Ready(Channel::Orders) => self.account_ready(venue),
            Happening::Lost(Channel::Orders, why) => self.account_lost(venue, &why),
            Happening::Ready(channel) => {
                if let Some(id) = watched(channel) {
                    self.health.connected(id, venue, mono_ns);
                }
            }
            Happening::Lost(channel, why) => {
                if let Some(id) = watched(channel) {
                    let goes_on = self.health.gone(id, venue);
                    let name = self.plan.names.get(id.index()).map_or("our orders", String::as_str).to_owned();
                    let what = if goes_on { "comes over one line only" } else { "is lost" };
                    self.note(&format!("news of {name} {what}: {why}"));
                }
            }
            Happening::Alive(channel) => {
                if let Some(id) = watched(channel) {
                    self.health.heard(id, mono_ns);
                }
            }
            Happening::Clock { .. } => {}
            Happening::Answer(number, answer) => self.answered(number, answer),
            Happening::Foreign(text) => self.note(&format!("not ours: {text}")),
            Happening::Note(text) => self.note(&text),
            Happening::Barred(text) => {
                self.note(&format!("barred: {text}"));
                self.operate(Directive::Trading(TradingState::Halted), &text);
                self.barred = Some(text);
            }
        }
    }

    fn book(&mut self, movement: &Movement) {
        match self.movements.take(movement, &self.plan.currency) {
            Booked::Cash(cash) => self.pending.push_back(Waiting::Event(Event::Cash(cash))),
            Booked::Known => {}
            Booked::Unvalued => {
                let Movement { amount, asset, words, .. } = movement;
                self.note(&format!(
                    "{amount} {asset} moved and could not be booked, as nobody says what it is worth: {words}"
                ));
            }
        }
    }

    fn tell_corrected(&mut self, id: InstrumentId, candle: &Candle) {
        let name = self.plan.names[id.index()].clone();
        self.note(&format!("the venue corrected a candle of {name} that was applied, of {} ns", candle.open_time.0));
    }

    /// Whether nothing more is decided on: the next start asks for what happened since.
    pub(super) fn decides_no_more(&self) -> bool {
        matches!(self.phase, Phase::Stopping(_)) && self.plan.stop == StopPolicy::Keep
    }

    fn take_candle(&mut self, id: InstrumentId, candle: Candle) {
        match self.series[id.index()].take(candle) {
            Taken::Ready(candles) => self.hand_on(id, &candles),
            Taken::Ask(missing) => {
                self.health.complete(id, false);
                self.tell_feeds();
                self.ask_history(missing);
            }
            Taken::Corrected => self.tell_corrected(id, &candle),
            Taken::Known | Taken::Waits => {}
        }
    }

    /// A trade or a quote. Over two lines each may come twice, and out of order: one that is not later than the last is nothing
    /// new to a market order, which the one before has filled.
    fn take_tick(&mut self, id: InstrumentId, tick: &Tick) {
        self.health.heard(id, self.clock.mono_ns());
        let shown = self.plan.paper.as_mut().map(|paper| paper.tick(id, tick));
        match shown.transpose() {
            Ok(reports) => reports.unwrap_or_default().into_iter().for_each(|report| self.report(report)),
            Err(PushError::RanBack { .. }) => {}
            Err(error) => self.note(&format!("left out: {error}")),
        }
    }

    /// Candles that follow what was handed on. What is stale may be looked at and not be traded on: only where the last one is
    /// fresh the instrument is ready for it.
    fn hand_on(&mut self, id: InstrumentId, candles: &[Candle]) {
        if self.decides_no_more() {
            return;
        }
        if let Phase::Joining(joining) = &mut self.phase {
            // The account is still looked at: nothing is decided on before that.
            return joining.streamed(id, candles);
        }
        let Some((last, before)) = candles.split_last() else {
            self.health.complete(id, true);
            return;
        };
        before.iter().for_each(|candle| self.pending.push_back(Waiting::Candle(id, *candle, None)));
        let age = self.clock.now().0 - last.known_time.0;
        let fresh = age < last.known_time.0 - last.open_time.0;
        if fresh {
            self.health.complete(id, true);
            self.tell_feeds();
        }
        self.pending.push_back(Waiting::Candle(id, *last, None));
        self.health.complete(id, true);
    }

    /// Tells the core which sources of news stand otherwise than before.
    pub(super) fn tell_feeds(&mut self) {
        if matches!(self.phase, Phase::Joining(_)) {
            return; // nothing is traded yet, and what stands at the end of it is told then
        }
        let changes = self.health.changes(self.clock.mono_ns());
        for feed in changes {
            let name = self.plan.names.get(feed.instrument.index()).map_or("our orders", String::as_str).to_owned();
            self.note(&format!("news of {name}: {}", feed.standing.name()));
            self.pending.push_back(Waiting::Event(Event::Feed(feed)));
        }
    }

    fn answered(&mut self, number: u64, answer: Result<Answer, Unanswered>) {
        let Some(id) = self.asked.remove(&number) else { return self.account_answered(number, answer) };
        let joining = matches!(self.phase, Phase::Joining(_));
        match answer {
            Ok(Answer::History(candles)) if joining => {
                let ready = self.series[id.index()].answered(candles);
                if let Phase::Joining(joining) = &mut self.phase {
                    joining.answered(id, ready);
                }
                self.join_if_complete();
            }
            Ok(Answer::History(candles)) => {
                let ready = self.series[id.index()].answered(candles);
                self.hand_on(id, &ready);
            }
            Ok(_) => self.note("a question was answered with something else; it is asked again with the next candle"),
            Err(why) => {
                self.series[id.index()].unanswered();
                let instrument = self.plan.names[id.index()].clone();
                if joining {
                    self.failure = Some(LiveWorldError::History { instrument, why: why.to_string() });
                } else {
                    self.note(&format!("candles of {instrument} are missing and could not be had: {why}"));
                }
            }
        }
    }

    /// Every history is there: it goes to the core in order, and the stream behind it.
    pub(super) fn join_if_complete(&mut self) {
        let Phase::Joining(joining) = &mut self.phase else { return };
        if !joining.is_complete() || (self.plan.paper.is_none() && !self.accounts.are_settled()) {
            return;
        }
        let all = std::mem::take(joining).merged();
        self.phase = Phase::Running;
        let now = self.clock.now();
        for (id, candle) in all {
            // Before a start nothing ran that could have seen it later; after a restart time goes on from the tape.
            self.pending.push_back(Waiting::Candle(id, candle, Some(candle.known_time.min(now))));
        }
        self.heartbeat.start(self.clock.mono_ns());
        self.tell_feeds();
    }
}

/// The source of news that a channel belongs to. Trades and quotes are beside the candles that decide.
fn watched(channel: Channel) -> Option<InstrumentId> {
    match channel {
        Channel::Candles(id) => Some(id),
        Channel::Orders => Some(InstrumentId::ACCOUNT),
        Channel::Trades(_) | Channel::Quotes(_) => None,
    }
}

/// What the twin of a protocol is there for.
fn is_market_news(happening: &Happening) -> bool {
    let of_a_market = |channel: &Channel| *channel != Channel::Orders;
    match happening {
        Happening::Candle { .. } | Happening::Tick { .. } => true,
        Happening::Ready(channel) | Happening::Lost(channel, _) | Happening::Alive(channel) => of_a_market(channel),
        _ => false,
    }
}
