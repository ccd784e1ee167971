//! What surely fits: bounds that hold for a stretch of equity, worked out now and then, so that most candles and orders meet
//! two comparisons in place of every limit that hangs on the equity.
//!
//! It never refuses anything. What does not fit is measured against each limit as it stands.
use super::{Check, RiskState};
use crate::Money;
use crate::instrument::InstrumentId;
use crate::ledger::share;
use crate::value_at_risk::Tail;
use alloc::vec::Vec;

/// What fits of one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// A gross value of all instruments at which none of its limits is crossed.
    value: Money,
    /// The most units held.
    units: i64,
}

/// The bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Room {
    /// The stretch of equity that they hold for.
    low: Money,
    high: Money,
    /// From here up no limit of losses is crossed.
    safe: Money,
    places: Vec<Place>,
}

impl Room {
    /// The bounds around an equity, for the limits, the day and the peak of now.
    fn around(equity: Money, risk: &RiskState) -> Self {
        if equity.0 <= 0 {
            return Self { low: Money(i128::MIN), high: Money(0), safe: Money(i128::MAX), places: Vec::new() };
        }
        let (low, high) = (Money(equity.0 - equity.0 / 8), Money(equity.0 + equity.0 / 32));
        // The peak is the highest equity that there was: within the stretch it comes to `high` at most.
        let peak = risk.peak.max(high);
        let allowance = |check, of: Money| risk.limits.of_account(check).map(|ppm| share(of.0.max(0), ppm, 1_000_000));
        let floors = [
            allowance(Check::DailyLoss, risk.day_start).map(|loss| risk.day_start.0 - loss),
            allowance(Check::EmergencyStop, peak).map(|fall| peak.0 - fall),
        ];
        let safe = Money(floors.into_iter().flatten().fold(low.0, i128::max));
        let places = (0..risk.markets.len()).map(|index| Self::place(InstrumentId(index as u32), low, risk)).collect();
        Self { low, high, safe, places }
    }

    fn place(id: InstrumentId, equity: Money, risk: &RiskState) -> Place {
        let row = risk.limits.row(id);
        let values = [Check::PositionNotional, Check::GrossExposure, Check::NetExposure];
        let parts = [Check::Concentration, Check::Leverage];
        let tails = [(Check::ValueAtRisk, Tail::ValueAtRisk), (Check::ExpectedShortfall, Tail::ExpectedShortfall)];
        let part = |ppm| share(equity.0, ppm, 1_000_000);
        let values = values.into_iter().filter_map(|check| row.of(check));
        let parts = parts.into_iter().filter_map(|check| row.of(check)).map(part);
        let tails = tails.into_iter().filter_map(|(check, figure)| Some((figure, row.of(check)?)));
        let tails = tails.map(|(figure, ppm)| risk.returns.value_for(figure, Money(part(ppm))).0);
        let value = values.chain(parts).chain(tails).fold(i128::MAX, i128::min);
        let units = row.of(Check::Position).map_or(i64::MAX, |most| i64::try_from(most).unwrap_or(i64::MAX));
        Place { value: Money(value), units }
    }

    /// Whether they do not hold for an equity.
    #[inline(always)]
    pub(super) fn is_left_by(&self, equity: Money) -> bool {
        equity < self.low || equity > self.high
    }

    /// Whether at this equity, which they hold for, no limit of losses is crossed.
    #[inline(always)]
    pub(super) fn is_safe(&self, equity: Money) -> bool {
        equity >= self.safe && equity <= self.high
    }

    /// Whether at an equity that is safe positions of this gross value, and so many units of one instrument, cross no limit
    /// of that instrument.
    #[inline(always)]
    pub(super) fn fits(&self, id: InstrumentId, gross: Money, units: i64) -> bool {
        self.places.get(id.index()).is_some_and(|place| gross <= place.value && units <= place.units)
    }
}

impl RiskState {
    /// Works the bounds out anew.
    #[cold]
    #[inline(never)]
    pub(super) fn make_room(&mut self) {
        self.room = Room::around(self.equity, self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::{Limits, Settings};

    /// A watch over one instrument and 1,000,000 units of money.
    fn watch(limits: &[(Check, i128)]) -> RiskState {
        let all = limits.iter().fold(Limits::none(1), |all, (check, limit)| all.with(*check, *limit));
        RiskState::new(all, Settings::default(), Money(1_000_000), (1, 0))
    }

    #[test]
    fn the_bounds_keep_every_limit_over_their_whole_stretch() {
        // At the lowest equity of the stretch, 875,000, a tenth is 87,500.
        let check = |limits: &[(Check, i128)], gross: i128, expected: bool| {
            let fits = watch(limits).room.fits(InstrumentId(0), Money(gross), 3);
            assert_eq!(fits, expected, "{limits:?} {gross}");
        };
        check(&[], i128::MAX, true);
        check(&[(Check::Concentration, 100_000)], 87_500, true);
        check(&[(Check::Concentration, 100_000)], 87_501, false);
        check(&[(Check::Leverage, 1_000_000), (Check::GrossExposure, 5_000)], 5_000, true);
        check(&[(Check::Leverage, 1_000_000), (Check::GrossExposure, 5_000)], 5_001, false);
        check(&[(Check::Position, 3)], 1, true);
        check(&[(Check::Position, 2)], 1, false);
    }

    #[test]
    fn what_may_be_lost_is_kept_up_to_the_highest_peak_of_the_stretch() {
        // Up to 1,031,250 the peak may come; a tenth less is 928,125. Of the day 3 % may be lost: to 970,000.
        let check = |limits: &[(Check, i128)], lowest: i128| {
            let room = watch(limits).room;
            assert!(room.is_safe(Money(lowest)) && !room.is_safe(Money(lowest - 1)), "{limits:?} {room:?}");
            assert!(!room.is_safe(Money(1_031_251)) && room.is_left_by(Money(1_031_251)));
            assert!(room.is_left_by(Money(874_999)) && !room.is_left_by(Money(875_000)));
        };
        check(&[], 875_000);
        check(&[(Check::EmergencyStop, 100_000)], 928_125);
        check(&[(Check::EmergencyStop, 100_000), (Check::DailyLoss, 30_000)], 970_000);
    }

    #[test]
    fn an_account_in_debt_has_no_room() {
        let mut watch = watch(&[(Check::Concentration, 100_000)]);
        watch.equity = Money(0);
        watch.make_room();
        assert!(!watch.room.is_safe(Money(0)) && !watch.room.is_safe(Money(1)) && watch.room.is_left_by(Money(1)));
    }
}
