//! `[execution]`: the simulated venue.
//!
//! Fees stand here for instruments that name none of their own.
use super::decimal;
use super::error::Complaint;
use super::node::Node;
use super::rate::{self, Bounds};
use super::section::Section;
use super::written::Written;
use engine::sim::{Latency, PathModel};
use rust_decimal::Decimal;

/// The simulated venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionSection {
    /// Where a market order fills.
    pub fill: FillModel,
    /// What is assumed about the path inside a candle.
    pub path: PathModel,
    /// Whether a limit fills when the price only touches it.
    pub touch: bool,
    /// Fee of a fill that takes liquidity, in hundredths of a per cent; [`engine::ledger::Rate`] can hold it.
    pub taker_fee_bps: Decimal,
    /// Fee of a fill that gives liquidity; below zero it is a rebate.
    pub maker_fee_bps: Decimal,
    /// How much worse than the model's a market or stop order's price is.
    pub slippage_bps: Decimal,
    /// Between bid and ask; a market or stop order pays half of it.
    pub spread_bps: Decimal,
    /// Fee of a liquidation.
    pub liquidation_fee_bps: Decimal,
    /// The share of a candle's volume that all fills in it may take, in parts per million.
    pub participation_ppm: Option<i64>,
    /// How long data, commands and reports are on their way.
    pub latency: Latency,
}

/// Where a market order fills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FillModel {
    /// At the open of the next candle.
    #[default]
    NextOpen,
}

impl FillModel {
    /// Every model with the name that the run file uses.
    pub const ALL: [(&'static str, Self); 1] = [("next-open", Self::NextOpen)];

    /// The name in the run file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NextOpen => "next-open",
        }
    }
}

const PARTICIPATION: &str = "per cent of a candle's volume above 0 and up to 100, with at most four decimal places";
const LATENCY: &str = "milliseconds from 0 to 86400000, with at most six decimal places";
/// Decimal places of a latency in milliseconds: nanoseconds.
const LATENCY_PLACES: u32 = 6;

pub(super) fn read(mut section: Section<'_>) -> Option<ExecutionSection> {
    let fill = section.or("fill", FillModel::NextOpen, |node| choice(node, &FillModel::ALL));
    let path = section.or("path", PathModel::default(), |node| choice(node, &PathModel::ALL));
    let touch = section.or("touch", false, Node::switch);
    let taker_fee_bps = section.or("taker_fee_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Fee));
    let maker_fee_bps = section.or("maker_fee_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Fee));
    let slippage_bps = section.or("slippage_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Slippage));
    let spread_bps = section.or("spread_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Slippage));
    let liquidation_fee_bps =
        section.or("liquidation_fee_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Slippage));
    let participation_ppm = section.optional("participation_pct", participation);
    let entry_ns = section.or("latency_ms", 0, latency_ns);
    let feed_ns = section.or("feed_latency_ms", 0, latency_ns);
    let reply_ns = section.or("reply_latency_ms", 0, latency_ns);
    section.close();
    Some(ExecutionSection {
        fill: fill?,
        path: path?,
        touch: touch?,
        taker_fee_bps: taker_fee_bps?,
        maker_fee_bps: maker_fee_bps?,
        slippage_bps: slippage_bps?,
        spread_bps: spread_bps?,
        liquidation_fee_bps: liquidation_fee_bps?,
        participation_ppm: participation_ppm?,
        latency: Latency { feed_ns: feed_ns?, entry_ns: entry_ns?, reply_ns: reply_ns? },
    })
}

/// One of several names.
pub(super) fn choice<T: Copy>(node: &Node, all: &[(&'static str, T)]) -> Result<T, Complaint> {
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let expected = match names.as_slice() {
        [only] => format!("\"{only}\""),
        names => format!("one of: \"{}\"", names.join("\", \"")),
    };
    let text = node.text(&expected)?;
    match all.iter().find(|(name, _)| *name == text) {
        Some((_, value)) => Ok(*value),
        None => {
            let near = super::known::nearest(text, names).map(|name| format!("did you mean \"{name}\"?"));
            Err(node.complain(format!("`{text}` is not among the choices")).expected(expected).hint(near))
        }
    }
}

fn participation(node: &Node) -> Result<i64, Complaint> {
    let percent = node.decimal(PARTICIPATION)?;
    let fits = percent > Decimal::ZERO && percent <= Decimal::ONE_HUNDRED && decimal::places(percent) <= 4;
    fits.then(|| percent * Decimal::from(10_000)).and_then(|ppm| i64::try_from(ppm).ok()).ok_or_else(|| {
        let text = format!("a share of {} % is out of range", decimal::plain(percent));
        node.complain(text).expected(PARTICIPATION)
    })
}

fn latency_ns(node: &Node) -> Result<i64, Complaint> {
    let ms = node.decimal(LATENCY)?;
    let fits = ms >= Decimal::ZERO && ms <= Decimal::from(86_400_000) && decimal::places(ms) <= LATENCY_PLACES;
    fits.then(|| ms * Decimal::from(1_000_000)).and_then(|ns| i64::try_from(ns).ok()).ok_or_else(|| {
        node.complain(format!("a latency of {} ms is out of range", decimal::plain(ms))).expected(LATENCY)
    })
}

pub(super) fn written(execution: &ExecutionSection) -> Written {
    let ms = |ns: i64| decimal::plain(Decimal::new(ns, LATENCY_PLACES));
    Written::new("execution")
        .text("fill", execution.fill.name())
        .text("path", execution.path.name())
        .literal("touch", execution.touch)
        .literal("taker_fee_bps", decimal::plain(execution.taker_fee_bps))
        .literal("maker_fee_bps", decimal::plain(execution.maker_fee_bps))
        .literal("slippage_bps", decimal::plain(execution.slippage_bps))
        .literal("spread_bps", decimal::plain(execution.spread_bps))
        .literal("liquidation_fee_bps", decimal::plain(execution.liquidation_fee_bps))
        .maybe_literal("participation_pct", execution.participation_ppm.map(|ppm| decimal::plain(Decimal::new(ppm, 4))))
        .literal("latency_ms", ms(execution.latency.entry_ns))
        .literal("feed_latency_ms", ms(execution.latency.feed_ns))
        .literal("reply_latency_ms", ms(execution.latency.reply_ns))
}
