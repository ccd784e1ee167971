//! Many episodes side by side, for `gymnasium.vector.VectorEnv`: the fleet that our own training steps.
use super::choices;
use super::fault::{Fault, apart, apart_on};
use super::hands::Hands;
use super::lesson::Lesson;
use super::told::Told;
use learning::{Choice, Environment, Fleet, Moment};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;
use std::sync::Mutex;

/// More than any training keeps side by side; each holds a core and a world of its own.
const EPISODES_MAX: usize = 65_536;

/// Episodes that ended: their places, last observations and last facts.
type Ended<'py> = (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray2<f32>>, Bound<'py, PyDict>);
/// Observations, rewards, terminated, truncated, and what ended.
type Stepped<'py> = (
    Bound<'py, PyArray2<f32>>,
    Bound<'py, PyArray1<f32>>,
    Bound<'py, PyArray1<bool>>,
    Bound<'py, PyArray1<bool>>,
    Option<Ended<'py>>,
);

/// Episodes side by side, each begun anew in the step that ends it.
#[pyclass(frozen, name = "Fleet", module = "onetape.onetape_door")]
pub(super) struct FleetDoor {
    lesson: Lesson,
    episodes: usize,
    state: Mutex<State>,
}

struct State {
    hands: Hands,
    seed: u64,
    /// `None` before the first reset.
    fleet: Option<Fleet<Told>>,
}

/// What a step made.
struct Outcome {
    observations: Vec<f32>,
    moments: Vec<Moment>,
    ended: Vec<i64>,
    finals: Vec<f32>,
    facts: Table,
}

/// Facts of some episodes by name; of each as many values as there are episodes.
type Table = Vec<(&'static str, Vec<f64>)>;

#[pymethods]
impl FleetDoor {
    #[new]
    fn new(
        py: Python<'_>,
        run_file: PathBuf,
        overrides: Vec<String>,
        range: &str,
        seed: Option<u64>,
        episodes: usize,
        threads: usize,
    ) -> PyResult<Self> {
        let (lesson, hands) = apart(py, || {
            if episodes == 0 || episodes > EPISODES_MAX {
                return Err(Fault::Asked(format!("`episodes` is {episodes}: expected 1 to {EPISODES_MAX}")));
            }
            let mut hands = Hands::new(threads)?;
            Ok((Lesson::read(&run_file, &overrides, range, &mut hands)?, hands))
        })?;
        let state = State { hands, seed: seed.unwrap_or(lesson.seed), fleet: None };
        Ok(Self { lesson, episodes, state: Mutex::new(state) })
    }

    /// What is known of every episode.
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.lesson.facts(py)
    }

    /// Begins the first episodes of a seed, or the next ones.
    fn reset<'py>(&self, py: Python<'py>, seed: Option<u64>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let seen = apart_on(py, &self.state, |state| state.reset(&self.lesson, self.episodes, seed))?;
        rows(py, seen, self.lesson.width())
    }

    /// Every episode acts; what ended has begun anew.
    fn step<'py>(&self, py: Python<'py>, actions: &Bound<'py, PyAny>) -> PyResult<Stepped<'py>> {
        let choices = choices::read(actions, self.lesson.actions(), self.episodes)?;
        let outcome = apart_on(py, &self.state, |state| state.step(&choices))?;
        let width = self.lesson.width();
        let Outcome { observations, moments, ended, finals, facts } = outcome;
        let ended = match ended.is_empty() {
            true => None,
            false => Some((ended.into_pyarray(py), rows(py, finals, width)?, columns(py, facts)?)),
        };
        let rewards: Vec<f32> = moments.iter().map(|moment| moment.reward).collect();
        let terminated: Vec<bool> = moments.iter().map(|moment| moment.terminated).collect();
        let truncated: Vec<bool> = moments.iter().map(|moment| moment.truncated).collect();
        let flags = (terminated.into_pyarray(py), truncated.into_pyarray(py));
        Ok((rows(py, observations, width)?, rewards.into_pyarray(py), flags.0, flags.1, ended))
    }

    /// Facts about where every episode stands.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let facts = apart_on(py, &self.state, |state| {
            let members = state.begun()?.members();
            Ok(table(members.iter().map(|member| member.environment().info())))
        })?;
        columns(py, facts)
    }
}

impl State {
    fn begun(&mut self) -> Result<&mut Fleet<Told>, Fault> {
        self.fleet.as_mut().ok_or_else(|| Fault::Failed("there are no episodes yet: `reset` begins them".into()))
    }

    fn reset(&mut self, lesson: &Lesson, episodes: usize, seed: Option<u64>) -> Result<Vec<f32>, Fault> {
        match &mut self.fleet {
            Some(fleet) if seed.is_none() => self.hands.run(|| fleet.reset())?,
            _ => {
                self.seed = seed.unwrap_or(self.seed);
                self.fleet = Some(lesson.fleet(episodes, self.seed, &mut self.hands)?);
            }
        }
        Ok(self.begun()?.observations().to_vec())
    }

    fn step(&mut self, choices: &[Choice]) -> Result<Outcome, Fault> {
        self.begun()?;
        let fleet = self.fleet.as_mut().expect("it has begun");
        match self.hands.is_one() {
            true => fleet.step_here(choices),
            false => self.hands.run(|| fleet.step(choices))?,
        }
        let last = fleet.moments().iter().enumerate().filter(|(_, moment)| moment.is_last());
        let ended: Vec<usize> = last.map(|(place, _)| place).collect();
        let width = fleet.spaces().observation;
        let finals = ended.iter().flat_map(|place| &fleet.finals()[place * width..][..width]).copied().collect();
        let facts = table(ended.iter().map(|place| fleet.members()[*place].environment().ended().to_vec()));
        Ok(Outcome {
            // Python may look at an array from another thread at any time, so the fleet does not write into one: it is copied once.
            observations: fleet.observations().to_vec(),
            moments: fleet.moments().to_vec(),
            ended: ended.iter().map(|place| *place as i64).collect(),
            finals,
            facts,
        })
    }
}

/// Facts of episodes, name by name; every episode tells the same ones.
fn table(episodes: impl Iterator<Item = Vec<(&'static str, f64)>>) -> Table {
    let mut table = Table::new();
    for facts in episodes {
        if table.is_empty() {
            table = facts.iter().map(|(name, _)| (*name, Vec::new())).collect();
        }
        table.iter_mut().zip(&facts).for_each(|((_, column), (_, value))| column.push(*value));
    }
    table
}

fn columns(py: Python<'_>, table: Table) -> PyResult<Bound<'_, PyDict>> {
    let columns = PyDict::new(py);
    for (name, column) in table {
        columns.set_item(name, column.into_pyarray(py))?;
    }
    Ok(columns)
}

/// Rows as an array, without a copy.
fn rows(py: Python<'_>, numbers: Vec<f32>, width: usize) -> PyResult<Bound<'_, PyArray2<f32>>> {
    let count = numbers.len() / width;
    numbers.into_pyarray(py).reshape([count, width])
}
