//! Look-ahead: planted bugs are caught, each with the first decision that hung on the future; honest strategies raise no alarm.
use crate::onetape::project;
use crate::policy_samples::{plain, recurrent};
use engine::{Candle, Event, InstrumentId, Intents, MarketEvent, Qty, Size, Strategy, Timestamp, View};
use evaluations::causality::{Causality, CutKind, Decision, Market, Subject, causality};
use evaluations::sweep::Parameters;
use onetape::evaluation::{Decider, decisions};
use onetape::failure::Failure;
use onetape::run_file::RunFile;
use onetape::shared_run::{Case, SharedRun};

const RUN: &str = "examples/btc-ema-cross.toml";
const ASSET: InstrumentId = InstrumentId(0);

fn run(file: &str, set: &[&str]) -> SharedRun {
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    let config = RunFile::load(&project().join(file), &set).expect("a run file");
    SharedRun::load(config).expect("candles")
}

/// Part of the first example: a year and a half of four-hour candles.
fn part() -> SharedRun {
    run(RUN, &["data.from=\"2020-01-01\"", "data.to=\"2021-07-01\""])
}

/// From all closes to a signal for each.
type Rule = fn(&[f64]) -> Vec<bool>;

/// Holds one unit where its signal says so: one answer for each candle, worked out before the run on all the data it could find.
struct Planned(Vec<bool>, usize);

impl Strategy for Planned {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(_)) = event else { return };
        let long = self.0.get(self.1).copied().unwrap_or(false);
        self.1 += 1;
        out.target(ASSET, if long { view.quantity(ASSET, Size::Units(1_000_000_000)) } else { Qty::ZERO });
    }
}

/// A strategy that works its signals out before the run, as whoever reads the whole file first can.
struct Cheat<'a> {
    run: &'a SharedRun,
    signals: Rule,
}

