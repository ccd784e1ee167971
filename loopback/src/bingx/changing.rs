//! Calls that change or end orders.
use super::code::{Code, Failure};
use super::order_words::client_id;
use super::parameters::Parameters;
use super::placing::list;
use super::timer::Deferred;
use super::venue::{Answered, Bingx, Outcome};
use super::words::truncated;
use crate::exchange::{Order, Status};
use crate::faults::Fault;
use engine::{OrderId, Qty};
use serde_json::{Value, json};

/// Numbers of one list.
const MOST: usize = 10;

impl Bingx {
    /// The order that a request names, by its number or the client's id, in whatever state.
    pub(super) fn named(&self, member: usize, parameters: &Parameters) -> Result<&Order, Failure> {
        let number = parameters.integer("orderId")?;
        self.by_names(member, number, client_id(parameters)?.as_deref())
    }

    fn by_names(&self, member: usize, number: Option<i64>, client_id: Option<&str>) -> Result<&Order, Failure> {
        let account = self.exchange.account(self.members[member].account);
        let by_number = |number: i64| account.order(OrderId(u64::try_from(number).ok()?));
        let found = match (number, client_id) {
            (Some(number), _) => by_number(number),
            (None, Some(id)) => account.by_client_id(id),
            (None, None) => return Err(Code::Parameter.says("either orderId or clientOrderId must be sent")),
        };
        let hidden = |order: &&Order| self.memos.get(&order.id).is_some_and(|it| self.now.mono_ns < it.hidden_until);
        found.filter(|order| !hidden(order)).ok_or_else(|| Code::NoOrder.says("order not exist"))
    }

    /// `DELETE trade/order`.
    pub(super) fn cancel(&mut self, member: usize, parameters: &Parameters) -> Answered {
        self.market_of(parameters)?;
        let id = self.named(member, parameters)?.id;
        Ok(Outcome::Data(json!({"order": self.cancel_one(member, id)?})))
    }

    /// Cancels an order; its last words.
    fn cancel_one(&mut self, member: usize, id: OrderId) -> Result<Value, Failure> {
        let account = self.members[member].account;
        if self.faults.strikes(Fault::LateFill) {
            // It is said to be cancelled and works a little longer, so that a fill may come after the answer.
            let order =
                self.exchange.account(account).order(id).ok_or_else(|| Code::NoOrder.says("order not exist"))?;
            if order.status.is_open() {
                let said = Order { status: Status::Cancelled, ..order.clone() };
                let wait_ns = (1 + self.faults.draw(Fault::LateFill, 4)) * 1_000_000_000;
                let at = self.now.mono_ns.saturating_add(wait_ns);
                self.storms.deferred.push(Deferred { at, account, order: id });
                return Ok(self.order_object(&said));
            }
        }
        self.exchange.cancel(account, id)?;
        self.tell();
        let order = self.exchange.account(account).order(id);
        order.map(|order| self.order_object(order)).ok_or_else(|| Code::NoOrder.says("order not exist"))
    }

    /// `DELETE trade/batchOrders`.
    pub(super) fn batch_cancel(&mut self, member: usize, parameters: &Parameters) -> Answered {
        self.market_of(parameters)?;
        let by_number = parameters.get("orderIdList").is_some();
        let name = ["orderIdList", "clientOrderIdList", "clientOrderIDList"]
            .into_iter()
            .find(|name| parameters.get(name).is_some())
            .ok_or_else(|| Code::Parameter.says("either orderIdList or clientOrderIdList must be sent"))?;
        let (mut success, mut failed) = (Vec::new(), Vec::new());
        for element in list(parameters, name, MOST)? {
            let text = element.as_str().map_or_else(|| element.to_string(), str::to_string);
            let found = match by_number {
                true => self.by_names(member, text.parse().ok().or(Some(-1)), None),
                false => self.by_names(member, None, Some(&text.to_ascii_lowercase())),
            };
            let id = found.map(|order| order.id);
            let partial = self.faults.strikes(Fault::PartialBatch);
            let ended = match id {
                Ok(_) if partial => Err(Code::Busy.says("system busy, please try again later")),
                Ok(id) => self.cancel_one(member, id),
                Err(failure) => Err(failure),
            };
            match ended {
                Ok(order) => success.push(order),
                Err(failure) => failed.push(self.not_cancelled(element.clone(), &failure)),
            }
        }
        Ok(Outcome::Data(json!({"success": success, "failed": or_null(failed)})))
    }

    fn not_cancelled(&self, id: Value, failure: &Failure) -> Value {
        let code = failure.code.number(self.options.generation);
        json!({"orderId": id, "clientOrderId": "", "errorCode": code, "errorMessage": failure.message})
    }

