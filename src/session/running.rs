//! A session from its start to its end, and from an end to where it goes on.
use super::authority::Authority;
use super::control::{Status, listen};
use super::demo::Demo;
use super::folder::SessionFolder;
use super::journal::SessionJournal;
use super::links::{Reach, connector, links, listed, twins, venues};
use super::mode::Mode;
use super::places::Places;
use super::shadow::ShadowFile;
use super::{market, terms};
use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::registry::registry;
use crate::run_file::{OnStop, RunFile};
use crate::setup::Setup;
use crate::{strategy_setup, tape_header, terminal};
use engine::tape::Header;
use engine::{CandleSource, Core, InstrumentId, Strategy, Timestamp, run};
use operations::live::rebuild;
use operations::world::{Clock, Driver, Live, PaperVenue, Plan, Rehearsal, StopPolicy};
use operations::{LiveJournal, LiveOptions, OsDisk};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;
use venues::RunId;

/// What a session was asked for, beside its run file.
#[derive(Clone, Debug, Default)]
pub struct SessionWish {
    /// Its folder; `runs/NAME-paper` if absent.
    pub out: Option<PathBuf>,
    /// Where venues are reached.
    pub endpoints: Vec<String>,
    /// A file with a venue's key and secret, or a folder of them.
    pub credentials: Option<PathBuf>,
    /// How fast the venue's market goes, in thousandths of the clock's speed, and what it shows now; as the clock goes if absent.
    pub market: Option<(Timestamp, u64)>,
    /// Serve the venues on loopback beside the session, so many times as fast as the clock.
    pub demo: Option<u64>,
    /// When to stop, by the market's clock; when somebody says so if absent.
    pub until: Option<Timestamp>,
    /// Send orders without a promotion record, to loopback venues only.
    pub rehearsal: bool,
    /// Print one object at the end.
    pub json: bool,
}

/// Runs a session until it is stopped.
///
/// # Errors
/// When it cannot begin, or what stopped it.
pub fn start(mode: Mode, arguments: &RunArguments, wish: &SessionWish) -> Result<(), Failure> {
    let given = RunFile::load(&arguments.run, &arguments.set)?;
    if given.risk.is_none() {
        let text = "a session needs a section [risk]: at least `allowed_instruments`";
        return Err(given.error_at("risk", text).into());
    }
    let authority = Authority::find(&given, mode, wish.rehearsal)?;
    let (promoted, given, set) = narrowed(arguments, given, authority.as_ref())?;
    let name = format!("{}-{}", given.run.name, mode.name());
    let folder = SessionFolder::new(wish.out.clone().unwrap_or_else(|| Path::new("runs").join(name)));
    folder.check()?;
    let mut endpoints = wish.endpoints.clone();
    let mut demos = Vec::new();
    if let Some(speed) = wish.demo {
        for venue in venues(&given) {
            let demo = Demo::start(&venue, &arguments.run, &arguments.set, speed)?;
            terminal::say(&format!("{venue} is served on {}, {speed} times as fast as the clock", demo.endpoint));
            endpoints.push(format!("{venue}={}", demo.endpoint));
            demos.push(demo);
        }
    }
    let places = Places::new(&endpoints, &venues(&given))?;
    let reach = Reach::new(&given, mode, places, wish.credentials.as_deref())?;
    reach.check(wish.rehearsal)?;
    let market = wish.market.or_else(|| endpoints.iter().find_map(|text| market::of(text.rsplit('=').next()?)));
    let clock = market.map_or_else(Clock::wall, |(market, speed)| Clock::scaled(market, speed));
    let config = if folder.holds_a_session() {
        folder.stored(&given)?
    } else {
        let config = first_start((&arguments.run, &set), &given, &reach, clock)?;
        folder.begin(&config, &promoted)?;
        config
    };
    let strategy = strategy_setup::build(&config, &registry())?;
    let setup = Setup::live(&config)?;
    let core = setup.core(&config, strategy);
    session(&config, &setup, core, (&folder, authority.as_ref()), (&reach, clock), wish)
}

