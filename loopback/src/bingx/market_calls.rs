//! Calls about the market that need no signature.
use super::account_calls::rate_number;
use super::code::Code;
use super::options::Forming;
use super::parameters::Parameters;
use super::routes::Call;
use super::venue::{Answered, Bingx, Outcome, shown};
use super::words::{fixed, ms, price, quantity, span, symbol};
use crate::exchange::{Listing, MarketId, Traded};
use crate::pace::Speed;
use engine::{Candle, Interval, Price, Qty, Timestamp};
use serde_json::{Value, json};

/// A level of a book: a price and what stands there, as texts.
pub(super) type Level = [String; 2];

impl Bingx {
    /// Makes a call about the market.
    pub(super) fn market_call(&self, call: Call, parameters: &Parameters) -> Answered {
        match call {
            Call::ServerTime => Ok(Outcome::Data(json!({"serverTime": ms(self.now.wall)}))),
            Call::Contracts => self.contracts(parameters),
            Call::TradingRules => self.trading_rules(parameters),
            Call::Klines => self.klines(parameters, &["open", "close", "high", "low", "volume", "time"]),
            Call::MarkKlines => {
                self.klines(parameters, &["open", "close", "high", "low", "volume", "openTime", "closeTime"])
            }
            Call::SpotKlines => self.spot_klines(parameters),
            Call::Depth => self.depth(parameters),
            Call::Trades => self.recent_trades(parameters, 500, false),
            Call::HistoricalTrades => self.recent_trades(parameters, 100, true),
            Call::PremiumIndex => self.each(parameters, |it, market| it.premium(market)),
            Call::FundingRate => self.funding_rates(parameters),
            Call::OpenInterest => self.open_interest(parameters),
            Call::Ticker => self.each(parameters, |it, market| it.ticker(market)),
            Call::BookTicker => self.book_ticker(parameters),
            Call::Price => self.each(parameters, |it, market| it.last_price(market)),
            Call::SpotSymbols => Ok(Outcome::Data(json!({"symbols": []}))),
            Call::CoinContracts => Ok(Outcome::Data(json!([]))),
            _ => Err(Code::NoRoute.says("this api is not exist")),
        }
    }

    fn markets(&self) -> impl Iterator<Item = MarketId> + use<> {
        (0..u32::try_from(self.exchange.listings().len()).unwrap_or(0)).map(MarketId)
    }

    /// One object where a symbol is named, else a list of all.
    fn each(&self, parameters: &Parameters, of: impl Fn(&Self, MarketId) -> Value) -> Answered {
        match self.market_if_any(parameters)? {
            Some(market) => Ok(Outcome::Data(of(self, market))),
            None => Ok(Outcome::Data(self.markets().map(|market| of(self, market)).collect())),
        }
    }

    fn contracts(&self, parameters: &Parameters) -> Answered {
        let wanted = self.market_if_any(parameters)?;
        let all = self.markets().filter(|market| wanted.is_none_or(|wanted| wanted == *market));
        Ok(Outcome::Data(all.map(|market| self.contract(market)).collect()))
    }

    fn contract(&self, market: MarketId) -> Value {
        let listing = self.exchange.listing(market);
        let open = !self.exchange.is_halted(market);
        let instrument = &listing.instrument;
        let spec = instrument.spec(self.exchange.now());
        let (price_places, lot_places) = places(listing, spec.tick, spec.lot);
        json!({
            "contractId": (100 + market.0).to_string(),
            "symbol": symbol(listing),
            "displayName": symbol(listing),
            "size": fixed(1, lot_places),
            "quantityPrecision": lot_places,
            "pricePrecision": price_places,
            "feeRate": rate_number(listing.taker),
            "makerFeeRate": rate_number(listing.maker),
            "takerFeeRate": rate_number(listing.taker),
            "tradeMinLimit": 0,
            "tradeMinQuantity": number(&quantity(listing, listing.min_quantity)),
            "tradeMinUSDT": number(&spec.min_notional.to_string()),
            "maxLongLeverage": listing.leverage_max,
            "maxShortLeverage": listing.leverage_max,
            "currency": listing.quote,
            "asset": listing.base,
            "status": if open { 1 } else { 25 },
            "apiStateOpen": open.to_string(),
            "apiStateClose": open.to_string(),
            "brokerState": "true",
            "ensureTrigger": false,
            "triggerFeeRate": "0",
            "launchTime": 0,
            "maintainTime": 0,
            "offTime": 0,
        })
    }

