//! A journal that looks on: it keeps what tables and tear sheets need and hands every call through.
use crate::risk_watch::RiskWatch;
use engine::sub_ledgers::Part;
use engine::{Booked, CandleSource, Effect, Entry, Event, Journal, MarketEvent, Money, OrderId, Report, State};
use engine::{Candle, Carry, Fill, OrderKind, Owner, Split, TimeInForce, Timestamp};
use evaluations::diagnostics::{Meets, WatchedFill};
use evaluations::{EquityCurve, EquityPoint, FillWatch, RoundTrips};
use std::collections::BTreeMap;

/// What a recorder keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Figures only: no rows, no fills, no candles. For sweeps.
    Figures,
    /// Everything a run's folder holds.
    Full,
}

/// Candles kept for the tear sheet; a power of two, so that finding the oldest costs no division.
const CANDLES_KEPT: usize = 256;

/// The last candles of an instrument, in a ring.
#[derive(Clone, Debug, Default)]
pub struct LastCandles {
    slots: Vec<Candle>,
    seen: usize,
}

impl LastCandles {
    #[inline]
    fn push(&mut self, candle: &Candle) {
        if self.slots.len() < CANDLES_KEPT {
            self.slots.push(*candle);
        } else {
            self.slots[self.seen % CANDLES_KEPT] = *candle;
        }
        self.seen += 1;
    }

    /// The last candle for 0, the one before it for 1, as far as they are kept.
    #[must_use]
    pub fn back(&self, place: usize) -> Option<&Candle> {
        let number = self.seen.checked_sub(place + 1)?;
        if place < CANDLES_KEPT { self.slots.get(number % CANDLES_KEPT) } else { None }
    }

    /// Whether any of them has a volume.
    #[must_use]
    pub fn has_volume(&self) -> bool {
        self.slots.iter().any(|candle| candle.volume > 0)
    }

    /// The candles, oldest first.
    #[must_use]
    pub fn ordered(&self) -> Vec<Candle> {
        let oldest = if self.seen > CANDLES_KEPT { self.seen % CANDLES_KEPT } else { 0 };
        let (newer, older) = self.slots.split_at(oldest);
        [older, newer].concat()
    }
}

/// Keeps what a run leaves behind.
#[derive(Debug)]
pub struct Recorder<J> {
    inner: J,
    detail: Detail,
    initial: Money,
    marks: u64,
    /// What each owner was paid so far for fractions of each instrument.
    in_lieu: BTreeMap<(Owner, usize), Money>,
    /// Equity over time; `None` before the first candle.
    pub curve: Option<EquityCurve>,
    /// Round trips so far.
    pub trips: RoundTrips,
    /// Fills in the order they were booked.
    pub fills: Vec<Booked>,
    /// Refusals by the name of the check.
    pub refused: BTreeMap<&'static str, u64>,
    /// Orders that the venue refused, and why.
    pub rejected: BTreeMap<OrderId, &'static str>,
    /// The last candles of each instrument.
    pub candles: Vec<LastCandles>,
    /// What fills took for granted; it sees them only where everything is kept.
    pub watch: FillWatch,
    /// For the report of risk; only where the run has limits, and everything is kept.
    pub risk: Option<Box<RiskWatch>>,
}

impl<J> Recorder<J> {
    /// What it keeps.
    #[must_use]
    pub fn detail(&self) -> Detail {
        self.detail
    }

    /// What was recorded, and the journal behind it.
    pub fn split(self) -> (Recorder<()>, J) {
        let Self {
            inner,
            detail,
            initial,
            marks,
            in_lieu,
            curve,
            trips,
            fills,
            refused,
            rejected,
            candles,
            watch,
            risk,
        } = self;
        (
            Recorder {
                inner: (),
                detail,
                initial,
                marks,
                in_lieu,
                curve,
                trips,
                fills,
                refused,
                rejected,
                candles,
                watch,
                risk,
            },
            inner,
        )
    }
}

