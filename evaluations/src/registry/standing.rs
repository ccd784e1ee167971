//! Where the versions of a line stand, and which record may follow: the state machine of the registry.
//!
//! A line has at most one version in each of paper, canary and live, so that a champion trades live while a challenger
//! of the same line is on paper. It knows neither signatures nor files.
use super::stage::{Act, Stage, Subject};
use crate::evidence::short;
use std::collections::{BTreeMap, BTreeSet};

/// Where one version stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its stage.
    pub stage: Stage,
    /// The record that paused it, if it is paused.
    pub paused: Option<u64>,
    /// The number of the record that put it into its stage.
    pub since: u64,
    /// The digest of that record: what a session of this stage runs under.
    pub record: String,
    /// The digest of its `version.json`.
    pub snapshot: String,
    /// The stages that it was promoted or rolled back to, with the last record that did: it may be rolled back to those
    /// that it was displaced from. A demotion takes out what is above its stage, a retirement all.
    pub held: BTreeMap<Stage, u64>,
}

/// The versions of a line by digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Every version that was registered.
    pub versions: BTreeMap<String, Place>,
}

/// The record that changes a line.
pub(super) struct By<'a> {
    /// Its number.
    pub(super) number: u64,
    /// Its digest.
    pub(super) digest: &'a str,
}

/// All lines by name.
pub(super) type Lines = BTreeMap<String, Standing>;

/// The stages that hold one version at most.
const SEATS: [Stage; 3] = [Stage::Paper, Stage::Canary, Stage::Live];

impl Standing {
    /// The version in a stage of which there is one at most.
    #[must_use]
    pub fn holder(&self, stage: Stage) -> Option<(&str, &Place)> {
        let mut held = self.versions.iter().filter(|(_, place)| SEATS.contains(&stage) && place.stage == stage);
        held.next().map(|(version, place)| (version.as_str(), place))
    }

    /// The version that a rollback to `stage` would bring back: the one that held it last before the one that does now.
    #[must_use]
    pub fn prior(&self, stage: Stage) -> Option<&str> {
        let away = self.versions.iter().filter(|(_, place)| place.may_return(stage));
        let held = away.filter_map(|(version, place)| Some((*place.held.get(&stage)?, version.as_str())));
        held.max().map(|(_, version)| version)
    }

    /// Where a version that is demoted to `wanted` lands: among the candidates where another version is on paper. A
    /// demotion waits for nothing, and takes nobody's place.
    #[must_use]
    pub fn landing(&self, wanted: Stage) -> Stage {
        if self.holder(wanted).is_some() { Stage::Candidate } else { wanted }
    }

    fn place(&self, of: &Subject) -> Result<&Place, String> {
        let place = self.versions.get(&of.version);
        place.ok_or_else(|| format!("`{}` has no version {}; register it first", of.line, short(&of.version)))
    }

    /// A version that stands in `at`.
    fn standing_in(&self, of: &Subject, at: Stage) -> Result<&Place, String> {
        let place = self.place(of)?;
        if place.stage == at {
            return Ok(place);
        }
        Err(format!("version {} of `{}` is in {}, not in {at}", short(&of.version), of.line, place.stage))
    }

    /// Whether the version in `to` is the one that a record says, so that whoever signs knows what makes way.
    fn check_holder(&self, to: Stage, said: Option<&str>) -> Result<(), String> {
        let holder = self.holder(to).map(|(version, _)| version);
        if holder == said {
            return Ok(());
        }
        let name = |version: Option<&str>| version.map_or("none", short).to_string();
        Err(format!("the version in {to} is {}, not {}", name(holder), name(said)))
    }

    /// What a record makes of the line; all or nothing.
    ///
    /// # Errors
    /// Why it may not follow on what stands.
    fn apply(&mut self, act: &Act, by: &By<'_>) -> Result<(), String> {
        match act {
            Act::Found { .. } | Act::Approvers { .. } => Ok(()),
            Act::Register { of, snapshot } => self.register(of, snapshot, by),
            Act::Promote { of, from, to, displaces, evidence, terms, .. } => {
                if to.before() != Some(*from) {
                    return Err(format!("no gate leads from {from} to {to}"));
                }
                if self.standing_in(of, *from)?.paused.is_some() {
                    return Err("a paused version is not promoted; resume it first".into());
                }
                check_evidence(*to, evidence)?;
                check_terms(*to, terms.is_some())?;
                let aside = if *to == Stage::Live { Stage::Retired } else { Stage::Candidate };
                self.seat(of, *to, displaces.as_deref(), aside, by)
            }
            Act::Rollback { of, from, to, displaces, terms } => {
                if !self.standing_in(of, *from)?.may_return(*to) {
                    let advice = "only what was promoted there and then displaced can come back";
                    return Err(format!("it cannot be rolled back to {to}: {advice}"));
                }
                check_terms(*to, terms.is_some())?;
                self.seat(of, *to, displaces.as_deref(), Stage::Retired, by)
            }
            Act::Demote { of, from, to } => {
                self.standing_in(of, *from)?;
                // Not to canary: the terms of one are for those who let it in.
                if !SEATS.contains(from) || to >= from || *to == Stage::Canary {
                    return Err(format!("a demotion leads down to paper or candidate, not from {from} to {to}"));
                }
                self.check_holder(*to, None)?;
                self.take_down(of, *to, by);
                Ok(())
            }
            Act::Retire { of, from } => {
                if self.standing_in(of, *from)?.stage == Stage::Retired && self.place(of)?.held.is_empty() {
                    return Err("it is retired already".into());
                }
                self.take_down(of, Stage::Retired, by);
                Ok(())
            }
            Act::Pause { of, at } => self.pause(of, *at, by),
            Act::Resume { of, at } => {
                if self.standing_in(of, *at)?.paused.is_none() {
                    return Err("it is not paused".into());
                }
                self.change(&of.version, |place| place.paused = None);
                Ok(())
            }
        }
    }

