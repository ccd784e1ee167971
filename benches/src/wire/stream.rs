//! Many messages a second into a session, and how far behind them it is.
//!
//! Of ten messages seven are quotes, two are trades and one ends a candle, which is a step of the core. A socket keeps the
//! order of its messages, so the lag of those steps is the lag of everything before them. It is counted from the instant at
//! which the message was to be sent: a sender that is held up makes it longer.
use super::Side;
use super::bingx::BingxSide;
use super::latencies::Latencies;
use super::served::{Told, carried};
use super::session::{Orders, Session, Tape, Wish};
use engine::{Event, InstrumentId, Intents, MarketEvent, Qty, Strategy, View};
use std::net::TcpStream;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tungstenite::WebSocket;
use venues::Socket;

/// What is streamed.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// How many instruments.
    pub instruments: usize,
    /// Messages a second.
    pub per_second: u64,
    /// For how long, in stretches of so many seconds each, whose lags are told apart.
    pub stretches: u64,
    /// Seconds of a stretch.
    pub seconds: u64,
}

/// What became of it.
#[derive(Debug)]
pub struct Streamed {
    /// The lags of each stretch.
    pub lags: Vec<Latencies>,
    /// Candles that were ended by the stream, and candles that came to the core.
    pub candles: (u64, u64),
    /// How often a candle did not follow the one before.
    pub gaps: u64,
    /// How late the last message was sent.
    pub late: Duration,
    /// What was noted.
    pub notes: Vec<String>,
}

/// How many minutes of an instrument may be under way.
const RING: usize = 4_096;

/// What sender and core both see.
#[derive(Debug)]
struct Shared {
    base: Instant,
    /// When the first frame of a minute was to be sent, in nanoseconds after the base.
    due: Vec<AtomicU64>,
    /// The minute of the last candle of each instrument.
    minutes: Vec<AtomicI64>,
    lags: Mutex<Latencies>,
    candles: AtomicU64,
    gaps: AtomicU64,
}

impl Shared {
    fn new(instruments: usize) -> Self {
        let due = (0..instruments * RING).map(|_| AtomicU64::new(0)).collect();
        let minutes = (0..instruments).map(|_| AtomicI64::new(0)).collect();
        let (candles, gaps) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { base: Instant::now(), due, minutes, lags: Mutex::default(), candles, gaps }
    }

    fn due(&self, place: usize, minute: i64) -> &AtomicU64 {
        &self.due[place * RING + usize::try_from(minute).unwrap_or(0) % RING]
    }

    fn lags(&self) -> MutexGuard<'_, Latencies> {
        self.lags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Looks at the clock with each candle, and trades the first instrument with every hundredth of its candles.
struct Watch {
    shared: Arc<Shared>,
}

impl Strategy for Watch {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(it)) = event else { return };
        let (place, minute) = (it.instrument.index(), BingxSide::minute_of(it.candle.open_time));
        let before = self.shared.minutes[place].swap(minute, Ordering::Relaxed);
        if before > 0 && minute != before + 1 {
            self.shared.gaps.fetch_add(1, Ordering::Relaxed);
        }
        let due = self.shared.due(place, minute + 1).load(Ordering::Relaxed);
        // The candle before the first frame is of the history, where that was answered late enough.
        if due > 0 && minute > 0 {
            self.shared.candles.fetch_add(1, Ordering::Relaxed);
            self.shared.lags().push(self.shared.now_ns().saturating_sub(due));
        }
        if place == 0 && minute % 100 == 0 {
            out.target(InstrumentId(0), if minute % 200 == 0 { Qty(10_000) } else { Qty::ZERO });
        }
    }
}

fn ready(session: &Session) -> WebSocket<TcpStream> {
    loop {
        match session.told.recv_timeout(Duration::from_secs(60)).expect("a session that subscribes") {
            Told::Ready(Socket::Market(_), open) => return *open,
            Told::Ready(..) | Told::Order(_) => {}
        }
    }
}

/// Streams, on a tape that is made on the session's thread.
///
/// # Panics
/// When the session fails, or ends its connection.
pub fn stream<J: Tape>(flow: Flow, tape: impl FnOnce() -> J + Send + 'static) -> Streamed
where
    J::Error: std::fmt::Display,
{
    let Flow { instruments, per_second, stretches, seconds } = flow;
    // A minute of the market for each of its instruments with every ten messages of each.
    let thousandths = per_second * 60_000 / (10 * instruments as u64);
    let shared = Arc::new(Shared::new(instruments));
    let watched = Arc::clone(&shared);
    let wish = Wish { instruments, ticks: true, thousandths, orders: Orders::Paper, busy_wait: false };
    let session = Session::begin(wish, move || Watch { shared: watched }, tape);
    let mut open = ready(&session);
    let mut ended = 0;
    let mut lags = Vec::new();
    let begin = shared.now_ns();
    let total = per_second * seconds * stretches;
    for number in 0..total {
        let due = begin + number * 1_000_000_000 / per_second;
        // Waits of less than half a millisecond are not worth a sleep: a few messages go together.
        if let Some(early) = due.checked_sub(shared.now_ns()).filter(|early| *early > 500_000) {
            std::thread::sleep(Duration::from_nanos(early));
        }
        let place = usize::try_from(number % instruments as u64).unwrap_or(0);
        let mut side = session.side.lock().unwrap_or_else(PoisonError::into_inner);
        let message = match number / instruments as u64 % 10 {
            0 => {
                ended += u64::from(side.minute(place) > 0);
                shared.due(place, side.minute(place) + 1).store(due.max(1), Ordering::Relaxed);
                side.candle(place)
            }
            1 | 2 => side.trade(place, number),
            _ => side.quote(place, number),
        };
        drop(side);
        open.send(carried(message)).expect("a session that reads");
        if (number + 1).is_multiple_of(per_second * seconds) {
            lags.push(std::mem::take(&mut *shared.lags()));
        }
    }
    let late = Duration::from_nanos(shared.now_ns() - begin).saturating_sub(Duration::from_secs(seconds * stretches));
    wait_for_the_last(&session, &shared);
    let notes = session.notes.lock().unwrap_or_else(PoisonError::into_inner).clone();
    session.end();
    let candles = (ended, shared.candles.load(Ordering::Relaxed));
    Streamed { lags, candles, gaps: shared.gaps.load(Ordering::Relaxed), late, notes }
}

/// What was sent last is on its way for a while.
fn wait_for_the_last(session: &Session, shared: &Shared) {
    let side = session.side.lock().unwrap_or_else(PoisonError::into_inner);
    let last: Vec<i64> = (0..shared.minutes.len()).map(|place| side.minute(place) - 1).collect();
    drop(side);
    for _ in 0..600 {
        if last.iter().zip(&shared.minutes).all(|(last, is)| is.load(Ordering::Relaxed) >= *last) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
