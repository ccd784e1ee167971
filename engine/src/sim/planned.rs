//! What a run knows beforehand: splits, dividends and charges at their times, and what people do.
use super::error::SimError;
use super::world::Simulated;
use crate::Timestamp;
use crate::candle::CandleSource;
use crate::carry::Carry;
use crate::event::{Event, MarketEvent};
use crate::operator::OperatorEvent;
use alloc::vec::Vec;

/// What a run knows beforehand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Planned {
    /// Something happens to a holding without a trade.
    Carry(Carry),
    /// A person does something.
    Operator(&'static OperatorEvent),
}

impl<S: CandleSource> Simulated<S> {
    /// The same with what happens to holdings without a trade. Marks are filled in with the last price of the instrument.
    #[must_use]
    pub fn with_carry(self, carry: Vec<(Timestamp, Carry)>) -> Self {
        self.with_planned(carry.into_iter().map(|(time, carry)| (time, Planned::Carry(carry))))
    }

    /// The same with what people do, each at its time: before the candles that are known then.
    #[must_use]
    pub fn with_operators(self, acts: Vec<(Timestamp, &'static OperatorEvent)>) -> Self {
        self.with_planned(acts.into_iter().map(|(time, act)| (time, Planned::Operator(act))))
    }

    fn with_planned(mut self, planned: impl Iterator<Item = (Timestamp, Planned)>) -> Self {
        self.planned.reverse();
        self.planned.extend(planned);
        self.planned.sort_by_key(|(time, _)| *time); // stable: of one instant in the order given
        self.planned.reverse();
        self.quiet_until = self.next_planned();
        self
    }

    /// When the next thing happens that was planned.
    fn next_planned(&self) -> Timestamp {
        self.planned.last().map_or(Timestamp::MAX, |(time, _)| *time)
    }

    /// Lets it happen, at the venue where it is about a holding, and tells.
    pub(super) fn take_planned(&mut self, time: Timestamp, slot: &mut Event) -> Result<(), SimError<S::Error>> {
        self.advance_to(time);
        self.pass_all_ticks(time)?;
        let Some((_, planned)) = self.planned.pop() else { return Ok(()) };
        self.quiet_until = self.next_planned();
        *slot = match planned {
            Planned::Operator(act) => Event::Operator(act),
            Planned::Carry(carry) => {
                let carry = carry.instrument().map_or(carry, |id| carry.marked(self.venue.last_price(id)));
                self.venue.carry(&carry, time);
                self.collect_reports(time);
                Event::Market(MarketEvent::Carry(carry))
            }
        };
        Ok(())
    }
}
