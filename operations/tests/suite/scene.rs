//! A small run to be written down: candles, a strategy that sends now and then, and what its tape has to hold.
use engine::risk::RiskEngine;
use engine::tape::{Header, Kind, RecordSource, TapeReader, encode_effects, encode_event};
use engine::{
    Candle, Core, Dated, Effect, Entry, Event, Instrument, InstrumentId, Intents, Journal, MarketCandle, MarketEvent,
    Price, Qty, Spec, State, Strategy, Timestamp, View,
};
use operations::live::RoomPolicy;
use operations::{Disk, LiveError, LiveJournal, LiveOptions};

pub(crate) const SECOND: i64 = 1_000_000_000;

/// Buys and sells one at every candle whose number divides by `every`.
#[derive(Debug)]
pub(crate) struct Every {
    every: u64,
    seen: u64,
}

impl Strategy for Every {
    fn decide(&mut self, _: &Event, _: View<'_>, out: &mut Intents) {
        self.seen += 1;
        if self.seen.is_multiple_of(self.every) {
            let odd = (self.seen / self.every) % 2 == 1;
            out.target(InstrumentId(0), Qty(i64::from(odd)));
        }
    }
}

/// A core at rest.
pub(crate) fn core(every: u64) -> Core<Every> {
    let usd = "USD".parse().expect("a currency");
    let one = rust_decimal::Decimal::ONE;
    let instrument = Instrument::new("v:A".into(), usd, (2, 0), one, Dated::always(Spec::FREE)).expect("an instrument");
    let state = State::new("1000000".parse::<engine::Money>().expect("money"), vec![instrument], Timestamp::MIN);
    Core::new(state, Every { every, seen: 0 }, RiskEngine::new(Vec::new()))
}

/// The entry of this number: a candle.
pub(crate) fn entry(number: u64) -> Entry {
    let at = number as i64 * SECOND;
    let price = Price(10_000 + (number * 7 % 100) as i64);
    let candle = Candle {
        open_time: Timestamp(at - SECOND),
        known_time: Timestamp(at),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1,
    };
    let event =
        Event::Market(MarketEvent::Candle(MarketCandle { instrument: InstrumentId(0), price_scale: 2, candle }));
    Entry { number, time: Timestamp(at), event }
}

/// A step that was made: what came, and what was decided.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) entry: Entry,
    pub(crate) effects: Vec<Effect>,
}

impl Step {
    pub(crate) fn sends(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Send(_)))
    }
}

/// So many steps, and the state behind them.
pub(crate) fn steps(count: u64, every: u64) -> (Vec<Step>, State) {
    let mut core = core(every);
    let made = (1..=count).map(|number| {
        let (entry, mut effects) = (entry(number), Vec::new());
        core.step(&entry, &mut effects);
        Step { entry, effects }
    });
    let made = made.collect();
    core.finish();
    (made, core.into_state())
}

/// Small segments, a small reserve, and nothing waits long.
pub(crate) fn options() -> LiveOptions {
    LiveOptions {
        segment_bytes: 1_500,
        daily: false,
        unsynced_bytes: 700,
        unsynced_ns: 1_000 * SECOND,
        room: RoomPolicy { free_pct: 0, free_bytes: 0, reserve_bytes: 4_096 },
    }
}

pub(crate) fn header() -> Header {
    let mut header = Header::default();
    header.set("name", "a small live run");
    header.set("mode", "paper");
    header
}

/// Writes steps until one fails; the last that was acknowledged with something to send, and the error.
pub(crate) fn write<D: Disk>(journal: &mut LiveJournal<D>, steps: &[Step], state: &State) -> (u64, Option<LiveError>) {
    let mut acknowledged = 0;
    for step in steps {
        let written = journal.append(&step.entry).and_then(|()| journal.commit(&step.entry, &step.effects, state));
        match written {
            Err(error) => return (acknowledged, Some(error)),
            Ok(()) if step.sends() => acknowledged = step.entry.number,
            Ok(()) => {}
        }
    }
    (acknowledged, None)
}

/// What stands on a tape: number, kind and payload of its entries and steps.
pub(crate) type Lines = Vec<(u64, Kind, Vec<u8>)>;

/// What is durable on a tape.
pub(crate) fn lines<D: Disk>(journal: &LiveJournal<D>) -> Lines {
    let mut reader: TapeReader<_> = journal.records();
    let mut lines = Vec::new();
    while let Some(frame) = reader.next().expect("an opened tape reads to its end") {
        if matches!(frame.kind, Kind::Entry | Kind::Step) {
            let payload = if frame.kind == Kind::Step { frame.payload[8..].to_vec() } else { frame.payload };
            lines.push((frame.number, frame.kind, payload));
        }
    }
    lines
}

/// What has to stand on a tape of these steps.
pub(crate) fn lines_of(steps: &[Step]) -> Lines {
    let mut lines = Vec::new();
    for step in steps {
        let (mut event, mut effects) = (Vec::new(), Vec::new());
        encode_event(&step.entry.event, &mut event);
        lines.push((step.entry.number, Kind::Entry, event));
        if !step.effects.is_empty() {
            encode_effects(&step.effects, &mut effects);
            lines.push((step.entry.number, Kind::Step, effects));
        }
    }
    lines
}

/// Checks that a tape holds the first steps, as many as it says, and at least those that were acknowledged.
pub(crate) fn check_prefix<D: Disk>(journal: &LiveJournal<D>, steps: &[Step], acknowledged: u64, what: &str) {
    let last = journal.last();
    assert!(last >= acknowledged, "{what}: step {acknowledged} was acknowledged, the tape ends with {last}");
    assert!(last <= steps.len() as u64, "{what}: the tape holds {last} steps, {} were made", steps.len());
    assert_eq!(lines(journal), lines_of(&steps[..last as usize]), "{what}: other steps than were made");
}

/// A source of chance that a number starts.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// How much of a long proof runs: all of it where `ONETAPE_PROVE` is set.
pub(crate) fn length(proof: u64, test: u64) -> u64 {
    if std::env::var_os("ONETAPE_PROVE").is_some() { proof } else { test }
}
