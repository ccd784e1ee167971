//! What reading W4's candles costs: the reader of the catalog beside the plain arrow reader, on the same file.
use benches::bars;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datasets::writer::FileNotes;
use datasets::{Catalog, ReadOptions};
use engine::{CandleSource, Interval};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;

const ROWS: usize = 5_000_000;

fn decode(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("candles/generated/W4/1m.parquet");
    let notes = FileNotes {
        venue: "generated".into(),
        symbol: "W4".into(),
        interval: Interval::MINUTE,
        source: "generated".into(),
        licence: "none needed".into(),
        price: "trade".into(),
        note: String::new(),
    };
    datasets::write_candles(&path, &notes, &bars(4, ROWS)).expect("written");
    let catalog = Catalog::open(folder.path()).expect("a catalog");
    let series = catalog.series("generated", "W4", Interval::MINUTE).expect("a series");
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("catalog", |bencher| {
        bencher.iter(|| {
            let mut reader = series.read(ReadOptions::all(Interval::MINUTE.0)).expect("a reader");
            let mut rows = 0;
            while reader.advance().expect("candles") {
                rows += reader.block().len();
            }
            assert_eq!(rows, ROWS);
        });
    });
    group.bench_function("arrow", |bencher| {
        bencher.iter(|| {
            let builder =
                ParquetRecordBatchReaderBuilder::try_new(File::open(&path).expect("a file")).expect("Parquet");
            let reader = builder.with_batch_size(8_192).build().expect("a reader");
            let rows: usize = reader.map(|batch| batch.expect("a batch").num_rows()).sum();
            assert_eq!(rows, ROWS);
        });
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
