//! Whether news can be relied on: by stream, not by socket, since a socket that answers pings may bring nothing.
use engine::{FeedEvent, InstrumentId, Standing};
use std::time::Duration;

/// One source of news.
#[derive(Clone, Copy, Debug)]
struct Source {
    instrument: InstrumentId,
    /// The lines that it comes over now, one bit each.
    lines: u64,
    /// Monotonic nanoseconds of its last sign of life.
    heard: u64,
    /// Nothing is missing any more.
    complete: bool,
    /// What the venue holds is what the tape holds.
    agrees: bool,
    told: Standing,
}

fn bit(line: usize) -> u64 {
    1 << (line % 64)
}

/// All sources of a session.
#[derive(Debug)]
pub(super) struct Health {
    sources: Vec<Source>,
    longest_silence: u64,
}

impl Health {
    /// Market data of so many instruments and, where orders are sent to a venue, what it says of them. Nothing is connected yet.
    pub(super) fn new(instruments: u32, orders: bool, longest_silence: Duration) -> Self {
        let source =
            |instrument| Source { instrument, lines: 0, heard: 0, complete: true, agrees: true, told: Standing::Ready };
        let markets = (0..instruments).map(|id| source(InstrumentId(id)));
        let sources = markets.chain(orders.then(|| source(InstrumentId::ACCOUNT))).collect();
        Self { sources, longest_silence: u64::try_from(longest_silence.as_nanos()).unwrap_or(u64::MAX) }
    }

    fn of(&mut self, instrument: InstrumentId) -> Option<&mut Source> {
        self.sources.iter_mut().find(|source| source.instrument == instrument)
    }

    /// A stream is there, over this line.
    pub(super) fn connected(&mut self, instrument: InstrumentId, line: usize, mono_ns: u64) {
        if let Some(source) = self.of(instrument) {
            (source.lines, source.heard) = (source.lines | bit(line), mono_ns);
        }
    }

    /// A stream is gone; whether it comes over another line still.
    pub(super) fn gone(&mut self, instrument: InstrumentId, line: usize) -> bool {
        self.of(instrument).is_some_and(|source| {
            source.lines &= !bit(line);
            source.lines != 0
        })
    }

    /// News came on a stream.
    pub(super) fn heard(&mut self, instrument: InstrumentId, mono_ns: u64) {
        if let Some(source) = self.of(instrument) {
            source.heard = mono_ns;
        }
    }

    /// Whether something is missing of an instrument.
    pub(super) fn complete(&mut self, instrument: InstrumentId, complete: bool) {
        if let Some(source) = self.of(instrument) {
            source.complete = complete;
        }
    }

    /// Whether the venue and the tape agree about an instrument, or about the account as a whole.
    pub(super) fn agrees(&mut self, instrument: InstrumentId, agrees: bool) {
        if let Some(source) = self.of(instrument) {
            source.agrees = agrees;
        }
    }

    fn standing(&self, source: &Source, mono_ns: u64) -> Standing {
        let silent = mono_ns.saturating_sub(source.heard) > self.longest_silence;
        match source {
            Source { lines: 0, .. } | Source { complete: false, .. } | Source { agrees: false, .. } => Standing::Lost,
            // Orders may rest for hours without a word; that their stream is caught up is asked of the venue itself.
            Source { instrument: InstrumentId::ACCOUNT, .. } => Standing::Ready,
            _ if silent => Standing::Stale,
            _ => Standing::Ready,
        }
    }

    /// What stands otherwise than was told before.
    pub(super) fn changes(&mut self, mono_ns: u64) -> Vec<FeedEvent> {
        let mut changes = Vec::new();
        for place in 0..self.sources.len() {
            let standing = self.standing(&self.sources[place], mono_ns);
            let source = &mut self.sources[place];
            if source.told != standing {
                source.told = standing;
                changes.push(FeedEvent { instrument: source.instrument, standing });
            }
        }
        changes
    }

    /// What the tape of an earlier session says of a source.
    pub(super) fn was_told(&mut self, feed: FeedEvent) {
        if let Some(source) = self.of(feed.instrument) {
            source.told = feed.standing;
        }
    }

