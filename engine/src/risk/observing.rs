//! The watch at work: every event is looked at once, before anybody decides.
//!
//! What has been lost is judged when an instant has ended: of two candles of one instant the first may show half a picture.
//! So a doubt arms the engine's own timer, which comes behind all candles of the instant; until then the checks, which look
//! at the account as it stands, refuse what would add to it.
use super::limits::times;
use super::{Check, RiskState, TradingState};
use crate::effect::{Effect, Refusal, Turn};
use crate::event::{Event, MarketCandle, MarketEvent, TimerId};
use crate::instrument::InstrumentId;
use crate::state::{Booked, State};
use crate::sub_ledgers::Owner;
use crate::{Carry, Money};
use alloc::vec::Vec;

/// What is to be done about orders that work, because the watch has turned trading down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Response {
    /// Nothing.
    Nothing,
    /// Orders that could make a position larger are taken back.
    CancelAdding,
    /// All are taken back.
    CancelAll,
}

const POSITION: u64 = 1;
const POSITION_NOTIONAL: u64 = 2;
const CONCENTRATION: u64 = 4;
const GROSS: u64 = 8;
const NET: u64 = 16;
const LEVERAGE: u64 = 32;

impl State {
    /// Looks at a candle. Always inlined: it is asked once for each of them.
    #[inline(always)]
    pub(crate) fn observe_candle(&mut self, candle: &MarketCandle, may_act: bool, effects: &mut Vec<Effect>) {
        self.begin(effects);
        let id = candle.instrument;
        let Some(risk) = &mut self.risk else { return };
        let (candles, sessions) = (risk.settings.moving_candles, risk.settings.days.are_sessions());
        let market = &mut risk.markets[id.index()];
        let hole = if market.known.0 == 0 || (sessions && risk.settings.days.end_of(market.known) == market.known) {
            0
        } else {
            (candle.candle.open_time.0 - market.known.0).max(0)
        };
        market.gap_ns = hole;
        market.known = candle.candle.known_time;
        market.skew_ns = self.now.0.saturating_sub(candle.candle.known_time.0);
        market.push(candle.candle.close, candles);
        if may_act {
            self.doubt(Some(id), effects);
        }
    }

    /// Looks at anything but a candle.
    pub(crate) fn observe_other(&mut self, event: &Event, effects: &mut Vec<Effect>) -> Response {
        self.begin(effects);
        if let (Event::Report(_), None) = (event, self.booked) {
            return Response::Nothing; // no fill: nothing is worth any more or less
        }
        let mut response = Response::Nothing;
        match event {
            Event::Timer(TimerId::RISK) => response = self.settle(effects),
            Event::Operator(operator) => response = self.operate(operator, effects),
            Event::Cash(cash) => {
                if let Some(risk) = &mut self.risk {
                    risk.day_start += cash.amount;
                    risk.peak += cash.amount;
                    risk.remember_allowances();
                }
            }
            Event::Market(MarketEvent::Carry(Carry::Split { instrument, new, old, .. })) => {
                if let Some(risk) = &mut self.risk {
                    risk.markets[instrument.index()].split(*new, *old);
                    risk.returns.split(instrument.index(), (*new, *old));
                }
            }
            _ => {}
        }
        // Not copied where no strategy is limited: it is large.
        if self.risk.as_ref().is_some_and(|risk| risk.limits_strategies)
            && let Some(booked) = self.booked
        {
            self.follow_exits(&booked, effects);
        }
        if !matches!(event, Event::Timer(TimerId::RISK)) {
            self.doubt(self.booked.as_ref().map(|booked| booked.fill.instrument), effects);
        }
        response
    }

    /// An event begins: what was before it has ended, the instant or even the day.
    #[inline(always)]
    fn begin(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now;
        if let Some(risk) = &mut self.risk
            && now > risk.seen
        {
            risk.seen = now;
            risk.peak = risk.peak.max(risk.equity);
            if now > risk.day_end {
                self.begin_day(effects);
            }
        }
    }

    /// The first event of another day. Its loss counts from what the account was worth before.
    #[cold]
    fn begin_day(&mut self, effects: &mut Vec<Effect>) {
        let Some(risk) = &mut self.risk else { return };
        risk.day_start = risk.equity;
        risk.day_end = risk.settings.days.end_of(self.now);
        risk.owners[0].day_start = risk.equity;
        for (owner, books) in risk.owners[1..].iter_mut().zip(self.sub_ledgers.all()) {
            owner.day_start = books.equity();
        }
        risk.returns.end_day(risk.markets.iter().map(|market| market.last));
        risk.remember_allowances();
        let by_the_day = risk.cause.is_some_and(|cause| cause.check == Check::DailyLoss);
        if risk.trading == TradingState::Reducing && by_the_day {
            risk.turn(TradingState::Active, None, effects);
        }
    }

