//! `onetape backtest`: runs it, prints a table, writes the folder.
use crate::arguments::RunArguments;
use crate::backtest::{Finished, backtest, counted_sources, digest_text, metrics, summarise, venue_sources};
use crate::failure::Failure;
use crate::output_folder::{ALERTS, OutputFolder, SUMMARY, check_replaceable};
use crate::oversight::Overseen;
use crate::recorder::{Counted, Detail};
use crate::registry::registry;
use crate::run_file::RunFile;
use crate::sensitivity::sensitivity;
use crate::setup::Setup;
use crate::sources::Source;
use crate::{oversight, strategy_setup, tables, tape_header, terminal, trial_record};
use compliance::Watch;
use datasets::FingerprintHandle;
use engine::tape::{CandleRef, CandlesOnTape, DigestOnly, TapeJournal};
use engine::{Journal, Strategy, Timestamp};
use evaluations::tables::{write_equity, write_fills, write_orders, write_round_trips};
use evaluations::tear_sheet::{CandleView, TearSheet, html};
use evaluations::{Curve, Summary};
use operations::FolderSink;
use std::path::{Path, PathBuf};

/// What a backtest was asked for, beside the run file.
pub(super) struct Wish {
    pub(super) out: Option<PathBuf>,
    pub(super) tape: bool,
    pub(super) sensitivity: bool,
    pub(super) watch: bool,
}

/// Runs the command.
pub(super) fn execute(arguments: &RunArguments, wish: Wish, json: bool) -> Result<(), Failure> {
    let Wish { out, tape, .. } = wish;
    let config = RunFile::load(&arguments.run, &arguments.set)?;
    let registry = registry();
    let strategy = strategy_setup::build(&config, &registry)?;
    let setup = Setup::new(&config)?;
    let mut ledger = trial_record::open()?;
    if let Some(out) = &out {
        check_replaceable(out)?;
    }
    let beside = out.clone().unwrap_or_else(|| Path::new("runs").join(&config.run.name));
    let folder = OutputFolder::beside(&beside)?;
    let bar = terminal::progress(setup.readings.iter().map(|r| r.series.rows()).sum(), "candles");
    let watched = wish.watch || config.compliance.as_ref().is_some_and(|told| told.watch);
    let watch = watched.then(|| oversight::watch(&config, &setup)).transpose()?;
    let (mut run, watch) = if tape {
        with_tape(&config, &setup, strategy, watch, (folder.path(), &bar))?
    } else {
        let journal = DigestOnly::default();
        let sources = counted_sources(&setup, false, &bar)?;
        let (run, journal, watch) = overseen(&config, &setup, (strategy, sources), journal, watch)?;
        (Ended { run, digest: journal.digest() }, watch)
    };
    bar.finish_and_clear();
    let (mut summary, curve) = summarise(&config, &setup, &mut run.run, run.digest);
    // Counted before it is shown: the deflated ratio speaks of all trials, this one among them.
    let common = trial_record::common("backtest", &config, &setup);
    ledger.append(&[trial_record::of_run(&summary, &common)]).map_err(Failure::failed)?;
    if let Some(tried) = trial_record::tried(&ledger, &config.strategy_kind())? {
        summary.metrics = metrics(&setup, &curve, &run.run.recorder.trips, Some(tried));
    }
    if wish.sensitivity {
        summary.sensitivity = sensitivity(&config, &setup)?;
    }
    write(&folder, &config, &setup, &run.run, &summary, &curve)?;
    if let Some(watch) = &watch {
        folder.write(ALERTS, &oversight::alerts_text(&config, &setup, watch))?;
    }
    let target = out.unwrap_or_else(|| beside.with_file_name(format!("{}-{}", config.run.name, &summary.digest[..12])));
    folder.publish(&target)?;
    setup.warnings.iter().for_each(|text| terminal::say(&format!("warning: {text}")));
    doubts(&summary).iter().for_each(|text| terminal::say(&format!("warning: {text}")));
    watch.iter().for_each(|watch| say_alerts(watch, &target));
    show(&summary, &target, json)
}

/// A run whose journal is closed.
struct Ended {
    run: Finished<()>,
    digest: [u8; 32],
}

/// Runs it with a tape in `folder`, and nothing else; its digest.
///
/// # Errors
/// As for a backtest.
pub(crate) fn taped(config: &RunFile, setup: &Setup, folder: &Path) -> Result<String, Failure> {
    let strategy = strategy_setup::build(config, &registry())?;
    let (ended, _) = with_tape(config, setup, strategy, None, (folder, &indicatif::ProgressBar::hidden()))?;
    Ok(digest_text(ended.digest))
}

