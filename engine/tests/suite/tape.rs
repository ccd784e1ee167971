//! Damage of every kind to a small tape: flipped bits, cuts, and whole groups taken out, swapped or doubled.
use crate::language::{PRICE_SCALE, Scene, venue};
use crate::scene::{core, feed, instruments};
use engine::tape::{
    CandleRef, CandlesOnTape, Header, Kind, MemoryTape, RecordSource, Recorded, TapeJournal, TapeReader, Verifying,
};
use engine::{Effect, Entry, Journal, SharedCandles, Simulated, State, Timestamp, run};
use std::convert::Infallible;

/// A journal that writes nothing.
pub(crate) struct Quiet;

impl Journal for Quiet {
    type Error = Infallible;
    fn append(&mut self, _: &Entry) -> Result<(), Infallible> {
        Ok(())
    }
    fn commit(&mut self, _: &Entry, _: &[Effect], _: &State) -> Result<(), Infallible> {
        Ok(())
    }
    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A run with something of everything.
pub(crate) const BUSY: &str =
    "cash 5000 | fee 5 bps | candle 100 110 90 105 | buy 2 market | wake 1 at 2h | buy 1 limit 99
    candle 104 108 98.5 101 | amend 2 qty 2 | sell 1 stop 95 | buy 90 market | on timer 1: sell 1 limit 120
    candle 101 104 94 96 | cancel 4 | target -1 | candle 96 97 92 93 | cancel 9 | candle 93 94 90 91";

/// The tape of a scenario, and the digest of its run.
pub(crate) fn record(scene: &Scene, candles: CandlesOnTape) -> (Vec<u8>, [u8; 32]) {
    let mut header = Header::default();
    header.set("name", "a small run");
    let mut journal = TapeJournal::new(MemoryTape::default(), &header, candles);
    let venue = venue(scene, instruments(scene));
    let mut world = Simulated::new(feed(scene), venue, scene.latency, scene.stocks.len()).with_seed(scene.seed);
    run(&mut core(scene), &mut world, &mut journal).expect("memory cannot fail");
    let digest = journal.digest();
    let candle = &scene.stocks[0].candles;
    let reference = CandleRef {
        instrument: 0,
        file: "candles/v/A/1h.parquet".into(),
        row_group: 0,
        first_row: 0,
        rows: candle.len() as u64,
        first_open: Timestamp(0),
        digest: [7; 32],
    };
    let references = if candles == CandlesOnTape::Referenced { vec![reference] } else { Vec::new() };
    (journal.seal(&references).expect("memory cannot fail").0, digest)
}

/// Whether a tape reads to its end without a complaint.
fn reads(tape: &[u8]) -> bool {
    let mut reader = TapeReader::new(tape);
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// The tape in its groups; the header stands in the first.
fn groups(tape: &[u8]) -> Vec<&[u8]> {
    let (mut groups, mut start, mut at) = (Vec::new(), 0, 0);
    while at < tape.len() {
        let length = u32::from_le_bytes(tape[at..at + 4].try_into().expect("four bytes")) as usize;
        let kind = tape[at + 4];
        at += 4 + length;
        if kind == Kind::Group as u8 {
            groups.push(&tape[start..at]);
            start = at;
        }
    }
    assert_eq!(start, tape.len(), "a tape ends with a group");
    groups
}

#[test]
fn every_flipped_bit_of_a_tape_is_found() {
    for candles in [CandlesOnTape::Recorded, CandlesOnTape::Referenced] {
        let (mut tape, _) = record(&Scene::parse(BUSY), candles);
        assert!(reads(&tape) && (1_500..8_000).contains(&tape.len()), "{} bytes", tape.len());
        for bit in 0..tape.len() * 8 {
            tape[bit / 8] ^= 1 << (bit % 8);
            assert!(!reads(&tape), "bit {} of byte {} was flipped unseen", bit % 8, bit / 8);
            tape[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn every_cut_of_a_tape_is_found() {
    let (tape, _) = record(&Scene::parse(BUSY), CandlesOnTape::Recorded);
    for length in 0..tape.len() {
        assert!(!reads(&tape[..length]), "a tape cut to {length} bytes read to its end");
    }
    for more in [&tape[..], &tape[tape.len() - 100..], &[0], &[0; 64]] {
        assert!(!reads(&[&tape[..], more].concat()), "bytes behind the end");
    }
}

#[test]
fn groups_taken_out_swapped_or_doubled_are_found() {
    // Long enough for several groups.
    let candles = "candle 100 101 99 100 | target 1 | candle 100 101 99 100 | target 0 | ".repeat(600);
    let (tape, _) = record(&Scene::parse(candles.trim_end_matches([' ', '|'])), CandlesOnTape::Recorded);
    let whole = groups(&tape);
    assert!(whole.len() >= 4, "only {} groups", whole.len());
    assert!(reads(&whole.concat()));
    for place in 0..whole.len() {
        let mut without = whole.clone();
        without.remove(place);
        assert!(!reads(&without.concat()), "group {place} was taken out unseen");
        let mut doubled = whole.clone();
        doubled.insert(place, whole[place]);
        assert!(!reads(&doubled.concat()), "group {place} was doubled unseen");
        for other in 0..place {
            let mut swapped = whole.clone();
            swapped.swap(place, other);
            assert!(!reads(&swapped.concat()), "groups {other} and {place} were swapped unseen");
        }
    }
}

#[test]
fn a_group_of_another_tape_is_found() {
    let candles =
        |n: &str| format!("candle 100 101 99 100 | target {n} | candle 100 101 99 100 | target 0 | ").repeat(600);
    let tape = |n| record(&Scene::parse(candles(n).trim_end_matches([' ', '|'])), CandlesOnTape::Recorded).0;
    let (mine, other) = (tape("1"), tape("2"));
    let (mine, other) = (groups(&mine), groups(&other));
    for place in 0..mine.len() {
        let mut mixed = mine.clone();
        mixed[place] = other[place];
        assert!(!reads(&mixed.concat()), "group {place} of another tape went unseen");
    }
}

#[test]
fn two_tapes_of_one_run_are_equal_byte_for_byte() {
    let scene = Scene::parse(BUSY);
    for candles in [CandlesOnTape::Recorded, CandlesOnTape::Referenced] {
        assert_eq!(record(&scene, candles), record(&scene, candles));
    }
}

#[test]
fn a_tape_replays_with_its_candles_on_it_or_beside_it() {
    // Beside it the replay has to draw the feed's latencies again.
    let late = format!("seed 7 | feed latency 1..9000000 ms | reply latency 0..90 ms | {BUSY}");
    let both = [CandlesOnTape::Recorded, CandlesOnTape::Referenced];
    for (text, candles) in [BUSY, &late].into_iter().flat_map(|text| both.map(|candles| (text, candles))) {
        let scene = Scene::parse(text);
        let (tape, digest) = record(&scene, candles);
        let beside = if candles == CandlesOnTape::Referenced { scene.stocks[0].candles.clone() } else { Vec::new() };
        let merge = engine::sim::Merge::new([(SharedCandles::new(beside.into()), PRICE_SCALE)]).expect("memory");
        let mut world = Recorded::new(TapeReader::new(&tape[..]), merge, scene.latency.feed_wire(scene.seed));
        let mut verifying = Verifying::new(TapeReader::new(&tape[..]));
        let steps = run(&mut core(&scene), &mut world, &mut verifying).expect("a replay repeats every decision");
        assert_eq!((verifying.steps(), verifying.digest()), (steps, digest));
    }
}
