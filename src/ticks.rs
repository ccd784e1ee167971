//! The ticks that drive the venue of a run: where they are, how they are opened, and what they take for granted.
//!
//! The core never sees them. Whether a source shows sizes is known only when it is read.
use crate::failure::Failure;
use crate::run_file::{DetailSetting, InstrumentSection, RunFile};
use crate::setup::Setup;
use datasets::{Catalog, DataError, ReadOptions, TickOptions, TickSeries};
use engine::sim::{BoxedTicks, Queue};
use engine::{SharedTicks, Tick, TickSource};
use evaluations::Assumption;
use std::convert::Infallible;
use std::sync::Arc;

/// How the ticks of one instrument are had.
#[derive(Clone, Debug)]
pub struct TickReading {
    /// The files.
    pub series: TickSeries,
    /// Window and steps.
    pub options: TickOptions,
}

impl TickReading {
    /// The ticks of an instrument whose orders are to meet some; `None` where they meet candles.
    ///
    /// # Errors
    /// When the catalog has none, or nothing that the queue model of the run could be told from.
    pub(crate) fn find(
        run: &RunFile,
        catalog: &Catalog,
        (index, section): (usize, &InstrumentSection),
        options: &ReadOptions,
    ) -> Result<Option<Self>, Failure> {
        let ahead = run.execution.queue == Queue::VolumeAhead;
        let why = "`volume-ahead` needs the sizes that quotes show";
        if section.detail != Some(DetailSetting::Ticks) {
            let text = format!("{why}, and {} meets candles: give it `detail = \"ticks\"`", section.name());
            return if ahead { Err(run.error_at("execution.queue", &text).into()) } else { Ok(None) };
        }
        let series = catalog.ticks(&section.venue, &section.symbol).map_err(|error| match error.is_unknown_name() {
            true => Failure::from(run.error_at(&format!("instruments.{index}.detail"), &error.to_string())),
            false => error.into(),
        })?;
        if ahead && series.quotes.is_none() {
            let text = format!("{why}, and {} has no quotes, only trades", series.name());
            return Err(run.error_at("execution.queue", &text).into());
        }
        let options = TickOptions {
            from: options.from,
            // The last candle that opens before the end is traded in whole.
            to: options.to.after(section.interval.0),
            price_scale: options.price_scale,
            qty_scale: options.qty_scale,
            block_rows: options.block_rows,
        };
        Ok(Some(Self { series, options }))
    }

    /// What is taken for granted about them.
    pub(crate) fn assumption(&self) -> Assumption {
        let rows = |file: &Option<datasets::TickFile>| file.as_ref().map_or(0, |file| file.rows);
        let text = format!(
            "its orders meet {} trades and {} quotes by the clock of `{}`, no candle: what takes liquidity trades at the \
             quote that stands after the first tick at or after its arrival, without any quote so far at the next trade, \
             and of a crossed quote at the worse side; at most what the quote shows less what was taken of it; half a \
             spread is paid at trades only; impact is of that size, or of the trade's; stops follow trades, else the quote",
            rows(&self.series.trades),
            rows(&self.series.quotes),
            self.series.clock.column()
        );
        Assumption { about: format!("{}:{}", self.series.venue, self.series.symbol), text }
    }

    /// All of them at once.
    ///
    /// # Errors
    /// As for reading block by block.
    pub fn load(&self) -> Result<Arc<[Tick]>, Failure> {
        let mut reader = self.series.read(self.options)?;
        let mut all = Vec::new();
        while reader.advance()? {
            all.extend_from_slice(reader.block());
        }
        Ok(all.into())
    }
}

/// Ticks in memory, as a world takes them.
#[must_use]
pub fn shared(ticks: &[Option<Arc<[Tick]>>]) -> Vec<Option<BoxedTicks<Infallible>>> {
    let boxed = |ticks: &Arc<[Tick]>| Box::new(SharedTicks::new(Arc::clone(ticks))) as BoxedTicks<Infallible>;
    ticks.iter().map(|ticks| ticks.as_ref().map(boxed)).collect()
}

impl Setup {
    /// Where any instrument has ticks the venue sees those in the place of its candles.
    pub(crate) fn include_ticks(&mut self, run: &RunFile, catalog: &Catalog) -> Result<(), Failure> {
        for (section, reading) in run.instruments.iter().enumerate().zip(&self.readings) {
            self.ticks.push(TickReading::find(run, catalog, section, &reading.options)?);
        }
        if self.ticks.iter().all(Option::is_none) {
            self.ticks.clear();
        }
        self.assumptions.extend(self.ticks.iter().flatten().map(TickReading::assumption));
        Ok(())
    }

    /// The ticks that the venue sees, in the order of the run file; empty where it sees none.
    ///
    /// # Errors
    /// When a window contradicts itself.
    pub fn tick_sources(&self) -> Result<Vec<Option<BoxedTicks<DataError>>>, Failure> {
        let readers =
            self.ticks.iter().flatten().map(|it| it.series.read(it.options)).collect::<Result<Vec<_>, _>>()?;
        let mut opened = datasets::prefetch(readers).into_iter();
        let boxed = |it: &Option<TickReading>| match it {
            Some(_) => opened.next().map(|source| Box::new(source) as BoxedTicks<DataError>),
            None => None,
        };
        Ok(self.ticks.iter().map(boxed).collect())
    }
}

/// What is assumed about limits that wait.
pub(crate) fn queue_text(queue: Queue) -> &'static str {
    match queue {
        Queue::Touch => "a limit fills when its price is touched",
        Queue::Through => "a limit fills only when the price trades through it",
        Queue::VolumeAhead => {
            "a limit fills when what was shown at its price as it came there has traded or gone, others behind it \
             cancelling first; where no size was shown, when the market goes beyond it"
        }
    }
}
