//! A new order in the venue's words, read and turned into what the exchange takes.
use super::children::Child;
use super::code::{Code, Failure};
use super::parameters::Parameters;
use super::venue::{Bingx, Memo, shown};
use super::words::{market, truncated};
use crate::exchange::{Listing, MarketId, NewOrder, PositionMode, PositionSide, Tie};
use engine::{OrderKind, Price, Qty, Side, Terms, TimeInForce, Trail};
use rust_decimal::Decimal;
use serde_json::Value;

/// An order that was read and not placed yet.
pub(super) struct Draft {
    pub(super) new: NewOrder,
    pub(super) memo: Memo,
    /// What is to be placed when it has filled.
    pub(super) children: Vec<Child>,
}

/// The kinds of orders that the venue has.
const KINDS: [&str; 9] = [
    "LIMIT",
    "MARKET",
    "STOP",
    "TAKE_PROFIT",
    "STOP_MARKET",
    "TAKE_PROFIT_MARKET",
    "TRIGGER_LIMIT",
    "TRIGGER_MARKET",
    "TRAILING_STOP_MARKET",
];

fn wrong(message: impl Into<String>) -> Failure {
    Code::Parameter.says(message)
}

impl Bingx {
    /// The market of a symbol that must be there.
    pub(super) fn market_of(&self, parameters: &Parameters) -> Result<MarketId, Failure> {
        let symbol = parameters.need("symbol")?;
        market(&self.exchange, symbol).ok_or_else(|| Code::Symbol.says(format!("{} is not exist", shown(symbol))))
    }

    /// The market of a symbol, where one is named.
    pub(super) fn market_if_any(&self, parameters: &Parameters) -> Result<Option<MarketId>, Failure> {
        if parameters.get("symbol").is_none() {
            return Ok(None);
        }
        self.market_of(parameters).map(Some)
    }

    /// Reads a new order.
    pub(super) fn draft(&self, member: usize, parameters: &Parameters) -> Result<Draft, Failure> {
        let market = self.market_of(parameters)?;
        let listing = self.exchange.listing(market);
        let word = parameters.need("type")?;
        let kind = KINDS.into_iter().find(|kind| *kind == word);
        let kind = kind.ok_or_else(|| wrong(format!("the type {} is not supported", shown(word))))?;
        let side = side(parameters)?;
        let position = self.position_side(member, parameters)?;
        let mut terms = terms(parameters)?;
        let close_position = parameters.flag("closePosition")?;
        if close_position && !matches!(kind, "STOP_MARKET" | "TAKE_PROFIT_MARKET") {
            return Err(wrong("closePosition is for STOP_MARKET and TAKE_PROFIT_MARKET only"));
        }
        let order_kind = self.order_kind(market, kind, side, parameters)?;
        let held = self.exchange.account(self.members[member].account).position(market, position).quantity;
        let reducible = Qty((-held.0 * side.sign()).max(0));
        let quantity = if close_position { reducible } else { self.quantity(market, order_kind, parameters)? };
        if kind.starts_with("STOP") || kind.starts_with("TAKE") {
            // They are orders about a position: there must be one, and no less of it.
            if reducible.is_zero() || quantity > reducible {
                return Err(Code::NoPosition.says("the position does not exist, or is smaller than the order"));
            }
            terms.reduce_only = position == PositionSide::Net;
        }
        let client_id = client_id(parameters)?;
        let [take_profit, stop_loss] = ["takeProfit", "stopLoss"].map(|name| parameters.json(name));
        let (take_profit, stop_loss) = (take_profit?, stop_loss?);
        let children = self.read_children(market, side, order_kind, [&take_profit, &stop_loss])?;
        if !children.is_empty() && !matches!(kind, "LIMIT" | "MARKET") {
            return Err(wrong("takeProfit and stopLoss are for LIMIT and MARKET only"));
        }
        let settings = self.exchange.account(self.members[member].account).settings(market);
        let short = position == PositionSide::Short || (position == PositionSide::Net && side == Side::Sell);
        let memo = Memo {
            kind,
            working_type: working_type(parameters)?,
            take_profit: take_profit.unwrap_or(Value::Null),
            stop_loss: stop_loss.unwrap_or(Value::Null),
            close_position,
            trailing_rate: parameters.get("priceRate").map(shown).unwrap_or_default(),
            leverage: if short { settings.short_leverage } else { settings.long_leverage },
            parent: None,
            arrived: self.now.wall,
            hidden_until: 0,
        };
        check_step(listing, quantity)?;
        let new = NewOrder { market, position, side, quantity, kind: order_kind, terms, tie: Tie::Alone, client_id };
        Ok(Draft { new, memo, children })
    }

