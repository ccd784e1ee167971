//! From a run file to the parts of a run: instruments with their dated rules, costs, candles, account and venue.
use crate::costs;
use crate::currencies;
use crate::failure::Failure;
use crate::holdings::{Happening, Holdings, daily, holdings, renamings, sessions};
use crate::run_file::{InstrumentSection, RunFile};
use crate::sources::{Reading, readings};
use crate::ticks::TickReading;
use crate::training::seen_before;
use datasets::{CalendarName, CandleReader, Catalog, InstrumentRecord, ReadOptions, TickerWindow, ticker_windows};
use engine::risk::{Limits, Settings};
use engine::sim::{Costs, Sessions};
use engine::{
    Currencies, Currency, Dated, Instrument, InstrumentId, Money, OperatorEvent, Price, Qty, Spec, Timestamp,
};
use evaluations::Assumption;
use evaluations::metrics::daily::Days;
use rust_decimal::Decimal;
use std::collections::VecDeque;

/// Decimal places of prices and quantities where no record says otherwise: those of the candle files.
const SCALE: u8 = 8;

/// Everything a run needs, but its strategy.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The instruments, in the order of the run file.
    pub instruments: Vec<Instrument>,
    /// Those that are not quoted in the account's currency, and what theirs is worth.
    pub currencies: Currencies,
    /// What trading each of them costs.
    pub costs: Vec<Dated<Costs>>,
    /// How their candles are had.
    pub readings: Vec<Reading>,
    /// How the venue's candles are had, where any instrument has smaller ones for it.
    pub detail: Option<Vec<Reading>>,
    /// How the venue's ticks are had, in the order of the run file; empty where no instrument has some.
    pub ticks: Vec<Option<TickReading>>,
    /// When each of their markets is open.
    pub sessions: Vec<Sessions>,
    /// What happens to holdings without a trade.
    pub carry: Vec<Happening>,
    /// What is limited, where anything is.
    pub limits: Option<(Limits, Settings)>,
    /// What people do, and when.
    pub operators: Vec<(Timestamp, &'static OperatorEvent)>,
    /// The first open time of a candle that may be traded on.
    pub trades_from: Timestamp,
    /// 365, or what the calendar has.
    pub periods_per_year: f64,
    /// Which days count.
    pub days: Days,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// What a user should hear before believing a result.
    pub warnings: Vec<String>,
}

/// One instrument as the run file and the catalog's records make it.
pub(crate) struct Made {
    pub(crate) instrument: Instrument,
    pub(crate) costs: Dated<Costs>,
    length_ns: i64,
    pub(crate) calendar: Option<CalendarName>,
    assumed: bool,
}

impl Setup {
    /// Looks everything up that the run file names.
    ///
    /// # Errors
    /// When the catalog, a series or a record is missing or broken, or a rule is impossible.
    pub fn new(run: &RunFile) -> Result<Self, Failure> {
        let catalog =
            Catalog::open(&run.data.catalog.path).map_err(|e| run.error_at("data.catalog", &e.to_string()))?;
        let mut setup = Self::empty();
        let (mut calendars, mut details, mut tickers) = (Vec::new(), Vec::new(), Vec::new());
        for (index, section) in run.instruments.iter().enumerate() {
            let key = format!("instruments.{index}");
            let wrong = |message: String| Failure::from(run.error_at(&format!("{key}.symbol"), &message));
            let records = catalog.instrument_records(&section.venue, &section.symbol)?;
            let made = make(run, section, &records).map_err(&wrong)?;
            if let Some(text) = costs::hopeless(&run.account, &made.costs) {
                return Err(run.error_at("account.leverage", &format!("{}: {text}", section.name())).into());
            }
            calendars.push(made.calendar);
            setup.assume(section, &made);
            let options = read_options(run, &made, run.instruments.len());
            let names = ticker_windows(&section.symbol, &records);
            let (reading, detail) = readings(&catalog, section, &names, options).map_err(|e| match e {
                Failure::Usage(text) => wrong(text),
                other => other,
            })?;
            if reading.larger.is_some() {
                let text = format!("its candles are made of the detail candles of {}", reading.series.name());
                setup.assumptions.push(Assumption { about: section.name(), text });
            }
            details.push(detail);
            tickers.push(names);
            setup.readings.push(reading);
            setup.instruments.push(made.instrument);
            setup.costs.push(made.costs);
        }
        let traded = calendars.iter().zip(&run.instruments).filter(|(_, section)| section.role.traded);
        (setup.periods_per_year, setup.days) = periods(&traded.map(|(calendar, _)| *calendar).collect::<Vec<_>>());
        setup.currencies = currencies::currencies(run, &setup.instruments)?;
        setup.assumptions.extend(currencies::assumptions(run, &setup.currencies));
        setup.include_warm_up(run)?;
        setup.include_detail(details);
        setup.tell_changes(run);
        setup.include_ticks(run, &catalog)?;
        setup.look_for_holdings(run, &catalog, &calendars, &tickers)?;
        setup.include_limits(run)?;
        setup.tell_what_was_seen(run);
        Ok(setup)
    }

