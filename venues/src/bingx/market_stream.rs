//! The market's sockets: opened again when they end or fall silent, their streams asked for one after another and each
//! acknowledgement awaited.
//!
//! A ping keeps a connection, but it is no news: streams that say nothing for long are asked for on a new connection.
use super::agenda::Task;
use super::connector::{BingX, Turn};
use super::errors::{self, Class};
use super::wire::Word;
use super::wire::given;
use crate::backoff::Backoff;
use crate::budget::{Budget, Urgency};
use crate::text::shown;
use crate::{Channel, Happening, Listed, Output, Socket};
use engine::{InstrumentId, Rng, Timestamp};
use secrecy::SecretString;
use std::collections::BTreeMap;

const SECOND: u64 = 1_000_000_000;
/// The venue takes two hundred streams on a connection.
const TOPICS_MAX: usize = 200;
/// How long an acknowledgement is awaited, and how often.
const ACK_NS: u64 = 10 * SECOND;
const ASKED_MAX: u32 = 3;
/// A connection without even a ping for so long is dead; the venue pings at least every thirty seconds.
pub(super) const SILENT_NS: u64 = 65 * SECOND;
/// Streams of which none says anything for so long are asked for anew.
const MUTE_NS: u64 = 180 * SECOND;
/// A connection that has held for so long counts as one that works.
pub(super) const HELD_NS: u64 = 30 * SECOND;

/// What a stream carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    Candles,
    Trades,
    Quotes,
}

impl Feed {
    pub(super) fn channel(self, instrument: InstrumentId) -> Channel {
        match self {
            Self::Candles => Channel::Candles(instrument),
            Self::Trades => Channel::Trades(instrument),
            Self::Quotes => Channel::Quotes(instrument),
        }
    }
}

/// Where a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Wanted,
    Asked {
        at: u64,
    },
    Ready,
    /// The venue has no such stream.
    Refused,
}

#[derive(Clone, Debug)]
pub(super) struct Topic {
    name: String,
    pub(super) feed: Feed,
    pub(super) place: usize,
    standing: Standing,
    asked: u32,
    /// Of trades: the time of the last one given out.
    pub(super) last: Option<Timestamp>,
    /// Whether the next batch of trades is the first one after a subscription, which repeats old ones.
    pub(super) first: bool,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Down,
    Opening,
    Up { since: u64 },
}

#[derive(Debug)]
struct Link {
    line: Line,
    topics: Vec<Topic>,
    backoff: Backoff,
    subscriptions: Budget,
    heard_at: u64,
    news_at: u64,
}

/// All market sockets.
#[derive(Debug)]
pub(super) struct MarketStreams {
    url: String,
    links: Vec<Link>,
    by_name: BTreeMap<String, (usize, usize)>,
}

impl MarketStreams {
    pub(super) fn new(url: String, listed: &[Listed], seed: u64) -> Self {
        let topics: Vec<Topic> = listed.iter().enumerate().flat_map(|(place, it)| topics(place, it)).collect();
        let link = |(number, topics): (usize, &[Topic])| Link {
            line: Line::Down,
            topics: topics.to_vec(),
            backoff: Backoff::new(SECOND, 60 * SECOND, Rng::stream(seed ^ number as u64, "market stream")),
            subscriptions: Budget::new(10, SECOND + SECOND / 20, 0),
            heard_at: 0,
            news_at: 0,
        };
        let links: Vec<Link> = topics.chunks(TOPICS_MAX).enumerate().map(link).collect();
        let places = |(number, link): (usize, &Link)| {
            let names = link.topics.iter().enumerate();
            names.map(|(at, topic)| (topic.name.clone(), (number, at))).collect::<Vec<_>>()
        };
        let by_name = links.iter().enumerate().flat_map(places).collect();
        Self { url, links, by_name }
    }

    /// The topic of a name, if it is one of this connection.
    pub(super) fn topic(&mut self, number: u8, name: &str) -> Option<&mut Topic> {
        let (link, at) = *self.by_name.get(name)?;
        (link == usize::from(number)).then(|| &mut self.links[link].topics[at])
    }

