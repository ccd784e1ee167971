//! Requests on their way and those that wait for their turn.
//!
//! Orders never wait: one that may not go now would be about a price of some other time. Questions wait, and are asked again
//! when an answer is lost; what may have changed something is never sent again from here.
use super::config::{Config, Credentials};
use crate::budget::{Budget, Urgency};
use crate::connector::{Method, Moment, Output, Request, Ticket};
use engine::order::OrderId;
use engine::{InstrumentId, Timestamp};
use secrecy::SecretString;
use std::collections::{BTreeMap, VecDeque};

/// A minute in nanoseconds: what the venue counts requests by.
const MINUTE: u64 = 60_000_000_000;

/// The most questions that wait.
const WAITING: usize = 2_000;

/// How often a question is asked before it is given up.
pub(super) const ATTEMPTS: u32 = 5;

/// Which of the venue's interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Trading,
    Data,
}

/// What an answer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new order, with those tied to it.
    Submit(OrderId),
    /// A change of an order.
    Amend(OrderId),
    /// A cancel of one of the venue's ids of an order.
    Cancel(OrderId, String),
    /// What has become of an order; whether it was asked for by the name that we gave it.
    Look(OrderId, Named),
    /// A page of open orders, to catch up.
    Open,
    /// A page of fills.
    Fills,
    /// A page of money that moved.
    Movements,
    /// The venue's time, for us.
    Clock,
    /// The sessions of these days.
    Sessions,
    /// Bars that were missed, of these instruments.
    Missed(Vec<InstrumentId>),
    /// A question of the driver.
    Ask(u64),
    /// One cancel of many that the driver asked for.
    CancelOne,
}

/// How an order was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// By our name.
    ByUs,
    /// By the venue's id.
    ByVenue,
}

/// A request that has no answer yet.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) purpose: Purpose,
    pub(super) at: Moment,
    /// How often it went.
    pub(super) attempts: u32,
    /// Where it goes once more, if it may.
    again: Option<(Base, String)>,
}

#[derive(Debug)]
struct Waiting {
    purpose: Purpose,
    base: Base,
    target: String,
    attempts: u32,
    not_before: u64,
}

/// Requests on their way and those that wait.
#[derive(Debug)]
pub(super) struct Outbox {
    bases: [String; 2],
    credentials: Option<Credentials>,
    next: u64,
    sent: BTreeMap<Ticket, Sent>,
    waiting: VecDeque<Waiting>,
    budgets: [Budget; 2],
}

impl Outbox {
    pub(super) fn new(config: &Config) -> Self {
        let budget = |limit: u32, reserve: u32| Budget::new(limit, MINUTE, reserve);
        let (trading, data) = (config.requests_per_minute, config.data_requests_per_minute);
        Self {
            bases: [config.endpoints.trading.clone(), config.endpoints.data.clone()],
            credentials: config.credentials.clone(),
            next: 0,
            sent: BTreeMap::new(),
            waiting: VecDeque::new(),
            // A quarter of what the trading API takes is kept for cancels and for finding out what became of an order.
            budgets: [budget(trading, trading / 4), budget(data, 0)],
        }
    }

    /// Sends what changes something, if it may go now.
    pub(super) fn command(
        &mut self,
        now: Moment,
        (method, target, body): (Method, String, Vec<u8>),
        (purpose, urgency): (Purpose, Urgency),
        out: &mut Vec<Output>,
    ) -> bool {
        if !self.budgets[Base::Trading as usize].take(now.mono_ns, urgency) {
            return false;
        }
        let sent = Sent { purpose, at: now, attempts: 1, again: None };
        self.send((Base::Trading, method), target, body, sent, out);
        true
    }

    /// Asks a question, now or when its turn comes. `false` where too many wait already.
    pub(super) fn ask(
        &mut self,
        now: Moment,
        (base, target): (Base, String),
        purpose: Purpose,
        out: &mut Vec<Output>,
    ) -> bool {
        if self.waiting.len() >= WAITING {
            return false;
        }
        self.waiting.push_back(Waiting { purpose, base, target, attempts: 0, not_before: 0 });
        self.flush(now, out);
        true
    }

    /// Asks a question again after a while, if it may still be asked; else it comes back.
    pub(super) fn ask_again(&mut self, sent: Sent, not_before: u64) -> Result<(), Purpose> {
        match sent.again {
            Some((base, target)) if sent.attempts < ATTEMPTS && self.waiting.len() < WAITING => {
                let Sent { purpose, attempts, .. } = sent;
                self.waiting.push_back(Waiting { purpose, base, target, attempts, not_before });
                Ok(())
            }
            _ => Err(sent.purpose),
        }
    }

