//! All metrics of one run, from what its recorders hold.
use super::daily::{BASIS as RETURNS, Days, daily_returns};
use super::drawdown::Drawdown;
use super::metric::{Metric, MetricSet};
use super::{deflated, distribution, drawdown, growth, quotient, ratios, trades};
use crate::curve::Curve;
use crate::round_trips::RoundTrip;
use engine::Money;

const TRIPS: &str = "round trips, net";
/// What opens and closes between two marks is not seen.
const EXPOSURE: &str = "nanoseconds, by positions at marks only";
const INSTANTS: &str = "all marks";
/// Why growth was not made yearly.
pub(crate) const TOO_SHORT: &str = "less than 30 days, too short for a year";

/// The trials that a deflated Sharpe ratio is deflated by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trials {
    /// How many were tried, this one included.
    pub count: usize,
    /// The variance of their Sharpe ratios, per day.
    pub variance: f64,
}

/// What the metrics of a run are made of.
#[derive(Clone, Copy, Debug)]
pub struct RunFigures<'a> {
    /// The finished equity curve.
    pub curve: &'a Curve,
    /// The closed round trips.
    pub round_trips: &'a [RoundTrip],
    /// The sum of the notional of all fills.
    pub traded: Money,
    /// 365, or the sessions of the calendar.
    pub periods_per_year: f64,
    /// Which days count: every one for continuous markets.
    pub days: Days,
    /// What was tried before; without it there is no `dsr`.
    pub trials: Option<Trials>,
}

impl RunFigures<'_> {
    /// The daily returns, the first from the initial cash.
    #[must_use]
    pub fn daily_returns(&self) -> Vec<f64> {
        daily_returns(self.curve.initial.to_f64(), &self.curve.daily_f64(), self.days)
    }
}

/// Measures a run.
#[must_use]
pub fn measure(run: &RunFigures<'_>) -> MetricSet {
    let returns = run.daily_returns();
    let mut set = MetricSet::new();
    of_returns(&mut set, &returns, run.periods_per_year);
    of_shape(&mut set, &returns);
    of_curve(&mut set, run, returns.len());
    of_drawdowns(&mut set, run.curve);
    of_trades(&mut set, run.round_trips);
    of_record(&mut set, &returns, run.trials);
    set
}

fn put(set: &mut MetricSet, name: &str, metric: Metric) {
    set.insert(name.to_owned(), metric);
}

fn of_returns(set: &mut MetricSet, returns: &[f64], periods: f64) {
    let n = returns.len();
    let mut yearly = |name: &str, value: Option<f64>, formula: &'static str| {
        put(set, name, Metric::plain(value, formula, RETURNS, n).per_year(periods));
    };
    yearly("sharpe", ratios::sharpe(returns, periods), "sharpe/mean-over-std-ddof1");
    yearly("sharpe_lo", ratios::sharpe_lo(returns, periods), "sharpe/lo-2002-ar1");
    yearly("sortino", ratios::sortino(returns, periods), "sortino/mean-over-downside-all-n");
    yearly("volatility", growth::volatility(returns, periods), "volatility/std-ddof1-sqrt-periods");
    yearly("downside_deviation", growth::downside_deviation(returns, periods), "downside/rms-below-0-all-n");
}

fn of_shape(set: &mut MetricSet, returns: &[f64]) {
    let n = returns.len();
    let sorted = distribution::sorted(returns);
    let mut plain = |name: &str, value: Option<f64>, formula: &'static str| {
        put(set, name, Metric::plain(value, formula, RETURNS, n));
    };
    let share = |keeps: fn(f64) -> bool| quotient(returns.iter().filter(|r| keeps(**r)).count() as f64, n as f64);
    plain("omega", ratios::omega(returns, 0.0), "omega/threshold-0");
    plain("skew", distribution::skew(returns), "skew/moment-biased");
    plain("kurtosis", distribution::kurtosis(returns), "kurtosis/raw-moment-biased");
    plain("var_95", distribution::var_95(&sorted), "var/historical-5pct-linear");
    plain("cvar_95", distribution::cvar_95(&sorted), "cvar/mean-of-lowest-5pct");
    plain("var_95_cf", distribution::var_95_cornish_fisher(returns), "var/cornish-fisher-5pct");
    plain("tail_ratio", distribution::tail_ratio(&sorted), "tail/q95-over-q05");
    plain("stability", growth::stability(returns), "stability/r2-of-cumulated-log-returns");
    plain("best_day", sorted.last().copied(), "day/best-return");
    plain("worst_day", sorted.first().copied(), "day/worst-return");
    plain("positive_days", share(|r| r > 0.0), "day/share-above-0");
    plain("mean_daily_return", super::mean(returns), "day/mean-return");
    plain("autocorrelation", ratios::autocorrelation(returns), "autocorrelation/lag-1");
    plain("ulcer", drawdown::ulcer(returns), "ulcer/rms-depth-all-n");
}

