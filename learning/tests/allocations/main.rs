//! A policy answers without allocating: counted, not hoped.
//!
//! A binary of its own, since the counter brings its own global allocator.
#![allow(clippy::unwrap_used, reason = "all of this is tests; helpers outside of test functions are too")]
mod decision;
#[path = "../suite/samples.rs"]
#[allow(dead_code, reason = "the other binary uses all of it")]
mod samples;

use learning::policy::{Activation, Policy};
use learning::portable::choice;
use learning::{Portable, Runtime};

fn check(policy: &Policy) {
    let architecture = &policy.manifest.architecture;
    let mut portable = Portable::new(policy).unwrap();
    let mut memory = vec![0.0; architecture.memory()];
    let mut answer = vec![0.0; architecture.outputs];
    let mut observation = vec![0.5; architecture.inputs];
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            policy.normaliser.apply(&mut observation);
            portable.answer(&observation, &mut memory, &mut answer);
            assert!(choice::argmax(&answer).is_some());
            choice::softmax(&mut answer);
        }
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn an_answer_and_the_choice_after_it_allocate_nothing() {
    check(&samples::mlp(33, &[64, 64], 3, Activation::Tanh));
    check(&samples::mlp(5, &[7], 2, Activation::Relu));
    check(&samples::gru(33, 64));
}
