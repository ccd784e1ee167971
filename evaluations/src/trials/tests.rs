//! Tests of the trial ledger: durability, patience, refusals.
use super::*;

fn trial(strategy: &str, run_digest: &str, daily_sharpe: Option<f64>) -> Trial {
    Trial {
        recorded_at: "2026-11-22T00:00:00Z".into(),
        kind: "backtest".into(),
        name: "btc".into(),
        strategy: strategy.into(),
        parameters: r#"{"fast":"20"}"#.into(),
        config_digest: "c".into(),
        data_digest: "d".into(),
        run_digest: run_digest.into(),
        sharpe: daily_sharpe.map(|s| s * 365.0_f64.sqrt()),
        daily_sharpe,
        n: 100,
        currency: "USD".into(),
        final_equity: "9616401.32497".into(),
    }
}

#[test]
fn trials_are_counted_by_family_and_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("home/trials.db");
    let mut ledger = TrialLedger::open(&path).unwrap();
    ledger.append(&[trial("ema-cross", "a", Some(0.1)), trial("ema-cross", "b", None)]).unwrap();
    ledger.append(&[trial("breakout", "c", Some(0.2)), trial("ema-cross", "a", Some(0.1))]).unwrap();
    ledger.append(&[]).unwrap();
    drop(ledger);
    let ledger = TrialLedger::open(&path).unwrap();
    assert_eq!((ledger.count("ema-cross").unwrap(), ledger.count("breakout").unwrap()), (3, 1));
    assert_eq!(ledger.count("none").unwrap(), 0);
    assert_eq!(ledger.daily_sharpes("ema-cross").unwrap(), [0.1]);
}

#[test]
fn the_ledger_is_durable_and_patient() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TrialLedger::open(&folder.path().join("trials.db")).unwrap();
    let ask = |pragma: &str| -> String {
        let question = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
        ledger.connection.query_row(&question, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((ask("journal_mode"), ask("synchronous")), ("wal".into(), "2".into()));
    let wait: i64 = ledger.connection.query_row("PRAGMA busy_timeout", [], |row| row.get(0)).unwrap();
    assert_eq!(wait, 10_000);
    assert!(rusqlite::version_number() >= SQLITE_VERSION_MIN);
}

#[test]
fn a_batch_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = TrialLedger::open(&folder.path().join("trials.db")).unwrap();
    ledger
        .connection
        .execute_batch("CREATE TRIGGER no_b BEFORE INSERT ON trials WHEN NEW.run_digest = 'b' BEGIN SELECT RAISE(ABORT, 'no'); END")
        .unwrap();
    let message = ledger.append(&[trial("s", "a", None), trial("s", "b", None)]).unwrap_err().to_string();
    assert!(message.contains("append to the trial ledger") && message.contains("trials.db"), "{message}");
    assert_eq!(ledger.count("s").unwrap(), 0);
}

#[test]
fn a_file_of_something_else_and_one_of_a_newer_build_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trials.db");
    std::fs::write(&path, "this is no database, only a long enough text to look at ".repeat(20)).unwrap();
    let message = TrialLedger::open(&path).unwrap_err().to_string();
    assert!(message.contains("trials.db") && message.contains("ONETAPE_HOME"), "{message}");
    std::fs::remove_file(&path).unwrap();
    let ledger = TrialLedger::open(&path).unwrap();
    ledger.connection.pragma_update(None, "user_version", 7).unwrap();
    drop(ledger);
    let message = TrialLedger::open(&path).unwrap_err().to_string();
    assert!(message.contains("schema 7") && message.contains("newer onetape"), "{message}");
}

#[test]
fn two_processes_append_without_losing_a_trial() {
    // Several rounds: only some of them meet in the moment in which the file is made.
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.db");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut ledger = TrialLedger::open(&path).unwrap();
                    ledger.append(&[trial("s", "a", None)]).unwrap();
                });
            }
        });
        assert_eq!(TrialLedger::open(&path).unwrap().count("s").unwrap(), 4);
    }
}
