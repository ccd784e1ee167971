//! Whether what is seen and earned depends on what comes later.
use super::fault::{Fault, What};
use super::trace::Play;
use super::{Expectations, Findings, Report, script};
use crate::environment::Environment;

/// Plays the same episodes over data and over the same data with another future, and compares what is seen and earned before the
/// change, bit for bit.
///
/// `make` and `changed` make the environment over the one and over the other. `is_before` is asked of the first one after the
/// reset and after every step: whether all that is known there lies before the change. Sizes, seeds and starts must not depend
/// on what was changed.
///
/// # Errors
/// [`What::Future`] with the first step that differs; [`What::FutureUntested`] when no episode began before the change, or
/// none of those differs behind it, so that nothing was shown; and what [`check`](super::check) finds on the way.
pub fn check_future<E: Environment>(
    make: impl Fn() -> E,
    changed: impl Fn() -> E,
    is_before: impl Fn(&E) -> bool,
    seeds: &[u64],
) -> Result<Report, Vec<Fault>> {
    assert!(!seeds.is_empty(), "an environment is checked with one seed or more");
    let (mut findings, mut shows) = (Findings::default(), false);
    let steps_max = Expectations::default().steps_max;
    for &seed in seeds {
        let play = Play { seed, steps_max, has_to_end: true, asks: false };
        let mut one = make();
        let spaces = one.spaces();
        let (mut before, mut is_behind) = (0, false);
        let first = play.run_beside(&mut one, spaces, &mut script(spaces), &mut |one| {
            is_behind |= !is_before(one);
            before += usize::from(!is_behind);
        });
        let second = play.run(&mut changed(), spaces, &mut script(spaces));
        findings.add(&first);
        findings.add(&second);
        findings.report.compared += before as u64;
        findings.found(play.difference(What::Future, &first, &second, before));
        shows |= before > 0 && play.difference(What::Future, &first, &second, usize::MAX).is_some();
    }
    findings.found(untested(findings.report.compared, shows, seeds[0]));
    findings.result()
}

fn untested(compared: u64, shows: bool, seed: u64) -> Option<Fault> {
    let fault = |expected: &str, actual: &str| {
        let (expected, actual) = (expected.into(), actual.into());
        Some(Fault { what: What::FutureUntested, seed, step: 0, expected, actual })
    };
    match (compared, shows) {
        (0, _) => fault("an episode that begins before the change", "none: take more seeds, or a later change"),
        (_, false) => fault("an episode that goes on into the change", "none: take more seeds, or an earlier change"),
        _ => None,
    }
}