fn of_curve(set: &mut MetricSet, run: &RunFigures<'_>, n: usize) {
    let curve = run.curve;
    let years = growth::years(curve.start.0, curve.end.0);
    let total = quotient(curve.last_equity.to_f64(), curve.initial.to_f64());
    let enough = growth::is_long_enough(years);
    let cagr = total.filter(|_| enough).and_then(|total| growth::annual_growth(total, years));
    let (marks, instants) = if enough { ("first to last mark", INSTANTS) } else { (TOO_SHORT, TOO_SHORT) };
    let depth = curve.max_drawdown();
    put(set, "total_return", Metric::plain(total.map(|t| t - 1.0), "return/final-over-initial", INSTANTS, curve.marks));
    put(set, "cagr", Metric::plain(cagr, "cagr/calendar-365.2425d", marks, n));
    put(
        set,
        "calmar",
        Metric::plain(ratios::calmar(cagr, depth), "calmar/cagr-over-max-drawdown", instants, curve.marks),
    );
    put(set, "max_drawdown", Metric::plain(Some(depth), "drawdown/fraction-of-running-peak", INSTANTS, curve.marks));
    put(set, "exposure", Metric::plain(curve.exposure_share(), "exposure/time-in-market", EXPOSURE, curve.marks));
    let sides = run.traded.to_f64() / 2.0;
    let turnover = curve.average_equity().and_then(|mean| quotient(quotient(sides, mean)?, years));
    put(
        set,
        "turnover",
        Metric::plain(turnover, "turnover/half-notional-over-mean-equity-per-year", "fills", curve.marks),
    );
    put(set, "years", Metric::plain(Some(years), "years/calendar-365.2425d", "first to last mark", n));
}

fn of_drawdowns(set: &mut MetricSet, curve: &Curve) {
    let n = curve.marks;
    let worst = curve.drawdowns.first();
    let mut days = |name: &str, value: Option<f64>, formula: &'static str| {
        put(set, name, Metric::plain(value, formula, "days, all marks", n));
    };
    days("drawdown_peak_to_trough_days", worst.map(Drawdown::days_falling), "drawdown/worst-peak-to-trough");
    days(
        "drawdown_trough_to_recovery_days",
        worst.and_then(Drawdown::days_rising),
        "drawdown/worst-trough-to-recovery",
    );
    days("drawdown_peak_to_recovery_days", worst.and_then(Drawdown::days_under), "drawdown/worst-peak-to-recovery");
    days("drawdown_longest_days", Some(curve.longest_under_days()), "drawdown/longest-below-peak-open-included");
    days("drawdown_current_days", Some(curve.current_under_days()), "drawdown/below-peak-at-end");
}

fn of_trades(set: &mut MetricSet, round_trips: &[RoundTrip]) {
    let results: Vec<f64> = round_trips.iter().map(|trip| trip.net.to_f64()).collect();
    let tally = trades::Tally::of(&results);
    let n = tally.n;
    let held: Vec<f64> = round_trips.iter().map(|t| drawdown::days(t.entry_time, t.exit_time)).collect();
    let mut plain = |name: &str, value: Option<f64>, formula: &'static str| {
        put(set, name, Metric::plain(value, formula, TRIPS, n));
    };
    plain("profit_factor", tally.profit_factor(), "profit-factor/won-over-lost");
    plain("expectancy", trades::expectancy(&results), "expectancy/mean-money");
    plain("expectancy_ratio", tally.expectancy_ratio(), "expectancy/win-rate-payoff-less-loss-rate");
    plain("sqn", trades::system_quality(&results, 100), "sqn/money-n-capped-100");
    plain("sqn_uncapped", trades::system_quality(&results, usize::MAX), "sqn/money-uncapped");
    plain("win_rate", tally.win_rate(), "win-rate/net-above-0");
    plain("winning_trips", Some(tally.wins as f64), "count/net-above-0");
    plain("losing_trips", Some(tally.losses as f64), "count/net-below-0");
    plain("average_win", tally.average_win(), "average/net-above-0");
    plain("average_loss", tally.average_loss(), "average/net-below-0");
    plain("payoff", tally.payoff(), "payoff/average-win-over-average-loss");
    plain("best_trip", results.iter().copied().reduce(f64::max), "trip/best-net");
    plain("worst_trip", results.iter().copied().reduce(f64::min), "trip/worst-net");
    plain("longest_winning_run", Some(trades::longest_run(&results, |r| r > 0.0) as f64), "run/net-above-0");
    plain("longest_losing_run", Some(trades::longest_run(&results, |r| r < 0.0) as f64), "run/net-below-0");
    plain("average_trip_days", super::mean(&held), "duration/mean-days");
}

