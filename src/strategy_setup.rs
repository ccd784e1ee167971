//! From the `[strategy]` section to a strategy: parameters by the registry's types, faults at their line.
use crate::failure::Failure;
use crate::run_file::{Parameter, RunFile};
use engine::{InstrumentId, Size};
use strategies::{BuildError, BuiltStrategy, Parameters, Registry, Value};

/// Makes the strategy of a run.
///
/// # Errors
/// When the strategy or a parameter is unknown or out of range; the message points at the line.
pub fn build(run: &RunFile, registry: &Registry) -> Result<BuiltStrategy, Failure> {
    let ids: Vec<InstrumentId> = (0..).zip(&run.instruments).map(|(place, _)| InstrumentId(place)).collect();
    registry.build(&run.strategy.kind, &parameters(run)?, &ids).map_err(|error| refused(run, &error))
}

/// The parameters as the registry takes them.
///
/// # Errors
/// When one is a list of other things than texts, or money in another currency than the account's.
pub fn parameters(run: &RunFile) -> Result<Parameters, Failure> {
    let mut parameters = Parameters::new();
    for (name, parameter) in &run.strategy.parameters {
        let value = match parameter {
            Parameter::Text(text) => Value::Text(text.clone()),
            Parameter::Whole(number) => Value::Whole(*number),
            Parameter::Number(number) => Value::Number(*number),
            Parameter::Switch(on) => Value::Flag(*on),
            Parameter::List(items) => Value::Texts(texts(run, name, items)?),
        };
        check_currency(run, name, &value)?;
        parameters.insert(name.clone(), value);
    }
    Ok(parameters)
}

fn texts(run: &RunFile, name: &str, items: &[Parameter]) -> Result<Vec<String>, Failure> {
    let text = |item: &Parameter| -> Result<String, Failure> {
        match item {
            Parameter::Text(text) => Ok(text.clone()),
            other => Err(run.strategy_error(Some(name), &format!("a list holds texts, and {other} is none")).into()),
        }
    };
    items.iter().map(text).collect()
}

/// Refuses money in another currency than the account's.
///
/// # Errors
/// When the value is such a size.
pub fn check_currency(run: &RunFile, name: &str, value: &Value) -> Result<(), Failure> {
    let Value::Text(text) = value else { return Ok(()) };
    match text.parse::<Size>() {
        Ok(Size::Notional { currency, .. }) if currency != run.account.currency => {
            let message = format!("the size is in {currency} and the account in {}", run.account.currency);
            Err(run.strategy_error(Some(name), &message).into())
        }
        _ => Ok(()),
    }
}

fn refused(run: &RunFile, error: &BuildError) -> Failure {
    let hint = error.nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    run.strategy_error(error.parameter.as_deref(), &format!("{}{hint}", error.message)).into()
}
