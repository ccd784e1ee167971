//! Calls that ask for orders and fills.
use super::code::Code;
use super::parameters::Parameters;
use super::venue::{Answered, Bingx, Outcome};
use crate::exchange::{Execution, MarketId, Order};
use engine::{Interval, OrderId, Timestamp};
use serde_json::{Value, json};

/// What a list of orders is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that have ended.
    Ended,
    /// All of them.
    All,
}

/// A range of time, both ends included.
struct Range {
    from: Timestamp,
    to: Timestamp,
}

impl Range {
    fn has(&self, time: Timestamp) -> bool {
        (self.from..=self.to).contains(&time)
    }
}

impl Bingx {
    /// `GET trade/order` and `GET trade/openOrder`.
    pub(super) fn order(&self, member: usize, parameters: &Parameters, open_only: bool) -> Answered {
        self.market_of(parameters)?;
        let order = self.named(member, parameters)?;
        if open_only && !order.status.is_open() {
            return Err(Code::NoOrder.says("order not exist"));
        }
        Ok(Outcome::Data(json!({"order": self.order_object(order)})))
    }

    /// `GET trade/openOrders`.
    pub(super) fn open_orders(&self, member: usize, parameters: &Parameters) -> Answered {
        let (market, kind) = (self.market_if_any(parameters)?, parameters.get("type"));
        let open = self.exchange.account(self.members[member].account).open_orders();
        let wanted = |order: &&Order| {
            let memo = self.memos.get(&order.id);
            let shown = memo.is_none_or(|memo| memo.hidden_until <= self.now.mono_ns);
            let kind_fits = kind.is_none_or(|kind| memo.is_some_and(|memo| memo.kind == kind));
            shown && kind_fits && market.is_none_or(|market| order.request.market == market)
        };
        let orders: Vec<Value> = open.filter(wanted).map(|order| self.order_object(order)).collect();
        Ok(Outcome::Data(json!({ "orders": orders })))
    }

    /// `GET trade/allOrders` and `GET trade/fullOrder`, newest first.
    pub(super) fn orders(&self, member: usize, parameters: &Parameters, which: Which) -> Answered {
        let market = self.market_if_any(parameters)?;
        let range = self.week(parameters)?;
        let from = parameters.integer("orderId")?.and_then(|id| u64::try_from(id).ok()).map(OrderId);
        let limit = parameters.limit("limit", 500, 1_000)?;
        let wanted = |order: &&Order| {
            let fits = market.is_none_or(|market| order.request.market == market);
            let memo = self.memos.get(&order.id);
            let shown = memo.is_none_or(|memo| memo.hidden_until <= self.now.mono_ns);
            // Whoever asks may mean the market's clock or its own.
            let arrived = memo.map_or(order.created, |memo| memo.arrived);
            let in_time = range.has(order.created) || range.has(arrived);
            let ended = which == Which::All || !order.status.is_open();
            fits && shown && in_time && ended && from.is_none_or(|from| order.id >= from)
        };
        let all = self.exchange.account(self.members[member].account).orders();
        let orders: Vec<Value> = all.rev().filter(wanted).take(limit).map(|order| self.order_object(order)).collect();
        Ok(Outcome::Data(json!({ "orders": orders })))
    }

    /// The range of a query for orders: at most seven days where both ends are named.
    fn week(&self, parameters: &Parameters) -> Result<Range, super::code::Failure> {
        let range = self.range(parameters, ["startTime", "endTime"])?;
        let named = range.from != Timestamp::MIN && range.to != Timestamp::MAX;
        if named && range.to.0.saturating_sub(range.from.0) > 7 * Interval::DAY.0 {
            return Err(Code::Parameter.says("the time between startTime and endTime must be 7 days at most"));
        }
        Ok(range)
    }

