//! The files of a live tape while it is written: the open segment, the watermark and the reserve.
//!
//! Bytes are written, made durable, and only then is the watermark moved; nothing is written while a watermark is on its
//! way. The first error halts it for good: a sync that failed is never tried again.
use super::error::LiveError;
use super::journal::LiveOptions;
use super::mark::{MARK, Mark};
use super::room::{DiskState, Room};
use super::source::segment_name;
use crate::disk::{Disk, DiskFile, is_full};
use std::io;

/// The most room that is taken ahead for a segment that grows.
const AHEAD_MAX: u64 = 4 << 20;
/// The same, once the reserve is given up.
const AHEAD_SCARCE: u64 = 64 << 10;

/// What a watermark says beside how many bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) number: u64,
    pub(super) time: i64,
    pub(super) chain: [u8; 32],
}

/// Writes groups.
#[derive(Debug)]
pub(super) struct LiveSink<D: Disk> {
    disk: D,
    mark_file: D::File,
    mark: Mark,
    segment: Option<D::File>,
    number: u32,
    in_segment: u64,
    bytes: u64,
    /// Room that was taken; `None` where the disk cannot.
    taken: Option<u64>,
    /// Room to take ahead.
    ahead: u64,
    room: Room<D::File>,
    halted: Option<String>,
}

impl<D: Disk> LiveSink<D> {
    /// Goes on behind this watermark in a segment of this number, which is made when there is something to write.
    pub(super) fn new(
        disk: D,
        mark_file: D::File,
        mark: Mark,
        number: u32,
        options: &LiveOptions,
    ) -> Result<Self, LiveError> {
        let room = Room::new(&disk, options.room);
        let room = room.map_err(LiveError::disk("take room for", disk.path(super::room::RESERVE)))?;
        let bytes = mark.bytes;
        Ok(Self {
            disk,
            mark_file,
            mark,
            segment: None,
            number,
            in_segment: 0,
            bytes,
            taken: Some(0),
            ahead: options.segment_bytes.min(AHEAD_MAX),
            room,
            halted: None,
        })
    }

    /// Refuses once it is halted.
    #[inline]
    pub(super) fn check(&self) -> Result<(), LiveError> {
        match &self.halted {
            None => Ok(()),
            Some(first) => Err(LiveError::Halted { first: first.clone() }),
        }
    }

    fn halt(&mut self, error: LiveError) -> LiveError {
        self.halted.get_or_insert_with(|| error.to_string());
        error
    }

    fn failed(&mut self, doing: &'static str, name: &str, source: io::Error) -> LiveError {
        let error = LiveError::disk(doing, self.disk.path(name))(source);
        self.halt(error)
    }

    fn failed_segment(&mut self, doing: &'static str, source: io::Error) -> LiveError {
        let name = segment_name(self.number);
        self.failed(doing, &name, source)
    }

    /// The disk that it writes to.
    pub(super) fn disk(&self) -> &D {
        &self.disk
    }

    /// The last watermark.
    pub(super) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// The segment that is written, and its bytes.
    pub(super) fn segment(&self) -> (u32, u64) {
        (self.number, self.in_segment)
    }

    /// Bytes of the stream, durable or not.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How the disk stands.
    pub(super) fn disk_state(&mut self) -> DiskState {
        if self.halted.is_some() { DiskState::Halted } else { self.room.state(&self.disk) }
    }

    /// Writes a whole group, which is not durable yet.
    pub(super) fn write(&mut self, group: &[u8]) -> Result<(), LiveError> {
        self.check()?;
        let end = self.in_segment + group.len() as u64;
        if self.segment.is_none() {
            self.begin_segment()?;
        }
        self.take_room(end)?;
        let file = self.segment.as_mut().expect("a segment was begun");
        if let Err(error) = file.write_at(group, self.in_segment) {
            return Err(self.failed_segment("write to", error));
        }
        self.in_segment = end;
        self.bytes += group.len() as u64;
        Ok(())
    }

