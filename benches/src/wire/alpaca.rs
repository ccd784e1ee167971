//! Alpaca's side: crypto, which has no hours.
use super::{Asked, Message, Side, between};
use engine::{Dated, Instrument, InstrumentId, Interval, Spec};
use rust_decimal::Decimal;
use venues::{Listed, Socket};

/// When the market begins, in milliseconds since 1970: 2026-01-02T14:30:00Z.
pub const BEGIN_MS: i64 = 1_767_364_200_000;
const SYMBOL: &str = "BTC/USD";

/// The venue.
#[derive(Debug, Default)]
pub struct AlpacaSide {
    minute: i64,
    orders: u32,
    taken: Vec<String>,
}

fn stamp(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).expect("a time of this century").to_string()
}

impl AlpacaSide {
    /// What a connector is told of it.
    #[must_use]
    pub fn listed() -> Vec<Listed> {
        let usd = "USD".parse().expect("a currency");
        let name = format!("alpaca:{SYMBOL}");
        let instrument = Instrument::new(name, usd, (4, 9), Decimal::ONE, Dated::always(Spec::FREE)).expect("fits");
        vec![Listed {
            id: InstrumentId(0),
            symbol: SYMBOL.into(),
            instrument,
            interval: Interval::MINUTE,
            ticks: false,
        }]
    }

    fn order(&mut self, body: &str, now_ms: i64) -> String {
        self.orders += 1;
        let id = format!("{:08x}-0000-4000-8000-000000000000", self.orders);
        let [name, quantity, side] =
            ["client_order_id", "qty", "side"].map(|key| between(body, &format!("\"{key}\":\""), '"'));
        let order = |filled: &str, status: &str| {
            format!(
                "{{\"id\":\"{id}\",\"client_order_id\":\"{name}\",\"submitted_at\":\"{}\",\"symbol\":\"{SYMBOL}\",\
                 \"qty\":\"{quantity}\",\"filled_qty\":\"{filled}\",\"side\":\"{side}\",\"type\":\"market\",\
                 \"order_type\":\"market\",\"time_in_force\":\"gtc\",\"status\":\"{status}\"}}",
                stamp(now_ms)
            )
        };
        let filled = order(quantity, "filled");
        let execution = format!("e{:07x}-0000-4000-8000-000000000000", self.orders);
        self.taken.push(format!(
            "{{\"stream\":\"trade_updates\",\"data\":{{\"event\":\"fill\",\"execution_id\":\"{execution}\",\"timestamp\":\"{}\",\
             \"qty\":\"{quantity}\",\"price\":\"150.5\",\"position_qty\":\"{quantity}\",\"order\":{filled}}}}}",
            stamp(now_ms)
        ));
        order("0", "pending_new")
    }
}

impl Side for AlpacaSide {
    fn answer(&mut self, request: &Asked<'_>) -> String {
        let path = request.target.split('?').next().unwrap_or_default();
        match (request.method, path) {
            ("POST", "/v2/orders") => self.order(request.body, request.now_ms),
            (_, path) if path.ends_with("/bars") => "{\"bars\":{},\"next_page_token\":null}".into(),
            (_, "/v2/clock") => {
                let [now, later] = [0, 3_600_000].map(|wait| stamp(request.now_ms + wait));
                format!(
                    "{{\"timestamp\":\"{now}\",\"is_open\":true,\"next_open\":\"{later}\",\"next_close\":\"{later}\"}}"
                )
            }
            _ => "[]".into(),
        }
    }

    fn opened(&mut self, socket: Socket) -> Vec<Message> {
        match socket {
            Socket::Private => Vec::new(),
            Socket::Market(_) => vec![Message::Text("[{\"T\":\"success\",\"msg\":\"connected\"}]".into())],
        }
    }

    fn heard(&mut self, socket: Socket, message: &Message) -> Vec<Message> {
        let Message::Text(text) = message else { return Vec::new() };
        let answer = match (socket, between(text, "\"action\":\"", '"')) {
            (Socket::Market(_), "auth") => "[{\"T\":\"success\",\"msg\":\"authenticated\"}]",
            (Socket::Market(_), _) => {
                "[{\"T\":\"subscription\",\"trades\":[],\"quotes\":[],\"orderbooks\":[],\"bars\":[\"BTC/USD\"],\
                 \"updatedBars\":[\"BTC/USD\"],\"dailyBars\":[]}]"
            }
            (Socket::Private, "listen") => "{\"stream\":\"listening\",\"data\":{\"streams\":[\"trade_updates\"]}}",
            (Socket::Private, _) => {
                "{\"stream\":\"authorization\",\"data\":{\"status\":\"authorized\",\"action\":\"authenticate\"}}"
            }
        };
        // What is said of orders comes as bytes that hold text.
        vec![match socket {
            Socket::Private => Message::Binary(answer.into()),
            Socket::Market(_) => Message::Text(answer.into()),
        }]
    }

    fn candle(&mut self, _: usize) -> Message {
        let at = |minute: i64| Decimal::new(15_000 + minute.rem_euclid(97), 2);
        let (open, close, time) = (at(self.minute), at(self.minute + 1), stamp(BEGIN_MS + self.minute * 60_000));
        let (high, low) = (open.max(close), open.min(close));
        self.minute += 1;
        Message::Text(format!(
            "[{{\"T\":\"b\",\"S\":\"{SYMBOL}\",\"o\":{open},\"h\":{high},\"l\":{low},\"c\":{close},\"v\":1200.5,\"t\":\"{time}\",\
             \"n\":12,\"vw\":{close}}}]"
        ))
    }

    fn ping(&mut self) -> Option<Message> {
        None
    }

    fn fills(&mut self) -> Vec<Message> {
        self.taken.drain(..).map(|text| Message::Binary(text.into_bytes())).collect()
    }
}
