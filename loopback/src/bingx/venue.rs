//! The server itself: whom it knows, what it keeps beside the exchange, and which call a request is.
use super::children::Child;
use super::code::{Code, Failure};
use super::limits::{Limits, Verdict};
use super::options::{Options, User};
use super::parameters::Parameters;
use super::private::ListenKey;
use super::routes::{Access, Call, Route, find};
use super::signature;
use super::sockets::Socket;
use super::storms::Storms;
use super::timer::Timer;
use crate::dialect::{Dialect, Frame, Room, SocketId};
use crate::exchange::{AccountId, Exchange, NewAccount, PositionMode, Settlement};
use crate::faults::{Fault, Faults};
use crate::http::{Answer, Reply, Request};
use crate::pace::{Moment, Pace, Speed};
use engine::{OrderId, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// What the venue remembers of an order beside what the exchange does.
#[derive(Clone, Debug)]
pub(super) struct Memo {
    /// The kind in the venue's word.
    pub(super) kind: &'static str,
    pub(super) working_type: String,
    pub(super) take_profit: Value,
    pub(super) stop_loss: Value,
    pub(super) close_position: bool,
    pub(super) trailing_rate: String,
    pub(super) leverage: u32,
    /// The order whose fill brought it.
    pub(super) parent: Option<OrderId>,
    /// Wall time of its arrival: a query by time may mean either clock.
    pub(super) arrived: Timestamp,
    /// Until when it is not found, by the machine's steady clock.
    pub(super) hidden_until: u64,
}

/// A user and its account.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) user: User,
    pub(super) account: AccountId,
    pub(super) uid: u64,
    pub(super) timer: Option<Timer>,
}

/// What a call comes to.
pub(super) enum Outcome {
    /// In the envelope, as its data.
    Data(Value),
    /// In the envelope, beside its code.
    Beside(Value),
    /// Without an envelope.
    Bare(Value),
    /// Nothing but a status.
    Empty(u16),
}

pub(super) type Answered = Result<Outcome, Failure>;

/// A server that speaks BingX's protocol.
pub struct Bingx {
    pub(super) options: Options,
    pub(super) exchange: Exchange,
    pub(super) pace: Pace,
    pub(super) faults: Faults,
    pub(super) members: Vec<Member>,
    pub(super) memos: BTreeMap<OrderId, Memo>,
    /// Children that wait for their parent to fill.
    pub(super) children: BTreeMap<OrderId, Vec<Child>>,
    pub(super) keys: BTreeMap<String, ListenKey>,
    pub(super) sockets: BTreeMap<SocketId, Socket>,
    pub(super) out: VecDeque<(SocketId, Frame)>,
    pub(super) storms: Storms,
    pub(super) drawn: engine::Rng,
    limits: Limits,
    /// What went wrong with the market, once it has.
    pub(super) failure: Option<String>,
    pub(super) now: Moment,
}

impl Bingx {
    /// A server over an exchange, which it opens the users' accounts at; the market's clock runs from `now` on.
    #[must_use]
    pub fn new(options: Options, mut exchange: Exchange, speed: Speed, faults: Faults, now: Moment) -> Self {
        let mut members = Vec::new();
        for (place, user) in (0_u64..).zip(&options.users) {
            let mode = if user.hedge { PositionMode::Hedge } else { PositionMode::OneWay };
            let (name, cash) = (format!("user-{place}"), user.cash);
            let new = NewAccount { name, cash, settlement: Settlement::Margin, mode, leverage: 10 };
            let account = exchange.open_account(new);
            members.push(Member { user: user.clone(), account, uid: 1_341_158_271_307_522_053 + place, timer: None });
        }
        let pace = Pace::new(speed, exchange.now(), now);
        Self {
            options,
            exchange,
            pace,
            faults,
            members,
            memos: BTreeMap::new(),
            children: BTreeMap::new(),
            keys: BTreeMap::new(),
            sockets: BTreeMap::new(),
            out: VecDeque::new(),
            storms: Storms::default(),
            drawn: engine::Rng::stream(u64::try_from(now.wall.0).unwrap_or(0) ^ now.mono_ns, "listen keys"),
            limits: Limits::default(),
            failure: None,
            now,
        }
    }

