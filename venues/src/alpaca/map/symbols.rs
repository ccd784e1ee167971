//! Which instrument of the run a symbol is. Orders say `BTC/USD`, positions `BTCUSD`: both are one.
use crate::listing::Listed;
use engine::InstrumentId;
use std::collections::BTreeMap;

/// The kinds of market that Alpaca keeps apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Stocks and funds of the United States.
    Stock,
    /// Crypto pairs: their symbols have a slash.
    Crypto,
}

impl Class {
    /// The class of a symbol as it is listed.
    #[must_use]
    pub fn of(symbol: &str) -> Self {
        if symbol.contains('/') { Self::Crypto } else { Self::Stock }
    }
}

/// What is listed, by symbol and by number.
#[derive(Clone, Debug)]
pub struct Symbols {
    listed: Vec<Listed>,
    /// The place of each symbol, with and without its slash.
    places: BTreeMap<String, usize>,
}

impl Symbols {
    /// What a run trades.
    #[must_use]
    pub fn new(listed: Vec<Listed>) -> Self {
        let mut places = BTreeMap::new();
        for (place, it) in listed.iter().enumerate() {
            places.entry(it.symbol.replace('/', "")).or_insert(place);
            places.insert(it.symbol.clone(), place);
        }
        Self { listed, places }
    }

    /// What is listed under a symbol, with a slash or without.
    #[must_use]
    pub fn find(&self, symbol: &str) -> Option<&Listed> {
        let place = match self.places.get(symbol) {
            None if symbol.contains('/') => self.places.get(&symbol.replace('/', "")),
            place => place,
        };
        place.and_then(|place| self.listed.get(*place))
    }

    /// What has a number.
    #[must_use]
    pub fn get(&self, id: InstrumentId) -> Option<&Listed> {
        self.listed.iter().find(|it| it.id == id)
    }

    /// Everything.
    #[must_use]
    pub fn all(&self) -> &[Listed] {
        &self.listed
    }

    /// Everything of one class.
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = &Listed> {
        self.listed.iter().filter(move |it| Class::of(&it.symbol) == class)
    }
}
