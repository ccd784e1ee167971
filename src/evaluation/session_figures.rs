//! From what a session's tape shows to the figures that gates compare.
use super::figures::Figures;
use super::session::SessionSeen;
use evaluations::evidence::Figure;
use evaluations::statistics::intervals::{IntervalSettings, intervals};

/// The file that shows them.
const FILE: &str = "session.json";
/// Resamples of the interval.
const RESAMPLES: usize = 2_000;

/// The figures of a session.
#[must_use]
pub fn session_figures(seen: &SessionSeen, seed: u64) -> Figures {
    let days = seen.returns.len() as u64;
    let figure =
        |value: Option<f64>, n: u64, formula: &str, basis: &str| Figure::new(value, n, formula, basis).shown_by(FILE);
    let share = (seen.orders > 0).then(|| seen.rejected as f64 / seen.orders as f64);
    let replayed = f64::from(u8::from(seen.difference.is_none()));
    let mut same = figure(Some(replayed), seen.steps, "replay/every-decision", "steps of the tape");
    if let Some(text) = &seen.difference {
        same = same.noted(text.lines().next().unwrap_or_default());
    }
    let lower = sharpe_lower(seen, seed);
    // Nothing that differs is no gap, however few the days.
    let mut parity = figure(
        seen.parity_gap,
        days,
        "mean-difference-over-its-error",
        "daily returns beside the engine's on the same candles",
    );
    if seen.parity_gap.is_none() {
        parity = parity.noted("too few days to compare");
    }
    let latency = figure(
        seen.latency_p99_us,
        seen.steps,
        "99th-percentile",
        "from a candle's close to its step, by the session's clock",
    );
    let all = [
        ("days", figure(Some(seen.days), days, "elapsed", "from the first candle to the last step")),
        ("round_trips", figure(Some(seen.round_trips as f64), seen.round_trips, "count", "round trips, closed")),
        ("parity_gap", parity),
        (
            "slippage_bps",
            figure(seen.slippage_bps, seen.fills, "mean-by-notional", "fills against the last price at the decision"),
        ),
        ("rejected_share", figure(share, seen.orders, "share", "orders that the venue refused")),
        (
            "stale_minutes_per_day",
            figure(
                Some(seen.stale_minutes_per_day),
                seen.steps,
                "minutes-a-day",
                "without fresh data or news of our orders",
            ),
        ),
        (
            "risk_breaches",
            figure(Some(seen.risk_breaches as f64), seen.steps, "count", "limits that were crossed or stopped trading"),
        ),
        ("latency_p99_us", latency),
        ("replayed", same),
        ("max_drawdown", figure(Some(seen.max_drawdown), seen.steps, "max_drawdown/peak", "all marks")),
        ("sharpe_lower", lower),
        (
            "unexplained_differences",
            figure(Some(seen.unexplained as f64), seen.steps, "count", "reports that cannot be"),
        ),
    ];
    all.into_iter().map(|(name, figure)| (name.to_string(), figure)).collect()
}

/// The lower end of the interval of the Sharpe ratio.
fn sharpe_lower(seen: &SessionSeen, seed: u64) -> Figure {
    let periods_per_year = seen.periods_per_year;
    let settings = IntervalSettings { level: 0.95, resamples: RESAMPLES, mean_length: None, periods_per_year, seed };
    let found = intervals(&seen.returns, settings);
    let lower = found.as_ref().ok().and_then(|it| it.by_name.get("sharpe")?.lower);
    let (formula, basis) = ("bca/stationary-bootstrap-95", "daily returns of the session");
    let figure = Figure::new(lower, seen.returns.len() as u64, formula, basis).shown_by(FILE);
    match found {
        Ok(_) => figure,
        Err(why) => figure.noted(why.to_string()),
    }
}
