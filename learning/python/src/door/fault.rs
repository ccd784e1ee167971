//! What goes wrong behind the door, as Python's exceptions, in our words. Nothing panics through it.
use onetape::failure::Failure;
use onetape::run_file::ConfigError;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::{PyErr, PyResult, Python};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// Why something was not done.
#[derive(Debug)]
pub(super) enum Fault {
    /// It was asked in a way that cannot be done. `ValueError`.
    Asked(String),
    /// It failed, or was asked at the wrong time. `RuntimeError`.
    Failed(String),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Usage(text) => Self::Asked(text),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<ConfigError> for Fault {
    fn from(error: ConfigError) -> Self {
        Self::Asked(error.to_string())
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Asked(text) => PyValueError::new_err(text),
            Fault::Failed(text) => PyRuntimeError::new_err(text),
        }
    }
}

/// Works without holding the interpreter, so that other threads of Python go on meanwhile.
pub(super) fn apart<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Fault> + Send) -> PyResult<T> {
    // Whatever a panic leaves behind is not used again: the lock around it is poisoned.
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    Ok(done.unwrap_or_else(|panic| Err(Fault::Failed(broken(&*panic))))?)
}

/// The same on what stands behind a lock.
pub(super) fn apart_on<S: Send, T: Send>(
    py: Python<'_>,
    state: &Mutex<S>,
    work: impl FnOnce(&mut S) -> Result<T, Fault> + Send,
) -> PyResult<T> {
    apart(py, || {
        let poisoned =
            |_: PoisonError<_>| Fault::Failed("this environment broke at an earlier call: make another".into());
        work(&mut *state.lock().map_err(poisoned)?)
    })
}

fn broken(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a promise inside the engine was broken, which is a bug of ours: {}", text.unwrap_or("without a word"))
}
