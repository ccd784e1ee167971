//! The place of policies in the registry: parameters, help, and how the strategy is made from a file.
//!
//! What is wrong with a file is an error about the parameter that named it, so that it is reported at its line.
use super::{Follow, PolicyStrategy};
use crate::features::{Encoder, feature_set};
use crate::platform;
use crate::policy::{Policy, WHOLE_PPM};
use crate::portable::Portable;
use crate::runtime::Runtime;
use engine::InstrumentId;
use rust_decimal::Decimal;
use std::path::Path;
use strategies::{BuildError, BuiltStrategy, Each, Entry, Instruments, Parameter, Settings, registry};

const HELP: &str = "\
At each close of its candle, once its features can be computed: what the policy sees goes through its normaliser and its
network, and the likeliest choice is taken: the action of the highest output, or the mean. Hold `size` times the exposure that
the choice means, floored to the lot. The quantity is fixed while the exposure stands. A choice changes the exposure only where
it is sure enough by `decision_threshold`: where its probability is at least that (a choice between actions), where its value
exceeds that of the exposure that stands by at least that (values of actions), or where its exposure differs from the one that
stands by at least that part of the size (a mean). The hash of the outputs and the exposure are noted on the tape with each
decision. `torch` computes with libtorch: the same bits for the same build and processor. `portable` computes in a fixed order,
the same bits everywhere, and runs networks of Onetape only. Of several instruments each is traded on its own, with `size` for
each.";

/// The names of the runtimes; the first holds where none is given.
const RUNTIMES: &[&str] = &["torch", "portable"];

/// The most that a threshold may be: values of actions have no bound of their own.
const THRESHOLD_MAX: i64 = 1_000_000;

/// What computes a policy's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeKind {
    /// libtorch.
    Torch,
    /// The portable runtime.
    Portable,
}

impl RuntimeKind {
    /// The runtime of this name; that which holds without one.
    #[must_use]
    pub fn named(name: Option<&str>) -> Self {
        if name == Some("portable") { Self::Portable } else { Self::Torch }
    }

    /// The name, as run files and tapes have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Torch => "torch",
            Self::Portable => "portable",
        }
    }
}

/// The strategy `policy`.
#[must_use]
pub fn entry() -> Entry {
    with(None)
}

/// The same for a replay: these decisions hold. What can be computed here is compared with them.
#[must_use]
pub fn entry_following(follow: Follow) -> Entry {
    with(Some(follow))
}

fn with(follow: Option<Follow>) -> Entry {
    Entry {
        name: "policy",
        summary: "trades as a trained policy decides",
        help: HELP,
        parameters: vec![
            Parameter::text("policy", "the policy file; a path in a run file is relative to it"),
            registry::size(),
            Parameter::choice("runtime", RUNTIMES, "what computes the network"),
            Parameter::number(
                "decision_threshold",
                Decimal::ZERO,
                Decimal::from(THRESHOLD_MAX),
                "how sure a change must be, instead of what the policy says",
            )
            .optional(),
            Parameter::text("digest", "the policy's digest: a file with another one is refused").optional(),
        ],
        instruments: Instruments::Any,
        warm_up: Box::new(|settings| Loaded::new(settings).map_or(0, |loaded| loaded.encoder.warm_up())),
        make: Box::new(move |settings, instruments| make(settings, instruments, follow.as_ref())),
    }
}

fn make(
    settings: &Settings,
    instruments: &[InstrumentId],
    follow: Option<&Follow>,
) -> Result<BuiltStrategy, BuildError> {
    let Loaded { policy, encoder } = Loaded::new(settings)?;
    let threshold_ppm = match settings.has("decision_threshold") {
        true => ppm(settings.number("decision_threshold")),
        false => u64::from(policy.manifest.decision_threshold_ppm),
    };
    let kind = RuntimeKind::named(Some(settings.text("runtime")));
    // A replay goes by what was recorded where nothing can be computed.
    let computes = follow.is_none() || kind == RuntimeKind::Portable || platform::here().is_some();
    let of = |asset: &InstrumentId| {
        let runtime = if computes { Some(runtime(&policy, kind)?) } else { None };
        let made =
            PolicyStrategy::new((*asset, settings.size("size")), &policy, encoder.clone(), runtime, threshold_ppm);
        let made = match follow {
            Some(follow) => made.following(follow.clone()),
            None => made,
        };
        Ok((*asset, made))
    };
    let mut made = instruments.iter().map(of).collect::<Result<Vec<_>, BuildError>>()?;
    Ok(match made.len() {
        1 => Box::new(made.remove(0).1),
        _ => Box::new(Each::of(made)),
    })
}

/// A threshold in parts per million; exact, as a number has at most four decimal places.
fn ppm(threshold: Decimal) -> u64 {
    let ppm = threshold * Decimal::from(WHOLE_PPM);
    u64::try_from(ppm).expect("a threshold lies within its range")
}

fn runtime(policy: &Policy, kind: RuntimeKind) -> Result<Box<dyn Runtime>, BuildError> {
    let refused = |error: crate::policy::PolicyError| BuildError::of("runtime", error.to_string());
    match kind {
        RuntimeKind::Portable => Portable::new(policy).map(|it| Box::new(it) as Box<dyn Runtime>).map_err(refused),
        #[cfg(feature = "torch")]
        RuntimeKind::Torch => crate::torch::runtime(policy).map_err(refused),
        #[cfg(not(feature = "torch"))]
        RuntimeKind::Torch => Err(BuildError::of("runtime", WITHOUT_TORCH.into())),
    }
}

#[cfg(not(feature = "torch"))]
const WITHOUT_TORCH: &str = "this build has no libtorch: build it with `cargo xtask libtorch` and `--features rl`, or set \
    runtime = \"portable\"";

/// A policy file, read and found to be whole.
struct Loaded {
    policy: Policy,
    encoder: Encoder,
}

impl Loaded {
    fn new(settings: &Settings) -> Result<Self, BuildError> {
        let about = |message: String| BuildError::of("policy", message);
        let file = settings.text("policy");
        let policy = Policy::load(Path::new(file)).map_err(|error| about(error.to_string()))?;
        if settings.has("digest") {
            let (wanted, found) = (settings.text("digest"), policy.digest().map_err(|error| about(error.to_string()))?);
            if wanted != found {
                let message = format!("the policy {file} has the digest {found}, and {wanted} is wanted");
                return Err(BuildError::of("digest", message));
            }
        }
        let manifest = &policy.manifest;
        let wrong = |error: crate::features::FeatureError| about(format!("{file}: {error}"));
        let encoder = Encoder::new(&manifest.features).map_err(wrong)?;
        let (ours, its) = (feature_set(&manifest.features).map_err(wrong)?, &manifest.feature_set);
        if ours != *its {
            let text = "this program computes its features otherwise than the one that it was trained with";
            return Err(about(format!("{file}: {text}: its feature set is {its}, here it is {ours}")));
        }
        if encoder.width() != manifest.architecture.inputs {
            let (width, inputs) = (encoder.width(), manifest.architecture.inputs);
            return Err(about(format!("{file}: its features come to {width} numbers, and its network takes {inputs}")));
        }
        Ok(Self { policy, encoder })
    }
}
