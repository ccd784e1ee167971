//! Finding out what became of an order: by its id, among the open ones, among all, and then its fills.
//!
//! A lost answer is followed up until the venue has spoken; that it knows no such order is never taken for its end. A
//! command is never sent a second time from here.
use super::agenda::Task;
use super::connector::{BingX, Turn};
use super::errors::Class;
use super::map::fills::{Part, Placed, is_own_currency, part, placed, price_against};
use super::map::order::{Name, named};
use super::map::status::stands;
use super::orders::{End, Phase, Tracked};
use super::outbox::{Flight, Job, Limit, Purpose};
use super::sign::Params;
use super::wire::envelope::Outcome;
use super::wire::given;
use super::wire::order::{self as wire, OrderRow};
use crate::Method;
use crate::backoff::Backoff;
use crate::numbers::{decimal, steps_down};
use crate::query::Stands;
use crate::text::shown;
use engine::order::OrderId;
use engine::{Money, Qty, Reason, Rng, Timestamp};
use rust_decimal::Decimal;

const SECOND: u64 = 1_000_000_000;
/// How often the list of fills may lag behind the order before the order's own average is taken.
const LAGS_MAX: u32 = 4;
/// A little less than a week, in milliseconds.
const WEEK_MS: i64 = 167 * 3_600_000;

/// What is asked next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The order by its id.
    Order,
    /// The open orders of its symbol.
    Open,
    /// All orders of its symbol since it was sent.
    All,
    /// Its fills.
    Fills,
}

/// What the venue said of an order whose fills are not all reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// How much is filled.
    pub(super) total: Qty,
    pub(super) stands: Stands,
    /// The average price and the fee of it all, where the order says them.
    pub(super) average: Option<Decimal>,
    pub(super) fee: Option<Money>,
    pub(super) time: Timestamp,
}

/// A question about an order that is not settled.
#[derive(Clone, Debug)]
pub(super) struct Inquiry {
    pub(super) stage: Stage,
    pub(super) known: Option<Known>,
    lags: u32,
    backoff: Backoff,
}

impl Inquiry {
    fn new(seed: u64, order: OrderId) -> Self {
        let rng = Rng::stream(seed ^ order.0, "inquiry");
        Self { stage: Stage::Order, known: None, lags: 0, backoff: Backoff::new(SECOND / 4, 30 * SECOND, rng) }
    }
}

impl BingX {
    /// Finds out about an order, beginning after `wait_ns` at the latest.
    pub(super) fn inquire(&mut self, order: OrderId, wait_ns: u64, turn: &Turn<'_>) {
        let seed = self.seed;
        self.orders.change(order, |it| {
            it.inquiry.get_or_insert_with(|| Inquiry::new(seed, order));
        });
        self.agenda.set_earlier(Task::Inquire(order), turn.now.mono_ns.saturating_add(wait_ns));
    }

    /// Asks the next question about an order, unless one is on its way.
    pub(super) fn ask_about(&mut self, order: OrderId, turn: &mut Turn<'_>) {
        let Some(tracked) = self.orders.get(order) else { return };
        let Some(inquiry) = &tracked.inquiry else { return };
        let purpose = Purpose::Inquire(order);
        if self.outbox.is_under_way(purpose) {
            return;
        }
        let symbol = &self.listed[tracked.place].symbol;
        let own = self.ids.id(order);
        let name = tracked.venue_id.map_or(Name::Client(&own), Name::Venue);
        let until = self.clock.milliseconds(turn.now) + 1_000;
        // The venue takes at most a week. Of what is older this session has reported the fills.
        let from = (tracked.since_ms - 60_000).max(until - WEEK_MS);
        let get = |path, params, limit| Job::signed(purpose, Method::Get, path, params, limit).urgent();
        let job = match (inquiry.stage, tracked.venue_id) {
            (Stage::Fills, Some(id)) => self.fills_job(purpose, Some(id), symbol, (from, until), 1).urgent(),
            (Stage::Order | Stage::Fills, _) => get("/openApi/swap/v2/trade/order", named(name, symbol), Limit::Order),
            (Stage::Open, _) => {
                let params = Params::new().with("symbol", symbol);
                get("/openApi/swap/v2/trade/openOrders", params, Limit::OpenOrders)
            }
            (Stage::All, _) => {
                let params = Params::new().with("endTime", until).with("limit", 1_000);
                let params = params.with("startTime", from).with("symbol", symbol);
                get("/openApi/swap/v1/trade/fullOrder", params, Limit::History)
            }
        };
        self.send(job, turn);
    }

