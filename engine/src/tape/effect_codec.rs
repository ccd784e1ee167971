//! Effects as bytes, and the [`Outcome`] that is read back: sight of a decision, not a licence to send it again.
use super::bytes::{Malformed, Put, Take};
use super::event_codec::one_of;
use super::order_codec::{SUBMIT, SUBMIT_ON_TERMS, decode_request, encode_request};
use crate::effect::{Action, Anomaly, Effect, Refusal};
use crate::event::TimerId;
use crate::instrument::Instrument;
use crate::measure::scaled_text;
use crate::order::{Label, OrderId};
use crate::remark::Remark;
use crate::risk::Check;
use crate::sub_ledgers::Owner;
use crate::{InstrumentId, Money, Price, Qty, Side, Timestamp};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const AMEND: u8 = 2;
const CANCEL: u8 = 3;
const ARM: u8 = 4;
const REFUSED: u8 = 5;
const NOTICED: u8 = 6;
// 7 is an order on terms.
const NOTED: u8 = 8;
const FOR: u8 = 9;

const MEMBER: u8 = 0;
const VOTE: u8 = 1;
const OWN: u8 = 2;

/// What a step decided, as it stands on a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something was sent.
    Sent(Action),
    /// A timer was armed.
    Armed {
        /// Its number.
        timer: TimerId,
        /// For when.
        at: Timestamp,
    },
    /// A wish was refused.
    Refused(Refusal),
    /// Something odd was noticed.
    Noticed {
        /// About which order.
        order: OrderId,
        /// What.
        anomaly: Anomaly,
    },
    /// The strategy said why.
    Noted {
        /// About what.
        instrument: InstrumentId,
        /// Why.
        remark: Remark,
    },
    /// What follows was decided by this one of several strategies.
    For(Owner),
}

impl From<&Effect> for Outcome {
    fn from(effect: &Effect) -> Self {
        match *effect {
            Effect::Send(command) => Self::Sent(*command.action()),
            Effect::Arm { timer, at } => Self::Armed { timer, at },
            Effect::Refused(refusal) => Self::Refused(refusal),
            Effect::Noticed { order, anomaly } => Self::Noticed { order, anomaly },
            Effect::Noted { instrument, remark } => Self::Noted { instrument, remark },
            Effect::For(owner) => Self::For(owner),
        }
    }
}

/// Appends the effects of a step.
pub fn encode_effects(effects: &[Effect], out: &mut Vec<u8>) {
    for effect in effects {
        match effect {
            Effect::Send(command) => encode_action(command.action(), out),
            other => encode_outcome(&Outcome::from(other), out),
        }
    }
}

fn encode_action(action: &Action, out: &mut Vec<u8>) {
    match *action {
        Action::Submit(ref request) => encode_request(request, out),
        Action::Amend { order, instrument, quantity, price } => {
            out.put_u8(AMEND);
            out.put_u64(order.0);
            out.put_u32(instrument.0);
            out.put_i64(quantity.0);
            out.put_i64(price.map_or(0, |p| p.0));
        }
        Action::Cancel { order, instrument } => {
            out.put_u8(CANCEL);
            out.put_u64(order.0);
            out.put_u32(instrument.0);
        }
    }
}

fn encode_outcome(outcome: &Outcome, out: &mut Vec<u8>) {
    match *outcome {
        Outcome::Sent(ref action) => encode_action(action, out),
        Outcome::Armed { timer, at } => {
            out.put_u8(ARM);
            out.put_u32(timer.0);
            out.put_i64(at.0);
        }
        Outcome::Refused(refusal) => {
            out.put_u8(REFUSED);
            out.put_u32(refusal.instrument.0);
            out.put_u8(refusal.check as u8);
            out.put_i128(refusal.limit);
            out.put_i128(refusal.value);
        }
        Outcome::Noticed { order, anomaly } => {
            out.put_u8(NOTICED);
            out.put_u64(order.0);
            out.put_u8(anomaly as u8);
        }
        Outcome::Noted { instrument, remark } => {
            out.put_u8(NOTED);
            out.put_u32(instrument.0);
            encode_remark(remark, out);
        }
        Outcome::For(owner) => {
            out.put_u8(FOR);
            out.put_u8(owner.0);
        }
    }
}

