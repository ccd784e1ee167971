//! Checkpoints that do not fit: each is refused by what is wrong, and changes nothing.
use super::*;
use crate::cartpole::CartPole;
use crate::torch::{Learner, Ppo, PpoParameters, Progress};
use expect_test::{Expect, expect};

fn start(members: usize, seed: u64) -> (Ppo, Fleet<CartPole>) {
    let fleet = Fleet::new(vec![CartPole::default(); members], seed);
    let parameters = PpoParameters { hidden: vec![4], steps: 20, epochs: 1, ..PpoParameters::default() };
    (Ppo::new(parameters, fleet.spaces(), members, seed), fleet)
}

fn iterate(learner: &mut Ppo, fleet: &mut Fleet<CartPole>) -> Progress {
    learner.iterate(fleet)
}

#[test]
fn a_checkpoint_that_does_not_fit_is_refused_and_changes_nothing() {
    let check = |break_it: fn(&mut Checkpoint), expected: Expect| {
        let (mut first, mut fleet) = start(2, 7);
        iterate(&mut first, &mut fleet);
        let mut kept = first.checkpoint(&fleet);
        break_it(&mut kept);
        let ((mut again, mut fleet), (mut same, mut other)) = (start(2, 7), start(2, 7));
        expected.assert_eq(&again.restore(&kept, &mut fleet).expect_err("it does not fit").to_string());
        assert_eq!(iterate(&mut again, &mut fleet), iterate(&mut same, &mut other));
    };
    check(
        |kept| kept.algorithm = "dqn".into(),
        expect![
            "the checkpoint has the algorithm dqn, and this training has ppo: go on with the run file that it was made with"
        ],
    );
    check(
        |kept| kept.put_integers("seed", vec![8]),
        expect![
            "the checkpoint has the seed 8, and this training has 7: go on with the run file that it was made with"
        ],
    );
    check(
        |kept| drop(kept.floats.remove("adam.mean")),
        expect!["the checkpoint's part `adam.mean` has 0 numbers and needs 55: it is damaged, or of another version"],
    );
    check(
        |kept| kept.put_integers("fleet.lengths", vec![u64::MAX, 1]),
        expect![
            "the checkpoint's part `fleet.choices` has 5 numbers and needs 18446744073709551615: it is damaged, or of another version"
        ],
    );
    check(
        |kept| kept.integers.values_mut().for_each(|numbers| numbers.truncate(1)),
        expect![
            "the checkpoint's part `tally.rewards` has 1 numbers and needs 2: it is damaged, or of another version"
        ],
    );
    check(
        |kept| kept.integers.get_mut("fleet.choices").expect("it is there")[0] = 2,
        expect![
            "the checkpoint's part `fleet.choices` holds 2 where the index of an action has to stand: it is damaged, or of another version"
        ],
    );
}
