//! The end of every import: a line's texts become a candle, which is checked and written.
use crate::decimal::{DecimalFault, Written};
use crate::error::{DataError, time_text};
use crate::import::clock::Clock;
use crate::import::gaps::Gaps;
use crate::import::{Finer, ImportError, ImportReport, ImportSpec};
use crate::reader::FILE_SCALE;
use crate::writer::{CandleWriter, VolumeWidth};
use engine::{Candle, Price, Timestamp};
use std::path::{Path, PathBuf};

/// Where a line stands.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) file: &'a Path,
    pub(crate) number: u64,
}

impl Line<'_> {
    pub(crate) fn error(self, what: impl std::fmt::Display) -> ImportError {
        ImportError::Line { file: self.file.to_path_buf(), line: self.number, what: what.to_string() }
    }
}

/// Takes lines, writes candles.
pub(crate) struct Sink {
    writer: CandleWriter,
    target: PathBuf,
    pub(crate) clock: Clock,
    price_divisor: i64,
    volume_divisor: i64,
    length_ns: i64,
    finer: Finer,
    rows: u64,
    times: Option<(Timestamp, Timestamp)>,
    gaps: Gaps,
    rounded: u64,
    pub(crate) without_quote: u64,
}

impl Sink {
    pub(crate) fn create(target: &Path, spec: &ImportSpec, volume: VolumeWidth) -> Result<Self, ImportError> {
        Ok(Self {
            writer: CandleWriter::create(target, &spec.notes, volume)?,
            target: target.to_path_buf(),
            clock: Clock::of(spec),
            price_divisor: spec.price_divisor,
            volume_divisor: spec.volume_divisor,
            length_ns: spec.notes.interval.0,
            finer: spec.finer,
            rows: 0,
            times: None,
            gaps: Gaps::of(spec.notes.interval),
            rounded: 0,
            without_quote: 0,
        })
    }

    /// Adds the candle of a line: open, high, low, close and volume as their texts.
    pub(crate) fn accept(&mut self, line: Line<'_>, open_time: Timestamp, texts: [&str; 5]) -> Result<(), ImportError> {
        let mut values = [0; 5];
        for (slot, name) in ["open", "high", "low", "close", "volume"].into_iter().enumerate() {
            let divisor = if slot == 4 { self.volume_divisor } else { self.price_divisor };
            values[slot] = self
                .number(texts[slot].trim(), divisor)
                .map_err(|fault| line.error(refusal(name, texts[slot], fault)))?;
        }
        let [open, high, low, close, volume] = values;
        let candle = Candle {
            open_time,
            known_time: open_time.after(self.length_ns),
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(close),
            volume,
        };
        self.check_order(line, open_time)?;
        if let Some(fault) = candle.fault() {
            let values = crate::fault::values_text(&candle);
            return Err(line.error(format!("{}: {values}; correct or remove the line", fault.text())));
        }
        match self.writer.push(&candle) {
            // The caller begins again with a wider column for the volume; everything else belongs to the line.
            Err(error @ DataError::Overflow { column: "volume", .. }) => return Err(error.into()),
            Err(DataError::Overflow { column, value, .. }) => {
                return Err(
                    line.error(format!("`{column}` = {value} is too large for a price; check `--price-divisor`"))
                );
            }
            other => other?,
        }
        self.rows += 1;
        self.times = Some((self.times.map_or(open_time, |(first, _)| first), open_time));
        Ok(())
    }

    pub(crate) fn length_ns(&self) -> i64 {
        self.length_ns
    }

    fn number(&mut self, text: &str, divisor: i64) -> Result<i64, DecimalFault> {
        let written = Written::parse(text)?;
        match written.scaled(divisor, FILE_SCALE) {
            Err(DecimalFault::Inexact) if self.finer == Finer::Round => {
                self.rounded += 1;
                written.rounded(divisor, FILE_SCALE)
            }
            result => result,
        }
    }

    fn check_order(&mut self, line: Line<'_>, open_time: Timestamp) -> Result<(), ImportError> {
        let Some((_, before)) = self.times else { return Ok(()) };
        let (at, before_text) = (time_text(open_time), time_text(before));
        match open_time.cmp(&before) {
            std::cmp::Ordering::Greater => self.gaps.add(before, open_time).map_err(|what| line.error(what)),
            std::cmp::Ordering::Equal => Err(line.error(format!("a second candle at {at}; remove one of the two"))),
            std::cmp::Ordering::Less => {
                Err(line
                    .error(format!("{at} is out of order, the candle before is {before_text}; sort the file by time")))
            }
        }
    }

    /// Ends the file.
    pub(crate) fn finish(self) -> Result<ImportReport, ImportError> {
        let Some((first, last)) = self.times else {
            return Err(ImportError::Spec { what: "the input holds no candles".to_string() });
        };
        self.gaps.finish().map_err(|what| ImportError::Spec { what })?;
        let rows = self.writer.finish()?;
        let (rounded, without_quote) = (self.rounded, self.without_quote);
        Ok(ImportReport { file: self.target, rows, first, last, rounded, without_quote })
    }
}

fn refusal(name: &str, text: &str, fault: DecimalFault) -> String {
    match fault {
        DecimalFault::NotANumber => format!("`{name}` = `{text}` is not a decimal number"),
        DecimalFault::Inexact => {
            format!("`{name}` = {text} has more than {FILE_SCALE} decimal places; correct it, or use `--round`")
        }
        DecimalFault::Overflow => {
            let option = if name == "volume" { "--volume-divisor" } else { "--price-divisor" };
            format!("`{name}` = {text} does not fit 64 bits with {FILE_SCALE} decimal places; declare `{option}`")
        }
    }
}
