//! Costs that change within a run: from the catalog's records to fills, liquidations and the words of the tear sheet.
use crate::onetape::Desk;
use datasets::FileNotes;
use engine::{Candle, Interval, Price, Timestamp};
use evaluations::tables::read_fills;
use serde_json::Value;

/// 2019-12-31T20:00:00Z: four hours before the records change.
const FIRST: i64 = 1_577_822_400_000_000_000;

const RUN: &str = "[run]\nname = \"dated\"\n[data]\ncatalog = \"catalog\"\n\
    [[instruments]]\nvenue = \"made\"\nsymbol = \"AB\"\ninterval = \"1h\"\nlot = 1\n\
    [account]\ncash = \"1000 USD\"\nleverage = 10\n[strategy]\nkind = \"flip\"\nsize = \"1\"\n\
    [execution]\ntaker_fee_bps = 9\nliquidation_fee_bps = 0\n";

/// Eight hours at 100.00, records of which the second holds from 2020 on, and the run file.
fn desk(old: &str, new: &str) -> Desk {
    let desk = Desk::new();
    let hour = |n: i64| Timestamp(FIRST + n * Interval::HOUR.0);
    let price = Price(100_00000000);
    let candle = |n| Candle {
        open_time: hour(n),
        known_time: hour(n + 1),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1_000,
    };
    let notes = FileNotes {
        venue: "made".into(),
        symbol: "AB".into(),
        interval: Interval::HOUR,
        source: "made".into(),
        licence: "none needed".into(),
        price: "trade".into(),
        note: String::new(),
    };
    let candles: Vec<Candle> = (0..8).map(candle).collect();
    datasets::write_candles(&desk.path("catalog/candles/made/AB/1h.parquet"), &notes, &candles).expect("written");
    let head = "[[record]]\nvenue = \"made\"\nsymbol = \"AB\"\n";
    let records = format!("{head}from = \"2010-01-01\"\n{old}\n{head}from = \"2020-01-01\"\n{new}\n");
    desk.write("catalog/instruments/made.toml", &records);
    desk.write("run.toml", RUN);
    desk
}

/// What the assumptions say about the instrument.
fn texts(summary: &Value) -> Vec<String> {
    let all = summary["assumptions"].as_array().expect("assumptions").iter();
    let own = all.filter(|it| it["about"] == "made:AB").map(|it| it["text"].as_str().expect("a text").to_string());
    own.collect()
}

/// Fees of the fills from 21:00 to 03:00, and what was assumed about the instrument.
fn check(desk: &Desk, more: &str, fees: [&str; 7], assumed: &[&str]) {
    let summary = desk.say(&format!("--json backtest run.toml --out out{more}")).json();
    let fills = read_fills(&desk.path("out/fills.parquet")).expect("fills");
    let paid: Vec<String> = fills.iter().map(|fill| fill.fee.to_string()).collect();
    assert_eq!(paid, fees, "{more}");
    assert_eq!(texts(&summary), assumed, "{more}");
}

#[test]
fn each_fill_pays_what_the_record_of_its_day_says() {
    let desk = desk("taker_fee_bps = 5", "taker_fee_bps = 4\nfee_per_unit = \"0.001\"\nmin_fee = \"0.05\"");
    let (old, new) = ("0.05", "0.05");
    let text = "fees 5 bps taker, 0 bps maker until 2020-01-01, \
                then 4 bps taker, 0 bps maker and 0.001 a unit and at least 0.05 a fill";
    check(&desk, "", [old, old, old, new, new, new, new], &[text]);
    let text = "fees 5 bps taker, 0 bps maker and at least 0.01 a fill until 2020-01-01, \
                then 4 bps taker, 0 bps maker and 0.001 a unit and at least 0.01 a fill";
    let (old, new) = ("0.05", "0.041");
    check(&desk, " --set instruments.0.min_fee=0.01", [old, old, old, new, new, new, new], &[text]);
    // What stands in the run file wins over every record.
    let more = " --set instruments.0.taker_fee_bps=1 --set instruments.0.fee_per_unit=0 --set instruments.0.min_fee=0";
    check(&desk, more, ["0.01"; 7], &[]);
}

