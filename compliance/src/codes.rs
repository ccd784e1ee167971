//! The codes that reports name things by. Each is checked where it is read, so that a typing error is found before a report is.
use std::fmt;
use std::str::FromStr;

/// Why a text is not such a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: {why}")]
pub struct CodeError {
    text: String,
    what: &'static str,
    why: String,
}

/// Upper-case letters and digits of a length.
fn shaped(text: &str, what: &'static str, length: usize) -> Result<(), CodeError> {
    let right = text.len() == length && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let why = || format!("expected {length} upper-case letters or digits");
    if right { Ok(()) } else { Err(CodeError { text: text.into(), what, why: why() }) }
}

/// What a letter or digit counts as in check digits: digits as they are, A as 10 up to Z as 35.
fn value(byte: u8) -> u32 {
    if byte.is_ascii_digit() { u32::from(byte - b'0') } else { u32::from(byte - b'A') + 10 }
}

/// The remainder by 97 of a text read as a number, letters as two digits (ISO 7064, MOD 97-10).
fn mod_97(text: &str) -> u32 {
    text.bytes().map(value).fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

/// The sum of Luhn over a text, letters as two digits, the last digit undoubled; a multiple of ten where it is right.
fn luhn(text: &str) -> u32 {
    let digits: Vec<u32> = text
        .bytes()
        .map(value)
        .flat_map(|value| if value > 9 { vec![value / 10, value % 10] } else { vec![value] })
        .collect();
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    digits.iter().rev().enumerate().map(|(place, digit)| if place % 2 == 1 { doubled(*digit) } else { *digit }).sum()
}

/// A legal entity: twenty letters and digits, the last two of which check the rest (ISO 17442).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lei(String);

impl fmt::Display for Lei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Lei {
    type Err = CodeError;

    /// # Errors
    /// When the length, a character or the check digits are wrong.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let what = "a legal entity identifier (LEI)";
        shaped(text, what, 20)?;
        let checked = text.as_bytes()[18..].iter().all(u8::is_ascii_digit) && mod_97(text) == 1;
        if checked {
            return Ok(Self(text.into()));
        }
        let right = 98 - mod_97(&format!("{}00", &text[..18]));
        Err(CodeError {
            text: text.into(),
            what,
            why: format!("its check digits would be {right:02}; is it misspelt?"),
        })
    }
}

/// A security: two letters, nine letters and digits, and a check digit (ISO 6166).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Isin(String);

impl fmt::Display for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Isin {
    type Err = CodeError;

    /// # Errors
    /// When the length, a character or the check digit is wrong.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let what = "an ISIN";
        shaped(text, what, 12)?;
        let bytes = text.as_bytes();
        if !bytes[..2].iter().all(u8::is_ascii_uppercase) || !bytes[11].is_ascii_digit() {
            let why = "expected two letters first and a digit last".into();
            return Err(CodeError { text: text.into(), what, why });
        }
        if luhn(text).is_multiple_of(10) {
            return Ok(Self(text.into()));
        }
        let right = (10 - luhn(&format!("{}0", &text[..11])) % 10) % 10;
        Err(CodeError { text: text.into(), what, why: format!("its check digit would be {right}; is it misspelt?") })
    }
}

/// The kind of an instrument: six letters (ISO 10962). Which letters mean what is not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cfi(String);

impl fmt::Display for Cfi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cfi {
    type Err = CodeError;

    /// # Errors
    /// When it is not six upper-case letters.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let right = text.len() == 6 && text.bytes().all(|b| b.is_ascii_uppercase());
        let (what, why) = ("a CFI code", "expected six upper-case letters".into());
        if right { Ok(Self(text.into())) } else { Err(CodeError { text: text.into(), what, why }) }
    }
}

/// A product: twelve letters and digits (ISO 4914). Its check character is not verified.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upi(String);

impl fmt::Display for Upi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Upi {
    type Err = CodeError;

    /// # Errors
    /// When it is not twelve upper-case letters or digits.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        shaped(text, "a UPI", 12).map(|()| Self(text.into()))
    }
}

