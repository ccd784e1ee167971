//! Every strategy that a run file can name: the hand-written ones, and policies.
//!
//! It joins what stands apart and makes nothing itself.
use learning::policy_strategy;
use strategies::{Entry, Registry};

/// The strategies of this program.
#[must_use]
pub fn registry() -> Registry {
    with(policy_strategy::entry())
}

/// The same, with this for policies.
#[must_use]
pub fn with(policy: Entry) -> Registry {
    let mut registry = Registry::builtin();
    registry.register(policy).expect("no strategy of ours has the name of another");
    registry
}
