//! What the private stream says of orders, and the comparison of the open ones with ours.
//!
//! An update is booked at once where it says everything about the first fill of an order; what else is filled is asked for,
//! as the stream skips some and does not say whether a fee is of one fill or of all. Orders that nobody knows are kept for
//! a while: an update may come before the answer to the command.
use super::agenda::Task;
use super::connector::{BingX, Turn};
use super::inquiry::Known;
use super::map::fills::{Part, Placed, fee, is_own_currency, price_against};
use super::map::market::instant;
use super::map::status::{self, stands};
use super::orders::Phase;
use super::outbox::{Job, Limit, Purpose};
use super::private_stream::AUDIT_NS;
use super::sign::Params;
use super::wire::envelope::Outcome;
use super::wire::frame::OrderUpdate;
use super::wire::given;
use super::wire::order::{self as wire, OrderRow};
use crate::numbers::{decimal, steps, steps_down};
use crate::text::shown;
use crate::{Happening, Listed, Method};
use engine::event::{Certainty, Fill, Report};
use engine::order::OrderId;
use engine::{FillId, Liquidity, Money, Qty, Timestamp};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const SECOND: u64 = 1_000_000_000;
/// How many updates of orders that nobody knows are kept, and for how long.
const ORPHANS_MAX: usize = 256;
const ORPHAN_NS: u64 = 3 * SECOND;
/// How many orders that were cancelled lately each comparison looks at again.
const LATE_MAX: usize = 20;
/// How many orders of others are remembered, so that each is told once.
const FOREIGN_MAX: usize = 4_096;

/// Orders that are not ours, or not yet known to be.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// Ids of updates that nobody knows, with the symbol and when they came.
    orphans: VecDeque<(u64, String, u64)>,
    /// Told before.
    told: BTreeSet<u64>,
    /// How much of each liquidation was told.
    liquidated: BTreeMap<u64, Qty>,
}

impl Strangers {
    /// An id turns out to be ours; says whether an update of it came before.
    pub(super) fn claim(&mut self, id: u64) -> bool {
        let before = self.orphans.len();
        self.orphans.retain(|(orphan, ..)| *orphan != id);
        self.orphans.len() < before
    }
}

/// What an update says.
#[derive(Clone, Copy, Debug)]
struct Told {
    known: Known,
    /// The fill from nothing to all that is filled, where the update says everything about it.
    first: Option<Part>,
}

impl BingX {
    /// An order was spoken of.
    pub(super) fn order_news(&mut self, update: &OrderUpdate<'_>, turn: &mut Turn<'_>) -> Result<(), String> {
        self.private_news(turn);
        let id: u64 = given(&update.i).and_then(|id| id.parse().ok()).ok_or("an update without an order id")?;
        let order = self.orders.of_venue(id).or_else(|| {
            let order = self.ids.order(given(&update.c)?)?;
            self.orders.get(order).map(|_| order)
        });
        let Some(order) = order else { return self.stranger(id, update, turn) };
        self.orders.bind(order, id);
        let Some(place) = self.orders.get(order).map(|it| it.place) else { return Ok(()) };
        let told = match told(update, &self.listed[place], self.clock.time(turn.now)) {
            Ok(told) => told,
            Err(words) => {
                self.inquire(order, 0, turn);
                return Err(words);
            }
        };
        if let (Some(part), Some(0)) = (told.first, self.orders.get(order).map(|it| it.filled.0)) {
            self.report_fill(order, Placed { end: told.known.total, part }, turn);
        }
        // A change that is under way is told by its own answer.
        self.known(order, told.known, None, turn);
        Ok(())
    }

    fn stranger(&mut self, id: u64, update: &OrderUpdate<'_>, turn: &mut Turn<'_>) -> Result<(), String> {
        let symbol = given(&update.s).ok_or("an update without a symbol")?;
        if given(&update.x) == Some("CALCULATED") {
            return self.liquidation(id, symbol, update, turn);
        }
        if !self.strangers.told.contains(&id) && !self.strangers.orphans.iter().any(|(known, ..)| *known == id) {
            if self.strangers.orphans.len() == ORPHANS_MAX {
                self.strangers.orphans.pop_front();
                turn.note("more updates of unknown orders came than are kept");
            }
            self.strangers.orphans.push_back((id, symbol.into(), turn.now.mono_ns));
            self.agenda.set_earlier(Task::Orphans, turn.now.mono_ns + ORPHAN_NS);
        }
        Ok(())
    }

