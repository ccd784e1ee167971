//! Tests of sweeps with a toy that needs no data.
use super::*;
use crate::metrics::Metric;
use engine::Money;
use std::sync::Mutex;

/// Earns `fast * 10 - slow`, and refuses a fast average that is not faster.
struct Toy;

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("fast must be below slow")]
struct NotFaster;

impl Runner for Toy {
    type Error = NotFaster;

    fn run(&self, parameters: &Parameters) -> Result<Summary, NotFaster> {
        let read = |name: &str| parameters[name].parse::<i64>().unwrap();
        let (fast, slow) = (read("fast"), read("slow"));
        if fast >= slow {
            return Err(NotFaster);
        }
        let mut summary = Summary { digest: format!("{fast}-{slow}"), ..Summary::default() };
        summary.final_equity = Money(i128::from(fast * 10 - slow) * Money::ONE.0);
        let sharpe = (fast != 3).then_some((fast % 2) as f64);
        summary.metrics.insert("sharpe".into(), Metric::plain(sharpe, "a", "b", 9).per_year(365.0));
        summary.max_drawdown = Money(i128::from(slow) * Money::ONE.0 / 10);
        summary.metrics.insert("max_drawdown".into(), Metric::plain(Some(-slow as f64), "a", "b", 9));
        Ok(summary)
    }
}

fn run(grids: &[&str], column: &str, threads: usize) -> Sweep<NotFaster> {
    sweep(&Toy, &Grid::parse(grids).unwrap(), &Column::new(column), threads, &|_, _| ()).unwrap()
}

fn order(sweep: &Sweep<NotFaster>) -> String {
    sweep.rows.iter().map(|row| row.summary.digest.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn results_stand_best_first_undefined_ones_last_and_ties_by_equity_then_parameters() {
    let found = run(&["fast=1..3", "slow=9..10"], "sharpe", 2);
    assert_eq!(order(&found), "1-9 1-10 2-9 2-10 3-9 3-10");
    assert_eq!(order(&run(&["fast=1..3", "slow=9..10"], "final_equity", 2)), "3-9 3-10 2-9 2-10 1-9 1-10");
    assert_eq!(order(&run(&["fast=1..2", "slow=9..10"], "max_drawdown", 2)), "2-9 1-9 2-10 1-10", "less is better");
}

#[test]
fn results_do_not_hang_on_the_number_of_threads() {
    let one = run(&["fast=1..20", "slow=5..60:5"], "sharpe", 1);
    let four = run(&["fast=1..20", "slow=5..60:5"], "sharpe", 4);
    assert_eq!((one.rows, one.failures), (four.rows, four.failures));
}

#[test]
fn sets_that_fail_are_listed_and_do_not_stop_the_others() {
    let found = run(&["fast=1..3", "slow=2"], "sharpe", 2);
    assert_eq!(order(&found), "1-2");
    assert_eq!(found.failures.iter().map(|(set, _)| set["fast"].as_str()).collect::<Vec<_>>(), ["2", "3"]);
}

#[test]
fn progress_counts_every_set_once() {
    let heard = Mutex::new(Vec::new());
    let grid = Grid::parse(&["fast=1..5", "slow=9"]).unwrap();
    sweep(&Toy, &grid, &Column::default(), 2, &|done, all| heard.lock().unwrap().push((done, all))).unwrap();
    let mut heard = heard.into_inner().unwrap();
    heard.sort_unstable();
    assert_eq!(heard, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
}

#[test]
fn the_table_holds_parameters_summary_and_metrics_of_every_set() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.parquet");
    let found = run(&["fast=1..3", "slow=9..10"], "sharpe", 2);
    write_results(&path, &found.rows).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let names: Vec<&str> = reader.schema().fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(&names[..3], ["fast", "slow", "name"]);
    assert_eq!(&names[names.len() - 2..], ["max_drawdown_fraction", "sharpe"]);
    assert_eq!(reader.metadata().file_metadata().num_rows(), 6);
    assert_eq!(reader.schema().field(0).data_type(), &arrow_schema::DataType::Int64);
}

#[test]
fn trials_of_a_sweep_carry_their_own_parameters_and_daily_ratio() {
    let found = run(&["fast=1", "slow=9"], "sharpe", 1);
    let like = Trial {
        recorded_at: "now".into(),
        kind: "sweep".into(),
        name: "n".into(),
        strategy: "s".into(),
        parameters: String::new(),
        config_digest: "c".into(),
        data_digest: "d".into(),
        run_digest: String::new(),
        sharpe: None,
        daily_sharpe: None,
        n: 0,
        currency: String::new(),
        final_equity: String::new(),
    };
    let trials = trials(&found.rows, &like);
    assert_eq!(trials[0].parameters, r#"{"fast":"1","slow":"9"}"#);
    assert_eq!((trials[0].run_digest.as_str(), trials[0].n, trials[0].final_equity.as_str()), ("1-9", 9, "1"));
    assert_eq!(trials[0].daily_sharpe, Some(1.0 / 365.0_f64.sqrt()));
}
