//! Minutes that a stream did not bring: those before it was up, and all of them where there is no key for a stream.
use super::connector::{Alpaca, SECOND, alive};
use super::map::candles::{bucket, candle};
use super::map::refusals::{Verdict, verdict};
use super::map::symbols::Class;
use super::outbox::{Base, Purpose, encoded};
use super::timers::Timer;
use super::wire::market::Bar;
use super::wire::page::Page;
use super::wire::{read, text_of};
use crate::happening::{Channel, Happening};
use engine::{Candle, InstrumentId, Interval, Timestamp};

/// How long after the end of a minute it is asked for, in nanoseconds: the venue needs a moment for it.
const LAG: i64 = 3_000_000_000;

impl Alpaca {
    /// From which minute on an instrument's are missing; none where the stream begins with the next candle.
    fn missing_from(&self, id: InstrumentId, interval: Interval) -> Option<Timestamp> {
        let minute = Interval::MINUTE;
        let now = bucket(self.venue_now(), minute);
        let begins = bucket(now, interval);
        let polled = !self.outbox.has_credentials();
        let first = if polled && begins == now { now.after(-minute.0) } else { begins };
        let last = self.candles.of(id).and_then(|series| series.last_minute);
        let from = last.map_or(first, |last| last.after(minute.0));
        (from < now).then_some(from)
    }

    /// Asks for the minutes that are missing of what one stream brings.
    pub(super) fn ask_for_missed(&mut self, class: Class) {
        let minutes = self.symbols.of_class(class).filter(|it| it.interval != Interval::DAY);
        let missing: Vec<_> =
            minutes.filter_map(|it| Some((it.clone(), self.missing_from(it.id, it.interval)?))).collect();
        let Some(from) = missing.iter().map(|(_, from)| *from).min() else { return };
        let Some((first, _)) = missing.first() else { return };
        let symbols: Vec<&str> = missing.iter().map(|(it, _)| it.symbol.as_str()).collect();
        let target = self.bars_target(first, &symbols, "1Min", (from, None));
        let of: Vec<InstrumentId> = missing.iter().map(|(it, _)| it.id).collect();
        of.iter().for_each(|id| self.candles.hold(*id));
        self.missed.entry(class).or_default().begin(target.clone());
        if !self.outbox.ask(self.now, (Base::Data, target), Purpose::Missed(of.clone()), &mut self.out) {
            self.give_up_missed(&of, "too many questions wait");
        }
    }

    pub(super) fn on_missed(&mut self, of: &[InstrumentId], status: u16, body: &[u8]) {
        let json = match (verdict(status, body), text_of(body)) {
            (Verdict::Done, Ok(json)) => json,
            (other, _) => return self.give_up_missed(of, &format!("{other:?}")),
        };
        let page: Page<'_, Bar<'_>> = match read("a page of bars", json) {
            Ok(page) => page,
            Err(error) => return self.give_up_missed(of, &error.to_string()),
        };
        let class = self.class_of(of);
        let mut missed = self.missed.remove(&class).unwrap_or_default();
        for (symbol, bar) in page.all() {
            let Some(it) = self.symbols.find(symbol) else { continue };
            match candle(bar, Interval::MINUTE, &it.instrument) {
                Ok(candle) if self.is_outside(it, candle.open_time) => {}
                Ok(candle) => missed.bars.push((it.id, candle)),
                Err(error) => self.note_once(&format!("a bar of {symbol} cannot be used: {error}")),
            }
        }
        let token = page.next_page_token.as_deref().filter(|token| !token.is_empty() && missed.goes_on(token));
        if let Some(token) = token {
            let target = format!("{}&page_token={}", missed.target, encoded(token));
            if self.outbox.ask(self.now, (Base::Data, target), Purpose::Missed(of.to_vec()), &mut self.out) {
                self.missed.insert(class, missed);
                return;
            }
        }
        let bars = missed.bars;
        for id in of {
            let last = self.candles.of(*id).and_then(|series| series.last_minute);
            let new = |(of, bar): &(InstrumentId, Candle)| (of == id && Some(bar.open_time) > last).then_some(*bar);
            let mut came: Vec<Candle> = bars.iter().filter_map(new).collect();
            came.sort_by_key(|bar| bar.open_time);
            self.fill_gap(*id, &came);
            self.polled(*id);
        }
    }

    fn class_of(&self, of: &[InstrumentId]) -> Class {
        let first = of.first().and_then(|id| self.symbols.get(*id));
        first.map_or(Class::Stock, |it| Class::of(&it.symbol))
    }

    /// Where bars are asked for in place of a stream, an answer is what makes the channel ready.
    fn polled(&mut self, id: InstrumentId) {
        if self.outbox.has_credentials() {
            return;
        }
        let channel = Channel::Candles(id);
        let first = self.told.is_new(format!("polled {}", id.0));
        self.happened(if first { Happening::Ready(channel) } else { alive(channel) });
    }

    pub(super) fn give_up_missed(&mut self, of: &[InstrumentId], why: &str) {
        self.note(&format!("bars that were missed could not be had: {why}"));
        self.missed.remove(&self.class_of(of));
        of.iter().for_each(|id| self.fill_gap(*id, &[]));
    }

    /// Asks for what the last minute brought, where no stream does, and again after the next one.
    pub(super) fn poll_bars(&mut self) {
        self.ask_for_missed(Class::Crypto);
        let since = self.venue_now().0.rem_euclid(Interval::MINUTE.0);
        let next = Interval::MINUTE.0 - since + LAG;
        self.timers.set(Timer::Poll, self.after(u64::try_from(next).unwrap_or(60 * SECOND)));
    }
}

/// Pages of minutes on their way.
#[derive(Debug, Default)]
pub(super) struct Missed {
    target: String,
    bars: Vec<(InstrumentId, Candle)>,
    token: String,
}

impl Missed {
    fn begin(&mut self, target: String) {
        *self = Self { target, ..Self::default() };
    }

    /// Whether a token leads on: the same one twice leads nowhere, and there is an end to what is gathered.
    fn goes_on(&mut self, token: &str) -> bool {
        const GATHERED: usize = 1_000_000;
        let on = token != self.token && self.bars.len() < GATHERED;
        self.token = token.into();
        on
    }
}
