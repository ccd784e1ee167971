//! `momentum-rotation`: of many instruments hold those that rose most.
//!
//! It gathers in the candles of an instant and decides once, in the timer lane, when all of them were seen. It never
//! borrows: what it buys is paid with cash at hand.
use crate::indicators::Momentum;
use crate::registry::{BuildError, BuiltStrategy, Entry, Instruments, Parameter, Settings};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use engine::{
    Event, InstrumentId, Intents, MarketCandle, MarketEvent, Money, Qty, Size, Strategy, TimerId, Timestamp, View,
};

const HELP: &str = "\
At every `every`-th instant at which candles became known, once all candles of the instant were seen: rank the instruments
by their change over `lookback` candles, close over close; hold `size` of each of the best `top`, and nothing else. Of
equal ones the first in the run file ranks higher. An instrument without a candle since the last ranking is not ranked.
What falls out is sold first; while sales are on their way, only what the cash at hand pays for is bought, and the rest
at a later instant, when they are filled. What stays is not sized anew.
Source: N. Jegadeesh and S. Titman, Returns to Buying Winners and Selling Losers (Journal of Finance, 1993).";

/// The rule's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationRules {
    /// Candles over which the change is measured.
    pub lookback: usize,
    /// How many instruments to hold.
    pub top: usize,
    /// Instants from one ranking to the next.
    pub every: usize,
    /// How much of each to hold.
    pub size: Size,
}

/// One instrument in the running.
#[derive(Clone, Debug)]
struct Runner {
    asset: InstrumentId,
    momentum: Momentum,
    /// The last change, if there was a candle since the last ranking.
    change: Option<f64>,
    chosen: bool,
    /// The quantity to hold, fixed when it is first bought.
    target: Qty,
}

/// Holds those instruments that rose most.
#[derive(Clone, Debug)]
pub struct MomentumRotation {
    runners: Vec<Runner>,
    ranking: Vec<usize>,
    rules: RotationRules,
    woken_for: Timestamp,
    /// Instants since the last ranking; `None` before the first.
    since: Option<usize>,
}

const WAKE: TimerId = TimerId(0);

impl MomentumRotation {
    /// The rule over `instruments`.
    ///
    /// # Panics
    /// When the lookback is zero.
    #[must_use]
    pub fn new(instruments: &[InstrumentId], rules: RotationRules) -> Self {
        let runner = |asset: &InstrumentId| Runner {
            asset: *asset,
            momentum: Momentum::new(rules.lookback),
            change: None,
            chosen: false,
            target: Qty::ZERO,
        };
        Self {
            runners: instruments.iter().map(runner).collect(),
            ranking: Vec::with_capacity(instruments.len()),
            rules,
            woken_for: Timestamp::MIN,
            since: None,
        }
    }

    /// Takes a candle in, and asks once an instant to be woken behind the last one.
    fn gather(&mut self, candle: &MarketCandle, now: Timestamp, out: &mut Intents) {
        let Some(runner) = self.runners.iter_mut().find(|runner| runner.asset == candle.instrument) else { return };
        if let Some(change) = runner.momentum.next(candle.close()) {
            runner.change = Some(change);
        }
        if self.woken_for != now {
            self.woken_for = now;
            out.wake(WAKE, now);
        }
    }

    #[cold]
    fn split(&mut self, event: &Event, view: View<'_>) {
        let Some(split) = event.split() else { return };
        if let Some(runner) = self.runners.iter_mut().find(|runner| runner.asset == split.instrument) {
            runner.momentum.rescale(split.price_factor());
            runner.target = split.quantity(runner.target, view.instrument(split.instrument).spec(view.now()).lot);
        }
    }

    /// Whether this instant is one at which to rank.
    fn is_due(&mut self) -> bool {
        let due = match self.since {
            Some(instants) => instants + 1 >= self.rules.every,
            None => self.runners.iter().any(|runner| runner.change.is_some()),
        };
        self.since = if due { Some(0) } else { self.since.map(|instants| instants + 1) };
        due
    }

    fn choose(&mut self) {
        let Self { runners, ranking, rules, .. } = self;
        ranking.clear();
        ranking.extend((0..runners.len()).filter(|place| runners[*place].change.is_some()));
        let by_change = |a: &usize, b: &usize| {
            runners[*b].change.partial_cmp(&runners[*a].change).unwrap_or(Ordering::Equal).then(a.cmp(b))
        };
        ranking.sort_unstable_by(by_change);
        ranking.truncate(rules.top);
        for (place, runner) in runners.iter_mut().enumerate() {
            let chosen = ranking.contains(&place);
            if chosen != runner.chosen {
                runner.target = Qty::ZERO;
            }
            runner.chosen = chosen;
            runner.change = None;
        }
    }

    /// Sells what fell out, then buys what the money is there for.
    fn trade(&mut self, view: View<'_>, out: &mut Intents) {
        let mut selling = false;
        for runner in self.runners.iter().filter(|runner| !runner.chosen) {
            selling |= !view.position(runner.asset).is_zero();
            out.target(runner.asset, Qty::ZERO);
        }
        let mut cash = view.books().cash();
        for place in &self.ranking {
            let runner = &mut self.runners[*place];
            let bought = !runner.target.is_zero();
            let quantity = if bought { runner.target } else { view.quantity(runner.asset, self.rules.size) };
            let missing = quantity - view.position(runner.asset);
            let price = view.last(runner.asset).unwrap_or_default();
            let cost = view.instrument(runner.asset).value(price, missing).0;
            let cost = view.books().to_home(runner.asset.index(), cost);
            // Money from sales comes with their fills; a purchase sent before would be refused.
            if selling && cost > cash {
                continue;
            }
            cash -= cost.max(Money::ZERO);
            runner.target = quantity;
            out.target(runner.asset, quantity);
        }
    }
}

impl Strategy for MomentumRotation {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        match event {
            Event::Market(MarketEvent::Candle(candle)) => self.gather(candle, view.now(), out),
            Event::Timer(WAKE) => {
                if self.is_due() {
                    self.choose();
                }
                self.trade(view, out);
            }
            Event::Market(MarketEvent::Carry(_)) => self.split(event, view),
            Event::Timer(_) | Event::Report(_) | Event::Cash(_) | Event::Operator(_) | Event::Feed(_) => {}
        }
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    Entry {
        name: "momentum-rotation",
        summary: "holds those of many instruments that rose most",
        help: HELP,
        parameters: vec![
            Parameter::whole("lookback", 1, 100_000, "candles over which the change is measured").or(20),
            Parameter::whole("top", 1, 10_000, "how many instruments to hold; fewer than there are").or(1),
            Parameter::whole("every", 1, 100_000, "instants with candles from one ranking to the next").or(5),
            Parameter::size("size", "how much of each to hold: units, a share of equity as `20%`, or money"),
        ],
        instruments: Instruments::AtLeast(2),
        warm_up: Box::new(|settings| settings.whole("lookback") + 1),
        make: Box::new(make),
    }
}

fn make(settings: &Settings, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
    let rules = RotationRules {
        lookback: settings.whole("lookback"),
        top: settings.whole("top"),
        every: settings.whole("every"),
        size: settings.size("size"),
    };
    let count = instruments.len();
    if rules.top >= count {
        let message = format!("`top` must be below the number of instruments, but {} is not below {count}", rules.top);
        return Err(BuildError::of("top", message));
    }
    Ok(Box::new(MomentumRotation::new(instruments, rules)))
}
