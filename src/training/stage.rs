//! The worlds of episodes, made as a backtest of the same run file makes its own.
use crate::failure::Failure;
use crate::holdings::Happening;
use crate::run_file::RunFile;
use crate::setup::Setup;
use engine::sim::Merge;
use engine::{Candle, Core, SharedCandles, Simulated, Timestamp};
use learning::market::{Span, Stage, Trainee};
use std::fmt;
use std::sync::Arc;

/// The core and the venue of a run, over any part of its candles.
pub struct RunStage {
    config: RunFile,
    setup: Setup,
    /// The candles of every instrument, in the order of the run file.
    candles: Vec<Arc<[Candle]>>,
    /// What happens to holdings, in the order of time.
    carry: Vec<Happening>,
}

impl fmt::Debug for RunStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunStage({})", self.config.run.name)
    }
}

impl RunStage {
    /// A stage over these candles.
    ///
    /// # Errors
    /// When the run has what episodes do not: detail candles or ticks for its venue, or several strategies.
    pub fn new(config: RunFile, setup: Setup, candles: Vec<Arc<[Candle]>>) -> Result<Self, Failure> {
        let refuse = |key: &str, text: &str| Err(config.error_at(key, text).into());
        if setup.detail.is_some() || !setup.ticks.is_empty() {
            return refuse("instruments", "episodes meet the candles that the policy sees: train without `detail`");
        }
        if config.strategies.len() > 1 {
            return refuse("strategies", "a policy is trained alone on its account: give the run one [strategy]");
        }
        let mut carry = setup.carry.clone();
        carry.sort_by_key(|(time, _)| *time); // stable: of one instant in the order given
        Ok(Self { config, setup, candles, carry })
    }

    /// What happens to holdings within a span, and somewhat behind its last candle's open.
    fn carry(&self, from: Timestamp, to: Timestamp) -> Vec<Happening> {
        let first = self.carry.partition_point(|(time, _)| *time < from);
        let behind = self.carry.partition_point(|(time, _)| *time < to);
        self.carry[first..behind].to_vec()
    }
}

impl Stage for RunStage {
    fn open(&self, span: Span, seed: u64) -> (Core<Trainee>, Simulated<SharedCandles>) {
        let (config, setup) = (&self.config, &self.setup);
        let source = |candles: &Arc<[Candle]>| SharedCandles::window(Arc::clone(candles), span.from, span.to);
        let scales = setup.instruments.iter().map(|instrument| instrument.price_scale);
        let Ok(feed) = Merge::new(self.candles.iter().map(source).zip(scales));
        let world = Simulated::new(feed, setup.venue(config), config.execution.latency, self.candles.len())
            .with_seed(seed)
            .with_carry(self.carry(span.from, span.to));
        (setup.core_from(config, Trainee, span.trades_from), world)
    }
}
