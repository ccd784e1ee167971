//! Whether an environment keeps the promises that learners and evaluations rely on. It is for whoever writes one.
//!
//! It plays episodes and looks at nothing but what comes out, so it can be asked of any [`Environment`]. Nothing here knows
//! a market or learns.
mod fault;
mod future;
mod trace;

pub use fault::{Fault, What};
pub use future::check_future;

use crate::environment::{ActionSpace, Choice, Environment, Spaces};
use crate::market::draw;
use engine::Rng;
use trace::{Play, Trace, impossible};

/// Whether the seed has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds {
    /// Not all seeds may be the same episode.
    Differ,
    /// It has one start and draws nothing.
    MayAgree,
}

/// What is expected of an environment beside what holds for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectations {
    /// Steps within which every episode ends.
    pub steps_max: u64,
    /// Whether the seed has to show.
    pub seeds: Seeds,
}

impl Default for Expectations {
    /// Episodes end within 100,000 steps, and seeds differ.
    fn default() -> Self {
        Self { steps_max: 100_000, seeds: Seeds::Differ }
    }
}

/// What was played.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report {
    /// Episodes that were played to their ends or left.
    pub episodes: u64,
    /// Steps in all of them.
    pub steps: u64,
    /// Steps of the shortest episode that came to an end; 0 where none did.
    pub shortest: u64,
    /// Steps of the longest.
    pub longest: u64,
    /// Episodes that ended by themselves.
    pub terminated: u64,
    /// Episodes that time ran out for.
    pub truncated: u64,
    /// The least and the greatest reward.
    pub rewards: (f32, f32),
    /// Observations that were compared with those of another future, in [`check_future`].
    pub compared: u64,
}

/// Checks an environment with [`Expectations::default`], over an episode or more of each seed.
///
/// ```
/// use learning::conformance::{What, check, check_future};
/// use learning::{ActionSpace, Choice, Environment, Moment, Spaces};
///
/// /// Sees the last of ten numbers and wins the next one where it bets on it.
/// struct Bets {
///     numbers: Vec<f32>,
///     at: usize,
/// }
///
/// impl Environment for Bets {
///     fn spaces(&self) -> Spaces {
///         Spaces { observation: 1, actions: ActionSpace::Discrete(2) }
///     }
///
///     fn reset(&mut self, seed: u64, observation: &mut [f32]) {
///         self.at = (seed % 5) as usize;
///         observation[0] = self.numbers[self.at];
///     }
///
///     fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
///         self.at += 1;
///         observation[0] = self.numbers[self.at];
///         let reward = if choice == Choice::Index(1) { observation[0] } else { 0.0 };
///         Moment { reward, terminated: false, truncated: self.at == 9 }
///     }
/// }
///
/// let make = |shift: f32| move || {
///     // What comes from the seventh number on differs by `shift`.
///     let number = |place: usize| place as f32 * 0.1 + if place >= 7 { shift } else { 0.0 };
///     Bets { numbers: (0..10).map(number).collect(), at: 0 }
/// };
/// let report = check(make(0.0), &[1, 2, 3]).expect("it keeps its promises");
/// assert_eq!((report.terminated, report.longest), (0, 9));
/// check_future(make(0.0), make(5.0), |bets| bets.at < 7, &[1, 2, 3]).expect("it sees nothing ahead");
/// // Had the change begun one number earlier than said, that would have shown.
/// let faults = check_future(make(0.0), make(5.0), |bets| bets.at < 8, &[1, 2, 3]).expect_err("it sees the seventh");
/// assert_eq!((faults[0].what, faults[0].step), (What::Future, 6));
/// ```
///
/// # Errors
/// Every promise that was seen to be broken, each once: where it was seen first, with the seed that shows it.
///
/// # Panics
/// When there are no seeds.
pub fn check<E: Environment>(make: impl Fn() -> E, seeds: &[u64]) -> Result<Report, Vec<Fault>> {
    check_with(make, seeds, Expectations::default())
}

