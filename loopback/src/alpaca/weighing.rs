//! What a new order may not do: prices, times and classes that the venue does not take, and what the account cannot carry.
//!
//! The order of the questions is the real venue's as far as it is known: first what the order is, then whose money it needs.
use super::asset::{Asset, AssetClass};
use super::desk::Desk;
use super::draft::{Amount, Draft, Pricing};
use super::exact;
use super::facts::{Facts, Seen};
use super::moment;
use super::order::{Order, exchange_kind};
use super::refusal::Refusal;
use super::words::{Class, Kind, Span};
use engine::{Side, Timestamp};
use rust_decimal::Decimal;

/// The least that a crypto order may be worth.
const CRYPTO_WORTH_MIN: Decimal = Decimal::TEN;
/// What a market or stop order to buy is reckoned at: so many thousandths of the price.
const COLLAR_THOUSANDTHS: i64 = 1_025;
/// The same for a short sale.
const SHORT_THOUSANDTHS: i64 = 1_030;

impl Desk {
    /// The asset of an order and how much of it is to be traded.
    pub(super) fn weigh(&self, draft: &Draft, facts: &Facts) -> Result<(usize, Decimal), Refusal> {
        let unknown = || Refusal::unprocessable(format!("asset \"{}\" not found", draft.symbol));
        let place = self.asset(&draft.symbol).ok_or_else(unknown)?;
        let (asset, seen) = (&self.assets[place], &facts.seen[place]);
        match asset.class {
            AssetClass::Crypto => crypto_takes(draft)?,
            AssetClass::Stock => stock_takes(draft, facts.now)?,
        }
        self.prices_fit(asset, &draft.pricing)?;
        if let Some(limit) = draft.take_profit {
            self.prices_fit(asset, &Pricing { kind: Kind::Limit, limit: Some(limit), stop: None, trail: None })?;
        }
        if let Some(loss) = &draft.stop_loss {
            self.prices_fit(asset, loss)?;
        }
        exits_stand_apart(draft, seen)?;
        stop_is_ahead(&draft.pricing, draft.side, seen)?;
        let quantity = self.quantity(draft, asset, seen)?;
        if self.rules.refuse_wash_trades {
            self.meets_no_own(draft, place)?;
        }
        self.carries(draft, place, quantity, facts)?;
        Ok((place, quantity))
    }

    /// Whether every price is one that the asset's orders may name.
    pub(super) fn prices_fit(&self, asset: &Asset, pricing: &Pricing) -> Result<(), Refusal> {
        for (price, field) in [(pricing.limit, "limit_price"), (pricing.stop, "stop_price")] {
            if let Some(price) = price.filter(|price| !asset.takes_price(*price)) {
                return Err(Refusal::unprocessable(format!(
                    "invalid {field} {price}. sub-penny increment does not fulfill minimum pricing criteria"
                )));
            }
        }
        match exchange_kind(pricing, asset) {
            Some(_) => Ok(()),
            None => Err(Refusal::unprocessable("invalid trail: finer than the asset's price increment")),
        }
    }

    /// How much is traded, in whole steps.
    fn quantity(&self, draft: &Draft, asset: &Asset, seen: &Seen) -> Result<Decimal, Refusal> {
        let quantity = match draft.amount {
            Amount::Quantity(quantity) => {
                let fractional = exact::places(quantity) > 0;
                if asset.class == AssetClass::Stock && fractional {
                    fractions_fit(draft)?;
                }
                if exact::places(quantity) > 9 {
                    return Err(Refusal::field("qty must have no more than 9 decimals"));
                }
                if asset.to_quantity(quantity).is_none() {
                    return Err(Refusal::field("qty must be integer"));
                }
                if asset.class == AssetClass::Stock && !asset.is_whole(quantity) {
                    return Err(not_fractionable(asset));
                }
                match asset.class {
                    // What is finer than a crypto pair's step is cut off, as at the real venue.
                    AssetClass::Crypto => asset.floor_to_lot(quantity),
                    AssetClass::Stock => quantity,
                }
            }
            Amount::Notional(notional) => {
                if asset.class == AssetClass::Stock {
                    fractions_fit(draft)?;
                    if !asset.is_fractionable() {
                        return Err(not_fractionable(asset));
                    }
                    if notional < Decimal::ONE {
                        return Err(Refusal::denied("notional amount must be >= 1.00"));
                    }
                }
                let price = draft.pricing.limit.or(seen.last).ok_or(Refusal::unprocessable("no price is known yet"))?;
                asset.floor_to_lot(notional.checked_div(price).unwrap_or_default())
            }
        };
        if quantity.is_zero() {
            return Err(Refusal::denied("qty must be >= the asset's minimum trade increment"));
        }
        Ok(quantity)
    }

