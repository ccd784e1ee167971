//! The streams of market data: one for stocks, one for crypto. Opened, authenticated, subscribed, compared with what was
//! wanted, and opened again after a while; after a refusal for a second connection only after a long one.
use super::config::Config;
use super::connector::{Alpaca, SECOND, alive};
use super::hours::is_within;
use super::map::symbols::{Class, Symbols};
use super::map::ticks;
use super::series::Kind;
use super::timers::Timer;
use super::wire::json_of;
use super::wire::market::{Quote, Trade};
use super::wire::request::{Auth, Subscribe};
use super::wire::stream::{Message, Subscription, Trouble, messages};
use crate::backoff::Backoff;
use crate::connector::{Frame, Output, Socket};
use crate::happening::{Channel, Happening};
use crate::listing::Listed;
use crate::msgpack::from_json;
use engine::tick::Tick;
use engine::{InstrumentId, Interval, Rng};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// How long a stream may say nothing, in nanoseconds.
const SILENCE: u64 = 120 * SECOND;

/// How far a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Down,
    Opening,
    /// Open: the venue has not greeted yet.
    Greeting,
    /// The venue was told who we are.
    Introduced,
    /// It was told what is wanted.
    Subscribing,
    Up,
}

/// One stream.
#[derive(Debug)]
pub(super) struct Feed {
    socket: Socket,
    class: Class,
    path: String,
    stage: Stage,
    /// When it last said anything, on the monotonic clock. Pings say nothing.
    heard: u64,
    backoff: Backoff,
    /// Waits after a refusal for a second connection: the venue counts the old one for a while.
    crowded: Backoff,
}

/// The streams of a run.
#[derive(Debug)]
pub(super) struct Feeds(Vec<Feed>);

impl Feeds {
    pub(super) fn new(config: &Config, symbols: &Symbols) -> Self {
        let feed = |number: u8, class, path: String| {
            let rng = |name: &str| Rng::stream(config.seed ^ u64::from(number), name);
            Feed {
                socket: Socket::Market(number),
                class,
                path,
                stage: Stage::Down,
                heard: 0,
                backoff: Backoff::new(SECOND, 60 * SECOND, rng("alpaca feed")),
                crowded: Backoff::new(15 * SECOND, 120 * SECOND, rng("alpaca crowded feed")),
            }
        };
        let wanted = |class: Class| symbols.of_class(class).next().is_some();
        let stocks = feed(0, Class::Stock, config.feed.path().into());
        let crypto = feed(1, Class::Crypto, format!("/v1beta3/crypto/{}", config.crypto_location));
        Self([stocks, crypto].into_iter().filter(|feed| wanted(feed.class)).collect())
    }

    fn get(&mut self, socket: Socket) -> Option<&mut Feed> {
        self.0.iter_mut().find(|feed| feed.socket == socket)
    }

    pub(super) fn worked(&mut self, socket: Socket) {
        if let Some(feed) = self.get(socket) {
            feed.backoff.worked();
            feed.crowded.worked();
        }
    }
}

/// What is wanted of a stream for some instruments.
fn subscribe<'a>(listed: impl Iterator<Item = &'a Listed>) -> Subscribe {
    let mut wanted = Subscribe { action: "subscribe", ..Subscribe::default() };
    for it in listed {
        if it.interval == Interval::DAY {
            wanted.daily_bars.push(it.symbol.clone());
        } else {
            wanted.bars.push(it.symbol.clone());
            wanted.updated_bars.push(it.symbol.clone());
        }
        if it.ticks {
            wanted.trades.push(it.symbol.clone());
            wanted.quotes.push(it.symbol.clone());
        }
    }
    wanted
}

impl Alpaca {
    pub(super) fn open_feeds(&mut self) {
        let sockets: Vec<Socket> = self.feeds.0.iter().map(|feed| feed.socket).collect();
        if self.outbox.has_credentials() {
            sockets.into_iter().for_each(|socket| self.open_feed(socket));
        }
    }

    pub(super) fn close_feeds(&mut self) {
        for feed in self.feeds.0.iter_mut().filter(|feed| feed.stage != Stage::Down) {
            feed.stage = Stage::Down;
            self.out.push(Output::Close(feed.socket));
        }
    }

    pub(super) fn open_feed(&mut self, socket: Socket) {
        let base = self.config.endpoints.stream.clone();
        let msgpack = self.config.msgpack;
        let late = self.after(20 * SECOND);
        let Some(feed) = self.feeds.get(socket) else { return };
        feed.stage = Stage::Opening;
        let url = SecretString::from(format!("{base}{}", feed.path));
        let headers =
            if msgpack { vec![("Content-Type", SecretString::from("application/msgpack"))] } else { Vec::new() };
        self.timers.set(Timer::Deadline(socket), late);
        self.out.push(Output::Open { socket, url, headers });
    }

