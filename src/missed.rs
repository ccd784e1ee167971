//! A world in which some orders come to nothing: the venue lets them expire as they come.
use engine::{Action, Effect, Event, OrderId, Report, Rng, Timestamp, World};
use std::collections::VecDeque;

const WHOLE_PPM: u64 = 1_000_000;

/// A world, less some of the orders that are sent to it.
pub(crate) struct Missed<W> {
    inner: W,
    missed_ppm: u64,
    rng: Rng,
    /// Orders that expired, and the core does not know yet.
    expired: VecDeque<(Timestamp, OrderId)>,
}

impl<W: World> Missed<W> {
    /// The world `inner`, in which so many of a million orders come to nothing; which ones, the seed decides.
    pub(crate) fn new(inner: W, missed_ppm: u32, seed: u64) -> Self {
        Self { inner, missed_ppm: missed_ppm.into(), rng: Rng::stream(seed, "missed orders"), expired: VecDeque::new() }
    }

    /// The world behind it.
    pub(crate) fn into_inner(self) -> W {
        self.inner
    }
}

impl<W: World> World for Missed<W> {
    type Error = W::Error;

    fn next(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, W::Error> {
        // Nothing that is still to come lies before the step that sent it.
        if let Some((time, order)) = self.expired.pop_front() {
            *slot = Event::Report(Report::Expired { order });
            return Ok(Some(time));
        }
        self.inner.next(slot)
    }

    fn perform(&mut self, now: Timestamp, effect: &Effect) -> Result<(), W::Error> {
        if let Effect::Send(command) = effect
            && let Action::Submit(request) = command.action()
            && self.rng.below(WHOLE_PPM) < self.missed_ppm
        {
            self.expired.push_back((now, request.order));
            return Ok(());
        }
        self.inner.perform(now, effect)
    }
}
