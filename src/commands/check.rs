//! `onetape check`: everything that a start would need.
use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::registry::registry;
use crate::run_file::RunFile;
use crate::session_arguments::CheckArguments;
use crate::setup::Setup;
use crate::strategy_setup::Plan;
use crate::{strategy_setup, terminal, trial_record};

/// Runs the command.
pub(super) fn execute(arguments: &CheckArguments, json: bool) -> Result<(), Failure> {
    let it = &arguments.session;
    let flags = it.out.is_some() || it.demo || it.rehearsal || !it.endpoint.is_empty() || it.credentials.is_some();
    match (arguments.live, flags) {
        (true, _) => live(it, json),
        (false, true) => Err(Failure::Usage(
            "--out, --endpoint, --credentials, --demo and --rehearsal go with `check --live`".into(),
        )),
        (false, false) => offline(&it.run, json),
    }
}

#[cfg(feature = "service")]
fn live(arguments: &crate::session_arguments::SessionArguments, json: bool) -> Result<(), Failure> {
    crate::session::preflight(&arguments.run, &super::session::wish(arguments, json)?)
}

#[cfg(not(feature = "service"))]
fn live(_: &crate::session_arguments::SessionArguments, _: bool) -> Result<(), Failure> {
    super::without_service()
}

/// What a backtest needs.
fn offline(arguments: &RunArguments, json: bool) -> Result<(), Failure> {
    let config = RunFile::load(&arguments.run, &arguments.set)?;
    let registry = registry();
    strategy_setup::build(&config, &registry)?;
    let setup = Setup::new(&config)?;
    setup.sources(false)?; // opens every file and finds the window
    trial_record::open()?;
    let warm_ups = Plan::new(&config)?.warm_ups(&registry).map_err(Failure::usage)?;
    let says = |(kind, candles): (String, usize)| format!("{kind}, decides from candle {} on", candles.max(1));
    let mut rows: Vec<(String, String)> =
        warm_ups.into_iter().map(|warm_up| ("strategy".to_string(), says(warm_up))).collect();
    for series in setup.readings.iter().map(|reading| &reading.series) {
        let range = format!("{} to {}", instant_text(series.first_open()), instant_text(series.last_open()));
        rows.push((series.name(), format!("{} candles, {range}", series.rows())));
    }
    setup.warnings.iter().for_each(|text| terminal::say(&format!("warning: {text}")));
    rows.extend(setup.assumptions.iter().map(|a| (a.about.clone(), a.text.clone())));
    if json {
        let facts: serde_json::Map<String, serde_json::Value> = rows.into_iter().map(|(k, v)| (k, v.into())).collect();
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "ready": true, "facts": facts })));
    }
    terminal::print(&format!("{}: ready\n{}", config.run.name, terminal::rows(&rows)))
}
