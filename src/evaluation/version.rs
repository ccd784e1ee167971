//! What exactly was evaluated: code, strategy, parameters, policy, data, everything else of the run file, and the gates.
use crate::failure::Failure;
use crate::policies::Policies;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::snapshot::Snapshot;
use crate::sources::load;
use crate::tape_header::{COMPILER, file_digest};
use evaluations::evidence::{Part, PartDigest, Version};
use evaluations::gates::Gates;

/// The version that a run file describes, with the program that runs it now.
///
/// The data are what the candles of the run's window hold, however they are filed. What only a backtest or only a session reads, such
/// as how an evaluation is done, is no part of it.
///
/// # Errors
/// When the candles, a policy, the gates or the program itself cannot be read.
pub fn version(run: &RunFile, gates: &Gates) -> Result<Version, Failure> {
    let setup = Setup::new(run)?;
    let mut candles = Vec::new();
    for (section, reading) in run.instruments.iter().zip(&setup.readings) {
        let snapshot = Snapshot::new(&load(reading)?);
        candles.push((section.name(), snapshot));
    }
    version_of(run, gates, &candles)
}

/// The same of candles that are loaded already.
///
/// # Errors
/// As for [`version`].
pub fn version_of(run: &RunFile, gates: &Gates, candles: &[(String, Snapshot)]) -> Result<Version, Failure> {
    let binding = run.binding();
    let (strategy, rest) = split(&binding);
    let parameters = crate::backtest::parameter_texts(run);
    let shown: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let data: Vec<String> = candles
        .iter()
        .map(|(name, it)| format!("{name} {} .. {} ({} candles, {})", it.first, it.last, it.candles, &it.digest))
        .collect();
    let short: Vec<String> = candles
        .iter()
        .map(|(name, it)| format!("{name} {} .. {} ({} candles, {})", it.first, it.last, it.candles, &it.digest[..12]))
        .collect();
    let policies = Policies::of(run);
    let code = code()?;
    let mut parts = vec![
        (Part::Code, code),
        (Part::Strategy, PartDigest::of(run.strategy_kind().as_bytes(), run.strategy_kind())),
        (Part::Parameters, PartDigest::of(strategy.as_bytes(), shown.join(" "))),
        (Part::Data, PartDigest::of(data.join("\n").as_bytes(), short.join("; "))),
        (Part::Run, PartDigest::of(rest.as_bytes(), "instruments, account, execution and limits")),
        gates.part("gates.toml"),
    ];
    if !policies.0.is_empty() {
        parts.push((Part::Policy, PartDigest::of(policies.digests().as_bytes(), policies.digests())));
    }
    Ok(Version { name: run.run.name.clone(), parts: parts.into_iter().collect() })
}

/// The program, byte for byte: whatever was built otherwise is another.
fn code() -> Result<PartDigest, Failure> {
    let path = std::env::current_exe().map_err(|e| Failure::Failed(format!("cannot find this program's file: {e}")))?;
    let digest = file_digest(&path)?;
    let shown = format!("onetape {}, {COMPILER}, program {}", env!("CARGO_PKG_VERSION"), &digest[..12]);
    Ok(PartDigest { digest, shown })
}

/// The sections of strategies, and all others.
fn split(binding: &str) -> (String, String) {
    let (mut strategies, mut rest, mut inside) = (String::new(), String::new(), false);
    for line in binding.lines() {
        if line.starts_with('[') {
            inside = line.starts_with("[strategy]") || line.starts_with("[[strategies]]");
        }
        let into = if inside { &mut strategies } else { &mut rest };
        into.push_str(line);
        into.push('\n');
    }
    (strategies, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_told_from_everything_else() {
        let binding = "[run]\nseed = 1\n\n[strategy]\nkind = \"a\"\nfast = 2\n\n[execution]\nfill = \"next-open\"\n";
        let (strategies, rest) = split(binding);
        assert_eq!(strategies, "[strategy]\nkind = \"a\"\nfast = 2\n\n");
        assert_eq!(rest, "[run]\nseed = 1\n\n[execution]\nfill = \"next-open\"\n");
    }
}
