//! What a user writes.
use crate::event::Event;
use crate::intent::Intents;
use crate::view::View;
use alloc::boxed::Box;

/// A pure decision maker: the same events in the same order give the same intents.
///
/// It keeps whatever memory it likes, but may only learn from what it is handed. During the warm-up it is called as
/// always; what it wishes then is dropped.
pub trait Strategy {
    /// Looks at what happened and says what is wanted now.
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents);
}

impl<S: Strategy + ?Sized> Strategy for Box<S> {
    #[inline]
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        (**self).decide(event, view, out);
    }
}
