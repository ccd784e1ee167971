//! The name of a calendar, once it is known that a table has it.
//!
//! It keeps the spelling that it was found by, so that what was written is written back; it never stands for no table.
use super::{CalendarError, TradingCalendar, named, names};
use serde::de::{Deserialize, Deserializer, Error};

/// A name of a table of sessions, as it was spelled: `XNYS`, or its other name `XNAS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarName(&'static str);

impl CalendarName {
    /// What this name stands for.
    ///
    /// # Errors
    /// When no table has the name; the nearest one that does is given.
    pub fn find(name: &str) -> Result<Self, CalendarError> {
        named(name)?;
        Ok(Self(names().find(|known| *known == name).expect("a table has just been found by it")))
    }

    /// The name, as it was spelled.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Its sessions.
    #[must_use]
    pub fn table(self) -> &'static TradingCalendar {
        named(self.0).expect("only names of tables are ever made")
    }

    /// Whether its market never closes, on no day of the year.
    #[must_use]
    pub fn never_closes(self) -> bool {
        self.table().name() == "24/7"
    }

    /// How many days a year has where figures are made yearly: the table's sessions in a mean year, and 260 for `24/5`.
    #[must_use]
    pub fn periods_per_year(self) -> u32 {
        let table = self.table();
        match table.name() {
            // A mean year has 260.9 weekdays and the table rounds to 261. Runs have always counted 52 weeks of five days,
            // and a ratio that moves by a fifth of a per cent tells nobody anything new.
            "24/5" => 260,
            _ => table.sessions_per_year(),
        }
    }
}

impl<'de> Deserialize<'de> for CalendarName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::find(&name).map_err(|unknown| D::Error::custom(unknown.to_string()))
    }
}
