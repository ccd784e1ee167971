//! The whole way of a strategy against the loopback venue: candidate, paper, canary, live, demotion, rollback; and every change after a
//! promotion, which `live` refuses by name.
use crate::onetape::{Answer, Desk, project};
use crate::venue_process::Venue;
use evaluations::gates::SHIPPED;
use evaluations::registry::Registry;
use onetape::evaluation::{expectation, session_seen};
use serde_json::Value;
use std::path::PathBuf;

/// What is asked of a few hours of candles: what holds or does not, and what a short session can show. The rest is off, with a reason,
/// as a gates file has it.
const ASKED: [&str; 7] = [
    "causality",
    "determinism",
    "data_integrity",
    "replayed",
    "rejected_share",
    "risk_breaches",
    "unexplained_differences",
];

/// The shipped gates without what hours of candles cannot show.
fn gates() -> String {
    let line = |line: &str| match line.split_once(" = {") {
        // Of one day any fall is beyond what was seen of another: an alarm that a drill can count on.
        Some(("drawdown_quantile", _)) => "drawdown_quantile = { limit = 0.99, action = \"pause\" }\n".to_string(),
        Some((name, _)) if !ASKED.contains(&name) && !line.contains("limit") => {
            format!("{name} = {{ off = \"hours of candles cannot show it\" }}\n")
        }
        _ => format!("{line}\n"),
    };
    SHIPPED.lines().map(line).collect()
}

/// A desk with a registry, the keys of two approvers and of the watch, and a run.
struct House {
    desk: Desk,
}

impl House {
    fn new() -> Self {
        let desk = Desk::new();
        let mut approvers = String::new();
        for name in ["alice", "bob"] {
            let made = desk.say(&format!("promotions key {name} --out {name}.key"));
            assert_eq!(made.code, 0, "{}", made.err);
            approvers += &made.out;
        }
        let machine = desk.say("--json promotions key watch --out watch.key").json();
        approvers += &format!("[[machine]]\nname = \"watch\"\nkey = {}\n", machine["key"]);
        desk.write("approvers.toml", &approvers);
        desk.write("gates.toml", &gates());
        let example = std::fs::read_to_string(project().join("examples/btc-paper.toml")).expect("an example");
        let catalog = project().join("datasets/sample").display().to_string();
        let text = example
            .replace("../datasets/sample", &catalog)
            .replace("on_stop = \"cancel\"", "on_stop = \"flatten\"")
            .replace("name = \"btc-paper\"", "name = \"walk\"");
        let evaluation = "\n[evaluation]\ngates = \"gates.toml\"\nwindows = 2\ntrain_windows = 1\npaths = 100\nresamples = 100\n\
                          simulations = 4\ncuts = 3\n";
        desk.write("run.toml", &(text + evaluation));
        let house = Self { desk };
        house.done("promotions found --approvers approvers.toml --key alice.key --why we-begin");
        house
    }

    fn say(&self, line: &str) -> Answer {
        self.desk.say(line)
    }

    fn done(&self, line: &str) -> Value {
        self.say(&format!("--json {line}")).json()
    }

    /// Evidence in a folder of this name.
    fn evaluate(&self, subject: &str, out: &str) {
        self.done(&format!("evaluate {subject} --out {out}"));
    }

    /// Two hours of a session at a venue that begins with it.
    fn session(&self, mode: &str, words: &str, out: &str) -> Answer {
        let venue = Venue::serve("1500");
        let until = "2022-12-13T04:00:00Z";
        self.say(&format!("--json {mode} run.toml --endpoint {} --out {out} --until {until}{words}", venue.endpoint))
    }

    /// Takes the run file as it is through all three gates, with evidence of its own in folders that begin with `name`.
    fn promote_to_live(&self, name: &str) {
        self.evaluate("run.toml", &format!("{name}-evidence"));
        let promote = |to: &str, evidence: &str, by: &str| {
            let all: String = evidence.split(' ').map(|it| format!(" --evidence {name}-{it}")).collect();
            self.say(&format!("--json promote run.toml --to {to}{all} --key {by}.key --why it-holds"))
        };
        assert!(promote("paper", "evidence", "alice").json()["recorded"].is_u64());
        let paper = self.session("paper", "", &format!("{name}-paper-session")).json();
        assert!(paper["fills"].as_u64() > Some(3), "{paper}");
        self.evaluate(&format!("{name}-paper-session"), &format!("{name}-paper"));
        assert!(promote("canary", "evidence paper", "bob").json()["recorded"].is_u64());
        let canary = self.session("live", "", &format!("{name}-canary-session")).json();
        assert!(canary["fills"].as_u64() > Some(1), "{canary}");
        self.evaluate(&format!("{name}-canary-session"), &format!("{name}-canary"));
        let pending = promote("live", "evidence canary", "alice").json();
        let id = pending["pending"].as_str().expect("live takes two").to_string();
        self.say(&format!("promotions approve {id} --key alice.key")).refuses(3, "signed the proposal");
        assert!(self.done(&format!("promotions approve {id} --key bob.key"))["recorded"].is_u64());
        self.say(&format!("promotions withdraw {id}")).refuses(3, "there is no proposal");
    }

