//! The queue from whoever carries bytes to the world. It is bounded: where the world does not keep up the sockets are read
//! no further, and nothing is dropped.
use super::control::Control;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::{Duration, Instant};
use venues::{LinkFailure, Socket, Ticket};

/// How much may wait for the world.
const WAITING: usize = 65_536;

/// What came from one venue.
#[derive(Debug)]
pub(super) enum Arrived {
    Answered { ticket: Ticket, status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    Unanswered { ticket: Ticket, failure: LinkFailure },
    Opened(Socket),
    Text(Socket, String),
    Binary(Socket, Vec<u8>),
    Closed(Socket),
}

/// One piece of news.
#[derive(Debug)]
pub(super) enum News {
    Venue(usize, Arrived),
    Control(Control),
}

/// The end that news goes into.
#[derive(Clone, Debug)]
pub(super) struct NewsSender(SyncSender<News>);

/// The end that the world reads.
#[derive(Debug)]
pub(super) struct NewsReceiver(Receiver<News>);

/// The world has ended.
pub(super) struct Gone;

pub(super) fn queue() -> (NewsSender, NewsReceiver) {
    let (sender, receiver) = sync_channel(WAITING);
    (NewsSender(sender), NewsReceiver(receiver))
}

impl NewsSender {
    /// Waits while the queue is full, without holding the thread.
    pub(super) async fn send(&self, news: News) -> Result<(), Gone> {
        let mut news = news;
        loop {
            match self.0.try_send(news) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(Gone),
                Err(TrySendError::Full(back)) => news = back,
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits while the queue is full.
    pub(super) fn send_from_outside(&self, news: News) {
        drop(self.0.send(news)); // a session that has ended wants nothing any more
    }
}

impl NewsReceiver {
    /// The same without sleeping: a thread that is awake needs nobody to wake it. It takes a processor for itself.
    pub(super) fn next_awake(&self, wait: Duration) -> Result<Option<News>, Gone> {
        let until = Instant::now() + wait;
        loop {
            match self.0.try_recv() {
                Ok(news) => return Ok(Some(news)),
                Err(TryRecvError::Disconnected) => return Err(Gone),
                Err(TryRecvError::Empty) if Instant::now() >= until => return Ok(None),
                Err(TryRecvError::Empty) => std::hint::spin_loop(),
            }
        }
    }

    /// The next piece; `None` when none came in time.
    pub(super) fn next(&self, wait: Duration) -> Result<Option<News>, Gone> {
        match self.0.recv_timeout(wait) {
            Ok(news) => Ok(Some(news)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Gone),
        }
    }
}
