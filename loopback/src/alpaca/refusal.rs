//! How Alpaca says no: a status, a code that does not always agree with it, words, and sometimes figures.
use super::node::{Node, plain};
use rust_decimal::Decimal;
use std::borrow::Cow;

/// A request that is refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Alpaca's own code; zero where the body has none, as in the data API.
    pub(crate) code: i64,
    pub(crate) message: Cow<'static, str>,
    /// What stands beside code and message.
    pub(crate) extra: Vec<(&'static str, Node)>,
}

impl Refusal {
    fn new(status: u16, code: i64, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), extra: Vec::new() }
    }

    /// The body that goes with the status.
    pub(crate) fn body(&self) -> Node {
        let mut body = match self.code {
            0 => Node::map([("message", self.message.to_string().into())]),
            code => Node::map([("code", code.into()), ("message", self.message.to_string().into())]),
        };
        for (key, value) in &self.extra {
            body = body.with(key, value.clone());
        }
        body
    }

    /// The body is no JSON, or a field of it has the wrong shape.
    pub(crate) fn malformed(what: &str) -> Self {
        Self::new(400, 40_010_000, format!("request body format is invalid: {what}"))
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, 40_110_000, "request is not authorized")
    }

    /// A field that is missing, doubled or out of its bounds.
    pub(crate) fn field(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(422, 40_010_001, message)
    }

    /// What is well formed and cannot be done.
    pub(crate) fn unprocessable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(422, 42_210_000, message)
    }

    /// What the account may not do.
    pub(crate) fn denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, 40_310_000, message)
    }

    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(404, 40_410_000, message)
    }

    pub(crate) fn no_such_order(id: &str) -> Self {
        Self::not_found(format!("order not found for {id}"))
    }

    pub(crate) fn no_position() -> Self {
        Self::not_found("position does not exist")
    }

    /// A query of the data API that makes no sense.
    pub(crate) fn bad_query(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, 0, message)
    }

    /// Data that the account has not paid for.
    pub(crate) fn no_subscription() -> Self {
        Self::new(403, 0, "subscription does not permit querying recent SIP data")
    }

    pub(crate) fn too_many() -> Self {
        Self::new(429, 42_910_000, "rate limit exceeded")
    }

    pub(crate) fn internal(status: u16) -> Self {
        Self::new(status, 50_010_000, "internal server error occurred")
    }

    pub(crate) fn buying_power(available: Decimal, wanted: Decimal) -> Self {
        let refusal = Self::denied("insufficient buying power");
        refusal.with("buying_power", Node::digits(available)).with("cost_basis", Node::digits(wanted))
    }

    pub(crate) fn balance(currency: &str, available: Decimal, wanted: Decimal) -> Self {
        let (requested, available) = (plain(wanted), plain(available));
        Self::denied(format!("insufficient balance for {currency} (requested: {requested}, available: {available})"))
            .with("available", available.into())
    }

    pub(crate) fn held(symbol: &str, wanted: Decimal, free: Decimal, existing: Decimal) -> Self {
        let (requested, available) = (plain(wanted), plain(free));
        Self::denied(format!("insufficient qty available for order (requested: {requested}, available: {available})"))
            .with("available", available.into())
            .with("existing_qty", Node::digits(existing))
            .with("held_for_orders", Node::digits((existing - free).max(Decimal::ZERO)))
            .with("symbol", symbol.to_string().into())
    }

    pub(crate) fn wash_trade(other: &str) -> Self {
        Self::denied("potential wash trade detected. use complex orders")
            .with("existing_order_id", other.to_string().into())
            .with("reject_reason", "opposite side limit order exists".into())
    }

    fn with(mut self, key: &'static str, value: Node) -> Self {
        self.extra.push((key, value));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_beside_code_and_message() {
        let refusal = Refusal::held("SQQQ", 1_000.into(), 0.into(), 1_000.into());
        assert_eq!(
            (refusal.status, refusal.body().json().as_str()),
            (
                403,
                "{\"code\":40310000,\"message\":\"insufficient qty available for order (requested: 1000, available: 0)\",\
                 \"available\":\"0\",\"existing_qty\":\"1000\",\"held_for_orders\":\"1000\",\"symbol\":\"SQQQ\"}"
            )
        );
        assert_eq!(Refusal::bad_query("no").body().json(), "{\"message\":\"no\"}");
    }
}