    /// Whether it would trade with an order of our own: real venues refuse that.
    fn meets_no_own(&self, draft: &Draft, asset: usize) -> Result<(), Refusal> {
        let crosses = |other: &&Order| match (other.pricing.kind, draft.pricing.kind, draft.side) {
            (Kind::Limit, Kind::Market, _) => true,
            (Kind::Limit, Kind::Limit, Side::Buy) => draft.pricing.limit >= other.pricing.limit,
            (Kind::Limit, Kind::Limit, Side::Sell) => draft.pricing.limit <= other.pricing.limit,
            _ => false,
        };
        let opposite = |it: &&Order| it.asset == asset && it.works() && it.side != draft.side;
        // An order of a group is a complex order, which is what the refusal asks for.
        match self.orders.iter().filter(opposite).filter(|it| it.class == Class::Simple).find(crosses) {
            Some(other) if draft.class == Class::Simple => Err(Refusal::wash_trade(&other.id)),
            _ => Ok(()),
        }
    }

    /// Whether the account can carry it.
    fn carries(&self, draft: &Draft, place: usize, quantity: Decimal, facts: &Facts) -> Result<(), Refusal> {
        let (asset, seen) = (&self.assets[place], &facts.seen[place]);
        let limit = draft.pricing.limit.or(draft.pricing.stop);
        let price = limit.or(seen.last).unwrap_or_default();
        if asset.class == AssetClass::Crypto && price * quantity < CRYPTO_WORTH_MIN {
            return Err(Refusal::denied("cost basis must be >= minimal amount of order 10"));
        }
        let held = seen.quantity;
        let closes = match draft.side {
            Side::Sell => held > Decimal::ZERO,
            Side::Buy => held < Decimal::ZERO,
        };
        let free = self.free(place, held);
        if draft.class == Class::Oco && !closes {
            return Err(Refusal::held(&asset.symbol, quantity, Decimal::ZERO, Decimal::ZERO));
        }
        let within = quantity <= free;
        match (draft.side, asset.class) {
            (Side::Sell, AssetClass::Crypto) if !within || !closes => {
                let base = asset.symbol.split('/').next().unwrap_or_default();
                return Err(Refusal::balance(base, free.max(Decimal::ZERO), quantity));
            }
            _ if closes && within => return Ok(()),
            _ if closes && (!self.rules.turn_positions || draft.class == Class::Oco) => {
                return Err(Refusal::held(&asset.symbol, quantity, free, held.abs()));
            }
            (Side::Sell, _) if !asset.shortable || self.rules.no_shorting || facts.multiplier <= Decimal::ONE => {
                return Err(Refusal::denied("account is not allowed to short"));
            }
            (Side::Sell, _) if exact::places(quantity) > 0 => {
                return Err(Refusal::unprocessable("fractional orders cannot be sold short"));
            }
            _ => {}
        }
        let opened = if closes { quantity - free.max(Decimal::ZERO) } else { quantity };
        self.pays(asset, reckoned(draft, seen) * opened, facts)
    }

    fn pays(&self, asset: &Asset, wanted: Decimal, facts: &Facts) -> Result<(), Refusal> {
        let reserved = self.reserved(facts);
        match asset.class {
            AssetClass::Stock => {
                let power = (facts.power() - reserved).max(Decimal::ZERO);
                if wanted > power { Err(Refusal::buying_power(power, wanted)) } else { Ok(()) }
            }
            // Crypto is paid in full.
            AssetClass::Crypto => {
                let cash = (facts.cash.min(facts.power()) - reserved).max(Decimal::ZERO);
                if wanted > cash { Err(Refusal::balance(asset.quote_currency(), cash, wanted)) } else { Ok(()) }
            }
        }
    }

    /// What of a holding no open order wants to close. Of two exits of which one cancels the other the larger counts.
    pub(crate) fn free(&self, asset: usize, held: Decimal) -> Decimal {
        let closing = if held.is_sign_negative() { Side::Buy } else { Side::Sell };
        let wants = |it: &&Order| it.asset == asset && it.side == closing && it.works();
        let second = |it: &Order| match it.parent.map(|parent| &self.orders[parent]) {
            None => false,
            Some(parent) if parent.class == Class::Oco => parent.works(),
            Some(parent) => parent
                .legs
                .iter()
                .map(|leg| &self.orders[*leg])
                .find(|leg| leg.works())
                .is_some_and(|first| first.id != it.id),
        };
        let wanted: Decimal = self.orders.iter().filter(wants).filter(|it| !second(it)).map(Order::leaves).sum();
        held.abs() - wanted
    }

    /// What open orders that open something may come to cost.
    pub(crate) fn reserved(&self, facts: &Facts) -> Decimal {
        let opens = |it: &&Order| it.works() && it.parent.is_none() && it.intent.ends_with("open");
        let cost = |it: &Order| {
            let seen = &facts.seen[it.asset];
            it.leaves() * it.pricing.limit.or(it.pricing.stop).or(seen.last).unwrap_or_default()
        };
        self.orders.iter().filter(opens).map(cost).sum()
    }
}

/// What one unit of an order is reckoned at.
fn reckoned(draft: &Draft, seen: &Seen) -> Decimal {
    let last = seen.ask.or(seen.last).unwrap_or_default();
    let collared = |price: Decimal, thousandths: i64| price * Decimal::new(thousandths, 3);
    match (draft.side, draft.pricing.kind) {
        (Side::Buy, kind) if kind.has_limit() => draft.pricing.limit.unwrap_or(last),
        (Side::Buy, _) => collared(draft.pricing.stop.unwrap_or(last), COLLAR_THOUSANDTHS),
        (Side::Sell, _) => collared(last, SHORT_THOUSANDTHS).max(draft.pricing.limit.unwrap_or_default()),
    }
}

