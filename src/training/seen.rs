//! Whether a run trades candles that its policy has learnt from or was chosen by: then its result proves nothing.
use crate::instant::instant_text;
use crate::run_file::{Parameter, RunFile, read_instant};
use crate::setup::Setup;
use engine::Timestamp;
use learning::policy::Policy;

/// Ranges that a policy file records, and what was done with their candles.
const RANGES: [(&str, &str); 2] = [("training", "was trained on"), ("validation", "was chosen by")];

/// What to say about each policy of a run whose window holds candles that it knows from its training.
#[must_use]
pub fn seen_before(run: &RunFile, setup: &Setup) -> Vec<String> {
    let (from, to) = setup.window(run);
    let names: Vec<String> = run.instruments.iter().map(|instrument| instrument.name()).collect();
    let mut said = Vec::new();
    for strategy in &run.strategies {
        let Some(Parameter::Policy(file)) = strategy.parameter("policy") else { continue };
        // One that cannot be read is refused where the strategy is made.
        let Ok(policy) = Policy::load(file.path()) else { continue };
        let provenance = &policy.manifest.provenance;
        if !provenance.dataset.split_whitespace().next().is_some_and(|name| names.iter().any(|known| known == name)) {
            continue;
        }
        for (range, what) in RANGES {
            let Some((first, last)) = provenance.ranges.get(range).and_then(|text| instants(text)) else { continue };
            if from <= last && first < to {
                let (first, last) = (instant_text(from.max(first)), instant_text(to.min(last)));
                said.push(format!(
                    "the policy {what} candles that this run trades ({first} to {last}): there its result proves nothing"
                ));
            }
        }
    }
    said
}

/// The first and the last open of a recorded range: `FIRST .. LAST (candles, digest)`.
fn instants(text: &str) -> Option<(Timestamp, Timestamp)> {
    let (first, rest) = text.split_once(" .. ")?;
    let last = rest.split_whitespace().next()?;
    Some((read_instant(first).ok()?, read_instant(last).ok()?))
}
