//! Dots and whiskers: values with their intervals, one row each, and where zero is.
use super::axis::Axis;
use super::chart::{Role, Size, chart, line};
use super::marks::{dots, rows_axis, span, upright};

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct Whisker<'a> {
    /// What it is called.
    pub(crate) name: &'a str,
    /// The value; nothing is drawn where it is not defined.
    pub(crate) value: Option<f64>,
    /// The lower end.
    pub(crate) low: Option<f64>,
    /// The upper end.
    pub(crate) high: Option<f64>,
    /// The colour.
    pub(crate) role: Role,
}

/// The picture.
pub(crate) fn whiskers(size: Size, title: &str, rows: &[Whisker<'_>], label: fn(f64) -> String) -> String {
    let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let y = rows_axis(&names, size);
    let ends = rows.iter().flat_map(|row| [row.low, row.high, row.value]).flatten();
    let x = Axis::values_and_zero(ends, label).fewer((size.0 / 70) as usize);
    chart(size, title, (&x, &y), |surface| {
        upright(surface, &y, 0.0, (Role::Quiet, 12))?;
        for (i, row) in rows.iter().enumerate() {
            let at = (rows.len() - 1 - i) as f64;
            if let (Some(low), Some(high)) = (row.low, row.high) {
                span(surface, at, (low, high), (row.role, 22))?;
                for end in [low, high] {
                    line(surface, &[(end, at - 0.17), (end, at + 0.17)], row.role)?;
                }
            }
            dots(surface, row.value.map(|value| (value, at)).into_iter(), 48, (row.role, 1.0))?;
        }
        Ok(())
    })
}
