//! `[evaluation]`: how a run is evaluated.
//!
//! None of it decides anything about an event, so the section does not belong to what binds a run.
use super::data::{CatalogPath, found};
use super::error::Complaint;
use super::instant;
use super::node::Node;
use super::section::Section;
use super::values::{between, count, texts};
use super::written::{Written, list, quoted};
use engine::Timestamp;
use rust_decimal::Decimal;
use std::path::Path;

/// How a run is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationSection {
    /// Axes of the sets of parameters that were to choose from, as `fast=5..24`; none where nothing was chosen.
    pub grid: Vec<String>,
    /// The column that a set is chosen by.
    pub by: String,
    /// The open of the first candle that no choice may have seen; the last third of the days where it is not said.
    pub out_of_sample_from: Option<Timestamp>,
    /// Windows of a walk-forward test.
    pub windows: u32,
    /// Windows that a rolling test trains on; an anchored one begins with as many.
    pub train_windows: u32,
    /// Candles between training and test that belong to neither; the strategy's warm-up where it is not said.
    pub embargo_candles: Option<u32>,
    /// Groups of combinatorial cross-validation.
    pub groups: u32,
    /// Groups of them that are tested on at a time.
    pub test_groups: u32,
    /// Blocks that the probability of backtest overfitting is computed by, an even number.
    pub blocks: u32,
    /// Resamples for intervals.
    pub resamples: u32,
    /// Bootstrap paths.
    pub paths: u32,
    /// Runs with random slippage and latency.
    pub simulations: u32,
    /// The most slippage of such a run, in basis points.
    pub slippage_bps: Decimal,
    /// The longest latency of such a run, in milliseconds.
    pub latency_ms: u32,
    /// Orders of a hundred that come to nothing under stress.
    pub missed_pct: Decimal,
    /// Instants at which the data are cut to look for look-ahead.
    pub cuts: u32,
    /// Times of trouble, as `NAME FROM TO`.
    pub crises: Vec<Crisis>,
    /// The gates; those that the program ships where it is not said.
    pub gates: Option<CatalogPath>,
}

/// A time of trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crisis {
    /// What it is called.
    pub name: String,
    /// From this instant.
    pub from: Timestamp,
    /// Until before this one.
    pub to: Timestamp,
}

/// All keys.
pub(super) const KEYS: [&str; 18] = [
    "grid",
    "by",
    "out_of_sample_from",
    "windows",
    "train_windows",
    "embargo_candles",
    "groups",
    "test_groups",
    "blocks",
    "resamples",
    "paths",
    "simulations",
    "slippage_bps",
    "latency_ms",
    "missed_pct",
    "cuts",
    "crises",
    "gates",
];

/// Falls of whole markets, by their first day and the day after their last.
const CRISES: [(&str, &str, &str); 7] = [
    ("financial-crisis", "2008-09-01", "2009-03-10"),
    ("flash-crash", "2010-05-05", "2010-05-22"),
    ("euro-debt", "2011-07-22", "2011-10-05"),
    ("volmageddon", "2018-01-26", "2018-02-10"),
    ("covid", "2020-02-20", "2020-04-01"),
    ("luna", "2022-05-05", "2022-06-20"),
    ("ftx", "2022-11-05", "2022-11-23"),
];

impl Default for EvaluationSection {
    fn default() -> Self {
        let day = |text: &str| instant::read(text).expect("the list holds days");
        let crisis =
            |(name, from, to): &(&str, &str, &str)| Crisis { name: (*name).into(), from: day(from), to: day(to) };
        Self {
            grid: Vec::new(),
            by: "sharpe".into(),
            out_of_sample_from: None,
            windows: 8,
            train_windows: 3,
            embargo_candles: None,
            groups: 8,
            test_groups: 2,
            blocks: 16,
            resamples: 2_000,
            paths: 10_000,
            simulations: 100,
            slippage_bps: Decimal::TEN,
            latency_ms: 2_000,
            missed_pct: Decimal::TEN,
            cuts: 12,
            crises: CRISES.iter().map(crisis).collect(),
            gates: None,
        }
    }
}