/// The run file as it was promoted, the same with the limits of a canary, and the overrides that make it so.
fn narrowed(
    arguments: &RunArguments,
    given: RunFile,
    authority: Option<&Authority>,
) -> Result<(RunFile, RunFile, Vec<String>), Failure> {
    let mut set = arguments.set.clone();
    let Some(authority) = authority else { return Ok((given.clone(), given, set)) };
    let more = authority.overrides(&given)?;
    terminal::say(&format!("under promotion record {} ({})", &authority.record[..12], authority.stage));
    more.iter().for_each(|text| terminal::say(&format!("a canary: {text}")));
    set.extend(more);
    let narrowed = RunFile::load(&arguments.run, &set)?;
    Ok((given, narrowed, set))
}

/// The configuration of a session that begins: with what the venue says of its instruments, and trading from now on.
fn first_start(
    (path, set): (&Path, &[String]),
    given: &RunFile,
    reach: &Reach,
    clock: Clock,
) -> Result<RunFile, Failure> {
    let probe = RunId::new("probe").map_err(Failure::failed)?;
    let mut overrides = set.to_vec();
    overrides.extend(terms::overrides(given, reach, &probe, clock)?);
    let shortest = given.instruments.iter().map(|section| section.interval.0).min().unwrap_or(1);
    let now = clock.now().0;
    // Candles that open from here on may be traded on; what was under way before is looked at.
    let from = Timestamp(now - now.rem_euclid(shortest));
    overrides.push(format!("data.from=\"{}\"", instant_text(from)));
    // A backtest's end is not a session's.
    let later = instant_text(from.after(50 * 365 * engine::Interval::DAY.0));
    overrides.push(format!("data.to=\"{later}\""));
    Ok(RunFile::load(path, &overrides)?)
}

fn session<S: Strategy>(
    config: &RunFile,
    setup: &Setup,
    mut core: Core<S>,
    (folder, authority): (&SessionFolder, Option<&Authority>),
    (reach, clock): (&Reach, Clock),
    wish: &SessionWish,
) -> Result<(), Failure> {
    let mut header = tape_header::session_header(config, setup, reach.mode.name(), &drawn_id()?);
    authority.inspect(|authority| authority.name_in(&mut header));
    let (journal, recovered) =
        LiveJournal::begin(OsDisk::new(&folder.tape()), &header, LiveOptions::default()).map_err(Failure::failed)?;
    let id = journal.header().get("run.id").unwrap_or_default().to_string();
    let run_id = RunId::new(&id).map_err(|e| Failure::No(format!("the tape's run id `{id}`: {e}")))?;
    let begun_as = journal.header().get("mode").unwrap_or_default();
    if begun_as != reach.mode.name() {
        let text = "choose another folder with --out";
        let path = folder.path().display();
        return Err(Failure::Usage(format!("{path} holds a session that was begun with `{begun_as}`: {text}")));
    }
    refuse_other_policy(journal.header(), &header, folder)?;
    refuse_other_record(reach.mode, journal.header(), &header, folder)?;
    let driver = Driver::start().map_err(Failure::failed)?;
    let handle = driver.handle();
    let plan = plan(config, setup, (reach, &run_id, folder), &journal, recovered.is_none())?;
    let mut world = Live::new(driver, clock, plan);
    if let Some(recovered) = &recovered {
        for cut in &recovered.cut {
            terminal::say(&format!("the tape's end was torn and is kept aside: {cut:?}"));
        }
        let mut failure = None;
        let steps = rebuild(&journal, &mut core, |entry, effects, _| {
            failure = failure.take().or(world.relive(entry, effects).err());
        })
        .map_err(Failure::failed)?;
        if let Some(error) = failure {
            return Err(Failure::failed(error));
        }
        terminal::say(&format!("goes on behind step {steps} of {}", folder.path().display()));
    }
    let status = Status::default();
    listen((&handle, clock, wish.until), folder, Status::clone(&status))?;
    let mut journal = SessionJournal::new(journal, handle, status, names(config), folder);
    world.begin();
    journal.look_at_latch();
    let outcome = run(&mut core, &mut world, &mut journal);
    let barred = world.barred().map(str::to_owned);
    // The world holds the sockets; they are closed before anything is said of an end.
    drop(world);
    outcome.map_err(Failure::failed)?;
    tell(folder, &core, &journal, wish.json)?;
    match barred {
        Some(why) => Err(Failure::Failed(format!("the venue would not go on with us, and trading was halted: {why}"))),
        None => Ok(()),
    }
}