/// A market: four letters or digits (ISO 10383). Whether it is registered is not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mic(String);

impl fmt::Display for Mic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Mic {
    type Err = CodeError;

    /// # Errors
    /// When it is not four upper-case letters or digits.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        shaped(text, "a MIC", 4).map(|()| Self(text.into()))
    }
}

/// What tells the transactions of one run from those of all others: the first twenty digits of its digest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunMark(String);

impl fmt::Display for RunMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RunMark {
    type Err = CodeError;

    /// Takes the first twenty letters and digits, as upper case.
    ///
    /// # Errors
    /// When there are fewer, or others among them.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let why = || "expected at least twenty letters and digits, as a digest has them".to_string();
        let error = || CodeError { text: text.into(), what: "the mark of a run", why: why() };
        let mark: String = text.chars().take(20).map(|c| c.to_ascii_uppercase()).collect();
        shaped(&mark, "", 20).map_err(|_| error())?;
        Ok(Self(mark))
    }
}

/// A transaction, for ever: the firm, the run, and the number of the fill in it. Fifty-two characters, as many as ISO 23897 allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uti(String);

impl Uti {
    /// The name of a run's fill.
    #[must_use]
    pub fn new(firm: &Lei, run: &RunMark, fill_number: u64) -> Self {
        Self(format!("{firm}{run}{fill_number:012}"))
    }
}

impl fmt::Display for Uti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: FromStr<Err = CodeError> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().expect_err(text).to_string()
    }

    #[test]
    fn a_legal_entity_has_the_right_check_digits() {
        // The code of the Global LEI Foundation itself, and one that its own documents use as an example.
        for text in ["506700GE1G29325QX363", "529900T8BM49AURSDO55"] {
            assert_eq!(text.parse::<Lei>().map(|lei| lei.to_string()), Ok(text.into()));
        }
        let error = refused::<Lei>("506700GE1G29325QX364");
        assert!(error.contains("506700GE1G29325QX364") && error.contains("would be 63"), "{error}");
        // Two characters that changed places.
        assert!("506700EG1G29325QX363".parse::<Lei>().is_err());
        for bad in ["", "506700GE1G29325QX36", "506700ge1g29325qx363", "506700GE1G29325QX3É", "506700GE1G29325QX3AA"] {
            assert!(bad.parse::<Lei>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_security_has_the_right_check_digit() {
        for text in ["US0378331005", "DE0007164600", "GB0002634946", "US7427181091"] {
            assert_eq!(text.parse::<Isin>().map(|isin| isin.to_string()), Ok(text.into()));
        }
        assert!(refused::<Isin>("US0378331006").contains("would be 5"));
        for bad in ["", "US037833100", "0S0378331005", "US037833100A", "us0378331005"] {
            assert!(bad.parse::<Isin>().is_err(), "{bad}");
        }
    }

    #[test]
    fn kinds_products_and_markets_have_their_length() {
        assert!(
            "ESVUFR".parse::<Cfi>().is_ok() && "XNAS".parse::<Mic>().is_ok() && "QZ0000000000".parse::<Upi>().is_ok()
        );
        for bad in ["", "ESVUF", "esvufr", "ESVUF1"] {
            assert!(bad.parse::<Cfi>().is_err(), "{bad}");
        }
        assert!("XNA".parse::<Mic>().is_err() && "xnas".parse::<Mic>().is_err() && "QZ".parse::<Upi>().is_err());
    }

    #[test]
    fn a_transaction_is_named_by_firm_run_and_number() {
        let firm: Lei = "506700GE1G29325QX363".parse().unwrap();
        let run: RunMark = "ae77f7ba21a4c0ffee00ae77f7ba21a4".parse().unwrap();
        let uti = Uti::new(&firm, &run, 7).to_string();
        assert_eq!((uti.as_str(), uti.len()), ("506700GE1G29325QX363AE77F7BA21A4C0FFEE00000000000007", 52));
        assert!(
            "ae77f7ba21a4".parse::<RunMark>().is_err()
                && "ae77f7ba-1a4c0ffee00ae77f7ba21a4".parse::<RunMark>().is_err()
        );
    }
}