/// Runs it with a tape in `folder/tape`.
fn with_tape<S: Strategy>(
    config: &RunFile,
    setup: &Setup,
    strategy: S,
    watch: Option<Watch>,
    (folder, bar): (&Path, &indicatif::ProgressBar),
) -> Result<(Ended, Option<Watch>), Failure> {
    let sources = counted_sources(setup, true, bar)?;
    let header = tape_header::backtest_header(config, setup)?;
    let sink = FolderSink::create(&folder.join("tape"))?;
    let journal = TapeJournal::new(sink, &header, CandlesOnTape::Referenced);
    let handles: Vec<FingerprintHandle> = sources.iter().map(|s| s.source.fingerprints()).collect();
    let (run, journal, watch) = overseen(config, setup, (strategy, sources), journal, watch)?;
    Ok((seal(run, journal, &handles)?, watch))
}

/// Runs it, with the watch looking on where there is one: a run without it has nothing to ask at each step.
fn overseen<S: Strategy, J: Journal>(
    config: &RunFile,
    setup: &Setup,
    (strategy, sources): (S, Vec<Counted<Source>>),
    journal: J,
    watch: Option<Watch>,
) -> Result<(Finished<()>, J, Option<Watch>), Failure> {
    let sight = venue_sources(setup)?;
    let Some(watch) = watch else {
        let (run, journal) = backtest(config, setup, strategy, sources, sight, journal, Detail::Full)?.split();
        return Ok((run, journal, None));
    };
    let overseen = Overseen::new(journal, watch);
    let (run, overseen) = backtest(config, setup, strategy, sources, sight, overseen, Detail::Full)?.split();
    let (journal, watch) = overseen.split();
    Ok((run, journal, Some(watch)))
}

/// Says how many alerts there are, and what could not be judged.
fn say_alerts(watch: &Watch, target: &Path) {
    let count = watch.book.alerts().len();
    terminal::say(&format!("{count} alerts of the watch: {}", target.join(ALERTS).display()));
    watch
        .refused
        .iter()
        .for_each(|fault| terminal::say(&format!("warning: a step with an alert was not taken: {fault}")));
    if watch.unjudged() > 0 {
        let what = "shares of the volume were not judged: no volume is known, or candles are too long";
        terminal::say(&format!("warning: {} {what}", watch.unjudged()));
    }
}

/// Ends the tape with references to the candles that were read.
fn seal(run: Finished<()>, journal: TapeJournal<FolderSink>, handles: &[FingerprintHandle]) -> Result<Ended, Failure> {
    let references = references(handles);
    let digest = journal.digest();
    journal.seal(&references)?.finish()?;
    Ok(Ended { run, digest })
}

/// The candles that were read, as a tape refers to them.
fn references(handles: &[FingerprintHandle]) -> Vec<CandleRef> {
    let of = |(instrument, handle): (u32, &FingerprintHandle)| {
        let groups = handle.get().cloned().unwrap_or_default();
        groups.into_iter().map(move |group| candle_ref(instrument, &group))
    };
    (0..).zip(handles).flat_map(of).collect()
}

/// A row group as a tape refers to it.
pub(super) fn candle_ref(instrument: u32, group: &datasets::RowGroupRef) -> CandleRef {
    CandleRef {
        instrument,
        file: group.file.clone(),
        row_group: group.row_group,
        first_row: group.first_row,
        rows: group.rows,
        first_open: group.first_open,
        digest: group.digest,
    }
}