fn crypto_takes(draft: &Draft) -> Result<(), Refusal> {
    if !matches!(draft.span, Span::Gtc | Span::Ioc) {
        return Err(Refusal::unprocessable("invalid crypto time_in_force"));
    }
    if !matches!(draft.pricing.kind, Kind::Market | Kind::Limit | Kind::StopLimit) {
        return Err(Refusal::unprocessable("invalid order type for crypto order"));
    }
    if draft.class != Class::Simple {
        let class = draft.class.name();
        return Err(Refusal::unprocessable(format!("crypto orders not allowed for advanced order_class: {class}")));
    }
    if draft.extended_hours {
        return Err(Refusal::unprocessable("extended hours is not valid for crypto orders"));
    }
    Ok(())
}

fn stock_takes(draft: &Draft, now: Timestamp) -> Result<(), Refusal> {
    let kind = draft.pricing.kind;
    if draft.extended_hours && !(kind == Kind::Limit && matches!(draft.span, Span::Day | Span::Gtc)) {
        return Err(Refusal::unprocessable("extended hours order must be DAY limit orders"));
    }
    let hour = moment::new_york_hour(now);
    let within = |from: &str, to: &str| hour.as_str() >= from && hour.as_str() < to;
    match draft.span {
        Span::Opg | Span::Cls if !matches!(kind, Kind::Market | Kind::Limit) => {
            Err(Refusal::unprocessable("opg and cls orders must be market or limit orders"))
        }
        Span::Opg if within("09:28", "19:00") => {
            Err(Refusal::unprocessable("market on open orders are not accepted between 9:28am and 7:00pm ET"))
        }
        Span::Cls if within("15:50", "19:00") => {
            Err(Refusal::unprocessable("market on close orders are not accepted between 3:50pm and 7:00pm ET"))
        }
        Span::Ioc | Span::Fok if kind == Kind::TrailingStop => {
            Err(Refusal::unprocessable("trailing stop orders must be day or gtc"))
        }
        _ => Ok(()),
    }
}

fn not_fractionable(asset: &Asset) -> Refusal {
    Refusal::unprocessable(format!("asset \"{}\" is not fractionable", asset.symbol))
}

/// What holds for a part of a share, and for an amount in dollars.
fn fractions_fit(draft: &Draft) -> Result<(), Refusal> {
    match (draft.span, draft.class, draft.pricing.kind) {
        (Span::Day, Class::Simple, Kind::TrailingStop) | (Span::Day, Class::Bracket | Class::Oco | Class::Oto, _) => {
            Err(Refusal::unprocessable("fractional orders must be simple orders"))
        }
        (Span::Day, ..) => Ok(()),
        _ => Err(Refusal::unprocessable("fractional orders must be DAY orders")),
    }
}

/// Whether a stop stands where the price has not been yet.
pub(super) fn stop_is_ahead(pricing: &Pricing, side: Side, seen: &Seen) -> Result<(), Refusal> {
    match (side, pricing.stop, seen.last) {
        (Side::Sell, Some(stop), Some(last)) if stop >= last => {
            Err(Refusal::unprocessable("stop price must be less than current price"))
        }
        (Side::Buy, Some(stop), Some(last)) if stop <= last => {
            Err(Refusal::unprocessable("stop price must be greater than current price"))
        }
        _ => Ok(()),
    }
}

/// Whether the exits stand on their sides of the entry, a cent away at least.
fn exits_stand_apart(draft: &Draft, seen: &Seen) -> Result<(), Refusal> {
    let cent = Decimal::new(1, 2);
    let gain = if draft.class == Class::Oco { draft.pricing.limit } else { draft.take_profit };
    let loss = draft.stop_loss.and_then(|it| it.stop);
    // The side of the exits: what rises is good for those who bought.
    let buys = (draft.side == Side::Buy) != (draft.class == Class::Oco);
    if let (Some(gain), Some(loss)) = (gain, loss)
        && (gain > loss) != buys
    {
        return Err(Refusal::unprocessable(if buys {
            "take_profit.limit_price must be > stop_loss.stop_price"
        } else {
            "take_profit.limit_price must be < stop_loss.stop_price"
        }));
    }
    let base = match draft.class {
        Class::Simple => return Ok(()),
        Class::Oco => seen.last,
        _ => draft.pricing.limit.or(draft.pricing.stop).or(seen.last),
    };
    let Some(base) = base else { return Ok(()) };
    match loss {
        Some(loss) if buys && loss > base - cent => {
            Err(Refusal::unprocessable("stop_loss.stop_price must be <= base_price - 0.01"))
        }
        Some(loss) if !buys && loss < base + cent => {
            Err(Refusal::unprocessable("stop_loss.stop_price must be >= base_price + 0.01"))
        }
        _ => Ok(()),
    }
}
