//! What a run file gives to learn from, as Python asks for it: its candles, one of their ranges, and facts about them.
use super::fault::Fault;
use super::hands::Hands;
use super::told::Told;
use learning::market::{Course, Episode};
use learning::policy::ActionMap;
use learning::{ActionSpace, Fleet};
use numpy::IntoPyArray;
use onetape::run_file::RunFile;
use onetape::snapshot::Snapshot;
use onetape::training::Material;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A course, and what is told of it.
pub(super) struct Lesson {
    course: Arc<Course>,
    features: Vec<String>,
    snapshots: BTreeMap<&'static str, Snapshot>,
    /// Of the run file.
    pub(super) seed: u64,
}

impl Lesson {
    /// Reads the run file, its candles, and the range of that name: `training`, in episodes as long as the run file says, or
    /// `validation`, in one.
    ///
    /// # Errors
    /// Whatever `onetape train` would say of the same run file, or that there is no such range.
    pub(super) fn read(path: &Path, overrides: &[String], range: &str, hands: &mut Hands) -> Result<Self, Fault> {
        if !["training", "validation"].contains(&range) {
            return Err(Fault::Asked(format!("there is no range `{range}`: expected `training` or `validation`")));
        }
        let config = RunFile::load(path, overrides)?;
        let material = hands.run(|| Material::new(&config))??;
        let snapshots = material.snapshots();
        let course = match range {
            "validation" => material.course.whole(material.validation),
            _ => material.course,
        };
        let features = config.learning.map(|section| section.features).unwrap_or_default();
        Ok(Self { course: Arc::new(course), features, snapshots, seed: config.run.seed })
    }

    /// Which choices there are.
    pub(super) fn actions(&self) -> ActionSpace {
        self.course.actions.space()
    }

    /// Numbers in an observation.
    pub(super) fn width(&self) -> usize {
        self.course.encoder.width()
    }

    /// So many episodes side by side, at the beginning of the first of each that follows from the seed.
    ///
    /// # Errors
    /// When the range is too short for an episode.
    pub(super) fn fleet(&self, episodes: usize, seed: u64, hands: &mut Hands) -> Result<Fleet<Told>, Fault> {
        let episode = |_| Episode::new(Arc::clone(&self.course)).map(Told::new);
        let all = (0..episodes).map(episode).collect::<Result<Vec<_>, _>>();
        let all = all.map_err(|e| Fault::Asked(e.to_string()))?;
        hands.run(|| Fleet::new(all, seed))
    }

    /// Facts by name: sizes, bounds, what is seen and what choices mean, the normaliser, and the ranges with their digests.
    pub(super) fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (course, facts) = (&self.course, PyDict::new(py));
        facts.set_item("width", self.width())?;
        facts.set_item("features", &self.features)?;
        facts.set_item("seed", self.seed)?;
        facts.set_item("episode_candles", course.length)?;
        match &course.actions {
            ActionMap::Levels(levels) => facts.set_item("levels", levels)?,
            ActionMap::Continuous { low, high, step } => facts.set_item("bounds", (low, high, step))?,
        }
        if let ActionSpace::Continuous { low, high } = self.actions() {
            facts.set_item("amounts", (low, high))?;
        }
        let normaliser = &course.normaliser;
        facts.set_item("mean", normaliser.mean().to_vec().into_pyarray(py))?;
        facts.set_item("scale", normaliser.scale().to_vec().into_pyarray(py))?;
        facts.set_item("clip", normaliser.clip())?;
        let ranges = PyDict::new(py);
        for (name, snapshot) in &self.snapshots {
            let range = PyDict::new(py);
            range.set_item("first", &snapshot.first)?;
            range.set_item("last", &snapshot.last)?;
            range.set_item("candles", snapshot.candles)?;
            range.set_item("digest", &snapshot.digest)?;
            ranges.set_item(name, range)?;
        }
        facts.set_item("ranges", ranges)?;
        Ok(facts)
    }
}
