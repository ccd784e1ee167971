//! What frames say: pings are answered, news of the market become candles, trades and quotes.
use super::agenda::Task;
use super::connector::{BingX, Turn};
use super::map::market::{candle, quote, trade};
use super::market_stream::Feed;
use super::outbox::{Job, Purpose};
use super::sign::Params;
use super::wire::envelope::Outcome;
use super::wire::frame::{self as wire, Message};
use super::wire::market;
use crate::text::shown;
use crate::{Happening, Output, Socket, Standing};
use engine::{Interval, Timestamp};
use secrecy::SecretString;

const SECOND: u64 = 1_000_000_000;
/// How long after its end a candle counts as settled at the venue, in nanoseconds.
const MARGIN_NS: i64 = 2_000_000_000;
/// How many candles a confirmation can tell.
const CONFIRMED_MAX: i64 = 990;
/// How much older than its newest a trade of the first batch may be, in nanoseconds: older ones are history.
const TRADE_AGE_NS: i64 = 5_000_000_000;

impl BingX {
    /// A frame's text.
    pub(super) fn heard(&mut self, socket: Socket, text: &str, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        match socket {
            Socket::Market(number) => self.markets.heard(number, now),
            Socket::Private => self.private.heard(now),
        }
        let read = wire::message(text).and_then(|message| match (message, socket) {
            (Message::Ping, _) => {
                turn.out.push(Output::Text(socket, SecretString::from("Pong")));
                Ok(())
            }
            (Message::JsonPing { id, time }, _)
                if [Some(id), time].into_iter().flatten().any(|it| it.0.contains('"')) =>
            {
                Err("a ping of another shape".into())
            }
            (Message::JsonPing { id, time }, _) => {
                let time = time.map(|time| format!(",\"time\":\"{}\"", time.0)).unwrap_or_default();
                // Both stand there as they came, escapes and all.
                let pong = format!("{{\"pong\":\"{}\"{time}}}", id.0);
                turn.out.push(Output::Text(socket, SecretString::from(pong)));
                Ok(())
            }
            (Message::Market { topic, data }, Socket::Market(number)) => self.market_news(number, topic, data, turn),
            (Message::Ack { id, code, words }, Socket::Market(number)) => {
                self.acknowledged(number, id, code, &words, turn);
                Ok(())
            }
            (Message::Order(update), Socket::Private) => self.order_news(&update, turn),
            (Message::Account(account), Socket::Private) => {
                self.account_news(&account, turn);
                Ok(())
            }
            (Message::ListenKeyExpired(key), Socket::Private) => {
                self.key_expired(key.as_ref(), turn);
                Ok(())
            }
            (Message::Other(_), Socket::Private) => {
                self.private_news(turn);
                Ok(())
            }
            (Message::Ack { code, .. }, Socket::Private) if code != 0 => {
                Err(format!("code {code}, {}", super::errors::class(code).1))
            }
            (Message::Ack { .. }, _) => Ok(()),
            _ => Err("it belongs to another stream".into()),
        });
        if let Err(words) = read {
            self.odd_frame(socket, &words, turn);
        }
    }

    /// A frame that led to nothing. A stream of such does not flood the record: the first, second, fourth, eighth is told.
    pub(super) fn odd_frame(&mut self, socket: Socket, words: &str, turn: &mut Turn<'_>) {
        self.odd_frames += 1;
        if self.odd_frames.is_power_of_two() {
            let (name, count) = (super::frames::name(socket), self.odd_frames);
            turn.note(format!("{name}: a frame was dropped, the {count}. so far: {words}"));
        }
    }

