//! A training under way: iterations, validations, the best policy so far, and what is needed to go on later.
//!
//! The validation range chooses between the policies that a training passes through, and ends it when they get no better. So a
//! figure on it is no promise: what is promised is judged on candles behind it.
use super::algorithm::Algorithm;
use super::judge::{Judge, Verdict};
use super::material::Material;
use crate::failure::Failure;
use crate::run_file::{LearningSection, RunFile};
use crate::snapshot::Snapshot;
use crate::tape_header::COMPILER;
use evaluations::TrainingRow;
use learning::Fleet;
use learning::features::feature_set;
use learning::market::Episode;
use learning::policy::{Manifest, Policy, Provenance};
use learning::torch::{Checkpoint, Weights};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A training under way.
pub struct Trainer {
    config: RunFile,
    section: LearningSection,
    pub(super) material: Material,
    fleet: Fleet<Episode>,
    algorithm: Algorithm,
    judge: Judge,
    parent: String,
    notes: Notes,
    /// Weights of the best policy so far; none before the first validation.
    best: Option<Weights>,
}

/// What a training knows beside its algorithm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Notes {
    rows: Vec<Noted>,
    /// The iteration of the best policy so far, and the bits of its Sharpe ratio.
    best: Option<(u64, u64)>,
    /// Validations since then.
    without_better: u32,
}

/// A row by the bits of its numbers, which come back as they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Noted {
    iteration: u64,
    steps: u64,
    bits: BTreeMap<String, u64>,
}

const NOTES: &str = "training";
const BEST: &str = "best policy: ";

impl Trainer {
    /// A training at its beginning; from a parent's weights, where one is given.
    ///
    /// # Errors
    /// When the run file says no training, or one that cannot be; or the parent is of another network, or sees something else.
    pub fn new(config: &RunFile, parent: Option<(&Policy, String)>) -> Result<Self, Failure> {
        let mut material = Material::new(config)?;
        let section = config.learning.clone().ok_or_else(|| Failure::failed("checked when the candles were read"))?;
        if let Some((parent, _)) = &parent {
            if parent.manifest.features != section.features {
                return Err(config.error_at("learning.features", "the parent sees something else").into());
            }
            // What a policy has learnt holds for the scale that it learnt it on.
            material.course.normaliser = parent.normaliser.clone();
        }
        let course = Arc::new(material.course.clone());
        let episode = |_| Episode::new(Arc::clone(&course)).map_err(Failure::failed);
        let episodes = (0..section.episodes).map(episode).collect::<Result<Vec<_>, _>>()?;
        let fleet = Fleet::new(episodes, config.run.seed);
        let mut algorithm = Algorithm::new(config, &section, fleet.spaces())?;
        if let Some((parent, _)) = &parent {
            let unfit = |e| Failure::from(config.error_at("learning.hidden", &format!("the parent does not fit: {e}")));
            algorithm.learner.begin_from(&parent.weights).map_err(unfit)?;
        }
        let judge = Judge::new(&material.course, material.validation.clone(), config.run.seed);
        let parent = parent.map(|(_, digest)| digest).unwrap_or_default();
        let notes = Notes::default();
        Ok(Self { config: config.clone(), section, material, fleet, algorithm, judge, parent, notes, best: None })
    }

    /// Iterates once, and validates where one is due.
    ///
    /// # Errors
    /// When the policy cannot be judged.
    pub fn iterate(&mut self) -> Result<TrainingRow, Failure> {
        let progress = self.algorithm.learner.iterate(&mut self.fleet);
        let mut figures: BTreeMap<String, f64> =
            progress.figures().into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        let due = progress.iteration.is_multiple_of(u64::from(self.section.validate_every));
        if due || progress.steps >= self.section.total_steps {
            let weights = self.algorithm.learner.policy_weights();
            let verdict = self.judge.policy(&self.policy_of(&weights)?)?;
            figures.insert("validation_sharpe".into(), verdict.sharpe);
            figures.insert("validation_return".into(), verdict.log_return);
            figures.insert("validation_changes".into(), verdict.changes as f64);
            self.weigh(progress.iteration, verdict.sharpe, weights);
        }
        let bits = figures.iter().map(|(name, value)| (name.clone(), value.to_bits())).collect();
        self.notes.rows.push(Noted { iteration: progress.iteration, steps: progress.steps, bits });
        Ok(TrainingRow { iteration: progress.iteration, steps: progress.steps, figures })
    }

    fn weigh(&mut self, iteration: u64, sharpe: f64, weights: Weights) {
        let better = self.notes.best.is_none_or(|(_, best)| sharpe > f64::from_bits(best));
        if better {
            self.notes.best = Some((iteration, sharpe.to_bits()));
            self.notes.without_better = 0;
            self.best = Some(weights);
        } else {
            self.notes.without_better += 1;
        }
    }

