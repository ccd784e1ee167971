//! From the outputs of a network to a choice: the one place where it is made.
use super::curves;

/// The place of the greatest; the first of equals. `None` where one of them is not a number: that is no answer.
#[must_use]
pub fn argmax(outputs: &[f32]) -> Option<usize> {
    let mut best = 0;
    for (place, output) in outputs.iter().enumerate() {
        if output.is_nan() {
            return None;
        }
        if *output > outputs[best] {
            best = place;
        }
    }
    (!outputs.is_empty()).then_some(best)
}

/// From logits to probabilities, in place: `e^x / sum of e^x`, where the sum is taken in order.
///
/// The greatest logit is taken off first, so that nothing overflows. What is more than 87 below it has probability zero. Where a
/// logit is not a number no probability is a number.
pub fn softmax(logits: &mut [f32]) {
    let greatest = logits.iter().fold(f32::NEG_INFINITY, |greatest, &x| if x > greatest { x } else { greatest });
    let mut sum = 0.0;
    for logit in logits.iter_mut() {
        *logit = curves::exp(*logit - greatest);
        sum += *logit;
    }
    for logit in logits {
        *logit /= sum;
    }
}
