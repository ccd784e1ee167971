//! One episode as it was played: everything that came out, and the first thing wrong with it.
use super::fault::{Fault, What};
use crate::environment::{ActionSpace, Choice, Environment, Moment, Spaces};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Fills what has to be written: a quiet NaN with a payload that no arithmetic gives.
const UNWRITTEN: u32 = 0x7fc0_f11e;

/// What came out of a reset or a step.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) observation: Vec<f32>,
    pub(super) moment: Moment,
}

/// An episode, or as much of it as could be played.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    pub(super) seen: Vec<Seen>,
    pub(super) faults: Vec<Fault>,
    /// Whether the environment can go on to another episode.
    pub(super) is_whole: bool,
}

/// How an episode is played.
#[derive(Clone, Copy, Debug)]
pub(super) struct Play {
    pub(super) seed: u64,
    /// Steps after which it is left where it is.
    pub(super) steps_max: u64,
    /// Whether it has to end before.
    pub(super) has_to_end: bool,
    /// Whether facts are asked for at every step.
    pub(super) asks: bool,
}

impl Play {
    fn fault(&self, what: What, step: u64, expected: impl Into<String>, actual: impl Into<String>) -> Fault {
        Fault { what, seed: self.seed, step, expected: expected.into(), actual: actual.into() }
    }

    /// Plays an episode with the choices of a script.
    pub(super) fn run<E: Environment>(
        &self,
        environment: &mut E,
        spaces: Spaces,
        script: &mut dyn FnMut() -> Choice,
    ) -> Trace {
        self.run_beside(environment, spaces, script, &mut |_| {})
    }

    /// The same, with a look at the environment after the reset and after every step.
    pub(super) fn run_beside<E: Environment>(
        &self,
        environment: &mut E,
        spaces: Spaces,
        script: &mut dyn FnMut() -> Choice,
        look: &mut dyn FnMut(&E),
    ) -> Trace {
        let (mut trace, mut choice) = (Trace::default(), None);
        let mut choose = |step: u64| {
            choice = (step > 0).then(&mut *script);
            choice
        };
        let played = catch_unwind(AssertUnwindSafe(|| {
            self.follow(environment, spaces, &mut trace, &mut choose, look);
        }));
        if let Err(panic) = played {
            let step = trace.seen.len() as u64;
            let expected = choice.map_or("an episode to begin".into(), |choice| format!("{choice:?} to be taken"));
            trace.faults.push(self.fault(What::Panicked, step, expected, format!("a panic: {}", words(&*panic))));
        }
        trace
    }

    /// The reset is step 0, at which nothing is chosen.
    fn follow<E: Environment>(
        &self,
        environment: &mut E,
        spaces: Spaces,
        trace: &mut Trace,
        choose: &mut dyn FnMut(u64) -> Option<Choice>,
        look: &mut dyn FnMut(&E),
    ) {
        for step in 0..=self.steps_max {
            let mut observation = vec![f32::from_bits(UNWRITTEN); spaces.observation];
            let moment = match choose(step) {
                None => {
                    environment.reset(self.seed, &mut observation);
                    Moment::default()
                }
                Some(choice) => environment.step(choice, &mut observation),
            };
            let facts = if self.asks { environment.info() } else { Vec::new() };
            let seen = Seen { observation, moment };
            trace.faults.extend(self.faults(step, &seen, &facts));
            trace.seen.push(seen);
            look(environment);
            if environment.spaces() != spaces {
                let found = format!("{:?}", environment.spaces());
                trace.faults.push(self.fault(What::Sizes, step, format!("{spaces:?}"), found));
                return;
            }
            if moment.is_last() {
                trace.is_whole = true;
                return;
            }
        }
        trace.is_whole = true;
        if self.has_to_end {
            let most = self.steps_max;
            trace.faults.push(self.fault(What::Endless, most, format!("an end within {most} steps"), "none"));
        }
    }

    /// What is wrong with one step by itself.
    fn faults(&self, step: u64, seen: &Seen, facts: &[(&'static str, f64)]) -> Vec<Fault> {
        let mut faults = Vec::new();
        let (count, moment) = (seen.observation.len(), seen.moment);
        let wrong = |x: &f32| !x.is_finite();
        if let Some(place) = seen.observation.iter().position(|x| x.to_bits() == UNWRITTEN) {
            let expected = format!("number {place} of {count} to be written");
            faults.push(self.fault(What::Unwritten, step, expected, "what stood there before"));
        } else if let Some(place) = seen.observation.iter().position(wrong) {
            let found = format!("{} as number {place} of {count}", seen.observation[place]);
            faults.push(self.fault(What::NotFinite, step, "a finite observation", found));
        } else if !moment.reward.is_finite() {
            faults.push(self.fault(What::NotFinite, step, "a finite reward", moment.reward.to_string()));
        } else if let Some((name, fact)) = facts.iter().find(|(_, fact)| !fact.is_finite()) {
            faults.push(self.fault(What::NotFinite, step, format!("a finite `{name}`"), fact.to_string()));
        }
        if moment.terminated && moment.truncated {
            faults.push(self.fault(What::BothEnds, step, "one end", "terminated and truncated"));
        }
        faults
    }

    /// The first step at which two episodes differ, as a fault of this kind; `count` steps are compared, the reset among them.
    pub(super) fn difference(&self, what: What, first: &Trace, second: &Trace, count: usize) -> Option<Fault> {
        let (first, second) =
            (&first.seen[..count.min(first.seen.len())], &second.seen[..count.min(second.seen.len())]);
        let pairs = first.iter().zip(second).enumerate();
        let differs = pairs.filter_map(|(step, (a, b))| Some((step, difference(a, b)?))).next();
        if let Some((step, (expected, actual))) = differs {
            return Some(self.fault(what, step as u64, expected, actual));
        }
        let (a, b) = (first.len(), second.len());
        let steps = |count: usize| format!("an episode of {} steps", count.saturating_sub(1));
        (a != b).then(|| self.fault(what, a.min(b).saturating_sub(1) as u64, steps(a), steps(b)))
    }
}

fn difference(a: &Seen, b: &Seen) -> Option<(String, String)> {
    let mut numbers = a.observation.iter().zip(&b.observation).enumerate();
    if let Some((place, (x, y))) = numbers.find(|(_, (x, y))| x.to_bits() != y.to_bits()) {
        let count = a.observation.len();
        return Some((format!("{x:?} as number {place} of {count}"), format!("{y:?}")));
    }
    let (m, n) = (a.moment, b.moment);
    if m.reward.to_bits() != n.reward.to_bits() {
        return Some((format!("a reward of {:?}", m.reward), format!("{:?}", n.reward)));
    }
    let ends = |moment: Moment| format!("terminated {}, truncated {}", moment.terminated, moment.truncated);
    (ends(m) != ends(n)).then(|| (ends(m), ends(n)))
}

/// What is wrong with sizes by themselves.
pub(super) fn impossible(spaces: Spaces) -> Option<&'static str> {
    match spaces.actions {
        _ if spaces.observation == 0 => Some("one number or more in an observation"),
        ActionSpace::Discrete(0) => Some("one action or more"),
        ActionSpace::Continuous { low, high } if !(low.is_finite() && high.is_finite() && low < high) => {
            Some("finite bounds, the lower one below the upper")
        }
        _ => None,
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without words".into())
}
