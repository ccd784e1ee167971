//! An order of ours: what was asked, what became of it, and which changes of status are legal.
//!
//! `Unknown` is a status of its own: an answer was lost, and only the venue's word or an operator ends it. A terminal
//! order stays terminal; a fill that arrives later is booked on it all the same.
use crate::fill_ids::FillIds;
use crate::instrument::InstrumentId;
pub use crate::label::Label;
pub use crate::order_kind::{OrderKind, Trail};
use crate::sub_ledgers::Owner;
pub use crate::terms::{Link, Terms, TimeInForce};
use crate::{Price, Qty, Side, Timestamp};
use alloc::boxed::Box;

/// Our number of an order, counted from 1 in the order of submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u64);

/// What a venue is asked to do: everything about an order that is not its fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderRequest {
    /// Our number.
    pub order: OrderId,
    /// What to trade.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// How much; above zero.
    pub quantity: Qty,
    /// When and at what price.
    pub kind: OrderKind,
    /// For how long, and what it must never do.
    pub terms: Terms,
    /// Which orders it is tied to.
    pub link: Link,
}

impl OrderRequest {
    /// A plain order: good until cancelled, tied to none.
    #[must_use]
    pub fn plain(order: OrderId, instrument: InstrumentId, side: Side, quantity: Qty, kind: OrderKind) -> Self {
        Self { order, instrument, side, quantity, kind, terms: Terms::PLAIN, link: Link::Alone }
    }

    /// Whether the position bounds it now. What an attached order may close, its leader decides, which may still fill.
    #[must_use]
    pub fn is_cut_to_the_position(&self) -> bool {
        self.terms.reduce_only && !matches!(self.link, Link::Attached(_))
    }
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderStatus {
    /// Sent, not yet answered.
    Submitted,
    /// Accepted by the venue and open there.
    Working,
    /// Open, with a cancel on its way.
    PendingCancel,
    /// Open, with an amendment on its way.
    PendingAmend,
    /// An answer was lost: it may live or not. Counts in full until the venue has told us.
    Unknown,
    /// Nothing left to fill.
    Filled,
    /// Ended by a cancel.
    Cancelled,
    /// Refused by the venue.
    Rejected,
    /// Ended by its time in force.
    Expired,
    /// Dropped before it left, by a kill.
    NotSent,
}

/// What can happen to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The venue accepted it.
    Accept,
    /// The venue refused it.
    Reject,
    /// A fill that leaves something open.
    PartialFill,
    /// The fill that leaves nothing.
    LastFill,
    /// We asked for its cancellation.
    AskCancel,
    /// We asked for an amendment.
    AskAmend,
    /// The venue cancelled it.
    Cancel,
    /// The venue refused to cancel or amend it: no evidence about the order itself.
    RefuseChange,
    /// The venue amended it.
    Amend,
    /// Its time in force ended.
    Expire,
    /// An answer was lost.
    Lose,
    /// It never left.
    Drop,
}

impl OrderStatus {
    /// Every status, for tables.
    pub const ALL: [Self; 10] = [
        Self::Submitted,
        Self::Working,
        Self::PendingCancel,
        Self::PendingAmend,
        Self::Unknown,
        Self::Filled,
        Self::Cancelled,
        Self::Rejected,
        Self::Expired,
        Self::NotSent,
    ];

    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Working => "working",
            Self::PendingCancel => "pending_cancel",
            Self::PendingAmend => "pending_amend",
            Self::Unknown => "unknown",
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::NotSent => "not_sent",
        }
    }

    /// Whether something may still be filled: such orders count against every limit.
    #[must_use]
    pub fn is_live(self) -> bool {
        self <= Self::Unknown
    }

    /// The status after `change`, or `None` where that cannot happen to such an order.
    #[must_use]
    pub fn after(self, change: Change) -> Option<Self> {
        use Change as C;
        use OrderStatus as S;
        Some(match (self, change) {
            // A fill proves that the order lived, whatever we thought of it; a terminal order keeps its status.
            (S::Filled | S::Cancelled | S::Rejected | S::Expired | S::NotSent, C::PartialFill | C::LastFill) => self,
            (_, C::LastFill) => S::Filled,
            (S::Submitted | S::Unknown | S::Working, C::PartialFill) => S::Working,
            (S::PendingCancel | S::PendingAmend, C::PartialFill) => self,
            (S::Submitted | S::Unknown, C::Accept) => S::Working,
            // The acknowledgement may come after a fill or a cancel request: it changes nothing then.
            (S::Working | S::PendingCancel | S::PendingAmend, C::Accept) => self,
            (S::Submitted | S::Unknown, C::Reject | C::Drop) => {
                if change == C::Reject {
                    S::Rejected
                } else {
                    S::NotSent
                }
            }
            (S::Working, C::Reject) => S::Rejected, // a stop or market order refused when it came to trade
            (S::PendingCancel | S::PendingAmend, C::Reject) => S::Rejected,
            (S::Submitted | S::Working | S::PendingAmend | S::PendingCancel | S::Unknown, C::AskCancel) => {
                if self == S::Unknown { self } else { S::PendingCancel }
            }
            (S::Submitted | S::Working, C::AskAmend) => S::PendingAmend,
            (s, C::Cancel) if s.is_live() => S::Cancelled,
            (s, C::Expire) if s.is_live() => S::Expired,
            // O9: a refused cancel is not evidence that the order lives.
            (S::PendingCancel | S::PendingAmend, C::RefuseChange) => S::Working,
            (S::Unknown, C::RefuseChange) => S::Unknown,
            (S::PendingAmend | S::Unknown, C::Amend) => S::Working,
            (S::PendingCancel | S::Working, C::Amend) => self,
            (s, C::Lose) if s.is_live() => S::Unknown,
            (S::PendingCancel | S::PendingAmend, C::Drop) => S::Working,
            _ => return None,
        })
    }
}

