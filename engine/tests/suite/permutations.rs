//! Fills in any order, in any number, in parts, and some of them taken back: cash and position are those of the fills that
//! stand, to the unit.
use crate::fed::{Fed, candle, core, fill};
use engine::tape::DigestOnly;
use engine::{
    Event, InstrumentId, Intents, Label, Money, OrderId, OrderKind, OrderRequest, Price, Qty, Report, Rng, Side,
    Strategy, View, run,
};

const ORDERS: u64 = 3;

fn request(n: u64) -> OrderRequest {
    let side = if n == 2 { Side::Sell } else { Side::Buy };
    let kind = OrderKind::Limit { price: Price(10_000) };
    OrderRequest::plain(OrderId(n), InstrumentId(0), side, Qty(40), kind)
}

/// Sends the orders at the first candle.
struct Sends(bool);

impl Strategy for Sends {
    fn decide(&mut self, _: &Event, _: View<'_>, out: &mut Intents) {
        if !core::mem::replace(&mut self.0, true) {
            for it in (1..=ORDERS).map(request) {
                out.submit(it.instrument, it.side, it.quantity, it.kind, Label::default());
            }
        }
    }
}

/// A few fills, and for each whether it is taken back.
fn happenings(rng: &mut Rng) -> (Vec<Report>, Money, i64) {
    let (mut reports, mut cash, mut held) = (Vec::new(), Money(1_000_000_000 * Money::ONE.0), 0);
    for number in 0..1 + rng.below(5) {
        let of = request(1 + rng.below(ORDERS));
        let small = |rng: &mut Rng, n: u64| i64::try_from(rng.below(n)).expect("small");
        let (quantity, price) = (1 + small(rng, 8), 9_000 + small(rng, 2_000));
        let it = fill(&of, u128::from(number), quantity, price);
        for _ in 0..1 + rng.below(3) {
            reports.push(Report::Filled(it));
        }
        if rng.below(3) == 0 {
            for _ in 0..1 + rng.below(2) {
                reports.push(Report::Busted(it));
            }
        } else {
            let cost = Money(Money::ONE.0 / 100 * i128::from(price * quantity * of.side.sign()));
            cash -= cost + it.fee;
            held += quantity * of.side.sign();
        }
    }
    for place in (1..reports.len()).rev() {
        reports.swap(place, usize::try_from(rng.below(place as u64 + 1)).expect("small"));
    }
    (reports, cash, held)
}

#[test]
fn whatever_the_order_of_fills_and_busts_the_account_is_that_of_the_fills_that_stand() {
    let whole = std::env::var_os("ONETAPE_PROVE").is_some();
    let (mut reversed, count) = (0, if whole { 1_000_000 } else { 30_000 });
    for seed in 0..count {
        let (reports, cash, held) = happenings(&mut Rng::stream(seed, "busts"));
        let events = [candle(0, 10_000)].into_iter().chain(reports.into_iter().map(Event::Report));
        let mut core = core(Sends(false), 1);
        run(&mut core, &mut Fed::new(events), &mut DigestOnly::default()).expect("nothing can fail");
        let books = &core.state().books;
        assert!(books.balances(), "seed {seed}");
        assert_eq!((books.cash(), books.position(0).quantity.0), (cash, held), "seed {seed}");
        assert!(core.state().orders.all().all(|order| order.filled.0 >= 0), "seed {seed}");
        reversed += core.state().counters.busts;
    }
    assert!(reversed > count / 10, "only {reversed} fills were taken back after they were booked");
    eprintln!(
        "figure: {count} permutations of fills with repetitions, parts and busts: no unit of error; {reversed} reversed"
    );
}
