//! No look-ahead in runs: the strategy `policy` decides the same before an instant whatever comes behind it.
use super::course;
use super::shift::{CANDLES, CUT, FEATURES, trained, two_futures};
use engine::risk::{AllowedInstruments, BuyingPower, Leverage, RiskCheck};
use engine::{
    Candle, Core, Effect, Entry, Event, InstrumentId, Intents, Journal, MarketEvent, RiskEngine, State, Strategy, View,
    run,
};
use learning::Portable;
use learning::market::Span;
use learning::policy::Policy;
use learning::policy_strategy::PolicyStrategy;
use std::convert::Infallible;
use std::sync::Arc;

/// What left each step at a candle's close: notes, orders, refusals.
#[derive(Default)]
struct Kept(Vec<Vec<Effect>>);

impl Journal for Kept {
    type Error = Infallible;

    fn append(&mut self, _entry: &Entry) -> Result<(), Infallible> {
        Ok(())
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], _state: &State) -> Result<(), Infallible> {
        if matches!(entry.event, Event::Market(MarketEvent::Candle(_))) {
            self.0.push(effects.to_vec());
        }
        Ok(())
    }

    fn finish(&mut self, _state: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A strategy that is shown the next candle in place of the one that is known.
struct Early {
    strategy: PolicyStrategy,
    candles: Arc<[Candle]>,
}

impl Strategy for Early {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let mut shown = *event;
        if let Event::Market(MarketEvent::Candle(candle)) = &mut shown {
            let next = self.candles.partition_point(|other| other.open_time <= candle.candle.open_time);
            candle.candle = *self.candles.get(next).unwrap_or(&candle.candle);
        }
        self.strategy.decide(&shown, view, out);
    }
}

fn steps<S: Strategy>(candles: &Arc<[Candle]>, policy: &Policy, make: impl FnOnce(PolicyStrategy) -> S) -> Kept {
    let course = course(candles, &FEATURES, 2);
    let network = Portable::new(policy).expect("a policy that was just trained");
    let position = (InstrumentId(0), course.size);
    let strategy = PolicyStrategy::new(position, policy, course.encoder.clone(), Some(Box::new(network)), 0);
    let from = candles[0].open_time;
    let to = candles[CANDLES - 1].known_time;
    let (core, mut world) = course.stage.open(Span { from, trades_from: from, to }, 1);
    let leverage = Leverage::ONE;
    let checks: Vec<Box<dyn RiskCheck + Send>> =
        vec![Box::new(AllowedInstruments(vec![true])), Box::new(BuyingPower { leverage })];
    let mut core = Core::new(core.into_state(), make(strategy), RiskEngine::new(checks));
    let mut kept = Kept::default();
    run(&mut core, &mut world, &mut kept).expect("candles in memory");
    kept
}

/// The first candle at whose close something else left.
fn first_difference(one: &Kept, other: &Kept) -> usize {
    assert_eq!((one.0.len(), other.0.len()), (CANDLES, CANDLES));
    one.0.iter().zip(&other.0).position(|(a, b)| a != b).expect("the change shows")
}

#[test]
fn what_leaves_a_run_does_not_depend_on_what_comes_later() {
    let [candles, scrambled] = two_futures();
    let policy = trained(&candles);
    let (one, other) = (steps(&candles, &policy, |s| s), steps(&scrambled, &policy, |s| s));
    assert_eq!(first_difference(&one, &other), CUT);
    let sent = |effects: &&Vec<Effect>| effects.iter().any(|effect| matches!(effect, Effect::Send(_)));
    let orders = one.0[..CUT].iter().filter(sent).count();
    assert!(orders > 20, "{orders} orders: a policy that hardly acts shows nothing");
    // One that is shown each candle a step early is caught a step early.
    let early =
        |candles: &Arc<[Candle]>| steps(candles, &policy, |strategy| Early { strategy, candles: Arc::clone(candles) });
    assert_eq!(first_difference(&early(&candles), &early(&scrambled)), CUT - 1);
}
