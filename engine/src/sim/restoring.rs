//! Bringing a venue back from what it said: its orders, account and counters, without the market that it saw.
//!
//! For paper trading on ticks, which nobody keeps: commands are taken again, and what came of them is booked as it was reported.
use super::account::Wanted;
use super::pushed::Pushed;
use super::venue::SimVenue;
use crate::event::{Fill, Report};
use crate::order::Link;
use crate::{Price, Qty};

impl SimVenue {
    /// Books a report of this venue's earlier life. What it leads to beside itself, such as the cancellation of an order that
    /// is tied to another, is done and was reported then.
    pub(super) fn restore(&mut self, report: &Report) {
        match *report {
            Report::Filled(fill) => self.restore_fill(&fill),
            Report::Liquidated(fill) => self.restore_money(&fill),
            Report::Cancelled { order } | Report::Expired { order } | Report::Rejected { order, .. } => {
                for index in 0..self.books.len() {
                    let id = self.instruments_id(index);
                    self.drop_order(id, order, *report);
                    self.watch(id);
                }
            }
            // The command that led to it has done it.
            Report::Accepted { .. }
            | Report::Amended { .. }
            | Report::ChangeRefused { .. }
            | Report::NotSent { .. }
            | Report::Lost { .. }
            | Report::Busted(_) => {}
        }
        self.reports.clear();
    }

    fn instruments_id(&self, index: usize) -> crate::InstrumentId {
        crate::InstrumentId(u32::try_from(index).expect("instruments are numbered by u32"))
    }

    fn restore_money(&mut self, fill: &Fill) {
        let index = fill.instrument.index();
        let signed = Qty(fill.quantity.0 * fill.side.sign());
        let wanted = Wanted { fee: fill.fee, ..Wanted::new(index, &self.instruments[index], signed, fill.price) };
        self.account.book(&self.instruments[index], &wanted);
        self.account.note_price(fill.instrument, fill.price);
        self.fills = self.fills.max(fill.fill.0);
    }

    fn restore_fill(&mut self, fill: &Fill) {
        let (id, order) = (fill.instrument, fill.order);
        self.restore_money(fill);
        let Some(place) = self.place_of(id, order) else { return };
        let book = &mut self.books[id.index()];
        let resting = &mut book.resting[place];
        resting.filled = resting.filled + fill.quantity;
        let link = resting.request.link;
        if matches!(link, Link::Attached(_)) {
            resting.cap = resting.cap - fill.quantity;
        }
        let whole = resting.filled >= resting.request.quantity;
        if whole {
            book.resting.remove(place);
        }
        self.after_fill(id, (order, link), fill.quantity, fill.price);
        if whole {
            self.after_end(id, (order, link));
        }
        self.watch(id);
    }
}

impl Pushed {
    /// Books a report of an earlier life, in a market of ticks: nothing is reported again.
    pub fn restore(&mut self, report: &Report) {
        self.venue_mut().restore(report);
    }

    /// The price that holdings are valued at until a tick comes.
    pub fn note_price(&mut self, id: crate::InstrumentId, price: Price) {
        self.venue_mut().note_price(id, price);
    }
}
