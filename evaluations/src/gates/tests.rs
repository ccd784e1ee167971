//! Gates files are read strictly, and a gate never passes what it cannot see.
use super::*;
use crate::evidence::testing::{excellent, version};
use crate::evidence::{Better, Evidence, Figure, Known, known};

/// The evidence that a gate reads, as good as can be.
fn evidence(gate: Gate, text: &str) -> Vec<Evidence> {
    let version = version("btc", "fast=20", text);
    gate.reads().iter().map(|kind| excellent(*kind, &version)).collect()
}

/// What is wrong with `text`, one line for each problem.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found = match Gates::parse(text, "g.toml") {
        Ok(_) => Vec::new(),
        Err(error) => error.to_string().lines().map(str::to_string).collect(),
    };
    assert_eq!(found, expected, "{text}");
}

/// What the shipped gate says after something was done to the evidence: the reasons of its rows that fail.
#[track_caller]
fn check_judged(gate: Gate, spoil: impl Fn(&mut Vec<Evidence>), expected: &[&str]) {
    let mut evidences = evidence(gate, SHIPPED);
    spoil(&mut evidences);
    check_table(&judge(&Gates::shipped(), gate, &evidences), expected);
}

#[track_caller]
fn check_table(table: &Table, expected: &[&str]) {
    let found: Vec<String> = table.failures().map(|row| format!("{} {}: {}", row.of, row.check, row.reason)).collect();
    assert_eq!(found, expected);
    assert_eq!(table.passed(), expected.is_empty());
}

#[test]
fn the_shipped_gates_name_all_that_is_required_and_pass_what_is_excellent() {
    let gates = Gates::shipped();
    assert!(gates.canary.is_some() && gates.watch.as_ref().is_some_and(|watch| watch.len() == WATCHED.len()));
    for gate in Gate::ALL {
        for of in Kind::ALL {
            for figure in required(gate, of) {
                assert!(known(figure).is_some_and(|known| known.is_of(of)), "{gate} {of} {figure}");
            }
            assert_eq!(gate.reads().contains(&of), !required(gate, of).is_empty());
        }
        let table = judge(&gates, gate, &evidence(gate, SHIPPED));
        check_table(&table, &[]);
        assert_eq!((table.approvals, table.gates.as_str()), (gate.approvals_min(), gates.digest()));
    }
}

#[test]
fn each_shipped_check_fails_where_its_figure_is_bad_missing_or_not_defined() {
    let gates = Gates::shipped();
    for gate in Gate::ALL {
        for check in &gates.gates[&gate].checks {
            let spoiled = |change: &dyn Fn(&mut Evidence, &Known)| {
                let mut evidences = evidence(gate, SHIPPED);
                let of = evidences.iter_mut().find(|evidence| evidence.kind == check.of).unwrap();
                change(of, known(check.figure).unwrap());
                let table = judge(&gates, gate, &evidences);
                let failed: Vec<&Row> = table.failures().filter(|row| row.check == check.figure).collect();
                assert_eq!(failed.len(), 1, "{gate} {} {}", check.of, check.figure);
                failed[0].reason.clone()
            };
            let bad = |evidence: &mut Evidence, known: &Known| {
                let value = if known.better == Better::Less { 1e9 } else { -1e9 };
                evidence.figures.get_mut(known.name).unwrap().value = Some(value);
            };
            assert!(!spoiled(&bad).is_empty());
            let gone = |evidence: &mut Evidence, known: &Known| drop(evidence.figures.remove(known.name));
            assert_eq!(spoiled(&gone), "no evidence: the bundle has no such figure");
            let undefined = |evidence: &mut Evidence, known: &Known| {
                evidence.figures.insert(known.name.into(), Figure::new(None, 9, "a", "b").noted("no variance"));
            };
            assert_eq!(spoiled(&undefined), "not defined: no variance");
            let nan = |evidence: &mut Evidence, known: &Known| {
                evidence.figures.get_mut(known.name).unwrap().value = Some(f64::NAN);
            };
            assert_eq!(spoiled(&nan), "not defined");
        }
    }
}