    /// The venue closed a position: nobody's order. Each part is told once.
    fn liquidation(
        &mut self,
        id: u64,
        symbol: &str,
        update: &OrderUpdate<'_>,
        turn: &mut Turn<'_>,
    ) -> Result<(), String> {
        let Some(listed) = status::listed(&self.listed, symbol) else {
            turn.happened(Happening::Foreign(format!("the venue closed a position in {}", shown(symbol))));
            return Ok(());
        };
        let side = given(&update.side).and_then(status::side).ok_or("a liquidation without a side")?;
        let told = told(update, listed, self.clock.time(turn.now))?;
        let before = self.strangers.liquidated.get(&id).copied().unwrap_or_default();
        let quantity = told.known.total - before;
        if quantity.0 <= 0 {
            return Ok(());
        }
        let average = given(&update.ap).ok_or("a liquidation without a price")?;
        let price = price_against(average, side, listed.instrument.price_scale)?;
        let fill = FillId(u128::from(id) << 64 | u128::from(told.known.total.0.unsigned_abs()));
        turn.report(Report::Liquidated(Fill {
            order: OrderId(0),
            fill,
            instrument: listed.id,
            side,
            price,
            quantity,
            fee: if before.is_zero() { fee(given(&update.n))? } else { Money::ZERO },
            liquidity: Liquidity::Taker,
            certainty: Certainty::Certain,
            venue_time: told.known.time,
        }));
        if self.strangers.liquidated.len() == FOREIGN_MAX {
            self.strangers.liquidated.pop_first();
        }
        self.strangers.liquidated.insert(id, told.known.total);
        Ok(())
    }

    /// Looks at updates that nobody claimed: the order itself says whose it is.
    pub(super) fn look_at_orphans(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        while let Some((id, symbol, at)) = self.strangers.orphans.front().cloned() {
            if now.saturating_sub(at) < ORPHAN_NS {
                self.agenda.set(Task::Orphans, at + ORPHAN_NS);
                return;
            }
            self.strangers.orphans.pop_front();
            if let Some(order) = self.orders.of_venue(id) {
                self.inquire(order, 0, turn);
            } else {
                let params = Params::new().with("orderId", id).with("symbol", symbol);
                let path = "/openApi/swap/v2/trade/order";
                self.send(Job::signed(Purpose::Orphan(id), Method::Get, path, params, Limit::Order), turn);
            }
        }
    }

    pub(super) fn told_orphan(&mut self, id: u64, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        match outcome {
            Outcome::Done { data: Some(data), .. } => match wire::order(data) {
                Ok(row) => self.row_of_unknown(&row, turn),
                Err(words) => turn.note(format!("an order that nobody knows cannot be read: {words}")),
            },
            _ if self.orders.of_venue(id).is_none() => {
                turn.happened(Happening::Foreign(format!(
                    "order {id} is not known here, and the venue does not say whose"
                )));
            }
            _ => {}
        }
    }

    /// An order of a list: evidence where it is ours, told once where it is not.
    fn row_of_unknown(&mut self, row: &OrderRow<'_>, turn: &mut Turn<'_>) {
        let by_name = || row.client_id().and_then(|id| self.ids.order(id)).filter(|it| self.orders.get(*it).is_some());
        if let Some(order) = row.id().and_then(|id| self.orders.of_venue(id)).or_else(by_name) {
            return self.evidence(order, row, turn);
        }
        let id = row.id().unwrap_or_default();
        if self.strangers.told.len() == FOREIGN_MAX {
            self.strangers.told.pop_first();
        }
        if self.strangers.told.insert(id) {
            let word = |word| given(word).map(shown).unwrap_or_default();
            let whose = row.client_id().map(|id| format!(" \"{}\"", shown(id))).unwrap_or_default();
            turn.happened(Happening::Foreign(format!(
                "order {id}{whose}: {} {} {} {} at {}, {}",
                word(&row.kind),
                word(&row.side),
                row.asked().map(shown).unwrap_or_default(),
                word(&row.symbol),
                word(&row.price),
                word(&row.status)
            )));
        }
    }

    /// Compares open orders with ours.
    pub(super) fn audit(&mut self, turn: &mut Turn<'_>) {
        if self.private.is_up() && !self.outbox.is_under_way(Purpose::Audit) {
            let path = "/openApi/swap/v2/trade/openOrders";
            let job = Job::signed(Purpose::Audit, Method::Get, path, Params::new(), Limit::OpenOrders);
            self.send(job.urgent(), turn);
        }
    }

