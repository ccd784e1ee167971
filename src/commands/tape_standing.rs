//! Where a live run's tape begins and ends, in words: whether its first segments are gone, and whether it was closed.
use crate::failure::Failure;
use crate::instant::instant_text;
use engine::Timestamp;
use engine::tape::TapeReader;
use operations::FolderSource;

/// How a tape that was read to its end stands.
pub(super) struct Standing {
    /// The last entry of the segments that were pruned; zero where none was.
    pruned: u64,
    /// The last entry, its time, and the bytes behind the watermark, where the tape was not closed.
    open: Option<(u64, Timestamp, u64)>,
}

impl Standing {
    /// How the tape stands that this reader came to the end of; `first` is the number that its first record names.
    pub(super) fn of(reader: &mut TapeReader<FolderSource>, first: u64) -> Result<Self, Failure> {
        let live = reader.source().live().copied();
        let closed = reader.end().is_some();
        let behind = live.map_or(0, |facts| facts.behind);
        if closed && behind > 0 {
            return Err(Failure::No(format!("{behind} bytes stand behind the end of the tape, which was closed")));
        }
        let (number, time) = reader.last();
        let open = (!closed && live.is_some()).then_some((number, time, behind));
        Ok(Self { pruned: live.filter(|facts| facts.first_segment > 1).map_or(0, |_| first), open })
    }

    /// What there is to say, in lines; nothing of a tape that is whole and closed.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if self.pruned > 0 {
            text += &format!("it begins after entry {}: the segments before were pruned\n", self.pruned);
        }
        if let Some((number, time, behind)) = self.open {
            text += &format!(
                "not closed: it ends with entry {number} at {}; a session still writes it or was killed, and {behind} bytes behind its watermark are not counted\n",
                instant_text(time)
            );
        }
        text
    }

    /// The same for machines.
    pub(super) fn add_to(&self, object: &mut serde_json::Value) {
        object["closed"] = self.open.is_none().into();
        if self.pruned > 0 {
            object["pruned_to"] = self.pruned.into();
        }
        if let Some((_, time, behind)) = self.open {
            object["ends_at"] = instant_text(time).into();
            object["behind_watermark"] = behind.into();
        }
    }
}
