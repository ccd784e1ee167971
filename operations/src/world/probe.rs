//! One question to a venue, outside of any session: what a start has to know, and what a pre-flight looks at.
use super::clock::Clock;
use super::driver::Driver;
use super::news::{Arrived, News};
use std::time::{Duration, Instant};
use venues::{Answer, Connector, Frame, Happening, Input, Output, Query, Unanswered};

/// A connector and what carries its bytes.
pub struct Probe {
    driver: Driver,
    clock: Clock,
    connector: Box<dyn Connector>,
    asked: u64,
    outputs: Vec<Output>,
    /// What the venue said beside answers, in words.
    pub notes: Vec<String>,
    /// How far the venue's clock is ahead, and how wrong that can be, in nanoseconds.
    pub ahead: Option<(i64, i64)>,
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Probe({} questions)", self.asked)
    }
}

impl Probe {
    /// Speaks to a venue.
    #[must_use]
    pub fn new(driver: Driver, clock: Clock, connector: Box<dyn Connector>) -> Self {
        Self { driver, clock, connector, asked: 0, outputs: Vec::new(), notes: Vec::new(), ahead: None }
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// When the venue refuses, cannot be reached within the time, or its answer makes no sense.
    pub fn ask(&mut self, query: &Query, within: Duration) -> Result<Answer, Unanswered> {
        self.asked += 1;
        let (number, until, began) = (self.asked, Instant::now() + within, self.clock.mono_ns());
        let mut answer = self.tell(Input::Ask(number, query), number);
        while answer.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Unanswered::Unreachable(format!("nothing came within {} s", within.as_secs())));
            }
            let gone = |_| Unanswered::Unreachable("the thread that carries bytes has ended".into());
            answer = match self.driver.arrived.next(left.min(Duration::from_millis(50))).map_err(gone)? {
                Some(News::Venue(_, arrived)) => self.hear(&arrived, number),
                Some(News::Control(_)) => None,
                None => self.tell(Input::Woken, number),
            };
        }
        let answer = answer.unwrap_or(Err(Unanswered::Unsupported));
        if let Ok(Answer::Time(theirs)) = &answer {
            // It was read somewhere between question and answer.
            let (there_and_back, now) = (self.clock.mono_ns().saturating_sub(began), self.clock.moment().wall.0);
            let half = i64::try_from(there_and_back / 2).unwrap_or(i64::MAX);
            self.ahead = Some((theirs.0.saturating_sub(now.saturating_sub(half)), half));
        }
        answer
    }

    fn hear(&mut self, arrived: &Arrived, number: u64) -> Option<Result<Answer, Unanswered>> {
        let input = match arrived {
            Arrived::Answered { ticket, status, headers, body } => {
                Input::Answered { ticket: *ticket, status: *status, headers, body }
            }
            Arrived::Unanswered { ticket, failure } => Input::Unanswered { ticket: *ticket, failure: *failure },
            Arrived::Opened(socket) => Input::Opened(*socket),
            Arrived::Text(socket, text) => Input::Received(*socket, Frame::Text(text)),
            Arrived::Binary(socket, bytes) => Input::Received(*socket, Frame::Binary(bytes)),
            Arrived::Closed(socket) => Input::Closed(*socket),
        };
        self.tell(input, number)
    }

    fn tell(&mut self, input: Input<'_>, number: u64) -> Option<Result<Answer, Unanswered>> {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.connector.handle(self.clock.moment(), input, &mut outputs);
        let mut found = None;
        for output in outputs.drain(..) {
            match output {
                Output::Happened(Happening::Answer(own, answer)) if own == number => found = Some(answer),
                Output::Happened(Happening::Note(text) | Happening::Barred(text)) => self.notes.push(text),
                Output::Happened(Happening::Clock { ahead_ns, within_ns }) => self.ahead = Some((ahead_ns, within_ns)),
                Output::Happened(_) => {}
                output => {
                    if !self.driver.send(0, output) {
                        self.notes.push("nothing leaves any more".into());
                    }
                }
            }
        }
        self.outputs = outputs;
        found
    }
}
