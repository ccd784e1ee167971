//! Random orders, amendments, cancels, fills, losses and prices in any order: no approval ever takes the account beyond a
//! limit, whatever it held, had on its way or did not know of (invariant K5).
//!
//! What the account could come to is worked out here anew, from the orders and what is held alone.
use super::room::Silent;
use crate::exposure::{INSTRUMENTS, Whim, report};
use crate::fed::{candle, instruments};
use engine::risk::{Limits, Settings, all_limited};
use engine::{
    Action, Check, Core, Effect, Entry, Event, InstrumentId, Intents, Money, OrderStatus, RiskEngine, Rng, Side, State,
    Strategy, Timestamp, View,
};
use std::collections::BTreeMap;

/// Cents in units of money.
const CENT: i128 = Money::ONE.0 / 100;

/// What the account could come to: by instrument the position and its value, and all of it together.
struct Worst {
    positions: Vec<i128>,
    values: Vec<i128>,
    gross: i128,
    net: i128,
}

fn worst(state: &State) -> Worst {
    let mut it = Worst { positions: Vec::new(), values: Vec::new(), gross: 0, net: 0 };
    let (mut all_bought, mut all_sold) = (0, 0);
    for place in 0..INSTRUMENTS {
        let id = InstrumentId(place);
        let held = state.books.position(id.index());
        let (mut units, mut money) = ([0_i128; 2], [0_i128; 2]);
        for order in state.orders.all().filter(|order| order.request.instrument == id) {
            let open = matches!(
                order.status,
                OrderStatus::Submitted
                    | OrderStatus::Working
                    | OrderStatus::PendingCancel
                    | OrderStatus::PendingAmend
                    | OrderStatus::Unknown
            );
            if open {
                let whole = order.amending().0.max(order.request.quantity.0);
                let left = i128::from((whole - order.filled.0).max(0));
                let price = order.dearest_price().unwrap_or(state.market(id).last);
                let side = usize::from(order.request.side == Side::Sell);
                units[side] += left;
                money[side] += left * i128::from(price.0) * CENT;
            }
        }
        let quantity = i128::from(held.quantity.0);
        let value = quantity * i128::from(held.mark.0) * CENT;
        it.positions.push((quantity + units[0]).abs().max((quantity - units[1]).abs()));
        let (bought, sold) = (value + money[0], value - money[1]);
        it.values.push(bought.abs().max(sold.abs()));
        (all_bought, all_sold) = (all_bought + bought, all_sold + sold);
    }
    it.gross = it.values.iter().sum();
    it.net = all_bought.abs().max(all_sold.abs());
    it
}

/// Whatever is beyond a limit was so before, and is no further beyond it.
fn never_beyond(limits: &Limits, equity: i128, before: &Worst, after: &Worst) {
    let check = |check: Check, place: u32, scale: i128, whole: i128, (before, after): (i128, i128)| {
        let Some(limit) = limits.of(check, InstrumentId(place)) else { return };
        let fits = after * scale <= limit.saturating_mul(whole.max(0));
        assert!(fits || after <= before, "{check:?} of {place}: {before} became {after}, the limit is {limit}");
    };
    for place in 0..INSTRUMENTS {
        let at = place as usize;
        let (positions, values) = ((before.positions[at], after.positions[at]), (before.values[at], after.values[at]));
        check(Check::Position, place, 1, 1, positions);
        check(Check::PositionNotional, place, 1, 1, values);
        check(Check::Concentration, place, 1_000_000, equity, values);
    }
    check(Check::GrossExposure, 0, 1, 1, (before.gross, after.gross));
    check(Check::NetExposure, 0, 1, 1, (before.net, after.net));
    check(Check::Leverage, 0, 1_000_000, equity, (before.gross, after.gross));
}

fn some_limits(rng: &mut Rng) -> Limits {
    let mut limits = Limits::none(INSTRUMENTS as usize);
    // Units, dollars and per cent, up to so many.
    let all = [
        (Check::Position, 1, 14),
        (Check::PositionNotional, Money::ONE.0, 16),
        (Check::GrossExposure, Money::ONE.0, 30),
        (Check::NetExposure, Money::ONE.0, 20),
        (Check::Concentration, 10_000, 90),
        (Check::Leverage, 10_000, 150),
    ];
    for (check, unit, most) in all {
        if rng.below(2) == 0 {
            limits.set(check, None, Some(unit * i128::from(1 + rng.below(most))));
        }
    }
    limits
}

/// One run; what was sent and what was refused, by check.
fn run(seed: u64, steps: usize, seen: &mut BTreeMap<&'static str, u64>) {
    let mut rng = Rng::stream(seed, "limits");
    let (limits, settings) = (some_limits(&mut rng), Settings { clips: rng.below(3) == 0, ..Settings::default() });
    let cash = Money((20 + i128::from(rng.below(60))) * Money::ONE.0);
    let state = State::new(cash, instruments(INSTRUMENTS as usize), Timestamp::MIN);
    let state = state.with_limits(limits.clone(), settings);
    let mut core = Core::new(state, Silent, RiskEngine::new(all_limited(&[])));
    let (mut whim, mut sent) = (Whim(Rng::stream(seed, "wishes")), Vec::new());
    let (mut intents, mut effects) = (Intents::default(), Vec::new());
    for number in 1..=steps as u64 {
        let event = match rng.below(4) {
            _ if number <= u64::from(INSTRUMENTS) => candle(number as u32 - 1, 120),
            0 => candle(rng.below(u64::from(INSTRUMENTS)) as u32, 80 + rng.below(80) as i64),
            _ => Event::Report(report(&mut rng, &sent)),
        };
        let entry = Entry { number, time: Timestamp(number as i64), event };
        core.apply(&entry, &mut effects);
        effects.clear();
        let (before, equity) = (worst(core.state()), core.state().books.equity().0);
        whim.decide(&entry.event, View::new(core.state()), &mut intents);
        core.act(&mut intents, &mut effects);
        never_beyond(&limits, equity, &before, &worst(core.state()));
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(command) => {
                    sent.push(*command.action());
                    let is_order = matches!(command.action(), Action::Submit(_));
                    *seen.entry(if is_order { "orders sent" } else { "changes sent" }).or_default() += 1;
                }
                Effect::Refused(refusal) => *seen.entry(refusal.check.name()).or_default() += 1,
                Effect::Clipped(_) => *seen.entry("orders cut").or_default() += 1,
                _ => {}
            }
        }
    }
}

#[test]
fn no_approval_takes_the_account_beyond_a_limit() {
    let proving = std::env::var_os("ONETAPE_PROVE").is_some();
    let (runs, steps) = if proving { (10_000, 120) } else { (600, 100) };
    let mut seen = BTreeMap::new();
    for seed in 0..runs {
        let one = std::panic::AssertUnwindSafe(|| run(seed, steps, &mut seen));
        std::panic::catch_unwind(one).unwrap_or_else(|_| panic!("seed {seed}"));
    }
    let tight =
        ["max_position", "max_position_notional", "max_gross_exposure", "max_net_exposure", "max_concentration"];
    for name in ["orders sent", "changes sent", "orders cut", "max_leverage"].into_iter().chain(tight) {
        assert!(seen.get(name).is_some_and(|n| *n > 100), "{name} was hardly met: {seen:?}");
    }
    eprintln!("figure: {runs} random runs of {steps} steps, no approval beyond a limit: {seen:?}");
}
