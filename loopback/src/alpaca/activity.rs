//! What happened to the account: its fills, and fees, newest first as the venue lists them.
use super::asset::Asset;
use super::ids::Ids;
use super::moment;
use super::node::Node;
use super::order::Order;
use super::words::side_name;
use engine::Timestamp;
use rust_decimal::Decimal;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Activity {
    /// Begins with its time, so that ids are in its order.
    pub(crate) id: String,
    /// `FILL`, `CFEE`, `FEE`, ...
    pub(crate) kind: &'static str,
    /// When the venue made it known: what `after` and `until` ask for.
    pub(crate) known: Known,
    node: Node,
}

/// When something became known, by the market's clock and by the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) market: Timestamp,
    pub(crate) wall: Timestamp,
}

impl Known {
    /// Whether it was behind an instant. What the market has not come to by `now` is a time of the machine's clock: clients
    /// that count from their own start ask by it, and at the real venue the two are one.
    pub(crate) fn is_after(self, instant: Timestamp, now: Timestamp) -> bool {
        if instant > now { self.wall > instant } else { self.market > instant }
    }
}

/// A fill as its order's side of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Execution {
    pub(crate) id: String,
    pub(crate) price: Decimal,
    pub(crate) quantity: Decimal,
    /// When it happened at the exchange.
    pub(crate) time: Timestamp,
}

impl Activity {
    /// A fill that `order` has booked already.
    pub(crate) fn fill(execution: &Execution, order: &Order, asset: &Asset, known: Known) -> Self {
        let id = format!("{}::{}", moment::stamp(known.market), execution.id);
        let whole = order.filled >= order.quantity;
        let node = Node::map([
            ("id", id.clone().into()),
            ("activity_type", "FILL".into()),
            ("transaction_time", execution.time.into()),
            ("type", if whole { "fill" } else { "partial_fill" }.into()),
            ("price", Node::digits(execution.price)),
            ("qty", Node::digits(execution.quantity)),
            ("side", side_name(order.side).into()),
            ("symbol", asset.symbol.clone().into()),
            ("leaves_qty", Node::digits((order.quantity - order.filled).max(Decimal::ZERO))),
            ("order_id", order.id.clone().into()),
            ("cum_qty", Node::digits(order.filled)),
            ("order_status", order.status.name().into()),
        ]);
        Self { id, kind: "FILL", known, node }
    }

    /// Money that came or went beside a trade: `kind` in Alpaca's letters.
    pub(crate) fn cash(
        kind: &'static str,
        (amount, of): (Decimal, Option<&Asset>),
        what: &'static str,
        known: Known,
        ids: &mut Ids,
    ) -> Self {
        let now = known.market;
        let id = format!("{}::{}", moment::stamp(now), ids.draw());
        let node = Node::map([
            ("id", id.clone().into()),
            ("activity_type", kind.into()),
            ("date", moment::new_york_day(now).to_string().into()),
            ("created_at", now.into()),
            ("net_amount", Node::digits(amount)),
            ("description", what.into()),
            ("symbol", of.map(|asset| asset.symbol.clone()).into()),
            ("status", "executed".into()),
        ]);
        Self { id, kind, known, node }
    }
}

/// What is asked of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wanted<'a> {
    /// Only these kinds; all where there are none.
    pub(crate) kinds: Vec<&'a str>,
    pub(crate) after: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) oldest_first: bool,
    pub(crate) page_size: usize,
    /// The id of the last row of the page before.
    pub(crate) page_token: Option<&'a str>,
}

/// A page of the list; an unknown token gives an empty page.
pub(crate) fn page(all: &[Activity], wanted: &Wanted<'_>, now: Timestamp) -> Node {
    let fits = |it: &&Activity| {
        (wanted.kinds.is_empty() || wanted.kinds.contains(&it.kind))
            && wanted.after.is_none_or(|after| it.known.is_after(after, now))
            && wanted.until.is_none_or(|until| it.known.market < until)
    };
    let mut rows: Vec<&Activity> = all.iter().filter(fits).collect();
    if !wanted.oldest_first {
        rows.reverse();
    }
    let first = match wanted.page_token {
        None => 0,
        Some(token) => rows.iter().position(|it| it.id == token).map_or(rows.len(), |place| place + 1),
    };
    let page = rows.into_iter().skip(first).take(wanted.page_size);
    Node::List(page.map(|it| it.node.clone()).collect())
}
