//! The plain loop: the rules of W1 and W5 with exact integers and nothing else. The floor that an engine is compared with.
use crate::desk::Rule;
use engine::Candle;

/// Fills and final equity in units of 10^-12.
#[must_use]
pub fn floor(candles: &[Candle], rule: Rule, cash: i128) -> (u64, i128) {
    let (fast, slow) = match rule {
        Rule::EmaCross(fast, slow) => (fast, slow),
        Rule::Flip => (1, 1),
    };
    let (af, al) = (2.0 / (fast as f64 + 1.0), 2.0 / (slow as f64 + 1.0));
    let first = candles.first().map_or(0.0, |c| c.close.0 as f64 / 1e8);
    let (mut ef, mut es) = (first, first);
    let (mut position, mut want, mut cash, mut fills) = (0_i128, 0_i128, cash * 1_000_000_000_000, 0_u64);
    let (mut equity, mut peak, mut deepest) = (cash, cash, 0_i128);
    for (i, candle) in candles.iter().enumerate() {
        if want != position {
            let price = i128::from(candle.open.0);
            // One unit at a price in 10^-8 is price * 10^4 of money; 5 bps of that is price * 5.
            cash -= (want - position) * price * 10_000 + price * 5;
            position = want;
            fills += 1;
        }
        let close = candle.close.0 as f64 / 1e8;
        if i > 0 {
            ef = af * close + (1.0 - af) * ef;
            es = al * close + (1.0 - al) * es;
        }
        match rule {
            Rule::Flip => want = 1 - position,
            Rule::EmaCross(..) if i as i64 + 1 >= slow => want = i128::from(ef > es),
            Rule::EmaCross(..) => {}
        }
        equity = cash + position * i128::from(candle.close.0) * 10_000;
        peak = peak.max(equity);
        deepest = deepest.max(peak - equity);
    }
    std::hint::black_box(deepest);
    (fills, equity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Workload;

    #[test]
    fn the_engine_gives_what_the_plain_loop_gives() {
        for rule in [Rule::EmaCross(20, 50), Rule::Flip] {
            let workload = Workload::one(1, 50_000, rule);
            let figures = workload.run();
            assert_eq!((figures.fills, figures.equity.0), floor(&workload.candles[0], rule, workload.cash));
        }
    }
}
