//! Pages of market data: of one symbol or of many, with the token of the next page.
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Rows under their symbols: a question about one symbol is answered with a list, one about many with a map of lists, and
/// one about the latest with a map of single rows, of which `null` stands for a symbol that is not known.
#[derive(Clone, Debug)]
pub struct Rows<'a, T>(pub BTreeMap<Cow<'a, str>, Vec<T>>);

impl<T> Default for Rows<'_, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// A symbol as it stands, borrowed where it can be.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// One row, several, or none.
struct OneOrMany<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?.get();
        let read = |raw| serde_json::from_str::<T>(raw).map(|row| vec![row]);
        let rows = match raw.as_bytes().first() {
            Some(b'[') => serde_json::from_str(raw),
            Some(b'n') => Ok(Vec::new()),
            _ => read(raw),
        };
        rows.map(Self).map_err(serde::de::Error::custom)
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<'de, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows, or rows under their symbols")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Rows::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows = Rows::default();
        while let Some(Name(symbol)) = map.next_key()? {
            let OneOrMany(more) = map.next_value::<OneOrMany<T>>()?;
            rows.0.entry(symbol).or_default().extend(more);
        }
        Ok(rows)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut some = Vec::new();
        while let Some(row) = seq.next_element()? {
            some.push(row);
        }
        Ok(Rows(BTreeMap::from([(Cow::Borrowed(""), some)])))
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Rows<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor(PhantomData))
    }
}

/// One page of an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>, 'de: 'a"))]
pub struct Page<'a, T> {
    /// The rows, whatever they are.
    #[serde(
        alias = "bars",
        alias = "trades",
        alias = "quotes",
        alias = "orderbooks",
        alias = "auctions",
        alias = "snapshots",
        default = "Rows::default"
    )]
    pub rows: Rows<'a, T>,
    /// The one row of a question about the latest of one symbol.
    #[serde(alias = "bar", alias = "trade", alias = "quote", default = "nothing")]
    pub row: Option<T>,
    /// The symbol, where the question was about one.
    #[serde(default, borrow)]
    pub symbol: Option<Cow<'a, str>>,
    /// What to ask for the next page with; none at the end.
    #[serde(default, borrow)]
    pub next_page_token: Option<Cow<'a, str>>,
}

fn nothing<T>() -> Option<T> {
    None
}

impl<T> Page<'_, T> {
    /// The rows of a symbol; those of the one symbol that was asked for stand without its name.
    #[must_use]
    pub fn of(&self, symbol: &str) -> &[T] {
        let rows = self.rows.0.get(symbol).or_else(|| self.rows.0.get(""));
        rows.map_or(&[], Vec::as_slice)
    }

    /// Every row with its symbol.
    pub fn all(&self) -> impl Iterator<Item = (&str, &T)> {
        let one = self.symbol.as_deref().unwrap_or_default();
        let many = self.rows.0.iter().flat_map(move |(symbol, rows)| {
            let symbol = if symbol.is_empty() { one } else { symbol };
            rows.iter().map(move |row| (symbol, row))
        });
        many.chain(self.row.iter().map(move |row| (one, row)))
    }
}
