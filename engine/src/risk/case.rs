//! What a check is shown: the addition, sight of the account, and what both together come to, worked out once.
use super::exposure::{added, only_reduces, with_more};
use super::{Addition, Check, Exposure, RiskState, Row, weighing_price};
use crate::effect::Refusal;
use crate::sub_ledgers::Owner;
use crate::view::View;
use crate::{Money, Price, Timestamp};

/// An addition under review.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What is to be added.
    pub addition: &'a Addition,
    /// Sight of the whole account.
    pub view: View<'a>,
    /// Whose wish it is.
    pub owner: Owner,
    adds: bool,
    worst: Exposure,
    /// What the account is worth as it stands; worked out only where there is an exposure to compare with it.
    pub equity: Money,
    /// By how much it makes its side worth more.
    more: Money,
    risk: Option<&'a RiskState>,
    limits: &'a Row,
}

impl<'a> Case<'a> {
    /// The same where it is not to be inlined: for orders that are cut down, which are few.
    #[inline(never)]
    pub(super) fn of(addition: &'a Addition, view: View<'a>, owner: Owner) -> Self {
        Self::new(addition, view, owner)
    }

    /// The case of an addition whose price is known.
    #[inline(always)]
    pub(super) fn new(addition: &'a Addition, view: View<'a>, owner: Owner) -> Self {
        let (mut worst, mut more) = (Exposure::NONE, Money::ZERO);
        if !only_reduces(addition, view) {
            more = added(addition, view);
            if more != Money::ZERO {
                worst = with_more(addition, more, view);
            }
        }
        let adds = more != Money::ZERO;
        let equity = if adds { view.equity() } else { Money::ZERO };
        let risk = view.state().risk.as_deref();
        let limits = risk.map_or(&Row::NONE, |risk| risk.limits.row(addition.instrument));
        Self { addition, view, owner, adds, worst, equity, more, risk, limits }
    }

    /// Whether it could make anything larger that is at risk.
    #[must_use]
    #[inline]
    pub fn adds(&self) -> bool {
        self.adds
    }

    /// The worst that the account could come to with it; `None` where it adds nothing to that, because it can only make a
    /// position smaller. Such an addition no limit of exposure refuses.
    #[must_use]
    #[inline(always)]
    pub fn exposure(&self) -> Option<&Exposure> {
        if self.adds { Some(&self.worst) } else { None }
    }

    /// Whether the worst case surely fits below every limit that hangs on the equity, and the account has lost too little for
    /// any other. Where it does not, the limits themselves are asked.
    #[inline(always)]
    pub(super) fn surely_fits(&self) -> bool {
        let Some(risk) = self.risk.filter(|_| self.adds) else { return false };
        risk.room.is_safe(self.equity) && risk.room.fits(self.addition.instrument, self.worst.gross, 0)
    }

    /// What the account is watched by; `None` in a run without limits.
    #[must_use]
    #[inline]
    pub fn risk(&self) -> Option<&'a RiskState> {
        self.risk
    }

    /// The limit of a check that holds for the addition's instrument.
    #[must_use]
    #[inline(always)]
    pub fn limit(&self, check: Check) -> Option<i128> {
        self.limits.of(check)
    }

    /// The price that it is weighed at.
    #[must_use]
    pub fn price(&self) -> Price {
        weighing_price(self.addition, self.view).unwrap_or_default()
    }

    /// The value of the whole order at that price, in the account's currency.
    #[must_use]
    #[inline(always)]
    pub fn notional(&self) -> Money {
        let id = self.addition.instrument;
        if self.addition.is_plain() && self.adds {
            return self.view.state().books.to_home(id.index(), self.more); // all of it is new
        }
        self.notional_of_all()
    }

    #[inline(never)]
    fn notional_of_all(&self) -> Money {
        let id = self.addition.instrument;
        let value = self.view.instrument(id).value(self.price(), self.addition.quantity).0;
        self.view.state().books.to_home(id.index(), value)
    }

    /// Core time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.view.now()
    }

    /// Passes where the value is not above the limit.
    ///
    /// # Errors
    /// The refusal of this check otherwise.
    #[inline]
    pub fn at_most(&self, check: Check, limit: i128, value: i128) -> Result<(), Refusal> {
        if value <= limit { Ok(()) } else { Err(self.refusal(check, limit, value)) }
    }

    /// A refusal of the addition.
    #[must_use]
    #[inline]
    pub fn refusal(&self, check: Check, limit: i128, value: i128) -> Refusal {
        Refusal { instrument: self.addition.instrument, check, limit, value }
    }
}
