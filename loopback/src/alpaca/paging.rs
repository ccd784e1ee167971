//! Pages across symbols: rows stand by symbol, then by time, and a page holds so many of all symbols together.
use super::moment;
use super::node::Node;
use super::token;
use engine::Timestamp;
use std::borrow::Cow;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) time: Timestamp,
    /// What tells rows of one instant apart.
    pub(crate) number: u64,
    pub(crate) node: Node,
}

/// The rows of one symbol, in the order in which they are sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rows {
    pub(crate) symbol: String,
    pub(crate) rows: Vec<Row>,
}

/// The last row of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    symbol: String,
    time: Timestamp,
    number: u64,
}

impl Place {
    /// The place that a token names.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let row = token::read(text)?;
        let mut parts = row.split('|');
        let (symbol, _, time, number) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
        let number = number.map_or(Some(0), |number| number.parse().ok())?;
        Some(Self { symbol: symbol.into(), time: moment::read(time, moment::InNewYork::No)?, number })
    }

    fn token(&self, letter: &str) -> String {
        let row = format!("{}|{letter}|{}", self.symbol, moment::utc(self.time));
        token::make(&if self.number == 0 { row } else { format!("{row}|{}", self.number) })
    }
}

/// The rows of a page by symbol, and the token of the next one.
pub(crate) fn page(all: Vec<Rows>, after: Option<&Place>, limit: usize, letter: &str) -> (Vec<Rows>, Option<String>) {
    let (mut page, mut room): (Vec<Rows>, usize) = (Vec::new(), limit);
    let mut last: Option<Place> = None;
    for Rows { symbol, rows } in all {
        let done = match after {
            Some(place) if place.symbol > symbol => continue,
            Some(place) if place.symbol == symbol => {
                let at = rows.iter().position(|row| (row.time, row.number) == (place.time, place.number));
                at.map_or(0, |at| at + 1)
            }
            _ => 0,
        };
        let rest: Vec<Row> = rows.into_iter().skip(done).collect();
        if rest.is_empty() {
            continue;
        }
        if room == 0 {
            return (page, last.map(|place| place.token(letter)));
        }
        let cut = rest.len() > room;
        let taken: Vec<Row> = rest.into_iter().take(room).collect();
        room -= taken.len();
        last = taken.last().map(|row| Place { symbol: symbol.clone(), time: row.time, number: row.number });
        page.push(Rows { symbol, rows: taken });
        if cut {
            return (page, last.map(|place| place.token(letter)));
        }
    }
    (page, None)
}

/// The page as a map from symbols to lists.
pub(crate) fn by_symbol(page: Vec<Rows>) -> Node {
    let list = |rows: Vec<Row>| Node::List(rows.into_iter().map(|row| row.node).collect());
    Node::Map(page.into_iter().map(|it| (Cow::Owned(it.symbol), list(it.rows))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(symbol: &str, times: &[i64]) -> Rows {
        let row = |time: &i64| Row { time: Timestamp(*time * 1_000_000_000), number: 0, node: (*time).into() };
        Rows { symbol: symbol.into(), rows: times.iter().map(row).collect() }
    }

    #[test]
    fn a_limit_counts_over_all_symbols_and_tokens_lead_through_all_rows() {
        let all = || vec![rows("AAPL", &[1, 2, 3]), rows("MSFT", &[]), rows("TSLA", &[1, 2])];
        for (limit, expected) in [
            (2, vec!["{\"AAPL\":[1,2]}", "{\"AAPL\":[3],\"TSLA\":[1]}", "{\"TSLA\":[2]}"]),
            (3, vec!["{\"AAPL\":[1,2,3]}", "{\"TSLA\":[1,2]}"]),
            (5, vec!["{\"AAPL\":[1,2,3],\"TSLA\":[1,2]}"]),
            (9, vec!["{\"AAPL\":[1,2,3],\"TSLA\":[1,2]}"]),
        ] {
            let (mut seen, mut place) = (Vec::new(), None);
            loop {
                let (shown, next) = page(all(), place.as_ref(), limit, "M");
                seen.push(by_symbol(shown).json());
                let Some(next) = next else { break };
                place = Some(Place::read(&next).expect("our own token"));
            }
            assert_eq!(seen, expected, "{limit}");
        }
    }

    #[test]
    fn a_token_that_is_none_is_refused() {
        for token in ["", "abc", "QUFQTA==", "QUFQTHxEfHl5"] {
            assert_eq!(Place::read(token), None, "{token}");
        }
    }
}