impl<J: Journal> Recorder<J> {
    /// A recorder before `inner`, for an account that starts with `initial`, of so many instruments and owners; no owner
    /// where one strategy trades alone.
    #[must_use]
    pub fn new(
        inner: J,
        detail: Detail,
        initial: Money,
        (instruments, owners): (usize, usize),
        watch: FillWatch,
    ) -> Self {
        let kept = if detail == Detail::Full { instruments } else { 0 };
        Self {
            inner,
            detail,
            initial,
            marks: 0,
            in_lieu: BTreeMap::new(),
            curve: None,
            trips: RoundTrips::shared(owners),
            fills: Vec::new(),
            refused: BTreeMap::new(),
            rejected: BTreeMap::new(),
            candles: vec![LastCandles::default(); kept],
            watch,
            risk: None,
        }
    }

    /// The journal behind it.
    #[must_use]
    pub fn inner(&self) -> &J {
        &self.inner
    }

    #[inline]
    fn see_event(&mut self, event: &Event, state: &State) {
        match event {
            Event::Market(MarketEvent::Candle(candle)) => {
                if self.curve.is_none() && state.counters.candles > 0 {
                    self.begin(candle.candle.open_time);
                }
                if let Some(last) = self.candles.get_mut(candle.instrument.index()) {
                    last.push(&candle.candle);
                    self.watch.candle(candle.instrument.index(), &candle.candle, || last.back(1));
                }
            }
            Event::Market(MarketEvent::Carry(_)) => self.see_carry(event, state),
            Event::Report(Report::Rejected { order, reason }) => {
                self.count_refusal(reason.name());
                if self.detail == Detail::Full {
                    self.rejected.insert(*order, reason.name());
                }
            }
            _ => {}
        }
    }

    fn see_carry(&mut self, event: &Event, state: &State) {
        let split = match *event {
            Event::Market(MarketEvent::Carry(Carry::Delisting { instrument, .. })) => {
                Split { instrument, new: 1, old: 1 }
            }
            _ => match event.split() {
                Some(split) => split,
                None => return,
            },
        };
        let index = split.instrument.index();
        let alone = state.sub_ledgers.is_empty().then_some(&state.books);
        for (place, books) in alone.into_iter().chain(state.sub_ledgers.all()).enumerate() {
            let owner = if alone.is_some() { Owner::NONE } else { Owner(u8::try_from(place + 1).unwrap_or(u8::MAX)) };
            let position = books.position(index);
            let in_lieu = books.of(index).in_lieu_of(index);
            let before = self.in_lieu.insert((owner, index), in_lieu).unwrap_or_default();
            let sold = state.books.to_home(index, in_lieu - before);
            self.trips.split(state.now, owner, split, (position.quantity.0, sold));
        }
    }

    fn begin(&mut self, start: Timestamp) {
        self.curve = Some(match self.detail {
            Detail::Full => EquityCurve::new(start, self.initial),
            Detail::Figures => EquityCurve::with_rows_max(start, self.initial, 0),
        });
    }

    fn count_refusal(&mut self, name: &'static str) {
        *self.refused.entry(name).or_default() += 1;
    }

    #[inline]
    fn see_mark(&mut self, state: &State) {
        let mark = &state.mark;
        if mark.count != self.marks {
            self.marks = mark.count;
            if let Some(curve) = &mut self.curve {
                curve.push(EquityPoint { time: mark.time, equity: mark.equity, cash: mark.cash, exposure: mark.gross });
            }
            if let Some(risk) = &mut self.risk {
                risk.marked(state);
            }
        }
    }

    fn see_fill(&mut self, booked: &Booked, state: &State) {
        let fill = &booked.fill;
        let whole = Part { owner: booked.owner, booking: booked.booking, fee: fill.fee };
        if booked.owner == Owner::NONE && !state.sub_ledgers.is_empty() {
            state.sub_ledgers.parts().iter().for_each(|part| self.see_part(fill, part, state));
        } else {
            self.see_part(fill, &whole, state);
        }
        if self.detail == Detail::Full {
            self.fills.push(*booked);
            self.watch_fill(booked, state);
        }
    }

