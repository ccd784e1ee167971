//! Tapes that are sound as bytes but tell another story: a verifying replay stops where the story differs.
use crate::language::Scene;
use crate::scene::{core, feed, instruments};
use crate::tape::BUSY;
use engine::sim::{Merge, Wire};
use engine::tape::{
    CandlesOnTape, Difference, Header, MemoryTape, Recorded, TapeJournal, TapeReader, VerifyError, Verifying,
};
use engine::{
    Check, Effect, Entry, InstrumentId, Journal, Money, Refusal, RunError, SharedCandles, Simulated, State, TimerId,
    Timestamp, run,
};
use std::convert::Infallible;

/// What is written instead of the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lie {
    None,
    /// At the n-th step with effects, other ones.
    Changed(usize),
    /// The n-th step with effects is left out.
    Missing(usize),
    /// A step without effects gets some.
    Extra,
    /// The last effect of a step is left out, or the first doubled.
    Shorter(usize),
    Longer(usize),
}

/// Writes a tape and lies on it.
struct Liar {
    tape: TapeJournal<MemoryTape>,
    lie: Lie,
    decided: usize,
    lied_at: u64,
}

impl Liar {
    fn told(&mut self, entry: &Entry, effects: &[Effect]) -> Vec<Effect> {
        let invented = Effect::Arm { timer: TimerId(9), at: Timestamp(9) };
        if effects.is_empty() {
            let lies = self.lie == Lie::Extra && self.lied_at == 0;
            return if lies { self.at(entry, vec![invented]) } else { Vec::new() };
        }
        self.decided += 1;
        let this = self.decided - 1;
        match self.lie {
            Lie::Missing(n) if n == this => self.at(entry, Vec::new()),
            Lie::Changed(n) if n == this => self.at(entry, vec![invented]),
            Lie::Shorter(n) if n == this => self.at(entry, effects[..effects.len() - 1].to_vec()),
            Lie::Longer(n) if n == this => self.at(entry, [&effects[..1], effects].concat()),
            _ => effects.to_vec(),
        }
    }

    fn at(&mut self, entry: &Entry, effects: Vec<Effect>) -> Vec<Effect> {
        self.lied_at = entry.number;
        effects
    }
}

impl Journal for Liar {
    type Error = Infallible;
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.tape.append(entry)
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        let told = self.told(entry, effects);
        self.tape.commit(entry, &told, state)
    }
    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.tape.finish(state)
    }
}

/// Writes the busy run with a lie; the tape, and where the lie stands.
fn write(lie: Lie) -> (Vec<u8>, u64) {
    let scene = Scene::parse(BUSY);
    let tape = TapeJournal::new(MemoryTape::default(), &Header::default(), CandlesOnTape::Recorded);
    let mut liar = Liar { tape, lie, decided: 0, lied_at: 0 };
    let venue = crate::language::venue(&scene, instruments(&scene));
    let mut world = Simulated::new(feed(&scene), venue, scene.latency, 1);
    run(&mut core(&scene), &mut world, &mut liar).expect("memory cannot fail");
    (liar.tape.seal(&[]).expect("memory cannot fail").0, liar.lied_at)
}

/// Where a replay of `tape` by the run of `scene` differs.
fn difference(tape: &[u8], scene: &Scene) -> Option<Difference> {
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let mut world = Recorded::new(TapeReader::new(tape), none, Wire::default());
    match run(&mut core(scene), &mut world, &mut Verifying::new(TapeReader::new(tape))) {
        Ok(_) => None,
        Err(RunError::Journal(VerifyError::Differs(difference))) => Some(*difference),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_true_tape_has_no_difference() {
    assert_eq!(difference(&write(Lie::None).0, &Scene::parse(BUSY)), None);
}

#[test]
fn a_changed_missing_or_extra_decision_is_named_at_its_step() {
    let mut told = 0;
    for n in 0..8 {
        for lie in [Lie::Changed(n), Lie::Missing(n), Lie::Shorter(n), Lie::Longer(n), Lie::Extra] {
            let (tape, lied_at) = write(lie);
            if lied_at == 0 {
                continue; // the run has fewer decisions
            }
            told += 1;
            let found = difference(&tape, &Scene::parse(BUSY));
            assert_eq!(found.as_ref().map(Difference::number), Some(lied_at), "{lie:?}: {found:?}");
            assert!(matches!(found, Some(Difference::Effects { .. })), "{lie:?}");
        }
    }
    assert!(told >= 25, "only {told} lies");
}

#[test]
fn another_account_behind_the_same_decisions_is_a_difference_of_state() {
    let (tape, _) = write(Lie::None);
    let mut richer = Scene::parse(BUSY);
    richer.cash = Money(richer.cash.0 + 1);
    // The refusal of the order that is far too large names what was available, so it is asked for last.
    let found = difference(&tape, &richer);
    assert!(matches!(found, Some(Difference::Effects { .. })), "{found:?}");
    let calm = Scene::parse("candle 100 100 100 100 | target 1 | candle 100 100 100 100");
    let (tape, _) = crate::tape::record(&calm, CandlesOnTape::Recorded);
    let mut richer = calm.clone();
    richer.cash = Money(richer.cash.0 + 1);
    assert_eq!(difference(&tape, &calm), None);
    let found = difference(&tape, &richer);
    assert!(matches!(found, Some(Difference::State { .. })), "{found:?}");
}

#[test]
fn a_strategy_that_decides_otherwise_is_named_at_its_first_other_decision() {
    let (tape, _) = write(Lie::None);
    let mut silent = Scene::parse(BUSY);
    silent.script.clear();
    assert_eq!(difference(&tape, &silent).as_ref().map(Difference::number), Some(1));
    let mut late = Scene::parse(BUSY);
    late.script.pop();
    let found = difference(&tape, &late);
    let Some(Difference::Effects { expected, actual, .. }) = &found else { panic!("{found:?}") };
    assert_eq!((expected.len(), actual.len()), (1, 0));
    let refused = Refusal { instrument: InstrumentId(0), check: Check::NoSuchOrder, limit: 0, value: 9 };
    assert_eq!(expected[0], engine::tape::Outcome::Refused(refused));
}

#[test]
fn a_reason_is_part_of_the_digest_and_is_compared_in_a_replay() {
    let text = |note: &str| format!("candle 100 100 100 100 | {note}target 1 | candle 100 100 100 100");
    let scene = |note: &str| Scene::parse(&text(note));
    let (tape, digest) = crate::tape::record(&scene("note 7 is 5 | "), CandlesOnTape::Recorded);
    assert_ne!(digest, crate::tape::record(&scene(""), CandlesOnTape::Recorded).1);
    assert_eq!(difference(&tape, &scene("note 7 is 5 | ")), None);
    for other in ["", "note 7 is 6 | ", "note 8 is 5 | "] {
        let found = difference(&tape, &scene(other));
        assert!(matches!(found, Some(Difference::Effects { .. })), "{other}: {found:?}");
    }
}
