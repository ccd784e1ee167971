//! MessagePack as the market data streams speak it: writing what we say, reading what clients ask.
//!
//! What is read is hostile: depth is bounded, and no length in it is believed before its bytes are there.
use super::node::{Node, plain};
use serde_json::{Map, Value};

/// How deep a message of a client may nest.
const DEPTH_MAX: u32 = 8;

/// Writes a tree.
pub(crate) fn write(tree: &Node) -> Vec<u8> {
    let mut out = Vec::new();
    put(tree, &mut out);
    out
}

fn put(node: &Node, out: &mut Vec<u8>) {
    match node {
        Node::Null => out.push(0xc0),
        Node::Bool(false) => out.push(0xc2),
        Node::Bool(true) => out.push(0xc3),
        Node::Whole(number) => put_whole(*number, out),
        Node::Number(number) => {
            out.push(0xcb);
            out.extend(plain(*number).parse::<f64>().unwrap_or(f64::NAN).to_be_bytes());
        }
        Node::Text(text) => put_text(text, out),
        Node::Time(time) => put_time(time.0, out),
        Node::List(items) => {
            put_length(items.len(), (0x90, 0xdc), out);
            items.iter().for_each(|item| put(item, out));
        }
        Node::Map(entries) => {
            put_length(entries.len(), (0x80, 0xde), out);
            for (key, value) in entries {
                put_text(key, out);
                put(value, out);
            }
        }
    }
}

fn put_whole(number: i64, out: &mut Vec<u8>) {
    if let Ok(small) = u8::try_from(number) {
        if small >= 0x80 {
            out.push(0xcc);
        }
        out.push(small);
    } else if let Ok(short) = u16::try_from(number) {
        out.push(0xcd);
        out.extend(short.to_be_bytes());
    } else if let Ok(long) = u32::try_from(number) {
        out.push(0xce);
        out.extend(long.to_be_bytes());
    } else {
        out.push(if number < 0 { 0xd3 } else { 0xcf });
        out.extend(number.to_be_bytes());
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    let length = text.len();
    if let Ok(short) = u8::try_from(length) {
        if short < 32 {
            out.push(0xa0 | short);
        } else {
            out.extend([0xd9, short]);
        }
    } else if let Ok(length) = u16::try_from(length) {
        out.push(0xda);
        out.extend(length.to_be_bytes());
    } else {
        out.push(0xdb);
        out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }
    out.extend(text.as_bytes());
}

fn put_length(length: usize, (small, wide): (u8, u8), out: &mut Vec<u8>) {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length), _) if length < 16 => out.push(small | length),
        (_, Ok(length)) => {
            out.push(wide);
            out.extend(length.to_be_bytes());
        }
        _ => {
            out.push(wide + 1);
            out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
}

/// The timestamp extension, type -1, in the shortest of its three forms.
fn put_time(time_ns: i64, out: &mut Vec<u8>) {
    let (seconds, ns) = (time_ns.div_euclid(1_000_000_000), time_ns.rem_euclid(1_000_000_000));
    let ns = u32::try_from(ns).unwrap_or(0);
    match (u32::try_from(seconds), u64::try_from(seconds)) {
        (Ok(short), _) if ns == 0 => {
            out.extend([0xd6, 0xff]);
            out.extend(short.to_be_bytes());
        }
        (_, Ok(seconds)) if seconds < 1 << 34 => {
            out.extend([0xd7, 0xff]);
            out.extend((u64::from(ns) << 34 | seconds).to_be_bytes());
        }
        _ => {
            out.extend([0xc7, 12, 0xff]);
            out.extend(ns.to_be_bytes());
            out.extend(seconds.to_be_bytes());
        }
    }
}

/// Reads one value that fills all of `bytes`; `None` for anything else, and for what no client sends: bytes, extensions,
/// keys that are no text.
pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = take(&mut rest, 0)?;
    rest.is_empty().then_some(value)
}

fn take(rest: &mut &[u8], depth: u32) -> Option<Value> {
    let code = take_array::<1>(rest)?[0];
    Some(match code {
        0x00..=0x7f => code.into(),
        0x80..=0x8f => take_map(rest, usize::from(code & 0x0f), depth)?,
        0x90..=0x9f => take_list(rest, usize::from(code & 0x0f), depth)?,
        0xa0..=0xbf => take_text(rest, usize::from(code & 0x1f))?.into(),
        0xc0 => Value::Null,
        0xc2 | 0xc3 => (code == 0xc3).into(),
        0xca => f64::from(f32::from_be_bytes(take_array(rest)?)).into(),
        0xcb => f64::from_be_bytes(take_array(rest)?).into(),
        0xcc => take_array::<1>(rest)?[0].into(),
        0xcd => u16::from_be_bytes(take_array(rest)?).into(),
        0xce => u32::from_be_bytes(take_array(rest)?).into(),
        0xcf => u64::from_be_bytes(take_array(rest)?).into(),
        0xd0 => i8::from_be_bytes(take_array(rest)?).into(),
        0xd1 => i16::from_be_bytes(take_array(rest)?).into(),
        0xd2 => i32::from_be_bytes(take_array(rest)?).into(),
        0xd3 => i64::from_be_bytes(take_array(rest)?).into(),
        0xd9 => {
            let length = take_length(rest, 1)?;
            take_text(rest, length)?.into()
        }
        0xda => {
            let length = take_length(rest, 2)?;
            take_text(rest, length)?.into()
        }
        0xdb => {
            let length = take_length(rest, 4)?;
            take_text(rest, length)?.into()
        }
        0xdc | 0xdd => {
            let length = take_length(rest, if code == 0xdc { 2 } else { 4 })?;
            take_list(rest, length, depth)?
        }
        0xde | 0xdf => {
            let length = take_length(rest, if code == 0xde { 2 } else { 4 })?;
            take_map(rest, length, depth)?
        }
        0xe0..=0xff => i8::from_be_bytes([code]).into(),
        _ => return None,
    })
}

