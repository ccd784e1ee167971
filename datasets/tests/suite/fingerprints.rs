//! Digests follow the values and nothing else.
use crate::book::{Book, MINUTE, all, minutes};
use crate::foreign::{of, usual, write};
use datasets::{ReadOptions, RowGroupRef};
use engine::{Candle, Timestamp};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

fn digests(book: &Book, options: ReadOptions) -> Vec<RowGroupRef> {
    let mut reader = book.series().unwrap().read(ReadOptions { fingerprint: true, ..options }).unwrap();
    let mut block = Vec::new();
    while reader.read_block(&mut block).unwrap() {}
    reader.fingerprints().to_vec()
}

fn foreign(candles: &[Candle], compression: Compression, rows: usize) -> Book {
    let book = Book::new();
    let properties = WriterProperties::builder().set_compression(compression).set_max_row_group_row_count(Some(rows));
    write(&book.path("a.parquet"), usual(&of(candles)), properties.build());
    book
}

#[test]
fn a_digest_stays_when_only_compression_or_encoding_change() {
    let candles = minutes(0..500);
    let ours = digests(&Book::new().with("a.parquet", &candles), all());
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())] {
        assert_eq!(digests(&foreign(&candles, compression, 1_000), all()), ours);
    }
}

#[test]
fn a_digest_changes_with_any_value_of_any_candle() {
    let candles = minutes(0..20);
    let before = digests(&Book::new().with("a.parquet", &candles), all());
    for change in [
        |c: &mut Candle| c.open_time.0 += 1,
        |c: &mut Candle| c.open.0 += 1,
        |c: &mut Candle| c.high.0 += 1,
        |c: &mut Candle| c.low.0 -= 1,
        |c: &mut Candle| c.close.0 += 1,
        |c: &mut Candle| c.volume += 1,
    ] {
        let mut changed = candles.clone();
        change(&mut changed[19]);
        let after = digests(&Book::new().with("a.parquet", &changed), all());
        assert_ne!(after[0].digest, before[0].digest);
        assert_eq!(RowGroupRef { digest: before[0].digest, ..after[0].clone() }, before[0]);
    }
}

#[test]
fn a_digest_does_not_depend_on_blocks_or_on_the_step_asked_for() {
    let candles = minutes(0..100);
    let book = foreign(&candles, Compression::UNCOMPRESSED, 30);
    let one = digests(&book, all());
    assert_eq!(one, digests(&book, ReadOptions { block_rows: 7, price_scale: 2, qty_scale: 0, ..all() }));
    assert_eq!(
        one.iter().map(|r| (r.row_group, r.first_row, r.rows)).collect::<Vec<_>>(),
        [(0, 0, 30), (1, 30, 30), (2, 60, 30), (3, 90, 10)]
    );
}

#[test]
fn references_name_only_the_rows_that_were_used() {
    let book = foreign(&minutes(0..100), Compression::UNCOMPRESSED, 30);
    let window = ReadOptions { from: Timestamp(35 * MINUTE), to: Timestamp(70 * MINUTE), block_rows: 4, ..all() };
    let used = digests(&book, window);
    let places: Vec<_> = used.iter().map(|r| (r.row_group, r.first_row, r.rows, r.first_open.0 / MINUTE)).collect();
    assert_eq!(places, [(1, 35, 25, 35), (2, 60, 10, 60)]);
    assert_eq!(used[0].file, "candles/test/AB/1m/a.parquet");
    let alone = digests(&Book::new().with("a.parquet", &minutes(35..60)), all());
    assert_eq!(alone[0].digest, used[0].digest);
}

#[test]
fn an_edited_candle_is_named_within_512_rows() {
    let candles = minutes(0..1_400);
    let before = digests(&Book::new().with("a.parquet", &candles), all());
    let places: Vec<_> = before.iter().map(|r| (r.row_group, r.first_row, r.rows, r.first_open.0 / MINUTE)).collect();
    assert_eq!(places, [(0, 0, 512, 0), (0, 512, 512, 512), (0, 1_024, 376, 1_024)]);
    for (edited, stretch) in [(0, 0), (511, 0), (512, 1), (1_023, 1), (1_024, 2), (1_399, 2)] {
        let mut changed = candles.clone();
        changed[edited].volume += 1;
        let after = digests(&Book::new().with("a.parquet", &changed), all());
        let differ: Vec<_> = (0..3).filter(|at| before[*at] != after[*at]).collect();
        assert_eq!(differ, [stretch], "row {edited}");
    }
}

#[test]
fn stretches_begin_at_the_same_rows_whatever_window_and_blocks() {
    let book = foreign(&minutes(0..3_000), Compression::UNCOMPRESSED, 1_100);
    let whole = digests(&book, all());
    let places = |refs: &[RowGroupRef]| refs.iter().map(|r| (r.row_group, r.first_row, r.rows)).collect::<Vec<_>>();
    let ends = [(0, 1_024, 76), (1, 1_100, 512), (1, 1_612, 512), (1, 2_124, 76), (2, 2_200, 512), (2, 2_712, 288)];
    assert_eq!(places(&whole), [[(0, 0, 512), (0, 512, 512)].as_slice(), &ends].concat());
    for block_rows in [1, 7, 100, 512, 1_000, 8_192] {
        let options = ReadOptions { block_rows, ..all() };
        assert_eq!(digests(&book, options), whole, "{block_rows}");
        let window = ReadOptions { from: Timestamp(600 * MINUTE), to: Timestamp(2_800 * MINUTE), ..options };
        let inside = digests(&book, window);
        assert_eq!(
            places(&inside),
            [[(0, 600, 424)].as_slice(), &ends[..5], &[(2, 2_712, 88)]].concat(),
            "{block_rows}"
        );
        assert_eq!(inside[1..6], whole[2..7], "{block_rows}");
    }
}