fn write(
    folder: &OutputFolder,
    config: &RunFile,
    setup: &Setup,
    run: &Finished<()>,
    summary: &Summary,
    curve: &Curve,
) -> Result<(), Failure> {
    let path = |name: &str| folder.path().join(name);
    let trips = tables::trip_rows(config, run.recorder.trips.closed());
    let candles = shown_candles(config, setup, run);
    let page = || {
        let sheet = TearSheet {
            summary,
            equity: &curve.rows,
            round_trips: &trips,
            candles: candles.as_ref(),
            days: setup.days,
            periods_per_year: setup.periods_per_year,
        };
        folder.write("report.html", &html(&sheet))
    };
    let orders =
        || write_orders(&path("orders.parquet"), tables::order_rows(config, &run.state, &run.recorder.rejected));
    // Page and tables do not depend on each other: whichever core is free takes the next.
    let (page, (orders, (fills, (trips, equity)))) = rayon::join(page, || {
        rayon::join(orders, || {
            rayon::join(
                || write_fills(&path("fills.parquet"), tables::fill_rows(config, &run.state, &run.recorder.fills)),
                || {
                    rayon::join(
                        || write_round_trips(&path("round_trips.parquet"), &trips),
                        || write_equity(&path("equity.parquet"), &curve.rows),
                    )
                },
            )
        })
    });
    page?;
    for table in [orders, fills, trips, equity] {
        table.map_err(Failure::failed)?;
    }
    folder.write("run.toml", &config.resolved())?;
    folder.write(SUMMARY, &summary.json())
}

/// The last candles of the instrument that was traded most.
fn shown_candles(config: &RunFile, setup: &Setup, run: &Finished<()>) -> Option<CandleView> {
    let mut traded = vec![0; setup.instruments.len()];
    for booked in &run.recorder.fills {
        traded[booked.fill.instrument.index()] += 1;
    }
    let most = (0..traded.len()).rev().max_by_key(|index| traded[*index])?;
    let candles = run.recorder.candles.get(most)?.ordered();
    let from = candles.first().map_or(Timestamp::MAX, |candle| candle.open_time);
    let shown = |fill: &engine::Fill| fill.instrument.index() == most && fill.venue_time >= from;
    let own = run.recorder.fills.iter().filter(|booked| shown(&booked.fill));
    Some(CandleView {
        instrument: config.instruments[most].name(),
        price_scale: setup.instruments[most].price_scale,
        fills: tables::fill_rows(config, &run.state, own).collect(),
        fills_of_run: traded[most],
        candles,
    })
}

/// Prints the result: JSON, or a table and where the tear sheet is.
pub(super) fn show(summary: &Summary, target: &Path, json: bool) -> Result<(), Failure> {
    let page = target.join("report.html");
    if json {
        terminal::print(&summary.json())?;
        terminal::say(&format!("tear sheet: {}", page.display()));
        return Ok(());
    }
    terminal::print(&format!("{}\n{}tear sheet: {}\n", summary.name, figures(summary), page.display()))
}

/// What makes a result doubtful at first sight.
fn doubts(summary: &Summary) -> Vec<String> {
    let refused: u64 = summary.refused.values().sum();
    let checks: Vec<String> = summary.refused.iter().map(|(check, n)| format!("{check} {n}")).collect();
    let mut doubts = Vec::new();
    if summary.orders == 0 && refused == 0 {
        doubts.push("no order was sent: the strategy never decided, or its size is below the lot".to_string());
    }
    if refused * 20 > summary.orders + refused {
        let text = "a result that hangs on what was refused says little about the strategy";
        doubts.push(format!(
            "{refused} wishes were refused beside {} orders ({}): {text}",
            summary.orders,
            checks.join(", ")
        ));
    }
    doubts
}

/// The figures that fit a screen.
fn figures(summary: &Summary) -> String {
    let currency = &summary.currency;
    let number = |name: &str, scale: f64, unit: &str| {
        let value = summary.metric(name);
        value.map_or_else(|| "-".to_string(), |v| format!("{:.2}{unit}", v * scale))
    };
    let refused: u64 = summary.refused.values().sum();
    let rows = [
        ("period", format!("{} to {}", &summary.from, &summary.to)),
        ("bars", summary.bars.to_string()),
        ("orders", summary.orders.to_string()),
        ("fills", summary.fills.to_string()),
        ("round trips", summary.round_trips.to_string()),
        ("won", summary.wins.to_string()),
        ("refused", refused.to_string()),
        ("unfilled at end", summary.unfilled_at_end.to_string()),
        ("fees", format!("{} {currency}", summary.fees)),
        ("final equity", format!("{} {currency}", summary.final_equity)),
        ("max drawdown", format!("{} {currency}", summary.max_drawdown)),
        ("total return", number("total_return", 100.0, " %")),
        ("CAGR", number("cagr", 100.0, " %")),
        ("Sharpe", number("sharpe", 1.0, "")),
        ("Sortino", number("sortino", 1.0, "")),
        ("exposure", number("exposure", 100.0, " %")),
        ("digest", summary.digest[..12].to_string()),
    ];
    terminal::rows(&rows.map(|(name, value)| (name.to_string(), value)))
}
