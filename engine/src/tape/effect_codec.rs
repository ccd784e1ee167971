//! Effects as bytes, and the [`Outcome`] that is read back: sight of a decision, not a licence to send it again.
use super::bytes::{Malformed, Put, Take};
use super::event_codec::one_of;
use super::order_codec::{SUBMIT, SUBMIT_ON_TERMS, decode_request, encode_request};
use super::watch_codec::{
    CLIPPED, CROSSED, REFUSED, TURNED, decode_clip, decode_refusal, decode_turn, encode_clip, encode_refusal,
    encode_turn,
};
use crate::effect::{Action, Anomaly, Clip, Effect, Refusal, Turn};
use crate::event::TimerId;
use crate::order::{Label, OrderId};
use crate::remark::Remark;
use crate::sub_ledgers::Owner;
use crate::{InstrumentId, Price, Qty, Side, Timestamp};
use alloc::vec::Vec;

const AMEND: u8 = 2;
const CANCEL: u8 = 3;
const ARM: u8 = 4;
// 5 is a refusal.
const NOTICED: u8 = 6;
// 7 is an order on terms.
const NOTED: u8 = 8;
const FOR: u8 = 9;
// 10 to 12 are what the watch did.

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
    /// A wish was cut down to what a limit allows.
    Clipped(Clip),
    /// How much of trading goes on has changed.
    Turned(Turn),
    /// A limit was crossed without an order of ours.
    Crossed(Refusal),
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
            Effect::Clipped(clip) => Self::Clipped(clip),
            Effect::Turned(turn) => Self::Turned(turn),
            Effect::Crossed(crossed) => Self::Crossed(crossed),
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
        Outcome::Refused(refusal) => encode_refusal(REFUSED, &refusal, out),
        Outcome::Crossed(crossed) => encode_refusal(CROSSED, &crossed, out),
        Outcome::Clipped(clip) => encode_clip(&clip, out),
        Outcome::Turned(turn) => encode_turn(&turn, out),
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
        REFUSED => Outcome::Refused(decode_refusal(take)?),
        CROSSED => Outcome::Crossed(decode_refusal(take)?),
        CLIPPED => Outcome::Clipped(decode_clip(take)?),
        TURNED => Outcome::Turned(decode_turn(take)?),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::order_codec::tests::request;
    use crate::tape::watch_codec::tests::{clip, refusal, turn};
    use alloc::vec;
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
            refusal().prop_map(Outcome::Refused),
            refusal().prop_map(Outcome::Crossed),
            clip().prop_map(Outcome::Clipped),
            turn().prop_map(Outcome::Turned),
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
        let named = Remark::Own { code: Label::letters(*b"expo"), value: 7 };
        let bytes = [&[2, b'o', b'p', b'x', b'e'], &7_i64.to_le_bytes()[..]].concat();
        check(named, "note #3: expo is 7", &bytes);
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
