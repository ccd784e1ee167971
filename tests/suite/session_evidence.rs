//! The evidence of a session: what its tape shows beside the engine on the same candles, and how what its strategies see is distributed.
use crate::onetape::{Desk, project};
use crate::policy_samples::plain;
use crate::venue_process::Venue;
use evaluations::watch::{Bins, Conditions, Expectation, ExpectationSettings, Finding, Signal, Watched};
use onetape::evaluation::{SessionSeen, session_seen, watched};
use std::collections::BTreeMap;

const SMALL: &str = "--set evaluation.paths=100 --set evaluation.resamples=100 --set evaluation.simulations=2 --set evaluation.cuts=2 \
                     --set evaluation.windows=2 --set evaluation.train_windows=1";
const HAND: &str = "[strategy]\nkind = \"ema-cross\"\nfast = 5\nslow = 20\nsize = \"0.5\"\n";
const BOTH: &str = "[[strategies]]\nname = \"learnt\"\nkind = \"policy\"\npolicy = \"drawn.policy\"\nsize = \"50%\"\nruntime = \"portable\"\n\
    [[strategies]]\nname = \"hand\"\nkind = \"ema-cross\"\nfast = 5\nslow = 20\nsize = \"20%\"\n";
const RETURNS: &str = "coinbase:BTCUSD returns 1";
/// What a strategy without a policy is watched by.
const PLAIN: [&str; 3] = ["coinbase:BTCUSD range", RETURNS, "coinbase:BTCUSD volume 32"];

/// A desk with a run of these strategies on Bitcoin's candles of four hours.
fn desk(strategies: &str) -> Desk {
    let desk = Desk::new();
    let catalog = project().join("datasets/sample").display().to_string();
    let text = format!(
        "[run]\nname = \"seen\"\nseed = 7\n[data]\ncatalog = \"{catalog}\"\nfrom = \"2022-01-01\"\nwarmup_candles = 60\n\
         [[instruments]]\nvenue = \"coinbase\"\nsymbol = \"BTCUSD\"\ninterval = \"4h\"\nlive = \"bingx:BTC-USD\"\n\
         [account]\ncash = \"100000 USD\"\n[risk]\nallowed_instruments = [\"coinbase:BTCUSD\"]\n{strategies}"
    );
    desk.write("run.toml", &text);
    desk
}

/// The distributions in the evidence of an evaluation of 2022.
fn evaluated(desk: &Desk) -> BTreeMap<String, Bins> {
    desk.say(&format!("--json evaluate run.toml --set data.to=2023-01-01 {SMALL} --out evidence")).json();
    let text = std::fs::read_to_string(desk.path("evidence/features.json")).expect("distributions");
    serde_json::from_str(&text).expect("distributions")
}

#[test]
fn what_policies_and_others_see_of_a_market_is_in_the_evidence() {
    let desk = desk(BOTH);
    plain(1).save(&desk.path("drawn.policy")).expect("a policy");
    let found = evaluated(&desk);
    // The position is the policy's own doing, and of the last returns the newest is new.
    let mut names = PLAIN.to_vec();
    names.insert(2, "coinbase:BTCUSD returns 8");
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), names);
    let values = |bins: &Bins| bins.days.iter().flatten().sum::<u64>();
    for (name, bins) in &found {
        assert_eq!((bins.edges.len(), bins.days.len(), values(bins)), (9, 365, 365 * 6), "{name}");
    }
    assert_eq!(found[RETURNS], found["coinbase:BTCUSD returns 8"]);
}

/// Holds a session against these distributions.
fn features(seen: &SessionSeen, features: BTreeMap<String, Bins>) -> Vec<Signal> {
    let settings = ExpectationSettings { paths: 50, days: 60, mean_length: None, seed: 1 };
    let expected =
        Expectation { features, ..Expectation::of_returns(vec![0.01, -0.01, 0.002], settings).expect("few") };
    let signals = watched(seen, &expected, &Conditions::default()).expect("it can be assessed");
    signals.into_iter().filter(|it| it.watched == Watched::Features).collect()
}

/// Forty days on paper over the candles of 2023, in seconds, and what their tape shows.
fn session(desk: &Desk, words: &str) -> SessionSeen {
    let run = std::fs::read_to_string(desk.path("run.toml")).expect("a run");
    desk.write("session.toml", &run.replace("2022-01", "2023-01"));
    let venue = Venue::of(&["bingx", &desk.path("session.toml").display().to_string(), "--speed", "200000"]);
    let line =
        format!("--json paper session.toml --endpoint {} --out session --until 2023-02-10{words}", venue.endpoint);
    assert!(desk.say(&line).json()["candles"].as_u64() > Some(180));
    session_seen(&desk.path("session")).expect("its tape")
}

#[test]
fn the_figures_of_a_session_are_those_of_the_engine_on_the_same_candles() {
    let desk = desk(&format!("{HAND}[execution]\ntaker_fee_bps = 5\nslippage_bps = 20\n"));
    let seen = session(&desk, "");
    assert!(seen.difference.is_none() && seen.orders > 4, "{seen:?}");
    assert_eq!((seen.orders, seen.rejected, seen.risk_breaches, seen.unexplained), (seen.fills, 0, 0, 0));
    // It is long or flat, and each order turns it.
    assert_eq!(seen.round_trips, seen.orders / 2);
    assert!((25.0..=41.0).contains(&seen.days) && seen.returns.len() >= 25, "{seen:?}");
    // What is filled just behind midnight is of the next day here, and of the day that ends in the engine: that alone differs.
    assert_eq!(seen.engine_return, seen.total_return);
    assert!(seen.parity_gap.is_some_and(|it| it < 0.05), "{:?}", seen.parity_gap);
    // An open is next to the close before it, and fills lie twenty basis points beside it, against the account.
    assert!(seen.slippage_bps.is_some_and(|it| (18.0..22.0).contains(&it)), "{:?}", seen.slippage_bps);
}

#[test]
fn a_limit_that_was_crossed_in_a_session_stands_in_its_evidence() {
    let desk = desk(HAND);
    let seen = session(&desk, " --set risk.daily_loss_limit_pct=0.2");
    assert!(seen.risk_breaches > 0, "{seen:?}");
    let evidence = desk.say("--json evaluate session --out evidence").json();
    assert_eq!(evidence["figures"]["risk_breaches"]["value"].as_f64(), Some(seen.risk_breaches as f64), "{evidence}");
}

#[test]
fn a_session_is_held_against_what_its_evidence_saw() {
    let desk = desk(HAND);
    let expected = evaluated(&desk);
    let seen = session(&desk, "");
    let signals = features(&seen, expected.clone());
    let subjects: Vec<_> = signals.iter().filter_map(|it| it.subject.as_deref()).collect();
    assert_eq!(subjects, PLAIN);
    assert!(signals.iter().all(|it| it.finding == Finding::Within), "{signals:#?}");
    // A market in which prices had moved by a twentieth of it.
    let mut quiet = expected;
    quiet.get_mut(RETURNS).expect("it is there").edges.iter_mut().for_each(|edge| *edge /= 20.0);
    let of = |it: &Signal| (it.subject.clone().unwrap_or_default(), it.finding);
    let beyond: Vec<_> = features(&seen, quiet).iter().map(of).filter(|it| it.1 == Finding::Beyond).collect();
    assert_eq!(beyond, [(RETURNS.to_string(), Finding::Beyond)]);
}
