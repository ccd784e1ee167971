//! The candle streams of a run: as they stand in the catalog, or larger ones made of smaller ones.
use crate::failure::Failure;
use crate::run_file::{DetailSetting, InstrumentSection};
use crate::setup::Setup;
use datasets::{Catalog, DataError, FingerprintHandle, Prefetched, ReadOptions, Series, TickerWindow};
use engine::sim::BoxedTicks;
use engine::{Aggregated, Candle, CandleSource, Interval, SharedCandles};
use std::sync::Arc;

/// How the candles of one instrument are had.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The files.
    pub series: Series,
    /// Window and steps.
    pub options: ReadOptions,
    /// The interval of the candles that are made of those of the files; `None` where they are taken as they are.
    pub larger: Option<Interval>,
}

/// How the candles of an instrument are had, and those that its venue sees where it has smaller ones.
///
/// # Errors
/// When there are none, or a file is not as it should be.
pub fn readings(
    catalog: &Catalog,
    section: &InstrumentSection,
    tickers: &[TickerWindow],
    options: ReadOptions,
) -> Result<(Reading, Option<Reading>), Failure> {
    let find = |interval| catalog.joined(&section.venue, &section.symbol, interval, tickers);
    let failure = |e: DataError| if e.is_unknown_name() { Failure::Usage(e.to_string()) } else { e.into() };
    let found = find(section.interval);
    let Some(DetailSetting::Candles(interval)) = section.detail else {
        let reading = Reading { series: found.map_err(failure)?, options, larger: None };
        return Ok((reading, None));
    };
    let series = find(interval).map_err(failure)?;
    let detail = Reading { series, options: ReadOptions { length_ns: interval.0, ..options }, larger: None };
    let reading = match found {
        Ok(series) => Reading { series, options, larger: None },
        Err(e) if e.is_unknown_name() => Reading { larger: Some(section.interval), ..detail.clone() },
        Err(e) => return Err(e.into()),
    };
    Ok((reading, Some(detail)))
}

/// A stream of candles, decoded on a second thread.
pub struct Source {
    candles: Stream<Prefetched>,
    fingerprints: FingerprintHandle,
}

enum Stream<S> {
    Plain(S),
    Larger(Aggregated<S>),
}

impl<S: CandleSource> Stream<S> {
    fn new(source: S, larger: Option<Interval>) -> Self {
        match larger {
            None => Self::Plain(source),
            Some(interval) => Self::Larger(Aggregated::new(source, interval)),
        }
    }
}

impl<S: CandleSource> CandleSource for Stream<S> {
    type Error = S::Error;

    #[inline]
    fn block(&self) -> &[Candle] {
        match self {
            Self::Plain(source) => source.block(),
            Self::Larger(source) => source.block(),
        }
    }

    fn advance(&mut self) -> Result<bool, S::Error> {
        match self {
            Self::Plain(source) => source.advance(),
            Self::Larger(source) => source.advance(),
        }
    }
}

impl Source {
    /// A handle to the digests of what was read, which stays when the source is given away.
    #[must_use]
    pub fn fingerprints(&self) -> FingerprintHandle {
        self.fingerprints.clone()
    }
}

impl CandleSource for Source {
    type Error = DataError;

    #[inline]
    fn block(&self) -> &[Candle] {
        self.candles.block()
    }

    fn advance(&mut self) -> Result<bool, DataError> {
        self.candles.advance()
    }
}

/// Opens readings; one thread decodes for all of them.
///
/// # Errors
/// When a file cannot be read or a window holds no candles.
pub fn open<'a>(readings: impl IntoIterator<Item = &'a Reading>, fingerprint: bool) -> Result<Vec<Source>, Failure> {
    let (mut readers, mut larger) = (Vec::new(), Vec::new());
    for reading in readings {
        readers.push(reading.series.read(ReadOptions { fingerprint, ..reading.options })?);
        larger.push(reading.larger);
    }
    let make = |(source, larger): (Prefetched, Option<Interval>)| {
        let fingerprints = source.summary();
        Source { candles: Stream::new(source, larger), fingerprints }
    };
    Ok(datasets::prefetch(readers).into_iter().zip(larger).map(make).collect())
}

/// All candles of a reading at once.
///
/// # Errors
/// As for reading block by block.
pub fn load(reading: &Reading) -> Result<Arc<[Candle]>, Failure> {
    let all: Arc<[Candle]> = datasets::load_all(&reading.series, reading.options)?.into();
    let Some(interval) = reading.larger else { return Ok(all) };
    let mut source = Aggregated::new(SharedCandles::new(all), interval);
    let mut made = Vec::new();
    while source.advance().unwrap_or(false) {
        made.extend_from_slice(source.block());
    }
    Ok(made.into())
}

/// What the venue sees, where that is not the candles of the core.
pub struct Sight<C: CandleSource> {
    /// Its candles, of every instrument.
    pub candles: Option<Vec<C>>,
    /// Its ticks, in the order of the run file; empty where it sees none.
    pub ticks: Vec<Option<BoxedTicks<C::Error>>>,
}

impl Setup {
    /// The candles that the core sees, in the order of the run file.
    ///
    /// # Errors
    /// As for [`open`].
    pub fn sources(&self, fingerprint: bool) -> Result<Vec<Source>, Failure> {
        open(&self.readings, fingerprint)
    }

    /// What the venue sees, where that is not the candles of the core.
    ///
    /// # Errors
    /// As for [`open`].
    pub fn sight(&self) -> Result<Sight<Source>, Failure> {
        let candles = self.detail.as_ref().map(|readings| open(readings, false)).transpose()?;
        Ok(Sight { candles, ticks: self.tick_sources()? })
    }
}
