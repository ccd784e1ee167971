//! A whole connector with its streams up, an order under way and every question asked; what it tells is weighed.
use super::super::{alpaca, bingx};
use engine::{Action, InstrumentId, OrderKind, Side, Timestamp};
use venues::{Connector, Frame, Happening, Input, Moment, Output, Query, Request, Socket};

/// No byte of them leaves.
const SECRETS: [&str; 5] =
    ["PKCANARYKEY", "canarysecret", "canary-key-4711", "canary-secret-0815", "canarylistenkey1234567890abcdef"];
/// How much may be told of one input, in happenings and in bytes of text.
const HAPPENINGS: usize = 400;
const BYTES: usize = 64 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Venue {
    Alpaca,
    Bingx,
}

pub(super) struct Session {
    it: Box<dyn Connector>,
    now: Moment,
    pub(super) requests: Vec<Request>,
    pub(super) told: Vec<Happening>,
}

impl Session {
    pub(super) fn new(venue: Venue) -> Self {
        let (it, now, mut requests): (Box<dyn Connector>, _, _) = match venue {
            Venue::Alpaca => {
                let rig = alpaca::rig::Rig::up();
                (Box::new(rig.it), rig.now, rig.requests)
            }
            Venue::Bingx => {
                let desk = bingx::desk::Desk::ready();
                let now = desk.now();
                (Box::new(desk.it), now, desk.sent)
            }
        };
        requests.truncate(100);
        let mut session = Self { it, now, requests, told: Vec::new() };
        session.put(Input::Opened(Socket::Market(0)));
        let order = match venue {
            Venue::Alpaca => alpaca::rig::order(1, Side::Buy, 10, alpaca::rig::limit(15_000)),
            Venue::Bingx => bingx::desk::order(1, Side::Buy, 100, OrderKind::Market),
        };
        session.put(Input::Act(&[Action::Submit(order)]));
        let (instrument, to) = (InstrumentId(if venue == Venue::Alpaca { 0 } else { 7 }), session.now.wall);
        let from = Timestamp(to.0 - 600_000_000_000);
        let queries = [
            Query::Time,
            Query::Instruments,
            Query::History { instrument, from, to },
            Query::OpenOrders,
            Query::Order(engine::OrderId(1)),
            Query::Fills(from),
            Query::Positions,
            Query::Balances,
            Query::Permissions,
            Query::CancelAll(Some(instrument)),
            Query::CancelAll(None),
        ];
        for (number, query) in (1..).zip(&queries) {
            session.put(Input::Ask(number, query));
        }
        session
    }

    pub(super) fn put(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        self.it.handle(self.now, input, &mut out);
        let (mut happenings, mut bytes) = (0, 0);
        for output in out {
            let text = format!("{output:?}");
            assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
            match output {
                Output::Send(request) => self.requests.push(request),
                Output::Happened(happening) => {
                    (happenings, bytes) = (happenings + 1, bytes + text.len());
                    is_clean(&happening);
                    self.told.push(happening);
                }
                _ => {}
            }
        }
        let last = self.told.last();
        assert!(
            happenings <= HAPPENINGS && bytes <= BYTES,
            "{happenings} happenings, {bytes} bytes of one input, the last {last:?}"
        );
    }

    /// A second passes, and the connector is woken when it wants to be.
    pub(super) fn pass(&mut self) {
        let end = self.now.mono_ns + 1_000_000_000;
        for _ in 0..1_000 {
            let Some(at) = self.it.wake_at().filter(|at| *at <= end) else { break };
            self.to(at.max(self.now.mono_ns + 1));
            self.put(Input::Woken);
        }
        self.to(end.max(self.now.mono_ns));
    }

    fn to(&mut self, mono_ns: u64) {
        self.now.wall = self.now.wall.after(i64::try_from(mono_ns - self.now.mono_ns).expect("a while"));
        self.now.mono_ns = mono_ns;
    }

    /// Answers everything that is asked.
    pub(super) fn answer(&mut self, status: u16, body: &[u8]) {
        for request in std::mem::take(&mut self.requests) {
            self.put(Input::Answered { ticket: request.ticket, status, headers: &[], body });
        }
    }

    /// The same bytes on a socket, as bytes and, where they are text, as text.
    pub(super) fn hear(&mut self, socket: Socket, bytes: &[u8]) {
        self.put(Input::Received(socket, Frame::Binary(bytes)));
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.put(Input::Received(socket, Frame::Text(text)));
        }
    }

    /// Opens what it closed, so that the next frame is heard.
    pub(super) fn reopen(&mut self, socket: Socket) {
        self.put(Input::Opened(socket));
        self.told.clear();
        self.requests.truncate(100);
    }
}

/// What is told is short and shows nothing but itself.
fn is_clean(happening: &Happening) {
    if let Happening::Note(text) | Happening::Barred(text) | Happening::Foreign(text) | Happening::Lost(_, text) =
        happening
    {
        assert!(text.len() < 8_000 && !text.chars().any(char::is_control), "{text:?}");
    }
}
