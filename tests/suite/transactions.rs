//! `onetape transactions`: every fill of a finished run reported once, as CSV and Parquet, and the files proven to say so.
use crate::onetape::{Desk, project};
use serde_json::Value;
use std::collections::BTreeSet;

/// Two strategies on one account, with the facts of reports.
const RUN: &str = r#"[data]
catalog = "CATALOG"
from = "2024-01-01"
to = "2024-07-01"
[[instruments]]
venue = "coinbase"
symbol = "BTCUSD"
interval = "4h"
[account]
cash = "1000000 USD"
[[strategies]]
name = "trend"
kind = "donchian-breakout"
size = "1"
[[strategies]]
name = "range"
kind = "bollinger-reversion"
size = "1"
[reporting]
firm = "506700GE1G29325QX363"
algo_id = { trend = "DC-1", range = "BB-2" }
cfi = { "coinbase:BTCUSD" = "TBXXXX" }
"#;

/// A finished run in `out`, with its tape.
fn finished() -> Desk {
    let desk = Desk::new();
    desk.write("run.toml", &RUN.replace("CATALOG", &project().join("datasets/sample").display().to_string()));
    let answer = desk.say("--json backtest run.toml --out out --tape");
    assert_eq!(answer.code, 0, "{}", answer.err);
    desk
}

/// The rows of a report, header first, by columns.
fn csv(desk: &Desk, path: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(desk.path(path)).expect(path);
    text.lines().map(|line| line.split(',').map(str::to_string).collect()).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let place = rows[0].iter().position(|column| column == name).expect(name);
    rows[1..].iter().map(|row| row[place].clone()).collect()
}

#[test]
fn every_fill_of_a_run_is_reported_once_on_the_day_that_it_happened() {
    let desk = finished();
    let summary: Value =
        serde_json::from_str(&std::fs::read_to_string(desk.path("out/summary.json")).expect("a summary"))
            .expect("JSON");
    let told = desk.say("--json transactions out").json();
    assert_eq!((&told["digest"], &told["rows"]), (&summary["digest"], &summary["fills"]), "{told:#}");
    let days = told["days"].as_array().expect("days");
    assert!(days.len() > 5, "{}", days.len());
    let mut reported = Vec::new();
    for day in days {
        let name = format!("out/transactions/transactions-{}.csv", day["day"].as_str().expect("a day"));
        let rows = csv(&desk, &name);
        assert_eq!(Some(rows.len() as u64 - 1), day["rows"].as_u64(), "{name}");
        let on_its_day = |time: &String| time.starts_with(day["day"].as_str().unwrap_or_default());
        assert!(column(&rows, "execution_time").iter().all(on_its_day), "{name}");
        let parquet = desk.path(&name.replace(".csv", ".parquet"));
        let keys = compliance::read_parquet_keys(&parquet).expect("a report");
        assert_eq!(keys, compliance::read_csv_keys(&desk.path(&name)).expect("a report"), "both forms say the same");
        reported.extend(column(&rows, "fill_id"));
        let known: BTreeSet<String> = column(&rows, "algo_id").into_iter().collect();
        assert!(known.is_subset(&["DC-1".to_string(), "BB-2".to_string()].into()), "{known:?}");
        assert!(column(&rows, "uti").iter().all(|uti| uti.starts_with("506700GE1G29325QX363")), "{name}");
    }
    let fills = evaluations::tables::read_fills(&desk.path("out/fills.parquet")).expect("fills");
    let mut booked: Vec<String> = fills.into_iter().map(|fill| fill.fill_id).collect();
    booked.sort();
    reported.sort();
    assert_eq!(reported, booked);
    let people = desk.say("transactions out");
    let said = format!("{} rows on {} days, every fill reported exactly once", fills_of(&told), days.len());
    assert!(people.code == 0 && people.out.contains(&said), "{} {}", people.out, people.err);
}

fn fills_of(told: &Value) -> u64 {
    told["rows"].as_u64().expect("rows")
}

