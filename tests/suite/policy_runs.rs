//! Policies as a user runs them: from the file to the backtest, its tape and the replay.
use crate::onetape::{Answer, Desk, project};
use crate::policy_samples::{plain, recurrent};
use engine::tape::{CandlesOnTape, TapeJournal};
use learning::policy::Policy;
use onetape::backtest::{backtest, counted_sources, venue_sources};
use onetape::recorder::Detail;
use onetape::registry::registry;
use onetape::run_file::RunFile;
use onetape::setup::Setup;
use onetape::{strategy_setup, tape_header};
use operations::FolderSink;

const RUN: &str = "[run]\nname = \"policy\"\nseed = 7\n[data]\ncatalog = \"CATALOG\"\nfrom = \"2023-01-01\"\nto = \"2023-06-01\"\n\
    [[instruments]]\nvenue = \"coinbase\"\nsymbol = \"BTCUSD\"\ninterval = \"4h\"\n[account]\ncash = \"100000 USD\"\n\
    [execution]\ntaker_fee_bps = 5\n";
const ONE: &str =
    "[strategy]\nkind = \"policy\"\npolicy = \"policies/drawn.policy\"\nsize = \"50%\"\nruntime = \"portable\"\n";
const TWO: &str = "[[strategies]]\nname = \"first\"\nkind = \"policy\"\npolicy = \"policies/drawn.policy\"\nsize = \"50%\"\nruntime = \"portable\"\n\
    [[strategies]]\nname = \"second\"\nkind = \"policy\"\npolicy = \"policies/memory.policy\"\nsize = \"50%\"\nruntime = \"portable\"\n\
    [[strategies]]\nname = \"hand\"\nkind = \"ema-cross\"\nfast = 5\nslow = 20\nsize = \"20%\"\n";

/// A desk with policies and a run file of these strategies.
fn desk(strategies: &str) -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("policies")).expect("made");
    save(&desk, "drawn", &plain(1));
    save(&desk, "memory", &recurrent(2));
    let catalog = project().join("datasets/sample").display().to_string();
    desk.write("run.toml", &format!("{}{strategies}", RUN.replace("CATALOG", &catalog)));
    desk
}

fn save(desk: &Desk, name: &str, policy: &Policy) {
    policy.save(&desk.path(&format!("policies/{name}.policy"))).expect("a policy");
}

fn tape(desk: &Desk, folder: &str) -> Vec<u8> {
    std::fs::read(desk.path(&format!("{folder}/tape/000001.tape"))).expect("a tape")
}

/// The facts of a tape's header.
fn header(desk: &Desk, folder: &str) -> String {
    desk.say(&format!("tape show {folder} --count 1")).out
}

#[test]
fn a_run_is_bound_to_what_a_policy_file_holds_and_not_to_where_it_lies() {
    let desk = desk(ONE);
    let first = desk.say("--json backtest run.toml --out out --tape").json();
    assert!(first["orders"].as_u64() > Some(20), "{first}");
    assert_eq!(desk.say("--json replay out").json()["identical"], true);
    let digest = plain(1).digest().expect("a policy");
    let shown = header(&desk, "out");
    assert!(shown.contains(&digest) && shown.contains("portable"), "{shown}");
    assert!(!shown.contains("libtorch"), "{shown}");
    let notes = desk.say("tape export out").out;
    assert!(notes.contains("expo is 500000") && notes.contains("logi is "), "decisions are noted");

    // Another process, and the file elsewhere: the same tape, which names no folder.
    std::fs::rename(desk.path("policies/drawn.policy"), desk.path("moved.policy")).expect("moved");
    desk.say("--json backtest run.toml --set strategy.policy=moved.policy --out again --tape").json();
    let bytes = tape(&desk, "out");
    assert!(bytes == tape(&desk, "again"), "one run has one tape");
    let folder = desk.folder.path().display().to_string();
    assert!(!bytes.windows(folder.len()).any(|part| part == folder.as_bytes()), "no path stands on a tape");
    // The run file beside the first tape points to where the policy lay.
    desk.say("replay out").refuses(2, "drawn.policy: cannot open it");
    assert_eq!(desk.say("replay out --set strategy.policy=moved.policy").code, 0);
    assert_eq!(desk.say("replay again").code, 0);
}

