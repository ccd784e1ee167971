//! The neighbours of a run's parameters: a plateau, or a needle.
use super::matrix::Matrix;
use crate::failure::Failure;
use crate::run_file::EvaluationSection;
use crate::shared_run::{Ran, SharedRun};
use evaluations::search::Space;
use evaluations::search::neighbourhood::{Figures, Neighbour, by_tenths, figures, in_space};
use evaluations::sweep::{Column, Parameters};

/// What was found around the run's parameters.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// Each neighbour and its score, by the column of the evaluation.
    pub rows: Vec<(Neighbour, Option<f64>)>,
    /// The figures of them.
    pub figures: Figures,
}

/// Runs the neighbours: one and two steps along each axis of the grid, a tenth of each number where there is none.
///
/// # Errors
/// When an axis cannot be read.
pub(super) fn neighbours(run: &SharedRun, section: &EvaluationSection, base: &Ran) -> Result<Neighbours, Failure> {
    let column = Column::new(&section.by);
    let centre: Parameters = base.summary.parameters.clone();
    let all = if section.grid.is_empty() {
        by_tenths(&centre, &["size"])
    } else {
        let space = Space::parse(&section.grid).map_err(|e| run.config.error_at("evaluation.grid", &e.to_string()))?;
        let named: Parameters =
            centre.into_iter().filter(|(name, _)| space.axes().iter().any(|axis| axis.name == *name)).collect();
        in_space(&space, &named)
    };
    let sets: Vec<Parameters> = all.iter().map(|it| it.parameters.clone()).collect();
    let matrix = if sets.is_empty() { Matrix::default() } else { Matrix::run(run, &sets, &|| ()).unwrap_or_default() };
    let score = |set: &Parameters| {
        let found = matrix.sets.iter().find(|it| it.parameters == *set)?;
        column.value(&found.ran.summary)
    };
    let rows: Vec<(Neighbour, Option<f64>)> = all.into_iter().map(|it| (it.clone(), score(&it.parameters))).collect();
    // Figures are of what is better when it is more.
    let sign = if column.less_is_better() { -1.0 } else { 1.0 };
    let values: Vec<Option<f64>> = rows.iter().map(|(_, score)| score.map(|it| it * sign)).collect();
    let own = column.value(&base.summary).map(|it| it * sign);
    Ok(Neighbours { figures: figures(own, &values), rows })
}
