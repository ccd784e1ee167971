//! Reports in any order and any number: the account ends the same, each fill is booked once, nothing is forgotten.
use crate::fed::{Fed, candle, core, fill};
use engine::{
    Anomaly, Effect, Entry, Event, InstrumentId, Intents, Journal, Label, Link, Money, OrderId, OrderKind,
    OrderRequest, OrderStatus, Price, Qty, Reason, Report, Rng, Side, State, Strategy, Terms, View, run,
};
use expect_test::{Expect, expect};
use std::convert::Infallible;

/// Three orders at the first candle; at the second an amendment and a cancel.
struct Three(u32);

const BUY: OrderRequest = OrderRequest {
    order: OrderId(1),
    instrument: InstrumentId(0),
    side: Side::Buy,
    quantity: Qty(10),
    kind: OrderKind::Limit { price: Price(10_000) },
    terms: Terms::PLAIN,
    link: Link::Alone,
};
const SELL: OrderRequest = OrderRequest {
    order: OrderId(2),
    side: Side::Sell,
    quantity: Qty(4),
    kind: OrderKind::Market,
    instrument: InstrumentId(0),
    terms: Terms::PLAIN,
    link: Link::Alone,
};
const LOST: OrderRequest =
    OrderRequest { order: OrderId(3), quantity: Qty(2), side: Side::Buy, kind: OrderKind::Market, ..SELL };

impl Strategy for Three {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(_) = event else { return };
        self.0 += 1;
        if self.0 == 1 {
            for it in [BUY, SELL, LOST] {
                out.submit(it.instrument, it.side, it.quantity, it.kind, Label::default());
            }
        } else {
            out.amend(BUY.order, Qty(12), None);
            out.cancel(SELL.order);
        }
    }
}

#[derive(Default)]
struct Booking {
    booked: Vec<u128>,
    noticed: Vec<(u64, Anomaly)>,
}

