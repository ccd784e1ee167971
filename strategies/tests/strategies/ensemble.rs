//! Votes that can be counted by hand: who said what, what was held, and what the tape says about it.
//!
//! Fills read as in `scripted.rs`. A note carries the minute at which it was written, which is that of the close.
use crate::market::{MINUTE_NS, Market};
use engine::{Event, InstrumentId, Intents, MarketEvent, Qty, Size, Spec, Strategy, TimerId, Timestamp, View};
use expect_test::{Expect, expect};
use strategies::{Ensemble, EnsembleRules, Member, Mode};

/// Says one letter at each close: `+` long, `0` flat, `-` short, `.` nothing. `@` asks to be woken behind the candles of the
/// instant, and says the next letter then.
struct Voice {
    letters: Vec<u8>,
    seen: usize,
}

impl Voice {
    fn speak(letter: u8, view: View<'_>, out: &mut Intents) {
        let asset = InstrumentId(0);
        match letter {
            b'+' => out.target(asset, Qty(1)),
            b'0' => out.target(asset, Qty(0)),
            b'-' => out.target(asset, Qty(-1)),
            b'@' => out.wake(TimerId(0), view.now()),
            _ => {}
        }
    }
}

impl Strategy for Voice {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let candle = matches!(event, Event::Market(MarketEvent::Candle(_)));
        if candle || *event == Event::Timer(TimerId(0)) {
            let letter = self.letters.get(self.seen).copied().unwrap_or(b'.');
            self.seen += 1;
            Self::speak(letter, view, out);
        }
    }
}

const RULES: EnsembleRules = EnsembleRules {
    threshold_bps: 5_000,
    mode: Mode::Vote,
    size: Size::Units(10_000_000_000),
    short: false,
    rebalance: false,
};

/// An ensemble of voices, each with its weight in tenths of a thousandth.
fn ensemble(voices: &[(&str, i64)], rules: EnsembleRules) -> Ensemble {
    let member = |(letters, weight_bps): &(&str, i64)| {
        let strategy = Box::new(Voice { letters: letters.bytes().collect(), seen: 0 });
        Member { strategy, weight_bps: *weight_bps }
    };
    Ensemble::new(&[InstrumentId(0)], voices.iter().map(member).collect(), rules)
}

/// What came of the votes, on closes of 10 that never move.
fn fills(voices: &[(&str, i64)], rules: EnsembleRules) -> String {
    Market::of_closes(&[&[10; 9]]).run(ensemble(voices, rules)).fills
}