    fn trading_rules(&self, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let listing = self.exchange.listing(market);
        Ok(Outcome::Data(json!({
            "minSizeCoin": quantity(listing, listing.min_quantity),
            "minSizeUsd": listing.instrument.spec(self.exchange.now()).min_notional.to_string(),
            "maxMumOrder": "0",
            "protectionThreshold": "0.5",
            "buyMaxPrice": "0",
            "buyMinPrice": "0",
            "sellMaxPrice": "0",
            "sellMinPrice": "0",
            "marketRatio": "0.5",
        })))
    }

    /// Candles of a request, newest first.
    fn candles(&self, parameters: &Parameters) -> Result<(MarketId, Vec<Candle>), super::code::Failure> {
        let market = self.market_of(parameters)?;
        let name = parameters.need("interval")?;
        let wanted = span(name).ok_or_else(|| Code::Parameter.says(format!("no interval {}", shown(name))))?;
        let from = parameters.instant("startTime")?.unwrap_or(Timestamp::MIN);
        let to = parameters.instant("endTime")?.unwrap_or(Timestamp::MAX);
        if to < from {
            return Err(Code::Parameter.says("endTime is before startTime"));
        }
        let limit = parameters.limit("limit", 500, self.options.most_candles)?;
        let mut candles = self.exchange.board(market).candles(wanted, from, to, limit + 1);
        let now = self.exchange.now();
        candles.retain(|candle| candle.known_time <= now || self.shows_forming());
        candles.reverse();
        candles.truncate(limit);
        Ok((market, candles))
    }

    /// Whether the candle under way is shown.
    fn shows_forming(&self) -> bool {
        match self.options.forming {
            Forming::Always => true,
            Forming::Never => false,
            Forming::ByClock => {
                let apart = self.exchange.now().0.abs_diff(self.now.wall.0);
                self.pace.speed() == Speed::Thousandths(1_000) && apart < Interval::MINUTE.0.unsigned_abs()
            }
        }
    }

    fn klines(&self, parameters: &Parameters, members: &[&str]) -> Answered {
        let (market, candles) = self.candles(parameters)?;
        let listing = self.exchange.listing(market);
        let row = |candle: &Candle| {
            let all = members.iter().map(|name| {
                let value = match *name {
                    "open" => json!(price(listing, candle.open)),
                    "close" => json!(price(listing, candle.close)),
                    "high" => json!(price(listing, candle.high)),
                    "low" => json!(price(listing, candle.low)),
                    "volume" => json!(quantity(listing, Qty(candle.volume))),
                    "closeTime" => json!(ms(candle.known_time) - 1),
                    _ => json!(ms(candle.open_time)),
                };
                ((*name).to_string(), value)
            });
            Value::Object(all.collect())
        };
        Ok(Outcome::Data(candles.iter().map(row).collect()))
    }

    /// Arrays of numbers, as the spot service has them.
    fn spot_klines(&self, parameters: &Parameters) -> Answered {
        let (market, candles) = self.candles(parameters)?;
        let listing = self.exchange.listing(market);
        let row = |candle: &Candle| {
            let value = listing.instrument.value(candle.close, Qty(candle.volume)).0;
            let numbers = [candle.open, candle.high, candle.low, candle.close].map(|it| number(&price(listing, it)));
            let [open, high, low, close] = numbers;
            let volume = number(&quantity(listing, Qty(candle.volume)));
            json!([
                ms(candle.open_time),
                open,
                high,
                low,
                close,
                volume,
                ms(candle.known_time) - 1,
                number(&super::words::money(value))
            ])
        };
        Ok(Outcome::Data(candles.iter().map(row).collect()))
    }

