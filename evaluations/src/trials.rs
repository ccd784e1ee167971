//! The trial ledger: every run and sweep that was ever tried, so that luck can be counted.
//!
//! One SQLite file in WAL mode with `synchronous=FULL`; rows are appended, never changed. The time of a row is handed in:
//! nothing here reads a clock. An SQLite older than 3.51.3 is refused (it may lose commits when a WAL is reset).
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The oldest SQLite that is trusted: 3.51.3, as SQLite counts versions.
const SQLITE_VERSION_MIN: i32 = 3_051_003;
/// How long another process may hold the file before we give up.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// One statement list for each version of the schema: `MIGRATIONS[n]` leads from version `n` to `n + 1`.
const MIGRATIONS: [&str; 1] = ["CREATE TABLE trials (
        id INTEGER PRIMARY KEY,
        recorded_at TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        strategy TEXT NOT NULL,
        parameters TEXT NOT NULL,
        config_digest TEXT NOT NULL,
        data_digest TEXT NOT NULL,
        run_digest TEXT NOT NULL,
        sharpe REAL,
        daily_sharpe REAL,
        n INTEGER NOT NULL,
        currency TEXT NOT NULL,
        final_equity TEXT NOT NULL
    ) STRICT;
    CREATE INDEX trials_by_strategy ON trials (strategy, data_digest);"];

/// One run that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// When, RFC 3339; the caller's clock.
    pub recorded_at: String,
    /// `backtest`, `sweep`, `search`, `evaluate`, `train`.
    pub kind: String,
    /// The name of the run.
    pub name: String,
    /// The strategy family that trials are counted by.
    pub strategy: String,
    /// The parameters as a JSON object.
    pub parameters: String,
    /// Digest of the resolved configuration.
    pub config_digest: String,
    /// Digest of the data.
    pub data_digest: String,
    /// Digest of the run's effects.
    pub run_digest: String,
    /// Annualised Sharpe ratio, where defined.
    pub sharpe: Option<f64>,
    /// Sharpe ratio of one day, where defined; the deflated ratio takes its variance.
    pub daily_sharpe: Option<f64>,
    /// How many daily returns it was taken of.
    pub n: u64,
    /// The currency of the account.
    pub currency: String,
    /// Final equity, plain decimal digits.
    pub final_equity: String,
}

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The folder of the ledger cannot be made.
    #[error("cannot make the folder {path} for the trial ledger: {source}; set ONETAPE_HOME to a folder you may write")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file cannot be opened or is not a ledger.
    #[error(
        "cannot open the trial ledger {path}: {source}; check that it is yours to write, or set ONETAPE_HOME elsewhere"
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file was written by a newer build.
    #[error(
        "the trial ledger {path} has schema {found}, this build knows {known}: use the newer onetape that wrote it"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: usize,
        /// The newest version that this build knows.
        known: usize,
    },
    /// The SQLite in this build is too old.
    #[error("SQLite {found} is too old for the trial ledger: 3.51.3 or newer is needed; build with the bundled one")]
    OldSqlite {
        /// Its version.
        found: &'static str,
    },
    /// A read or a write failed.
    #[error("cannot {doing} the trial ledger {path}: {source}")]
    Use {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

/// An open trial ledger.
#[derive(Debug)]
pub struct TrialLedger {
    path: PathBuf,
    connection: Connection,
}

/// Tries at entering WAL mode, and the pause between two: five seconds in all.
const WAL_TRIES: u32 = 200;
const WAL_PAUSE: Duration = Duration::from_millis(25);

/// Enters WAL mode. SQLite asks no busy handler while it changes the mode of a new file, so that two programs that make
/// the ledger at one moment would refuse each other.
fn enter_wal(connection: &Connection) -> rusqlite::Result<()> {
    for _ in 1..WAL_TRIES {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == rusqlite::ErrorCode::DatabaseBusy => {
                std::thread::sleep(WAL_PAUSE);
            }
            entered => return entered,
        }
    }
    connection.pragma_update(None, "journal_mode", "WAL")
}

impl TrialLedger {
    /// Opens the ledger at `path`; makes it, and its folder, when it is not there.
    ///
    /// # Errors
    /// When the file cannot be made, is not a ledger, belongs to a newer build, or SQLite is too old.
    pub fn open(path: &Path) -> Result<Self, TrialError> {
        if rusqlite::version_number() < SQLITE_VERSION_MIN {
            return Err(TrialError::OldSqlite { found: rusqlite::version() });
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| TrialError::Folder { path: folder.to_owned(), source })?;
        }
        let failed = |source| TrialError::Open { path: path.to_owned(), source };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(BUSY_WAIT).map_err(failed)?;
        enter_wal(&connection).map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        let found = migrate(&mut connection).map_err(failed)?;
        if found > MIGRATIONS.len() {
            return Err(TrialError::Newer { path: path.to_owned(), found, known: MIGRATIONS.len() });
        }
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Appends all of `trials`, or none of them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&mut self, trials: &[Trial]) -> Result<(), TrialError> {
        let Self { path, connection } = self;
        insert(connection, trials).map_err(|source| TrialError::Use { doing: "append to", path: path.clone(), source })
    }

    /// How many trials of a strategy family there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, strategy: &str) -> Result<u64, TrialError> {
        self.connection
            .query_row("SELECT count(*) FROM trials WHERE strategy = ?1", [strategy], |row| row.get::<_, i64>(0))
            .map(i64::unsigned_abs)
            .map_err(|source| self.failed(source))
    }

    /// The daily Sharpe ratios of the distinct runs of a strategy family: what a deflated ratio needs.
    ///
    /// The same run repeated is one trial, so equal run digests count once.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn daily_sharpes(&self, strategy: &str) -> Result<Vec<f64>, TrialError> {
        let question = "SELECT daily_sharpe FROM trials WHERE strategy = ?1 AND daily_sharpe IS NOT NULL
                        GROUP BY run_digest ORDER BY min(id)";
        let mut statement = self.connection.prepare(question).map_err(|source| self.failed(source))?;
        let rows = statement.query_map([strategy], |row| row.get(0)).map_err(|source| self.failed(source))?;
        rows.collect::<Result<_, _>>().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: rusqlite::Error) -> TrialError {
        TrialError::Use { doing: "read", path: self.path.clone(), source }
    }
}

/// Brings the schema to the newest version and returns the version found after that.
fn migrate(connection: &mut Connection) -> Result<usize, rusqlite::Error> {
    // Immediate: two processes that start at once must not both find an empty file.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mut version = usize::try_from(found).unwrap_or(usize::MAX);
    for step in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(step)?;
        version += 1;
        transaction.pragma_update(None, "user_version", version as i64)?;
    }
    transaction.commit()?;
    Ok(version)
}

fn insert(connection: &mut Connection, trials: &[Trial]) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut statement = transaction.prepare(
        "INSERT INTO trials (recorded_at, kind, name, strategy, parameters, config_digest, data_digest, run_digest,
                             sharpe, daily_sharpe, n, currency, final_equity)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for trial in trials {
        statement.execute(params![
            trial.recorded_at,
            trial.kind,
            trial.name,
            trial.strategy,
            trial.parameters,
            trial.config_digest,
            trial.data_digest,
            trial.run_digest,
            trial.sharpe,
            trial.daily_sharpe,
            i64::try_from(trial.n).unwrap_or(i64::MAX),
            trial.currency,
            trial.final_equity,
        ])?;
    }
    drop(statement);
    transaction.commit()
}

#[cfg(test)]
mod tests;
