//! The order desk: every order of the account, and what the exchange is to be told about it.
//!
//! It is a state machine without a socket or a clock. Requests and what the exchange says go in; what the exchange is asked
//! and updates for whoever listens come out. What an order may not do is decided in [`super::weighing`], what the exchange's
//! word changes in [`super::reporting`], what clients want changed in [`super::changing`].
use super::activity::{Activity, Execution};
use super::asset::{Asset, AssetClass};
use super::draft::{self, Amount, Draft, Pricing};
use super::facts::Facts;
use super::handing::Ask;
use super::holding::Holding;
use super::ids::Ids;
use super::node::Node;
use super::options::Rules;
use super::order::{Order, Times, Waiting};
use super::refusal::Refusal;
use super::words::{Class, Kind, Status};
use crate::exchange::MarketId;
use engine::{OrderId, Price, Side, Timestamp};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What a listener of `trade_updates` is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update {
    /// The whole message.
    pub(crate) node: Node,
    /// In one word, for tests and the record.
    pub(crate) event: &'static str,
}

/// Whether an order is shown with its legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nesting {
    Flat,
    Nested,
}

/// The desk.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) assets: Vec<Asset>,
    pub(crate) rules: Rules,
    /// In the order of submission.
    pub(crate) orders: Vec<Order>,
    by_id: BTreeMap<String, usize>,
    /// Client ids that were used; without a place those of refused orders.
    by_client: BTreeMap<String, Option<usize>>,
    pub(super) by_number: BTreeMap<OrderId, usize>,
    pub(super) ids: Ids,
    /// In the order of the assets.
    pub(crate) holdings: Vec<Holding>,
    pub(crate) activities: Vec<Activity>,
    /// What the machine's clock shows.
    pub(crate) wall: Timestamp,
    /// Trailing stops that may still follow the price.
    trailing: Vec<usize>,
    /// Stock orders that came while their market was closed.
    pub(crate) waiting: Vec<usize>,
    /// For the exchange, in order.
    pub(crate) asks: Vec<Ask>,
    /// For listeners, in order.
    pub(crate) updates: Vec<Update>,
}

impl Desk {
    pub(crate) fn new(assets: Vec<Asset>, rules: Rules, seed: u64) -> Self {
        let holdings = vec![Holding::default(); assets.len()];
        Self {
            assets,
            rules,
            orders: Vec::new(),
            by_id: BTreeMap::new(),
            by_client: BTreeMap::new(),
            by_number: BTreeMap::new(),
            ids: Ids::new(seed),
            holdings,
            activities: Vec::new(),
            wall: Timestamp::MIN,
            trailing: Vec::new(),
            waiting: Vec::new(),
            asks: Vec::new(),
            updates: Vec::new(),
        }
    }

    /// Takes a new order; its place. It has not been acknowledged then.
    ///
    /// # Errors
    /// What is wrong with it, in Alpaca's words.
    pub(crate) fn submit(&mut self, body: &[u8], facts: &Facts) -> Result<usize, Refusal> {
        self.enter(draft::read(body)?, facts)
    }

