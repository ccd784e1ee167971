//! What a good file means.
use super::{GOOD, RunFile, good, with};
use crate::run_file::Parameter;
use datasets::CalendarName;
use engine::sim::{Delay, Latency, PathModel, Queue};
use engine::{Interval, Money, Timestamp};
use rust_decimal::Decimal;
use std::path::Path;

const SECOND: i64 = Interval::SECOND.0;

#[test]
fn a_good_file_means_what_it_says() {
    let run = good(GOOD);
    assert_eq!((run.run.name.as_str(), run.run.seed), ("btc", 7));
    assert_eq!(run.data.catalog.written, "../sample");
    assert_eq!(run.data.catalog.path, Path::new("/runs/../sample"));
    assert_eq!(run.data.from, Some(Timestamp(1_514_764_800 * SECOND)));
    assert_eq!(run.data.to, Some(Timestamp(1_735_689_600 * SECOND)));
    assert_eq!(run.instruments[0].name(), "coinbase:BTCUSD");
    assert_eq!(run.instruments[0].interval, Interval(4 * Interval::HOUR.0));
    assert_eq!((run.account.cash, run.account.currency.code()), (Money(100_000 * Money::ONE.0), "USD"));
    assert_eq!(run.account.leverage.ppm, 1_000_000);
    assert_eq!(run.strategies[0].kind, "ema-cross");
    assert_eq!(run.strategies[0].parameter("fast"), Some(&Parameter::Whole(20)));
    assert_eq!(run.strategies[0].parameter("kind"), None);
    assert_eq!(run.execution.taker_fee_bps, Decimal::from(5));
    assert_eq!((run.execution.path, run.execution.queue), (PathModel::Pessimistic, Queue::Through));
    assert_eq!(run.risk, None);
}

#[test]
fn every_key_of_an_instrument_is_read() {
    let text = with(
        "interval = \"4h\"",
        "interval = \"1d\"\ntick = 0.01\nlot = \"0.001\"\nmin_notional = 10\nmultiplier = 5\nquote = \"EUR\"\n\
         maker_fee_bps = -0.5\ntaker_fee_bps = 2.25\nmargin = 0.05\ncalendar = \"XNYS\"\nsession = \"6h30m\"\n\
         price_step = 0.001\nquantity_step = 1e-4",
    );
    let run = good(&text);
    let it = &run.instruments[0];
    assert_eq!(it.tick, Some(Decimal::new(1, 2)));
    assert_eq!(it.lot, Some(Decimal::new(1, 3)));
    assert_eq!(it.min_notional, Some(Money(10 * Money::ONE.0)));
    assert_eq!(it.multiplier, Some(Decimal::from(5)));
    assert_eq!(it.role.quote.map(|c| c.to_string()), Some("EUR".into()));
    assert_eq!((it.maker_fee_bps, it.taker_fee_bps), (Some(Decimal::new(-5, 1)), Some(Decimal::new(225, 2))));
    assert_eq!(it.margin, Some(Decimal::new(5, 2)));
    assert_eq!((it.calendar, it.session), (CalendarName::find("XNYS").ok(), Some(Interval(390 * Interval::MINUTE.0))));
    assert_eq!((it.price_scale, it.quantity_scale), (Some(3), Some(4)));
}

#[test]
fn every_name_of_a_calendar_is_read_and_written_back_as_it_was_spelled() {
    for name in datasets::calendar::names() {
        let line = format!("calendar = \"{name}\"");
        let run = good(&with("interval = \"4h\"", &format!("interval = \"4h\"\n{line}")));
        assert_eq!(run.instruments[0].calendar.map(CalendarName::as_str), Some(name));
        assert!(run.resolved().contains(&line), "{name}");
    }
}

#[test]
fn latencies_are_nanoseconds_exactly() {
    let text = with("taker_fee_bps = 5", "latency_ms = 0.1\nfeed_latency_ms = \"20\"\nreply_latency_ms = 0.000001");
    let fixed = Delay::Fixed;
    let expected = Latency { feed: fixed(20_000_000), entry: fixed(100_000), reply: fixed(1) };
    assert_eq!(good(&text).execution.latency, expected);
}

