//! A policy in a paper session: it decides what a backtest over the same candles decides, and its tape replays.
use crate::onetape::{Desk, project};
use crate::policy_samples::{plain, recurrent};
use crate::venue_process::{Venue, commands};
use learning::policy::Normaliser;

/// The example of a paper session with a policy in place of its strategy.
fn session(runtime: &str) -> Desk {
    let desk = Desk::new();
    let example = std::fs::read_to_string(project().join("examples/btc-paper.toml")).expect("an example");
    let catalog = project().join("datasets/sample").display().to_string();
    let old = "kind = \"ema-cross\"\nfast = 5\nslow = 20\n";
    assert!(example.contains(old), "the example is as it was");
    let new = format!("kind = \"policy\"\npolicy = \"memory.policy\"\nruntime = \"{runtime}\"\n");
    desk.write("run.toml", &example.replace("../datasets/sample", &catalog).replace(old, &new));
    let mut policy = recurrent(2);
    // Candles of a minute move by less than those of hours.
    let scale = [vec![0.000_3; 8], vec![1.0; 2]].concat();
    policy.normaliser = Normaliser::new(vec![0.0; 10], scale, 10.0);
    policy.save(&desk.path("memory.policy")).expect("a policy");
    desk
}

fn decides_as_a_backtest(runtime: &str) {
    let (desk, venue) = (session(runtime), Venue::serve("1000"));
    let line = format!("paper run.toml --endpoint {} --out session --until", venue.endpoint);
    let first = desk.say(&format!("--json {line} 2022-12-13T05:00:00Z")).json();
    assert!(first["candles"].as_u64() > Some(100), "{first}");
    // Stopped, and gone on with: its memory is what it was.
    let second = desk.say(&format!("--json {line} 2022-12-13T08:00:00Z")).json();
    assert!(second["candles"].as_u64() > Some(100), "{second}");
    let replayed = desk.say("--json replay session").json();
    assert!(replayed["identical"] == true && replayed["decisions"].is_null(), "{replayed}");

    let backtest =
        desk.say("--json backtest session/run.toml --set data.to=2022-12-13T07:30:00Z --tape --out backtest").json();
    assert!(backtest["orders"].as_u64() > Some(5), "{backtest}");
    let (session, backtest) = (commands(&desk, "session"), commands(&desk, "backtest"));
    assert_eq!(session[..backtest.len()], backtest);

    // A session goes on with the policy that it was begun with.
    plain(1).save(&desk.path("memory.policy")).expect("a policy");
    desk.say(&format!("{line} 2022-12-13T09:00:00Z"))
        .refuses(2, "a session goes on with the policy that it was begun with");
}

#[test]
fn a_policy_on_paper_decides_what_a_backtest_decides() {
    decides_as_a_backtest("portable");
}

#[cfg(feature = "rl")]
#[test]
fn a_policy_of_libtorch_on_paper_decides_what_a_backtest_decides() {
    decides_as_a_backtest("torch");
}
