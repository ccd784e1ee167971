//! Sessions with exits tied to their entries and processes that end in between, the Alpaca adapter against the loopback venue:
//! what was told is what happened, and nothing is told twice.
mod known;
mod market;
mod run;

use engine::order::{Link, OrderKind, OrderRequest, Terms, TimeInForce};
use engine::{Action, InstrumentId, Price, Qty, Side};
use run::Run;
use std::collections::BTreeSet;

/// How many runs of each kind. Sixty pass too, and take minutes.
const SEEDS: u64 = 3;
/// When the last order is sent, and when everything has to be known.
const QUIET_MS: u64 = 420_000;
const END_MS: u64 = 600_000;
const SHARE: i64 = 1_000_000_000;

/// Sends something that the strategy of nobody might send: an order, half of them with exits, a change, a cancel.
fn trade(run: &mut Run) {
    let open = run.known.open();
    let (dice, near) =
        (run.rng.below(10), |run: &mut Run| Price(14_970 + i64::try_from(run.rng.below(60)).expect("small")));
    let quantity = Qty((1 + i64::try_from(run.rng.below(20)).expect("small")) * SHARE);
    let instrument = InstrumentId(0);
    if dice < 5 || open.is_empty() {
        let side = if run.rng.below(2) == 0 { Side::Buy } else { Side::Sell };
        let kind = if run.rng.below(3) == 0 { OrderKind::Market } else { OrderKind::Limit { price: near(run) } };
        let plain = OrderRequest::plain(run.known.next(), instrument, side, quantity, kind);
        let entry = OrderRequest { terms: Terms::PLAIN.lasting(TimeInForce::Day), ..plain };
        let mut orders = vec![entry];
        if run.rng.below(3) == 0 {
            let (above, below) = (Price(15_060), Price(14_940));
            let (profit, loss) = if side == Side::Buy { (above, below) } else { (below, above) };
            for (place, kind) in (1..).zip([OrderKind::Stop { trigger: loss }, OrderKind::Limit { price: profit }]) {
                let order = engine::OrderId(entry.order.0 + place);
                let (terms, link) = (Terms { reduce_only: true, ..entry.terms }, Link::Attached(entry.order));
                orders.push(OrderRequest { order, side: side.opposite(), kind, terms, link, ..entry });
            }
        }
        orders.iter().for_each(|order| run.known.sent(*order));
        let actions: Vec<Action> = orders.into_iter().map(Action::Submit).collect();
        return run.act(&actions);
    }
    let (order, filled) = open[usize::try_from(run.rng.below(open.len() as u64)).expect("small")];
    if dice < 8 {
        let (quantity, price) = (Qty(filled + quantity.0), (run.rng.below(2) == 0).then(|| near(run)));
        run.known.amending(order, quantity);
        run.act(&[Action::Amend { order, instrument, quantity, price }]);
    } else {
        run.act(&[Action::Cancel { order, instrument }]);
    }
}

/// A session; what does not agree with the venue at its end.
fn disagreements(seed: u64, faults: &str, restarts: &[u64]) -> Vec<String> {
    let mut run = Run::new(seed, faults);
    while run.now_ms < END_MS {
        run.step();
        if restarts.contains(&run.now_ms) {
            run.restart();
        }
        if run.ready && run.now_ms < QUIET_MS && run.rng.below(40) == 0 {
            trade(&mut run);
        }
    }
    let mut wrong = std::mem::take(&mut run.known.wrong);
    let held = run.truth("/v2/positions");
    let quantity = |row: &serde_json::Value| {
        let steps = venues::numbers::steps(row["qty"].as_str().expect("text"), 9).expect("shares").abs();
        if row["side"] == "short" { -steps } else { steps }
    };
    let theirs: i64 = held.as_array().expect("rows").iter().map(quantity).sum();
    if theirs != run.known.position() {
        wrong.push(format!("the venue holds {theirs}, we {}", run.known.position()));
    }
    let open = run.truth("/v2/orders?status=open&limit=500");
    let names: Vec<String> = open
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["client_order_id"].as_str().expect("text").into())
        .collect();
    let ours = |name: &&String| name.starts_with("e2e-");
    // What stands in the place of an order has the number of the amendment behind its name.
    let named: BTreeSet<String> =
        names.iter().filter(ours).map(|name| name.splitn(3, '-').take(2).collect::<Vec<_>>().join("-")).collect();
    let drawn = names.iter().filter(|name| !ours(name)).count();
    if run.known.unknown() == 0 && (named.clone(), drawn) != run.known.names() {
        wrong.push(format!("open there are {named:?} and {drawn}, here {:?}", run.known.names()));
    }
    if !run.ready || run.finals < 5 {
        wrong.push(format!("ready {}, {} candles", run.ready, run.finals));
    }
    wrong
}

fn check(faults: &str, restarts: &[u64]) {
    for seed in 1..=SEEDS {
        let wrong = disagreements(seed, faults, restarts);
        assert!(wrong.is_empty(), "seed {seed}, faults `{faults}`: {wrong:#?}");
    }
}

#[test]
fn what_the_adapter_told_is_what_happened() {
    check("", &[]);
}

#[test]
fn it_is_when_the_process_ends_in_between() {
    check("", &[97_000, 194_000, 300_020, 520_000]);
}

#[test]
fn it_is_when_answers_are_lost_late_or_wrong() {
    for faults in ["F2=0.05", "F3=0.05", "F12=0.05", "F15=0.2"] {
        check(faults, &[]);
    }
}

#[test]
fn it_is_when_streams_repeat_reorder_or_fail() {
    for faults in ["F4=0.2", "F5=0.2", "F6=0.003", "F7=0.002", "F8=0.01", "F16=0.2", "F20=0.03"] {
        check(faults, &[]);
    }
}

#[test]
fn it_is_when_everything_goes_wrong_at_once() {
    check("F2=0.03, F4=0.1, F5=0.1, F8=0.003, F12=0.03, F15=0.1, F16=0.1, F20=0.01", &[97_000, 300_020]);
}
