//! Transaction reports: every fill once, known fields filled, unknown ones empty, and files that read back.
use crate::stage::{DAY, HOUR, INSTRUMENTS, MINUTE, OWNERS, Stage, instruments};
use compliance::{
    ActionType, Clearing, Listing, ReportFault, ReportKey, Reporting, RunMark, TransactionReport, check_reports,
    csv_text, read_csv_keys, read_parquet_keys, within, write_csv, write_parquet,
};
use engine::{Fill, FillId, InstrumentId, Liquidity, Money, OrderId, Owner, Report, Rng, Side, Timestamp};
use expect_test::expect;

const WHAT: InstrumentId = InstrumentId(0);
const START: i64 = 19_000 * DAY + 23 * HOUR;
const FIRM: &str = "506700GE1G29325QX363";

fn reporting() -> Reporting {
    let listing = Listing {
        isin: "US0378331005".parse().ok(),
        cfi: "ESVUFR".parse().ok(),
        upi: None,
        mic: "XNAS".parse().ok(),
        counterparty: "529900T8BM49AURSDO55".parse().ok(),
        effective: None,
        maturity: None,
        clearing: Some(Clearing::Cleared),
        collateral: None,
    };
    let firm = FIRM.parse().expect("a legal entity");
    let algo_ids = [(Owner(1), "trend, \"fast\"".to_string()), (Owner(2), "range".to_string())].into();
    let decision_maker_id = Some("CM-7".to_string());
    Reporting { listings: vec![listing], algo_ids, decision_maker_id, ..Reporting::new(firm) }
}

fn rows(stage: &Stage) -> Vec<TransactionReport> {
    let run: RunMark = "ae77f7ba21a4c0ffee00ae77f7ba21a4".parse().expect("a mark");
    stage.reporter.rows(&reporting(), &run, &instruments(), Some(Timestamp(START + 3 * DAY)))
}

/// Two fills of an order, one of which is taken back on the next day, a sale of somebody else, and a liquidation.
fn played() -> Stage {
    let mut stage = Stage::new(&compliance::WatchConfig::default());
    stage.candle(WHAT, (START - MINUTE, START), [10_000; 4], 100);
    stage.candle(InstrumentId(1), (START - MINUTE, START), [10_000; 4], 100);
    let order = stage.limit(START, Owner(1), (WHAT, Side::Buy), 10_000, 100);
    stage.fill(START + 1, order, 10_000, 40, Liquidity::Maker);
    stage.fill(START + 2, order, 9_999, 60, Liquidity::Maker);
    let second = stage.last_fill.expect("a fill");
    stage.take(START + 3, Owner(2), (InstrumentId(1), Side::Sell), 10_001, 1_500);
    stage.report(START + 2 * HOUR, Report::Busted(second));
    let liquidated =
        Fill { order: OrderId(0), fill: FillId(99), side: Side::Sell, quantity: engine::Qty(40), ..second };
    let liquidated = Fill { venue_time: Timestamp(START + 3 * HOUR), ..liquidated };
    stage.report(START + 3 * HOUR, Report::Liquidated(liquidated));
    stage
}

fn keys(rows: &[TransactionReport]) -> Vec<ReportKey> {
    rows.iter().map(ReportKey::from).collect()
}

fn faults(stage: &Stage, files: &[&[ReportKey]]) -> Vec<String> {
    let names = ["monday.csv", "tuesday.csv", "wednesday.csv"];
    let files: Vec<(String, Vec<ReportKey>)> =
        names.iter().zip(files).map(|(name, keys)| ((*name).to_string(), keys.to_vec())).collect();
    check_reports(&stage.booked, &files).iter().map(ReportFault::to_string).collect()
}

