//! `[compliance]` and `[reporting]`: thresholds of the watch, and the facts of transaction reports.
use super::{GOOD, check_each, good, with};
use crate::run_file::RunFile;
use compliance::{Clearing, WatchConfig};
use engine::Owner;
use expect_test::expect;
use std::path::Path;

const EXECUTION: &str = "[execution]";
const FIRM: &str = "[reporting]\nfirm = \"506700GE1G29325QX363\"\n";

/// The good file with a section before its last one.
fn section(text: &str) -> String {
    with(EXECUTION, &format!("{text}\n{EXECUTION}"))
}

/// The good file with two strategies.
fn seats(text: &str) -> String {
    let two =
        "[[strategies]]\nname = \"trend\"\nkind = \"ema-cross\"\n[[strategies]]\nname = \"range\"\nkind = \"flip\"\n";
    with("[strategy]\nkind = \"ema-cross\"\nfast = 20\nsize = \"1\"", &format!("{two}{text}"))
}

/// What is written back of a section, up to the next one.
fn written(run: &RunFile, name: &str) -> String {
    let text = run.resolved();
    let (_, rest) = text.split_once(&format!("[{name}]\n")).expect("the section is written");
    rest.split("\n\n").next().unwrap_or_default().trim_end().to_string() + "\n"
}

