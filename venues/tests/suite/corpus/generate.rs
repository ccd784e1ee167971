//! Makes hostile cases out of recorded ones: from a seed alone, the same on every machine.
use super::Target;
use engine::Rng;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// How many cases a target has, and how long one is at most.
const CASES: usize = 80;
const LONGEST: usize = 1_600;

/// What stands where a number stood.
const NUMBERS: [&str; 16] = [
    "0",
    "-0",
    "-1",
    "1e309",
    "1e-400",
    "NaN",
    "Infinity",
    "-",
    "00",
    "0x10",
    "1_000",
    "1,5",
    "9223372036854775807",
    "-9223372036854775808",
    "340282366920938463463374607431768211456",
    "0.00000000000000000000000000000000000001",
];
/// What stands where anything stood.
const VALUES: [&str; 14] = [
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\u{1b}[31m\"",
    "[[[[[[[[[[[[]]]]]]]]]]]]",
    "{\"a\":{\"a\":{}}}",
    "\"9999-12-31T23:59:59.999999999Z\"",
    "\"-1\"",
    "\"1e5\"",
    "\"\u{202e}\"",
];

#[derive(Deserialize)]
struct File {
    cases: Vec<BTreeMap<String, Box<RawValue>>>,
}

/// The values of some fields of the recorded cases; of a list each of its values.
fn recorded(text: &str, fields: &[&str]) -> Vec<Vec<u8>> {
    let file: File = serde_json::from_str(text).expect("a file of cases");
    let mut values = Vec::new();
    for case in &file.cases {
        for value in fields.iter().filter_map(|field| case.get(*field)) {
            match serde_json::from_str::<Vec<Box<RawValue>>>(value.get()) {
                Ok(list) if fields.contains(&"server_pushes") => {
                    values.extend(list.iter().map(|it| it.get().as_bytes().to_vec()));
                }
                _ => values.push(value.get().as_bytes().to_vec()),
            }
        }
    }
    assert!(values.len() > 5, "{} recorded", values.len());
    values
}

fn alpaca_frames() -> Vec<Vec<u8>> {
    recorded(include_str!("../../fixtures/alpaca_ws_frames.json"), &["frame"])
}

fn bingx_frames() -> Vec<Vec<u8>> {
    recorded(include_str!("../../fixtures/bingx_ws_frames.json"), &["server_pushes", "server_acks"])
}

/// Frames of gzip without any compression, so that no version of a library decides what they are.
fn stored(frames: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let gzip = |message: Vec<u8>| {
        let length = u16::try_from(message.len().min(LONGEST)).expect("short");
        let message = &message[..usize::from(length)];
        let mut frame = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
        frame.extend(length.to_le_bytes());
        frame.extend((!length).to_le_bytes());
        frame.extend(message);
        frame.extend(crc(message).to_le_bytes());
        frame.extend(u32::from(length).to_le_bytes());
        frame
    };
    frames.into_iter().map(gzip).collect()
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

fn bases(target: Target) -> Vec<Vec<u8>> {
    match target {
        Target::AlpacaAnswers => {
            let mut all = recorded(include_str!("../../fixtures/alpaca_rest_responses.json"), &["response"]);
            all.extend(recorded(include_str!("../../fixtures/alpaca_go_marketdata.json"), &["response"]));
            all.extend(recorded(include_str!("../../fixtures/alpaca_openapi_examples.json"), &["json"]));
            all
        }
        Target::AlpacaMarket => {
            let listed = |frame: Vec<u8>| [b"[".as_slice(), &frame, b"]"].concat();
            alpaca_frames().into_iter().map(listed).collect()
        }
        Target::AlpacaUpdates => {
            let update =
                |frame: Vec<u8>| [b"{\"stream\":\"trade_updates\",\"data\":".as_slice(), &frame, b"}"].concat();
            let frames = alpaca_frames();
            frames.iter().cloned().chain(frames.iter().cloned().map(update)).collect()
        }
        Target::AlpacaMsgpack => {
            let packed = |frame: &Vec<u8>| {
                serde_json::from_slice(frame)
                    .ok()
                    .map(|value: serde_json::Value| venues::msgpack::from_json(&serde_json::json!([value])))
            };
            alpaca_frames().iter().filter_map(packed).collect()
        }
        Target::BingxAnswers => recorded(include_str!("../../fixtures/bingx_rest_responses.json"), &["response"]),
        Target::BingxMarket | Target::BingxPrivate => bingx_frames(),
        Target::BingxGzip => stored(bingx_frames()),
        Target::Numbers => {
            let plain = [
                "1.5",
                "-0.000000001",
                "12345678901234567890",
                "2026-01-02T14:30:00.123456789Z",
                "run7-12-3",
                "1735689600000",
            ];
            plain.iter().chain(&NUMBERS).map(|text| text.as_bytes().to_vec()).collect()
        }
    }
}

/// The cases of a target.
pub(super) fn cases(target: Target) -> Vec<Vec<u8>> {
    let (bases, mut rng) = (bases(target), Rng::stream(1, target.name()));
    (0..CASES).map(|_| one(&bases, &mut rng)).collect()
}

/// One case of a target out of any seed.
pub(super) fn of_seed(target: Target, seed: u64) -> Vec<u8> {
    one(&bases(target), &mut Rng::stream(seed, target.name()))
}

fn one(bases: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bases[below(rng, bases.len())].clone();
    for _ in 0..1 + below(rng, 4) {
        edit(&mut bytes, rng);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn below(rng: &mut Rng, bound: usize) -> usize {
    usize::try_from(rng.below(bound.max(1) as u64)).expect("a small number")
}

fn edit(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let at = below(rng, bytes.len());
    match below(rng, 8) {
        0 => bytes.truncate(at),
        1 if !bytes.is_empty() => bytes[at] = (rng.next_u64() & 0xff) as u8,
        2 => bytes.insert(at, b"0-9\"{}[]:,.eE\\"[below(rng, 14)]),
        3 if !bytes.is_empty() => drop(bytes.remove(at)),
        4 => {
            let end = (at + below(rng, 60)).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        5 | 6 => replace_number(bytes, at, NUMBERS[below(rng, NUMBERS.len())]),
        _ => replace_value(bytes, at, VALUES[below(rng, VALUES.len())]),
    }
}

/// The first number behind a place becomes another text.
fn replace_number(bytes: &mut Vec<u8>, at: usize, text: &str) {
    let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit).map(|it| at + it) else { return };
    let end =
        bytes[from..].iter().position(|it| !(it.is_ascii_digit() || *it == b'.')).map_or(bytes.len(), |it| from + it);
    bytes.splice(from..end, text.bytes());
}

/// The first value behind a place, up to the next comma or brace, becomes another one.
fn replace_value(bytes: &mut Vec<u8>, at: usize, text: &str) {
    let Some(from) = bytes[at..].iter().position(|it| *it == b':').map(|it| at + it + 1) else { return };
    let end = bytes[from..].iter().position(|it| matches!(it, b',' | b'}')).map_or(bytes.len(), |it| from + it);
    bytes.splice(from..end, text.bytes());
}
