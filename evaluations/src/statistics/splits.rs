//! Purged and embargoed cross-validation: which rows train and which test, for k folds and for every choice of folds.
//!
//! López de Prado 2018, chapters 7 and 12. Rows are cut into folds of one length, the last one taking what is over. Rows
//! whose labels reach into a tested fold are purged on both sides of it; an embargo leaves out more behind it.
use super::sample::SampleError;
use std::ops::Range;

/// The most splits that are not taken for a slip: each is a whole fit.
pub const SPLITS_MAX: u128 = 100_000;

/// What is left out of training beside a tested fold, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Before and behind: how far a label reaches.
    pub purge: usize,
    /// Behind only, after the purged ones.
    pub embargo: usize,
}

/// One split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// What trains, in order, without empty pieces.
    pub train: Vec<Range<usize>>,
    /// What tests: one piece for each tested fold.
    pub test: Vec<Range<usize>>,
    /// Which folds test, rising.
    pub folds: Vec<usize>,
    /// For each tested fold, which path it is a part of.
    pub paths: Vec<usize>,
}

/// Every split of a combinatorial cross-validation, and how tested folds make up paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combinatorial {
    /// The splits, in the lexicographic order of their tested folds.
    pub splits: Vec<Split>,
    /// How many whole paths the tested folds make up: each fold is tested once in each.
    pub paths: usize,
    /// How many folds there are.
    pub folds: usize,
}

impl Combinatorial {
    /// For each fold of a path, the split that tests it there; `None` where there is no such path.
    #[must_use]
    pub fn path(&self, path: usize) -> Option<Vec<usize>> {
        let tests = |fold: usize| {
            self.splits.iter().position(|split| {
                split.folds.iter().zip(&split.paths).any(|(tested, of)| (*tested, *of) == (fold, path))
            })
        };
        (0..self.folds).map(tests).collect()
    }
}

/// Each of `folds` folds of `rows` rows tested once.
///
/// # Errors
/// When there are fewer than two folds, or folds so short that the gaps leave nothing of one.
pub fn purged_folds(rows: usize, folds: usize, gaps: Gaps) -> Result<Vec<Split>, SampleError> {
    ensure("the number of folds", folds, folds >= 2, || "at least 2".into())?;
    let bounds = bounds(rows, folds, gaps)?;
    Ok((0..folds).map(|fold| split(&bounds, vec![fold], vec![0], gaps)).collect())
}

/// Every choice of `tested` of `folds` folds of `rows` rows: combinatorial purged cross-validation.
///
/// # Errors
/// When there are fewer than three folds, not 2 to `folds - 1` of them tested, more than [`SPLITS_MAX`] choices, or folds so
/// short that the gaps leave nothing of one.
pub fn combinatorial(rows: usize, folds: usize, tested: usize, gaps: Gaps) -> Result<Combinatorial, SampleError> {
    ensure("the number of folds", folds, folds >= 3, || "at least 3".into())?;
    ensure("the number of tested folds", tested, (2..folds).contains(&tested), || format!("2 to {}", folds - 1))?;
    let count = choices(folds, tested);
    if count > SPLITS_MAX {
        return Err(SampleError::Setting {
            what: "the number of splits",
            found: format!("{count}, every choice of {tested} of {folds} folds, each a whole fit"),
            allowed: format!("at most {SPLITS_MAX}: take fewer folds, or fewer of them to test"),
        });
    }
    let bounds = bounds(rows, folds, gaps)?;
    let mut seen = vec![0; folds];
    let mut splits = Vec::with_capacity(count as usize);
    let mut choice: Vec<usize> = (0..tested).collect();
    loop {
        let paths = choice.iter().map(|fold| seen[*fold]).collect();
        choice.iter().for_each(|fold| seen[*fold] += 1);
        splits.push(split(&bounds, choice.clone(), paths, gaps));
        // The next choice in order: the last place that can still move up does, those behind it follow closely.
        let Some(place) = (0..tested).rev().find(|place| choice[*place] < folds - tested + place) else { break };
        let first = choice[place] + 1;
        (place..tested).for_each(|at| choice[at] = first + at - place);
    }
    Ok(Combinatorial { splits, paths: seen[0], folds })
}

