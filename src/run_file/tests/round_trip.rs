//! What is written back reads as the same run.
use super::{GOOD, RunFile, good, with};
use crate::run_file::Parameter;
use expect_test::expect;
use proptest::prelude::*;
use std::path::Path;

#[test]
fn the_resolved_file_spells_out_every_default() {
    expect![[r#"
        [run]
        name = "btc"
        seed = 7

        [data]
        catalog = "/runs/../sample"
        from = "2018-01-01"
        to = "2025-01-01"
        warmup_candles = 0
        actions = true

        [[instruments]]
        venue = "coinbase"
        symbol = "BTCUSD"
        interval = "4h"

        [account]
        cash = "100000 USD"
        credit_interest_pct = 0
        debit_interest_pct = 0
        leverage = "1"

        [strategy]
        kind = "ema-cross"
        fast = 20
        size = "1"

        [execution]
        fill = "next-open"
        path = "pessimistic"
        touch = false
        taker_fee_bps = 5
        maker_fee_bps = 0
        slippage_bps = 0
        spread_bps = 0
        liquidation_fee_bps = 0
        latency_ms = 0
        feed_latency_ms = 0
        reply_latency_ms = 0
    "#]]
    .assert_eq(&good(GOOD).resolved());
}

#[test]
fn the_binding_holds_what_affects_decisions_and_no_more() {
    let run = good(GOOD);
    expect![[r#"
        [run]
        seed = 7

        [data]
        from = "2018-01-01"
        to = "2025-01-01"
        warmup_candles = 0
        actions = true

        [[instruments]]
        venue = "coinbase"
        symbol = "BTCUSD"
        interval = "4h"

        [account]
        cash = "100000 USD"
        credit_interest_pct = 0
        debit_interest_pct = 0
        leverage = "1"

        [strategy]
        kind = "ema-cross"
        fast = 20
        size = "1"

        [execution]
        fill = "next-open"
        path = "pessimistic"
        touch = false
        taker_fee_bps = 5
        maker_fee_bps = 0
        slippage_bps = 0
        spread_bps = 0
        liquidation_fee_bps = 0
        latency_ms = 0
        feed_latency_ms = 0
        reply_latency_ms = 0
    "#]]
    .assert_eq(&run.binding());
    for (line, other) in [("name = \"btc\"", "name = \"eth\""), ("../sample", "/elsewhere")] {
        let other = good(&with(line, other));
        assert_eq!(other.binding(), run.binding());
        assert_eq!(run.difference(&other), []);
        assert_ne!(other, run);
    }
    let settings = ["data.catalog=/runs/../sample".to_string(), "run.name=btc".to_string()];
    assert_eq!(RunFile::parse(&run.binding(), "tape", Path::new(""), &settings), Ok(run));
}

#[test]
fn the_same_run_written_otherwise_has_the_same_binding() {
    let run = good(GOOD);
    let check = |line: &str, other: &str| assert_eq!(good(&with(line, other)).binding(), run.binding(), "{other}");
    check("size = \"1\"", "size = 1.0");
    check("size = \"1\"", "size = \"1.00\"");
    check("fast = 20\nsize = \"1\"", "size = 1\nfast = 0x14");
    check("taker_fee_bps = 5", "taker_fee_bps = \"5.00\"\ntouch = false\nlatency_ms = 0");
    check("cash = \"100000 USD\"", "cash = \"1e5 USD\"\nleverage = 1.0");
    check("interval = \"4h\"", "interval = \"240m\"");
}

#[test]
fn a_margin_mode_is_written_back_only_where_it_is_isolated() {
    let run = good(&with("cash = \"100000 USD\"", "cash = \"100000 USD\"\nmargin_mode = \"isolated\""));
    assert_eq!(run.account.margin_mode, engine::sim::MarginMode::Isolated);
    assert!(run.resolved().contains("leverage = \"1\"\nmargin_mode = \"isolated\"\n"), "{}", run.resolved());
    assert_eq!(good(&run.resolved()), run);
    let cross = good(&with("cash = \"100000 USD\"", "cash = \"100000 USD\"\nmargin_mode = \"cross\""));
    assert_eq!((cross.binding(), cross.resolved()), (good(GOOD).binding(), good(GOOD).resolved()));
}

#[test]
fn characters_that_toml_does_not_take_are_escaped() {
    let run = good(&with("fast = 20", "label = \"\\u0000\\u007F\\u0085\\t\\n\\r\\\"\\\\ü\""));
    assert_eq!(run.strategies[0].parameter("label"), Some(&Parameter::Text("\0\u{7f}\u{85}\t\n\r\"\\ü".into())));
    assert_eq!(good(&run.resolved()), run);
}

#[test]
fn a_difference_names_the_key_and_both_values() {
    let other = with("seed = 7", "seed = 8").replace("fast = 20", "slow = \"x\"");
    let text = |(key, ours, theirs): (String, String, String)| format!("{key}: {ours} -> {theirs}");
    let lines: Vec<String> = good(GOOD).difference(&good(&other)).into_iter().map(text).collect();
    assert_eq!(lines, ["run.seed: 7 -> 8", "strategy.fast: 20 -> ", "strategy.slow:  -> \"x\""]);
}

/// A value of a strategy's parameter, as TOML.
fn parameter() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        (any::<i32>(), 0..20_u32).prop_map(|(n, places)| format!("{n}e-{places}")),
        (any::<i32>(), any::<u32>()).prop_map(|(whole, part)| format!("{whole}.{part}")),
        any::<bool>().prop_map(|on| on.to_string()),
        any::<String>().prop_map(|text| crate::run_file::written::quoted(&text)),
        prop::collection::vec(any::<i16>(), 0..4).prop_map(|items| format!("{items:?}")),
    ]
}

fn optional(key: &'static str, value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::option::of(value).prop_map(move |value| value.map_or(String::new(), |value| format!("{key} = {value}\n")))
}

fn instrument() -> impl Strategy<Value = String> {
    (
        optional("tick", (1..100_000_u32, 0..=9_u32).prop_map(|(n, places)| format!("{n}e-{places}"))),
        optional("min_notional", any::<u32>().prop_map(|n| format!("\"{n}.{n:012}\""))),
        optional("quantity_step", (0..=9_u32).prop_map(|places| format!("1e-{places}"))),
        optional("maker_fee_bps", (-9_999..9_999_i32, 0..10_000_u32).prop_map(|(n, part)| format!("{n}.{part:04}"))),
        optional("margin", (1..=1_000_u32).prop_map(|n| format!("{n}e-3"))),
        optional("session", (1..=86_400_u32).prop_map(|s| format!("\"{s}s\""))),
        optional("fee_per_unit", (0..1_000_000_u32, 0..12_u32).prop_map(|(n, places)| format!("{n}e-{places}"))),
        (1..10_000_u32, prop::sample::select(vec!["s", "m", "h", "d", "w"])).prop_map(|(n, u)| format!("\"{n}{u}\"")),
    )
        .prop_map(|(tick, minimum, step, fee, margin, session, charge, interval)| {
            format!("interval = {interval}\n{tick}{minimum}{step}{fee}{charge}{margin}{session}")
        })
}

/// Tiers, impact and a drawn latency, or some of them.
fn costs() -> impl Strategy<Value = String> {
    let tiers = prop::collection::btree_map(1..u32::MAX, (0..10_000_u32, -9_999..9_999_i32), 0..4).prop_map(|tiers| {
        let more = tiers.into_iter().map(|(from, (taker, maker))| format!(", [{from}, {taker}, {maker}]"));
        format!("[[0, 1.5, 1]{}]", more.collect::<String>())
    });
    let impact = (prop::sample::select(vec!["volume-share", "square-root"]), 0..=10_000_u32)
        .prop_map(|(model, bps)| format!("\"{model}\"\nimpact_bps = {bps}"));
    let drawn = (prop::sample::select(vec!["uniform", "exponential"]), 0..1_000_u32, 1_000..86_400_000_u32)
        .prop_map(|(kind, least, more)| format!("\"{kind} {least}.25 {more}\""));
    (optional("fee_tiers", tiers), optional("impact", impact), optional("reply_latency_ms", drawn))
        .prop_map(|(tiers, impact, drawn)| tiers + &impact + &drawn)
}

proptest! {
    #[test]
    fn a_resolved_file_reads_as_an_equal_run(
        seed in 0..=i64::MAX,
        instruments in prop::collection::vec(instrument(), 1..4),
        parameters in prop::collection::btree_map("[a-zA-Z0-9_-]{1,12}", parameter(), 0..6),
        cash in 1..u64::MAX,
        leverage in 1..1_000_000_000_u32,
        latency in 0..86_400_000_000_000_u64,
        from in prop::option::of(any::<i32>()),
        touch in any::<bool>(),
        costs in costs(),
    ) {
        let mut text = format!("[run]\nseed = {seed}\n[data]\ncatalog = \"ü \\\\ x\"\n");
        if let Some(from) = from {
            let from = crate::run_file::instant::text(engine::Timestamp(i64::from(from) * 1_234_567_891));
            text.push_str(&format!("from = \"{from}\"\n"));
        }
        for (index, instrument) in instruments.iter().enumerate() {
            text.push_str(&format!("[[instruments]]\nvenue = \"v\"\nsymbol = \"S{index}\"\n{instrument}"));
        }
        text.push_str(&format!("[account]\ncash = \"{cash}e-6 USD\"\nleverage = {leverage}e-6\n"));
        text.push_str(&format!("[execution]\ntouch = {touch}\nlatency_ms = {latency}e-6\n{costs}[strategy]\nkind = \"k\"\n"));
        for (name, value) in parameters.iter().filter(|(name, _)| !["kind", "size"].contains(&name.as_str())) {
            text.push_str(&format!("{name} = {value}\n"));
        }
        let run = good(&text);
        let resolved = run.resolved();
        let again = good(&resolved);
        prop_assert_eq!(again.resolved(), resolved);
        prop_assert_eq!(again, run);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), at in 0..GOOD.len(), setting in any::<String>()) {
        let mut broken = GOOD.to_string();
        broken.insert_str(at, &text);
        let error = RunFile::parse(&broken, &text, Path::new("/runs"), &[setting]);
        let _ = error.map_err(|error| error.to_string());
    }

    #[test]
    fn no_missing_piece_makes_the_reader_panic(at in 0..GOOD.len(), length in 1..60_usize) {
        let end = (at + length).min(GOOD.len());
        let broken = format!("{}{}", &GOOD[..at], &GOOD[end..]);
        let _ = super::parse(&broken).map_err(|error| error.to_string());
    }
}
