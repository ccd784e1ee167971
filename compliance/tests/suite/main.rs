//! Tests of the watch, of reports and of the calendar, in one binary.
mod alert_life;
mod benign;
mod boundaries;
mod calendar;
mod ordinary_day;
mod positives;
mod reports;
mod stage;
