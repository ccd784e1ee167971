//! Measures how fast candles are read: our reader, our reader with digests and ahead, and the plain arrow reader.
//!
//! `cargo run --release -p onetape-datasets --example decode_speed -- [ROWS] [FOLDER]`; the folder defaults to a
//! temporary one. Prints to stderr.
use datasets::generated::Generated;
use datasets::{CandleWriter, Catalog, FileNotes, ReadOptions, VolumeWidth, prefetch};
use engine::{Candle, CandleSource, Interval};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let rows: usize = std::env::args().nth(1).map_or(Ok(5_000_000), |text| text.parse())?;
    let temporary = tempfile::tempdir()?;
    let root = std::env::args().nth(2).map_or_else(|| temporary.path().to_path_buf(), Into::into);
    let path = root.join("candles/made-up/BTCUSD/1m.parquet");
    let notes = FileNotes {
        venue: "made-up".into(),
        symbol: "BTCUSD".into(),
        interval: Interval::MINUTE,
        source: "generated".into(),
        licence: "Apache-2.0".into(),
        price: "trade".into(),
        note: String::new(),
    };
    let start = Instant::now();
    let mut writer = CandleWriter::create(&path, &notes, VolumeWidth::Narrow)?;
    for candle in Generated::new(7).take(rows) {
        writer.push(&candle)?;
    }
    writer.finish()?;
    report("write", rows, start);
    eprintln!("{} bytes, {:.2} a row", path.metadata()?.len(), path.metadata()?.len() as f64 / rows as f64);

    let series = Catalog::open(&root)?.series("made-up", "BTCUSD", Interval::MINUTE)?;
    let plain = ReadOptions::all(Interval::MINUTE.0);
    let with_digests = ReadOptions { fingerprint: true, ..plain };
    for _ in 0..3 {
        let start = Instant::now();
        let read = drain(&mut series.read(plain)?)?;
        report("reader", rows, start);
        let start = Instant::now();
        let coarse = drain(&mut series.read(ReadOptions { price_scale: 2, qty_scale: 3, ..plain })?)?;
        assert_eq!((read.0, read.1), (rows, coarse.1 * 1_000_000));
        report("reader, other scales", rows, start);
        let start = Instant::now();
        drain(&mut series.read(with_digests)?)?;
        report("reader with digests", rows, start);
        let start = Instant::now();
        let mut sources = prefetch(vec![series.read(plain)?]);
        drain(&mut sources[0])?;
        report("prefetched", rows, start);
        for batch in [8_192, 65_536] {
            let start = Instant::now();
            let file = std::fs::File::open(&path)?;
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(batch).build()?;
            let mut count = 0;
            for batch in reader {
                count += batch?.num_rows();
            }
            assert_eq!(count, rows);
            report(&format!("plain arrow reader, batches of {batch}, columns only"), rows, start);
        }
    }
    Ok(())
}

/// Candles, and the sum of their closes.
fn drain<S: CandleSource>(source: &mut S) -> Result<(usize, i128), S::Error> {
    let (mut rows, mut sum) = (0, 0);
    while source.advance()? {
        rows += source.block().len();
        sum += source.block().iter().map(|candle: &Candle| i128::from(candle.close.0)).sum::<i128>();
    }
    Ok((rows, sum))
}

fn report(what: &str, rows: usize, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{what}: {:.1} M rows/s ({seconds:.3} s)", rows as f64 / seconds / 1e6);
}
