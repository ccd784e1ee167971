//! Words that may not stand in the code of a folder.
//!
//! Comments and strings are not code. What the compiler or clippy refuses already stands here too where the reason is
//! worth a sentence of our own.
use super::finding::Finding;
use super::functions::words;
use super::source::Source;

/// Where the core and the strategies say that they are no_std.
pub(super) const NO_STD: [&str; 2] = ["engine/src/lib.rs", "strategies/src/lib.rs"];

enum In {
    Code,
    CodeAndTests,
}

struct Rule {
    /// The beginnings of the paths it holds for; an empty one is every path.
    under: &'static [&'static str],
    within: In,
    words: &'static [&'static str],
    why: &'static str,
}

const EVERYWHERE: &[&str] = &[""];
const PURE: &[&str] = &["engine/src/", "strategies/src/"];
const MONEY: &[&str] = &[
    "engine/src/ledger.rs",
    "engine/src/order.rs",
    "engine/src/orders.rs",
    "engine/src/risk/",
    "engine/src/sim/",
    "engine/src/sizing.rs",
    "engine/src/state.rs",
];
const MODES: &[&str] =
    &["is_live_mode", "live_mode", "is_paper", "is_backtest", "backtest_mode", "is_replay", "if live"];

const RULES: &[Rule] = &[
    Rule { under: PURE, within: In::Code, words: &["std::"], why: "the core and the strategies are no_std" },
    Rule {
        under: PURE,
        within: In::Code,
        words: &["HashMap", "HashSet"],
        why: "their order differs from process to process; use a Vec by id or a BTreeMap",
    },
    Rule {
        under: PURE,
        within: In::Code,
        words: &["SystemTime", "Instant::now", "thread"],
        why: "time enters in events, and parallelism is between runs",
    },
    Rule { under: PURE, within: In::Code, words: &["f32"], why: "features are f64, money is no float at all" },
    Rule {
        under: MONEY,
        within: In::Code,
        words: &["f64"],
        why: "no float where money, orders and limits are decided",
    },
    Rule {
        under: &["engine/src/"],
        within: In::Code,
        words: MODES,
        why: "the core does not know which world drives it",
    },
    Rule { under: EVERYWHERE, within: In::Code, words: &[".unwrap()"], why: "`expect` says why it holds" },
    Rule { under: EVERYWHERE, within: In::CodeAndTests, words: &["unsafe"], why: "no undefined behaviour to look for" },
    Rule {
        under: EVERYWHERE,
        within: In::CodeAndTests,
        words: &["todo!", "unimplemented!", "dbg!"],
        why: "nothing is left half done",
    },
    Rule {
        under: EVERYWHERE,
        within: In::CodeAndTests,
        words: &["print!", "println!"],
        why: "standard output belongs to results; they are written, and a closed pipe is an error to handle",
    },
    Rule {
        under: EVERYWHERE,
        within: In::CodeAndTests,
        words: &["#[ignore"],
        why: "a test that does not run is no test",
    },
];

pub(super) fn forbidden(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.under.iter().any(|start| source.path.starts_with(start))) {
        for (line, code) in (1..).zip(source.code.lines()) {
            let exempt = matches!(rule.within, In::Code) && source.is_test(line);
            for word in rule.words.iter().filter(|word| !exempt && words(code, word).next().is_some()) {
                found.push(Finding { path: source.path.clone(), line, what: format!("`{word}`"), why: rule.why });
            }
        }
    }
    found
}

pub(super) fn std_in(source: &Source) -> Option<Finding> {
    let says = source.code.lines().any(|line| line == "#![no_std]");
    (!says).then(|| Finding {
        path: source.path.clone(),
        line: 1,
        what: "no `#![no_std]`".into(),
        why: "the compiler then refuses clocks, files, threads, hash maps and the platform's mathematics",
    })
}

#[test]
fn each_word_is_found_in_its_folder_and_nowhere_else() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        let text = format!("//! Opens.\n{text}");
        let expected: Vec<String> = expected.iter().map(|what| format!("{path}:2: `{what}`")).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        super::finding::check(forbidden(&Source::new(path, &text)), &expected);
    };
    check("engine/src/a.rs", "use std::fmt;", &["std::"]);
    check("engine/src/a.rs", "use core::fmt; my_std::f();", &[]);
    check("datasets/src/a.rs", "use std::collections::HashMap;", &[]);
    check("strategies/src/a.rs", "let m: HashMap<u8, HashSet<u8>>;", &["HashMap", "HashSet"]);
    check("engine/src/a.rs", "SystemTime::now(); Instant::now(); thread();", &["SystemTime", "Instant::now", "thread"]);
    check("engine/src/a.rs", "let x: f32 = 1.0_f32;", &["f32"]);
    check("engine/src/ledger.rs", "let x = cash.0 as f64;", &["f64"]);
    check("engine/src/risk/rules.rs", "fn f(x: f64) {}", &["f64"]);
    check("engine/src/math.rs", "fn f(x: f64) {}", &[]);
    check("engine/src/step.rs", "if live { }", &["if live"]);
    check("engine/src/step.rs", "if self.is_live_mode { }", &["is_live_mode"]);
    check("src/a.rs", "x.unwrap(); x.unwrap_or(1);", &[".unwrap()"]);
    check("datasets/tests/suite/a.rs", "x.unwrap();", &[]);
    check("engine/src/a.rs", "#[cfg(test)] mod t { use std::fmt; fn f() { x.unwrap(); } }", &[]);
    check("learning/src/a.rs", "unsafe { f() }", &["unsafe"]);
    check("datasets/tests/suite/a.rs", "#[ignore = \"slow\"] fn f() { todo!() }", &["todo!", "#[ignore"]);
    check("src/a.rs", "unimplemented!(); dbg!(x);", &["unimplemented!", "dbg!"]);
    check("src/a.rs", "println!(); print!(); eprintln!(); #[ignored]", &["print!", "println!"]);
    check("engine/src/a.rs", "let s = \"std::thread unsafe todo!\"; // println!", &[]);
}

#[test]
fn a_crate_that_may_name_std_is_found() {
    let check = |text: &str, expected: &[&str]| {
        super::finding::check(std_in(&Source::new("engine/src/lib.rs", text)), expected);
    };
    check("//! The core.\n#![no_std]\n", &[]);
    check("//! The core.\n// #![no_std]\n", &["engine/src/lib.rs:1: no `#![no_std]`"]);
}