    pub(super) fn feed_opened(&mut self, socket: Socket) {
        let late = self.after(10 * SECOND);
        if let Some(feed) = self.feeds.get(socket).filter(|feed| feed.stage == Stage::Opening) {
            feed.stage = Stage::Greeting;
            self.timers.set(Timer::Deadline(socket), late);
        }
    }

    pub(super) fn feed_is_late(&mut self, socket: Socket) {
        self.feed_lost(socket, "it does not answer");
    }

    /// Closes a stream and opens it again after a while.
    fn feed_lost(&mut self, socket: Socket, why: &str) {
        if self.feeds.get(socket).is_some_and(|feed| feed.stage != Stage::Down) {
            self.out.push(Output::Close(socket));
            self.feed_closed(socket, why);
        }
    }

    pub(super) fn feed_closed(&mut self, socket: Socket, why: &str) {
        if self.stopped {
            return;
        }
        let Some(feed) = self.feeds.get(socket).filter(|feed| feed.stage != Stage::Down) else { return };
        feed.stage = Stage::Down;
        let (class, wait) = (feed.class, feed.backoff.failed());
        for timer in [Timer::Deadline(socket), Timer::Held(socket)] {
            self.timers.unset(timer);
        }
        self.timers.set(Timer::Reopen(socket), self.after(wait));
        let why = self.clean(why);
        for channel in self.channels(class) {
            self.happened(Happening::Lost(channel, why.clone()));
        }
    }

    fn channels(&self, class: Class) -> Vec<Channel> {
        let of = |it: &Listed| {
            let ticks = [Channel::Trades(it.id), Channel::Quotes(it.id)];
            std::iter::once(Channel::Candles(it.id))
                .chain(ticks.into_iter().filter(move |_| it.ticks))
                .collect::<Vec<_>>()
        };
        self.symbols.of_class(class).flat_map(of).collect()
    }

    pub(super) fn feed_said(&mut self, socket: Socket, frame: Frame<'_>) {
        let now = self.now.mono_ns;
        let Some(feed) = self.feeds.get(socket).filter(|feed| feed.stage != Stage::Down) else { return };
        feed.heard = now;
        let json = match json_of(frame) {
            Ok(json) => json,
            Err(error) => return self.note_once(&format!("a frame of market data cannot be read: {error}")),
        };
        match messages(&json) {
            Ok(messages) => {
                for message in messages {
                    match message {
                        Ok(message) => self.heard(socket, message),
                        Err(error) => self.note_once(&format!("a message of market data cannot be read: {error}")),
                    }
                }
            }
            Err(error) => self.note_once(&format!("a frame of market data cannot be read: {error}")),
        }
    }

    /// Opens streams again that have said nothing for two minutes in which something is to be expected: a bar comes with each
    /// minute of crypto, and with most of a session of stocks.
    pub(super) fn hear_silence(&mut self) {
        let (now, market) = (self.now.mono_ns, self.venue_now());
        let session = self.sessions.as_ref().is_some_and(|sessions| is_within(sessions, market));
        let silent = |feed: &Feed| {
            let expected = feed.class == Class::Crypto || session;
            feed.stage == Stage::Up && expected && now.saturating_sub(feed.heard) > SILENCE
        };
        let sockets: Vec<Socket> = self.feeds.0.iter().filter(|feed| silent(feed)).map(|feed| feed.socket).collect();
        for socket in sockets {
            self.feed_lost(socket, "it has said nothing for two minutes");
        }
    }

    fn heard(&mut self, socket: Socket, message: Message<'_>) {
        match message {
            Message::Minute(bar) => self.bar_came(Kind::Minute, &bar),
            Message::Updated(bar) => self.bar_came(Kind::Updated, &bar),
            Message::Daily(bar) => self.bar_came(Kind::Day, &bar),
            Message::Trade(trade) => self.trade_came(&trade),
            Message::Quote(quote) => self.quote_came(&quote),
            Message::Connected => self.introduce(socket),
            Message::Authenticated => self.ask_for_data(socket),
            Message::Subscription(subscription) => self.subscribed(socket, &subscription),
            Message::Trouble(trouble) => self.feed_in_trouble(socket, &trouble),
            Message::Halt(halt) => {
                self.note(&format!("{} {}: {} {}", halt.symbol, halt.code, halt.status, halt.reason));
            }
            // A trade that is taken back was shown: what it did to a simulated venue stays.
            Message::Cancelled(_) | Message::Correction(_) | Message::Book(_) => {}
            Message::Other(tag) => self.note_once(&format!("a message of unknown kind `{tag}` in the market data")),
        }
    }

