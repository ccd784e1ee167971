//! The watermark of a live tape: how much of it is durable, in two slots of two copies each, written in place.
//!
//! A slot is written while the other one stands, so that a torn write never takes the last watermark away; its copies stand
//! in blocks of their own, so that a rotten block never hides it. `docs/tape.md` says why this is enough.
use crate::disk::{DiskFile, read_full};
use std::io;

/// The file.
pub(crate) const MARK: &str = "watermark";

const MAGIC: &[u8; 8] = b"OTMARK01";
const BLOCK: usize = 4096;
const BLOCKS: usize = 4;
const BODY: usize = 8 + 1 + 1 + 4 + 4 + 8 + 8 + 8 + 8 + 8 + 32 + 32;
const SIZE: usize = BODY + 32;

/// How much of a tape is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Counts the watermarks of a tape.
    pub sequence: u64,
    /// The session that wrote it.
    pub epoch: u32,
    /// Whether the run was ended in order.
    pub ended: bool,
    /// The segment in which the durable bytes end.
    pub segment: u32,
    /// How many bytes of it are durable.
    pub in_segment: u64,
    /// How many bytes of the stream are durable, over all segments that there ever were.
    pub bytes: u64,
    /// The last durable entry.
    pub number: u64,
    /// Its core time.
    pub time: i64,
    /// The chain of the last durable group.
    pub chain: [u8; 32],
    /// The hash of the tape's header: whose watermark it is.
    pub tape: [u8; 32],
}

/// What stands in the file of a watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The newest watermark that is whole in any copy.
    pub newest: Option<Mark>,
    /// Copies that are not whole.
    pub broken: u32,
    /// Whether both copies of the older slot are: a newer watermark may have been there.
    pub newer_possible: bool,
}

impl Mark {
    /// The slot that a watermark stands in.
    fn slot(&self) -> usize {
        (self.sequence % 2) as usize
    }

