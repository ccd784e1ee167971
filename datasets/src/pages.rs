//! Pages of a column chunk, checked before the Parquet crate allocates what their headers claim.
//!
//! A page header may promise sizes that its file cannot hold. Allocation failure aborts the process and cannot be
//! caught, so the promises are bounded here; all else that is wrong in a page is left to the decoder.
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

/// The largest page, inflated, that is read: sixty times the usual size.
const PAGE_BYTES_MAX: i64 = 64 << 20;

/// A file whose page headers are looked at before they are believed.
pub(crate) struct CheckedFile(pub(crate) File);

impl Length for CheckedFile {
    fn len(&self) -> u64 {
        Length::len(&self.0)
    }
}

impl ChunkReader for CheckedFile {
    type T = BufReader<File>;

    /// Called by the page reader at every page header, and only there.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut file = self.0.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        let mut reader = BufReader::with_capacity(512, file);
        check_header(std::io::BufRead::fill_buf(&mut reader)?)?;
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > Length::len(self)) {
            return Err(ParquetError::EOF(format!(
                "a page of {length} bytes at {start} reaches past the end of the file"
            )));
        }
        let mut file = self.0.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        let mut buffer = vec![0; length];
        file.read_exact(&mut buffer)?;
        Ok(Bytes::from(buffer))
    }
}

/// Checks the first three fields of a Thrift page header: type, inflated and compressed size.
///
/// Each is a required i32, written as the byte 0x15 (next field, i32) and a zigzag number.
fn check_header(mut bytes: &[u8]) -> Result<()> {
    let damaged = || ParquetError::General("a page header does not begin as one".to_string());
    for field in 0..3 {
        let (tag, rest) = bytes.split_first().ok_or_else(damaged)?;
        if *tag != 0x15 {
            return Err(damaged());
        }
        let (value, rest) = varint(rest).ok_or_else(damaged)?;
        let value = ((value >> 1) as i64) ^ -((value & 1) as i64);
        if field > 0 && !(0..=PAGE_BYTES_MAX).contains(&value) {
            return Err(ParquetError::General(format!(
                "a page claims {value} bytes; at most {PAGE_BYTES_MAX} are read"
            )));
        }
        bytes = rest;
    }
    Ok(())
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

/// A page reader that refuses dictionaries and encodings whose claimed counts nothing bounds.
pub(crate) struct CheckedPages<P> {
    pub(crate) pages: P,
    /// Bytes of one value in plain encoding, at least.
    pub(crate) value_bytes: usize,
}

impl<P: PageReader> CheckedPages<P> {
    fn check(&self, page: &Page) -> Result<()> {
        if let Page::DictionaryPage { buf, num_values, .. } = page
            && (*num_values as usize).saturating_mul(self.value_bytes) > buf.len()
        {
            let text = format!("a dictionary claims {num_values} values in {} bytes", buf.len());
            return Err(ParquetError::General(text));
        }
        if matches!(page.encoding(), Encoding::DELTA_BYTE_ARRAY | Encoding::DELTA_LENGTH_BYTE_ARRAY) {
            return Err(ParquetError::General(format!(
                "decimals as {} are not read; write the file with 64-bit integer or plain decimals",
                page.encoding()
            )));
        }
        Ok(())
    }
}

impl<P: PageReader> Iterator for CheckedPages<P> {
    type Item = Result<Page>;
    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<P: PageReader> PageReader for CheckedPages<P> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            self.check(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    /// A flat column has one record per value, so that every page ends at one; this spares the peek.
    fn at_record_boundary(&mut self) -> Result<bool> {
        Ok(true)
    }
}
