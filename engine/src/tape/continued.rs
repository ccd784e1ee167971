//! A tape whose run was stopped and taken up again, as one run.
//!
//! Each stop wrote the last state and an end. A run that went on has neither there: they are left out, as a replay that runs
//! through comes past them without stopping. It reads and never changes a record.
use super::reader::{RecordSource, TapeError};
use super::record::{Frame, Kind};
use alloc::collections::VecDeque;

/// Leaves out the ends at which a run was taken up again, with the state before each.
#[derive(Debug)]
pub struct Continued<R> {
    tape: R,
    ahead: VecDeque<Frame>,
}

impl<R: RecordSource> Continued<R> {
    /// The tape as one run.
    #[must_use]
    pub fn new(tape: R) -> Self {
        Self { tape, ahead: VecDeque::new() }
    }

    /// The kind of the record at this place from here, groups not counted.
    fn peek(&mut self, place: usize) -> Result<Option<Kind>, TapeError<R::Error>> {
        while self.ahead.len() <= place {
            match self.tape.next()? {
                Some(frame) if frame.kind == Kind::Group => {}
                Some(frame) => self.ahead.push_back(frame),
                None => return Ok(None),
            }
        }
        Ok(self.ahead.get(place).map(|frame| frame.kind))
    }
}

impl<R: RecordSource> RecordSource for Continued<R> {
    type Error = R::Error;

    fn next(&mut self) -> Result<Option<Frame>, TapeError<R::Error>> {
        while self.peek(0)? == Some(Kind::State)
            && self.peek(1)? == Some(Kind::End)
            && self.peek(2)? == Some(Kind::Segment)
        {
            self.ahead.drain(..2);
        }
        Ok(self.ahead.pop_front())
    }
}
