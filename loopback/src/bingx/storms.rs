//! What comes over the venue as a whole, once in a while and only where it was asked for: restarts, halts, dropped
//! connections, orders by hand; and the beat in which everything that lasts is looked at.
use super::timer::Deferred;
use super::venue::Bingx;
use crate::exchange::{MarketId, NewOrder, PositionMode, PositionSide, Tie};
use crate::faults::Fault;
use engine::{OrderKind, Side, Terms};

const SECOND_NS: u64 = 1_000_000_000;

/// What has come over the venue.
#[derive(Debug, Default)]
pub(super) struct Storms {
    /// Until when every request is refused.
    refuse_until: u64,
    /// When each market that is halted goes on.
    halts: Vec<(MarketId, u64)>,
    /// Cancellations that were said and are not done yet.
    pub(super) deferred: Vec<Deferred>,
    next_second: u64,
}

impl Storms {
    /// Whether everything is refused now.
    pub(super) fn refuses(&self, now: u64) -> bool {
        now < self.refuse_until
    }
}

impl Bingx {
    /// Looks at everything that lasts: pings, snapshots, keys, timers, and once a second at what may come over the venue.
    pub(super) fn beat(&mut self) {
        self.ping();
        self.snapshots();
        self.expire_keys();
        self.fire_timers();
        let now = self.now.mono_ns;
        let over: Vec<MarketId> = self.storms.halts.iter().filter(|(_, until)| *until <= now).map(|it| it.0).collect();
        for market in over {
            self.exchange.set_halted(market, false);
            self.storms.halts.retain(|(other, _)| *other != market);
        }
        if now >= self.storms.next_second {
            self.storms.next_second = now.saturating_add(SECOND_NS);
            self.come_over();
        }
    }

    /// Faults whose probability is by the second.
    fn come_over(&mut self) {
        let now = self.now.mono_ns;
        if self.faults.strikes(Fault::FlapStorm) {
            self.drop_all();
            self.storms.refuse_until = now.saturating_add((1 + self.faults.draw(Fault::FlapStorm, 4)) * SECOND_NS);
        }
        if self.faults.strikes(Fault::Restart) {
            for account in self.exchange.accounts() {
                self.exchange.cancel_all(account, None);
            }
            self.tell();
            self.keys.clear();
            self.members.iter_mut().for_each(|member| member.timer = None);
            self.drop_all();
            self.storms.refuse_until = now.saturating_add(2 * SECOND_NS);
        }
        let markets = u64::try_from(self.exchange.listings().len()).unwrap_or(0);
        if markets > 0 && self.faults.strikes(Fault::RuleChange) {
            let place = u32::try_from(self.faults.draw(Fault::RuleChange, markets)).unwrap_or(0);
            let until = now.saturating_add((5 + self.faults.draw(Fault::RuleChange, 15)) * SECOND_NS);
            self.exchange.set_halted(MarketId(place), true);
            self.storms.halts.push((MarketId(place), until));
        }
        if markets > 0 && self.faults.strikes(Fault::External) {
            let place = u32::try_from(self.faults.draw(Fault::External, markets)).unwrap_or(0);
            self.by_hand(MarketId(place));
        }
    }

    /// An order of the first account that none of its clients sent: somebody at the venue's own page.
    fn by_hand(&mut self, market: MarketId) {
        let Some(account) = self.members.first().map(|member| member.account) else { return };
        let listing = self.exchange.listing(market);
        let spec = listing.instrument.spec(self.exchange.now());
        let least = listing.instrument.quantity_for(spec.min_notional, self.exchange.mark(market));
        let lots = (least.0 / spec.lot.0 + 1).saturating_mul(spec.lot.0);
        let position = match self.exchange.account(account).mode() {
            PositionMode::OneWay => PositionSide::Net,
            PositionMode::Hedge => PositionSide::Long,
        };
        let new = NewOrder {
            market,
            position,
            side: Side::Buy,
            quantity: listing.min_quantity.max(engine::Qty(lots)),
            kind: OrderKind::Market,
            terms: Terms::PLAIN,
            tie: Tie::Alone,
            client_id: None,
        };
        if let Ok(id) = self.exchange.submit(account, new) {
            let memo = self.plain_memo("MARKET");
            self.memos.insert(id, memo);
        }
        self.tell();
    }
}