    fn encode(&self, place: u8) -> [u8; SIZE] {
        let mut out = Vec::with_capacity(SIZE);
        out.extend_from_slice(MAGIC);
        out.push(place);
        out.push(u8::from(self.ended));
        out.extend_from_slice(&self.epoch.to_le_bytes());
        out.extend_from_slice(&self.segment.to_le_bytes());
        for value in [self.sequence, self.in_segment, self.bytes, self.number] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&self.time.to_le_bytes());
        out.extend_from_slice(&self.chain);
        out.extend_from_slice(&self.tape);
        out.extend_from_slice(blake3::hash(&out).as_bytes());
        out.try_into().expect("the parts add up to a watermark")
    }

    /// The copy at this place, if it is whole and meant for it.
    fn decode(bytes: &[u8], place: u8) -> Option<Self> {
        let (body, check) = bytes.get(..SIZE)?.split_at(BODY);
        let right = blake3::hash(body).as_bytes() == check && body.starts_with(MAGIC) && body[8] == place;
        if !right || body[9] > 1 {
            return None;
        }
        let mut rest = &body[10..];
        let mut take = |n: usize| {
            let (head, tail) = rest.split_at(n);
            rest = tail;
            head
        };
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let epoch = number(take(4)) as u32;
        let segment = number(take(4)) as u32;
        let [sequence, in_segment, bytes, last] = std::array::from_fn(|_| number(take(8)));
        let time = number(take(8)).cast_signed();
        let chain = take(32).try_into().ok()?;
        let tape = take(32).try_into().ok()?;
        let it =
            Self { sequence, epoch, ended: body[9] == 1, segment, in_segment, bytes, number: last, time, chain, tape };
        (it.slot() == usize::from(place) / 2).then_some(it)
    }

    /// Writes both copies of its slot; durable once the file is synced.
    pub(crate) fn write<F: DiskFile>(&self, file: &mut F) -> io::Result<()> {
        let mut blocks = [0; 2 * BLOCK];
        let place = (self.slot() * 2) as u8;
        blocks[..SIZE].copy_from_slice(&self.encode(place));
        blocks[BLOCK..BLOCK + SIZE].copy_from_slice(&self.encode(place + 1));
        file.write_at(&blocks, (self.slot() * 2 * BLOCK) as u64)
    }

    /// Whether the newest watermark in the file still is this one.
    pub(crate) fn stands<F: DiskFile>(&self, file: &mut F) -> io::Result<bool> {
        Ok(Self::find(&Self::read(file)?).newest == Some(*self))
    }

    /// Whether these are the bytes of a live tape's watermark, damaged or not, and not those of a backtest's.
    pub(crate) fn is_live(bytes: &[u8]) -> bool {
        bytes.len() >= BLOCK
    }

    /// The watermarks in the bytes of the file.
    #[must_use]
    pub fn find(bytes: &[u8]) -> Found {
        let copy = |place: usize| bytes.get(place * BLOCK..).and_then(|block| Self::decode(block, place as u8));
        let copies: Vec<Option<Self>> = (0..BLOCKS).map(copy).collect();
        let newest = copies.iter().flatten().max_by_key(|mark| mark.sequence).copied();
        let broken = copies.iter().filter(|copy| copy.is_none()).count() as u32;
        let other = newest.map_or(0, |mark| 1 - mark.slot());
        let newer_possible = copies[other * 2..other * 2 + 2].iter().all(Option::is_none);
        Found { newest, broken, newer_possible }
    }

    /// Reads the file.
    pub(crate) fn read<F: DiskFile>(file: &mut F) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; BLOCKS * BLOCK];
        let n = read_full(file, &mut bytes, 0)?;
        bytes.truncate(n);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{Disk, MemoryDisk};

    fn mark(sequence: u64) -> Mark {
        Mark {
            sequence,
            epoch: 3,
            ended: false,
            segment: 2,
            in_segment: 700,
            bytes: 5_000 + sequence,
            number: 41,
            time: -5,
            chain: [1; 32],
            tape: [2; 32],
        }
    }

    fn written(sequences: &[u64]) -> Vec<u8> {
        let disk = MemoryDisk::default();
        let mut file = disk.create(MARK).expect("a file");
        sequences.iter().for_each(|sequence| mark(*sequence).write(&mut file).expect("written"));
        Mark::read(&mut file).expect("read")
    }

    #[test]
    fn the_newest_watermark_is_found_and_equal() {
        for sequences in [vec![1], vec![1, 2], vec![1, 2, 3], vec![8, 9]] {
            let found = Mark::find(&written(&sequences));
            assert_eq!(found.newest, sequences.last().map(|last| mark(*last)));
            assert_eq!(found.newer_possible, sequences.len() == 1, "{sequences:?}");
        }
        assert_eq!(Mark::find(&[]).newest, None);
    }

    #[test]
    fn a_flipped_bit_of_a_copy_never_hides_a_watermark() {
        let whole = written(&[1, 2, 3]);
        for block in 0..BLOCKS {
            for bit in 0..SIZE * 8 {
                let mut bytes = whole.clone();
                bytes[block * BLOCK + bit / 8] ^= 1 << (bit % 8);
                let found = Mark::find(&bytes);
                assert_eq!((found.newest, found.broken, found.newer_possible), (Some(mark(3)), 1, false));
            }
        }
    }

    #[test]
    fn a_torn_slot_leaves_the_one_before_and_says_that_a_newer_one_may_have_been_there() {
        let (before, after) = (written(&[1, 2]), written(&[1, 2, 3]));
        for cut in 0..=BLOCK + SIZE {
            let mut bytes = before.clone();
            bytes[2 * BLOCK..2 * BLOCK + cut].copy_from_slice(&after[2 * BLOCK..2 * BLOCK + cut]);
            let found = Mark::find(&bytes);
            let newest = if cut >= SIZE { mark(3) } else { mark(2) };
            assert_eq!(found.newest, Some(newest), "{cut} bytes written");
        }
        let mut rotten = written(&[1, 2, 3]);
        rotten[2 * BLOCK] ^= 1;
        rotten[3 * BLOCK] ^= 1;
        let found = Mark::find(&rotten);
        assert!(found.newest == Some(mark(2)) && found.newer_possible);
    }

    #[test]
    fn a_copy_at_another_place_is_none() {
        let whole = written(&[1, 2]);
        let mut moved = whole.clone();
        moved.copy_within(0..BLOCK, 2 * BLOCK);
        assert_eq!(Mark::find(&moved).broken, 1);
    }
}
