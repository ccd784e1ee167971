//! From the strategies of a run file to the one that the core asks: parameters by the registry's types, faults at their
//! line. Several strategies become a desk.
use crate::failure::Failure;
use crate::run_file::{Parameter, PolicyFile, RunFile};
use engine::ledger::share;
use engine::{Desk, InstrumentId, Money, Owner, Size};
use strategies::{BuildError, BuiltStrategy, Parameters, Registry, Value};

/// A strategy of a run before it is made.
#[derive(Clone, Debug)]
struct Planned {
    /// What it is called where there are several.
    name: Option<String>,
    kind: String,
    parameters: Parameters,
    ids: Vec<InstrumentId>,
}

/// The strategies of a run before they are made: what a sweep varies.
#[derive(Clone, Debug)]
pub struct Plan(Vec<Planned>);

impl Plan {
    /// What the run file says.
    ///
    /// # Errors
    /// When a parameter is a list of other things than texts, or money in another currency than the account's.
    pub fn new(run: &RunFile) -> Result<Self, Failure> {
        let planned = |(place, section): (usize, &crate::run_file::StrategySection)| {
            Ok(Planned {
                name: section.seat.as_ref().map(|seat| seat.name.clone()),
                kind: section.kind.clone(),
                parameters: parameters(run, place)?,
                ids: run.traded_by(section),
            })
        };
        run.strategies.iter().enumerate().map(planned).collect::<Result<_, Failure>>().map(Self)
    }

    /// The strategy that a parameter belongs to, `fast` or `trend.fast`, and its name there.
    ///
    /// # Errors
    /// When there is no such strategy.
    fn find<'a>(&self, name: &'a str) -> Result<(usize, &'a str), String> {
        let [Planned { name: None, .. }] = &self.0[..] else {
            let all = || self.0.iter().filter_map(|planned| planned.name.as_deref());
            let names = || all().collect::<Vec<_>>().join(", ");
            let Some((strategy, parameter)) = name.split_once('.') else {
                return Err(format!(
                    "`{name}` is a parameter of which strategy? say it as in `trend.fast`: {}",
                    names()
                ));
            };
            let place = all().position(|known| known == strategy);
            return place
                .map(|place| (place, parameter))
                .ok_or_else(|| format!("there is no strategy called `{strategy}`; there are {}", names()));
        };
        Ok((0, name))
    }

    /// Checks that a parameter exists.
    ///
    /// # Errors
    /// When there is no such strategy or parameter; with the nearest one.
    pub fn check(&self, name: &str, registry: &Registry) -> Result<(), String> {
        let (place, parameter) = self.find(name)?;
        let entry = registry.entry(&self.0[place].kind).map_err(|e| e.to_string())?;
        if entry.parameters.iter().any(|p| p.name == parameter) {
            return Ok(());
        }
        let known = entry.parameters.iter().map(|p| p.name);
        let near = strategies::nearest(parameter, known).map(|near| format!("; did you mean `{near}`?"));
        Err(format!("`{}` has no such parameter{}", entry.name, near.unwrap_or_default()))
    }

    /// Sets a parameter.
    ///
    /// # Errors
    /// When there is no such strategy.
    pub fn set(&mut self, name: &str, value: Value) -> Result<(), String> {
        let (place, parameter) = self.find(name)?;
        let parameters = &mut self.0[place].parameters;
        // Another file holds another policy.
        if let Some(Value::Text(file)) = parameters.get("policy").filter(|_| parameter == "policy")
            && *file != value.to_string()
        {
            parameters.remove(PolicyFile::DIGEST);
        }
        parameters.insert(parameter.to_string(), value);
        Ok(())
    }

    /// The same without the digests that policies have to have.
    #[must_use]
    pub fn without_pins(mut self) -> Self {
        for planned in self.0.iter_mut().filter(|planned| planned.kind == "policy") {
            planned.parameters.remove(PolicyFile::DIGEST);
        }
        self
    }

    /// Every parameter as text, by its whole name.
    pub fn texts(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().flat_map(|planned| {
            let whole = |name: &str| match &planned.name {
                None => name.to_string(),
                Some(strategy) => format!("{strategy}.{name}"),
            };
            planned.parameters.iter().map(move |(name, value)| (whole(name), value.to_string()))
        })
    }

    /// Candles that each strategy must have seen before it first decides, by its kind.
    ///
    /// # Errors
    /// When a name or a parameter is wrong.
    pub fn warm_ups(&self, registry: &Registry) -> Result<Vec<(String, usize)>, BuildError> {
        self.0.iter().map(|p| Ok((p.kind.clone(), registry.warm_up(&p.kind, &p.parameters)?))).collect()
    }

    /// Makes the strategy, or the desk of several.
    ///
    /// # Errors
    /// The place of the first that could not be made, and why.
    pub fn make(&self, registry: &Registry) -> Result<BuiltStrategy, (usize, BuildError)> {
        self.make_with(|_, kind, parameters, ids| registry.build(kind, parameters, ids))
    }

    /// The same with every strategy made by `make`, which is told whose books it trades.
    ///
    /// # Errors
    /// The place of the first that could not be made, and why.
    pub fn make_with(
        &self,
        make: impl Fn(Owner, &str, &Parameters, &[InstrumentId]) -> Result<BuiltStrategy, BuildError>,
    ) -> Result<BuiltStrategy, (usize, BuildError)> {
        let made = |(place, planned): (usize, &Planned)| {
            let Planned { name, kind, parameters, ids } = planned;
            let owner = match name {
                None => Owner::NONE,
                Some(_) => Owner(u8::try_from(place + 1).expect("a desk is small")),
            };
            make(owner, kind, parameters, ids).map_err(|error| (place, error))
        };
        let mut all = self.0.iter().enumerate().map(made).collect::<Result<Vec<_>, _>>()?;
        match (&self.0[..], all.pop()) {
            ([Planned { name: None, .. }], Some(only)) => Ok(only),
            (_, last) => {
                all.extend(last);
                Ok(Box::new(Desk::new(all)))
            }
        }
    }
}

