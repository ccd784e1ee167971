//! What a crash left torn behind the watermark: kept in a file of its own before it is cut.
use super::error::LiveError;
use super::room::RESERVE;
use super::source::segment_name;
use crate::disk::{Disk, DiskFile, is_full, read_full};
use engine::tape::{Frame, Kind};
use std::io;

/// Bytes behind the watermark that were cut off and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Of which segment.
    pub segment: u32,
    /// From where in it.
    pub from: u64,
    /// How many, up to the last that is not zero.
    pub bytes: u64,
    /// Entries among them whose record is whole, though their group is not.
    pub entries: u64,
    /// The file in the tape's folder that keeps them.
    pub kept_in: String,
}

/// Torn bytes.
pub(super) struct Torn {
    segment: u32,
    from: u64,
    bytes: Vec<u8>,
}

impl Torn {
    /// What stands in a segment from here to there, where any of it is not zero.
    pub(super) fn find<D: Disk>(disk: &D, segment: u32, from: u64, length: u64) -> Result<Option<Self>, LiveError> {
        let name = segment_name(segment);
        let read = || {
            let mut file = disk.open(&name)?;
            if zero_from(&mut file, from, length)? {
                return Ok(None);
            }
            let mut bytes = vec![0; (length - from) as usize];
            let n = read_full(&mut file, &mut bytes, from)?;
            bytes.truncate(n);
            bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
            Ok(Some(Self { segment, from, bytes }))
        };
        read().map_err(LiveError::disk("read", disk.path(&name)))
    }

    /// Entries whose record is whole.
    fn entries(&self) -> u64 {
        let (mut rest, mut entries) = (self.bytes.as_slice(), 0);
        while let Ok(Some((frame, length))) = Frame::first(rest) {
            entries += u64::from(frame.kind == Kind::Entry);
            rest = &rest[length..];
        }
        entries
    }

    /// Keeps the bytes in a file of their own.
    pub(super) fn keep<D: Disk>(self, disk: &D, epoch: u32) -> Result<Cut, LiveError> {
        let stem = format!("quarantine-{epoch}-{:06}-{}", self.segment, self.from);
        let names = disk.names().map_err(LiveError::disk("list", disk.path("")))?;
        // A recovery that was cut short may have left one of that name, whole or not: it stays.
        let free = |turn: &u32| !names.contains(&format!("{stem}-{turn}"));
        let kept_in = format!("{stem}-{}", (1..).find(free).unwrap_or(0));
        let keep = || {
            let mut file = disk.create(&kept_in)?;
            file.write_at(&self.bytes, 0)?;
            file.sync_all()?;
            disk.sync_names()
        };
        let kept = match keep() {
            Err(error) if is_full(&error) => make_way(disk, &kept_in).and_then(|()| keep()),
            kept => kept,
        };
        kept.map_err(LiveError::disk("keep the torn bytes in", disk.path(&kept_in)))?;
        let (bytes, entries) = (self.bytes.len() as u64, self.entries());
        Ok(Cut { segment: self.segment, from: self.from, bytes, entries, kept_in })
    }
}

/// Gives up the reserve, and what of a file was written before there was no more room.
fn make_way<D: Disk>(disk: &D, name: &str) -> io::Result<()> {
    let mut reserve = disk.open_to_write(RESERVE)?;
    reserve.set_length(0)?;
    reserve.sync_all()?;
    match disk.remove(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Whether a file holds only zeros from here to there.
pub(super) fn zero_from<F: DiskFile>(file: &mut F, from: u64, until: u64) -> io::Result<bool> {
    let (mut at, mut chunk) = (from, vec![0; 1 << 16]);
    while at < until {
        let wanted = chunk.len().min((until - at) as usize);
        let n = read_full(file, &mut chunk[..wanted], at)?;
        if n == 0 {
            return Ok(true);
        }
        if chunk[..n].iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        at += n as u64;
    }
    Ok(true)
}
