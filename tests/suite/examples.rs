//! Every example of the repository: its figures and digest, pinned. A change here is a change of results.
use crate::onetape::{Desk, project};
use expect_test::{Expect, expect};

fn check(name: &str, expected: Expect) {
    let desk = Desk::new();
    let summary = desk.say(&format!("--json backtest @/examples/{name}.toml --out out --tape")).json();
    let text = |key: &str| summary[key].as_str().map_or_else(|| summary[key].to_string(), str::to_string);
    let keys = ["bars", "orders", "fills", "round_trips", "wins", "fees", "final_equity", "max_drawdown", "refused"];
    let mut figures: String = keys.map(|key| format!("{key} {}\n", text(key))).concat();
    figures += &format!("digest {}\n", &text("digest")[..16]);
    expected.assert_eq(&figures);
    // The same run again, in another process: the tape is the same byte for byte, and every decision replays.
    let again = Desk::new();
    again.say(&format!("--json backtest @/examples/{name}.toml --out out --tape")).json();
    for file in ["tape/000001.tape", "tape/watermark"] {
        let read = |desk: &Desk| std::fs::read(desk.path("out").join(file)).expect("a tape");
        assert!(read(&desk) == read(&again), "{file} differs between two processes");
    }
    assert_eq!(desk.say("--json replay out").json()["identical"], true);
    assert_eq!(desk.say("--json tape verify out").json()["whole"], true);
    assert_eq!(desk.say("--json report out").code, 0);
}

/// Every run file under `examples/` is checked by one of the tests below.
#[test]
fn every_example_has_a_golden_run() {
    // What is trained has no result that is the same on every machine: it is run there, and not pinned.
    let (source, trained) = (include_str!("examples.rs"), include_str!("training.rs"));
    for entry in std::fs::read_dir(project().join("examples")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let pinned = source.contains(&format!("\"{name}\","));
        assert!(pinned || trained.contains(&format!("examples/{name}.toml")), "{name} has no golden run");
    }
}

