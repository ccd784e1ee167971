//! From what a recorder kept to the report. It reads the record and changes nothing.
use super::coverage::coverage;
use super::forecast::{Forecast, LEAST, WINDOW, forecasts};
use super::recorder::{Held, RiskRecorder, RiskSettings, Tally, Used};
use super::report::{
    Exceedance, Exposure, LimitRow, MethodRow, PositionRow, RefusalRow, RiskReport, UsePoint, ValueAtRisk, VarBacktest,
};
use super::stress::{Prices, StressResult, between, shocked, worst_window};
use crate::calendar;
use crate::metrics::{Days, daily_returns};
use engine::value_at_risk::{
    Covariance, Draws, Drift, Returns, TailLoss, decompose_historical, decompose_parametric, monte_carlo,
};
use engine::{Interval, Timestamp};

/// Points that the use of a limit is thinned to.
const POINTS: usize = 240;
/// Days that are drawn.
const DRAWS: usize = 10_000;
/// Exceedances that are named.
const WORST: usize = 10;

pub(super) fn report(kept: &RiskRecorder, settings: &RiskSettings) -> RiskReport {
    let flat = kept.now.gross == 0.0;
    let held = if flat { &kept.largest } else { &kept.now };
    let exposure = |name: &str, tally: &Tally| Exposure {
        name: name.to_owned(),
        average: if kept.marks > 0 { tally.sum / kept.marks as f64 } else { 0.0 },
        maximum: tally.largest,
        last: tally.last,
    };
    let each = |names: &[String], tallies: &[Tally]| {
        names.iter().zip(tallies).map(|(name, tally)| exposure(name, tally)).collect::<Vec<_>>()
    };
    RiskReport {
        limits: limits(kept),
        refusals: refusals(kept),
        value_at_risk: value_at_risk(kept, held, !flat, settings),
        backtest: backtest(kept, settings),
        stress: stress(kept, held, settings),
        exposure: each(&kept.names, &kept.by_instrument),
        currencies: each(&kept.currencies, &kept.by_currency),
        totals: vec![exposure("gross", &kept.gross), exposure("net", &kept.net)],
    }
}

fn limits(kept: &RiskRecorder) -> Vec<LimitRow> {
    let row = |(check, used): (&String, &Used)| LimitRow {
        check: check.clone(),
        limit: used.highest.unit.text(used.highest.limit),
        highest: used.highest.unit.text(used.highest.used),
        share: used.highest.share(),
        at: used.at,
        daily: thinned(&used.daily),
    };
    let mut rows: Vec<LimitRow> = kept.used.iter().map(row).collect();
    // Of equally used ones the name decides, as the map has them in order and the sort is stable.
    rows.sort_by(|a, b| b.share.total_cmp(&a.share));
    rows
}

/// The highest of each stretch of days.
fn thinned(daily: &[(i64, Timestamp, f64)]) -> Vec<UsePoint> {
    let parts = daily.len().min(POINTS);
    let highest = |part: usize| {
        let days = &daily[part * daily.len() / parts..(part + 1) * daily.len() / parts];
        days.iter().copied().reduce(|most, next| if next.2 > most.2 { next } else { most })
    };
    let point = |(_, time, share)| UsePoint { time, share };
    (0..parts).filter_map(highest).map(point).collect()
}