impl Subject for Cheat<'_> {
    type Error = Failure;

    fn decisions(&self, market: &Market) -> Result<Vec<Decision>, Failure> {
        let closes: Vec<f64> = market[0].iter().map(|candle| candle.close.0 as f64).collect();
        let case = Case { candles: Some(market.clone()), ..Case::default() };
        decisions(self.run, Planned((self.signals)(&closes), 0), &case)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// A signal for each candle.
fn each(closes: &[f64], signal: impl Fn(usize) -> bool) -> Vec<bool> {
    (0..closes.len()).map(signal).collect()
}

/// Nine bugs, as they are found in the wild: what they are called, and what they do.
const BUGS: [(&str, Rule); 9] = [
    ("an indicator that is shifted by one candle", |c| {
        each(c, |i| mean(&c[i.saturating_sub(3)..(i + 2).min(c.len())]) > mean(&c[i.saturating_sub(9)..=i]))
    }),
    ("a centred average", |c| each(c, |i| c[i] > mean(&c[i.saturating_sub(5)..(i + 6).min(c.len())]))),
    ("a day's close that is known at its open", |c| {
        each(c, |i| {
            let day = i / 6;
            c[(day * 6 + 5).min(c.len() - 1)] > c[(day * 6).saturating_sub(1)]
        })
    }),
    ("a normaliser that was fitted to all the data", |c| {
        let middle = mean(c);
        let spread = mean(&c.iter().map(|v| (v - middle).abs()).collect::<Vec<_>>());
        each(c, |i| (c[i] - middle) / spread > 0.25)
    }),
    ("the target among the features", |c| each(c, |i| c.get(i + 4).is_some_and(|later| *later > c[i]))),
    ("a threshold that is a quantile of all the data", |c| {
        let mut sorted = c.to_vec();
        sorted.sort_by(f64::total_cmp);
        let threshold = sorted[sorted.len() * 3 / 5];
        each(c, |i| c[i] < threshold)
    }),
    ("a hole that is filled with what came after it", |c| {
        // Every ninth value is said to be missing.
        each(c, |i| {
            if i % 9 == 4 { c.get(i + 1).copied().unwrap_or(c[i]) > c[i - 1] } else { c[i] > c[i.saturating_sub(1)] }
        })
    }),
    ("a low that is marked where it lies and not where it is seen", |c| {
        each(c, |i| (1..4).all(|n| c.get(i + n).is_none_or(|later| *later > c[i]) && c[i.saturating_sub(n)] >= c[i]))
    }),
    ("a parameter that was chosen on all the data", |c| {
        let gain = |length: usize| {
            (length..c.len() - 1).filter(|i| c[*i] > c[i - length]).map(|i| c[i + 1] / c[i] - 1.0).sum::<f64>()
        };
        let best = (2..40).max_by(|a, b| gain(*a).total_cmp(&gain(*b))).unwrap_or(2);
        each(c, |i| c[i] > c[i.saturating_sub(best)])
    }),
];

/// The tenth: an honest signal whose fills are said to have been had at the open of the candle that gave it.
struct SameCandle;

impl Subject for SameCandle {
    type Error = Failure;

    fn decisions(&self, market: &Market) -> Result<Vec<Decision>, Failure> {
        let filled = |pair: &[Candle]| {
            let (before, now) = (&pair[0], &pair[1]);
            let what = format!("fill at {}", now.open.0);
            (now.close > before.close).then_some(Decision { at: now.open_time, what })
        };
        Ok(market[0].windows(2).filter_map(filled).collect())
    }
}

fn look<S: Subject<Error = Failure>>(subject: &S, run: &SharedRun, instants: usize) -> Causality {
    causality(subject, &run.candles, Timestamp::MIN, instants, 7).expect("it runs")
}

#[test]
fn ten_planted_bugs_are_all_caught() {
    let run = part();
    for (name, signals) in BUGS {
        let found = look(&Cheat { run: &run, signals }, &run, 12);
        let first = found.first().and_then(|cut| cut.first.as_ref());
        assert!(!found.holds() && first.is_some_and(|it| it.whole != it.other), "{name}: {found:?}");
    }
    let found = look(&SameCandle, &run, 12);
    let first = found.first().expect("the tenth: fills in the candle that led to them");
    assert_eq!(first.cut.kind, CutKind::OtherCandle, "nothing else shows it");
}

#[test]
fn what_is_compared_are_orders_and_fills_with_the_instants_that_they_claim() {
    let run = part();
    let all =
        decisions(&run, run.strategy(&Parameters::new()).expect("a strategy"), &Case::default()).expect("it runs");
    let fills: Vec<&Decision> = all.iter().filter(|it| it.what.starts_with("fill of order")).collect();
    assert_eq!(fills.len() as u64, run.run(&Case::default()).expect("it runs").summary.fills);
    // It decides at a close and is filled at the next open, which is the same instant.
    let opens: std::collections::BTreeSet<Timestamp> = run.candles[0].iter().map(|candle| candle.open_time).collect();
    assert!(fills.len() > 20 && fills.iter().all(|it| opens.contains(&it.at)), "{fills:?}");
    assert!(all.len() >= 2 * fills.len(), "orders stand beside their fills");
}

#[test]
fn the_same_rules_without_the_bug_raise_no_alarm() {
    let run = part();
    let honest: [Rule; 4] = [
        |c| each(c, |i| mean(&c[i.saturating_sub(3)..=i]) > mean(&c[i.saturating_sub(9)..=i])),
        |c| each(c, |i| c[i] > mean(&c[..=i])),
        |c| each(c, |i| c[(i / 6 * 6).saturating_sub(1)] > c[(i / 6 * 6).saturating_sub(7)]),
        |c| each(c, |i| (1..4).all(|n| c[i.saturating_sub(n)] >= c[i])),
    ];
    for (place, signals) in honest.into_iter().enumerate() {
        let found = look(&Cheat { run: &run, signals }, &run, 8);
        assert!(found.holds(), "rule {place}: {:?}", found.first());
    }
}

/// Strategies of the house, with their run files; policies, several on one account, ticks and detail candles among them.
const HONEST: [(&str, &[&str]); 20] = [
    ("btc-ema-cross", &["data.from=\"2023-01-01\""]),
    ("btc-ema-cross", &["data.from=\"2023-01-01\"", "strategy.fast=5", "strategy.slow=200"]),
    ("btc-ema-cross", &["data.from=\"2023-01-01\"", "strategy.short=true"]),
    ("btc-ema-cross", &["data.from=\"2023-01-01\"", "execution.latency_ms=500"]),
    ("btc-donchian", &[]),
    ("btc-ensemble", &[]),
    ("btc-grid", &[]),
    ("btc-daily-loss", &[]),
    ("btc-emergency-stop", &[]),
    ("btc-every-limit", &[]),
    ("btc-hour-on-minutes", &[]),
    ("btc-paper", &[]),
    ("btc-alpaca", &[]),
    ("btc-perp-funding", &[]),
    ("btc-perp-isolated", &[]),
    ("btc-ticks", &[]),
    ("aapl-bracket", &[]),
    ("eurusd-bollinger", &[]),
    ("three-on-one-account", &[]),
    ("us-equities-rotation", &[]),
];

#[test]
fn twenty_honest_strategies_raise_no_alarm() {
    for (name, set) in HONEST {
        let run = run(&format!("examples/{name}.toml"), set);
        let found = look(&Decider { run: &run, parameters: Parameters::new() }, &run, 4);
        assert!(found.holds(), "{name} {set:?}: {:?}", found.first());
    }
}

#[test]
fn policies_raise_no_alarm_whatever_they_remember() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, policy) in [("plain", plain(1)), ("memory", recurrent(2))] {
        let path = folder.path().join(format!("{name}.policy"));
        policy.save(&path).expect("a policy");
        let text = format!(
            "[data]\ncatalog = \"{}\"\nfrom = \"2023-01-01\"\nto = \"2023-06-01\"\n[[instruments]]\nvenue = \"coinbase\"\n\
             symbol = \"BTCUSD\"\ninterval = \"4h\"\n[account]\ncash = \"100000 USD\"\n[strategy]\nkind = \"policy\"\n\
             policy = \"{}\"\nsize = \"50%\"\nruntime = \"portable\"\n",
            project().join("datasets/sample").display(),
            path.display()
        );
        let config = RunFile::parse(&text, name, folder.path(), &[]).expect("a run file").with_policies();
        let run = SharedRun::load(config).expect("candles");
        let found = look(&Decider { run: &run, parameters: Parameters::new() }, &run, 6);
        assert!(found.holds() && found.decisions > 100, "{name}: {:?}", found.first());
    }
}