/// A session that sends orders goes on under the record that it was begun under.
fn refuse_other_record(mode: Mode, begun: &Header, now: &Header, folder: &SessionFolder) -> Result<(), Failure> {
    if !mode.sends() || begun.get(tape_header::RECORD) == now.get(tape_header::RECORD) {
        return Ok(());
    }
    let text = "a session goes on under the promotion record that it was begun under: choose another folder with --out";
    Err(Failure::Usage(format!("{}: {text}", folder.path().display())))
}

/// A session goes on with the policy that it was begun with, computed as it was.
fn refuse_other_policy(begun: &Header, now: &Header, folder: &SessionFolder) -> Result<(), Failure> {
    let facts = ["policy", tape_header::RUNTIME, tape_header::LIBTORCH, tape_header::CPU];
    match facts.into_iter().find(|fact| begun.get(fact) != now.get(fact)) {
        None => Ok(()),
        Some(fact) => {
            let said = |header: &Header| header.get(fact).unwrap_or("none").to_string();
            let text = "a session goes on with the policy that it was begun with: choose another folder with --out";
            let (was, is) = (said(begun), said(now));
            Err(Failure::Usage(format!("{}: {fact} is {is} and was {was}; {text}", folder.path().display())))
        }
    }
}

/// What the session's world is to be.
fn plan(
    config: &RunFile,
    setup: &Setup,
    (reach, run_id, folder): (&Reach, &RunId, &SessionFolder),
    journal: &LiveJournal<OsDisk>,
    is_new: bool,
) -> Result<Plan, Failure> {
    let seen_at = journal.seen_at();
    let live = config.live.clone().unwrap_or_default();
    let length = |ns: i64| Duration::from_nanos(u64::try_from(ns).unwrap_or_default());
    let longest = config.instruments.iter().map(|section| section.interval.0).max().unwrap_or(1);
    let warm_up = longest.saturating_mul(i64::from(config.data.warmup_candles));
    Ok(Plan {
        links: links(config, &setup.instruments, reach, run_id)?,
        twins: twins(config, &setup.instruments, reach, run_id)?,
        currency: config.account.currency.to_string(),
        names: names(config),
        is_new,
        stored: if is_new { stored(config)? } else { Vec::new() },
        history_from: setup.trades_from.after(-warm_up),
        paper: (!reach.mode.sends()).then(|| simulated(config, setup, live.on_ticks)),
        rehearsal: rehearsal(config, setup, (reach, run_id, folder))?,
        busy_wait: live.busy_wait,
        heartbeat: length(live.heartbeat_ns),
        longest_silence: length(live.max_silence_ns),
        stop: match live.on_stop {
            OnStop::Cancel => StopPolicy::Cancel,
            OnStop::Keep => StopPolicy::Keep,
            OnStop::Flatten => StopPolicy::Flatten,
        },
        stop_within: length(live.stop_within_ns),
        seen_at: Box::new(move |time| seen_at.set(time)),
        notes: Box::new(terminal::say),
    })
}

/// The simulated venue, whose orders meet candles or ticks.
fn simulated(config: &RunFile, setup: &Setup, on_ticks: bool) -> PaperVenue {
    let venue = PaperVenue::new(setup.venue(config));
    let all = (0..).map(InstrumentId).take(config.instruments.len());
    if on_ticks { venue.with_ticks(all) } else { venue }
}

