//! Opening a live tape again, after a stop or a crash.
//!
//! What stands before the watermark has to be whole, or nothing is touched and the tape is set aside. Behind it whole groups
//! are taken in, and what is torn is kept in a file of its own, cut off and reported. The order of what it writes is such
//! that it may itself be cut short at any instant; `docs/tape.md` says why.
use super::error::LiveError;
use super::journal::{LiveJournal, LiveOptions};
use super::mark::{MARK, Mark};
use super::sink::LiveSink;
use super::source::{SegmentSource, Stretch, segment_name, segment_number};
use super::tally::Tally;
use super::torn::{Cut, Torn};
use crate::disk::{Disk, DiskFile, read_full};
use crate::watermark::Watermark;
use engine::Timestamp;
use engine::tape::{Frame, GroupWriter, Header, Kind, RecordSource, Standing, TapeError, TapeReader};
use std::io;

/// The note that a tape was found damaged.
pub(crate) const DAMAGED: &str = "damaged";

/// What was found when a tape was opened again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// What the tape says of its run.
    pub header: Header,
    /// The session that goes on with it.
    pub epoch: u32,
    /// The last entry on it; the next one is one higher.
    pub number: u64,
    /// The core time of that entry.
    pub time: Timestamp,
    /// Whether the session before had ended it in order.
    pub ended: bool,
    /// Entries behind the watermark that were whole, and were taken in.
    pub taken_in: u64,
    /// What was torn behind the watermark, and cut off.
    pub cut: Vec<Cut>,
    /// Copies of the watermark that were not whole; the others said the same.
    pub broken_marks: u32,
}

/// Where the whole groups of a tape end.
struct Extent {
    segment: u32,
    in_segment: u64,
    bytes: u64,
}

/// A tape that was read to its last whole group.
struct Whole {
    header: Header,
    standing: Standing,
    extent: Extent,
    /// Entries behind the watermark.
    taken_in: u64,
}

impl<D: Disk> LiveJournal<D> {
    /// Opens the tape of a disk, or begins one where there is none, or none that a session had come to write on.
    ///
    /// # Errors
    /// As for [`Self::open`] and [`Self::create`].
    pub fn begin(disk: D, header: &Header, options: LiveOptions) -> Result<(Self, Option<Recovered>), LiveError> {
        let nothing = match Self::open(disk.clone(), options) {
            Err(error @ (LiveError::NoTape { .. } | LiveError::Mark { .. })) => error,
            opened => return opened.map(|(journal, recovered)| (journal, Some(recovered))),
        };
        match Self::create(disk, header, options) {
            Err(LiveError::Exists { .. }) => Err(nothing),
            created => created.map(|journal| (journal, None)),
        }
    }

    /// Opens a tape to go on with it, once everything on it was verified.
    ///
    /// # Errors
    /// When there is none, another session writes it, what was durable is damaged, or the disk refuses.
    pub fn open(disk: D, options: LiveOptions) -> Result<(Self, Recovered), LiveError> {
        let (mut mark_file, mark, broken, newer_possible) = take_mark(&disk)?;
        refuse_set_aside(&disk)?;
        let segments = Segments::list(&disk, &mark)?;
        let whole = read_whole(&disk, &mark, &segments).map_err(|error| set_aside(&disk, error))?;
        let torn = segments.torn(&disk, &whole.extent)?;
        if let Some(what) = segments.contradiction(&mark, newer_possible, &whole.extent, torn.is_empty()) {
            let error = damaged(&disk, whole.standing.number, whole.extent.bytes, what.into());
            return Err(set_aside(&disk, error));
        }
        let epoch = mark.epoch + 1;
        let cut = torn.into_iter().map(|torn| torn.keep(&disk, epoch)).collect::<Result<Vec<_>, _>>()?;
        segments.settle(&disk, &mark, &whole.extent)?;
        let next = go_on(&disk, &mut mark_file, mark, &whole, epoch)?;
        let Whole { header, standing, taken_in, .. } = whole;
        let recovered = Recovered {
            header: header.clone(),
            epoch,
            number: standing.number,
            time: standing.time,
            ended: mark.ended,
            taken_in,
            cut,
            broken_marks: broken,
        };
        let sink = LiveSink::new(disk, mark_file, next, next.segment + 1, &options)?;
        let mut journal = Self::with(GroupWriter::resumed(standing, epoch), sink, header, options);
        journal.begin_segment();
        Ok((journal, recovered))
    }
}

/// The watermark, locked: its file, the newest, how many copies are broken, and whether a newer one may have been there.
fn take_mark<D: Disk>(disk: &D) -> Result<(D::File, Mark, u32, bool), LiveError> {
    let path = || disk.path(MARK);
    let mut file = disk.open_to_write(MARK).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LiveError::NoTape { path: disk.path("") },
        _ => LiveError::disk("open", path())(error),
    })?;
    if !file.lock().map_err(LiveError::disk("lock", path()))? {
        return Err(LiveError::InUse { path: path() });
    }
    let bytes = Mark::read(&mut file).map_err(LiveError::disk("read", path()))?;
    if Watermark::parse(&bytes).is_some() {
        return Err(LiveError::NoTape { path: disk.path("") }); // a backtest's
    }
    let found = Mark::find(&bytes);
    let mark = found.newest.ok_or_else(|| LiveError::Mark { path: path() })?;
    Ok((file, mark, found.broken, found.newer_possible))
}