fn take_list(rest: &mut &[u8], length: usize, depth: u32) -> Option<Value> {
    let mut items = Vec::new();
    for _ in 0..within(rest, length, depth)? {
        items.push(take(rest, depth + 1)?);
    }
    Some(Value::Array(items))
}

fn take_map(rest: &mut &[u8], length: usize, depth: u32) -> Option<Value> {
    let mut entries = Map::new();
    for _ in 0..within(rest, length, depth)? {
        let Value::String(key) = take(rest, depth + 1)? else { return None };
        entries.insert(key, take(rest, depth + 1)?);
    }
    Some(Value::Object(entries))
}

/// A length that the bytes at hand can hold, at a depth that is allowed.
fn within(rest: &[u8], length: usize, depth: u32) -> Option<usize> {
    (length <= rest.len() && depth < DEPTH_MAX).then_some(length)
}

fn take_text(rest: &mut &[u8], length: usize) -> Option<String> {
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok().map(str::to_string)
}

fn take_length(rest: &mut &[u8], width: usize) -> Option<usize> {
    let (bytes, after) = rest.split_at_checked(width)?;
    *rest = after;
    Some(bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Timestamp;
    use proptest::prelude::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
    }

    #[test]
    fn a_bar_is_written_as_the_official_client_decoded_it() {
        let price = |text: &str| Node::Number(text.parse().expect("a decimal"));
        let bar = Node::map([
            ("T", "b".into()),
            ("S", "AAPL".into()),
            ("o", price("150.1")),
            ("h", price("150.5")),
            ("l", price("150")),
            ("c", price("150.4")),
            ("v", 1_200.into()),
            ("t", Timestamp(1_767_364_200_000_000_000).into()),
            ("n", 12.into()),
            ("vw", price("150.31")),
        ]);
        let expected = "918aa154a162a153a44141504ca16fcb4062c33333333333a168cb4062d00000000000a16ccb4062c00000000000\
                        a163cb4062cccccccccccda176cd04b0a174d6ff6957d668a16e0ca27677cb4062c9eb851eb852";
        assert_eq!(hex(&write(&vec![bar].into())), expected);
    }

    #[test]
    fn what_the_official_client_sends_is_read() {
        let auth = "83a6616374696f6ea461757468a36b6579a6504b44454d4fa6736563726574aa64656d6f736563726574";
        let asked = serde_json::json!({"action": "auth", "key": "PKDEMO", "secret": "demosecret"});
        assert_eq!(read(&bytes(auth)), Some(asked));
        let subscribe = "82a46261727391a44141504ca6616374696f6ea9737562736372696265";
        assert_eq!(read(&bytes(subscribe)), Some(serde_json::json!({"bars": ["AAPL"], "action": "subscribe"})));
    }

    #[test]
    fn a_time_takes_the_shortest_form_that_holds_it() {
        for (ns, expected) in [
            (10_000_000_010, "d7ff000000280000000a"),
            (10_000_000_000, "d6ff0000000a"),
            (-1, "c70cff3b9ac9ffffffffffffffffff"),
        ] {
            assert_eq!(hex(&write(&Timestamp(ns).into())), expected, "{ns}");
        }
    }

    #[test]
    fn lengths_that_lie_and_depths_that_have_no_end_are_refused() {
        for text in ["dd7fffffff", "dfffffffff", "dbffffffff61", "", "c1", "81", "8101c0", "c403616263", "c0c0"] {
            assert_eq!(read(&bytes(text)), None, "{text}");
        }
        assert_eq!(read(&[0x91; 100]), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn what_is_written_is_read_again(texts in prop::collection::vec(".{0,40}", 0..40), number in any::<i64>()) {
            let items: Vec<Node> = texts.iter().cloned().map(Node::from).collect();
            let tree = Node::map([("l", items.into()), ("n", number.into())]);
            prop_assert_eq!(read(&write(&tree)), Some(serde_json::json!({"l": texts, "n": number})));
        }
    }
}
