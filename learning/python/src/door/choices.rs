//! What an agent chose, out of an array of Python's. Every number is looked at: what means no choice is refused, with its place.
use super::fault::Fault;
use learning::{ActionSpace, Choice};
use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;

/// One choice for each of `count` episodes: whole numbers (int64, `[count]`) or amounts (float32, `[count, 1]`).
pub(super) fn read(actions: &Bound<'_, PyAny>, space: ActionSpace, count: usize) -> Result<Vec<Choice>, Fault> {
    match space {
        ActionSpace::Discrete(kinds) => indices(actions, kinds, count),
        ActionSpace::Continuous { .. } => amounts(actions, count),
    }
}

fn indices(actions: &Bound<'_, PyAny>, kinds: usize, count: usize) -> Result<Vec<Choice>, Fault> {
    let wrong =
        || Fault::Asked(format!("actions are whole numbers, one for each episode: an int64 array of shape ({count},)"));
    let array: PyReadonlyArray1<'_, i64> = actions.extract().map_err(|_| wrong())?;
    if array.len() != count {
        return Err(Fault::Asked(format!("there are {} actions for {count} episodes", array.len())));
    }
    let choice = |(place, action): (usize, &i64)| match u32::try_from(*action) {
        Ok(index) if (index as usize) < kinds => Ok(Choice::Index(index)),
        _ => Err(Fault::Asked(format!("action {action} of episode {place} is none: expected 0 to {}", kinds - 1))),
    };
    array.as_array().iter().enumerate().map(choice).collect()
}

fn amounts(actions: &Bound<'_, PyAny>, count: usize) -> Result<Vec<Choice>, Fault> {
    let wrong =
        || Fault::Asked(format!("actions are amounts, one for each episode: a float32 array of shape ({count}, 1)"));
    let array: PyReadonlyArray2<'_, f32> = actions.extract().map_err(|_| wrong())?;
    let [rows, columns] = array.shape() else { return Err(wrong()) };
    if (*rows, *columns) != (count, 1) {
        return Err(Fault::Asked(format!("actions of shape ({rows}, {columns}), where ({count}, 1) is expected")));
    }
    let choice = |(place, amount): (usize, &f32)| match amount.is_finite() {
        true => Ok(Choice::Amount(*amount)),
        false => Err(Fault::Asked(format!("action {amount} of episode {place} is no amount"))),
    };
    array.as_array().iter().enumerate().map(choice).collect()
}
