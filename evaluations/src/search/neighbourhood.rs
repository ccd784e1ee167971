//! The neighbourhood of a set of parameters: is what was found a plateau, or a needle that chance sharpened?
//!
//! Neighbours are the set with one parameter one or two steps away, and the corners: two parameters one step away each.
//! All corners of three and more are not run: they double with every parameter, and pairs show a fall already.
use super::space::Space;
use crate::metrics::distribution::{quantile, sorted};
use crate::sweep::Parameters;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::str::FromStr;

/// Steps that a parameter is moved alone.
const ALONE: [i32; 4] = [-2, -1, 1, 2];
/// Steps that each of two is moved in a corner.
const TOGETHER: [i32; 2] = [-1, 1];
/// The ratio from which a neighbourhood is a plateau. Ours: a fifth less is what another sample would do too.
pub const PLATEAU: f64 = 0.8;
/// The ratio below which it is a needle. Ours: more than half of the result hangs on the exact numbers.
pub const NEEDLE: f64 = 0.5;
/// Neighbours with a score that a judgement needs.
pub const NEIGHBOURS_MIN: usize = 4;

/// A set near another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The set.
    pub parameters: Parameters,
    /// Which parameters are moved, by how many steps.
    pub moved: Vec<(String, i32)>,
}

/// Values of a parameter around its own.
struct Around {
    name: String,
    /// The value so many steps away, where there is one.
    values: Vec<(i32, String)>,
}

impl Around {
    fn of(name: &str, value: impl Fn(i32) -> Option<String>) -> Self {
        let values = ALONE.into_iter().filter_map(|steps| value(steps).map(|text| (steps, text))).collect();
        Self { name: name.to_owned(), values }
    }

    fn at(&self, steps: i32) -> Option<&String> {
        self.values.iter().find(|(found, _)| *found == steps).map(|(_, text)| text)
    }
}

/// The neighbours of `centre` in `space`: steps are the values of a list, or a twentieth of a range. Values without an
/// order have none, and what lies beyond the ends is left out.
#[must_use]
pub fn in_space(space: &Space, centre: &Parameters) -> Vec<Neighbour> {
    let around = space.axes().iter().filter_map(|axis| {
        let value = centre.get(&axis.name)?;
        Some(Around::of(&axis.name, |steps| axis.neighbour(value, steps)))
    });
    neighbours(centre, &around.collect::<Vec<_>>())
}

/// The neighbours of `centre` where no space is known: a step is a tenth of the number, one at least where it is whole.
/// Parameters that are no number, or zero, and those of `fixed` stay. No number changes its sign.
#[must_use]
pub fn by_tenths(centre: &Parameters, fixed: &[&str]) -> Vec<Neighbour> {
    let free = centre.iter().filter(|(name, _)| !fixed.contains(&name.as_str()));
    let around = free.filter_map(|(name, text)| {
        let number = Decimal::from_str(text).ok().filter(|number| !number.is_zero())?;
        let tenth = number.abs() / Decimal::TEN;
        let step = if number.is_integer() { tenth.round().max(Decimal::ONE) } else { tenth };
        Some(Around::of(name, |steps| {
            let moved = number.checked_add(step.checked_mul(Decimal::from(steps))?)?;
            let same_side = !moved.is_zero() && moved.is_sign_negative() == number.is_sign_negative();
            same_side.then(|| moved.normalize().to_string())
        }))
    });
    neighbours(centre, &around.collect::<Vec<_>>())
}

fn neighbours(centre: &Parameters, around: &[Around]) -> Vec<Neighbour> {
    let with = |moves: &[(&Around, i32)]| {
        let mut parameters = centre.clone();
        for (around, steps) in moves {
            parameters.insert(around.name.clone(), around.at(*steps)?.clone());
        }
        Some(Neighbour { parameters, moved: moves.iter().map(|(it, steps)| (it.name.clone(), *steps)).collect() })
    };
    let mut all: Vec<Neighbour> =
        around.iter().flat_map(|it| ALONE.into_iter().filter_map(move |steps| with(&[(it, steps)]))).collect();
    for (place, first) in around.iter().enumerate() {
        for second in &around[place + 1..] {
            for steps in TOGETHER {
                all.extend(TOGETHER.into_iter().filter_map(|other| with(&[(first, steps), (second, other)])));
            }
        }
    }
    all
}

/// What the scores around a set say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The neighbours do nearly as well.
    Plateau,
    /// They do worse, and not by all of it.
    Slope,
    /// Hardly anything is left beside it.
    Needle,
    /// The set has no score above zero, or too few neighbours have one.
    Undefined,
}

impl Shape {
    /// `plateau`, `slope`, `needle` or `undefined`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plateau => "plateau",
            Self::Slope => "slope",
            Self::Needle => "needle",
            Self::Undefined => "undefined",
        }
    }
}

/// Figures of a neighbourhood. More is better in all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The score of the set itself.
    pub centre: Option<f64>,
    /// Neighbours that were run.
    pub n: usize,
    /// Of these, the ones without a score.
    pub undefined: usize,
    /// The median of the neighbours' scores.
    pub median: Option<f64>,
    /// The lowest.
    pub worst: Option<f64>,
    /// The highest.
    pub best: Option<f64>,
    /// The median over the score of the set; `None` where that is not above zero.
    pub ratio: Option<f64>,
    /// The part of the neighbours whose score is above zero; one without a score is not.
    pub positive: Option<f64>,
    /// What all that looks like, by [`PLATEAU`] and [`NEEDLE`].
    pub shape: Shape,
}

