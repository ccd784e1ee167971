//! The calendar of deadlines: where each stands on a day, and what a file may not say.
use compliance::{Calendar, Date, LineState, checklist};
use expect_test::expect;

fn deadline(due: &str, done: &str) -> String {
    format!("[[deadlines]]\nname = \"test\"\nwhat = \"it\"\nowner = \"mel\"\n{due}\ndone = [{done}]\n")
}

/// The state on a day and the day that counts.
fn check(due: &str, done: &str, today: &str, expected: &str) {
    let text = deadline(due, done);
    let calendar = Calendar::read(&text, "c.toml").unwrap_or_else(|error| panic!("{error}"));
    let lines = checklist(&calendar, today.parse::<Date>().expect("a day"));
    let line = &lines[0];
    let missed = if line.missed > 0 { format!(" missed {}", line.missed) } else { String::new() };
    let found = format!("{} {} {}{missed}", line.state.name(), line.due, line.days_left);
    assert_eq!(found, expected, "{due}, done {done}, on {today}");
}

const YEARLY: &str = "every = \"year\"\nstart = \"2024-03-31\"";
const QUARTERLY: &str = "every = \"quarter\"\nstart = \"2024-11-30\"";
const MONTHLY: &str = "every = \"month\"\nstart = \"2024-01-31\"";
const DAILY: &str = "every = \"day\"\nstart = \"2024-02-28\"";
const ONCE: &str = "due = \"2024-06-15\"";

#[test]
fn a_deadline_is_due_up_to_its_day_and_overdue_from_the_next_on() {
    check(ONCE, "", "2024-06-14", "due 2024-06-15 1");
    check(ONCE, "", "2024-06-15", "due 2024-06-15 0");
    check(ONCE, "", "2024-06-16", "overdue 2024-06-15 -1 missed 1");
    check(ONCE, "\"2024-06-20\"", "2024-06-21", "done 2024-06-15 -6");
    check(ONCE, "\"2024-06-20\"", "2024-06-19", "overdue 2024-06-15 -4 missed 1"); // not yet done on that day
    check(ONCE, "\"2024-06-01\", \"2024-06-02\"", "2024-06-02", "done 2024-06-15 13");
}

#[test]
fn what_comes_again_is_done_up_to_its_day_and_then_due_anew() {
    check(YEARLY, "", "2024-01-01", "due 2024-03-31 90");
    check(YEARLY, "\"2024-03-20\"", "2024-03-31", "done 2024-03-31 0");
    check(YEARLY, "\"2024-03-20\"", "2024-04-01", "due 2025-03-31 364");
    check(YEARLY, "\"2024-03-20\"", "2025-04-01", "overdue 2025-03-31 -1 missed 1");
    check(YEARLY, "", "2026-04-01", "overdue 2024-03-31 -731 missed 3");
    check(QUARTERLY, "\"2024-11-30\"", "2025-02-28", "due 2025-02-28 0"); // February has no 30th
    check(QUARTERLY, "\"2024-11-30\", \"2025-02-01\"", "2025-03-01", "due 2025-05-30 90");
    check(MONTHLY, "\"2024-01-31\", \"2024-02-29\"", "2024-03-01", "due 2024-03-31 30"); // and not the 29th
    check(DAILY, "\"2024-02-28\"", "2024-02-28", "done 2024-02-28 0");
    check(DAILY, "\"2024-02-28\"", "2024-02-29", "due 2024-02-29 0");
}

#[test]
fn what_was_done_late_does_not_count_for_the_next_time() {
    check(YEARLY, "\"2024-05-01\"", "2024-05-02", "due 2025-03-31 333");
    check(YEARLY, "\"2025-04-10\"", "2025-04-11", "overdue 2025-03-31 -11 missed 1");
    check(YEARLY, "\"2025-04-10\", \"2025-04-10\"", "2025-04-11", "due 2026-03-31 354"); // the backlog is worked off
    check(YEARLY, "\"2024-03-01\", \"2024-03-02\"", "2024-04-01", "due 2025-03-31 364"); // twice is not two years
}

#[test]
fn a_calendar_is_read_strictly_and_every_fault_has_its_line() {
    let refused = |text: &str| Calendar::read(text, "c.toml").expect_err(text).to_string();
    expect![[r#"
        [
            "c.toml:1: not valid TOML: unclosed array table, expected `]`",
            "c.toml:1: unknown key `firm`: expected [[deadlines]] only",
            "c.toml:1: unknown key `deadlines`: expected [[deadlines]] only",
            "c.toml:5: `due`: `2024-02-30` is not a day: expected one such as 2024-03-01\nc.toml:6: unknown key `owners` in [[deadlines]]: expected one of name, what, due, every, start, owner, evidence, done\nc.toml:7: `done`: `` is not a day: expected one such as 2024-03-01",
            "c.toml:1: expected either `due`, or `every` with `start`",
            "c.toml:5: `every`: `week` is no period: expected day, month, quarter or year\nc.toml:6: `start`: `x` is not a day: expected one such as 2024-03-01\nc.toml:7: `done`: the days are not in the order of time",
            "c.toml:1: [[deadlines]] has no `owner`\nc.toml:1: [[deadlines]] has no `what`\nc.toml:2: `name`: expected a text that says something",
            "c.toml:7: there are two deadlines `test`",
            "c.toml:6: `evidence`: expected a text that says something",
        ]
    "#]].assert_debug_eq(&[
        refused("[[deadlines]\n"),
        refused("[firm]\nname = \"x\"\n"),
        refused("deadlines = 5\n"),
        refused(&deadline("due = \"2024-02-30\"\nowners = \"x\"", "5")),
        refused(&deadline("due = \"2024-01-01\"\nevery = \"year\"", "")),
        refused(&deadline("every = \"week\"\nstart = \"x\"", "\"2024-02-02\", \"2024-02-01\"")),
        refused("[[deadlines]]\nname = \"\"\ndue = 2024-01-01\n"),
        refused(&(deadline(ONCE, "") + &deadline(ONCE, ""))),
        refused(&deadline("due = \"2024-01-01\"\nevidence = 7", "")),
    ]);
    assert_eq!(Calendar::read("", "c.toml"), Ok(Calendar::default()), "nothing is due");
    let dates = Calendar::read(&deadline("due = 2024-06-15", "2024-06-01"), "c.toml").expect("dates without quotes");
    assert_eq!(dates, Calendar::read(&deadline(ONCE, "\"2024-06-01\""), "c.toml").expect("the same"));
}

#[test]
fn the_example_holds_the_controls_that_have_a_rhythm() {
    let calendar =
        Calendar::read(include_str!("../../../docs/compliance-calendar.toml"), "docs/compliance-calendar.toml");
    let calendar = calendar.unwrap_or_else(|error| panic!("{error}"));
    let lines = checklist(&calendar, "2026-01-01".parse().expect("a day"));
    assert!(lines.len() >= 5 && lines.iter().all(|line| line.state != LineState::Overdue), "{lines:?}");
}
