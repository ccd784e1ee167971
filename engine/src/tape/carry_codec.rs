//! Splits, dividends, funding and new tickers as bytes.
use super::bytes::{Malformed, Put, Take};
use crate::carry::Carry;
use crate::event::{Event, MarketEvent};
use crate::ledger::Rate;
use crate::ticker::Ticker;
use crate::{InstrumentId, Money, Price};
use alloc::vec::Vec;

pub(super) const SPLIT: u8 = 4;
const DIVIDEND: u8 = 5;
const FUNDING: u8 = 6;
const BORROW: u8 = 7;
const INTEREST: u8 = 8;
const DELISTING: u8 = 9;
/// New in schema 3.
pub(super) const RENAMED: u8 = 10;

pub(super) fn encode_carry(carry: &Carry, out: &mut Vec<u8>) {
    match *carry {
        Carry::Split { instrument, new, old, mark } => {
            out.put_u8(SPLIT);
            out.put_u32(instrument.0);
            out.put_i64(new);
            out.put_i64(old);
            out.put_i64(mark.0);
        }
        Carry::Dividend { instrument, per_unit } | Carry::Delisting { instrument, per_unit } => {
            out.put_u8(if matches!(carry, Carry::Dividend { .. }) { DIVIDEND } else { DELISTING });
            out.put_u32(instrument.0);
            out.put_i128(per_unit.0);
        }
        Carry::Funding { instrument, rate, mark } | Carry::Borrow { instrument, rate, mark } => {
            out.put_u8(if matches!(carry, Carry::Funding { .. }) { FUNDING } else { BORROW });
            out.put_u32(instrument.0);
            encode_rate(rate, out);
            out.put_i64(mark.0);
        }
        Carry::Interest { credit, debit } => {
            out.put_u8(INTEREST);
            encode_rate(credit, out);
            encode_rate(debit, out);
        }
        Carry::Renamed { instrument, ticker } => {
            out.put_u8(RENAMED);
            out.put_u32(instrument.0);
            out.put(&ticker.bytes());
        }
    }
}

fn encode_rate(rate: Rate, out: &mut Vec<u8>) {
    let (numerator, places) = rate.parts();
    out.put_i64(numerator);
    out.put_u8(places);
}

fn rate(take: &mut Take<'_>) -> Result<Rate, Malformed> {
    Rate::from_parts(take.i64("rate")?, take.u8("rate")?).ok_or(Malformed("rate"))
}

pub(super) fn decode_carry(tag: u8, take: &mut Take<'_>) -> Result<Event, Malformed> {
    if tag == INTEREST {
        let carry = Carry::Interest { credit: rate(take)?, debit: rate(take)? };
        return Ok(Event::Market(MarketEvent::Carry(carry)));
    }
    let instrument = InstrumentId(take.u32("instrument")?);
    let carry = match tag {
        SPLIT => {
            let (new, old) = (take.i64("split")?, take.i64("split")?);
            if new <= 0 || old <= 0 {
                return Err(Malformed("split"));
            }
            Carry::Split { instrument, new, old, mark: Price(take.i64("mark")?) }
        }
        DELISTING => Carry::Delisting { instrument, per_unit: Money(take.i128("delisting")?) },
        DIVIDEND => Carry::Dividend { instrument, per_unit: Money(take.i128("dividend")?) },
        RENAMED => {
            let ticker = Ticker::from_bytes(take.array("ticker")?).ok_or(Malformed("ticker"))?;
            Carry::Renamed { instrument, ticker }
        }
        FUNDING => Carry::Funding { instrument, rate: rate(take)?, mark: Price(take.i64("mark")?) },
        _ => Carry::Borrow { instrument, rate: rate(take)?, mark: Price(take.i64("mark")?) },
    };
    Ok(Event::Market(MarketEvent::Carry(carry)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn carry() -> impl Strategy<Value = Event> {
        let numbers = (0_usize..7, any::<u32>(), 1..i64::MAX, 1..i64::MAX, any::<(i128, i64)>(), 0_u8..=12);
        numbers.prop_map(|(which, i, new, old, (amount, mark), places)| {
            let (instrument, mark, per_unit) = (InstrumentId(i), Price(mark), Money(amount));
            let limit = 10_i64.pow(u32::from(places));
            let rate = Rate::from_parts(old % limit, places).expect("a fraction");
            let all = [
                Carry::Split { instrument, new, old, mark },
                Carry::Dividend { instrument, per_unit },
                Carry::Delisting { instrument, per_unit },
                Carry::Funding { instrument, rate, mark },
                Carry::Borrow { instrument, rate, mark },
                Carry::Interest { credit: rate, debit: Rate::ZERO },
                Carry::Renamed { instrument, ticker: Ticker::new("BRK.B").expect("a ticker") },
            ];
            Event::Market(MarketEvent::Carry(all[which]))
        })
    }
}