#[test]
fn a_bound_is_met_exactly_at_it_and_not_beyond() {
    let set = |name: &'static str, value: f64, n: u64| {
        move |evidences: &mut Vec<Evidence>| {
            evidences[0].figures.insert(name.into(), Figure::new(Some(value), n, "a", "b"));
        }
    };
    check_judged(Gate::Paper, set("dsr", 0.95, 250), &[]);
    check_judged(Gate::Paper, set("dsr", 0.949_99, 250), &["evaluation dsr: 0.94999 is below 0.95"]);
    check_judged(
        Gate::Paper,
        set("dsr", 0.95, 249),
        &["evaluation dsr: too little data: n is 249, at least 250 is asked"],
    );
    check_judged(Gate::Paper, set("pbo", 0.2, 0), &[]);
    check_judged(Gate::Paper, set("pbo", 0.25, 0), &["evaluation pbo: 0.25 is above 0.2"]);
    check_judged(Gate::Paper, set("causality", 0.0, 1), &["evaluation causality: it is false"]);
    check_judged(Gate::Paper, set("causality", 0.5, 1), &["evaluation causality: it is false"]);
    check_judged(Gate::Paper, set("min_track_record_days", 1e6, 1), &[]);
    check_judged(
        Gate::Paper,
        set("min_track_record_days", 1e6 + 1.0, 1),
        &["evaluation min_track_record_days: 1000001 is above 1000000"],
    );
    check_judged(
        Gate::Paper,
        |evidences| evidences[0].figures.get_mut("days").unwrap().value = None,
        &[
            "evaluation days: not defined",
            "evaluation min_track_record_days: no evidence: `days`, which it is compared with, is not defined",
        ],
    );
}

#[test]
fn a_row_says_what_was_asked_of_which_evidence_and_what_was_found() {
    let mut evidences = evidence(Gate::Canary, SHIPPED);
    let figure = Figure::new(Some(0.97), 1826, "a", "b").shown_by("report.html");
    evidences[0].figures.insert("dsr".into(), figure);
    let table = judge(&Gates::shipped(), Gate::Canary, &evidences);
    let row = table.rows.iter().find(|row| row.check == "dsr").unwrap();
    let expected = Row {
        check: "dsr".into(),
        of: "evaluation".into(),
        threshold: "at least 0.95, n at least 250".into(),
        value: Some(0.97),
        n: Some(1826),
        evidence: evidences[0].digest(),
        file: "report.html".into(),
        verdict: Verdict::Pass,
        reason: String::new(),
    };
    assert_eq!(*row, expected);
    let text = String::from_utf8(table.bytes()).unwrap();
    assert_eq!(serde_json::from_str::<Table>(&text).unwrap(), table);
    evidences.reverse();
    let other = judge(&Gates::shipped(), Gate::Canary, &evidences);
    assert_eq!((other.rows, other.version), (table.rows, table.version));
}

#[test]
fn no_evidence_and_evidence_of_two_versions_or_other_gates_fail() {
    let lacks = "evidence: no evidence: there is no bundle of kind `evaluation`";
    let table = judge(&Gates::shipped(), Gate::Paper, &[]);
    assert!(table.failures().any(|row| format!("{}: {}", row.check, row.reason) == lacks));
    // Every check, and the line about bundles.
    assert_eq!(table.failures().count(), 1 + required(Gate::Paper, Kind::Evaluation).len());
    check_judged(
        Gate::Canary,
        |evidences| evidences[1].version = version("btc", "fast=21", SHIPPED),
        &[" version: that of paper is of another version than that of evaluation: parameters: fast=21, not fast=20"],
    );
    check_judged(
        Gate::Paper,
        |evidences| evidences[0].version = version("btc", "fast=20", "loose"),
        &[&format!(
            " gates: that of evaluation was made under the gates {}, these are {}; make it again",
            &blake3::hash(b"loose").to_hex()[..12],
            &Gates::shipped().digest()[..12]
        )],
    );
    check_judged(
        Gate::Paper,
        |evidences| evidences.push(evidences[0].clone()),
        &[" evidence: 2 bundles are of kind `evaluation`; hand in the one that counts"],
    );
    check_judged(
        Gate::Paper,
        |evidences| evidences.push(excellent(Kind::Live, &version("btc", "fast=20", SHIPPED))),
        &[" evidence: a bundle is of kind `live`, which this gate does not read"],
    );
}

