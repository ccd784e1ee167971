//! What trading costs in a scenario: `fee 5 bps`, and `from 3h fee 4 bps` for what is no longer as it was.
use engine::sim::{Costs, Impact};
use engine::{Money, Rate, Timestamp};

pub(crate) fn rate(text: &str) -> Rate {
    Rate::from_bps(text.parse().expect("basis points")).expect("a sane rate")
}

fn amount(text: &str) -> Money {
    text.parse().expect("an amount")
}

/// Reads one setting of costs; whether it is one.
pub(crate) fn setting(costs: &mut Costs, words: &[&str]) -> bool {
    match *words {
        ["fee", bps, "bps"] => (costs.taker, costs.maker) = (rate(bps), rate(bps)),
        ["maker", "fee", bps, "bps"] => costs.maker = rate(bps),
        ["fee", each, "a", "unit"] => costs.per_unit = amount(each),
        ["least", "fee", least] => costs.min_fee = amount(least),
        ["slippage", bps, "bps"] => (costs.slippage, costs.quoted_slippage) = (rate(bps), rate(bps)),
        ["slippage", bps, "bps", "at", "quotes"] => costs.quoted_slippage = rate(bps),
        ["impact", "volume-share", bps, "bps"] => costs.impact = Impact::VolumeShare(rate(bps)),
        ["impact", "square-root", bps, "bps"] => costs.impact = Impact::SquareRoot(rate(bps)),
        ["margin", bps, "bps"] => costs.maintenance = rate(bps),
        ["liquidation", "fee", bps, "bps"] => costs.liquidation_fee = rate(bps),
        _ => return false,
    }
    true
}

/// Adds a change: what is not named stays as it was.
pub(crate) fn change(costs: &mut Vec<(Timestamp, Costs)>, from: Timestamp, words: &[&str]) {
    let (last_from, mut changed) = *costs.last().expect("there are always some");
    assert!(setting(&mut changed, words), "`{words:?}` is no cost");
    if last_from == from {
        costs.pop();
    }
    costs.push((from, changed));
}