#[test]
fn the_vote_is_the_weighted_mean_of_the_last_targets() {
    // The signals stand until the next letter, so that 4 votes are cast as 1, 2, 4, 3, 1, -4, -3, 2.
    let voices = [("+++0--.+", 10_000), (".++.0-0+", 10_000), (".0+.+--0", 20_000)];
    let short = EnsembleRules { short: true, ..RULES };
    let check = |rules, expected: Expect| expected.assert_eq(&fills(&voices, rules));
    check(
        RULES,
        expect![[r#"
            2 A buy 10 @ 10
            5 A sell 10 @ 10
            8 A buy 10 @ 10
        "#]],
    );
    check(
        short,
        expect![[r#"
            2 A buy 10 @ 10
            5 A sell 10 @ 10
            6 A sell 10 @ 10
            8 A buy 20 @ 10
        "#]],
    );
    check(
        EnsembleRules { mode: Mode::Proportional, ..short },
        expect![[r#"
            2 A buy 5 @ 10
            3 A buy 5 @ 10
            4 A sell 2.5 @ 10
            5 A sell 7.5 @ 10
            6 A sell 10 @ 10
            7 A buy 2.5 @ 10
            8 A buy 12.5 @ 10
        "#]],
    );
}

#[test]
fn a_vote_that_meets_the_threshold_exactly_is_enough() {
    let check = |voices: &[(&str, i64)], threshold_bps, expected: &str| {
        let rules = EnsembleRules { threshold_bps, short: true, ..RULES };
        let text = fills(voices, rules);
        let sides: Vec<&str> = text.lines().map(|line| line.split(' ').nth(2).expect("a side")).collect();
        assert_eq!(sides.join(" "), expected, "{voices:?} {threshold_bps}");
    };
    for (letter, side) in [("+", "buy"), ("-", "sell")] {
        check(&[(letter, 10_000), ("0", 10_000)], 5_000, side);
        check(&[(letter, 10_000), ("0", 10_000)], 5_001, "");
        check(&[(letter, 3_333), (".", 6_667)], 3_333, side);
        check(&[(letter, 3_333), (".", 6_667)], 3_334, "");
        // One third is above 0.3333 and below 0.3334.
        check(&[(letter, 10_000), (".", 10_000), (".", 10_000)], 3_333, side);
        check(&[(letter, 10_000), (".", 10_000), (".", 10_000)], 3_334, "");
        check(&[(letter, 1), (letter, 10_000_000)], 10_000, side);
        check(&[(".", 1), (letter, 10_000_000)], 10_000, "");
        check(&[(letter, 1), (".", 9_999)], 1, side);
        check(&[(letter, 1), (".", 10_000)], 1, "");
    }
    check(&[("+", 10_000), ("-", 10_000)], 1, "");
}

#[test]
fn a_part_of_the_size_is_floored_to_the_lot_once() {
    // 27.5% of 10,000 are 275 units at 10. Three quarters of them are 206.25, and of the 250 in whole lots only 187.5.
    let mut market = Market::of_closes(&[&[10; 4]]);
    market.spec = Spec { lot: Qty(50_00000000), ..Spec::FREE };
    let rules = EnsembleRules { mode: Mode::Proportional, size: Size::Equity { ppm: 275_000 }, ..RULES };
    let outcome = market.run(ensemble(&[("+++", 30_000), ("0+0", 10_000)], rules));
    expect![[r#"
        1 A buy 200 @ 10
        2 A buy 50 @ 10
        3 A sell 50 @ 10
    "#]]
    .assert_eq(&outcome.fills);
}

/// Notes, then fills.
fn check_story(market: &Market, voices: &[(&str, i64)], rules: EnsembleRules, expected: &Expect) {
    let outcome = market.run(ensemble(voices, rules));
    expected.assert_eq(&format!("{}{}", outcome.notes, outcome.fills));
}

#[test]
fn a_decision_is_explained_when_it_changes_and_only_then() {
    // 2.5 votes are cast as 1, 2.5, 2.5, 1.5, 1.5, -0.5; the fourth moves the vote and not the decision.
    let voices = [("+++0.+", 10_000), (".+...-", 15_000)];
    let market = Market::of_closes(&[&[10; 7]]);
    check_story(
        &market,
        &voices,
        RULES,
        &expect![[r#"
            2 note A: member 1 is long, weight 1
            2 note A: member 2 is long, weight 1.5
            2 note A: the vote is 2.5 of 2.5
            6 note A: member 1 is long, weight 1
            6 note A: member 2 is short, weight 1.5
            6 note A: the vote is -0.5 of 2.5
            2 A buy 10 @ 10
            6 A sell 10 @ 10
        "#]],
    );
    // Where the position follows the vote, that is a decision too.
    check_story(
        &market,
        &voices,
        EnsembleRules { mode: Mode::Proportional, ..RULES },
        &expect![[r#"
            2 note A: member 1 is long, weight 1
            2 note A: member 2 is long, weight 1.5
            2 note A: the vote is 2.5 of 2.5
            4 note A: member 1 is flat, weight 1
            4 note A: member 2 is long, weight 1.5
            4 note A: the vote is 1.5 of 2.5
            6 note A: member 1 is long, weight 1
            6 note A: member 2 is short, weight 1.5
            6 note A: the vote is -0.5 of 2.5
            2 A buy 10 @ 10
            4 A sell 4 @ 10
            6 A sell 6 @ 10
        "#]],
    );
}

#[test]
fn a_decision_of_the_warm_up_is_explained_at_the_first_candle_that_trades() {
    let mut market = Market::of_closes(&[&[10; 6]]);
    market.trades_from = Timestamp(3 * MINUTE_NS);
    check_story(
        &market,
        &[("+++++", 10_000)],
        RULES,
        &expect![[r#"
            4 note A: member 1 is long, weight 1
            4 note A: the vote is 1 of 1
            4 A buy 10 @ 10
        "#]],
    );
}

#[test]
fn the_vote_waits_for_a_member_that_wants_to_see_the_whole_instant() {
    // At the second close the second member leaves before the first, woken behind the candles, has entered. A vote between
    // the two would sell and buy again.
    let market = Market::of_closes(&[&[10; 4]]);
    check_story(
        &market,
        &[("@0@+", 10_000), ("+0", 10_000)],
        RULES,
        &expect![[r#"
            1 note A: member 1 is flat, weight 1
            1 note A: member 2 is long, weight 1
            1 note A: the vote is 1 of 2
            1 A buy 10 @ 10
        "#]],
    );
}

#[test]
fn two_members_with_a_timer_of_the_same_number_have_two_timers() {
    let rules = EnsembleRules { threshold_bps: 10_000, ..RULES };
    let voices = [("@+@0@+", 10_000), ("@+@+@+", 10_000)];
    expect![[r#"
        1 A buy 10 @ 10
        2 A sell 10 @ 10
        3 A buy 10 @ 10
    "#]]
    .assert_eq(&fills(&voices, rules));
}

#[test]
fn members_of_the_registry_are_weighed_with_the_weights_they_were_given() {
    // With `fast=1 slow=2` the average of two is crossed upwards by the second, third and last close; `buy-and-hold` is
    // always long.
    let market = Market::of_closes(&[&[10, 20, 30, 20, 10, 10, 20, 20]]);
    let check = |given: &str, expected: Expect| {
        let outcome = market.run_named("ensemble", &format!("size=10 members=ema-cross_fast=1_slow=2;{given}"));
        expected.assert_eq(&outcome.fills);
    };
    check(
        "buy-and-hold threshold=0.6",
        expect![[r#"
        2 A buy 10 @ 20
        4 A sell 10 @ 20
        7 A buy 10 @ 20
    "#]],
    );
    check(
        "buy-and-hold_weight=2 threshold=0.6",
        expect![[r#"
        1 A buy 10 @ 10
    "#]],
    );
    check(
        "buy-and-hold mode=proportional",
        expect![[r#"
        1 A buy 5 @ 10
        2 A buy 5 @ 20
        4 A sell 5 @ 20
        7 A buy 5 @ 20
    "#]],
    );
}

#[test]
fn two_runs_of_an_ensemble_decide_the_same_to_the_byte() {
    let members = "ema-cross_short=true;momentum-rotation_every=2_weight=0.7;bollinger-reversion";
    let given = format!("size=10% mode=proportional threshold=0.2 short=true members={members}");
    let run = || Market::of_bars(&[3, 4, 5], 3_000, 8).run_named("ensemble", &given);
    let (one, other) = (run(), run());
    assert!(one.state.counters.fills > 100 && !one.notes.is_empty());
    assert_eq!((one.digest, one.notes, one.fills), (other.digest, other.notes, other.fills));
}
