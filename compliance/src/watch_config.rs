//! What the watch takes for suspicious: every threshold, with its unit and its default.
//!
//! The definitions are ours. They are made to be read, argued about and changed, not to repeat a regulation: a desk sets them to
//! what it trades, and keeps the reasons.
use engine::{InstrumentId, Interval, Timestamp};

const SECOND: i64 = Interval::SECOND.0;
const MINUTE: i64 = Interval::MINUTE.0;

/// Our own buy met our own sell: fills of both sides at one price that leave the position as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WashLimits {
    /// Nanoseconds between the fills, this long included. One second.
    pub window_ns: i64,
    /// How much of the larger side the smaller one undoes, in per cent: from here on it counts. 90.
    pub matched_pct: i64,
}

/// Orders on one side that were withdrawn after a fill on the other one. Several levels are layering, one large order is
/// spoofing; both are measured against what we meant to trade: what was filled and what still works on the side of the fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayeringLimits {
    /// Nanoseconds from the fill to the withdrawal, this long included. Five seconds.
    pub window_ns: i64,
    /// Price levels on one side from which on they are layers. 3.
    pub levels_min: usize,
    /// What stands in the layers, in per cent of what we meant to trade: from here on it counts. 200.
    pub layers_pct: i64,
    /// What stands on that side on fewer levels, in per cent of what we meant to trade: from here on it counts. 500.
    pub spoof_pct: i64,
    /// How much of it was withdrawn, in per cent: from here on it counts. 80.
    pub cancelled_pct: i64,
}

/// A large share of the volume before a close, while the price went our way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkingCloseLimits {
    /// Nanoseconds before the close that are looked at. Ten minutes; candles have to be shorter.
    pub window_ns: i64,
    /// Nanoseconds after the close at which it is judged, so that late reports count. One minute.
    pub settle_ns: i64,
    /// Our net quantity in per cent of the volume: from here on it counts. 25.
    pub share_pct: i64,
    /// How far the price went in our direction, in basis points: from here on it counts. 20.
    pub impact_bps: i64,
}

/// A burst of messages that nearly nothing was filled of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteStuffingLimits {
    /// Nanoseconds of the burst, this long included. One second.
    pub window_ns: i64,
    /// New orders, amendments and cancels in one instrument: from here on it counts. 100.
    pub messages_min: usize,
    /// Fills in per cent of the messages: below it counts. 2.
    pub fills_pct: i64,
}

/// A burst of aggressive orders that moved the price, and a trade the other way at what they made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MomentumIgnitionLimits {
    /// Nanoseconds of the burst, this long included. One minute.
    pub burst_ns: i64,
    /// Orders of one side that took liquidity: from here on it counts. 5.
    pub orders_min: usize,
    /// From the first fill of the burst to the last, in basis points: from here on it counts. 30.
    pub move_bps: i64,
    /// Nanoseconds from the burst to the trade the other way, this long included. Two minutes.
    pub reversal_ns: i64,
    /// What was traded the other way, at a better price than the burst began at, in per cent of the burst: from here on it
    /// counts. 50.
    pub reversal_pct: i64,
}

/// A run of fills that took liquidity, each at a worse price than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RampingLimits {
    /// Nanoseconds of the run, this long included. Ten minutes.
    pub window_ns: i64,
    /// Prices, each worse than the one before: from here on it counts. 5.
    pub steps_min: usize,
    /// From the first to the last, in basis points: from here on it counts. 50.
    pub move_bps: i64,
    /// Our share of the volume of that time, in per cent: from here on it counts. 25.
    pub share_pct: i64,
}

/// Far more messages than fills, of one owner in one instrument over a day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderToTradeLimits {
    /// New orders, amendments and cancels for one fill: above it counts. A day without a fill is measured as one with one. 100.
    pub ratio_max: u64,
    /// Messages of the day: from here on the ratio is looked at. 1000.
    pub messages_min: u64,
}

/// An instrument that may not be traded for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Which.
    pub instrument: InstrumentId,
    /// From this instant on.
    pub from: Timestamp,
    /// Up to this instant, which is free again.
    pub to: Timestamp,
    /// Why.
    pub why: String,
}

/// When an instrument's sessions end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closes {
    /// Every day, so many nanoseconds after midnight UTC; a whole day where the market never closes.
    Daily(i64),
    /// At these instants, oldest first: what a trading calendar says.
    At(Vec<Timestamp>),
}

