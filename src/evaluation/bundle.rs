//! The evidence of an evaluation as files: one for each kind of finding, and the evidence that names them all.
use super::figures::files;
use super::found::{Found, Made};
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::output_folder::OutputFolder;
use crate::shared_run::SharedRun;
use evaluations::causality::Difference;
use evaluations::statistics::intervals::Interval;
use evaluations::sweep::{SweepRow, write_results};
use serde_json::{Value, json};

/// Writes every file but the evidence itself.
///
/// # Errors
/// When the disk refuses.
pub fn write_files(folder: &OutputFolder, run: &SharedRun, found: &Found) -> Result<(), Failure> {
    let put = |name: &str, value: &Value| folder.write(name, &format!("{value:#}\n"));
    folder.write("run.toml", &run.config.resolved())?;
    folder.write(files::SUMMARY, &found.base.summary.json())?;
    put(files::WALKS, &made_all(&found.walks))?;
    put(files::CROSS, &made(&found.cross, |it| json!(it)))?;
    put(files::LUCK, &luck(found))?;
    put(files::BOOTSTRAP, &bootstrap(found))?;
    put(files::SIMULATIONS, &json!(found.simulated))?;
    put(files::STRESS, &stress(found))?;
    put(files::HONESTY, &honesty(found))?;
    // Some numbers for each day and feature: one line.
    folder.write(files::FEATURES, &format!("{}\n", json!(found.features)))?;
    let rows: Vec<SweepRow> = found
        .matrix
        .sets
        .iter()
        .map(|set| SweepRow { parameters: set.parameters.clone(), summary: set.ran.summary.clone() })
        .collect();
    write_results(&folder.path().join(files::TRIALS), &rows).map_err(Failure::failed)
}

fn made<T>(made: &Made<T>, of: impl Fn(&T) -> Value) -> Value {
    match made {
        Ok(found) => of(found),
        Err(why) => json!({ "not_found": why }),
    }
}

fn made_all<T: serde::Serialize>(all: &[Made<T>]) -> Value {
    Value::Array(all.iter().map(|one| made(one, |it| json!(it))).collect())
}

fn luck(found: &Found) -> Value {
    let overfitting = made(&found.luck.overfitting, |it| {
        let split = |one: &evaluations::statistics::overfitting::Chosen| {
            json!([one.trial, one.in_sample, one.out_of_sample, one.logit])
        };
        json!({
            "probability": it.probability,
            "probability_of_loss": it.probability_of_loss,
            "slope": it.degradation.map(|line| line.slope),
            "dominates": { "first_order": it.dominance.first_order, "second_order": it.dominance.second_order },
            "trials": it.trials, "rows": it.rows, "rows_dropped": it.rows_dropped,
            "splits": { "columns": ["trial", "in_sample", "out_of_sample", "logit"], "rows": it.splits.iter().map(split).collect::<Vec<_>>() },
        })
    });
    let superior = made(&found.luck.superior, |it| {
        json!({
            "spa": { "lower": it.spa.lower, "consistent": it.spa.consistent, "upper": it.spa.upper },
            "reality_check": it.reality_check, "statistic": it.statistic, "best": it.best,
            "strategies": it.strategies, "still": it.still, "resamples": it.resamples,
        })
    });
    let failures: Vec<Value> =
        found.matrix.failures.iter().map(|(set, why)| json!({ "set": set, "why": why })).collect();
    json!({ "overfitting": overfitting, "superior": superior, "sets": found.matrix.sets.len(), "not_run": failures })
}

fn bootstrap(found: &Found) -> Value {
    let ends = |it: &Interval| json!({ "value": it.value, "lower": it.lower, "upper": it.upper, "error": it.error, "undefined": it.undefined });
    let intervals = made(&found.luck.intervals, |it| {
        let by_name: serde_json::Map<String, Value> =
            it.by_name.iter().map(|(name, interval)| (name.clone(), ends(interval))).collect();
        json!({ "level": it.settings.level, "resamples": it.settings.resamples, "mean_block_days": it.mean_length, "n": it.n, "by_name": by_name })
    });
    let paths = made(&found.luck.paths, |it| {
        let quantiles =
            |of: fn(&evaluations::statistics::paths::PathOutcome) -> f64| [0.05, 0.5, 0.95].map(|p| it.quantile(of, p));
        json!({
            "paths": it.outcomes.len(), "probability_of_loss": it.probability_of_loss(),
            "terminal": quantiles(|path| path.terminal),
            "max_drawdown": quantiles(|path| path.max_drawdown),
            "longest_under_days": quantiles(|path| path.longest_under as f64),
            "growth": cone(&it.growth), "drawdown": cone(&it.drawdown), "deepest": cone(&it.deepest),
        })
    });
    let shuffled = made(&found.shuffled, |it| {
        json!({
            "orders": it.paths.len(), "exact": it.exact, "original_max_drawdown": it.original.max_drawdown,
            "share_no_deeper": it.share_no_deeper, "share_no_longer": it.share_no_longer,
            "mean_max_drawdown": it.mean_drawdown, "quantiles": it.drawdown_quantiles,
        })
    });
    json!({ "intervals": intervals, "paths": paths, "shuffled": shuffled, "returns": found.base.returns, "first_day": found.days.numbers.first() })
}

fn cone(cone: &evaluations::statistics::paths::Cone) -> Value {
    json!({ "days": cone.days, "levels": cone.levels, "bands": cone.bands })
}

fn stress(found: &Found) -> Value {
    let neighbours = &found.neighbours;
    let scores: Vec<Value> =
        neighbours.rows.iter().map(|(it, score)| json!({ "set": it.parameters, "score": score })).collect();
    let around = &neighbours.figures;
    json!({
        "conditions": found.stress, "crises": found.crises, "regimes": found.regimes,
        "cost_break_even_bps": found.break_even_bps,
        "neighbourhood": { "shape": around.shape.name(), "ratio": around.ratio, "median": around.median, "worst": around.worst, "scores": scores },
    })
}

fn honesty(found: &Found) -> Value {
    let words = |it: &Difference| {
        let side = |one: &Option<evaluations::causality::Decision>| {
            one.as_ref().map(|it| format!("{}: {}", instant_text(it.at), it.what))
        };
        json!({ "number": it.number, "whole": side(&it.whole), "other": side(&it.other) })
    };
    let seen = &found.causality;
    let cuts: Vec<Value> = seen
        .cuts
        .iter()
        .map(|it| json!({ "at": instant_text(it.cut.at), "kind": it.cut.kind, "compared": it.compared, "first": it.first.as_ref().map(words) }))
        .collect();
    let warm = &found.warm_up;
    let rows: Vec<Value> = warm
        .rows
        .iter()
        .map(|it| json!({ "candles": it.candles, "same": it.same, "first": it.first.as_ref().map(words) }))
        .collect();
    json!({
        "causality": { "holds": seen.holds(), "decisions": seen.decisions, "cuts": cuts },
        "warm_up": { "holds": warm.holds(), "loaded": warm.loaded, "longest": warm.longest, "starts": warm.starts, "decisions": warm.decisions, "enough": warm.enough(), "rows": rows },
        "determinism": found.determinism, "data": found.data, "embargo_candles": found.embargo,
    })
}
