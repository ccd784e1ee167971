//! Room on the disk: how much has to be free for new risk, and a reserve that is given up so that the rest can be written.
//!
//! It stops nobody: it says how the disk stands, and whoever drives the run halts new risk. Cancels and a kill are written
//! all the same, into the room that the reserve leaves.
use crate::disk::{Disk, DiskFile, Space, is_full};
use std::io;

/// The file that holds the reserve.
pub(crate) const RESERVE: &str = "reserve";

/// How much room a live tape wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomPolicy {
    /// Less than this share of the disk free is too little, in percent.
    pub free_pct: u8,
    /// However large the disk is, so many free bytes are enough.
    pub free_bytes: u64,
    /// Bytes of the reserve.
    pub reserve_bytes: u64,
}

impl Default for RoomPolicy {
    fn default() -> Self {
        Self { free_pct: 5, free_bytes: 1 << 30, reserve_bytes: 64 << 20 }
    }
}

impl RoomPolicy {
    /// Free bytes that such a disk has to have.
    #[must_use]
    pub fn wanted(&self, space: Space) -> u64 {
        (space.total / 100).saturating_mul(u64::from(self.free_pct)).min(self.free_bytes)
    }
}

/// How the disk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskState {
    /// There is room.
    Ample,
    /// There is too little, or the reserve was given up: no new risk. Cancels and a kill can still be written.
    Low {
        /// Free bytes; zero where the disk does not say.
        free: u64,
        /// Free bytes that it has to have.
        wanted: u64,
    },
    /// The tape is halted: nothing can be written, and nothing may be sent.
    Halted,
}

/// The reserve.
#[derive(Debug)]
pub(crate) struct Room<F> {
    policy: RoomPolicy,
    /// `None` while it is given up.
    reserve: Option<F>,
}

impl<F: DiskFile> Room<F> {
    /// Takes the reserve, if there is room for it.
    pub(crate) fn new<D: Disk<File = F>>(disk: &D, policy: RoomPolicy) -> io::Result<Self> {
        let mut it = Self { policy, reserve: None };
        it.take(disk)?;
        Ok(it)
    }

    fn take<D: Disk<File = F>>(&mut self, disk: &D) -> io::Result<()> {
        let mut file = match disk.open_to_write(RESERVE) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => disk.create(RESERVE)?,
            opened => opened?,
        };
        let taken = match file.take_room(self.policy.reserve_bytes) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()), // a disk that cannot promise room
            other => other,
        };
        match taken {
            Err(error) if is_full(&error) => file.set_length(0),
            other => other.map(|()| self.reserve = Some(file)),
        }
    }

    /// Whether the reserve is there.
    pub(crate) fn has_reserve(&self) -> bool {
        self.reserve.is_some()
    }

    /// Gives the reserve up, so that its room can be written to.
    pub(crate) fn give_up(&mut self) -> io::Result<()> {
        match self.reserve.take() {
            Some(mut file) => file.set_length(0).and_then(|()| file.sync_all()),
            None => Ok(()),
        }
    }

    /// How the disk stands; once there is room again, the reserve is taken again first.
    pub(crate) fn state<D: Disk<File = F>>(&mut self, disk: &D) -> DiskState {
        let Ok(space) = disk.space() else {
            return DiskState::Low { free: 0, wanted: self.policy.free_bytes }; // what cannot be asked is not believed
        };
        let wanted = self.policy.wanted(space);
        if self.reserve.is_none() && space.free >= wanted.saturating_add(self.policy.reserve_bytes) {
            let _ = self.take(disk); // without it the state stays low, which is all that could be said
        }
        let ample = self.has_reserve() && space.free >= wanted;
        if ample { DiskState::Ample } else { DiskState::Low { free: space.free, wanted } }
    }
}
