//! Faults that need no client: what a venue does wrong by itself, asked for once a second of the steady clock.
use super::draft::{Amount, Draft, Pricing};
use super::messages::{self, Halted};
use super::venue::Alpaca;
use super::words::{Class, Kind, Span};
use crate::exchange::MarketId;
use crate::faults::Fault;
use crate::pace::Moment;
use engine::Side;
use rust_decimal::Decimal;

const SECOND_NS: u64 = 1_000_000_000;
/// The longest time that everything is refused after connections were dropped.
const REFUSED_NS: u64 = 5 * SECOND_NS;
/// How long a market is halted.
const HALTED_NS: u64 = 30 * SECOND_NS;

impl Alpaca {
    /// Does what was put off: late cancellations, hidden orders, halts.
    pub(super) fn do_what_was_late(&mut self, now: Moment) {
        let due = |at: u64| at <= now.mono_ns;
        self.hidden.retain(|(at, _)| !due(*at));
        for (_, place) in self.late_cancels.extract_if(.., |(at, _)| due(*at)).collect::<Vec<_>>() {
            if !self.desk.orders[place].status.is_final() && self.cancel(place).is_err() {
                self.desk.change_refused(place, self.exchange.now());
            }
            self.settle();
        }
        for (_, market) in self.halts.extract_if(.., |(at, _)| due(*at)).collect::<Vec<_>>() {
            self.halt(market, Halted::No);
        }
    }

    /// Lets the faults of time strike.
    pub(super) fn strike_in_time(&mut self, now: Moment) {
        let second = now.mono_ns / SECOND_NS;
        if second == self.fault_second {
            return;
        }
        self.fault_second = second;
        if self.faults.strikes(Fault::FlapStorm) {
            self.sockets.drop_all();
            self.refused_until_ns =
                now.mono_ns + SECOND_NS + self.faults.draw(Fault::FlapStorm, REFUSED_NS - SECOND_NS);
        }
        if self.faults.strikes(Fault::External) {
            self.trade_by_nobody();
        }
        if self.faults.strikes(Fault::Restart) {
            self.exchange.cancel_all(self.account, None);
            self.settle();
            self.sockets.drop_all();
            self.refused_until_ns = now.mono_ns + 2 * SECOND_NS;
        }
        if self.faults.strikes(Fault::RuleChange) && !self.desk.assets.is_empty() {
            let place = self.faults.draw(Fault::RuleChange, self.desk.assets.len() as u64);
            let market = MarketId(u32::try_from(place).unwrap_or(0));
            self.halts.push((now.mono_ns + HALTED_NS, market));
            self.halt(market, Halted::Yes);
        }
    }

    fn halt(&mut self, market: MarketId, halted: Halted) {
        self.exchange.set_halted(market, halted == Halted::Yes);
        let time = self.exchange.now();
        if let Some(asset) = self.desk.assets.iter().find(|asset| asset.market == market) {
            let message = messages::of_halt(asset, halted, time);
            self.sockets.tell_data(&message, &mut self.faults);
        }
    }

    /// An order of the account that no client sent: a market order over about the least quantity.
    fn trade_by_nobody(&mut self) {
        let place =
            usize::try_from(self.faults.draw(Fault::External, self.desk.assets.len().max(1) as u64)).unwrap_or(0);
        let Some(asset) = self.desk.assets.get(place) else { return };
        let facts = self.facts();
        let price = facts.seen[place].last.unwrap_or(Decimal::ONE);
        // Worth some twenty dollars where parts can be traded, else one piece.
        let worth = asset.floor_to_lot(Decimal::from(20).checked_div(price).unwrap_or(Decimal::ONE));
        let crypto = asset.symbol.contains('/');
        let draft = Draft {
            symbol: asset.symbol.clone(),
            amount: Amount::Quantity(if crypto { worth.max(asset.lot) } else { Decimal::ONE }),
            side: Side::Buy,
            pricing: Pricing { kind: Kind::Market, limit: None, stop: None, trail: None },
            span: if crypto { Span::Gtc } else { Span::Day },
            extended_hours: false,
            client_id: None,
            class: Class::Simple,
            take_profit: None,
            stop_loss: None,
            intent: None,
        };
        if let Ok(order) = self.desk.enter(draft, &facts) {
            self.take_in(order);
        }
    }
}
