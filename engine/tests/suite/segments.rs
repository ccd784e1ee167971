//! Tapes in segments: each can be read by itself, a run that was stopped goes on behind its end, and a missing end is no
//! damage where none is wanted.
use crate::language::Scene;
use crate::scene::{core, feed};
use crate::tape::BUSY;
use engine::sim::{Merge, Wire};
use engine::tape::{
    CANDLES, Continued, Damage, Digest, Frame, GroupWriter, Header, Kind, RECORDED, RecordSource, Recorded,
    SegmentStart, Standing, TapeError, TapeReader, Verifying,
};
use engine::{Effect, Entry, Event, Journal, SharedCandles, Simulated, State, Timestamp, run};
use proptest::prelude::*;
use std::convert::Infallible;

/// Writes a segment for every few steps; from the second session on behind the end of the one before.
struct Segmented {
    group: GroupWriter,
    header: Header,
    segments: Vec<Vec<u8>>,
    open: Vec<u8>,
    every: u64,
    stops: bool,
}

impl Segmented {
    fn new(every: u64, stops: bool) -> Self {
        let mut header = Header::default();
        header.set("name", "in segments");
        Self { group: GroupWriter::new(&header, 1), header, segments: Vec::new(), open: Vec::new(), every, stops }
    }

    fn close(&mut self) {
        let written = self.group.close::<Infallible>(|group| {
            self.open.extend_from_slice(group);
            Ok(())
        });
        written.expect("memory");
    }

    fn begin(&mut self, number: u64, time: Timestamp, digest: Digest) {
        self.segments.push(std::mem::take(&mut self.open));
        let offset = self.segments.iter().map(|segment| segment.len() as u64).sum();
        let standing = Standing { chain: self.group.chain(), digest, number, time };
        self.group = GroupWriter::resumed(standing, self.segments.len() as u32 + 1);
        self.group.segment(self.segments.len() as u32 + 1, offset, &self.header);
    }

    /// The digest without the state of a stop, as a session that goes on has it.
    fn digest_so_far(&self) -> Digest {
        let mut digest = Digest::default();
        let whole = [self.segments.concat(), self.open.clone()].concat();
        let mut rest = whole.as_slice();
        while let Some((frame, length)) = Frame::first(rest).expect("whole") {
            if frame.kind == Kind::Step {
                digest.step_encoded(frame.number, &frame.payload[8..]);
            }
            rest = &rest[length..];
        }
        digest
    }
}

impl Journal for Segmented {
    type Error = Infallible;

    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.group.entry(entry, Timestamp(entry.time.0 + 5));
        Ok(())
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        self.group.step(effects);
        if entry.number.is_multiple_of(self.every) {
            if self.stops {
                self.group.checkpoint(state);
                self.group.end();
            }
            self.close();
            let digest = self.digest_so_far();
            self.begin(entry.number, entry.time, digest);
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.group.checkpoint(state);
        self.group.end();
        self.close();
        self.segments.push(std::mem::take(&mut self.open));
        Ok(())
    }
}

fn record(every: u64, stops: bool) -> Vec<Vec<u8>> {
    let scene = Scene::parse(BUSY);
    let venue = crate::language::venue(&scene, crate::scene::instruments(&scene));
    let mut world = Simulated::new(feed(&scene), venue, scene.latency, scene.stocks.len()).with_seed(scene.seed);
    let mut journal = Segmented::new(every, stops);
    run(&mut core(&scene), &mut world, &mut journal).expect("memory cannot fail");
    journal.segments
}

/// Reads to the end: how many records, or what is wrong.
fn read(mut reader: TapeReader<&[u8]>) -> Result<usize, Damage> {
    let mut records = 0;
    loop {
        match reader.next() {
            Ok(Some(_)) => records += 1,
            Ok(None) => return Ok(records),
            Err(TapeError::Damaged { damage, .. }) => return Err(damage),
            Err(TapeError::Source(never)) => match never {},
        }
    }
}

fn replay(tape: &[u8]) -> (u64, bool) {
    let none = || Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let records = || Continued::new(TapeReader::open_ended(tape));
    let mut verifying = Verifying::new(records());
    let mut world = Recorded::new(records(), none(), Wire::default());
    let steps = run(&mut core(&Scene::parse(BUSY)), &mut world, &mut verifying).expect("the same decisions");
    (steps, verifying.stopped())
}