    fn market_news(&mut self, number: u8, name: &str, data: &str, turn: &mut Turn<'_>) -> Result<(), String> {
        let Some(topic) = self.markets.topic(number, name) else {
            return Err(format!("nobody asked for `{}`", shown(name)));
        };
        let (place, feed) = (topic.place, topic.feed);
        if self.awaits(number, name) {
            self.is_ready(number, place, feed, turn);
        }
        self.news(number, turn.now.mono_ns);
        let before = turn.out.len();
        let told = match feed {
            Feed::Candles => self.candle_news(place, data, turn),
            Feed::Trades => self.trade_news(number, name, place, data, turn),
            Feed::Quotes => {
                let listed = &self.listed[place];
                let tick = wire::book_ticker(data).and_then(|it| quote(&it, listed));
                tick.map(|tick| turn.happened(Happening::Tick { instrument: listed.id, tick }))
            }
        };
        if turn.out.len() == before {
            turn.happened(Happening::Alive(feed.channel(self.listed[place].id)));
        }
        told.map_err(|words| format!("{name}: {words}"))
    }

    fn candle_news(&mut self, place: usize, data: &str, turn: &mut Turn<'_>) -> Result<(), String> {
        let listed = &self.listed[place];
        let mut said = std::mem::take(&mut self.scratch);
        let mut result = Ok(());
        for row in wire::klines(data)? {
            match candle(&row, listed) {
                Ok(row) => {
                    let skipped = self.candles[place].pushed(row, listed.id, &mut said);
                    let due = self.due(place, row.known_time.after(MARGIN_NS), turn);
                    self.agenda.set_earlier(Task::Confirm(place), if skipped { turn.now.mono_ns } else { due });
                    if self.funding[place].is_due(row.open_time) {
                        self.agenda.set_earlier(Task::Funding(place), turn.now.mono_ns + SECOND);
                    }
                }
                Err(words) => result = Err(words),
            }
        }
        // What the beginning of the next one made final is confirmed soon, however fast the market's clock runs.
        if said.iter().any(|it| matches!(it, Happening::Candle { standing: Standing::Final, .. })) {
            self.agenda.set_earlier(Task::Confirm(place), turn.now.mono_ns + MARGIN_NS.unsigned_abs());
        }
        said.drain(..).for_each(|happening| turn.happened(happening));
        self.scratch = said;
        result
    }

    /// What the market's clock shows: the venue's, unless its market is of another time altogether, as one is that is shown
    /// again from records. Then it is as late as its newest candle's beginning.
    pub(super) fn market_time(&self, place: usize, turn: &Turn<'_>) -> Timestamp {
        let now = self.clock.time(turn.now);
        let old = Interval::DAY.0.max(10 * self.listed[place].interval.0);
        let another = |newest: &Timestamp| now.0.saturating_sub(newest.0) > old;
        self.candles[place].newest().filter(another).unwrap_or(now)
    }

    /// The moment of the monotonic clock at which the market's clock shows a time, if it runs as ours.
    pub(super) fn due(&self, place: usize, time: Timestamp, turn: &Turn<'_>) -> u64 {
        let wait = time.0.saturating_sub(self.market_time(place, turn).0).max(0);
        turn.now.mono_ns.saturating_add(wait.unsigned_abs())
    }

    fn trade_news(
        &mut self,
        number: u8,
        name: &str,
        place: usize,
        data: &str,
        turn: &mut Turn<'_>,
    ) -> Result<(), String> {
        let listed = &self.listed[place];
        let rows = wire::trades(data)?;
        let mut ticks = Vec::with_capacity(rows.len());
        let mut result = Ok(());
        // Newest first in the first batch: reversed, and then in the order of time.
        for row in rows.iter().rev() {
            match trade(row, listed) {
                Ok(tick) => ticks.push(tick),
                Err(words) => result = Err(words),
            }
        }
        ticks.sort_by_key(|tick| tick.time);
        let Some(topic) = self.markets.topic(number, name) else { return result };
        if std::mem::take(&mut topic.first) {
            // Trades have no numbers: of a batch that repeats old ones, what is not newer than the last is not told again.
            let newest = ticks.last().map_or(Timestamp::MIN, |tick| tick.time);
            let since = topic.last.unwrap_or(Timestamp(newest.0.saturating_sub(TRADE_AGE_NS)));
            ticks.retain(|tick| tick.time > since);
        }
        topic.last = topic.last.max(ticks.last().map(|tick| tick.time));
        for tick in ticks {
            turn.happened(Happening::Tick { instrument: listed.id, tick });
        }
        result
    }