    /// The range of a query.
    fn range(&self, parameters: &Parameters, [start, end]: [&str; 2]) -> Result<Range, super::code::Failure> {
        let (from, to) = (parameters.instant(start)?, parameters.instant(end)?);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Code::Parameter.says(format!("{end} is before {start}")));
        }
        Ok(Range { from: from.unwrap_or(Timestamp::MIN), to: to.unwrap_or(Timestamp::MAX) })
    }

    /// The fills that a query is about, oldest first.
    fn fills_of(
        &self,
        member: usize,
        parameters: &Parameters,
        market: Option<MarketId>,
    ) -> Result<Vec<&Execution>, super::code::Failure> {
        let range = self.range(parameters, ["startTs", "endTs"])?;
        let order = parameters.integer("orderId")?.and_then(|id| u64::try_from(id).ok()).map(OrderId);
        let wanted = |fill: &&Execution| {
            let arrived = fill.order.and_then(|id| self.memos.get(&id)).map(|memo| memo.arrived);
            let in_time = range.has(fill.time) || arrived.is_some_and(|arrived| range.has(arrived));
            in_time
                && market.is_none_or(|market| fill.market == market)
                && order.is_none_or(|order| fill.order == Some(order))
        };
        let account = self.exchange.account(self.members[member].account);
        Ok(account.executions().iter().filter(wanted).collect())
    }

    /// `GET trade/allFillOrders`.
    pub(super) fn fills(&self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_if_any(parameters)?;
        if !matches!(parameters.get("tradingUnit"), None | Some("COIN" | "CONT")) {
            return Err(Code::Parameter.says("tradingUnit must be COIN or CONT"));
        }
        let fills = self.fills_of(member, parameters, market)?;
        let rows: Vec<Value> = fills.iter().rev().take(1_000).map(|fill| self.fill_row(fill)).collect();
        Ok(Outcome::Data(json!({ "fill_orders": rows })))
    }

    /// `GET trade/fillHistory`.
    pub(super) fn fill_history(&self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_if_any(parameters)?;
        let fills = self.fills_of(member, parameters, market)?;
        let after = parameters.integer("lastFillId")?.and_then(|id| u64::try_from(id).ok());
        let size = parameters.limit("pageSize", 50, 1_000)?;
        let page = usize::try_from(parameters.integer("pageIndex")?.unwrap_or(1).max(1)).unwrap_or(1) - 1;
        let total = fills.len();
        let newest = fills.iter().rev().filter(|fill| after.is_none_or(|after| fill.trade > after));
        let rows: Vec<Value> =
            newest.skip(page.saturating_mul(size)).take(size).map(|fill| self.history_row(fill)).collect();
        Ok(Outcome::Data(json!({"fill_history_orders": rows, "total": total})))
    }

    /// `GET user/income`: what fills and funding have made and cost, newest first.
    pub(super) fn income(&self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_if_any(parameters)?;
        let range = self.range(parameters, ["startTime", "endTime"])?;
        let limit = parameters.limit("limit", 100, 1_000)?;
        let wanted = parameters.get("incomeType");
        let account = self.exchange.account(self.members[member].account);
        let mut rows = Vec::new();
        let fits = |fill: &&Execution| range.has(fill.time) && market.is_none_or(|market| fill.market == market);
        for fill in account.executions().iter().rev().filter(fits) {
            let listing = self.exchange.listing(fill.market);
            let kinds = [("TRADING_FEE", -fill.fee), ("REALIZED_PNL", fill.realised)];
            for (kind, amount) in kinds.into_iter().filter(|(_, amount)| amount.0 != 0) {
                if rows.len() == limit || wanted.is_some_and(|wanted| wanted != kind) {
                    continue;
                }
                rows.push(json!({
                    "symbol": super::words::symbol(listing),
                    "incomeType": kind,
                    "income": super::words::money(amount),
                    "asset": listing.quote,
                    "info": "",
                    "time": super::words::ms(fill.time),
                    "tranId": fill.trade.to_string(),
                    "tradeId": fill.trade.to_string(),
                }));
            }
        }
        Ok(Outcome::Data(json!(rows)))
    }
}
