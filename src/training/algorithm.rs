//! From the section `[learning]` to an algorithm at work: the keys that are its own become its parameters, each checked by name.
use crate::failure::Failure;
use crate::run_file::{AlgorithmName, LearningSection, Parameter, RunFile};
use learning::market::Episode;
use learning::torch::{
    A2c, A2cParameters, Dqn, DqnParameters, GruPpo, GruPpoParameters, Learner, ParameterError, Ppo, PpoParameters,
};
use learning::{ActionSpace, Spaces};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An algorithm and its parameters as texts, for the record.
pub(super) struct Algorithm {
    pub(super) learner: Box<dyn Learner<Episode>>,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Algorithm {
    /// The algorithm of a run file, for a fleet of these spaces.
    ///
    /// # Errors
    /// When a key is none of its parameters, or has a wrong value.
    pub(super) fn new(config: &RunFile, section: &LearningSection, spaces: Spaces) -> Result<Self, Failure> {
        let (members, seed) = (section.episodes as usize, config.run.seed);
        let fill = Fill { config, section };
        Ok(match section.algorithm {
            AlgorithmName::Ppo => {
                let (own, parameters) = fill.parameters(PpoParameters::check)?;
                Self { learner: Box::new(Ppo::new(own, spaces, members, seed)), parameters }
            }
            AlgorithmName::GruPpo => {
                let (own, parameters) = fill.parameters(GruPpoParameters::check)?;
                Self { learner: Box::new(GruPpo::new(own, spaces, members, seed)), parameters }
            }
            AlgorithmName::A2c => {
                let (own, parameters) = fill.parameters(A2cParameters::check)?;
                Self { learner: Box::new(A2c::new(own, spaces, members, seed)), parameters }
            }
            AlgorithmName::Dqn if matches!(spaces.actions, ActionSpace::Continuous { .. }) => {
                let text = "deep Q-learning chooses between actions: give it a list of `exposures`";
                return Err(config.error_at("learning.exposure_step", text).into());
            }
            AlgorithmName::Dqn => {
                let (own, parameters) = fill.parameters(DqnParameters::check)?;
                Self { learner: Box::new(Dqn::new(own, spaces, members, seed)), parameters }
            }
        })
    }
}

struct Fill<'a> {
    config: &'a RunFile,
    section: &'a LearningSection,
}

impl Fill<'_> {
    /// The defaults, with what the section says over them; and all of them as texts.
    fn parameters<P: Default + Serialize + DeserializeOwned>(
        &self,
        check: fn(&P) -> Result<(), ParameterError>,
    ) -> Result<(P, BTreeMap<String, String>), Failure> {
        let defaults = serde_json::to_value(P::default()).map_err(Failure::failed)?;
        let Value::Object(mut all) = defaults else { return Err(Failure::failed("parameters have names")) };
        self.network(&mut all);
        for (name, parameter) in &self.section.parameters {
            let wrong = |text: String| Failure::from(self.config.error_at(&format!("learning.{name}"), &text));
            if !all.contains_key(name) {
                let near = strategies::nearest(name, all.keys().map(String::as_str));
                let hint = near.map_or_else(|| ".".to_string(), |near| format!("; did you mean `{near}`?"));
                let known: Vec<&str> = all.keys().map(String::as_str).collect();
                let algorithm = self.section.algorithm.name();
                return Err(wrong(format!(
                    "`{name}` is no key of [learning], and no parameter of `{algorithm}`{hint} It has {}",
                    known.join(", ")
                )));
            }
            let before = all.insert(name.clone(), value(parameter));
            if let Err(error) = serde_json::from_value::<P>(Value::Object(all.clone())) {
                let usual = before.unwrap_or_default();
                return Err(wrong(format!("`{name}` cannot be {parameter}: {error}; the default is {usual}")));
            }
        }
        let texts = all.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let own: P = serde_json::from_value(Value::Object(all)).map_err(Failure::failed)?;
        check(&own).map_err(|e| self.config.error_at(&format!("learning.{}", e.name), &e.to_string()))?;
        Ok((own, texts))
    }

    /// What every algorithm's network has.
    fn network(&self, all: &mut Map<String, Value>) {
        let section = self.section;
        let width = section.hidden.first().copied().unwrap_or(64);
        for (key, value) in [
            ("hidden", Value::from(section.hidden.clone())),
            ("width", Value::from(width)),
            ("activation", serde_json::to_value(section.activation).unwrap_or_default()),
        ] {
            if all.contains_key(key) {
                all.insert(key.to_string(), value);
            }
        }
    }
}

/// A plain value of a run file as JSON.
fn value(parameter: &Parameter) -> Value {
    match parameter {
        Parameter::Text(text) if text == "off" => Value::Null,
        Parameter::Text(text) => Value::from(text.clone()),
        Parameter::Whole(whole) => Value::from(*whole),
        Parameter::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or_default(),
        Parameter::Switch(on) => Value::from(*on),
        Parameter::List(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        Parameter::Policy(file) => Value::from(file.text()),
    }
}