    /// The position side, which the mode of the account bounds.
    pub(super) fn position_side(&self, member: usize, parameters: &Parameters) -> Result<PositionSide, Failure> {
        let hedge = self.exchange.account(self.members[member].account).mode() == PositionMode::Hedge;
        if hedge && parameters.get("reduceOnly").is_some() {
            return Err(wrong("In the Hedge mode, the 'ReduceOnly' field can not be filled."));
        }
        match (parameters.get("positionSide"), hedge) {
            (None | Some("BOTH"), false) => Ok(PositionSide::Net),
            (None | Some("LONG"), true) => Ok(PositionSide::Long),
            (Some("SHORT"), true) => Ok(PositionSide::Short),
            (_, false) => Err(wrong("In the One-way mode, the 'PositionSide' field can only be set to BOTH.")),
            (_, true) => Err(wrong("In the Hedge mode, the 'PositionSide' field can only be set to LONG or SHORT.")),
        }
    }

    /// When and at what price it may trade.
    fn order_kind(
        &self,
        market: MarketId,
        kind: &str,
        side: Side,
        parameters: &Parameters,
    ) -> Result<OrderKind, Failure> {
        let listing = self.exchange.listing(market);
        let named = |name: &str| read_price(listing, self.exchange.now(), name, parameters.amount(name)?);
        if kind == "TRAILING_STOP_MARKET" {
            return trail(parameters).and_then(|trail| match trail {
                Some(ppm) => Ok(OrderKind::TrailingStop { trail: Trail::Ppm(ppm) }),
                None => Ok(OrderKind::TrailingStop { trail: Trail::Amount(named("price")?) }),
            });
        }
        if kind == "MARKET" {
            return Ok(OrderKind::Market);
        }
        if kind == "LIMIT" {
            return Ok(OrderKind::Limit { price: named("price")? });
        }
        let trigger = named("stopPrice")?;
        let limit = match kind {
            "STOP" | "TAKE_PROFIT" | "TRIGGER_LIMIT" => Some(named("price")?),
            _ => None,
        };
        let is_stop = match kind {
            "STOP" | "STOP_MARKET" => true,
            "TAKE_PROFIT" | "TAKE_PROFIT_MARKET" => false,
            // A trigger waits for its price from whichever side the market stands on.
            _ => (trigger >= self.exchange.mark(market)) == (side == Side::Buy),
        };
        if !kind.starts_with("TRIGGER") {
            self.check_trigger(market, side, is_stop, trigger)?;
        }
        Ok(waiting(is_stop, trigger, limit))
    }

    /// A stop stands where the market hurts and a target where it helps, seen from the last price.
    pub(super) fn check_trigger(
        &self,
        market: MarketId,
        side: Side,
        is_stop: bool,
        trigger: Price,
    ) -> Result<(), Failure> {
        let mark = self.exchange.mark(market);
        let above = (side == Side::Buy) == is_stop;
        if if above { trigger > mark } else { trigger < mark } {
            return Ok(());
        }
        let than = if above { "greater" } else { "less" };
        Err(Code::StopWrongSide.says(format!("the trigger price should be {than} than the current price")))
    }

    /// The quantity: in coins, cut to what the market takes, or an amount of the quote currency.
    fn quantity(&self, market: MarketId, kind: OrderKind, parameters: &Parameters) -> Result<Qty, Failure> {
        let listing = self.exchange.listing(market);
        let lot = listing.instrument.spec(self.exchange.now()).lot;
        let cut = |raw: i64| Qty(raw / lot.0 * lot.0);
        if parameters.get("quantity").is_none() && parameters.get("quoteOrderQty").is_some() {
            let amount = parameters.amount("quoteOrderQty")?.trunc_with_scale(8);
            let amount = engine::Money::from_decimal(amount).map_err(|_| wrong("quoteOrderQty is too large"))?;
            let price = kind.price().unwrap_or_else(|| self.exchange.mark(market));
            return Ok(cut(listing.instrument.quantity_for(amount, price).0));
        }
        let raw = truncated(parameters.amount("quantity")?, listing.instrument.qty_scale);
        raw.map(cut).ok_or_else(|| wrong("quantity is too large"))
    }
}

