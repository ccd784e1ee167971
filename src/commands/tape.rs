//! `onetape tape`: proof and sight of a tape.
use super::replay::damaged;
use super::tape_keep;
use super::tape_standing::Standing;
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::tape_arguments::TapeCommand;
use crate::terminal;
use engine::measure::scaled_text;
use engine::tape::{
    Difference, Frame, Header, Kind, Outcome, RecordSource, SegmentStart, TapeReader, decode_event, decode_outcomes,
    operator_text,
};
use engine::{Carry, Dated, Event, Instrument, MarketEvent, Report, Spec, TimerId};
use operations::{FolderError, FolderSource};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A tape's folder, found from its own path or that of its run.
pub(super) struct TapeFolder(PathBuf);

impl TapeFolder {
    /// The tape at `path` or in `path/tape`.
    pub(super) fn find(path: &Path) -> Result<Self, Failure> {
        let inside = path.join("tape");
        // A live run's first segments may be pruned.
        let holds = |folder: &Path| FolderSource::segments(folder).is_ok_and(|segments| !segments.is_empty());
        match (holds(path), holds(&inside)) {
            (true, _) => Ok(Self(path.into())),
            (false, true) => Ok(Self(inside)),
            (false, false) => Err(Failure::Usage(format!(
                "{} is no tape: expected a folder with 000001.tape; `backtest --tape` writes one",
                path.display()
            ))),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// A file of the run that the tape belongs to.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        let absolute = std::path::absolute(&self.0).unwrap_or_else(|_| self.0.clone());
        absolute.parent().unwrap_or(Path::new("/")).join(name)
    }

    /// A run is replayed from its beginning.
    pub(super) fn refuse_pruned(&self) -> Result<(), Failure> {
        match FolderSource::segments(&self.0)?.first() {
            Some(first) if *first > 1 => Err(Failure::Usage(format!(
                "{} begins with segment {first}: those before it were pruned; `onetape tape restore` brings them back",
                self.0.display()
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn header(&self) -> Result<Header, Failure> {
        let mut reader = open_tape(&self.0)?;
        reader.next().map_err(damaged)?;
        reader.header().cloned().ok_or_else(|| Failure::No("the tape has no header".into()))
    }
}

/// Opens a tape; one that was cut is an answer, not a failure.
pub(super) fn open_tape(folder: &Path) -> Result<TapeReader<FolderSource>, Failure> {
    let lost_watermark = |error: &FolderError| matches!(error, FolderError::Read { path, source } if path.ends_with("watermark") && source.kind() == std::io::ErrorKind::NotFound);
    let source = FolderSource::open(folder).map_err(|error| match error {
        FolderError::Cut { .. } | FolderError::Gap { .. } | FolderError::Watermark { .. } => {
            Failure::No(error.to_string())
        }
        error if lost_watermark(&error) => Failure::No(format!("{error}: a whole tape has one")),
        error => error.into(),
    })?;
    Ok(if source.live().is_some() { TapeReader::open_ended(source) } else { TapeReader::new(source) })
}

/// Runs the command.
pub(super) fn execute(command: TapeCommand, json: bool) -> Result<(), Failure> {
    match command {
        TapeCommand::Verify { tape } => verify(&TapeFolder::find(&tape)?, json),
        TapeCommand::Show { tape, from, count } => show(&TapeFolder::find(&tape)?, from, count, json),
        TapeCommand::Export { tape, out } => export(&TapeFolder::find(&tape)?, out.as_deref()),
        TapeCommand::Diff { left, right } => {
            super::tape_diff::execute(&TapeFolder::find(&left)?, &TapeFolder::find(&right)?, json)
        }
        TapeCommand::Archive { tape, archive } => tape_keep::archive(&TapeFolder::find(&tape)?, &archive, json),
        TapeCommand::Prune(arguments) => tape_keep::prune(&TapeFolder::find(&arguments.tape)?, &arguments, json),
        TapeCommand::Restore { tape, archive } => tape_keep::restore(&TapeFolder::find(&tape)?, &archive, json),
    }
}

fn verify(tape: &TapeFolder, json: bool) -> Result<(), Failure> {
    let mut reader = open_tape(tape.path())?;
    let (mut records, mut groups) = (0_u64, 0_u64);
    let mut first = None;
    while let Some(frame) = reader.next().map_err(damaged)? {
        records += 1;
        groups += u64::from(frame.kind == Kind::Group);
        first.get_or_insert(frame.number);
        check_payload(&frame)?;
    }
    let standing = Standing::of(&mut reader, first.unwrap_or(0))?;
    let entries = reader.last().0;
    let digest = reader.end().map(|end| crate::backtest::digest_text(end.digest));
    if json {
        let mut object = serde_json::json!({ "whole": true, "records": records, "groups": groups, "entries": entries, "digest": digest });
        standing.add_to(&mut object);
        return terminal::print(&format!("{object:#}\n"));
    }
    let digest = digest.map(|digest| format!(", digest {digest}")).unwrap_or_default();
    let text = format!("whole: {records} records in {groups} groups, {entries} entries{digest}\n");
    terminal::print(&format!("{text}{}", standing.text()))
}

/// A record whose checksum fits may still hold what no writer writes.
fn check_payload(frame: &Frame) -> Result<(), Failure> {
    let wrong =
        |error: engine::tape::Malformed| Failure::No(format!("the tape is damaged at step {}: {error}", frame.number));
    match frame.kind {
        Kind::Entry => decode_event(&frame.payload).map(|_| ()).map_err(wrong),
        Kind::Step => outcomes(frame).map(|_| ()),
        _ => Ok(()),
    }
}

/// What a step decided.
pub(super) fn outcomes(frame: &Frame) -> Result<Vec<Outcome>, Failure> {
    let effects = frame.payload.get(8..).unwrap_or_default();
    decode_outcomes(effects).map_err(|e| Failure::No(format!("the tape is damaged at step {}: {e}", frame.number)))
}

fn show(tape: &TapeFolder, from: u64, count: usize, json: bool) -> Result<(), Failure> {
    let mut reader = open_tape(tape.path())?;
    let (mut lines, mut objects) = (String::new(), Vec::new());
    let mut left = count;
    while let Some(frame) = reader.next().map_err(damaged)? {
        if frame.number < from || (from > 0 && frame.kind == Kind::Header) {
            continue;
        }
        if left == 0 {
            break;
        }
        left -= 1;
        let instruments = reader.header().map(instruments).unwrap_or_default();
        if json {
            objects.push(record_object(&frame, &instruments)?);
        } else {
            lines += &record_line(&frame, &instruments)?;
        }
    }
    if json {
        return terminal::print(&format!("{:#}\n", serde_json::Value::Array(objects)));
    }
    terminal::print(&lines)
}

fn export(tape: &TapeFolder, out: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = out else { return export_to(tape, &mut std::io::BufWriter::new(std::io::stdout().lock())) };
    if path.exists() {
        return Err(Failure::Usage(format!("{} is there already: name another file", path.display())));
    }
    let aside = path.with_extension("unfinished");
    let cannot = |error: std::io::Error| Failure::Failed(format!("cannot write {}: {error}", path.display()));
    let file = std::fs::File::create(&aside).map_err(cannot)?;
    let written = export_to(tape, &mut std::io::BufWriter::new(file));
    if written.is_err() {
        let _ = std::fs::remove_file(&aside); // the first error is the one to tell
        return written;
    }
    std::fs::rename(&aside, path).map_err(cannot)
}

fn export_to(tape: &TapeFolder, sink: &mut dyn Write) -> Result<(), Failure> {
    let mut reader = open_tape(tape.path())?;
    while let Some(frame) = reader.next().map_err(damaged)? {
        let instruments = reader.header().map(instruments).unwrap_or_default();
        match writeln!(sink, "{}", record_object(&frame, &instruments)?) {
            // A reader that has seen enough is no failure of ours.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(|e| Failure::Failed(format!("cannot write the export: {e}")))?,
        }
    }
    match sink.flush() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write the export: {error}")))
        }
        _ => Ok(()),
    }
}

/// The instruments as the header names them: enough to print prices and quantities.
pub(super) fn instruments(header: &Header) -> Vec<Instrument> {
    let parse = |text: &str| {
        let mut words = text.split(' ');
        let (name, quote) = (words.next()?, words.next()?.parse().ok()?);
        let scales = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Instrument::new(name.into(), quote, scales, rust_decimal::Decimal::ONE, Dated::always(Spec::FREE)).ok()
    };
    (0..).map_while(|index| header.get(&format!("instrument.{index}")).and_then(parse)).collect()
}

/// An event in words.
pub(super) fn event_text(event: &Event, instruments: &[Instrument]) -> String {
    let instrument = |id: engine::InstrumentId| instruments.get(id.index());
    match event {
        Event::Market(MarketEvent::Candle(c)) => {
            let name = instrument(c.instrument).map_or("?", |i| i.name.as_str());
            format!(
                "candle {name} opened {} closed at {}",
                instant_text(c.candle.open_time),
                scaled_text(c.candle.close.0, c.price_scale)
            )
        }
        Event::Market(MarketEvent::Carry(carry)) => carry_text(carry, carry.instrument().and_then(instrument)),
        Event::Report(Report::Filled(fill)) => match instrument(fill.instrument) {
            Some(i) => format!(
                "fill of order {}: {} {} {} at {}, fee {}",
                fill.order.0,
                fill.side.name(),
                scaled_text(fill.quantity.0, i.qty_scale),
                i.name,
                scaled_text(fill.price.0, i.price_scale),
                fill.fee
            ),
            None => format!("fill of order {}", fill.order.0),
        },
        Event::Report(Report::Busted(fill)) => format!("a fill of order {} was taken back", fill.order.0),
        Event::Report(Report::Liquidated(fill)) => {
            let name = instrument(fill.instrument).map_or("?", |i| i.name.as_str());
            format!("liquidation of {name}, fee {}", fill.fee)
        }
        Event::Report(Report::Accepted { order }) => format!("order {} accepted", order.0),
        Event::Report(Report::Rejected { order, reason }) => {
            format!("order {} refused by the venue: {}", order.0, reason.name())
        }
        Event::Report(Report::Cancelled { order }) => format!("order {} cancelled", order.0),
        Event::Report(Report::Amended { order, .. }) => format!("order {} amended", order.0),
        Event::Report(Report::ChangeRefused { order, reason }) => {
            format!("change of order {} refused: {}", order.0, reason.name())
        }
        Event::Report(Report::Expired { order }) => format!("order {} expired", order.0),
        Event::Report(Report::NotSent { order }) => format!("order {} not sent", order.0),
        Event::Report(Report::Lost { order }) => format!("the answer about order {} was lost", order.0),
        Event::Cash(cash) => format!("cash {}", cash.amount),
        Event::Operator(operator) => operator_text(operator, instruments),
        Event::Feed(feed) => {
            let of = instrument(feed.instrument).map_or("our orders", |i| i.name.as_str());
            format!("news of {of}: {}", feed.standing.name())
        }
        Event::Timer(TimerId::HEARTBEAT) => "heartbeat".into(),
        Event::Timer(timer) => format!("timer {}", timer.0),
    }
}

fn carry_text(carry: &Carry, instrument: Option<&Instrument>) -> String {
    let name = instrument.map_or("?", |i| i.name.as_str());
    match *carry {
        Carry::Split { new, old, .. } => format!("split of {name}: {new} for {old}"),
        Carry::Delisting { per_unit, .. } => format!("delisting of {name}: {per_unit} for each"),
        Carry::Dividend { per_unit, .. } => format!("dividend of {name}: {per_unit} for each"),
        Carry::Funding { rate, .. } => format!("funding of {name}: {} of the position", rate_text(rate)),
        Carry::Borrow { rate, .. } => format!("borrowing {name}: {} of a short position", rate_text(rate)),
        Carry::Interest { credit, debit } => {
            format!("interest: {} of cash, {} of debt", rate_text(credit), rate_text(debit))
        }
        Carry::Renamed { ticker, .. } => format!("{name} trades as {ticker} from here on"),
    }
}

fn rate_text(rate: engine::Rate) -> String {
    let (numerator, places) = rate.parts();
    scaled_text(numerator, places)
}

/// What a record says, line by line.
pub(super) fn record_texts(frame: &Frame, instruments: &[Instrument]) -> Result<Vec<String>, Failure> {
    Ok(match frame.kind {
        Kind::Entry => {
            let event = decode_event(&frame.payload).map_err(|e| Failure::No(format!("step {}: {e}", frame.number)))?;
            vec![event_text(&event, instruments)]
        }
        Kind::Step => outcomes(frame)?.iter().map(|o| o.describe(instruments)).collect(),
        Kind::Header => {
            let header = Header::decode(&frame.payload).map_err(|e| Failure::No(e.to_string()))?;
            let plain = header.0.iter().filter(|(name, _)| *name != "config");
            plain.map(|(name, value)| format!("{name} = {value}")).collect()
        }
        Kind::Candles => {
            let one = engine::tape::CandleRef::decode(&frame.payload).map_err(|e| Failure::No(e.to_string()))?;
            vec![format!("{} rows of {} row group {} from row {}", one.rows, one.file, one.row_group, one.first_row)]
        }
        Kind::Segment => {
            let start = SegmentStart::decode(&frame.payload).map_err(|e| Failure::No(e.to_string()))?;
            vec![format!("segment {} of session {} after entry {}", start.segment, frame.epoch, start.entries)]
        }
        Kind::State | Kind::Group | Kind::End => vec![hex(&frame.payload)],
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn record_line(frame: &Frame, instruments: &[Instrument]) -> Result<String, Failure> {
    let texts = record_texts(frame, instruments)?;
    let head = format!("{:>8}  {:<7}", frame.number, frame.kind.name());
    let time = if frame.kind == Kind::Header { String::new() } else { instant_text(frame.time) };
    Ok(texts.iter().map(|text| format!("{head}  {time:<20}  {text}\n")).collect())
}

fn record_object(frame: &Frame, instruments: &[Instrument]) -> Result<serde_json::Value, Failure> {
    Ok(serde_json::json!({
        "number": frame.number,
        "kind": frame.kind.name(),
        "time": instant_text(frame.time),
        "what": record_texts(frame, instruments)?,
    }))
}

/// A difference in words, both sides.
pub(super) fn difference_text(difference: &Difference, instruments: &[Instrument]) -> String {
    match difference {
        Difference::Effects { entry, expected, actual } => {
            let side = |name: &str, outcomes: &[Outcome]| {
                let texts: Vec<String> = outcomes.iter().map(|o| o.describe(instruments)).collect();
                format!("  {name}: {}", if texts.is_empty() { "nothing".into() } else { texts.join("; ") })
            };
            let event = event_text(&entry.event, instruments);
            let at = instant_text(entry.time);
            format!(
                "step {} differs, at {at}: {event}\n{}\n{}",
                entry.number,
                side("tape", expected),
                side("now ", actual)
            )
        }
        Difference::State { number } => {
            format!(
                "step {number} differs: every decision up to it is the same, but the state is not: a price, fee or amount before it changed"
            )
        }
        Difference::Length { expected, actual } => format!(
            "step {} differs: the tape goes on to step {expected}, the replay ended at step {actual}",
            difference.number()
        ),
    }
}