    /// Whether the account may be beyond a limit; if so, it is looked at again when the instant has ended.
    #[inline(always)]
    fn doubt(&mut self, id: Option<InstrumentId>, effects: &mut Vec<Effect>) {
        let home = &self.books.home;
        let (equity, gross) = match (self.plain, id) {
            (true, _) => (home.equity(), home.gross()),
            (false, None) => (self.books.equity(), Money::ZERO),
            (false, Some(_)) => (self.books.equity(), self.books.gross()),
        };
        let Some(risk) = &mut self.risk else { return };
        risk.equity = equity;
        if risk.room.is_left_by(equity) {
            risk.make_room();
        }
        let fits = |id: InstrumentId| {
            let units = self.books.position(id.index()).quantity.0.saturating_abs();
            risk.crossed[id.index()] == 0 && risk.room.fits(id, gross, units)
        };
        if !risk.room.is_safe(equity) || !id.is_none_or(fits) {
            self.doubt_closely(id, equity, effects);
        } else {
            debug_assert!(id.is_none_or(|id| self.crossed(id, equity) == 0), "what surely fits crosses nothing");
        }
    }

    /// The same measured against each limit.
    #[inline(never)]
    fn doubt_closely(&mut self, id: Option<InstrumentId>, equity: Money, effects: &mut Vec<Effect>) {
        let (now, crossed) = (self.now, id.map_or(0, |id| self.crossed(id, equity)));
        let Some(risk) = &mut self.risk else { return };
        let mut doubt = risk.day_start - equity > risk.day_allowance && risk.trading < TradingState::Reducing;
        if risk.peak - equity > risk.peak_allowance && risk.trading < TradingState::Halted {
            // The allowance grows with the peak: it is worked out anew only when the old one is too little.
            risk.remember_allowances();
            doubt |= risk.peak - equity > risk.peak_allowance;
        }
        if let Some(id) = id {
            let before = &mut risk.crossed[id.index()];
            *before &= crossed;
            doubt |= *before != crossed;
        }
        if doubt && !risk.alarmed {
            risk.alarmed = true;
            effects.push(Effect::Arm { timer: TimerId::RISK, at: now });
        }
    }

    /// Which limits what is held of an instrument is beyond, whatever led to it.
    #[inline]
    fn crossed(&self, id: InstrumentId, equity: Money) -> u64 {
        let Some(risk) = self.risk.as_ref().filter(|risk| risk.limits_holdings) else { return 0 };
        let position = self.books.position(id.index());
        if position.quantity.is_zero() {
            return 0;
        }
        let limits = risk.limits.row(id);
        let value = self.books.to_home(id.index(), position.value).0.abs();
        let above = |check, value: i128| limits.of(check).is_some_and(|limit| value > limit);
        // Parts of the equity are compared without a division; of an account in debt everything is too much.
        let part =
            |check, value: i128| limits.of(check).is_some_and(|limit| times(value, 1_000_000) > times(equity.0, limit));
        let mut crossed = 0;
        let mut note = |is: bool, bit| crossed |= if is { bit } else { 0 };
        note(above(Check::Position, i128::from(position.quantity.0.abs())), POSITION);
        note(above(Check::PositionNotional, value), POSITION_NOTIONAL);
        note(part(Check::Concentration, value), CONCENTRATION);
        if risk.limits_the_whole {
            let home = &self.books.home;
            let (cash, gross) =
                if self.plain { (home.cash, home.gross()) } else { (self.books.cash(), self.books.gross()) };
            note(above(Check::GrossExposure, gross.0), GROSS);
            note(above(Check::NetExposure, (equity - cash).0.abs()), NET);
            note(part(Check::Leverage, gross.0), LEVERAGE);
        }
        crossed
    }

    /// The instant has ended: what is beyond a limit now is.
    fn settle(&mut self, effects: &mut Vec<Effect>) -> Response {
        let equity = self.books.equity();
        self.record_crossed(equity, effects);
        let Some(risk) = &mut self.risk else { return Response::Nothing };
        (risk.alarmed, risk.equity) = (false, equity);
        risk.remember_allowances();
        let cause = |check, limit: Money, value: Money| {
            Some(Refusal { instrument: InstrumentId::ACCOUNT, check, limit: limit.0, value: value.0 })
        };
        let (fall, loss) = (risk.peak - equity, risk.day_start - equity);
        if fall > risk.peak_allowance && risk.trading < TradingState::Halted {
            let flattens = risk.settings.flattens;
            risk.turn(TradingState::Halted, cause(Check::EmergencyStop, risk.peak_allowance, fall), effects);
            if flattens {
                risk.close(&self.books, &self.orders);
            }
            return Response::CancelAll;
        }
        if loss > risk.day_allowance && risk.trading < TradingState::Reducing {
            risk.turn(TradingState::Reducing, cause(Check::DailyLoss, risk.day_allowance, loss), effects);
            return Response::CancelAdding;
        }
        Response::Nothing
    }

