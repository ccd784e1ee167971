//! From a finished run to the rows of its tables.
use crate::run_file::RunFile;
use crate::strategy_results::owner_names;
use crate::tape_header::run_id;
use engine::{Booked, Order, OrderId, OrderKind, OrderStatus, State, TimeInForce};
use evaluations::tables::{Decimals, FillRow, Liquidity, OrderRow, RoundTripRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The names of the instruments, shared between rows.
#[must_use]
pub fn names(config: &RunFile) -> Vec<Arc<str>> {
    config.instruments.iter().map(|i| i.name().into()).collect()
}

/// Fills in the order they were booked.
pub fn fill_rows<'a>(
    config: &RunFile,
    state: &'a State,
    fills: impl IntoIterator<Item = &'a Booked>,
) -> impl Iterator<Item = FillRow> {
    let (names, run) = (names(config), run_id(config));
    let row = move |booked: &Booked| {
        let fill = &booked.fill;
        let instrument = &state.instruments[fill.instrument.index()];
        FillRow {
            time: fill.venue_time,
            instrument: Arc::clone(&names[fill.instrument.index()]),
            side: fill.side,
            price: Decimals { raw: fill.price.0, scale: instrument.price_scale },
            quantity: Decimals { raw: fill.quantity.0, scale: instrument.qty_scale },
            fee: fill.fee,
            liquidity: match fill.liquidity {
                engine::Liquidity::Maker => Liquidity::Maker,
                engine::Liquidity::Taker => Liquidity::Taker,
            },
            order_id: if fill.order.0 == 0 { "liquidation".into() } else { format!("{run}-{}", fill.order.0) },
            fill_id: fill.fill.0.to_string(),
        }
    };
    fills.into_iter().map(row)
}

/// Orders in the order they were submitted; `rejected` says why the venue refused some.
pub fn order_rows<'a>(
    config: &RunFile,
    state: &'a State,
    rejected: &'a BTreeMap<OrderId, &'static str>,
) -> impl Iterator<Item = OrderRow> + use<'a> {
    let (names, run, owners) = (names(config), run_id(config), owner_names(config));
    let shared = |names: &[&str]| -> Vec<Arc<str>> { names.iter().map(|name| Arc::from(*name)).collect() };
    let (kinds, times) = (shared(&OrderKind::NAMES), shared(&TimeInForce::NAMES));
    let statuses: Vec<Arc<str>> = OrderStatus::ALL.into_iter().map(|s| s.name().into()).collect();
    let none: Arc<str> = "".into();
    let row = move |order: &Order| {
        let request = &order.request;
        let instrument = &state.instruments[request.instrument.index()];
        let price = |p: engine::Price| Decimals { raw: p.0, scale: instrument.price_scale };
        let quantity = |q: engine::Qty| Decimals { raw: q.0, scale: instrument.qty_scale };
        let status = OrderStatus::ALL.iter().position(|s| *s == order.status).unwrap_or(0);
        OrderRow {
            id: format!("{run}-{}", request.order.0),
            instrument: Arc::clone(&names[request.instrument.index()]),
            side: request.side,
            kind: Arc::clone(&kinds[usize::from(request.kind.code())]),
            time_in_force: Arc::clone(&times[usize::from(order.terms().time_in_force.code())]),
            quantity: quantity(request.quantity),
            filled: quantity(order.filled),
            limit_price: request.kind.limit().map(price),
            stop_price: request.kind.trigger().map(price),
            status: Arc::clone(&statuses[status]),
            submitted_at: order.submitted_at,
            finished_at: (!order.status.is_live()).then_some(order.changed_at),
            tied_to: order.link().leader().map(|leader| format!("{run}-{}", leader.0)).unwrap_or_default(),
            reason: match (rejected.get(&request.order), order.label.0) {
                (Some(reason), _) => Arc::from(*reason),
                (None, 0) => Arc::clone(&none),
                (None, label) => format!("label {label}").into(),
            },
            strategy: owners.get(usize::from(order.owner.0)).unwrap_or(&none).clone(),
        }
    };
    state.orders.all().map(row)
}

/// Closed round trips in the order they closed.
#[must_use]
pub fn trip_rows(config: &RunFile, trips: &[evaluations::RoundTrip]) -> Vec<RoundTripRow> {
    let (names, owners) = (names(config), owner_names(config));
    let row = |trip: &evaluations::RoundTrip| {
        let owner = owners.get(usize::from(trip.owner.0)).unwrap_or(&owners[0]);
        RoundTripRow::new(trip, Arc::clone(&names[trip.instrument as usize]), Arc::clone(owner))
    };
    trips.iter().map(row).collect()
}