#[test]
fn segments_are_one_tape_and_each_can_be_read_by_itself() {
    let segments = record(4, false);
    assert!(segments.len() > 3, "{} segments", segments.len());
    let all = read(TapeReader::new(&segments.concat())).expect("whole");
    let mut each = 0;
    for (place, segment) in segments.iter().enumerate() {
        each += read(TapeReader::open_ended(segment)).expect("whole by itself");
        let rest = segments[place..].concat();
        assert!(read(TapeReader::new(&rest)).is_ok(), "from segment {}", place + 1);
        let mut reader = TapeReader::open_ended(&rest[..]);
        while reader.next().expect("whole").is_some() {}
        let whole: usize = segments.iter().map(Vec::len).sum();
        assert_eq!(reader.chain().1, whole as u64, "places are counted from the beginning of the stream");
    }
    assert_eq!(all, each);
}

#[test]
fn a_segment_that_is_missing_swapped_or_anothers_is_found() {
    let segments = record(4, false);
    for place in 1..segments.len() - 1 {
        let mut without = segments.clone();
        without.remove(place);
        assert_eq!(read(TapeReader::new(&without.concat())), Err(Damage::Segment));
        let mut swapped = segments.clone();
        swapped.swap(place, place + 1);
        assert!(read(TapeReader::new(&swapped.concat())).is_err());
    }
    let tape = segments.concat();
    for bit in 0..tape.len() * 8 {
        let mut flipped = tape.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(read(TapeReader::new(&flipped)).is_err(), "bit {} of byte {}", bit % 8, bit / 8);
    }
}

#[test]
fn without_an_end_a_tape_is_whole_behind_each_group_and_nowhere_else() {
    let tape = record(3, false).concat();
    let mut ends = Vec::new();
    for length in 1..=tape.len() {
        if read(TapeReader::open_ended(&tape[..length])).is_ok() {
            ends.push(length);
        }
        assert_eq!(read(TapeReader::new(&tape[..length])).is_ok(), length == tape.len());
    }
    assert!(ends.len() > 3 && ends.last() == Some(&tape.len()), "{ends:?}");
    let (whole, _) = replay(&tape);
    for end in ends {
        let (steps, stopped) = replay(&tape[..end]);
        assert!(steps <= whole && stopped == (end < tape.len()), "{end} bytes, {steps} steps");
    }
}

#[test]
fn a_run_that_was_stopped_and_taken_up_again_replays_as_one() {
    for every in [1, 3, 4] {
        let stopped = record(every, true).concat();
        assert_eq!(replay(&stopped), replay(&record(every, false).concat()));
        let last = {
            let mut reader = TapeReader::new(&stopped[..]);
            while reader.next().expect("whole").is_some() {}
            reader.end().copied().expect("an end")
        };
        assert!(last.entries > 10);
    }
    // An end that nothing follows but a record is damage still.
    let segments = record(4, true);
    let doubled = [segments[0].as_slice(), &segments[0]].concat();
    assert!(read(TapeReader::new(&doubled)).is_err());
}

#[test]
fn a_number_that_is_missing_is_found_where_every_candle_stands_on_the_tape() {
    let check = |recorded: Option<&str>, numbers: [u64; 3], expected: Result<usize, Damage>| {
        let mut header = Header::default();
        recorded.into_iter().for_each(|text| header.set(CANDLES, text));
        let (mut group, mut tape) = (GroupWriter::new(&header, 1), Vec::new());
        for number in numbers {
            let entry = Entry { number, time: Timestamp(number as i64), event: Event::NOTHING };
            group.entry(&entry, entry.time);
        }
        let written = group.close::<Infallible>(|group| {
            tape.extend_from_slice(group);
            Ok(())
        });
        written.expect("memory");
        assert_eq!(read(TapeReader::open_ended(&tape)), expected, "{recorded:?} {numbers:?}");
    };
    check(Some(RECORDED), [1, 2, 3], Ok(5));
    check(Some(RECORDED), [1, 2, 4], Err(Damage::Number { found: 4 }));
    check(Some(RECORDED), [2, 3, 4], Err(Damage::Number { found: 2 }));
    check(None, [1, 2, 4], Ok(5));
}

#[test]
fn a_frame_is_encoded_as_it_was_read() {
    let tape = record(4, true).concat();
    let (mut rest, mut again) = (tape.as_slice(), Vec::new());
    while let Some((frame, length)) = Frame::first(rest).expect("whole") {
        assert_eq!(Kind::named(frame.kind.name()), Some(frame.kind));
        frame.encode(&mut again);
        rest = &rest[length..];
    }
    assert_eq!(again, tape);
}

proptest! {
    #[test]
    fn no_bytes_make_a_frame_or_a_segment_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Frame::first(&bytes);
        let _ = SegmentStart::decode(&bytes);
        let _ = read(TapeReader::open_ended(&bytes));
    }
}
