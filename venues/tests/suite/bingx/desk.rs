//! A connector with its driver's clock in hand: requests are taken and answered one by one, and what happened is kept.
use engine::event::Report;
use engine::instrument::{Instrument, Spec};
use engine::order::{Link, OrderId, OrderRequest, Terms};
use engine::{Action, Dated, InstrumentId, Interval, Money, OrderKind, Price, Qty, Side, Timestamp};
use flate2::Compression;
use flate2::write::GzEncoder;
use secrecy::{ExposeSecret, SecretString};
use std::io::Write;
use venues::bingx::{BingX, Config, Credentials, Endpoints};
use venues::{
    Channel, Connector, Frame, Happening, Input, LinkFailure, Listed, Moment, Output, Request, RunId, Socket, Ticket,
};

pub(crate) const KEY: &str = "canary-key-4711";
pub(crate) const SECRET: &str = "canary-secret-0815";
pub(crate) const LISTEN: &str = "canarylistenkey1234567890abcdef";
/// Wall time when the monotonic clock shows zero, in milliseconds: a whole minute.
pub(crate) const EPOCH_MS: i64 = 1_760_000_040_000;
pub(crate) const MARKET: Socket = Socket::Market(0);

/// One instrument with a tick of 0.5 and a lot of 0.001 in steps of 0.1 and 0.0001.
pub(crate) fn listed() -> Vec<Listed> {
    let spec = Spec { tick: Price(5), lot: Qty(10), min_notional: Money::ZERO };
    let usdt = "USDT".parse().expect("a currency");
    let instrument =
        Instrument::new("bingx:BTC-USDT".into(), usdt, (1, 4), 1.into(), Dated::always(spec)).expect("an instrument");
    vec![Listed { id: InstrumentId(7), symbol: "BTC-USDT".into(), instrument, interval: Interval::MINUTE, ticks: true }]
}

pub(crate) fn limit(price: Price) -> OrderKind {
    OrderKind::Limit { price }
}

pub(crate) fn order(number: u64, side: Side, quantity: i64, kind: OrderKind) -> OrderRequest {
    let (terms, link) = (Terms::PLAIN, Link::Alone);
    let order = OrderId(number);
    OrderRequest { order, instrument: InstrumentId(7), side, quantity: Qty(quantity), kind, terms, link }
}

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub(crate) struct Desk {
    pub(crate) it: BingX,
    /// The monotonic clock in nanoseconds.
    pub(crate) mono_ns: u64,
    pub(crate) sent: Vec<Request>,
    pub(crate) said: Vec<Happening>,
    pub(crate) texts: Vec<(Socket, String)>,
    pub(crate) opened: Vec<(Socket, String)>,
    pub(crate) closed: Vec<Socket>,
    /// Everything that came out, as its `Debug` text shows it.
    pub(crate) shown: String,
}

impl Desk {
    pub(crate) fn new(change: impl FnOnce(&mut Config)) -> Self {
        let credentials = Credentials { key: SecretString::from(KEY), secret: SecretString::from(SECRET) };
        let mut config = Config::new(Endpoints::live(), Some(credentials), RunId::new("run").expect("a run"), listed());
        config.funding = false;
        change(&mut config);
        let it = BingX::new(config).expect("a configuration that works");
        Self {
            it,
            mono_ns: 0,
            sent: Vec::new(),
            said: Vec::new(),
            texts: Vec::new(),
            opened: Vec::new(),
            closed: Vec::new(),
            shown: String::new(),
        }
    }

    /// A connector whose streams are ready, with nothing under way.
    pub(crate) fn ready() -> Self {
        Self::ready_with(|_| {})
    }

    pub(crate) fn ready_with(change: impl FnOnce(&mut Config)) -> Self {
        let mut desk = Self::new(change);
        desk.start();
        desk.answer_ok("trade/openOrders", "{\"orders\":[]}");
        assert!(desk.said.contains(&Happening::Ready(Channel::Orders)), "{:?}", desk.said);
        desk.forget();
        desk
    }