#[test]
fn thresholds_that_are_set_are_read_and_written_back() {
    let run = good(&section(
        "[compliance]\nwatch = true\nrestricted_instruments = [\"coinbase:BTCUSD\"]\ncooldown = \"90m\"\n\
         wash_window = \"1500ms\"\nlayering_levels_min = 4\norder_to_trade_ratio_max = 0\nramping_share_pct = 25",
    ));
    let it = run.compliance.as_ref().expect("the section");
    assert_eq!((it.watch, it.restricted_instruments.as_deref()), (true, Some(&["coinbase:BTCUSD".to_string()][..])));
    let mut expected = WatchConfig { cooldown_ns: 5_400_000_000_000, ..WatchConfig::default() };
    expected.wash.window_ns = 1_500_000_000;
    expected.layering.levels_min = 4;
    expected.order_to_trade.ratio_max = 0;
    assert_eq!(it.thresholds, expected);
    expect![[r#"
        watch = true
        restricted_instruments = ["coinbase:BTCUSD"]
        cooldown = "90m"
        wash_window = "1500ms"
        layering_levels_min = 4
        order_to_trade_ratio_max = 0
    "#]]
    .assert_eq(&written(&run, "compliance"));
    assert_eq!(good(&run.resolved()), run);
    let empty = good(&section("[compliance]\nrestricted_instruments = []"));
    assert_eq!(empty.compliance.as_ref().and_then(|it| it.restricted_instruments.clone()), Some(Vec::new()));
    assert_eq!(good(&empty.resolved()), empty, "a list that was lifted is not the list of [risk]");
}

#[test]
fn what_looks_on_binds_no_run() {
    let plain = good(GOOD);
    assert!(plain.compliance.is_none() && plain.reporting.is_none(), "nobody asked for it");
    for text in ["[compliance]\nwatch = true\nwash_window = \"2s\"", FIRM] {
        let run = good(&section(text));
        assert_eq!((run.binding(), run.difference(&plain)), (plain.binding(), Vec::new()), "{text}");
        assert_ne!(run, plain, "{text}");
    }
    for name in ["[compliance]", "[reporting]"] {
        assert!(!plain.resolved().contains(name), "{name} is written where it is set, and nowhere else");
    }
}

#[test]
fn the_facts_of_reports_are_read_and_written_back() {
    let run = good(&section(&format!(
        "{FIRM}submitting_entity = \"529900T8BM49AURSDO55\"\nresponsible_entity = \"506700GE1G29325QX363\"\n\
         decision_maker_id = \"CM-7\"\nalgo_id = \"EMA-1\"\nisin = \"US0378331005\"\ncfi = \"ESVUFR\"\n\
         upi = {{ \"coinbase:BTCUSD\" = \"QZ0000000000\" }}\nvenue_mic = \"XNAS\"\n\
         counterparty_2 = \"529900T8BM49AURSDO55\"\neffective_date = 2026-01-02\nmaturity_date = \"2026-12-18\"\n\
         clearing = \"Y\"\ncollateral = \"UNCL\"",
    )));
    let it = run.reporting.as_ref().expect("the section");
    let listing = &it.listings[0];
    assert_eq!(
        (it.algo_ids.get(&Owner::NONE).map(String::as_str), listing.clearing),
        (Some("EMA-1"), Some(Clearing::Cleared))
    );
    expect![[r#"
        firm = "506700GE1G29325QX363"
        submitting_entity = "529900T8BM49AURSDO55"
        responsible_entity = "506700GE1G29325QX363"
        decision_maker_id = "CM-7"
        algo_id = "EMA-1"
        isin = { "coinbase:BTCUSD" = "US0378331005" }
        cfi = { "coinbase:BTCUSD" = "ESVUFR" }
        upi = { "coinbase:BTCUSD" = "QZ0000000000" }
        venue_mic = { "coinbase:BTCUSD" = "XNAS" }
        counterparty_2 = { "coinbase:BTCUSD" = "529900T8BM49AURSDO55" }
        effective_date = { "coinbase:BTCUSD" = "2026-01-02" }
        maturity_date = { "coinbase:BTCUSD" = "2026-12-18" }
        clearing = { "coinbase:BTCUSD" = "Y" }
        collateral = { "coinbase:BTCUSD" = "UNCL" }
    "#]]
    .assert_eq(&written(&run, "reporting"));
    assert_eq!(good(&run.resolved()), run);
    let bare = good(&section(FIRM));
    assert_eq!(written(&bare, "reporting"), "firm = \"506700GE1G29325QX363\"\n", "what is not said stays unsaid");
}

#[test]
fn each_of_several_strategies_has_an_algorithm_of_its_own() {
    let run = good(&seats(&format!("{FIRM}algo_id = {{ range = \"BB-2\", trend = \"EMA-1\" }}")));
    let ids = &run.reporting.as_ref().expect("the section").algo_ids;
    assert_eq!(ids.iter().map(|(owner, id)| (owner.0, id.as_str())).collect::<Vec<_>>(), [(1, "EMA-1"), (2, "BB-2")]);
    assert!(written(&run, "reporting").ends_with("algo_id = { \"trend\" = \"EMA-1\", \"range\" = \"BB-2\" }\n"));
    assert_eq!(good(&run.resolved()), run);
    let refused = |text: &str| {
        RunFile::parse(&seats(&format!("{FIRM}{text}")), "run.toml", Path::new("/runs"), &[]).expect_err(text)
    };
    assert!(refused("algo_id = \"EMA-1\"").to_string().contains("has an algorithm of its own"));
    let error = refused("algo_id = { trent = \"EMA-1\" }").to_string();
    assert!(error.contains("`trent` is no strategy") && error.contains("did you mean \"trend\"?"), "{error}");
}

#[test]
fn each_instrument_keeps_its_own_codes() {
    let second = "interval = \"4h\"\n[[instruments]]\nvenue = \"nasdaq\"\nsymbol = \"AAPL\"\ninterval = \"1d\"";
    let two = |text: &str| {
        let text = section(&format!("{FIRM}{text}")).replace("interval = \"4h\"", second);
        RunFile::parse(&text, "run.toml", Path::new("/runs"), &[])
    };
    let run = two("isin = { \"nasdaq:AAPL\" = \"US0378331005\" }\nvenue_mic = \"XNAS\"").expect("a good file");
    let listings = &run.reporting.as_ref().expect("the section").listings;
    let known: Vec<(bool, bool)> = listings.iter().map(|it| (it.isin.is_some(), it.mic.is_some())).collect();
    assert_eq!(known, [(false, true), (true, true)], "what names no instrument is of all");
    assert!(written(&run, "reporting").contains("isin = { \"nasdaq:AAPL\" = \"US0378331005\" }\n"));
    assert_eq!(good(&run.resolved()), run);
    let error = two("isin = \"US0378331005\"").expect_err("whose?").to_string();
    assert!(error.contains("each instrument has a code of its own"), "{error}");
}

#[test]
fn a_setting_may_say_whose_transactions_they_are() {
    let settings = ["reporting.firm=506700GE1G29325QX363".to_string(), "compliance.watch=true".to_string()];
    let run = RunFile::parse(GOOD, "run.toml", Path::new("/runs"), &settings).expect("good settings");
    assert_eq!(run.reporting.map(|it| it.firm.to_string()).as_deref(), Some("506700GE1G29325QX363"));
    assert!(run.compliance.is_some_and(|it| it.watch));
}

#[test]
fn thresholds_that_mean_nothing_are_refused_at_their_line() {
    let one = |text: &str| format!("[compliance]\n{text}\n{EXECUTION}");
    check_each(
        &[
            (EXECUTION, &one("wash_matched_pct = 101\nlayering_levels_min = 0")),
            (EXECUTION, &one("ramping_window = \"0s\"")),
            (EXECUTION, &one("cooldown = 5")),
            (EXECUTION, &one("wash_windw = \"1s\"")),
            (EXECUTION, &one("restricted_instruments = [\"coinbase:BTCUSDT\"]")),
            (EXECUTION, &one("watch = \"yes\"")),
        ],
        expect![[r#"
            run.toml:24:20: `wash_matched_pct`: this number is out of range
              24 | wash_matched_pct = 101
                 |                    ^^^
                 = expected a whole number from 1 to 100
            run.toml:25:23: `layering_levels_min`: this number is out of range
              25 | layering_levels_min = 0
                 |                       ^
                 = expected a whole number from 1 to 1000000

            run.toml:24:18: `ramping_window`: this is no length of time
              24 | ramping_window = "0s"
                 |                  ^^^^
                 = expected a length of time as in "500ms", "30s", "5m" or "4h"

            run.toml:24:12: `cooldown`: this is a whole number
              24 | cooldown = 5
                 |            ^
                 = expected a length of time as in "500ms", "30s", "5m" or "4h"

            run.toml:24:1: unknown key `wash_windw` in [compliance]
              24 | wash_windw = "1s"
                 | ^^^^^^^^^^
                 = expected one of: watch, restricted_instruments, cooldown, wash_window, wash_matched_pct, layering_window, layering_levels_min, layering_layers_pct, layering_spoof_pct, layering_cancelled_pct, marking_close_window, marking_close_settle, marking_close_share_pct, marking_close_impact_bps, quote_stuffing_window, quote_stuffing_messages_min, quote_stuffing_fills_pct, momentum_ignition_burst, momentum_ignition_o…
                 = help: did you mean `wash_window`?

            run.toml:24:27: `restricted_instruments`: `coinbase:BTCUSDT` is not an instrument of this run
              24 | restricted_instruments = ["coinbase:BTCUSDT"]
                 |                           ^^^^^^^^^^^^^^^^^^
                 = expected one of: coinbase:BTCUSD
                 = help: did you mean "coinbase:BTCUSD"?

            run.toml:24:9: `watch`: this is a text
              24 | watch = "yes"
                 |         ^^^^^
                 = expected true or false"#]],
    );
}

#[test]
fn codes_with_a_typing_error_are_refused_at_their_line() {
    let one = |text: &str| format!("{FIRM}{text}\n{EXECUTION}");
    check_each(
        &[
            (EXECUTION, &one("isin = { \"coinbase:BTCUSD\" = \"US0378331006\" }")),
            (EXECUTION, &one("isin = { \"coinbase:BTCUSDT\" = \"US0378331005\" }\ncfi = \"ESVUF\"")),
            (EXECUTION, &one("clearing = \"yes\"")),
            (EXECUTION, &one("maturity_date = \"2026-02-30\"")),
            (EXECUTION, &one("algo_id = { trend = \"EMA-1\" }")),
            (EXECUTION, &one("venue_mic = \"nasdaq\"\nlei = \"x\"")),
        ],
        expect![[r#"
            run.toml:25:30: `isin`: `US0378331006` is not an ISIN: its check digit would be 5; is it misspelt?
              25 | isin = { "coinbase:BTCUSD" = "US0378331006" }
                 |                              ^^^^^^^^^^^^^^
                 = expected an ISIN as in "US0378331005"

            run.toml:25:31: `isin`: `coinbase:BTCUSDT` is not an instrument of this run
              25 | isin = { "coinbase:BTCUSDT" = "US0378331005" }
                 |                               ^^^^^^^^^^^^^^
                 = expected one of: coinbase:BTCUSD
                 = help: did you mean "coinbase:BTCUSD"?
            run.toml:26:7: `cfi`: `ESVUF` is not a CFI code: expected six upper-case letters
              26 | cfi = "ESVUF"
                 |       ^^^^^^^
                 = expected a CFI code as in "ESVUFR"

            run.toml:25:12: `clearing`: `yes` is none of them
              25 | clearing = "yes"
                 |            ^^^^^
                 = expected "Y" (cleared), "I" (it will be) or "N" (it is not)

            run.toml:25:17: `maturity_date`: `2026-02-30` is not a day: expected one such as 2024-03-01
              25 | maturity_date = "2026-02-30"
                 |                 ^^^^^^^^^^^^
                 = expected a day as in "2026-12-18"

            run.toml:25:13: `algo_id`: `trend` is no strategy of this run
              25 | algo_id = { trend = "EMA-1" }
                 |             ^^^^^
                 = expected one text: there is one strategy, and it has no name

            run.toml:25:13: `venue_mic`: `nasdaq` is not a MIC: expected 4 upper-case letters or digits
              25 | venue_mic = "nasdaq"
                 |             ^^^^^^^^
                 = expected a MIC as in "XNAS"
            run.toml:26:1: unknown key `lei` in [reporting]
              26 | lei = "x"
                 | ^^^
                 = expected one of: firm, submitting_entity, responsible_entity, decision_maker_id, algo_id, isin, cfi, upi, venue_mic, counterparty_2, effective_date, maturity_date, clearing, collateral"#]],
    );
}

#[test]
fn whose_transactions_they_are_has_to_be_said_and_spelt() {
    check_each(
        &[
            (EXECUTION, &format!("[reporting]\nfirm = \"506700GE1G29325QX364\"\n{EXECUTION}")),
            (EXECUTION, &format!("[reporting]\ndecision_maker_id = \"x\"\n{EXECUTION}")),
        ],
        expect![[r#"
            run.toml:24:8: `firm`: `506700GE1G29325QX364` is not a legal entity identifier (LEI): its check digits would be 63; is it misspelt?
              24 | firm = "506700GE1G29325QX364"
                 |        ^^^^^^^^^^^^^^^^^^^^^^
                 = expected the twenty letters and digits of a legal entity identifier (LEI)

            run.toml:23:1: [reporting] has no `firm`
              23 | [reporting]
                 | ^^^^^^^^^^^
                 = expected `firm = "529900T8BM49AURSDO55"`"#]],
    );
}