    /// Sends what waits and may go.
    pub(super) fn flush(&mut self, now: Moment, out: &mut Vec<Output>) {
        for _ in 0..self.waiting.len() {
            let Some(waiting) = self.waiting.pop_front() else { break };
            let urgent =
                matches!(waiting.purpose, Purpose::Look(..) | Purpose::Fills | Purpose::Open | Purpose::CancelOne);
            let urgency = if urgent { Urgency::Urgent } else { Urgency::Routine };
            let budget = &mut self.budgets[waiting.base as usize];
            if waiting.not_before > now.mono_ns || !budget.take(now.mono_ns, urgency) {
                self.waiting.push_back(waiting);
                continue;
            }
            let Waiting { purpose, base, target, attempts, .. } = waiting;
            let method = if purpose == Purpose::CancelOne { Method::Delete } else { Method::Get };
            let again = (method == Method::Get).then(|| (base, target.clone()));
            let sent = Sent { purpose, at: now, attempts: attempts + 1, again };
            self.send((base, method), target, Vec::new(), sent, out);
        }
    }

    /// When something that waits may go.
    pub(super) fn wake_at(&self, now: u64) -> Option<u64> {
        let ready = |it: &Waiting| self.budgets[it.base as usize].ready_at(now, Urgency::Routine).max(it.not_before);
        self.waiting.iter().map(ready).min()
    }

    /// The request that an answer is for.
    pub(super) fn answered(&mut self, ticket: Ticket) -> Option<Sent> {
        self.sent.remove(&ticket)
    }

    /// Whether a question about an order is on its way or waits.
    pub(super) fn looks_for(&self, order: OrderId) -> bool {
        let about = |purpose: &Purpose| matches!(purpose, Purpose::Look(of, _) if *of == order);
        self.any(about)
    }

    /// Whether such a request is on its way or waits.
    pub(super) fn any(&self, is: impl Fn(&Purpose) -> bool) -> bool {
        self.sent.values().any(|sent| is(&sent.purpose)) || self.waiting.iter().any(|waiting| is(&waiting.purpose))
    }

    /// The venue wants no requests for a while: until its own instant where it names one, else for ten seconds.
    pub(super) fn hold(&mut self, now: Moment, base: Base, reset: Option<Timestamp>) {
        const WAIT: u64 = 10_000_000_000;
        let named = reset.map(|reset| u64::try_from(reset.0.saturating_sub(now.wall.0)).unwrap_or(0));
        let wait = named.map_or(WAIT, |wait| wait.clamp(500_000_000, MINUTE));
        // A cancel tries again sooner: it is worth a refusal.
        self.budgets[base as usize]
            .hold(now.mono_ns.saturating_add(wait), now.mono_ns.saturating_add(wait.min(1_000_000_000)));
    }

    /// Whether we are somebody.
    pub(super) fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    fn send(
        &mut self,
        (base, method): (Base, Method),
        target: String,
        body: Vec<u8>,
        sent: Sent,
        out: &mut Vec<Output>,
    ) {
        self.next += 1;
        let ticket = Ticket(self.next);
        let mut headers = Vec::with_capacity(3);
        if let Some(Credentials { key, secret }) = &self.credentials {
            headers.push(("APCA-API-KEY-ID", key.clone()));
            headers.push(("APCA-API-SECRET-KEY", secret.clone()));
        }
        if !body.is_empty() {
            headers.push(("Content-Type", SecretString::from("application/json")));
        }
        let adds_risk = matches!(method, Method::Post | Method::Patch);
        let timeout_ms = if base == Base::Data { 20_000 } else { 5_000 };
        self.sent.insert(ticket, sent);
        let base = self.bases[base as usize].clone();
        out.push(Output::Send(Request { ticket, method, base, target, headers, body, timeout_ms, adds_risk }));
    }
}

/// When a limit of requests ends, from the headers of an answer: whole seconds since 1970.
pub(super) fn reset_of(headers: &[(String, String)]) -> Option<Timestamp> {
    let of = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let seconds: i64 = of("x-ratelimit-reset")?.parse().ok()?;
    seconds.checked_mul(1_000_000_000).map(Timestamp)
}

/// A text as it stands in a query: anything but letters, digits and `-._~` is encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
