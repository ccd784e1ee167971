//! What is traded at the venue: stocks and crypto pairs, their names and the steps of their numbers.
use super::exact;
use super::ids;
use super::node::Node;
use crate::exchange::{Listing, MarketId};
use engine::{Instrument, Price, Qty, Timestamp};
use rust_decimal::Decimal;

/// Stocks or crypto.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AssetClass {
    Stock,
    Crypto,
}

impl AssetClass {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stock => "us_equity",
            Self::Crypto => "crypto",
        }
    }
}

/// One asset.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) id: String,
    /// Where it is traded at the exchange.
    pub(crate) market: MarketId,
    /// `AAPL`, or `BTC/USD`.
    pub(crate) symbol: String,
    pub(crate) class: AssetClass,
    /// Whether it may be sold short.
    pub(crate) shortable: bool,
    price_scale: u8,
    qty_scale: u8,
    /// The step of an order's quantity.
    pub(crate) lot: Decimal,
    /// The step of an order's price.
    pub(crate) tick: Decimal,
}

impl Asset {
    /// The asset of an instrument under its symbol: a slash makes it a crypto pair.
    pub(crate) fn new(market: MarketId, symbol: &str, instrument: &Instrument, now: Timestamp) -> Self {
        let class = if symbol.contains('/') { AssetClass::Crypto } else { AssetClass::Stock };
        let spec = instrument.spec(now);
        Self {
            id: ids::of_name("asset", symbol),
            market,
            symbol: symbol.to_string(),
            class,
            shortable: class == AssetClass::Stock,
            price_scale: instrument.price_scale,
            qty_scale: instrument.qty_scale,
            lot: scaled(spec.lot.0, instrument.qty_scale),
            tick: scaled(spec.tick.0, instrument.price_scale),
        }
    }

    /// The symbol without its slash, as positions have it.
    pub(crate) fn bare_symbol(&self) -> String {
        self.symbol.replace('/', "")
    }

    /// Whether a text names it: its symbol with a slash or without, or its id.
    pub(crate) fn is_named(&self, text: &str) -> bool {
        text == self.symbol || text == self.id || (self.class == AssetClass::Crypto && text == self.bare_symbol())
    }

    /// The currency of its prices.
    pub(crate) fn quote_currency(&self) -> &str {
        self.symbol.split_once('/').map_or("USD", |(_, quote)| quote)
    }

    pub(crate) fn exchange(&self) -> &'static str {
        match self.class {
            AssetClass::Stock => "NASDAQ",
            AssetClass::Crypto => "CRYPTO",
        }
    }

    pub(crate) fn price(&self, price: Price) -> Decimal {
        scaled(price.0, self.price_scale)
    }

    pub(crate) fn quantity(&self, quantity: Qty) -> Decimal {
        scaled(quantity.0, self.qty_scale)
    }

    /// A price in the instrument's step; `None` where it is finer or does not fit.
    pub(crate) fn to_price(&self, price: Decimal) -> Option<Price> {
        counted(price, self.price_scale).map(Price)
    }

    /// A quantity in the instrument's step; `None` where it is finer or does not fit.
    pub(crate) fn to_quantity(&self, quantity: Decimal) -> Option<Qty> {
        counted(quantity, self.qty_scale).map(Qty)
    }

    /// The largest quantity of whole lots that is not above one.
    pub(crate) fn floor_to_lot(&self, quantity: Decimal) -> Decimal {
        quantity.checked_div(self.lot).map_or(Decimal::ZERO, |lots| (lots.floor() * self.lot).normalize())
    }

    /// Whether parts of it can be traded.
    pub(crate) fn is_fractionable(&self) -> bool {
        self.lot < Decimal::ONE
    }

    /// Whether a quantity is one of whole lots.
    pub(crate) fn is_whole(&self, quantity: Decimal) -> bool {
        self.to_quantity(quantity).is_some() && (quantity % self.lot).is_zero()
    }

    /// Whether a price is one that orders may name: for stocks two decimals from one dollar on and four below, for crypto
    /// the pair's own step.
    pub(crate) fn takes_price(&self, price: Decimal) -> bool {
        if self.to_price(price).is_none() {
            return false;
        }
        match self.class {
            AssetClass::Stock => exact::places(price) <= if price >= Decimal::ONE { 2 } else { 4 },
            AssetClass::Crypto => self.tick.is_zero() || (price % self.tick).is_zero(),
        }
    }

    /// As `/v2/assets` shows it.
    pub(crate) fn node(&self) -> Node {
        let stock = self.class == AssetClass::Stock;
        let node = Node::map([
            ("id", self.id.clone().into()),
            ("class", self.class.name().into()),
            ("exchange", self.exchange().into()),
            ("symbol", self.symbol.clone().into()),
            ("name", format!("{} at the loopback venue", self.symbol).into()),
            ("status", "active".into()),
            ("tradable", true.into()),
            ("marginable", stock.into()),
            ("maintenance_margin_requirement", if stock { 30 } else { 100 }.into()),
            ("shortable", self.shortable.into()),
            ("easy_to_borrow", self.shortable.into()),
            ("fractionable", self.is_fractionable().into()),
            ("attributes", Vec::new().into()),
        ]);
        match self.class {
            AssetClass::Stock => node,
            AssetClass::Crypto => node
                .with("min_order_size", Node::digits(self.lot))
                .with("min_trade_increment", Node::digits(self.lot))
                .with("price_increment", Node::digits(self.tick)),
        }
    }
}

