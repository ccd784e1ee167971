//! Whether every fill is reported exactly once, over all files of reports together.
//!
//! It counts the fills of the books again, by itself, and does not ask who made the rows.
use crate::transaction_report::{ActionType, TransactionReport};
use engine::{Booked, FillId, OrderId, Side};
use std::collections::BTreeMap;
use std::fmt;

/// Which fill a row is about, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportKey {
    /// Our order.
    pub order: OrderId,
    /// The venue's number of the fill.
    pub fill: FillId,
    /// What the row does.
    pub action: ActionType,
    /// The transaction.
    pub uti: String,
}

impl From<&TransactionReport> for ReportKey {
    fn from(row: &TransactionReport) -> Self {
        Self { order: row.order, fill: row.fill, action: row.action_type, uti: row.uti.to_string() }
    }
}

/// What is wrong with the reports of a fill.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportFault {
    /// It was booked, or taken back, and no row says so.
    Missing {
        /// Our order.
        order: OrderId,
        /// The venue's number.
        fill: FillId,
        /// What no row does.
        action: ActionType,
    },
    /// More than one row does the same.
    Doubled {
        /// Our order.
        order: OrderId,
        /// The venue's number.
        fill: FillId,
        /// What they do.
        action: ActionType,
        /// Where each of them stands.
        files: Vec<String>,
    },
    /// A row is about something that was not booked.
    Invented {
        /// Our order.
        order: OrderId,
        /// The venue's number.
        fill: FillId,
        /// What it does.
        action: ActionType,
        /// Where it stands.
        file: String,
    },
    /// Two fills share the name of a transaction.
    SharedUti {
        /// The name.
        uti: String,
        /// The fills.
        fills: Vec<(OrderId, FillId)>,
    },
    /// A row that takes a report back names another transaction than the report.
    OtherUti {
        /// Our order.
        order: OrderId,
        /// The venue's number.
        fill: FillId,
    },
}

impl fmt::Display for ReportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { order, fill, action } => {
                write!(f, "fill {} of order {}: no row reports it ({})", fill.0, order.0, action.code())
            }
            Self::Doubled { order, fill, action, files } => {
                let (count, code, files) = (files.len(), action.code(), files.join(", "));
                write!(f, "fill {} of order {}: {count} rows report it ({code}), in {files}", fill.0, order.0)
            }
            Self::Invented { order, fill, action, file } => {
                let code = action.code();
                write!(f, "fill {} of order {}: {file} reports it ({code}), and it was not booked", fill.0, order.0)
            }
            Self::SharedUti { uti, fills } => {
                let fills: Vec<String> = fills.iter().map(|(o, f)| format!("fill {} of order {}", f.0, o.0)).collect();
                write!(f, "transaction {uti} is {}", fills.join(" and "))
            }
            Self::OtherUti { order, fill } => {
                write!(f, "fill {} of order {}: what takes its report back names another transaction", fill.0, order.0)
            }
        }
    }
}

type Key = (OrderId, FillId, ActionType);

/// What has to be reported: each fill once, and once more where it was booked back, which goes the other way.
fn expected(booked: &[Booked]) -> Vec<Key> {
    let mut sides: BTreeMap<(OrderId, FillId), Side> = BTreeMap::new();
    let action = |booked: &Booked| {
        let fill = &booked.fill;
        let first = *sides.entry((fill.order, fill.fill)).or_insert(fill.side);
        let action = if first == fill.side { ActionType::New } else { ActionType::Error };
        (fill.order, fill.fill, action)
    };
    booked.iter().map(action).collect()
}

/// Compares the fills that the books hold, in the order in which they were booked, with the rows of all files, each with its name.
/// Nothing where every fill is reported exactly once and every fill that was taken back is taken back exactly once.
#[must_use]
pub fn check(booked: &[Booked], files: &[(String, Vec<ReportKey>)]) -> Vec<ReportFault> {
    let mut rows: BTreeMap<Key, Vec<(&str, &str)>> = BTreeMap::new();
    for (file, keys) in files {
        for key in keys {
            rows.entry((key.order, key.fill, key.action)).or_default().push((file, &key.uti));
        }
    }
    let mut faults = shared(&rows);
    for (order, fill, action) in expected(booked) {
        match rows.remove(&(order, fill, action)).unwrap_or_default().as_slice() {
            [] => faults.push(ReportFault::Missing { order, fill, action }),
            [_] => {}
            many => {
                let files = many.iter().map(|(file, _)| (*file).to_owned()).collect();
                faults.push(ReportFault::Doubled { order, fill, action, files });
            }
        }
    }
    for ((order, fill, action), left) in rows {
        let invented = |(file, _): &(&str, &str)| ReportFault::Invented { order, fill, action, file: (*file).into() };
        faults.extend(left.iter().map(invented));
    }
    faults
}

/// Transactions that are not one fill.
fn shared(rows: &BTreeMap<Key, Vec<(&str, &str)>>) -> Vec<ReportFault> {
    let (mut by_uti, mut faults): (BTreeMap<&str, Vec<(OrderId, FillId)>>, _) = (BTreeMap::new(), Vec::new());
    for ((order, fill, action), found) in rows {
        let reported = rows.get(&(*order, *fill, ActionType::New)).and_then(|rows| rows.first());
        for (_, uti) in found {
            let fills = by_uti.entry(uti).or_default();
            if !fills.contains(&(*order, *fill)) {
                fills.push((*order, *fill));
            }
            if *action == ActionType::Error && reported.is_some_and(|(_, first)| first != uti) {
                faults.push(ReportFault::OtherUti { order: *order, fill: *fill });
            }
        }
    }
    let more = by_uti.into_iter().filter(|(_, fills)| fills.len() > 1);
    faults.extend(more.map(|(uti, fills)| ReportFault::SharedUti { uti: uti.into(), fills }));
    faults
}
