//! The simulated venue against the naive matcher, over seeded random candles and orders.
use crate::language::{Cue, Scene, Script, Wish};
use crate::matcher::{Rules, Traded, fills};
use crate::scene::{core, feed, instruments};
use engine::sim::PathModel;
use engine::{
    Action, Effect, Entry, Event, Journal, OrderId, OrderKind, Price, Qty, Report, Rng, Side, Simulated, State,
    Timestamp, run,
};
use std::convert::Infallible;
use std::fmt::Write;

/// Remembers what was sent and what was filled.
#[derive(Default)]
struct Trace {
    sent: Vec<(Timestamp, Action)>,
    fills: Vec<Traded>,
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

fn pick(rng: &mut Rng, from: i64, to: i64) -> i64 {
    from + i64::try_from(rng.below(u64::try_from(to - from + 1).expect("to is above from"))).expect("small")
}

/// A scenario of random candles in a narrow range, so that touches, gaps and ties are common.
fn random_scene(rng: &mut Rng) -> Scene {
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
        text = text.trim_end().to_owned() + " | ";
    }
    let mut scene = Scene::parse(text.trim_end_matches([' ', '|']));
    scene.path = PathModel::ALL[rng.below(3) as usize].1;
    scene.touch = rng.below(2) == 0;
    scene.latency.entry_ns = [0, 0, 50_000_000, 1_800_000_000_000][rng.below(4) as usize];
    scene.leverage.ppm = 1_000_000_000;
    for candle in 0..scene.stocks[0].candles.len() {
        for _ in 0..rng.below(4) {
            let wish = random_wish(rng);
            scene.script.push((Cue::Close(0, candle), wish));
        }
    }
    scene
}

fn random_wish(rng: &mut Rng) -> Wish {
    let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
    let (quantity, at) = (Qty(pick(rng, 1, 3) * 1_000), Price(pick(rng, 90, 110)));
    let order = OrderId(1 + rng.below(12));
    match rng.below(10) {
        0 | 1 => Wish::Submit(0, side, quantity, OrderKind::Market),
        2..=4 => Wish::Submit(0, side, quantity, OrderKind::Limit { price: at }),
        5 | 6 => Wish::Submit(0, side, quantity, OrderKind::Stop { trigger: at }),
        7 => Wish::Cancel(order),
        8 => Wish::Amend(order, quantity, None),
        _ => Wish::Amend(order, quantity, Some(at)),
    }
}

/// The fills of one random sequence, by the venue and by the specification.
fn both(scene: &Scene) -> (Vec<Traded>, Vec<Traded>) {
    let venue = crate::language::venue(scene, instruments(scene));
    let mut world = Simulated::new(feed(scene), venue, scene.latency, 1);
    let mut trace = Trace::default();
    let mut core: engine::Core<Script> = core(scene);
    run(&mut core, &mut world, &mut trace).expect("memory cannot fail");
    let arrivals: Vec<_> = trace.sent.iter().map(|(t, a)| (t.after(scene.latency.entry_ns), *a)).collect();
    let rules = Rules { path: scene.path, touch: scene.touch };
    (trace.fills, fills(rules, &scene.stocks[0].candles, &arrivals))
}

#[test]
fn the_venue_fills_what_the_naive_matcher_fills() {
    let mut traded = 0;
    for seed in 0..24_000 {
        let scene = random_scene(&mut Rng::stream(seed, "matching"));
        let (venue, naive) = both(&scene);
        assert_eq!(venue, naive, "seed {seed}: the venue is left, the specification right; {scene:#?}");
        traded += venue.len();
    }
    assert!(traded > 100_000, "only {traded} fills: the sequences do not test enough");
}