#[test]
fn decimals_are_read_from_their_text_and_not_through_a_float() {
    let check = |written: &str, expected: &str| {
        let run = good(&with("fast = 20", &format!("edge = {written}")));
        let expected = Parameter::Number(Decimal::from_str_exact(expected).expect("a decimal"));
        assert_eq!(run.strategies[0].parameter("edge"), Some(&expected), "{written}");
    };
    // No double lies on any of these.
    check("0.1", "0.1");
    check("0.1000000000000000000000000001", "0.1000000000000000000000000001");
    check("9007199254740993.5", "9007199254740993.5");
    check("1_000.5", "1000.5");
    check("1e-7", "0.0000001");
    check("6.02e3", "6020");
    let cash = good(&with("100000 USD", "123456789012.123456789012 USD")).account.cash;
    assert_eq!(cash, Money(123_456_789_012_123_456_789_012));
}

#[test]
fn a_date_needs_no_quotes() {
    let quoted = good(GOOD);
    let check = |written: &str| {
        let run = good(&with("from = \"2018-01-01\"", &format!("from = {written}")));
        assert_eq!(run, quoted, "{written}");
    };
    check("2018-01-01");
    check("2018-01-01T00:00:00Z");
    check("2018-01-01 00:00:00.000+00:00");
    check("\"2018-01-01T00:00:00Z\"");
}

#[test]
fn line_ends_a_byte_order_mark_and_comments_change_nothing() {
    let expected = good(GOOD);
    assert_eq!(good(&GOOD.replace('\n', "\r\n")), expected);
    assert_eq!(good(&format!("\u{feff}{GOOD}")), expected);
    assert_eq!(good(&GOOD.replace('\n', " # why\n")), expected);
    let late = GOOD.replace('\n', "\r\n").replace("seed", "sed");
    let error = super::parse(&format!("\u{feff}{late}")).expect_err("a bad file");
    assert_eq!((error.problems[0].line, error.problems[0].column), (Some(3), Some(1)));
    assert!(!error.to_string().contains('\r'));
    let error = super::parse(&format!("\u{feff}sed = 1\n{GOOD}")).expect_err("a bad file");
    assert_eq!(error.problems[0].column, Some(1));
    assert!(error.to_string().contains("\n  1 | sed = 1\n    | ^^^\n"), "{error}");
}

#[test]
fn either_end_of_the_time_may_be_open() {
    let run = good(&GOOD.replace("from = \"2018-01-01\"\n", ""));
    assert_eq!((run.data.from, run.data.to.is_some()), (None, true));
    assert_eq!(good(&GOOD.replace("to = \"2025-01-01\"\n", "")).data.to, None);
}

#[test]
fn a_run_without_a_name_is_called_as_its_file() {
    let text = with("name = \"btc\"\n", "");
    let name = |origin: &str| {
        RunFile::parse(&text, origin, Path::new("/runs"), &[]).map(|run| run.run.name).unwrap_or_default()
    };
    assert_eq!(name("examples/eth-trend.toml"), "eth-trend");
    assert_eq!(name("a b.toml"), "run");
    assert_eq!(name(""), "run");
}

#[test]
fn with_a_risk_section_all_instruments_are_allowed_unless_it_lists_them() {
    let off = "daily_loss_limit_pct = \"off\"\nemergency_stop_pct = \"off\"\n";
    let run = good(&format!("{GOOD}[risk]\n{off}"));
    assert_eq!(run.risk.map(|risk| risk.allowed_instruments), Some(vec!["coinbase:BTCUSD".to_string()]));
}

#[test]
fn limits_are_asked_in_the_order_in_which_they_stand_and_those_by_default_come_last() {
    let limits = "self_cross = \"refuse\"\nmax_position = { \"coinbase:BTCUSD\" = \"2.5\" }\nmax_orders = \"10 in 1s\"\n\
        max_data_age = \"90m\"\nemergency_stop_pct = \"off\"\nmax_leverage = 1.5\noversize = \"clip\"\n";
    let run = good(&format!("{GOOD}[risk]\n{limits}"));
    let keys =
        |run: &RunFile| run.risk.iter().flat_map(|risk| risk.limits.iter().map(|line| line.key)).collect::<Vec<_>>();
    let expected = [
        "self_cross",
        "max_position",
        "max_orders",
        "max_data_age",
        "emergency_stop_pct",
        "max_leverage",
        "daily_loss_limit_pct",
    ];
    assert_eq!(keys(&run), expected);
    assert!(run.resolved().contains("max_data_age = \"90m\"\n"), "{}", run.resolved());
}

