//! Questions of the driver: each becomes requests, one after another, and is answered once.
//!
//! What fails is asked again a few times. A failed question is never answered with "none".
use super::connector::{BingX, Turn};
use super::errors::Class;
use super::map::fills::{Part, is_own_currency, part};
use super::map::market::{candle, instant, terms};
use super::map::order::{Name, named};
use super::map::status;
use super::market_news::{KLINES, klines_params};
use super::outbox::{Flight, Job, Limit, Purpose};
use super::sign::Params;
use super::wire::account::{self, ApiKeys, PositionRow};
use super::wire::envelope::Outcome;
use super::wire::market::{self, Contract, ServerTime};
use super::wire::order as wire;
use super::wire::{given, read};
use crate::numbers::decimal;
use crate::query::{Answer, Balance, Permissions, Query, Unanswered, VenueOrder};
use crate::text::shown;
use crate::{Happening, Method};
use engine::event::{Certainty, Fill};
use engine::order::OrderId;
use engine::{Candle, FillId, InstrumentId, Liquidity, Qty, Timestamp};
use std::collections::BTreeMap;

/// How many questions are open at once, and how often each request is tried.
const QUESTIONS_MAX: usize = 256;
const TRIES_MAX: u32 = 6;
/// How many candles a request covers: fewer than the venue silently cuts a page to.
const WINDOW: i64 = 990;
/// How many candles one question may ask for.
const HISTORY_MAX: i64 = 500_000;
/// How much time one request for fills covers, in milliseconds, and how many pages it may have.
const FILLS_MS: i64 = 6 * 24 * 3_600_000;
const PAGES_MAX: usize = 100;

/// A question that is not answered yet.
#[derive(Debug)]
pub(super) enum Question {
    Time,
    Instruments,
    History { place: usize, from: i64, to: i64, at: i64, candles: BTreeMap<Timestamp, Candle> },
    OpenOrders,
    Order { order: OrderId, places: Vec<usize> },
    Fills(FillSearch),
    Positions,
    Balances,
    Permissions,
    CancelAll { instrument: Option<InstrumentId> },
}

/// Where a search for fills stands: symbol by symbol, stretch by stretch, page by page.
#[derive(Debug)]
pub(super) struct FillSearch {
    since_ms: i64,
    place: usize,
    from_ms: i64,
    page: usize,
    found: Vec<(u64, Fill)>,
    /// How much of each order was found, where fills have no numbers.
    filled: BTreeMap<u64, Qty>,
}

/// What a part of an answer leads to.
enum Step {
    Done(Answer),
    More,
}

impl BingX {
    /// Something is asked.
    pub(super) fn ask(&mut self, number: u64, query: &Query, turn: &mut Turn<'_>) {
        let place = |instrument: InstrumentId| self.listed.iter().position(|listed| listed.id == instrument);
        let question = match *query {
            Query::Time => Question::Time,
            Query::Instruments => Question::Instruments,
            Query::History { instrument, from, to } => match place(instrument) {
                Some(place) => {
                    let interval = self.listed[place].interval.0;
                    if to.0.saturating_sub(from.0) / interval > HISTORY_MAX {
                        let words = format!("more than {HISTORY_MAX} candles: ask for them in parts");
                        return self.answer(number, Err(Unanswered::Refused(words)), turn);
                    }
                    let candles = BTreeMap::new();
                    Question::History { place, from: from.0, to: to.0, at: from.0, candles }
                }
                None => return self.answer(number, Err(Unanswered::Refused("not listed".into())), turn),
            },
            // It never closes.
            Query::Sessions { .. } => return self.answer(number, Err(Unanswered::Unsupported), turn),
            Query::OpenOrders => Question::OpenOrders,
            Query::Order(order) => {
                let known = self.orders.get(order).map(|it| vec![it.place]);
                Question::Order { order, places: known.unwrap_or_else(|| (0..self.listed.len()).rev().collect()) }
            }
            Query::Fills(since) => {
                let since_ms = since.0.div_euclid(1_000_000);
                let (found, filled) = (Vec::new(), BTreeMap::new());
                Question::Fills(FillSearch { since_ms, place: 0, from_ms: since_ms, page: 1, found, filled })
            }
            Query::Positions => Question::Positions,
            Query::Balances => Question::Balances,
            Query::Permissions => Question::Permissions,
            Query::CancelAll(instrument) => {
                self.drop_waiting(instrument, turn);
                Question::CancelAll { instrument }
            }
        };
        if self.questions.len() >= QUESTIONS_MAX {
            let words = "too many questions are open".to_string();
            return self.answer(number, Err(Unanswered::Unreachable(words)), turn);
        }
        self.questions.insert(number, question);
        self.ask_part(number, turn);
    }