    /// What nobody can do before there is evidence.
    fn too_early(&self) {
        self.session("live", "", "early").refuses(3, "no version of `walk` is canary or live");
        self.say("promote run.toml --to live --key alice.key --why i-feel-it")
            .refuses(3, "there is no bundle of kind `canary`");
        // A session under no record is no evidence.
        self.session("paper", "", "free").json();
        self.evaluate("run.toml", "seen");
        self.evaluate("free", "free-paper");
        self.done("promote run.toml --to paper --evidence seen --key alice.key --why it-holds");
        let early =
            "promote run.toml --to canary --evidence seen --evidence free-paper --key alice.key --why too-early";
        self.say(early).refuses(3, "ran under no record");
        self.done("promotions demote walk --to candidate --key watch.key --why the-watch-may");
    }

    /// The watch over a session: it looks, pauses, and two people let it go on.
    fn watched(&self, session: &str) {
        let look = self.say(&format!("--json watch {session} --key watch.key --look-only"));
        look.refuses(3, "nothing was done: --look-only");
        assert_eq!(serde_json::from_str::<Value>(&look.out).expect("an object")["due"], "pause", "{}", look.out);
        let said = self.say(&format!("watch {session} --key watch.key"));
        said.refuses(3, "pause");
        assert!(said.out.contains("Features bybit:BTCUSDT range"), "{}", said.out);
        let journal = std::fs::read_to_string(self.desk.path(session).join("watch.jsonl")).expect("a journal");
        assert!(journal.lines().count() == 2 && journal.contains("\"drawdown\""), "{journal}");
        self.session("live", "", "paused").refuses(3, "was paused by record");
        let resume = self.done("promotions resume walk --key alice.key --why it-was-a-drill");
        let id = resume["pending"].as_str().expect("live takes two").to_string();
        // One proposal is taken back, another is approved.
        assert_eq!(self.done(&format!("promotions withdraw {id}"))["withdrawn"].as_str(), Some(&*id));
        self.say(&format!("promotions approve {id} --key bob.key")).refuses(3, "there is no proposal");
        let resume = self.done("promotions resume walk --key alice.key --why it-was-a-drill-indeed");
        let id = resume["pending"].as_str().expect("live takes two").to_string();
        self.done(&format!("promotions approve {id} --key bob.key"));
    }

    /// The daily returns that are expected of a session.
    fn expected(&self, session: &str) -> Vec<f64> {
        let seen = session_seen(&self.desk.path(session)).expect("its tape");
        let registry = Registry::open(&self.desk.path("home/registry")).expect("a registry");
        expectation(&registry, &seen.record.expect("it ran under one"), 1).expect("evidence").returns
    }

    /// A canary trades a twentieth and is expected to make as much; what came back rests on what it was promoted on before.
    fn expects(&self) {
        let live = self.expected("first-live-session");
        let part: Vec<f64> = live.iter().map(|it| it * 0.05).collect();
        assert!(live.iter().any(|it| *it != 0.0) && self.expected("first-canary-session") == part, "{live:?}");
        assert_eq!(self.expected("restored-session"), live);
    }

    /// The stage of each version, by the first digits of its digest.
    fn stages(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let listed = self.done("promotions list");
        let versions = listed["versions"].as_array().expect("a list");
        versions.iter().map(|it| (text(&it["version"]), text(&it["stage"]))).collect()
    }

    fn stage(&self, version: &str) -> String {
        let found = self.stages().into_iter().find(|(digest, _)| digest == version);
        found.expect("the version is listed").1
    }

    fn live_version(&self) -> String {
        self.stages().into_iter().find(|(_, stage)| stage == "live").expect("one is live").0
    }

    fn edit(&self, from: &str, to: &str) {
        let path = self.desk.path("run.toml");
        let text = std::fs::read_to_string(&path).expect("a run file");
        assert!(text.contains(from), "{from} in {text}");
        std::fs::write(path, text.replace(from, to)).expect("written");
    }
}