/// A stop or a touch, at the market or at a limit.
pub(super) fn waiting(is_stop: bool, trigger: Price, limit: Option<Price>) -> OrderKind {
    match (is_stop, limit) {
        (true, None) => OrderKind::Stop { trigger },
        (true, Some(price)) => OrderKind::StopLimit { trigger, price },
        (false, None) => OrderKind::MarketIfTouched { trigger },
        (false, Some(price)) => OrderKind::LimitIfTouched { trigger, price },
    }
}

/// A price, cut to the tick.
pub(super) fn read_price(
    listing: &Listing,
    now: engine::Timestamp,
    name: &str,
    price: Decimal,
) -> Result<Price, Failure> {
    let tick = listing.instrument.spec(now).tick;
    let raw = truncated(price, listing.instrument.price_scale).map(|raw| raw / tick.0 * tick.0);
    raw.filter(|raw| *raw > 0).map(Price).ok_or_else(|| wrong(format!("{name} is too small or too large")))
}

/// `BUY` or `SELL`.
fn side(parameters: &Parameters) -> Result<Side, Failure> {
    match parameters.need("side")? {
        "BUY" => Ok(Side::Buy),
        "SELL" => Ok(Side::Sell),
        _ => Err(wrong("side must be BUY or SELL")),
    }
}

fn terms(parameters: &Parameters) -> Result<Terms, Failure> {
    let (time_in_force, post_only) = match parameters.get("timeInForce") {
        None | Some("GTC") => (TimeInForce::GoodTilCancelled, false),
        Some("IOC") => (TimeInForce::ImmediateOrCancel, false),
        Some("FOK") => (TimeInForce::FillOrKill, false),
        Some("PostOnly") => (TimeInForce::GoodTilCancelled, true),
        Some(_) => return Err(wrong("timeInForce must be GTC, IOC, FOK or PostOnly")),
    };
    Ok(Terms { time_in_force, post_only, reduce_only: parameters.flag("reduceOnly")? })
}

/// What a trailing stop follows at: parts per million, or nothing where a distance in the price is named.
fn trail(parameters: &Parameters) -> Result<Option<i64>, Failure> {
    if parameters.get("activationPrice").is_some() {
        return Err(wrong("activationPrice is not served on loopback: it begins at the last price"));
    }
    let Some(rate) = parameters.decimal("priceRate")? else { return Ok(None) };
    let ppm = truncated(rate, 6).filter(|ppm| (1..=1_000_000).contains(ppm));
    ppm.map(Some).ok_or_else(|| wrong("priceRate must be above 0 and at most 1"))
}

fn working_type(parameters: &Parameters) -> Result<String, Failure> {
    match parameters.get("workingType") {
        None | Some("MARK_PRICE") => Ok("MARK_PRICE".into()),
        Some("CONTRACT_PRICE") => Ok("CONTRACT_PRICE".into()),
        Some(_) => Err(wrong("workingType must be MARK_PRICE or CONTRACT_PRICE")),
    }
}

/// The client's name for an order, in small letters as the venue keeps it.
pub(super) fn client_id(parameters: &Parameters) -> Result<Option<String>, Failure> {
    let Some(id) = parameters.any(&["clientOrderId", "clientOrderID"]) else { return Ok(None) };
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if id.len() > 40 || !plain {
        return Err(wrong("clientOrderId is 1 to 40 letters, digits, - and _"));
    }
    Ok(Some(id.to_ascii_lowercase()))
}

fn check_step(listing: &Listing, quantity: Qty) -> Result<(), Failure> {
    if quantity < listing.min_quantity {
        let least = super::words::quantity(listing, listing.min_quantity);
        return Err(Code::TooSmall.says(format!("The minimum order amount is {least} {}.", listing.base)));
    }
    Ok(())
}