    /// Orders that have not left are not sent: everything is being cancelled.
    fn drop_waiting(&mut self, instrument: Option<InstrumentId>, turn: &mut Turn<'_>) {
        let ours = |it: &super::orders::Tracked| instrument.is_none_or(|wanted| it.request.instrument == wanted);
        let live: Vec<OrderId> = self.orders.all_live().filter(|(_, it)| ours(it)).map(|(order, _)| *order).collect();
        for order in live {
            if let Some(job) = self.outbox.withdraw(Purpose::Submit(order)) {
                self.never_left(&job, "all orders were cancelled before it left", turn);
            }
        }
    }

    fn answer(&mut self, number: u64, answer: Result<Answer, Unanswered>, turn: &mut Turn<'_>) {
        self.questions.remove(&number);
        turn.happened(Happening::Answer(number, answer));
    }

    /// Sends the next request of a question.
    fn ask_part(&mut self, number: u64, turn: &mut Turn<'_>) {
        let until = self.clock.milliseconds(turn.now) + 1_000;
        let Some(question) = self.questions.get(&number) else { return };
        let purpose = Purpose::Ask(number);
        let none = Params::new;
        let get = |path, params, limit| Job::signed(purpose, Method::Get, path, params, limit);
        let job = match question {
            Question::Time => Job::public(purpose, "/openApi/swap/v2/server/time", none()),
            Question::Instruments => Job::public(purpose, "/openApi/swap/v2/quote/contracts", none()),
            Question::History { place, to, at, .. } => {
                let listed = &self.listed[*place];
                let end = at.saturating_add(WINDOW * listed.interval.0).min(*to);
                Job::public(purpose, KLINES, klines_params(listed, at - listed.interval.0, Some(end)))
            }
            Question::OpenOrders => get("/openApi/swap/v2/trade/openOrders", none(), Limit::OpenOrders).urgent(),
            Question::Order { order, places } => {
                let Some(place) = places.last() else {
                    return self.answer(number, Ok(Answer::Order(None)), turn);
                };
                let own = self.ids.id(*order);
                let id = self.orders.get(*order).and_then(|it| it.venue_id);
                let params = named(id.map_or(Name::Client(&own), Name::Venue), &self.listed[*place].symbol);
                get("/openApi/swap/v2/trade/order", params, Limit::Order).urgent()
            }
            Question::Fills(search) => {
                let Some(listed) = self.listed.get(search.place) else {
                    return self.fills_found(number, turn);
                };
                let window = (search.from_ms, until.min(search.from_ms.saturating_add(FILLS_MS)));
                self.fills_job(purpose, None, &listed.symbol, window, search.page)
            }
            Question::Positions => get("/openApi/swap/v2/user/positions", none(), Limit::Account).urgent(),
            Question::Balances => get("/openApi/swap/v3/user/balance", none(), Limit::Account),
            Question::Permissions => get("/openApi/account/v1/apiKey/query", none(), Limit::Account),
            Question::CancelAll { instrument } => {
                let listed = instrument.and_then(|id| self.listed.iter().find(|listed| listed.id == id));
                if instrument.is_some() && listed.is_none() {
                    return self.answer(number, Err(Unanswered::Refused("not listed".into())), turn);
                }
                let params = none().with_some("symbol", listed.map(|listed| &listed.symbol));
                let path = "/openApi/swap/v2/trade/allOpenOrders";
                Job::signed(purpose, Method::Delete, path, params, Limit::CancelAll).urgent()
            }
        };
        self.send(job, turn);
    }

    /// A part of an answer.
    pub(super) fn told_part(&mut self, number: u64, flight: &Flight, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        if !self.questions.contains_key(&number) {
            return;
        }
        match outcome {
            Outcome::Done { data, .. } => {
                let read = match data {
                    Some(data) => self.read_part(number, data, turn),
                    None => self.read_nothing(number),
                };
                match read {
                    Ok(Step::Done(answer)) => self.answer(number, Ok(answer), turn),
                    Ok(Step::More) => self.ask_part(number, turn),
                    Err(words) => self.answer(number, Err(Unanswered::Unreadable(words)), turn),
                }
            }
            Outcome::Failed { class, words, .. } => match class {
                Class::NoSuchOrder | Class::Ended => {
                    if let Some(Question::Order { places, .. }) = self.questions.get_mut(&number) {
                        places.pop();
                        return self.ask_part(number, turn);
                    }
                    self.answer(number, Err(Unanswered::Refused(words.clone())), turn);
                }
                Class::Refused(_) if flight.job.limit == Limit::Fills && self.fills_have_numbers => {
                    self.fills_have_numbers = false;
                    self.ask_part(number, turn);
                }
                Class::Refused(_) | Class::Duplicate | Class::Barred | Class::ListenKey => {
                    self.answer(number, Err(Unanswered::Refused(words.clone())), turn);
                }
                // Asking changes nothing, and cancelling twice no more than once.
                Class::Repeated | Class::Ambiguous | Class::Limited | Class::Clock => {
                    match self.outbox.again(flight.job.clone(), turn.now, TRIES_MAX) {
                        Ok(()) => self.pump(turn),
                        Err(_) => self.answer(number, Err(Unanswered::Unreachable(words.clone())), turn),
                    }
                }
            },
        }
    }

