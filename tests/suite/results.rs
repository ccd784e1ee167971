//! Any Parquet table as texts, for comparing results without knowing their types.
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::path::Path;

/// Every row as column to text; decimals without trailing zeros.
pub(crate) fn read(path: &Path) -> Vec<BTreeMap<String, String>> {
    let file = std::fs::File::open(path).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.expect("a batch");
        let options = FormatOptions::default();
        for row in 0..batch.num_rows() {
            let cell = |(index, field): (usize, &std::sync::Arc<arrow_schema::Field>)| {
                let formatter = ArrayFormatter::try_new(batch.column(index), &options).expect("a printable column");
                (field.name().clone(), formatter.value(row).to_string())
            };
            rows.push(batch.schema().fields().iter().enumerate().map(cell).collect());
        }
    }
    rows
}
