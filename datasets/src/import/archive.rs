//! Zips of LEAN, and limits on what an archive or a text file may blow up to.
use crate::import::sheet::{self, Plan, Stamp};
use crate::import::sink::Sink;
use crate::import::{Format, ImportError, QuoteSide, TimeFormat};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The most bytes that are taken out of one file.
const BYTES_MAX: u64 = 2 << 30;
/// The most bytes of one line.
const LINE_MAX: u64 = 64 << 10;

/// A reader that ends in an error when a file or a line of it is larger than anything real.
pub(crate) struct Limited<R> {
    inner: R,
    left: u64,
    line: u64,
}

impl<R: Read> Limited<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, left: BYTES_MAX, line: 0 }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| std::io::Error::other(format!("more than {BYTES_MAX} bytes in one file; split it")))?;
        self.line = match buffer[..read].iter().rposition(|byte| *byte == b'\n') {
            Some(at) => (read - at - 1) as u64,
            None => self.line + read as u64,
        };
        if self.line > LINE_MAX {
            return Err(std::io::Error::other(format!(
                "a line of more than {LINE_MAX} bytes, so not a table of candles"
            )));
        }
        Ok(read)
    }
}

/// Reads the one table in a LEAN zip.
pub(crate) fn read(path: &Path, format: &Format, sink: &mut Sink) -> Result<(), ImportError> {
    let file = File::open(path).map_err(|e| ImportError::file(path, format!("cannot open it: {e}")))?;
    let mut zip = zip::ZipArchive::new(BufReader::new(file))
        .map_err(|e| ImportError::file(path, format!("not a zip archive that can be read: {e}")))?;
    if zip.len() != 1 {
        return Err(ImportError::file(
            path,
            format!("{} files in the archive; LEAN keeps one table in each", zip.len()),
        ));
    }
    let entry = zip.by_index(0).map_err(|e| ImportError::file(path, format!("cannot read the table in it: {e}")))?;
    let name = entry.name().map(|name| name.to_string());
    let name = name.map_err(|e| ImportError::file(path, format!("the table in it has no readable name: {e}")))?;
    let stamp = stamp(path, &name)?;
    let plan = Plan {
        prices: if *format == Format::LeanQuotes(QuoteSide::Ask) { [6, 7, 8, 9] } else { [1, 2, 3, 4] },
        volume: (*format == Format::LeanTrades).then_some(5),
        width: if *format == Format::LeanTrades { 6..=6 } else { 11..=11 },
        empty_is_no_quote: *format != Format::LeanTrades,
        ..Plan::bare(stamp)
    };
    sheet::rows(path, Limited::new(entry), &plan, sink)
}

/// `20140606_aapl_minute_trade.csv` counts milliseconds of its day, `aapl.csv` writes its times out.
fn stamp(path: &Path, name: &str) -> Result<Stamp, ImportError> {
    let Some((day, kind)) = name.split_once('_') else {
        return Ok(Stamp::Label(TimeFormat::Pattern("%Y%m%d %H:%M".to_string())));
    };
    if kind.to_lowercase().contains("tick") {
        return Err(ImportError::file(path, format!("`{name}` holds ticks; only bars are imported")));
    }
    jiff::civil::Date::strptime("%Y%m%d", day)
        .map(Stamp::InDay)
        .map_err(|_| ImportError::file(path, format!("`{name}` does not begin with its day as YYYYMMDD")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: u64, length: usize, expected: Option<&str>) {
        let line = [vec![b'1'; length], b"\n".to_vec()].concat();
        let mut left = lines;
        let endless = std::iter::from_fn(|| (left > 0).then(|| left -= 1));
        let mut limited = Limited { left: 1_000_000, ..Limited::new(std::io::empty()) };
        let mut error = None;
        for () in endless {
            let mut one = Limited { inner: &line[..], left: limited.left, line: limited.line };
            if let Err(e) = one.read_to_end(&mut Vec::new()) {
                error = Some(e.to_string());
                break;
            }
            (limited.left, limited.line) = (one.left, one.line);
        }
        assert_eq!(
            error.as_deref().map(|e| expected.is_some_and(|x| e.contains(x))),
            expected.map(|_| true),
            "{error:?}"
        );
    }

    #[test]
    fn what_inflates_beyond_its_limit_is_refused() {
        check(1_000, 100, None);
        check(100_000, 100, Some("bytes in one file"));
        check(1, 70_000, Some("a line of more than"));
    }
}
