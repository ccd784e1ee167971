//! What the watch did, and what a person told it, as bytes.
use super::bytes::{Malformed, Put, Take};
use crate::InstrumentId;
use crate::effect::{Clip, Refusal, Turn};
use crate::operator::{AlertStep, Directive, OperatorEvent};
use crate::risk::{Check, TradingState};
use crate::sub_ledgers::Owner;
use crate::{Qty, Timestamp};
use alloc::vec::Vec;

pub(super) const REFUSED: u8 = 5;
pub(super) const CLIPPED: u8 = 10;
pub(super) const TURNED: u8 = 11;
pub(super) const CROSSED: u8 = 12;

const LIMIT: u8 = 1;
const RESET: u8 = 2;
const TRADING: u8 = 3;
const ALERT: u8 = 4;
const CLOSE: u8 = 5;

pub(super) fn encode_refusal(tag: u8, refusal: &Refusal, out: &mut Vec<u8>) {
    out.put_u8(tag);
    put_refusal(refusal, out);
}

fn put_refusal(refusal: &Refusal, out: &mut Vec<u8>) {
    out.put_u32(refusal.instrument.0);
    out.put_u8(refusal.check as u8);
    out.put_i128(refusal.limit);
    out.put_i128(refusal.value);
}

pub(super) fn decode_refusal(take: &mut Take<'_>) -> Result<Refusal, Malformed> {
    Ok(Refusal {
        instrument: InstrumentId(take.u32("instrument")?),
        check: check(take.u8("check")?)?,
        limit: take.i128("limit")?,
        value: take.i128("value")?,
    })
}

pub(super) fn encode_clip(clip: &Clip, out: &mut Vec<u8>) {
    encode_refusal(CLIPPED, &clip.refusal, out);
    out.put_i64(clip.from.0);
    out.put_i64(clip.to.0);
}

pub(super) fn decode_clip(take: &mut Take<'_>) -> Result<Clip, Malformed> {
    let refusal = decode_refusal(take)?;
    Ok(Clip { refusal, from: Qty(take.i64("quantity")?), to: Qty(take.i64("quantity")?) })
}

pub(super) fn encode_turn(turn: &Turn, out: &mut Vec<u8>) {
    out.put_u8(TURNED);
    out.put_u8(turn.owner.0);
    out.put_u8(turn.to as u8);
    put_option(turn.until, out, |until, out| out.put_i64(until.0));
    put_option(turn.cause, out, |cause, out| put_refusal(&cause, out));
}

pub(super) fn decode_turn(take: &mut Take<'_>) -> Result<Turn, Malformed> {
    Ok(Turn {
        owner: Owner(take.u8("strategy")?),
        to: trading(take)?,
        until: option(take, |take| take.i64("time").map(Timestamp))?,
        cause: option(take, decode_refusal)?,
    })
}

/// Appends what a person did, without a tag.
pub(super) fn encode_operator(it: &OperatorEvent, out: &mut Vec<u8>) {
    for text in [&it.who, &it.approver, &it.why] {
        out.put_text(text);
    }
    match it.directive {
        Directive::Limit { check, instrument, value } => {
            out.put_u8(LIMIT);
            out.put_u8(check as u8);
            put_option(instrument, out, |id, out| out.put_u32(id.0));
            put_option(value, out, |value, out| out.put_i128(value));
        }
        Directive::Reset { check, owner } => {
            out.put_u8(RESET);
            out.put_u8(check as u8);
            out.put_u8(owner.0);
        }
        Directive::Trading(to) => {
            out.put_u8(TRADING);
            out.put_u8(to as u8);
        }
        Directive::Close => out.put_u8(CLOSE),
        Directive::Alert { number, step } => {
            out.put_u8(ALERT);
            out.put_u32(number);
            out.put_u8(step as u8);
        }
    }
}

