//! The simulated venue of a paper session: it is shown the real market as it happens, and answers as in a backtest.
use engine::sim::{PushError, Pushed};
use engine::{
    Action, Candle, Carry, Effect, Entry, Event, InstrumentId, MarketEvent, Report, SimVenue, Tick, Timestamp,
};
use std::collections::VecDeque;

/// The venue, and what of its answers the tape of an earlier session holds already.
#[derive(Debug)]
pub struct PaperVenue {
    market: Pushed,
    /// Reports that are on the tape and that the venue, brought back by the same market, will give again.
    told: VecDeque<Report>,
    /// Where orders meet trades and quotes: what the venue said while the tape was read again and the tape does not say.
    on_ticks: Option<Vec<Report>>,
    /// The end of the candle that is being decided on: a command that comes of it arrives at that instant, as in a backtest.
    instant: Option<Timestamp>,
}

impl PaperVenue {
    /// A venue in a market of which nothing was shown yet.
    #[must_use]
    pub fn new(venue: SimVenue) -> Self {
        Self { market: Pushed::new(venue), told: VecDeque::new(), on_ticks: None, instant: None }
    }

    /// The same in a market whose orders meet trades and quotes of these instruments as they come, and not candles.
    #[must_use]
    pub fn with_ticks(self, instruments: impl IntoIterator<Item = InstrumentId>) -> Self {
        Self { market: self.market.with_ticks(instruments), on_ticks: Some(Vec::new()), ..self }
    }

    /// Shows a trade or a quote; what it did to orders. Where orders meet candles, nothing.
    pub(super) fn tick(&mut self, id: InstrumentId, tick: &Tick) -> Result<Vec<Report>, PushError> {
        if self.on_ticks.is_none() {
            return Ok(Vec::new());
        }
        self.market.tick(id, tick)?;
        Ok(self.reports())
    }

    /// Shows a candle; what it did to orders.
    pub(super) fn candle(&mut self, id: InstrumentId, candle: &Candle) -> Result<Vec<Report>, PushError> {
        self.market.candle(id, candle)?;
        Ok(self.reports())
    }

    /// Something happens to a holding; the same as the core is to book it, and what it did to orders.
    pub(super) fn carry(&mut self, carry: &Carry, now: Timestamp) -> (Carry, Vec<Report>) {
        let carry = self.market.carry(carry, now);
        (carry, self.reports())
    }

    /// An event goes to the core.
    pub(super) fn hands_on(&mut self, event: &Event) {
        match event {
            Event::Market(MarketEvent::Candle(candle)) => self.instant = Some(candle.candle.known_time),
            Event::Report(_) | Event::Timer(engine::TimerId::RISK) => {}
            _ => self.instant = None,
        }
    }

    /// Takes a command that was decided at `now`.
    pub(super) fn take(&mut self, action: &Action, now: Timestamp) -> Vec<Report> {
        self.market.take(action, self.arrival(now));
        self.reports()
    }

    /// When a command arrives that was decided at `now`.
    fn arrival(&self, now: Timestamp) -> Timestamp {
        match &self.on_ticks {
            Some(_) => now,
            None => self.instant.unwrap_or(now),
        }
    }

    fn reports(&mut self) -> Vec<Report> {
        let mut fresh = Vec::new();
        while let Some((_, report)) = self.market.poll() {
            if self.told.front() == Some(&report) {
                self.told.pop_front();
            } else {
                fresh.push(report);
            }
        }
        fresh
    }

    /// A step of an earlier session: the venue goes through it again.
    ///
    /// # Errors
    /// When a candle of the tape cannot be shown.
    pub fn relive(&mut self, entry: &Entry, effects: &[Effect]) -> Result<(), PushError> {
        match entry.event {
            Event::Market(MarketEvent::Candle(it)) => {
                self.market.candle(it.instrument, &it.candle)?;
            }
            Event::Report(report) => match &mut self.on_ticks {
                // Nobody kept the ticks: what they did is on the tape.
                Some(unsaid) => {
                    let ends = matches!(report, Report::Rejected { .. });
                    unsaid.retain(|other| *other != report && !(ends && other.order() == report.order()));
                    self.market.restore(&report);
                }
                None => self.told.push_back(report),
            },
            Event::Market(MarketEvent::Carry(carry)) => {
                self.market.carry(&carry, entry.time);
            }
            Event::Cash(cash) => self.market.deposit(cash.amount),
            _ => {}
        }
        self.hands_on(&entry.event);
        for effect in effects {
            if let Effect::Send(command) = effect {
                self.market.take(command.action(), self.arrival(entry.time));
                if self.on_ticks.is_some() {
                    let said = self.reports();
                    self.on_ticks.iter_mut().for_each(|unsaid| unsaid.extend(&said));
                }
            }
        }
        Ok(())
    }

    /// The earlier sessions are through. What the venue has said by now and the core has not heard is said now.
    pub(super) fn relived(&mut self) -> Vec<Report> {
        match &mut self.on_ticks {
            Some(unsaid) => std::mem::take(unsaid),
            None => self.reports(),
        }
    }
}
