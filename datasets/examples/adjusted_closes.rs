//! Compares our adjusted closes with those of a source, day by day, for every symbol of a collection that has them.
//!
//! `cargo run -p onetape-datasets --example adjusted_closes -- COLLECTION [FIXTURE]`; the collection is a catalog with
//! `actions/us-equity/adjusted_close/`. FIXTURE is written with the days around each action of the symbols of the sample:
//! between two actions the two closes have one and the same ratio. Prints to stderr.
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, TimestampNanosecondType};
use datasets::{Adjustments, Catalog, Close, FILE_SCALE, ReadOptions, load_all};
use engine::{Interval, Timestamp};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

const VENUE: &str = "us-equity";
const NOTICE: &str = "\
# The source's own adjusted closes, on the first and last day of each stretch between two actions.
# Pooksoft/PooksoftSP500EquityPriceDataSet@19a3f02fd075, MIT: see datasets/sample/licences. Scaled to the last close as traded.
symbol,day,adjusted_close
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().ok_or("usage: adjusted_closes COLLECTION [FIXTURE]")?;
    let fixture = arguments.next();
    let catalog = Catalog::open(Path::new(&root))?;
    let sample = Catalog::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample"))?;
    let mut kept = NOTICE.to_string();
    for series in catalog.list()?.into_iter().filter(|it| it.venue == VENUE) {
        let candles = load_all(&series, ReadOptions::all(Interval::DAY.0))?;
        let closes: Vec<Close> = candles.iter().map(|it| Close { day: it.open_time.day(), price: it.close }).collect();
        let actions = catalog.actions(VENUE, &series.symbol)?;
        let adjustments = Adjustments::new(&actions, &closes, FILE_SCALE)?;
        let theirs = adjusted_closes(
            &Path::new(&root).join(format!("actions/{VENUE}/adjusted_close/{}.parquet", series.symbol)),
        )?;
        let days = |it: &[(i64, i128)]| it.iter().map(|(day, _)| *day).collect::<Vec<_>>();
        assert_eq!(days(&theirs), closes.iter().map(|it| it.day).collect::<Vec<_>>(), "{}", series.name());
        let off = |(close, theirs): (&Close, &(i64, i128))| {
            let theirs = theirs.1 as f64 / 1e8;
            ((adjustments.adjusted(close.day, close.price) / theirs - 1.0).abs(), close.day)
        };
        let worst = closes.iter().zip(&theirs).map(off).max_by(|a, b| a.0.total_cmp(&b.0));
        let (worst, day) = worst.ok_or("no closes")?;
        let date = Timestamp(day * Interval::DAY.0).0;
        let date = jiff::Timestamp::from_nanosecond(date.into())?.strftime("%Y-%m-%d").to_string();
        eprintln!(
            "{:6} {} actions, {} days, worst {:.6} % on {date}",
            series.symbol,
            actions.len(),
            closes.len(),
            worst * 100.0
        );
        if sample.series(VENUE, &series.symbol, Interval::DAY).is_ok() {
            let stretch = |day: i64| adjustments.dates().filter(|it| it.day <= day).count();
            for (at, (day, close)) in theirs.iter().enumerate() {
                let ends = theirs.get(at + 1).is_none_or(|next| stretch(next.0) != stretch(*day));
                if at == 0 || ends || stretch(theirs[at - 1].0) != stretch(*day) {
                    writeln!(kept, "{},{day},{}.{:08}", series.symbol, close / 100_000_000, close % 100_000_000)?;
                }
            }
        }
    }
    if let Some(fixture) = fixture {
        std::fs::write(fixture, kept)?;
    }
    Ok(())
}

/// Days since the Unix epoch with the source's close in units of 10^-8.
fn adjusted_closes(path: &Path) -> Result<Vec<(i64, i128)>, Box<dyn Error>> {
    let mut found = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path)?)?.build()? {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name).ok_or_else(|| format!("no column {name}"));
        let times = column("open_time")?.as_primitive::<TimestampNanosecondType>().clone();
        let closes = column("adjusted_close")?.as_primitive::<Decimal128Type>().clone();
        found.extend(times.values().iter().map(|time| Timestamp(*time).day()).zip(closes.values().iter().copied()));
    }
    Ok(found)
}
