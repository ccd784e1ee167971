//! `onetape policy show` and `compare`: what a policy file holds, and what differs between two. It runs nothing on candles.
use crate::failure::Failure;
use crate::policy_arguments::PolicyCompare;
use crate::terminal;
use learning::comparison::{self, Choices, FieldDifference, TensorDifference};
use learning::policy::{
    ActionMap, Activation, Architecture, Body, Head, Manifest, Policy, PolicyError, Weight, printable,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::path::Path;

/// Runs `policy show`.
pub(super) fn show(file: &Path, json: bool) -> Result<(), Failure> {
    let file = File::load(file)?;
    if json { print_object(&shown(&file)) } else { terminal::print(&aligned(&rows(&file))) }
}

/// Runs `policy compare`.
pub(super) fn compare(arguments: &PolicyCompare, json: bool) -> Result<(), Failure> {
    let PolicyCompare { ref a, ref b, observations, seed } = *arguments;
    let (a, b) = (File::load(a)?, File::load(b)?);
    let compared = Compared {
        fields: comparison::fields(&a.policy, &b.policy),
        tensors: comparison::tensors(&a.policy, &b.policy),
        module: a.policy.module != b.policy.module,
        choices: comparison::choices(&a.policy, &b.policy, observations, seed),
        seed,
    };
    if json { print_object(&compared.object(&a, &b)) } else { terminal::print(&compared.text(&a, &b)) }
}

/// A policy with what its file is called by.
struct File {
    policy: Policy,
    digest: String,
    bytes: usize,
}

impl File {
    fn load(path: &Path) -> Result<Self, Failure> {
        let policy = Policy::load(path).map_err(Failure::failed)?;
        let digest = policy.digest().map_err(Failure::failed)?;
        let bytes = policy.to_bytes().map_err(Failure::failed)?.len();
        Ok(Self { policy, digest, bytes })
    }
}

fn print_object(object: &Value) -> Result<(), Failure> {
    terminal::print(&format!("{object:#}\n"))
}

/// Numbers that were learned: the actor's, and the critic's where it is kept.
fn counts(policy: &Policy) -> (usize, usize) {
    let count = |weights: &[Weight]| weights.iter().map(|w| w.shape.iter().product::<usize>()).sum();
    let architecture = &policy.manifest.architecture;
    let has_critic = policy.weights.keys().any(|name| name.starts_with("critic."));
    (count(&architecture.actor()), if has_critic { count(&architecture.critic()) } else { 0 })
}

fn shown(file: &File) -> Value {
    let (actor, critic) = counts(&file.policy);
    json!({
        "digest": file.digest,
        "bytes": file.bytes,
        "parameters": { "actor": actor, "critic": critic },
        "clip": file.policy.normaliser.clip(),
        "manifest": file.policy.manifest,
    })
}

fn rows(file: &File) -> Vec<(String, String)> {
    let Manifest { features, feature_set, architecture, provenance, .. } = &file.policy.manifest;
    let (actor, critic) = counts(&file.policy);
    let clip = file.policy.normaliser.clip();
    let facts = [
        ("digest", file.digest.clone()),
        ("size", format!("{} bytes", file.bytes)),
        ("sees", features.join(", ")),
        ("feature set", feature_set.clone()),
        ("observation", format!("{} numbers, each within {clip} deviations", architecture.inputs)),
        ("network", network(architecture)),
        ("parameters", parameters(&architecture.body, actor, critic)),
        ("actions", actions(&file.policy.manifest.actions)),
        ("decision threshold", share(file.policy.manifest.decision_threshold_ppm.into())),
        ("algorithm", provenance.algorithm.clone()),
        ("dataset", or_unknown(&provenance.dataset)),
        ("code", or_unknown(&provenance.code)),
        ("seed", provenance.seed.to_string()),
        ("parent", if provenance.parent.is_empty() { "none".into() } else { provenance.parent.clone() }),
    ];
    let facts = facts.into_iter().map(|(name, value)| (name.to_string(), value));
    let ranges = provenance.ranges.iter().map(|(name, value)| (format!("range {name}"), value.clone()));
    let chosen = provenance.hyper_parameters.iter().map(|(name, value)| (format!("parameter {name}"), value.clone()));
    facts.chain(ranges).chain(chosen).collect()
}

/// Two columns, both flush left.
fn aligned(rows: &[(String, String)]) -> String {
    let rows: Vec<_> = rows.iter().map(|(name, value)| (printable(name), printable(value))).collect();
    let left = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("{name:<left$}  {value}\n")).collect()
}

