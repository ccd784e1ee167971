//! History: candles page by page until the venue names no further page. A page may be empty or short and still lead on, one
//! that is still forming is left out, and what cannot be read is no empty history.
use super::connector::Alpaca;
use super::hours::{is_within, of_minutes, sessions};
use super::map::candles::candle;
use super::questions::Question;
use super::wire::market::Bar;
use super::wire::page::Page;
use super::wire::read;
use crate::query::{Answer, Query};
use engine::{Candle, InstrumentId, Interval, Timestamp};

/// The most candles that one question gathers.
const GATHERED: usize = 5_000_000;

/// Which candles: of what, from when on, to when.
type Asked = (InstrumentId, Timestamp, Timestamp);

impl Alpaca {
    /// Whether it has to be known first which minutes are of a session.
    pub(super) fn waits_for_sessions(&self, question: &Question) -> bool {
        let Query::History { instrument, .. } = question.query else { return false };
        question.sessions.is_none() && self.symbols.get(instrument).is_some_and(|it| self.keeps_to_sessions(it))
    }

    pub(super) fn history_answer(&mut self, number: u64, asked: Asked, json: &str) {
        if self.questions.get(number).is_some_and(|question| self.waits_for_sessions(question)) {
            return match sessions(json) {
                Ok(known) => {
                    if let Some(question) = self.questions.get_mut(number) {
                        question.sessions = Some(known);
                    }
                    self.ask_next(number);
                }
                Err(why) => self.unreadable(number, &why),
            };
        }
        match self.history_page(asked.0, json) {
            Ok((candles, token)) => self.gather(number, asked, candles, token),
            Err(why) => self.unreadable(number, &why),
        }
    }

    /// The candles of a page, and the token of the next one.
    fn history_page(&self, instrument: InstrumentId, json: &str) -> Result<(Vec<Candle>, Option<String>), String> {
        let it = self.symbols.get(instrument).ok_or("it is not listed here")?;
        let length = if self.keeps_to_sessions(it) { Interval::MINUTE } else { it.interval };
        let page: Page<'_, Bar<'_>> = read("a page of bars", json).map_err(|error| error.to_string())?;
        let candle = |bar: &Bar<'_>| {
            candle(bar, length, &it.instrument)
                .map_err(|error| format!("a bar of {} at {}: {error}", it.symbol, bar.time))
        };
        let candles = page.of(&it.symbol).iter().map(candle).collect::<Result<_, String>>()?;
        let token = page.next_page_token.as_deref().filter(|token| !token.is_empty());
        Ok((candles, token.map(str::to_owned)))
    }

    /// Takes in a page. Pages may overlap; each candle comes once.
    fn gather(&mut self, number: u64, (instrument, from, to): Asked, candles: Vec<Candle>, token: Option<String>) {
        let now = self.venue_now();
        let Some(question) = self.questions.get_mut(number) else { return };
        for candle in candles {
            let later = question.candles.last().is_none_or(|last| last.open_time < candle.open_time);
            let within = question.sessions.as_ref().is_none_or(|sessions| is_within(sessions, candle.open_time));
            if later && within && (from..to).contains(&candle.open_time) && candle.known_time <= now {
                question.candles.push(candle);
            }
        }
        match token {
            Some(token) if question.row.as_deref() != Some(&token) && question.candles.len() < GATHERED => {
                question.row = Some(token);
                self.ask_next(number);
            }
            Some(_) => self.unreadable(number, "its pages have no end"),
            None => {
                let mut candles = std::mem::take(&mut question.candles);
                let whole = self.symbols.get(instrument).filter(|it| self.keeps_to_sessions(it));
                if let Some(it) = whole {
                    candles = of_minutes(&candles, it.interval);
                    candles.retain(|candle| candle.open_time >= from && candle.known_time <= now);
                }
                self.answer(number, Ok(Answer::History(candles)));
            }
        }
    }
}
