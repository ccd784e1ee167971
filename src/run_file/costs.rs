//! What trading costs beside plain rates: the impact of size, fees by the unit, least fees and fee tiers.
//!
//! What stands nowhere is not written back, so that a run without such costs reads as it always did.
use super::amount;
use super::decimal;
use super::error::Complaint;
use super::execution::choice;
use super::node::Node;
use super::rate::{self, Bounds};
use super::section::Section;
use super::written::{Written, list, quoted};
use engine::Money;
use rust_decimal::Decimal;

/// How an order's own size moves the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImpactSetting {
    /// The formula.
    pub model: ImpactModel,
    /// What the whole volume of a candle would move the price by, in basis points.
    pub bps: Decimal,
}

/// A formula of impact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpactModel {
    /// The square of our share of the volume.
    VolumeShare,
    /// Its square root.
    SquareRoot,
}

impl ImpactModel {
    /// Every model with the name that the run file uses.
    pub const ALL: [(&'static str, Self); 2] = [("volume-share", Self::VolumeShare), ("square-root", Self::SquareRoot)];

    /// The name in the run file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::VolumeShare => "volume-share",
            Self::SquareRoot => "square-root",
        }
    }
}

/// Fees that are amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    /// For one unit of the quantity.
    pub per_unit: Option<Money>,
    /// The least that a fill pays.
    pub least: Option<Money>,
}

/// Rates from a traded notional on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeTier {
    /// What has to have been traded.
    pub from: Money,
    /// Fee for taking liquidity.
    pub taker_bps: Decimal,
    /// Fee for giving liquidity; below zero it is a rebate.
    pub maker_bps: Decimal,
}

/// A charge is bounded so that no product with a quantity leaves 128 bits.
const CHARGE_MAX: i128 = 1_000_000;
const TIER: &str = "tiers from the lowest to the highest, each [traded notional, taker's bps, maker's bps], the first \
    from 0, as in [[0, 10, 8], [1000000, 8, 5]]";

/// Reads the impact of size; both keys or neither.
pub(super) fn impact(section: &mut Section<'_>) -> Option<Option<ImpactSetting>> {
    let model = section.optional("impact", |node| choice(node, &ImpactModel::ALL));
    let bps = section.optional("impact_bps", |node| rate::bps(node, Bounds::Slippage));
    let (here, missing) = match (model?, bps?) {
        (Some(model), Some(bps)) => return Some(Some(ImpactSetting { model, bps })),
        (None, None) => return Some(None),
        (Some(_), None) => ("impact", "`impact_bps`, what the whole volume of a candle would move the price by"),
        (None, Some(_)) => ("impact_bps", "`impact`, the formula that it belongs to"),
    };
    let complaint = Complaint::new(section.place_of(here), format!("`{here}` stands alone"));
    section.complain(here, complaint.expected(missing));
    None
}

/// Reads fees that are amounts.
pub(super) fn charges(section: &mut Section<'_>) -> Option<Charges> {
    let per_unit = section.optional("fee_per_unit", charge);
    let least = section.optional("min_fee", charge);
    Some(Charges { per_unit: per_unit?, least: least? })
}

fn charge(node: &Node) -> Result<Money, Complaint> {
    let amount = amount::not_negative(node)?;
    let expected = "an amount from 0 to 1000000 without a currency as in \"0.005\"";
    let refuse = || node.complain(format!("{amount} is out of range")).expected(expected);
    (amount.0 <= CHARGE_MAX * Money::ONE.0).then_some(amount).ok_or_else(refuse)
}

/// Reads fee tiers, which stand in the place of the section's two rates.
pub(super) fn tiers(section: &mut Section<'_>) -> Option<Vec<FeeTier>> {
    let tiers = section.or("fee_tiers", Vec::new(), |node| {
        let tiers = node.list(TIER)?.iter().map(tier).collect::<Result<Vec<_>, _>>()?;
        let starts = tiers.first().is_some_and(|first| first.from == Money::ZERO);
        if starts && tiers.windows(2).all(|pair| pair[0].from < pair[1].from) {
            return Ok(tiers);
        }
        Err(node.complain("these tiers do not rise from 0").expected(TIER))
    })?;
    for key in ["taker_fee_bps", "maker_fee_bps"] {
        if let (Some(place), false) = (section.place_of(key), tiers.is_empty()) {
            let message = format!("`{key}` and `fee_tiers` both say what a fill pays");
            section.complain(key, Complaint::new(Some(place), message).expected("one of the two"));
            return None;
        }
    }
    Some(tiers)
}

fn tier(node: &Node) -> Result<FeeTier, Complaint> {
    match node.list(TIER)? {
        [from, taker, maker] => Ok(FeeTier {
            from: amount::not_negative(from)?,
            taker_bps: rate::bps(taker, Bounds::Fee)?,
            maker_bps: rate::bps(maker, Bounds::Fee)?,
        }),
        _ => Err(node.complain("a tier has three numbers").expected(TIER)),
    }
}

/// Adds the fees that are amounts to a section.
pub(super) fn write_charges(section: Written, charges: Charges) -> Written {
    let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
    section.maybe("fee_per_unit", text(charges.per_unit)).maybe("min_fee", text(charges.least))
}

/// Adds fee tiers to a section.
pub(super) fn write_tiers(section: Written, tiers: &[FeeTier]) -> Written {
    let tier = |tier: &FeeTier| {
        let rates = [tier.taker_bps, tier.maker_bps].map(decimal::plain);
        list([quoted(&tier.from.to_string())].into_iter().chain(rates))
    };
    section.maybe_literal("fee_tiers", (!tiers.is_empty()).then(|| list(tiers.iter().map(tier))))
}

/// Adds the impact of size to a section.
pub(super) fn write_impact(section: Written, impact: Option<ImpactSetting>) -> Written {
    let section = section.maybe("impact", impact.map(|impact| impact.model.name().to_string()));
    section.maybe_literal("impact_bps", impact.map(|impact| decimal::plain(impact.bps)))
}
