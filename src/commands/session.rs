//! `onetape paper`, `shadow` and `live`, and the operator's hand on them: `status`, `kill`, `pause`, `resume`, `stop`.
use crate::failure::Failure;
use crate::run_file::read_instant;
use crate::session::{Mode, SessionWish, ask, kill, start};
use crate::session_arguments::{HandArguments, SessionArguments};
use crate::terminal;
use serde_json::Value;
use std::path::Path;

/// Runs a session.
pub(super) fn execute(mode: Mode, arguments: &SessionArguments, json: bool) -> Result<(), Failure> {
    start(mode, &arguments.run, &wish(arguments, json)?)
}

/// What the arguments ask for.
pub(super) fn wish(arguments: &SessionArguments, json: bool) -> Result<SessionWish, Failure> {
    let instant = |text: &Option<String>| text.as_deref().map(read_instant).transpose().map_err(Failure::Usage);
    let market = match (instant(&arguments.market_time)?, arguments.speed) {
        (None, None) => None,
        (Some(market), speed) => Some((market, speed.unwrap_or(1).saturating_mul(1_000))),
        (None, Some(_)) if arguments.demo => None,
        (None, Some(_)) => {
            let text = "--speed is that of a market that is replayed: say with --market-time what its clock shows";
            return Err(Failure::Usage(text.into()));
        }
    };
    Ok(SessionWish {
        out: arguments.out.clone(),
        endpoints: arguments.endpoint.clone(),
        credentials: arguments.credentials.clone(),
        market,
        demo: arguments.demo.then(|| arguments.speed.unwrap_or(60)),
        until: instant(&arguments.until)?,
        rehearsal: arguments.rehearsal,
        json,
    })
}

/// Asks a running session for something.
pub(super) fn hand(what: &str, arguments: &HandArguments, json: bool) -> Result<(), Failure> {
    let reply = ask(&arguments.folder, what, &arguments.why)?;
    tell(&reply, &format!("{what}: the session has heard"), json)
}

/// Kills a session, also one that does not run.
pub(super) fn kill_one(arguments: &HandArguments, json: bool) -> Result<(), Failure> {
    let heard = kill(&arguments.folder, &arguments.why)?;
    let text = if heard {
        "killed: nothing that adds risk leaves any more, and what is open is cancelled until the venue has nothing open"
    } else {
        "latched: the session does not run, or does not answer; where it runs it looks at the latch once a heartbeat, and no start \
         of it trades again. What is open at the venue stays open until it is started or you cancel it there"
    };
    tell(&serde_json::json!({ "latched": true, "heard": heard }), text, json)
}

/// Says how a session stands.
pub(super) fn status(folder: &Path, json: bool) -> Result<(), Failure> {
    let status = ask(folder, "status", "")?;
    let Value::Object(object) = &status else {
        return tell(&status, "it has begun and said nothing yet", json);
    };
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Object(of) => {
            let one = |(name, value): (&String, &Value)| format!("{name} {}", value.as_str().unwrap_or_default());
            of.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    let rows: Vec<(String, String)> =
        object.iter().map(|(name, value)| (name.replace('_', " "), plain(value))).collect();
    tell(&status, terminal::rows(&rows).trim_end(), json)
}

fn tell(object: &Value, text: &str, json: bool) -> Result<(), Failure> {
    terminal::print(&if json { format!("{object:#}\n") } else { format!("{text}\n") })
}