    /// The book of a market as far as it is known: the best of each side, and levels behind them that are made up.
    pub(super) fn levels(&self, market: MarketId, depth: usize) -> (Vec<Level>, Vec<Level>) {
        let listing = self.exchange.listing(market);
        let Some(quote) = self.exchange.board(market).quote() else { return (Vec::new(), Vec::new()) };
        let spec = listing.instrument.spec(self.exchange.now());
        let made_up = |level: i64| Qty(spec.lot.0.saturating_mul(1_000).saturating_mul(level + 1));
        let side = |best: Price, size: Option<Qty>, sign: i64| {
            let level = |(level, _): (i64, usize)| {
                let raw = best.0.saturating_add(sign * level * spec.tick.0);
                let size = size.filter(|_| level == 0).unwrap_or_else(|| made_up(level));
                (raw > 0).then(|| [price(listing, Price(raw)), quantity(listing, size)])
            };
            (0..).zip(0..depth).filter_map(level).collect::<Vec<_>>()
        };
        let (bids, mut asks) = (side(quote.bid, quote.bid_size, -1), side(quote.ask, quote.ask_size, 1));
        // The venue lists asks from the highest down.
        asks.reverse();
        (bids, asks)
    }

    fn depth(&self, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let limit = parameters.limit("limit", 20, 1_000)?;
        if ![5, 10, 20, 50, 100, 500, 1_000].contains(&limit) {
            return Err(Code::Parameter.says("limit must be 5, 10, 20, 50, 100, 500 or 1000"));
        }
        let (bids, asks) = self.levels(market, limit);
        let stamp = ms(self.exchange.now());
        Ok(Outcome::Data(json!({"T": stamp, "bids": bids, "asks": asks, "bidsCoin": bids, "asksCoin": asks})))
    }

    fn recent_trades(&self, parameters: &Parameters, usual: usize, with_ids: bool) -> Answered {
        let market = self.market_of(parameters)?;
        let listing = self.exchange.listing(market);
        let limit = parameters.limit("limit", usual, 1_000)?;
        let from = parameters.integer("fromId")?.and_then(|id| u64::try_from(id).ok()).unwrap_or(0);
        let row = |trade: &Traded| {
            let value = listing.instrument.value(trade.price, trade.quantity).0;
            let mut row = json!({
                "time": ms(trade.time),
                "isBuyerMaker": trade.taker == engine::Side::Sell,
                "price": price(listing, trade.price),
                "qty": quantity(listing, trade.quantity),
                "quoteQty": super::words::money(value),
            });
            if with_ids {
                row["id"] = json!(trade.number.to_string());
            }
            row
        };
        let trades = self.exchange.board(market).trades().rev().filter(|trade| trade.number >= from);
        Ok(Outcome::Data(trades.take(limit).map(row).collect()))
    }

    fn premium(&self, market: MarketId) -> Value {
        let listing = self.exchange.listing(market);
        let mark = price(listing, self.exchange.mark(market));
        let (last, next) = (self.exchange.last_funding(market), self.exchange.next_funding(market));
        let rate = last.map_or_else(|| "0".into(), |(_, rate)| fixed(rate.parts().0, rate.parts().1));
        json!({
            "symbol": symbol(listing),
            "markPrice": mark,
            "indexPrice": mark,
            "lastFundingRate": rate,
            "nextFundingTime": next.map_or(0, |(time, _)| ms(time)),
        })
    }