#[test]
fn a_policy_that_was_changed_is_named_with_the_first_step_that_differs() {
    let desk = desk(ONE);
    desk.say("--json backtest run.toml --out out --tape").json();
    save(&desk, "drawn", &plain(3));
    let answer = desk.say("replay out");
    answer.refuses(3, "the policy is another one: strategy.digest was ");
    assert!(answer.err.contains("step ") && answer.err.contains("logi is"), "{}", answer.err);
    // Whoever pins a digest trades that policy or none; a replay names the difference all the same.
    let digest = plain(1).digest().expect("a policy");
    let pinned = format!("--set strategy.digest={digest}");
    desk.say(&format!("backtest run.toml --out pinned {pinned}")).refuses(2, "is wanted");
    desk.say(&format!("replay out {pinned}")).refuses(3, "the policy is another one");
    save(&desk, "drawn", &plain(1));
    desk.say(&format!("--json backtest run.toml --out pinned --tape {pinned}")).json();
    assert!(tape(&desk, "out") == tape(&desk, "pinned"), "a pin is no part of the run");
}

#[test]
fn a_policy_that_cannot_be_used_is_reported_at_its_line() {
    let desk = desk(ONE);
    assert_eq!(desk.say("check run.toml").code, 0);
    assert!(desk.say("check run.toml").out.contains("policy, decides from candle 9 on"));
    desk.write("policies/drawn.policy", "not a policy");
    let answer = desk.say("check run.toml");
    answer.refuses(2, "it is no policy file");
    assert!(
        answer.err.contains("run.toml:") && answer.err.contains("policy = \"policies/drawn.policy\""),
        "{}",
        answer.err
    );
    desk.say("check run.toml --set strategy.policy=none.policy").refuses(2, "none.policy: cannot open it");
    desk.say("check run.toml --set strategy.policy=3").refuses(2, "3: cannot open it");
    if cfg!(not(feature = "rl")) {
        save(&desk, "drawn", &plain(1));
        desk.say("check run.toml --set strategy.runtime=torch").refuses(2, "set runtime = \"portable\"");
    }
    let help = desk.say("strategies policy").out;
    assert!(help.contains("decision_threshold") && help.contains("none") && help.contains("likeliest"), "{help}");
}

#[test]
fn a_policy_that_is_never_sure_enough_does_nothing() {
    let desk = desk(ONE);
    let run = desk.say("--json backtest run.toml --set strategy.decision_threshold=1 --out out").json();
    assert_eq!(run["orders"], 0);
}

/// Writes the tape of a run as a machine with this libtorch and processor would have.
fn record_elsewhere(desk: &Desk, folder: &str) {
    let path = desk.path("run.toml");
    let portable = RunFile::load(&path, &[]).expect("a run file");
    let text =
        std::fs::read_to_string(&path).expect("a run file").replace("runtime = \"portable\"", "runtime = \"torch\"");
    let config = RunFile::load(&desk.write("torch.toml", &text), &[]).expect("a run file");
    let setup = Setup::new(&config).expect("a set-up");
    let mut header = tape_header::backtest_header(&config, &setup).expect("a header");
    header.set("policy.runtime", "torch");
    header.set("libtorch", "1.0.0");
    header.set("cpu", "ABACUS");
    std::fs::create_dir(desk.path(folder)).expect("made");
    std::fs::write(desk.path(&format!("{folder}/run.toml")), config.resolved()).expect("written");
    let sink = FolderSink::create(&desk.path(&format!("{folder}/tape"))).expect("a new tape");
    let journal = TapeJournal::new(sink, &header, CandlesOnTape::Referenced);
    let strategy = strategy_setup::build(&portable, &registry()).expect("a strategy");
    let sources = counted_sources(&setup, true, &indicatif::ProgressBar::hidden()).expect("candles");
    let handles: Vec<_> = sources.iter().map(|s| s.source.fingerprints()).collect();
    let sight = venue_sources(&setup).expect("candles");
    let run = backtest(&config, &setup, strategy, sources, sight, journal, Detail::Figures).expect("a run");
    let references = handles.iter().flat_map(|handle| handle.get().cloned().unwrap_or_default());
    let references = references.map(|group| engine::tape::CandleRef {
        instrument: 0,
        file: group.file.clone(),
        row_group: group.row_group,
        first_row: group.first_row,
        rows: group.rows,
        first_open: group.first_open,
        digest: group.digest,
    });
    let (_, journal) = run.split();
    journal.seal(&references.collect::<Vec<_>>()).expect("sealed").finish().expect("durable");
}