    /// The exchange behind it: the truth that a test compares with.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The faults and how often they have come.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The faults, to switch them on and off while it runs.
    pub fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// Why the market does not go on any more, if it does not.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Lets the market go on until an instant, one event after the other, and tells what happened in each.
    pub(super) fn go_on(&mut self, to: Timestamp) {
        while let Some(next) = self.exchange.next().filter(|next| *next <= to) {
            self.step_to(next);
            if self.failure.is_some() {
                return;
            }
        }
        self.step_to(to);
    }

    pub(super) fn step_to(&mut self, to: Timestamp) {
        if let Err(error) = self.exchange.advance(to) {
            self.failure = Some(error.to_string());
        }
        self.tell();
    }

    /// Who names a key.
    pub(super) fn member(&self, request: &Request) -> Result<usize, Failure> {
        let key = request.header("x-bx-apikey").filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Code::KeyWrong.says("Null apiKey"))?;
        let place = self.members.iter().position(|member| member.user.key == key);
        place.ok_or_else(|| Code::KeyWrong.says("Incorrect apiKey"))
    }

    /// Who makes a request, as far as it matters.
    fn who(&self, route: &Route, request: &Request, parameters: &Parameters) -> Result<Option<usize>, Failure> {
        let (.., access, _, _) = route;
        if *access == Access::Public {
            return Ok(None);
        }
        let member = self.member(request)?;
        if *access == Access::Signed || parameters.get("signature").is_some() {
            signature::check(parameters, &self.members[member].user.secret, self.now)?;
        }
        Ok(Some(member))
    }

    fn answer(&mut self, request: &Request) -> Reply {
        let Some(route) = find(&request.method, &request.path) else {
            let failure = Code::NoRoute.says(format!("this api is not exist, {}", shown(&request.path)));
            return Reply::Answer(self.failed(&failure));
        };
        let read = Parameters::of(request).and_then(|parameters| {
            let who = self.who(route, request, &parameters)?;
            Ok((parameters, who))
        });
        let (group, a_second) = (route.4, route.5);
        let user = read.as_ref().ok().and_then(|(_, who)| *who).map(|who| (who, route.1, a_second.max(1)));
        let ban_ns = self.options.ban_seconds.saturating_mul(1_000_000_000);
        let verdict = match self.options.limits || self.faults.fired(Fault::Ban) > 0 {
            true => self.limits.count(group, user.filter(|_| a_second > 0), self.now.mono_ns, ban_ns),
            false => Verdict::Free { remain: 2_000, ends_in_ns: 0 },
        };
        let (remain, ends) = match verdict {
            Verdict::Free { remain, ends_in_ns } => (remain, ends_in_ns),
            Verdict::TooMany => return Reply::Answer(self.limited(429)),
            Verdict::Banned => return Reply::Answer(self.limited(418)),
        };
        let outcome = match read {
            Ok((parameters, who)) => self.guarded(route.2, &parameters, who.unwrap_or(0)),
            Err(failure) => Ok(self.failed(&failure)),
        };
        let ends_at = self.now.wall.after(i64::try_from(ends).unwrap_or(0));
        match outcome {
            Ok(answer) => Reply::Answer(
                answer
                    .with("x-ratelimit-requests-remain", remain.to_string())
                    .with("x-ratelimit-requests-expire", super::words::ms(ends_at).to_string()),
            ),
            Err(reply) => reply,
        }
    }

    /// Makes a call with the faults that may meet it.
    fn guarded(&mut self, call: Call, parameters: &Parameters, member: usize) -> Result<Answer, Reply> {
        if self.faults.strikes(Fault::LostRequest) {
            return Err(Reply::Hangup);
        }
        if self.faults.strikes(Fault::Ban) {
            self.limits.ban(self.now.mono_ns.saturating_add(1), self.options.ban_seconds.saturating_mul(1_000_000_000));
            return Ok(self.limited(429));
        }
        let answer = match self.call(call, parameters, member) {
            Ok(outcome) => enveloped(outcome),
            Err(failure) => self.failed(&failure),
        };
        self.tell();
        if self.faults.strikes(Fault::LostReply) {
            return Err(Reply::Hangup);
        }
        if self.faults.strikes(Fault::LateReply) {
            let seconds = 3 + self.faults.draw(Fault::LateReply, 20);
            return Err(Reply::Late(answer, Duration::from_secs(seconds)));
        }
        if self.faults.strikes(Fault::Reorder) {
            // The stream is faster than the answer.
            return Err(Reply::Late(answer, Duration::from_millis(50 + self.faults.draw(Fault::Reorder, 400))));
        }
        if self.faults.strikes(Fault::FalseError) {
            return Ok(match self.faults.draw(Fault::FalseError, 3) {
                0 => Answer::json(504, &json!({"code": 100504, "msg": "further confirmation required"})),
                1 => self.failed(&Code::Busy.says("system busy, please try again later")),
                _ => Answer { status: 502, headers: Vec::new(), body: b"<html>Bad Gateway</html>".to_vec() },
            });
        }
        if self.faults.strikes(Fault::HostileFrame) {
            return Ok(Answer { body: self.hostile(&answer.body), ..answer });
        }
        Ok(answer)
    }

    /// An error in the venue's envelope: HTTP 200, as at the venue.
    pub(super) fn failed(&self, failure: &Failure) -> Answer {
        let code = failure.code.number(self.options.generation);
        let stamp = super::words::ms(self.now.wall);
        Answer::json(200, &json!({"code": code, "msg": failure.message, "data": {}, "timestamp": stamp}))
    }

    fn limited(&self, status: u16) -> Answer {
        let code = Code::RateLimit.number(self.options.generation);
        let end = self.now.wall.after(10_000_000_000);
        Answer::json(status, &json!({"code": code, "msg": "rate limited", "data": {}}))
            .with("x-ratelimit-requests-remain", "0")
            .with("x-ratelimit-requests-expire", super::words::ms(end).to_string())
    }
}

