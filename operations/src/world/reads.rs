//! When a frame was last read, and whether somebody should look out for what the world makes of it.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A stream that was quiet for so long may be followed by an order: then the thread that carries bytes stays awake for it, since
/// waking it costs as much as deciding. A busy stream keeps it awake anyhow.
const QUIET_NS: u64 = 1_000_000;
/// For so long.
pub(super) const WATCH: Duration = Duration::from_micros(150);

#[derive(Debug)]
struct Inside {
    began: Instant,
    last: AtomicU64,
    quiet_ended: Notify,
}

/// Shared by all sockets of a driver.
#[derive(Clone, Debug)]
pub(super) struct Reads(Arc<Inside>);

impl Reads {
    pub(super) fn new() -> Self {
        Self(Arc::new(Inside { began: Instant::now(), last: AtomicU64::new(0), quiet_ended: Notify::new() }))
    }

    /// A frame was read just now.
    pub(super) fn read(&self) {
        let now = u64::try_from(self.0.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let before = self.0.last.swap(now, Ordering::Relaxed);
        if now.saturating_sub(before) >= QUIET_NS {
            self.0.quiet_ended.notify_one();
        }
    }

    /// When the last one was.
    pub(super) fn last(&self) -> Instant {
        self.0.began + Duration::from_nanos(self.0.last.load(Ordering::Relaxed))
    }

    /// Waits for a frame after a quiet time.
    pub(super) async fn quiet_ended(&self) {
        self.0.quiet_ended.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_after_a_quiet_time_is_looked_out_for_and_a_busy_stream_is_not() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let reads = Reads::new();
            std::thread::sleep(Duration::from_millis(2));
            reads.read();
            let at_once = Duration::from_millis(1);
            assert!(tokio::time::timeout(at_once, reads.quiet_ended()).await.is_ok());
            (0..100).for_each(|_| reads.read());
            assert!(tokio::time::timeout(at_once, reads.quiet_ended()).await.is_err());
            assert!(reads.last().elapsed() < Duration::from_secs(5));
        });
    }
}
