//! An ensemble with one member is that member: same orders, same fills, same money, on made-up candles.
use crate::market::{Market, Outcome};
use engine::{Carry, InstrumentId, Price, Timestamp};
use strategies::Registry;

/// Everything that came of it, but for the notes.
fn facts(outcome: &Outcome) -> impl PartialEq + std::fmt::Debug {
    let (books, counters) = (&outcome.state.books, &outcome.state.counters);
    let held: Vec<_> = books.positions().map(|position| position.quantity).collect();
    let money = (books.cash(), books.equity(), books.fees());
    let counts = (counters.submits, counters.fills, outcome.round_trips, outcome.refused.clone());
    (money, held, counts, outcome.fills.clone())
}

fn check(market: &Market, member: &str, given: &str, own: &str) {
    let (name, _) = member.split_once(' ').unwrap_or((member, ""));
    let alone = market.run_named(name, &format!("{given} {}", &member[name.len()..]));
    let ensemble = format!("{given} {own} members={}", member.replace(' ', "_"));
    let together = market.run_named("ensemble", &ensemble);
    assert!(alone.state.counters.fills > 0, "{member} did nothing");
    assert_eq!(facts(&together), facts(&alone), "{ensemble}");
    assert_ne!(together.notes, "", "{ensemble}");
}

/// Each with what the ensemble has to be told to be like it.
const MEMBERS: [(&str, &str); 10] = [
    ("ema-cross", ""),
    ("ema-cross fast=10 slow=30 short=true", "short=true threshold=1"),
    ("ema-cross rebalance=true", "rebalance=true mode=proportional"),
    ("donchian-breakout", "threshold=0.0001"),
    ("donchian-breakout entry=55 exit=20 short=true", "short=true"),
    ("bollinger-reversion short=true", "short=true mode=proportional"),
    ("buy-and-hold", ""),
    ("flip", ""),
    ("flip", "mode=proportional"),
    ("momentum-rotation lookback=60 every=30", ""),
];

#[test]
fn an_ensemble_of_one_trades_as_its_member_does() {
    let (one, two) = (Market::of_bars(&[7], 4_000, 8), Market::of_bars(&[7, 8], 4_000, 8));
    for (member, own) in MEMBERS {
        // A share of equity is split by `buy-and-hold`, which names one size for all of its instruments.
        check(&two, member, "size=1", own);
        if member != "buy-and-hold" {
            check(&two, member, "size=30%", own);
        }
        if !member.starts_with("momentum-rotation") {
            check(&one, member, "size=60%", own);
        }
    }
    for entry in Registry::builtin().entries() {
        let tried = MEMBERS.iter().any(|(member, _)| member.split(' ').next() == Some(entry.name));
        assert!(
            tried || ["bracket-breakout", "grid", "ensemble"].contains(&entry.name),
            "`{}` was not tried as a member",
            entry.name
        );
    }
}

#[test]
fn an_ensemble_of_one_warms_up_as_its_member_does() {
    let mut market = Market::of_bars(&[7, 8], 2_000, 8);
    market.trades_from = market.candles[0][777].open_time;
    for (member, own) in MEMBERS {
        check(&market, member, "size=1", own);
    }
}

#[test]
fn an_ensemble_of_one_goes_through_a_split_as_its_member_does() {
    let mut market = Market::of_bars(&[7, 8], 3_000, 8);
    for (at, instrument, new, old) in [(600, 0, 3, 1), (1_200, 1, 2, 7), (1_201, 1, 5, 1), (2_000, 0, 1, 3)] {
        let before = market.candles[instrument as usize][at];
        let split = Carry::Split { instrument: InstrumentId(instrument), new, old, mark: Price(before.close.0) };
        market.carry.push((Timestamp(before.known_time.0 + 1), split));
    }
    for (member, own) in MEMBERS {
        check(&market, member, "size=1", own);
    }
}