/// The symbol of a market here: that of the catalog for a stock, with a slash where it is made of a base and a quote.
#[must_use]
pub fn symbol(listing: &Listing) -> String {
    let (base, quote) = (&listing.base, &listing.quote);
    let name = listing.instrument.name.split_once(':').map_or(listing.instrument.name.as_str(), |(_, name)| name);
    if name == base { base.clone() } else { format!("{base}/{quote}") }
}

fn scaled(count: i64, scale: u8) -> Decimal {
    Decimal::from_i128_with_scale(i128::from(count), u32::from(scale)).normalize()
}

fn counted(amount: Decimal, scale: u8) -> Option<i64> {
    let amount = amount.normalize();
    let missing = u32::from(scale).checked_sub(amount.scale())?;
    let count = amount.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    i64::try_from(count).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Dated, Spec};

    pub(crate) fn asset(symbol: &str, scales: (u8, u8), spec: Spec) -> Asset {
        let usd = "USD".parse().expect("a currency");
        let instrument = Instrument::new(symbol.into(), usd, scales, Decimal::ONE, Dated::always(spec));
        Asset::new(MarketId(0), symbol, &instrument.expect("an instrument"), Timestamp(0))
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn a_stock_has_two_decimals_from_a_dollar_on_and_four_below() {
        let stock = asset("AAPL", (4, 9), Spec::FREE);
        for (price, takes) in [("1", true), ("1.01", true), ("1.001", false), ("0.9999", true), ("0.99999", false)] {
            assert_eq!(stock.takes_price(decimal(price)), takes, "{price}");
        }
        let pair = asset("BTC/USD", (8, 9), Spec { tick: Price(50_000_000), ..Spec::FREE });
        for (price, takes) in [("100.5", true), ("100.25", false), ("100.000000001", false)] {
            assert_eq!(pair.takes_price(decimal(price)), takes, "{price}");
        }
    }

    #[test]
    fn numbers_become_steps_only_where_nothing_is_lost() {
        let stock = asset("AAPL", (2, 9), Spec::FREE);
        assert_eq!(stock.to_price(decimal("150.10")), Some(Price(15_010)));
        assert_eq!(stock.to_price(decimal("150.101")), None);
        assert_eq!(stock.to_quantity(decimal("0.123456789")), Some(Qty(123_456_789)));
        assert_eq!(stock.to_quantity(decimal("99999999999")), None);
        let pair = asset("BTC/USD", (2, 9), Spec { lot: Qty(1_000), ..Spec::FREE });
        assert_eq!(pair.floor_to_lot(decimal("0.0123456789")), decimal("0.012345"));
    }

    #[test]
    fn a_pair_answers_to_its_name_with_a_slash_and_without() {
        let pair = asset("BTC/USD", (2, 8), Spec::FREE);
        assert!(pair.is_named("BTC/USD") && pair.is_named("BTCUSD") && pair.is_named(&pair.id));
        assert!(!pair.is_named("BTC") && !asset("AAPL", (2, 0), Spec::FREE).is_named("AA/PL"));
    }
}
