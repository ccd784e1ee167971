//! The run file: one TOML file that says what to run, for every mode.
//!
//! It is read strictly. An unknown key, a value of the wrong kind or out of range, a missing part: each is reported with
//! its line, and all of them together. Numbers are read exactly from their text. Nothing here opens a catalog, knows a
//! strategy or reads a clock; the same text and overrides always give the same [`RunFile`].
mod account;
mod amount;
mod compliance;
mod costs;
mod data;
mod decimal;
mod delay;
mod document;
mod error;
mod evaluation;
mod execution;
mod instant;
mod instruments;
mod known;
mod learning;
mod limit;
mod live;
mod node;
mod operators;
mod policy;
mod rate;
mod reporting;
mod risk;
mod role;
mod run;
mod seat;
mod section;
mod session_length;
mod setting;
mod shocks;
mod source;
mod strategy;
#[cfg(test)]
mod tests;
mod values;
mod written;

pub use account::AccountSection;
pub use compliance::ComplianceSection;
pub use costs::{Charges, FeeTier, ImpactModel, ImpactSetting};
pub use data::{CatalogPath, DataSection};
pub use error::{ConfigError, Problem, SHOWN_MAX};
pub use evaluation::{Crisis, EvaluationSection};
pub use execution::{ExecutionSection, FillModel};
pub use instruments::{DetailSetting, InstrumentSection};
pub use learning::{AlgorithmName, LearningSection};
pub use limit::LimitValue;
pub use live::{LiveListing, LiveSection, OnStop};
pub use operators::{Act, OperatorSection};
pub use policy::PolicyFile;
pub use risk::{LimitLine, RiskSection};
pub use role::Role;
pub use run::RunSection;
pub use seat::Seat;
pub use shocks::ShockSection;
pub use source::Quote;
pub use strategy::{Parameter, StrategySection};

use ::compliance::Reporting;
use document::Document;
use engine::InstrumentId;
use error::Complaint;
use section::Section;
use source::{Place, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use written::Written;

/// What to run, complete and checked.
///
/// Two are equal when they mean the same run, however they were written.
#[derive(Clone, Debug)]
pub struct RunFile {
    /// Name and seed.
    pub run: RunSection,
    /// Which candles.
    pub data: DataSection,
    /// What is traded; at least one, each `venue:symbol` once.
    pub instruments: Vec<InstrumentSection>,
    /// What the account begins with.
    pub account: AccountSection,
    /// Which strategies; one, or each with a seat.
    pub strategies: Vec<StrategySection>,
    /// The simulated venue.
    pub execution: ExecutionSection,
    /// The limits, where the file has the section.
    pub risk: Option<RiskSection>,
    /// What people do during the run, in the order of the file.
    pub operators: Vec<OperatorSection>,
    /// What the watch on our own flow is told, where the file has the section.
    pub compliance: Option<ComplianceSection>,
    /// What transaction reports need, where the file has the section.
    pub reporting: Option<Reporting>,
    /// How a session runs, where the file has the section.
    pub live: Option<LiveSection>,
    /// How a policy is trained, where the file has the section.
    pub learning: Option<LearningSection>,
    /// How a run is evaluated, where the file has the section.
    pub evaluation: Option<EvaluationSection>,
    origin: Arc<Origin>,
}

impl PartialEq for RunFile {
    fn eq(&self, other: &Self) -> bool {
        self.run == other.run
            && self.data == other.data
            && self.instruments == other.instruments
            && self.account == other.account
            && self.strategies == other.strategies
            && self.execution == other.execution
            && self.risk == other.risk
            && self.operators == other.operators
            && self.compliance == other.compliance
            && self.reporting == other.reporting
            && self.live == other.live
            && self.learning == other.learning
            && self.evaluation == other.evaluation
    }
}

/// Where the settings were read from, for complaints that others have about them.
#[derive(Debug)]
struct Origin {
    sources: Vec<Source>,
    places: BTreeMap<String, Place>,
}

/// A day or an instant in UTC, as a run file writes it.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn read_instant(text: &str) -> Result<engine::Timestamp, String> {
    instant::read(text).map_err(|fault| format!("{fault}: expected {}", instant::EXPECTED))
}