    /// The same for an order that has been read.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn enter(&mut self, draft: Draft, facts: &Facts) -> Result<usize, Refusal> {
        if draft.client_id.as_ref().is_some_and(|id| self.by_client.contains_key(id)) {
            return Err(Refusal::field("client_order_id must be unique"));
        }
        match self.weigh(&draft, facts) {
            Ok((asset, quantity)) => Ok(self.open(draft, asset, quantity, facts)),
            Err(refusal) => {
                if let (true, Some(id)) = (self.rules.burn_refused_ids, draft.client_id) {
                    self.by_client.insert(id, None);
                }
                Err(refusal)
            }
        }
    }

    fn open(&mut self, draft: Draft, asset: usize, quantity: Decimal, facts: &Facts) -> usize {
        let held = facts.seen[asset].quantity;
        let intent = draft.intent.unwrap_or(match (draft.side, held) {
            (Side::Buy, held) if held.is_sign_negative() && !held.is_zero() => "buy_to_close",
            (Side::Buy, _) => "buy_to_open",
            (Side::Sell, held) if held > Decimal::ZERO => "sell_to_close",
            (Side::Sell, _) => "sell_to_open",
        });
        let notional = match draft.amount {
            Amount::Quantity(_) => None,
            Amount::Notional(notional) => Some(notional),
        };
        let order = Order {
            id: self.ids.draw(),
            client_id: draft.client_id.clone().unwrap_or_else(|| self.ids.draw()),
            asset,
            notional,
            quantity,
            filled: Decimal::ZERO,
            worth: Decimal::ZERO,
            class: draft.class,
            pricing: draft.pricing,
            side: draft.side,
            span: draft.span,
            extended_hours: draft.extended_hours,
            intent,
            status: self.rules.first_status(self.assets[asset].class),
            waiting: Waiting::Nothing,
            times: Times::new(facts.now, self.wall),
            replaces: None,
            replaced_by: None,
            parent: None,
            legs: Vec::new(),
            number: None,
            high_water: facts.seen[asset].last.filter(|_| draft.pricing.kind == Kind::TrailingStop),
        };
        let parent = self.keep(order);
        self.add_exits(parent, &draft);
        // What trades in an auction waits for it at the exchange.
        let waits = self.assets[asset].class == AssetClass::Stock && !draft.extended_hours && !draft.span.is_auction();
        if waits && !facts.open {
            self.waiting.push(parent);
        } else {
            self.hand_over(parent);
        }
        if self.rules.announce_first_status {
            self.say(self.orders[parent].status.name(), parent, facts.now, None);
        }
        parent
    }

    /// A price of a market: trailing stops follow it.
    pub(crate) fn note_price(&mut self, market: MarketId, price: Price) {
        let orders = &mut self.orders;
        self.trailing.retain(|place| !orders[*place].status.is_final());
        for place in &self.trailing {
            let asset = &self.assets[orders[*place].asset];
            if asset.market == market {
                orders[*place].follow(asset.price(price));
            }
        }
    }

    /// Makes the exits of a bracket, an oco or an oto order.
    fn add_exits(&mut self, parent: usize, draft: &Draft) {
        let gain = draft.take_profit.filter(|_| draft.class != Class::Oco).map(|limit| Pricing {
            kind: Kind::Limit,
            limit: Some(limit),
            stop: None,
            trail: None,
        });
        for pricing in [gain, draft.stop_loss].into_iter().flatten() {
            let entry = &self.orders[parent];
            let side = if draft.class == Class::Oco { entry.side } else { entry.side.opposite() };
            let intent = match side {
                Side::Buy => "buy_to_close",
                Side::Sell => "sell_to_close",
            };
            let exit = Order {
                id: self.ids.draw(),
                client_id: self.ids.draw(),
                pricing,
                side,
                intent,
                status: Status::Held,
                parent: Some(parent),
                legs: Vec::new(),
                ..entry.clone()
            };
            let exit = self.keep(exit);
            self.orders[parent].legs.push(exit);
        }
    }

    /// Adds an order to the table; its place.
    pub(super) fn keep(&mut self, order: Order) -> usize {
        let place = self.orders.len();
        if order.pricing.kind == Kind::TrailingStop {
            self.trailing.push(place);
        }
        self.by_id.insert(order.id.clone(), place);
        self.by_client.insert(order.client_id.clone(), Some(place));
        self.orders.push(order);
        place
    }

    /// The venue has taken an order in: it is `new`.
    pub(crate) fn acknowledge(&mut self, place: usize, now: Timestamp) {
        if !matches!(self.orders[place].status, Status::PendingNew | Status::Accepted) {
            return;
        }
        self.orders[place].status = Status::New;
        self.orders[place].times.updated = now;
        self.say("new", place, now, None);
        if self.orders[place].class == Class::Oco {
            for leg in self.orders[place].legs.clone() {
                self.say("new", leg, now, None);
            }
        }
    }

    /// Notes an update for whoever listens.
    pub(super) fn say(&mut self, event: &'static str, place: usize, time: Timestamp, execution: Option<&Execution>) {
        let id = execution.map_or_else(|| self.ids.draw(), |it| it.id.clone());
        let mut data = Node::map([("event", event.into()), ("execution_id", id.into()), ("timestamp", time.into())]);
        if let Some(execution) = execution {
            let position = self.holdings[self.orders[place].asset].quantity;
            data = data
                .with("price", Node::digits(execution.price))
                .with("qty", Node::digits(execution.quantity))
                .with("position_qty", Node::digits(position));
        }
        let data = data.with("order", self.order_node(place, Nesting::Flat));
        let node = Node::map([("stream", "trade_updates".into()), ("data", data)]);
        self.updates.push(Update { node, event });
    }

    /// The place of an order by the venue's id.
    ///
    /// # Errors
    /// 404 where there is none.
    pub(crate) fn find(&self, id: &str) -> Result<usize, Refusal> {
        self.by_id.get(id).copied().ok_or_else(|| Refusal::no_such_order(id))
    }

    /// The place of an order by its client id.
    ///
    /// # Errors
    /// 404 where there is none.
    pub(crate) fn find_by_client(&self, id: &str) -> Result<usize, Refusal> {
        self.by_client.get(id).copied().flatten().ok_or_else(|| Refusal::no_such_order(id))
    }

    /// Whether a client id was used already.
    pub(super) fn is_used(&self, client_id: &str) -> bool {
        self.by_client.contains_key(client_id)
    }

    /// The place of an asset by symbol or id.
    pub(crate) fn asset(&self, name: &str) -> Option<usize> {
        self.assets.iter().position(|asset| asset.is_named(name))
    }

    /// An order as the venue shows it.
    pub(crate) fn order_node(&self, place: usize, nesting: Nesting) -> Node {
        let order = &self.orders[place];
        let node = order.node(&self.assets[order.asset], |other| &self.orders[other].id);
        let legs: Vec<Node> = match nesting {
            Nesting::Nested => order.legs.iter().map(|leg| self.order_node(*leg, Nesting::Flat)).collect(),
            Nesting::Flat => Vec::new(),
        };
        let node = node.with("legs", if legs.is_empty() { Node::Null } else { legs.into() });
        if self.rules.later_words {
            node.with("ratio_qty", Node::Null).with("later_field", "later".into())
        } else {
            node
        }
    }
}