    /// Follows an owner's part of a fill, in the account's currency.
    fn see_part(&mut self, fill: &Fill, part: &Part, state: &State) {
        let index = fill.instrument.index();
        let instrument = &state.instruments[index];
        self.trips.book(&evaluations::Fill {
            time: fill.venue_time,
            instrument: fill.instrument.0,
            owner: part.owner,
            side: fill.side,
            quantity: (part.booking.after - part.booking.before).abs().0,
            quantity_scale: instrument.qty_scale,
            price: fill.price.0,
            price_scale: instrument.price_scale,
            notional: state.books.to_home(index, Money(part.booking.cost.0.abs())),
            fee: state.books.to_home(index, part.fee),
        });
    }

    fn watch_fill(&mut self, booked: &Booked, state: &State) {
        let fill = &booked.fill;
        let opens = state.orders.get(fill.order).is_some_and(|order| {
            let closing = order.terms().time_in_force == TimeInForce::AtClose;
            order.request.kind == OrderKind::Market && !closing
        });
        let watched = WatchedFill {
            time: fill.venue_time,
            heard: state.now,
            price: fill.price,
            quantity: fill.quantity.0,
            notional: state.books.to_home(fill.instrument.index(), Money(booked.booking.cost.0.abs())),
            certainty: fill.certainty,
            meets: if opens { Meets::Opens } else { Meets::Anything },
            equity: if state.mark.count == 0 { self.initial } else { state.mark.equity },
        };
        let Some(candles) = self.candles.get(fill.instrument.index()) else { return };
        self.watch.fill(fill.instrument.index(), watched, |place| candles.back(place));
    }
}

impl<J: Journal> Journal for Recorder<J> {
    type Error = J::Error;

    fn last(&self) -> u64 {
        self.inner.last()
    }

    #[inline]
    fn append(&mut self, entry: &Entry) -> Result<(), J::Error> {
        self.inner.append(entry)
    }

    #[inline]
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), J::Error> {
        self.inner.commit(entry, effects, state)?;
        // The mark belongs to the instant before this entry.
        self.see_mark(state);
        self.see_event(&entry.event, state);
        if let Some(booked) = &state.booked {
            self.see_fill(booked, state);
        }
        if let Some(risk) = &mut self.risk {
            risk.applied(&entry.event, state);
        }
        for effect in effects {
            if let Effect::Refused(refusal) = effect {
                self.count_refusal(refusal.check.name());
                if let Some(risk) = &mut self.risk {
                    risk.refused(refusal, state);
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<(), J::Error> {
        self.see_mark(state);
        self.inner.finish(state)
    }
}

/// Counts candles as they are read, for a progress bar.
#[derive(Debug)]
pub struct Counted<S> {
    /// The source itself.
    pub source: S,
    /// Where the count goes.
    pub bar: indicatif::ProgressBar,
}

impl<S: CandleSource> CandleSource for Counted<S> {
    type Error = S::Error;

    #[inline]
    fn block(&self) -> &[Candle] {
        self.source.block()
    }

    fn advance(&mut self) -> Result<bool, S::Error> {
        self.bar.inc(self.source.block().len() as u64);
        self.source.advance()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Price;

    #[test]
    fn the_last_candles_come_oldest_first_however_many_there_were() {
        for count in [0, 1, CANDLES_KEPT, CANDLES_KEPT + 1, 3 * CANDLES_KEPT + 7] {
            let mut last = LastCandles::default();
            for n in 0..count as i64 {
                let (price, time) = (Price(n + 1), Timestamp(n));
                last.push(&Candle {
                    open_time: time,
                    known_time: time,
                    open: price,
                    high: price,
                    low: price,
                    close: price,
                    volume: 0,
                });
            }
            let opens: Vec<i64> = last.ordered().iter().map(|c| c.open_time.0).collect();
            let expected: Vec<i64> = (count.saturating_sub(CANDLES_KEPT) as i64..count as i64).collect();
            assert_eq!(opens, expected);
            let newest = |place: usize| last.back(place).map(|c| c.open_time.0);
            let backwards: Vec<i64> = (0..count + 2).map_while(newest).collect();
            assert_eq!(backwards, expected.into_iter().rev().collect::<Vec<_>>());
        }
    }
}