/// A tape that was found damaged stays closed until somebody says that it is whole.
fn refuse_set_aside<D: Disk>(disk: &D) -> Result<(), LiveError> {
    let mut note = match disk.open(DAMAGED) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(LiveError::disk("read", disk.path(DAMAGED)))?,
    };
    let mut text = [0; 400];
    let n = read_full(&mut note, &mut text, 0).map_err(LiveError::disk("read", disk.path(DAMAGED)))?;
    let text = String::from_utf8_lossy(&text[..n]).trim_end().escape_debug().to_string();
    Err(LiveError::Quarantined { path: disk.path(DAMAGED), text })
}

/// Leaves the note beside a damaged tape. That it cannot be written changes nothing: every opening verifies again.
fn set_aside<D: Disk>(disk: &D, error: LiveError) -> LiveError {
    if let LiveError::Damaged { step, offset, damage, .. } = &error
        && let Ok(mut note) = disk.create(DAMAGED)
    {
        let text = format!("damaged at step {step} (byte {offset}): {damage}\n");
        let _ = note.write_at(text.as_bytes(), 0).and_then(|()| note.sync_all()).and_then(|()| disk.sync_names());
    }
    error
}

fn damaged<D: Disk>(disk: &D, after: u64, offset: u64, damage: String) -> LiveError {
    LiveError::Damaged { path: disk.path(""), step: after + 1, offset, damage }
}

/// The segments that there are.
struct Segments {
    /// Length of the watermark's segment.
    last: u64,
    /// The one behind it, with its length, if it is there.
    next: Option<(u32, u64)>,
    /// Whether there are more, which no crash leaves.
    too_many: bool,
}

impl Segments {
    fn list<D: Disk>(disk: &D, mark: &Mark) -> Result<Self, LiveError> {
        let names = disk.names().map_err(LiveError::disk("list", disk.path("")))?;
        let mut numbers: Vec<u32> = names.iter().filter_map(|name| segment_number(name)).collect();
        numbers.sort_unstable();
        match numbers.first() {
            Some(first) if *first > 1 => return Err(LiveError::Pruned { path: disk.path(""), first: *first }),
            None => return Err(LiveError::NoTape { path: disk.path("") }),
            _ => {}
        }
        let missing = (1..=mark.segment).find(|number| !numbers.contains(number));
        if let Some(missing) = missing {
            let text = format!("{} is missing", segment_name(missing));
            return Err(set_aside(disk, damaged(disk, 0, 0, text)));
        }
        let length = |number: u32| {
            let name = segment_name(number);
            disk.open(&name).and_then(|file| file.length()).map_err(LiveError::disk("read", disk.path(&name)))
        };
        let next = mark.segment + 1;
        let next = if numbers.contains(&next) { Some((next, length(next)?)) } else { None };
        let too_many = numbers.iter().any(|number| *number > mark.segment + 1);
        Ok(Self { last: length(mark.segment)?, next, too_many })
    }

    /// What stands behind the watermark and cannot come from a crash.
    fn contradiction(&self, mark: &Mark, newer_possible: bool, extent: &Extent, clean: bool) -> Option<&'static str> {
        if self.too_many {
            // The watermark is in a segment before the next but one is made.
            return Some("more segments stand behind the watermark than a crash leaves: it is older than the tape");
        }
        if mark.ended && (!clean || extent.bytes > mark.bytes) {
            return Some("bytes stand behind the end of a tape that was ended");
        }
        // While a watermark is written everything behind the one before is durable already.
        let both = "both copies of a watermark are broken, and so are bytes that it may have covered";
        (newer_possible && !clean).then_some(both)
    }

    /// The bytes behind the whole groups, where any of them is not zero.
    fn torn<D: Disk>(&self, disk: &D, extent: &Extent) -> Result<Vec<Torn>, LiveError> {
        let mut torn = Vec::new();
        let behind = self.next.filter(|(next, _)| *next == extent.segment);
        let last = behind.map_or(self.last, |(_, length)| length);
        torn.extend(Torn::find(disk, extent.segment, extent.in_segment, last)?);
        if let (Some((next, length)), None) = (self.next, behind) {
            torn.extend(Torn::find(disk, next, 0, length)?);
        }
        Ok(torn)
    }

    /// Makes durable what was taken in, and cuts off the rest, which is kept elsewhere by now.
    ///
    /// What was taken in is written again in place: a sync that failed before may have left it in memory alone, and would
    /// succeed now without having written a byte.
    fn settle<D: Disk>(&self, disk: &D, mark: &Mark, extent: &Extent) -> Result<(), LiveError> {
        let until = if extent.segment == mark.segment { extent.in_segment } else { self.last };
        write_again(disk, mark.segment, mark.in_segment, until)?;
        if let Some((next, _)) = self.next {
            if extent.segment == next {
                write_again(disk, next, 0, extent.in_segment)?;
            } else {
                let name = segment_name(next);
                disk.remove(&name).map_err(LiveError::disk("remove", disk.path(&name)))?;
            }
        }
        disk.sync_names().map_err(LiveError::disk("make durable the names in", disk.path("")))
    }
}