fn of_record(set: &mut MetricSet, returns: &[f64], trials: Option<Trials>) {
    let n = returns.len();
    let record = deflated::Record::of(returns);
    let psr = record.and_then(|r| r.probabilistic(0.0));
    put(set, "psr", Metric::plain(psr, "psr/bailey-lopez-2012-vs-0-raw-kurtosis", RETURNS, n));
    let error = record.and_then(|r| r.error());
    put(set, "sharpe_error", Metric::plain(error, "sharpe/standard-error-per-day", RETURNS, n));
    let needed = record.filter(|r| r.sharpe > 0.0).and_then(|r| r.length_needed(0.0, 0.95));
    put(set, "min_track_record_days", Metric::plain(needed, "mintrl/95pct-vs-0", RETURNS, n));
    if let Some(trials) = trials {
        let dsr = record.and_then(|r| r.deflated(trials.count as f64, trials.variance));
        put(set, "dsr", Metric::plain(dsr, "dsr/bailey-lopez-2014-raw-kurtosis", RETURNS, n));
        let count = Some(trials.count as f64);
        put(set, "trials", Metric::plain(count, "count/trial-ledger", "trials", trials.count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{EquityCurve, EquityPoint};
    use crate::metrics::testing::check;
    use engine::{Interval, Timestamp};

    fn money(units: i128) -> Money {
        Money(units * Money::ONE.0)
    }

    /// Three days that end at 110, 99 and 121, invested on the second.
    fn measured(trials: Option<Trials>) -> MetricSet {
        let mut curve = EquityCurve::new(Timestamp(0), money(100));
        for (hour, equity, exposure) in [(20, 110, 50), (44, 99, 0), (68, 121, 0)] {
            let (equity, exposure) = (money(equity), money(exposure));
            curve.push(EquityPoint { time: Timestamp(hour * Interval::HOUR.0), equity, cash: equity, exposure });
        }
        let curve = curve.finish();
        let traded = money(220);
        let days = Days::Every;
        measure(&RunFigures { curve: &curve, round_trips: &[], traded, periods_per_year: 365.0, days, trials })
    }

    #[test]
    fn a_run_is_measured_from_its_initial_cash_over_its_own_time() {
        let set = measured(None);
        let value = |name: &str| set[name].value;
        let years = 68.0 / 24.0 / 365.2425;
        check(value("total_return"), 0.21, 1e-15);
        for yearly in ["cagr", "calmar"] {
            assert_eq!((value(yearly), &*set[yearly].basis), (None, TOO_SHORT), "three days are no year");
        }
        check(value("max_drawdown"), 0.1, 1e-15);
        check(value("exposure"), 24.0 / 68.0, 1e-15);
        check(value("turnover"), 110.0 / 110.0 / years, 1e-9);
        check(value("worst_day"), -0.1, 1e-15);
        let returns = [0.1, -0.1, 121.0 / 99.0 - 1.0];
        check(value("sharpe"), ratios::sharpe(&returns, 365.0).unwrap(), 1e-12);
        assert_eq!((set["sharpe"].n, set["sharpe"].periods_per_year), (3, Some(365.0)));
        assert_eq!((set["win_rate"].value, set["win_rate"].n), (None, 0));
    }

    #[test]
    fn growth_is_made_yearly_from_thirty_days_on() {
        let grown = |ns: i64| {
            let mut curve = EquityCurve::new(Timestamp(0), money(100));
            for (time, equity) in [(1, 90), (ns, 121)] {
                let (time, equity) = (Timestamp(time), money(equity));
                curve.push(EquityPoint { time, equity, cash: equity, exposure: money(0) });
            }
            let (curve, days) = (curve.finish(), Days::Every);
            let traded = money(0);
            measure(&RunFigures {
                curve: &curve,
                round_trips: &[],
                traded,
                periods_per_year: 365.0,
                days,
                trials: None,
            })
        };
        let (month, value) = (30 * Interval::DAY.0, |set: &MetricSet, name: &str| set[name].value);
        let long = grown(month);
        let growth = libm::pow(1.21, 365.2425 / 30.0) - 1.0;
        check(value(&long, "cagr"), growth, 1e-6);
        check(value(&long, "calmar"), growth / 0.1, 1e-5);
        assert_eq!(&*long["cagr"].basis, "first to last mark");
        let short = grown(month - 1_000_000_000);
        assert_eq!((value(&short, "cagr"), value(&short, "calmar")), (None, None));
        assert!(value(&short, "total_return").is_some());
    }

    #[test]
    fn every_promised_metric_is_there_and_the_deflated_ratio_only_with_trials() {
        let names = "sharpe sharpe_lo sortino cagr calmar volatility max_drawdown profit_factor expectancy win_rate var_95 \
                     cvar_95 var_95_cf ulcer tail_ratio exposure turnover psr omega skew kurtosis sqn sqn_uncapped";
        let set = measured(None);
        for name in names.split_whitespace() {
            assert!(set.contains_key(name), "{name}");
        }
        assert!(!set.contains_key("dsr"));
        let deflated = measured(Some(Trials { count: 50, variance: 0.01 }));
        assert!(deflated["dsr"].value < deflated["psr"].value);
    }
}
