//! `[learning]`: how a policy for this run is trained.
//!
//! It decides nothing about an event of a run, so the section does not belong to what binds one. Keys that are not listed here are
//! the algorithm's own; it knows them, and checks them when it is asked to learn.
use super::error::Complaint;
use super::instant;
use super::node::{Node, Value};
use super::section::Section;
use super::strategy::{Parameter, parameters, write_parameters};
use super::values::{between, choice, count, texts};
use super::written::{Written, list, quoted};
use engine::Timestamp;
use learning::market::Reward;
use learning::policy::{ActionMap, Activation, Body, WHOLE_PPM};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// How a policy is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningSection {
    /// Which algorithm.
    pub algorithm: AlgorithmName,
    /// The first candle that is traded on in training, by open time.
    pub from: Timestamp,
    /// Training ends before the candle that opens then.
    pub to: Timestamp,
    /// Validation, which begins behind the embargo, ends before the candle that opens then.
    pub validate_to: Timestamp,
    /// Candles between training and validation that belong to neither; `None` is the warm-up of the features.
    pub embargo_candles: Option<u32>,
    /// What the policy sees.
    pub features: Vec<String>,
    /// What it may do.
    pub actions: ActionMap,
    /// What a step is worth.
    pub reward: Reward,
    /// What every reward is multiplied by.
    pub reward_scale: Decimal,
    /// Decisions of one episode.
    pub episode_candles: u32,
    /// Episodes side by side.
    pub episodes: u32,
    /// Steps of training, over all episodes.
    pub total_steps: u64,
    /// An episode ends when equity falls below this percentage of what it began with.
    pub ruin_pct: Decimal,
    /// How far an observation may lie from its mean, in deviations.
    pub clip: Decimal,
    /// Width of each hidden layer, or of the memory.
    pub hidden: Vec<usize>,
    /// What stands between layers.
    pub activation: Activation,
    /// How sure the policy must be to change its exposure.
    pub decision_threshold: Decimal,
    /// Iterations from one validation to the next.
    pub validate_every: u32,
    /// Validations without a better one after which training stops; zero is never.
    pub patience: u32,
    /// The algorithm's own parameters, in the order of their names.
    pub parameters: Vec<(String, Parameter)>,
}

/// An algorithm by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlgorithmName {
    /// Proximal policy optimisation.
    Ppo,
    /// The same with a recurrent network.
    GruPpo,
    /// Advantage actor-critic.
    A2c,
    /// Deep Q-learning.
    Dqn,
}