/// Makes the strategy of a run.
///
/// # Errors
/// When the strategy or a parameter is unknown or out of range; the message points at the line.
pub fn build(run: &RunFile, registry: &Registry) -> Result<BuiltStrategy, Failure> {
    Plan::new(run)?.make(registry).map_err(|(place, error)| refused(run, place, &error))
}

/// What each of several strategies begins with; none for one alone.
#[must_use]
pub fn shares(run: &RunFile) -> Vec<Money> {
    let cash = run.account.cash.0;
    let share = |ppm: i64| Money(share(cash, i128::from(ppm), 1_000_000));
    run.strategies.iter().filter_map(|strategy| Some(share(strategy.seat.as_ref()?.share_ppm))).collect()
}

/// The parameters of a strategy as the registry takes them.
fn parameters(run: &RunFile, place: usize) -> Result<Parameters, Failure> {
    let mut parameters = Parameters::new();
    for (name, parameter) in &run.strategies[place].parameters {
        let value = match parameter {
            Parameter::Text(text) => Value::Text(text.clone()),
            Parameter::Whole(number) => Value::Whole(*number),
            Parameter::Number(number) => Value::Number(*number),
            Parameter::Switch(on) => Value::Flag(*on),
            Parameter::List(items) => Value::Texts(texts(run, place, name, items)?),
            Parameter::Policy(file) => {
                // What is loaded is what the run is bound to, also where the file is written anew meanwhile.
                let pinned = run.strategies[place].parameter(PolicyFile::DIGEST);
                if let (Some(digest), None) = (file.digest(), pinned) {
                    parameters.insert(PolicyFile::DIGEST.into(), Value::Text(digest.into()));
                }
                Value::Text(file.text().into())
            }
        };
        check_currency(run, place, name, &value)?;
        parameters.insert(name.clone(), value);
    }
    Ok(parameters)
}

fn texts(run: &RunFile, place: usize, name: &str, items: &[Parameter]) -> Result<Vec<String>, Failure> {
    let text = |item: &Parameter| -> Result<String, Failure> {
        match item {
            Parameter::Text(text) => Ok(text.clone()),
            other => {
                Err(run.strategy_error(place, Some(name), &format!("a list holds texts, and {other} is none")).into())
            }
        }
    };
    items.iter().map(text).collect()
}

/// Refuses money in another currency than the account's.
///
/// # Errors
/// When the value is such a size.
pub fn check_currency(run: &RunFile, place: usize, name: &str, value: &Value) -> Result<(), Failure> {
    let Value::Text(text) = value else { return Ok(()) };
    match text.parse::<Size>() {
        Ok(Size::Notional { currency, .. }) if currency != run.account.currency => {
            let message = format!("the size is in {currency} and the account in {}", run.account.currency);
            Err(run.strategy_error(place, Some(name), &message).into())
        }
        _ => Ok(()),
    }
}

/// What is said of a strategy that could not be made, at its line.
pub(crate) fn refused(run: &RunFile, place: usize, error: &BuildError) -> Failure {
    let hint = error.nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    run.strategy_error(place, error.parameter.as_deref(), &format!("{}{hint}", error.message)).into()
}
