//! Reading streams: bounded blocks, skipped row groups, a thread that reads ahead and goes away.
use crate::book::{Book, MINUTE, all, minutes};
use datasets::generated::Generated;
use datasets::{DataError, ReadOptions, prefetch};
use engine::{Candle, CandleSource, Timestamp};

fn drain<S: CandleSource>(source: &mut S) -> Result<Vec<Candle>, S::Error> {
    let mut all = Vec::new();
    while source.advance()? {
        all.extend_from_slice(source.block());
    }
    Ok(all)
}

#[test]
fn a_block_is_never_longer_than_asked_and_its_buffer_is_used_again() {
    let candles: Vec<Candle> = Generated::new(3).take(150_000).collect();
    let book = Book::new().with("a.parquet", &candles);
    let mut reader = book.series().unwrap().read(ReadOptions { block_rows: 1_000, ..all() }).unwrap();
    let (mut block, mut rows, mut blocks) = (Vec::new(), 0, 0);
    while reader.read_block(&mut block).unwrap() {
        assert!(block.len() <= 1_000 && block.capacity() <= 2_048, "{} of {}", block.len(), block.capacity());
        assert_eq!(block[..], candles[rows..rows + block.len()]);
        rows += block.len();
        blocks += 1;
    }
    assert_eq!((rows, blocks), (150_000, 2 * 66 + 19));
}

#[test]
fn row_groups_outside_the_window_are_not_touched() {
    // The second of three row groups is overwritten with rubbish: only a window that needs it may notice.
    let candles: Vec<Candle> = Generated::new(3).take(150_000).collect();
    let book = Book::new().with("a.parquet", &candles);
    let path = book.path("a.parquet");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle - 1_000..middle + 1_000].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    let window =
        |from: usize, to: usize| ReadOptions { from: candles[from].open_time, to: candles[to].open_time, ..all() };
    assert_eq!(book.read(window(100, 60_000)).unwrap(), candles[100..60_000]);
    assert_eq!(book.read(window(140_000, 149_999)).unwrap(), candles[140_000..149_999]);
    assert!(matches!(book.read(window(100, 149_999)), Err(DataError::Damaged { .. })));
}

#[test]
fn a_prefetched_source_gives_what_the_reader_gives() {
    let candles: Vec<Candle> = Generated::new(5).take(70_000).collect();
    let book = Book::new().with("a.parquet", &candles);
    let options = ReadOptions { fingerprint: true, block_rows: 4_096, ..all() };
    let later = ReadOptions { from: candles[30_000].open_time, ..options };
    let series = book.series().unwrap();
    let mut direct = series.read(options).unwrap();
    assert_eq!(drain(&mut direct).unwrap(), candles);
    let mut sources = prefetch(vec![series.read(options).unwrap(), series.read(later).unwrap()]);
    let handle = sources[0].summary();
    assert_eq!(handle.get(), None);
    assert_eq!(drain(&mut sources[1]).unwrap(), candles[30_000..]); // the other one waits with one block decoded
    assert_eq!(drain(&mut sources[0]).unwrap(), candles);
    drop(sources);
    assert_eq!(handle.get(), Some(&direct.fingerprints().to_vec()));
    assert_eq!(direct.fingerprints().len(), 128 + 9); // stretches of a whole row group and of 4,464 rows
}

#[test]
fn an_error_on_the_thread_reaches_its_source_and_no_other() {
    let book = Book::new().with("a.parquet", &minutes(0..20));
    let series = book.series().unwrap();
    let missed = ReadOptions { from: Timestamp(100 * MINUTE), ..all() };
    let mut sources = prefetch(vec![series.read(missed).unwrap(), series.read(all()).unwrap()]);
    for _ in 0..2 {
        assert!(matches!(sources[0].advance(), Err(DataError::NoCandles { .. })));
        assert!(sources[0].block().is_empty());
    }
    assert_eq!(drain(&mut sources[1]).unwrap().len(), 20);
}

#[test]
fn dropping_the_sources_early_ends_the_thread() {
    let candles: Vec<Candle> = Generated::new(5).take(70_000).collect();
    let book = Book::new().with("a.parquet", &candles);
    let reader = || book.series().unwrap().read(all()).unwrap();
    let mut sources = prefetch(vec![reader(), reader()]);
    assert_eq!(sources[1].advance(), Ok(true));
    sources.remove(0);
    assert_eq!(sources[0].advance(), Ok(true));
    drop(sources); // joins the thread: a thread that stayed would hang this test
}
