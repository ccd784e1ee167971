//! Requests on their way: waiting until the venue's limits allow them, signed when they leave, paired with their answers.
//!
//! What waits is bounded. What takes risk away goes first and may use the reserve; nothing is sent twice from here.
use super::clock::VenueClock;
use super::config::{Credentials, Limits};
use super::sign::{Params, Signer};
use crate::budget::{Budget, Urgency};
use crate::{Method, Moment, Output, Request, Ticket};
use engine::order::OrderId;
use engine::{Qty, Rng};
use secrecy::SecretString;
use std::collections::{BTreeMap, VecDeque};

/// The most requests that wait, of each urgency.
pub(super) const WAITING_MAX: usize = 1_024;
const SECOND: u64 = 1_000_000_000;

/// What an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Time,
    Mode,
    NewKey,
    KeepKey,
    DropKey,
    Submit(OrderId),
    Cancel(OrderId),
    Amend(OrderId, Qty),
    Inquire(OrderId),
    Orphan(u64),
    Audit,
    /// Candles of an instrument, to confirm or to fill a gap.
    Candles(usize),
    Premium(usize),
    Funding(usize),
    FundingMark(usize),
    /// Whether it arms or closes.
    KillTimer {
        arms: bool,
    },
    /// A question of the driver, by its number.
    Ask(u64),
}

/// What proves who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing.
    None,
    /// The key alone.
    Key,
    /// The key and a signature.
    Signed,
}

/// Which of the venue's limits counts a request, beside the one of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Market,
    Place,
    Cancel,
    CancelAll,
    Order,
    OpenOrders,
    History,
    Fills,
    Account,
    Key,
    KillTimer,
}

const LIMITS: usize = Limit::KillTimer as usize + 1;

/// A request that is not yet signed.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) purpose: Purpose,
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) params: Params,
    pub(super) proof: Proof,
    pub(super) limit: Limit,
    pub(super) urgency: Urgency,
    pub(super) adds_risk: bool,
    /// How often it was sent before.
    pub(super) attempt: u32,
    /// Not before this moment.
    pub(super) not_before: u64,
    /// From when on it is not worth sending.
    pub(super) stale_at: u64,
}

impl Job {
    /// A public request.
    pub(super) fn public(purpose: Purpose, path: &'static str, params: Params) -> Self {
        Self {
            purpose,
            method: Method::Get,
            path,
            params,
            proof: Proof::None,
            limit: Limit::Market,
            urgency: Urgency::Routine,
            adds_risk: false,
            attempt: 0,
            not_before: 0,
            stale_at: u64::MAX,
        }
    }

    /// A signed request.
    pub(super) fn signed(purpose: Purpose, method: Method, path: &'static str, params: Params, limit: Limit) -> Self {
        Self { method, proof: Proof::Signed, limit, ..Self::public(purpose, path, params) }
    }

    pub(super) fn urgent(self) -> Self {
        Self { urgency: Urgency::Urgent, ..self }
    }
}

/// A request that has left.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) job: Job,
    pub(super) sent: Moment,
}

/// Requests on their way.
#[derive(Debug)]
pub(super) struct Outbox {
    base: String,
    key: Option<SecretString>,
    signer: Option<Signer>,
    waiting: [VecDeque<Job>; 2],
    flights: BTreeMap<Ticket, Flight>,
    market: Budget,
    account: Budget,
    each: [Budget; LIMITS],
    tickets: u64,
    /// How often the venue said that it was too much, and when last.
    limited: (u32, u64),
    rng: Rng,
}

impl Outbox {
    pub(super) fn new(base: String, credentials: Option<&Credentials>, limits: Limits, seed: u64) -> Self {
        // Our clock and the venue's count windows that begin at other moments and travel by another way: a little longer
        // here than there.
        let budget = |limit, seconds: u64| Budget::new(limit, seconds * SECOND + SECOND / 20, limit / 5);
        let each = std::array::from_fn(|place| match place {
            _ if place == Limit::Market as usize => budget(limits.market, 10),
            _ if place == Limit::Place as usize => Budget::new(limits.place, SECOND + SECOND / 20, 0),
            _ if place == Limit::Cancel as usize => Budget::new(limits.cancel, SECOND + SECOND / 20, 0),
            _ if place == Limit::Key as usize => Budget::new(2, SECOND + SECOND / 20, 0),
            _ if place == Limit::KillTimer as usize => Budget::new(1, SECOND + SECOND / 20, 0),
            _ => budget(limits.query, 1),
        });
        Self {
            base,
            key: credentials.map(|it| it.key.clone()),
            signer: credentials.map(|it| Signer::new(&it.secret)),
            waiting: Default::default(),
            flights: BTreeMap::new(),
            market: budget(limits.market, 10),
            account: budget(limits.account, 10),
            each,
            tickets: 0,
            limited: (0, 0),
            rng: Rng::stream(seed, "requests"),
        }
    }

    /// Puts a request into the queue; gives it back where the queue is full, or what it needs to be proved is not there.
    #[expect(clippy::result_large_err, reason = "the request goes back to who made it")]
    pub(super) fn push(&mut self, job: Job) -> Result<(), Job> {
        let queue = &mut self.waiting[usize::from(job.urgency == Urgency::Routine)];
        if queue.len() >= WAITING_MAX || (job.proof != Proof::None && self.signer.is_none()) {
            return Err(job);
        }
        queue.push_back(job);
        Ok(())
    }