fn encode_remark(remark: Remark, out: &mut Vec<u8>) {
    match remark {
        Remark::Member { number, signal, weight_bps } => {
            out.put_u8(MEMBER);
            out.put_u32(number);
            let place = SIGNALS.iter().position(|known| *known == signal).expect("every signal is listed");
            out.put_u8(place as u8);
            out.put_i64(weight_bps);
        }
        Remark::Vote { votes_bps, of_bps } => {
            out.put_u8(VOTE);
            out.put_i64(votes_bps);
            out.put_i64(of_bps);
        }
        Remark::Own { code, value } => {
            out.put_u8(OWN);
            out.put_u32(code.0);
            out.put_i64(value);
        }
    }
}

/// Reads the effects of a step.
///
/// # Errors
/// When the bytes are no effects.
pub fn decode_outcomes(bytes: &[u8]) -> Result<Vec<Outcome>, Malformed> {
    let mut take = Take(bytes);
    let mut outcomes = Vec::new();
    while !take.0.is_empty() {
        outcomes.push(decode_outcome(&mut take)?);
    }
    Ok(outcomes)
}

fn decode_outcome(take: &mut Take<'_>) -> Result<Outcome, Malformed> {
    Ok(match take.u8("effect")? {
        tag @ (SUBMIT | SUBMIT_ON_TERMS) => Outcome::Sent(Action::Submit(decode_request(tag, take)?)),
        AMEND => Outcome::Sent(Action::Amend {
            order: OrderId(take.u64("order")?),
            instrument: InstrumentId(take.u32("instrument")?),
            quantity: Qty(take.i64("quantity")?),
            price: Some(Price(take.i64("price")?)).filter(|p| p.0 != 0),
        }),
        CANCEL => Outcome::Sent(Action::Cancel {
            order: OrderId(take.u64("order")?),
            instrument: InstrumentId(take.u32("instrument")?),
        }),
        ARM => Outcome::Armed { timer: TimerId(take.u32("timer")?), at: Timestamp(take.i64("time")?) },
        REFUSED => Outcome::Refused(Refusal {
            instrument: InstrumentId(take.u32("instrument")?),
            check: check(take.u8("check")?)?,
            limit: take.i128("limit")?,
            value: take.i128("value")?,
        }),
        NOTICED => {
            let order = OrderId(take.u64("order")?);
            let code = take.u8("anomaly")?;
            let anomaly = ANOMALIES.into_iter().find(|a| *a as u8 == code).ok_or(Malformed("anomaly"))?;
            Outcome::Noticed { order, anomaly }
        }
        NOTED => {
            let instrument = InstrumentId(take.u32("instrument")?);
            Outcome::Noted { instrument, remark: decode_remark(take)? }
        }
        FOR => Outcome::For(Owner(take.u8("strategy")?)),
        _ => return Err(Malformed("effect tag")),
    })
}

fn decode_remark(take: &mut Take<'_>) -> Result<Remark, Malformed> {
    Ok(match take.u8("remark")? {
        MEMBER => Remark::Member {
            number: take.u32("member")?,
            signal: one_of(take, SIGNALS, "signal")?,
            weight_bps: take.i64("weight")?,
        },
        VOTE => Remark::Vote { votes_bps: take.i64("votes")?, of_bps: take.i64("weights")? },
        OWN => Remark::Own { code: Label(take.u32("code")?), value: take.i64("value")? },
        _ => return Err(Malformed("remark")),
    })
}

/// The signals of members, in the order of their codes on a tape.
const SIGNALS: [Option<Side>; 3] = [None, Some(Side::Buy), Some(Side::Sell)];

const ANOMALIES: [Anomaly; 7] = [
    Anomaly::RepeatedFill,
    Anomaly::UnknownOrder,
    Anomaly::LateFill,
    Anomaly::Overfill,
    Anomaly::IllegalReport,
    Anomaly::ContradictoryFill,
    Anomaly::RepeatedBust,
];

fn check(code: u8) -> Result<Check, Malformed> {
    Check::ALL.into_iter().find(|c| *c as u8 == code).ok_or(Malformed("check"))
}

