//! One episode at a time, for `gymnasium.Env`: the first member of a fleet of one, so that both see the same episodes.
use super::choices;
use super::fault::{Fault, apart, apart_on};
use super::hands::Hands;
use super::lesson::Lesson;
use super::told::Told;
use learning::{Environment, Fleet, Moment};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict};
use std::path::PathBuf;
use std::sync::Mutex;

type Facts = Vec<(&'static str, f64)>;
type Seen<'py> = (Bound<'py, PyArray1<f32>>, Bound<'py, PyDict>);
type Stepped<'py> = (Bound<'py, PyArray1<f32>>, f32, bool, bool, Bound<'py, PyDict>);

/// One episode at a time.
#[pyclass(frozen, name = "Single", module = "onetape.onetape_door")]
pub(super) struct SingleDoor {
    lesson: Lesson,
    state: Mutex<State>,
}

struct State {
    seed: u64,
    /// `None` before the first reset.
    fleet: Option<Fleet<Told>>,
    over: bool,
}

#[pymethods]
impl SingleDoor {
    #[new]
    fn new(
        py: Python<'_>,
        run_file: PathBuf,
        overrides: Vec<String>,
        range: &str,
        seed: Option<u64>,
    ) -> PyResult<Self> {
        let lesson = apart(py, || Lesson::read(&run_file, &overrides, range, &mut Hands::new(1)?))?;
        let state = State { seed: seed.unwrap_or(lesson.seed), fleet: None, over: false };
        Ok(Self { lesson, state: Mutex::new(state) })
    }

    /// What is known of every episode.
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.lesson.facts(py)
    }

    /// Begins the first episode of a seed, or the next one.
    fn reset<'py>(&self, py: Python<'py>, seed: Option<u64>) -> PyResult<Seen<'py>> {
        let (seen, facts) = apart_on(py, &self.state, |state| state.reset(&self.lesson, seed))?;
        Ok((seen.into_pyarray(py), facts.into_py_dict(py)?))
    }

    /// Acts.
    fn step<'py>(&self, py: Python<'py>, action: &Bound<'py, PyAny>) -> PyResult<Stepped<'py>> {
        let choices = choices::read(action, self.lesson.actions(), 1)?;
        let (moment, seen, facts) = apart_on(py, &self.state, |state| state.step(choices[0]))?;
        let Moment { reward, terminated, truncated } = moment;
        Ok((seen.into_pyarray(py), reward, terminated, truncated, facts.into_py_dict(py)?))
    }
}

impl State {
    fn reset(&mut self, lesson: &Lesson, seed: Option<u64>) -> Result<(Vec<f32>, Facts), Fault> {
        self.over = false;
        match &mut self.fleet {
            Some(fleet) if seed.is_none() => {
                let (members, observation) = fleet.parts();
                members[0].begin(observation);
            }
            _ => {
                self.seed = seed.unwrap_or(self.seed);
                self.fleet = Some(lesson.fleet(1, self.seed, &mut Hands::new(1)?)?);
            }
        }
        let fleet = self.fleet.as_ref().expect("it was made where it was not there");
        Ok((fleet.observations().to_vec(), fleet.members()[0].environment().info()))
    }

    fn step(&mut self, choice: learning::Choice) -> Result<(Moment, Vec<f32>, Facts), Fault> {
        let Some(fleet) = self.fleet.as_mut() else {
            return Err(Fault::Failed("there is no episode yet: `reset` begins one".into()));
        };
        if self.over {
            return Err(Fault::Failed("the episode is over: `reset` begins the next".into()));
        }
        let (members, observation) = fleet.parts();
        let moment = members[0].step(choice, observation);
        self.over = moment.is_last();
        Ok((moment, observation.to_vec(), members[0].environment().info()))
    }
}
