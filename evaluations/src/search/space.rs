//! Spaces of parameters: what a search may choose from, one axis a parameter.
//!
//! An axis is written as in a grid, `fast=5..24`, `slow=30..79:5`, `kind=a,b`, or as a range without steps,
//! `size=0.1~2.0`, whose numbers may be spread by their logarithm, `rate=1e-5~1e-2:log`. Each value has a place between
//! 0 and 1 on its axis, which is what methods and charts work with. Nothing here chooses.
use crate::sweep::{Grid, GridError, Parameters};
use rust_decimal::Decimal;
use std::str::FromStr;

/// Sets at most that are listed; beyond this a grid is a typing error.
pub const SETS_MAX: usize = 1_000_000;
/// Digits that a number of a range is written with, where the range is wide. More of them say nothing about a strategy.
const DIGITS: i32 = 6;
/// The part of a range that counts as one step of a neighbourhood.
const RANGE_STEP: f64 = 0.05;
/// Bounds of a range beyond this cannot be written as plain digits that anybody reads.
const BOUND_MAX: f64 = 1e15;
/// The least bound of a range by logarithm.
const LOG_MIN: f64 = 1e-12;

/// Why a space cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpaceError {
    /// There is no name or no value.
    #[error(
        "`{text}` is not an axis: write name=first..last, name=first..last:step, name=low~high, name=low~high:log or \
         name=a,b,c, as in fast=5..24 or rate=1e-5~1e-2:log"
    )]
    Form {
        /// What was written.
        text: String,
    },
    /// A list or a range with steps is wrong.
    #[error(transparent)]
    Grid(GridError),
    /// A bound of a range is not a number.
    #[error("`{part}` in the axis `{text}` is not a number; write 0.25 or 1e-5")]
    Number {
        /// What was written.
        text: String,
        /// The part that is no number.
        part: String,
    },
    /// The bounds of a range hold nothing, or too much.
    #[error("the axis `{text}` has no value between its bounds: {reason}")]
    Bounds {
        /// What was written.
        text: String,
        /// Which bound is wrong, and how.
        reason: &'static str,
    },
    /// What stands behind a range is no scale.
    #[error(
        "`{scale}` in the axis `{text}` is not a scale of a range: leave it out, or write `log`; steps are written first..last:step"
    )]
    Scale {
        /// What was written.
        text: String,
        /// What stands there.
        scale: String,
    },
    /// The same parameter stands twice.
    #[error("the parameter `{name}` has two axes; put all its values into one")]
    Twice {
        /// The parameter.
        name: String,
    },
    /// There is no axis.
    #[error("a search needs an axis: name a parameter and its values, as in fast=5..24")]
    Nothing,
    /// There are too many sets to list.
    #[error("the grid has more than {SETS_MAX} sets; take larger steps, fewer points, or another method")]
    TooLarge,
}

/// How the numbers of a range are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Evenly by their logarithm.
    Log,
}

/// What an axis holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers that rise, as they are written.
    Steps(Vec<String>),
    /// Values without an order.
    Choices(Vec<String>),
    /// Every number from `low` to `high`.
    Range {
        /// The lowest.
        low: f64,
        /// The highest.
        high: f64,
        /// How they are spread.
        scale: Scale,
    },
}

/// A parameter and what it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The parameter.
    pub name: String,
    /// Its values.
    pub values: Values,
}

impl Axis {
    /// Reads one axis.
    ///
    /// # Errors
    /// Says what is wrong and how an axis is written.
    pub fn parse(text: &str) -> Result<Self, SpaceError> {
        let form = || SpaceError::Form { text: text.to_owned() };
        let (name, values) = text.split_once('=').ok_or_else(form)?;
        let (name, values) = (name.trim(), values.trim());
        if name.is_empty() || values.is_empty() {
            return Err(form());
        }
        let axis = |values| Ok(Self { name: name.to_owned(), values });
        if let Some((low, rest)) = values.split_once('~') {
            return axis(range(text, low, rest)?);
        }
        let grid = Grid::parse(&[text]).map_err(|error| match error {
            GridError::Form { text } => SpaceError::Form { text },
            other => SpaceError::Grid(other),
        })?;
        let list = grid.axes()[0].1.clone();
        axis(if rises(&list) { Values::Steps(list) } else { Values::Choices(list) })
    }