    /// Why there is nothing left to do, in words; `None` where there is.
    #[must_use]
    pub fn end(&self) -> Option<&'static str> {
        let patience = self.section.patience;
        if self.algorithm.learner.steps() >= self.section.total_steps {
            Some("every step was taken")
        } else if patience > 0 && self.notes.without_better >= patience {
            Some("validation got no better")
        } else {
            None
        }
    }

    /// Steps taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.algorithm.learner.steps()
    }

    /// The iteration of the best policy so far; zero before the first validation.
    #[must_use]
    pub fn best_iteration(&self) -> u64 {
        self.notes.best.map_or(0, |(iteration, _)| iteration)
    }

    /// Every iteration so far.
    #[must_use]
    pub fn rows(&self) -> Vec<TrainingRow> {
        let row = |noted: &Noted| TrainingRow {
            iteration: noted.iteration,
            steps: noted.steps,
            figures: noted.bits.iter().map(|(name, bits)| (name.clone(), f64::from_bits(*bits))).collect(),
        };
        self.notes.rows.iter().map(row).collect()
    }

    /// The parameters of the algorithm as texts.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.algorithm.parameters
    }

    /// Who judges.
    #[must_use]
    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    /// What the run learns from.
    #[must_use]
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// The best policy so far; before the first validation the newest.
    ///
    /// # Errors
    /// When a threshold of the run file fits no policy.
    pub fn policy(&self) -> Result<Policy, Failure> {
        match &self.best {
            Some(weights) => self.policy_of(weights),
            None => self.policy_of(&self.algorithm.learner.policy_weights()),
        }
    }

    /// What the best policy is worth on the validation range.
    ///
    /// # Errors
    /// As [`Judge::policy`].
    pub fn verdict(&self) -> Result<Verdict, Failure> {
        self.judge.policy(&self.policy()?)
    }

    fn policy_of(&self, weights: &Weights) -> Result<Policy, Failure> {
        let section = &self.section;
        let threshold = (section.decision_threshold * Decimal::from(1_000_000)).round().to_u32();
        let manifest = Manifest {
            version: learning::policy::VERSION,
            features: self.material.course.encoder.declared().iter().map(ToString::to_string).collect(),
            feature_set: feature_set(&section.features).map_err(Failure::failed)?,
            architecture: self.algorithm.learner.architecture(),
            actions: section.actions.clone(),
            decision_threshold_ppm: threshold.ok_or_else(|| Failure::failed("a threshold is at most one"))?,
            provenance: self.provenance(),
        };
        let normaliser = self.material.course.normaliser.clone();
        Ok(Policy { manifest, normaliser, weights: weights.clone(), module: Vec::new() })
    }

    fn provenance(&self) -> Provenance {
        let snapshots = self.material.snapshots();
        let text = |s: &Snapshot| format!("{} .. {} ({} candles, {})", s.first, s.last, s.candles, s.digest);
        let mut ranges: BTreeMap<String, String> =
            snapshots.iter().map(|(name, snapshot)| ((*name).to_string(), text(snapshot))).collect();
        ranges.insert("embargo".into(), format!("{} candles", self.material.embargo));
        let asset = &self.config.instruments[self.material.course.asset.index()];
        Provenance {
            algorithm: self.section.algorithm.name().into(),
            dataset: format!("{} {} {}", asset.name(), asset.interval, snapshots["training"].digest),
            ranges,
            code: format!("onetape {}, {COMPILER}", env!("CARGO_PKG_VERSION")),
            seed: self.config.run.seed,
            hyper_parameters: self.hyper_parameters(),
            parent: self.parent.clone(),
        }
    }

    /// The algorithm's parameters, and those of the section that shape what is learnt.
    fn hyper_parameters(&self) -> BTreeMap<String, String> {
        let section = &self.section;
        let mut all = self.algorithm.parameters.clone();
        let reward = serde_json::to_string(&section.reward).unwrap_or_default();
        let own = [
            ("episodes", section.episodes.to_string()),
            ("episode_candles", section.episode_candles.to_string()),
            ("total_steps", section.total_steps.to_string()),
            ("reward", reward),
            ("reward_scale", section.reward_scale.to_string()),
            ("ruin_pct", section.ruin_pct.to_string()),
            ("clip", section.clip.to_string()),
            ("validate_every", section.validate_every.to_string()),
            ("patience", section.patience.to_string()),
        ];
        all.extend(own.into_iter().map(|(name, value)| (name.to_string(), value)));
        all
    }

    /// Everything that is needed to go on.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let mut checkpoint = self.algorithm.learner.checkpoint(&self.fleet);
        checkpoint.texts.insert(NOTES.into(), serde_json::to_string(&self.notes).unwrap_or_default());
        for (name, tensor) in self.best.iter().flatten() {
            checkpoint.floats.insert(format!("{BEST}{name}"), tensor.values.clone());
        }
        checkpoint
    }

    /// Goes on from a checkpoint of the same run file.
    ///
    /// # Errors
    /// When it is of another training, or damaged.
    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), Failure> {
        self.algorithm.learner.restore(checkpoint, &mut self.fleet).map_err(Failure::failed)?;
        let text = checkpoint.texts.get(NOTES).map_or("", String::as_str);
        self.notes = serde_json::from_str(text)
            .map_err(|e| Failure::Failed(format!("the checkpoint says nothing of the training: {e}")))?;
        let mut best = self.algorithm.learner.policy_weights();
        for (name, tensor) in &mut best {
            if let Some(values) =
                checkpoint.floats.get(&format!("{BEST}{name}")).filter(|v| v.len() == tensor.values.len())
            {
                tensor.values.clone_from(values);
            }
        }
        self.best = self.notes.best.map(|_| best);
        Ok(())
    }
}
