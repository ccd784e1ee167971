//! A session against the expectation of its own evidence.
use super::figures::files;
use super::session::SessionSeen;
use crate::failure::Failure;
use evaluations::evidence::{Evidence, Kind};
use evaluations::registry::{Act, Registry};
use evaluations::statistics::SampleError;
use evaluations::watch::{Bins, Conditions, Expectation, ExpectationSettings, Observed, Share, Signal, Spread, assess};
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Bootstrap paths of the cone.
const PATHS: usize = 10_000;
/// Days of the cone.
const DAYS: usize = 365;

/// What the evidence behind a record leads to expect: daily returns where nothing was chosen on them, round trips a day, and the
/// slippage and fills of the session that the record was promoted on, where it was on one.
///
/// # Errors
/// When the evidence is missing or was changed.
pub fn expectation(registry: &Registry, record: &str, seed: u64) -> Result<Expectation, Failure> {
    let act = registry.find(record).map(|it| it.body.act.clone());
    let act = act.ok_or_else(|| {
        Failure::No(format!(
            "the registry has no record {record}: it is not the one that the session ran under, or an older copy"
        ))
    })?;
    let (act, part) = judged(registry, &act);
    let folders: Vec<PathBuf> = registry.evidence_of(&act).collect();
    let (mut returns, mut round_trips, mut slippage, mut fills) = (Vec::new(), None, None, None);
    let mut features = BTreeMap::new();
    for folder in &folders {
        let evidence = Evidence::read(folder).map_err(|error| Failure::No(error.to_string()))?;
        if evidence.kind == Kind::Evaluation {
            returns = daily(folder)?.into_iter().map(|it| it * part).collect();
            round_trips = trips_a_day(&evidence, returns.len() as u64);
            features = features_of(&evidence, folder)?;
        } else {
            let figure = |name: &str| evidence.figures.get(name);
            let told = figure("slippage_bps").and_then(|it| Some((it.value?, it.n)));
            slippage = told.map(|(mean, n)| Spread { mean, deviation: 0.0, n });
            let orders = figure("rejected_share").map_or(0, |it| it.n);
            fills = (orders > 0)
                .then(|| Share { some: figure("slippage_bps").map_or(0, |it| it.n).min(orders), all: orders });
        }
    }
    if returns.is_empty() {
        return Err(Failure::No(format!("no evaluation stands behind record {record}: nothing is expected")));
    }
    let settings = ExpectationSettings { paths: PATHS, days: DAYS, mean_length: None, seed };
    let expected = Expectation::of_returns(returns, settings).map_err(|error| Failure::No(error.to_string()))?;
    Ok(Expectation { round_trips, slippage_bps: slippage, fills, features, ..expected })
}

/// The promotion that a record rests on, and the part of its size that the version trades with: a version that was rolled back to rests on
/// the evidence that it was promoted on before.
fn judged(registry: &Registry, act: &Act) -> (Act, f64) {
    let part = match act {
        Act::Promote { terms, .. } | Act::Rollback { terms, .. } => terms.as_ref().map_or(1.0, |terms| {
            let percent = terms.allocation_pct.to_f64().unwrap_or(100.0);
            percent / 100.0
        }),
        _ => 1.0,
    };
    let Act::Rollback { of, to, .. } = act else { return (act.clone(), part) };
    let promoted = registry.history(&of.line).rev().map(|(record, _)| &record.body.act);
    let before = promoted
        .into_iter()
        .find(|it| matches!(it, Act::Promote { of: other, to: there, .. } if other == of && there == to));
    (before.unwrap_or(act).clone(), part)
}

/// The daily returns of an evaluation.
fn daily(folder: &Path) -> Result<Vec<f64>, Failure> {
    let path = folder.join("bootstrap.json");
    let wrong = |what: String| Failure::No(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let returns = value["returns"].as_array().ok_or_else(|| wrong("it holds no returns".into()))?;
    Ok(returns.iter().filter_map(Value::as_f64).collect())
}

/// How features were distributed in an evaluation; nothing in one that was made before they were looked at.
fn features_of(evidence: &Evidence, folder: &Path) -> Result<BTreeMap<String, Bins>, Failure> {
    if !evidence.files.contains_key(files::FEATURES) {
        return Ok(BTreeMap::new());
    }
    let path = folder.join(files::FEATURES);
    let wrong = |what: String| Failure::No(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// Round trips a day, as if they came by chance: their variance is their mean.
fn trips_a_day(evidence: &Evidence, days: u64) -> Option<Spread> {
    let trips = evidence.figures.get("round_trips")?.value?;
    let mean = trips / days.max(1) as f64;
    Some(Spread { mean, deviation: mean.sqrt(), n: days })
}

/// Holds a session against what is expected of it.
///
/// # Errors
/// When a condition is out of its range.
pub fn watched(
    seen: &SessionSeen,
    expected: &Expectation,
    conditions: &Conditions,
) -> Result<Vec<Signal>, SampleError> {
    let days = seen.returns.len() as u64;
    let mean = seen.round_trips as f64 / days.max(1) as f64;
    let observed = Observed {
        returns: seen.returns.clone(),
        round_trips: (days > 0).then(|| Spread { mean, deviation: mean.sqrt(), n: days }),
        slippage_bps: seen.slippage_bps.map(|mean| Spread { mean, deviation: 0.0, n: seen.fills }),
        fills: (seen.orders > 0).then(|| Share { some: seen.fills.min(seen.orders), all: seen.orders }),
        features: expected
            .features
            .iter()
            .filter_map(|(name, bins)| Some((name.clone(), bins.count(&seen.features.get(name)?.concat()))))
            .collect(),
    };
    assess(expected, &observed, conditions)
}
