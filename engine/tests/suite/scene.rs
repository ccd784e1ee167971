//! Plays a scenario through the real core, world and venue, writes down what happened, and replays the tape of it.
//!
//! Every scenario is also a test of parity: its tape is read back and each decision compared.
use crate::language::{PRICE_SCALE, QTY_SCALE, Scene, Script, Stock, venue};
use engine::measure::scaled_text;
use engine::risk::{AllowedInstruments, BuyingPower};
use engine::sim::{BoxedTicks, Merge, Wire};
use engine::tape::{CandlesOnTape, Header, MemoryTape, Outcome, Recorded, TapeJournal, TapeReader, Verifying};
use engine::{
    Certainty, Check, Core, Dated, Effect, Entry, Event, Instrument, Interval, Journal, MarketEvent, Money, Report,
    RiskEngine, SharedCandles, SharedTicks, SimVenue, Simulated, Spec, State, Timestamp, run,
};
use expect_test::Expect;
use std::convert::Infallible;
use std::fmt::Write;

/// Plays `scenario` and compares what happened with `expected`.
pub(crate) fn check(scenario: &str, expected: Expect) {
    expected.assert_eq(&play(&Scene::parse(scenario)));
}

/// The instruments of a scenario.
pub(crate) fn instruments(scene: &Scene) -> Vec<Instrument> {
    let usd = "USD".parse().expect("a currency");
    let scales = (PRICE_SCALE, QTY_SCALE);
    let make = |stock: &Stock| {
        let one = rust_decimal::Decimal::ONE;
        let specs = Dated::new(stock.specs.clone()).unwrap_or(Dated::always(Spec::FREE));
        Instrument::new(stock.name.clone(), usd, scales, one, specs).expect("a valid instrument")
    };
    scene.stocks.iter().map(make).collect()
}

/// A core at rest for a scenario.
pub(crate) fn core(scene: &Scene) -> Core<Script> {
    let state = State::new(scene.cash, instruments(scene), scene.trades_from);
    Core::new(state, script(scene), risk(scene))
}

/// The strategy of a scenario.
pub(crate) fn script(scene: &Scene) -> Script {
    Script { script: scene.script.clone(), seen: vec![0; scene.stocks.len()] }
}

/// The review of a scenario.
pub(crate) fn risk(scene: &Scene) -> RiskEngine {
    let allowed = AllowedInstruments(scene.stocks.iter().map(|s| s.allowed).collect());
    RiskEngine::new(vec![Box::new(allowed), Box::new(BuyingPower { leverage: scene.leverage })])
}

pub(crate) fn feed(scene: &Scene) -> Merge<SharedCandles> {
    let sources = scene.stocks.iter().map(|s| (SharedCandles::new(s.candles.clone().into()), PRICE_SCALE));
    Merge::new(sources).expect("memory cannot fail")
}

/// A world with the candles of a scenario, and with its ticks where any instrument has some.
pub(crate) fn world(scene: &Scene, venue: SimVenue) -> Simulated<SharedCandles> {
    let world = Simulated::new(feed(scene), venue, scene.latency, scene.stocks.len()).with_seed(scene.seed);
    if scene.stocks.iter().all(|stock| stock.ticks.is_empty()) {
        return world;
    }
    let boxed = |stock: &Stock| -> Option<BoxedTicks<Infallible>> {
        (!stock.ticks.is_empty()).then(|| Box::new(SharedTicks::new(stock.ticks.clone().into())) as _)
    };
    world.with_ticks(scene.stocks.iter().map(boxed).collect()).expect("memory cannot fail")
}

/// Plays a scenario; what happened, line by line.
pub(crate) fn play(scene: &Scene) -> String {
    let mut core = core(scene);
    let venue = venue(scene, instruments(scene));
    let mut world = world(scene, venue);
    let tape = TapeJournal::new(MemoryTape::default(), &Header::default(), CandlesOnTape::Recorded);
    let names = scene.stocks.iter().map(|s| s.name.clone()).collect();
    let instruments = instruments(scene);
    let mut diary =
        Diary { tape, text: String::new(), names, instruments, all: scene.all, marks: 0, equity: Money::ZERO };
    diary.equity = scene.cash;
    run(&mut core, &mut world, &mut diary).expect("a scenario in memory cannot fail");
    let state = core.state();
    assert_eq!(state.books.cash(), world.venue().account().cash(), "the ledger equals the venue's");
    for (ours, theirs) in state.books.positions().zip(world.venue().account().held()) {
        assert_eq!(ours.quantity, theirs.quantity, "the ledger equals the venue's");
    }
    diary.end(state);
    let (text, digest) = (diary.text, diary.tape.digest());
    replay(scene, &diary.tape.seal(&[]).expect("memory cannot fail").0, digest);
    text
}

/// Replays a scenario's tape and compares every decision.
fn replay(scene: &Scene, tape: &[u8], digest: [u8; 32]) {
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let mut world = Recorded::new(TapeReader::new(tape), none, Wire::default());
    let mut verifying = Verifying::new(TapeReader::new(tape));
    run(&mut core(scene), &mut world, &mut verifying).expect("a replay repeats every decision");
    assert_eq!(verifying.digest(), digest);
}

/// A journal that writes what a trader would.
struct Diary {
    tape: TapeJournal<MemoryTape>,
    text: String,
    names: Vec<String>,
    instruments: Vec<Instrument>,
    all: bool,
    marks: u64,
    equity: Money,
}

