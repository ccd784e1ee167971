//! Duelling streams: the value of a state and the advantages of its actions, and the one head that they are.
//!
//! Wang and others, "Dueling network architectures for deep reinforcement learning", 2016, equation 9: the value of an action is
//! V + A - mean(A). Both streams are linear in what stands before them, so that is linear too: a policy needs one head, whose
//! weights for an action are V's and A's of that action less the mean of A's.
use super::learner::Weights;
use crate::policy;

/// The value of each action, of one row: V and each A, or the values themselves where there are no more numbers than actions.
pub(super) fn values(row: &[f32], actions: usize) -> Vec<f64> {
    if row.len() == actions {
        return row.iter().map(|&x| f64::from(x)).collect();
    }
    let (value, advantages) = (f64::from(row[0]), &row[1..]);
    let mean = advantages.iter().map(|&a| f64::from(a)).sum::<f64>() / actions as f64;
    advantages.iter().map(|&a| value + f64::from(a) - mean).collect()
}

/// Appends the gradient by each output of a row, given the loss by the value of one action.
pub(super) fn gradient(by: f64, action: usize, (actions, width): (usize, usize), out: &mut Vec<f32>) {
    let chosen = |a: usize| if a == action { by } else { 0.0 };
    if width == actions {
        out.extend((0..actions).map(|a| chosen(a) as f32));
        return;
    }
    out.push(by as f32);
    out.extend((0..actions).map(|a| (chosen(a) - by / actions as f64) as f32));
}

const STREAMS: [&str; 2] = ["actor.streams.weight", "actor.streams.bias"];
const HEAD: [&str; 2] = ["actor.head.weight", "actor.head.bias"];

/// Replaces the streams by the head that they are.
pub(super) fn fold(weights: &mut Weights) {
    for (streams, head) in STREAMS.iter().zip(HEAD) {
        let tensor = weights.remove(*streams).expect("the network has streams");
        let actions = tensor.shape[0] - 1;
        let row = tensor.values.len() / tensor.shape[0];
        let columns: Vec<Vec<f64>> = (0..row)
            .map(|column| {
                let numbers: Vec<f32> = (0..=actions).map(|stream| tensor.values[stream * row + column]).collect();
                values(&numbers, actions)
            })
            .collect();
        let shape = [&[actions], &tensor.shape[1..]].concat();
        let values = (0..actions).flat_map(|action| columns.iter().map(move |column| column[action] as f32)).collect();
        weights.insert(head.into(), policy::Tensor { shape, values });
    }
}

/// Replaces a head by streams that come to the same values: V is zero, and takes up the mean; A is the head.
pub(super) fn unfold(weights: &mut Weights) {
    for (streams, head) in STREAMS.iter().zip(HEAD) {
        let Some(tensor) = weights.remove(head) else { continue };
        let actions = tensor.shape.first().copied().unwrap_or(0).max(1);
        let row = tensor.values.len() / actions;
        let sum = |column: usize| (0..actions).map(|a| f64::from(tensor.values[a * row + column])).sum::<f64>();
        let mut values: Vec<f32> = (0..row).map(|column| (sum(column) / actions as f64) as f32).collect();
        values.extend_from_slice(&tensor.values);
        let shape = [&[actions + 1], tensor.shape.get(1..).unwrap_or(&[])].concat();
        weights.insert((*streams).into(), policy::Tensor { shape, values });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Rng;

    #[test]
    fn values_are_those_of_equation_9() {
        assert_eq!(format!("{:?}", values(&[10.0, 1.0, 2.0, 6.0], 3)), "[8.0, 9.0, 13.0]");
        assert_eq!(format!("{:?}", values(&[1.0, 2.0, 6.0], 3)), "[1.0, 2.0, 6.0]");
    }

    #[test]
    fn gradients_are_those_of_central_differences() {
        let outputs = [0.5_f32, -1.0, 2.0, 0.25];
        for (width, row) in [(4, &outputs[..]), (3, &outputs[1..])] {
            let mut found = Vec::new();
            gradient(0.7, 1, (3, width), &mut found);
            for (place, found) in found.iter().enumerate() {
                let moved = |by: f32| {
                    let mut row = row.to_vec();
                    row[place] += by;
                    0.7 * values(&row, 3)[1]
                };
                let expected = (moved(0.5) - moved(-0.5)) as f32;
                assert!((found - expected).abs() < 1e-6, "{width}, output {place}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn a_head_answers_what_its_streams_answer_and_the_other_way_round() {
        let mut rng = Rng::stream(1, "test");
        let mut tensor = |shape: &[usize]| policy::Tensor {
            shape: shape.to_vec(),
            values: (0..shape.iter().product()).map(|_| rng.normal() as f32).collect(),
        };
        let parts = [(STREAMS[0].to_string(), tensor(&[4, 5])), (STREAMS[1].to_string(), tensor(&[4]))];
        let before = tensor(&[5]).values;
        let answer = |weights: &Weights, names: [&str; 2], count: usize| -> Vec<f32> {
            let row = |r: usize| weights[names[0]].values[r * 5..][..5].iter().zip(&before).map(|(w, x)| w * x);
            (0..count).map(|r| row(r).sum::<f32>() + weights[names[1]].values[r]).collect()
        };
        let mut weights = Weights::from(parts);
        let expected = values(&answer(&weights, STREAMS, 4), 3);
        let close = |found: &[f64]| {
            let near = found.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-5);
            assert!(near && found.len() == expected.len(), "{found:?} is not {expected:?}");
        };
        fold(&mut weights);
        assert_eq!(weights[HEAD[0]].shape, [3, 5]);
        close(&values(&answer(&weights, HEAD, 3), 3));
        unfold(&mut weights);
        assert_eq!(weights[STREAMS[0]].shape, [4, 5]);
        close(&values(&answer(&weights, STREAMS, 4), 3));
    }
}
