//! Calls that bring orders: one, several, a test, and the ones that close what is held.
use super::code::{Code, Failure};
use super::order_words::Draft;
use super::parameters::Parameters;
use super::venue::{Answered, Bingx, Memo, Outcome};
use crate::exchange::{Holding, NewOrder, PositionSide, Tie, closing_side};
use crate::faults::Fault;
use engine::{OrderId, OrderKind, Qty, Terms};
use serde_json::{Value, json};

/// Orders of one list.
const MOST: usize = 5;

impl Bingx {
    /// `POST trade/order`.
    pub(super) fn place(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let id = self.place_one(member, parameters)?;
        Ok(Outcome::Data(json!({"order": self.placed(member, id)})))
    }

    /// Places one order; its number.
    pub(super) fn place_one(&mut self, member: usize, parameters: &Parameters) -> Result<OrderId, Failure> {
        let draft = self.draft(member, parameters)?;
        self.place_draft(member, draft)
    }

    fn place_draft(&mut self, member: usize, draft: Draft) -> Result<OrderId, Failure> {
        let Draft { new, mut memo, children } = draft;
        if self.faults.strikes(Fault::NotYetVisible) {
            let seconds = 1 + self.faults.draw(Fault::NotYetVisible, 4);
            memo.hidden_until = self.now.mono_ns.saturating_add(seconds * 1_000_000_000);
        }
        let id = self.exchange.submit(self.members[member].account, new)?;
        self.memos.insert(id, memo);
        if !children.is_empty() {
            self.children.insert(id, children);
        }
        self.tell();
        Ok(id)
    }

    /// `POST trade/order/test`: looked at as if it came, and nothing comes of it.
    pub(super) fn test_place(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let Draft { new, memo, .. } = self.draft(member, parameters)?;
        self.exchange.review(self.members[member].account, &new)?;
        let order = json!({
            "symbol": super::words::symbol(self.exchange.listing(new.market)),
            "orderId": 0,
            "side": super::words::side(new.side),
            "positionSide": super::words::position_side(new.position),
            "type": memo.kind,
            "clientOrderId": new.client_id.unwrap_or_default(),
            "workingType": memo.working_type,
        });
        Ok(Outcome::Data(json!({ "order": order })))
    }

    /// `POST trade/batchOrders`: each for itself; one that fails carries its error.
    pub(super) fn batch_place(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let list = list(parameters, "batchOrders", MOST)?;
        let mut orders = Vec::new();
        for object in &list {
            let placed = if self.faults.strikes(Fault::PartialBatch) {
                Err(Code::Busy.says("system busy, please try again later"))
            } else {
                Parameters::of_object(object).and_then(|one| self.place_one(member, &one))
            };
            orders.push(match placed {
                Ok(id) => self.placed(member, id),
                Err(failure) => {
                    let code = failure.code.number(self.options.generation);
                    json!({"symbol": object.get("symbol"), "orderId": 0, "code": code, "msg": failure.message})
                }
            });
        }
        Ok(Outcome::Data(json!({ "orders": orders })))
    }

    /// `POST trade/closeAllPositions`.
    pub(super) fn close_all(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_if_any(parameters)?;
        let holdings = self.exchange.holdings(self.members[member].account);
        let (mut success, mut failed) = (Vec::new(), Vec::new());
        for holding in holdings.into_iter().filter(|it| market.is_none_or(|market| it.market == market)) {
            match self.close(member, &holding) {
                Ok(id) => success.push(json!(id.0)),
                Err(failure) => failed.push(json!(failure.message)),
            }
        }
        let failed = if failed.is_empty() { Value::Null } else { json!(failed) };
        Ok(Outcome::Data(json!({"success": success, "failed": failed})))
    }

    /// `POST trade/closePosition`: by the number of the position; its words are of another casing.
    pub(super) fn close_position(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let wanted = parameters.need("positionId")?.to_string();
        let holdings = self.exchange.holdings(self.members[member].account);
        let found = holdings.into_iter().find(|holding| self.position_id(member, holding) == wanted);
        let holding = found.ok_or_else(|| Code::NoPosition.says("position not exist"))?;
        let id = self.close(member, &holding)?;
        let listing = self.exchange.listing(holding.market);
        let bought = holding.position.quantity > Qty::ZERO;
        Ok(Outcome::Data(json!({
            "orderId": id.0,
            "positionId": wanted,
            "symbol": super::words::symbol(listing),
            "side": if bought { "Ask" } else { "Bid" },
            "type": "Market",
            "positionSide": if bought { "Long" } else { "Short" },
            "origQty": super::words::quantity(listing, holding.position.quantity.abs()),
        })))
    }

    /// Closes a position at the market.
    fn close(&mut self, member: usize, holding: &Holding) -> Result<OrderId, Failure> {
        let quantity = holding.position.quantity;
        let reduce_only = holding.side == PositionSide::Net;
        let new = NewOrder {
            market: holding.market,
            position: holding.side,
            side: closing_side(quantity),
            quantity: quantity.abs(),
            kind: OrderKind::Market,
            terms: Terms { reduce_only, ..Terms::PLAIN },
            tie: Tie::Alone,
            client_id: None,
        };
        let memo = self.plain_memo("MARKET");
        let draft = Draft { new, memo, children: Vec::new() };
        self.place_draft(member, draft)
    }

    /// What is remembered of an order that no request described.
    pub(super) fn plain_memo(&self, kind: &'static str) -> Memo {
        Memo {
            kind,
            working_type: "MARK_PRICE".into(),
            take_profit: Value::Null,
            stop_loss: Value::Null,
            close_position: false,
            trailing_rate: String::new(),
            leverage: 10,
            parent: None,
            arrived: self.now.wall,
            hidden_until: 0,
        }
    }
}

/// A list in a parameter, as JSON, of at most so many.
pub(super) fn list(parameters: &Parameters, name: &str, most: usize) -> Result<Vec<Value>, Failure> {
    parameters.need(name)?;
    match parameters.json(name)? {
        Some(Value::Array(list)) if (1..=most).contains(&list.len()) => Ok(list),
        _ => Err(Code::Parameter.says(format!("{name} must be a JSON list of 1 to {most}"))),
    }
}
