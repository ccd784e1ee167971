//! An outage: nothing gets through, the market goes on, orders fill, and then everything is back.
use super::{Coming, MINUTES, Run, WAY_MS};
use engine::order::{OrderId, OrderRequest};
use engine::{Action, InstrumentId, OrderKind, Price, Qty, Rng, Side};
use loopback::dialect::Dialect;
use venues::{Input, LinkFailure, Socket};

/// How long after the reconnection everything that was missed may take to be told, in milliseconds.
const WITHIN_MS: u64 = 5_000;

impl Run {
    /// The line is cut: sockets end, and nothing new is made.
    fn cut(&mut self) {
        self.down = true;
        for (socket, id) in std::mem::take(&mut self.open) {
            self.venue.closed(id);
            self.later(WAY_MS, Coming::Closed(socket, None));
        }
        // What was on its way is lost with the line.
        for (key, coming) in std::mem::take(&mut self.coming) {
            let coming = match coming {
                Coming::Answer(ticket, ..) => Coming::Failure(ticket, LinkFailure::Lost),
                Coming::Frame(..) | Coming::Opened(..) => continue,
                other => other,
            };
            self.coming.insert(key, coming);
        }
    }

    /// Limit orders on both sides, near enough to fill within minutes.
    fn rest(&mut self, rng: &mut Rng, count: u64) {
        let last = self.finals.last().map_or(500_000, |it| it.close.0);
        for number in 1..=count {
            let away = i64::try_from(100 + rng.below(1_500)).expect("small");
            let (side, price) = if number % 2 == 0 { (Side::Buy, last - away) } else { (Side::Sell, last + away) };
            let kind = OrderKind::Limit { price: Price(price) };
            let request = OrderRequest::plain(OrderId(number), InstrumentId(0), side, Qty(50_000_000), kind);
            self.orders.entry(number).or_default();
            self.put(Input::Act(&[Action::Submit(request)]));
            self.pass(400);
        }
    }

    fn filled(&self) -> i64 {
        self.orders.values().map(|known| known.filled).sum()
    }
}

#[test]
fn fills_of_an_outage_are_told_once_and_soon_after_the_reconnection() {
    let (mut missed, mut slowest) = (0, 0);
    for seed in 0..12 {
        let mut run = Run::new(seed, "", MINUTES);
        run.put(Input::Start);
        run.pass(70_000);
        assert!(run.ready, "seed {seed}");
        let mut rng = Rng::stream(seed, "outage");
        run.rest(&mut rng, 20);
        run.pass(2_000);
        let before = run.filled();
        run.cut();
        run.pass(60_000 + rng.below(180_000));
        assert!(!run.ready && run.filled() == before, "seed {seed}: nothing gets through");
        run.down = false;
        // Until the private socket is open again: how long it waited before it tried is the back-off's.
        let from = run.now_ms;
        while run.opened_ms < from || !run.open.contains_key(&Socket::Private) {
            run.pass(5);
            assert!(run.now_ms < from + 120_000, "seed {seed}: it does not come back: {:?}", run.notes);
        }
        let open = run.now_ms;
        while !run.ready {
            run.pass(5);
            assert!(
                run.now_ms <= open + WITHIN_MS,
                "seed {seed}: {:?}",
                run.notes.iter().rev().take(9).collect::<Vec<_>>()
            );
        }
        slowest = slowest.max(run.now_ms - open);
        missed += run.filled() - before;
        // Ready means caught up: what was told is what happened, each fill once.
        run.audit_orders();
        run.pass(120_000);
        run.audit();
    }
    assert!(
        missed > 1_000_000_000,
        "{missed} units were filled while nothing got through; the slowest took {slowest} ms"
    );
}
