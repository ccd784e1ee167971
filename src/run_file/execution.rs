//! `[execution]`: the simulated venue.
//!
//! Fees stand here for instruments that name none of their own.
use super::costs::{self, Charges, FeeTier, ImpactSetting};
use super::decimal;
use super::delay;
use super::error::Complaint;
use super::node::Node;
use super::rate::{self, Bounds};
use super::section::Section;
use super::written::Written;
use engine::sim::{Delay, Latency, PathModel, Queue};
use rust_decimal::Decimal;

/// The simulated venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionSection {
    /// Where a market order fills.
    pub fill: FillModel,
    /// What is assumed about the path inside a candle.
    pub path: PathModel,
    /// When a limit that waits is filled; `touch = true` is [`Queue::Touch`].
    pub queue: Queue,
    /// Fee of a fill that takes liquidity, in hundredths of a per cent; [`engine::ledger::Rate`] can hold it.
    pub taker_fee_bps: Decimal,
    /// Fee of a fill that gives liquidity; below zero it is a rebate.
    pub maker_fee_bps: Decimal,
    /// What the account has to have traded for other rates; they stand in the place of the two.
    pub fee_tiers: Vec<FeeTier>,
    /// Fees that are amounts.
    pub charges: Charges,
    /// How much worse than the model's the price of what takes liquidity is.
    pub slippage_bps: Decimal,
    /// Between bid and ask; what takes liquidity pays half of it.
    pub spread_bps: Decimal,
    /// What size adds to that.
    pub impact: Option<ImpactSetting>,
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

pub(super) fn read(mut section: Section<'_>) -> Option<ExecutionSection> {
    let fill = section.or("fill", FillModel::NextOpen, |node| choice(node, &FillModel::ALL));
    let path = section.or("path", PathModel::default(), |node| choice(node, &PathModel::ALL));
    let queue = queue(&mut section);
    let taker_fee_bps = section.or("taker_fee_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Fee));
    let maker_fee_bps = section.or("maker_fee_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Fee));
    let fee_tiers = costs::tiers(&mut section);
    let charges = costs::charges(&mut section);
    let slippage_bps = section.or("slippage_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Slippage));
    let spread_bps = section.or("spread_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Slippage));
    let impact = costs::impact(&mut section);
    let liquidation_fee_bps =
        section.or("liquidation_fee_bps", Decimal::ZERO, |node| rate::bps(node, Bounds::Slippage));
    let participation_ppm = section.optional("participation_pct", participation);
    let entry = section.or("latency_ms", Delay::NONE, delay::read);
    let feed = section.or("feed_latency_ms", Delay::NONE, delay::read);
    let reply = section.or("reply_latency_ms", Delay::NONE, delay::read);
    section.close();
    Some(ExecutionSection {
        fill: fill?,
        path: path?,
        queue: queue?,
        taker_fee_bps: taker_fee_bps?,
        maker_fee_bps: maker_fee_bps?,
        fee_tiers: fee_tiers?,
        charges: charges?,
        slippage_bps: slippage_bps?,
        spread_bps: spread_bps?,
        impact: impact?,
        liquidation_fee_bps: liquidation_fee_bps?,
        participation_ppm: participation_ppm?,
        latency: Latency { feed: feed?, entry: entry?, reply: reply? },
    })
}

/// Reads the queue model, by its name or as the switch of old.
fn queue(section: &mut Section<'_>) -> Option<Queue> {
    let touch = section.optional("touch", Node::switch)?;
    let queue = section.optional("queue", |node| choice(node, &Queue::ALL))?;
    let contradict = match (touch, queue) {
        (Some(true), Some(queue)) => queue != Queue::Touch,
        (Some(false), Some(queue)) => queue == Queue::Touch,
        _ => false,
    };
    if contradict {
        let message = "`touch` and `queue` contradict each other".to_string();
        let complaint = Complaint::new(section.place_of("queue"), message);
        section.complain("queue", complaint.expected("one of the two; `touch = true` is `queue = \"touch\"`"));
        return None;
    }
    Some(queue.unwrap_or(if touch == Some(true) { Queue::Touch } else { Queue::Through }))
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

pub(super) fn written(execution: &ExecutionSection) -> Written {
    let mut section = Written::new("execution")
        .text("fill", execution.fill.name())
        .text("path", execution.path.name())
        .literal("touch", execution.queue == Queue::Touch)
        .maybe("queue", (execution.queue == Queue::VolumeAhead).then(|| execution.queue.name().to_string()));
    // Where tiers stand, the two rates do not.
    if execution.fee_tiers.is_empty() {
        section = section
            .literal("taker_fee_bps", decimal::plain(execution.taker_fee_bps))
            .literal("maker_fee_bps", decimal::plain(execution.maker_fee_bps));
    }
    section = costs::write_tiers(section, &execution.fee_tiers);
    section = costs::write_charges(section, execution.charges)
        .literal("slippage_bps", decimal::plain(execution.slippage_bps))
        .literal("spread_bps", decimal::plain(execution.spread_bps));
    section = costs::write_impact(section, execution.impact)
        .literal("liquidation_fee_bps", decimal::plain(execution.liquidation_fee_bps))
        .maybe_literal(
            "participation_pct",
            execution.participation_ppm.map(|ppm| decimal::plain(Decimal::new(ppm, 4))),
        );
    section = delay::write(section, "latency_ms", execution.latency.entry);
    section = delay::write(section, "feed_latency_ms", execution.latency.feed);
    delay::write(section, "reply_latency_ms", execution.latency.reply)
}