    /// A request for fills: of one order, or of a symbol.
    pub(super) fn fills_job(
        &self,
        purpose: Purpose,
        id: Option<u64>,
        symbol: &str,
        (from, until): (i64, i64),
        page: usize,
    ) -> Job {
        let params = Params::new().with("endTs", until).with_some("orderId", id);
        let (path, params) = if self.fills_have_numbers {
            let params = params.with("pageIndex", page).with("pageSize", FILLS_PAGE).with("startTs", from);
            ("/openApi/swap/v2/trade/fillHistory", params.with("symbol", symbol))
        } else {
            let params = params.with("startTs", from).with("symbol", symbol).with("tradingUnit", "COIN");
            ("/openApi/swap/v2/trade/allFillOrders", params)
        };
        Job::signed(purpose, Method::Get, path, params, Limit::Fills)
    }

    /// The answer to a question about an order.
    pub(super) fn told(&mut self, order: OrderId, flight: &Flight, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let Some(stage) = self.orders.get(order).and_then(|it| it.inquiry.as_ref()).map(|it| it.stage) else { return };
        let of_fills = flight.job.limit == Limit::Fills;
        let read = match outcome {
            Outcome::Done { data: Some(data), .. } if of_fills => {
                let rows = wire::fills(data);
                rows.and_then(|rows| self.parts_of(order, &rows, turn)).map(|parts| self.filled(order, parts, turn))
            }
            Outcome::Done { data: Some(data), .. } if flight.job.limit == Limit::Order => {
                wire::order(data).map(|row| self.evidence(order, &row, turn))
            }
            Outcome::Done { data: Some(data), .. } => wire::orders(data).map(|rows| {
                let own = self.ids.id(order);
                let id = self.orders.get(order).and_then(|it| it.venue_id);
                let ours = |row: &&OrderRow<'_>| {
                    row.client_id().is_some_and(|id| id.eq_ignore_ascii_case(&own)) || (id.is_some() && row.id() == id)
                };
                match rows.iter().find(ours) {
                    Some(row) => self.evidence(order, row, turn),
                    None => self.not_found(order, stage, turn),
                }
            }),
            Outcome::Failed { class: Class::NoSuchOrder | Class::Ended, .. } if !of_fills => {
                self.not_found(order, stage, turn);
                Ok(())
            }
            Outcome::Failed { class: Class::Refused(_), .. } if of_fills && self.fills_have_numbers => {
                self.fills_have_numbers = false;
                turn.note("the list of fills with numbers is refused: the older one is asked");
                self.inquire(order, 0, turn);
                Ok(())
            }
            Outcome::Failed { words, .. } => Err(words.clone()),
            Outcome::Done { .. } => Err("an answer without data".into()),
        };
        if let Err(words) = read {
            self.ask_again(order, &words, turn);
        }
    }

    /// The question is asked again later; the first time and every tenth it is said why.
    pub(super) fn ask_again(&mut self, order: OrderId, words: &str, turn: &mut Turn<'_>) {
        let failed = |it: &mut Tracked| {
            let backoff = &mut it.inquiry.as_mut()?.backoff;
            Some((backoff.failed(), backoff.failures()))
        };
        let Some((wait, times)) = self.orders.change(order, failed).flatten() else { return };
        if times % 10 == 1 {
            turn.note(format!(
                "order {}: the venue does not say what became of it, it is asked again: {words}",
                order.0
            ));
        }
        self.inquire(order, wait, turn);
    }

    /// The venue does not have it here: other lists are looked into, and then all again later. That is no end.
    fn not_found(&mut self, order: OrderId, stage: Stage, turn: &mut Turn<'_>) {
        let next = match stage {
            Stage::Order | Stage::Fills => Some(Stage::Open),
            Stage::Open => Some(Stage::All),
            Stage::All => None,
        };
        let ended = self.orders.get(order).is_some_and(|it| !it.is_live());
        self.orders.change(order, |it| {
            if let Some(inquiry) = &mut it.inquiry {
                inquiry.stage = next.unwrap_or(Stage::Order);
            }
            if ended {
                it.inquiry = None;
            } else if next.is_none() {
                it.lose(&mut turn.reports);
            }
        });
        match next {
            _ if ended => self.answered_about(order, turn),
            Some(_) => self.inquire(order, 0, turn),
            None => {
                self.answered_about(order, turn);
                self.ask_again(order, "it knows no such order, which is no proof that it never will", turn);
            }
        }
    }

    /// The fills of a list that belong to an order.
    fn parts_of(&self, order: OrderId, rows: &[wire::FillRow<'_>], turn: &mut Turn<'_>) -> Result<Vec<Part>, String> {
        let tracked = self.orders.get(order).ok_or("an order that was forgotten")?;
        let listed = &self.listed[tracked.place];
        let id = tracked.venue_id.map(|id| id.to_string());
        let ours = rows.iter().filter(|row| given(&row.order_id).is_none_or(|row| Some(row) == id.as_deref()));
        if let Some(row) = ours.clone().find(|row| !is_own_currency(row.fee_asset(), listed)) {
            let word = |text: Option<&str>| shown(text.unwrap_or_default());
            let (fee, asset) = (word(given(&row.commission)), word(row.fee_asset()));
            turn.note(format!(
                "order {}: a fee of {fee} {asset} is not in the account's currency and is not booked",
                order.0
            ));
        }
        ours.map(|row| part(row, tracked.side(), listed)).collect()
    }

    /// The list of an order's fills: what is news is reported; what it lacks is asked for again, and after a while taken
    /// from the order itself.
    fn filled(&mut self, order: OrderId, parts: Vec<Part>, turn: &mut Turn<'_>) {
        for fill in placed(parts) {
            self.report_fill(order, fill, turn);
        }
        let Some(tracked) = self.orders.get(order) else { return };
        let Some(known) = tracked.inquiry.as_ref().and_then(|it| it.known) else { return };
        if tracked.filled >= known.total {
            return self.settle(order, known.stands, None, turn);
        }
        let lags = self.orders.change(order, |it| {
            let inquiry = it.inquiry.as_mut()?;
            inquiry.lags += 1;
            Some(inquiry.lags)
        });
        match (lags.flatten(), self.at_average(order, known)) {
            (Some(LAGS_MAX..), Some(fill)) => {
                turn.note(format!(
                    "order {}: the list of fills lacks some; they are booked at the order's average",
                    order.0
                ));
                self.report_fill(order, fill, turn);
                self.settle(order, known.stands, None, turn);
            }
            // Once the order says more than its stream did, there may be an average.
            (Some(LAGS_MAX..), None) => {
                self.orders.change(order, |it| it.inquiry.as_mut().map(|inquiry| inquiry.stage = Stage::Order));
                self.ask_again(order, "its list of fills lacks some", turn);
            }
            (Some(lags), _) => self.inquire(order, u64::from(lags) * SECOND / 4, turn),
            (None, _) => {}
        }
    }

    /// What is filled beyond what was reported, by the order's own average and fee: exact where this session reported all
    /// that came before, but for rounding against the account.
    fn at_average(&self, order: OrderId, known: Known) -> Option<Placed> {
        let tracked = self.orders.get(order)?;
        let listed = &self.listed[tracked.place];
        let quantity = known.total - tracked.filled;
        let scales = (listed.instrument.price_scale, listed.instrument.qty_scale);
        let average = known.average?;
        let price = if tracked.adopted {
            average
        } else {
            let units = |qty: Qty| Decimal::new(qty.0, u32::from(scales.1));
            let value = Decimal::try_from_i128_with_scale(tracked.value, u32::from(scales.0 + scales.1)).ok()?;
            average.checked_mul(units(known.total))?.checked_sub(value)?.checked_div(units(quantity))?
        };
        let price = price_against(&price.to_string(), tracked.side(), scales.0).ok()?;
        let fee = known.fee.map_or(Money::ZERO, |fee| if tracked.adopted { fee } else { fee - tracked.fees });
        let part = Part { time: known.time, quantity, price, fee, trade: None, liquidity: None };
        Some(Placed { end: known.total, part })
    }

    pub(super) fn report_fill(&mut self, order: OrderId, fill: Placed, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let Some(place) = self.orders.get(order).map(|it| it.place) else { return };
        let listed = &self.listed[place];
        self.orders.change(order, |it| it.fill(fill, listed, now, &mut turn.reports));
    }

    /// The venue spoke of an order.
    pub(super) fn evidence(&mut self, order: OrderId, row: &OrderRow<'_>, turn: &mut Turn<'_>) {
        if let Some(id) = row.id() {
            self.orders.bind(order, id);
        }
        let Some(tracked) = self.orders.get(order) else { return };
        let scale = self.listed[tracked.place].instrument.qty_scale;
        let steps = |text: &str| steps_down(text, scale).ok().map(|(steps, _)| Qty(steps));
        let number = |text: &str| decimal(text).ok().filter(|number| !number.is_zero());
        let known = Known {
            total: given(&row.executed_qty).and_then(steps).unwrap_or_default(),
            stands: stands(given(&row.status).unwrap_or_default()),
            average: given(&row.avg_price).and_then(number),
            fee: super::map::fills::fee(given(&row.commission)).ok(),
            time: given(&row.update_time)
                .and_then(|text| super::map::market::instant(text).ok())
                .unwrap_or_else(|| self.clock.time(turn.now)),
        };
        self.known(order, known, row.asked().and_then(steps), turn);
    }

    /// So much is known of an order: either all of it is reported, or its fills are asked for.
    pub(super) fn known(&mut self, order: OrderId, known: Known, asked: Option<Qty>, turn: &mut Turn<'_>) {
        let Some(tracked) = self.orders.get(order) else { return };
        if known.total <= tracked.filled {
            return self.settle(order, known.stands, asked, turn);
        }
        let seed = self.seed;
        self.orders.change(order, |it| {
            let inquiry = it.inquiry.get_or_insert_with(|| Inquiry::new(seed, order));
            if inquiry.known.is_none_or(|before| before.total <= known.total) {
                inquiry.known = Some(known);
            }
            inquiry.stage = Stage::Fills;
        });
        self.inquire(order, 0, turn);
    }

    /// All that was filled is reported: what is left is where it stands.
    pub(super) fn settle(&mut self, order: OrderId, stands: Stands, asked: Option<Qty>, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let reports = &mut turn.reports;
        let short = self.orders.change(order, |it| {
            it.inquiry = None;
            match stands {
                Stands::Open | Stands::Unclear => match it.amending.take() {
                    Some(quantity) if asked == Some(quantity) => it.amend(quantity, reports),
                    _ => it.accept(reports),
                },
                Stands::Filled if it.is_live() => {
                    it.end(End::Cancelled, now, reports);
                    return true;
                }
                Stands::Filled => {}
                Stands::Cancelled => it.end(End::Cancelled, now, reports),
                Stands::Expired => it.end(End::Expired, now, reports),
                Stands::Rejected => it.end(End::Rejected(Reason::Invalid), now, reports),
            }
            false
        });
        if short == Some(true) {
            turn.note(format!(
                "order {}: filled at the venue with less than was asked; the rest counts as cancelled",
                order.0
            ));
        }
        if stands == Stands::Unclear {
            turn.note(format!("order {}: the venue gives a status that we do not know; it counts as open", order.0));
        }
        self.agenda.clear(Task::Inquire(order));
        self.answered_about(order, turn);
    }

    /// The answer to a command was lost: it is said, and then found out.
    pub(super) fn lost(&mut self, order: OrderId, words: &str, turn: &mut Turn<'_>) {
        self.orders.change(order, |it| it.lose(&mut turn.reports));
        turn.note(format!("order {}: the answer was lost, the venue is asked: {words}", order.0));
        self.inquire(order, SECOND / 10, turn);
    }

    /// Whether an order is still waited for.
    pub(super) fn is_unsettled(&self, order: OrderId) -> bool {
        self.orders.get(order).is_some_and(|it| it.phase == Phase::Sent || it.inquiry.is_some())
    }
}

/// How many fills a page holds.
pub(super) const FILLS_PAGE: usize = 1_000;
