//! The private stream: listen keys, and what an account's own client is told.
use super::options::{EventName, KeyEnd, StreamIds};
use super::parameters::Parameters;
use super::sockets::Kind;
use super::venue::{Answered, Bingx, Outcome};
use super::words::{average, money, ms, position_side, price, quantity, side, stream_status, symbol};
use crate::dialect::SocketId;
use crate::exchange::{AccountId, AccountReason, MarginKind, MarketId, Order, OrderChange, PositionSide};
use crate::faults::Fault;
use engine::{Money, Qty, Timestamp};
use serde_json::{Value, json};

const SECOND_NS: u64 = 1_000_000_000;
/// A whole snapshot goes out so often.
const SNAPSHOT_NS: u64 = 5 * SECOND_NS;

/// A key of a private stream.
#[derive(Clone, Debug)]
pub(super) struct ListenKey {
    member: usize,
    ends_at: u64,
}

impl Bingx {
    /// `POST userDataStream`: a new key.
    pub(super) fn open_key(&mut self, member: usize) -> Answered {
        let key: String = (0..4).map(|_| format!("{:016x}", self.drawn.next_u64())).collect();
        self.keys.insert(key.clone(), ListenKey { member, ends_at: self.key_ends() });
        Ok(Outcome::Bare(json!({ "listenKey": key })))
    }

    fn key_ends(&self) -> u64 {
        self.now.mono_ns.saturating_add(self.options.key_seconds.saturating_mul(SECOND_NS))
    }

    /// `PUT userDataStream`: the key lasts an hour from now.
    pub(super) fn keep_key(&mut self, parameters: &Parameters) -> Answered {
        let Some(key) = parameters.get("listenKey") else { return Ok(Outcome::Empty(204)) };
        let ends_at = self.key_ends();
        let Some(found) = self.keys.get_mut(key) else { return Ok(Outcome::Empty(404)) };
        found.ends_at = ends_at;
        Ok(Outcome::Empty(200))
    }

    /// `DELETE userDataStream`.
    pub(super) fn close_key(&mut self, parameters: &Parameters) -> Answered {
        let Some(key) = parameters.get("listenKey") else { return Ok(Outcome::Empty(204)) };
        if self.keys.remove(key).is_none() {
            return Ok(Outcome::Empty(404));
        }
        let sockets = self.sockets.values_mut();
        sockets.filter(|it| it.private.as_ref().is_some_and(|(_, own)| own == key)).for_each(|it| it.ended = true);
        Ok(Outcome::Empty(200))
    }

    /// Whose key it is, where it has not ended.
    pub(super) fn live_key(&self, key: &str) -> Option<usize> {
        self.keys.get(key).filter(|key| key.ends_at > self.now.mono_ns).map(|key| key.member)
    }

    /// Ends keys whose hour is over, and says so.
    pub(super) fn expire_keys(&mut self) {
        let now = self.now.mono_ns;
        let over: Vec<String> =
            self.keys.iter().filter(|(_, it)| it.ends_at <= now).map(|(key, _)| key.clone()).collect();
        for key in over {
            self.end_key(&key);
        }
    }

