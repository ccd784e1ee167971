//! What a person may change of the limits, and with whose consent.
//!
//! What allows more needs two people; what allows less, one. Everything needs a reason. What is not followed is refused on
//! the tape, and nothing has changed.
use super::{Check, Response, TradingState};
use crate::Money;
use crate::effect::{Effect, Refusal};
use crate::instrument::InstrumentId;
use crate::operator::{Directive, OperatorEvent};
use crate::state::State;
use crate::sub_ledgers::Owner;
use alloc::vec::Vec;

/// Why a person's order is not followed: the limit and value of its refusal.
type Denial = (i128, i128);

/// It gives no reason: none of one.
const NO_REASON: Denial = (1, 0);
/// It needs two people: one of two.
const ONE_PERSON: Denial = (2, 1);
/// There is nothing that it could be about.
const NOTHING_THERE: Denial = (0, 0);

impl State {
    /// Follows a person's order, if it may be followed.
    pub(super) fn operate(&mut self, event: &OperatorEvent, effects: &mut Vec<Effect>) -> Response {
        let followed = if event.why.is_empty() || event.who.is_empty() {
            Err(NO_REASON)
        } else {
            match event.directive {
                Directive::Limit { check, instrument, value } => self.set_limit(event, check, instrument, value),
                Directive::Reset { check, owner } => self.reset(event, check, owner, effects),
                Directive::Trading(to) => self.set_trading(event, to, effects),
                Directive::Close => self.close_all(effects),
                Directive::Alert { .. } => Ok(Response::Nothing), // the compliance watch keeps its own book
            }
        };
        followed.unwrap_or_else(|(limit, value)| {
            let instrument = InstrumentId::ACCOUNT;
            effects.push(Effect::Refused(Refusal { instrument, check: Check::Approval, limit, value }));
            Response::Nothing
        })
    }

    fn set_limit(
        &mut self,
        event: &OperatorEvent,
        check: Check,
        instrument: Option<InstrumentId>,
        value: Option<i128>,
    ) -> Result<Response, Denial> {
        let count = self.instruments.len();
        let alone = self.books.realised();
        let realised: Vec<Money> =
            core::iter::once(alone).chain(self.sub_ledgers.all().iter().map(crate::Books::realised)).collect();
        let Some(risk) = &mut self.risk else { return Err(NOTHING_THERE) };
        let known = instrument.is_none_or(|id| id.index() < count);
        if !known || !check.has_limit() || value.is_some_and(|value| !(0..i128::MAX).contains(&value)) {
            return Err(NOTHING_THERE);
        }
        let all = (0..count).map(|index| InstrumentId(index as u32));
        let looser = all
            .filter(|id| instrument.is_none_or(|only| only == *id))
            .any(|id| check.is_looser(value, risk.limits.of(check, id)));
        if looser && !event.is_approved() {
            return Err(ONE_PERSON);
        }
        if !risk.limits.has(check) {
            // What was won and lost while nobody counted is no exit of now.
            for (owner, realised) in risk.owners.iter_mut().zip(realised) {
                owner.realised = realised;
            }
        }
        risk.set_limit(check, instrument, value);
        Ok(Response::Nothing)
    }

    /// Counts anew. What had turned trading down for that reason is over.
    fn reset(
        &mut self,
        event: &OperatorEvent,
        check: Check,
        owner: Owner,
        effects: &mut Vec<Effect>,
    ) -> Result<Response, Denial> {
        let (equity, now) = (self.books.equity(), self.now);
        let Some(risk) = &mut self.risk else { return Err(NOTHING_THERE) };
        match check {
            Check::DailyLoss | Check::EmergencyStop => {
                if !event.is_approved() {
                    return Err(ONE_PERSON);
                }
                if check == Check::DailyLoss {
                    risk.day_start = equity
                } else {
                    risk.peak = equity
                }
                risk.remember_allowances();
                let was = risk.cause.is_some_and(|cause| cause.check == check);
                if was && risk.trading != TradingState::Killed {
                    risk.turn(TradingState::Active, None, effects);
                }
            }
            Check::StrategyLosses | Check::StrategyLoss | Check::RepeatedOrder => {
                let Some(it) = risk.owners.get_mut(usize::from(owner.0)) else { return Err(NOTHING_THERE) };
                (it.losses, it.day_start) = (0, if check == Check::StrategyLoss { equity } else { it.day_start });
                if check == Check::RepeatedOrder {
                    (it.state, it.cause, it.enabled_at) = (TradingState::Active, None, now);
                } else {
                    (it.paused_until, it.paused_by) = (now, None);
                }
                let to = it.state;
                effects.push(Effect::Turned(crate::effect::Turn { owner, to, until: None, cause: None }));
            }
            _ => return Err(NOTHING_THERE),
        }
        Ok(Response::Nothing)
    }

    fn set_trading(
        &mut self,
        event: &OperatorEvent,
        to: TradingState,
        effects: &mut Vec<Effect>,
    ) -> Result<Response, Denial> {
        let Some(risk) = &mut self.risk else { return Err(NOTHING_THERE) };
        let from = risk.trading;
        if from == TradingState::Killed && to < from {
            // The latch: two people, and no further than standing still.
            if !event.is_approved() {
                return Err(ONE_PERSON);
            }
            if to != TradingState::Halted {
                return Err(NOTHING_THERE);
            }
        }
        // What a limit has turned down, one person alone does not turn up.
        if to < from && risk.cause.is_some() && !event.is_approved() {
            return Err(ONE_PERSON);
        }
        risk.turn(to, None, effects);
        Ok(match to {
            TradingState::Active => Response::Nothing,
            TradingState::Reducing => Response::CancelAdding,
            TradingState::Halted | TradingState::Killed => Response::CancelAll,
        })
    }

    /// Everything is taken back and closed. One person may: it only makes smaller what is held. After a kill nothing goes but
    /// cancels.
    fn close_all(&mut self, effects: &mut Vec<Effect>) -> Result<Response, Denial> {
        let Some(risk) = &mut self.risk else { return Err(NOTHING_THERE) };
        if risk.trading == TradingState::Killed {
            return Err(NOTHING_THERE);
        }
        if risk.trading != TradingState::Halted {
            let cause = risk.cause; // what a limit has turned down stays its doing
            risk.turn(TradingState::Halted, cause, effects);
        }
        risk.close(&self.books, &self.orders);
        Ok(Response::CancelAll)
    }
}