#[test]
fn a_day_or_some_days_are_reported_alone_and_the_same_bytes_come_again() {
    let desk = finished();
    let all = desk.say("--json transactions out --out all").json();
    let days: Vec<&str> = all["days"].as_array().expect("days").iter().filter_map(|day| day["day"].as_str()).collect();
    let (first, third) = (days[0], days[2]);
    let one = desk.say(&format!("--json transactions out --out one --day {first}")).json();
    assert_eq!((one["days"].as_array().map(Vec::len), &one["booked"]), (Some(1), &all["booked"]));
    desk.say(&format!("transactions out --out some --from {first} --to {third}")).refuses(0, "");
    let names = |folder: &str| -> BTreeSet<String> {
        let there = std::fs::read_dir(desk.path(folder)).expect("a folder").flatten();
        there.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!((names("one").len(), names("some").len(), names("all").len()), (2, 6, 2 * days.len()));
    for (folder, name) in names("one").iter().map(|n| ("one", n)).chain(names("some").iter().map(|n| ("some", n))) {
        let read = |folder: &str| std::fs::read(desk.path(&format!("{folder}/{name}"))).expect("a file");
        assert_eq!(read(folder), read("all"), "{name}");
    }
    let silent = desk.say("--json transactions out --out silent --day 2031-01-01").json();
    assert_eq!((&silent["rows"], csv(&desk, "silent/transactions-2031-01-01.csv").len()), (&0.into(), 1));
    desk.say("transactions out --day 2024-02-30").refuses(2, "--day: `2024-02-30` is not a day");
    desk.say("transactions out --from 2024-03-02 --to 2024-03-01").refuses(2, "lies before 2024-03-02");
    desk.say("transactions out --day 2024-03-01 --to 2024-03-02").refuses(2, "cannot be used with");
    desk.say("transactions out --reported-at noon").refuses(2, "--reported-at: this is not a date");
    let at = format!("transactions out --out at --day {first} --reported-at 2024-08-01T06:00:00Z");
    assert_eq!(desk.say(&at).code, 0);
    let rows = csv(&desk, &format!("at/transactions-{first}.csv"));
    assert!(column(&rows, "reporting_time").iter().all(|time| time == "2024-08-01T06:00:00Z"));
}

#[test]
fn a_lost_row_and_a_doubled_one_are_named_and_end_with_a_no() {
    let desk = finished();
    let told = desk.say("--json transactions out").json();
    let first = told["days"][0]["day"].as_str().expect("a day").to_string();
    assert_eq!(desk.say("transactions out --check").code, 0);
    let (path, other) =
        (format!("out/transactions/transactions-{first}.csv"), "out/transactions/transactions-2031-01-01.csv");
    let whole = std::fs::read_to_string(desk.path(&path)).expect("a report");
    let lines: Vec<&str> = whole.split_inclusive("\r\n").collect();
    let rows = csv(&desk, &path);
    let (order, fill) = (&column(&rows, "order_id")[0], &column(&rows, "fill_id")[0]);
    let name = format!("fill {fill} of order {order}");
    // A row that is not there.
    desk.write(&path, &[&lines[..1], &lines[2..]].concat().concat());
    let answer = desk.say("--json transactions out --check");
    assert_eq!(answer.code, 3, "{}", answer.err);
    let object: Value = serde_json::from_str(&answer.out).expect("an object");
    assert_eq!(object["faults"], serde_json::json!([format!("csv: {name}: no row reports it (NEWT)")]));
    // A row twice in one file, and once more on another day.
    desk.write(&path, &(whole.clone() + lines[1]));
    desk.say("transactions out --check").refuses(3, &format!("{name}: 2 rows report it (NEWT), in "));
    desk.write(&path, &whole);
    desk.write(other, &[lines[0], lines[1]].concat());
    let twice =
        format!("csv: {name}: 2 rows report it (NEWT), in transactions-{first}.csv, transactions-2031-01-01.csv");
    desk.say("transactions out --check").refuses(3, &twice);
    desk.say("transactions out").refuses(3, &twice);
    assert_eq!(desk.say(&format!("transactions out --day {first}")).code, 0, "the other day was not asked for");
    std::fs::remove_file(desk.path(other)).expect("removed");
    // A whole day that is not there, and a file that is no report.
    std::fs::remove_file(desk.path(&path)).expect("removed");
    desk.say("transactions out --check").refuses(3, "no row reports it (NEWT)");
    desk.write(&path, "no report");
    desk.say("transactions out --check").refuses(3, &format!("transactions-{first}.csv"));
    assert_eq!(desk.say("transactions out").code, 0, "writing puts it right");
    desk.say("transactions out --check --out none").refuses(2, "cannot read none");
}

#[test]
fn a_run_that_says_too_little_or_is_not_what_it_was_is_told_so() {
    let desk = finished();
    let text = std::fs::read_to_string(desk.path("out/run.toml")).expect("a run file");
    let (before, _) = text.split_once("[reporting]").expect("the section");
    desk.write("out/run.toml", before);
    desk.say("transactions out").refuses(2, "there is no section [reporting]");
    desk.say("transactions out --set reporting.firm=506700GE1G29325QX364").refuses(2, "would be 63");
    assert!(!desk.path("out/transactions").exists(), "nothing was written");
    assert_eq!(desk.say("transactions out --set reporting.firm=506700GE1G29325QX363").code, 0);
    let other = "transactions out --set reporting.firm=506700GE1G29325QX363 --set run.seed=8";
    desk.say(other).refuses(3, "configuration differs: run.seed");
    // The table of fills is another run's.
    desk.write("out/run.toml", &text);
    let fills = evaluations::tables::read_fills(&desk.path("out/fills.parquet")).expect("fills");
    let fewer = fills[1..].iter().cloned();
    evaluations::tables::write_fills(&desk.path("out/fills.parquet"), fewer).expect("written");
    desk.say("transactions out").refuses(3, &format!("fills.parquet: fill {} of order", fills[0].fill_id));
    desk.say("transactions nowhere").refuses(2, "nowhere is no tape");
    desk.say("--json backtest run.toml --out out --tape").refuses(2, "but also transactions");
}
