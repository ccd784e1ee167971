//! Page tokens: the last row of a page in base64, as the real venue makes them. Clients must not look inside.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The longest token that is read.
const TOKEN_MAX: usize = 400;

/// The token behind a row.
pub(crate) fn make(row: &str) -> String {
    let mut out = String::new();
    for chunk in row.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, place| bits << 8 | u32::from(chunk.get(place).copied().unwrap_or(0)));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place) & 63) as usize;
            out.push(if place <= chunk.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    out
}

/// The row of a token; `None` where it is none of ours.
pub(crate) fn read(token: &str) -> Option<String> {
    if token.len() > TOKEN_MAX || !token.len().is_multiple_of(4) {
        return None;
    }
    let digits = token.trim_end_matches('=');
    let mut out = Vec::with_capacity(token.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in digits.bytes() {
        let digit = DIGITS.iter().position(|it| *it == byte)?;
        bits = bits << 6 | u32::try_from(digit).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_what_the_real_venue_makes_of_the_row() {
        let row = "AAPL|D|2022-02-02T05:00:00.000000000Z";
        let token = "QUFQTHxEfDIwMjItMDItMDJUMDU6MDA6MDAuMDAwMDAwMDAwWg==";
        assert_eq!((make(row).as_str(), read(token).as_deref()), (token, Some(row)));
        for token in ["abc", "!!!!", "////"] {
            assert_eq!(read(token), None, "{token}");
        }
    }

    proptest! {
        #[test]
        fn every_row_comes_back(row in ".{0,60}") {
            prop_assert_eq!(read(&make(&row)), Some(row));
        }

        #[test]
        fn arbitrary_tokens_never_panic(token in ".{0,60}") {
            let _ = read(&token);
        }
    }
}
