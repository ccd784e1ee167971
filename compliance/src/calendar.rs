//! The calendar of deadlines: what has to be done by when, by whom, and what of it is done.
//!
//! It is read strictly: a key that nobody knows may be a deadline that nobody keeps. It reads no clock; today is handed to it.
use crate::date::Date;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Once.
    Once(Date),
    /// First on a day, and again after each period.
    Every(Period, Date),
}

/// How often something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Each day.
    Day,
    /// Each month, on the day of the first time or the last day that the month has.
    Month,
    /// Each third month.
    Quarter,
    /// Each year.
    Year,
}

impl Period {
    const NAMES: [(&'static str, Self); 4] =
        [("day", Self::Day), ("month", Self::Month), ("quarter", Self::Quarter), ("year", Self::Year)];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

impl Due {
    /// The day on which it is due for the `number`th time, from zero; `None` where there is no such time.
    #[must_use]
    pub fn day(self, number: i64) -> Option<Date> {
        match self {
            Self::Once(day) => (number == 0).then_some(day),
            Self::Every(Period::Day, start) => Some(start.plus_days(number)),
            Self::Every(Period::Month, start) => Some(start.plus_months(number)),
            Self::Every(Period::Quarter, start) => Some(start.plus_months(3 * number)),
            Self::Every(Period::Year, start) => Some(start.plus_months(12 * number)),
        }
    }
}

/// Something that has to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Its name, once in a calendar.
    pub name: String,
    /// What has to be done.
    pub what: String,
    /// By when.
    pub due: Due,
    /// Who answers for it.
    pub owner: String,
    /// The file that shows it was done, relative to the calendar.
    pub evidence: Option<String>,
    /// The days on which it was done, oldest first.
    pub done: Vec<Date>,
}

/// All deadlines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// In the order of the file.
    pub deadlines: Vec<Deadline>,
}

/// What is wrong with a calendar: every fault, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarError {
    name: String,
    faults: Vec<(usize, String)>,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> =
            self.faults.iter().map(|(line, what)| format!("{}:{line}: {what}", self.name)).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for CalendarError {}

const KEYS: [&str; 8] = ["name", "what", "due", "every", "start", "owner", "evidence", "done"];

impl Calendar {
    /// Reads a calendar; `name` is how its file is called in messages.
    ///
    /// # Errors
    /// Every fault with its line: not TOML, a key that nobody knows, something missing, a day that does not exist, a name twice.
    pub fn read(text: &str, name: &str) -> Result<Self, CalendarError> {
        let mut reader = Reader { text, faults: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            reader.fault(error.span().map_or(0, |span| span.start), format!("not valid TOML: {}", error.message()));
        }
        let deadlines = if errors.is_empty() { reader.deadlines(table.get_ref()) } else { Vec::new() };
        let mut faults = reader.faults;
        if faults.is_empty() {
            return Ok(Self { deadlines });
        }
        faults.sort();
        Err(CalendarError { name: name.into(), faults })
    }
}

/// Reads on after a fault, so that one look shows all of them.
struct Reader<'a> {
    text: &'a str,
    faults: Vec<(usize, String)>,
}

type Field<'a> = Option<&'a Spanned<DeValue<'a>>>;

impl Reader<'_> {
    fn fault(&mut self, at: usize, what: impl Into<String>) {
        let line = 1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        self.faults.push((line, what.into()));
    }

    fn deadlines(&mut self, table: &DeTable<'_>) -> Vec<Deadline> {
        let mut deadlines: Vec<Deadline> = Vec::new();
        for (key, value) in table {
            let list = if key.get_ref() == "deadlines" { value.get_ref().as_array() } else { None };
            let Some(list) = list else {
                self.fault(key.span().start, format!("unknown key `{}`: expected [[deadlines]] only", key.get_ref()));
                continue;
            };
            for item in list {
                let Some(written) = item.get_ref().as_table() else {
                    self.fault(item.span().start, "expected a section [[deadlines]]");
                    continue;
                };
                let Some(deadline) = self.deadline(written, item.span().start) else { continue };
                if deadlines.iter().any(|other| other.name == deadline.name) {
                    self.fault(item.span().start, format!("there are two deadlines `{}`", deadline.name));
                }
                deadlines.push(deadline);
            }
        }
        deadlines
    }

    fn deadline(&mut self, table: &DeTable<'_>, at: usize) -> Option<Deadline> {
        for key in table.keys().filter(|key| !KEYS.contains(&key.get_ref().as_ref())) {
            let what = format!("unknown key `{}` in [[deadlines]]: expected one of {}", key.get_ref(), KEYS.join(", "));
            self.fault(key.span().start, what);
        }
        let field = |name: &str| -> Field<'_> { table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, v)| v) };
        let (name, what) = (self.required(field("name"), "name", at), self.required(field("what"), "what", at));
        let owner = self.required(field("owner"), "owner", at);
        let evidence = field("evidence").map(|value| self.text(value, "evidence"));
        let due = self.due([field("due"), field("every"), field("start")], at);
        let done = field("done").map_or(Some(Vec::new()), |value| self.done(value));
        let evidence = match evidence {
            Some(None) => return None,
            Some(some) => some,
            None => None,
        };
        Some(Deadline { name: name?, what: what?, due: due?, owner: owner?, evidence, done: done? })
    }

    fn required(&mut self, value: Field<'_>, key: &str, at: usize) -> Option<String> {
        match value {
            Some(value) => self.text(value, key),
            None => {
                self.fault(at, format!("[[deadlines]] has no `{key}`"));
                None
            }
        }
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            _ => {
                self.fault(value.span().start, format!("`{key}`: expected a text that says something"));
                None
            }
        }
    }

    /// A day, as a text or as a date of TOML.
    fn day(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Date> {
        let written = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => String::new(),
        };
        match written.parse() {
            Ok(day) => Some(day),
            Err(error) => {
                self.fault(value.span().start, format!("`{key}`: {error}"));
                None
            }
        }
    }

    fn due(&mut self, [due, every, start]: [Field<'_>; 3], at: usize) -> Option<Due> {
        match (due, every, start) {
            (Some(day), None, None) => self.day(day, "due").map(Due::Once),
            (None, Some(every), Some(start)) => {
                let period = self.period(every);
                let start = self.day(start, "start");
                Some(Due::Every(period?, start?))
            }
            _ => {
                self.fault(at, "expected either `due`, or `every` with `start`");
                None
            }
        }
    }

    fn period(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Period> {
        let written = value.get_ref().as_str().unwrap_or_default();
        let found = Period::NAMES.iter().find(|(name, _)| *name == written).map(|(_, period)| *period);
        if found.is_none() {
            let what = format!("`every`: `{written}` is no period: expected day, month, quarter or year");
            self.fault(value.span().start, what);
        }
        found
    }

    fn done(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Vec<Date>> {
        let Some(list) = value.get_ref().as_array() else {
            self.fault(value.span().start, "`done`: expected a list of days, as [\"2026-03-20\"]");
            return None;
        };
        let days: Vec<Option<Date>> = list.iter().map(|value| self.day(value, "done")).collect();
        let days: Option<Vec<Date>> = days.into_iter().collect();
        if days.as_ref().is_some_and(|days| !days.is_sorted()) {
            self.fault(value.span().start, "`done`: the days are not in the order of time");
        }
        days
    }
}
