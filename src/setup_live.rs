//! What a session needs of a run file: instruments, costs, limits and sessions, and no candles of the catalog. The same for its
//! replay, whose candles stand on the tape.
use crate::currencies;
use crate::failure::Failure;
use crate::holdings::sessions;
use crate::run_file::RunFile;
use crate::setup::{Setup, make, periods};
use datasets::Catalog;
use engine::{Interval, Timestamp};

/// For how long sessions are looked up ahead.
const AHEAD: i64 = 3 * 366;

impl Setup {
    /// Looks up what a session needs. A catalog may be there, for what its records say of the instruments, and need not.
    ///
    /// # Errors
    /// When a record is broken, or a rule or limit impossible.
    pub fn live(run: &RunFile) -> Result<Self, Failure> {
        let catalog = Catalog::open(&run.data.catalog.path).ok();
        let from = run.data.from.unwrap_or(Timestamp(0));
        let mut setup = Self::empty();
        let mut calendars = Vec::new();
        for (index, section) in run.instruments.iter().enumerate() {
            let wrong = |message: String| Failure::from(run.error_at(&format!("instruments.{index}.symbol"), &message));
            let records = match &catalog {
                Some(catalog) => catalog.instrument_records(&section.venue, &section.symbol)?,
                None => Vec::new(),
            };
            let made = make(run, section, &records).map_err(wrong)?;
            if section.role.traded {
                calendars.push(made.calendar);
            }
            setup.sessions.push(sessions(made.calendar, (from, from.after(AHEAD * Interval::DAY.0)))?);
            setup.instruments.push(made.instrument);
            setup.costs.push(made.costs);
        }
        (setup.periods_per_year, setup.days) = periods(&calendars);
        setup.currencies = currencies::currencies(run, &setup.instruments)?;
        setup.trades_from = from;
        setup.include_limits(run)?;
        Ok(setup)
    }
}
