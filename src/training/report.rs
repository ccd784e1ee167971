//! The files of a training: policy, curves, report, summary.
use super::judge::Verdict;
use super::trainer::Trainer;
use crate::failure::Failure;
use crate::run_file::RunFile;
use evaluations::tear_sheet::{TrainingSheet, training_html};
use evaluations::{TrainingRow, write_training};
use learning::policy::Policy;
use std::path::Path;

/// The name of the summary; it makes a folder one of a training.
pub const SUMMARY: &str = "training.json";
/// The name of the policy in the folder.
pub const POLICY: &str = "best.policy";

/// A training that ended.
pub struct Trained {
    /// The best policy.
    pub policy: Policy,
    /// Its digest.
    pub digest: String,
    /// What it is worth on the validation range.
    pub verdict: Verdict,
    /// What holding is worth there.
    pub holding: Verdict,
    /// Why training ended.
    pub end: String,
}

impl Trained {
    /// Sums a training up.
    ///
    /// # Errors
    /// When the policy cannot be judged.
    pub fn new(trainer: &Trainer) -> Result<Self, Failure> {
        let policy = trainer.policy()?;
        let digest = policy.digest().map_err(Failure::failed)?;
        let (verdict, holding) = (trainer.verdict()?, trainer.judge().holding()?);
        Ok(Self { policy, digest, verdict, holding, end: trainer.end().unwrap_or("stopped").to_string() })
    }

    /// As one JSON object.
    #[must_use]
    pub fn json(&self, config: &RunFile, trainer: &Trainer) -> serde_json::Value {
        let figures = |verdict: &Verdict| {
            serde_json::json!({
                "sharpe": verdict.sharpe,
                "log_return": verdict.log_return,
                "max_drawdown": verdict.max_drawdown,
                "changes": verdict.changes,
            })
        };
        let provenance = &self.policy.manifest.provenance;
        serde_json::json!({
            "name": config.run.name,
            "digest": self.digest,
            "algorithm": provenance.algorithm,
            "seed": config.run.seed,
            "steps": trainer.steps(),
            "best_iteration": trainer.best_iteration(),
            "end": self.end,
            "validation": figures(&self.verdict),
            "validation_holding": figures(&self.holding),
            "ranges": provenance.ranges,
            "dataset": provenance.dataset,
            "parent": provenance.parent,
            "hyper_parameters": provenance.hyper_parameters,
        })
    }

    /// Writes everything into a folder.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, folder: &Path, config: &RunFile, trainer: &Trainer) -> Result<(), Failure> {
        self.policy.save(&folder.join(POLICY)).map_err(Failure::failed)?;
        write_training(&folder.join("training.parquet"), &trainer.rows()).map_err(Failure::failed)?;
        let text = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(|e| Failure::Failed(format!("cannot write {}: {e}", path.display())))
        };
        text("run.toml", &config.resolved())?;
        text("report.html", &self.html(config, trainer))?;
        text(SUMMARY, &format!("{:#}\n", self.json(config, trainer)))
    }

    fn html(&self, config: &RunFile, trainer: &Trainer) -> String {
        let provenance = &self.policy.manifest.provenance;
        let rows = trainer.rows();
        let facts = [
            provenance.algorithm.clone(),
            format!("policy {}", &self.digest[..12]),
            format!("seed {}", provenance.seed),
            provenance.dataset.split_whitespace().take(2).collect::<Vec<_>>().join(" "),
        ];
        let pairs = |map: &std::collections::BTreeMap<String, String>| map.clone().into_iter().collect::<Vec<_>>();
        let manifest = &self.policy.manifest;
        let sees = manifest.features.iter().map(|f| (f.clone(), String::new())).collect();
        let tables = [
            ("Ranges".to_string(), pairs(&provenance.ranges)),
            (format!("What it sees (feature set {})", manifest.feature_set), sees),
            ("Hyper-parameters".to_string(), pairs(&provenance.hyper_parameters)),
        ];
        training_html(&TrainingSheet {
            name: &config.run.name,
            facts: &facts,
            cards: &self.cards(trainer, &rows),
            rows: &rows,
            policy: &self.verdict.equity,
            holding: &self.holding.equity,
            tables: &tables,
        })
    }

    /// Name, value, note, and the number whose sign colours it.
    fn cards(&self, trainer: &Trainer, rows: &[TrainingRow]) -> [(String, String, String, f64); 6] {
        let episode = rows.iter().rev().find_map(|row| row.figures.get("episode_return")).copied();
        let card = |name: &str, value: String, note: String, sign: f64| (name.to_string(), value, note, sign);
        let percent = |log_return: f64| format!("{:.1} %", (engine::math::exp(log_return) - 1.0) * 100.0);
        let held = &self.holding;
        [
            card(
                "Validation",
                percent(self.verdict.log_return),
                format!("holding: {}", percent(held.log_return)),
                self.verdict.log_return,
            ),
            card(
                "Sharpe",
                format!("{:.2}", self.verdict.sharpe),
                format!("annual; holding: {:.2}", held.sharpe),
                self.verdict.sharpe,
            ),
            card(
                "Drawdown",
                format!("{:.1} %", self.verdict.max_drawdown * 100.0),
                format!("holding: {:.1} %", held.max_drawdown * 100.0),
                -1.0,
            ),
            card("Changes", self.verdict.changes.to_string(), "of exposure, on the validation range".into(), 0.0),
            card(
                "Steps",
                trainer.steps().to_string(),
                format!("{}; best at iteration {}", self.end, trainer.best_iteration()),
                0.0,
            ),
            card(
                "Episode",
                episode.map_or_else(|| "\u{2013}".into(), |e| format!("{e:.2}")),
                "last return of an episode".into(),
                episode.unwrap_or(0.0),
            ),
        ]
    }
}