impl Default for Closes {
    fn default() -> Self {
        Self::Daily(Interval::DAY.0)
    }
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchConfig {
    /// Nanoseconds for which the same in the same instrument by the same owners is no new alert but one notice more. One hour.
    pub cooldown_ns: i64,
    /// Own buys that met own sells.
    pub wash: WashLimits,
    /// Withdrawn orders opposite a fill.
    pub layering: LayeringLimits,
    /// Trading into the close.
    pub marking_close: MarkingCloseLimits,
    /// Bursts of messages.
    pub quote_stuffing: QuoteStuffingLimits,
    /// Bursts of aggressive orders.
    pub momentum_ignition: MomentumIgnitionLimits,
    /// Runs of worse and worse prices.
    pub ramping: RampingLimits,
    /// Messages for each fill.
    pub order_to_trade: OrderToTradeLimits,
    /// What may not be traded.
    pub restrictions: Vec<Restriction>,
    /// When sessions end, by instrument; instruments without one end their day at midnight UTC.
    pub closes: Vec<Closes>,
}

impl Default for WatchConfig {
    fn default() -> Self {
        Self {
            cooldown_ns: Interval::HOUR.0,
            wash: WashLimits { window_ns: SECOND, matched_pct: 90 },
            layering: LayeringLimits {
                window_ns: 5 * SECOND,
                levels_min: 3,
                layers_pct: 200,
                spoof_pct: 500,
                cancelled_pct: 80,
            },
            marking_close: MarkingCloseLimits {
                window_ns: 10 * MINUTE,
                settle_ns: MINUTE,
                share_pct: 25,
                impact_bps: 20,
            },
            quote_stuffing: QuoteStuffingLimits { window_ns: SECOND, messages_min: 100, fills_pct: 2 },
            momentum_ignition: MomentumIgnitionLimits {
                burst_ns: MINUTE,
                orders_min: 5,
                move_bps: 30,
                reversal_ns: 2 * MINUTE,
                reversal_pct: 50,
            },
            ramping: RampingLimits { window_ns: 10 * MINUTE, steps_min: 5, move_bps: 50, share_pct: 25 },
            order_to_trade: OrderToTradeLimits { ratio_max: 100, messages_min: 1000 },
            restrictions: Vec::new(),
            closes: Vec::new(),
        }
    }
}

/// Why thresholds cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A threshold that has to be above zero is not.
    #[error("{field} is {value}: it has to be above zero")]
    NotPositive {
        /// Which.
        field: &'static str,
        /// What it is.
        value: i64,
    },
    /// A restriction or a list of closes names an instrument that the run does not have.
    #[error("{field} names instrument {place}: the run has {count}, counted from 0")]
    NoSuchInstrument {
        /// Where it stands.
        field: &'static str,
        /// Which was named.
        place: usize,
        /// How many there are.
        count: usize,
    },
    /// A restriction that ends before it begins.
    #[error("the restriction of instrument {place} ends before it begins")]
    EndsBeforeItBegins {
        /// Which instrument.
        place: usize,
    },
    /// Closes that are not in the order of time.
    #[error("the closes of instrument {place} are not in the order of time")]
    ClosesOutOfOrder {
        /// Which instrument.
        place: usize,
    },
    /// A daily close that is not within the day.
    #[error("the daily close of instrument {place} lies {ns} ns after midnight: expected above 0 and at most a day")]
    CloseOutsideTheDay {
        /// Which instrument.
        place: usize,
        /// What was given.
        ns: i64,
    },
}

impl WatchConfig {
    fn positive(&self) -> [(&'static str, i64); 20] {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (layering, closing, stuffing) = (&self.layering, &self.marking_close, &self.quote_stuffing);
        let (ignition, ramping) = (&self.momentum_ignition, &self.ramping);
        let messages = i64::try_from(self.order_to_trade.messages_min).unwrap_or(i64::MAX);
        [
            ("cooldown_ns", self.cooldown_ns),
            ("wash.window_ns", self.wash.window_ns),
            ("wash.matched_pct", self.wash.matched_pct),
            ("layering.window_ns", layering.window_ns),
            ("layering.levels_min", count(layering.levels_min)),
            ("layering.layers_pct", layering.layers_pct),
            ("layering.spoof_pct", layering.spoof_pct),
            ("layering.cancelled_pct", layering.cancelled_pct),
            ("marking_close.window_ns", closing.window_ns),
            ("marking_close.share_pct", closing.share_pct),
            ("marking_close.impact_bps", closing.impact_bps),
            ("quote_stuffing.window_ns", stuffing.window_ns),
            ("quote_stuffing.messages_min", count(stuffing.messages_min)),
            ("momentum_ignition.burst_ns", ignition.burst_ns),
            ("momentum_ignition.orders_min", count(ignition.orders_min)),
            ("momentum_ignition.reversal_ns", ignition.reversal_ns),
            ("momentum_ignition.reversal_pct", ignition.reversal_pct),
            ("ramping.window_ns", ramping.window_ns),
            ("ramping.steps_min", count(ramping.steps_min)),
            ("order_to_trade.messages_min", messages),
        ]
    }

    /// Whether the watch can work with it, in a run of so many instruments.
    ///
    /// # Errors
    /// The first threshold that means nothing, or the first instrument that the run does not have.
    pub fn check(&self, instruments: usize) -> Result<(), ConfigError> {
        if let Some((field, value)) = self.positive().into_iter().find(|(_, value)| *value <= 0) {
            return Err(ConfigError::NotPositive { field, value });
        }
        for restriction in &self.restrictions {
            let place = restriction.instrument.index();
            if place >= instruments {
                return Err(ConfigError::NoSuchInstrument { field: "a restriction", place, count: instruments });
            }
            if restriction.to < restriction.from {
                return Err(ConfigError::EndsBeforeItBegins { place });
            }
        }
        if self.closes.len() > instruments {
            let place = self.closes.len() - 1;
            return Err(ConfigError::NoSuchInstrument { field: "a list of closes", place, count: instruments });
        }
        for (place, closes) in self.closes.iter().enumerate() {
            match closes {
                Closes::Daily(ns) if !(1..=Interval::DAY.0).contains(ns) => {
                    return Err(ConfigError::CloseOutsideTheDay { place, ns: *ns });
                }
                Closes::At(times) if !times.is_sorted() => return Err(ConfigError::ClosesOutOfOrder { place }),
                _ => {}
            }
        }
        Ok(())
    }
}
