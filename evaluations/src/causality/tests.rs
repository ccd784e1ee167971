//! Tests of the checks on deciders that are honest, look ahead, or never forget.
use super::*;
use engine::Price;

const MINUTE: i64 = 60_000_000_000;

fn market() -> Market {
    let mut rng = Rng::stream(3, "test market");
    let mut price = 1_000_000_i64;
    let candle = |place: i64| {
        let open = price;
        price += rng.below(20_001) as i64 - 10_000;
        let (high, low) = (open.max(price) + 500, open.min(price) - 500);
        let (open_time, known_time) = (Timestamp(place * MINUTE), Timestamp((place + 1) * MINUTE));
        let [open, high, low, close] = [open, high, low, price].map(Price);
        Candle { open_time, known_time, open, high, low, close, volume: 1_000 }
    };
    vec![(0..400).map(candle).collect()]
}

/// A decider as a function from the candles and a place to what is decided there.
struct Rule(fn(&[Candle], usize) -> Option<Decision>);

impl Subject for Rule {
    type Error = std::convert::Infallible;

    fn decisions(&self, market: &Market) -> Result<Vec<Decision>, Self::Error> {
        Ok((0..market[0].len()).filter_map(|place| (self.0)(&market[0], place)).collect())
    }
}

fn decide(at: Timestamp, rises: bool) -> Option<Decision> {
    Some(Decision { at, what: if rises { "buy" } else { "sell" }.into() })
}

#[test]
fn an_honest_decider_passes_and_ones_that_look_ahead_are_named_with_their_first_decision() {
    let check = |rule: fn(&[Candle], usize) -> Option<Decision>, kinds: &[CutKind]| {
        let found = causality(&Rule(rule), &market(), Timestamp(0), 20, 7).unwrap_or_else(|never| match never {});
        let caught = |kind: &CutKind| found.cuts.iter().any(|cut| cut.cut.kind == *kind && cut.first.is_some());
        let all = [CutKind::Ended, CutKind::OtherFuture, CutKind::OtherCandle];
        assert_eq!(all.into_iter().filter(caught).collect::<Vec<_>>(), kinds);
        assert_eq!(found.holds(), kinds.is_empty());
        assert_eq!((found.decisions > 300, found.cuts.len()), (true, 60));
    };
    check(|c, i| decide(c[i].known_time, c[i].close > c[i.saturating_sub(9)].close), &[]);
    // One candle early.
    check(
        |c, i| decide(c[i].known_time, c.get(i + 1).unwrap_or(&c[i]).close > c[i].close),
        &[CutKind::Ended, CutKind::OtherFuture, CutKind::OtherCandle],
    );
    // By the last of all candles, wherever that lies.
    check(
        |c, i| decide(c[i].known_time, c[c.len() - 1].close > c[i].close),
        &[CutKind::Ended, CutKind::OtherFuture, CutKind::OtherCandle],
    );
    // What is decided at the close is said to have been done at the open of the same candle.
    check(|c, i| decide(c[i].open_time, c[i].close > c[i].open), &[CutKind::OtherCandle]);
}

#[test]
fn a_decider_that_says_nothing_on_data_that_end_is_caught() {
    let rule = |c: &[Candle], i: usize| (c.len() == 400).then(|| decide(c[i].known_time, true)).flatten();
    let found = causality(&Rule(rule), &market(), Timestamp(0), 5, 7).unwrap_or_else(|never| match never {});
    let first = found.first().and_then(|cut| cut.first.clone()).expect("a difference");
    assert_eq!((first.number, first.other), (0, None));
}

#[test]
fn nothing_decided_shows_nothing() {
    let found = causality(&Rule(|_, _| None), &market(), Timestamp(0), 5, 7).unwrap_or_else(|never| match never {});
    assert!(!found.holds() && found.first().is_none());
}

#[test]
fn another_future_is_made_of_valid_candles_and_the_past_stays() {
    let (whole, at) = (market(), Timestamp(200 * MINUTE));
    for kind in [CutKind::OtherFuture, CutKind::OtherCandle] {
        let other = altered(&whole, Cut { at, kind }, 1);
        assert_eq!(other[0][..200], whole[0][..200]);
        let changed = whole[0][200..].iter().zip(&other[0][200..]).filter(|(a, b)| a.close != b.close).count();
        assert_eq!((other[0].len(), changed > 195), (400, true));
        for (old, new) in whole[0].iter().zip(other[0].iter()) {
            assert_eq!((old.open_time, old.known_time), (new.open_time, new.known_time));
            assert!(new.low <= new.open.min(new.close) && new.high >= new.open.max(new.close) && new.low.0 > 0);
        }
        assert_eq!(other[0][200].open == whole[0][200].open, kind == CutKind::OtherCandle);
        assert_eq!(other, altered(&whole, Cut { at, kind }, 1), "the same cut is the same future");
    }
    assert_eq!(altered(&whole, Cut { at, kind: CutKind::Ended }, 1)[0].len(), 200);
}

/// Decides by what lies so many candles back.
struct Looks {
    back: usize,
}

impl History for Looks {
    type Error = std::convert::Infallible;

    fn decisions_after(&self, start: Timestamp, candles: usize) -> Result<Vec<Decision>, Self::Error> {
        let all = &market()[0];
        let first = all.partition_point(|candle| candle.open_time < start);
        let seen = first.saturating_sub(candles);
        let rises = |place: usize| all[place].close > all[place.saturating_sub(self.back).max(seen)].close;
        Ok((first..all.len()).filter_map(|place| decide(all[place].known_time, rises(place))).collect())
    }
}

#[test]
fn too_short_a_history_is_told_with_how_much_is_enough() {
    let starts = [Timestamp(300 * MINUTE), Timestamp(350 * MINUTE)];
    let check = |back: usize, loaded: usize, holds: bool, enough: Option<usize>| {
        let found = warm_up(&Looks { back }, &starts, loaded, 250).unwrap_or_else(|never| match never {});
        assert_eq!((found.holds(), found.enough()), (holds, enough), "{back} {loaded}: {found:?}");
    };
    check(20, 20, true, Some(20));
    check(20, 10, false, Some(20));
    check(20, 80, true, Some(40));
    check(240, 20, false, None);
    // What is as long as the longest shows nothing.
    check(20, 250, false, Some(125));
}
