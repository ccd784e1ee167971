//! The sample catalog that is committed: whole, readable in the steps of its records, and as odd as its manifest says.
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type};
use datasets::{Catalog, ReadOptions, load_all};
use engine::Timestamp;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::path::Path;

fn sample() -> Catalog {
    Catalog::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample")).unwrap()
}

#[test]
fn the_sample_is_what_its_manifest_says() {
    assert_eq!(sample().verify_manifest(), Ok(vec![]));
    let manifest = sample().manifest().unwrap().unwrap();
    for file in manifest.files.iter().filter(|file| !file.path.starts_with("instruments/")) {
        assert!(!file.source.is_empty() && file.commit.len() == 12, "{}", file.path);
        assert!(["MIT", "Apache-2.0"].contains(&file.licence.as_str()), "{}", file.path);
    }
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    assert!(bytes < 5_000_000, "{bytes}");
}

#[test]
fn every_series_has_a_record_and_is_exact_in_its_steps() {
    let catalog = sample();
    let all = catalog.list().unwrap();
    assert_eq!(all.len(), 32);
    for series in all {
        let records = catalog.instrument_records(&series.venue, &series.symbol).unwrap();
        assert_eq!(records.len(), 1, "{}", series.name());
        let record = &records[0];
        let (price_scale, qty_scale) = (record.price_scale().unwrap(), record.qty_scale().unwrap());
        let options = ReadOptions { price_scale, qty_scale, ..ReadOptions::all(record.length_ns(series.interval)) };
        let candles = load_all(&series, options).unwrap();
        assert_eq!(candles.len() as u64, series.rows(), "{}", series.name());
    }
}

#[test]
fn every_known_defect_names_a_row_that_exists() {
    let catalog = sample();
    let mut seen = 0;
    for file in catalog.manifest().unwrap().unwrap().files {
        for defect in &file.known_defects {
            let path = catalog.root().join(&file.path);
            if file.path.starts_with("actions/") {
                assert!(action_dates(&path).contains(&defect.open_time), "{} {:?}", file.path, action_dates(&path));
            } else {
                let stamp: jiff::Timestamp = defect.open_time.parse().unwrap();
                let parts: Vec<&str> = file.path.trim_end_matches(".parquet").split('/').collect();
                let series = catalog.series(parts[1], parts[2], parts[3].parse().unwrap()).unwrap();
                let open = Timestamp(i64::try_from(stamp.as_nanosecond()).unwrap());
                let options = ReadOptions { from: open, to: Timestamp(open.0 + 1), ..ReadOptions::all(1) };
                assert_eq!(load_all(&series, options).map(|c| c.len()), Ok(1), "{}", file.path);
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
}

/// Dates of splits whose ratio is odd.
fn action_dates(path: &Path) -> Vec<String> {
    let file = std::fs::File::open(path).unwrap();
    let mut dates = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
        let batch = batch.unwrap();
        let days = batch.column_by_name("ex_date").unwrap().as_primitive::<Date32Type>().clone();
        let values = batch.column_by_name("value").unwrap().as_primitive::<Decimal128Type>().clone();
        for (day, value) in days.values().iter().zip(values.values()) {
            if [700_000_700, 149_999_925].contains(value) {
                let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(*day)).unwrap();
                dates.push(date.to_string());
            }
        }
    }
    dates
}
