//! The segments of a tape as one stream of bytes, up to where they are durable.
use crate::disk::{Disk, DiskFile};
use crate::tape_folder::FolderError;
use engine::tape::ByteSource;
use std::collections::VecDeque;

/// The name of a segment.
pub(crate) fn segment_name(number: u32) -> String {
    format!("{number:06}.tape")
}

/// The number of a segment, if the name is one's.
pub(crate) fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".tape").filter(|digits| digits.len() >= 6)?;
    digits.parse().ok().filter(|number| *number > 0 && segment_name(*number) == name)
}

/// Bytes of a segment that are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) segment: u32,
    /// Where it ends; the end of the file if `None`.
    pub(crate) until: Option<u64>,
}

/// Reads segments one after the other.
#[derive(Debug)]
pub struct SegmentSource<D: Disk> {
    disk: D,
    stretches: VecDeque<Stretch>,
    file: Option<D::File>,
    at: u64,
}

impl<D: Disk> SegmentSource<D> {
    pub(crate) fn new(disk: D, stretches: impl IntoIterator<Item = Stretch>) -> Self {
        Self { disk, stretches: stretches.into_iter().collect(), file: None, at: 0 }
    }

    /// Segments from the first on, the last one up to `until`.
    pub(crate) fn up_to(disk: D, first: u32, last: u32, until: u64) -> Self {
        let until = |segment| (segment == last).then_some(until);
        Self::new(disk, (first..=last).map(|segment| Stretch { segment, until: until(segment) }))
    }

    /// Lets the last segment be read further, and the next one if there is one.
    pub(crate) fn extend(&mut self, until: u64, next: Option<Stretch>) {
        if let Some(last) = self.stretches.back_mut() {
            last.until = Some(until);
        }
        self.stretches.extend(next);
    }
}

impl<D: Disk> ByteSource for SegmentSource<D> {
    type Error = FolderError;

    fn read(&mut self, out: &mut [u8]) -> Result<usize, FolderError> {
        while let Some(stretch) = self.stretches.front().copied() {
            let name = segment_name(stretch.segment);
            let failed = |source| FolderError::Read { path: self.disk.path(&name), source };
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(self.disk.open(&name).map_err(failed)?),
            };
            let left = stretch.until.map_or(u64::MAX, |until| until.saturating_sub(self.at));
            let wanted = out.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let n = file.read_at(&mut out[..wanted], self.at).map_err(failed)?;
            self.at += n as u64;
            // The last one stays: it may be let on later.
            if n > 0 || self.stretches.len() == 1 {
                return Ok(n);
            }
            self.stretches.pop_front();
            (self.file, self.at) = (None, 0);
        }
        Ok(0)
    }
}
