//! The header of a run's tape: what the run was, without a path, a host or a wall time.
use crate::failure::Failure;
use crate::policies::Policies;
use crate::run_file::RunFile;
use crate::setup::Setup;
use engine::tape::Header;
use learning::platform;
use learning::policy_strategy::RuntimeKind;
use std::io::Read;

/// The compiler that built this program, as `rustc --version` says.
pub const COMPILER: &str = env!("ONETAPE_COMPILER");

/// The fact that says what computes the policies.
pub const RUNTIME: &str = "policy.runtime";

/// The fact that says which libtorch they were computed by; it is missing where none was used.
pub const LIBTORCH: &str = "libtorch";

/// The fact that says on which processor.
pub const CPU: &str = "cpu";

/// The fact that names the promotion record that a session runs under; it is missing where it runs under none.
pub const RECORD: &str = "promotion.record";

/// The fact that names the stage of that record.
pub const STAGE: &str = "promotion.stage";

/// The digest of everything in the run file that affects a decision.
#[must_use]
pub fn config_digest(run: &RunFile) -> String {
    blake3::hash(run.binding().as_bytes()).to_hex().to_string()
}

/// The run's id: client order ids are this and a counter. A backtest's follows from its configuration, so that two
/// tapes of one run are the same.
#[must_use]
pub fn run_id(run: &RunFile) -> String {
    config_digest(run)[..16].to_string()
}

/// The header of a backtest.
///
/// # Errors
/// When a candle file cannot be read.
pub fn backtest_header(run: &RunFile, setup: &Setup) -> Result<Header, Failure> {
    let mut header = common(run, setup, "backtest", &run_id(run));
    for (index, series) in setup.readings.iter().map(|reading| &reading.series).enumerate() {
        for (part, file) in series.files().iter().enumerate() {
            let digest = file_digest(&file.path)?;
            header.set(&format!("dataset.{index}.{part}"), format!("{} {digest}", file.relative));
        }
    }
    for (name, facts) in detail_files(setup)? {
        header.set(&name, facts);
    }
    Ok(header)
}

/// The header of a session; its id was drawn at its first start.
#[must_use]
pub fn session_header(run: &RunFile, setup: &Setup, mode: &str, run_id: &str) -> Header {
    common(run, setup, mode, run_id)
}

fn common(run: &RunFile, setup: &Setup, mode: &str, run_id: &str) -> Header {
    let mut header = Header::default();
    header.set("mode", mode);
    header.set("name", run.run.name.clone());
    header.set("onetape", env!("CARGO_PKG_VERSION"));
    header.set("compiler", COMPILER);
    header.set("config", run.binding());
    header.set("config.digest", config_digest(run));
    header.set("run.id", run_id);
    header.set("seed", run.run.seed.to_string());
    header.set("strategy", run.strategy_kind());
    set_policies(&mut header, run);
    for (index, instrument) in setup.instruments.iter().enumerate() {
        let facts =
            format!("{} {} {} {}", instrument.name, instrument.quote, instrument.price_scale, instrument.qty_scale);
        header.set(&format!("instrument.{index}"), facts);
    }
    header
}

/// Which policies decide, and what their numbers depend on.
fn set_policies(header: &mut Header, run: &RunFile) {
    let policies = Policies::of(run);
    header.set("policy", policies.digests());
    if !policies.0.is_empty() {
        header.set(RUNTIME, policies.runtimes());
    }
    if policies.uses(RuntimeKind::Torch)
        && let Some(here) = platform::here()
    {
        header.set(LIBTORCH, here.libtorch);
        header.set(CPU, here.cpu);
    }
}

/// The files of candles and ticks that only the venue sees, under the names that a header gives them: `detail.N.PART`. None where
/// an instrument's orders meet the candles that the core sees.
///
/// # Errors
/// When a candle file cannot be read.
pub fn detail_files(setup: &Setup) -> Result<Vec<(String, String)>, Failure> {
    let mut named = Vec::new();
    for (index, detail) in setup.detail.iter().flatten().enumerate() {
        if detail.series == setup.readings[index].series {
            continue;
        }
        for (part, file) in detail.series.files().iter().enumerate() {
            let digest = file_digest(&file.path)?;
            named.push((format!("detail.{index}.{part}"), format!("{} {digest}", file.relative)));
        }
    }
    for (index, ticks) in setup.ticks.iter().enumerate() {
        for (part, file) in ticks.iter().flat_map(|ticks| ticks.series.files()).enumerate() {
            let digest = file_digest(&file.path)?;
            named.push((format!("detail.{index}.{part}"), format!("{} {digest}", file.relative)));
        }
    }
    Ok(named)
}

/// blake3 of a file, in hexadecimal digits.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn file_digest(path: &std::path::Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::Failed(format!("cannot read {}: {error}", path.display()));
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let (mut hasher, mut chunk) = (blake3::Hasher::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut chunk).map_err(unreadable)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            n => hasher.update(&chunk[..n]),
        };
    }
}
