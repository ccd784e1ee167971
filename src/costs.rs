//! What trading costs in a run: from the run file and the catalog's records to the venue's models, and in words.
//!
//! What stands in the run file wins over a record, and an instrument's own rates over the venue's tiers.
use crate::instant::instant_text;
use crate::run_file::{AccountSection, ExecutionSection, FeeTier, ImpactModel, InstrumentSection, RunFile};
use datasets::InstrumentRecord;
use engine::measure::scaled_text;
use engine::sim::{Costs, Delay, Impact, Latency, MarginMode, Tier, Tiers};
use engine::{Dated, Money, Rate, Timestamp};
use rust_decimal::Decimal;

/// The costs of one instrument, from each of its records on; what a record leaves out is taken from the run file.
///
/// # Errors
/// When a rate or an amount of a record is out of range.
pub(crate) fn costs(
    run: &RunFile,
    section: &InstrumentSection,
    records: &[InstrumentRecord],
) -> Result<Dated<Costs>, String> {
    let from = |record: &InstrumentRecord| Ok((record.from, held(run, section, Some(record))?));
    let dated = Dated::new(records.iter().map(from).collect::<Result<_, String>>()?);
    dated.map_or_else(|| Ok(Dated::always(held(run, section, None)?)), Ok)
}

/// The costs of one instrument as long as a record holds.
fn held(run: &RunFile, section: &InstrumentSection, record: Option<&InstrumentRecord>) -> Result<Costs, String> {
    let execution = &run.execution;
    let rate = |bps: Decimal| {
        Rate::from_bps(bps)
            .ok_or_else(|| format!("{bps} basis points are not a rate: at most 10,000 with eight decimals"))
    };
    let amount = |key: &str, own: Option<Money>, theirs: Option<Decimal>, general: Option<Money>| match (own, theirs) {
        (None, Some(amount)) => Money::from_decimal(amount).map_err(|e| format!("{key} {amount}: {e}")),
        (own, _) => Ok(own.or(general).unwrap_or(Money::ZERO)),
    };
    let (own, general) = (section.charges, execution.charges);
    let taker = section.taker_fee_bps.or_else(|| record?.taker_fee_bps);
    let maker = section.maker_fee_bps.or_else(|| record?.maker_fee_bps);
    Ok(Costs {
        taker: rate(taker.unwrap_or(execution.taker_fee_bps))?,
        maker: rate(maker.unwrap_or(execution.maker_fee_bps))?,
        tiered: taker.is_none() && maker.is_none() && !execution.fee_tiers.is_empty(),
        per_unit: amount("fee_per_unit", own.per_unit, record.and_then(|r| r.fee_per_unit), general.per_unit)?,
        min_fee: amount("min_fee", own.least, record.and_then(|r| r.min_fee), general.least)?,
        // A taker pays half of the spread.
        slippage: rate(execution.slippage_bps + execution.spread_bps / Decimal::TWO)?,
        quoted_slippage: rate(execution.slippage_bps)?,
        impact: match execution.impact {
            None => Impact::None,
            Some(impact) => match impact.model {
                ImpactModel::VolumeShare => Impact::VolumeShare(rate(impact.bps)?),
                ImpactModel::SquareRoot => Impact::SquareRoot(rate(impact.bps)?),
            },
        },
        maintenance: section
            .margin
            .or_else(|| record?.margin)
            .map_or(Some(Rate::ZERO), Rate::from_fraction)
            .ok_or("a margin has at most twelve decimal places")?,
        liquidation_fee: rate(execution.liquidation_fee_bps)?,
    })
}

/// The venue's fee tiers, where it has some.
pub(crate) fn tiers(execution: &ExecutionSection) -> Option<Tiers> {
    let rate = |bps| Rate::from_bps(bps).expect("the run file takes no other rates");
    let tier = |tier: &FeeTier| Tier { from: tier.from, taker: rate(tier.taker_bps), maker: rate(tier.maker_bps) };
    Tiers::new(execution.fee_tiers.iter().map(tier).collect())
}

