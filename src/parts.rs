//! The parts of a run that a setup makes: the core, the venue, and what the core is limited by.
use crate::costs;
use crate::failure::Failure;
use crate::limits;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::strategy_setup;
use engine::risk::{AllowedInstruments, BuyingPower, Days, RiskCheck};
use engine::sim::{Sessions, VenueConfig};
use engine::{Core, InstrumentId, RiskEngine, SimVenue, State, Strategy, Timestamp};

impl Setup {
    /// Works out the limits and what people do.
    pub(crate) fn include_limits(&mut self, run: &RunFile) -> Result<(), Failure> {
        if let Some(risk) = &run.risk {
            self.limits = Some(limits::limits(run, risk, &self.instruments, self.days_of_loss(run))?);
        }
        if let (None, Some(_)) = (&run.risk, run.operators.first()) {
            let message = "people change limits, and this run has none: it has no [risk] section";
            return Err(run.error_at("operators.0", message).into());
        }
        self.operators = limits::operators(run, &self.instruments)?;
        Ok(())
    }

    /// The days by which losses are counted: those of the exchange where everything that is traded has sessions, of the
    /// first such market where they differ; UTC's otherwise.
    fn days_of_loss(&self, run: &RunFile) -> Days {
        let traded = self.sessions.iter().zip(&run.instruments).filter(|(_, section)| section.role.traded);
        let closes: Vec<_> = traded.map(|(sessions, _)| sessions.closes()).collect();
        let all = closes.iter().all(Option::is_some);
        closes.into_iter().flatten().next().filter(|_| all).map_or(Days::Utc, Days::At)
    }

    /// A core at rest.
    #[must_use]
    pub fn core<S: Strategy>(&self, run: &RunFile, strategy: S) -> Core<S> {
        self.core_from(run, strategy, self.trades_from)
    }

    /// The same, trading from another candle on.
    #[must_use]
    pub fn core_from<S: Strategy>(&self, run: &RunFile, strategy: S, trades_from: Timestamp) -> Core<S> {
        let allowed: Vec<bool> = match &run.risk {
            Some(risk) => run.instruments.iter().map(|i| risk.allowed_instruments.contains(&i.name())).collect(),
            None => vec![true; run.instruments.len()],
        };
        let allowed = run.instruments.iter().zip(allowed).map(|(i, allowed)| allowed && i.role.traded).collect();
        let mut checks: Vec<Box<dyn RiskCheck + Send>> = vec![Box::new(AllowedInstruments(allowed))];
        checks.extend(run.risk.iter().flat_map(limits::checks));
        checks.push(Box::new(BuyingPower { leverage: run.account.leverage }));
        let state = State::new(run.account.cash, self.instruments.clone(), trades_from);
        let looked_at = run.instruments.iter().map(|section| !section.role.traded).collect();
        let mut state = state.with_currencies(self.currencies.clone()).with_looked_at(looked_at);
        let shares = strategy_setup::shares(run);
        if !shares.is_empty() {
            state = state.with_strategies(&shares);
        }
        if let Some((limits, settings)) = &self.limits {
            state = state.with_limits(limits.clone(), settings.clone());
        }
        Core::new(state, strategy, RiskEngine::new(checks))
    }

    /// The simulated venue.
    #[must_use]
    pub fn venue(&self, run: &RunFile) -> SimVenue {
        let config = VenueConfig {
            path: run.execution.path,
            queue: run.execution.queue,
            leverage: run.account.leverage,
            margin_mode: run.account.margin_mode,
            participation_ppm: run.execution.participation_ppm,
        };
        let mut venue = SimVenue::new(config, run.account.cash, self.instruments.clone(), self.costs.clone())
            .with_currencies(self.currencies.clone());
        if let Some(tiers) = costs::tiers(&run.execution) {
            venue = venue.with_tiers(tiers);
        }
        let with = |venue: SimVenue, (place, sessions): (u32, &Sessions)| {
            venue.with_sessions(InstrumentId(place), sessions.clone())
        };
        (0..).zip(&self.sessions).fold(venue, with)
    }
}