    fn link(&mut self, number: u8) -> Option<&mut Link> {
        self.links.get_mut(usize::from(number))
    }

    /// Something came, be it a ping.
    pub(super) fn heard(&mut self, number: u8, now: u64) {
        if let Some(link) = self.link(number) {
            link.heard_at = now;
        }
    }

    /// Their numbers.
    pub(super) fn numbers(&self) -> std::ops::Range<u8> {
        0..u8::try_from(self.links.len()).unwrap_or(u8::MAX)
    }
}

fn topics(place: usize, listed: &Listed) -> Vec<Topic> {
    let interval = super::config::interval_name(listed.interval).unwrap_or_default();
    let topic = |name: String, feed: Feed| Topic {
        name: format!("{}@{name}", listed.symbol),
        feed,
        place,
        standing: Standing::Wanted,
        asked: 0,
        last: None,
        first: true,
    };
    let mut topics = vec![topic(format!("kline_{interval}"), Feed::Candles)];
    if listed.ticks {
        topics.extend([topic("trade".into(), Feed::Trades), topic("bookTicker".into(), Feed::Quotes)]);
    }
    topics
}

impl BingX {
    pub(super) fn open_market(&mut self, number: u8, turn: &mut Turn<'_>) {
        let url = SecretString::from(self.markets.url.as_str());
        if let Some(link) = self.markets.link(number).filter(|link| link.line == Line::Down) {
            link.line = Line::Opening;
            turn.out.push(Output::Open { socket: Socket::Market(number), url, headers: Vec::new() });
        }
    }

    pub(super) fn market_opened(&mut self, number: u8, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let Some(link) = self.markets.link(number) else { return };
        link.line = Line::Up { since: now };
        (link.heard_at, link.news_at) = (now, now);
        for topic in link.topics.iter_mut().filter(|topic| topic.standing != Standing::Refused) {
            (topic.standing, topic.asked, topic.first) = (Standing::Wanted, 0, true);
        }
        self.agenda.set(Task::Subscribe(number), now);
        self.agenda.set(Task::ListenMarket(number), now + 10 * SECOND);
    }

    /// The connection has ended, or was given up. What was ready is lost; a new one is opened after a while.
    pub(super) fn market_closed(&mut self, number: u8, words: &str, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let stopped = self.stopped;
        let Some(link) = self.markets.link(number).filter(|link| link.line != Line::Down) else { return };
        if matches!(link.line, Line::Up { since } if now.saturating_sub(since) > HELD_NS) {
            link.backoff.worked();
        }
        link.line = Line::Down;
        for topic in &mut link.topics {
            if topic.standing == Standing::Ready {
                let channel = topic.feed.channel(self.listed[topic.place].id);
                turn.happened(Happening::Lost(channel, words.into()));
            }
            if topic.standing != Standing::Refused {
                topic.standing = Standing::Wanted;
            }
        }
        let wait = link.backoff.failed();
        self.agenda.clear(Task::Subscribe(number));
        self.agenda.clear(Task::ListenMarket(number));
        if !stopped {
            self.agenda.set(Task::OpenMarket(number), now.saturating_add(wait));
        }
    }

    /// Asks for streams, as many as may be asked for now.
    pub(super) fn subscribe(&mut self, number: u8, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let Some(link) = self.markets.link(number).filter(|link| matches!(link.line, Line::Up { .. })) else { return };
        let mut next = u64::MAX;
        let mut deaf = false;
        for (at, topic) in link.topics.iter_mut().enumerate() {
            match topic.standing {
                Standing::Ready | Standing::Refused => continue,
                Standing::Asked { at } if now < at + ACK_NS => {
                    next = next.min(at + ACK_NS);
                    continue;
                }
                Standing::Asked { .. } if topic.asked >= ASKED_MAX => {
                    deaf = true;
                    continue;
                }
                Standing::Asked { .. } | Standing::Wanted => {}
            }
            if !link.subscriptions.take(now, Urgency::Routine) {
                next = next.min(link.subscriptions.ready_at(now, Urgency::Routine));
                break;
            }
            topic.asked += 1;
            topic.standing = Standing::Asked { at: now };
            next = next.min(now + ACK_NS);
            let id = format!("{number}.{at}.{}", topic.asked);
            let text = format!("{{\"id\":\"{id}\",\"reqType\":\"sub\",\"dataType\":\"{}\"}}", topic.name);
            turn.out.push(Output::Text(Socket::Market(number), SecretString::from(text)));
        }
        if deaf {
            turn.out.push(Output::Close(Socket::Market(number)));
            return self.market_closed(number, "a subscription was not acknowledged", turn);
        }
        if next < u64::MAX {
            self.agenda.set(Task::Subscribe(number), next);
        }
    }

