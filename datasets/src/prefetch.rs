//! Candles decoded ahead of their use: one background thread for any number of readers.
//!
//! Each source has one block in use and some decoded ahead; the buffers go back and forth. The thread answers requests in
//! the order in which they come and changes nothing about what is read, so a run sees the same candles with and without
//! it. Dropping the last source stops the thread.
use crate::catalog::Series;
use crate::error::DataError;
use crate::fingerprint::RowGroupRef;
use crate::options::ReadOptions;
use crate::reader::CandleReader;
use engine::{Candle, CandleSource};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

type Block = Result<Option<Vec<Candle>>, DataError>;

struct Request {
    reader: usize,
    buffer: Vec<Candle>,
}

struct Job {
    reader: CandleReader,
    blocks: Sender<Block>,
    fingerprints: FingerprintHandle,
}

/// The digests of a source, readable by somebody who no longer holds the source.
#[derive(Clone, Debug, Default)]
pub struct FingerprintHandle(Arc<OnceLock<Vec<RowGroupRef>>>);

impl FingerprintHandle {
    /// The digests, once the source has been read to its end.
    #[must_use]
    pub fn get(&self) -> Option<&[RowGroupRef]> {
        self.0.get().map(Vec::as_slice)
    }
}

struct Worker {
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.requests = None; // ends the thread's loop
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic there has reached the sources as a closed channel
        }
    }
}

/// A source whose next block is decoded while this one is used.
pub struct Prefetched {
    worker: Arc<Worker>,
    reader: usize,
    blocks: Receiver<Block>,
    block: Vec<Candle>,
    ended: Option<Result<(), DataError>>,
    fingerprints: FingerprintHandle,
}

/// Blocks that are decoded ahead, over all sources.
const BLOCKS_AHEAD: usize = 16;

/// Starts the thread; the sources stand in the order of the readers, each before its first block.
#[must_use]
pub fn prefetch(readers: Vec<CandleReader>) -> Vec<Prefetched> {
    let (requests, incoming) = channel::<Request>();
    let (mut jobs, mut receivers) = (Vec::new(), Vec::new());
    for reader in readers {
        let (blocks, receiver) = channel();
        let fingerprints = FingerprintHandle::default();
        receivers.push((receiver, fingerprints.clone()));
        jobs.push(Job { reader, blocks, fingerprints });
    }
    // Pages are decoded in bursts: a few blocks ahead keep both threads busy. Many sources share the budget.
    let ahead = (BLOCKS_AHEAD / jobs.len().max(1)).max(1);
    for reader in (0..jobs.len()).flat_map(|reader| std::iter::repeat_n(reader, ahead)) {
        let _ = requests.send(Request { reader, buffer: Vec::new() });
    }
    let thread = std::thread::spawn(move || serve(jobs, &incoming));
    let worker = Arc::new(Worker { requests: Some(requests), thread: Some(thread) });
    let source = |(reader, (blocks, fingerprints))| Prefetched {
        worker: Arc::clone(&worker),
        reader,
        blocks,
        block: Vec::new(),
        ended: None,
        fingerprints,
    };
    receivers.into_iter().enumerate().map(source).collect()
}

fn serve(mut jobs: Vec<Job>, requests: &Receiver<Request>) {
    for Request { reader, mut buffer } in requests {
        let job = &mut jobs[reader];
        let block = match job.reader.read_block(&mut buffer) {
            Ok(true) => Ok(Some(buffer)),
            Ok(false) => {
                let _ = job.fingerprints.0.set(job.reader.fingerprints().to_vec());
                Ok(None)
            }
            Err(error) => Err(error),
        };
        let _ = job.blocks.send(block); // the source may be gone already; the others are not
    }
}

impl Prefetched {
    /// A handle to the digests that stays when the source is given away.
    #[must_use]
    pub fn fingerprints(&self) -> FingerprintHandle {
        self.fingerprints.clone()
    }

    fn receive(&mut self) -> Result<bool, DataError> {
        let Some(next) = self.blocks.recv().map_err(|_| DataError::ThreadEnded)?? else { return Ok(false) };
        let buffer = std::mem::replace(&mut self.block, next);
        let request = Request { reader: self.reader, buffer };
        let requests = self.worker.requests.as_ref().ok_or(DataError::ThreadEnded)?;
        requests.send(request).map_err(|_| DataError::ThreadEnded)?;
        Ok(true)
    }
}

impl CandleSource for Prefetched {
    type Error = DataError;

    fn block(&self) -> &[Candle] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, DataError> {
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