    fn introduce(&mut self, socket: Socket) {
        let Some(keys) = &self.config.credentials else { return };
        let auth = Auth { action: "auth", key: keys.key.expose_secret(), secret: keys.secret.expose_secret() };
        let auth = serde_json::to_value(&auth).unwrap_or_default();
        if let Some(feed) = self.feeds.get(socket) {
            feed.stage = Stage::Introduced;
            self.say_to_feed(socket, &auth);
        }
    }

    fn say_to_feed(&mut self, socket: Socket, value: &serde_json::Value) {
        self.out.push(if self.config.msgpack {
            Output::Binary(socket, SecretSlice::from(from_json(value)))
        } else {
            Output::Text(socket, SecretString::from(value.to_string()))
        });
    }

    fn ask_for_data(&mut self, socket: Socket) {
        let late = self.after(10 * SECOND);
        let Some(feed) = self.feeds.get(socket) else { return };
        feed.stage = Stage::Subscribing;
        let class = feed.class;
        let wanted = serde_json::to_value(subscribe(self.symbols.of_class(class))).unwrap_or_default();
        self.timers.set(Timer::Deadline(socket), late);
        self.say_to_feed(socket, &wanted);
    }

    /// The venue says what is subscribed: the whole of it. What was wanted and is not there is lost.
    fn subscribed(&mut self, socket: Socket, subscription: &Subscription<'_>) {
        let Some(feed) = self.feeds.get(socket).filter(|feed| matches!(feed.stage, Stage::Subscribing | Stage::Up))
        else {
            return;
        };
        let (class, first) = (feed.class, feed.stage != Stage::Up);
        feed.stage = Stage::Up;
        self.timers.unset(Timer::Deadline(socket));
        self.timers.set(Timer::Held(socket), self.after(30 * SECOND));
        let has = |list: &[std::borrow::Cow<'_, str>], symbol: &str| list.iter().any(|it| it == symbol || it == "*");
        let mut ready = Vec::new();
        for it in self.symbols.of_class(class) {
            let symbol = it.symbol.as_str();
            let candles = if it.interval == Interval::DAY {
                has(&subscription.daily_bars, symbol)
            } else {
                has(&subscription.bars, symbol) && has(&subscription.updated_bars, symbol)
            };
            ready.push((Channel::Candles(it.id), candles));
            if it.ticks {
                ready.push((Channel::Trades(it.id), has(&subscription.trades, symbol)));
                ready.push((Channel::Quotes(it.id), has(&subscription.quotes, symbol)));
            }
        }
        if first {
            self.ask_for_missed(class);
        }
        for (channel, ready) in ready {
            let lost = || Happening::Lost(channel, "it was asked for and is not among what is subscribed".into());
            self.happened(if ready { Happening::Ready(channel) } else { lost() });
        }
    }

    fn feed_in_trouble(&mut self, socket: Socket, trouble: &Trouble<'_>) {
        let why = format!("{} {}", trouble.code, trouble.msg);
        match trouble.code {
            // It knows us already: what follows is as if it had said so.
            403 => self.ask_for_data(socket),
            402 => {
                self.feed_lost(socket, &why);
                self.timers.unset(Timer::Reopen(socket));
                self.bar(&format!("the market data refuses the key: {why}"));
            }
            406 => {
                self.feed_lost(socket, &why);
                let wait = self.feeds.get(socket).map_or(0, |feed| feed.crowded.failed());
                self.timers.set(Timer::Reopen(socket), self.after(10 * SECOND + wait));
                self.note(
                    "the venue counts another connection with this key to its market data: it is tried again later",
                );
            }
            // What the account has not paid for does not come by asking again soon.
            405 | 409 | 410 | 411 => {
                self.feed_lost(socket, &why);
                self.timers.set(Timer::Reopen(socket), self.after(300 * SECOND));
                self.note(&format!("the market data that is wanted is refused: {why}"));
            }
            _ => self.feed_lost(socket, &why),
        }
    }

    fn trade_came(&mut self, trade: &Trade<'_>) {
        let Some(it) = trade.symbol.as_deref().and_then(|symbol| self.symbols.find(symbol)) else { return };
        let (id, tick) = (it.id, ticks::trade(trade, &it.instrument));
        self.tick_came(id, Channel::Trades(id), tick);
    }

    fn quote_came(&mut self, quote: &Quote<'_>) {
        let Some(it) = quote.symbol.as_deref().and_then(|symbol| self.symbols.find(symbol)) else { return };
        let (id, tick) = (it.id, ticks::quote(quote, &it.instrument));
        self.tick_came(id, Channel::Quotes(id), tick);
    }

    fn tick_came(&mut self, instrument: InstrumentId, channel: Channel, tick: Result<Option<Tick>, ticks::NoTick>) {
        match tick {
            Ok(Some(tick)) => self.happened(Happening::Tick { instrument, tick }),
            Ok(None) => self.happened(alive(channel)),
            Err(error) => self.note_once(&format!("a tick of instrument {} cannot be used: {error}", instrument.0)),
        }
    }
}