    fn end_key(&mut self, key: &str) {
        self.keys.remove(key);
        let of = |private: &Option<(usize, String)>| private.as_ref().is_some_and(|(_, own)| own == key);
        let ids: Vec<SocketId> = self.sockets.iter().filter(|(_, it)| of(&it.private)).map(|(id, _)| *id).collect();
        for id in ids {
            if self.options.key_end == KeyEnd::Said {
                let event = json!({"e": "listenKeyExpired", "E": ms(self.now.wall), "listenKey": key});
                self.send(id, &event.to_string(), Kind::Private);
            }
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.ended = true;
            }
        }
    }

    /// The connections of an account's own client.
    fn listeners(&self, account: AccountId) -> Vec<SocketId> {
        let member = self.members.iter().position(|member| member.account == account);
        let of = |private: &Option<(usize, String)>| private.as_ref().map(|(member, _)| *member);
        let all = self.sockets.iter().filter(|(_, it)| !it.ended && member.is_some() && of(&it.private) == member);
        all.map(|(id, _)| *id).collect()
    }

    fn send_private(&mut self, account: AccountId, event: &Value) {
        let text = event.to_string();
        for id in self.listeners(account) {
            self.send(id, &text, Kind::Private);
        }
    }

    /// Something has happened to an order.
    pub(super) fn tell_order(&mut self, account: AccountId, order: &Order, change: &OrderChange, time: Timestamp) {
        if matches!(change, OrderChange::Traded(_)) && self.faults.strikes(Fault::KeyExpiry) {
            // The key ends just before a fill: whoever waits for the stream never hears of it.
            let own = self.members.iter().position(|member| member.account == account);
            let of_own = |it: &ListenKey| Some(it.member) == own;
            let keys: Vec<String> = self.keys.iter().filter(|(_, it)| of_own(it)).map(|(key, _)| key.clone()).collect();
            keys.iter().for_each(|key| self.end_key(key));
        }
        let event = self.order_event(order, change, time);
        self.send_private(account, &event);
        if let Some(member) = self.members.iter().position(|member| member.account == account) {
            self.place_children(member, order);
        }
    }

    fn order_event(&self, order: &Order, change: &OrderChange, time: Timestamp) -> Value {
        let (listing, memo) = (self.exchange.listing(order.request.market), self.memo(order));
        let zero = || price(listing, engine::Price(0));
        let named = |it: Option<engine::Price>| it.map_or_else(zero, |it| price(listing, it));
        let client_id = match self.options.stream_ids {
            StreamIds::Empty => String::new(),
            StreamIds::Named => order.request.client_id.clone().unwrap_or_default(),
        };
        let (what, fill) = match change {
            OrderChange::New | OrderChange::Amended => ("NEW", None),
            OrderChange::Traded(fill) => ("TRADE", Some(fill)),
            OrderChange::Cancelled | OrderChange::Rejected => ("CANCELED", None),
            OrderChange::Expired => ("EXPIRED", None),
        };
        let value = |fill: &crate::exchange::Execution| listing.instrument.value(fill.price, fill.quantity).0;
        let name = match self.options.event_name {
            EventName::OrderTradeUpdate => "ORDER_TRADE_UPDATE",
            EventName::TradeUpdate => "TRADE_UPDATE",
        };
        json!({"e": name, "E": ms(time), "o": {
            "s": symbol(listing),
            "c": client_id,
            "i": order.id.0,
            "S": side(order.request.side),
            "o": memo.kind,
            "q": quantity(listing, order.request.quantity),
            "p": named(order.request.kind.limit()),
            "sp": named(order.request.kind.trigger()),
            "ap": average(listing, order),
            "x": what,
            "X": stream_status(order.status),
            "N": listing.quote,
            "n": money(fill.map_or(Money::ZERO, |fill| -fill.fee)),
            "T": fill.map_or(0, |fill| ms(fill.time)),
            "wt": memo.working_type,
            "ps": position_side(order.request.position),
            "rp": money(fill.map_or(Money::ZERO, |fill| fill.realised)),
            "z": quantity(listing, order.filled),
            "sg": "false",
            "ti": memo.parent.map_or(0, |parent| parent.0),
            "ro": order.request.terms.reduce_only,
            "td": fill.map_or(0, |fill| fill.trade),
            "tv": money(fill.map_or(Money::ZERO, value)),
        }})
    }

    /// An account has changed.
    pub(super) fn tell_account(&mut self, account: AccountId, reason: AccountReason, market: Option<MarketId>) {
        let event = match (reason, market) {
            (AccountReason::Setting, Some(market)) => self.config_event(account, market),
            (AccountReason::Funding, _) => self.account_event(account, "FUNDING_FEE", market),
            (AccountReason::Deposit, _) => self.account_event(account, "DEPOSIT", market),
            _ => self.account_event(account, "ORDER", market),
        };
        self.send_private(account, &event);
    }

    fn config_event(&self, account: AccountId, market: MarketId) -> Value {
        let settings = self.exchange.account(account).settings(market);
        let margin = margin_name(settings.margin);
        json!({"e": "ACCOUNT_CONFIG_UPDATE", "E": ms(self.exchange.now()), "ac": {
            "s": symbol(self.exchange.listing(market)),
            "l": settings.long_leverage,
            "S": settings.short_leverage,
            "mt": margin,
        }})
    }

    /// The whole account as it stands; the market that something happened at is in it even when nothing is held there.
    fn account_event(&self, account: AccountId, reason: &str, market: Option<MarketId>) -> Value {
        let it = self.exchange.account(account);
        let now = ms(self.exchange.now());
        let mut positions = Vec::new();
        let holdings = self.exchange.holdings(account);
        for holding in &holdings {
            let listing = self.exchange.listing(holding.market);
            let unrealised = holding.position.unrealised(&listing.instrument, self.exchange.mark(holding.market));
            let short = holding.position.quantity < Qty::ZERO;
            positions.push(json!({
                "s": symbol(listing),
                "pa": quantity(listing, holding.position.quantity.abs()),
                "ep": holding.position.entry(&listing.instrument).map(|it| price(listing, it)).unwrap_or_default(),
                "up": money(unrealised),
                "mt": margin_name(it.settings(holding.market).margin),
                "iw": "0",
                "ps": if short { "SHORT" } else { "LONG" },
                "cr": money(holding.position.realised),
            }));
        }
        if let Some(market) = market.filter(|market| !holdings.iter().any(|it| it.market == *market)) {
            let listing = self.exchange.listing(market);
            let last = it.position(market, PositionSide::Net);
            positions.push(json!({
                "s": symbol(listing), "pa": quantity(listing, Qty::ZERO), "ep": "0", "up": "0",
                "mt": margin_name(it.settings(market).margin), "iw": "0", "ps": "LONG", "cr": money(last.realised),
            }));
        }
        let wallet = money(it.wallet());
        json!({"e": "ACCOUNT_UPDATE", "E": now, "T": now, "a": {
            "m": reason,
            "B": [{"a": self.asset(), "wb": wallet, "cw": wallet, "bc": "0"}],
            "P": positions,
        }})
    }

    /// Sends a private connection the whole account, and notes when to do so again.
    pub(super) fn snapshot(&mut self, id: SocketId) {
        let next = self.now.mono_ns.saturating_add(SNAPSHOT_NS);
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let Some((member, _)) = socket.private else { return };
        socket.next_snapshot = next;
        if socket.ended {
            return;
        }
        let event = self.account_event(self.members[member].account, "ORDER", None);
        self.send(id, &event.to_string(), Kind::Private);
    }

    /// Sends every private connection that is due the whole account.
    pub(super) fn snapshots(&mut self) {
        let now = self.now.mono_ns;
        let due = self.sockets.iter().filter(|(_, it)| it.private.is_some() && it.next_snapshot <= now);
        for id in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.snapshot(id);
        }
    }
}

fn margin_name(margin: MarginKind) -> &'static str {
    match margin {
        MarginKind::Cross => "cross",
        MarginKind::Isolated => "isolated",
    }
}