    /// Puts each limit on record that was crossed without an order of ours.
    fn record_crossed(&mut self, equity: Money, effects: &mut Vec<Effect>) {
        for index in 0..self.instruments.len() {
            let id = InstrumentId(index as u32);
            let crossed = self.crossed(id, equity);
            let Some(risk) = &mut self.risk else { return };
            let fresh = crossed & !risk.crossed[index];
            risk.crossed[index] = crossed;
            if fresh != 0 {
                self.tell_crossed(id, fresh, equity, effects);
            }
        }
    }

    fn tell_crossed(&self, id: InstrumentId, fresh: u64, equity: Money, effects: &mut Vec<Effect>) {
        let Some(risk) = &self.risk else { return };
        let position = self.books.position(id.index());
        let value = self.books.to_home(id.index(), position.value).0.abs();
        let (_, cash, gross) = self.books.figures();
        let part = |value: i128| value.saturating_mul(1_000_000).checked_div(equity.0.max(0)).unwrap_or(i128::MAX);
        let all = [
            (POSITION, Check::Position, i128::from(position.quantity.0.abs())),
            (POSITION_NOTIONAL, Check::PositionNotional, value),
            (CONCENTRATION, Check::Concentration, part(value)),
            (GROSS, Check::GrossExposure, gross.0),
            (NET, Check::NetExposure, (equity - cash).0.abs()),
            (LEVERAGE, Check::Leverage, part(gross.0)),
        ];
        for (_, check, value) in all.into_iter().filter(|(bit, ..)| fresh & bit != 0) {
            let limit = risk.limits.of(check, id).unwrap_or_default();
            effects.push(Effect::Crossed(Refusal { instrument: id, check, limit, value }));
        }
    }

    /// A fill that closed something: whether its strategy loses too often, or too much.
    fn follow_exits(&mut self, booked: &Booked, effects: &mut Vec<Effect>) {
        let owner = booked.owner;
        let (before, after) = (booked.booking.before, booked.booking.after);
        let closes = !before.is_zero() && (after.abs() < before.abs() || before.0.signum() != after.0.signum());
        if !closes {
            return;
        }
        let books = self.sub_ledgers.of(owner).unwrap_or(&self.books);
        let (realised, equity) = (books.realised(), books.equity());
        let now = self.now;
        let Some(risk) = &mut self.risk else { return };
        let (limits, cooldown) = (&risk.limits, risk.settings.cooldown_ns);
        let most = limits.of_account(Check::StrategyLosses);
        let ppm = limits.of_account(Check::StrategyLoss);
        let it = &mut risk.owners[usize::from(owner.0)];
        let gained = realised - it.realised;
        it.realised = realised;
        it.losses = if gained < Money::ZERO { it.losses + 1 } else { 0 };
        let told = |check, limit, value| Refusal { instrument: InstrumentId::ACCOUNT, check, limit, value };
        let often = most.filter(|most| i128::from(it.losses) > *most);
        let lost = it.day_start - equity;
        let much = ppm.filter(|ppm| times(lost.0, 1_000_000) > times(it.day_start.0.max(0), *ppm));
        let cause = often.map(|limit| told(Check::StrategyLosses, limit, i128::from(it.losses))).or_else(|| {
            let limit = crate::ledger::share(it.day_start.0.max(0), much?, 1_000_000);
            Some(told(Check::StrategyLoss, limit, lost.0))
        });
        if let Some(cause) = cause.filter(|_| now >= it.paused_until) {
            it.paused_until = now.after(cooldown);
            it.paused_by = Some(cause);
            it.losses = 0;
            let until = Some(it.paused_until);
            effects.push(Effect::Turned(Turn { owner, to: TradingState::Reducing, until, cause: Some(cause) }));
        }
    }
}

impl RiskState {
    /// Trading goes on so far from here, and says why.
    pub(super) fn turn(&mut self, to: TradingState, cause: Option<Refusal>, effects: &mut Vec<Effect>) {
        let by_the_day = cause.is_some_and(|cause| cause.check == Check::DailyLoss);
        let until = (by_the_day && self.day_end != crate::Timestamp::MAX).then_some(self.day_end);
        (self.trading, self.cause) = (to, cause);
        effects.push(Effect::Turned(Turn { owner: Owner::NONE, to, until, cause }));
    }

    /// A strategy stands still from here.
    pub(crate) fn disable(&mut self, owner: Owner, cause: Refusal, effects: &mut Vec<Effect>) {
        let it = &mut self.owners[usize::from(owner.0)];
        (it.state, it.cause) = (TradingState::Halted, Some(cause));
        effects.push(Effect::Turned(Turn { owner, to: TradingState::Halted, until: None, cause: Some(cause) }));
    }
}
