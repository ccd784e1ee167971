//! What a request says: its parameters in the order in which they came, from the query, a form or a JSON body.
//!
//! Everything is hostile: numbers are read exactly, never through a float, and what cannot be is an error with its name.
use super::code::{Code, Failure};
use crate::http::{Request, pairs};
use engine::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

/// The parameters of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    pub(super) all: Vec<(String, String)>,
}

impl Parameters {
    /// The parameters of a request: those of the query, then those of the body that the query does not have.
    pub(super) fn of(request: &Request) -> Result<Self, Failure> {
        let mut all = pairs(&request.query);
        let body = String::from_utf8_lossy(&request.body);
        let body = body.trim();
        let more = if body.starts_with('{') { of_json(body)? } else { pairs(body) };
        for (key, value) in more {
            if !all.iter().any(|(other, _)| *other == key) {
                all.push((key, value));
            }
        }
        Ok(Self { all })
    }

    /// The parameters of one order of a list.
    pub(super) fn of_object(object: &Value) -> Result<Self, Failure> {
        let Value::Object(members) = object else { return Err(Code::Parameter.says("an order is a JSON object")) };
        let all = members.iter().map(|(key, value)| (key.clone(), plain(value))).collect();
        Ok(Self { all })
    }

    /// A parameter; one without a value counts as missing.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.all.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The first of several spellings.
    pub(super) fn any(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// A parameter that must be there.
    pub(super) fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Code::Parameter.says(format!("Missing required parameters: {name}")))
    }

    /// A whole number.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(text) = self.get(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Code::Parameter.says(format!("{name} must be a whole number")))
    }

    /// A decimal number.
    pub(super) fn decimal(&self, name: &str) -> Result<Option<Decimal>, Failure> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let wrong = |_| Code::Parameter.says(format!("{name} must be a decimal number"));
        // Some clients write small numbers with an exponent.
        let read = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { text.parse() };
        read.map(Some).map_err(wrong)
    }

    /// A decimal number above zero that must be there.
    pub(super) fn amount(&self, name: &str) -> Result<Decimal, Failure> {
        let amount = self.decimal(name)?;
        let amount = amount.ok_or_else(|| Code::Parameter.says(format!("Missing required parameters: {name}")))?;
        if amount <= Decimal::ZERO {
            return Err(Code::Parameter.says(format!("{name} must be above 0")));
        }
        Ok(amount)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Failure> {
        match self.get(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(Code::Parameter.says(format!("{name} must be true or false"))),
        }
    }

    /// An instant in milliseconds.
    pub(super) fn instant(&self, name: &str) -> Result<Option<Timestamp>, Failure> {
        Ok(self.integer(name)?.map(|ms| Timestamp(ms.saturating_mul(1_000_000))))
    }

    /// How many are wanted, bounded.
    pub(super) fn limit(&self, name: &str, usual: usize, most: usize) -> Result<usize, Failure> {
        let limit = self.integer(name)?.unwrap_or_default();
        Ok(if limit <= 0 { usual } else { usize::try_from(limit).unwrap_or(most).min(most) })
    }

    /// A JSON text in a parameter.
    pub(super) fn json(&self, name: &str) -> Result<Option<Value>, Failure> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let wrong = |_| Code::Parameter.says(format!("{name} must be JSON"));
        serde_json::from_str(text).map(Some).map_err(wrong)
    }
}

fn of_json(body: &str) -> Result<Vec<(String, String)>, Failure> {
    let value: Value = serde_json::from_str(body).map_err(|_| Code::Parameter.says("the body is not JSON"))?;
    Parameters::of_object(&value).map(|parameters| parameters.all)
}

/// A member of a JSON object as a parameter: texts without their quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(query: &str, body: &str) -> Request {
        Request { query: query.into(), body: body.into(), ..Request::default() }
    }

    #[test]
    fn the_query_wins_over_the_body() {
        let check = |query, body, expected: &[(&str, &str)]| {
            let read = Parameters::of(&request(query, body)).expect("parameters");
            let read: Vec<_> = read.all.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            assert_eq!(read, expected);
        };
        check("a=1&b=2", "", &[("a", "1"), ("b", "2")]);
        check("a=1", "a=2&b=3", &[("a", "1"), ("b", "3")]);
        check(
            "",
            "{\"a\":1,\"b\":\"x\",\"c\":null,\"d\":{\"e\":0.10}}",
            &[("a", "1"), ("b", "x"), ("c", ""), ("d", "{\"e\":0.1}")],
        );
    }

    #[test]
    fn what_cannot_be_says_which_parameter() {
        let read = Parameters::of(&request("n=1.5&d=abc&f=maybe&j={&s=1e-5&z=0", "")).expect("parameters");
        let words = |failure: Failure| failure.message;
        assert_eq!(read.integer("n").map_err(words), Err("n must be a whole number".into()));
        assert_eq!(read.decimal("d").map_err(words), Err("d must be a decimal number".into()));
        assert_eq!(read.flag("f").map_err(words), Err("f must be true or false".into()));
        assert_eq!(read.json("j").map_err(words), Err("j must be JSON".into()));
        assert_eq!(read.amount("z").map_err(words), Err("z must be above 0".into()));
        assert_eq!(read.need("q").map_err(words), Err("Missing required parameters: q".into()));
        assert_eq!(read.decimal("s").map(|it| it.map(|it| it.to_string())), Ok(Some("0.00001".into())));
    }

    proptest! {
        #[test]
        fn no_request_panics(query in "\\PC{0,120}", body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let request = Request { query, body, ..Request::default() };
            if let Ok(read) = Parameters::of(&request) {
                for (name, _) in read.all.clone() {
                    let _ = (read.integer(&name), read.decimal(&name), read.json(&name), read.instant(&name));
                    let _ = (read.limit(&name, 5, 9), read.flag(&name), read.amount(&name));
                }
            }
        }
    }
}
