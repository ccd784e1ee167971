//! `onetape report`: the tear sheet again, from the files of a run.
use crate::failure::Failure;
use crate::output_folder::SUMMARY;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::terminal;
use engine::{Candle, CandleSource, Timestamp};
use evaluations::Summary;
use evaluations::metrics::daily::Days;
use evaluations::tables::{FillRow, read_equity, read_fills, read_round_trips};
use evaluations::tear_sheet::{CandleView, TearSheet, html};
use std::collections::VecDeque;
use std::fs;
use std::path::Path;

/// Candles shown.
const CANDLES_SHOWN: usize = 240;

/// Runs the command.
pub(super) fn execute(dir: &Path, json: bool) -> Result<(), Failure> {
    if !dir.join(SUMMARY).is_file() {
        return Err(Failure::Usage(format!("{} is no run: expected a folder with {SUMMARY}", dir.display())));
    }
    if dir.join("results.parquet").is_file() {
        return Err(Failure::Usage(format!(
            "{} is a sweep: its sheet is made of the runs, which are not kept; sweep again",
            dir.display()
        )));
    }
    let summary = Summary::read(&dir.join(SUMMARY)).map_err(Failure::failed)?;
    let equity = read_equity(&dir.join("equity.parquet")).map_err(Failure::failed)?;
    let fills = read_fills(&dir.join("fills.parquet")).map_err(Failure::failed)?;
    let round_trips = read_round_trips(&dir.join("round_trips.parquet")).map_err(Failure::failed)?;
    let candles = candles(dir, &fills).inspect_err(|error| terminal::say(&format!("without candles: {error}"))).ok();
    let periods = summary.metrics.get("sharpe").and_then(|m| m.periods_per_year).unwrap_or(365.0);
    let days = if periods < 365.0 { Days::Marked } else { Days::Every };
    let sheet = TearSheet {
        summary: &summary,
        equity: &equity,
        round_trips: &round_trips,
        candles: candles.as_ref(),
        days,
        periods_per_year: periods,
    };
    let (page, aside) = (dir.join("report.html"), dir.join(".report.html.unfinished"));
    let written = fs::write(&aside, html(&sheet)).and_then(|()| fs::rename(&aside, &page));
    written.map_err(|e| Failure::Failed(format!("cannot write {}: {e}", page.display())))?;
    if json {
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "report": page.display().to_string() })));
    }
    terminal::print(&format!("tear sheet: {}\n", page.display()))
}

/// The last candles of the instrument with the most fills, read again from the catalog.
fn candles(dir: &Path, fills: &[FillRow]) -> Result<CandleView, Failure> {
    let config = RunFile::load(&dir.join("run.toml"), &[])?;
    let setup = Setup::new(&config)?;
    let traded = |name: &str| fills.iter().filter(|fill| &*fill.instrument == name).count();
    let most = (0..config.instruments.len()).rev().max_by_key(|i| traded(&config.instruments[*i].name()));
    let most = most.ok_or_else(|| Failure::Failed("the run has no instruments".into()))?;
    let mut source = setup.sources(false)?.swap_remove(most);
    let mut last = VecDeque::with_capacity(CANDLES_SHOWN + 1);
    while source.advance()? {
        for candle in source.block() {
            if last.len() == CANDLES_SHOWN {
                last.pop_front();
            }
            last.push_back(*candle);
        }
    }
    let (instrument, price_scale) = (config.instruments[most].name(), setup.instruments[most].price_scale);
    let candles: Vec<Candle> = last.into();
    let from = candles.first().map_or(Timestamp::MAX, |candle| candle.open_time);
    let own = fills.iter().filter(|fill| fill.time >= from && *fill.instrument == *instrument);
    let (fills, fills_of_run) = (own.cloned().collect(), traded(&instrument));
    Ok(CandleView { instrument, price_scale, candles, fills, fills_of_run })
}
