//! Experience that is learned of more than once: the last so many transitions.
use super::checkpoint::{Checkpoint, CheckpointError};
use super::choosing::index;
use super::rollout::Trace;
use engine::Rng;
use tch::Tensor;

/// The last transitions, in a ring.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReplayBuffer {
    width: usize,
    capacity: usize,
    /// Where the next one goes once the ring is full.
    next: usize,
    before: Vec<f32>,
    after: Vec<f32>,
    rewards: Vec<f32>,
    /// Twice the action, and one more where the episode ended by itself.
    outcomes: Vec<u64>,
}

/// Transitions drawn from the ring.
#[derive(Debug)]
pub(super) struct Sample {
    /// What was seen before, and after: `[rows, observation]`.
    pub(super) before: Tensor,
    pub(super) after: Tensor,
    pub(super) rewards: Vec<f32>,
    pub(super) actions: Vec<usize>,
    pub(super) terminated: Vec<bool>,
}

impl ReplayBuffer {
    pub(super) fn new(capacity: usize, width: usize) -> Self {
        let (before, after) = (Vec::new(), Vec::new());
        Self { width, capacity, next: 0, before, after, rewards: Vec::new(), outcomes: Vec::new() }
    }

    /// How many transitions there are.
    pub(super) fn len(&self) -> usize {
        self.rewards.len()
    }

    /// Takes in what a member did.
    pub(super) fn extend(&mut self, trace: &Trace) {
        let rows: Vec<&[f32]> = trace.observations.chunks_exact(self.width).chain([trace.last.as_slice()]).collect();
        let mut cut = trace.cut.chunks_exact(self.width);
        for (step, &choice) in trace.choices.iter().enumerate() {
            let terminated = trace.terminated[step];
            let after = match (terminated, trace.truncated[step]) {
                (false, true) => cut.next().expect("every episode whose time ran out has a last observation"),
                // Nothing follows an end, and what stands in its place is never looked at.
                (true, _) => rows[step],
                (false, false) => rows[step + 1],
            };
            self.push(rows[step], after, trace.rewards[step], 2 * index(choice) as u64 + u64::from(terminated));
        }
    }

    fn push(&mut self, before: &[f32], after: &[f32], reward: f32, outcome: u64) {
        if self.len() < self.capacity {
            self.before.extend_from_slice(before);
            self.after.extend_from_slice(after);
            self.rewards.push(reward);
            self.outcomes.push(outcome);
            return;
        }
        let from = self.next * self.width;
        self.before[from..][..self.width].copy_from_slice(before);
        self.after[from..][..self.width].copy_from_slice(after);
        self.rewards[self.next] = reward;
        self.outcomes[self.next] = outcome;
        self.next = (self.next + 1) % self.capacity;
    }

    /// So many transitions, each equally likely at each place.
    pub(super) fn sample(&self, rows: usize, rng: &mut Rng) -> Sample {
        let places: Vec<usize> = (0..rows).map(|_| rng.below(self.len() as u64) as usize).collect();
        let gather = |of: &[f32]| {
            let numbers: Vec<f32> = places.iter().flat_map(|&p| &of[p * self.width..][..self.width]).copied().collect();
            Tensor::from_slice(&numbers).view([rows as i64, self.width as i64])
        };
        Sample {
            before: gather(&self.before),
            after: gather(&self.after),
            rewards: places.iter().map(|&p| self.rewards[p]).collect(),
            actions: places.iter().map(|&p| (self.outcomes[p] / 2) as usize).collect(),
            terminated: places.iter().map(|&p| self.outcomes[p] % 2 == 1).collect(),
        }
    }

    /// Puts all of it into a checkpoint.
    pub(super) fn keep(&self, kept: &mut Checkpoint) {
        kept.put_floats("replay.before", self.before.clone());
        kept.put_floats("replay.after", self.after.clone());
        kept.put_floats("replay.rewards", self.rewards.clone());
        kept.put_integers("replay.outcomes", self.outcomes.clone());
        kept.put_integers("replay.place", vec![self.len() as u64, self.next as u64]);
    }