#[test]
fn what_a_record_leaves_out_is_taken_from_the_run_file() {
    let desk = desk("", "taker_fee_bps = 4");
    let text = "fees 9 bps taker, 0 bps maker until 2020-01-01, then 4 bps taker, 0 bps maker";
    let (old, new) = ("0.09", "0.04");
    check(&desk, "", [old, old, old, new, new, new, new], &[text]);
}

#[test]
fn a_change_outside_of_the_run_is_not_told() {
    let desk = desk("taker_fee_bps = 5", "taker_fee_bps = 4");
    let run = |more: &str| texts(&desk.say(&format!("--json backtest run.toml --out out{more}")).json());
    assert_eq!(run(" --set data.to=2020-01-01"), Vec::<String>::new());
    assert_eq!(run(" --set data.from=2020-01-01"), Vec::<String>::new());
    assert_eq!(run(" --set data.to=2020-01-01T00:00:01Z").len(), 1);
}

#[test]
fn a_margin_of_a_record_liquidates_from_its_date_on() {
    // Ten times the cash: a hundred at 100.00 on 1000.00, of which a tenth is needed until 2020 and a fifth from then on.
    let desk = desk("margin = \"0.09\"", "margin = \"0.2\"");
    desk.write("run.toml", &RUN.replace("flip", "buy-and-hold").replace("size = \"1\"", "size = \"90\""));
    let summary = desk.say("--json backtest run.toml --out out --set execution.taker_fee_bps=0").json();
    let fills = read_fills(&desk.path("out/fills.parquet")).expect("fills");
    let hours: Vec<i64> = fills.iter().map(|fill| (fill.time.0 - FIRST) / Interval::HOUR.0).collect();
    // Held from 21:00 to midnight; whoever buys again from then on falls short as he buys.
    assert_eq!(hours, [1, 4, 5, 5, 6, 6, 7, 7]);
    assert_eq!(summary["liquidations"], 4);
    let text = "maintenance margin 0.09 until 2020-01-01, then 0.2 of the notional, across the account; liquidated where \
                equity first falls short, behind the stops, for 0 bps";
    assert_eq!(texts(&summary), [text]);
}

#[test]
fn an_isolated_margin_is_the_record_s_too_and_has_to_be_less_than_what_opens() {
    let desk = desk("margin = \"0.05\"", "margin = \"0.08\"");
    let run =
        |more: &str| desk.say(&format!("--json backtest run.toml --out out --set account.margin_mode=isolated{more}"));
    let text = "isolated margin of the notional over 10, maintenance margin 0.05 until 2020-01-01, then 0.08; liquidated alone \
                where its own margin first falls short, before any order beyond, for 0 bps of what is left; beyond its \
                bankruptcy price the venue bears the loss";
    assert_eq!(texts(&run("").json()), [text]);
    let hopeless = "made:AB: an isolated position opens with 0.066666666666 of its notional and is liquidated below 0.08: \
                    lower the leverage or the maintenance margin";
    run(" --set account.leverage=15").refuses(2, hopeless);
}

#[test]
fn worse_fees_are_worse_at_all_times() {
    let plain = desk("taker_fee_bps = 5", "taker_fee_bps = 4");
    let summary = plain.say("--json backtest run.toml --out out --sensitivity").json();
    let row = summary["sensitivity"].as_array().expect("rows").iter().find(|row| row["case"] == "fees x2");
    let double = desk("taker_fee_bps = 10", "taker_fee_bps = 8");
    let separate = double.say("--json backtest run.toml --out out").json();
    assert_eq!(row.expect("a row")["total_return"], separate["metrics"]["total_return"]["value"]);
}

#[test]
fn a_record_that_cannot_be_names_itself() {
    desk("margin = 2", "").say("backtest run.toml --out out").refuses(1, "made.toml");
    let fine = "margin = \"0.0000000000001\"";
    desk(fine, "").say("backtest run.toml --out out").refuses(2, "a margin has at most twelve decimal places");
}
