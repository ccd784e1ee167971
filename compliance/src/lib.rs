//! Compliance: the watch on our own flow, the reports of our transactions, and the calendar of deadlines.
//!
//! It looks at what was committed and says what it makes of it. It can never send, change or stop an order: nothing here
//! makes an intent, and nothing of the core waits for it. The definitions of market abuse are ours, after the patterns that
//! regulation names; an alert is a question to a person, and silence is no proof.
pub mod alert;
pub mod alert_book;
pub mod alert_table;
pub mod calendar;
pub mod checklist;
pub mod codes;
pub mod date;
mod detectors;
mod flow;
pub mod report_check;
pub mod report_files;
pub mod reporter;
pub mod transaction_report;
pub mod watch;
pub mod watch_config;

pub use alert::{Alert, AlertState, Detector, Evidence, FillRef, Handling};
pub use alert_book::{AlertBook, AlertError};
pub use alert_table::alerts_json;
pub use calendar::{Calendar, CalendarError, Deadline, Due, Period};
pub use checklist::{Line, LineState, checklist};
pub use codes::{Cfi, CodeError, Isin, Lei, Mic, RunMark, Upi, Uti};
pub use date::{Date, instant_text};
pub use report_check::{ReportFault, ReportKey, check as check_reports};
pub use report_files::{ReportFileError, csv_text, read_csv_keys, read_parquet_keys, within, write_csv, write_parquet};
pub use reporter::{Listing, Reportable, Reporter, Reporting};
pub use transaction_report::{ActionType, Clearing, EventType, TransactionReport};
pub use watch::Watch;
pub use watch_config::{Closes, ConfigError, Restriction, WatchConfig};