    fn begin_segment(&mut self) -> Result<(), LiveError> {
        let name = segment_name(self.number);
        let made = match self.disk.create(&name) {
            // A file's name needs room as well.
            Err(error) if is_full(&error) => self.room.give_up().and_then(|()| self.disk.create(&name)),
            made => made,
        };
        let file = made.map_err(|error| self.failed("make", &name, error))?;
        self.disk.sync_names().map_err(|error| self.failed("make durable the name of", &name, error))?;
        self.segment = Some(file);
        self.taken = self.taken.map(|_| 0);
        Ok(())
    }

    /// Takes room up to `end` before anything is written there, so that a full disk is met here and not half-way in a
    /// group. This is the one thing that is tried again: once the reserve is given up.
    fn take_room(&mut self, end: u64) -> Result<(), LiveError> {
        let Some(taken) = self.taken.filter(|taken| *taken < end) else { return Ok(()) };
        let file = self.segment.as_mut().expect("a segment was begun");
        let scarce = end + self.ahead.min(AHEAD_SCARCE);
        let wanted = if self.room.has_reserve() { taken.max(end) + self.ahead } else { scarce };
        let result = match file.take_room(wanted) {
            Err(error) if is_full(&error) => {
                self.room.give_up().and_then(|()| file.take_room(scarce)).map(|()| Some(scarce))
            }
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
            other => other.map(|()| Some(wanted)),
        };
        self.taken = result.map_err(|error| self.failed_segment("take room for", error))?;
        Ok(())
    }

    /// Makes everything written durable, then says so in the watermark.
    pub(super) fn sync(&mut self, at: Position) -> Result<(), LiveError> {
        self.check()?;
        if self.bytes == self.mark.bytes {
            return Ok(());
        }
        if let Some(file) = &mut self.segment
            && let Err(error) = file.sync()
        {
            return Err(self.failed_segment("make durable", error));
        }
        self.move_mark(at, false)
    }

    /// Says that everything written is durable, which it is.
    pub(super) fn move_mark(&mut self, at: Position, ended: bool) -> Result<(), LiveError> {
        let stands = if self.mark.sequence == 0 { Ok(true) } else { self.mark.stands(&mut self.mark_file) };
        match stands {
            Ok(true) => {}
            Ok(false) => {
                let taken = LiveError::TakenOver { path: self.disk.path(MARK), epoch: self.mark.epoch };
                return Err(self.halt(taken));
            }
            Err(error) => return Err(self.failed("read", MARK, error)),
        }
        let next = Mark {
            sequence: self.mark.sequence + 1,
            ended,
            segment: self.number,
            in_segment: self.in_segment,
            bytes: self.bytes,
            number: at.number,
            time: at.time,
            chain: at.chain,
            ..self.mark
        };
        next.write(&mut self.mark_file).map_err(|error| self.failed("write to", MARK, error))?;
        self.mark_file.sync().map_err(|error| self.failed("make durable", MARK, error))?;
        self.mark = next;
        Ok(())
    }

    /// Gives back the room that the segment does not need; it is complete, and durable.
    fn trim(&mut self) -> Result<(), LiveError> {
        let Some(mut file) = self.segment.take() else { return Ok(()) };
        let length = self.in_segment;
        file.set_length(length).and_then(|()| file.sync_all()).map_err(|error| self.failed_segment("close", error))
    }

    /// Closes the segment, all of which is durable; the next group begins another.
    pub(super) fn rotate(&mut self) -> Result<(), LiveError> {
        self.check()?;
        self.trim()?;
        self.number += 1;
        self.in_segment = 0;
        Ok(())
    }

    /// Ends the tape in order.
    pub(super) fn end(&mut self, at: Position) -> Result<(), LiveError> {
        self.check()?;
        self.trim()?;
        self.move_mark(at, true)
    }
}
