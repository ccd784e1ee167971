//! The tape of a session, with an eye on its disk: where that is nearly full no new risk is taken, while cancels and a kill can
//! still be written.
use super::control::Status;
use super::folder::SessionFolder;
use crate::instant::instant_text;
use engine::{Directive, Effect, Entry, Event, InstrumentId, Journal, OperatorEvent, State, TimerId, TradingState};
use operations::live::DiskState;
use operations::world::{Control, Handle};
use operations::{LiveError, LiveJournal, OsDisk};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::sync::PoisonError;

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
    status: Status,
    names: Vec<String>,
    folder: SessionFolder,
    killed: bool,
    pub(super) inner: LiveJournal<OsDisk>,
    handle: Handle,
    low: bool,
    pub(super) done: Done,
}

impl SessionJournal {
    pub(super) fn new(
        inner: LiveJournal<OsDisk>,
        handle: Handle,
        status: Status,
        names: Vec<String>,
        folder: &SessionFolder,
    ) -> Self {
        let folder = folder.clone();
        Self { status, names, folder, killed: false, inner, handle, low: false, done: Done::default() }
    }

    /// A kill that was latched on the disk holds, whoever could not be reached when it was.
    pub(super) fn look_at_latch(&mut self) {
        if let Some(why) = self.folder.killed().filter(|_| !self.killed) {
            self.killed = true;
            let plain: String = why.chars().filter(|c| !c.is_control()).take(100).collect();
            self.handle.kill("onetape", &format!("latched: {plain}"));
        }
    }

    /// What the session says of itself.
    fn describe(&self, entry: &Entry, state: &State) -> Value {
        let position = |(place, name): (usize, &String)| {
            let places = u32::from(state.instruments[place].qty_scale);
            let held = Decimal::new(state.books.position(place).quantity.0, places).normalize();
            (name.clone(), json!(held.to_string()))
        };
        let live = |place: usize| state.orders.live(InstrumentId(u32::try_from(place).unwrap_or(u32::MAX))).len();
        let orders: usize = (0..self.names.len()).map(live).sum();
        let trading = state.risk.as_ref().map_or("active", |risk| risk.trading.name());
        let feeds = |(place, name): (usize, &String)| {
            let id = InstrumentId(u32::try_from(place).unwrap_or(u32::MAX));
            let feed = state.risk.as_ref().map_or("ready", |risk| risk.feed(id).name());
            (name.clone(), json!(feed))
        };
        json!({
            "time": instant_text(entry.time), "step": entry.number, "trading": trading,
            "equity": state.books.equity().to_string(), "open_orders": orders,
            "positions": self.names.iter().enumerate().map(position).collect::<Map<_, _>>(),
            "feeds": self.names.iter().enumerate().map(feeds).collect::<Map<_, _>>(),
            "candles": self.done.candles, "commands": self.done.sent, "fills": self.done.fills,
            "refused": self.done.refused, "disk_low": self.low,
        })
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
                self.look_at_latch();
                *self.status.lock().unwrap_or_else(PoisonError::into_inner) = self.describe(entry, state);
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