impl Outcome {
    /// The decision in words, with the names and scales of the run's instruments.
    #[must_use]
    pub fn describe(&self, instruments: &[Instrument]) -> String {
        let name =
            |id: InstrumentId| instruments.get(id.index()).map_or_else(|| format!("#{}", id.0), |i| i.name.clone());
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
            Self::Refused(r) => {
                let amounts = match r.check {
                    Check::BuyingPower | Check::MinNotional => {
                        format!("limit {}, value {}", Money(r.limit), Money(r.value))
                    }
                    _ => format!("limit {}, value {}", r.limit, r.value),
                };
                format!("refuse {}: {} ({amounts})", name(r.instrument), r.check.name())
            }
            Self::Noticed { order, anomaly } => format!("notice order {}: {}", order.0, anomaly.name()),
            Self::Noted { instrument, remark } => format!("note {}: {remark}", name(instrument)),
            Self::For(owner) => format!("strategy {}", owner.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::order_codec::tests::request;
    use proptest::prelude::*;

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            request().prop_map(|r| Outcome::Sent(Action::Submit(r))),
            (any::<(u64, u32, i64)>(), prop::option::of(1..i64::MAX)).prop_map(|((o, i, q), p)| {
                Outcome::Sent(Action::Amend {
                    order: OrderId(o),
                    instrument: InstrumentId(i),
                    quantity: Qty(q),
                    price: p.map(Price),
                })
            }),
            any::<(u64, u32)>()
                .prop_map(|(o, i)| Outcome::Sent(Action::Cancel { order: OrderId(o), instrument: InstrumentId(i) })),
            any::<(u32, i64)>().prop_map(|(t, at)| Outcome::Armed { timer: TimerId(t), at: Timestamp(at) }),
            (any::<(u32, i128, i128)>(), 0..Check::ALL.len()).prop_map(|((i, limit, value), c)| {
                Outcome::Refused(Refusal { instrument: InstrumentId(i), check: Check::ALL[c], limit, value })
            }),
            (any::<u64>(), 0..ANOMALIES.len())
                .prop_map(|(o, a)| Outcome::Noticed { order: OrderId(o), anomaly: ANOMALIES[a] }),
            (any::<u32>(), remark()).prop_map(|(i, remark)| Outcome::Noted { instrument: InstrumentId(i), remark }),
            any::<u8>().prop_map(|owner| Outcome::For(Owner(owner))),
        ]
    }

    fn remark() -> impl Strategy<Value = Remark> {
        prop_oneof![
            (any::<(u32, i64)>(), 0..SIGNALS.len()).prop_map(|((number, weight_bps), s)| Remark::Member {
                number,
                signal: SIGNALS[s],
                weight_bps
            }),
            any::<(i64, i64)>().prop_map(|(votes_bps, of_bps)| Remark::Vote { votes_bps, of_bps }),
            any::<(u32, i64)>().prop_map(|(code, value)| Remark::Own { code: Label(code), value }),
        ]
    }

    #[test]
    fn a_note_reads_as_a_reason_and_its_bytes_are_pinned() {
        let check = |remark, words: &str, bytes: &[u8]| {
            let noted = Outcome::Noted { instrument: InstrumentId(3), remark };
            assert_eq!(noted.describe(&[]), words);
            let mut encoded = Vec::new();
            encode_outcome(&noted, &mut encoded);
            assert_eq!(encoded, [&[8, 3, 0, 0, 0], bytes].concat());
        };
        let member = |signal, weight_bps| Remark::Member { number: 2, signal, weight_bps };
        let weight = [0x98, 0x3a, 0, 0, 0, 0, 0, 0];
        let pinned = |code: u8| [&[0, 2, 0, 0, 0, code], &weight[..]].concat();
        check(member(None, 15_000), "note #3: member 2 is flat, weight 1.5", &pinned(0));
        check(member(Some(Side::Buy), 15_000), "note #3: member 2 is long, weight 1.5", &pinned(1));
        check(member(Some(Side::Sell), 15_000), "note #3: member 2 is short, weight 1.5", &pinned(2));
        let vote = Remark::Vote { votes_bps: -1, of_bps: 256 };
        let bytes = [&[1], &(-1_i64).to_le_bytes()[..], &256_i64.to_le_bytes()[..]].concat();
        check(vote, "note #3: the vote is -0.0001 of 0.0256", &bytes);
        let own = Remark::Own { code: Label(7), value: -5 };
        check(own, "note #3: 7 is -5", &[&[2, 7, 0, 0, 0], &(-5_i64).to_le_bytes()[..]].concat());
    }

    proptest! {
        #[test]
        fn effects_are_read_as_they_were_written(outcomes in prop::collection::vec(outcome(), 0..6)) {
            let mut bytes = Vec::new();
            outcomes.iter().for_each(|o| encode_outcome(o, &mut bytes));
            prop_assert_eq!(decode_outcomes(&bytes), Ok(outcomes));
        }

        #[test]
        fn any_bytes_are_effects_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(outcomes) = decode_outcomes(&bytes) {
                let mut again = Vec::new();
                outcomes.iter().for_each(|o| encode_outcome(o, &mut again));
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