/// The check of a limit's key.
#[must_use]
pub fn limit_check(key: &str) -> Option<engine::Check> {
    limit::known(key).map(|(_, check, _)| check)
}

impl RunFile {
    /// Reads a run file and lays `overrides`, each `section.key=value`, over it. The files of its policies are read as well, so
    /// that the run is bound to what they hold.
    ///
    /// # Errors
    /// Everything that is wrong with the file or the overrides.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let origin = path.display().to_string();
        let text = document::read(path, &origin)?;
        Ok(Self::parse(&text, &origin, path.parent().unwrap_or(Path::new("")), overrides)?.with_policies())
    }

    /// Reads the text of a run file. `origin` is its name in messages; relative paths in it are relative to `base`, those
    /// in overrides to the working directory. A file without a name for the run names it after the stem of `origin`.
    ///
    /// # Errors
    /// Everything that is wrong with the text or the overrides.
    pub fn parse(text: &str, origin: &str, base: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let document = Document::read(text, origin, overrides)?;
        let stem = Path::new(origin).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let root = document.root.as_slice();
        let mut complaints = Vec::new();
        section::refuse_strangers(root, &mut complaints);
        let run = run::read(Section::open("run", root, &mut complaints), stem);
        let data = data::read(Section::open("data", root, &mut complaints), base);
        let instruments = instruments::read(root, &mut complaints);
        let account = account::read(Section::open("account", root, &mut complaints));
        let strategies = seat::read((root, base), instruments.as_deref(), &mut complaints);
        let execution = execution::read(Section::open("execution", root, &mut complaints));
        let risk = risk::read(Section::open("risk", root, &mut complaints), instruments.as_deref());
        let operators = operators::read(root, instruments.as_deref(), &mut complaints);
        let watch = compliance::read(Section::open("compliance", root, &mut complaints), instruments.as_deref());
        let section = Section::open("reporting", root, &mut complaints);
        let reporting = reporting::read(section, instruments.as_deref(), strategies.as_deref());
        let live = live::read(Section::open("live", root, &mut complaints));
        let learning = learning::read(Section::open("learning", root, &mut complaints));
        let evaluation = evaluation::read(Section::open("evaluation", root, &mut complaints), base);
        // Whatever is missing has been complained about.
        let whole = || -> Option<Self> {
            Some(Self {
                run: run?,
                data: data?,
                instruments: instruments?,
                account: account?,
                strategies: strategies?,
                execution: execution?,
                risk: risk?,
                operators: operators?,
                compliance: watch?,
                reporting: reporting?,
                live: live?,
                learning: learning?,
                evaluation: evaluation?,
                origin: Arc::new(Origin { places: document.places(), sources: document.sources.clone() }),
            })
        };
        match whole().filter(|_| complaints.is_empty()) {
            Some(run) => Ok(run),
            None => Err(ConfigError::new(&document.sources, complaints)),
        }
    }

    /// The same with the digests of its policies' files, as they are now.
    #[must_use]
    pub fn with_policies(mut self) -> Self {
        let parameters = self.strategies.iter_mut().flat_map(|strategy| &mut strategy.parameters);
        for (_, parameter) in parameters {
            if let Parameter::Policy(file) = parameter {
                file.read_digest();
            }
        }
        self
    }

    /// An error of the caller's about a setting, `account.cash` or `instruments.0.symbol`, that points at its line; at
    /// the section where the setting is absent.
    #[must_use]
    pub fn error_at(&self, key: &str, message: &str) -> ConfigError {
        let mut place = None;
        let mut path = key;
        while place.is_none() && !path.is_empty() {
            place = self.origin.places.get(path).copied();
            path = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        ConfigError::new(&self.origin.sources, vec![Complaint::new(place, message).about(key)])
    }

    /// An error about one of the strategies or of its parameters.
    #[must_use]
    pub fn strategy_error(&self, place: usize, parameter: Option<&str>, message: &str) -> ConfigError {
        let section = match self.strategies.get(place).and_then(|strategy| strategy.seat.as_ref()) {
            None => "strategy".to_string(),
            Some(_) => format!("strategies.{place}"),
        };
        self.error_at(&format!("{section}.{}", parameter.unwrap_or("kind")), message)
    }

    /// The kind of the strategy; of several, all of them as in `ema-cross + grid`.
    #[must_use]
    pub fn strategy_kind(&self) -> String {
        let kinds: Vec<&str> = self.strategies.iter().map(|strategy| strategy.kind.as_str()).collect();
        kinds.join(" + ")
    }

    /// The instruments that one of its strategies trades: its own where it says which, in the order of the run file.
    #[must_use]
    pub fn traded_by(&self, strategy: &StrategySection) -> Vec<InstrumentId> {
        let named = strategy.seat.as_ref().map(|seat| &seat.instruments).filter(|names| !names.is_empty());
        let own = |it: &InstrumentSection| named.is_none_or(|names| names.contains(&it.name()));
        let traded = (0..).zip(&self.instruments).filter(|(_, it)| it.role.traded && own(it));
        traded.map(|(id, _)| InstrumentId(id)).collect()
    }

    /// The whole run file, every default and override filled in, the catalog as an absolute path. It reads as an equal
    /// run file.
    #[must_use]
    pub fn resolved(&self) -> String {
        written::document(&self.sections())
    }

    /// Everything that affects a decision and nothing else: neither the catalog's path, nor the run's name, nor
    /// what the watch and the reports need. A policy stands there by the digest of its file and not by its path. It is a run
    /// file once it is given a `data.catalog`, and each policy its `policy`.
    #[must_use]
    pub fn binding(&self) -> String {
        written::document(&self.binding_sections())
    }

    /// Where the bindings of two run files differ: the key, what this one has and what the other has, as TOML, empty
    /// where it has none. Sorted by key.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Vec<(String, String, String)> {
        let (ours, theirs) = (self.binding_sections(), other.binding_sections());
        let ours: BTreeMap<String, &str> = ours.iter().flat_map(Written::addressed).collect();
        let theirs: BTreeMap<String, &str> = theirs.iter().flat_map(Written::addressed).collect();
        let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        let value = |of: &BTreeMap<String, &str>, key| of.get(key).copied().unwrap_or_default().to_string();
        keys.into_iter()
            .map(|key| (key.clone(), value(&ours, key), value(&theirs, key)))
            .filter(|(_, ours, theirs)| ours != theirs)
            .collect()
    }

    fn sections(&self) -> Vec<Written> {
        self.sections_with(&self.strategies)
    }

    fn sections_with(&self, strategies: &[StrategySection]) -> Vec<Written> {
        let mut sections = vec![run::written(&self.run), data::written(&self.data)];
        sections.extend(self.instruments.iter().enumerate().map(|(index, one)| instruments::written(index, one)));
        sections.push(account::written(&self.account));
        sections.extend(strategies.iter().enumerate().map(|(index, one)| seat::written(index, one)));
        sections.push(execution::written(&self.execution));
        sections.extend(self.risk.iter().map(risk::written));
        sections.extend(self.operators.iter().enumerate().map(|(index, one)| operators::written(index, one)));
        sections.extend(self.compliance.iter().map(compliance::written));
        let reporting = |it| reporting::written(it, &self.instruments, &self.strategies);
        sections.extend(self.reporting.iter().map(reporting));
        sections.extend(self.live.iter().map(live::written));
        sections.extend(self.learning.iter().map(learning::written));
        sections.extend(self.evaluation.iter().map(evaluation::written));
        sections
    }

    fn binding_sections(&self) -> Vec<Written> {
        let without = |section: Written| match section.name() {
            "run" => section.without("name"),
            "data" => section.without("catalog"),
            _ => section,
        };
        // The watch and the reports look on and decide nothing, and what was learnt stands in the policy.
        // So do evaluations, whose evidence is about the run.
        const LOOK_ON: [&str; 5] = ["compliance", "reporting", "live", "learning", "evaluation"];
        let binds = |section: &Written| !LOOK_ON.contains(&section.name());
        let strategies: Vec<StrategySection> = self.strategies.iter().map(StrategySection::bound).collect();
        self.sections_with(&strategies).into_iter().filter(binds).map(without).collect()
    }
}
