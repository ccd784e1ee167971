//! Broken environments are found, each for what is broken, and ours are not.
use super::*;
use crate::environment::Moment;
use std::sync::atomic::{AtomicU32, Ordering};

const LENGTH: usize = 20;
const DATA: usize = 60;
const SEEDS: [u64; 4] = [1, 2, 3, 4];

/// What is wrong with a bet.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    Nothing,
    NotANumber,
    InfiniteReward,
    InfiniteFact,
    NoNumbers,
    GrowsWithTime,
    LeavesOne,
    WritesOneMore,
    CountsInstances,
    KeepsItsPosition,
    AsksChange,
    IgnoresSeed,
    EndsTwice,
    NeverEnds,
    RefusesAnAction,
    GoesBeyond,
    SeesTheNext,
    EarnsTheNext,
}

/// Sees a number of a series and its own position; a bet wins what comes next.
struct Bet {
    wrong: Wrong,
    actions: ActionSpace,
    data: Vec<f32>,
    at: usize,
    end: usize,
    position: f32,
    instance: u32,
    asked: AtomicU32,
}

static INSTANCES: AtomicU32 = AtomicU32::new(0);

const THREE: ActionSpace = ActionSpace::Discrete(3);
const AMOUNTS: ActionSpace = ActionSpace::Continuous { low: -1.0, high: 0.5 };

fn bet(wrong: Wrong, actions: ActionSpace) -> Bet {
    let mut rng = Rng::stream(5, "data");
    let data = (0..=DATA).map(|_| rng.normal() as f32).collect();
    let instance = INSTANCES.fetch_add(1, Ordering::Relaxed);
    Bet { wrong, actions, data, at: 0, end: 0, position: 0.0, instance, asked: AtomicU32::new(0) }
}

impl Bet {
    fn observe(&self, observation: &mut [f32]) {
        observation[0] = self.data[self.at];
        if self.wrong != Wrong::LeavesOne || self.at + 5 != self.end {
            observation[1] = self.position;
        }
        let late = self.at + 3 == self.end;
        match self.wrong {
            Wrong::NotANumber if late => observation[0] = f32::NAN,
            Wrong::WritesOneMore if late => observation[2] = 0.0,
            Wrong::CountsInstances if late => observation[1] += self.instance as f32,
            Wrong::AsksChange => observation[1] += self.asked.load(Ordering::Relaxed) as f32,
            Wrong::SeesTheNext => observation[0] += 1e-3 * self.data[self.at + 1],
            _ => {}
        }
    }

    fn take(&self, choice: Choice) -> f32 {
        match (choice, self.actions) {
            (Choice::Index(2), _) if self.wrong == Wrong::RefusesAnAction => panic!("there is no action 2"),
            (Choice::Index(index), _) => index as f32 - 1.0,
            (Choice::Amount(amount), _) if self.wrong == Wrong::GoesBeyond => amount,
            (Choice::Amount(amount), ActionSpace::Continuous { low, high }) => amount.clamp(low, high),
            _ => unreachable!("an amount is of a continuous space"),
        }
    }
}

impl Environment for Bet {
    fn spaces(&self) -> Spaces {
        let more = match self.wrong {
            Wrong::NoNumbers => return Spaces { observation: 0, actions: self.actions },
            Wrong::GrowsWithTime => usize::from(self.at > 40),
            _ => 0,
        };
        Spaces { observation: 2 + more, actions: self.actions }
    }

    fn reset(&mut self, seed: u64, observation: &mut [f32]) {
        let seed = if self.wrong == Wrong::IgnoresSeed { 0 } else { seed };
        self.at = Rng::stream(seed, "start").below((DATA - LENGTH) as u64) as usize;
        self.end = self.at + LENGTH;
        if self.wrong != Wrong::KeepsItsPosition {
            self.position = 0.0;
        }
        self.observe(observation);
    }

    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        self.position = self.take(choice);
        self.at += 1;
        let mut reward = self.position * self.data[self.at];
        let is_last = self.at == self.end;
        match self.wrong {
            Wrong::InfiniteReward if self.at + 4 == self.end => reward = f32::INFINITY,
            Wrong::EarnsTheNext => reward = self.position * self.data[self.at + 1],
            Wrong::NeverEnds if is_last => self.at -= LENGTH,
            _ => {}
        }
        self.observe(observation);
        let ends = is_last && self.wrong != Wrong::NeverEnds;
        Moment { reward, terminated: ends && self.wrong == Wrong::EndsTwice, truncated: ends }
    }

    fn info(&self) -> Vec<(&'static str, f64)> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let place = if self.wrong == Wrong::InfiniteFact { f64::INFINITY } else { self.at as f64 };
        vec![("place", place)]
    }
}

fn short() -> Expectations {
    Expectations { steps_max: 200, ..Expectations::default() }
}

fn kinds(faults: &[Fault]) -> Vec<What> {
    faults.iter().map(|fault| fault.what).collect()
}