    /// Asks for the candles that a stream may have missed, and whether those that ended are as it said.
    pub(super) fn confirm(&mut self, place: usize, turn: &mut Turn<'_>) {
        let purpose = Purpose::Candles(place);
        if self.outbox.is_under_way(purpose) {
            return;
        }
        let listed = &self.listed[place];
        let now = self.market_time(place, turn).0;
        let known = self.candles[place].from().map(|from| from.0 - 2 * listed.interval.0);
        let earliest = now.saturating_sub(CONFIRMED_MAX * listed.interval.0);
        if known.is_some_and(|known| known < earliest) {
            turn.note(format!(
                "{}: more candles are missing than one request tells: ask for its history",
                listed.symbol
            ));
        }
        let from = known.unwrap_or(now - 4 * listed.interval.0).max(earliest);
        let params = klines_params(listed, from, None);
        self.send(Job::public(purpose, KLINES, params), turn);
    }

    /// Candles were told.
    pub(super) fn told_candles(&mut self, place: usize, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let listed = &self.listed[place];
        let now = self.market_time(place, turn);
        let Outcome::Done { data: Some(data), .. } = outcome else { return self.confirm_again(place, turn) };
        let rows = market::klines(data);
        let rows = rows.and_then(|rows| rows.iter().map(|row| candle(row, listed)).collect::<Result<Vec<_>, _>>());
        let mut rows = match rows {
            Ok(rows) => rows,
            Err(words) => {
                turn.note(format!("{}: candles cannot be read: {words}", listed.symbol));
                return self.confirm_again(place, turn);
            }
        };
        // Newest first, and pages overlap.
        rows.sort_by_key(|row| row.open_time);
        rows.dedup_by_key(|row| row.open_time);
        let mut said = std::mem::take(&mut self.scratch);
        // The beginning of a candle ends the one before; a clock that says so may be ahead.
        let begun = self.candles[place].newest().unwrap_or(Timestamp::MIN);
        let settled = Timestamp(now.0.saturating_sub(MARGIN_NS / 2)).max(begun);
        let complete = self.candles[place].confirmed(&rows, settled, listed.id, &mut said);
        said.drain(..).for_each(|happening| turn.happened(happening));
        self.scratch = said;
        if !complete {
            return self.confirm_again(place, turn);
        }
        self.candles[place].failures = 0;
        let interval = listed.interval.0;
        let end = self.candles[place].ends(interval).unwrap_or(now.after(interval.min(60_000_000_000)));
        // Where nobody trades the last candle is old: the next end that is to come.
        let passed = (now.0 - end.0).max(-1).div_euclid(interval) + 1;
        let due = self.due(place, end.after(passed.saturating_mul(interval)).after(MARGIN_NS), turn);
        self.agenda.set(Task::Confirm(place), due);
    }

    fn confirm_again(&mut self, place: usize, turn: &Turn<'_>) {
        let candles = &mut self.candles[place];
        candles.failures = candles.failures.saturating_add(1);
        let wait = (SECOND / 2) << candles.failures.min(6);
        self.agenda.set(Task::Confirm(place), turn.now.mono_ns + wait);
    }
}

/// Where candles are asked for.
pub(super) const KLINES: &str = "/openApi/swap/v3/quote/klines";

/// The parameters of a request for candles by open time, in nanoseconds. The edges are asked for with room: whether the
/// venue takes them as included is not known.
pub(super) fn klines_params(listed: &crate::Listed, from: i64, until: Option<i64>) -> Params {
    Params::new()
        .with_some("endTime", until.map(|until| until.div_euclid(1_000_000)))
        .with("interval", super::config::interval_name(listed.interval).unwrap_or_default())
        .with("limit", 1_000)
        .with("startTime", from.div_euclid(1_000_000))
        .with("symbol", &listed.symbol)
}