    /// `DELETE trade/allOpenOrders`.
    pub(super) fn cancel_all(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let (market, kind) = (self.market_if_any(parameters)?, parameters.get("type"));
        let account = self.exchange.account(self.members[member].account);
        let wanted = |order: &&Order| {
            let kind_fits = kind.is_none_or(|kind| self.memos.get(&order.id).is_some_and(|memo| memo.kind == kind));
            market.is_none_or(|market| order.request.market == market) && kind_fits
        };
        let ids: Vec<OrderId> = account.open_orders().filter(wanted).map(|order| order.id).collect();
        let (mut success, mut failed) = (Vec::new(), Vec::new());
        for id in ids {
            let open = self.exchange.account(self.members[member].account).order(id);
            if !open.is_some_and(|order| order.status.is_open()) {
                continue; // it ended with another one
            }
            match self.cancel_one(member, id) {
                Ok(order) => success.push(order),
                Err(failure) => failed.push(self.not_cancelled(json!(id.0), &failure)),
            }
        }
        Ok(Outcome::Data(json!({"success": success, "failed": or_null(failed)})))
    }

    /// `POST trade/amend`: the quantity alone can be changed.
    pub(super) fn amend(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let id = self.named(member, parameters)?.id;
        let listing = self.exchange.listing(market);
        let lot = listing.instrument.spec(self.exchange.now()).lot;
        let raw = truncated(parameters.amount("quantity")?, listing.instrument.qty_scale);
        let quantity = Qty(raw.ok_or_else(|| Code::Parameter.says("quantity is too large"))? / lot.0 * lot.0);
        self.exchange.amend(self.members[member].account, id, Some(quantity), None)?;
        self.tell();
        let order = self.exchange.account(self.members[member].account).order(id);
        let order = order.ok_or_else(|| Code::NoOrder.says("order not exist"))?;
        let listing = self.exchange.listing(market);
        Ok(Outcome::Data(json!({
            "orderId": id.0,
            "clientOrderId": order.request.client_id.clone().unwrap_or_default(),
            "symbol": super::words::symbol(listing),
            "quantity": super::words::quantity(listing, order.request.quantity),
        })))
    }

    /// `POST trade/cancelReplace`.
    pub(super) fn cancel_replace(&mut self, member: usize, parameters: &Parameters) -> Answered {
        Ok(Outcome::Data(self.replace_one(member, parameters)?))
    }

    /// `POST trade/batchCancelReplace`.
    pub(super) fn batch_cancel_replace(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let mut all = Vec::new();
        for object in list(parameters, "batchOrders", 5)? {
            all.push(self.replace_one(member, &Parameters::of_object(&object)?)?);
        }
        Ok(Outcome::Data(json!(all)))
    }

    fn replace_one(&mut self, member: usize, parameters: &Parameters) -> Result<Value, Failure> {
        let stop = match parameters.need("cancelReplaceMode")? {
            "STOP_ON_FAILURE" => true,
            "ALLOW_FAILURE" => false,
            _ => return Err(Code::Parameter.says("cancelReplaceMode must be STOP_ON_FAILURE or ALLOW_FAILURE")),
        };
        let number = parameters.integer("cancelOrderId")?;
        let name = parameters.any(&["cancelClientOrderId", "cancelClientOrderID"]).map(str::to_ascii_lowercase);
        let fits = |order: &Order| match parameters.get("cancelRestrictions") {
            Some("ONLY_NEW" | "ONLY_PENDING") => order.status == Status::New,
            Some("ONLY_PARTIALLY_FILLED") => order.status == Status::PartlyFilled,
            _ => true,
        };
        // What cannot be placed is not worth a cancellation.
        self.draft(member, parameters)?;
        let found = self.by_names(member, number, name.as_deref()).map(|order| (order.id, fits(order)));
        let cancelled = found.and_then(|(id, fits)| match fits {
            true => self.cancel_one(member, id),
            false => Err(Code::Finished.says("the order is not in the wanted state")),
        });
        let (result, message, response) = match &cancelled {
            Ok(order) => ("true", String::new(), order.clone()),
            Err(failure) => ("false", failure.message.clone(), Value::Null),
        };
        if let (Err(failure), true) = (cancelled, stop) {
            return Err(failure);
        }
        let placed = self.place_one(member, parameters);
        let (replaced, replace_message, order) = match placed {
            Ok(id) => ("true", String::new(), self.placed(member, id)),
            Err(failure) => ("false", failure.message, Value::Null),
        };
        Ok(json!({
            "cancelResult": result,
            "cancelMsg": message,
            "cancelResponse": response,
            "replaceResult": replaced,
            "replaceMsg": replace_message,
            "newOrderResponse": order,
        }))
    }
}

fn or_null(list: Vec<Value>) -> Value {
    if list.is_empty() { Value::Null } else { Value::Array(list) }
}
