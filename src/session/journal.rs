//! The tape of a session, with an eye on its disk: where that is nearly full no new risk is taken, while cancels and a kill can
//! still be written.
use engine::{Directive, Effect, Entry, Event, Journal, OperatorEvent, State, TimerId, TradingState};
use operations::live::DiskState;
use operations::world::{Control, Handle};
use operations::{LiveError, LiveJournal, OsDisk};

/// What a session did, for the last lines on the terminal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) steps: u64,
    pub(super) candles: u64,
    pub(super) sent: u64,
    pub(super) fills: u64,
    pub(super) refused: u64,
}

pub(super) struct SessionJournal {
    pub(super) inner: LiveJournal<OsDisk>,
    handle: Handle,
    low: bool,
    pub(super) done: Done,
}

impl SessionJournal {
    pub(super) fn new(inner: LiveJournal<OsDisk>, handle: Handle) -> Self {
        Self { inner, handle, low: false, done: Done::default() }
    }

    /// At each heartbeat: how the disk stands.
    fn look_at_disk(&mut self) {
        let low = !matches!(self.inner.disk_state(), DiskState::Ample);
        if low && !self.low {
            let (who, why) = ("onetape".into(), "the disk is nearly full".into());
            let directive = Directive::Trading(TradingState::Reducing);
            self.handle.ask(Control::Operator(OperatorEvent { who, approver: String::new(), why, directive }));
        }
        self.low = low;
    }
}

impl Journal for SessionJournal {
    type Error = LiveError;

    fn last(&self) -> u64 {
        self.inner.last()
    }

    fn append(&mut self, entry: &Entry) -> Result<(), LiveError> {
        self.inner.append(entry)
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), LiveError> {
        self.inner.commit(entry, effects, state)?;
        self.done.steps += 1;
        match entry.event {
            Event::Market(engine::MarketEvent::Candle(_)) => self.done.candles += 1,
            Event::Report(engine::Report::Filled(_)) => self.done.fills += 1,
            Event::Timer(TimerId::HEARTBEAT) => {
                self.look_at_disk();
                self.inner.sync_if_due(entry.time)?;
            }
            _ => {}
        }
        self.done.sent += effects.iter().filter(|effect| matches!(effect, Effect::Send(_))).count() as u64;
        self.done.refused += effects.iter().filter(|effect| matches!(effect, Effect::Refused(_))).count() as u64;
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<(), LiveError> {
        self.inner.finish(state)
    }
}