#[test]
fn what_a_file_does_not_name_fails_and_what_it_switches_off_is_shown() {
    let text = SHIPPED.replace("dsr = { at_least = 0.95, n = 250 }\n", "");
    let gates = Gates::parse(&text, "g.toml").unwrap();
    check_table(
        &judge(&gates, Gate::Paper, &evidence(Gate::Paper, &text)),
        &["evaluation dsr: no gate: [gate.paper.evaluation] does not name `dsr`; give it a bound, or off = \
             \"the reason\""],
    );
    let text =
        SHIPPED.replace("neighbourhood = { at_least = 0.5 }", "neighbourhood = { off = \"it has no parameter\" }");
    let gates = Gates::parse(&text, "g.toml").unwrap();
    let mut evidences = evidence(Gate::Paper, &text);
    evidences[0].figures.remove("neighbourhood");
    let table = judge(&gates, Gate::Paper, &evidences);
    check_table(&table, &[]);
    let row = table.rows.iter().find(|row| row.check == "neighbourhood").unwrap();
    assert_eq!(
        (row.verdict, row.reason.as_str(), row.threshold.as_str()),
        (Verdict::Off, "it has no parameter", "off")
    );
    for gate in Gate::ALL {
        let nothing = Gates::parse("", "g.toml").unwrap();
        let table = judge(&nothing, gate, &evidence(gate, ""));
        let required: usize = gate.reads().iter().map(|of| required(gate, *of).len()).sum();
        assert_eq!(table.failures().count(), required + if gate == Gate::Paper { 0 } else { 2 });
        assert!(table.failures().all(|row| row.reason.starts_with("no gate: ")));
    }
}

#[test]
fn unknown_keys_are_told_with_their_place_and_the_nearest() {
    check("", &[]);
    check("gats = 1", &["g.toml:1:1: unknown key `gats`; did you mean `gate`?"]);
    check("[gate.papr]", &["g.toml:1:7: unknown key `papr`; did you mean `paper`?"]);
    check("[gate.retired]", &["g.toml:1:7: unknown key `retired`; gates are paper, canary, live"]);
    check(
        "[gate.paper.paper]",
        &["g.toml:1:13: unknown key `paper`; keys of the gate `paper` are approvals, evaluation"],
    );
    check(
        "[gate.paper.evaluation]\npbo = { at_most = 0.2 }\nsharp = { at_least = 1 }",
        &["g.toml:3:1: the figure `sharp` is not in the catalogue of figures; did you mean `sharpe`?"],
    );
    check(
        "[gate.canary.paper]\ndsr = { at_least = 1 }",
        &["g.toml:2:1: the figure `dsr` is one of evaluations, not of sessions"],
    );
    check(
        "[gate.paper.evaluation]\ndsr = { atleast = 0.95 }",
        &["g.toml:2:9: unknown key `atleast`; did you mean `at_least`?"],
    );
    check(
        "[gate\n[watch",
        &[
            "g.toml:1:6: not valid TOML: unclosed table, expected `]`",
            "g.toml:2:7: not valid TOML: unclosed table, expected `]`",
        ],
    );
}

#[test]
fn a_requirement_that_makes_no_sense_is_refused() {
    let check = |requirement: &str, expected: &str| {
        check(&format!("[gate.paper.evaluation]\n{requirement}"), &[&format!("g.toml:2:{expected}")]);
    };
    check("dsr = 0.95", "7: `dsr` is not one value: write dsr = { at_least = ... }");
    check("dsr = {}", "7: more is better for `dsr`: write at_least");
    check("dsr = { at_most = 0.95 }", "7: more is better for `dsr`: write at_least");
    check("pbo = { at_least = 0.2 }", "7: less is better for `pbo`: write at_most");
    check("dsr = { is = true }", "7: `dsr` is a number (probability): write at_least or at_most");
    check("causality = { at_least = 1 }", "13: `causality` holds or does not: write causality = { is = true }");
    check("causality = { is = 1 }", "20: `is` of `causality` is true or false");
    check("dsr = { at_least = nan }", "20: `at_least` of `dsr` is a number, or the name of another figure");
    check(
        "dsr = { at_least = \"psr\", off = \"x\" }",
        "7: `dsr` is switched off and asked for at once; write one of the two",
    );
    check("dsr = { off = \" \" }", "15: `off` of `dsr` is the reason in words");
    check("dsr = { at_least = 0.9, n = 0 }", "29: `n` of `dsr` is a whole number above 0");
    check(
        "dsr = { at_least = \"causality\" }",
        "20: `at_least` of `dsr` is a number, or the name of a figure that is one",
    );
    check(
        "dsr = { at_least = \"spr\" }",
        "20: `at_least` of `dsr` is a number or the name of a figure, and `spr` is not in the catalogue of figures; \
         did you mean `psr`?",
    );
}

