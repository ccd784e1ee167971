//! Carries bytes between venues and the world, on a thread of its own. It decides nothing and knows no venue.
use super::control::Handle;
use super::http::Http;
use super::news::{Arrived, News, NewsReceiver, NewsSender, queue};
use super::reads::{Reads, WATCH};
use super::sockets::Sockets;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;
use venues::{LinkFailure, Output};

/// Requests and frames that may wait to leave. Connectors keep to the venue's limits, so it never fills but when the network
/// stands still.
const LEAVING: usize = 16_384;

/// The thread that carries bytes, and the queues to and from it.
#[derive(Debug)]
pub struct Driver {
    leaving: Option<mpsc::Sender<(usize, Output)>>,
    pub(super) arrived: NewsReceiver,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

/// The driver could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the thread that carries bytes cannot be started: {0}")]
pub struct NoDriver(String);

impl Driver {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread, or no TLS can be had.
    pub fn start() -> Result<Self, NoDriver> {
        let (news, arrived) = queue();
        let killed = Arc::new(AtomicBool::new(false));
        let reads = Reads::new();
        let handle = Handle { killed: Arc::clone(&killed), news: news.clone(), reads: reads.clone() };
        let (leaving, orders) = mpsc::channel(LEAVING);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| NoDriver(e.to_string()))?;
        let http = Http::new().map_err(NoDriver)?;
        let carry = move || {
            runtime.block_on(carry(orders, http, (&news, &reads), &killed));
            // What still waits for an answer is given up with the session.
            runtime.shutdown_timeout(std::time::Duration::from_millis(200));
        };
        let thread = std::thread::Builder::new().name("venues".into()).spawn(carry);
        let thread = thread.map_err(|e| NoDriver(e.to_string()))?;
        Ok(Self { leaving: Some(leaving), arrived, handle, thread: Some(thread) })
    }

    /// What reaches into the session from other threads.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Whether a kill has been accepted.
    pub(super) fn is_killed(&self) -> bool {
        self.handle.killed.load(Ordering::SeqCst)
    }

    /// A kill that an earlier session accepted holds.
    pub fn stay_killed(&self) {
        self.handle.killed.store(true, Ordering::SeqCst);
    }

    /// Hands something over to be sent. Whether it was taken.
    pub(super) fn send(&self, venue: usize, output: Output) -> bool {
        self.leaving.as_ref().is_some_and(|leaving| leaving.try_send((venue, output)).is_ok())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.leaving = None; // the thread ends when nothing can come any more
        if let Some(thread) = self.thread.take() {
            // A panic over there has ended the session already; there is nobody left to tell.
            drop(thread.join());
        }
    }
}

/// What is to leave next. After a frame that ended a quiet time the thread stays awake a while, for what comes of it.
async fn next(orders: &mut mpsc::Receiver<(usize, Output)>, reads: &Reads) -> Option<(usize, Output)> {
    loop {
        tokio::select! {
            biased;
            next = orders.recv() => return next,
            () = reads.quiet_ended() => {}
        }
        while reads.last().elapsed() < WATCH {
            match orders.try_recv() {
                Ok(next) => return Some(next),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => tokio::task::yield_now().await,
            }
        }
    }
}

async fn carry(
    mut orders: mpsc::Receiver<(usize, Output)>,
    http: Http,
    (news, reads): (&NewsSender, &Reads),
    killed: &Arc<AtomicBool>,
) {
    let mut sockets = Sockets::new(reads.clone());
    while let Some((venue, output)) = next(&mut orders, reads).await {
        match output {
            Output::Send(request) => {
                let (http, news, killed) = (http.clone(), news.clone(), Arc::clone(killed));
                tokio::spawn(async move {
                    let ticket = request.ticket;
                    // Read just before the bytes go: what waited while a kill was accepted does not leave.
                    let arrived = if request.adds_risk && killed.load(Ordering::SeqCst) {
                        Arrived::Unanswered { ticket, failure: LinkFailure::Killed }
                    } else {
                        http.ask(request).await
                    };
                    drop(news.send(News::Venue(venue, arrived)).await);
                });
            }
            Output::Open { socket, url, headers } => sockets.open((venue, socket), url, headers, news.clone()),
            Output::Text(socket, text) => sockets.send_text((venue, socket), &text),
            Output::Binary(socket, bytes) => sockets.send_binary((venue, socket), &bytes),
            Output::Close(socket) => sockets.close((venue, socket)),
            Output::Happened(_) => {} // for the world, which has taken it out
        }
    }
}