/// The venue's number of a fill: a numeric trade id, or a UUID's 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FillId(pub u128);

/// What every order has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderBody {
    /// Our number.
    pub order: OrderId,
    /// What to trade.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// How much; above zero.
    pub quantity: Qty,
    /// When and at what price.
    pub kind: OrderKind,
}

/// What few orders have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Special {
    terms: Terms,
    link: Link,
    /// The quantity of an amendment on its way.
    amending: Qty,
    /// The price of an amendment on its way.
    repricing: Option<Price>,
    /// Of an order that another cancels: whether it is on the other side.
    opposes: bool,
}

impl Special {
    const NONE: Self =
        Self { terms: Terms::PLAIN, link: Link::Alone, amending: Qty::ZERO, repricing: None, opposes: false };
}

/// An order and what became of it so far.
///
/// A run keeps every order it ever sent, so what few of them have stands elsewhere: a wide table costs fresh pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What was asked, as amended since; the rest is in [`Order::terms`] and [`Order::link`].
    pub request: OrderBody,
    special: Option<Box<Special>>,
    /// The strategy's own name for it.
    pub label: Label,
    /// Whose it is.
    pub owner: Owner,
    /// Where it stands.
    pub status: OrderStatus,
    /// Quantity filled so far; above `request.quantity` only if the venue overfilled.
    pub filled: Qty,
    /// The entry time of its submission.
    pub submitted_at: Timestamp,
    /// The entry time of its last change.
    pub changed_at: Timestamp,
    fills: FillIds,
}

impl Order {
    /// A new order; `leader` is the side of the one that it is tied to.
    #[inline(always)]
    pub(crate) fn new(request: OrderRequest, leader: Option<Side>, label: Label, owner: Owner, now: Timestamp) -> Self {
        let OrderRequest { order, instrument, side, quantity, kind, terms, link } = request;
        let opposes = matches!(link, Link::OneCancelsOther(_)) && leader.is_some_and(|leader| leader != side);
        let special = Special { terms, link, opposes, ..Special::NONE };
        let plain = special == Special::NONE;
        Self {
            request: OrderBody { order, instrument, side, quantity, kind },
            special: (!plain).then(|| Box::new(special)),
            label,
            owner,
            status: OrderStatus::Submitted,
            filled: Qty::ZERO,
            submitted_at: now,
            changed_at: now,
            fills: FillIds::None,
        }
    }

