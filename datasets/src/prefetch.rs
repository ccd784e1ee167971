//! Candles and ticks decoded ahead of their use: one background thread for any number of readers.
//!
//! Each source has one block in use and some decoded ahead; the buffers go back and forth. The thread answers requests in
//! the order in which they come and changes nothing about what is read, so a run sees the same candles with and without
//! it. Dropping the last source stops the thread.
use crate::catalog::Series;
use crate::error::DataError;
use crate::fingerprint::RowGroupRef;
use crate::options::ReadOptions;
use crate::reader::CandleReader;
use crate::ticks::TickReader;
use engine::{Candle, CandleSource, Tick, TickSource};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

/// A reader that fills blocks, and can say at its end what it has read.
pub trait Blocks: Send + 'static {
    /// What a block holds.
    type Item: Send;
    /// What was read.
    type Summary: Clone + Send + Sync;

    /// Replaces `block` by the next items; `false` when there are none left.
    ///
    /// # Errors
    /// The first fault of the data; the same again on every later call.
    fn read_block(&mut self, block: &mut Vec<Self::Item>) -> Result<bool, DataError>;

    /// What was read so far.
    fn summary(&self) -> Self::Summary;
}

impl Blocks for CandleReader {
    type Item = Candle;
    type Summary = Vec<RowGroupRef>;

    fn read_block(&mut self, block: &mut Vec<Candle>) -> Result<bool, DataError> {
        Self::read_block(self, block)
    }

    fn summary(&self) -> Vec<RowGroupRef> {
        self.fingerprints().to_vec()
    }
}

type Block<T> = Result<Option<Vec<T>>, DataError>;

struct Request<T> {
    reader: usize,
    buffer: Vec<T>,
}

struct Job<R: Blocks> {
    reader: R,
    blocks: Sender<Block<R::Item>>,
    summary: Handle<R::Summary>,
}

/// What a source has read, for somebody who no longer holds the source.
#[derive(Debug)]
pub struct Handle<T>(Arc<OnceLock<T>>);

/// The digests of a source of candles.
pub type FingerprintHandle = Handle<Vec<RowGroupRef>>;

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Handle<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Handle<T> {
    /// What was read, once the source has been read to its end.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.0.get()
    }
}

struct Worker<T> {
    requests: Option<Sender<Request<T>>>,
    thread: Option<JoinHandle<()>>,
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.requests = None; // ends the thread's loop
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic there has reached the sources as a closed channel
        }
    }
}

/// A source whose next block is decoded while this one is used.
pub struct Prefetched<R: Blocks = CandleReader> {
    worker: Arc<Worker<R::Item>>,
    reader: usize,
    blocks: Receiver<Block<R::Item>>,
    block: Vec<R::Item>,
    ended: Option<Result<(), DataError>>,
    summary: Handle<R::Summary>,
}

/// Blocks that are decoded ahead, over all sources.
const BLOCKS_AHEAD: usize = 16;

/// Starts the thread; the sources stand in the order of the readers, each before its first block.
#[must_use]
pub fn prefetch<R: Blocks>(readers: Vec<R>) -> Vec<Prefetched<R>> {
    let (requests, incoming) = channel::<Request<R::Item>>();
    let (mut jobs, mut receivers) = (Vec::new(), Vec::new());
    for reader in readers {
        let (blocks, receiver) = channel();
        let summary = Handle::default();
        receivers.push((receiver, summary.clone()));
        jobs.push(Job { reader, blocks, summary });
    }
    // Pages are decoded in bursts: a few blocks ahead keep both threads busy. Many sources share the budget.
    let ahead = (BLOCKS_AHEAD / jobs.len().max(1)).max(1);
    for reader in (0..jobs.len()).flat_map(|reader| std::iter::repeat_n(reader, ahead)) {
        let _ = requests.send(Request { reader, buffer: Vec::new() });
    }
    let thread = std::thread::spawn(move || serve(jobs, &incoming));
    let worker = Arc::new(Worker { requests: Some(requests), thread: Some(thread) });
    let source = |(reader, (blocks, summary))| Prefetched {
        worker: Arc::clone(&worker),
        reader,
        blocks,
        block: Vec::new(),
        ended: None,
        summary,
    };
    receivers.into_iter().enumerate().map(source).collect()
}

fn serve<R: Blocks>(mut jobs: Vec<Job<R>>, requests: &Receiver<Request<R::Item>>) {
    for Request { reader, mut buffer } in requests {
        let job = &mut jobs[reader];
        let block = match job.reader.read_block(&mut buffer) {
            Ok(true) => Ok(Some(buffer)),
            Ok(false) => {
                let _ = job.summary.0.set(job.reader.summary());
                Ok(None)
            }
            Err(error) => Err(error),
        };
        let _ = job.blocks.send(block); // the source may be gone already; the others are not
    }
}

impl<R: Blocks> Prefetched<R> {
    /// A handle to what was read, which stays when the source is given away.
    #[must_use]
    pub fn summary(&self) -> Handle<R::Summary> {
        self.summary.clone()
    }

    fn receive(&mut self) -> Result<bool, DataError> {
        let Some(next) = self.blocks.recv().map_err(|_| DataError::ThreadEnded)?? else { return Ok(false) };
        let buffer = std::mem::replace(&mut self.block, next);
        let request = Request { reader: self.reader, buffer };
        let requests = self.worker.requests.as_ref().ok_or(DataError::ThreadEnded)?;
        requests.send(request).map_err(|_| DataError::ThreadEnded)?;
        Ok(true)
    }

    fn next(&mut self) -> Result<bool, DataError> {
        if let Some(ended) = &self.ended {
            return ended.clone().map(|()| false);
        }
        let result = self.receive();
        if !matches!(result, Ok(true)) {
            self.block.clear();
            self.ended = Some(result.clone().map(|_| ()));
        }
        result
    }
}

impl CandleSource for Prefetched {
    type Error = DataError;

    fn block(&self) -> &[Candle] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, DataError> {
        self.next()
    }
}

impl TickSource for Prefetched<TickReader> {
    type Error = DataError;

    fn block(&self) -> &[Tick] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, DataError> {
        self.next()
    }
}

/// Every candle of a window at once, for sweeps that share them.
///
/// # Errors
/// As for reading block by block.
pub fn load_all(series: &Series, options: ReadOptions) -> Result<Vec<Candle>, DataError> {
    let mut reader = CandleReader::new(series, options)?;
    let (mut all, mut block) = (Vec::new(), Vec::new());
    while reader.read_block(&mut block)? {
        all.extend_from_slice(&block);
    }
    Ok(all)
}
