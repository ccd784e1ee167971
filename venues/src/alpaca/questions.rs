//! Questions of the driver: what is asked of the venue for each, page by page, and the answer once it is whole. A question
//! that fails is never answered with "none".
use super::config::Feed;
use super::connector::Alpaca;
use super::hours::{Session, calendar_target};
use super::map::refusals::{Verdict, verdict};
use super::map::symbols::Class;
use super::map::timeframe::timeframe;
use super::outbox::{Base, Purpose, encoded};
use super::wire::text_of;
use crate::budget::Urgency;
use crate::connector::{Method, Moment};
use crate::happening::Happening;
use crate::instant::instant_text;
use crate::listing::Listed;
use crate::query::{Answer, Query, Unanswered, VenueInstrument, VenueOrder};
use engine::event::Fill;
use engine::{Candle, InstrumentId, Timestamp};
use std::collections::BTreeMap;

/// One question on its way.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) query: Query,
    /// What is gathered so far, of whichever kind.
    pub(super) candles: Vec<Candle>,
    pub(super) orders: Vec<VenueOrder>,
    pub(super) fills: Vec<Fill>,
    pub(super) instruments: Vec<VenueInstrument>,
    /// Instruments that are still to be asked about, the next one last.
    pub(super) left: Vec<InstrumentId>,
    /// The last row of the page before.
    pub(super) row: Option<String>,
    /// The sessions whose minutes count, once they were asked for.
    pub(super) sessions: Option<Vec<Session>>,
    /// Which interface it was put to last.
    base: Base,
}

/// Questions on their way.
#[derive(Debug, Default)]
pub(super) struct Questions(BTreeMap<u64, Question>);

impl Questions {
    pub(super) fn base(&self, question: u64) -> Base {
        self.0.get(&question).map_or(Base::Trading, |it| it.base)
    }

    pub(super) fn get_mut(&mut self, question: u64) -> Option<&mut Question> {
        self.0.get_mut(&question)
    }

    pub(super) fn get(&self, question: u64) -> Option<&Question> {
        self.0.get(&question)
    }
}

impl Alpaca {
    pub(super) fn ask(&mut self, number: u64, query: &Query) {
        let left = self.symbols.all().iter().rev().map(|it| it.id).collect();
        let question = Question {
            query: query.clone(),
            candles: Vec::new(),
            orders: Vec::new(),
            fills: Vec::new(),
            instruments: Vec::new(),
            left,
            row: None,
            sessions: None,
            base: Base::Trading,
        };
        self.questions.0.insert(number, question);
        if !self.outbox.has_credentials() && !matches!(query, Query::History { .. }) {
            return self.answer(
                number,
                Err(Unanswered::Refused("without a key nothing but the candles of crypto can be had".into())),
            );
        }
        match query {
            Query::CancelAll(None) => self.cancel_all(number),
            _ => self.ask_next(number),
        }
    }

    pub(super) fn answer(&mut self, number: u64, answer: Result<Answer, Unanswered>) {
        if self.questions.0.remove(&number).is_some() {
            self.happened(Happening::Answer(number, answer));
        }
    }

    pub(super) fn question_failed(&mut self, number: u64, why: &str) {
        let why = self.clean(why);
        self.answer(number, Err(Unanswered::Unreachable(why)));
    }

    pub(super) fn unreadable(&mut self, number: u64, why: &str) {
        let why = self.clean(why);
        self.answer(number, Err(Unanswered::Unreadable(why)));
    }

    fn cancel_all(&mut self, number: u64) {
        let request = (Method::Delete, "/v2/orders".to_owned(), Vec::new());
        let purpose = (Purpose::Ask(number), Urgency::Urgent);
        if !self.outbox.command(self.now, request, purpose, &mut self.out) {
            self.question_failed(number, "the venue takes no more requests at the moment");
        }
    }

    /// Asks for the next page, or the only one.
    pub(super) fn ask_next(&mut self, number: u64) {
        let Some(question) = self.questions.get(number) else { return };
        let Some(target) = self.target(question) else {
            return self.answer(number, Err(Unanswered::Unsupported));
        };
        let history = matches!(question.query, Query::History { .. }) && !self.waits_for_sessions(question);
        let base = if history { Base::Data } else { Base::Trading };
        if let Some(question) = self.questions.get_mut(number) {
            question.base = base;
        }
        if !self.outbox.ask(self.now, (base, target), Purpose::Ask(number), &mut self.out) {
            self.question_failed(number, "too many questions wait");
        }
    }

    fn target(&self, question: &Question) -> Option<String> {
        let row = question.row.as_deref().map(encoded);
        let page = row.map(|row| format!("&page_token={row}")).unwrap_or_default();
        Some(match &question.query {
            Query::Time => "/v2/clock".into(),
            Query::Instruments => {
                let it = question.left.last().and_then(|id| self.symbols.get(*id))?;
                format!("/v2/assets/{}", encoded(&it.symbol))
            }
            Query::History { from, to, .. } if self.waits_for_sessions(question) => calendar_target((*from, *to)),
            Query::History { instrument, from, to } => {
                let it = self.symbols.get(*instrument)?;
                let name = if self.keeps_to_sessions(it) { "1Min".into() } else { timeframe(it.interval)? };
                // The venue's bounds are both inclusive, ours is not at the end.
                format!("{}{page}", self.bars_target(it, &[it.symbol.as_str()], &name, (*from, Some(to.after(-1)))))
            }
            Query::Sessions { from, to } => calendar_target((*from, *to)),
            Query::OpenOrders | Query::CancelAll(_) => self.orders_target(question)?,
            Query::Order(order) => {
                format!("/v2/orders:by_client_order_id?client_order_id={}", encoded(&self.name_of(*order)))
            }
            Query::Fills(since) => {
                let after = encoded(&instant_text(since.after(-1)));
                format!("/v2/account/activities/FILL?after={after}&direction=asc&page_size=100{page}")
            }
            Query::Positions => "/v2/positions".into(),
            Query::Balances | Query::Permissions => "/v2/account".into(),
        })
    }

