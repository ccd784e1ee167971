//! Collects what has to be reported from committed steps, and makes the rows of it.
//!
//! A fill is reported where it was booked, once, whatever the venue repeats. One that the venue takes back is reported as an error.
use crate::codes::{Cfi, Isin, Lei, Mic, RunMark, Upi, Uti};
use crate::date::Date;
use crate::transaction_report::{ActionType, Clearing, EventType, TransactionReport};
use engine::{Entry, Event, Fill, FillId, Instrument, OrderId, Owner, Report, State, Timestamp};
use std::collections::BTreeMap;

/// What is known of an instrument beside what the run knows; what is `None` stays empty in a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The security.
    pub isin: Option<Isin>,
    /// Its kind.
    pub cfi: Option<Cfi>,
    /// The product.
    pub upi: Option<Upi>,
    /// Where it is traded.
    pub mic: Option<Mic>,
    /// The other side of its trades: the exchange's central counterparty, or the dealer.
    pub counterparty: Option<Lei>,
    /// When obligations begin.
    pub effective: Option<Date>,
    /// When they end.
    pub maturity: Option<Date>,
    /// Whether its trades are cleared.
    pub clearing: Option<Clearing>,
    /// How they are collateralised, by the code of the report.
    pub collateral: Option<String>,
}

/// What does not change from trade to trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reporting {
    /// Whose transactions they are.
    pub firm: Lei,
    /// Who sends the reports.
    pub submitting_entity: Option<Lei>,
    /// Who answers for them.
    pub responsible_entity: Option<Lei>,
    /// What is known of each instrument, in the order of the run; those beyond the end are not known.
    pub listings: Vec<Listing>,
    /// The algorithm of each strategy; of the only one under [`Owner::NONE`].
    pub algo_ids: BTreeMap<Owner, String>,
    /// The person or body that answers for the decisions.
    pub decision_maker_id: Option<String>,
}

impl Reporting {
    /// A firm of which nothing else is known.
    #[must_use]
    pub fn new(firm: Lei) -> Self {
        Self {
            firm,
            submitting_entity: None,
            responsible_entity: None,
            listings: Vec::new(),
            algo_ids: BTreeMap::new(),
            decision_maker_id: None,
        }
    }
}

/// A fill that has to be reported, or one that has to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reportable {
    /// What is to be done.
    pub action: ActionType,
    /// The place of the fill in its run, from 1.
    pub number: u64,
    /// As the venue reported it first.
    pub fill: Fill,
    /// Whose it was.
    pub owner: Owner,
    /// When it came to be due.
    pub event_time: Timestamp,
}

/// Collects them.
#[derive(Clone, Debug, Default)]
pub struct Reporter {
    due: Vec<Reportable>,
    fills: u64,
    by_fill: BTreeMap<(OrderId, FillId), usize>,
}

impl Reporter {
    /// Looks at a committed step.
    pub fn observe(&mut self, entry: &Entry, state: &State) {
        let (Event::Report(report), Some(booked)) = (&entry.event, &state.booked) else { return };
        match *report {
            Report::Filled(fill) | Report::Liquidated(fill) => {
                self.fills += 1;
                self.by_fill.insert((fill.order, fill.fill), self.due.len());
                self.due.push(Reportable {
                    action: ActionType::New,
                    number: self.fills,
                    fill,
                    owner: booked.owner,
                    event_time: fill.venue_time,
                });
            }
            Report::Busted(fill) => {
                // The core books back only what it had booked, so that the report of it is here.
                if let Some(first) = self.by_fill.get(&(fill.order, fill.fill)) {
                    let taken_back =
                        Reportable { action: ActionType::Error, event_time: entry.time, ..self.due[*first] };
                    self.due.push(taken_back);
                }
            }
            _ => {}
        }
    }

    /// What has to be reported, in the order in which it was heard.
    #[must_use]
    pub fn due(&self) -> &[Reportable] {
        &self.due
    }

    /// A row for each, made at `reporting_time`, where that is known.
    #[must_use]
    pub fn rows(
        &self,
        reporting: &Reporting,
        run: &RunMark,
        instruments: &[Instrument],
        reporting_time: Option<Timestamp>,
    ) -> Vec<TransactionReport> {
        let row = |it: &Reportable| row(it, reporting, run, (&instruments[it.fill.instrument.index()], reporting_time));
        self.due.iter().map(row).collect()
    }
}

fn row(
    it: &Reportable,
    reporting: &Reporting,
    run: &RunMark,
    (instrument, reporting_time): (&Instrument, Option<Timestamp>),
) -> TransactionReport {
    let fill = &it.fill;
    let listing = reporting.listings.get(fill.instrument.index()).cloned().unwrap_or_default();
    // What the venue liquidated nobody of ours decided.
    let decided = fill.order != OrderId(0);
    TransactionReport {
        reporting_time,
        submitting_entity: reporting.submitting_entity.clone(),
        responsible_entity: reporting.responsible_entity.clone(),
        executing_entity: reporting.firm.clone(),
        counterparty_1: reporting.firm.clone(),
        counterparty_2: listing.counterparty,
        side: fill.side,
        uti: Uti::new(&reporting.firm, run, it.number),
        isin: listing.isin,
        cfi: listing.cfi,
        upi: listing.upi,
        venue_mic: listing.mic,
        instrument: instrument.name.clone(),
        scales: (instrument.price_scale, instrument.qty_scale),
        price: fill.price,
        quantity: fill.quantity,
        notional: instrument.value(fill.price, fill.quantity).0,
        currency: instrument.quote,
        execution_time: fill.venue_time,
        effective_date: listing.effective,
        maturity_date: listing.maturity,
        clearing: listing.clearing,
        valuation: None,
        collateral: listing.collateral,
        action_type: it.action,
        event_type: (it.action == ActionType::New).then_some(EventType::Trade),
        algo_id: reporting.algo_ids.get(&it.owner).filter(|_| decided).cloned(),
        decision_maker_id: reporting.decision_maker_id.clone().filter(|_| decided),
        order: fill.order,
        fill: fill.fill,
        fill_number: it.number,
        event_time: it.event_time,
    }
}