impl Journal for Booking {
    type Error = Infallible;
    fn append(&mut self, _: &Entry) -> Result<(), Infallible> {
        Ok(())
    }
    fn commit(&mut self, _: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        assert!(state.books.balances());
        self.booked.extend(state.booked.iter().map(|b| b.fill.fill.0));
        for effect in effects {
            if let Effect::Noticed { order, anomaly } = effect {
                self.noticed.push((order.0, *anomaly));
            }
        }
        Ok(())
    }
    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

/// What the venue says in the end, each thing twice or more: partial fills, last fills, a late one, one of nobody's.
fn gossip() -> Vec<Report> {
    let order = OrderId(1);
    let stranger = OrderRequest { order: OrderId(99), ..BUY };
    let fills = [
        fill(&BUY, 1, 3, 9_998),
        fill(&BUY, 2, 4, 9_997),
        fill(&BUY, 3, 5, 10_000),
        fill(&SELL, 1, 1, 10_050), // numbers are the order's own: the same number elsewhere is another fill
        fill(&SELL, 5, 3, 10_025),
        fill(&SELL, 6, 2, 10_025), // more than was asked
        fill(&LOST, 7, 2, 10_100),
        fill(&stranger, 8, 1, 10_100),
        engine::Fill { side: Side::Sell, ..fill(&BUY, 9, 1, 10_000) }, // contradicts its order
    ];
    let mut all: Vec<Report> = fills.into_iter().map(Report::Filled).collect();
    all.extend([
        Report::Accepted { order },
        Report::Amended { order, quantity: Qty(12), price: Some(Price(10_000)) },
        Report::Cancelled { order: SELL.order },
        Report::Lost { order: LOST.order },
        Report::NotSent { order: OrderId(98) },
        Report::ChangeRefused { order: SELL.order, reason: Reason::NoSuchOrder },
    ]);
    all.extend(all.clone());
    all.extend_from_within(..7);
    all
}

#[test]
fn any_order_and_number_of_reports_ends_in_the_same_account() {
    let mut expected: Option<(Money, Qty, Money)> = None;
    for seed in 0..3_000 {
        let mut rng = Rng::stream(seed, "permutations");
        let mut reports = gossip();
        for place in (1..reports.len()).rev() {
            reports.swap(place, usize::try_from(rng.below(place as u64 + 1)).expect("small"));
        }
        let reports = reports.into_iter().map(Event::Report);
        let mut world = Fed::new([candle(0, 10_000), candle(0, 10_000)].into_iter().chain(reports));
        let (mut core, mut journal) = (core(Three(0), 1), Booking::default());
        run(&mut core, &mut world, &mut journal).expect("nothing can fail");
        let books = &core.state().books;
        let account = (books.cash(), books.position(0).quantity, books.fees());
        assert_eq!(*expected.get_or_insert(account), account, "seed {seed}");
        journal.booked.sort_unstable();
        assert_eq!(journal.booked, [1, 1, 2, 3, 5, 6, 7], "seed {seed}: each fill is booked once");
        assert_eq!(core.state().counters.fills, 7);
        assert_eq!(core.state().orders.working(InstrumentId(0)).net(), Qty::ZERO, "seed {seed}");
        assert!(core.state().orders.all().all(|o| !o.status.is_live()), "seed {seed}: {:#?}", core.state().orders);
    }
    // 12 bought, 6 sold, 2 bought that were lost.
    assert_eq!(expected.map(|e| e.1), Some(Qty(8)));
}

/// What became of the three orders after these reports, and what was noticed.
fn check(reports: &[Report], expected: Expect) {
    use std::fmt::Write;
    let reports = reports.iter().copied().map(Event::Report);
    let mut world = Fed::new([candle(0, 10_000), candle(0, 10_000)].into_iter().chain(reports));
    let (mut core, mut journal) = (core(Three(0), 1), Booking::default());
    run(&mut core, &mut world, &mut journal).expect("nothing can fail");
    let mut text = String::new();
    for order in core.state().orders.all() {
        let (n, filled, left) = (order.request.order.0, order.filled.0, order.leaves().0);
        write!(text, "{n} {} {filled}+{left} | ", order.status.name()).expect("text grows");
    }
    for (order, anomaly) in &journal.noticed {
        write!(text, "noticed {order} {} | ", anomaly.name()).expect("text grows");
    }
    let exposure = core.state().exposure(InstrumentId(0)).0;
    write!(text, "exposure {exposure}").expect("text grows");
    expected.assert_eq(&text);
}

fn amended() -> Report {
    Report::Amended { order: OrderId(1), quantity: Qty(12), price: Some(Price(10_000)) }
}

fn filled(request: &OrderRequest, number: u128, quantity: i64) -> Report {
    Report::Filled(fill(request, number, quantity, 10_000))
}

#[test]
fn the_larger_leg_of_an_amendment_on_its_way_counts() {
    check(&[], expect!["1 pending_amend 0+12 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 10"]);
}

#[test]
fn a_lost_order_counts_in_full_until_the_venue_has_told_us() {
    let lost = Report::Lost { order: OrderId(3) };
    check(&[lost], expect!["1 pending_amend 0+12 | 2 pending_cancel 0+4 | 3 unknown 0+2 | exposure 10"]);
    check(
        &[lost, Report::Accepted { order: OrderId(3) }],
        expect!["1 pending_amend 0+12 | 2 pending_cancel 0+4 | 3 working 0+2 | exposure 10"],
    );
    check(
        &[lost, filled(&LOST, 1, 2)],
        expect!["1 pending_amend 0+12 | 2 pending_cancel 0+4 | 3 filled 2+0 | exposure 10"],
    );
    check(
        &[lost, Report::Rejected { order: OrderId(3), reason: Reason::Invalid }],
        expect!["1 pending_amend 0+12 | 2 pending_cancel 0+4 | 3 rejected 0+0 | exposure 8"],
    );
}

#[test]
fn a_fill_of_the_old_quantity_does_not_end_an_order_that_is_being_raised() {
    check(
        &[filled(&BUY, 1, 10)],
        expect!["1 pending_amend 10+2 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 10"],
    );
    check(
        &[filled(&BUY, 1, 10), amended()],
        expect!["1 working 10+2 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 10"],
    );
    check(
        &[filled(&BUY, 1, 10), amended(), filled(&BUY, 2, 2)],
        expect!["1 filled 12+0 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 10"],
    );
    check(
        &[filled(&BUY, 1, 10), filled(&BUY, 2, 2), amended()],
        expect!["1 filled 12+0 | 2 pending_cancel 0+4 | 3 submitted 0+2 | noticed 1 illegal_report | exposure 10"],
    );
}

#[test]
fn an_order_filled_before_its_raise_was_refused_has_ended() {
    let refused = Report::ChangeRefused { order: OrderId(1), reason: Reason::NoSuchOrder };
    check(
        &[filled(&BUY, 1, 10), refused],
        expect!["1 filled 10+0 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 8"],
    );
    check(
        &[refused, filled(&BUY, 1, 10)],
        expect!["1 filled 10+0 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 8"],
    );
}

#[test]
fn an_order_lowered_to_what_it_has_filled_has_ended() {
    let lowered = Report::Amended { order: OrderId(1), quantity: Qty(6), price: Some(Price(10_000)) };
    check(
        &[filled(&BUY, 1, 6), lowered],
        expect!["1 filled 6+0 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 4"],
    );
    check(
        &[lowered, filled(&BUY, 1, 6)],
        expect!["1 filled 6+0 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 4"],
    );
}

#[test]
fn an_amendment_that_never_left_no_longer_counts() {
    check(
        &[Report::NotSent { order: OrderId(1) }],
        expect!["1 working 0+10 | 2 pending_cancel 0+4 | 3 submitted 0+2 | exposure 8"],
    );
}

#[test]
fn a_fill_after_the_cancel_is_booked_and_noticed() {
    let cancelled = Report::Cancelled { order: OrderId(2) };
    check(
        &[cancelled, filled(&SELL, 1, 4)],
        expect!["1 pending_amend 0+12 | 2 cancelled 4+0 | 3 submitted 0+2 | noticed 2 late_fill | exposure 10"],
    );
    check(
        &[cancelled, cancelled],
        expect!["1 pending_amend 0+12 | 2 cancelled 0+0 | 3 submitted 0+2 | noticed 2 illegal_report | exposure 14"],
    );
}

#[test]
fn an_overfill_is_booked_and_noticed() {
    check(
        &[filled(&SELL, 1, 4), filled(&SELL, 2, 1)],
        expect!["1 pending_amend 0+12 | 2 filled 5+0 | 3 submitted 0+2 | noticed 2 overfill | exposure 9"],
    );
}

#[test]
fn a_lost_order_stops_trading_in_its_instrument_alone() {
    struct Blocked;
    impl Strategy for Blocked {
        fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
            if matches!(event, Event::Market(_)) && view.last(InstrumentId(1)).is_some() {
                out.target(InstrumentId(0), Qty(3));
                out.target(InstrumentId(1), Qty(5));
            }
        }
    }
    let lost = Event::Report(Report::Lost { order: OrderId(1) });
    let mut world = Fed::new([candle(0, 100), candle(1, 100), lost, candle(0, 200), candle(1, 100)]);
    world.events.insert(3, Event::Report(Report::Rejected { order: OrderId(2), reason: Reason::Invalid }));
    let (mut core, mut journal) = (core(Blocked, 2), Booking::default());
    run(&mut core, &mut world, &mut journal).expect("nothing can fail");
    let statuses: Vec<_> = core.state().orders.all().map(|o| (o.request.instrument.0, o.status)).collect();
    let expected = [(0, OrderStatus::Unknown), (1, OrderStatus::Rejected), (1, OrderStatus::Submitted)];
    assert_eq!(statuses, expected, "a target of the unknown instrument sends nothing");
    assert_eq!(core.state().exposure(InstrumentId(0)), Qty(3), "the unknown order counts in full");
}
