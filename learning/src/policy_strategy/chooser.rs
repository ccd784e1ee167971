//! From the outputs of a network to an exposure: the likeliest choice, if it is sure enough.
//!
//! It never draws by lot. What a decision hangs on is computed in an order and by functions that are the same everywhere.
use crate::environment::Choice;
use crate::policy::{ActionMap, Head, WHOLE_PPM};
use crate::portable::choice::argmax;
use engine::math;

/// Chooses.
#[derive(Clone, Debug)]
pub struct Chooser {
    head: Head,
    actions: ActionMap,
    threshold_ppm: u64,
    threshold: f64,
}

impl Chooser {
    /// By the outputs of this head, whose choices mean `actions`. A choice changes the exposure only where it is sure enough:
    /// where its probability is at least the threshold (categorical), its value exceeds that of the exposure that stands by at
    /// least the threshold (values), or its exposure differs from the one that stands by at least that part of the size (mean).
    #[must_use]
    pub fn new(head: Head, actions: ActionMap, threshold_ppm: u64) -> Self {
        let threshold = threshold_ppm as f64 / f64::from(WHOLE_PPM);
        Self { head, actions, threshold_ppm, threshold }
    }

    /// The exposure to have, in parts per million of the size; `present` is the one that stands.
    #[must_use]
    #[inline]
    pub fn choose(&self, outputs: &[f32], present_ppm: i32) -> i32 {
        let wanted = match self.head {
            Head::Gaussian => self.amount(outputs, present_ppm),
            Head::Categorical => {
                argmax(outputs).filter(|best| self.is_likely(outputs, *best)).map(|best| self.level(best))
            }
            Head::Values => {
                argmax(outputs).filter(|best| self.is_worth(outputs, *best, present_ppm)).map(|best| self.level(best))
            }
        };
        wanted.unwrap_or(present_ppm)
    }

    fn level(&self, place: usize) -> i32 {
        let index = u32::try_from(place).expect("a policy has few actions");
        self.actions.exposure_ppm(Choice::Index(index))
    }

    fn amount(&self, outputs: &[f32], present_ppm: i32) -> Option<i32> {
        // What is not a number is no answer: nothing is to be acted on.
        let amount = outputs.first().copied().filter(|amount| !amount.is_nan())?;
        let wanted = self.actions.exposure_ppm(Choice::Amount(amount));
        let change = u64::from(wanted.abs_diff(present_ppm));
        (change >= self.threshold_ppm).then_some(wanted)
    }

    fn is_likely(&self, outputs: &[f32], best: usize) -> bool {
        if self.threshold_ppm == 0 {
            return true;
        }
        let most = f64::from(outputs[best]);
        let sum: f64 = outputs.iter().map(|output| math::exp(f64::from(*output) - most)).sum();
        1.0 / sum >= self.threshold
    }

    /// What stands is worth what the first action of its exposure is; where no action has it, every other is worth more.
    fn is_worth(&self, outputs: &[f32], best: usize, present_ppm: i32) -> bool {
        let stands = (0..outputs.len()).find(|place| self.level(*place) == present_ppm);
        stands.is_none_or(|stands| f64::from(outputs[best]) - f64::from(outputs[stands]) >= self.threshold)
    }
}