    /// An answer whose data are `null` or absent: empty where the venue is known to say so, else unreadable.
    fn read_nothing(&self, number: u64) -> Result<Step, String> {
        match self.questions.get(&number) {
            Some(Question::Positions) => Ok(Step::Done(Answer::Positions(Vec::new()))),
            Some(Question::CancelAll { .. }) => Ok(Step::Done(Answer::Cancelling(0))),
            _ => Err("an answer without data".into()),
        }
    }

    fn read_part(&mut self, number: u64, data: &str, turn: &mut Turn<'_>) -> Result<Step, String> {
        let (listed, ids) = (&self.listed, &self.ids);
        let done = |answer| Ok(Step::Done(answer));
        match self.questions.get_mut(&number).ok_or("nobody asked")? {
            Question::Time => done(Answer::Time(instant(read::<ServerTime<'_>>(data)?.server_time.0)?)),
            Question::Instruments => {
                let rows: Vec<Contract<'_>> = market::rows(data)?;
                let of = |row: &Contract<'_>| Some(terms(row, status::listed(listed, row.symbol.0)?));
                done(Answer::Instruments(rows.iter().filter_map(of).collect::<Result<_, _>>()?))
            }
            Question::History { place, from, to, at, candles } => {
                let listed = &listed[*place];
                let settled = self.clock.time(turn.now).0.saturating_sub(1_000_000_000);
                for row in market::klines(data)? {
                    let candle = candle(&row, listed)?;
                    // Pages overlap, and the newest candle is under way.
                    if (*from..*to).contains(&candle.open_time.0) && candle.known_time.0 <= settled {
                        candles.insert(candle.open_time, candle);
                    }
                }
                *at = at.saturating_add(WINDOW * listed.interval.0);
                if *at < (*to).min(settled) {
                    return Ok(Step::More);
                }
                done(Answer::History(std::mem::take(candles).into_values().collect()))
            }
            Question::OpenOrders => {
                let orders: Result<Vec<VenueOrder>, String> =
                    wire::orders(data)?.iter().map(|row| status::venue_order(row, listed, ids)).collect();
                let mut orders = orders?;
                // The venue does not always repeat our id; we know the venue's.
                for order in &mut orders {
                    order.order = order.order.or_else(|| self.orders.of_venue(order.venue_id.parse().ok()?));
                }
                done(Answer::OpenOrders(orders))
            }
            Question::Order { order, .. } => {
                let mut found = status::venue_order(&wire::order(data)?, listed, ids)?;
                found.order = Some(*order);
                done(Answer::Order(Some(found)))
            }
            Question::Fills(_) => self.read_fills(number, data, turn),
            Question::Positions => {
                let rows: Vec<PositionRow<'_>> = market::rows(data)?;
                let held = rows.iter().map(|row| status::venue_position(row, listed)).collect::<Result<Vec<_>, _>>()?;
                done(Answer::Positions(held.into_iter().flatten().collect()))
            }
            Question::Balances => done(Answer::Balances(balances(data)?)),
            Question::Permissions => done(Answer::Permissions(permissions(&read(data)?)?)),
            Question::CancelAll { instrument } => {
                let instrument = *instrument;
                self.read_cancelled(instrument, data, turn)
            }
        }
    }

    /// What was cancelled: each order of ours among it is asked about, as it may have been filled in part.
    fn read_cancelled(
        &mut self,
        instrument: Option<InstrumentId>,
        data: &str,
        turn: &mut Turn<'_>,
    ) -> Result<Step, String> {
        let said: wire::Cancelled<'_> = read(data)?;
        for failure in said.failed.iter().flatten() {
            let word = |word| given(word).map(shown).unwrap_or_default();
            let (order, code, text) =
                (word(&failure.order_id), word(&failure.error_code), word(&failure.error_message));
            turn.note(format!("order {order} was not cancelled with the others: code {code} {text}"));
        }
        let ours = |it: &super::orders::Tracked| instrument.is_none_or(|wanted| it.request.instrument == wanted);
        let live: Vec<OrderId> = self.orders.all_live().filter(|(_, it)| ours(it)).map(|(order, _)| *order).collect();
        for order in live {
            self.inquire(order, 200_000_000, turn);
        }
        Ok(Step::Done(Answer::Cancelling(said.success.map_or(0, |orders| orders.len()))))
    }

    fn read_fills(&mut self, number: u64, data: &str, turn: &mut Turn<'_>) -> Result<Step, String> {
        let rows = wire::fills(data)?;
        let now = self.clock.milliseconds(turn.now);
        let Some(Question::Fills(search)) = self.questions.get_mut(&number) else { return Err("nobody asked".into()) };
        let listed = &self.listed[search.place];
        for row in &rows {
            let id: u64 = given(&row.order_id).and_then(|id| id.parse().ok()).ok_or("a fill without an order")?;
            let by_name = || row.client_id().and_then(|id| self.ids.order(id));
            let order = self.orders.of_venue(id).or_else(by_name);
            let known = order.and_then(|order| self.orders.get(order));
            let side = given(&row.side).and_then(status::side).or_else(|| known.map(|it| it.side()));
            let part: Part = part(row, side.ok_or("a fill without a side")?, listed)?;
            if !is_own_currency(row.fee_asset(), listed) {
                turn.note(format!("a fee in {} is not counted", shown(row.fee_asset().unwrap_or_default())));
            }
            let end = search.filled.entry(id).or_default();
            *end = Qty(end.0.saturating_add(part.quantity.0));
            let placed = super::map::fills::Placed { end: *end, part };
            search.found.push((id, fill(order, placed.id(id), side.ok_or("a fill without a side")?, part, listed.id)));
        }
        let more = self.fills_have_numbers && rows.len() >= super::inquiry::FILLS_PAGE && search.page < PAGES_MAX;
        if more {
            search.page += 1;
            return Ok(Step::More);
        }
        search.page = 1;
        search.from_ms = search.from_ms.saturating_add(FILLS_MS);
        if search.from_ms > now {
            (search.place, search.from_ms) = (search.place + 1, search.since_ms);
        }
        Ok(Step::More)
    }

    fn fills_found(&mut self, number: u64, turn: &mut Turn<'_>) {
        let Some(Question::Fills(search)) = self.questions.get_mut(&number) else { return };
        let mut found = std::mem::take(&mut search.found);
        found.sort_by_key(|(id, fill)| (fill.venue_time, *id, fill.fill));
        found.dedup_by(|a, b| (a.0, a.1.fill) == (b.0, b.1.fill));
        let fills = found.into_iter().map(|(_, fill)| fill).collect();
        self.answer(number, Ok(Answer::Fills(fills)), turn);
    }
}

fn fill(order: Option<OrderId>, fill: FillId, side: engine::Side, part: Part, instrument: InstrumentId) -> Fill {
    Fill {
        order: order.unwrap_or(OrderId(0)),
        fill,
        instrument,
        side,
        price: part.price,
        quantity: part.quantity,
        fee: part.fee,
        liquidity: part.liquidity.unwrap_or(Liquidity::Taker),
        certainty: Certainty::Certain,
        venue_time: part.time,
    }
}

/// The balances of an answer. Assets that were never used have empty texts: nothing.
fn balances(data: &str) -> Result<Vec<Balance>, String> {
    let number = |text: Option<&str>| text.map(decimal).transpose().map_err(|error| error.to_string());
    let rows = account::balances(data)?;
    let row = |row: &account::BalanceRow<'_>| {
        let available = given(&row.available_margin).or_else(|| given(&row.available_balance));
        Ok(Balance {
            asset: shown(given(&row.asset).ok_or("a balance without an asset")?),
            total: number(given(&row.balance))?.unwrap_or_default(),
            available: number(available)?.unwrap_or_default(),
        })
    };
    rows.iter().map(row).collect()
}

/// What the key may do: where the answer is about several keys, what all of them may, and whether any may take money out.
fn permissions(keys: &ApiKeys<'_>) -> Result<Permissions, String> {
    if keys.infos.is_empty() {
        return Err("an answer about no key".into());
    }
    let may =
        |number: &str| keys.infos.iter().map(|key| key.permissions.iter().any(|it| it.0 == number)).collect::<Vec<_>>();
    let (trade, withdraw) = (may("3"), may("5"));
    let same = trade.iter().all(|it| *it == trade[0]);
    Ok(Permissions { trade: same.then_some(trade[0]), withdraw: Some(withdraw.contains(&true)) })
}