#[test]
fn an_environment_that_keeps_its_promises_has_no_faults() {
    for actions in [THREE, AMOUNTS] {
        let report = check_with(|| bet(Wrong::Nothing, actions), &SEEDS, short()).expect("nothing is wrong");
        assert_eq!((report.shortest, report.longest, report.terminated), (LENGTH as u64, LENGTH as u64, 0));
        assert!(report.truncated >= 16 && report.rewards.0 < 0.0 && report.rewards.1 > 0.0, "{report:?}");
    }
}

#[test]
fn each_broken_promise_is_found_where_it_was_broken() {
    let check = |wrong: Wrong, actions: ActionSpace, expected: &[(What, u64)]| {
        let faults = check_with(|| bet(wrong, actions), &SEEDS, short()).expect_err("something is wrong");
        let found: Vec<(What, u64)> = faults.iter().map(|fault| (fault.what, fault.step)).collect();
        assert_eq!(found, expected, "{wrong:?}: {faults:?}");
    };
    for actions in [THREE, AMOUNTS] {
        check(Wrong::NotANumber, actions, &[(What::NotFinite, 17)]);
        check(Wrong::InfiniteReward, actions, &[(What::NotFinite, 16)]);
        check(Wrong::InfiniteFact, actions, &[(What::NotFinite, 0)]);
        check(Wrong::NoNumbers, actions, &[(What::Sizes, 0)]);
        check(Wrong::LeavesOne, actions, &[(What::Unwritten, 15)]);
        check(Wrong::WritesOneMore, actions, &[(What::Panicked, 17)]);
        check(Wrong::CountsInstances, actions, &[(What::NotRepeated, 17)]);
        check(Wrong::AsksChange, actions, &[(What::NotRepeated, 1), (What::NotReset, 0)]);
        check(Wrong::KeepsItsPosition, actions, &[(What::NotReset, 0)]);
        check(Wrong::IgnoresSeed, actions, &[(What::SeedIgnored, 0)]);
        check(Wrong::EndsTwice, actions, &[(What::BothEnds, 20)]);
        check(Wrong::NeverEnds, actions, &[(What::Endless, 200)]);
    }
    check(Wrong::GoesBeyond, AMOUNTS, &[(What::NotFinite, 3), (What::NotClamped, 1)]);
    let faults = check_with(|| bet(Wrong::RefusesAnAction, THREE), &SEEDS, short()).expect_err("an action panics");
    assert_eq!(kinds(&faults), [What::Panicked]);
    assert_eq!(faults[0].expected, "Index(2) to be taken");
    let faults = check_with(|| bet(Wrong::GrowsWithTime, THREE), &SEEDS, short()).expect_err("sizes change");
    assert_eq!(kinds(&faults), [What::Sizes]);
}

#[test]
fn impossible_spaces_are_faults() {
    for actions in [ActionSpace::Discrete(0), ActionSpace::Continuous { low: 1.0, high: 1.0 }] {
        let faults = check(|| bet(Wrong::Nothing, actions), &SEEDS).expect_err("nothing can be chosen");
        assert_eq!(kinds(&faults), [What::Sizes]);
    }
}

#[test]
fn one_start_may_be_declared() {
    let expectations = Expectations { seeds: Seeds::MayAgree, ..short() };
    assert!(check_with(|| bet(Wrong::IgnoresSeed, THREE), &SEEDS, expectations).is_ok());
}

#[test]
fn a_fault_says_what_where_and_what_was_expected() {
    let faults = check_with(|| bet(Wrong::EndsTwice, THREE), &[7], short()).expect_err("it ends twice");
    let expected = "seed 7, step 20: an episode ends by itself or by time, not both; expected one end, \
                    found terminated and truncated";
    assert_eq!(faults[0].to_string(), expected);
}

/// The same with other numbers from a place on.
fn changed(wrong: Wrong, from: usize) -> Bet {
    let mut other = bet(wrong, THREE);
    other.data[from..].iter_mut().for_each(|x| *x += 1.0);
    other
}

#[test]
fn whoever_looks_ahead_is_found_at_the_step_before_the_change() {
    let future = |wrong: Wrong, from: usize| {
        check_future(|| bet(wrong, THREE), || changed(wrong, from), |bet| bet.at < from, &SEEDS)
    };
    let report = future(Wrong::Nothing, 30).expect("nothing looks ahead");
    assert!(report.compared > 10, "{report:?}");
    for wrong in [Wrong::SeesTheNext, Wrong::EarnsTheNext] {
        let faults = future(wrong, 30).expect_err("it looks ahead");
        assert_eq!(kinds(&faults), [What::Future], "{wrong:?}: {faults:?}");
        let mut start = bet(wrong, THREE);
        start.reset(faults[0].seed, &mut [0.0; 2]);
        assert_eq!(start.at as u64 + faults[0].step, 29, "{wrong:?}: {faults:?}");
    }
    // A change that no episode comes to, and one that lies before all of them, show nothing.
    assert_eq!(kinds(&future(Wrong::Nothing, DATA + 1).expect_err("unseen")), [What::FutureUntested]);
    assert_eq!(kinds(&future(Wrong::Nothing, 0).expect_err("always seen")), [What::FutureUntested]);
}
