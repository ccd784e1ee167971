//! The simulated venue against the naive matcher, over seeded random candles and orders.
use crate::language::{Cue, Scene, Script, Wish};
use crate::matcher::{Rules, Traded, fills};
use crate::scene::{core, feed, instruments};
use engine::sim::{Delay, PathModel, Queue, Session};
use engine::{
    Action, Effect, Entry, Event, InstrumentId, Interval, Join, Journal, NewOrder, OrderId, OrderKind, Price, Qty,
    Report, Rng, Side, Simulated, State, Terms, TimeInForce, Timestamp, Trail, run,
};
use std::convert::Infallible;
use std::fmt::Write;

/// Remembers what was sent and what was filled.
#[derive(Default)]
pub(crate) struct Trace {
    pub(crate) sent: Vec<(Timestamp, Action)>,
    pub(crate) fills: Vec<Traded>,
}

impl Journal for Trace {
    type Error = Infallible;
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        if let Event::Report(Report::Filled(f)) = entry.event {
            let (order, side, price, quantity, liquidity) = (f.order, f.side, f.price, f.quantity, f.liquidity);
            self.fills.push(Traded { order, side, price, quantity, liquidity, time: f.venue_time });
        }
        Ok(())
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], _: &State) -> Result<(), Infallible> {
        for effect in effects {
            if let Effect::Send(command) = effect {
                self.sent.push((entry.time, *command.action()));
            }
        }
        Ok(())
    }
    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

pub(crate) fn pick(rng: &mut Rng, from: i64, to: i64) -> i64 {
    from + i64::try_from(rng.below(u64::try_from(to - from + 1).expect("to is above from"))).expect("small")
}

/// A scenario of random candles in a narrow range, so that touches, gaps and ties are common.
pub(crate) fn random_scene(rng: &mut Rng) -> Scene {
    let mut text = String::new();
    let mut last = 100;
    for _ in 0..pick(rng, 4, 14) {
        if rng.below(8) == 0 {
            text += "gap 1 | ";
        }
        let open = if rng.below(4) == 0 { pick(rng, 92, 108) } else { last };
        last = pick(rng, 93, 107);
        let (high, low) = (open.max(last) + pick(rng, 0, 4), open.min(last) - pick(rng, 0, 4));
        // In hundredths, so that the naive matcher's walk is short.
        write!(text, "candle {}.{:02} ", open / 100, open % 100).expect("text grows");
        for price in [high, low, last] {
            write!(text, "{}.{:02} ", price / 100, price % 100).expect("text grows");
        }
        write!(text, "volume {} | ", pick(rng, 0, 40)).expect("text grows");
    }
    let mut scene = Scene::parse(text.trim_end_matches([' ', '|']));
    scene.path = PathModel::ALL[rng.below(3) as usize].1;
    scene.queue = [Queue::Touch, Queue::Through][rng.below(2) as usize];
    scene.participation_ppm = [None, None, Some(100_000)][rng.below(3) as usize];
    if rng.below(2) == 0 {
        scene.stocks[0].sessions = sessions(rng);
    }
    scene.latency.entry = Delay::Fixed([0, 0, 50_000_000, 1_800_000_000_000][rng.below(4) as usize]);
    scene.leverage.ppm = 1_000_000_000;
    for candle in 0..scene.stocks[0].candles.len() {
        for _ in 0..rng.below(4) {
            let wishes = random_wishes(rng, candle);
            scene.script.extend(wishes.into_iter().map(|wish| (Cue::Close(0, candle), wish)));
        }
    }
    scene
}

/// Sessions of a few hours with breaks between them.
fn sessions(rng: &mut Rng) -> Vec<Session> {
    let (mut sessions, mut hour) = (Vec::new(), pick(rng, 0, 2));
    while hour < 20 {
        let close = hour + pick(rng, 1, 5);
        sessions.push(Session { open: at_hour(hour), close: at_hour(close) });
        hour = close + pick(rng, 0, 3);
    }
    sessions
}

fn at_hour(hour: i64) -> Timestamp {
    Timestamp(hour * Interval::HOUR.0)
}

pub(crate) fn random_kind(rng: &mut Rng) -> OrderKind {
    let (trigger, price) = (Price(pick(rng, 90, 110)), Price(pick(rng, 90, 110)));
    match rng.below(12) {
        0..=2 => OrderKind::Market,
        3..=5 => OrderKind::Limit { price },
        6 | 7 => OrderKind::Stop { trigger },
        8 => OrderKind::StopLimit { trigger, price },
        9 if rng.below(2) == 0 => OrderKind::TrailingStop { trail: Trail::Amount(Price(pick(rng, 1, 6))) },
        9 => OrderKind::TrailingStop { trail: Trail::Ppm(pick(rng, 5_000, 60_000)) },
        10 => OrderKind::MarketIfTouched { trigger },
        _ => OrderKind::LimitIfTouched { trigger, price },
    }
}