fn or_unknown(text: &str) -> String {
    if text.is_empty() { "not known".into() } else { text.into() }
}

/// Millionths as a plain number.
fn share(ppm: i64) -> String {
    Decimal::new(ppm, 6).normalize().to_string()
}

fn network(architecture: &Architecture) -> String {
    let head = match architecture.head {
        Head::Categorical => "logits of actions",
        Head::Values => "values of actions",
        Head::Gaussian => "the mean of an amount",
    };
    let (inputs, outputs) = (architecture.inputs, architecture.outputs);
    match &architecture.body {
        Body::Mlp { hidden } => {
            let widths = std::iter::once(&inputs).chain(hidden).chain([&outputs]);
            let widths: Vec<String> = widths.map(usize::to_string).collect();
            let activation = match architecture.activation {
                Activation::Tanh => "tanh",
                Activation::Relu => "relu",
            };
            format!("MLP {}, {activation}; {head}", widths.join("-"))
        }
        Body::Gru { width } => format!("GRU {inputs}-{width}-{outputs}; {head}"),
        Body::Module => format!("TorchScript module from {inputs} to {outputs} numbers; {head}"),
    }
}

fn parameters(body: &Body, actor: usize, critic: usize) -> String {
    match (body, critic) {
        (Body::Module, _) => "inside the module".into(),
        (_, 0) => format!("{actor}, no critic"),
        _ => format!("{actor}, and {critic} of the critic"),
    }
}

fn actions(actions: &ActionMap) -> String {
    match *actions {
        ActionMap::Levels(ref levels) => {
            let levels: Vec<String> = levels.iter().map(|&level| share(level.into())).collect();
            format!("{} of the size", levels.join(", "))
        }
        ActionMap::Continuous { low, high, step } => {
            let [low, high, step] = [low, high, step].map(|ppm| share(ppm.into()));
            format!("{low} to {high} of the size in steps of {step}")
        }
    }
}

/// What was found between two policies.
struct Compared {
    fields: Vec<FieldDifference>,
    tensors: Vec<TensorDifference>,
    module: bool,
    choices: Result<Choices, PolicyError>,
    seed: u64,
}

impl Compared {
    fn object(&self, a: &File, b: &File) -> Value {
        let choices = match &self.choices {
            Ok(Choices { observations, different }) => {
                json!({ "observations": observations, "different": different, "seed": self.seed })
            }
            Err(why) => json!({ "not_compared": why.to_string() }),
        };
        json!({
            "a": a.digest,
            "b": b.digest,
            "identical": a.digest == b.digest,
            "fields": self.fields,
            "tensors": self.tensors,
            "module_differs": self.module,
            "choices": choices,
        })
    }

    fn text(&self, a: &File, b: &File) -> String {
        let mut text = format!("A {}\nB {}\n", a.digest, b.digest);
        if a.digest == b.digest {
            text += "the two are one policy\n";
            return text;
        }
        if !self.fields.is_empty() {
            let cell = |value: &Option<String>| value.as_deref().map_or_else(|| "(absent)".into(), printable);
            let line = |d: &FieldDifference| vec![printable(&d.field), cell(&d.a), cell(&d.b)];
            let lines: Vec<_> = self.fields.iter().map(line).collect();
            text += &format!("\n{}", terminal::table(&["field", "A", "B"], &lines));
        }
        if !self.tensors.is_empty() {
            let lines: Vec<_> = self.tensors.iter().map(tensor_line).collect();
            text += &format!("\n{}", terminal::table(&["tensor", "greatest difference", "relative"], &lines));
        }
        if self.module {
            text += "\nthe modules differ\n";
        }
        text += &match &self.choices {
            Ok(Choices { observations, different }) => {
                let seed = self.seed;
                format!("\nthey choose differently in {different} of {observations} drawn observations (seed {seed})\n")
            }
            Err(why) => format!("\nwhat they choose was not compared: {why}\n"),
        };
        text
    }
}

fn tensor_line(difference: &TensorDifference) -> Vec<String> {
    let Some(distance) = difference.distance else {
        return vec![difference.name.clone(), "(another shape, or absent)".into(), String::new()];
    };
    let relative = distance.relative.map_or_else(|| "A is zero".into(), |relative| format!("{relative:.3e}"));
    vec![difference.name.clone(), format!("{:.3e}", distance.max_abs), relative]
}
