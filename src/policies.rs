//! The policies of a run: which they are, what computes them, and whether this machine can compute them again.
//!
//! It opens no policy file.
use crate::run_file::{Parameter, PolicyFile, RunFile, StrategySection};
use crate::tape_header::{CPU, LIBTORCH};
use engine::tape::Header;
use learning::platform::{self, Platform};
use learning::policy_strategy::RuntimeKind;

/// The strategy that is a policy.
const KIND: &str = "policy";

/// The parameter that says what computes a policy.
const RUNTIME: &str = "runtime";

/// A policy of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PolicyOfRun {
    /// The place of its strategy.
    pub(crate) place: usize,
    /// What computes it.
    pub(crate) runtime: RuntimeKind,
    /// The digest of its file, as it binds the run.
    digest: String,
}

/// The policies of a run, in the order of its strategies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policies(pub(crate) Vec<PolicyOfRun>);

impl Policies {
    /// Those of this run file.
    pub(crate) fn of(run: &RunFile) -> Self {
        let is_policy = |(_, strategy): &(usize, &StrategySection)| strategy.kind == KIND;
        let read = |(place, strategy): (usize, &StrategySection)| PolicyOfRun {
            place,
            runtime: RuntimeKind::named(text(strategy, RUNTIME)),
            digest: strategy.policy_digest().unwrap_or("unread").to_string(),
        };
        Self(run.strategies.iter().enumerate().filter(is_policy).map(read).collect())
    }

    /// Their digests; `none` where there is none.
    pub(crate) fn digests(&self) -> String {
        if self.0.is_empty() { "none".into() } else { joined(self.0.iter().map(|policy| policy.digest.as_str())) }
    }

    /// What computes them.
    pub(crate) fn runtimes(&self) -> String {
        joined(self.0.iter().map(|policy| policy.runtime.name()))
    }

    /// Whether one of them is computed by this.
    pub(crate) fn uses(&self, kind: RuntimeKind) -> bool {
        self.0.iter().any(|policy| policy.runtime == kind)
    }
}

fn text<'a>(strategy: &'a StrategySection, name: &str) -> Option<&'a str> {
    match strategy.parameter(name) {
        Some(Parameter::Text(text)) => Some(text),
        _ => None,
    }
}

/// Different ones, in their order.
fn joined<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let mut different: Vec<&str> = Vec::new();
    for one in all {
        if !different.contains(&one) {
            different.push(one);
        }
    }
    different.join(" + ")
}

/// The platform that a tape's policies were computed on; `None` where they needed none.
fn of_tape(header: &Header) -> Option<Platform> {
    Some(Platform { libtorch: header.get(LIBTORCH)?.into(), cpu: header.get(CPU)?.into() })
}

/// Why this machine cannot compute again what the policies of a tape decided, in words; `None` where it can.
pub(crate) fn elsewhere(header: &Header) -> Option<String> {
    let there = of_tape(header)?;
    match platform::here() {
        Some(here) if here == there => None,
        Some(here) => Some(format!("{there} there, {here} here")),
        None => Some(format!("{there} there, a build without libtorch here")),
    }
}

/// How a replay says that its configuration is not the one of the run: the key, what it was and what it is. Nothing where only
/// what computes a policy is another: then its decisions are compared, and not refused.
pub(crate) fn difference_text(run: &RunFile, (key, was, is): (String, String, String)) -> Option<String> {
    let of_policy = |name: &str| {
        let section = |(place, strategy): (usize, &StrategySection)| match strategy.seat {
            None => format!("strategy.{name}"),
            Some(_) => format!("strategies.{place}.{name}"),
        };
        let policies = run.strategies.iter().enumerate().filter(|(_, strategy)| strategy.kind == KIND);
        policies.map(section).any(|known| known == key)
    };
    if of_policy(RUNTIME) {
        return None;
    }
    let what = if of_policy(PolicyFile::DIGEST) { "the policy is another one" } else { "configuration differs" };
    Some(format!("{what}: {key} was {was}, is {is}"))
}