    /// Starts, up to the list of open orders that the private stream waits for.
    pub(crate) fn start(&mut self) {
        self.put(Input::Start);
        let time = EPOCH_MS + self.milliseconds();
        self.answer_ok("server/time", &format!("{{\"serverTime\":{time}}}"));
        self.answer_ok("positionSide/dual", "{\"dualSidePosition\":\"false\"}");
        self.give_key();
        self.put(Input::Opened(Socket::Private));
    }

    pub(crate) fn give_key(&mut self) {
        self.answer("user/auth/userDataStream", 200, &format!("{{\"listenKey\":\"{LISTEN}\"}}"));
    }

    /// Opens the market socket, acknowledges its streams and tells one ended candle.
    pub(crate) fn open_market(&mut self) {
        self.put(Input::Opened(MARKET));
        for at in 0..3 {
            self.frame(
                MARKET,
                &format!("{{\"id\":\"0.{at}.1\",\"code\":0,\"msg\":\"\",\"dataType\":\"\",\"data\":null}}"),
            );
        }
        self.answer_ok("quote/klines", "[]");
        self.forget();
    }

    pub(crate) fn forget(&mut self) {
        self.said.clear();
        self.texts.clear();
        self.opened.clear();
        self.closed.clear();
    }

    fn milliseconds(&self) -> i64 {
        i64::try_from(self.mono_ns / 1_000_000).expect("a short test")
    }

    pub(crate) fn now(&self) -> Moment {
        Moment { wall: Timestamp((EPOCH_MS + self.milliseconds()) * 1_000_000), mono_ns: self.mono_ns }
    }

    pub(crate) fn put(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        self.it.handle(self.now(), input, &mut out);
        for output in out {
            self.shown += &format!("{output:?}\n");
            match output {
                Output::Send(request) => self.sent.push(request),
                Output::Open { socket, url, .. } => self.opened.push((socket, url.expose_secret().into())),
                Output::Text(socket, text) => self.texts.push((socket, text.expose_secret().into())),
                Output::Binary(..) => panic!("this venue is sent no bytes"),
                Output::Close(socket) => self.closed.push(socket),
                Output::Happened(happening) => self.said.push(happening),
            }
        }
    }

    /// Lets time pass, waking the connector whenever it asked for it.
    pub(crate) fn wait(&mut self, milliseconds: u64) {
        let until = self.mono_ns + milliseconds * 1_000_000;
        for _ in 0..100_000 {
            let Some(at) = self.it.wake_at().filter(|at| *at <= until) else { break };
            self.mono_ns = at.max(self.mono_ns);
            self.put(Input::Woken);
        }
        self.mono_ns = until;
    }

    /// The first request under way whose target holds a text.
    pub(crate) fn take(&mut self, holds: &str) -> Request {
        let place = self.sent.iter().position(|request| request.target.contains(holds));
        let targets: Vec<&str> = self.sent.iter().map(|request| request.target.as_str()).collect();
        let place = place.unwrap_or_else(|| panic!("nothing like {holds} was sent: {targets:?}"));
        self.sent.remove(place)
    }

    pub(crate) fn reply(&mut self, ticket: Ticket, status: u16, body: &str) {
        self.put(Input::Answered { ticket, status, headers: &[], body: body.as_bytes() });
    }

    pub(crate) fn answer(&mut self, holds: &str, status: u16, body: &str) -> Request {
        let request = self.take(holds);
        self.reply(request.ticket, status, body);
        request
    }

    pub(crate) fn answer_ok(&mut self, holds: &str, data: &str) -> Request {
        self.answer(holds, 200, &format!("{{\"code\":0,\"msg\":\"\",\"data\":{data}}}"))
    }

    pub(crate) fn fail(&mut self, holds: &str, code: i64) -> Request {
        self.answer(holds, 200, &format!("{{\"code\":{code},\"msg\":\"no\",\"data\":{{}}}}"))
    }

