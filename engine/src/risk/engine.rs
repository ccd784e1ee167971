//! The checks of a run, asked in order, and what they say.
use super::checks::{LIMITED, all_pass, repeated_cancel};
use super::{Addition, Approved, Case, Check, OrderRules, Proposal, TermRules};
use crate::Qty;
use crate::capabilities::Capabilities;
use crate::effect::{Clip, Effect, Refusal};
use crate::sub_ledgers::Owner;
use crate::view::View;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

/// One reason to refuse. A check only looks.
pub trait RiskCheck {
    /// Which it is.
    fn name(&self) -> Check;

    /// Whether the addition may go, seeing everything that is on its way already.
    ///
    /// # Errors
    /// The refusal, with the limit and the value that broke it.
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal>;
}

/// What the engine says of a proposal: it may go, as it was or cut down, or it may not.
pub type Verdict = Result<Approved, Refusal>;

/// The checks of a run, asked in order; the first refusal decides.
pub struct RiskEngine {
    terms: TermRules,
    checks: Vec<Box<dyn RiskCheck + Send>>,
    /// Where all those stand whose limits are part of the state; nowhere, if not all of them are asked.
    limited: Range<usize>,
}

impl core::fmt::Debug for RiskEngine {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RiskEngine({} checks)", self.checks.len())
    }
}

impl RiskEngine {
    /// An engine that asks these checks, in this order, after the rules of the instrument, for a venue that can do
    /// everything.
    #[must_use]
    pub fn new(checks: Vec<Box<dyn RiskCheck + Send>>) -> Self {
        Self::for_venue(Capabilities::ALL, checks)
    }

    /// The same for a venue that can do so much.
    #[must_use]
    pub fn for_venue(capabilities: Capabilities, checks: Vec<Box<dyn RiskCheck + Send>>) -> Self {
        let is_limited = |check: &(dyn RiskCheck + Send)| LIMITED.contains(&check.name());
        let first = checks.iter().position(|check| is_limited(&**check)).unwrap_or(0);
        let end = first + checks[first..].iter().take_while(|check| is_limited(&***check)).count();
        let all = LIMITED.iter().all(|check| checks[first..end].iter().any(|other| other.name() == *check));
        Self { terms: TermRules { capabilities }, checks, limited: if all { first..end } else { 0..0 } }
    }

    /// The checks by name, in the order in which they are asked.
    pub fn names(&self) -> impl Iterator<Item = Check> {
        self.checks.iter().map(|check| check.name())
    }

    /// Weighs a proposal of somebody's. A withdrawal passes: it can only lower what may be filled; but one that was sent
    /// before waits where messages are limited. What was cut down stands among the effects.
    ///
    /// # Errors
    /// The first check's refusal.
    #[inline(always)]
    pub fn review(&self, proposal: Proposal, owner: Owner, view: View<'_>, effects: &mut Vec<Effect>) -> Verdict {
        let Some(addition) = proposal.addition() else { return Self::review_cancel(proposal, view) };
        self.terms.check(&addition, view)?;
        OrderRules.check(&addition, view)?;
        let case = Case::new(&addition, view, owner);
        match self.first_refusal(&case) {
            None => Ok(Approved::new(proposal)),
            Some((place, refusal)) => self.clip(&case, place, refusal, &proposal, effects),
        }
    }

    #[inline]
    fn first_refusal(&self, case: &Case<'_>) -> Option<(usize, Refusal)> {
        let ask = |places: Range<usize>| {
            places.into_iter().find_map(|place| self.checks[place].check(case).err().map(|refusal| (place, refusal)))
        };
        let Range { start, end } = self.limited;
        let limited = || if start == end || all_pass(case) { None } else { ask(start..end) };
        ask(0..start).or_else(limited).or_else(|| ask(end..self.checks.len()))
    }

    /// Weighs an exit that the engine itself wishes for: it can only reduce, and no limit may stand in its way.
    ///
    /// # Errors
    /// When the venue or the instrument does not take it.
    pub(crate) fn review_exit(&self, proposal: Proposal, view: View<'_>) -> Verdict {
        let addition = proposal.addition().expect("an exit is an order");
        self.terms.check(&addition, view)?;
        OrderRules.check_again(&addition, view)?;
        assert!(super::only_reduces(&addition, view), "an exit only reduces");
        Ok(Approved::new(proposal))
    }

    fn review_cancel(proposal: Proposal, view: View<'_>) -> Verdict {
        if let Proposal::Cancel { order, instrument } = proposal
            && view.order(order).is_some_and(|order| order.status == crate::OrderStatus::PendingCancel)
        {
            repeated_cancel(instrument, view)?;
        }
        Ok(Approved::new(proposal))
    }

    /// An order is too large for the check at `place`: where the run says so it is cut down to what that and every other
    /// check lets through, if anything is left of it.
    #[cold]
    #[inline(never)]
    fn clip(
        &self,
        case: &Case<'_>,
        place: usize,
        refusal: Refusal,
        proposal: &Proposal,
        effects: &mut Vec<Effect>,
    ) -> Verdict {
        let clips = case.risk().is_some_and(|risk| risk.settings.clips) && refusal.check.is_of_size();
        let Proposal::Submit { instrument, side, quantity, kind, terms, link, label } = *proposal else {
            return Err(refusal);
        };
        if !clips {
            return Err(refusal);
        }
        let lot = case.view.instrument(instrument).spec(case.view.now()).lot;
        let sized = |lots: i64| Addition { added: Qty(lots * lot.0), quantity: Qty(lots * lot.0), ..*case.addition };
        let passes = |check: &dyn RiskCheck, lots| check.check(&Case::of(&sized(lots), case.view, case.owner)).is_ok();
        // What is known to pass and what is known not to: halved until they are neighbours. Limits of size are monotone.
        let (mut low, mut high) = (0, quantity.0 / lot.0);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if passes(&*self.checks[place], middle) { low = middle } else { high = middle }
        }
        if low == 0 || OrderRules.check_again(&sized(low), case.view).is_err() {
            return Err(refusal);
        }
        let quantity = sized(low).quantity;
        let clip = Clip { refusal, from: case.addition.quantity, to: quantity };
        effects.push(Effect::Clipped(clip));
        let smaller = Proposal::Submit { instrument, side, quantity, kind, terms, link, label };
        self.review(smaller, case.owner, case.view, effects)
    }
}