    /// A subscription was taken or not; errors may come without saying which.
    pub(super) fn acknowledged(
        &mut self,
        number: u8,
        id: Option<&str>,
        code: i64,
        said: &Word<'_>,
        turn: &mut Turn<'_>,
    ) {
        let place = id.and_then(|id| {
            let mut parts = id.split('.');
            let link: u8 = parts.next()?.parse().ok()?;
            let at: usize = parts.next()?.parse().ok()?;
            (link == number).then_some(at)
        });
        let topic = place.and_then(|at| self.markets.link(number)?.topics.get_mut(at));
        let Some(topic) = topic else {
            if code != 0 {
                let (_, words) = errors::class(code);
                turn.note(format!("market stream {number}: code {code}, {words}, of which request it does not say"));
            }
            return;
        };
        let (place, feed) = (topic.place, topic.feed);
        if code == 0 {
            return self.is_ready(number, place, feed, turn);
        }
        let (class, words) = errors::class(code);
        let name = topic.name.clone();
        // A stream that does not exist is not asked for again; what else is wrong may pass, and the deadline asks anew.
        if matches!(class, Class::Refused(_)) && matches!(code, 80_015 | 109_425) {
            topic.standing = Standing::Refused;
        }
        let channel = feed.channel(self.listed[place].id);
        let said = given(said).map(shown).unwrap_or_default();
        turn.happened(Happening::Lost(channel, format!("{name}: code {code}, {words} {said}").trim_end().into()));
    }

    /// A stream is acknowledged, or speaks before it is.
    pub(super) fn is_ready(&mut self, number: u8, place: usize, feed: Feed, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let Some(link) = self.markets.link(number) else { return };
        link.news_at = now;
        let wanted =
            |topic: &&mut Topic| topic.place == place && topic.feed == feed && topic.standing != Standing::Ready;
        if let Some(topic) = link.topics.iter_mut().find(wanted) {
            topic.standing = Standing::Ready;
            turn.happened(Happening::Ready(feed.channel(self.listed[place].id)));
            if feed == Feed::Candles {
                // What was missed meanwhile, or where the beginning is.
                self.agenda.set(Task::Confirm(place), now);
            }
        }
    }

    /// Whether a stream has not been heard of since its connection was opened.
    pub(super) fn awaits(&mut self, number: u8, name: &str) -> bool {
        self.markets.topic(number, name).is_some_and(|topic| topic.standing != Standing::Ready)
    }

    /// A stream said something.
    pub(super) fn news(&mut self, number: u8, now: u64) {
        if let Some(link) = self.markets.link(number) {
            link.news_at = now;
        }
    }

    pub(super) fn listen_market(&mut self, number: u8, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let Some(link) = self.markets.link(number) else { return };
        let ready = link.topics.iter().any(|topic| topic.standing == Standing::Ready);
        let words = match link.line {
            Line::Up { .. } if now.saturating_sub(link.heard_at) >= SILENT_NS => "not even a ping came for a minute",
            Line::Up { .. } if ready && now.saturating_sub(link.news_at) >= MUTE_NS => "pings came, but no news",
            Line::Up { .. } => {
                self.agenda.set(Task::ListenMarket(number), now + 5 * SECOND);
                return;
            }
            Line::Down | Line::Opening => return,
        };
        turn.out.push(Output::Close(Socket::Market(number)));
        self.market_closed(number, words, turn);
    }
}
