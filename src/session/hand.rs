//! The operator's hand on a session in another process: a request to the socket in its folder.
use super::folder::SessionFolder;
use crate::failure::Failure;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(5);

/// Asks a session for something.
///
/// # Errors
/// When there is no session, it does not run, or it refuses.
pub fn ask(folder: &Path, what: &str, why: &str) -> Result<Value, Failure> {
    let session = SessionFolder::new(folder.into());
    if !session.holds_a_session() {
        return Err(Failure::Usage(format!("{} holds no session", folder.display())));
    }
    let silent = |error: std::io::Error| {
        Failure::Failed(format!("the session in {} does not run, or does not answer: {error}", folder.display()))
    };
    let mut stream = UnixStream::connect(session.socket()).map_err(silent)?;
    stream.set_read_timeout(Some(WITHIN)).map_err(silent)?;
    stream.write_all(format!("{}\n", json!({ "do": what, "why": why })).as_bytes()).map_err(silent)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).map_err(silent)?;
    let reply: Value = serde_json::from_str(&line).map_err(Failure::failed)?;
    match reply.get("error").and_then(Value::as_str) {
        Some(text) => Err(Failure::Usage(text.into())),
        None => Ok(reply),
    }
}

/// Kills a session: the latch is on the disk before anybody is asked, so that it holds whether the session runs, hangs, or
/// has ended. Whether the session itself answered.
///
/// # Errors
/// When there is no session, or neither the disk nor the session took it.
pub fn kill(folder: &Path, why: &str) -> Result<bool, Failure> {
    let session = SessionFolder::new(folder.into());
    if !session.holds_a_session() {
        return Err(Failure::Usage(format!("{} holds no session", folder.display())));
    }
    let latched = session.latch(why);
    match (ask(folder, "kill", why), latched) {
        (Ok(_), Ok(())) => Ok(true),
        (Ok(_), Err(latch)) => {
            crate::terminal::say(&format!("warning: {latch}; the session has it on its tape"));
            Ok(true)
        }
        (Err(_), Ok(())) => Ok(false),
        (Err(asked), Err(latch)) => Err(Failure::Failed(format!("{asked}; {latch}"))),
    }
}
