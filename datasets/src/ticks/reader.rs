//! Trades and quotes of a symbol in one stream, a block at a time in bounded memory.
//!
//! They are merged by their time. At one time trades come before quotes: a matching engine publishes what traded first, and
//! then the quote that is left. The first row that fails ends the stream with its file and row; nothing is mended. A trade
//! that its source marks as suspicious is left out and counted, for a fill against it would not be honest.
use super::file::FileTicks;
use super::options::TickOptions;
use super::series::TickSeries;
use crate::error::DataError;
use crate::prefetch::Blocks;
use crate::ticks::TickError;
use engine::{Tick, TickSource};

/// What a reader has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickCounts {
    /// Trades that were given.
    pub trades: u64,
    /// Quotes that were given.
    pub quotes: u64,
    /// Quotes among them whose bid is above their ask.
    pub crossed: u64,
    /// Trades that were left out because their source marks them as suspicious.
    pub suspicious: u64,
}

/// A stream of checked ticks.
pub struct TickReader {
    series: TickSeries,
    options: TickOptions,
    trades: Option<FileTicks>,
    quotes: Option<FileTicks>,
    any: bool,
    ended: Option<Result<(), DataError>>,
    block: Vec<Tick>,
}

impl TickReader {
    /// A reader that stands before the first tick of the window.
    ///
    /// # Errors
    /// When the options contradict themselves.
    pub fn new(series: &TickSeries, options: TickOptions) -> Result<Self, DataError> {
        options.check()?;
        let clock = series.clock;
        Ok(Self {
            trades: series.trades.as_ref().map(|file| FileTicks::trades(file, clock, options)),
            quotes: series.quotes.as_ref().map(|file| FileTicks::quotes(file, clock, options)),
            series: series.clone(),
            options,
            any: false,
            ended: None,
            block: Vec::new(),
        })
    }

    /// The series that is read.
    #[must_use]
    pub fn series(&self) -> &TickSeries {
        &self.series
    }

    /// What was read so far; ticks that are decoded and not given yet are in it.
    #[must_use]
    pub fn counts(&self) -> TickCounts {
        self.trades.iter().chain(&self.quotes).map(|file| file.counts).fold(TickCounts::default(), |sum, part| {
            TickCounts {
                trades: sum.trades + part.trades,
                quotes: sum.quotes + part.quotes,
                crossed: sum.crossed + part.crossed,
                suspicious: sum.suspicious + part.suspicious,
            }
        })
    }

    /// Replaces `block` by the next ticks; `false` when there are none left.
    ///
    /// # Errors
    /// The first fault of the data; the same again on every later call.
    pub fn read_block(&mut self, block: &mut Vec<Tick>) -> Result<bool, DataError> {
        block.clear();
        if let Some(ended) = &self.ended {
            return ended.clone().map(|()| false);
        }
        let result = self.merge(block);
        if !matches!(result, Ok(true)) {
            self.ended = Some(result.clone().map(|_| ()));
        }
        if result.is_err() {
            block.clear();
        }
        result
    }

    fn merge(&mut self, block: &mut Vec<Tick>) -> Result<bool, DataError> {
        while block.len() < self.options.block_rows {
            let trade = self.trades.as_mut().map_or(Ok(None), FileTicks::head)?;
            let quote = self.quotes.as_mut().map_or(Ok(None), FileTicks::head)?;
            let (tick, from) = match (trade, quote) {
                (Some(trade), Some(quote)) if trade.time <= quote.time => (trade, &mut self.trades),
                (Some(trade), None) => (trade, &mut self.trades),
                (_, Some(quote)) => (quote, &mut self.quotes),
                (None, None) => break,
            };
            block.push(tick);
            if let Some(file) = from {
                file.take();
            }
        }
        if !self.any && block.is_empty() {
            return Err(self.nothing());
        }
        self.any = true;
        Ok(!block.is_empty())
    }

    fn nothing(&self) -> DataError {
        let (series, first, last) = (self.series.name(), self.series.first(), self.series.last());
        let (from, to) = (self.options.from, self.options.to);
        TickError::EmptyWindow { series, from, to, first, last }.into()
    }
}

impl Blocks for TickReader {
    type Item = Tick;
    type Summary = TickCounts;

    fn read_block(&mut self, block: &mut Vec<Tick>) -> Result<bool, DataError> {
        Self::read_block(self, block)
    }

    fn summary(&self) -> TickCounts {
        self.counts()
    }
}

impl TickSource for TickReader {
    type Error = DataError;

    fn block(&self) -> &[Tick] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, DataError> {
        let mut block = std::mem::take(&mut self.block);
        let result = Self::read_block(self, &mut block);
        self.block = block;
        result
    }
}