fn write_again<D: Disk>(disk: &D, segment: u32, from: u64, until: u64) -> Result<(), LiveError> {
    let name = segment_name(segment);
    let again = || {
        let mut file = disk.open_to_write(&name)?;
        let (mut at, mut chunk) = (from, vec![0; 1 << 16]);
        while at < until {
            let wanted = chunk.len().min((until - at) as usize);
            let n = read_full(&mut file, &mut chunk[..wanted], at)?;
            if n == 0 {
                break;
            }
            file.write_at(&chunk[..n], at)?;
            at += n as u64;
        }
        file.set_length(until)?;
        file.sync_all()
    };
    again().map_err(LiveError::disk("make durable", disk.path(&name)))
}

/// Reads and verifies a tape: up to its watermark, where everything has to be whole, and from there as far as it is.
fn read_whole<D: Disk>(disk: &D, mark: &Mark, segments: &Segments) -> Result<Whole, LiveError> {
    let mut tally = Tally::default();
    let source = SegmentSource::up_to(disk.clone(), 1, mark.segment, mark.in_segment);
    let mut reader = TapeReader::open_ended(source);
    while let Some(frame) = reader.next().map_err(|error| as_damage(disk, error))? {
        take(disk, &mut tally, frame, reader.chain().1)?;
    }
    let (chain, bytes) = reader.chain();
    let (number, _) = tally.last();
    if (chain, bytes, number) != (mark.chain, mark.bytes, mark.number) {
        let text =
            format!("the watermark tells of {} bytes up to step {}, and it ends otherwise", mark.bytes, mark.number);
        return Err(damaged(disk, number, bytes, text));
    }
    let header = reader.header().cloned().unwrap_or_default();
    let mut encoded = Vec::new();
    header.encode(&mut encoded);
    if *blake3::hash(&encoded).as_bytes() != mark.tape {
        return Err(damaged(disk, 0, 0, "the watermark is another tape's".into()));
    }
    let next = segments.next.map(|(segment, length)| Stretch { segment, until: Some(length) });
    reader.source().extend(segments.last, next);
    let mut starts = None;
    loop {
        match reader.next() {
            Ok(Some(frame)) => {
                if frame.kind == Kind::Segment {
                    starts = Some(reader.chain().1);
                }
                take(disk, &mut tally, frame, reader.chain().1)?;
            }
            Ok(None) | Err(TapeError::Damaged { .. }) => break,
            Err(TapeError::Source(error)) => return Err(as_damage(disk, TapeError::Source(error))),
        }
    }
    let (chain, bytes) = reader.chain();
    // A segment whose first group is not whole was never begun.
    let extent = match (segments.next, starts.filter(|start| *start < bytes)) {
        (Some((segment, _)), Some(start)) => Extent { segment, in_segment: bytes - start, bytes },
        _ => Extent { segment: mark.segment, in_segment: mark.in_segment + (bytes - mark.bytes), bytes },
    };
    let taken_in = tally.last().0 - number;
    Ok(Whole { header, standing: tally.standing(chain), extent, taken_in })
}

fn take<D: Disk>(disk: &D, tally: &mut Tally, frame: Frame, offset: u64) -> Result<(), LiveError> {
    let number = frame.number;
    tally.take(frame).map_err(|what| damaged(disk, number.saturating_sub(1), offset, what.to_string()))
}

fn as_damage<D: Disk>(disk: &D, error: TapeError<crate::FolderError>) -> LiveError {
    match error {
        TapeError::Damaged { damage, after, offset } => damaged(disk, after, offset, damage.to_string()),
        TapeError::Source(crate::FolderError::Read { path, source }) => LiveError::disk("read", path)(source),
        TapeError::Source(other) => damaged(disk, 0, 0, other.to_string()),
    }
}

/// Writes the newest watermark again in its place, for the same reason as the bytes, and then the one of the new session.
fn go_on<D: Disk>(disk: &D, file: &mut D::File, mark: Mark, whole: &Whole, epoch: u32) -> Result<Mark, LiveError> {
    let next = Mark {
        sequence: mark.sequence + 1,
        epoch,
        ended: false,
        segment: whole.extent.segment,
        in_segment: whole.extent.in_segment,
        bytes: whole.extent.bytes,
        number: whole.standing.number,
        time: whole.standing.time.0,
        chain: whole.standing.chain,
        ..mark
    };
    for one in [mark, next] {
        one.write(file).and_then(|()| file.sync()).map_err(LiveError::disk("write to", disk.path(MARK)))?;
    }
    Ok(next)
}
