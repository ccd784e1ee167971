//! Runs the strategy `trend` over made-up candles: `cargo run --release -- fast=10 slow=40 size=50%`.
mod backtest;
mod candles;
mod trend;

use engine::InstrumentId;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use strategies::{Parameters, Registry, Value};

const CASH: &str = "100000";

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match run(&given) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(given: &[String]) -> Result<(), Box<dyn Error>> {
    let mut registry = Registry::builtin();
    registry.register(trend::entry())?;
    let strategy = registry.build("trend", &parameters(given)?, &[InstrumentId(0)])?;
    let outcome = backtest::run(strategy, candles::made_up(7, 5_000), CASH.parse()?)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "cash          {CASH} USD")?;
    writeln!(out, "final equity  {} USD", outcome.final_equity)?;
    writeln!(out, "max drawdown  {} USD", outcome.max_drawdown)?;
    writeln!(out, "fees          {} USD", outcome.fees)?;
    writeln!(out, "fills         {}", outcome.fills)?;
    writeln!(out, "digest        {}", outcome.digest)?;
    Ok(())
}

/// Reads `fast=10 short=true size=50%`.
fn parameters(given: &[String]) -> Result<Parameters, String> {
    let mut parameters = Parameters::from([("size".to_string(), Value::Text("50%".to_string()))]);
    for word in given {
        let (name, value) = word.split_once('=').ok_or_else(|| format!("`{word}` is not NAME=VALUE"))?;
        parameters.insert(name.to_string(), Value::read(value));
    }
    Ok(parameters)
}
