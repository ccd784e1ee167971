//! A row of a transaction report: the fields that European reports of trades ask for, as far as they are known.
//!
//! What is not known is empty. Nothing here is invented or defaulted.
use crate::codes::{Cfi, Isin, Lei, Mic, Upi, Uti};
use crate::date::{Date, instant_text};
use engine::measure::scaled_text;
use engine::{Currency, FillId, Money, OrderId, Price, Qty, Side, Timestamp};

/// What a row does with the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionType {
    /// It reports it for the first time.
    New,
    /// It takes the report back: the venue said that the trade never was.
    Error,
}

impl ActionType {
    /// The code in tables and files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "NEWT",
            Self::Error => "EROR",
        }
    }

    /// The action of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        [Self::New, Self::Error].into_iter().find(|action| action.code() == code)
    }
}

/// What happened in the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// A trade.
    Trade,
}

impl EventType {
    /// The code in tables and files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Trade => "TRAD",
        }
    }
}

/// Whether a transaction is cleared by a central counterparty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clearing {
    /// It is.
    Cleared,
    /// It will be.
    Intended,
    /// It is not.
    NotCleared,
}

impl Clearing {
    /// The code in tables and files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cleared => "Y",
            Self::Intended => "I",
            Self::NotCleared => "N",
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionReport {
    /// When the report was made.
    pub reporting_time: Option<Timestamp>,
    /// Who sends the report.
    pub submitting_entity: Option<Lei>,
    /// Who answers for it.
    pub responsible_entity: Option<Lei>,
    /// Whose transaction it is.
    pub executing_entity: Lei,
    /// The one side: us.
    pub counterparty_1: Lei,
    /// The other side, as far as it is known: on an exchange its central counterparty.
    pub counterparty_2: Option<Lei>,
    /// Which way.
    pub side: Side,
    /// The transaction, for ever.
    pub uti: Uti,
    /// What was traded.
    pub isin: Option<Isin>,
    /// What kind of thing that is.
    pub cfi: Option<Cfi>,
    /// Which product that is.
    pub upi: Option<Upi>,
    /// Where.
    pub venue_mic: Option<Mic>,
    /// What was traded, by our name `VENUE:SYMBOL`.
    pub instrument: String,
    /// Decimal places of price and quantity.
    pub scales: (u8, u8),
    /// At what price, in the instrument's price step.
    pub price: Price,
    /// How much, in the instrument's quantity step; above zero.
    pub quantity: Qty,
    /// Price times quantity times multiplier.
    pub notional: Money,
    /// The currency of price and notional.
    pub currency: Currency,
    /// When it was traded, by the venue's word.
    pub execution_time: Timestamp,
    /// When obligations begin.
    pub effective_date: Option<Date>,
    /// When they end.
    pub maturity_date: Option<Date>,
    /// Whether it is cleared.
    pub clearing: Option<Clearing>,
    /// What it is worth, in its currency.
    pub valuation: Option<Money>,
    /// How it is collateralised, by the code of the report.
    pub collateral: Option<String>,
    /// What the row does.
    pub action_type: ActionType,
    /// What happened; nothing for a report that is taken back.
    pub event_type: Option<EventType>,
    /// The algorithm that decided it.
    pub algo_id: Option<String>,
    /// The person or body that answers for the decision.
    pub decision_maker_id: Option<String>,
    /// Our order; zero where the venue liquidated a position.
    pub order: OrderId,
    /// The venue's number of the fill.
    pub fill: FillId,
    /// The place of the fill in its run, from 1.
    pub fill_number: u64,
    /// When the row came to be due: the execution, or the news that it never was. It decides the day of the row.
    pub event_time: Timestamp,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Text(Option<String>),
    Time(Option<Timestamp>),
    /// A count of steps and their decimal places.
    Number(i64, u8),
    Amount(Option<Money>),
    Count(u64),
}

impl Cell {
    /// What the column of such a value holds.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Time(_) => Kind::Time,
            Self::Number(..) => Kind::Number,
            Self::Amount(_) => Kind::Amount,
            Self::Count(_) => Kind::Count,
        }
    }

    /// As text; empty where nothing is known.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone().unwrap_or_default(),
            Self::Time(time) => time.map(instant_text).unwrap_or_default(),
            Self::Number(raw, scale) => scaled_text(*raw, *scale),
            Self::Amount(amount) => amount.map(|amount| amount.to_string()).unwrap_or_default(),
            Self::Count(count) => count.to_string(),
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Time,
    Number,
    Amount,
    Count,
}

/// The columns of a report, in the order of the files.
pub(crate) const COLUMNS: [(&str, Kind); 31] = [
    ("reporting_time", Kind::Time),
    ("submitting_entity", Kind::Text),
    ("responsible_entity", Kind::Text),
    ("executing_entity", Kind::Text),
    ("counterparty_1", Kind::Text),
    ("counterparty_2", Kind::Text),
    ("side", Kind::Text),
    ("uti", Kind::Text),
    ("isin", Kind::Text),
    ("cfi", Kind::Text),
    ("upi", Kind::Text),
    ("venue_mic", Kind::Text),
    ("instrument", Kind::Text),
    ("price", Kind::Number),
    ("quantity", Kind::Number),
    ("notional", Kind::Amount),
    ("currency", Kind::Text),
    ("execution_time", Kind::Time),
    ("effective_date", Kind::Text),
    ("maturity_date", Kind::Text),
    ("clearing", Kind::Text),
    ("valuation", Kind::Amount),
    ("collateral", Kind::Text),
    ("action_type", Kind::Text),
    ("event_type", Kind::Text),
    ("algo_id", Kind::Text),
    ("decision_maker_id", Kind::Text),
    ("order_id", Kind::Count),
    ("fill_id", Kind::Text),
    ("fill_number", Kind::Count),
    ("event_time", Kind::Time),
];

fn text<T: ToString>(value: Option<&T>) -> Cell {
    Cell::Text(value.map(ToString::to_string))
}

fn known(value: impl ToString) -> Cell {
    Cell::Text(Some(value.to_string()))
}

impl TransactionReport {
    /// The value of each of [`COLUMNS`].
    pub(crate) fn cells(&self) -> [Cell; COLUMNS.len()] {
        [
            Cell::Time(self.reporting_time),
            text(self.submitting_entity.as_ref()),
            text(self.responsible_entity.as_ref()),
            known(&self.executing_entity),
            known(&self.counterparty_1),
            text(self.counterparty_2.as_ref()),
            known(self.side.name()),
            known(&self.uti),
            text(self.isin.as_ref()),
            text(self.cfi.as_ref()),
            text(self.upi.as_ref()),
            text(self.venue_mic.as_ref()),
            known(&self.instrument),
            Cell::Number(self.price.0, self.scales.0),
            Cell::Number(self.quantity.0, self.scales.1),
            Cell::Amount(Some(self.notional)),
            known(self.currency),
            Cell::Time(Some(self.execution_time)),
            text(self.effective_date.as_ref()),
            text(self.maturity_date.as_ref()),
            Cell::Text(self.clearing.map(|clearing| clearing.code().into())),
            Cell::Amount(self.valuation),
            Cell::Text(self.collateral.clone()),
            known(self.action_type.code()),
            Cell::Text(self.event_type.map(|event| event.code().into())),
            Cell::Text(self.algo_id.clone()),
            Cell::Text(self.decision_maker_id.clone()),
            Cell::Count(self.order.0),
            known(self.fill.0),
            Cell::Count(self.fill_number),
            Cell::Time(Some(self.event_time)),
        ]
    }
}
