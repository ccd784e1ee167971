//! What a tape comes to, group by group: its digest, and where it stands.
//!
//! Records count once their group is whole; what a broken group holds leaves no trace.
use engine::Timestamp;
use engine::tape::{Digest, Frame, Kind, Malformed, Standing};

/// Adds up the records of a tape.
#[derive(Debug, Default)]
pub(super) struct Tally {
    digest: Digest,
    /// A state that belongs to the digest, unless an end follows: then it was the state of a stop.
    state: Option<(u64, [u8; 32])>,
    number: u64,
    time: Option<Timestamp>,
    open: Vec<Frame>,
}

impl Tally {
    /// Takes in a record.
    ///
    /// # Errors
    /// When it is not what its kind says.
    pub(super) fn take(&mut self, frame: Frame) -> Result<(), Malformed> {
        if frame.kind != Kind::Group {
            self.open.push(frame);
            return Ok(());
        }
        std::mem::take(&mut self.open).iter().try_for_each(|frame| self.count(frame))
    }

    fn count(&mut self, frame: &Frame) -> Result<(), Malformed> {
        match frame.kind {
            Kind::Entry => {
                self.settle();
                (self.number, self.time) = (frame.number, Some(frame.time));
            }
            Kind::Step => {
                self.settle();
                self.digest.step_encoded(frame.number, frame.payload.get(8..).ok_or(Malformed("step"))?);
            }
            Kind::State => {
                self.settle();
                let hash = frame.payload.as_slice().try_into().map_err(|_| Malformed("state"))?;
                self.state = Some((frame.number, hash));
            }
            Kind::End => self.state = None,
            Kind::Header | Kind::Group | Kind::Candles | Kind::Segment => {}
        }
        Ok(())
    }

    fn settle(&mut self) {
        if let Some((number, hash)) = self.state.take() {
            self.digest.state(number, &hash);
        }
    }

    /// Where the tape stands, for a run that goes on.
    pub(super) fn standing(mut self, chain: [u8; 32]) -> Standing {
        self.settle();
        Standing { chain, digest: self.digest, number: self.number, time: self.time.unwrap_or(Timestamp(0)) }
    }

    /// The last whole entry, and its core time.
    pub(super) fn last(&self) -> (u64, Timestamp) {
        (self.number, self.time.unwrap_or(Timestamp(0)))
    }
}
