//! The limits of a run file as the engine takes them: in its own units, and in the order in which they are asked.
use crate::failure::Failure;
use crate::run_file::{Act, LimitValue, RiskSection, RunFile};
use engine::risk::{Days, Limits, RiskCheck, Settings, all_limited};
use engine::value_at_risk::{Confidence, Draws, VarMethod, VarSettings};
use engine::{Check, Directive, Instrument, InstrumentId, OperatorEvent, Owner, Timestamp};
use rust_decimal::Decimal;

/// How many days a Monte Carlo draws: enough that the figure at 99 % moves by some per cent from seed to seed.
const DRAWS: usize = 5_000;

/// Limits and settings of a run with a `[risk]` section.
///
/// # Errors
/// When an amount is in another currency than the account's, or a quantity finer than its instrument's step.
pub(crate) fn limits(
    run: &RunFile,
    risk: &RiskSection,
    instruments: &[Instrument],
    days: Days,
) -> Result<(Limits, Settings), Failure> {
    let mut limits = Limits::none(instruments.len());
    let mut settings = Settings {
        cooldown_ns: risk.breaker_cooldown_ns,
        moving_candles: usize::try_from(risk.moving_collar_candles).unwrap_or_default(),
        flattens: risk.emergency_flatten,
        clips: risk.clips,
        days,
        var: VarSettings {
            method: match risk.var_method {
                "parametric" => VarMethod::Parametric,
                "monte-carlo" => VarMethod::MonteCarlo(Draws { count: DRAWS, seed: run.run.seed }),
                _ => VarMethod::Historical,
            },
            confidence: Confidence::from_ppm(risk.var_confidence_ppm).unwrap_or(Confidence::PERCENT_99),
            days: usize::try_from(risk.var_days).unwrap_or_default(),
        },
        ..Settings::default()
    };
    for line in &risk.limits {
        // What holds for all first, so that what holds for one instrument is not overwritten.
        let mut values: Vec<_> = line.values.iter().collect();
        values.sort_by_key(|(name, _)| name.is_some());
        for (name, value) in values {
            if let LimitValue::Rate(_, ns) = value {
                *window(&mut settings, line.check) = *ns;
            }
            for (id, instrument) in of(instruments, name.as_deref()) {
                let value = number(run, line.key, *value, instrument)?;
                limits.set(line.check, Some(id), value);
            }
        }
    }
    for name in &risk.restricted_instruments {
        of(instruments, Some(name)).for_each(|(id, _)| limits.set(Check::RestrictedInstruments, Some(id), Some(0)));
    }
    Ok((limits, settings))
}

fn window(settings: &mut Settings, check: Check) -> &mut i64 {
    match check {
        Check::OrderRate => &mut settings.orders_ns,
        Check::MessageRate => &mut settings.messages_ns,
        _ => &mut settings.repeats_ns,
    }
}

fn of<'a>(
    instruments: &'a [Instrument],
    name: Option<&'a str>,
) -> impl Iterator<Item = (InstrumentId, &'a Instrument)> {
    let all = (0..).map(InstrumentId).zip(instruments);
    all.filter(move |(_, instrument)| name.is_none_or(|name| instrument.name == name))
}

/// The checks of a run, in the order in which its limits stand.
#[must_use]
pub(crate) fn checks(risk: &RiskSection) -> Vec<Box<dyn RiskCheck + Send>> {
    let order: Vec<Check> = risk.limits.iter().map(|line| line.check).collect();
    all_limited(&order)
}

/// A limit in the unit of its check; `None` where it is off.
fn number(run: &RunFile, key: &str, value: LimitValue, instrument: &Instrument) -> Result<Option<i128>, Failure> {
    let refuse = |message: String| Failure::from(run.error_at(&format!("risk.{key}"), &message));
    Ok(Some(match value {
        LimitValue::Off => return Ok(None),
        LimitValue::Refuse => 0,
        LimitValue::Ppm(ppm) => i128::from(ppm),
        LimitValue::Count(count) | LimitValue::Rate(count, _) => i128::from(count),
        LimitValue::Duration(ns) => i128::from(ns),
        LimitValue::Money(money, currency) if currency == run.account.currency => money.0,
        LimitValue::Money(_, currency) => {
            let own = run.account.currency;
            return Err(refuse(format!("limits are in the account's currency, {own}, not in {currency}")));
        }
        LimitValue::Quantity(quantity) => {
            let steps = quantity.checked_mul(Decimal::from(10_i64.pow(u32::from(instrument.qty_scale))));
            let whole = steps.filter(Decimal::is_integer).and_then(|steps| i128::try_from(steps).ok());
            whole.ok_or_else(|| {
                let (name, places) = (&instrument.name, instrument.qty_scale);
                refuse(format!("{quantity} is finer than a step of {name}, which has {places} decimal places"))
            })?
        }
    }))
}

/// What people do during a run, at its times.
///
/// # Errors
/// As for [`limits`], and when a strategy is named that the run does not have.
pub(crate) fn operators(
    run: &RunFile,
    instruments: &[Instrument],
) -> Result<Vec<(Timestamp, &'static OperatorEvent)>, Failure> {
    let one = |(place, section): (usize, &crate::run_file::OperatorSection)| {
        let directive = match &section.act {
            Act::Limit(key, instrument, value) => {
                let found = of(instruments, instrument.as_deref()).next();
                let (id, first) = found.ok_or_else(|| Failure::usage("a run trades something".to_string()))?;
                let value = number(run, key, *value, first)?;
                Directive::Limit { check: check_of(key), instrument: instrument.as_ref().map(|_| id), value }
            }
            Act::Reset(key, strategy) => {
                let owner = owner(run, place, strategy.as_deref())?;
                Directive::Reset { check: check_of(key), owner }
            }
            Act::Trading(to) => Directive::Trading(*to),
            Act::Close => Directive::Close,
            Act::Alert(number, step) => Directive::Alert { number: *number, step: *step },
        };
        let (who, approver, why) = (section.who.clone(), section.approver.clone(), section.why.clone());
        Ok((section.at, OperatorEvent { who, approver, why, directive }.kept()))
    };
    run.operators.iter().enumerate().map(one).collect()
}

fn check_of(key: &str) -> Check {
    crate::run_file::limit_check(key).expect("the run file knows its limits")
}

fn owner(run: &RunFile, place: usize, name: Option<&str>) -> Result<Owner, Failure> {
    let Some(name) = name else { return Ok(Owner::NONE) };
    let seats = run.strategies.iter().filter_map(|strategy| strategy.seat.as_ref());
    let found = seats.zip(1..).find(|(seat, _)| seat.name == name).map(|(_, number)| Owner(number));
    let message = format!("no strategy of this run is called `{name}`");
    found.ok_or_else(|| Failure::from(run.error_at(&format!("operators.{place}.strategy"), &message)))
}