    pub(super) fn audited(&mut self, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let rows = match outcome {
            Outcome::Done { data: Some(data), .. } => wire::orders(data),
            Outcome::Done { .. } => Err("an answer without data".into()),
            Outcome::Failed { words, .. } => Err(words.clone()),
        };
        let rows = match rows {
            Ok(rows) => rows,
            // A failed question is never read as "none".
            Err(words) => {
                if !self.private.is_ready() {
                    turn.note(format!("the private stream waits for the list of open orders: {words}"));
                }
                self.agenda.set(Task::Audit, now + 2 * SECOND);
                return;
            }
        };
        let catching_up = self.private.awaited.is_some();
        // Ours that are not in the list have ended, or their answers are under way.
        let open: BTreeSet<u64> = rows.iter().filter_map(OrderRow::id).collect();
        let gone = |phase: Phase, id: Option<u64>| match id {
            Some(id) => !open.contains(&id),
            // Who has no id yet is waiting for its answer, or is asked about already.
            None => phase == Phase::Unknown,
        };
        let missing: Vec<OrderId> =
            self.orders.all_live().filter(|(_, it)| gone(it.phase, it.venue_id)).map(|(order, _)| *order).collect();
        for row in &rows {
            self.row_of_unknown(row, turn);
        }
        let unsettled: Vec<OrderId> =
            self.orders.all_live().filter(|(_, it)| it.inquiry.is_some()).map(|(order, _)| *order).collect();
        for order in missing.into_iter().chain(unsettled.into_iter().filter(|_| catching_up)) {
            if self.is_unsettled(order) || self.orders.get(order).is_some_and(|it| it.is_live()) {
                self.await_answer(order, turn);
            }
        }
        if catching_up {
            self.private.compared = true;
            self.caught_up(turn);
        } else {
            // A fill may come after the cancel was acknowledged, and the stream may miss it.
            for order in self.orders.ended_since(now.saturating_sub(2 * AUDIT_NS), LATE_MAX) {
                if self.orders.get(order).is_some_and(|it| it.filled < it.request.quantity && it.venue_id.is_some()) {
                    self.inquire(order, 0, turn);
                }
            }
        }
        self.agenda.set(Task::Audit, now + AUDIT_NS);
    }
}

/// What an update says of an order, in numbers.
fn told(update: &OrderUpdate<'_>, listed: &Listed, now: Timestamp) -> Result<Told, String> {
    let (price_scale, qty_scale) = (listed.instrument.price_scale, listed.instrument.qty_scale);
    let words = |error: crate::numbers::NumberError| error.to_string();
    let total = given(&update.z).map_or(Ok((0, false)), |z| steps_down(z, qty_scale)).map_err(words)?.0;
    let average = given(&update.ap).map(decimal).transpose().map_err(words)?.filter(|price| !price.is_zero());
    let time = given(&update.time).filter(|text| *text != "0").map(instant).transpose()?.unwrap_or(now);
    let stands = stands(given(&update.status).unwrap_or_default());
    let known = Known { total: Qty(total), stands, average, fee: None, time };
    // The last quantity, or the last value, covers all that is filled: then it was one fill, and its fee is the fee.
    let last = given(&update.l).and_then(|text| steps(text, qty_scale).ok());
    let value = given(&update.tv).and_then(|text| decimal(text).ok());
    let filled = given(&update.z).and_then(|z| decimal(z).ok());
    let product = average.zip(filled).and_then(|(average, filled)| average.checked_mul(filled));
    let equal = value.zip(product).is_some_and(|(value, product)| {
        // As exactly as it was written, but never so roughly that a small fill could hide.
        let written = given(&update.tv).and_then(|text| text.split_once('.')).map_or(0, |(_, part)| part.len());
        let last_place = Decimal::new(1, u32::try_from(written.clamp(2, 20)).unwrap_or(2));
        (value - product).abs() < last_place
    });
    let whole = last.map_or(equal, |last| last == total);
    let own = is_own_currency(given(&update.fee_asset), listed);
    let price = given(&update.ap).and_then(|text| steps(text, price_scale).ok()).filter(|price| *price > 0);
    let first = price.filter(|_| whole && own && total > 0 && given(&update.n).is_some());
    let first = first.map(|price| {
        Ok::<_, String>(Part {
            time,
            quantity: Qty(total),
            price: engine::Price(price),
            fee: fee(given(&update.n))?,
            trade: given(&update.td).and_then(|id| id.parse().ok()).filter(|id| *id > 0),
            liquidity: None,
        })
    });
    Ok(Told { known, first: first.transpose()? })
}
