//! Pruning: which trials of a generation are worth more data.
//!
//! A trial is asked at growing fractions of the data, its rungs; who does badly at one does not see the next. What is
//! decided hangs on scores and their order alone, never on which of them was there first.
use std::cmp::Ordering;
use std::str::FromStr;

/// Which trials are stopped, and at which fractions of the data that is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pruning {
    /// Every trial sees all the data at once.
    None,
    /// Successive halving (Jamieson and Talwalkar, 2016), a generation being a bracket: at each rung the best of it, one
    /// in `factor`, go on. Fractions are powers of `1 / factor`.
    Halving {
        /// One in so many goes on.
        factor: u32,
        /// Rungs, the whole data among them.
        rungs: u32,
    },
    /// Median stopping (Golovin and others, 2017): who is worse than the median of all that were asked at this rung, in
    /// this generation and before, stops. Fractions are even.
    Median {
        /// Rungs, the whole data among them.
        rungs: u32,
        /// Trials that must have a score at a rung before anyone is stopped there.
        warm: u32,
    },
}

/// Rungs at most: more of them cost more than they save.
const RUNGS_MAX: u32 = 12;

impl FromStr for Pruning {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "halving" => Ok(Self::Halving { factor: 3, rungs: 3 }),
            "median" => Ok(Self::Median { rungs: 4, warm: 8 }),
            other => Err(format!("there is no pruning `{other}`: take none, halving or median")),
        }
    }
}

impl Pruning {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Halving { .. } => "halving",
            Self::Median { .. } => "median",
        }
    }

    /// The fractions of the data, rising to one.
    #[must_use]
    pub fn fractions(self) -> Vec<f64> {
        match self {
            Self::None => vec![1.0],
            Self::Halving { factor, rungs } => {
                (0..rungs).rev().map(|left| libm::pow(f64::from(factor), -f64::from(left))).collect()
            }
            Self::Median { rungs, .. } => (1..=rungs).map(|rung| f64::from(rung) / f64::from(rungs)).collect(),
        }
    }

    /// What is wrong with these settings, if anything.
    pub(super) fn complaint(self) -> Option<String> {
        match self {
            Self::Halving { factor, .. } if factor < 2 => {
                Some(format!("halving keeps one in {factor}: it needs a factor of at least 2"))
            }
            Self::Halving { rungs, .. } | Self::Median { rungs, .. } if !(1..=RUNGS_MAX).contains(&rungs) => {
                Some(format!("{rungs} rungs: pruning takes 1 to {RUNGS_MAX}"))
            }
            _ => None,
        }
    }

    /// Which of `here`, the scores of the generation at a rung, go on. `before` holds what earlier generations scored
    /// there. A greater score is better here; `None` is undefined and worse than all.
    pub(super) fn kept(self, here: &[Option<f64>], before: &[Option<f64>]) -> Vec<bool> {
        match self {
            Self::None => vec![true; here.len()],
            Self::Halving { factor, .. } => {
                let mut order: Vec<usize> = (0..here.len()).collect();
                order.sort_by(|a, b| better_first(here[*a], here[*b]).then(a.cmp(b)));
                let mut kept = vec![false; here.len()];
                for at in order.iter().take(here.len().div_ceil(factor as usize)) {
                    kept[*at] = true;
                }
                kept
            }
            Self::Median { warm, .. } => {
                let mut all: Vec<Option<f64>> = before.iter().chain(here).copied().collect();
                if all.len() < warm as usize {
                    return vec![true; here.len()];
                }
                all.sort_by(|a, b| better_first(*a, *b));
                let median = all[all.len() / 2];
                here.iter().map(|score| better_first(*score, median) != Ordering::Greater).collect()
            }
        }
    }
}

/// The greater score first, undefined ones last.
pub(super) fn better_first(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pruning: Pruning, here: &[f64], before: &[f64], expected: &str) {
        let scores = |list: &[f64]| list.iter().map(|s| Some(*s).filter(|s| s.is_finite())).collect::<Vec<_>>();
        let kept = pruning.kept(&scores(here), &scores(before));
        let found: String = kept.iter().map(|kept| if *kept { '+' } else { '-' }).collect();
        assert_eq!(found, expected, "{pruning:?} {here:?} after {before:?}");
    }

    const UNDEFINED: f64 = f64::NAN;
    const THIRD: Pruning = Pruning::Halving { factor: 3, rungs: 3 };
    const MEDIAN: Pruning = Pruning::Median { rungs: 4, warm: 4 };

    #[test]
    fn halving_keeps_the_best_of_a_generation() {
        check(THIRD, &[1.0, 6.0, 3.0, 5.0, 2.0, 4.0], &[], "-+-+--");
        check(THIRD, &[1.0, 6.0, 3.0, 5.0], &[9.0; 20], "-+-+");
        check(THIRD, &[1.0], &[], "+");
        check(THIRD, &[UNDEFINED, 1.0, UNDEFINED], &[], "-+-");
        check(THIRD, &[2.0, 2.0, 2.0], &[], "+--");
        check(THIRD, &[], &[], "");
    }

    #[test]
    fn the_median_counts_what_was_before() {
        check(MEDIAN, &[1.0, 2.0, 3.0, 4.0], &[], "-+++");
        check(MEDIAN, &[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0, 9.0], "----");
        check(MEDIAN, &[5.0], &[1.0, 2.0], "+");
        check(MEDIAN, &[0.5], &[1.0, 2.0], "+");
        check(MEDIAN, &[0.5], &[1.0, 2.0, 3.0], "-");
        check(MEDIAN, &[UNDEFINED, 1.0], &[2.0, 3.0, UNDEFINED], "-+");
        check(Pruning::None, &[1.0, 2.0], &[], "++");
    }

    #[test]
    fn fractions_rise_to_the_whole() {
        assert_eq!(Pruning::Halving { factor: 2, rungs: 3 }.fractions(), [0.25, 0.5, 1.0]);
        assert_eq!(Pruning::Median { rungs: 4, warm: 1 }.fractions(), [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(Pruning::None.fractions(), [1.0]);
    }

    #[test]
    fn names_and_settings_that_make_no_sense_are_refused() {
        assert_eq!("median".parse::<Pruning>().map(Pruning::name), Ok("median"));
        assert!("medium".parse::<Pruning>().unwrap_err().contains("none, halving or median"));
        assert!(Pruning::Halving { factor: 1, rungs: 3 }.complaint().unwrap().contains("at least 2"));
        assert!(Pruning::Median { rungs: 0, warm: 3 }.complaint().unwrap().contains("1 to 12"));
        assert_eq!(THIRD.complaint(), None);
    }
}
