//! What the parameters of algorithms may be, said once and checked before anything is learned.
use super::a2c::A2cParameters;
use super::dqn::DqnParameters;
use super::gru_ppo::GruPpoParameters;
use super::ppo::PpoParameters;
use thiserror::Error;

/// A parameter that no algorithm can work with.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("`{name}` is {found}, and has to be {expected}")]
pub struct ParameterError {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub found: f64,
    /// What it may be.
    pub expected: &'static str,
}

type Checked = Result<(), ParameterError>;

/// Layers wider than this are a mistake, and would only take memory.
const WIDTH_MAX: usize = 16_384;
/// So are larger counts of rows.
const COUNT_MAX: usize = 100_000_000;

fn within(name: &'static str, found: f64, right: bool, expected: &'static str) -> Checked {
    if right { Ok(()) } else { Err(ParameterError { name, found, expected }) }
}

fn count(name: &'static str, number: usize) -> Checked {
    within(name, number as f64, (1..=COUNT_MAX).contains(&number), "a whole number of 1 to 100,000,000")
}

fn share(name: &'static str, number: f64) -> Checked {
    within(name, number, (0.0..=1.0).contains(&number), "a number of 0 to 1")
}

fn positive(name: &'static str, number: f64) -> Checked {
    within(name, number, number > 0.0 && number.is_finite(), "a number above 0")
}

fn not_negative(name: &'static str, number: f64) -> Checked {
    within(name, number, number >= 0.0 && number.is_finite(), "a number of 0 or more")
}

fn width(name: &'static str, number: usize) -> Checked {
    within(name, number as f64, (1..=WIDTH_MAX).contains(&number), "a whole number of 1 to 16,384")
}

fn hidden(widths: &[usize]) -> Checked {
    within("hidden", widths.len() as f64, (1..=64).contains(&widths.len()), "a list of 1 to 64 widths")?;
    widths.iter().try_for_each(|&number| width("hidden", number))
}

fn log_std(number: f32) -> Checked {
    within("log_std", f64::from(number), (-20.0..=2.0).contains(&number), "a number of -20 to 2")
}

impl PpoParameters {
    /// Whether every parameter is one that can be worked with.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), ParameterError> {
        hidden(&self.hidden)?;
        count("steps", self.steps)?;
        count("minibatch", self.minibatch)?;
        count("epochs", self.epochs)?;
        share("gamma", self.gamma)?;
        share("lambda", self.lambda)?;
        positive("clip_range", self.clip_range)?;
        self.value_clip.map_or(Ok(()), |clip| positive("value_clip", clip))?;
        not_negative("entropy_coefficient", self.entropy_coefficient)?;
        not_negative("value_coefficient", self.value_coefficient)?;
        positive("gradient_norm_max", self.gradient_norm_max)?;
        positive("learning_rate", self.learning_rate)?;
        positive("adam_epsilon", self.adam_epsilon)?;
        self.kl_target.map_or(Ok(()), |target| positive("kl_target", target))?;
        log_std(self.log_std)
    }
}

impl A2cParameters {
    /// Whether every parameter is one that can be worked with.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), ParameterError> {
        hidden(&self.hidden)?;
        count("steps", self.steps)?;
        share("gamma", self.gamma)?;
        share("lambda", self.lambda)?;
        not_negative("entropy_coefficient", self.entropy_coefficient)?;
        not_negative("value_coefficient", self.value_coefficient)?;
        positive("gradient_norm_max", self.gradient_norm_max)?;
        positive("learning_rate", self.learning_rate)?;
        positive("adam_epsilon", self.adam_epsilon)?;
        log_std(self.log_std)
    }
}

impl DqnParameters {
    /// Whether every parameter is one that can be worked with.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), ParameterError> {
        hidden(&self.hidden)?;
        count("steps", self.steps)?;
        count("stride", self.stride)?;
        count("steps_per_update", self.steps_per_update)?;
        count("minibatch", self.minibatch)?;
        count("capacity", self.capacity)?;
        within("warm_up", self.warm_up as f64, self.warm_up <= self.capacity, "at most `capacity`")?;
        within("target_updates", self.target_updates as f64, self.target_updates > 0, "a whole number of 1 or more")?;
        share("gamma", self.gamma)?;
        share("epsilon_start", self.epsilon_start)?;
        share("epsilon_end", self.epsilon_end)?;
        positive("gradient_norm_max", self.gradient_norm_max)?;
        positive("learning_rate", self.learning_rate)?;
        positive("adam_epsilon", self.adam_epsilon)
    }
}

impl GruPpoParameters {
    /// Whether every parameter is one that can be worked with.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), ParameterError> {
        width("width", self.width)?;
        count("steps", self.steps)?;
        count("minibatch", self.minibatch)?;
        count("epochs", self.epochs)?;
        share("gamma", self.gamma)?;
        share("lambda", self.lambda)?;
        positive("clip_range", self.clip_range)?;
        self.value_clip.map_or(Ok(()), |clip| positive("value_clip", clip))?;
        not_negative("entropy_coefficient", self.entropy_coefficient)?;
        not_negative("value_coefficient", self.value_coefficient)?;
        positive("gradient_norm_max", self.gradient_norm_max)?;
        positive("learning_rate", self.learning_rate)?;
        positive("adam_epsilon", self.adam_epsilon)?;
        self.kl_target.map_or(Ok(()), |target| positive("kl_target", target))?;
        log_std(self.log_std)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_can_be_worked_with_and_what_cannot_is_named() {
        assert_eq!(PpoParameters::default().check(), Ok(()));
        assert_eq!(A2cParameters::default().check(), Ok(()));
        assert_eq!(DqnParameters::default().check(), Ok(()));
        assert_eq!(GruPpoParameters::default().check(), Ok(()));
        let check = |change: fn(&mut PpoParameters), expected: &str| {
            let mut parameters = PpoParameters::default();
            change(&mut parameters);
            let error = parameters.check().expect_err("it cannot be worked with").to_string();
            assert_eq!(error, expected);
        };
        check(|p| p.minibatch = 0, "`minibatch` is 0, and has to be a whole number of 1 to 100,000,000");
        check(|p| p.hidden = vec![], "`hidden` is 0, and has to be a list of 1 to 64 widths");
        check(|p| p.hidden = vec![64, 0], "`hidden` is 0, and has to be a whole number of 1 to 16,384");
        check(|p| p.gamma = 1.5, "`gamma` is 1.5, and has to be a number of 0 to 1");
        check(|p| p.learning_rate = f64::NAN, "`learning_rate` is NaN, and has to be a number above 0");
        check(|p| p.kl_target = Some(0.0), "`kl_target` is 0, and has to be a number above 0");
        check(|p| p.log_std = 5.0, "`log_std` is 5, and has to be a number of -20 to 2");
        let dqn = DqnParameters { warm_up: 200_000, ..DqnParameters::default() };
        assert_eq!(
            dqn.check().map_err(|e| e.to_string()),
            Err("`warm_up` is 200000, and has to be at most `capacity`".into())
        );
    }
}
