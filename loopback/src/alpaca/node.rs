//! What the venue says: one tree of values, written as JSON or as MessagePack.
//!
//! A decimal keeps every digit in JSON. Only MessagePack turns numbers into floats, because the real streams do.
use super::moment;
use engine::Timestamp;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// A value of an answer or of a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Whole(i64),
    /// A JSON number.
    Number(Decimal),
    Text(Cow<'static, str>),
    /// RFC 3339 in JSON, the timestamp extension in MessagePack.
    Time(Timestamp),
    List(Vec<Node>),
    Map(Vec<(Cow<'static, str>, Node)>),
}

impl Node {
    /// A map with fixed keys, in this order.
    pub(crate) fn map<const N: usize>(entries: [(&'static str, Node); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
    }

    /// A decimal as the trading API writes it: in quotes, without trailing zeros.
    pub(crate) fn digits(amount: Decimal) -> Self {
        Self::Text(plain(amount).into())
    }

    /// The same, or null.
    pub(crate) fn digits_or_null(amount: Option<Decimal>) -> Self {
        amount.map_or(Self::Null, Self::digits)
    }

    /// A map with further entries at its end.
    #[must_use]
    pub(crate) fn with(self, key: &'static str, value: Self) -> Self {
        match self {
            Self::Map(mut entries) => {
                entries.push((Cow::Borrowed(key), value));
                Self::Map(entries)
            }
            other => other,
        }
    }

    /// The tree as JSON.
    pub(crate) fn json(&self) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        text
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Whole(number) => out.push_str(&number.to_string()),
            Self::Number(number) => out.push_str(&plain(*number)),
            Self::Text(text) => quote(text, out),
            Self::Time(time) => quote(&moment::utc(*time), out),
            Self::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (place, (key, value)) in entries.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    quote(key, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }
}

/// A decimal in plain digits without trailing zeros.
pub(crate) fn plain(amount: Decimal) -> String {
    amount.normalize().to_string()
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

impl From<&'static str> for Node {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Node {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<Decimal> for Node {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<Timestamp> for Node {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Self {
        Self::List(items)
    }
}

impl<T: Into<Self>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_every_digit_and_escapes_what_has_to_be() {
        let tree = Node::map([
            ("s", "a\"\\\n\u{7f}é".into()),
            ("d", Node::digits("150.100".parse().expect("a decimal"))),
            ("n", Node::Number("0.0000000123456789".parse().expect("a decimal"))),
            ("t", Timestamp(1_767_364_200_000_000_001).into()),
            ("l", vec![Node::Null, true.into(), 7.into()].into()),
            ("o", Node::from(None::<bool>)),
        ]);
        assert_eq!(
            tree.json(),
            "{\"s\":\"a\\\"\\\\\\u000a\\u007fé\",\"d\":\"150.1\",\"n\":0.0000000123456789,\
             \"t\":\"2026-01-02T14:30:00.000000001Z\",\"l\":[null,true,7],\"o\":null}"
        );
        assert!(serde_json::from_str::<serde_json::Value>(&tree.json()).is_ok());
    }
}
