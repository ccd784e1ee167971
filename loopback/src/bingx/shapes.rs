//! The JSON of orders, fills and positions.
use super::venue::{Bingx, Memo};
use super::words::{average, fixed, money, ms, position_side, price, quantity, side, status, symbol};
use crate::exchange::{Execution, Holding, MarginKind, Order, PositionSide};
use engine::{Interval, Liquidity, Money, OrderId, OrderKind, Qty, Timestamp, Trail};
use serde_json::{Value, json};

impl Bingx {
    pub(super) fn memo(&self, order: &Order) -> Memo {
        self.memos.get(&order.id).cloned().unwrap_or_else(|| self.plain_memo("MARKET"))
    }

    /// An order as queries and cancellations have it.
    pub(super) fn order_object(&self, order: &Order) -> Value {
        let (listing, memo) = (self.exchange.listing(order.request.market), self.memo(order));
        let zero = || fixed(0, listing.instrument.price_scale);
        let named = |it: Option<engine::Price>| it.map_or_else(zero, |it| price(listing, it));
        let kind = order.request.kind;
        let limit = match kind {
            OrderKind::TrailingStop { trail: Trail::Amount(amount) } => Some(amount),
            _ => kind.limit(),
        };
        let waits = !matches!(kind, OrderKind::Limit { .. });
        let client_id = order.request.client_id.clone().unwrap_or_default();
        json!({
            "symbol": symbol(listing),
            "orderId": order.id.0,
            "orderID": order.id.0.to_string(),
            "side": side(order.request.side),
            "positionSide": position_side(order.request.position),
            "type": memo.kind,
            "origQty": quantity(listing, order.request.quantity),
            "price": named(limit),
            "executedQty": quantity(listing, order.filled),
            "avgPrice": average(listing, order),
            "cumQuote": money(order.value),
            "stopPrice": kind.trigger().map(|it| price(listing, it)).unwrap_or_default(),
            "profit": money(order.realised),
            "commission": money(-order.fees),
            "status": status(order, waits, self.options.cancelled),
            "time": ms(order.created),
            "updateTime": ms(order.updated),
            "clientOrderId": client_id,
            "leverage": format!("{}X", memo.leverage),
            "takeProfit": self.child_object(&memo.take_profit),
            "stopLoss": self.child_object(&memo.stop_loss),
            "advanceAttr": 0,
            "positionID": 0,
            "takeProfitEntrustPrice": 0,
            "stopLossEntrustPrice": 0,
            "orderType": "",
            "workingType": memo.working_type,
            "stopGuaranteed": "false",
            "triggerOrderId": memo.parent.map_or(0, |parent| parent.0),
            "mainOrderId": "",
            "isTwap": false,
            "reduceOnly": order.request.terms.reduce_only,
            "postOnly": order.request.terms.post_only,
            "closePosition": memo.close_position.to_string(),
            "trailingStopRate": memo.trailing_rate,
        })
    }

    /// A child in an order's object; empty where there is none.
    fn child_object(&self, child: &Value) -> Value {
        let of = |name: &str, none: Value| child.get(name).cloned().unwrap_or(none);
        json!({
            "type": of("type", json!("")),
            "quantity": 0,
            "stopPrice": of("stopPrice", json!(0)),
            "price": of("price", json!(0)),
            "workingType": of("workingType", json!("")),
            "stopGuaranteed": "",
        })
    }

    /// An order as the answer to its placing has it.
    pub(super) fn placed(&self, member: usize, id: OrderId) -> Value {
        let account = self.exchange.account(self.members[member].account);
        let Some(order) = account.order(id) else { return Value::Null };
        let (listing, memo) = (self.exchange.listing(order.request.market), self.memo(order));
        let client_id = order.request.client_id.clone().unwrap_or_default();
        let market = order.request.kind == OrderKind::Market;
        let done = |text: String| if market { text } else { String::new() };
        json!({
            "symbol": symbol(listing),
            "orderId": id.0,
            "orderID": id.0.to_string(),
            "side": side(order.request.side),
            "positionSide": position_side(order.request.position),
            "type": memo.kind,
            "clientOrderId": client_id,
            "clientOrderID": client_id,
            "workingType": memo.working_type,
            "price": order.request.kind.limit().map(|it| price(listing, it)).unwrap_or_default(),
            "stopPrice": order.request.kind.trigger().map(|it| price(listing, it)).unwrap_or_default(),
            "quantity": quantity(listing, order.request.quantity),
            "status": status(order, true, self.options.cancelled),
            "avgPrice": done(average(listing, order)),
            "executedQty": done(quantity(listing, order.filled)),
            "reduceOnly": order.request.terms.reduce_only,
            "closePosition": memo.close_position.to_string(),
        })
    }

