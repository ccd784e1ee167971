//! Alerts as a table: `alerts.json`, a list of objects.
use crate::alert::{Alert, Handling};
use crate::alert_book::AlertBook;
use crate::date::instant_text;
use engine::{Instrument, Owner};
use serde_json::{Value, json};

/// Every alert as an object, in the order of their numbers. `instruments` and `owners` are the names of the run, in its order;
/// an owner without a name is called by its number, and the one strategy of a run by nothing.
#[must_use]
pub fn alerts_json(book: &AlertBook, instruments: &[Instrument], owners: &[String]) -> Value {
    Value::Array(book.alerts().iter().map(|alert| object(alert, instruments, owners)).collect())
}

fn object(alert: &Alert, instruments: &[Instrument], owners: &[String]) -> Value {
    let instrument = instruments.get(alert.instrument.index()).map(|instrument| instrument.name.as_str());
    let named: Vec<String> =
        alert.owners.iter().filter(|o| **o != Owner::NONE).map(|o| owner_name(*o, owners)).collect();
    let fill = |fill: &crate::FillRef| json!({ "order": fill.order.0, "fill": fill.fill.0.to_string() });
    json!({
        "number": alert.number,
        "detector": alert.detector.name(),
        "instrument": instrument,
        "owners": named,
        "time": instant_text(alert.time),
        "last_time": instant_text(alert.last_time),
        "count": alert.count,
        "finding": alert.evidence.finding,
        "orders": alert.evidence.orders.iter().map(|order| order.0).collect::<Vec<_>>(),
        "fills": alert.evidence.fills.iter().map(fill).collect::<Vec<_>>(),
        "left_out": alert.evidence.left_out,
        "state": alert.state.name(),
        "history": alert.history.iter().map(step).collect::<Vec<_>>(),
    })
}

fn owner_name(owner: Owner, owners: &[String]) -> String {
    let named = owner.index().and_then(|place| owners.get(place));
    named.cloned().unwrap_or_else(|| owner.0.to_string())
}

fn step(handling: &Handling) -> Value {
    json!({
        "step": handling.step.name(),
        "who": handling.who,
        "why": handling.why,
        "time": instant_text(handling.time),
    })
}
