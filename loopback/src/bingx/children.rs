//! Take-profit and stop-loss that come with an order: conditional orders of their own, once that order has filled.
use super::code::{Code, Failure};
use super::order_words::{read_price, waiting};
use super::parameters::Parameters;
use super::venue::{Bingx, Memo};
use crate::exchange::{MarketId, NewOrder, Order, PositionSide, Tie};
use engine::{OrderId, OrderKind, Side, Terms};
use serde_json::Value;

/// A take-profit or a stop-loss that waits for its parent.
#[derive(Clone, Debug)]
pub(super) struct Child {
    kind: &'static str,
    order: OrderKind,
    working_type: String,
}

impl Bingx {
    /// Reads the children of an order: a target and a stop, each a JSON text.
    pub(super) fn read_children(
        &self,
        market: MarketId,
        side: Side,
        parent: OrderKind,
        texts: [&Option<Value>; 2],
    ) -> Result<Vec<Child>, Failure> {
        const KINDS: [[&str; 2]; 2] = [["TAKE_PROFIT_MARKET", "TAKE_PROFIT"], ["STOP_MARKET", "STOP"]];
        let mut children = Vec::new();
        for (text, (kinds, is_stop)) in texts.into_iter().zip([(KINDS[0], false), (KINDS[1], true)]) {
            let Some(text) = text else { continue };
            let parameters = Parameters::of_object(text)?;
            let word = parameters.get("type").unwrap_or(kinds[0]);
            let kind = kinds.into_iter().find(|kind| *kind == word);
            let kind = kind.ok_or_else(|| Code::Parameter.says("the type of takeProfit or stopLoss is wrong"))?;
            let listing = self.exchange.listing(market);
            let price = |name| read_price(listing, self.exchange.now(), name, parameters.amount(name)?);
            let trigger = price("stopPrice")?;
            let limit = if kind.ends_with("MARKET") { None } else { Some(price("price")?) };
            // Seen from where the parent trades: its own price, or the market's.
            let from = parent.limit().unwrap_or_else(|| self.exchange.mark(market));
            let above = (side == Side::Buy) != is_stop;
            if if above { trigger <= from } else { trigger >= from } {
                return Err(Code::StopWrongSide.says("takeProfit or stopLoss is on the wrong side of the price"));
            }
            let working_type = parameters.get("workingType").unwrap_or("MARK_PRICE").to_string();
            children.push(Child { kind, order: waiting(is_stop, trigger, limit), working_type });
        }
        Ok(children)
    }

    /// An order has ended or filled: its children are placed for what it has filled, of which one cancels the other.
    pub(super) fn place_children(&mut self, member: usize, parent: &Order) {
        if parent.status.is_open() {
            return;
        }
        let Some(children) = self.children.remove(&parent.id) else { return };
        if parent.filled.is_zero() {
            return;
        }
        let (leverage, now) = (self.memos.get(&parent.id).map_or(1, |memo| memo.leverage), self.now.wall);
        let mut first: Option<OrderId> = None;
        for child in children {
            let tie = first.map_or(Tie::Alone, Tie::OneCancelsOther);
            let reduce_only = parent.request.position == PositionSide::Net;
            let new = NewOrder {
                side: parent.request.side.opposite(),
                quantity: parent.filled,
                kind: child.order,
                terms: Terms { reduce_only, ..Terms::PLAIN },
                tie,
                client_id: None,
                ..parent.request.clone()
            };
            let memo = Memo {
                kind: child.kind,
                working_type: child.working_type,
                take_profit: Value::Null,
                stop_loss: Value::Null,
                close_position: false,
                trailing_rate: String::new(),
                leverage,
                parent: Some(parent.id),
                arrived: now,
                hidden_until: 0,
            };
            // A position that is closed again already needs no exit.
            if let Ok(id) = self.exchange.submit(self.members[member].account, new) {
                self.memos.insert(id, memo);
                first = first.or(Some(id));
            }
        }
    }
}
