//! A real process, killed by SIGKILL while it writes: what it had acknowledged is on the disk.
//!
//! The process is this test program itself, asked for the test `the_process_that_is_killed` with a folder to write to.
use crate::scene::{Chance, check_prefix, core, entry, header, length, options};
use engine::Journal;
use operations::live::{RoomPolicy, rebuild};
use operations::{LiveJournal, LiveOptions, OsDisk};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const FOLDER: &str = "ONETAPE_KILLED_WRITES_TO";
const EVERY: u64 = 5;

fn disk_options() -> LiveOptions {
    LiveOptions { segment_bytes: 40_000, unsynced_bytes: 5_000, room: RoomPolicy::default(), ..options() }
}

#[test]
fn the_process_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let begun = LiveJournal::begin(OsDisk::new(Path::new(&folder)), &header(), disk_options());
    let (mut journal, _) = begun.expect("the tape of a killed process opens");
    let mut at = core(EVERY);
    rebuild(&journal, &mut at, |_, _, _| ()).expect("the same core");
    let mut out = std::io::stdout().lock();
    let mut effects = Vec::new();
    for number in journal.last() + 1.. {
        let entry = entry(number);
        journal.append(&entry).expect("a good disk");
        at.step(&entry, &mut effects);
        journal.commit(&entry, &effects, at.state()).expect("a good disk");
        if !effects.is_empty() {
            writeln!(out, "acknowledged {number}").and_then(|()| out.flush()).expect("the parent listens");
        }
        effects.clear();
    }
}

/// Lets the process write until it has said so many times that a step is durable, and kills it; the last such step.
fn killed(folder: &Path, after: u64) -> u64 {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["kills::the_process_that_is_killed", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let pipe = BufReader::new(child.stdout.take().expect("a pipe"));
    let said = pipe.lines().map_while(Result::ok);
    let mut numbers = said.filter_map(|line| line.rsplit_once("acknowledged ")?.1.parse().ok());
    let mut last = numbers.by_ref().nth(after as usize).expect("it writes until it is killed");
    child.kill().expect("killed");
    last = numbers.last().unwrap_or(last);
    child.wait().expect("gone");
    last
}

#[test]
fn a_killed_process_loses_nothing_that_it_had_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut made, mut highest, mut cuts) = (crate::scene::steps(1, EVERY), 0, 0);
    let count = length(1_000, 6);
    for turn in 0..count {
        let mut chance = Chance::new(turn);
        let acknowledged = killed(folder.path(), chance.below(60));
        highest = highest.max(acknowledged);
        let disk = OsDisk::new(folder.path());
        let (journal, recovered) = LiveJournal::begin(disk, &header(), disk_options()).expect("opens after a kill");
        let last = journal.last();
        assert!(last >= highest, "kill {turn}: step {highest} was acknowledged, the tape ends with {last}");
        cuts += recovered.map_or(0, |recovered| recovered.cut.len());
        if turn % 50 == 0 || turn + 1 == count {
            made = crate::scene::steps(last.max(1), EVERY);
            check_prefix(&journal, &made.0, highest, &format!("kill {turn}"));
        }
        if last > 20_000 {
            // A tape that grew long is slow to verify and tells nothing new.
            std::fs::remove_dir_all(folder.path()).expect("removed");
            highest = 0;
        }
    }
    assert!(made.0.len() > 1 || count < 3);
    eprintln!(
        "figure: {count} processes killed while they wrote: nothing acknowledged was lost; {cuts} torn tails cut and told"
    );
}