/// Reads the section, which may be absent.
pub(super) fn read(mut section: Section<'_>, base: &Path) -> Option<Option<EvaluationSection>> {
    if section.place().is_none() {
        return Some(None);
    }
    let usual = EvaluationSection::default();
    let grid = section.or("grid", Vec::new(), |node| texts(node, "a list of axes as in [\"fast=5..24\"]"));
    let by = section.or("by", usual.by, |node| node.text("\"sharpe\"").map(str::to_string));
    let out_of_sample_from = section.optional("out_of_sample_from", instant::of);
    let windows = section.or("windows", usual.windows, |node| count(node, 2, 1_000));
    let train_windows = section.or("train_windows", usual.train_windows, |node| count(node, 1, 1_000));
    let embargo_candles = section.optional("embargo_candles", |node| count(node, 0, 1_000_000));
    let groups = section.or("groups", usual.groups, |node| count(node, 3, 100));
    let test_groups = section.or("test_groups", usual.test_groups, |node| count(node, 2, 99));
    let blocks = section.or("blocks", usual.blocks, |node| even(node, 20));
    let resamples = section.or("resamples", usual.resamples, |node| count(node, 100, 1_000_000));
    let paths = section.or("paths", usual.paths, |node| count(node, 100, 100_000));
    let simulations = section.or("simulations", usual.simulations, |node| count(node, 0, 100_000));
    let slippage_bps = section.or("slippage_bps", usual.slippage_bps, |node| between(node, Decimal::ZERO, 1_000));
    let latency_ms = section.or("latency_ms", usual.latency_ms, |node| count(node, 0, 86_400_000));
    let missed_pct = section.or("missed_pct", usual.missed_pct, |node| between(node, Decimal::ZERO, 100));
    let cuts = section.or("cuts", usual.cuts, |node| count(node, 1, 10_000));
    let crises = section.or("crises", usual.crises, crises);
    let gates = section.optional("gates", |node| found(node, base, "a file as in \"gates.toml\""));
    for (key, fewer, more) in [("train_windows", train_windows, windows), ("test_groups", test_groups, groups)] {
        if let (Some(fewer), Some(more)) = (fewer, more)
            && fewer >= more
        {
            let complaint = Complaint::new(section.place_of(key), format!("{fewer} of {more} leave nothing"));
            section.refuse(key, complaint.expected("fewer than there are"));
        }
    }
    section.close();
    Some(Some(EvaluationSection {
        grid: grid?,
        by: by?,
        out_of_sample_from: out_of_sample_from?,
        windows: windows?,
        train_windows: train_windows?,
        embargo_candles: embargo_candles?,
        groups: groups?,
        test_groups: test_groups?,
        blocks: blocks?,
        resamples: resamples?,
        paths: paths?,
        simulations: simulations?,
        slippage_bps: slippage_bps?,
        latency_ms: latency_ms?,
        missed_pct: missed_pct?,
        cuts: cuts?,
        crises: crises?,
        gates: gates?,
    }))
}

fn even(node: &Node, most: u32) -> Result<u32, Complaint> {
    let count = count(node, 2, most)?;
    if count % 2 == 0 {
        return Ok(count);
    }
    Err(node.complain(format!("{count} cannot be halved")).expected(format!("an even number from 2 to {most}")))
}

fn crises(node: &Node) -> Result<Vec<Crisis>, Complaint> {
    const EXPECTED: &str = "a name and two days, as in [\"covid 2020-02-20 2020-04-01\"]";
    let crisis = |text: String| {
        let wrong = |why: String| node.complain(format!("`{text}`: {why}")).expected(EXPECTED);
        let words: Vec<&str> = text.split_whitespace().collect();
        let [name, from, to] = words[..] else { return Err(wrong(format!("{} words", words.len()))) };
        let (from, to) = (instant::read(from).map_err(&wrong)?, instant::read(to).map_err(&wrong)?);
        if from >= to {
            return Err(wrong("it ends before it begins".into()));
        }
        Ok(Crisis { name: name.to_string(), from, to })
    };
    texts(node, EXPECTED)?.into_iter().map(crisis).collect()
}

pub(super) fn written(evaluation: &EvaluationSection) -> Written {
    let crisis = |it: &Crisis| quoted(&format!("{} {} {}", it.name, instant::text(it.from), instant::text(it.to)));
    let path = |path: &CatalogPath| path.path.to_str().expect("checked when the path was read").to_string();
    Written::new("evaluation")
        .literal("grid", list(evaluation.grid.iter().map(|text| quoted(text))))
        .text("by", &evaluation.by)
        .maybe("out_of_sample_from", evaluation.out_of_sample_from.map(instant::text))
        .literal("windows", evaluation.windows)
        .literal("train_windows", evaluation.train_windows)
        .maybe_literal("embargo_candles", evaluation.embargo_candles.map(|count| count.to_string()))
        .literal("groups", evaluation.groups)
        .literal("test_groups", evaluation.test_groups)
        .literal("blocks", evaluation.blocks)
        .literal("resamples", evaluation.resamples)
        .literal("paths", evaluation.paths)
        .literal("simulations", evaluation.simulations)
        .literal("slippage_bps", evaluation.slippage_bps)
        .literal("latency_ms", evaluation.latency_ms)
        .literal("missed_pct", evaluation.missed_pct)
        .literal("cuts", evaluation.cuts)
        .literal("crises", list(evaluation.crises.iter().map(crisis)))
        .maybe("gates", evaluation.gates.as_ref().map(path))
}