#[test]
fn a_strategy_walks_from_candidate_to_live_and_back() {
    let house = House::new();
    house.too_early();
    house.promote_to_live("first");
    let first = house.live_version();
    let run = |name: &str| std::fs::read_to_string(house.desk.path(name)).expect("a run file");
    let canary = run("first-canary-session/run.toml");
    // A twentieth of the size, as the shipped gates have it, and a bound on everything.
    assert!(canary.contains("size = \"0.025\"") && canary.contains("max_gross_exposure = \"5000 USDT\""), "{canary}");
    let live = house.session("live", "", "first-live-session");
    assert!(live.json()["fills"].as_u64() > Some(3) && live.err.contains("(live)"), "{}", live.err);
    assert!(!run("first-live-session/run.toml").contains("max_gross_exposure"));

    house.watched("first-live-session");

    // A second version displaces it, and goes back.
    let before = run("run.toml");
    house.edit("fast = 5", "fast = 7");
    house.session("live", "", "changed").refuses(3, "changed: parameters");
    house.promote_to_live("second");
    let second = house.live_version();
    assert_ne!(first, second);
    assert_eq!(house.stage(&first), "retired");
    let (a, b) = (&first[..12], &second[..12]);
    let diff = house.say(&format!("promotions diff walk {a} {b}"));
    assert!(diff.out.contains("fast=5") && diff.out.contains("fast=7"), "{}", diff.out);

    // Demoted at once, by the watch alone; then `live` will not start.
    house.done("promotions demote walk --key watch.key --why it-drifts");
    assert_eq!(house.stage(&second), "paper");
    house.session("live", "", "demoted").refuses(3, "no version of `walk` is canary or live");

    let back =
        house.done(&format!("rollback walk --version {a} --out restored --key alice.key --why the-new-one-drifts"));
    let id = back["pending"].as_str().expect("live takes two");
    house.done(&format!("promotions approve {id} --key bob.key"));
    assert_eq!((house.live_version(), house.stage(&second)), (first.clone(), "paper".to_string()));
    // What came back is what was promoted, to the byte, and trades.
    std::fs::copy(house.desk.path("restored/run.toml"), house.desk.path("run.toml")).expect("copied");
    let again = house.session("live", "", "restored-session");
    assert!(again.json()["fills"].as_u64() > Some(3), "{}", again.err);
    house.expects();
    assert_eq!(run("restored/gates.toml"), run("gates.toml"));
    assert!(before.contains("fast = 5") && run("restored/run.toml").contains("fast = 5"));
    let whole = house.done("promotions verify");
    assert_eq!(whole["whole"], true, "{whole}");
    let records = house.done("promotions history walk")["records"].as_array().expect("a list").len();
    assert!(records > 9, "{records}");
}

#[test]
fn every_change_after_a_promotion_is_refused_by_name() {
    let house = House::new();
    house.promote_to_live("first");
    let refuses = |words: &str, what: &str| {
        let answer = house.session("live", words, "refused");
        answer.refuses(3, "this is not the version of `walk` that is live");
        assert!(answer.err.contains(&format!("changed: {what}")), "{what}: {}", answer.err);
        assert!(!house.desk.path("refused").exists(), "nothing has begun");
    };
    refuses(" --set strategy.slow=21", "parameters: ");
    refuses(" --set strategy.kind=\"flip\" --set strategy.size=\"0.4\"", "strategy: ");
    refuses(" --set execution.taker_fee_bps=6", "run: ");
    refuses(" --set data.to=\"2022-12-13T09:00:00Z\"", "data: ");
    let gates = std::fs::read_to_string(house.desk.path("gates.toml")).expect("gates");
    house.desk.write("gates.toml", &(gates.clone() + "\n# a word more\n"));
    refuses("", "gates: ");
    house.desk.write("gates.toml", &gates);
    // The same code with one byte behind it is another program.
    let program = PathBuf::from(env!("CARGO_BIN_EXE_onetape"));
    let other = house.desk.path("onetape");
    std::fs::copy(&program, &other).expect("copied");
    let mut file = std::fs::OpenOptions::new().append(true).open(&other).expect("opened");
    std::io::Write::write_all(&mut file, b"\n").expect("written");
    drop(file);
    let venue = Venue::serve("1500");
    let words = ["live", "run.toml", "--endpoint", &venue.endpoint, "--out", "refused"];
    let output = std::process::Command::new(&other)
        .args(words)
        .current_dir(house.desk.folder.path())
        .env("ONETAPE_HOME", house.desk.path("home"))
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && said.contains("changed: code: "), "{said}");
    // A record that was edited is refused before anything is compared.
    let path = house.desk.path("home/registry/records.jsonl");
    let records = std::fs::read_to_string(&path).expect("records");
    std::fs::write(&path, records.replace("it-holds", "it-helds")).expect("written");
    let answer = house.session("live", "", "refused");
    assert!(answer.code == 3 && answer.err.contains("record "), "{}", answer.err);
    std::fs::write(&path, records).expect("written");
    let trades = house.session("live", "", "allowed").json();
    assert!(trades["fills"].as_u64() > Some(3), "{trades}");
}