/// What is assumed about fees.
pub(crate) fn fees_text(execution: &ExecutionSection) -> String {
    let tier =
        |tier: &FeeTier| format!("from {} {} bps taker, {} bps maker", tier.from, tier.taker_bps, tier.maker_bps);
    let tiers: Vec<String> = execution.fee_tiers.iter().map(tier).collect();
    let mut text = match tiers.is_empty() {
        true => format!("{} bps taker, {} bps maker", execution.taker_fee_bps, execution.maker_fee_bps),
        false => format!("by the notional traded in the thirty days before a fill: {}", tiers.join("; ")),
    };
    if let Some(per_unit) = execution.charges.per_unit {
        text += &format!("; {per_unit} a unit");
    }
    if let Some(least) = execution.charges.least {
        text += &format!("; at least {least} a fill");
    }
    text + ", unless the instrument says otherwise; rounded up"
}

/// What is assumed about the costs of an instrument that change within a window, and when they do.
pub(crate) fn changes_text(costs: &Dated<Costs>, window: (Timestamp, Timestamp)) -> Option<String> {
    let texts = history(costs, window, charged_text);
    (texts.len() > 1).then(|| format!("fees {}", until(&texts)))
}

/// What is assumed about the margin of an instrument, where it has one within a window; an isolated position always has.
pub(crate) fn margin_text(costs: &Dated<Costs>, window: (Timestamp, Timestamp), run: &RunFile) -> Option<String> {
    let none = "none";
    let share = |costs: &Costs| match costs.maintenance.parts() {
        (0, _) => none.to_string(),
        (numerator, places) => scaled_text(numerator, places),
    };
    let texts = history(costs, window, share);
    let (shares, fee) = (until(&texts), run.execution.liquidation_fee_bps);
    match run.account.margin_mode {
        MarginMode::Cross if texts.iter().all(|(_, text)| text == none) => None,
        MarginMode::Cross => Some(format!(
            "maintenance margin {shares} of the notional, across the account; liquidated where equity first falls short, behind the stops, for {fee} bps"
        )),
        MarginMode::Isolated => Some(format!(
            "isolated margin of the notional over {}, maintenance margin {shares}; liquidated alone where its own margin first falls short, before any order beyond, for {fee} bps of what is left; beyond its bankruptcy price the venue bears the loss",
            scaled_text(run.account.leverage.ppm, 6)
        )),
    }
}

/// What is assumed about what the account can carry.
pub(crate) fn buying_power_text(account: &AccountSection) -> String {
    let times = scaled_text(account.leverage.ppm, 6);
    match account.margin_mode {
        MarginMode::Cross => format!("{times} times equity, asked at the decision and again at the fill"),
        MarginMode::Isolated => format!(
            "{times} times equity, asked at the decision; at the fill its own margin and its fee have to be free of other positions' margins"
        ),
    }
}

/// Why an isolated position could not be held for an instant, where it could not.
pub(crate) fn hopeless(account: &AccountSection, costs: &Dated<Costs>) -> Option<String> {
    let one = Money(Money::ONE.0 * 1_000_000);
    let margin = account.leverage.margin(one);
    let needed = costs.values().map(|costs| costs.maintenance.of(one).0).max()?;
    (account.margin_mode == MarginMode::Isolated && needed > margin).then(|| {
        let share = |money: Money| Money(money.0 / 1_000_000);
        format!(
            "an isolated position opens with {} of its notional and is liquidated below {}: lower the leverage or the maintenance margin",
            share(margin),
            share(needed)
        )
    })
}

/// What holds in a window, in words, each with the instant from which it holds; only where the words differ.
fn history(
    costs: &Dated<Costs>,
    (from, to): (Timestamp, Timestamp),
    text: impl Fn(&Costs) -> String,
) -> Vec<(Timestamp, String)> {
    let (first, changes) = costs.within(from, to);
    let mut texts = vec![(from, text(first))];
    texts.extend(changes.map(|(at, costs)| (at, text(costs))));
    texts.dedup_by(|next, last| next.1 == last.1);
    texts
}

