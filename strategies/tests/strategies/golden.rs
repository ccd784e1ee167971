//! A pinned run of every strategy on made-up candles: digest of all its effects, orders, fills and final equity.
//!
//! A line that moves means that a decision moved, or the engine's encoding of decisions.
use crate::market::Market;
use expect_test::{Expect, expect};
use strategies::Registry;

fn pinned(name: &str, seeds: &[u64], given: &str) -> String {
    let outcome = Market::of_bars(seeds, 20_000, 8).run_named(name, given);
    let state = &outcome.state;
    let (orders, fills) = (state.counters.submits, state.counters.fills);
    let refused: u64 = outcome.refused.values().sum();
    let equity = state.books.equity();
    let digest = &outcome.digest[..16];
    format!("{name} {given}\n    {digest} orders {orders} fills {fills} refused {refused} equity {equity}\n")
}

fn check(runs: &[(&str, &[u64], &str)], expected: &Expect) {
    let text: String = runs.iter().map(|(name, seeds, given)| pinned(name, seeds, given)).collect();
    expected.assert_eq(&text);
}

const RUNS: [(&str, &[u64], &str); 15] = [
    ("ema-cross", &[7], "size=90%"),
    ("ema-cross", &[7, 8], "size=1 fast=10 slow=30 short=true"),
    ("ema-cross", &[7], "size=50% rebalance=true"),
    ("donchian-breakout", &[7], "size=10"),
    ("donchian-breakout", &[7], "size=10 entry=55 exit=20 short=true"),
    ("bollinger-reversion", &[7], "size=10"),
    ("bollinger-reversion", &[7, 8], "size=10% window=30 deviations=2.5 short=true"),
    ("momentum-rotation", &[7, 8, 9, 10, 11], "size=30% lookback=60 top=3 every=30"),
    ("grid", &[7], "size=5 levels=4 step=0.4"),
    ("grid", &[7, 8], "size=2% levels=6 step=0.3 short=true"),
    ("buy-and-hold", &[7, 8, 9], "size=90%"),
    ("flip", &[7], "size=1"),
    ("bracket-breakout", &[7, 8], "size=20% window=30 stop_pct=1 gain_pct=2.5"),
    ("ensemble", &[7], "size=10 members=ema-cross;donchian-breakout_weight=2;bollinger-reversion"),
    (
        "ensemble",
        &[7, 8],
        "size=10% mode=proportional threshold=0.3 short=true members=ema-cross_short=true;momentum-rotation;flip",
    ),
];

#[test]
fn every_strategy_decides_as_it_did() {
    check(
        &RUNS,
        &expect![[r#"
            ema-cross size=90%
                9745b67d4dd589b9 orders 395 fills 395 refused 0 equity 7955682.314558693983
            ema-cross size=1 fast=10 slow=30 short=true
                39a1992cae43828f orders 1448 fills 1448 refused 0 equity 9956412.982715
            ema-cross size=50% rebalance=true
                5345c0f8ce212e22 orders 9767 fills 9766 refused 0 equity 8807453.754505891711
            donchian-breakout size=10
                b00ef46f82cb3cd8 orders 381 fills 381 refused 0 equity 9922567.1268
            donchian-breakout size=10 entry=55 exit=20 short=true
                cacd8dc7c1c7f9a2 orders 375 fills 375 refused 0 equity 9950269.30595
            bollinger-reversion size=10
                d72eff21bb679e5c orders 746 fills 746 refused 0 equity 9867431.3052
            bollinger-reversion size=10% window=30 deviations=2.5 short=true
                91b5990be56fd6f0 orders 1199 fills 1199 refused 0 equity 9297714.560726260086
            momentum-rotation size=30% lookback=60 top=3 every=30
                fb77a7f7b25b8f2e orders 1065 fills 1065 refused 0 equity 8859739.313876569096
            grid size=5 levels=4 step=0.4
                ce9773984e9c715e orders 1243 fills 1075 refused 0 equity 10045700.8226877
            grid size=2% levels=6 step=0.3 short=true
                1f34196ee931c772 orders 6193 fills 5440 refused 0 equity 10228987.327614463913
            buy-and-hold size=90%
                2503c6e9a08519a0 orders 3 fills 3 refused 0 equity 9566142.46304839824
            flip size=1
                cdc1142d8ef01cf0 orders 20000 fills 19999 refused 0 equity 9675384.1434
            bracket-breakout size=20% window=30 stop_pct=1 gain_pct=2.5
                363ad79448b742a9 orders 219 fills 144 refused 0 equity 9952832.208426795268
            ensemble size=10 members=ema-cross;donchian-breakout_weight=2;bollinger-reversion
                1ee14ad6ba66605b orders 543 fills 543 refused 0 equity 9894631.4884
            ensemble size=10% mode=proportional threshold=0.3 short=true members=ema-cross_short=true;momentum-rotation;flip
                7bf3139a74a48375 orders 8489 fills 8489 refused 0 equity 8579150.856766757382
        "#]],
    );
    for entry in Registry::builtin().entries() {
        assert!(RUNS.iter().any(|(name, ..)| *name == entry.name), "`{}` has no pinned run", entry.name);
    }
}
