//! Corporate actions: those of the sample, and files that hold none.
use crate::book::Book;
use crate::foreign::{Columns, decimals, write};
use arrow_array::{Date32Array, Float64Array, StringArray};
use datasets::{Action, ActionKind, Catalog};
use engine::{Interval, Timestamp};
use parquet::file::properties::WriterProperties;
use std::path::Path;
use std::sync::Arc;

fn action(day: i64, kind: ActionKind, value: &str) -> Action {
    Action { ex_date: Timestamp(day * Interval::DAY.0), kind, value: value.parse().unwrap() }
}

/// Three actions out of order, then changed.
fn changed(change: impl Fn(&mut Columns)) -> Result<Vec<Action>, String> {
    let book = Book::new();
    let mut columns: Columns = vec![
        ("ex_date", Arc::new(Date32Array::from(vec![Some(20), Some(20), Some(10)]))),
        ("kind", Arc::new(StringArray::from(vec![Some("split"), Some("dividend"), Some("dividend")]))),
        ("value", decimals([2_000, 125, 250].map(Some).into_iter(), 9, 3)),
    ];
    change(&mut columns);
    let folder = book.root().join("actions/test");
    std::fs::create_dir_all(&folder).unwrap();
    write(&folder.join("AB.parquet"), columns, WriterProperties::builder().build());
    book.catalog().actions("test", "AB").map_err(|e| e.to_string().replace(&format!("{}/", folder.display()), ""))
}

#[test]
fn the_actions_of_the_sample_are_read_in_the_order_of_their_dates() {
    let catalog = Catalog::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample")).unwrap();
    let coke = catalog.actions("us-equity", "KO").unwrap();
    assert!(coke.is_sorted() && coke.len() > 50, "{}", coke.len());
    let splits: Vec<Action> = coke.into_iter().filter(|a| a.kind == ActionKind::Split).collect();
    assert_eq!(splits, [action(15_565, ActionKind::Split, "2")], "2012-08-13");
    for entry in std::fs::read_dir(catalog.root().join("actions/us-equity")).unwrap() {
        let path = entry.unwrap().path();
        let symbol = path.file_stem().unwrap().to_str().unwrap();
        assert!(catalog.actions("us-equity", symbol).is_ok(), "{symbol}");
    }
}

#[test]
fn a_symbol_without_a_file_has_no_actions() {
    let book = Book::new();
    for (venue, symbol) in [("test", "AB"), ("", ""), ("..", "candles"), ("a/b", "c")] {
        assert_eq!(book.catalog().actions(venue, symbol), Ok(vec![]), "{venue}:{symbol}");
    }
}

#[test]
fn actions_are_sorted_by_date_and_of_one_date_the_dividend_is_first() {
    let expected = [
        action(10, ActionKind::Dividend, "0.25"),
        action(20, ActionKind::Dividend, "0.125"),
        action(20, ActionKind::Split, "2"),
    ];
    assert_eq!(changed(|_| {}), Ok(expected.to_vec()));
    assert_eq!(changed(|c| c[2].1 = decimals([2_000, 125, 250].map(Some).into_iter(), 28, 3)), Ok(expected.to_vec()));
}

#[test]
fn a_file_that_holds_no_actions_says_why() {
    let check = |change: &dyn Fn(&mut Columns), expected: &str| {
        assert_eq!(changed(change), Err(format!("AB.parquet: {expected}")));
    };
    check(&|c| c[1].0 = "type", "column `kind` is missing; found ex_date, type, value; expected ex_date, kind, value");
    check(
        &|c| c[2].1 = Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0])),
        "column `value` is DOUBLE; expected a decimal",
    );
    let dates = Arc::new(Date32Array::from(vec![Some(1), None, Some(3)]));
    check(&move |c| c[0].1 = dates.clone(), "row 1: `ex_date` is null; complete or remove the row");
    let late = Arc::new(Date32Array::from(vec![1, 2, i32::MAX]));
    check(&move |c| c[0].1 = late.clone(), "row 2: `ex_date` is out of range; correct it");
    let kinds = Arc::new(StringArray::from(vec!["split", "merger", "split"]));
    check(&move |c| c[1].1 = kinds.clone(), "row 1: `kind` is \"merger\"; expected `dividend`, `split` or `delisting`");
    let values = |middle: i128| move |c: &mut Columns| c[2].1 = decimals([5, middle, 5].map(Some).into_iter(), 38, 3);
    check(&values(0), "row 1: `value` is 0.000; expected more than zero");
    check(&values(10_i128.pow(35)), "row 1: `value` has more than 28 digits; correct it");
}

#[test]
fn an_actions_file_that_is_cut_is_damaged() {
    let book = Book::new();
    let folder = book.root().join("actions/test");
    std::fs::create_dir_all(&folder).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/actions/us-equity/KO.parquet");
    let whole = std::fs::read(sample).unwrap();
    for end in (0..whole.len()).step_by(37) {
        std::fs::write(folder.join("AB.parquet"), &whole[..end]).unwrap();
        let error = book.catalog().actions("test", "AB").unwrap_err().to_string();
        assert!(error.contains("AB.parquet"), "{error}");
    }
}
