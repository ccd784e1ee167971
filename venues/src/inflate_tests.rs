//! What is opened, and what is refused within bounds.
use super::*;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use std::io::Write;

fn forms(message: &[u8]) -> [Vec<u8>; 3] {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(message).unwrap();
    zlib.write_all(message).unwrap();
    deflate.write_all(message).unwrap();
    [gzip.finish().unwrap(), zlib.finish().unwrap(), deflate.finish().unwrap()]
}

#[test]
fn every_form_of_a_message_is_opened() {
    let mut inflater = Inflater::default();
    let long: Vec<u8> = (0..200_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for message in [b"Ping".as_slice(), b"", b"{\"code\":0}", &long] {
        for frame in forms(message) {
            assert_eq!(inflater.open(&frame), Ok(message));
        }
    }
}

#[test]
fn a_gzip_header_with_everything_in_it_is_read() {
    let frame = forms(b"hello")[0].clone();
    let mut full = vec![0x1f, 0x8b, 8, 0b11110, 0, 0, 0, 0, 0, 3];
    full.extend([2, 0, 7, 7]);
    full.extend(b"name\0comment\0");
    full.extend([1, 2]);
    full.extend(&frame[10..]);
    let mut inflater = Inflater::default();
    assert_eq!(inflater.open(&full), Ok(b"hello".as_slice()));
    for cut in 0..full.len() {
        assert_eq!(inflater.open(&full[..cut]), Err(InflateError::Damaged), "cut at {cut}");
    }
}

#[test]
fn a_bomb_is_refused_in_bounded_memory() {
    let mut inflater = Inflater::default();
    let zeros = vec![0_u8; 64 << 20];
    for bomb in forms(&zeros) {
        assert_eq!(inflater.open(&bomb), Err(InflateError::TooLarge));
        assert!(inflater.opened.capacity() <= 2 * INFLATED_MAX, "{}", inflater.opened.capacity());
    }
    for dense in forms(&zeros[..100_000]) {
        assert_eq!(inflater.open(&dense), Err(InflateError::TooDense));
    }
    assert_eq!(inflater.open(&forms(b"Ping")[0]), Ok(b"Ping".as_slice()), "it goes on afterwards");
}

#[test]
fn the_largest_frame_is_opened_and_one_byte_more_is_not() {
    let noise = |bytes: usize| {
        let mut rng = engine::Rng::stream(7, "noise");
        (0..bytes).map(|_| rng.next_u64() as u8).collect::<Vec<u8>>()
    };
    let mut inflater = Inflater::default();
    assert_eq!(inflater.open(&forms(&noise(INFLATED_MAX))[0]).map(<[u8]>::len), Ok(INFLATED_MAX));
    assert_eq!(inflater.open(&forms(&noise(INFLATED_MAX + 1))[0]), Err(InflateError::TooLarge));
}

#[test]
fn a_flipped_bit_or_a_byte_behind_the_end_is_damage() {
    let mut inflater = Inflater::default();
    let [gzip, zlib, deflate] = forms(b"{\"code\":0,\"dataType\":\"BTC-USDT@kline_1m\"}");
    for frame in [&gzip, &zlib, &deflate] {
        let longer = [frame.as_slice(), b"x"].concat();
        assert_eq!(inflater.open(&longer), Err(InflateError::Damaged));
    }
    // Bit by bit behind the header, whose fields say nothing about the message.
    for bit in 8 * 10..8 * gzip.len() {
        let mut flipped = gzip.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(inflater.open(&flipped).is_err(), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_or_grow_without_bound(bytes in proptest::collection::vec(any::<u8>(), 0..600), form in 0..3) {
        let mut frame = bytes;
        match form {
            0 => frame.splice(0..0, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]).for_each(drop),
            1 => frame.splice(0..0, [0x78, 0x9c]).for_each(drop),
            _ => {}
        }
        let mut inflater = Inflater::default();
        let most = frame.len() * RATIO_MAX;
        if let Ok(message) = inflater.open(&frame) {
            prop_assert!(message.len() <= most);
        }
        prop_assert!(inflater.opened.capacity() <= most + 8_192);
    }
}
