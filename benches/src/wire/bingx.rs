//! BingX's side: perpetuals whose candles follow from their minute, and a market of any speed.
use super::{Asked, Message, Side, between};
use engine::{Dated, Instrument, InstrumentId, Interval, Money, Price, Qty, Spec, Timestamp};
use flate2::{Compress, Compression, Crc, FlushCompress};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use venues::{Listed, Socket};

/// When the market begins, in milliseconds since 1970: a whole minute, in 2023.
pub const BEGIN_MS: i64 = 1_690_907_580_000;
const MINUTE_MS: i64 = 60_000;

/// An order that was taken.
#[derive(Clone, Debug)]
struct Taken {
    id: u64,
    symbol: String,
    side: String,
    quantity: String,
}

/// The venue.
#[derive(Debug)]
pub struct BingxSide {
    symbols: Vec<String>,
    /// The minute of each instrument's newest candle, counted from the beginning.
    minutes: Vec<i64>,
    acknowledged: usize,
    orders: u64,
    /// Orders whose fills were not told yet.
    taken: Vec<Taken>,
    /// The last order: it was filled as it was taken, and the news of that come later.
    filled: Option<Taken>,
    /// What is held, as far as the news of it were told.
    held: BTreeMap<String, Decimal>,
    gzip: Compress,
}

/// Open, high, low, close of a minute in tenths, and its volume in ten thousandths.
fn figures(place: usize, minute: i64) -> [i64; 5] {
    let at = |minute: i64| 500_000 + (minute * 37 + i64::try_from(place).unwrap_or(0) * 101).rem_euclid(997);
    let (open, close) = (at(minute - 1), at(minute));
    [open, open.max(close) + 13, open.min(close) - 11, close, 27_691 + minute.rem_euclid(50_000)]
}

fn tenths(price: i64) -> String {
    format!("{}.{}", price / 10, price % 10)
}

impl BingxSide {
    /// A venue of so many instruments.
    #[must_use]
    pub fn new(instruments: usize) -> Self {
        let symbols = (0..instruments).map(|place| format!("B{place}-USDT")).collect();
        let gzip = Compress::new(Compression::default(), false);
        Self {
            symbols,
            minutes: vec![0; instruments],
            acknowledged: 0,
            orders: 0,
            taken: Vec::new(),
            filled: None,
            held: BTreeMap::new(),
            gzip,
        }
    }

    /// What a connector is told of them.
    #[must_use]
    pub fn listed(&self, ticks: bool) -> Vec<Listed> {
        let usdt = "USDT".parse().expect("a currency");
        let spec = Spec { tick: Price(1), lot: Qty(1), min_notional: Money::ZERO };
        let listed = |(place, symbol): (u32, &String)| {
            let made = Instrument::new(format!("bingx:{symbol}"), usdt, (1, 4), Decimal::ONE, Dated::always(spec))
                .expect("fits");
            let (id, symbol) = (InstrumentId(place), symbol.clone());
            Listed { id, symbol, instrument: made, interval: Interval::MINUTE, ticks }
        };
        (0..).zip(&self.symbols).map(listed).collect()
    }

    /// The minute of an instrument's newest candle, counted from the beginning.
    #[must_use]
    pub fn minute(&self, place: usize) -> i64 {
        self.minutes[place]
    }

    /// The minute of a candle, counted from the beginning.
    #[must_use]
    pub fn minute_of(open_time: Timestamp) -> i64 {
        (open_time.0 / 1_000_000 - BEGIN_MS) / MINUTE_MS
    }

