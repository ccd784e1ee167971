//! The threads that step a fleet. They are never Rayon's own, which a process that Python has forked would wait for in vain.
use super::fault::Fault;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// More are no help to anybody.
pub(super) const THREADS_MAX: usize = 256;

/// Threads that are there when they are needed.
pub(super) struct Hands {
    count: usize,
    /// Of more than one thread, and of this process.
    pool: Option<(u32, ThreadPool)>,
}

impl Hands {
    /// That many.
    ///
    /// # Errors
    /// When there are none, or more than [`THREADS_MAX`].
    pub(super) fn new(count: usize) -> Result<Self, Fault> {
        if count == 0 || count > THREADS_MAX {
            return Err(Fault::Asked(format!("`threads` is {count}: expected 1 to {THREADS_MAX}")));
        }
        Ok(Self { count, pool: None })
    }

    /// Whether the caller's thread is all there is.
    pub(super) fn is_one(&self) -> bool {
        self.count == 1
    }

    /// Works on them.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn run<T: Send>(&mut self, work: impl FnOnce() -> T + Send) -> Result<T, Fault> {
        let build = || ThreadPoolBuilder::new().num_threads(self.count).build();
        let build = || build().map_err(|e| Fault::Failed(format!("no thread to step episodes on: {e}")));
        if self.is_one() {
            return Ok(build()?.install(work));
        }
        let process = std::process::id();
        let ours = self.pool.take_if(|(owner, _)| *owner == process);
        // The threads of a pool that came along through a fork are not here, and cannot be told to end.
        std::mem::forget(self.pool.take());
        let (_, pool) = self.pool.insert(match ours {
            Some(ours) => ours,
            None => (process, build()?),
        });
        Ok(pool.install(work))
    }
}
