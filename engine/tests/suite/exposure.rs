//! Exposure as sums against a scan of all orders, after each of thousands of random commands and reports.
//!
//! What a report must not change is compared whole: all orders and the whole ledger.
use crate::fed::{Fed, candle, core, fill};
use engine::orders::Orders;
use engine::{
    Action, Anomaly, Books, Effect, Entry, Event, InstrumentId, Intents, Journal, Label, OrderId, OrderKind,
    OrderStatus, Price, Qty, Reason, Report, Rng, Side, State, Strategy, View,
};
use std::convert::Infallible;

pub(crate) const INSTRUMENTS: u32 = 3;

/// Wishes anything at any time.
pub(crate) struct Whim(pub(crate) Rng);

impl Strategy for Whim {
    fn decide(&mut self, _: &Event, _: View<'_>, out: &mut Intents) {
        let rng = &mut self.0;
        for _ in 0..rng.below(3) {
            let instrument = InstrumentId(u32::try_from(rng.below(u64::from(INSTRUMENTS))).expect("small"));
            let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
            let quantity = Qty(i64::try_from(rng.below(5)).expect("small"));
            let price = Price(100 + i64::try_from(rng.below(50)).expect("small"));
            let order = OrderId(rng.below(14));
            match rng.below(7) {
                0 => out.target(instrument, Qty(quantity.0 * side.sign())),
                1 => out.submit(instrument, side, quantity, OrderKind::Market, Label(1)),
                2 => out.submit(instrument, side, quantity, OrderKind::Limit { price }, Label(2)),
                3 => out.submit(instrument, side, quantity, OrderKind::Stop { trigger: price }, Label(3)),
                4 => out.amend(order, quantity, Some(price)),
                5 => out.amend(order, quantity, None),
                _ => out.cancel(order),
            }
        }
    }
}

/// Any report about any order, mostly with the truth about it.
pub(crate) fn report(rng: &mut Rng, sent: &[Action]) -> Report {
    let order = OrderId(rng.below(14));
    let quantity = Qty(i64::try_from(rng.below(5)).expect("small"));
    match rng.below(16) {
        0 | 1 => Report::Accepted { order },
        2 => Report::Rejected { order, reason: Reason::BuyingPower },
        3 => Report::Cancelled { order },
        4 => Report::Amended { order, quantity, price: Some(Price(100)) },
        5 => Report::ChangeRefused { order, reason: Reason::NoSuchOrder },
        6 => Report::Expired { order },
        7 => Report::NotSent { order },
        8 | 9 => Report::Lost { order },
        _ => {
            let submitted = sent.iter().find_map(|action| match action {
                Action::Submit(request) if request.order == order => Some(*request),
                _ => None,
            });
            let Some(request) = submitted else { return Report::Lost { order } };
            let mut fill = fill(&request, u128::from(rng.below(20)), 1 + quantity.0 / 2, 120);
            match rng.below(20) {
                0 => fill.side = if fill.side == Side::Buy { Side::Sell } else { Side::Buy },
                1 => fill.quantity = Qty(0),
                2 => fill.price = Price(-1),
                3 => fill.instrument = InstrumentId(INSTRUMENTS + 7),
                _ => {}
            }
            Report::Filled(fill)
        }
    }
}

/// What live orders may still fill, by a scan that knows only the meaning of the statuses.
fn scanned(state: &State, id: InstrumentId) -> (i64, i64, Vec<OrderId>) {
    let (mut buys, mut sells, mut live) = (0, 0, Vec::new());
    for order in state.orders.all().filter(|o| o.request.instrument == id) {
        let open = match order.status {
            OrderStatus::Submitted
            | OrderStatus::Working
            | OrderStatus::PendingCancel
            | OrderStatus::PendingAmend
            | OrderStatus::Unknown => true,
            OrderStatus::Filled
            | OrderStatus::Cancelled
            | OrderStatus::Rejected
            | OrderStatus::Expired
            | OrderStatus::NotSent => false,
        };
        if open {
            let whole = order.amending().0.max(order.request.quantity.0);
            let left = (whole - order.filled.0).max(0);
            *if order.request.side == Side::Buy { &mut buys } else { &mut sells } += left;
            live.push(order.request.order);
        }
    }
    (buys, sells, live)
}

