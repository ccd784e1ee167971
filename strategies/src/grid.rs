//! `grid`: resting limit orders on lines below and above a centre.
//!
//! Its memory is the centre alone; what is filled it reads from the position, so that fills in any order, or after a
//! restart, mean the same. It never holds more than one size for each line on one side.
use crate::each::Each;
use crate::registry::{self, BuildError, BuiltStrategy, Entry, Instruments, Parameter, Settings};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec;
use engine::{
    Event, InstrumentId, Intents, Label, MarketEvent, OrderKind, OrderStatus, Price, Qty, Side, Size, Strategy, View,
};
use rust_decimal::Decimal;

const HELP: &str = "\
The first close is the centre. Lines lie `step` per cent of it apart, `levels` of them below it and `levels` above. The
line that the position stands for (one `size` long for each line below the centre) has no order; every line below it has
an order to buy `size`, every line above it one to sell. So each purchase is sold one line higher. Without `short` nothing
is sold that is not held, so that lines above the centre stay empty. When a close lies more than one step beyond the
outermost line, everything is cancelled, the position is closed at the market, and the next close is the new centre:
losses of a trend are taken, and the position never exceeds `levels` sizes. Lines are rounded down to the tick. Of several
instruments each is traded on its own.
Source: the rule is folklore of market making; this form of it is defined here.";

/// The rule's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridRules {
    /// Lines to each side of the centre.
    pub levels: u32,
    /// Distance between two lines, in parts per million of the centre.
    pub step_ppm: u32,
    /// How much to trade at each line.
    pub size: Size,
    /// Whether to sell what is not held.
    pub short: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The next close is the centre.
    Uncentred,
    /// Orders rest around a centre, `each` at every line.
    Resting { centre: Price, each: Qty },
    /// The range was left: orders are being taken back, then the position is closed.
    Leaving,
}

/// Buys below a centre and sells one line higher.
#[derive(Clone, Debug)]
pub struct Grid {
    asset: InstrumentId,
    rules: GridRules,
    phase: Phase,
}

impl Grid {
    /// The rule on one instrument.
    ///
    /// # Panics
    /// When there are no lines, or the lowest would not be above zero.
    #[must_use]
    pub fn new(asset: InstrumentId, rules: GridRules) -> Self {
        let depth = u64::from(rules.levels + 1) * u64::from(rules.step_ppm);
        assert!(rules.levels > 0 && rules.step_ppm > 0 && depth < 1_000_000, "all lines lie above zero");
        Self { asset, rules, phase: Phase::Uncentred }
    }

    /// Where a line lies, before it is rounded to the tick; line 0 is the centre, those above it count up.
    fn line(&self, centre: Price, line: i64) -> Price {
        let parts = 1_000_000 + i128::from(line) * i128::from(self.rules.step_ppm);
        let price = i128::from(centre.0) * parts / 1_000_000;
        Price(i64::try_from(price).unwrap_or(i64::MAX))
    }

    /// Counts in the units after a split; the orders, which the venue has taken back, are sent anew at the next close.
    fn split(&mut self, event: &Event, view: View<'_>) {
        let Some(split) = event.split().filter(|split| split.instrument == self.asset) else { return };
        if let Phase::Resting { centre, each } = self.phase {
            let lot = view.instrument(self.asset).spec(view.now()).lot;
            let each = split.quantity(each, lot);
            self.phase = match each {
                Qty::ZERO => Phase::Leaving,
                each => Phase::Resting { centre: split.price(centre), each },
            };
        }
    }

    fn is_left(&self, centre: Price, close: Price) -> bool {
        let beyond = i64::from(self.rules.levels) + 1;
        close > self.line(centre, beyond) || close < self.line(centre, -beyond)
    }

    /// The lines that should have an order, given how many sizes are held.
    fn wanted(&self, held: i64) -> Lines {
        let levels = i64::from(self.rules.levels);
        let filled = -held;
        let top = if self.rules.short { levels } else { filled.saturating_add(held.max(0)).min(levels) };
        Lines { lowest: -levels, filled, highest: top }
    }

    fn tend(&self, centre: Price, each: Qty, view: View<'_>, out: &mut Intents) {
        let lines = self.wanted(view.position(self.asset).0 / each.0);
        for order in view.live_orders(self.asset) {
            let side = lines.side(line_of(order.label));
            let settled = matches!(order.status, OrderStatus::Submitted | OrderStatus::Working);
            if settled && side != Some(order.request.side) {
                out.cancel(order.request.order);
            }
        }
        let tick = view.instrument(self.asset).spec(view.now()).tick.0;
        // The nearest first: a venue fills equals in the order in which they came.
        let (below, above) = ((lines.lowest..lines.filled).rev(), lines.filled + 1..=lines.highest);
        for (line, side) in below.map(|line| (line, Side::Buy)).chain(above.map(|line| (line, Side::Sell))) {
            let label = label_of(line);
            if view.live_orders(self.asset).all(|order| order.label != label) {
                let exact = self.line(centre, line).0;
                let kind = OrderKind::Limit { price: Price(exact - exact % tick) };
                out.submit(self.asset, side, each, kind, label);
            }
        }
    }

