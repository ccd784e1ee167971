//! The file of a policy: found from the run file, bound by what it holds.
use super::{GOOD, RunFile, good, with};
use crate::run_file::Parameter;
use std::path::Path;

fn policy(lines: &str) -> String {
    with("kind = \"ema-cross\"", &format!("kind = \"policy\"\n{lines}"))
}

#[test]
fn a_policy_is_found_from_the_run_file_and_written_with_its_whole_path() {
    let run = good(&policy("policy = \"../trend.policy\""));
    let file = run.strategies[0].policy().expect("a policy");
    assert_eq!(file.path(), Path::new("/runs/../trend.policy"));
    assert_eq!(file.digest(), None);
    assert!(run.resolved().contains("policy = \"/runs/../trend.policy\""), "{}", run.resolved());
    assert_eq!(good(&run.resolved()), run);
    // Another strategy may have a parameter of that name.
    let other = good(&with("fast = 20", "policy = \"careful\""));
    assert_eq!(other.strategies[0].parameter("policy"), Some(&Parameter::Text("careful".into())));
}

#[test]
fn a_run_is_bound_to_the_digest_of_its_policy_and_to_no_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let load = |name: &str, bytes: &str, lines: &str| {
        std::fs::write(folder.path().join(name), bytes).expect("written");
        let path = folder.path().join("run.toml");
        std::fs::write(&path, policy(&format!("policy = \"{name}\"\n{lines}"))).expect("written");
        RunFile::load(&path, &[]).expect("a run file")
    };
    let first = load("a.policy", "one", "");
    let digest = blake3::hash(b"one").to_hex().to_string();
    assert!(first.binding().contains(&format!("digest = \"{digest}\"")), "{}", first.binding());
    assert!(!first.binding().contains("a.policy"), "{}", first.binding());
    assert_eq!(first.binding(), load("b.policy", "one", "").binding());
    assert_eq!(first.binding(), load("b.policy", "one", "digest = \"pinned\"").binding());
    let other = load("a.policy", "two", "");
    let (key, was, is) = &first.difference(&other)[0];
    assert_eq!((key.as_str(), was.contains(&digest)), ("strategy.digest", true));
    assert!(is.contains(&blake3::hash(b"two").to_hex().to_string()));
    // A folder is no file, and is found when the strategy is made.
    assert!(load("a.policy", "one", "").binding() == first.binding() && GOOD.contains("ema-cross"));
    std::fs::create_dir(folder.path().join("folder")).expect("made");
    let path = folder.path().join("run.toml");
    std::fs::write(&path, policy("policy = \"folder\"")).expect("written");
    assert_eq!(RunFile::load(&path, &[]).expect("a run file").strategies[0].policy_digest(), None);
}
