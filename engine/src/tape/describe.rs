//! Decisions in words, with the names and scales of the run's instruments.
use super::effect_codec::Outcome;
use crate::effect::{Action, Refusal, Turn};
use crate::instrument::Instrument;
use crate::measure::scaled_text;
use crate::operator::{Directive, OperatorEvent};
use crate::risk::Check;
use crate::sub_ledgers::Owner;
use crate::{InstrumentId, Money, Price, Qty};
use alloc::format;
use alloc::string::{String, ToString};

impl Outcome {
    /// The decision in words, with the names and scales of the run's instruments.
    #[must_use]
    pub fn describe(&self, instruments: &[Instrument]) -> String {
        let name = |id: InstrumentId| instruments.get(id.index()).map_or_else(|| unnamed(id), |i| i.name.clone());
        let price = |id: InstrumentId, p: Price| {
            instruments.get(id.index()).map_or_else(|| p.0.to_string(), |i| scaled_text(p.0, i.price_scale))
        };
        let quantity = |id: InstrumentId, q: Qty| {
            instruments.get(id.index()).map_or_else(|| q.0.to_string(), |i| scaled_text(q.0, i.qty_scale))
        };
        match *self {
            Self::Sent(Action::Submit(r)) => {
                let at = r.kind.price().map(|p| format!(" at {}", price(r.instrument, p))).unwrap_or_default();
                let (side, kind) = (r.side.name(), r.kind.name());
                let tied = r.link.leader().map(|leader| format!(", tied to order {}", leader.0)).unwrap_or_default();
                let terms = match r.terms.time_in_force.name() {
                    "gtc" => String::new(),
                    time => format!(", {time}"),
                };
                format!(
                    "send order {}: {side} {} {} {kind}{at}{terms}{tied}",
                    r.order.0,
                    quantity(r.instrument, r.quantity),
                    name(r.instrument)
                )
            }
            Self::Sent(Action::Amend { order, instrument, quantity: q, price: p }) => {
                let at = p.map(|p| format!(" at {}", price(instrument, p))).unwrap_or_default();
                format!("amend order {}: {} {}{at}", order.0, quantity(instrument, q), name(instrument))
            }
            Self::Sent(Action::Cancel { order, instrument }) => {
                format!("cancel order {} of {}", order.0, name(instrument))
            }
            Self::Armed { timer, at } => format!("arm timer {} for {} ns", timer.0, at.0),
            Self::Refused(r) => format!("refuse {}: {}", name(r.instrument), bounds(&r, instruments)),
            Self::Crossed(r) => format!("beyond a limit, {}: {}", name(r.instrument), bounds(&r, instruments)),
            Self::Clipped(clip) => {
                let (id, from, to) = (clip.refusal.instrument, clip.from, clip.to);
                let why = bounds(&clip.refusal, instruments);
                format!("cut {} from {} to {}: {why}", name(id), quantity(id, from), quantity(id, to))
            }
            Self::Turned(turn) => turned(&turn, instruments),
            Self::Noticed { order, anomaly } => format!("notice order {}: {}", order.0, anomaly.name()),
            Self::Noted { instrument, remark } => format!("note {}: {remark}", name(instrument)),
            Self::For(owner) => format!("strategy {}", owner.0),
        }
    }
}

fn unnamed(id: InstrumentId) -> String {
    if id == InstrumentId::ACCOUNT { "the account".into() } else { format!("#{}", id.0) }
}

/// A check with its limit and the value that broke it, in the check's own unit.
#[must_use]
pub fn bounds(refusal: &Refusal, instruments: &[Instrument]) -> String {
    let number = |value| measured(refusal.check, refusal.instrument, value, instruments);
    format!("{} (limit {}, value {})", refusal.check.name(), number(refusal.limit), number(refusal.value))
}

/// A limit or value in the unit of its check.
#[must_use]
pub fn measured(check: Check, id: InstrumentId, value: i128, instruments: &[Instrument]) -> String {
    let narrow = |none: &str, text: &dyn Fn(i64) -> String| i64::try_from(value).map_or_else(|_| none.into(), text);
    match check {
        check if check.is_in_money() => Money(value).to_string(),
        Check::OrderQuantity | Check::Position => {
            let scale = instruments.get(id.index()).map_or(0, |instrument| instrument.qty_scale);
            narrow("very many", &|value| scaled_text(value, scale))
        }
        Check::PriceCollar | Check::MovingCollar | Check::Concentration => {
            narrow("no equity", &|ppm| format!("{} %", scaled_text(ppm, 4)))
        }
        Check::Leverage => narrow("no equity", &|ppm| scaled_text(ppm, 6)),
        Check::DuplicateOrder | Check::StaleData | Check::DataGap | Check::ClockSkew => {
            narrow("very long", &|ns| format!("{} s", scaled_text(ns, 9)))
        }
        _ => value.to_string(),
    }
}

fn turned(turn: &Turn, instruments: &[Instrument]) -> String {
    let who = if turn.owner == Owner::NONE { "trading".into() } else { format!("strategy {}", turn.owner.0) };
    let until = turn.until.map(|until| format!(" until {} ns", until.0)).unwrap_or_default();
    let why = turn.cause.map(|cause| format!(": {}", bounds(&cause, instruments))).unwrap_or_default();
    format!("{who} is {}{until}{why}", turn.to)
}

/// What a person did, in words.
#[must_use]
pub fn operator_text(it: &OperatorEvent, instruments: &[Instrument]) -> String {
    let name = |id: InstrumentId| instruments.get(id.index()).map_or_else(|| unnamed(id), |i| i.name.clone());
    let what = match it.directive {
        Directive::Limit { check, instrument, value } => {
            let of = instrument.map(|id| format!(" of {}", name(id))).unwrap_or_default();
            let id = instrument.unwrap_or(InstrumentId(0));
            let to = value.map_or_else(|| "off".into(), |value| measured(check, id, value, instruments));
            format!("sets {}{of} to {to}", check.name())
        }
        Directive::Reset { check, owner: Owner::NONE } => format!("resets {}", check.name()),
        Directive::Reset { check, owner } => format!("resets {} of strategy {}", check.name(), owner.0),
        Directive::Trading(to) => format!("turns trading to {to}"),
        Directive::Close => "closes everything".into(),
        Directive::Alert { number, step } => format!("alert {number} is {}", step.name()),
    };
    let with = if it.approver.is_empty() { String::new() } else { format!(" with {}", it.approver) };
    format!("{}{with} {what}: {}", it.who, it.why)
}