#[test]
fn approvals_cannot_be_fewer_than_the_stage_asks() {
    let live = "approvals of the gate `live` are a whole number from 2 to 9";
    check("[gate.live]\napprovals = 1", &[&format!("g.toml:2:13: {live}")]);
    check("[gate.live]\napprovals = 2.0", &[&format!("g.toml:2:13: {live}")]);
    check(
        "[gate.paper]\napprovals = 0",
        &["g.toml:2:13: approvals of the gate `paper` are a whole number from 1 to 9"],
    );
    let gates = Gates::parse("[gate.live]\napprovals = 3\n[gate.canary]\n", "g.toml").unwrap();
    assert_eq!((gates.gates[&Gate::Live].approvals, gates.gates[&Gate::Canary].approvals), (3, 1));
}

#[test]
fn what_a_canary_may_do_and_what_is_watched_is_said_in_full() {
    check(
        "[canary]\nallocation_pct = 5",
        &["g.toml:1:2: [canary] needs all of allocation_pct, max_instruments, max_notional"],
    );
    check(
        "[canary]\nallocation_pct = 100.01\nmax_instruments = 0\nmax_notional = \"1 USD\"",
        &[
            "g.toml:2:18: `allocation_pct` is a percentage of equity above 0 and at most 100",
            "g.toml:3:19: `max_instruments` is a whole number above 0",
            "g.toml:4:16: `max_notional` is an amount above 0, in the account's currency",
        ],
    );
    let watch = |from: &str, to: &str| SHIPPED[SHIPPED.find("[watch]").unwrap()..].replace(from, to);
    check(
        &watch("features_psi = { limit = 0.25, action = \"pause\" }\n", ""),
        &["g.toml:1:2: [watch] does not name `features_psi`; write features_psi = { limit = ..., action = \
             \"pause\" }, or { off = \"the reason\" }"],
    );
    check(
        &watch("{ limit = 0.25, action = \"pause\" }", "{ limit = 0.25, action = \"shout\" }"),
        &["g.toml:11:41: `action` of `features_psi` is \"pause\" or \"demote\""],
    );
    check(
        &watch("{ limit = 0.25, action = \"pause\" }", "{ limit = 0.25 }"),
        &["g.toml:11:16: `features_psi` needs a limit and an action, or off = \"the reason\""],
    );
    check(
        &watch("{ limit = 0.99, action = \"demote\" }", "{ limit = 99, action = \"demote\" }"),
        &["g.toml:13:21: the limit of drawdown_quantile is 99, and has to be above 0.0099 and below 0.9901"],
    );
    let text = watch("{ limit = 0.25, action = \"pause\" }", "{ off = \"no features\" }");
    let terms = Gates::parse(&text, "g.toml").unwrap().watch.unwrap();
    assert_eq!(terms["features_psi"], WatchTerm::Off("no features".into()));
    assert_eq!(terms["drawdown_quantile"], WatchTerm::On { limit: 0.99, action: Action::Demote });
}

#[test]
fn hostile_files_are_refused_and_never_shown_raw() {
    check(
        &"#".repeat(1 << 19),
        &["g.toml:1:1: this is larger than a gates file may be, 262144 bytes; is it the right file?"],
    );
    let error = Gates::parse("\"\\u001b[31m\" = 1", "g.toml").unwrap_err().to_string();
    assert!(error.contains("unknown key `\u{fffd}[31m`"), "{error}");
    let many: String = (0..50).map(|index| format!("k{index} = 1\n")).collect();
    let error = Gates::parse(&many, "g.toml").unwrap_err();
    assert_eq!((error.problems.len(), error.omitted), (20, 30));
    assert!(error.to_string().ends_with("\n... and 30 more"));
    let mut deep = String::from("gate = ");
    deep.push_str(&"[".repeat(100_000));
    Gates::parse(&deep, "g.toml").unwrap_err();
}
