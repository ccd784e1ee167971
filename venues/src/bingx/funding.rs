//! Funding: after each time at which it is paid, the rate that was and the mark price of that minute become a carry.
//!
//! The next time comes from the venue, as not every instrument pays every eight hours. Each payment is told once.
use super::agenda::Task;
use super::connector::{BingX, Turn};
use super::map::market::instant;
use super::outbox::{Job, Purpose};
use super::sign::Params;
use super::wire::envelope::Outcome;
use super::wire::given;
use super::wire::market::{FundingRate, Premium, klines, rows};
use crate::Happening;
use crate::numbers::{decimal, steps_down};
use engine::ledger::Rate;
use engine::{Carry, Price, Timestamp};
use std::collections::VecDeque;

const SECOND: u64 = 1_000_000_000;
const MINUTE_MS: i64 = 60_000;
/// How long after its time a payment is asked for, in nanoseconds.
const SETTLED_NS: i64 = 5_000_000_000;
/// How often a payment that is not there yet is asked for.
const TRIES_MAX: u32 = 30;

/// The funding of one instrument.
#[derive(Clone, Debug, Default)]
pub(super) struct Funding {
    next: Option<Timestamp>,
    /// Payments up to here were told, or lie before the beginning.
    told: Option<Timestamp>,
    /// Payments whose mark price is asked for.
    pending: VecDeque<(Timestamp, Rate)>,
    tries: u32,
}

impl Funding {
    /// Whether a payment's time has come by a market's clock that may run faster than ours.
    pub(super) fn is_due(&self, market: Timestamp) -> bool {
        self.next.is_some_and(|next| next <= market)
    }
}

impl BingX {
    pub(super) fn ask_premium(&mut self, place: usize, turn: &mut Turn<'_>) {
        let now = self.market_time(place, turn);
        self.funding[place].told.get_or_insert(now);
        let params = Params::new().with("symbol", &self.listed[place].symbol);
        self.send(Job::public(Purpose::Premium(place), "/openApi/swap/v2/quote/premiumIndex", params), turn);
    }