    /// Takes all orders back, and closes the position once none can change it any more.
    fn leave(&mut self, view: View<'_>, out: &mut Intents) {
        let mut live = false;
        for order in view.live_orders(self.asset) {
            live = true;
            if matches!(order.status, OrderStatus::Submitted | OrderStatus::Working)
                && order.request.kind != OrderKind::Market
            {
                out.cancel(order.request.order);
            }
        }
        if live {
            return;
        }
        if view.position(self.asset).is_zero() {
            self.phase = Phase::Uncentred;
        } else {
            out.target(self.asset, Qty::ZERO);
        }
    }

    fn candle(&mut self, close: Price, view: View<'_>, out: &mut Intents) {
        if self.phase == Phase::Leaving {
            self.leave(view, out);
        }
        // During the warm-up no order would be sent, so a centre from then would be an old one.
        if self.phase == Phase::Uncentred && view.state().counters.candles > 0 {
            let each = view.quantity(self.asset, self.rules.size);
            if each > Qty::ZERO {
                self.phase = Phase::Resting { centre: close, each };
            }
        }
        if let Phase::Resting { centre, each } = self.phase {
            if self.is_left(centre, close) {
                self.phase = Phase::Leaving;
                self.leave(view, out);
            } else {
                self.tend(centre, each, view, out);
            }
        }
    }
}

/// Lines with orders: to buy from `lowest` up to the one below `filled`, to sell from the one above it to `highest`.
#[derive(Clone, Copy, Debug)]
struct Lines {
    lowest: i64,
    filled: i64,
    highest: i64,
}

impl Lines {
    fn side(self, line: i64) -> Option<Side> {
        match line {
            _ if line >= self.lowest && line < self.filled => Some(Side::Buy),
            _ if line > self.filled && line <= self.highest => Some(Side::Sell),
            _ => None,
        }
    }
}

/// Labels count lines from the middle of their range, so that those below the centre have one too.
const CENTRE_LABEL: i64 = 1 << 31;

fn label_of(line: i64) -> Label {
    Label(u32::try_from(CENTRE_LABEL + line).expect("there are fewer than a million lines"))
}

fn line_of(label: Label) -> i64 {
    i64::from(label.0) - CENTRE_LABEL
}

impl Strategy for Grid {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        match event {
            Event::Market(MarketEvent::Candle(candle)) if candle.instrument == self.asset => {
                self.candle(candle.candle.close, view, out);
            }
            Event::Market(MarketEvent::Carry(_)) => self.split(event, view),
            // The last order taken back lets the position be closed at the very next open.
            Event::Report(_) if self.phase == Phase::Leaving => self.leave(view, out),
            _ => {}
        }
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    Entry {
        name: "grid",
        summary: "rests limit orders on lines around a centre and earns the way between two lines",
        help: HELP,
        parameters: vec![
            Parameter::whole("levels", 1, 1_000, "lines to each side of the centre").or(5),
            Parameter::number("step", Decimal::new(1, 4), Decimal::from(50), "distance of two lines in per cent")
                .or_number(Decimal::ONE),
            Parameter::size("size", "how much to trade at each line: units, a share of equity as `5%`, or money"),
            registry::short(),
        ],
        instruments: Instruments::Any,
        warm_up: Box::new(|_| 0),
        make: Box::new(make),
    }
}

fn make(settings: &Settings, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
    let step = settings.number("step");
    let ppm = step * Decimal::from(10_000);
    let levels = u32::try_from(settings.whole("levels")).expect("at most a thousand lines");
    let step_ppm = u32::try_from(ppm.trunc().mantissa()).expect("at most fifty per cent");
    if u64::from(levels + 1) * u64::from(step_ppm) >= 1_000_000 {
        let message =
            format!("`levels` and one more, times `step`, must be below 100%, but {levels} lines of {step}% reach it");
        return Err(BuildError::of("levels", message));
    }
    let rules = GridRules { levels, step_ppm, size: settings.size("size"), short: settings.flag("short") };
    Ok(match *instruments {
        [only] => Box::new(Grid::new(only, rules)),
        _ => Box::new(Each::new(instruments, |asset| Grid::new(asset, rules))),
    })
}