    fn orders_target(&self, question: &Question) -> Option<String> {
        let after = question.row.as_deref().map(|row| format!("&after={}", encoded(row))).unwrap_or_default();
        let symbols = match &question.query {
            Query::CancelAll(Some(id)) => format!("&symbols={}", encoded(&self.symbols.get(*id)?.symbol)),
            _ => String::new(),
        };
        Some(format!("/v2/orders?status=open&limit=500&direction=asc{symbols}{after}"))
    }

    /// The name under which the venue has what stands in the place of an order now.
    fn name_of(&self, order: engine::order::OrderId) -> String {
        let amendments = self.book.get(order).map_or(0, |it| {
            let on_its_way = it.amendment.as_ref().is_some_and(|amendment| amendment.new.is_none());
            it.amendments - u32::from(on_its_way && it.amendments > 0)
        });
        self.ids.leg(order, amendments)
    }

    /// The question for bars of some symbols of one class.
    pub(super) fn bars_target(
        &self,
        it: &Listed,
        symbols: &[&str],
        name: &str,
        (from, to): (Timestamp, Option<Timestamp>),
    ) -> String {
        let symbols = encoded(&symbols.join(","));
        let start = encoded(&instant_text(from));
        let end = to.map(|to| format!("&end={}", encoded(&instant_text(to)))).unwrap_or_default();
        let asked = format!("symbols={symbols}&timeframe={name}&start={start}{end}&limit=10000&sort=asc");
        match Class::of(&it.symbol) {
            Class::Crypto => format!("/v1beta3/crypto/{}/bars?{asked}", self.config.crypto_location),
            Class::Stock => {
                format!("/v2/stocks/bars?{asked}&adjustment=raw&feed={}", feed_of_history(self.config.feed))
            }
        }
    }

    pub(super) fn on_question(&mut self, number: u64, sent: Moment, status: u16, body: &[u8]) {
        let Some(query) = self.questions.get(number).map(|it| it.query.clone()) else { return };
        let json = match (verdict(status, body), text_of(body)) {
            (Verdict::Done, Ok(json)) => json,
            (Verdict::Done, Err(error)) => return self.unreadable(number, &error.to_string()),
            (Verdict::Ambiguous(words), _) => return self.question_failed(number, &words),
            // An unknown symbol is left out of the answer; an unknown order is an answer.
            (Verdict::Refused(..), _) if status == 404 => return self.not_there(number, &query),
            (Verdict::Refused(_, words) | Verdict::Duplicate(words) | Verdict::Limited(words), _) => {
                let words = self.clean(&words);
                return self.answer(number, Err(Unanswered::Refused(words)));
            }
            (Verdict::Barred(words), _) => {
                self.bar(&words);
                let words = self.clean(&words);
                return self.answer(number, Err(Unanswered::Refused(words)));
            }
        };
        let whole = match query {
            Query::Time => self.time_answer(sent, json),
            Query::Instruments => return self.instrument_answer(number, json),
            Query::History { instrument, from, to } => {
                return self.history_answer(number, (instrument, from, to), json);
            }
            Query::Sessions { from, to } => self.sessions_answer((from, to), json),
            Query::OpenOrders => return self.open_orders_answer(number, json),
            Query::CancelAll(of) => return self.cancelling_answer(number, of, json),
            Query::Order(_) => self.order_answer(json),
            Query::Fills(since) => return self.fills_answer(number, since, json),
            Query::Positions => self.positions_answer(json),
            Query::Balances => Self::balances_answer(json),
            Query::Permissions => Self::permissions_answer(json),
        };
        match whole {
            Ok(answer) => self.answer(number, Ok(answer)),
            Err(why) => self.unreadable(number, &why),
        }
    }

    fn not_there(&mut self, number: u64, query: &Query) {
        match query {
            Query::Order(_) => self.answer(number, Ok(Answer::Order(None))),
            Query::Instruments => self.next_instrument(number, None),
            _ => self.answer(number, Err(Unanswered::Refused("the venue knows nothing of it".into()))),
        }
    }

    pub(super) fn next_instrument(&mut self, number: u64, found: Option<VenueInstrument>) {
        let Some(question) = self.questions.get_mut(number) else { return };
        question.instruments.extend(found);
        question.left.pop();
        if question.left.is_empty() {
            let instruments = std::mem::take(&mut question.instruments);
            self.answer(number, Ok(Answer::Instruments(instruments)));
        } else {
            self.ask_next(number);
        }
    }
}

fn feed_of_history(feed: Feed) -> &'static str {
    match feed {
        Feed::Sip | Feed::DelayedSip => "sip",
        Feed::Boats | Feed::Overnight => "boats",
        Feed::Iex | Feed::Test => "iex",
    }
}
