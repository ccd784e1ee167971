//! Instrument records and the manifest.
use crate::book::{Book, minutes};
use datasets::{CalendarName, KnownDefect, ManifestDifference};
use engine::{Interval, Timestamp};
use rust_decimal::Decimal;

fn with_records(text: &str) -> Book {
    let book = Book::new();
    std::fs::create_dir_all(book.root().join("instruments")).unwrap();
    std::fs::write(book.root().join("instruments/test.toml"), text).unwrap();
    book
}

#[test]
fn records_come_sorted_by_date_with_exact_decimals() {
    let book = with_records(
        r#"
        [[record]]
        venue = "test"
        symbol = "AB"
        from = "2014-01-01"
        tick = 0.01
        lot = 1
        taker_fee_bps = "-0.25"
        fee_per_unit = "0.005"
        min_fee = 1
        margin = 0.05
        price_step = "0.01"
        quantity_step = 1
        calendar = "XNYS"
        session = "6h30m"

        [[record]]
        venue = "test"
        symbol = "AB"
        tick = "0.0625"
        quote = "USD"

        [[record]]
        venue = "test"
        symbol = "CD"
        "#,
    );
    let records = book.catalog().instrument_records("test", "AB").unwrap();
    assert_eq!(records.len(), 2);
    let (old, new) = (&records[0], &records[1]);
    assert_eq!((old.from, old.tick, old.calendar), (Timestamp::MIN, Some(Decimal::new(625, 4)), None));
    assert_eq!(new.from, Timestamp(16_071 * Interval::DAY.0));
    assert_eq!((new.tick, new.lot), (Some(Decimal::new(1, 2)), Some(Decimal::ONE)));
    assert_eq!((new.taker_fee_bps, new.calendar), (Some(Decimal::new(-25, 2)), CalendarName::find("XNYS").ok()));
    assert_eq!((new.fee_per_unit, new.min_fee), (Some(Decimal::new(5, 3)), Some(Decimal::ONE)));
    assert_eq!((new.margin, old.margin, old.min_fee), (Some(Decimal::new(5, 2)), None, None));
    assert_eq!((new.price_scale(), new.qty_scale(), old.price_scale()), (Some(2), Some(0), None));
    let session = 6 * Interval::HOUR.0 + 30 * Interval::MINUTE.0;
    assert_eq!([new.length_ns(Interval::DAY), new.length_ns(Interval::HOUR)], [session, Interval::HOUR.0]);
    assert_eq!(old.length_ns(Interval::DAY), Interval::DAY.0);
    assert_eq!(book.catalog().instrument_records("test", "none"), Ok(vec![]));
}

#[test]
fn a_record_that_cannot_be_is_refused_with_its_reason() {
    let head = "[[record]]\nvenue = \"test\"\nsymbol = \"AB\"\n";
    let check = |more: &str, expected: &str| {
        let book = with_records(&format!("{head}{more}"));
        let error = book.catalog().instrument_records("x", "y").unwrap_err().to_string();
        assert!(error.contains("test.toml") && error.contains(expected), "{error}");
    };
    check("tik = 1\n", "unknown field `tik`");
    check("tick = 0\n", "`tick` = 0 has to be above zero");
    check("margin = 0\n", "`margin` = 0 has to be above zero");
    check("margin = 1.01\n", "`margin` = 1.01 has to be from 0 to 1");
    check("min_fee = -1\n", "`min_fee` = -1 has to be from 0 to 1000000");
    check("fee_per_unit = 1000000.5\n", "`fee_per_unit` = 1000000.5 has to be from 0 to 1000000");
    check("tick = \"one\"\n", "`one` is not a decimal number");
    check("tick = inf\n", "`inf` is not a decimal number");
    check("price_step = 0.05\n", "`price_step` = 0.05 has to be a power of ten");
    check("from = \"2014-02-30\"\n", "`from` = 2014-02-30 is not a date");
    check("session = \"25h\"\n", "`session` = 25h is not a length of up to a day");
    check("session = \"6h30\"\n", "`session` = 6h30 is not a length");
    check("calendar = \"XLNO\"\n", "there is no calendar `XLNO`; nearest: XLON; all of them: 24/5, 24x5, 24/7,");
    check("calendar = \"XLNO\"\n", "line 4");
    check("calendar = 5\n", "invalid type: integer `5`, expected a string");
    check(head, "test:AB has two records from the beginning");
    check("venue = \"again\"\n", "duplicate key");
}

#[test]
fn a_manifest_keeps_provenance_and_measures_facts() {
    let book = Book::new().with("a.parquet", &minutes(0..10));
    let catalog = book.catalog();
    assert_eq!(catalog.verify_manifest(), Ok(vec![ManifestDifference::NoManifest]));
    let mut manifest = catalog.write_manifest().unwrap();
    let file = &mut manifest.files[0];
    assert_eq!((file.path.as_str(), file.rows), ("candles/test/AB/1m/a.parquet", Some(10)));
    assert_eq!(file.last_open.as_deref(), Some("1970-01-01T00:09:00Z"));
    file.source = "a place".into();
    let what = "a print off the market".to_string();
    let defect = KnownDefect { open_time: "1970-01-01T00:03:00Z".into(), kind: "off_market".into(), what };
    file.known_defects.push(defect);
    catalog.save_manifest(&manifest).unwrap();
    assert_eq!(catalog.write_manifest().unwrap(), manifest);
    assert_eq!(catalog.verify_manifest(), Ok(vec![]));
}

#[test]
fn verifying_names_every_file_that_differs() {
    let book = Book::new().with("a.parquet", &minutes(0..10)).with("b.parquet", &minutes(10..20));
    let catalog = book.catalog();
    catalog.write_manifest().unwrap();
    let book = book.with("a.parquet", &minutes(0..9)).with("c.parquet", &minutes(30..40));
    std::fs::remove_file(book.path("b.parquet")).unwrap();
    let texts: Vec<String> = catalog.verify_manifest().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 3);
    assert!(texts[0].starts_with("candles/test/AB/1m/a.parquet: blake3 is "), "{}", texts[0]);
    assert!(texts[1].starts_with("candles/test/AB/1m/b.parquet: listed in the manifest, but missing"), "{}", texts[1]);
    assert!(texts[2].starts_with("candles/test/AB/1m/c.parquet: not listed"), "{}", texts[2]);
    let mut manifest = catalog.write_manifest().unwrap();
    manifest.files[0].rows = Some(8);
    catalog.save_manifest(&manifest).unwrap();
    let texts: Vec<String> = catalog.verify_manifest().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("number of rows is 9, the manifest says 8"), "{}", texts[0]);
}

#[test]
fn a_manifest_with_a_foreign_field_is_refused_with_its_line() {
    let book = Book::new();
    std::fs::write(book.root().join("manifest.json"), "{\"files\": [],\n \"sha\": 1}").unwrap();
    let error = book.catalog().manifest().unwrap_err().to_string();
    assert!(error.contains("unknown field `sha`") && error.contains("line 2"), "{error}");
}