#[test]
fn shocks_are_read_exactly_and_written_back() {
    let shocks = "shocks = { \"a crash\" = { \"*\" = -30, \"coinbase:BTCUSD\" = -50.5 }, up = { \"*\" = 20 } }\n";
    let run = good(&format!("{GOOD}[risk]\n{shocks}"));
    let read: Vec<_> = run.risk.iter().flat_map(|risk| risk.shocks.clone()).collect();
    let changes: Vec<_> =
        read.iter().map(|it| (it.name.as_str(), it.changes.iter().map(|c| c.1).collect::<Vec<_>>())).collect();
    assert_eq!(changes, [("a crash", vec![-300_000, -505_000]), ("up", vec![200_000])]);
    assert!(run.resolved().contains("-50.5 }, \"up\" = { \"*\" = 20 } }\n"), "{}", run.resolved());
}

#[test]
fn what_people_do_reads_as_it_was_written() {
    let acts = "[risk]\n[[operators]]\nat = \"2018-03-01\"\nwho = \"ada\"\napprover = \"ben\"\nwhy = \"a drill\"\n\
        limit = \"max_order_notional\"\nto = \"5000 USD\"\n\
        [[operators]]\nat = 2018-03-02T10:00:00Z\nwho = \"ada\"\nwhy = \"a drill\"\ntrading = \"reducing\"\n\
        [[operators]]\nat = 2018-03-03T10:00:00Z\nwho = \"ada\"\nwhy = \"a drill\"\ntrading = \"close\"\n";
    let run = good(&format!("{GOOD}{acts}"));
    assert_eq!(run.operators.len(), 3);
    let text = run.resolved();
    assert!(text.ends_with("why = \"a drill\"\ntrading = \"close\"\n"), "{text}");
}

#[test]
fn what_a_session_is_told_reads_as_it_was_written() {
    let live = "[live]\nheartbeat = \"2s\"\nmax_silence = \"30s\"\non_stop = \"flatten\"\nstop_within = \"1m\"\n\
        position_mode = \"hedge\"\nmarket_sockets = 2\nfills = \"ticks\"\nbusy_wait = true\nkill_timer = \"90s\"\n";
    let run = good(&format!("{GOOD}{live}"));
    let text = run.resolved();
    assert!(text.ends_with(live), "{text}");
    assert_eq!(run.binding(), good(GOOD).binding(), "it decides nothing about an event");
    for (live, seconds) in [
        ("", Some(60)),
        ("on_stop = \"cancel\"\n", Some(60)),
        ("on_stop = \"keep\"\n", None),
        ("on_stop = \"keep\"\nkill_timer = \"10s\"\n", Some(10)),
        ("kill_timer = \"off\"\n", None),
    ] {
        let run = good(&format!("{GOOD}[live]\n{live}"));
        assert_eq!(run.live.as_ref().and_then(|live| live.kill_timer_s()), seconds, "{live}");
        assert!(!run.resolved().contains("position_mode"), "what is usual is not written back");
    }
}

#[test]
fn a_caller_can_complain_about_a_setting_at_its_line() {
    let run = good(GOOD);
    expect_test::expect![[r#"
        run.toml:20:1: `fast` must be below `slow`
          20 | fast = 20
             | ^^^^^^^^^"#]]
    .assert_eq(&run.strategy_error(0, Some("fast"), "`fast` must be below `slow`").to_string());
    expect_test::expect![[r#"
        run.toml:19:1: there is no strategy `ema-cross`
          19 | kind = "ema-cross"
             | ^^^^^^^^^^^^^^^^^^"#]]
    .assert_eq(&run.strategy_error(0, None, "there is no strategy `ema-cross`").to_string());
    expect_test::expect![[r#"
        run.toml:18:1: `slow` is missing
          18 | [strategy]
             | ^^^^^^^^^^"#]]
    .assert_eq(&run.strategy_error(0, Some("slow"), "`slow` is missing").to_string());
    expect_test::expect![[r#"
        run.toml:12:1: no candles
          12 | symbol = "BTCUSD"
             | ^^^^^^^^^^^^^^^^^"#]]
    .assert_eq(&run.error_at("instruments.0.symbol", "no candles").to_string());
    expect_test::expect!["run.toml: live needs [risk]"]
        .assert_eq(&run.error_at("risk", "live needs [risk]").to_string());
}
