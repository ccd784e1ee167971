//! Damaged and hostile files end in an error: no panic reaches the caller, no claim of a file is believed unchecked.
use crate::book::{Book, all, minutes};
use crate::foreign::{of, usual, write};
use datasets::DataError;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

/// Ours, and one as others write it: with dictionaries, levels and byte arrays.
fn originals() -> [Vec<u8>; 2] {
    let candles = minutes(0..300);
    let book = Book::new().with("a.parquet", &candles);
    let ours = std::fs::read(book.path("a.parquet")).unwrap();
    write(&book.path("b.parquet"), usual(&of(&candles)), WriterProperties::builder().build());
    [ours, std::fs::read(book.path("b.parquet")).unwrap()]
}

/// Reads changed bytes; what comes out are candles or an error, and the error names the file.
fn survive(bytes: &[u8]) -> Result<usize, DataError> {
    let book = Book::new();
    std::fs::write(book.path("a.parquet"), bytes).unwrap();
    let result = book.read(all());
    if let Err(error) = &result {
        assert!(error.to_string().contains("a.parquet") || matches!(error, DataError::NoCandles { .. }), "{error}");
    }
    result.map(|candles| candles.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn changed_bytes_never_panic(which in 0..2_usize, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = originals()[which].clone();
        for (at, value) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        let _ = survive(&bytes); // survive asserts; damage inside a value may well pass
    }

    #[test]
    fn a_cut_file_is_always_noticed(which in 0..2_usize, cut in any::<prop::sample::Index>()) {
        let bytes = &originals()[which];
        prop_assert!(survive(&bytes[..cut.index(bytes.len())]).is_err());
    }
}

#[test]
fn a_page_that_claims_two_gigabytes_is_refused_before_they_are_allocated() {
    // The first page header stands right behind the magic: 0x15 type, 0x15 inflated size, 0x15 compressed size.
    let mut bytes = originals()[0].clone();
    assert_eq!((bytes[4], bytes[6]), (0x15, 0x15));
    let (head, rest) = bytes.split_at(7);
    let size = rest.iter().position(|b| b & 0x80 == 0).unwrap() + 1;
    let claim = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    bytes = [head, &claim, &rest[size..]].concat();
    let error = survive(&bytes).unwrap_err().to_string();
    assert!(error.contains("a page claims 2147483647 bytes"), "{error}");
}
