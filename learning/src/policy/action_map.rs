//! What a policy's choice means for a position: an exposure in parts per million of the size.
use crate::environment::{ActionSpace, Choice};
use serde::{Deserialize, Serialize};

/// 1,000,000 is the whole size long, -1,000,000 the whole size short.
pub const WHOLE_PPM: i32 = 1_000_000;

/// From a choice to an exposure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ActionMap {
    /// Each action is an exposure, in parts per million.
    Levels(Vec<i32>),
    /// An amount of the size, rounded to steps.
    Continuous {
        /// The least exposure, in parts per million.
        low: i32,
        /// The most.
        high: i32,
        /// Exposures are multiples of this: what is finer is not traded.
        step: i32,
    },
}

impl ActionMap {
    /// The choices that there are.
    #[must_use]
    pub fn space(&self) -> ActionSpace {
        let amount = |ppm: i32| ppm as f32 / WHOLE_PPM as f32;
        match *self {
            Self::Levels(ref levels) => ActionSpace::Discrete(levels.len()),
            Self::Continuous { low, high, .. } => ActionSpace::Continuous { low: amount(low), high: amount(high) },
        }
    }

    /// The exposure in parts per million that a choice means.
    ///
    /// # Panics
    /// When the choice is of another kind, or its index is out of range.
    #[must_use]
    pub fn exposure_ppm(&self, choice: Choice) -> i32 {
        match (self, choice) {
            (Self::Levels(levels), Choice::Index(index)) => levels[index as usize],
            (&Self::Continuous { low, high, step }, Choice::Amount(amount)) => {
                // Not a number is no wish: flat, or the bound nearest to it. The rounding ends every trace of the float.
                let ppm = if amount.is_nan() { 0.0 } else { f64::from(amount) * f64::from(WHOLE_PPM) };
                let steps = (ppm.clamp(f64::from(low), f64::from(high)) / f64::from(step)).round() as i32;
                (steps * step).clamp(low, high)
            }
            _ => panic!("a choice is of the kind that its map has"),
        }
    }
}