    /// What a checkpoint holds of it, found right: for so many actions.
    pub(super) fn kept(&self, checkpoint: &Checkpoint, actions: usize) -> Result<Self, CheckpointError> {
        let wrong = |found, expected| CheckpointError::Number { name: "replay.place".into(), found, expected };
        let place = checkpoint.integers("replay.place", 2)?;
        let fits = |number: u64, most: usize| usize::try_from(number).ok().filter(|&number| number <= most);
        let len = fits(place[0], self.capacity).ok_or_else(|| wrong(place[0], "at most the buffer's capacity"))?;
        let next = fits(place[1], len.saturating_sub(1)).ok_or_else(|| wrong(place[1], "a place in the buffer"))?;
        let outcomes = checkpoint.integers("replay.outcomes", len)?.to_vec();
        if let Some(&found) = outcomes.iter().find(|&&outcome| outcome / 2 >= actions as u64) {
            let expected = "twice the index of an action, or one more";
            return Err(CheckpointError::Number { name: "replay.outcomes".into(), found, expected });
        }
        Ok(Self {
            next,
            before: checkpoint.floats("replay.before", len * self.width)?.to_vec(),
            after: checkpoint.floats("replay.after", len * self.width)?.to_vec(),
            rewards: checkpoint.floats("replay.rewards", len)?.to_vec(),
            outcomes,
            ..*self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Choice;

    /// Three steps: the second ends the episode's time, the third the episode.
    fn trace() -> Trace {
        Trace {
            observations: vec![1.0, 2.0, 4.0],
            choices: [0, 1, 2].map(Choice::Index).to_vec(),
            rewards: vec![10.0, 20.0, 30.0],
            terminated: vec![false, false, true],
            truncated: vec![false, true, false],
            cut: vec![3.0],
            last: vec![5.0],
            ..Trace::default()
        }
    }

    #[test]
    fn what_follows_a_step_is_the_next_observation_or_the_last_one_of_its_episode() {
        let mut buffer = ReplayBuffer::new(10, 1);
        buffer.extend(&trace());
        assert_eq!((buffer.before, buffer.after), (vec![1.0, 2.0, 4.0], vec![2.0, 3.0, 4.0]));
        assert_eq!((buffer.rewards, buffer.outcomes), (vec![10.0, 20.0, 30.0], vec![0, 2, 5]));
    }

    #[test]
    fn a_full_buffer_forgets_the_oldest() {
        let mut buffer = ReplayBuffer::new(4, 1);
        buffer.extend(&trace());
        buffer.extend(&trace());
        assert_eq!(buffer.before, [2.0, 4.0, 4.0, 1.0]);
        buffer.extend(&trace());
        assert_eq!(buffer.before, [4.0, 4.0, 1.0, 2.0]);
        assert_eq!(buffer.len(), 4);
    }

    #[test]
    fn a_sample_holds_whole_transitions_and_comes_to_all_of_them() {
        let mut buffer = ReplayBuffer::new(10, 1);
        buffer.extend(&trace());
        let sample = buffer.sample(3_000, &mut Rng::stream(1, "test"));
        let mut counts = [0; 3];
        for row in 0..3_000 {
            let action = sample.actions[row];
            counts[action] += 1;
            let expected = (trace().observations[action], [2.0, 3.0, 4.0][action], action == 2);
            let seen = |of: &Tensor| of.double_value(&[row as i64, 0]) as f32;
            let found = (seen(&sample.before), seen(&sample.after), sample.terminated[row]);
            assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        }
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    }

    #[test]
    fn what_is_kept_comes_back_and_what_cannot_be_is_refused() {
        let mut buffer = ReplayBuffer::new(4, 1);
        (0..2).for_each(|_| buffer.extend(&trace()));
        let mut kept = Checkpoint::default();
        buffer.keep(&mut kept);
        let empty = ReplayBuffer::new(4, 1);
        assert_eq!(empty.kept(&kept, 3), Ok(buffer));
        let check = |name: &str, numbers: Vec<u64>, expected: &str| {
            let mut kept = kept.clone();
            kept.put_integers(name, numbers);
            let error = empty.kept(&kept, 3).expect_err("it is damaged").to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("replay.place", vec![5, 0], "`replay.place` holds 5 where at most the buffer's capacity");
        check("replay.place", vec![4, 4], "`replay.place` holds 4 where a place in the buffer");
        check("replay.outcomes", vec![6, 0, 0, 0], "`replay.outcomes` holds 6 where twice the index of an action");
        check("replay.outcomes", vec![0], "`replay.outcomes` has 1 numbers and needs 4");
    }
}
