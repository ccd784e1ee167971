//! Sessions with keys that cannot be mistaken for anything else, against venues that fail and refuse: no byte of a key, a secret,
//! a signature or a listen key is in anything that is written or said.
use crate::onetape::{Answer, Desk, project};
use crate::venue_process::Venue;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

const KEY: &str = "CANARYKEY0f3b9d17";
const SECRET: &str = "canarysecret-77e1c5a04b";
const WRONG: &str = "canarywrong-5d20c8f19e";
/// What goes wrong: answers lost, late and wrong, streams that repeat, fail and say what cannot be read.
const FAULTS: &str = "F2=0.03,F4=0.05,F8=0.002,F12=0.05,F20=0.05";

/// Everything that goes between the program and a venue, either way, passes here and is kept.
struct Wire {
    endpoint: String,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    fn before(endpoint: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (address, kept) = (endpoint.trim_start_matches("http://").to_string(), Arc::clone(&seen));
        let wire = Self { endpoint: format!("http://{}", listener.local_addr().expect("an address")), seen };
        thread::spawn(move || {
            for ours in listener.incoming().flatten() {
                let Ok(theirs) = TcpStream::connect(&address) else { continue };
                let (Ok(back), Ok(forth)) = (theirs.try_clone(), ours.try_clone()) else { continue };
                let (one, two) = (Arc::clone(&kept), Arc::clone(&kept));
                thread::spawn(move || pass(ours, theirs, &one));
                thread::spawn(move || pass(back, forth, &two));
            }
        });
        wire
    }

    /// What stood behind these marks: signatures and listen keys, of 64 digits each.
    fn secrets(&self) -> BTreeSet<String> {
        let seen = self.seen.lock().expect("nobody panics");
        let text = String::from_utf8_lossy(&seen);
        let behind = |mark: &str| {
            let values =
                text.split(mark).skip(1).map(|rest| rest.chars().take_while(char::is_ascii_hexdigit).collect());
            values.filter(|value: &String| value.len() == 64).collect::<Vec<_>>()
        };
        ["signature=", "listenKey=", "\"listenKey\":\""].iter().flat_map(|mark| behind(mark)).collect()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 16 << 10];
    while let Ok(read) = from.read(&mut buffer) {
        kept.lock().expect("nobody panics").extend(&buffer[..read]);
        if read == 0 || to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    drop(to.shutdown(std::net::Shutdown::Both));
}

fn keys(desk: &Desk, name: &str, secret: &str) -> String {
    let path = desk.write(name, &format!("{KEY}\n{secret}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
    path.display().to_string()
}

/// Whether something that proves who asks stands behind its name, whether it went over the wire or not.
fn proves(text: &str) -> bool {
    ["signature=", "listenKey="]
        .iter()
        .any(|mark| text.split(mark).skip(1).any(|rest| rest.bytes().take_while(u8::is_ascii_hexdigit).count() >= 32))
}

/// Every file below a folder, as text as far as it is any.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_none_or(|it| it != "keys") && path.is_file() {
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}

fn check(venue: &[&str], run: &str, untils: [&str; 6], signs: usize) {
    let desk = Desk::new();
    let (right, wrong) = (keys(&desk, "right.keys", SECRET), keys(&desk, "wrong.keys", WRONG));
    let example = project().join("examples").join(run).display().to_string();
    let words: Vec<&str> =
        [&[venue[0], &example, "--key-file", &right, "--faults", FAULTS, "--seed", "7"], &venue[1..]].concat();
    let venue = Venue::of(&words);
    let wire = Wire::before(&venue.endpoint);
    let say = |what: &str, keys: &str| desk.say(&format!("{what} --endpoint {} --credentials {keys}", wire.endpoint));
    let mut answers: Vec<(String, Answer)> = Vec::new();
    let check = format!("check {example} --live --rehearsal");
    [&right, &wrong].iter().for_each(|keys| answers.push((check.clone(), say(&check, keys))));
    for (place, until) in (0..).map(|it| it / 2).zip(untils) {
        let mode = ["live", "shadow", "paper"][place];
        let line = format!("{mode} {example} --rehearsal --out {mode} --until {until}");
        answers.push((line.clone(), say(&line, &right)));
    }
    answers.push((
        "live, refused".into(),
        say(&format!("live {example} --rehearsal --out refused --until {}", untils[5]), &wrong),
    ));
    for run in ["live", "shadow", "paper"] {
        answers.push((format!("tape export {run}"), desk.say(&format!("tape export {run}"))));
    }
    // What goes wrong depends on the clock: so a session may fail, and yet each has written something.
    let begun = |mode: &str| desk.path(mode).join("run.toml").is_file();
    assert!(["live", "shadow", "paper"].iter().all(|mode| begun(mode)), "{answers:?}");
    let mut written = Vec::new();
    files(desk.folder.path(), &mut written);
    assert!(written.len() > 8, "{}", written.len());
    for (line, answer) in answers {
        written.push((format!("stdout of {line}"), answer.out));
        written.push((format!("stderr of {line}"), answer.err));
    }
    // What is looked for did go over the wire, so that it could have been written down.
    let seen = String::from_utf8_lossy(&wire.seen.lock().expect("nobody panics")).into_owned();
    assert!(seen.contains(KEY) && (signs > 0 || seen.contains(SECRET) && seen.contains(WRONG)));
    let drawn = wire.secrets();
    assert!(drawn.len() >= signs, "{} signatures and listen keys went over the wire", drawn.len());
    for (name, text) in &written {
        assert!(!proves(text), "{name} holds a signature or a listen key");
    }
    let needles = drawn.iter().map(String::as_str).chain([KEY, SECRET, WRONG]);
    for needle in needles {
        for (name, text) in &written {
            assert!(!text.contains(needle), "{name} holds {needle}");
        }
    }
}

#[test]
fn nothing_that_a_session_at_bingx_writes_or_says_holds_a_secret() {
    let untils = ["03:00", "03:45", "04:30", "05:15", "06:00", "06:45"].map(|time| format!("2022-12-13T{time}:00Z"));
    check(&["bingx", "--speed", "1500"], "btc-paper.toml", untils.each_ref().map(String::as_str), 5);
}

#[test]
fn nothing_that_a_session_at_alpaca_writes_or_says_holds_a_secret() {
    let untils = ["03:00", "03:45", "04:30", "05:15", "06:00", "06:45"].map(|time| format!("2017-12-17T{time}:00Z"));
    check(&["alpaca", "--speed", "1500"], "btc-alpaca.toml", untils.each_ref().map(String::as_str), 0);
}
