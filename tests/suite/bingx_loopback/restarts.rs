//! Processes that end in between, and messages to the venue that arrive when nobody waits for their answer any more.
use super::Run;
use super::market::adapter;
use engine::{Action, Qty, Rng};
use loopback::dialect::Dialect;
use loopback::faults::Fault;
use loopback::http::Request;
use std::collections::BTreeMap;
use venues::{Input, Method};

/// How many runs of each kind. Forty pass too.
const SEEDS: u64 = 2;

/// What is on its way to the venue and arrives late, whoever sent it.
pub(super) struct Late {
    thousandths: u64,
    rng: Rng,
    going: BTreeMap<(u64, u64), Request>,
    count: u64,
}

impl Late {
    pub(super) fn never(seed: u64) -> Self {
        Self { thousandths: 0, rng: Rng::stream(seed, "late"), going: BTreeMap::new(), count: 0 }
    }

    pub(super) fn strikes(&mut self, method: Method) -> bool {
        self.thousandths > 0 && method != Method::Get && self.rng.below(1_000) < self.thousandths
    }

    /// It arrives some time after `from_ms`. The venue takes nothing that is older than five seconds.
    pub(super) fn send(&mut self, from_ms: u64, request: Request) {
        self.count += 1;
        self.going.insert((from_ms + self.rng.below(10_000), self.count), request);
    }

    pub(super) fn due(&mut self, now_ms: u64) -> Option<Request> {
        self.going.first_entry().filter(|entry| entry.key().0 <= now_ms).map(|entry| entry.remove())
    }
}

impl Run {
    /// The process is gone at once, and another one takes up what the tape knows.
    fn restart(&mut self) {
        self.coming.clear();
        let sockets = std::mem::take(&mut self.open);
        sockets.into_values().for_each(|id| self.venue.closed(id));
        self.seed += 1;
        (self.it, self.ready) = (adapter(self.seed), false);
        let live = self.orders.values().filter(|known| known.ended.is_none());
        let of = |known: &super::Known| Some((known.request?, known.filled, known.told.clone()));
        let live: Vec<_> = live.filter_map(of).filter(|(request, filled, _)| *filled < request.quantity.0).collect();
        for (request, filled, told) in live {
            let (order, action) = (request.order, Action::Submit(request));
            self.put(Input::Adopt { order, action: &action, filled: Qty(filled) });
            told.iter().for_each(|fill| self.put(Input::Booked(fill)));
        }
        self.put(Input::Start);
    }

    /// A session with these faults and as many restarts; then a while in which nothing goes wrong.
    fn with_restarts(seed: u64, faults: &str, late_thousandths: u64, restarts: u64) -> Self {
        let mut run = Self::new(seed, faults, super::START_MS, 1);
        run.late.thousandths = late_thousandths;
        run.put(Input::Start);
        run.pass(5_000);
        let (mut rng, mut number) = (Rng::stream(seed, "trading"), 0);
        for step in 0..300 {
            if run.ready {
                run.trade(&mut rng, &mut number);
            }
            if step % (300 / (restarts + 1)) == 59 {
                run.restart();
            }
            let wait = rng.below(2_000);
            run.pass(wait);
        }
        run.late.thousandths = 0;
        for (fault, ..) in Fault::ALL {
            run.venue.faults_mut().set(fault, 0);
        }
        run.pass(100_000);
        run
    }
}

#[test]
fn answers_and_orders_that_come_late_leave_nothing_wrong_where_processes_end() {
    for (faults, late) in [
        ("", 0),
        ("late-reply=0.05", 0),
        ("late-reply=0.2", 60),
        ("lost-reply=0.1,late-reply=0.1,not-yet-visible=0.1", 60),
        ("late-reply=0.05,mute-socket=0.003", 60),
        ("duplicate=0.1,reorder=0.1,skipped-message=0.05,false-error=0.05,late-reply=0.05", 30),
    ] {
        for seed in 0..SEEDS {
            let run = Run::with_restarts(seed, faults, late, 4);
            run.audit_orders();
            assert!(
                run.ready,
                "seed {seed}, faults `{faults}`: {:?}",
                run.notes.iter().rev().take(9).collect::<Vec<_>>()
            );
            assert!(run.orders.values().any(|it| it.filled > 0), "seed {seed}, faults `{faults}`");
        }
    }
}