fn ensure(what: &'static str, found: usize, holds: bool, allowed: impl FnOnce() -> String) -> Result<(), SampleError> {
    if holds {
        return Ok(());
    }
    Err(SampleError::Setting { what, found: found.to_string(), allowed: allowed() })
}

/// How many choices of `k` of `n` there are; as many as can be counted.
fn choices(n: usize, k: usize) -> u128 {
    let k = k.min(n - k) as u128;
    (0..k).fold(1_u128, |count, i| count.saturating_mul(n as u128 - i) / (i + 1))
}

/// The folds.
fn bounds(rows: usize, folds: usize, gaps: Gaps) -> Result<Vec<Range<usize>>, SampleError> {
    let length = rows / folds;
    let beside = gaps.purge.saturating_add(gaps.embargo);
    if length <= beside.saturating_add(1) {
        return Err(SampleError::TooFew {
            what: "a fold of a cross-validation with these gaps",
            needed: beside.saturating_add(2),
            unit: "rows",
            found: length,
        });
    }
    let end = |fold: usize| if fold + 1 == folds { rows } else { (fold + 1) * length };
    Ok((0..folds).map(|fold| fold * length..end(fold)).collect())
}

fn split(bounds: &[Range<usize>], folds: Vec<usize>, paths: Vec<usize>, gaps: Gaps) -> Split {
    let test: Vec<Range<usize>> = folds.iter().map(|fold| bounds[*fold].clone()).collect();
    let rows = bounds.last().map_or(0, |last| last.end);
    let mut train: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for tested in &test {
        train.push(from..tested.start.saturating_sub(gaps.purge));
        from = tested.end + gaps.purge + gaps.embargo;
    }
    train.push(from..rows);
    train.retain(|piece| piece.start < piece.end);
    Split { train, test, folds, paths }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(pieces: &[Range<usize>]) -> Vec<usize> {
        pieces.iter().cloned().flatten().collect()
    }

    fn gaps(purge: usize, embargo: usize) -> Gaps {
        Gaps { purge, embargo }
    }

    #[test]
    fn two_of_three_folds_of_twelve_rows_are_those_of_skfolio() {
        let check = |gaps: Gaps, expected: [Range<usize>; 3]| {
            let found = combinatorial(12, 3, 2, gaps).unwrap();
            let trains: Vec<Vec<usize>> = found.splits.iter().map(|split| rows(&split.train)).collect();
            assert_eq!(trains, expected.map(Iterator::collect::<Vec<_>>), "{gaps:?}");
            let tests: Vec<_> = found.splits.iter().map(|split| split.test.clone()).collect();
            assert_eq!(tests, [[0..4, 4..8], [0..4, 8..12], [4..8, 8..12]]);
            let paths: Vec<_> = found.splits.iter().map(|split| split.paths.clone()).collect();
            assert_eq!(paths, [[0, 0], [1, 0], [1, 1]]);
            assert_eq!(found.paths, 2);
        };
        check(gaps(0, 0), [8..12, 4..8, 0..4]);
        check(gaps(1, 0), [9..12, 5..7, 0..3]);
        check(gaps(0, 1), [9..12, 5..8, 0..4]);
    }

    #[test]
    fn two_of_five_folds_of_twelve_rows_are_those_of_skfolio() {
        let found = combinatorial(12, 5, 2, Gaps::default()).unwrap();
        let folds: Vec<_> = found.splits.iter().map(|split| split.folds.clone()).collect();
        let expected = [[0, 1], [0, 2], [0, 3], [0, 4], [1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]];
        assert_eq!(folds, expected);
        let paths: Vec<_> = found.splits.iter().map(|split| split.paths.clone()).collect();
        assert_eq!(paths, [[0, 0], [1, 0], [2, 0], [3, 0], [1, 1], [2, 1], [3, 1], [2, 2], [3, 2], [3, 3]]);
        assert_eq!(rows(&found.splits[1].train), [2, 3, 6, 7, 8, 9, 10, 11]);
        assert_eq!(found.splits[3].test, [0..2, 8..12]);
        let recombined = [[0, 1, 2, 3], [0, 4, 5, 6], [1, 4, 7, 8], [2, 5, 7, 9], [3, 6, 8, 9]];
        for path in 0..4 {
            assert_eq!(found.path(path), Some(recombined.map(|fold| fold[path]).to_vec()));
        }
        assert_eq!(found.path(4), None);
    }

    #[test]
    fn two_of_six_folds_make_fifteen_splits_and_five_paths() {
        let found = combinatorial(600, 6, 2, gaps(3, 5)).unwrap();
        assert_eq!((found.splits.len(), found.paths), (15, 5));
        for split in &found.splits {
            for (tested, row) in split.test.iter().flat_map(|t| rows(&split.train).into_iter().map(move |r| (t, r))) {
                assert!(row + 3 < tested.start || row >= tested.end + 8, "{split:?}");
            }
        }
        for path in 0..5 {
            assert_eq!(found.path(path).map(|splits| splits.len()), Some(6));
        }
    }

    #[test]
    fn each_fold_is_tested_once_and_its_neighbours_are_purged() {
        let found = purged_folds(11, 3, gaps(1, 0)).unwrap();
        let shown: Vec<_> = found.iter().map(|s| (rows(&s.train), s.test[0].clone())).collect();
        assert_eq!(
            shown,
            [((4..11).collect::<Vec<_>>(), 0..3), (vec![0, 1, 7, 8, 9, 10], 3..6), ((0..5).collect(), 6..11),]
        );
        let both = purged_folds(20, 2, gaps(2, 3)).unwrap();
        assert_eq!(
            both.iter().map(|s| rows(&s.train)).collect::<Vec<_>>(),
            [(15..20).collect(), (0..8).collect::<Vec<_>>()]
        );
    }

    #[test]
    fn a_choice_that_is_too_wide_is_refused_with_its_number() {
        let refused = |folds, tested, gaps| combinatorial(1_000, folds, tested, gaps).unwrap_err().to_string();
        assert_eq!(
            refused(20, 10, Gaps::default()),
            "the number of splits is 184756, every choice of 10 of 20 folds, each a whole fit, and has to be at most 100000: \
             take fewer folds, or fewer of them to test"
        );
        assert!(refused(500, 250, Gaps::default()).starts_with("the number of splits is "));
        assert_eq!(combinatorial(1_000, 18, 9, Gaps::default()).map(|c| c.splits.len()), Ok(48_620));
        assert_eq!(refused(2, 2, Gaps::default()), "the number of folds is 2, and has to be at least 3");
        assert_eq!(refused(4, 1, Gaps::default()), "the number of tested folds is 1, and has to be 2 to 3");
        assert_eq!(refused(4, 4, Gaps::default()), "the number of tested folds is 4, and has to be 2 to 3");
    }

    #[test]
    fn gaps_that_leave_nothing_of_a_fold_are_refused() {
        let refused = combinatorial(12, 3, 2, gaps(2, 1)).unwrap_err().to_string();
        assert_eq!(refused, "a fold of a cross-validation with these gaps needs at least 5 rows, there are 4");
        assert!(combinatorial(12, 3, 2, gaps(1, 1)).is_ok());
        assert!(combinatorial(12, 3, 2, gaps(usize::MAX, usize::MAX)).is_err());
        assert!(purged_folds(3, 5, Gaps::default()).is_err());
        assert!(purged_folds(10, 1, Gaps::default()).is_err());
    }

    #[test]
    fn every_row_is_tested_whatever_is_over() {
        for (count, folds) in [(13, 5), (89, 10), (19, 5), (37, 7)] {
            let found = combinatorial(count, folds, 2, Gaps::default());
            // Folds of one or two rows have nothing left beside a gap of none.
            let Ok(found) = found else { panic!("{count} rows in {folds} folds") };
            let mut tested = vec![false; count];
            found.splits.iter().flat_map(|s| rows(&s.test)).for_each(|row| tested[row] = true);
            assert!(tested.iter().all(|t| *t), "{count} rows in {folds} folds");
        }
    }
}