    /// For how long it works, and what it must never do.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.special.as_ref().map_or(Terms::PLAIN, |special| special.terms)
    }

    /// Which orders it is tied to.
    #[must_use]
    pub fn link(&self) -> Link {
        self.special.as_ref().map_or(Link::Alone, |special| special.link)
    }

    /// The quantity of an amendment on its way; zero when there is none.
    #[must_use]
    #[inline]
    pub fn amending(&self) -> Qty {
        self.special.as_ref().map_or(Qty::ZERO, |special| special.amending)
    }

    /// An amendment to a quantity, and to a price if it moves, is on its way; a quantity of zero says that none is.
    pub(crate) fn set_amending(&mut self, quantity: Qty, price: Option<Price>) {
        if quantity != self.amending() {
            let special = self.special.get_or_insert_with(|| Box::new(Special::NONE));
            (special.amending, special.repricing) = (quantity, price);
        }
    }

    /// The dearest price that it could trade at as far as it names one: the dearer one while an amendment is on its way.
    #[must_use]
    pub fn dearest_price(&self) -> Option<Price> {
        let repricing = self.special.as_ref().and_then(|special| special.repricing);
        self.request.kind.price().max(repricing)
    }

    /// Whether it adds to what the account could come to hold. What only reduces a position does not, nor does the second
    /// of two orders of one side of which one cancels the other. Of two sides each adds to its own.
    #[must_use]
    #[inline]
    pub fn adds_exposure(&self) -> bool {
        let adds = |it: &Special| (it.link == Link::Alone || it.opposes) && !it.terms.reduce_only;
        self.special.as_ref().is_none_or(|it| adds(it))
    }

    /// What may still be filled, in full: the larger leg while an amendment is on its way. Zero once terminal.
    #[must_use]
    pub fn leaves(&self) -> Qty {
        if !self.status.is_live() {
            return Qty::ZERO;
        }
        let quantity = self.request.quantity.max(self.amending());
        Qty((quantity.0 - self.filled.0).max(0))
    }

    /// Remembers a fill; `false` when it was seen before.
    pub(crate) fn remember(&mut self, fill: FillId) -> bool {
        self.fills.insert(fill)
    }

    /// Whether a fill of this number was booked on the order.
    #[must_use]
    pub fn has_fill(&self, fill: FillId) -> bool {
        self.fills.contains(fill)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    const CHANGES: [Change; 12] = [
        Change::Accept,
        Change::Reject,
        Change::PartialFill,
        Change::LastFill,
        Change::AskCancel,
        Change::AskAmend,
        Change::Cancel,
        Change::RefuseChange,
        Change::Amend,
        Change::Expire,
        Change::Lose,
        Change::Drop,
    ];

    #[test]
    fn every_change_of_every_status_is_decided() {
        let mut table = alloc::string::String::new();
        for status in OrderStatus::ALL {
            table += &alloc::format!("{status:?}:");
            for change in CHANGES {
                if let Some(next) = status.after(change) {
                    table += &alloc::format!(" {change:?}={next:?}");
                }
            }
            table += "\n";
        }
        expect![[r#"
            Submitted: Accept=Working Reject=Rejected PartialFill=Working LastFill=Filled AskCancel=PendingCancel AskAmend=PendingAmend Cancel=Cancelled Expire=Expired Lose=Unknown Drop=NotSent
            Working: Accept=Working Reject=Rejected PartialFill=Working LastFill=Filled AskCancel=PendingCancel AskAmend=PendingAmend Cancel=Cancelled Amend=Working Expire=Expired Lose=Unknown
            PendingCancel: Accept=PendingCancel Reject=Rejected PartialFill=PendingCancel LastFill=Filled AskCancel=PendingCancel Cancel=Cancelled RefuseChange=Working Amend=PendingCancel Expire=Expired Lose=Unknown Drop=Working
            PendingAmend: Accept=PendingAmend Reject=Rejected PartialFill=PendingAmend LastFill=Filled AskCancel=PendingCancel Cancel=Cancelled RefuseChange=Working Amend=Working Expire=Expired Lose=Unknown Drop=Working
            Unknown: Accept=Working Reject=Rejected PartialFill=Working LastFill=Filled AskCancel=Unknown Cancel=Cancelled RefuseChange=Unknown Amend=Working Expire=Expired Lose=Unknown Drop=NotSent
            Filled: PartialFill=Filled LastFill=Filled
            Cancelled: PartialFill=Cancelled LastFill=Cancelled
            Rejected: PartialFill=Rejected LastFill=Rejected
            Expired: PartialFill=Expired LastFill=Expired
            NotSent: PartialFill=NotSent LastFill=NotSent
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn a_terminal_order_never_lives_again() {
        for status in OrderStatus::ALL.into_iter().filter(|s| !s.is_live()) {
            for change in CHANGES {
                assert!(status.after(change).is_none_or(|next| next == status), "{status:?} {change:?}");
            }
        }
    }

    #[test]
    fn unknown_ends_only_by_the_venues_word() {
        for change in [Change::AskCancel, Change::RefuseChange, Change::Lose] {
            assert_eq!(OrderStatus::Unknown.after(change), Some(OrderStatus::Unknown));
        }
    }

    #[test]
    fn the_order_table_stays_narrow() {
        assert!(size_of::<Order>() <= 104, "{} bytes: each order of a run costs fresh memory", size_of::<Order>());
    }
}
