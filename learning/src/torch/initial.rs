//! First weights of a network, drawn from the run's seed and never by libtorch.
//!
//! Orthogonal matrices keep the length of what passes through them (Saxe, McClelland and Ganguli, "Exact solutions to the
//! nonlinear dynamics of learning in deep linear neural networks", 2014).
use engine::{Rng, math};

/// How a part of a network begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    /// Every number is this one.
    Constant(f32),
    /// A matrix with orthogonal rows or columns, whichever are fewer, each of this length.
    Orthogonal(f64),
    /// Square blocks below each other, each orthogonal on its own: the gates of a recurrent layer.
    Gates(usize),
}

impl Start {
    /// The numbers of a part of this shape, row by row.
    pub(super) fn numbers(self, shape: &[usize], rng: &mut Rng) -> Vec<f32> {
        let (rows, columns) = (shape[0], shape[1..].iter().product());
        match self {
            Self::Constant(number) => vec![number; rows * columns],
            Self::Orthogonal(gain) => orthogonal(rows, columns, gain, rng),
            Self::Gates(gates) => (0..gates).flat_map(|_| orthogonal(rows / gates, columns, 1.0, rng)).collect(),
        }
    }
}

/// A matrix of `rows` and `columns`, row by row, whose rows (or columns, where they are fewer) are orthogonal and of length `gain`.
fn orthogonal(rows: usize, columns: usize, gain: f64, rng: &mut Rng) -> Vec<f32> {
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..length).map(|_| rng.normal()).collect();
        // Gram and Schmidt's process, twice: once leaves what rounding put back.
        for _ in 0..2 {
            for before in &basis {
                let along = dot(before, &vector);
                vector.iter_mut().zip(before).for_each(|(x, b)| *x -= along * b);
            }
        }
        let norm = math::sqrt(dot(&vector, &vector));
        // A draw that lies among those before it, which has no chance to happen, is drawn again.
        if norm > 1e-6 {
            vector.iter_mut().for_each(|x| *x /= norm);
            basis.push(vector);
        }
    }
    let at = |row: usize, column: usize| if rows <= columns { basis[row][column] } else { basis[column][row] };
    (0..rows * columns).map(|i| (gain * at(i / columns, i % columns)) as f32).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_or_columns_are_orthogonal_and_as_long_as_asked() {
        for (rows, columns, gain) in [(64, 33, 1.4), (3, 64, 0.01), (64, 64, 1.0), (1, 8, 1.0), (5, 1, 2.0)] {
            let numbers = Start::Orthogonal(gain).numbers(&[rows, columns], &mut Rng::stream(7, "test"));
            let at = |r: usize, c: usize| f64::from(numbers[r * columns + c]);
            let count = rows.min(columns);
            let product = |i: usize, j: usize| -> f64 {
                if rows <= columns {
                    (0..columns).map(|k| at(i, k) * at(j, k)).sum()
                } else {
                    (0..rows).map(|k| at(k, i) * at(k, j)).sum()
                }
            };
            for (i, j) in (0..count).flat_map(|i| (0..count).map(move |j| (i, j))) {
                let expected = if i == j { gain * gain } else { 0.0 };
                let close = (product(i, j) - expected).abs() < 1e-6 * gain * gain;
                assert!(close, "{rows} x {columns}: ({i}, {j}) is {}", product(i, j));
            }
        }
    }

    #[test]
    fn gates_are_orthogonal_blocks_that_differ() {
        let numbers = Start::Gates(3).numbers(&[12, 4], &mut Rng::stream(7, "test"));
        let row = |r: usize| numbers[r * 4..][..4].iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        for gate in 0..3 {
            for (i, j) in (0..4).flat_map(|i| (0..4).map(move |j| (i, j))) {
                let product = dot(&row(4 * gate + i), &row(4 * gate + j));
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-6, "gate {gate}: ({i}, {j}) is {product}");
            }
        }
        assert_ne!(row(0), row(4));
    }
}