    /// Nothing yet.
    pub(crate) fn empty() -> Self {
        Self {
            instruments: Vec::new(),
            currencies: Currencies::HOME,
            costs: Vec::new(),
            readings: Vec::new(),
            detail: None,
            ticks: Vec::new(),
            sessions: Vec::new(),
            carry: Vec::new(),
            limits: None,
            operators: Vec::new(),
            trades_from: Timestamp::MIN,
            periods_per_year: 365.0,
            days: Days::Every,
            assumptions: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn assume(&mut self, section: &InstrumentSection, made: &Made) {
        if made.assumed {
            let text = "assumed: multiplier 1, step 10^-8, no tick, lot or minimum, quoted in the account's currency";
            self.assumptions.push(Assumption { about: section.name(), text: text.into() });
        }
    }

    /// From the open of the first candle that may be traded on to just behind that of the last one.
    #[must_use]
    pub fn window(&self, run: &RunFile) -> (Timestamp, Timestamp) {
        let traded = self.readings.iter().map(|r| (r.options.from.max(r.series.first_open()), r.series.last_open()));
        let window = traded.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((Timestamp(0), Timestamp(0)));
        (window.0.max(self.trades_from), window.1.after(1).min(run.data.to.unwrap_or(Timestamp::MAX)))
    }

    /// Says where a policy of the run knows its candles from training.
    fn tell_what_was_seen(&mut self, run: &RunFile) {
        for text in seen_before(run, self) {
            self.assumptions.push(Assumption { about: "policy".into(), text: text.clone() });
            self.warnings.push(text);
        }
    }

    /// Says which costs change within the run.
    fn tell_changes(&mut self, run: &RunFile) {
        let window = self.window(run);
        for (section, costs) in run.instruments.iter().zip(&self.costs) {
            let text = costs::changes_text(costs, window);
            self.assumptions.extend(text.map(|text| Assumption { about: section.name(), text }));
        }
    }

    /// Looks up what happens to the holdings in the window that is read, warm-up included, and when the markets are open.
    fn look_for_holdings(
        &mut self,
        run: &RunFile,
        catalog: &Catalog,
        calendars: &[Option<CalendarName>],
        tickers: &[Vec<TickerWindow>],
    ) -> Result<(), Failure> {
        for (place, section) in run.instruments.iter().enumerate() {
            let Reading { series, options, .. } = &self.readings[place];
            let window = (options.from.max(series.first_open()), options.to.min(series.last_open().after(1)));
            self.sessions.push(sessions(calendars[place], window)?);
            let id = InstrumentId(u32::try_from(place).map_err(Failure::failed)?);
            self.include(renamings(section, id, &tickers[place], window));
            if run.data.actions {
                self.include(holdings(catalog, section, id, window)?);
            }
        }
        let (happenings, assumptions) = daily(run, self.window(run))?;
        self.carry.extend(happenings);
        self.assumptions.extend(assumptions);
        Ok(())
    }

    fn include(&mut self, found: Holdings) {
        self.carry.extend(found.carry);
        self.assumptions.extend(found.assumptions);
        self.warnings.extend(found.warnings);
    }

    /// Where any instrument has detail candles the venue sees those, and of the others the same as the core.
    fn include_detail(&mut self, details: Vec<Option<Reading>>) {
        if details.iter().all(Option::is_none) {
            return;
        }
        let with = |(core, detail): (&Reading, Option<Reading>)| match detail {
            Some(detail) => {
                let options = ReadOptions { from: core.options.from, ..detail.options };
                Reading { options, ..detail }
            }
            None => core.clone(),
        };
        self.detail = Some(self.readings.iter().zip(details).map(with).collect());
        let text = "orders meet the detail candles, and nothing trades where they have a gap";
        self.assumptions.push(Assumption { about: "detail".into(), text: text.into() });
    }

    /// Moves the start of reading back by the warm-up; what lies before `from` is seen and not traded.
    fn include_warm_up(&mut self, run: &RunFile) -> Result<(), Failure> {
        let count = run.data.warmup_candles as usize;
        if count == 0 {
            return Ok(());
        }
        let Some(from) = run.data.from else {
            return Err(run.error_at("data.warmup_candles", "a warm-up lies before `from`, which is not set").into());
        };
        self.trades_from = from;
        for Reading { series, options, larger } in &mut self.readings {
            let count = larger.map_or(count, |larger| count * (larger.0 / options.length_ns) as usize);
            if series.first_open() >= from {
                self.warnings.push(format!("{} has no candles before `from` to warm up on", series.name()));
                continue;
            }
            let before = ReadOptions { from: Timestamp::MIN, to: from, ..*options };
            let mut reader = CandleReader::new(series, before)?;
            let (mut opens, mut block) = (VecDeque::with_capacity(count + 1), Vec::new());
            while reader.read_block(&mut block)? {
                for candle in &block {
                    opens.push_back(candle.open_time);
                    if opens.len() > count {
                        opens.pop_front();
                    }
                }
            }
            if opens.len() < count {
                self.warnings.push(format!(
                    "{} has only {} of {count} candles to warm up on",
                    series.name(),
                    opens.len()
                ));
            }
            options.from = opens.front().copied().unwrap_or(from);
        }
        Ok(())
    }
}

pub(crate) fn make(run: &RunFile, section: &InstrumentSection, records: &[InstrumentRecord]) -> Result<Made, String> {
    let last = records.last();
    let quote = match (section.role.quote, last.and_then(|r| r.quote.as_deref())) {
        (Some(quote), _) => quote,
        (None, Some(code)) => code.parse::<Currency>()?,
        (None, None) => run.account.currency,
    };
    let price_scale = section.price_scale.or_else(|| last?.price_scale()).unwrap_or(SCALE);
    let qty_scale = section.quantity_scale.or_else(|| last?.qty_scale()).unwrap_or(SCALE);
    let multiplier = section.multiplier.or_else(|| last?.multiplier).unwrap_or(Decimal::ONE);
    let specs = specs(section, records, price_scale, qty_scale)?;
    let instrument = Instrument::new(section.name(), quote, (price_scale, qty_scale), multiplier, specs);
    let costs = costs::costs(run, section, records)?;
    let session = section.session.map(|s| s.0).or_else(|| last?.session_ns);
    let length_ns = match session {
        Some(session) if section.interval == engine::Interval::DAY => session,
        _ => section.interval.0,
    };
    let calendar = section.calendar.or_else(|| last?.calendar);
    Ok(Made {
        instrument: instrument.map_err(|e| e.to_string())?,
        costs,
        length_ns,
        calendar,
        assumed: records.is_empty(),
    })
}

/// The dated rules, each overridden by what the run file sets.
fn specs(
    section: &InstrumentSection,
    records: &[InstrumentRecord],
    price_scale: u8,
    qty_scale: u8,
) -> Result<Dated<Spec>, String> {
    let dated = |record: Option<&InstrumentRecord>| -> Result<Spec, String> {
        let tick = section.tick.or_else(|| record?.tick);
        let lot = section.lot.or_else(|| record?.lot);
        let minimum = match (section.min_notional, record.and_then(|r| r.min_notional)) {
            (Some(own), _) => own,
            (None, Some(decimal)) => {
                Money::from_decimal(decimal).map_err(|e| format!("min_notional {decimal}: {e}"))?
            }
            (None, None) => Money::ZERO,
        };
        Ok(Spec {
            tick: Price(steps("tick", tick, price_scale)?),
            lot: Qty(steps("lot", lot, qty_scale)?),
            min_notional: minimum,
        })
    };
    let from = |record: &InstrumentRecord| Ok((record.from, dated(Some(record))?));
    let known = Dated::new(records.iter().map(from).collect::<Result<_, String>>()?);
    known.map_or_else(|| Ok(Dated::always(dated(None)?)), Ok)
}

/// A tick or lot in steps; one step where there is none.
fn steps(what: &str, value: Option<Decimal>, scale: u8) -> Result<i64, String> {
    let Some(value) = value.map(|v| v.normalize()) else { return Ok(1) };
    let shift = u32::from(scale).checked_sub(value.scale());
    let steps = shift.and_then(|s| value.mantissa().checked_mul(10_i128.pow(s))).and_then(|s| i64::try_from(s).ok());
    steps.ok_or_else(|| format!("{what} {value} is finer than the instrument's step of {scale} decimal places"))
}

fn read_options(run: &RunFile, made: &Made, sources: usize) -> ReadOptions {
    ReadOptions {
        from: run.data.from.unwrap_or(Timestamp::MIN),
        to: run.data.to.unwrap_or(Timestamp::MAX),
        length_ns: made.length_ns,
        price_scale: made.instrument.price_scale,
        qty_scale: made.instrument.qty_scale,
        // Many sources share one budget of memory; one source reads in blocks that fit the second-level cache.
        block_rows: (65_536 / sources.max(1)).clamp(512, 8_192),
        fingerprint: false,
    }
}

/// Periods per year: a run with any continuous market has 365, else the sessions of its calendar.
pub(crate) fn periods(calendars: &[Option<CalendarName>]) -> (f64, Days) {
    let mut sessions: Option<f64> = None;
    for calendar in calendars {
        let Some(calendar) = calendar.filter(|calendar| !calendar.never_closes()) else {
            return (365.0, Days::Every);
        };
        let year = f64::from(calendar.periods_per_year());
        sessions = Some(sessions.map_or(year, |s| s.max(year)));
    }
    sessions.map_or((365.0, Days::Every), |s| (s, Days::Marked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendars_of_a_run_decide_its_periods() {
        let check = |names: &[&str], expected: (f64, Days)| {
            let found = |name: &&str| CalendarName::find(name).ok();
            let calendars: Vec<_> = names.iter().map(found).collect();
            assert_eq!(periods(&calendars), expected, "{names:?}");
        };
        check(&[], (365.0, Days::Every));
        check(&["24/7"], (365.0, Days::Every));
        check(&["XNYS"], (252.0, Days::Marked));
        check(&["24x5"], (260.0, Days::Marked));
        check(&["24/5"], (260.0, Days::Marked));
        check(&["XTKS"], (245.0, Days::Marked));
        check(&["XNAS", "XLON"], (253.0, Days::Marked));
        check(&["XLON", "24/7"], (365.0, Days::Every));
        assert_eq!(periods(&[CalendarName::find("XHKG").ok(), None]), (365.0, Days::Every));
    }
}