/// `5 bps until 2020-01-01, then 4 bps`.
fn until(texts: &[(Timestamp, String)]) -> String {
    let mut all = texts[0].1.clone();
    for (from, text) in &texts[1..] {
        let instant = instant_text(*from);
        let day = instant.strip_suffix("T00:00:00Z").unwrap_or(&instant);
        all += &format!(" until {day}, then {text}");
    }
    all
}

fn charged_text(costs: &Costs) -> String {
    let bps = |rate: Rate| format!("{} bps", scaled_text(rate.parts().0, rate.parts().1.saturating_sub(4)));
    let mut text = match (costs.tiered, costs.taker == costs.maker) {
        (true, _) => "by tier".into(),
        (false, true) => bps(costs.taker),
        (false, false) => format!("{} taker, {} maker", bps(costs.taker), bps(costs.maker)),
    };
    if costs.per_unit != Money::ZERO {
        text += &format!(" and {} a unit", costs.per_unit);
    }
    if costs.min_fee != Money::ZERO {
        text += &format!(" and at least {} a fill", costs.min_fee);
    }
    text
}

/// What is assumed about the price of a fill that takes liquidity.
pub(crate) fn slippage_text(execution: &ExecutionSection) -> String {
    format!(
        "{} bps and half a spread of {} bps on what takes liquidity, against the account; on a limit up to its price",
        execution.slippage_bps, execution.spread_bps
    )
}

/// What is assumed about size, where it moves the price.
pub(crate) fn impact_text(execution: &ExecutionSection) -> Option<String> {
    execution.impact.map(|impact| {
        let (shape, source) = match impact.model {
            ImpactModel::VolumeShare => ("square", "zipline's volume share"),
            ImpactModel::SquareRoot => ("square root", "the square-root law"),
        };
        format!(
            "what takes liquidity moves its price by {} bps times the {shape} of our share of the candle's volume \
             ({source}); the share is at most one, and one in a candle without volume; the candle's range is no bound",
            impact.bps
        )
    })
}

