//! The simple reference on a pole.
use super::*;
use crate::cartpole::CartPole;

fn train(iterations: u64, seed: u64) -> (A2c, Fleet<CartPole>, Vec<Progress>) {
    let mut fleet = Fleet::new(vec![CartPole::default(); 8], seed);
    let parameters = A2cParameters { steps: 8, lambda: 0.95, learning_rate: 2e-3, ..A2cParameters::default() };
    let mut learner = A2c::new(parameters, fleet.spaces(), fleet.count(), seed);
    let progress = (0..iterations).map(|_| learner.iterate(&mut fleet)).collect();
    (learner, fleet, progress)
}

#[test]
fn episodes_on_the_pole_become_many_times_as_long() {
    let (_, _, progress) = train(900, 1);
    let mean = |part: &[Progress]| {
        let lengths: Vec<f64> = part.iter().filter_map(|p| p.episode_length).collect();
        lengths.iter().sum::<f64>() / lengths.len() as f64
    };
    let (first, last) = (mean(&progress[..50]), mean(&progress[800..]));
    assert!(last > 150.0 && last > 5.0 * first, "from {first} to {last}");
}

#[test]
fn going_on_from_a_checkpoint_equals_never_having_stopped() {
    let (whole, _, expected) = train(20, 3);
    let (first, fleet, _) = train(10, 3);
    let kept = first.checkpoint(&fleet);
    let (mut again, mut fleet, _) = train(2, 3);
    again.restore(&kept, &mut fleet).expect("it is of this training");
    let progress: Vec<Progress> = (0..10).map(|_| again.iterate(&mut fleet)).collect();
    assert_eq!(progress, expected[10..]);
    assert_eq!(again.network.parameters.flat(), whole.network.parameters.flat());
}