    /// How many values there are; `None` for a range.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match &self.values {
            Values::Steps(list) | Values::Choices(list) => Some(list.len()),
            Values::Range { .. } => None,
        }
    }

    /// Whether its values have an order, so that one may speak of the next one.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        !matches!(self.values, Values::Choices(_))
    }

    /// The value at `place`, which lies from 0 to 1; what is outside counts as the nearest end.
    #[must_use]
    pub fn value(&self, place: f64) -> String {
        let place = place.clamp(0.0, 1.0);
        match &self.values {
            Values::Steps(list) | Values::Choices(list) => {
                list[(libm::floor(place * list.len() as f64) as usize).min(list.len() - 1)].clone()
            }
            // The ends are as they were written, whatever their digits.
            Values::Range { low, .. } if place <= 0.0 => low.to_string(),
            Values::Range { high, .. } if place >= 1.0 => high.to_string(),
            Values::Range { low, high, scale: Scale::Linear } => written(low + (high - low) * place, *low, *high),
            Values::Range { low, high, scale: Scale::Log } => {
                let (from, to) = (libm::log(*low), libm::log(*high));
                written(libm::exp(from + (to - from) * place), *low, *high)
            }
        }
    }

    /// Where a value lies, from 0 to 1: values of a list in the middle of their share. `None` for one that is not on
    /// this axis.
    #[must_use]
    pub fn place(&self, value: &str) -> Option<f64> {
        match &self.values {
            Values::Steps(_) | Values::Choices(_) => Some((self.position(value)? as f64 + 0.5) / self.count()? as f64),
            Values::Range { low, high, scale } => {
                let number = f64::from_str(value).ok().filter(|number| (*low..=*high).contains(number))?;
                Some(match scale {
                    Scale::Linear => (number - low) / (high - low),
                    Scale::Log => libm::log(number / low) / libm::log(high / low),
                })
            }
        }
    }

    /// Which value of the list it is; numbers are compared as numbers.
    pub(crate) fn position(&self, value: &str) -> Option<usize> {
        match &self.values {
            Values::Choices(list) => list.iter().position(|other| other == value),
            Values::Steps(list) => {
                let number = Decimal::from_str(value.trim()).ok()?;
                list.iter().position(|other| Decimal::from_str(other).is_ok_and(|other| other == number))
            }
            Values::Range { .. } => None,
        }
    }

    /// The value so many steps above `value`, or below it; a step of a range is a twentieth of it. `None` beyond the
    /// ends, for what is not on the axis, and where values have no order.
    #[must_use]
    pub fn neighbour(&self, value: &str, steps: i32) -> Option<String> {
        match &self.values {
            Values::Choices(_) => None,
            Values::Steps(list) => {
                let at = i64::try_from(self.position(value)?).ok()? + i64::from(steps);
                list.get(usize::try_from(at).ok()?).cloned()
            }
            Values::Range { .. } => {
                let at = self.place(value)? + f64::from(steps) * RANGE_STEP;
                // A hair is forgiven: twenty steps of a twentieth are the whole.
                (-1e-9..=1.0 + 1e-9).contains(&at).then(|| self.value(at))
            }
        }
    }

    /// The values of a grid: all of a list, and `points` of a range with both ends.
    #[must_use]
    pub fn grid(&self, points: usize) -> Vec<String> {
        match &self.values {
            Values::Steps(list) | Values::Choices(list) => list.clone(),
            Values::Range { .. } => {
                let last = points.max(2) - 1;
                (0..=last).map(|i| self.value(i as f64 / last as f64)).collect()
            }
        }
    }
}

/// Whether these are numbers, each above the one before.
fn rises(list: &[String]) -> bool {
    let numbers: Result<Vec<Decimal>, _> = list.iter().map(|text| Decimal::from_str_exact(text)).collect();
    numbers.is_ok_and(|numbers| numbers.windows(2).all(|pair| pair[0] < pair[1]))
}