    /// Puts a request into the queue again, to leave after a while; gives it back where it has been tried `most` times.
    #[expect(clippy::result_large_err, reason = "the request goes back to who made it")]
    pub(super) fn again(&mut self, mut job: Job, now: Moment, most: u32) -> Result<(), Job> {
        job.attempt += 1;
        if job.attempt >= most {
            return Err(job);
        }
        let bound = (SECOND / 2).saturating_mul(1 << job.attempt.min(6)).min(30 * SECOND);
        job.not_before = now.mono_ns + self.rng.below(bound);
        self.push(job)
    }

    /// Takes a request out of the queue that has not left.
    pub(super) fn withdraw(&mut self, purpose: Purpose) -> Option<Job> {
        self.waiting.iter_mut().find_map(|queue| {
            let place = queue.iter().position(|job| job.purpose == purpose)?;
            queue.remove(place)
        })
    }

    /// Whether such a request waits or is on its way.
    pub(super) fn is_under_way(&self, purpose: Purpose) -> bool {
        let flying = self.flights.values().any(|flight| flight.job.purpose == purpose);
        flying || self.waiting.iter().flatten().any(|job| job.purpose == purpose)
    }

    /// Sends what may go. What waited too long comes back; so does the moment at which to look again.
    pub(super) fn pump(&mut self, now: Moment, clock: &VenueClock, out: &mut Vec<Output>) -> (Vec<Job>, Option<u64>) {
        let (mut stale, mut next) = (Vec::new(), None::<u64>);
        for place in 0..self.waiting.len() {
            let mut at = 0;
            while let Some(job) = self.waiting[place].get(at) {
                let ready = self.ready_at(job, now.mono_ns);
                if job.stale_at <= now.mono_ns {
                    stale.extend(self.waiting[place].remove(at));
                } else if ready <= now.mono_ns {
                    let job = self.waiting[place].remove(at).expect("it was just looked at");
                    self.send(job, now, clock, out);
                } else {
                    let wake = ready.min(job.stale_at);
                    next = Some(next.map_or(wake, |next| next.min(wake)));
                    at += 1;
                }
            }
        }
        (stale, next)
    }

    fn ready_at(&self, job: &Job, now: u64) -> u64 {
        let group = if job.proof == Proof::None { &self.market } else { &self.account };
        let each = &self.each[job.limit as usize];
        job.not_before.max(group.ready_at(now, job.urgency)).max(each.ready_at(now, job.urgency))
    }

    fn send(&mut self, job: Job, now: Moment, clock: &VenueClock, out: &mut Vec<Output>) {
        let group = if job.proof == Proof::None { &mut self.market } else { &mut self.account };
        let allowed =
            group.take(now.mono_ns, job.urgency) && self.each[job.limit as usize].take(now.mono_ns, job.urgency);
        debug_assert!(allowed, "it was asked before whether it may go");
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let target = match (&self.signer, job.proof) {
            (Some(signer), Proof::Signed) => signer.target(job.path, &job.params, clock.milliseconds(now)),
            _ if job.params.query().is_empty() => job.path.into(),
            _ => [job.path, "?", job.params.query()].concat(),
        };
        let key = self.key.as_ref().filter(|_| job.proof != Proof::None);
        out.push(Output::Send(Request {
            ticket,
            method: job.method,
            base: self.base.clone(),
            target,
            headers: key.map(|key| ("X-BX-APIKEY", key.clone())).into_iter().collect(),
            body: Vec::new(),
            timeout_ms: 10_000,
            adds_risk: job.adds_risk,
        }));
        self.flights.insert(ticket, Flight { job, sent: now });
    }

    /// What an answer is for; none where nobody waits for it, as for one that came twice.
    pub(super) fn landed(&mut self, ticket: Ticket) -> Option<Flight> {
        self.flights.remove(&ticket)
    }

    /// The venue said that it was too much: what can wait waits ten seconds, then a minute, then five, and what cannot two
    /// seconds. Returns how long.
    pub(super) fn limited(&mut self, now: Moment) -> u64 {
        let (times, last) = self.limited;
        let within = now.mono_ns.saturating_sub(last) < 600 * SECOND;
        // Answers to what was sent before the first of them are no repetition.
        let times = if times > 0 && now.mono_ns.saturating_sub(last) < 5 * SECOND {
            times
        } else if within {
            times + 1
        } else {
            1
        };
        self.limited = (times, now.mono_ns);
        let wait = match times {
            0 | 1 => 10 * SECOND,
            2 => 60 * SECOND,
            _ => 300 * SECOND,
        };
        self.hold(now, wait);
        wait
    }

    /// Sends nothing for so long, and what is urgent after two seconds at the earliest.
    pub(super) fn hold(&mut self, now: Moment, wait_ns: u64) {
        for budget in [&mut self.market, &mut self.account] {
            budget.hold(now.mono_ns + wait_ns, now.mono_ns + wait_ns.min(2 * SECOND));
        }
    }

    /// Gives up what has not left.
    pub(super) fn clear(&mut self) -> Vec<Job> {
        self.waiting.iter_mut().flat_map(std::mem::take).collect()
    }
}
