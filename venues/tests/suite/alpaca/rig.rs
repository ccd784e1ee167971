//! A connector with a driver that is a script: what it sends is looked at, what it hears is written down here.
use engine::instrument::Instrument;
use engine::order::{Link, OrderId, OrderKind, OrderRequest, Terms, TimeInForce};
use engine::{Action, Dated, InstrumentId, Price, Qty, Side, Spec, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use venues::alpaca::{Alpaca, Config, Credentials, Endpoints};
use venues::{
    Channel, Connector, Frame, Happening, Input, LinkFailure, Listed, Method, Moment, Output, Query, Request, RunId,
    Socket,
};

/// 2026-01-02T14:30:00Z, when a session opens.
pub(crate) const OPEN: i64 = 1_767_364_200_000_000_000;
const MS: u64 = 1_000_000;
pub(crate) const AAPL: InstrumentId = InstrumentId(0);
pub(crate) const BTC: InstrumentId = InstrumentId(1);

/// An instrument with prices of four decimal places and quantities of nine.
pub(crate) fn listed(id: InstrumentId, symbol: &str, interval: &str) -> Listed {
    let quote = "USD".parse().expect("a currency");
    let specs = Dated::always(Spec::FREE);
    let name = format!("alpaca:{symbol}");
    let instrument = Instrument::new(name, quote, (4, 9), rust_decimal::Decimal::ONE, specs).expect("an instrument");
    Listed { id, symbol: symbol.into(), instrument, interval: interval.parse().expect("an interval"), ticks: true }
}

pub(crate) fn config() -> Config {
    let keys = Credentials { key: SecretString::from("PKCANARYKEY"), secret: SecretString::from("canarysecret") };
    let both = vec![listed(AAPL, "AAPL", "1m"), listed(BTC, "BTC/USD", "1m")];
    Config::new(Endpoints::paper(), Some(keys), RunId::new("run7").expect("a run id"), both)
}

pub(crate) struct Rig {
    pub(crate) it: Alpaca,
    pub(crate) now: Moment,
    pub(crate) requests: Vec<Request>,
    pub(crate) happened: Vec<Happening>,
    pub(crate) said: Vec<(Socket, String)>,
    pub(crate) opened: Vec<(Socket, String)>,
    pub(crate) closed: Vec<Socket>,
}

impl Rig {
    pub(crate) fn of(config: Config) -> Self {
        let now = Moment { wall: Timestamp(OPEN), mono_ns: 1_000_000_000_000 };
        let it = Alpaca::new(config).expect("a set-up that works");
        let (requests, happened) = (Vec::new(), Vec::new());
        Self { it, now, requests, happened, said: Vec::new(), opened: Vec::new(), closed: Vec::new() }
    }

    pub(crate) fn input(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        self.it.handle(self.now, input, &mut out);
        for output in out {
            match output {
                Output::Send(request) => self.requests.push(request),
                Output::Open { socket, url, .. } => self.opened.push((socket, url.expose_secret().into())),
                Output::Text(socket, text) => self.said.push((socket, text.expose_secret().into())),
                Output::Binary(socket, bytes) => {
                    let json = venues::msgpack::to_json(bytes.expose_secret()).expect("MessagePack");
                    self.said.push((socket, json));
                }
                Output::Close(socket) => self.closed.push(socket),
                Output::Happened(happening) => self.happened.push(happening),
            }
        }
    }

    /// Time passes, and the connector is woken when it wants to be.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.now.mono_ns + ms * MS;
        while let Some(at) = self.it.wake_at().filter(|at| *at <= end) {
            self.to(at.max(self.now.mono_ns + 1));
            self.input(Input::Woken);
        }
        self.to(end.max(self.now.mono_ns));
        self.input(Input::Woken);
    }

    fn to(&mut self, mono_ns: u64) {
        self.now.wall = self.now.wall.after(i64::try_from(mono_ns - self.now.mono_ns).expect("a while"));
        self.now.mono_ns = mono_ns;
    }

    /// The first request that is not answered yet to such a path, taken out.
    pub(crate) fn take(&mut self, method: Method, path: &str) -> Option<Request> {
        let place = self.requests.iter().position(|it| it.method == method && it.target.starts_with(path))?;
        Some(self.requests.remove(place))
    }

    pub(crate) fn request(&mut self, method: Method, path: &str) -> Request {
        let there: Vec<String> = self.requests.iter().map(|it| format!("{} {}", it.method.name(), it.target)).collect();
        self.take(method, path).unwrap_or_else(|| panic!("no {} {path} among {there:?}", method.name()))
    }

    pub(crate) fn answer(&mut self, request: &Request, status: u16, body: &str) {
        self.input(Input::Answered { ticket: request.ticket, status, headers: &[], body: body.as_bytes() });
    }

    /// Answers the first such request.
    pub(crate) fn reply(&mut self, (method, path): (Method, &str), status: u16, body: &str) -> Request {
        let request = self.request(method, path);
        self.answer(&request, status, body);
        request
    }

    pub(crate) fn fail(&mut self, (method, path): (Method, &str), failure: LinkFailure) {
        let ticket = self.request(method, path).ticket;
        self.input(Input::Unanswered { ticket, failure });
    }

    pub(crate) fn hear(&mut self, json: &str) {
        self.input(Input::Received(Socket::Private, Frame::Binary(json.as_bytes())));
    }

    pub(crate) fn market(&mut self, socket: u8, json: &str) {
        self.input(Input::Received(Socket::Market(socket), Frame::Text(json)));
    }

    pub(crate) fn act(&mut self, actions: &[Action]) {
        self.input(Input::Act(actions));
    }

    pub(crate) fn ask(&mut self, number: u64, query: &Query) {
        self.input(Input::Ask(number, query));
    }

    /// The stream of orders is opened, and nothing was missed.
    pub(crate) fn up() -> Self {
        let mut rig = Self::of(config());
        rig.input(Input::Start);
        rig.private_up();
        rig.nothing_missed();
        assert!(rig.happened.contains(&Happening::Ready(Channel::Orders)), "{:?}", rig.happened);
        rig.happened.clear();
        rig.said.clear();
        rig
    }

    pub(crate) fn private_up(&mut self) {
        self.input(Input::Opened(Socket::Private));
        self.hear(r#"{"stream":"authorization","data":{"status":"authorized","action":"authenticate"}}"#);
        self.hear(r#"{"stream":"listening","data":{"streams":["trade_updates"]}}"#);
    }

    pub(crate) fn nothing_missed(&mut self) {
        self.reply((Method::Get, "/v2/orders?status=open"), 200, "[]");
        self.reply((Method::Get, "/v2/account/activities/FILL"), 200, "[]");
    }

    /// What was reported since it was asked last, in short words.
    pub(crate) fn reports(&mut self) -> Vec<String> {
        let mut reports = Vec::new();
        for happening in std::mem::take(&mut self.happened) {
            if let Happening::Report(report) = happening {
                reports.push(short(&report));
            }
        }
        reports
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let note = |it: &Happening| match it {
            Happening::Note(text) => Some(text.clone()),
            _ => None,
        };
        self.happened.iter().filter_map(note).collect()
    }
}

fn short(report: &engine::Report) -> String {
    use engine::Report as R;
    let of = report.order().0;
    match report {
        R::Accepted { .. } => format!("accepted {of}"),
        R::Rejected { reason, .. } => format!("rejected {of} {}", reason.name()),
        R::Filled(fill) => {
            format!("filled {of} {} {} at {}", fill.side.name(), units(fill.quantity), price_text(fill.price))
        }
        R::Busted(fill) => format!("busted {of} {} at {}", units(fill.quantity), price_text(fill.price)),
        R::Liquidated(_) => format!("liquidated {of}"),
        R::Cancelled { .. } => format!("cancelled {of}"),
        R::Amended { quantity, price, .. } => {
            format!("amended {of} {} {}", units(*quantity), price.map_or("-".into(), price_text))
        }
        R::ChangeRefused { reason, .. } => format!("change refused {of} {}", reason.name()),
        R::Expired { .. } => format!("expired {of}"),
        R::NotSent { .. } => format!("not sent {of}"),
        R::Lost { .. } => format!("lost {of}"),
    }
}

fn units(quantity: Qty) -> String {
    engine::measure::scaled_text(quantity.0, 9)
}

fn price_text(price: Price) -> String {
    engine::measure::scaled_text(price.0, 4)
}

/// So many whole units.
pub(crate) fn whole(units: i64) -> Qty {
    Qty(units * 1_000_000_000)
}

/// A price in cents.
pub(crate) fn cents(cents: i64) -> Price {
    Price(cents * 100)
}

pub(crate) fn order(number: u64, side: Side, units: i64, kind: OrderKind) -> OrderRequest {
    let plain = OrderRequest::plain(OrderId(number), AAPL, side, whole(units), kind);
    OrderRequest { terms: Terms::PLAIN.lasting(TimeInForce::Day), ..plain }
}

pub(crate) fn limit(price: i64) -> OrderKind {
    OrderKind::Limit { price: cents(price) }
}

pub(crate) fn attached(leader: u64, request: OrderRequest) -> OrderRequest {
    let terms = Terms { reduce_only: true, ..request.terms };
    OrderRequest { link: Link::Attached(OrderId(leader)), terms, ..request }
}

/// The venue's id of a number: a UUID.
pub(crate) fn uuid(number: u32) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

/// An order as the venue has it.
pub(crate) struct Theirs {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) qty: &'static str,
    pub(crate) filled: &'static str,
    pub(crate) status: &'static str,
    pub(crate) more: String,
}

pub(crate) fn theirs(id: u32, name: &str, status: &'static str) -> Theirs {
    Theirs { id, name: name.into(), qty: "10", filled: "0", status, more: String::new() }
}

impl Theirs {
    pub(crate) fn filled(self, filled: &'static str) -> Self {
        Self { filled, ..self }
    }

    pub(crate) fn of(self, qty: &'static str) -> Self {
        Self { qty, ..self }
    }

    pub(crate) fn with(self, more: &str) -> Self {
        Self { more: format!("{},{more}", self.more), ..self }
    }

    pub(crate) fn replaces(self, id: u32) -> Self {
        let more = format!("\"replaces\":\"{}\"", uuid(id));
        self.with(&more)
    }

    pub(crate) fn replaced_by(self, id: u32) -> Self {
        let more = format!("\"replaced_by\":\"{}\"", uuid(id));
        self.with(&more)
    }

    pub(crate) fn json(&self) -> String {
        let Self { id, name, qty, filled, status, more } = self;
        let id = uuid(*id);
        format!(
            r#"{{"id":"{id}","client_order_id":"{name}","submitted_at":"2026-01-02T14:30:00.5Z","symbol":"AAPL","qty":"{qty}","filled_qty":"{filled}","side":"buy","type":"limit","order_type":"limit","time_in_force":"day","status":"{status}"{more}}}"#
        )
    }

    /// An event of the stream about it.
    pub(crate) fn event(&self, event: &str, execution: u32) -> String {
        self.event_with(event, execution, "")
    }

    /// An execution of so much at a price.
    pub(crate) fn fill(&self, execution: u32, qty: &str, price: &str) -> String {
        let event = if self.status == "filled" { "fill" } else { "partial_fill" };
        self.event_with(event, execution, &format!(r#","qty":"{qty}","price":"{price}","position_qty":"1""#))
    }

    pub(crate) fn event_with(&self, event: &str, execution: u32, more: &str) -> String {
        let (order, id) = (self.json(), uuid(0xe000_0000 + execution));
        format!(
            r#"{{"stream":"trade_updates","data":{{"event":"{event}","execution_id":"{id}","timestamp":"2026-01-02T14:30:01.123456789Z"{more},"order":{order}}}}}"#
        )
    }

    /// A row of the activities about a fill of it.
    pub(crate) fn activity(&self, number: u32, qty: &str, price: &str) -> String {
        let (id, filled) = (uuid(self.id), self.filled);
        let own = uuid(0xac00_0000 + number);
        format!(
            r#"{{"id":"20260102093001{number:03}::{own}","activity_type":"FILL","transaction_time":"2026-01-02T14:30:01.1Z","type":"fill","price":"{price}","qty":"{qty}","side":"buy","symbol":"AAPL","leaves_qty":"0","cum_qty":"{filled}","order_id":"{id}"}}"#
        )
    }
}