fn random_terms(rng: &mut Rng, candle: usize) -> Terms {
    let later = at_hour(i64::try_from(candle).expect("few candles") + 1 + pick(rng, 1, 4));
    let half = Timestamp(later.0 - Interval::HOUR.0 / 2);
    let time_in_force = match rng.below(12) {
        0 => TimeInForce::Day,
        1 => TimeInForce::ImmediateOrCancel,
        2 => TimeInForce::FillOrKill,
        3 => TimeInForce::GoodTilDate(later),
        4 => TimeInForce::GoodTilDate(half),
        5 => TimeInForce::AtOpen,
        6 => TimeInForce::AtClose,
        _ => TimeInForce::GoodTilCancelled,
    };
    Terms { time_in_force, post_only: rng.below(8) == 0, reduce_only: rng.below(6) == 0 }
}

/// One order and what may be tied to it, or one change.
fn random_wishes(rng: &mut Rng, candle: usize) -> Vec<Wish> {
    let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
    let quantity = Qty(pick(rng, 1, 3) * 1_000);
    let order = OrderId(1 + rng.below(16));
    let kind = random_kind(rng);
    let terms = random_terms(rng, candle);
    let entry = NewOrder { terms, ..NewOrder::new(InstrumentId(0), side, quantity, kind) };
    match rng.below(12) {
        0 => vec![Wish::Cancel(order)],
        1 => vec![Wish::Amend(order, quantity, None)],
        2 => vec![Wish::Amend(order, quantity, Some(Price(pick(rng, 90, 110))))],
        3 | 4 => {
            let mut all = vec![Wish::Submit(entry, Join::Alone)];
            for _ in 0..=rng.below(2) {
                let leg = entry.exit(random_kind(rng));
                let terms = Terms { post_only: rng.below(6) == 0, ..leg.terms };
                let leg = NewOrder { quantity: Qty(leg.quantity.0.min(pick(rng, 1, 3) * 1_000)), terms, ..leg };
                all.push(Wish::Submit(leg, Join::Attached));
            }
            all
        }
        5 => {
            let side = if rng.below(2) == 0 { side } else { side.opposite() };
            let other = NewOrder { side, kind: random_kind(rng), terms: Terms::PLAIN, ..entry };
            vec![Wish::Submit(entry, Join::Alone), Wish::Submit(other, Join::OneCancelsOther)]
        }
        _ => vec![Wish::Submit(entry, Join::Alone)],
    }
}

/// The fills of one random sequence, by the venue and by the specification, and how many commands were sent.
fn both(scene: &Scene) -> (Vec<Traded>, Vec<Traded>, usize) {
    let venue = crate::language::venue(scene, instruments(scene));
    let mut world = Simulated::new(feed(scene), venue, scene.latency, 1);
    let mut trace = Trace::default();
    let mut core: engine::Core<Script> = core(scene);
    run(&mut core, &mut world, &mut trace).expect("memory cannot fail");
    let Delay::Fixed(entry_ns) = scene.latency.entry else { panic!("random scenes draw no latency") };
    let arrivals: Vec<_> = trace.sent.iter().map(|(t, a)| (t.after(entry_ns), *a)).collect();
    let (participation_ppm, sessions) = (scene.participation_ppm, scene.stocks[0].sessions.clone());
    let rules = Rules { path: scene.path, touch: scene.queue == Queue::Touch, participation_ppm, sessions };
    let naive = fills(rules, &scene.stocks[0].candles, &arrivals);
    (trace.fills, naive, arrivals.len())
}

#[test]
fn the_venue_fills_what_the_naive_matcher_fills_over_a_million_commands() {
    let (mut commands, mut traded, mut seed) = (0, 0, 0);
    while commands < 1_000_000 {
        let scene = random_scene(&mut Rng::stream(seed, "matching"));
        let (venue, naive, sent) = both(&scene);
        assert_eq!(venue, naive, "seed {seed}: the venue is left, the specification right; {scene:#?}");
        traded += venue.len();
        commands += sent;
        seed += 1;
    }
    assert!(traded > 300_000, "only {traded} fills: the sequences do not test enough");
}