/// Checks an environment.
///
/// # Errors
/// Every promise that was seen to be broken, each once: where it was seen first, with the seed that shows it.
///
/// # Panics
/// When there are no seeds.
pub fn check_with<E: Environment>(
    make: impl Fn() -> E,
    seeds: &[u64],
    expectations: Expectations,
) -> Result<Report, Vec<Fault>> {
    assert!(!seeds.is_empty(), "an environment is checked with one seed or more");
    let spaces = make().spaces();
    let mut checker = Checker { make, spaces, expectations, findings: Findings::default() };
    if let Some(expected) = impossible(spaces) {
        let (expected, actual) = (expected.into(), format!("{spaces:?}"));
        return Err(vec![Fault { what: What::Sizes, seed: seeds[0], step: 0, expected, actual }]);
    }
    let firsts: Vec<Trace> = seeds.iter().map(|seed| checker.episodes(*seed)).collect();
    checker.actions(seeds[0]);
    checker.seeds(seeds, &firsts);
    checker.findings.result()
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings {
    report: Report,
    faults: Vec<Fault>,
}

impl Findings {
    /// Keeps the first fault of each kind.
    fn found(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            if self.faults.iter().all(|known| known.what != fault.what) {
                self.faults.push(fault);
            }
        }
    }

    fn add(&mut self, trace: &Trace) {
        let report = &mut self.report;
        let Some((last, _)) = trace.seen.split_last() else { return };
        let steps = trace.seen.len() as u64 - 1;
        report.episodes += 1;
        report.steps += steps;
        report.terminated += u64::from(last.moment.terminated);
        report.truncated += u64::from(last.moment.truncated);
        if last.moment.is_last() {
            report.shortest = if report.shortest == 0 { steps } else { report.shortest.min(steps) };
            report.longest = report.longest.max(steps);
        }
        for seen in &trace.seen {
            let (least, most) = report.rewards;
            report.rewards = (least.min(seen.moment.reward), most.max(seen.moment.reward));
        }
        self.found(trace.faults.iter().cloned());
    }

    fn result(self) -> Result<Report, Vec<Fault>> {
        if self.faults.is_empty() { Ok(self.report) } else { Err(self.faults) }
    }
}

/// The same choices for every seed, so that episodes differ by their seeds alone.
fn script(spaces: Spaces) -> impl FnMut() -> Choice {
    let mut rng = Rng::stream(0, "choices of a conformance check");
    move || draw(spaces.actions, &mut rng)
}

struct Checker<F> {
    make: F,
    spaces: Spaces,
    expectations: Expectations,
    findings: Findings,
}

impl<E: Environment, F: Fn() -> E> Checker<F> {
    fn play(&self, seed: u64) -> Play {
        Play { seed, steps_max: self.expectations.steps_max, has_to_end: true, asks: false }
    }

    fn run(&mut self, play: Play, environment: &mut E, script: &mut dyn FnMut() -> Choice) -> Trace {
        let trace = play.run(environment, self.spaces, script);
        self.findings.add(&trace);
        trace
    }

    /// One seed: asked for facts, in another instance without, and again in the first after other episodes.
    fn episodes(&mut self, seed: u64) -> Trace {
        let (mut one, mut other, play, spaces) = ((self.make)(), (self.make)(), self.play(seed), self.spaces);
        let first = self.run(Play { asks: true, ..play }, &mut one, &mut script(spaces));
        if !first.is_whole {
            return first;
        }
        let second = self.run(play, &mut other, &mut script(spaces));
        self.findings.found(play.difference(What::NotRepeated, &first, &second, usize::MAX));
        // An episode that is left before its end, and one that is not.
        let left = Play { seed: seed.wrapping_add(1), steps_max: 3, has_to_end: false, ..play };
        self.run(left, &mut one, &mut script(spaces));
        self.run(self.play(seed.wrapping_add(2)), &mut one, &mut script(spaces));
        let third = self.run(play, &mut one, &mut script(spaces));
        self.findings.found(play.difference(What::NotReset, &first, &third, usize::MAX));
        first
    }

    /// Every action as the first one; and amounts at and beyond their bounds.
    fn actions(&mut self, seed: u64) {
        let (play, mut environment) = (self.play(seed), (self.make)());
        match self.spaces.actions {
            ActionSpace::Discrete(count) => {
                let one = Play { steps_max: 1, has_to_end: false, ..play };
                for action in 0..count {
                    let trace = self.run(one, &mut environment, &mut || Choice::Index(action as u32));
                    if !trace.is_whole {
                        environment = (self.make)();
                    }
                }
            }
            ActionSpace::Continuous { low, high } => {
                let beyond = [low - 1.0, high + 1.0, f32::NEG_INFINITY, f32::INFINITY];
                let mut run = |amounts: [f32; 4]| {
                    let mut amounts = amounts.into_iter().cycle();
                    let mut next = || Choice::Amount(amounts.next().expect("a cycle goes on"));
                    self.run(play, &mut (self.make)(), &mut next)
                };
                let (within, without) = (run([low, high, low, high]), run(beyond));
                // Where instances differ by themselves, this is not about bounds.
                if self.findings.faults.iter().all(|fault| fault.what != What::NotRepeated) {
                    self.findings.found(play.difference(What::NotClamped, &within, &without, usize::MAX));
                }
            }
        }
    }

    fn seeds(&mut self, seeds: &[u64], firsts: &[Trace]) {
        if self.expectations.seeds == Seeds::MayAgree || seeds.len() < 2 {
            return;
        }
        let play = self.play(seeds[0]);
        let differs = |other: &Trace| play.difference(What::SeedIgnored, &firsts[0], other, usize::MAX).is_some();
        if firsts[0].is_whole && !firsts[1..].iter().any(differs) {
            let (expected, actual) = ("another episode for another seed".into(), format!("the same for {seeds:?}"));
            self.findings.found([Fault { what: What::SeedIgnored, seed: seeds[0], step: 0, expected, actual }]);
        }
    }
}

#[cfg(test)]
mod tests;
