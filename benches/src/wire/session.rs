//! A session of the live world against a venue on loopback, on a thread of its own.
use super::bingx::{BEGIN_MS, BingxSide};
use super::desk::core;
use super::served::{Told, serve};
use engine::sim::{Costs, VenueConfig};
use engine::{Dated, Journal, Money, SimVenue, Strategy, Timestamp, run};
use operations::world::{Clock, Control, Driver, Handle, Link, Live, PaperVenue, Plan, StopPolicy};
use operations::{Disk, LiveJournal};
use secrecy::SecretString;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use venues::bingx::{BingX, Config, Credentials, Endpoints, Limits};
use venues::{Listed, RunId};

/// A tape of a session, or what stands for one.
pub trait Tape: Journal {
    /// Who is told when the next entry was seen.
    fn seen_at(&self) -> Box<dyn FnMut(Timestamp)>;
}

impl<D: Disk> Tape for LiveJournal<D> {
    fn seen_at(&self) -> Box<dyn FnMut(Timestamp)> {
        let seen_at = self.seen_at();
        Box::new(move |time| seen_at.set(time))
    }
}

/// Where orders go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orders {
    /// To the simulated venue.
    Paper,
    /// To the venue.
    Venue,
}

/// What a session is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// How many instruments.
    pub instruments: usize,
    /// Whether trades and quotes are listened to.
    pub ticks: bool,
    /// How fast the market goes, in thousandths of the clock's speed.
    pub thousandths: u64,
    /// Where orders go.
    pub orders: Orders,
    /// Whether the world's thread stays awake.
    pub busy_wait: bool,
}

/// A session that runs.
pub struct Session {
    /// The venue.
    pub side: Arc<Mutex<BingxSide>>,
    /// What is told of it.
    pub told: Receiver<Told>,
    /// What a person should read.
    pub notes: Arc<Mutex<Vec<String>>>,
    /// Reaches into it.
    pub handle: Handle,
    thread: JoinHandle<()>,
}

fn links(listed: &[Listed], address: std::net::SocketAddr, orders: Orders) -> Vec<Link> {
    let socket = format!("ws://{address}/swap-market");
    let endpoints = Endpoints { rest: format!("http://{address}"), market: socket.clone(), private: socket };
    let keys = || Credentials { key: SecretString::from("key"), secret: SecretString::from("secret") };
    let credentials = (orders == Orders::Venue).then(keys);
    let mut config = Config::new(endpoints, credentials, RunId::new("wire").expect("a run id"), listed.to_vec());
    config.funding = false;
    // The venue's own limits would be what is measured.
    config.limits = Limits { market: 100_000, account: 100_000, place: 10_000, cancel: 10_000, query: 10_000 };
    let connector = Box::new(BingX::new(config).expect("a set-up that works"));
    vec![Link { connector, listed: listed.to_vec() }]
}

fn paper(listed: &[Listed], cash: Money) -> PaperVenue {
    let instruments: Vec<_> = listed.iter().map(|it| it.instrument.clone()).collect();
    let costs = vec![Dated::always(Costs::NONE); instruments.len()];
    PaperVenue::new(SimVenue::new(VenueConfig::default(), cash, instruments, costs))
}

impl Session {
    /// Begins a session with a strategy and a tape that are made on its thread.
    ///
    /// # Panics
    /// When it cannot begin; on its own thread, when it fails.
    pub fn begin<S: Strategy, J: Tape>(
        wish: Wish,
        strategy: impl FnOnce() -> S + Send + 'static,
        tape: impl FnOnce() -> J + Send + 'static,
    ) -> Self
    where
        J::Error: std::fmt::Display,
    {
        let side = BingxSide::new(wish.instruments);
        let listed = side.listed(wish.ticks);
        let side = Arc::new(Mutex::new(side));
        let (tell, told) = channel();
        let asks = listed.len() * if wish.ticks { 3 } else { 1 };
        let address = serve(Arc::clone(&side), tell, (BEGIN_MS, asks));
        let driver = Driver::start().expect("a thread for the driver");
        let handle = driver.handle();
        let notes = Arc::new(Mutex::new(Vec::new()));
        let clock = Clock::scaled(Timestamp(BEGIN_MS * 1_000_000), wish.thousandths);
        let take_note = Arc::clone(&notes);
        let live = move || {
            let mut journal = tape();
            let cash = Money(100_000_000 * Money::ONE.0);
            let plan = Plan {
                links: links(&listed, address, wish.orders),
                currency: "USDT".into(),
                names: listed.iter().map(|it| it.symbol.clone()).collect(),
                is_new: true,
                stored: Vec::new(),
                history_from: Timestamp(BEGIN_MS * 1_000_000),
                paper: (wish.orders == Orders::Paper).then(|| paper(&listed, cash)),
                rehearsal: None,
                twins: Vec::new(),
                busy_wait: wish.busy_wait,
                heartbeat: Duration::from_secs(1),
                longest_silence: Duration::from_secs(60),
                stop: StopPolicy::Keep,
                stop_within: Duration::from_secs(5),
                seen_at: journal.seen_at(),
                notes: Box::new(move |text| take_note.lock().expect("nobody panics with it").push(text.into())),
            };
            let mut core = core(&listed, cash, strategy());
            let mut world = Live::new(driver, clock, plan);
            world.begin();
            run(&mut core, &mut world, &mut journal).map_err(|e| e.to_string()).expect("a session that ends in order");
        };
        let thread = std::thread::Builder::new().name("session".into()).spawn(live).expect("a thread");
        Self { side, told, notes, handle, thread }
    }

    /// Stops it.
    ///
    /// # Panics
    /// When it failed.
    pub fn end(self) {
        self.handle.ask(Control::Stop("the end".into()));
        self.thread.join().expect("a session that ends in order");
    }
}