fn range(text: &str, low: &str, rest: &str) -> Result<Values, SpaceError> {
    let number = |part: &str| {
        let found = f64::from_str(part.trim()).ok().filter(|number| number.is_finite());
        found.ok_or_else(|| SpaceError::Number { text: text.to_owned(), part: part.trim().to_owned() })
    };
    let (high, scale) = match rest.split_once(':') {
        None => (rest, Scale::Linear),
        Some((high, "log")) => (high, Scale::Log),
        Some((_, other)) => return Err(SpaceError::Scale { text: text.to_owned(), scale: other.to_owned() }),
    };
    let (low, high) = (number(low)?, number(high)?);
    let bounds = |reason| Err(SpaceError::Bounds { text: text.to_owned(), reason });
    if low >= high {
        return bounds("the first must be below the second");
    }
    if low.abs().max(high.abs()) > BOUND_MAX {
        return bounds("neither may be beyond 1e15");
    }
    if scale == Scale::Log && low < LOG_MIN {
        return bounds("by logarithm both must be above zero, at least 1e-12");
    }
    Ok(Values::Range { low, high, scale })
}

/// Plain digits of a number of a range, as few as tell the numbers of the range apart, and never outside of it.
fn written(value: f64, low: f64, high: f64) -> String {
    let size = |x: f64| libm::floor(libm::log10(x.abs().max(1e-18))) as i32;
    // A narrow range far from zero differs in later digits only.
    let narrow = size(low.abs().max(high.abs()) / (high - low));
    let digits = (DIGITS + narrow.max(0)).min(15);
    let places = (digits - 1 - size(value)).clamp(0, 18) as usize;
    let text = format!("{value:.places$}");
    let text = if places > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    match f64::from_str(text) {
        Ok(rounded) if rounded < low => low.to_string(),
        Ok(rounded) if rounded > high => high.to_string(),
        _ if text == "-0" => "0".to_owned(),
        _ => text.to_owned(),
    }
}

/// Parameters and what each may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    axes: Vec<Axis>,
}

impl Space {
    /// Reads axes as the command line takes them, one parameter each.
    ///
    /// # Errors
    /// Says which axis is wrong and how one is written.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, SpaceError> {
        Self::new(texts.iter().map(|text| Axis::parse(text.as_ref())).collect::<Result<_, _>>()?)
    }

    /// The space of these axes.
    ///
    /// # Errors
    /// When there is none, or two for one parameter.
    pub fn new(axes: Vec<Axis>) -> Result<Self, SpaceError> {
        for (i, axis) in axes.iter().enumerate() {
            if axes[..i].iter().any(|other| other.name == axis.name) {
                return Err(SpaceError::Twice { name: axis.name.clone() });
            }
        }
        if axes.is_empty() { Err(SpaceError::Nothing) } else { Ok(Self { axes }) }
    }

    /// The axes, in the order they were written.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many sets there are; `None` where an axis is a range, or where they cannot be counted.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        self.axes.iter().try_fold(1_usize, |sets, axis| sets.checked_mul(axis.count()?))
    }

    /// The set at these places, one for each axis.
    #[must_use]
    pub fn set(&self, places: &[f64]) -> Parameters {
        self.axes.iter().zip(places).map(|(axis, place)| (axis.name.clone(), axis.value(*place))).collect()
    }

    /// All sets of a grid with `points` values of each range; the last axis turns fastest.
    ///
    /// # Errors
    /// When there are more than [`SETS_MAX`].
    pub fn sets(&self, points: usize) -> Result<Vec<Parameters>, SpaceError> {
        let lists: Vec<(&str, Vec<String>)> = self.axes.iter().map(|a| (a.name.as_str(), a.grid(points))).collect();
        let count = lists.iter().try_fold(1_usize, |sets, (_, list)| sets.checked_mul(list.len()));
        if count.is_none_or(|count| count > SETS_MAX) {
            return Err(SpaceError::TooLarge);
        }
        let mut sets = vec![Parameters::new()];
        for (name, list) in &lists {
            let with = |set: &Parameters, value: &String| {
                let mut set = set.clone();
                set.insert((*name).to_owned(), value.clone());
                set
            };
            sets = sets.iter().flat_map(|set| list.iter().map(move |value| with(set, value))).collect();
        }
        Ok(sets)
    }
}

#[cfg(test)]
mod tests;