/// The figures of a set that scored `centre` and whose neighbours scored `scores`, more being better.
#[must_use]
pub fn figures(centre: Option<f64>, scores: &[Option<f64>]) -> Figures {
    let defined = sorted(&scores.iter().flatten().copied().filter(|score| score.is_finite()).collect::<Vec<_>>());
    let median = quantile(&defined, 0.5);
    let centre = centre.filter(|score| score.is_finite());
    let ratio = centre.filter(|centre| *centre > 0.0).zip(median).map(|(centre, median)| median / centre);
    let n = scores.len();
    let above = defined.iter().filter(|score| **score > 0.0).count().to_f64();
    let shape = match ratio {
        Some(_) if defined.len() < NEIGHBOURS_MIN => Shape::Undefined,
        Some(ratio) if ratio >= PLATEAU => Shape::Plateau,
        Some(ratio) if ratio >= NEEDLE => Shape::Slope,
        Some(_) => Shape::Needle,
        None => Shape::Undefined,
    };
    Figures {
        centre,
        n,
        undefined: n - defined.len(),
        median,
        worst: defined.first().copied(),
        best: defined.last().copied(),
        ratio,
        positive: above.filter(|_| n > 0).map(|above| above / n as f64),
        shape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Parameters {
        let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        text.split_whitespace().filter_map(pair).collect()
    }

    fn words(neighbours: &[Neighbour]) -> String {
        let word = |it: &Neighbour| it.parameters.values().cloned().collect::<Vec<_>>().join("/");
        neighbours.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn neighbours_are_one_and_two_steps_along_each_axis_and_the_corners_of_each_pair() {
        let space = Space::parse(&["fast=5..24", "slow=30..50:5", "kind=a,b"]).unwrap();
        let found = in_space(&space, &set("fast=10 slow=40 kind=a"));
        assert_eq!(
            words(&found),
            "8/a/40 9/a/40 11/a/40 12/a/40 10/a/30 10/a/35 10/a/45 10/a/50 9/a/35 9/a/45 11/a/35 11/a/45"
        );
        assert_eq!(found[8].moved, [("fast".to_owned(), -1), ("slow".to_owned(), -1)]);
        assert_eq!(words(&in_space(&space, &set("fast=5 slow=50 kind=b"))), "6/b/50 7/b/50 5/b/40 5/b/45 6/b/45");
        assert_eq!(in_space(&space, &set("fast=99 kind=a")), []);
        let three = Space::parse(&["a=1..9", "b=1..9", "c=1..9"]).unwrap();
        assert_eq!(in_space(&three, &set("a=5 b=5 c=5")).len(), 3 * 4 + 3 * 4);
    }

    #[test]
    fn without_a_space_a_step_is_a_tenth_and_no_number_changes_its_sign() {
        let check = |text: &str, fixed: &[&str], expected: &str| {
            assert_eq!(words(&by_tenths(&set(text), fixed)), expected, "{text}");
        };
        check("slow=50", &[], "40 45 55 60");
        check("fast=5", &[], "3 4 6 7");
        check("fast=2", &[], "1 3 4");
        check("size=0.5", &[], "0.4 0.45 0.55 0.6");
        check("shift=-1", &[], "-3 -2");
        check("kind=a zero=0", &[], "");
        check("fast=10 slow=50", &["slow"], "8/50 9/50 11/50 12/50");
    }

    #[test]
    fn a_plateau_a_slope_and_a_needle_are_told_apart() {
        let check = |centre: Option<f64>, scores: &[Option<f64>], shape: Shape, ratio: Option<f64>| {
            let found = figures(centre, scores);
            assert_eq!((found.shape, found.ratio), (shape, ratio), "{centre:?} {scores:?}");
        };
        check(Some(2.0), &[Some(2.0), Some(1.5), Some(2.5), Some(1.8)], Shape::Plateau, Some(0.95));
        check(Some(2.0), &[Some(1.0), Some(1.5), Some(1.0), Some(1.5)], Shape::Slope, Some(0.625));
        check(Some(2.0), &[Some(-1.0), Some(0.0), Some(0.5), Some(1.0)], Shape::Needle, Some(0.125));
        check(Some(0.0), &[Some(1.0); 4], Shape::Undefined, None);
        check(None, &[Some(1.0); 4], Shape::Undefined, None);
        check(Some(1.0), &[Some(1.0), Some(1.0), Some(1.0), None], Shape::Undefined, Some(1.0));
        check(Some(1.0), &[None; 4], Shape::Undefined, None);
        check(Some(1.0), &[], Shape::Undefined, None);
    }

    #[test]
    fn figures_count_what_is_undefined() {
        let found = figures(Some(2.0), &[Some(1.0), None, Some(-3.0), Some(f64::NAN)]);
        assert_eq!((found.n, found.undefined, found.positive), (4, 2, Some(0.25)));
        assert_eq!((found.worst, found.median, found.best), (Some(-3.0), Some(-1.0), Some(1.0)));
        assert_eq!(figures(None, &[]).positive, None);
    }
}