    fn funding_rates(&self, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let listing = self.exchange.listing(market);
        let from = parameters.instant("startTime")?.unwrap_or(Timestamp::MIN);
        let to = parameters.instant("endTime")?.unwrap_or(Timestamp::MAX).min(self.exchange.now());
        let limit = parameters.limit("limit", 100, 1_000)?;
        let past = listing.funding.iter().rev().filter(|(time, _)| (from..=to).contains(time));
        let row = |(time, rate): &(Timestamp, engine::ledger::Rate)| {
            let rate = fixed(rate.parts().0, rate.parts().1);
            json!({"symbol": symbol(listing), "fundingRate": rate, "fundingTime": ms(*time)})
        };
        Ok(Outcome::Data(past.take(limit).map(row).collect()))
    }

    fn open_interest(&self, parameters: &Parameters) -> Answered {
        let listing = self.exchange.listing(self.market_of(parameters)?);
        let time = ms(self.exchange.now());
        Ok(Outcome::Data(json!({"openInterest": "0", "symbol": symbol(listing), "time": time})))
    }

    pub(super) fn ticker(&self, market: MarketId) -> Value {
        let (listing, now) = (self.exchange.listing(market), self.exchange.now());
        let Some(day) = self.exchange.board(market).day(now) else { return json!({"symbol": symbol(listing)}) };
        let quote = self.exchange.board(market).quote();
        let change = Price(day.close.0 - day.open.0);
        let percent = i128::from(change.0) * 10_000 / i128::from(day.open.0.max(1));
        let value = listing.instrument.value(day.close, Qty(day.volume)).0;
        let named = |it: Option<Price>| it.map(|it| price(listing, it)).unwrap_or_default();
        json!({
            "symbol": symbol(listing),
            "priceChange": price(listing, change),
            "priceChangePercent": format!("{}%", fixed(i64::try_from(percent).unwrap_or(0), 2)),
            "lastPrice": price(listing, day.close),
            "lastQty": self.exchange.board(market).trades().next_back().map(|it| quantity(listing, it.quantity)),
            "highPrice": price(listing, day.high),
            "lowPrice": price(listing, day.low),
            "openPrice": price(listing, day.open),
            "volume": quantity(listing, Qty(day.volume)),
            "quoteVolume": super::words::money(value),
            "openTime": ms(day.from),
            "closeTime": ms(now),
            "bidPrice": named(quote.map(|quote| quote.bid)),
            "askPrice": named(quote.map(|quote| quote.ask)),
            "bidQty": quote.and_then(|quote| quote.bid_size).map_or("1".into(), |size| quantity(listing, size)),
            "askQty": quote.and_then(|quote| quote.ask_size).map_or("1".into(), |size| quantity(listing, size)),
        })
    }

    fn book_ticker(&self, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let (bids, asks) = self.levels(market, 1);
        let (Some(bid), Some(ask)) = (bids.first(), asks.first()) else {
            return Err(Code::Suspended.says("the market shows no price yet"));
        };
        Ok(Outcome::Data(json!({"book_ticker": {
            "symbol": symbol(self.exchange.listing(market)),
            "bid_price": number(&bid[0]),
            "bid_qty": number(&bid[1]),
            "ask_price": number(&ask[0]),
            "ask_qty": number(&ask[1]),
        }})))
    }

    fn last_price(&self, market: MarketId) -> Value {
        let listing = self.exchange.listing(market);
        let last = self.exchange.board(market).price();
        json!({
            "symbol": symbol(listing),
            "price": last.map(|it| price(listing, it)).unwrap_or_default(),
            "time": ms(self.exchange.now()),
        })
    }
}

/// Decimal places of prices and quantities: of the tick and the lot where these are powers of ten, else of the scales.
fn places(listing: &Listing, tick: Price, lot: Qty) -> (u8, u8) {
    let of = |step: i64, scale: u8| {
        let zeros = step.checked_ilog10().filter(|zeros| 10_i64.pow(*zeros) == step).unwrap_or(0);
        scale.saturating_sub(u8::try_from(zeros).unwrap_or(0))
    };
    (of(tick.0, listing.instrument.price_scale), of(lot.0, listing.instrument.qty_scale))
}

/// A decimal text as a JSON number with its own digits.
pub(super) fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