    /// How many streams were asked for.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.acknowledged
    }

    fn row(&self, place: usize, minute: i64) -> String {
        let [open, high, low, close, volume] = figures(place, minute);
        let [open, high, low, close] = [open, high, low, close].map(tenths);
        let volume = Decimal::new(volume, 4);
        let time = BEGIN_MS + minute * MINUTE_MS;
        format!(
            "{{\"c\":\"{close}\",\"o\":\"{open}\",\"h\":\"{high}\",\"l\":\"{low}\",\"v\":\"{volume}\",\"T\":{time}}}"
        )
    }

    /// Compressed as the venue sends it.
    fn pressed(&mut self, text: &str) -> Message {
        let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
        bytes.reserve(text.len() + 64);
        self.gzip.reset();
        self.gzip.compress_vec(text.as_bytes(), &mut bytes, FlushCompress::Finish).expect("there is room");
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        bytes.extend_from_slice(&crc.sum().to_le_bytes());
        bytes.extend_from_slice(&crc.amount().to_le_bytes());
        Message::Binary(bytes)
    }

    /// A quote of an instrument.
    pub fn quote(&mut self, place: usize, number: u64) -> Message {
        let (symbol, price) = (&self.symbols[place], figures(place, self.minutes[place])[3]);
        let (bid, ask, time) = (tenths(price - 1), tenths(price), BEGIN_MS + self.minutes[place] * MINUTE_MS);
        let text = format!(
            "{{\"code\":0,\"dataType\":\"{symbol}@bookTicker\",\"data\":{{\"e\":\"bookTicker\",\"u\":{number},\"E\":{time},\
             \"T\":{time},\"s\":\"{symbol}\",\"b\":\"{bid}\",\"B\":\"14.6470\",\"a\":\"{ask}\",\"A\":\"13.6160\"}}}}"
        );
        self.pressed(&text)
    }

    /// A trade of an instrument.
    pub fn trade(&mut self, place: usize, number: u64) -> Message {
        let (symbol, price) = (&self.symbols[place], tenths(figures(place, self.minutes[place])[3]));
        let time = BEGIN_MS + self.minutes[place] * MINUTE_MS + i64::try_from(number % 60_000).unwrap_or(0);
        let text = format!(
            "{{\"code\":0,\"dataType\":\"{symbol}@trade\",\"data\":[{{\"q\":\"0.0421\",\"p\":\"{price}\",\"T\":{time},\
             \"m\":false,\"s\":\"{symbol}\"}}]}}"
        );
        self.pressed(&text)
    }

    fn klines(&self, target: &str) -> String {
        let symbol = between(target, "symbol=", '&');
        let Some(place) = self.symbols.iter().position(|it| it == symbol) else { return "[]".into() };
        let minute =
            |name: &str| between(target, name, '&').parse::<i64>().map(|ms| (ms - BEGIN_MS).div_euclid(MINUTE_MS));
        let newest = self.minutes[place];
        let until = minute("endTime=").map_or(newest, |minute| minute.min(newest));
        let from = minute("startTime=").unwrap_or(0).max(0).max(until - 999);
        let row = |minute: i64| {
            let [open, high, low, close, volume] = figures(place, minute);
            let [open, high, low, close] = [open, high, low, close].map(tenths);
            let (volume, time) = (Decimal::new(volume, 4), BEGIN_MS + minute * MINUTE_MS);
            format!(
                "{{\"open\":\"{open}\",\"close\":\"{close}\",\"high\":\"{high}\",\"low\":\"{low}\",\"volume\":\"{volume}\",\
                 \"time\":{time}}}"
            )
        };
        // Newest first, as the venue has it.
        let rows: Vec<String> = (from..=until).rev().map(row).collect();
        format!("[{}]", rows.join(","))
    }

    fn take_order(&mut self, target: &str) -> String {
        self.orders += 1;
        let id = 1_736_012_449_498_000_000 + self.orders;
        let [symbol, side, quantity] =
            ["symbol=", "side=", "quantity="].map(|name| between(target, name, '&').to_string());
        let data = format!(
            "{{\"order\":{{\"symbol\":\"{symbol}\",\"orderId\":{id},\"side\":\"{side}\",\"positionSide\":\"BOTH\",\
             \"type\":\"MARKET\",\"quantity\":{quantity}}}}}"
        );
        let taken = Taken { id, symbol, side, quantity };
        self.filled = Some(taken.clone());
        self.taken.push(taken);
        data
    }
}

/// What an order is worth, all at one price.
fn value(quantity: &str) -> Decimal {
    quantity.parse::<Decimal>().unwrap_or_default() * Decimal::from(50_000)
}

/// The number of the fill of an order.
fn trade_of(id: u64) -> u64 {
    id % 1_000_000_000
}

impl BingxSide {
    /// An order as it stands, where a frame came before the answer that names it.
    fn order(&self) -> String {
        let Some(Taken { id, symbol, side, quantity }) = &self.filled else { return "{}".into() };
        format!(
            "{{\"order\":{{\"symbol\":\"{symbol}\",\"orderId\":{id},\"side\":\"{side}\",\"type\":\"MARKET\",\
             \"origQty\":\"{quantity}\",\"executedQty\":\"{quantity}\",\"avgPrice\":\"50000.0\",\"status\":\"FILLED\",\
             \"commission\":\"-0.02500000\"}}}}"
        )
    }

