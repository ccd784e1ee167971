//! Rust text with everything that is not code blanked: comments, strings and characters become spaces.
//!
//! Lines and columns stay where they were. It knows raw and byte strings, nested comments and lifetimes; it is no parser
//! and never judges.

/// The code of `text`, of the same length in bytes and with the same line ends.
pub(super) fn code_of(text: &str) -> String {
    let mut lexer = Lexer { rest: text.as_bytes(), code: Vec::with_capacity(text.len()) };
    while let Some(&first) = lexer.rest.first() {
        match (first, lexer.rest.get(1)) {
            (b'/', Some(b'/')) => lexer.hide(lexer.until_line_end()),
            (b'/', Some(b'*')) => lexer.hide(lexer.block_comment()),
            (b'"', _) => lexer.hide(lexer.string()),
            (b'\'', _) => lexer.character_or_lifetime(),
            (b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_', _) => lexer.word(),
            (0x80.., _) => lexer.hide(1),
            _ => lexer.keep(1),
        }
    }
    String::from_utf8(lexer.code).expect("everything that is not ASCII was blanked")
}

/// Whether a byte can stand in a name.
pub(super) fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

struct Lexer<'a> {
    rest: &'a [u8],
    code: Vec<u8>,
}

impl Lexer<'_> {
    fn keep(&mut self, bytes: usize) {
        self.code.extend_from_slice(&self.rest[..bytes]);
        self.rest = &self.rest[bytes..];
    }

    fn hide(&mut self, bytes: usize) {
        let bytes = bytes.min(self.rest.len());
        self.code.extend(self.rest[..bytes].iter().map(|&b| if b == b'\n' { b'\n' } else { b' ' }));
        self.rest = &self.rest[bytes..];
    }

    fn until_line_end(&self) -> usize {
        self.rest.iter().position(|&b| b == b'\n').unwrap_or(self.rest.len())
    }

    fn block_comment(&self) -> usize {
        let (mut depth, mut at) = (0_usize, 0);
        while at < self.rest.len() {
            match self.rest[at..] {
                [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
                [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
                _ => at += 1,
            }
            if depth == 0 {
                break;
            }
        }
        at
    }

    fn string(&self) -> usize {
        let mut at = 1;
        while let Some(&byte) = self.rest.get(at) {
            match byte {
                b'"' => return at + 1,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        at
    }

    fn character_or_lifetime(&mut self) {
        let escaped = self.rest.get(1) == Some(&b'\\');
        let body = if escaped { 3 } else { 2 };
        // A character of more than one byte takes at most four; `'\u{10FFFF}'` is the longest escape.
        let close = self.rest.iter().take(13).skip(body).position(|&b| b == b'\'').map(|at| at + body);
        let short = |close: usize| escaped || close == 2 || self.rest[1] >= 0x80;
        match close {
            Some(close) if short(close) => self.hide(close + 1),
            _ => self.keep(1),
        }
    }

    fn word(&mut self) {
        let length = self.rest.iter().position(|&b| !in_name(b)).unwrap_or(self.rest.len());
        let raw = matches!(&self.rest[..length], b"r" | b"br" | b"cr");
        let hashes = self.rest[length..].iter().take_while(|&&b| b == b'#').count();
        self.keep(length);
        if raw && self.rest.get(hashes) == Some(&b'"') {
            let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
            let inside = &self.rest[hashes + 1..];
            let closes = inside.windows(end.len()).position(|window| window == end);
            self.hide(hashes + 1 + closes.map_or(inside.len(), |at| at + end.len()));
        }
    }
}

#[test]
fn only_code_is_left_of_a_source() {
    let check = |text: &str, expected: &str| {
        assert_eq!(code_of(text).split_whitespace().collect::<Vec<_>>().join(" "), expected, "{text}");
        assert_eq!(code_of(text).len(), text.len(), "{text}");
    };
    check("a // b\nc", "a c");
    check("a /* b /* c */ d */ e", "a e");
    check("f(\"}\\\"{\") + 1", "f( ) + 1");
    check("r\"\\\" + x", "r + x");
    check("r#\"a \" }\"# + br##\"\"# \"## + r#type", "r + br + r#type");
    check("b'{' + '\\'' + '}' + '\\u{7b}' + 'é' + x", "b + + + + + x");
    check("fn f<'a>(x: &'a str, y: &'static str) {}", "fn f<'a>(x: &'a str, y: &'static str) {}");
    check("m!['a', 'b'] 'outer: loop {}", "m![ , ] 'outer: loop {}");
    check("\"never closed {", "");
}