    fn register(&mut self, of: &Subject, snapshot: &str, by: &By<'_>) -> Result<(), String> {
        if self.versions.contains_key(&of.version) {
            return Err(format!("version {} of `{}` is registered already", short(&of.version), of.line));
        }
        let place = Place {
            stage: Stage::Candidate,
            paused: None,
            since: by.number,
            record: by.digest.into(),
            snapshot: snapshot.into(),
            held: BTreeMap::new(),
        };
        self.versions.insert(of.version.clone(), place);
        Ok(())
    }

    fn pause(&mut self, of: &Subject, at: Stage, by: &By<'_>) -> Result<(), String> {
        let paused = self.standing_in(of, at)?.paused;
        if !SEATS.contains(&at) {
            return Err(format!("a version in {at} does not trade"));
        }
        if let Some(record) = paused {
            return Err(format!("it is paused already, by record {record}"));
        }
        self.change(&of.version, |place| place.paused = Some(by.number));
        Ok(())
    }

    /// Puts a version into a stage and the one that was there aside.
    fn seat(
        &mut self,
        of: &Subject,
        to: Stage,
        displaces: Option<&str>,
        aside: Stage,
        by: &By<'_>,
    ) -> Result<(), String> {
        self.check_holder(to, displaces)?;
        if let Some(displaced) = displaces {
            self.change(displaced, |place| place.enter(aside, by));
        }
        self.change(&of.version, |place| {
            place.enter(to, by);
            place.held.insert(to, by.number);
        });
        Ok(())
    }

    /// What is taken down by hand or by the watch does not come back above its stage without its gates.
    fn take_down(&mut self, of: &Subject, to: Stage, by: &By<'_>) {
        self.change(&of.version, |place| {
            place.enter(to, by);
            place.held.retain(|stage, _| *stage <= to && to != Stage::Retired);
        });
    }

    fn change(&mut self, version: &str, how: impl FnOnce(&mut Place)) {
        if let Some(place) = self.versions.get_mut(version) {
            how(place);
        }
    }
}

impl Place {
    /// Whether it was displaced from a stage above the one where it is, so that a rollback may bring it back.
    fn may_return(&self, to: Stage) -> bool {
        (self.stage < to || self.stage == Stage::Retired) && self.held.contains_key(&to)
    }

    fn enter(&mut self, stage: Stage, by: &By<'_>) {
        (self.stage, self.paused, self.since) = (stage, None, by.number);
        by.digest.clone_into(&mut self.record);
    }
}

/// Each kind of evidence that the gate reads stands in it once.
fn check_evidence(to: Stage, evidence: &[String]) -> Result<(), String> {
    let kinds = to.gate().map_or(0, |gate| gate.reads().len());
    let different: BTreeSet<&String> = evidence.iter().collect();
    if different.len() == kinds && evidence.len() == kinds {
        return Ok(());
    }
    Err(format!("a promotion to {to} needs {kinds} bundles of evidence, not {}", evidence.len()))
}

fn check_terms(to: Stage, given: bool) -> Result<(), String> {
    match (to == Stage::Canary, given) {
        (true, false) => Err("a canary needs its terms".into()),
        (false, true) => Err(format!("a version in {to} has no terms of a canary")),
        _ => Ok(()),
    }
}

/// Applies what a record says to the lines.
///
/// # Errors
/// Why it may not follow on what stands.
pub(super) fn apply(lines: &mut Lines, act: &Act, by: &By<'_>) -> Result<(), String> {
    let Some(of) = act.subject() else { return Ok(()) };
    check_name(&of.line)?;
    if matches!(act, Act::Register { .. }) && !lines.contains_key(&of.line) {
        lines.insert(of.line.clone(), Standing::default());
    }
    let line = lines.get_mut(&of.line).ok_or_else(|| format!("there is no line `{}`; register a version", of.line))?;
    line.apply(act, by)
}

/// The name of a line: it stands in messages and pages.
fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err("the name of a line is 1 to 200 characters that can be printed".into());
    }
    Ok(())
}