impl AlgorithmName {
    const ALL: [(&'static str, Self); 4] =
        [("ppo", Self::Ppo), ("gru-ppo", Self::GruPpo), ("a2c", Self::A2c), ("dqn", Self::Dqn)];

    /// The name in run files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, it)| *it == self).map_or("", |(name, _)| name)
    }
}

impl LearningSection {
    /// The layers before the last one.
    #[must_use]
    pub fn body(&self) -> Body {
        match self.algorithm {
            AlgorithmName::GruPpo => Body::Gru { width: self.hidden.first().copied().unwrap_or(64) },
            _ => Body::Mlp { hidden: self.hidden.clone() },
        }
    }
}

/// The keys that every algorithm has.
pub(super) const OWN: [&str; 24] = [
    "algorithm",
    "from",
    "to",
    "validate_to",
    "embargo_candles",
    "features",
    "exposures",
    "exposure_min",
    "exposure_max",
    "exposure_step",
    "reward",
    "reward_scale",
    "sharpe_rate",
    "drawdown_weight",
    "episode_candles",
    "episodes",
    "total_steps",
    "ruin_pct",
    "clip",
    "hidden",
    "activation",
    "decision_threshold",
    "validate_every",
    "patience",
];

/// Reads the section, which may be absent.
pub(super) fn read(mut section: Section<'_>) -> Option<Option<LearningSection>> {
    if section.place().is_none() {
        return Some(None);
    }
    let algorithm = section.required("algorithm", "\"ppo\"", |node| choice(node, &AlgorithmName::ALL));
    let from = section.required("from", "\"2018-01-01\"", instant::of);
    let to = section.required("to", "\"2022-01-01\"", instant::of);
    let validate_to = section.required("validate_to", "\"2023-01-01\"", instant::of);
    for (key, earlier, later) in [("to", from, to), ("validate_to", to, validate_to)] {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && earlier >= later
        {
            let message = format!("`{key}` is not after {}", instant::text(earlier));
            section.complain(key, Complaint::new(section.place_of(key), message).expected("a later instant"));
        }
    }
    let embargo = section.optional("embargo_candles", |node| count(node, 0, 1_000_000));
    let features = section.required("features", "[\"returns 32\", \"position\"]", |node| {
        texts(node, "a list of texts as in [\"returns 32\", \"position\"]")
    });
    let actions = actions(&mut section);
    let reward = reward(&mut section);
    let reward_scale = section.or("reward_scale", Decimal::ONE_HUNDRED, |node| between(node, Decimal::ZERO, 1_000_000));
    let episode_candles = section.or("episode_candles", 512, |node| count(node, 2, 10_000_000));
    let episodes = section.or("episodes", 64, |node| count(node, 1, 65_536));
    let steps = section.or("total_steps", 1_000_000, |node| node.whole(1_000_000_000_000));
    let ruin_pct = section.or("ruin_pct", Decimal::from(50), |node| between(node, Decimal::ZERO, 100));
    let clip = section.or("clip", Decimal::TEN, |node| between(node, Decimal::ONE, 1_000));
    let hidden = section.or("hidden", vec![64, 64], widths);
    let known = [("tanh", Activation::Tanh), ("relu", Activation::Relu)];
    let activation = section.or("activation", Activation::Tanh, |node| choice(node, &known));
    let threshold = section.or("decision_threshold", Decimal::ZERO, |node| between(node, Decimal::ZERO, 1));
    let validate_every = section.or("validate_every", 10, |node| count(node, 1, 1_000_000));
    let patience = section.or("patience", 0, |node| count(node, 0, 1_000_000));
    let parameters = parameters(&mut section, &OWN);
    section.close();
    Some(Some(LearningSection {
        algorithm: algorithm?,
        from: from?,
        to: to?,
        validate_to: validate_to?,
        embargo_candles: embargo?,
        features: features?,
        actions: actions?,
        reward: reward?,
        reward_scale: reward_scale?,
        episode_candles: episode_candles?,
        episodes: episodes?,
        total_steps: u64::try_from(steps?).ok()?,
        ruin_pct: ruin_pct?,
        clip: clip?,
        hidden: hidden?,
        activation: activation?,
        decision_threshold: threshold?,
        validate_every: validate_every?,
        patience: patience?,
        parameters: parameters?,
    }))
}

/// What the policy may do: levels of exposure, or any amount between two in steps.
fn actions(section: &mut Section<'_>) -> Option<ActionMap> {
    let levels = section.optional("exposures", |node| {
        let expected = "one or more exposures from -1 to 1 as in [-1, 0, 1]";
        let levels = node.list(expected)?.iter().map(exposure).collect::<Result<Vec<_>, _>>()?;
        if levels.is_empty() { Err(node.complain("there is nothing to do").expected(expected)) } else { Ok(levels) }
    })?;
    let low = section.optional("exposure_min", exposure)?;
    let high = section.optional("exposure_max", exposure)?;
    let step = section.optional("exposure_step", exposure)?;
    match (levels, low, high, step) {
        (Some(levels), None, None, None) => Some(ActionMap::Levels(levels)),
        (None, None, None, None) => Some(ActionMap::Levels(vec![-WHOLE_PPM, 0, WHOLE_PPM])),
        (None, low, high, Some(step)) if step > 0 && low.unwrap_or(-WHOLE_PPM) < high.unwrap_or(WHOLE_PPM) => {
            let (low, high) = (low.unwrap_or(-WHOLE_PPM), high.unwrap_or(WHOLE_PPM));
            Some(ActionMap::Continuous { low, high, step })
        }
        _ => {
            let message = "exposures are either a list, or an `exposure_step` above zero with `exposure_min` below `exposure_max`";
            let place = section.place_of("exposures").or(section.place());
            section.complain("exposures", Complaint::new(place, message).expected("`exposures = [-1, 0, 1]`"));
            None
        }
    }
}

fn exposure(node: &Node) -> Result<i32, Complaint> {
    let expected = "a part of the size from -1 to 1, with at most six decimal places";
    let decimal = node.decimal(expected)?;
    let ppm = Some(decimal * Decimal::from(WHOLE_PPM)).filter(|ppm| ppm.fract().is_zero()).and_then(|ppm| ppm.to_i32());
    let fits = ppm.filter(|ppm| (-WHOLE_PPM..=WHOLE_PPM).contains(ppm));
    fits.ok_or_else(|| node.complain(format!("{decimal} is no exposure")).expected(expected))
}

fn reward(section: &mut Section<'_>) -> Option<Reward> {
    const NAMES: [(&str, u8); 3] = [("log-return", 0), ("differential-sharpe", 1), ("drawdown-penalised", 2)];
    let which = section.or("reward", 0, |node| choice(node, &NAMES))?;
    let rate = section.or("sharpe_rate", Decimal::new(1, 2), |node| between(node, Decimal::ZERO, 1))?;
    let weight = section.or("drawdown_weight", Decimal::ONE, |node| between(node, Decimal::ZERO, 1_000))?;
    Some(match which {
        0 => Reward::LogReturn,
        1 => Reward::DifferentialSharpe { rate: rate.to_f64()? },
        _ => Reward::DrawdownPenalised { weight: weight.to_f64()? },
    })
}

fn widths(node: &Node) -> Result<Vec<usize>, Complaint> {
    let expected = "the width of each layer as in [64, 64], each from 1 to 4096";
    let width = |item: &Node| {
        let width = item.whole(4_096)?;
        let fits = usize::try_from(width).ok().filter(|width| *width > 0);
        fits.ok_or_else(|| item.complain(format!("no layer is {width} wide")).expected(expected))
    };
    match &node.value {
        Value::List(items) if !items.is_empty() && items.len() <= 16 => items.iter().map(width).collect(),
        _ => Err(node.complain("these are no layers").expected(expected)),
    }
}

pub(super) fn written(learning: &LearningSection) -> Written {
    let plain = |ppm: i32| Decimal::new(i64::from(ppm), 6).normalize().to_string();
    let mut written = Written::new("learning")
        .text("algorithm", learning.algorithm.name())
        .text("from", &instant::text(learning.from))
        .text("to", &instant::text(learning.to))
        .text("validate_to", &instant::text(learning.validate_to))
        .maybe_literal("embargo_candles", learning.embargo_candles.map(|count| count.to_string()))
        .literal("features", list(learning.features.iter().map(|text| quoted(text))));
    written = match &learning.actions {
        ActionMap::Levels(levels) => written.literal("exposures", list(levels.iter().map(|ppm| plain(*ppm)))),
        ActionMap::Continuous { low, high, step } => written
            .literal("exposure_min", plain(*low))
            .literal("exposure_max", plain(*high))
            .literal("exposure_step", plain(*step)),
    };
    written = match learning.reward {
        Reward::LogReturn => written.text("reward", "log-return"),
        Reward::DifferentialSharpe { rate } => {
            written.text("reward", "differential-sharpe").literal("sharpe_rate", rate)
        }
        Reward::DrawdownPenalised { weight } => {
            written.text("reward", "drawdown-penalised").literal("drawdown_weight", weight)
        }
    };
    let activation = match learning.activation {
        Activation::Tanh => "tanh",
        Activation::Relu => "relu",
    };
    written = written
        .literal("reward_scale", learning.reward_scale)
        .literal("episode_candles", learning.episode_candles)
        .literal("episodes", learning.episodes)
        .literal("total_steps", learning.total_steps)
        .literal("ruin_pct", learning.ruin_pct)
        .literal("clip", learning.clip)
        .literal("hidden", list(learning.hidden.iter().map(ToString::to_string)))
        .text("activation", activation)
        .literal("decision_threshold", learning.decision_threshold)
        .literal("validate_every", learning.validate_every)
        .literal("patience", learning.patience);
    write_parameters(written, &learning.parameters)
}