/// The names of the instruments.
fn names(config: &RunFile) -> Vec<String> {
    config.instruments.iter().map(crate::run_file::InstrumentSection::name).collect()
}

/// What a dry run shows; nothing in another mode.
fn rehearsal(
    config: &RunFile,
    setup: &Setup,
    (reach, run_id, folder): (&Reach, &RunId, &SessionFolder),
) -> Result<Option<Rehearsal>, Failure> {
    if reach.mode != Mode::Shadow {
        return Ok(None);
    }
    let all = venues(config);
    let mut file = ShadowFile::open(&folder.shadow(), all.clone())?;
    let make = {
        let (config, reach, run_id) = (config.clone(), reach.clone(), run_id.clone());
        let listed: Vec<_> = all.iter().map(|venue| listed(&config, &setup.instruments, venue)).collect();
        move |venue: usize| connector(&all[venue], (&reach, true), &run_id, listed[venue].clone(), &config)
    };
    // What can be wrong with it is found now.
    (0..venues(config).len()).try_for_each(|venue| make(venue).map(drop))?;
    let protocol = move |venue| make(venue).expect("the same could be made at the start");
    Ok(Some(Rehearsal { protocol: Box::new(protocol), record: Box::new(move |venue, it| file.write(venue, it)) }))
}

/// Says what the session did.
fn tell<S: Strategy>(
    folder: &SessionFolder,
    core: &Core<S>,
    journal: &SessionJournal,
    json: bool,
) -> Result<(), Failure> {
    let (done, state) = (journal.done, core.state());
    let equity = state.books.equity();
    let digest = crate::backtest::digest_text(journal.inner.digest());
    let path = folder.path().display();
    if json {
        let object = serde_json::json!({
            "folder": path.to_string(), "digest": digest, "steps": done.steps, "candles": done.candles,
            "orders": done.sent, "fills": done.fills, "refused": done.refused, "equity": equity.to_string(),
        });
        return terminal::print(&format!("{object:#}\n"));
    }
    let rows = [
        ("steps", done.steps.to_string()),
        ("candles", done.candles.to_string()),
        ("commands", done.sent.to_string()),
        ("fills", done.fills.to_string()),
        ("refused", done.refused.to_string()),
        ("equity", equity.to_string()),
        ("digest", digest[..12].to_string()),
    ];
    let table = terminal::rows(&rows.map(|(name, value)| (name.to_string(), value)));
    terminal::print(&format!("session ended\n{table}tape: {path}; `onetape replay {path}` compares every decision\n"))
}

/// Candles of the catalog before the start: what warms a strategy up.
fn stored(config: &RunFile) -> Result<Vec<(InstrumentId, engine::Candle)>, Failure> {
    let mut all = Vec::new();
    let count = config.data.warmup_candles as usize;
    let Ok(setup) = Setup::new(config) else { return Ok(all) }; // no such candles: the venue's history is asked
    if count == 0 {
        return Ok(all);
    }
    let Ok(sources) = setup.sources(false) else { return Ok(all) };
    for (place, mut source) in sources.into_iter().enumerate() {
        let id = InstrumentId(u32::try_from(place).map_err(Failure::failed)?);
        while source.advance().map_err(Failure::failed)? {
            if source.block().first().is_none_or(|first| first.open_time >= setup.trades_from) {
                break;
            }
            all.extend(source.block().iter().filter(|it| it.open_time < setup.trades_from).map(|it| (id, *it)));
        }
    }
    all.sort_by_key(|(id, candle)| (candle.known_time, *id));
    Ok(all)
}

/// Draws the id of a run that begins.
fn drawn_id() -> Result<String, Failure> {
    const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut bytes = [0_u8; 12];
    let unreadable = |e: std::io::Error| Failure::Failed(format!("the system gives no random bytes: {e}"));
    std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).map_err(unreadable)?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect())
}