    pub(super) fn told_premium(&mut self, place: usize, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let now = self.market_time(place, turn);
        let next = match outcome {
            Outcome::Done { data: Some(data), .. } => rows::<Premium<'_>>(data).and_then(|rows| {
                let symbol = &self.listed[place].symbol;
                let row = rows.iter().find(|row| row.symbol.0 == symbol).ok_or("an answer about another symbol")?;
                given(&row.next_funding_time).ok_or("no next time".to_string()).and_then(instant)
            }),
            Outcome::Done { .. } => Err("an answer without data".into()),
            Outcome::Failed { words, .. } => Err(words.clone()),
        };
        match next {
            Ok(next) if next > now => {
                let funding = &mut self.funding[place];
                (funding.next, funding.tries) = (Some(next), 0);
                let due = self.due(place, next.after(SETTLED_NS), turn);
                self.agenda.set(Task::Funding(place), due);
            }
            // The time that has just come: the next one is named a little later.
            Ok(_) => self.agenda.set(Task::Premium(place), turn.now.mono_ns + 10 * SECOND),
            Err(words) => {
                turn.note(format!("{}: its next funding is not known: {words}", self.listed[place].symbol));
                self.agenda.set(Task::Premium(place), turn.now.mono_ns + 30 * SECOND);
            }
        }
    }

    pub(super) fn ask_funding(&mut self, place: usize, turn: &mut Turn<'_>) {
        let from = self.funding[place].told.map(|told| told.0.div_euclid(1_000_000) - MINUTE_MS);
        let params = Params::new().with("limit", 100).with_some("startTime", from);
        let params = params.with("symbol", &self.listed[place].symbol);
        self.send(Job::public(Purpose::Funding(place), "/openApi/swap/v2/quote/fundingRate", params), turn);
    }

    pub(super) fn told_funding(&mut self, place: usize, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let listed = &self.listed[place];
        let paid = match outcome {
            Outcome::Done { data: Some(data), .. } => rows::<FundingRate<'_>>(data).and_then(|rows| {
                let ours = rows.iter().filter(|row| row.symbol.0 == listed.symbol);
                ours.map(payment).collect::<Result<Vec<_>, String>>()
            }),
            Outcome::Done { .. } => Err("an answer without data".into()),
            Outcome::Failed { words, .. } => Err(words.clone()),
        };
        let now = self.market_time(place, turn);
        let funding = &mut self.funding[place];
        let told = funding.told.unwrap_or(now);
        let mut paid = match paid {
            Ok(paid) => paid,
            Err(words) => {
                turn.note(format!("{}: its funding cannot be read: {words}", listed.symbol));
                Vec::new()
            }
        };
        paid.retain(|(time, _)| *time > told && *time <= now);
        // Newest first.
        paid.sort_by_key(|(time, _)| *time);
        paid.dedup_by_key(|(time, _)| *time);
        if funding.next.is_some_and(|next| paid.last().is_none_or(|(time, _)| *time < next))
            && funding.tries < TRIES_MAX
        {
            funding.tries += 1;
            return self.agenda.set(Task::Funding(place), turn.now.mono_ns + 10 * SECOND);
        }
        if paid.is_empty() {
            turn.note(format!("{}: the venue does not say what was paid as funding", listed.symbol));
        }
        funding.tries = 0;
        funding.pending = paid.into();
        self.next_payment(place, turn);
    }

    /// Asks for the mark price of the next payment, or for the next time when there is none left.
    fn next_payment(&mut self, place: usize, turn: &mut Turn<'_>) {
        let Some((time, _)) = self.funding[place].pending.front() else {
            return self.agenda.set(Task::Premium(place), turn.now.mono_ns);
        };
        let minute = time.0.div_euclid(1_000_000);
        let params = Params::new().with("endTime", minute + 2 * MINUTE_MS).with("interval", "1m").with("limit", 10);
        let params = params.with("startTime", minute - 2 * MINUTE_MS).with("symbol", &self.listed[place].symbol);
        self.send(Job::public(Purpose::FundingMark(place), "/openApi/swap/v1/market/markPriceKlines", params), turn);
    }

    pub(super) fn told_funding_mark(&mut self, place: usize, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let listed = &self.listed[place];
        let Some((time, rate)) = self.funding[place].pending.front().copied() else { return };
        let mark = match outcome {
            Outcome::Done { data: Some(data), .. } => mark_at(data, time, listed.instrument.price_scale),
            Outcome::Done { .. } => Err("an answer without data".into()),
            Outcome::Failed { words, .. } => Err(words.clone()),
        };
        let funding = &mut self.funding[place];
        match mark {
            Ok(mark) => {
                funding.pending.pop_front();
                (funding.told, funding.tries) = (Some(time), 0);
                turn.happened(Happening::Carry(time, Carry::Funding { instrument: listed.id, rate, mark }));
                self.next_payment(place, turn);
            }
            Err(words) if funding.tries >= TRIES_MAX => {
                funding.pending.pop_front();
                (funding.told, funding.tries) = (Some(time), 0);
                turn.note(format!(
                    "{}: funding of {} is not booked, as its mark price is not known: {words}",
                    listed.symbol, time.0
                ));
                self.next_payment(place, turn);
            }
            Err(words) => {
                funding.tries += 1;
                if funding.tries == 1 {
                    turn.note(format!("{}: the mark price at its funding is not known: {words}", listed.symbol));
                }
                // The payments are asked for again, and with them this price.
                funding.pending.clear();
                self.agenda.set(Task::Funding(place), turn.now.mono_ns + 10 * SECOND);
            }
        }
    }
}

fn payment(row: &FundingRate<'_>) -> Result<(Timestamp, Rate), String> {
    let rate = decimal(row.funding_rate.0).map_err(|error| error.to_string())?;
    let rate = Rate::from_fraction(rate).ok_or_else(|| format!("a funding rate of {rate}"))?;
    Ok((instant(row.funding_time.0)?, rate))
}

/// The mark price at an instant: the open of the minute that begins then, else the close of the one before.
fn mark_at(data: &str, time: Timestamp, scale: u8) -> Result<Price, String> {
    let rows = klines(data)?;
    let timed =
        rows.iter().map(|row| instant(row.open_time.0).map(|open| (open, row))).collect::<Result<Vec<_>, _>>()?;
    let at = timed.iter().find(|(open, _)| *open == time).map(|(_, row)| row.open);
    let before =
        || timed.iter().filter(|(open, _)| *open < time).max_by_key(|(open, _)| *open).map(|(_, row)| row.close);
    let price = at.or_else(before).ok_or("no price of that minute")?;
    // The mark decides a payment between others and us alike: toward zero.
    let (price, _) = steps_down(price.0, scale).map_err(|error| error.to_string())?;
    if price > 0 { Ok(Price(price)) } else { Err(format!("a mark price of {price} steps")) }
}
