//! `onetape checklist`: deadlines of a calendar, an answer no when one is overdue.
use crate::onetape::Desk;

const CALENDAR: &str = r#"[[deadlines]]
name = "self-assessment"
what = "Assess the algorithms"
every = "year"
start = "2026-03-31"
owner = "head of risk"
evidence = "proof.txt"
done = ["2026-03-20"]

[[deadlines]]
name = "drill"
what = "Kill everything in a drill"
due = "2026-05-31"
owner = "head of trading"
"#;

#[test]
fn deadlines_that_are_kept_are_a_yes_and_overdue_ones_a_no() {
    let desk = Desk::new();
    desk.write("compliance-calendar.toml", CALENDAR);
    let answer = desk.say("checklist --today 2026-05-31");
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("there is no proof.txt"), "{}", answer.err);
    let lines: Vec<&str> = answer.out.lines().collect();
    assert!(lines[2].starts_with("due    2027-03-31   304  self-assessment  head of risk"), "{}", answer.out);
    desk.write("proof.txt", "done");
    let answer = desk.say("checklist compliance-calendar.toml --today 2026-06-01");
    answer.refuses(3, "1 of 2 deadlines are overdue: drill");
    assert!(!answer.err.contains("warning") && answer.out.contains("overdue"), "{} {}", answer.err, answer.out);
}

#[test]
fn a_program_is_answered_by_an_object_either_way() {
    let desk = Desk::new();
    desk.write("c.toml", CALENDAR);
    let yes = desk.say("--json checklist c.toml --today 2026-03-31").json();
    assert_eq!((&yes["overdue"], &yes["lines"][0]["state"]), (&0.into(), &"done".into()));
    assert_eq!((&yes["lines"][0]["evidence_missing"], &yes["lines"][1]["days_left"]), (&true.into(), &61.into()));
    let no = desk.say("--json checklist c.toml --today 2027-04-01");
    assert_eq!(no.code, 3);
    let no: serde_json::Value = serde_json::from_str(&no.out).expect("an object");
    assert_eq!((&no["overdue"], &no["lines"][0]["missed"]), (&2.into(), &1.into()));
}

#[test]
fn a_calendar_that_cannot_be_read_is_named_with_its_line() {
    let desk = Desk::new();
    desk.write("c.toml", &CALENDAR.replace("owner = \"head of trading\"", "ownr = \"x\""));
    desk.say("checklist c.toml").refuses(2, "c.toml:14: unknown key `ownr`");
    desk.say("checklist none.toml").refuses(2, "none.toml");
    desk.say("checklist c.toml --today 2026-02-30").refuses(2, "`2026-02-30` is not a day");
}

#[test]
fn the_calendar_in_the_documentation_can_be_asked() {
    let desk = Desk::new();
    let answer = desk.say("checklist @/docs/compliance-calendar.toml --today 2026-01-01");
    assert_eq!(answer.code, 0, "{}", answer.err);
}
