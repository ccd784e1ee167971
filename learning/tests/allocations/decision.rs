//! The strategy `policy`: a decision in a run allocates nothing.
use super::samples;
use engine::sim::Costs;
use engine::{Entry, Event, InstrumentId, Intents, Strategy, View, World};
use learning::Portable;
use learning::features::Encoder;
use learning::market::{PlainStage, Span, Stage, synthetic};
use learning::policy::{Activation, Policy};
use learning::policy_strategy::PolicyStrategy;
use std::sync::Arc;

fn check(policy: &Policy) {
    let candles = synthetic::walk(300, 30.0, 1);
    let stage = PlainStage::new(Arc::clone(&candles), Costs::NONE);
    let (from, to) = (candles[0].open_time, candles[299].open_time);
    let (mut core, mut world) = stage.open(Span { from, trades_from: from, to }, 1);
    let encoder = Encoder::new(&policy.manifest.features).unwrap();
    let what = (InstrumentId(0), "50%".parse().unwrap());
    let runtime = Portable::new(policy).unwrap();
    let mut strategy = PolicyStrategy::new(what, policy, encoder, Some(Box::new(runtime)), 0);
    let (mut effects, mut intents) = (Vec::new(), Intents::default());
    let mut entry = Entry { number: 0, time: from, event: Event::NOTHING };
    let (mut decisions, mut allocated) = (0, 0);
    while let Some(time) = world.next(&mut entry.event).unwrap() {
        (entry.number, entry.time) = (entry.number + 1, time);
        core.apply(&entry, &mut effects);
        effects.clear();
        let view = View::new(core.state());
        let counted = allocation_counter::measure(|| strategy.decide(&entry.event, view, &mut intents));
        let decided = intents.drain().count() == 3;
        decisions += usize::from(decided);
        // The first one makes the place where wishes are kept.
        if decisions > 1 {
            allocated += counted.count_total;
        }
    }
    assert!(decisions > 200, "{decisions}");
    assert_eq!(allocated, 0);
}

#[test]
fn a_decision_of_a_policy_allocates_nothing() {
    check(&samples::mlp(33, &[64, 64], 3, Activation::Tanh));
    check(&samples::gru(33, 16));
}