#[test]
fn btc_alpaca() {
    check(
        "btc-alpaca",
        expect![[r#"
        bars 1320
        orders 57
        fills 57
        round_trips 28
        wins 5
        fees 1390.952875
        final_equity 98562.302125
        max_drawdown 1437.757875
        refused {}
        digest c5b47c8589137976
    "#]],
    );
}

#[test]
fn btc_paper() {
    check(
        "btc-paper",
        expect![[r#"
        bars 1320
        orders 76
        fills 76
        round_trips 38
        wins 5
        fees 331.804015
        final_equity 99974.025985
        max_drawdown 186.7961175
        refused {}
        digest 41db8ee914ee3f72
    "#]],
    );
}

#[test]
fn btc_ema_cross() {
    check(
        "btc-ema-cross",
        expect![[r#"
            bars 15339
            orders 278
            fills 278
            round_trips 139
            wins 37
            fees 3984.75449
            final_equity 163120.22551
            max_drawdown 28652.755955
            refused {}
            digest ae77f7ba21a41378
        "#]],
    );
}

#[test]
fn btc_every_limit() {
    check(
        "btc-every-limit",
        expect![[r#"
            bars 15339
            orders 290
            fills 290
            round_trips 139
            wins 37
            fees 3984.65202450722
            final_equity 162999.90246718708
            max_drawdown 28652.755955
            refused {"approval":1}
            digest 7ee0072c07fbde63
        "#]],
    );
}

#[test]
fn btc_daily_loss() {
    check(
        "btc-daily-loss",
        expect![[r#"
            bars 2187
            orders 493
            fills 327
            round_trips 44
            wins 31
            fees 783.81568
            final_equity 58625.90432
            max_drawdown 45271.453308
            refused {"daily_loss_limit":48,"max_order_notional":9}
            digest 68eda9c529d29cc0
        "#]],
    );
}

#[test]
fn btc_emergency_stop() {
    check(
        "btc-emergency-stop",
        expect![[r#"
            bars 2187
            orders 113
            fills 78
            round_trips 6
            wins 2
            fees 208.996854
            final_equity 80010.493146
            max_drawdown 22063.865331
            refused {"approval":1,"emergency_stop":5405,"max_order_notional":5}
            digest dd5e080adcc1cc58
        "#]],
    );
}

#[test]
fn btc_donchian() {
    check(
        "btc-donchian",
        expect![[r#"
            bars 15339
            orders 335
            fills 335
            round_trips 176
            wins 73
            fees 21543.234663592713
            final_equity 449837.376675827976
            max_drawdown 115007.206249185731
            refused {}
            digest dea5f99298a6e41d
        "#]],
    );
}

#[test]
fn btc_ensemble() {
    check(
        "btc-ensemble",
        expect![[r#"
        bars 15339
        orders 260
        fills 260
        round_trips 130
        wins 50
        fees 13632.581461685539
        final_equity 354002.075922863104
        max_drawdown 80760.296044004441
        refused {}
        digest e1a5cb5c3d997897
    "#]],
    );
}

#[test]
fn btc_grid() {
    check(
        "btc-grid",
        expect![[r#"
        bars 1440
        orders 172
        fills 134
        round_trips 30
        wins 27
        fees 18.8861449
        final_equity 99997.9778551
        max_drawdown 26.44425865
        refused {}
        digest 52e6bc6554858f7b
    "#]],
    );
}

#[test]
fn eurusd_bollinger() {
    check(
        "eurusd-bollinger",
        expect![[r#"
        bars 37286
        orders 1375
        fills 1375
        round_trips 700
        wins 456
        fees 341.547196884
        final_equity 52414.763603116
        max_drawdown 1836.898116804
        refused {}
        digest 906b1d10a8a2488a
    "#]],
    );
}

#[test]
fn pg_hold() {
    check(
        "pg-hold",
        expect![[r#"
            bars 1509
            orders 1
            fills 1
            round_trips 0
            wins 0
            fees 9.506336
            final_equity 151358.111664
            max_drawdown 32076.4914
            refused {}
            digest 6f378b408cd2dfb6
        "#]],
    );
}

#[test]
fn us_equities_rotation() {
    check(
        "us-equities-rotation",
        expect![[r#"
            bars 22630
            orders 173
            fills 173
            round_trips 85
            wins 47
            fees 12600.92328748942
            final_equity 2145304.79605361058
            max_drawdown 402073.1924150416
            refused {}
            digest 71768bf13d09bc41
        "#]],
    );
}

#[test]
fn aapl_bracket() {
    check(
        "aapl-bracket",
        expect![[r#"
        bars 1759
        orders 53
        fills 34
        round_trips 17
        wins 9
        fees 503.6884335373
        final_equity 262511.6688854627
        max_drawdown 46040.2256733424
        refused {}
        digest 5cd717f62fd425ce
    "#]],
    );
}

#[test]
fn btc_perp_funding() {
    check(
        "btc-perp-funding",
        expect![[r#"
        bars 721
        orders 7
        fills 6
        round_trips 4
        wins 0
        fees 342.747834549311
        final_equity 1077.580535362859
        max_drawdown 618.116280042007
        refused {"buying_power":173}
        digest b60930b7b8febb33
    "#]],
    );
}

#[test]
fn btc_perp_isolated() {
    check(
        "btc-perp-isolated",
        expect![[r#"
        bars 721
        orders 21
        fills 30
        round_trips 20
        wins 0
        fees 480.03627175497
        final_equity 591.12218884139
        max_drawdown 634.574842501678
        refused {}
        digest 338c6373fb49accf
    "#]],
    );
}

#[test]
fn btc_hour_on_minutes() {
    check(
        "btc-hour-on-minutes",
        expect![[r#"
        bars 24
        orders 12
        fills 15
        round_trips 4
        wins 0
        fees 198.598761229591
        final_equity 98678.913535367316
        max_drawdown 1321.086464632684
        refused {}
        digest 5070b394e8f7a702
    "#]],
    );
}

#[test]
fn three_on_one_account() {
    check(
        "three-on-one-account",
        expect![[r#"
        bars 2781
        orders 67
        fills 67
        round_trips 33
        wins 17
        fees 58702.073650764134
        final_equity 2839408.829990732221
        max_drawdown 3564178.844459953531
        refused {}
        digest 3394ab843d3715bf
    "#]],
    );
}

#[test]
fn aapl_in_euros() {
    check(
        "aapl-in-euros",
        expect![[r#"
            bars 54964
            orders 61
            fills 61
            round_trips 30
            wins 12
            fees 1114.714589873549
            final_equity 283809.160023174852
            max_drawdown 58179.134448892815
            refused {}
            digest 8016193d7a49c56b
        "#]],
    );
}

#[test]
fn btc_ticks() {
    check(
        "btc-ticks",
        expect![[r#"
        bars 69
        orders 75
        fills 73
        round_trips 8
        wins 4
        fees 17.27823279464
        final_equity 99961.92124040536
        max_drawdown 38.07875959464
        refused {}
        digest 0b3228df770b1004
    "#]],
    );
}