/// What is assumed about time on the way.
pub(crate) fn latency_text(latency: Latency) -> String {
    if latency == Latency::default() {
        return "none: an order decided at a close meets the next open".into();
    }
    let ms = |ns: i64| scaled_text(ns, 6);
    let text = |delay: Delay| match delay {
        Delay::Fixed(ns) => ms(ns),
        Delay::Uniform { min_ns, max_ns } => format!("{} to {}", ms(min_ns), ms(max_ns)),
        Delay::Exponential { min_ns, mean_ns } => format!("{} and on average {} more", ms(min_ns), ms(mean_ns)),
    };
    let is_fixed = |delay| matches!(delay, Delay::Fixed(_));
    let drawn = match [latency.feed, latency.entry, latency.reply].into_iter().all(is_fixed) {
        true => "",
        false => "; drawn from the run's seed, and what was sent first arrives first",
    };
    format!(
        "{} ms feed, {} ms entry, {} ms reply: on candles an order meets the candle after the next open{drawn}",
        text(latency.feed),
        text(latency.entry),
        text(latency.reply)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn run(execution: &str, instrument: &str) -> RunFile {
        let text = format!(
            "[data]\ncatalog = \"c\"\n[[instruments]]\nvenue = \"v\"\nsymbol = \"S\"\ninterval = \"1h\"\n{instrument}\n\
             [account]\ncash = \"1 USD\"\n[strategy]\nkind = \"k\"\nsize = \"1\"\n[execution]\n{execution}\n"
        );
        RunFile::parse(&text, "run.toml", Path::new(""), &[]).expect("a good file")
    }

    fn bps(text: &str) -> Rate {
        Rate::from_bps(text.parse().expect("basis points")).expect("a rate")
    }

    #[test]
    fn what_the_run_file_says_becomes_the_venues_models() {
        let free = bps("0");
        let none = Costs {
            taker: free,
            maker: free,
            slippage: free,
            quoted_slippage: free,
            liquidation_fee: free,
            ..Costs::NONE
        };
        let check = |execution: &str, instrument: &str, expected: Costs| {
            let run = run(execution, instrument);
            assert_eq!(costs(&run, &run.instruments[0], &[]), Ok(Dated::always(expected)), "{execution} {instrument}");
        };
        check("", "", none);
        check(
            "slippage_bps = 1\nspread_bps = 3",
            "",
            Costs { slippage: bps("2.5"), quoted_slippage: bps("1"), ..none },
        );
        let impact = |impact| Costs { impact, ..none };
        check("impact = \"square-root\"\nimpact_bps = 7", "", impact(Impact::SquareRoot(bps("7"))));
        check("impact = \"volume-share\"\nimpact_bps = 7", "", impact(Impact::VolumeShare(bps("7"))));
        let charged = Costs { per_unit: Money(Money::ONE.0 / 200), min_fee: Money::ONE, ..none };
        check("fee_per_unit = 0.005\nmin_fee = 1", "", charged);
        check("fee_per_unit = 9\nmin_fee = 1", "fee_per_unit = 0.005", charged);
        check("fee_per_unit = 0.005\nmin_fee = 1", "min_fee = 0", Costs { min_fee: Money::ZERO, ..charged });
        // An instrument with a rate of its own has no part in the tiers.
        let tiers = "fee_tiers = [[0, 10, 8]]";
        check(tiers, "", Costs { tiered: true, ..none });
        check(tiers, "taker_fee_bps = 3", Costs { taker: bps("3"), ..none });
        check(tiers, "maker_fee_bps = 3", Costs { maker: bps("3"), ..none });
        assert!(super::tiers(&run(tiers, "").execution).is_some() && super::tiers(&run("", "").execution).is_none());
    }

    #[test]
    fn the_tear_sheet_says_what_was_assumed() {
        let check = |execution: &str, expected: expect_test::Expect| {
            let it = &run(execution, "").execution;
            let texts = [fees_text(it), slippage_text(it), latency_text(it.latency)].into_iter().chain(impact_text(it));
            expected.assert_eq(&texts.collect::<Vec<_>>().join("\n"));
        };
        check(
            "taker_fee_bps = 5\nspread_bps = 2",
            expect_test::expect![[r#"
            5 bps taker, 0 bps maker, unless the instrument says otherwise; rounded up
            0 bps and half a spread of 2 bps on what takes liquidity, against the account; on a limit up to its price
            none: an order decided at a close meets the next open"#]],
        );
        let all = "fee_tiers = [[0, 10, 8], [1000, 6, -1]]\nfee_per_unit = 0.005\nmin_fee = 1\nimpact = \"square-root\"\n\
            impact_bps = 100\nlatency_ms = \"uniform 20 90\"\nfeed_latency_ms = \"exponential 0.5 20\"\nreply_latency_ms = 3";
        check(
            all,
            expect_test::expect![[r#"
            by the notional traded in the thirty days before a fill: from 0 10 bps taker, 8 bps maker; from 1000 6 bps taker, -1 bps maker; 0.005 a unit; at least 1 a fill, unless the instrument says otherwise; rounded up
            0 bps and half a spread of 0 bps on what takes liquidity, against the account; on a limit up to its price
            0.5 and on average 20 more ms feed, 20 to 90 ms entry, 3 ms reply: on candles an order meets the candle after the next open; drawn from the run's seed, and what was sent first arrives first
            what takes liquidity moves its price by 100 bps times the square root of our share of the candle's volume (the square-root law); the share is at most one, and one in a candle without volume; the candle's range is no bound"#]],
        );
        check(
            "impact = \"volume-share\"\nimpact_bps = 1000",
            expect_test::expect![[r#"
            0 bps taker, 0 bps maker, unless the instrument says otherwise; rounded up
            0 bps and half a spread of 0 bps on what takes liquidity, against the account; on a limit up to its price
            none: an order decided at a close meets the next open
            what takes liquidity moves its price by 1000 bps times the square of our share of the candle's volume (zipline's volume share); the share is at most one, and one in a candle without volume; the candle's range is no bound"#]],
        );
    }
}