    /// When the next source could go stale, in monotonic nanoseconds.
    pub(super) fn next_check(&self) -> Option<u64> {
        let live = self.sources.iter().filter(|source| source.lines != 0 && source.instrument != InstrumentId::ACCOUNT);
        live.filter(|source| source.told == Standing::Ready)
            .map(|source| source.heard.saturating_add(self.longest_silence).saturating_add(1))
            .min()
    }
}

/// A heartbeat is due at fixed steps of the machine's clock, however fast the market goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heartbeat {
    every_ns: u64,
    next: u64,
}

impl Heartbeat {
    pub(super) fn new(every: Duration) -> Self {
        Self { every_ns: u64::try_from(every.as_nanos()).unwrap_or(u64::MAX), next: u64::MAX }
    }

    pub(super) fn start(&mut self, mono_ns: u64) {
        self.next = mono_ns.saturating_add(self.every_ns);
    }

    /// When it is due, in monotonic nanoseconds.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Whether it is due; those that were missed are one.
    pub(super) fn take_due(&mut self, mono_ns: u64) -> bool {
        let due = mono_ns >= self.next;
        if due {
            self.start(mono_ns);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: InstrumentId = InstrumentId(0);
    const B: InstrumentId = InstrumentId(1);

    fn standings(health: &mut Health, mono_ns: u64) -> Vec<(u32, &'static str)> {
        health.changes(mono_ns).iter().map(|it| (it.instrument.0, it.standing.name())).collect()
    }

    #[test]
    fn each_stream_goes_stale_for_itself_and_comes_back_with_its_own_news() {
        let mut health = Health::new(2, false, Duration::from_nanos(100));
        assert_eq!(standings(&mut health, 0), [(0, "lost"), (1, "lost")], "nothing is connected at the start");
        health.connected(A, 0, 0);
        health.connected(B, 0, 50);
        assert_eq!(standings(&mut health, 60), [(0, "ready"), (1, "ready")]);
        assert_eq!((standings(&mut health, 100), health.next_check()), (vec![], Some(101)));
        assert_eq!(standings(&mut health, 101), [(0, "stale")]);
        health.heard(B, 120);
        assert_eq!((standings(&mut health, 151), health.next_check()), (vec![], Some(221)));
        health.heard(A, 160);
        assert_eq!(standings(&mut health, 160), [(0, "ready")]);
        health.gone(A, 0);
        assert_eq!(standings(&mut health, 161), [(0, "lost")]);
    }

    #[test]
    fn a_stream_with_something_missing_is_not_ready() {
        let mut health = Health::new(1, true, Duration::from_nanos(100));
        health.connected(A, 0, 0);
        health.connected(InstrumentId::ACCOUNT, 0, 0);
        assert_eq!(standings(&mut health, 0), [] as [(u32, &str); 0]);
        health.complete(A, false);
        assert_eq!(standings(&mut health, 1), [(0, "lost")]);
        health.complete(A, true);
        assert_eq!(standings(&mut health, 2), [(0, "ready")]);
        // Of orders nobody speaks for hours, and that says nothing.
        assert_eq!(standings(&mut health, 90), [] as [(u32, &str); 0]);
        health.gone(InstrumentId::ACCOUNT, 0);
        assert_eq!(standings(&mut health, 91), [(InstrumentId::ACCOUNT.0, "lost")]);
    }

    #[test]
    fn what_comes_over_two_lines_is_there_while_one_is() {
        let mut health = Health::new(1, false, Duration::from_nanos(100));
        health.connected(A, 0, 0);
        health.connected(A, 1, 0);
        assert_eq!(standings(&mut health, 1), [] as [(u32, &str); 0]);
        assert!(health.gone(A, 0));
        assert_eq!(standings(&mut health, 2), [] as [(u32, &str); 0]);
        assert!(!health.gone(A, 1));
        assert_eq!(standings(&mut health, 3), [(0, "lost")]);
    }

    #[test]
    fn missed_heartbeats_are_one() {
        let mut heartbeat = Heartbeat::new(Duration::from_nanos(10));
        assert!(!heartbeat.take_due(1_000));
        heartbeat.start(0);
        assert!(!heartbeat.take_due(9));
        assert!(heartbeat.take_due(45) && !heartbeat.take_due(46));
        assert_eq!(heartbeat.next(), 55);
    }
}
