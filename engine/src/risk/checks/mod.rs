//! One check, one file. Each only looks, and says no with its limit and the value that broke it.
mod allowed_instruments;
mod buying_power;
mod clock_skew;
mod concentration;
mod daily_loss;
mod data_gap;
mod day_loss;
mod duplicate_order;
mod emergency_stop;
mod gate;
mod gross_exposure;
mod leverage;
mod message_rate;
mod moving_collar;
mod net_exposure;
mod order_notional;
mod order_quantity;
mod order_rate;
mod position;
mod position_notional;
mod price_collar;
mod reduce_only;
mod repeated_order;
mod restricted_instruments;
mod self_cross;
mod stale_data;

pub use allowed_instruments::AllowedInstruments;
pub use buying_power::{BuyingPower, Leverage};
pub(super) use message_rate::repeated_cancel;

use super::{Case, Check, RiskCheck};
use crate::effect::Refusal;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Every check whose limit stands in [`Limits`](super::Limits), in the order in which they are asked where nothing else is
/// said: first what needs no arithmetic, last what needs most.
pub const LIMITED: [Check; 25] = [
    Check::TradingState,
    Check::RestrictedInstruments,
    Check::StaleData,
    Check::DataGap,
    Check::ClockSkew,
    Check::ReduceOnly,
    Check::DailyLoss,
    Check::EmergencyStop,
    Check::OrderRate,
    Check::MessageRate,
    Check::RepeatedOrder,
    Check::DuplicateOrder,
    Check::SelfCross,
    Check::PriceCollar,
    Check::MovingCollar,
    Check::OrderQuantity,
    Check::OrderNotional,
    Check::Position,
    Check::PositionNotional,
    Check::GrossExposure,
    Check::NetExposure,
    Check::Concentration,
    Check::Leverage,
    Check::ValueAtRisk,
    Check::ExpectedShortfall,
];

/// The check of a code whose limit stands in [`Limits`](super::Limits).
#[must_use]
fn limited(check: Check) -> Option<Box<dyn RiskCheck + Send>> {
    Some(match check {
        Check::TradingState => Box::new(gate::Gate),
        Check::RestrictedInstruments => Box::new(restricted_instruments::RestrictedInstruments),
        Check::StaleData => Box::new(stale_data::StaleData),
        Check::DataGap => Box::new(data_gap::DataGap),
        Check::ClockSkew => Box::new(clock_skew::ClockSkew),
        Check::ReduceOnly => Box::new(reduce_only::ReduceOnly),
        Check::DailyLoss => Box::new(daily_loss::DailyLoss),
        Check::EmergencyStop => Box::new(emergency_stop::EmergencyStop),
        Check::OrderRate => Box::new(order_rate::OrderRate),
        Check::MessageRate => Box::new(message_rate::MessageRate),
        Check::RepeatedOrder => Box::new(repeated_order::RepeatedOrder),
        Check::DuplicateOrder => Box::new(duplicate_order::DuplicateOrder),
        Check::SelfCross => Box::new(self_cross::SelfCross),
        Check::PriceCollar => Box::new(price_collar::PriceCollar),
        Check::MovingCollar => Box::new(moving_collar::MovingCollar),
        Check::OrderQuantity => Box::new(order_quantity::OrderQuantity),
        Check::OrderNotional => Box::new(order_notional::OrderNotional),
        Check::Position => Box::new(position::Position),
        Check::PositionNotional => Box::new(position_notional::PositionNotional),
        Check::GrossExposure => Box::new(gross_exposure::GrossExposure),
        Check::NetExposure => Box::new(net_exposure::NetExposure),
        Check::Concentration => Box::new(concentration::Concentration),
        Check::Leverage => Box::new(leverage::MaxLeverage),
        Check::ValueAtRisk | Check::ExpectedShortfall => Box::new(day_loss::DayLoss(check)),
        _ => return None,
    })
}

/// Whether every check of [`LIMITED`] lets the case pass: the same checks in one piece, since most orders pass them all. Which
/// of them says no first is asked one by one, in the order of the run.
#[inline(never)]
pub(super) fn all_pass(case: &Case<'_>) -> bool {
    let state = gate::Gate.check(case).and_then(|()| restricted_instruments::RestrictedInstruments.check(case));
    let data = || {
        stale_data::StaleData.check(case)?;
        data_gap::DataGap.check(case)?;
        clock_skew::ClockSkew.check(case)
    };
    let surely_fits = case.surely_fits();
    let losses = || {
        reduce_only::ReduceOnly.check(case)?;
        if surely_fits { Ok(()) } else { of_losses(case) }
    };
    let rates = || {
        order_rate::OrderRate.check(case)?;
        message_rate::MessageRate.check(case)?;
        repeated_order::RepeatedOrder.check(case)?;
        duplicate_order::DuplicateOrder.check(case)?;
        self_cross::SelfCross.check(case)
    };
    let prices = || price_collar::PriceCollar.check(case).and_then(|()| moving_collar::MovingCollar.check(case));
    let sizes = || {
        order_quantity::OrderQuantity.check(case)?;
        order_notional::OrderNotional.check(case)?;
        position::Position.check(case)?;
        if surely_fits { Ok(()) } else { of_equity(case) }
    };
    debug_assert!(!surely_fits || of_losses(case).and_then(|()| of_equity(case)).is_ok(), "what surely fits fits");
    let all: Result<(), Refusal> =
        state.and_then(|()| data()).and_then(|()| losses()).and_then(|()| rates()).and_then(|()| prices());
    all.and_then(|()| sizes()).is_ok()
}

/// The checks of what the account has lost.
#[inline(always)]
fn of_losses(case: &Case<'_>) -> Result<(), Refusal> {
    daily_loss::DailyLoss.check(case)?;
    emergency_stop::EmergencyStop.check(case)
}

/// The checks of what the account could come to hold, in money.
#[inline(always)]
fn of_equity(case: &Case<'_>) -> Result<(), Refusal> {
    position_notional::PositionNotional.check(case)?;
    gross_exposure::GrossExposure.check(case)?;
    net_exposure::NetExposure.check(case)?;
    concentration::Concentration.check(case)?;
    leverage::MaxLeverage.check(case)?;
    day_loss::DayLoss(Check::ValueAtRisk).check(case)?;
    day_loss::DayLoss(Check::ExpectedShortfall).check(case)
}

/// The checks of a run that has limits: those of `first` in that order, then all others. How much of trading goes on at all
/// is always asked first.
#[must_use]
pub fn all_limited(first: &[Check]) -> Vec<Box<dyn RiskCheck + Send>> {
    let gate = [Check::TradingState];
    let named = first.iter().copied().filter(|check| *check != Check::TradingState);
    let rest = LIMITED.into_iter().filter(|check| !first.contains(check) && *check != Check::TradingState);
    gate.into_iter().chain(named).chain(rest).filter_map(limited).collect()
}
