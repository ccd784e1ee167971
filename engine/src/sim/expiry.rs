//! Orders whose time is over: they end, and those that wait for the close of a session on ticks trade first.
use super::resting::Resting;
use super::venue::SimVenue;
use crate::Timestamp;
use crate::event::Report;
use crate::instrument::InstrumentId;
use crate::order::OrderRequest;

impl SimVenue {
    /// The first instant at which the time of an order ends; a bound from below.
    #[inline]
    pub(super) fn next_expiry(&self) -> Timestamp {
        self.next_expiry
    }

    /// Ends the orders whose time is over.
    pub(super) fn expire(&mut self, now: Timestamp) {
        self.next_expiry = Timestamp::MAX;
        for index in 0..self.books.len() {
            self.expire_book(index, now);
            let first = self.books[index].resting.iter().map(|r| r.expires).min();
            self.next_expiry = self.next_expiry.min(first.unwrap_or(Timestamp::MAX));
        }
    }

    /// The first instant at which the time of an order of one instrument ends.
    pub(super) fn first_expiry(&self, id: InstrumentId) -> Option<Timestamp> {
        self.books[id.index()].resting.iter().map(|r| r.expires).min()
    }

    /// Ends the orders of one instrument whose time is over.
    pub(super) fn expire_of(&mut self, id: InstrumentId, now: Timestamp) {
        self.expire_book(id.index(), now);
    }

    fn expire_book(&mut self, index: usize, now: Timestamp) {
        let over = |r: &Resting| r.expires <= now;
        while let Some(place) = self.books[index].resting.iter().position(over) {
            let OrderRequest { order, instrument, .. } = self.books[index].resting[place].request;
            self.close_on_ticks(instrument, order, now);
            self.drop_order(instrument, order, Report::Expired { order });
            self.watch(instrument);
        }
    }
}
