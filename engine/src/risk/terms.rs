//! What an order may ask for at all: terms that fit each other, orders that fit each other, and a venue that can do it.
use super::{Addition, Check};
use crate::capabilities::{Capabilities, Feature};
use crate::effect::Refusal;
use crate::order::{Link, OrderKind, TimeInForce, Trail};
use crate::view::View;

/// Always asked first.
#[derive(Clone, Copy, Debug)]
pub struct TermRules {
    /// What the venue can do.
    pub capabilities: Capabilities,
}

impl TermRules {
    /// Whether it fits itself, the orders that it is tied to, and the venue.
    ///
    /// # Errors
    /// What does not fit.
    #[inline]
    pub fn check(&self, addition: &Addition, view: View<'_>) -> Result<(), Refusal> {
        // A plain order every venue takes.
        if addition.is_plain() { Ok(()) } else { self.check_special(addition, view) }
    }

    #[inline(never)]
    fn check_special(&self, addition: &Addition, view: View<'_>) -> Result<(), Refusal> {
        let instrument = addition.instrument;
        let refuse = |check, value: i128| Err(Refusal { instrument, check, limit: 0, value });
        let missing = if addition.amends.is_some() && !self.capabilities.amend {
            Some(Feature::Amend)
        } else {
            self.capabilities.missing(addition.kind, addition.terms, addition.link)
        };
        if let Some(feature) = missing {
            return refuse(Check::Unsupported, feature as i128);
        }
        if addition.moves_to.is_some() && addition.kind.price().is_none() {
            return refuse(Check::NoPriceToAmend, i128::from(addition.kind.code()));
        }
        if !terms_fit(addition, view) {
            return refuse(Check::Terms, i128::from(addition.kind.code()));
        }
        if let Some(leader) = addition.link.leader()
            && !link_fits(addition, view)
        {
            return refuse(Check::Link, i128::from(leader.0));
        }
        Ok(())
    }
}

fn terms_fit(it: &Addition, view: View<'_>) -> bool {
    let time = it.terms.time_in_force;
    let trail = match it.kind {
        OrderKind::TrailingStop { trail: Trail::Amount(amount) } => amount.0 > 0,
        OrderKind::TrailingStop { trail: Trail::Ppm(ppm) } => (1..1_000_000).contains(&ppm),
        _ => true,
    };
    // An order that trades at once or in an auction cannot sleep; one that sleeps cannot promise how it will trade.
    let timing = !(time.is_immediate() || time.is_auction()) || !it.kind.sleeps();
    let posting = !it.terms.post_only
        || (matches!(it.kind, OrderKind::Limit { .. }) && !time.is_immediate() && !time.is_auction());
    let until = !matches!(time, TimeInForce::GoodTilDate(end) if end <= view.now());
    trail && timing && posting && until
}

fn link_fits(it: &Addition, view: View<'_>) -> bool {
    let Some(leader) = it.link.leader().and_then(|id| view.order(id)) else { return false };
    let its = &leader.request;
    if it.amends.is_some() {
        // Prices may move; sizes follow the other orders.
        return view
            .order(it.amends.unwrap_or(leader.request.order))
            .is_some_and(|o| o.request.quantity == it.quantity);
    }
    let immediate = it.terms.time_in_force.is_immediate() || it.terms.time_in_force.is_auction();
    leader.status.is_live()
        && leader.link() == Link::Alone
        && its.instrument == it.instrument
        && !immediate
        && match it.link {
            Link::Alone => true,
            Link::Attached(_) => its.side != it.side && it.quantity <= its.quantity && it.kind != OrderKind::Market,
            Link::OneCancelsOther(_) => {
                it.quantity == its.quantity
                    && it.terms.reduce_only == leader.terms().reduce_only
                    && it.kind != OrderKind::Market
            }
        }
}
