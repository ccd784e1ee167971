//! What the core would know of an order by what it was told.
use engine::event::{Fill, Report};
use engine::order::{FillId, OrderRequest};
use std::collections::BTreeSet;

/// What the core would know of an order.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) request: Option<OrderRequest>,
    pub(super) told: Vec<Fill>,
    pub(super) reports: Vec<String>,
    pub(super) ended: Option<&'static str>,
    pub(super) unknown: bool,
    pub(super) filled: i64,
    pub(super) fees: i128,
    pub(super) fills: BTreeSet<FillId>,
}

impl Known {
    /// Something was told of it.
    pub(super) fn report(&mut self, report: Report, seed: u64) {
        let known = self;
        known.reports.push(format!("{report:?}"));
        if let Report::Filled(fill) = report {
            known.told.push(fill);
        }
        match report {
            Report::Filled(Fill { fill, quantity, fee, .. }) => {
                assert!(known.fills.insert(fill), "seed {seed}: a fill twice: {:?}", known.reports);
                (known.filled, known.fees) = (known.filled + quantity.0, known.fees + fee.0);
                known.unknown = false;
            }
            Report::Accepted { .. } => known.unknown = false,
            Report::Lost { .. } => known.unknown = true,
            Report::Cancelled { .. } => known.ended = Some("cancelled"),
            Report::Expired { .. } => known.ended = Some("expired"),
            Report::Rejected { .. } => known.ended = Some("rejected"),
            // Of a change it says nothing about the order.
            Report::NotSent { .. } if known.reports.len() == 1 => known.ended = Some("not sent"),
            _ => {}
        }
        known.unknown &= known.ended.is_none();
    }
}
