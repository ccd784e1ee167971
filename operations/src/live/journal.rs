//! The journal of paper, shadow and live runs: every entry with its candles on disk, and durable before anything is sent.
//!
//! A step that sends something is durable, with all before it, when `commit` returns. The others are gathered and made
//! durable with the next that sends, or when so many bytes or so much time have come together; time is the caller's, who
//! says when an entry was seen. Nothing is ever tried again after an error.
use super::error::LiveError;
use super::mark::{MARK, Mark};
use super::room::{DiskState, RoomPolicy};
use super::sink::{LiveSink, Position};
use super::source::{SegmentSource, segment_name, segment_number};
use crate::disk::{Disk, DiskFile};
use engine::tape::{CANDLES, CHECKPOINT_EVERY, GROUP, GroupWriter, Header, RECORDED, TapeReader};
use engine::{Effect, Entry, Journal, State, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const DAY_NS: i64 = 86_400_000_000_000;

/// How a live tape is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveOptions {
    /// Bytes after which a segment is closed and the next begun.
    pub segment_bytes: u64,
    /// Whether a segment is also closed when a day ends, in UTC.
    pub daily: bool,
    /// Bytes that may be written and not be durable, while nothing is sent.
    pub unsynced_bytes: u64,
    /// How long an entry may wait to become durable, by the times at which entries were seen.
    pub unsynced_ns: i64,
    /// Room on the disk.
    pub room: RoomPolicy,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            segment_bytes: crate::tape_folder::SEGMENT_BYTES,
            daily: false,
            unsynced_bytes: 1 << 20,
            unsynced_ns: 1_000_000_000,
            room: RoomPolicy::default(),
        }
    }
}

/// When the entry that comes next was seen: set by the world that reads the clock, read by the journal.
#[derive(Clone, Debug)]
pub struct SeenAt(Arc<AtomicI64>);

impl SeenAt {
    /// The wall time at which the next entry was seen.
    #[inline]
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.0, Ordering::Relaxed);
    }

    /// The core time where nobody has said anything.
    #[inline]
    fn get(&self, time: Timestamp) -> Timestamp {
        match self.0.load(Ordering::Relaxed) {
            i64::MIN => time,
            seen => Timestamp(seen),
        }
    }
}

/// The tape of a live run.
#[derive(Debug)]
pub struct LiveJournal<D: Disk> {
    group: GroupWriter,
    sink: LiveSink<D>,
    header: Header,
    options: LiveOptions,
    seen: SeenAt,
    /// Bytes with which the open group began: a segment's own record is no reason to write.
    begun: usize,
    /// When the first entry that is not durable was seen.
    waiting_since: Option<i64>,
    /// The day of the segment.
    day: Option<i64>,
    time: Timestamp,
    ended: bool,
}

impl<D: Disk> LiveJournal<D> {
    /// Begins a tape on a disk that holds none.
    ///
    /// # Errors
    /// When it holds one, somebody else begins one, or the disk refuses.
    pub fn create(disk: D, header: &Header, options: LiveOptions) -> Result<Self, LiveError> {
        let mut header = header.clone();
        header.set(CANDLES, RECORDED);
        let mut encoded = Vec::new();
        header.encode(&mut encoded);
        disk.make().map_err(LiveError::disk("make", disk.path("")))?;
        let mark_file = begin_mark(&disk)?;
        clear_unbegun(&disk, encoded.len() as u64)?;
        let mark = Mark {
            sequence: 0,
            epoch: 1,
            ended: false,
            segment: 1,
            in_segment: 0,
            bytes: 0,
            number: 0,
            time: 0,
            chain: [0; 32],
            tape: *blake3::hash(&encoded).as_bytes(),
        };
        let group = GroupWriter::new(&header, 1);
        let sink = LiveSink::new(disk, mark_file, mark, 1, &options)?;
        let mut it = Self::with(group, sink, header, options);
        it.first_mark()?;
        Ok(it)
    }

    /// The header is durable before there is a watermark, and both slots hold one before anything else is written.
    fn first_mark(&mut self) -> Result<(), LiveError> {
        self.flush()?;
        self.sink.sync(self.position())?;
        self.sink.move_mark(self.position(), false)
    }

    pub(super) fn with(group: GroupWriter, sink: LiveSink<D>, header: Header, options: LiveOptions) -> Self {
        let seen = SeenAt(Arc::new(AtomicI64::new(i64::MIN)));
        let time = Timestamp(sink.mark().time);
        Self { group, sink, header, options, seen, begun: 0, waiting_since: None, day: None, time, ended: false }
    }

    /// Goes on in a segment of its own.
    pub(super) fn begin_segment(&mut self) {
        let (number, _) = self.sink.segment();
        self.group.segment(number, self.sink.bytes(), &self.header);
        (self.begun, self.day) = (self.group.bytes(), None);
    }