#[test]
fn what_is_known_is_reported_and_what_is_not_is_empty() {
    expect![[r#"
        reporting_time,submitting_entity,responsible_entity,executing_entity,counterparty_1,counterparty_2,side,uti,isin,cfi,upi,venue_mic,instrument,price,quantity,notional,currency,execution_time,effective_date,maturity_date,clearing,valuation,collateral,action_type,event_type,algo_id,decision_maker_id,order_id,fill_id,fill_number,event_time
        2022-01-11T23:00:00Z,,,506700GE1G29325QX363,506700GE1G29325QX363,529900T8BM49AURSDO55,buy,506700GE1G29325QX363AE77F7BA21A4C0FFEE00000000000001,US0378331005,ESVUFR,,XNAS,stage:AAA,100,40,4000,USD,2022-01-08T23:00:00.000000001Z,,,Y,,,NEWT,TRAD,"trend, ""fast""",CM-7,1,1,1,2022-01-08T23:00:00.000000001Z
        2022-01-11T23:00:00Z,,,506700GE1G29325QX363,506700GE1G29325QX363,529900T8BM49AURSDO55,buy,506700GE1G29325QX363AE77F7BA21A4C0FFEE00000000000002,US0378331005,ESVUFR,,XNAS,stage:AAA,99.99,60,5999.4,USD,2022-01-08T23:00:00.000000002Z,,,Y,,,NEWT,TRAD,"trend, ""fast""",CM-7,1,2,2,2022-01-08T23:00:00.000000002Z
        2022-01-11T23:00:00Z,,,506700GE1G29325QX363,506700GE1G29325QX363,,sell,506700GE1G29325QX363AE77F7BA21A4C0FFEE00000000000003,,,,,stage:BBB,100.01,1.5,150.015,USD,2022-01-08T23:00:00.000000003Z,,,,,,NEWT,TRAD,range,CM-7,2,3,3,2022-01-08T23:00:00.000000003Z
        2022-01-11T23:00:00Z,,,506700GE1G29325QX363,506700GE1G29325QX363,529900T8BM49AURSDO55,buy,506700GE1G29325QX363AE77F7BA21A4C0FFEE00000000000002,US0378331005,ESVUFR,,XNAS,stage:AAA,99.99,60,5999.4,USD,2022-01-08T23:00:00.000000002Z,,,Y,,,EROR,,"trend, ""fast""",CM-7,1,2,2,2022-01-09T01:00:00Z
        2022-01-11T23:00:00Z,,,506700GE1G29325QX363,506700GE1G29325QX363,529900T8BM49AURSDO55,sell,506700GE1G29325QX363AE77F7BA21A4C0FFEE00000000000004,US0378331005,ESVUFR,,XNAS,stage:AAA,99.99,40,3999.6,USD,2022-01-09T02:00:00Z,,,Y,,,NEWT,TRAD,,,0,99,4,2022-01-09T02:00:00Z
    "#]].assert_eq(&csv_text(rows(&played()).iter()).replace("\r\n", "\n"));
    assert!(csv_text([].into_iter()).ends_with("event_time\r\n"), "an empty report has a header");
}

#[test]
fn a_fill_is_reported_once_however_often_the_venue_says_it() {
    let mut stage = played();
    let (before, last) = (rows(&stage), stage.last_fill.expect("a fill"));
    stage.report(START + 4 * HOUR, Report::Filled(last));
    stage.report(START + 4 * HOUR, Report::Filled(Fill { order: OrderId(77), ..last }));
    assert_eq!(rows(&stage), before);
    // The news that it never was comes first: nothing was booked, and nothing is reported.
    let order = stage.limit(START + 5 * HOUR, Owner(1), (WHAT, Side::Buy), 10_000, 100);
    let never = Fill { order, fill: FillId(500), instrument: WHAT, side: Side::Buy, ..last };
    stage.report(START + 5 * HOUR, Report::Busted(never));
    stage.report(START + 6 * HOUR, Report::Filled(never));
    assert_eq!(rows(&stage), before);
    assert_eq!(faults(&stage, &[&keys(&before)]), [""; 0]);
}

#[test]
fn every_row_is_in_one_day() {
    let rows = rows(&played());
    let midnight = Timestamp(START + HOUR);
    let day = |from, to| within(&rows, from, to).cloned().collect::<Vec<_>>();
    let (first, second) = (day(Timestamp(START - DAY), midnight), day(midnight, Timestamp(START + 2 * DAY)));
    assert_eq!((first.len(), second.len()), (3, 2));
    assert_eq!([first, second].concat().len(), rows.len());
    let at = rows[0].event_time;
    let window = |from: i64, to: i64| within(&rows, at.after(from), at.after(to)).count();
    assert_eq!(
        [window(0, 1), window(1, 1), window(-1, 0)],
        [1, 0, 0],
        "a window holds its first instant and not its last"
    );
}

#[test]
fn each_missing_and_each_doubled_fill_is_named() {
    let stage = played();
    let all = keys(&rows(&stage));
    let (one, other) = all.split_at(3);
    assert_eq!(faults(&stage, &[one, other]), [""; 0]);
    let mut wrong = all.clone();
    wrong[0].uti = wrong[1].uti.clone();
    let mut renamed = all.clone();
    renamed[3].uti = "ANOTHER".into();
    let mut told = vec![
        faults(&stage, &[one]),
        faults(&stage, &[one, &all]),
        faults(&stage, &[&wrong]),
        faults(&stage, &[&renamed]),
        faults(&Stage::new(&compliance::WatchConfig::default()), &[&all[..1]]),
    ];
    told.iter_mut().for_each(|faults| faults.sort());
    expect![[r#"
        [
            [
                "fill 2 of order 1: no row reports it (EROR)",
                "fill 99 of order 0: no row reports it (NEWT)",
            ],
            [
                "fill 1 of order 1: 2 rows report it (NEWT), in monday.csv, tuesday.csv",
                "fill 2 of order 1: 2 rows report it (NEWT), in monday.csv, tuesday.csv",
                "fill 3 of order 2: 2 rows report it (NEWT), in monday.csv, tuesday.csv",
            ],
            [
                "transaction 506700GE1G29325QX363AE77F7BA21A4C0FFEE00000000000002 is fill 1 of order 1 and fill 2 of order 1",
            ],
            [
                "fill 2 of order 1: what takes its report back names another transaction",
            ],
            [
                "fill 1 of order 1: monday.csv reports it (NEWT), and it was not booked",
            ],
        ]
    "#]].assert_debug_eq(&told);
}

#[test]
fn files_read_back_as_they_were_written() {
    let (folder, stage) = (tempfile::tempdir().expect("a folder"), played());
    let rows = rows(&stage);
    let path = |name: &str| folder.path().join(name);
    for count in [0, 1, rows.len()] {
        write_csv(&path("a.csv"), rows[..count].iter()).expect("written");
        write_parquet(&path("a.parquet"), rows[..count].iter()).expect("written");
        write_parquet(&path("b.parquet"), rows[..count].iter()).expect("written");
        assert_eq!(read_csv_keys(&path("a.csv")).expect("a report"), keys(&rows[..count]));
        assert_eq!(read_parquet_keys(&path("a.parquet")).expect("a report"), keys(&rows[..count]));
        let bytes = |name: &str| std::fs::read(path(name)).expect("a file");
        assert_eq!(bytes("a.parquet"), bytes("b.parquet"), "the same rows make the same bytes");
    }
}

#[test]
fn a_file_that_is_no_report_is_refused_with_its_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, rows) = (folder.path().join("day.csv"), rows(&played()));
    let good = csv_text(rows.iter());
    let refused = |text: &str| {
        std::fs::write(&path, text).expect("written");
        let error = read_csv_keys(&path).expect_err("refused").to_string();
        error.split_once("day.csv: ").map_or(error.clone(), |(_, what)| what.to_string())
    };
    let first = good.lines().nth(1).expect("a row");
    let told = [
        refused(""),
        refused("a,b\r\n1,2\r\n"),
        refused(&good[..good.len() - 9]),
        refused(&good.replace("NEWT", "NEW")),
        refused(&good.replace(first, &format!("{first},more"))),
        refused(&good.replacen('"', "", 1)),
    ];
    expect![[r#"
        [
            "row 0: there is no header",
            "row 0: there is no column `order_id`: was this file written by another program?",
            "row 0: the last line does not end: is the file cut off?",
            "row 1: `NEW` is no action: expected NEWT or EROR",
            "row 1: 32 fields under a header of 31",
            "row 0: a quote is not closed: is the file cut off?",
        ]
    "#]]
    .assert_debug_eq(&told);
    std::fs::write(&path, "no table").expect("written");
    assert!(read_parquet_keys(&path).is_err() && read_csv_keys(&folder.path().join("none.csv")).is_err());
}

#[test]
fn of_random_flows_every_fill_is_reported_once_and_every_loss_is_seen() {
    let mut checked = 0;
    for seed in 0..200 {
        let mut rng = Rng::stream(seed, "reports");
        let mut stage = Stage::new(&compliance::WatchConfig::default());
        let mut now = START;
        for place in 0..INSTRUMENTS {
            stage.candle(InstrumentId(place), (START - MINUTE, START), [10_000; 4], 100);
        }
        for _ in 0..1 + rng.below(40) {
            now += rng.below(4 * HOUR as u64) as i64;
            let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
            let what = (InstrumentId(rng.below(u64::from(INSTRUMENTS)) as u32), side);
            let (owner, size) = (Owner(1 + rng.below(u64::from(OWNERS)) as u8), 1 + rng.below(500) as i64);
            stage.take(now, owner, what, 9_000 + rng.below(2_000) as i64, size);
            let fill = stage.last_fill.expect("a fill");
            match rng.below(5) {
                0 => stage.report(now + 1, Report::Busted(fill)),
                1 => stage.report(now + 1, Report::Filled(fill)),
                _ => {}
            }
            now += 1;
        }
        let rows = rows(&stage);
        let days: Vec<Vec<ReportKey>> = (19_000..19_010)
            .map(|day| within(&rows, Timestamp(day * DAY), Timestamp((day + 1) * DAY)).map(ReportKey::from).collect())
            .collect();
        let named = |days: &[Vec<ReportKey>]| {
            let files: Vec<_> = (0..).map(|day: u32| format!("day {day}")).zip(days.iter().cloned()).collect();
            check_reports(&stage.booked, &files)
        };
        assert_eq!(named(&days), [], "seed {seed}");
        let day = days.iter().position(|keys| !keys.is_empty()).expect("a fill");
        let (mut less, mut more) = (days.clone(), days.clone());
        let lost = less[day].remove(rng.below(days[day].len() as u64) as usize);
        more[9].push(lost.clone());
        let (order, fill, action) = (lost.order, lost.fill, lost.action);
        assert_eq!(named(&less), [ReportFault::Missing { order, fill, action }], "seed {seed}");
        let files = vec![format!("day {day}"), "day 9".to_string()];
        assert_eq!(named(&more), [ReportFault::Doubled { order, fill, action, files }], "seed {seed}");
        let utis: std::collections::BTreeSet<String> =
            rows.iter().filter(|row| row.action_type == ActionType::New).map(|row| row.uti.to_string()).collect();
        assert_eq!(utis.len() as u64, stage.state().counters.fills, "seed {seed}");
        checked += rows.len();
    }
    assert!(checked > 4_000, "{checked} rows");
}

#[test]
fn a_notional_is_price_times_quantity() {
    let rows = rows(&played());
    let notional: Money = "4000".parse().expect("money"); // 40 at 100.00
    assert_eq!((rows[0].notional, rows[2].notional.to_string()), (notional, "150.015".into()));
}