/// Recomputes everything after each step.
struct Doubting {
    before: (Orders, Books),
    positions: [i64; INSTRUMENTS as usize],
    seen: [u64; 6],
}

impl Doubting {
    fn recompute(&mut self, state: &State) {
        if let Some(booked) = &state.booked {
            self.positions[booked.fill.instrument.index()] += booked.fill.quantity.0 * booked.fill.side.sign();
        }
        for place in 0..INSTRUMENTS {
            let id = InstrumentId(place);
            let (buys, sells, live) = scanned(state, id);
            let working = state.orders.working(id);
            assert_eq!((working.buy.0, working.sell.0), (buys, sells), "sums of instrument {place}");
            assert_eq!(state.orders.live(id), live, "live orders of instrument {place}");
            let held = self.positions[id.index()];
            assert_eq!(state.books.position(id.index()).quantity.0, held);
            assert_eq!(state.exposure(id).0, held + buys - sells);
        }
        assert!(state.books.balances());
    }
}

impl Journal for Doubting {
    type Error = Infallible;
    fn append(&mut self, _: &Entry) -> Result<(), Infallible> {
        Ok(())
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        self.recompute(state);
        let wished = effects.iter().any(|e| matches!(e, Effect::Send(_)));
        for effect in effects {
            let Effect::Noticed { anomaly, .. } = effect else { continue };
            self.seen[*anomaly as usize] += 1;
            let booked = matches!(anomaly, Anomaly::LateFill | Anomaly::Overfill);
            assert_eq!(booked, state.booked.is_some(), "{anomaly:?} of {entry:?}");
            if !booked && !wished {
                assert!((&state.orders, &state.books) == (&self.before.0, &self.before.1), "{anomaly:?} of {entry:?}");
            }
        }
        self.before = (state.orders.clone(), state.books.clone());
        Ok(())
    }
    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

#[test]
fn exposure_equals_a_scan_of_all_orders_and_illegal_reports_change_nothing() {
    let mut seen = [0; 6];
    for seed in 0..400 {
        let mut rng = Rng::stream(seed, "reports");
        let mut core = core(Whim(Rng::stream(seed, "wishes")), INSTRUMENTS as usize);
        let mut world = Fed::new((0..INSTRUMENTS).map(|id| candle(id, 120)));
        let before = (core.state().orders.clone(), core.state().books.clone());
        let mut journal = Doubting { before, positions: [0; 3], seen };
        for _ in 0..120 {
            let next = report(&mut rng, &world.sent);
            world.events.push_back(Event::Report(next));
            let step = std::panic::AssertUnwindSafe(|| step(&mut core, &mut world, &mut journal));
            std::panic::catch_unwind(step).unwrap_or_else(|_| panic!("seed {seed}"));
        }
        seen = journal.seen;
    }
    assert!(seen.iter().all(|n| *n > 100), "every anomaly was met: {seen:?}");
}

/// Every event that waits, through core and journal, with the numbers going on.
fn step(core: &mut engine::Core<Whim>, world: &mut Fed, journal: &mut Doubting) {
    use engine::World;
    let mut entry = Entry { number: 0, time: engine::Timestamp::MIN, event: Event::NOTHING };
    let Ok(Some(mut time)) = world.next(&mut entry.event) else { return };
    loop {
        entry.time = time;
        entry.number = u64::try_from(world.now).expect("counted from one");
        let mut effects = Vec::new();
        core.step(&entry, &mut effects);
        let Ok(()) = journal.commit(&entry, &effects, core.state());
        for effect in &effects {
            let Ok(()) = world.perform(time, effect);
        }
        let Ok(Some(next)) = world.next(&mut entry.event) else { return };
        time = next;
    }
}