    /// Where the world says when it saw the next entry.
    #[must_use]
    pub fn seen_at(&self) -> SeenAt {
        self.seen.clone()
    }

    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.group.digest()
    }

    /// What the tape says of its run.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The session that writes it, counted from one.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.sink.mark().epoch
    }

    /// How much of it is durable.
    #[must_use]
    pub fn mark(&self) -> Mark {
        *self.sink.mark()
    }

    /// How the disk stands: where it is not `Ample`, no new risk.
    pub fn disk_state(&mut self) -> DiskState {
        self.sink.disk_state()
    }

    /// Reads what is durable, from the first segment on.
    #[must_use]
    pub fn records(&self) -> TapeReader<SegmentSource<D>> {
        let mark = self.sink.mark();
        TapeReader::open_ended(SegmentSource::up_to(self.sink.disk().clone(), 1, mark.segment, mark.in_segment))
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// When the disk refuses, now or before.
    pub fn sync(&mut self) -> Result<(), LiveError> {
        self.sink.check()?;
        self.flush()?;
        self.sink.sync(self.position())?;
        self.waiting_since = None;
        self.rotate_if_due()
    }

    /// Makes everything durable that has waited long enough at `now`: for a world that has nothing else to do.
    ///
    /// # Errors
    /// When the disk refuses, now or before.
    pub fn sync_if_due(&mut self, now: Timestamp) -> Result<(), LiveError> {
        let due = self.waiting_since.is_some_and(|since| now.0.saturating_sub(since) >= self.options.unsynced_ns);
        if due { self.sync() } else { self.sink.check() }
    }

    fn position(&self) -> Position {
        Position { number: self.group.number(), time: self.time.0, chain: self.group.chain() }
    }

    /// Closes the group, if anything stands in it, and writes it.
    fn flush(&mut self) -> Result<(), LiveError> {
        if self.group.bytes() > self.begun {
            self.group.close(|group| self.sink.write(group))?;
            self.begun = 0;
        }
        Ok(())
    }

    fn rotate_if_due(&mut self) -> Result<(), LiveError> {
        let (_, bytes) = self.sink.segment();
        let ended = self.options.daily && self.day.is_some_and(|day| self.today() > day);
        if bytes > 0 && (bytes >= self.options.segment_bytes || ended) {
            self.sink.rotate()?;
            self.begin_segment();
        }
        Ok(())
    }

    fn today(&self) -> i64 {
        self.seen.get(self.time).0.div_euclid(DAY_NS)
    }

    /// A new day begins with a new segment.
    fn turn_day(&mut self) -> Result<(), LiveError> {
        let today = self.today();
        if *self.day.get_or_insert(today) < today {
            self.sync()?;
            self.day = Some(today);
        }
        Ok(())
    }

    fn is_due(&mut self) -> bool {
        let unsynced = self.sink.bytes() - self.sink.mark().bytes + self.group.bytes() as u64;
        let seen = self.seen.get(self.time).0;
        let since = *self.waiting_since.get_or_insert(seen);
        unsynced >= self.options.unsynced_bytes || seen.saturating_sub(since) >= self.options.unsynced_ns
    }
}

impl<D: Disk> Journal for LiveJournal<D> {
    type Error = LiveError;

    fn last(&self) -> u64 {
        self.group.number()
    }

    fn append(&mut self, entry: &Entry) -> Result<(), LiveError> {
        self.sink.check()?;
        if self.ended {
            return Err(LiveError::Ended);
        }
        self.time = entry.time;
        if self.options.daily {
            self.turn_day()?;
        }
        self.group.entry(entry, self.seen.get(entry.time));
        Ok(())
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), LiveError> {
        self.group.step(effects);
        if entry.number.is_multiple_of(CHECKPOINT_EVERY) {
            self.group.checkpoint(state);
        }
        let sends = effects.iter().any(|effect| matches!(effect, Effect::Send(_)));
        if self.is_due() || sends {
            self.sync()
        } else if self.group.bytes() >= GROUP {
            self.flush()
        } else {
            self.sink.check()
        }
    }

    fn finish(&mut self, state: &State) -> Result<(), LiveError> {
        self.sink.check()?;
        if self.ended {
            return Err(LiveError::Ended);
        }
        self.group.checkpoint(state);
        self.group.end();
        self.flush()?;
        self.ended = true;
        self.sink.end(self.position())
    }
}

/// The file of the watermark, made where it is not there, and locked.
fn begin_mark<D: Disk>(disk: &D) -> Result<D::File, LiveError> {
    let path = || disk.path(MARK);
    let mut file = match disk.open_to_write(MARK) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => disk.create(MARK),
        opened => opened,
    }
    .map_err(LiveError::disk("make", path()))?;
    if !file.lock().map_err(LiveError::disk("lock", path()))? {
        return Err(LiveError::InUse { path: path() });
    }
    let bytes = Mark::read(&mut file).map_err(LiveError::disk("read", path()))?;
    if Mark::find(&bytes).newest.is_some() || (!bytes.is_empty() && !Mark::is_live(&bytes)) {
        return Err(LiveError::Exists { path: disk.path("") });
    }
    Ok(file)
}

/// Takes away the first segment of a session that died before it had begun: it holds a header and no watermark says so.
fn clear_unbegun<D: Disk>(disk: &D, header_bytes: u64) -> Result<(), LiveError> {
    let names = disk.names().map_err(LiveError::disk("list", disk.path("")))?;
    let first = segment_name(1);
    let segments: Vec<&String> = names.iter().filter(|name| segment_number(name).is_some()).collect();
    let exists = || LiveError::Exists { path: disk.path("") };
    match segments[..] {
        [] => return Ok(()),
        [one] if *one == first => {}
        _ => return Err(exists()),
    }
    let mut file = disk.open(&first).map_err(LiveError::disk("read", disk.path(&first)))?;
    let length = file.length().map_err(LiveError::disk("read", disk.path(&first)))?;
    // A header and its group's record take little more than the header; what is behind them is room that was taken.
    let from = header_bytes + 256;
    let empty = super::torn::zero_from(&mut file, from, length);
    if !empty.map_err(LiveError::disk("read", disk.path(&first)))? {
        return Err(exists());
    }
    disk.remove(&first).and_then(|()| disk.sync_names()).map_err(LiveError::disk("remove", disk.path(&first)))
}
