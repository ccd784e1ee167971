//! The Python door hands on what the fleet here gives, bit for bit: both sides hash the same steps and compare with the same line.
//!
//! `learning/python/tests/prove_door.py` is the other side; the recipe stands there in Python and here in Rust, and nowhere else.
use super::onetape::project;
use learning::market::Episode;
use learning::{ActionSpace, Choice, Fleet};
use onetape::run_file::RunFile;
use onetape::training::Material;
use sha2::{Digest, Sha256};
use std::sync::Arc;

const PINNED: &str = include_str!("../../learning/python/tests/steps.txt");
const EPISODES: usize = 64;
const STEPS: usize = 2_000;

/// Knuth's linear congruential generator MMIX (The Art of Computer Programming, volume 2, 3.3.4), which Python draws from too.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    fn choice(&mut self, space: ActionSpace) -> Choice {
        match space {
            ActionSpace::Discrete(count) => Choice::Index(((self.next() >> 33) % count as u64) as u32),
            // 24 bits from -1 to 1: exact in 32-bit floats.
            ActionSpace::Continuous { .. } => Choice::Amount((self.next() >> 40) as f32 / 8_388_608.0 - 1.0),
        }
    }
}

/// How many episodes ended of themselves, and how many because time ran out.
#[derive(Debug, Default)]
struct Ends {
    terminated: usize,
    truncated: usize,
}

/// Steps the fleet, and hashes all that a caller sees of it: the first observations; then of each step the observations, rewards and
/// flags, and the last observation of each episode that ended.
fn steps(overrides: &[&str]) -> (String, Ends) {
    let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
    let config =
        RunFile::load(&project().join("learning/python/tests/door.toml"), &overrides).expect("a good run file");
    let course = Arc::new(Material::new(&config).expect("the sample has its candles").course);
    let episode = |_| Episode::new(Arc::clone(&course)).expect("the range is long enough");
    let mut fleet = Fleet::new((0..EPISODES).map(episode).collect(), config.run.seed);
    let (space, width) = (fleet.spaces().actions, fleet.spaces().observation);
    let (mut draws, mut hash, mut ends) = (Draws(1), Sha256::new(), Ends::default());
    let floats = |hash: &mut Sha256, numbers: &[f32]| numbers.iter().for_each(|x| hash.update(x.to_le_bytes()));
    floats(&mut hash, fleet.observations());
    for _ in 0..STEPS {
        let choices: Vec<Choice> = (0..EPISODES).map(|_| draws.choice(space)).collect();
        fleet.step(&choices);
        floats(&mut hash, fleet.observations());
        let moments = fleet.moments();
        moments.iter().for_each(|moment| hash.update(moment.reward.to_le_bytes()));
        moments.iter().for_each(|moment| hash.update([u8::from(moment.terminated)]));
        moments.iter().for_each(|moment| hash.update([u8::from(moment.truncated)]));
        for (place, moment) in moments.iter().enumerate().filter(|(_, moment)| moment.is_last()) {
            floats(&mut hash, &fleet.finals()[place * width..][..width]);
            ends.terminated += usize::from(moment.terminated);
            ends.truncated += usize::from(moment.truncated);
        }
    }
    (hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), ends)
}

fn check(name: &str, overrides: &[&str]) {
    let (digest, ends) = steps(overrides);
    assert!(ends.terminated > 0 && ends.truncated > 0, "both ends are among the steps: {ends:?}");
    let pinned = PINNED.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    assert_eq!(
        pinned,
        Some(digest.as_str()),
        "{name}: the line of learning/python/tests/steps.txt that Python compares with"
    );
}

#[test]
fn the_steps_that_the_python_door_is_compared_with_are_those_of_the_fleet() {
    check("discrete", &[]);
    check("continuous", &["learning.exposure_step=0.05", "learning.exposure_min=-1"]);
}