/// The answer of a call that went well.
fn enveloped(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Data(data) => Answer::json(200, &json!({"code": 0, "msg": "", "data": data})),
        Outcome::Beside(mut members) => {
            members["code"] = json!(0);
            members["msg"] = json!("");
            Answer::json(200, &members)
        }
        Outcome::Bare(value) => Answer::json(200, &value),
        Outcome::Empty(status) => Answer::empty(status),
    }
}

/// A text from outside as far as it may be repeated: short, and without anything but plain characters.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).take(120).collect()
}

impl Dialect for Bingx {
    fn request(&mut self, request: &Request, now: Moment) -> Reply {
        self.bring_up_to(now);
        if let Some(reply) = self.control(request) {
            return reply;
        }
        if self.storms.refuses(now.mono_ns) {
            return Reply::Answer(self.limited(429));
        }
        self.answer(request)
    }

    fn connect(&mut self, socket: SocketId, request: &Request, now: Moment) -> Result<(), Answer> {
        self.bring_up_to(now);
        if self.storms.refuses(now.mono_ns) {
            return Err(self.limited(429));
        }
        self.open(socket, request)
    }

    fn message(&mut self, socket: SocketId, frame: &Frame, now: Moment) {
        self.bring_up_to(now);
        self.hear(socket, frame);
    }

    fn closed(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
    }

    fn pass(&mut self, now: Moment, room: Room) {
        self.bring_up_to(now);
        if self.pace.speed() == Speed::Max && room == Room::Free {
            self.leap();
        }
        self.beat();
    }

    fn poll(&mut self) -> Option<(SocketId, Frame)> {
        self.out.pop_front()
    }
}

impl Bingx {
    /// The clocks have gone on: so has the market, where it follows them.
    fn bring_up_to(&mut self, now: Moment) {
        self.now = now;
        if self.failure.is_none() {
            self.go_on(self.pace.market(now));
        }
    }

    /// As far as the market goes in one go where nobody holds it: to the end of the next candle, or as many events.
    fn leap(&mut self) {
        const EVENTS: u32 = 64;
        for _ in 0..EVENTS {
            let Some(next) = self.exchange.next().filter(|_| self.failure.is_none()) else { return };
            self.step_to(next);
            self.pace.set(next, self.now);
        }
    }
}