    /// A fill by `allFillOrders`, with the two times whose digits agree and whose zones do not.
    pub(super) fn fill_row(&self, fill: &Execution) -> Value {
        let listing = self.exchange.listing(fill.market);
        let amount = listing.instrument.value(fill.price, fill.quantity).0;
        let eastern = eastern(fill.time);
        json!({
            "filledTm": format!("{}Z", &eastern[..19]),
            "filledTime": format!("{eastern}+0800"),
            "volume": quantity(listing, fill.quantity),
            "price": price(listing, fill.price),
            "amount": money(amount),
            "commission": money(-fill.fee),
            "currency": listing.quote,
            "orderId": fill.order.map_or(0, |order| order.0).to_string(),
            "clientOrderID": self.client_id_of(fill.order),
            "symbol": symbol(listing),
            "liquidatedPrice": "0",
            "liquidatedMarginRatio": "0",
        })
    }

    /// A fill by `fillHistory`.
    pub(super) fn history_row(&self, fill: &Execution) -> Value {
        let listing = self.exchange.listing(fill.market);
        let role = if fill.liquidity == Liquidity::Maker { "maker" } else { "taker" };
        json!({
            "symbol": symbol(listing),
            "qty": quantity(listing, fill.quantity),
            "price": price(listing, fill.price),
            "quoteQty": money(listing.instrument.value(fill.price, fill.quantity).0),
            "commission": money(-fill.fee),
            "commissionAsset": listing.quote,
            "orderId": fill.order.map_or(0, |order| order.0).to_string(),
            "tradeId": fill.trade.to_string(),
            "filledTime": format!("{}+0800", eastern(fill.time)),
            "side": side(fill.side),
            "positionSide": position_side(fill.position),
            "realisedPNL": money(fill.realised),
            "role": role,
        })
    }

    fn client_id_of(&self, order: Option<OrderId>) -> String {
        let find = |id: OrderId| self.members.iter().find_map(|it| self.exchange.account(it.account).order(id));
        order.and_then(find).and_then(|order| order.request.client_id.clone()).unwrap_or_default()
    }

    /// The number of a position: it lasts as long as the market has it.
    pub(super) fn position_id(&self, member: usize, holding: &Holding) -> String {
        let side = if holding.side == PositionSide::Short { 2 } else { 1 };
        (self.members[member].uid / 10 + u64::from(holding.market.0) * 4 + side).to_string()
    }

    /// A position.
    pub(super) fn position_row(&self, member: usize, holding: &Holding) -> Value {
        let Holding { market, side, position } = *holding;
        let listing = self.exchange.listing(market);
        let account = self.exchange.account(self.members[member].account);
        let (settings, mark) = (account.settings(market), self.exchange.mark(market));
        let is_short = position.quantity < Qty::ZERO;
        let leverage = if is_short { settings.short_leverage } else { settings.long_leverage };
        let unrealised = position.unrealised(&listing.instrument, mark);
        let margin = Money(position.cost.0 / i128::from(leverage.max(1)));
        let isolated = settings.margin == MarginKind::Isolated;
        let amount = quantity(listing, position.quantity.abs());
        let ratio = if margin == Money::ZERO { 0 } else { unrealised.0 * 10_000 / margin.0 };
        let ratio = fixed(i64::try_from(ratio).unwrap_or(0), 4);
        json!({
            "positionId": self.position_id(member, holding),
            "symbol": symbol(listing),
            "currency": listing.quote,
            "positionAmt": amount,
            "availableAmt": amount,
            // One-way positions show the side that they are on.
            "positionSide": if is_short { "SHORT" } else { "LONG" },
            "isolated": isolated,
            "avgPrice": position.entry(&listing.instrument).map(|it| price(listing, it)).unwrap_or_default(),
            "initialMargin": money(margin),
            "margin": money(margin + unrealised),
            "leverage": leverage,
            "unrealizedProfit": money(unrealised),
            "realisedProfit": money(position.realised - position.paid),
            "liquidationPrice": 0,
            "positionValue": money(listing.instrument.value(mark, position.quantity.abs()).0),
            "markPrice": price(listing, mark),
            "riskRate": "0",
            "maxMarginReduction": "0",
            "pnlRatio": ratio,
            "updateTime": ms(position.updated),
            "onlyOnePosition": side == PositionSide::Net,
        })
    }
}

/// An instant in China's time, to the millisecond: `2023-12-16T20:58:36.000`.
fn eastern(time: Timestamp) -> String {
    let local = time.after(8 * Interval::HOUR.0);
    let (year, month, day) = crate::exchange::civil_day(local.day());
    let of_day = local.0.rem_euclid(Interval::DAY.0) / 1_000_000;
    let (seconds, millis) = (of_day / 1_000, of_day % 1_000);
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{:02}.{millis:03}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fill_s_time_is_that_of_china() {
        // 2023-12-16 12:58:36 UTC.
        let time = Timestamp(1_702_731_516 * 1_000_000_000 + 7_000_000);
        assert_eq!(eastern(time), "2023-12-16T20:58:36.007");
        assert_eq!(eastern(Timestamp(0)), "1970-01-01T08:00:00.000");
    }
}