pub(super) fn decode_operator(take: &mut Take<'_>) -> Result<OperatorEvent, Malformed> {
    let it = OperatorEvent {
        who: take.text("name")?,
        approver: take.text("name")?,
        why: take.text("reason")?,
        directive: match take.u8("directive")? {
            LIMIT => Directive::Limit {
                check: check(take.u8("check")?)?,
                instrument: option(take, |take| take.u32("instrument").map(InstrumentId))?,
                value: option(take, |take| take.i128("limit"))?,
            },
            RESET => Directive::Reset { check: check(take.u8("check")?)?, owner: Owner(take.u8("strategy")?) },
            TRADING => Directive::Trading(trading(take)?),
            CLOSE => Directive::Close,
            ALERT => Directive::Alert {
                number: take.u32("alert")?,
                step: *AlertStep::ALL.get(usize::from(take.u8("step")?)).ok_or(Malformed("step"))?,
            },
            _ => return Err(Malformed("directive")),
        },
    };
    if it.is_plain() { Ok(it) } else { Err(Malformed("text")) }
}

fn put_option<T>(value: Option<T>, out: &mut Vec<u8>, put: impl FnOnce(T, &mut Vec<u8>)) {
    out.put_u8(u8::from(value.is_some()));
    if let Some(value) = value {
        put(value, out);
    }
}

fn option<T>(
    take: &mut Take<'_>,
    inner: impl FnOnce(&mut Take<'_>) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    match take.u8("option")? {
        0 => Ok(None),
        1 => inner(take).map(Some),
        _ => Err(Malformed("option")),
    }
}

fn check(code: u8) -> Result<Check, Malformed> {
    Check::ALL.into_iter().find(|c| *c as u8 == code).ok_or(Malformed("check"))
}

fn trading(take: &mut Take<'_>) -> Result<TradingState, Malformed> {
    TradingState::ALL.get(usize::from(take.u8("trading state")?)).copied().ok_or(Malformed("trading state"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_check() -> impl Strategy<Value = Check> {
        (0..Check::ALL.len()).prop_map(|place| Check::ALL[place])
    }

    fn any_trading() -> impl Strategy<Value = TradingState> {
        (0..TradingState::ALL.len()).prop_map(|place| TradingState::ALL[place])
    }

    pub(crate) fn refusal() -> impl Strategy<Value = Refusal> {
        (any::<(u32, i128, i128)>(), any_check()).prop_map(|((id, limit, value), check)| Refusal {
            instrument: InstrumentId(id),
            check,
            limit,
            value,
        })
    }

    pub(crate) fn clip() -> impl Strategy<Value = Clip> {
        (refusal(), any::<(i64, i64)>()).prop_map(|(refusal, (from, to))| Clip {
            refusal,
            from: Qty(from),
            to: Qty(to),
        })
    }

    pub(crate) fn turn() -> impl Strategy<Value = Turn> {
        (any::<(u8, Option<i64>)>(), any_trading(), prop::option::of(refusal())).prop_map(
            |((owner, until), to, cause)| Turn { owner: Owner(owner), to, until: until.map(Timestamp), cause },
        )
    }

    pub(crate) fn operator() -> impl Strategy<Value = OperatorEvent> {
        let directive = prop_oneof![
            (any_check(), any::<(Option<u32>, Option<i128>)>()).prop_map(|(check, (id, value))| {
                Directive::Limit { check, instrument: id.map(InstrumentId), value }
            }),
            (any_check(), any::<u8>()).prop_map(|(check, owner)| Directive::Reset { check, owner: Owner(owner) }),
            any_trading().prop_map(Directive::Trading),
            Just(Directive::Close),
            (any::<u32>(), 0_usize..3)
                .prop_map(|(number, step)| Directive::Alert { number, step: AlertStep::ALL[step] }),
        ];
        ("[a-z\u{e9}]{0,11}", "[a-z]{0,24}", "[ -~]{0,96}", directive)
            .prop_map(|(who, approver, why, directive)| OperatorEvent { who, approver, why, directive })
    }
}
