//! What happens to the holdings of a run without a trade, and when its markets are open: from the catalog's records to the
//! engine's events.
use crate::failure::Failure;
use crate::run_file::{InstrumentSection, RunFile};
use datasets::{Action, ActionKind, CalendarName, Catalog, TickerWindow};
use engine::sim::{Session, Sessions};
use engine::{Carry, InstrumentId, Interval, Money, Price, Rate, Ticker, Timestamp};
use evaluations::Assumption;
use rust_decimal::{Decimal, RoundingStrategy};

/// When something happens, and what.
pub type Happening = (Timestamp, Carry);

/// What happens to the holdings of one instrument.
#[derive(Debug, Default)]
pub struct Holdings {
    /// In the order of time.
    pub carry: Vec<Happening>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// What a user should hear before believing a result.
    pub warnings: Vec<String>,
}

/// Splits, dividends and funding of an instrument from one instant to another.
///
/// # Errors
/// When a record cannot be read or an amount cannot be held.
pub fn holdings(
    catalog: &Catalog,
    section: &InstrumentSection,
    id: InstrumentId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Holdings, Failure> {
    let mut found = Holdings::default();
    let inside = |time: Timestamp| time >= from && time < to;
    let name = section.name();
    let (mut splits, mut dividends) = (0, 0);
    for action in catalog.actions(&section.venue, &section.symbol)?.iter().filter(|a| inside(a.ex_date)) {
        match carry_of(action, id) {
            Ok(carry) => {
                match action.kind {
                    ActionKind::Split => splits += 1,
                    ActionKind::Dividend => dividends += 1,
                    ActionKind::Delisting => {
                        let text = format!("delisted for {} each: positions paid out, orders cancelled", action.value);
                        found.assumptions.push(Assumption { about: name.clone(), text });
                    }
                }
                found.carry.push((action.ex_date, carry));
            }
            Err(text) => found
                .warnings
                .push(format!("{name}: {text}; it is not applied, so that its price change shows as a loss or a gain")),
        }
    }
    if splits + dividends > 0 {
        let text = format!(
            "{splits} splits and {dividends} dividends, at midnight UTC of their ex-dates: a split keeps the value and cancels open orders, fractions of a lot are paid in cash, dividends are paid at once and without tax, shorts owe them"
        );
        found.assumptions.push(Assumption { about: name.clone(), text });
    }
    let payments = catalog.funding(&section.venue, &section.symbol)?;
    let payments: Vec<_> = payments.into_iter().filter(|payment| inside(payment.time)).collect();
    for payment in &payments {
        let rate = Rate::from_fraction(payment.rate)
            .ok_or_else(|| Failure::Failed(format!("{name}: a funding rate of {} is too fine", payment.rate)))?;
        found.carry.push((payment.time, Carry::Funding { instrument: id, rate, mark: Price(0) }));
    }
    if !payments.is_empty() {
        let text = format!("{} funding payments on the position at its last price", payments.len());
        found.assumptions.push(Assumption { about: name, text });
    }
    found.carry.sort_by_key(|(time, _)| *time);
    Ok(found)
}

/// The new tickers of an instrument from one instant to another.
#[must_use]
pub fn renamings(
    section: &InstrumentSection,
    id: InstrumentId,
    tickers: &[TickerWindow],
    (from, to): (Timestamp, Timestamp),
) -> Holdings {
    let mut found = Holdings::default();
    for TickerWindow { ticker, from: since, .. } in tickers.iter().filter(|w| w.from >= from && w.from < to) {
        found.carry.extend(Ticker::new(ticker).map(|ticker| (*since, Carry::Renamed { instrument: id, ticker })));
        let day = crate::instant::instant_text(*since);
        let text =
            format!("trades as {ticker} from {day} on: its candles come from there, positions and open orders stay");
        found.assumptions.push(Assumption { about: section.name(), text });
    }
    found
}

/// What borrowing an instrument and the account's cash cost, each midnight UTC of a window: a 365th of the yearly rate.
///
/// # Errors
/// When a rate cannot be held.
pub fn daily(run: &RunFile, (from, to): (Timestamp, Timestamp)) -> Result<(Vec<Happening>, Vec<Assumption>), Failure> {
    let account = &run.account;
    let rate = |yearly: Decimal, rounding| {
        let day = (yearly / Decimal::from(36_500)).round_dp_with_strategy(12, rounding);
        Rate::from_fraction(day).ok_or_else(|| Failure::Failed(format!("{yearly} per cent a year are too much")))
    };
    let (up, down) = (RoundingStrategy::AwayFromZero, RoundingStrategy::ToZero);
    let (mut each, mut assumptions) = (Vec::new(), Vec::new());
    for (place, section) in run.instruments.iter().enumerate() {
        if let Some(yearly) = section.borrow_pct.filter(|yearly| !yearly.is_zero()) {
            let instrument = InstrumentId(u32::try_from(place).map_err(Failure::failed)?);
            each.push(Carry::Borrow { instrument, rate: rate(yearly, up)?, mark: Price(0) });
            let text =
                format!("a short pays {yearly} % a year for what it borrowed, each midnight UTC at the last price");
            assumptions.push(Assumption { about: section.name(), text });
        }
    }
    let (credit, debit) = (account.credit_interest_pct, account.debit_interest_pct);
    if !credit.is_zero() || !debit.is_zero() {
        each.push(Carry::Interest { credit: rate(credit, down)?, debit: rate(debit, up)? });
        let text = format!("{credit} % a year on cash and {debit} % on debt, each midnight UTC, a year of 365 days");
        assumptions.push(Assumption { about: "interest".into(), text });
    }
    let mut happenings = Vec::new();
    if !each.is_empty() {
        let days = from.day() + 1..=to.day();
        let midnight = |day: i64| Timestamp(day * Interval::DAY.0);
        happenings.extend(days.flat_map(|day| each.iter().map(move |carry| (midnight(day), *carry))));
    }
    Ok((happenings, assumptions))
}

fn carry_of(action: &Action, instrument: InstrumentId) -> Result<Carry, String> {
    match action.kind {
        ActionKind::Split => {
            let ratio = datasets::split_ratio(action.value).map_err(|e| e.to_string())?;
            let part = |number: i128| i64::try_from(number).map_err(|_| format!("a split of {ratio} is out of range"));
            Ok(Carry::Split {
                instrument,
                new: part(ratio.numerator())?,
                old: part(ratio.denominator())?,
                mark: Price(0),
            })
        }
        ActionKind::Dividend => Ok(Carry::Dividend { instrument, per_unit: per_unit(action)? }),
        ActionKind::Delisting => Ok(Carry::Delisting { instrument, per_unit: per_unit(action)? }),
    }
}

fn per_unit(action: &Action) -> Result<Money, String> {
    Money::from_decimal(action.value).map_err(|e| format!("a payment of {} each: {e}", action.value))
}

/// The sessions of a market between two instants and the one after; none where it never closes.
///
/// # Errors
/// When the calendar does not reach so far.
pub fn sessions(calendar: Option<CalendarName>, (from, to): (Timestamp, Timestamp)) -> Result<Sessions, Failure> {
    let Some(calendar) = calendar.filter(|calendar| !calendar.never_closes()) else { return Ok(Sessions::ALWAYS) };
    let table = calendar.table();
    let (first, last) = table.known();
    let week = 7 * engine::Interval::DAY.0;
    let from = Timestamp(from.0.saturating_sub(week)).max(first);
    let to = to.after(week).min(last);
    if from >= to {
        return Ok(Sessions::ALWAYS);
    }
    let sessions = table.sessions(from, to).map_err(Failure::failed)?;
    Ok(Sessions::new(sessions.iter().map(|s| Session { open: s.open, close: s.close }).collect()))
}