fn refusals(kept: &RiskRecorder) -> Vec<RefusalRow> {
    let mut rows: Vec<RefusalRow> = kept
        .refused
        .iter()
        .map(|(check, it)| RefusalRow {
            check: check.clone(),
            count: it.count,
            first: it.first,
            last: it.last,
            instrument: it.instrument.and_then(|place| kept.names.get(place)).cloned().unwrap_or_default(),
            limit: it.limit.to_string(),
            value: it.value.to_string(),
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    rows
}

/// Daily returns of the instruments at these places, from the day on which all of them have a price.
fn returns_of(kept: &RiskRecorder, places: &[usize]) -> Option<Returns> {
    let prices = Prices { instruments: kept.names.len(), rows: &kept.prices };
    let priced = |day: usize| places.iter().all(|i| kept.prices[day * prices.instruments + i] > 0.0);
    let first = (0..prices.days()).find(|day| priced(*day))?;
    let moves = (first + 1..prices.days()).flat_map(|day| places.iter().map(move |i| prices.moved(*i, day - 1, day)));
    Returns::new(places.len(), moves.collect()).ok().filter(|returns| returns.days() >= LEAST)
}

fn value_at_risk(kept: &RiskRecorder, held: &Held, at_end: bool, settings: &RiskSettings) -> Option<ValueAtRisk> {
    let places: Vec<usize> = (0..held.values.len()).filter(|i| held.values[*i] != 0.0).collect();
    let returns = returns_of(kept, &places)?;
    let values: Vec<f64> = places.iter().map(|i| held.values[*i]).collect();
    let (confidence, covariance) = (settings.confidence, Covariance::of(&returns));
    let past = decompose_historical(&values, &returns, confidence);
    let normal = decompose_parametric(&values, &covariance, Drift::Zero, confidence);
    let draws = Draws { count: DRAWS, seed: settings.seed };
    let drawn = monte_carlo(&values, &covariance, Drift::Zero, confidence, draws);
    let method = |method: &str, tail: TailLoss| MethodRow {
        method: method.to_owned(),
        value_at_risk: tail.value_at_risk,
        expected_shortfall: tail.expected_shortfall,
    };
    let position = |(place, (past, normal)): (usize, (&_, &_))| {
        let (past, normal): (&engine::value_at_risk::PositionRisk, &engine::value_at_risk::PositionRisk) =
            (past, normal);
        PositionRow {
            instrument: kept.names[places[place]].clone(),
            value: values[place],
            component: normal.component.value_at_risk,
            shortfall_component: past.component.expected_shortfall,
            incremental: past.incremental.value_at_risk,
        }
    };
    let pairs = past.positions.iter().zip(&normal.positions).enumerate();
    Some(ValueAtRisk {
        at: held.time?,
        at_end,
        confidence: confidence.share(),
        days: returns.days(),
        equity: held.equity,
        methods: vec![
            method("historical", past.whole),
            method("parametric", normal.whole),
            method("monte_carlo", drawn),
        ],
        positions: pairs.map(position).collect(),
    })
}

fn backtest(kept: &RiskRecorder, settings: &RiskSettings) -> Option<VarBacktest> {
    let marks: Vec<(i64, f64)> = kept.days.iter().map(|end| (end.day, end.equity)).collect();
    let returns = daily_returns(settings.initial.to_f64(), &marks, settings.days);
    let forecasts = forecasts(&returns, settings.confidence);
    let exceeded: Vec<bool> = forecasts.iter().map(Forecast::exceeded).collect();
    let coverage = coverage(&exceeded, 1.0 - settings.confidence.share())?;
    let end_of = |place: usize| match settings.days {
        Days::Marked => kept.days[place].time,
        Days::Every => Timestamp((kept.days[0].day + place as i64 + 1).saturating_mul(Interval::DAY.0)),
    };
    let beyond = forecasts.iter().filter(|forecast| forecast.exceeded());
    let exceedance =
        |it: &Forecast| Exceedance { time: end_of(it.day), value_at_risk: it.value_at_risk, loss: it.loss };
    let mut worst: Vec<Exceedance> = beyond.map(exceedance).collect();
    worst.sort_by(|a, b| b.loss.total_cmp(&a.loss));
    worst.truncate(WORST);
    Some(VarBacktest { confidence: settings.confidence.share(), window: WINDOW, coverage, worst })
}

fn stress(kept: &RiskRecorder, held: &Held, settings: &RiskSettings) -> Vec<StressResult> {
    if held.gross == 0.0 {
        return Vec::new();
    }
    let prices = Prices { instruments: kept.names.len(), rows: &kept.prices };
    let shocks = settings.scenarios.iter().map(|scenario| shocked(&held.values, &kept.names, scenario));
    let worst = |length: &usize| {
        let from = worst_window(&held.values, prices, *length)?;
        let date = |place: usize| {
            let (year, month, day) = calendar::date(kept.days[place].day);
            format!("{year:04}-{month:02}-{day:02}")
        };
        let days = if *length == 1 { "day".to_owned() } else { format!("{length} days") };
        let name = format!("worst {days}, {} to {}", date(from), date(from + length));
        Some(between(name, &held.values, prices, from, from + length))
    };
    shocks.chain(settings.windows.iter().filter_map(worst)).collect()
}
