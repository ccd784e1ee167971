//! What reaches into a running session: signals, its time, and requests on a socket in its folder, which only the session's own
//! user can open.
//!
//! One request is one line, `{"do": "kill", "why": "..."}`, and so is its answer.
use super::folder::SessionFolder;
use crate::failure::Failure;
use engine::operator::TEXT_MAX;
use engine::{Directive, OperatorEvent, Timestamp, TradingState};
use operations::world::{Clock, Control, Handle};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// The longest request, in bytes.
const LARGEST: u64 = 4_096;

/// What a session says of itself when it is asked; written at each heartbeat.
pub(super) type Status = Arc<Mutex<Value>>;

/// Listens until the process ends.
///
/// # Errors
/// When the socket cannot be made: a session that cannot be killed does not start.
pub(super) fn listen(
    (handle, clock, until): (&Handle, Clock, Option<Timestamp>),
    folder: &SessionFolder,
    status: Status,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::failed)?;
    let path = folder.socket();
    let failed = |error: std::io::Error| {
        Failure::Failed(format!("the control socket {} cannot be made: {error}", path.display()))
    };
    // The lock on the tape is ours: whoever left this here has ended.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = {
        let _within = runtime.enter();
        UnixListener::bind(&path).map_err(failed)?
    };
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let handle = handle.clone();
    let listening = move || {
        runtime.block_on(async {
            tokio::join!(answer_all(&listener, &handle, &status), end_when_told(&handle, clock, until));
        });
    };
    // It ends with the process: nobody waits for a signal that does not come.
    std::thread::Builder::new().name("control".into()).spawn(listening).map(drop).map_err(Failure::failed)
}

async fn end_when_told(handle: &Handle, clock: Clock, until: Option<Timestamp>) {
    let timer = async {
        match until {
            Some(time) => tokio::time::sleep(clock.until(time)).await,
            None => std::future::pending().await,
        }
    };
    let why = tokio::select! {
        () = timer => "its time is over",
        () = signalled() => "asked to stop",
    };
    handle.ask(Control::Stop(why.into()));
    signalled().await;
    handle.ask(Control::Abandon);
}

async fn signalled() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

async fn answer_all(listener: &UnixListener, handle: &Handle, status: &Status) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await; // no descriptors left, perhaps
            continue;
        };
        // A client that says nothing holds up nobody for long.
        let answered = answer(stream, handle, status);
        drop(tokio::time::timeout(std::time::Duration::from_secs(2), answered).await);
    }
}

async fn answer(mut stream: UnixStream, handle: &Handle, status: &Status) -> std::io::Result<()> {
    let uid = stream.peer_cred()?.uid();
    let mut line = String::new();
    let (read, mut write) = stream.split();
    BufReader::new(read.take(LARGEST)).read_line(&mut line).await?;
    let reply = match obey(&line, uid, handle, status) {
        Ok(reply) => reply,
        Err(text) => json!({ "error": text }),
    };
    write.write_all(format!("{reply}\n").as_bytes()).await
}

fn obey(line: &str, uid: u32, handle: &Handle, status: &Status) -> Result<Value, String> {
    let request: Value = serde_json::from_str(line).map_err(|error| format!("no request: {error}"))?;
    let why = request.get("why").and_then(Value::as_str).unwrap_or_default().to_string();
    let plain = why.len() <= TEXT_MAX && !why.chars().any(char::is_control);
    let who = format!("uid {uid}");
    let turn = |to: TradingState| {
        let (who, why) = (who.clone(), why.clone());
        let event = OperatorEvent { who, approver: String::new(), why, directive: Directive::Trading(to) };
        handle.ask(Control::Operator(event));
    };
    let word = request.get("do").and_then(Value::as_str).unwrap_or_default();
    match word {
        "status" => return Ok(status.lock().unwrap_or_else(PoisonError::into_inner).clone()),
        // A kill works whatever was said of it.
        "kill" => handle.kill(&who, if plain && !why.is_empty() { &why } else { "kill" }),
        _ if !plain || why.is_empty() => return Err(format!("`why` is a text of up to {TEXT_MAX} bytes on one line")),
        "pause" => turn(TradingState::Reducing),
        "resume" => turn(TradingState::Active),
        "stop" => handle.ask(Control::Stop(format!("{who}: {why}"))),
        _ => return Err(format!("`{word}` is nothing that a session does")),
    }
    Ok(json!({ "done": word }))
}