fn decisions(answer: &Answer) -> [u64; 3] {
    let decisions = &answer.json()["decisions"];
    ["taken", "computed", "differ"].map(|name| decisions[name].as_u64().expect("a count"))
}

#[test]
fn where_the_platform_differs_the_recorded_decisions_are_replayed_and_the_replay_says_so() {
    for strategies in [ONE, TWO] {
        let desk = desk(strategies);
        record_elsewhere(&desk, "out");
        let answer = desk.say("replay out");
        assert_eq!(answer.code, 0, "{}", answer.err);
        let said = "decisions of the policy were taken from the tape: libtorch 1.0.0 on ABACUS there, ";
        assert!(answer.err.contains(said), "{}", answer.err);
        let here = if cfg!(feature = "rl") { "computed here" } else { "a build without libtorch here" };
        assert!(answer.err.contains(here), "{}", answer.err);

        // The runtime that computed it in truth comes to the same exposures.
        let runtimes = match strategies {
            ONE => "--set strategy.runtime=portable",
            _ => "--set strategies.0.runtime=portable --set strategies.1.runtime=portable",
        };
        let [taken, computed, differ] = decisions(&desk.say(&format!("--json replay out {runtimes}")));
        assert!(taken > 800 && (computed, differ) == (taken, 0), "{taken} {computed} {differ}");
        // Another policy is found out by its digest, and by what it would have done.
        save(&desk, "drawn", &plain(3));
        let answer = desk.say(&format!("replay out {runtimes}"));
        answer.refuses(3, "the policy is another one");
        assert!(answer.err.contains("exposures are others, the first at step "), "{}", answer.err);
    }
}

#[test]
fn a_recorded_decision_that_was_not_acted_on_is_found() {
    let desk = desk(ONE);
    record_elsewhere(&desk, "out");
    desk.say("replay out --set strategy.size=40%").refuses(3, "configuration differs: strategy.size");
    assert!(desk.say("replay out --set strategy.size=40%").err.contains("now :"));
}

/// What only libtorch can compute.
#[cfg(feature = "rl")]
mod torch {
    use super::*;

    const TORCH: &str = "--set strategy.runtime=torch";

    #[test]
    fn libtorch_decides_the_same_in_two_processes_and_replays() {
        for name in ["drawn", "memory"] {
            let desk = desk(&ONE.replace("drawn", name));
            let run = desk.say(&format!("--json backtest run.toml {TORCH} --out out --tape")).json();
            assert!(run["orders"].as_u64() > Some(20), "{run}");
            desk.say(&format!("--json backtest run.toml {TORCH} --out again --tape")).json();
            assert!(tape(&desk, "out") == tape(&desk, "again"), "one run has one tape");
            let replayed = desk.say("--json replay out").json();
            assert!(replayed["identical"] == true && replayed["decisions"].is_null(), "{replayed}");
            let shown = header(&desk, "out");
            assert!(shown.contains("libtorch") && shown.contains("cpu"), "{shown}");
            // The portable runtime comes to the same exposures wherever two outputs are not all but equal.
            let [taken, computed, differ] = decisions(&desk.say("--json replay out --set strategy.runtime=portable"));
            assert!(taken > 800 && computed == taken && differ <= 2, "{taken} {computed} {differ}");
        }
    }

    #[test]
    fn other_instructions_of_the_processor_are_another_platform() {
        let desk = desk(ONE);
        desk.say(&format!("--json backtest run.toml {TORCH} --out out --tape")).json();
        let plain = [("ATEN_CPU_CAPABILITY", "default")];
        let answer = desk.run_with(&["replay", "out"], &plain);
        assert_eq!(answer.code, 0, "{}", answer.err);
        assert!(
            answer.err.contains("taken from the tape: libtorch ") && answer.err.contains("DEFAULT"),
            "{}",
            answer.err
        );
        assert!(answer.err.contains("computed here, "), "{}", answer.err);
    }
}

#[test]
fn another_policy_is_another_version_and_the_version_says_so() {
    let desk = desk(ONE);
    let version = || {
        let run = RunFile::load(&desk.path("run.toml"), &[]).expect("a run file");
        onetape::evaluation::version(&run, &evaluations::gates::Gates::shipped()).expect("a version")
    };
    let before = version();
    assert_eq!(before.changes(&version()), []);
    save(&desk, "drawn", &plain(9));
    let changed: Vec<&str> = version().changes(&before).iter().map(|it| it.what).collect();
    assert_eq!(changed, ["parameters", "policy"], "a strategy is bound to its policy by digest");
}
