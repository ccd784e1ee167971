//! Our own flow as detectors see it: what was sent and what was filled, one at a time, in the order of the tape.
//!
//! It is read off committed steps; nothing here reaches back into the core.
use crate::alert::{Detector, FillRef};
use engine::measure::scaled_text;
use engine::{
    FillId, Instrument, InstrumentId, Liquidity, MarketCandle, Order, OrderId, Owner, Price, Qty, Side, State,
    Timestamp,
};
use std::fmt::Debug;

/// What was sent about an order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Message {
    Submit,
    /// To a new total quantity, and to a price if that moves.
    Amend {
        quantity: Qty,
        price: Option<Price>,
    },
    Cancel,
}

/// A message to the venue, with the order as it stands after the step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) message: Message,
    pub(crate) order: &'a Order,
}

/// A fill of an order of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnFill {
    /// When it happened at the venue.
    pub(crate) time: Timestamp,
    pub(crate) order: OrderId,
    pub(crate) fill: FillId,
    pub(crate) instrument: InstrumentId,
    pub(crate) owner: Owner,
    pub(crate) side: Side,
    pub(crate) price: Price,
    pub(crate) quantity: Qty,
    pub(crate) liquidity: Liquidity,
}

impl OwnFill {
    pub(crate) fn reference(&self) -> FillRef {
        FillRef { order: self.order, fill: self.fill }
    }

    pub(crate) fn takes(&self) -> bool {
        self.liquidity == Liquidity::Taker
    }
}

/// The moment at which something is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    pub(crate) now: Timestamp,
    pub(crate) state: &'a State,
}

impl Sight<'_> {
    pub(crate) fn instrument(&self, id: InstrumentId) -> &Instrument {
        &self.state.instruments[id.index()]
    }

    pub(crate) fn price_text(&self, id: InstrumentId, price: Price) -> String {
        scaled_text(price.0, self.instrument(id).price_scale)
    }

    pub(crate) fn quantity_text(&self, id: InstrumentId, quantity: i128) -> String {
        let quantity = i64::try_from(quantity).unwrap_or(i64::MAX);
        scaled_text(quantity, self.instrument(id).qty_scale)
    }
}

/// What a detector makes of the flow; the book makes an alert of it, or one notice more.
#[derive(Clone, Debug)]
pub(crate) struct Suspicion {
    pub(crate) detector: Detector,
    pub(crate) instrument: InstrumentId,
    pub(crate) owners: Vec<Owner>,
    pub(crate) orders: Vec<OrderId>,
    pub(crate) fills: Vec<FillRef>,
    pub(crate) finding: String,
}

impl Suspicion {
    /// A suspicion that stands on fills.
    pub(crate) fn of_fills<'a>(
        detector: Detector,
        instrument: InstrumentId,
        fills: impl Iterator<Item = &'a OwnFill> + Clone,
        finding: String,
    ) -> Self {
        Self {
            detector,
            instrument,
            owners: fills.clone().map(|fill| fill.owner).collect(),
            orders: fills.clone().map(|fill| fill.order).collect(),
            fills: fills.map(OwnFill::reference).collect(),
            finding,
        }
    }
}

/// Looks at the flow for one pattern. What it does not look at costs it nothing.
pub(crate) trait Detect: Debug + Send {
    /// Time has come to here; asked before everything else of a step.
    fn time(&mut self, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {}
    /// A candle is known.
    fn candle(&mut self, _candle: &MarketCandle, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {}
    /// A fill was booked.
    fn fill(&mut self, _fill: &OwnFill, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {}
    /// A message was sent.
    fn sent(&mut self, _sent: Sent<'_>, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {}
    /// There will be no more steps.
    fn finish(&mut self, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {}
    /// What could not be judged because nobody knows the volume that was traded.
    fn unjudged(&self) -> u64 {
        0
    }
}

/// Whether a price moved in the direction of `side` by at least so many basis points of the first.
pub(crate) fn moved_along(side: Side, from: Price, to: Price, bps: i64) -> bool {
    moved_bps_scaled(side, from, to) >= i128::from(bps) * i128::from(from.0)
}

/// Ten thousand times the move in the direction of `side`, in price steps.
fn moved_bps_scaled(side: Side, from: Price, to: Price) -> i128 {
    i128::from(side.sign()) * (i128::from(to.0) - i128::from(from.0)) * 10_000
}

/// The same in whole basis points, for words.
pub(crate) fn moved_bps(side: Side, from: Price, to: Price) -> i128 {
    if from.0 == 0 { 0 } else { moved_bps_scaled(side, from, to).div_euclid(i128::from(from.0)) }
}

/// Whether `part` is at least so many hundredths of `whole`.
pub(crate) fn reaches(part: i128, pct: i64, whole: i128) -> bool {
    part * 100 >= i128::from(pct) * whole
}

/// So many hundredths, for words.
pub(crate) fn pct(part: i128, whole: i128) -> i128 {
    if whole == 0 { 0 } else { part * 100 / whole }
}

/// The sum of quantities.
pub(crate) fn total<'a>(fills: impl Iterator<Item = &'a OwnFill>) -> i128 {
    fills.map(|fill| i128::from(fill.quantity.0)).sum()
}
