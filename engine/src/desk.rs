//! Several strategies on one account.
//!
//! Each sees its own position, equity and orders, hears the reports of its own orders, and has timers of its own. At one
//! event they speak in the order of the run file, and the review of a later one's orders counts those of the earlier ones.
//! Nothing nets their orders: each is sent and paid for.
use crate::event::Event;
use crate::intent::{Intent, Intents};
use crate::strategy::Strategy;
use crate::sub_ledgers::Owner;
use crate::view::View;
use alloc::vec::Vec;

/// Strategies that trade one account, each with books of its own.
#[derive(Clone, Debug)]
pub struct Desk<S> {
    members: Vec<S>,
}

impl<S> Desk<S> {
    /// As many strategies as this at most.
    pub const MEMBERS_MAX: usize = 100;

    /// These strategies, in the order in which they own books: the first is [`Owner`] 1.
    ///
    /// # Panics
    /// When there are none, or more than [`Desk::MEMBERS_MAX`].
    #[must_use]
    pub fn new(members: Vec<S>) -> Self {
        assert!((1..=Self::MEMBERS_MAX).contains(&members.len()), "a desk has some members and not too many");
        Self { members }
    }
}

impl<S: Strategy> Strategy for Desk<S> {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let count = self.members.len();
        let mut ask = |members: &mut [S], place: usize, event: &Event| {
            let owner = Owner(u8::try_from(place + 1).expect("a desk is small"));
            let timer = |intent: &mut Intent| {
                if let Intent::Wake { timer, .. } = intent {
                    *timer = timer.outer(place, count);
                }
            };
            out.speak_for(owner, timer, |out| members[place].decide(event, view.of(owner), out));
        };
        match *event {
            Event::Timer(timer) => {
                let (place, timer) = timer.inner(count);
                ask(&mut self.members, place, &Event::Timer(timer));
            }
            Event::Report(report) => match view.order(report.order()).and_then(|order| order.owner.index()) {
                Some(place) => ask(&mut self.members, place, event),
                // Nobody's order: a liquidation, or something that the venue invented.
                None => (0..count).for_each(|place| ask(&mut self.members, place, event)),
            },
            _ => (0..count).for_each(|place| ask(&mut self.members, place, event)),
        }
    }
}
