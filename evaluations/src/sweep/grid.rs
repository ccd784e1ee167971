//! Grids of parameters: `fast=5..24`, `slow=30..79:5`, `kind=a,b,c`, and their product in a stable order.
//!
//! Steps are decimals, so `0.1..0.3:0.1` has three values and not two or four.
use super::Parameters;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Sets at most: beyond this a grid is a typing error.
const SETS_MAX: usize = 1_000_000;

/// Why a grid cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// There is no name or no value.
    #[error("`{text}` is not a grid: write name=first..last, name=first..last:step or name=a,b,c, as in fast=5..24")]
    Form {
        /// What was written.
        text: String,
    },
    /// A bound or a step is not a number.
    #[error("`{part}` in the grid `{text}` is not a decimal number")]
    Number {
        /// What was written.
        text: String,
        /// The part that is no number.
        part: String,
    },
    /// The step leads nowhere.
    #[error("the grid `{text}` has no value: the step must be above zero and the first value at most the last")]
    Empty {
        /// What was written.
        text: String,
    },
    /// The same parameter stands twice.
    #[error("the parameter `{name}` has two grids; put all its values into one")]
    Twice {
        /// The parameter.
        name: String,
    },
    /// There are too many sets.
    #[error("the grid has more than {SETS_MAX} sets; take larger steps")]
    TooLarge,
}

/// The values of some parameters; its sets are all combinations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    axes: Vec<(String, Vec<String>)>,
}

impl Grid {
    /// Reads grids as the command line takes them, one parameter each.
    ///
    /// # Errors
    /// Says which grid is wrong and how one is written.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, GridError> {
        let mut axes: Vec<(String, Vec<String>)> = Vec::new();
        let mut sets = 1_usize;
        for text in texts {
            let (name, values) = axis(text.as_ref())?;
            if axes.iter().any(|(other, _)| *other == name) {
                return Err(GridError::Twice { name });
            }
            sets = sets.checked_mul(values.len()).filter(|sets| *sets <= SETS_MAX).ok_or(GridError::TooLarge)?;
            axes.push((name, values));
        }
        Ok(Self { axes })
    }

    /// The parameters with their values, in the order they were written.
    #[must_use]
    pub fn axes(&self) -> &[(String, Vec<String>)] {
        &self.axes
    }

    /// How many sets there are; one, the empty set, for a grid of nothing.
    #[must_use]
    pub fn size(&self) -> usize {
        self.axes.iter().map(|(_, values)| values.len()).product()
    }

    /// All sets; the last parameter turns fastest.
    #[must_use]
    pub fn sets(&self) -> Vec<Parameters> {
        let mut sets = vec![BTreeMap::new()];
        for (name, values) in &self.axes {
            let with = |set: &Parameters, value: &String| {
                let mut set = set.clone();
                set.insert(name.clone(), value.clone());
                set
            };
            sets = sets.iter().flat_map(|set| values.iter().map(move |value| with(set, value))).collect();
        }
        sets
    }
}

fn axis(text: &str) -> Result<(String, Vec<String>), GridError> {
    let form = || GridError::Form { text: text.to_owned() };
    let (name, values) = text.split_once('=').ok_or_else(form)?;
    let (name, values) = (name.trim(), values.trim());
    if name.is_empty() || values.is_empty() {
        return Err(form());
    }
    if let Some((first, rest)) = values.split_once("..") {
        let (last, step) = rest.split_once(':').unwrap_or((rest, "1"));
        return Ok((name.to_owned(), range(text, first, last, step)?));
    }
    let mut list: Vec<String> = Vec::new();
    for value in values.split(',').map(str::trim) {
        if value.is_empty() {
            return Err(form());
        }
        // A value twice would be one trial counted twice.
        if !list.iter().any(|other| other == value) {
            list.push(value.to_owned());
        }
    }
    Ok((name.to_owned(), list))
}

fn range(text: &str, first: &str, last: &str, step: &str) -> Result<Vec<String>, GridError> {
    let number = |part: &str| {
        Decimal::from_str_exact(part.trim())
            .map_err(|_| GridError::Number { text: text.to_owned(), part: part.trim().to_owned() })
    };
    let (first, last, step) = (number(first)?, number(last)?, number(step)?);
    if step <= Decimal::ZERO || first > last {
        return Err(GridError::Empty { text: text.to_owned() });
    }
    let mut values = Vec::new();
    let mut value = first;
    while value <= last {
        if values.len() >= SETS_MAX {
            return Err(GridError::TooLarge);
        }
        values.push(value.normalize().to_string());
        match value.checked_add(step) {
            Some(next) => value = next,
            None => break,
        }
    }
    Ok(values)
}

/// Compares two values of a parameter: as numbers where both are, else as text.
#[must_use]
pub fn compare_values(a: &str, b: &str) -> Ordering {
    match (Decimal::from_str(a), Decimal::from_str(b)) {
        (Ok(x), Ok(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        // Numbers before text, so that the order is total.
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = match Grid::parse(&[text]) {
            Ok(grid) => grid.axes()[0].1.join(" "),
            Err(error) => error.to_string(),
        };
        assert!(
            found.contains(expected) && (found == expected || found.contains('`') || found.contains("sets")),
            "{text}: {found}"
        );
    }

    #[test]
    fn ranges_hold_both_ends_when_the_steps_hit_them() {
        check("fast=5..8", "5 6 7 8");
        check("slow=30..79:5", "30 35 40 45 50 55 60 65 70 75");
        check("size=0.1..0.3:0.1", "0.1 0.2 0.3");
        check("x=-1..1:0.50", "-1 -0.5 0 0.5 1");
        check("one=7..7", "7");
    }

    #[test]
    fn lists_keep_their_order_and_drop_doubles() {
        check("kind=b,a,c,a", "b a c");
        check("kind=a", "a");
    }

    #[test]
    fn what_is_no_grid_is_refused_with_the_right_form() {
        for text in ["fast", "=5", "fast=", "kind=a,,b"] {
            check(text, "name=first..last");
        }
        check("fast=5..x", "`x` in the grid");
        check("fast=1e3..5", "`1e3` in the grid");
        check("fast=9..5", "has no value");
        check("fast=5..9:0", "has no value");
        check("fast=5..9:-1", "has no value");
        check("fast=0..9999999:1", "more than 1000000 sets");
        assert_eq!(Grid::parse(&["a=1..2", "a=3"]), Err(GridError::Twice { name: "a".into() }));
        assert_eq!(Grid::parse(&["a=1..2000", "b=1..2000"]), Err(GridError::TooLarge));
    }

    #[test]
    fn the_product_turns_the_last_parameter_fastest() {
        let grid = Grid::parse(&["b=1..2", "a=x,y"]).unwrap();
        let sets: Vec<String> = grid.sets().iter().map(|set| format!("{}{}", set["b"], set["a"])).collect();
        assert_eq!((sets.join(" ").as_str(), grid.size()), ("1x 1y 2x 2y", 4));
        assert_eq!(Grid::default().sets().len(), 1);
    }

    #[test]
    fn values_compare_as_numbers_where_they_are() {
        assert_eq!(compare_values("9", "10"), Ordering::Less);
        assert_eq!(compare_values("b", "a"), Ordering::Greater);
        assert_eq!(compare_values("10", "a"), Ordering::Less);
    }
}