    fn positions(&self) -> String {
        let row = |(symbol, size): (&String, &Decimal)| {
            format!(
                "{{\"symbol\":\"{symbol}\",\"positionId\":\"1\",\"positionSide\":\"BOTH\",\"positionAmt\":\"{size}\",\
                 \"avgPrice\":\"50000.0\"}}"
            )
        };
        let held: Vec<String> = self.held.iter().filter(|(_, size)| !size.is_zero()).map(row).collect();
        format!("[{}]", held.join(","))
    }

    fn fill_history(&self) -> String {
        let Some(Taken { id, symbol, side, quantity }) = &self.filled else { return "{}".into() };
        let trade = trade_of(*id);
        format!(
            "{{\"fill_history_orders\":[{{\"symbol\":\"{symbol}\",\"qty\":\"{quantity}\",\"price\":\"50000.0\",\
             \"commission\":\"-0.02500000\",\"commissionAsset\":\"USDT\",\"orderId\":\"{id}\",\"tradeId\":\"{trade}\",\
             \"role\":\"taker\",\"side\":\"{side}\",\"filledTime\":\"2023-08-02T00:33:00.000+0800\"}}],\"total\":1}}"
        )
    }
}

impl Side for BingxSide {
    fn answer(&mut self, request: &Asked<'_>) -> String {
        let path = request.target.split('?').next().unwrap_or_default();
        let data = match (request.method, path.rsplit('/').next().unwrap_or_default()) {
            ("POST", "userDataStream") => return "{\"listenKey\":\"wirelistenkey\"}".into(),
            ("POST", "order") => self.take_order(request.target),
            (_, "time") => format!("{{\"serverTime\":{}}}", request.now_ms),
            (_, "dual") => "{\"dualSidePosition\":\"false\"}".into(),
            (_, "order") => self.order(),
            (_, "positions") => self.positions(),
            (_, "fillHistory") => self.fill_history(),
            (_, "openOrders") => "{\"orders\":[]}".into(),
            (_, "klines") => self.klines(request.target),
            _ => "{}".into(),
        };
        format!("{{\"code\":0,\"msg\":\"\",\"data\":{data}}}")
    }

    fn opened(&mut self, _: Socket) -> Vec<Message> {
        Vec::new()
    }

    fn heard(&mut self, _: Socket, message: &Message) -> Vec<Message> {
        let Message::Text(text) = message else { return Vec::new() };
        if !text.contains("reqType") {
            return Vec::new();
        }
        self.acknowledged += 1;
        let id = between(text, "\"id\":\"", '"');
        let answer = format!("{{\"id\":\"{id}\",\"code\":0,\"msg\":\"\",\"dataType\":\"\",\"data\":null}}");
        vec![self.pressed(&answer)]
    }

    fn candle(&mut self, place: usize) -> Message {
        self.minutes[place] += 1;
        let (symbol, row) = (&self.symbols[place], self.row(place, self.minutes[place]));
        let text = format!("{{\"code\":0,\"dataType\":\"{symbol}@kline_1m\",\"s\":\"{symbol}\",\"data\":[{row}]}}");
        self.pressed(&text)
    }

    fn ping(&mut self) -> Option<Message> {
        Some(self.pressed("Ping"))
    }

    fn fills(&mut self) -> Vec<Message> {
        let taken = std::mem::take(&mut self.taken);
        let news = |Taken { id, symbol, side, quantity }: Taken| {
            let (value, trade) = (value(&quantity), trade_of(id));
            let size = quantity.parse::<Decimal>().unwrap_or_default();
            *self.held.entry(symbol.clone()).or_default() += if side == "BUY" { size } else { -size };
            let text = format!(
                "{{\"e\":\"ORDER_TRADE_UPDATE\",\"E\":1,\"o\":{{\"s\":\"{symbol}\",\"c\":\"\",\"i\":{id},\"S\":\"{side}\",\
                 \"o\":\"MARKET\",\"q\":\"{quantity}\",\"p\":\"0.0\",\"x\":\"TRADE\",\"X\":\"FILLED\",\"N\":\"USDT\",\
                 \"T\":{BEGIN_MS},\"ps\":\"BOTH\",\"z\":\"{quantity}\",\"ap\":\"50000.0\",\"n\":\"-0.02500000\",\
                 \"td\":{trade},\"tv\":\"{value}\"}}}}"
            );
            self.pressed(&text)
        };
        taken.into_iter().map(news).collect()
    }
}
