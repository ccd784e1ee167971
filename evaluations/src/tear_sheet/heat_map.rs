//! A heat map: values over two lists of words, in the two colours of gain and loss.
use super::axis::Axis;
use super::chart::{Role, Size, chart};
use plotters::prelude::{PathElement, Rectangle};
use std::collections::{BTreeMap, BTreeSet};

/// What a reader has to know about the colours.
pub(crate) const LEGEND: &str = "<p class=\"soft\">Stronger is further from zero, or from the lowest where all have one sign; \
    <span class=\"up\">above</span> and <span class=\"down\">below</span> zero have their own colours.</p>\n";

/// A heat map.
#[derive(Clone, Debug)]
pub(crate) struct HeatMap<'a> {
    /// What it is called for those who cannot see it.
    pub(crate) title: &'a str,
    /// The columns' words, from the left.
    pub(crate) columns: &'a [String],
    /// The rows' words, from below.
    pub(crate) rows: &'a [String],
    /// The value of a cell by its column and row.
    pub(crate) cells: &'a BTreeMap<(usize, usize), f64>,
    /// Cells without a value in which something was tried.
    pub(crate) pale: &'a BTreeSet<(usize, usize)>,
    /// The lowest and the highest value that colours go by.
    pub(crate) range: (f64, f64),
    /// The cell that is framed.
    pub(crate) framed: Option<(usize, usize)>,
}

impl HeatMap<'_> {
    /// The picture.
    pub(crate) fn draw(&self, size: Size) -> String {
        let axis = |words: &[String], room: usize| {
            let every = words.len().div_ceil(room.max(1)).max(1);
            let ticks = words.iter().enumerate().step_by(every).map(|(i, word)| (i as f64, word.clone())).collect();
            Axis { from: -0.5, to: (words.len() as f64 - 0.5).max(0.5), ticks }
        };
        let letters = self.columns.iter().map(|word| word.chars().count()).max().unwrap_or(1) as u32;
        let x = axis(self.columns, (size.0 / (letters * 8 + 10).max(40)) as usize);
        let y = axis(self.rows, (size.1 / 22) as usize);
        chart(size, self.title, (&x, &y), |surface| {
            // The page's colour hides the grid's lines, which would show through pale cells.
            let field = [(x.from, y.from), (x.to, y.to)];
            surface.draw_series(std::iter::once(Rectangle::new(field, Role::Page.fill(1.0))))?;
            let cell = |(column, row): (usize, usize), (role, strength): (Role, f64)| {
                let (a, b) = (column as f64, row as f64);
                Rectangle::new([(a - 0.48, b - 0.47), (a + 0.48, b + 0.47)], role.fill(strength))
            };
            let empty = self.pale.iter().filter(|at| !self.cells.contains_key(*at));
            surface.draw_series(empty.map(|at| cell(*at, (Role::Quiet, 0.2))))?;
            let (low, high) = self.range;
            surface.draw_series(self.cells.iter().map(|(at, value)| cell(*at, shade(*value, low, high))))?;
            // A path, since plotters draws the edges of rectangles a hair wide whatever their style.
            surface.draw_series(self.framed.into_iter().map(|(column, row)| {
                let (left, right, low, high) =
                    (column as f64 - 0.48, column as f64 + 0.48, row as f64 - 0.47, row as f64 + 0.47);
                let corners = vec![(left, low), (right, low), (right, high), (left, high), (left, low - 0.02)];
                PathElement::new(corners, Role::Ink.stroke(25))
            }))?;
            Ok(())
        })
    }
}

/// The lowest and the highest of values.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// Colour and strength of a value between the lowest and the highest.
pub(crate) fn shade(value: f64, low: f64, high: f64) -> (Role, f64) {
    let (role, share) = if low >= 0.0 || high <= 0.0 {
        (if high <= 0.0 { Role::Down } else { Role::Up }, (value - low) / (high - low).max(1e-12))
    } else {
        (if value < 0.0 { Role::Down } else { Role::Up }, value.abs() / high.max(-low))
    };
    let share = if high <= 0.0 { 1.0 - share } else { share };
    // Three decimals say what an eye can tell, and keep the file small.
    (role, libm::round((0.06 + 0.94 * share.clamp(0.0, 1.0)) * 1000.0) / 1000.0)
}