fn clock(time: Timestamp) -> String {
    let (hours, rest) = (time.0.div_euclid(Interval::HOUR.0), time.0.rem_euclid(Interval::HOUR.0));
    if rest == 0 { format!("{hours}h") } else { format!("{hours}h+{}ms", rest / 1_000_000) }
}

fn quantity(quantity: engine::Qty) -> String {
    scaled_text(quantity.0, QTY_SCALE)
}

impl Diary {
    fn say(&mut self, time: Timestamp, words: &str) {
        writeln!(self.text, "{} {words}", clock(time)).expect("text grows");
    }

    /// The instrument's name where there is more than one.
    fn name(&self, id: engine::InstrumentId) -> String {
        if self.names.len() > 1 { format!(" {}", self.names[id.index()]) } else { String::new() }
    }

    fn mark(&mut self, state: &State) {
        if state.mark.count != self.marks {
            assert_eq!(state.mark.count, self.marks + 1, "one mark at a time");
            self.marks += 1;
            if self.all || state.mark.equity != self.equity {
                self.say(state.mark.time, &format!("equity {}", state.mark.equity));
            }
            self.equity = state.mark.equity;
        }
    }

    fn event(&mut self, entry: &Entry) {
        let words = match entry.event {
            Event::Market(MarketEvent::Candle(candle)) if self.all => {
                format!("candle{}", self.name(candle.instrument))
            }
            Event::Timer(timer) => format!("timer {}", timer.0),
            Event::Report(report) => match self.report(&report) {
                Some(words) => words,
                None => return,
            },
            _ => return,
        };
        self.say(entry.time, &words);
    }

    fn report(&self, report: &Report) -> Option<String> {
        let n = report.order().0;
        Some(match *report {
            Report::Accepted { .. } if self.all => format!("accepted {n}"),
            Report::Accepted { .. } => return None,
            Report::Rejected { reason, .. } => format!("rejected {n} {}", reason.name()),
            Report::Filled(fill) => {
                let (side, name, liquidity) = (fill.side.name(), self.name(fill.instrument), fill.liquidity.name());
                let price = scaled_text(fill.price.0, PRICE_SCALE);
                let mut words = format!("filled {n} {side} {}{name} at {price} {liquidity}", quantity(fill.quantity));
                if fill.fee != Money::ZERO {
                    write!(words, " fee {}", fill.fee).expect("text grows");
                }
                if fill.certainty == Certainty::PathDependent {
                    words += " by path";
                }
                words
            }
            Report::Busted(_) => format!("busted {n}"),
            Report::Liquidated(fill) => format!("liquidated at {}", scaled_text(fill.price.0, PRICE_SCALE)),
            Report::Cancelled { .. } => format!("cancelled {n}"),
            Report::Amended { quantity: q, price, .. } => {
                let at = price.map(|p| format!(" at {}", scaled_text(p.0, PRICE_SCALE))).unwrap_or_default();
                format!("amended {n} to {}{at}", quantity(q))
            }
            Report::ChangeRefused { reason, .. } => format!("change of {n} refused {}", reason.name()),
            Report::Expired { .. } => format!("expired {n}"),
            Report::NotSent { .. } | Report::Lost { .. } => return None,
        })
    }

    fn effect(&mut self, time: Timestamp, effect: &Effect) {
        let words = match Outcome::from(effect) {
            Outcome::Refused(it) if matches!(it.check, Check::BuyingPower | Check::MinNotional) => {
                let (name, limit, value) = (self.name(it.instrument), Money(it.limit), Money(it.value));
                format!("refused{name} {}: {value} against {limit}", it.check.name())
            }
            Outcome::Refused(it) => format!("refused{} {}", self.name(it.instrument), it.check.name()),
            Outcome::Noticed { order, anomaly } => format!("noticed {} {}", order.0, anomaly.name()),
            Outcome::Sent(engine::Action::Submit(it)) => {
                let (side, kind, name) = (it.side.name(), it.kind.name(), self.name(it.instrument));
                format!("send {} {side} {}{name} {kind}", it.order.0, quantity(it.quantity))
            }
            Outcome::Noted { instrument, remark } => format!("noted{} {remark}", self.name(instrument)),
            Outcome::For(owner) => format!("strategy {}", owner.0),
            turned @ (Outcome::Turned(_) | Outcome::Clipped(_) | Outcome::Crossed(_)) => {
                turned.describe(&self.instruments)
            }
            Outcome::Sent(_) | Outcome::Armed { .. } => return,
        };
        self.say(time, &words);
    }

    fn end(&mut self, state: &State) {
        let live: usize = state.orders.all().filter(|o| o.status.is_live()).count();
        let mut held = String::new();
        for (name, position) in self.names.iter().zip(state.books.positions()) {
            write!(held, " {name} {}", quantity(position.quantity)).expect("text grows");
        }
        let counters = &state.counters;
        let path = counters.path_dependent_fills;
        let path = if path == 0 { String::new() } else { format!(", {path} by path") };
        let fees = state.books.fees();
        let fees = if fees == Money::ZERO { String::new() } else { format!(", fees {fees}") };
        writeln!(self.text, "end{held}, cash {}{fees}, {live} open{path}", state.books.cash()).expect("text grows");
    }
}

impl Journal for Diary {
    type Error = Infallible;

    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.tape.append(entry)
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        assert!(state.books.balances(), "every number is explained after step {}", entry.number);
        self.mark(state);
        self.event(entry);
        effects.iter().for_each(|effect| self.effect(entry.time, effect));
        self.tape.commit(entry, effects, state)
    }

    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.mark(state);
        self.tape.finish(state)
    }
}