    pub(crate) fn lose(&mut self, holds: &str, failure: LinkFailure) -> Request {
        let request = self.take(holds);
        self.put(Input::Unanswered { ticket: request.ticket, failure });
        request
    }

    /// Loses every request under way whose target holds a text.
    pub(crate) fn lose_all(&mut self, holds: &str) {
        while let Some(at) = self.sent.iter().position(|request| request.target.contains(holds)) {
            let ticket = self.sent.remove(at).ticket;
            self.put(Input::Unanswered { ticket, failure: LinkFailure::Lost });
        }
    }

    pub(crate) fn frame(&mut self, socket: Socket, text: &str) {
        self.put(Input::Received(socket, Frame::Binary(&gzip(text))));
    }

    pub(crate) fn submit(&mut self, request: OrderRequest) {
        self.put(Input::Act(&[Action::Submit(request)]));
    }

    pub(crate) fn cancel(&mut self, number: u64) {
        self.put(Input::Act(&[Action::Cancel { order: OrderId(number), instrument: InstrumentId(7) }]));
    }

    /// A limit order of 0.01 at 50000 that rests at the venue under an id.
    pub(crate) fn rest(&mut self, number: u64, id: u64) {
        self.submit(order(number, Side::Buy, 100, limit(Price(500_000))));
        self.answer_ok("trade/order?", &placed(id)).ticket_is_a_post();
        assert_eq!(self.reports(), [Report::Accepted { order: OrderId(number) }]);
    }

    /// What the venue said of orders since the last time.
    pub(crate) fn reports(&mut self) -> Vec<Report> {
        let reports = self.said.iter().filter_map(|it| if let Happening::Report(it) = it { Some(*it) } else { None });
        let reports = reports.collect();
        self.said.retain(|it| !matches!(it, Happening::Report(_)));
        reports
    }

    /// The same in a line: `accepted 1`, `filled 1 100@500000 fee 0.5 id 7 maker`.
    pub(crate) fn told(&mut self) -> String {
        let line = |report: &Report| match *report {
            Report::Accepted { order } => format!("accepted {}", order.0),
            Report::Rejected { order, reason } => format!("rejected {} {}", order.0, reason.name()),
            Report::Filled(fill) => format!(
                "filled {} {}@{} fee {} id {} {}",
                fill.order.0,
                fill.quantity.0,
                fill.price.0,
                fill.fee,
                id(fill.fill.0),
                fill.liquidity.name()
            ),
            Report::Liquidated(fill) => format!("liquidated {}@{} fee {}", fill.quantity.0, fill.price.0, fill.fee),
            Report::Cancelled { order } => format!("cancelled {}", order.0),
            Report::Amended { order, quantity, .. } => format!("amended {} {}", order.0, quantity.0),
            Report::ChangeRefused { order, reason } => format!("change-refused {} {}", order.0, reason.name()),
            Report::Expired { order } => format!("expired {}", order.0),
            Report::NotSent { order } => format!("not-sent {}", order.0),
            Report::Lost { order } => format!("lost {}", order.0),
            Report::Busted(_) => "busted".into(),
        };
        self.reports().iter().map(line).collect::<Vec<_>>().join(" | ")
    }
}

/// A fill's own number, or `order/place`.
fn id(id: u128) -> String {
    if id >> 64 == 0 { id.to_string() } else { format!("{}/{}", id >> 64, id & u128::from(u64::MAX)) }
}

pub(crate) trait IsPost {
    fn ticket_is_a_post(self);
}

impl IsPost for Request {
    fn ticket_is_a_post(self) {
        assert_eq!(self.method.name(), "POST");
        assert!(self.adds_risk);
    }
}

/// The data of an answer to a new order.
pub(crate) fn placed(id: u64) -> String {
    format!("{{\"order\":{{\"symbol\":\"BTC-USDT\",\"orderId\":{id},\"side\":\"BUY\",\"type\":\"LIMIT\"}}}}")
}

impl Desk {
    pub(crate) fn it_wakes(&self) -> Option<u64> {
        self.it.wake_at()
    }
}
