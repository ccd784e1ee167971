//! The life of an alert: raised once, counted, handled in order, and the same in a replay.
use crate::stage::{DAY, HOUR, MINUTE, SECOND, Stage, instruments};
use compliance::{AlertBook, AlertError, AlertState, Closes, Restriction, Watch, WatchConfig, alerts_json};
use engine::{AlertStep, Directive, InstrumentId, OperatorEvent, Owner, Side, Timestamp};
use expect_test::expect;

const WHAT: InstrumentId = InstrumentId(0);
const START: i64 = 19_000 * DAY + 12 * HOUR;

fn config() -> WatchConfig {
    let (from, to) = (Timestamp(START), Timestamp(START + DAY));
    let restriction = Restriction { instrument: WHAT, from, to, why: "a research note is due".into() };
    WatchConfig { restrictions: vec![restriction], ..WatchConfig::default() }
}

fn stage() -> Stage {
    let mut stage = Stage::new(&config());
    stage.candle(WHAT, (START - MINUTE, START), [10_000; 4], 100);
    stage
}

fn offend(stage: &mut Stage, time: i64, owner: u8) {
    stage.limit(time, Owner(owner), (WHAT, Side::Buy), 9_000, 5);
}

fn counts(book: &AlertBook) -> Vec<(u64, u8, u64)> {
    book.alerts().iter().map(|alert| (alert.number, alert.owners[0].0, alert.count)).collect()
}

#[test]
fn the_same_within_the_cool_down_is_one_alert_with_a_count() {
    let cool = WatchConfig::default().cooldown_ns;
    let mut stage = stage();
    offend(&mut stage, START, 1);
    offend(&mut stage, START + cool, 1);
    offend(&mut stage, START + 2 * cool, 1); // counted from the last notice, not from the first
    offend(&mut stage, START + 2 * cool, 2); // somebody else is another alert
    offend(&mut stage, START + 3 * cool + 1, 1);
    assert_eq!(counts(stage.book()), [(1, 1, 3), (2, 2, 1), (3, 1, 1)]);
    assert_eq!(stage.book().get(1).map(|alert| alert.last_time), Some(Timestamp(START + 2 * cool)));
}

#[test]
fn what_happens_again_after_an_alert_was_closed_is_a_new_one() {
    let mut stage = stage();
    offend(&mut stage, START, 1);
    for step in [AlertStep::Reviewed, AlertStep::ActionLogged] {
        stage.watch.book.apply(1, step, "mel", "looked", Timestamp(START)).unwrap();
        offend(&mut stage, START, 1);
    }
    stage.watch.book.apply(1, AlertStep::Closed, "mel", "a wrong symbol", Timestamp(START + 1)).unwrap();
    offend(&mut stage, START + SECOND, 1);
    assert_eq!(counts(stage.book()), [(1, 1, 3), (2, 1, 1)]);
}

#[test]
fn steps_follow_each_other_and_a_wrong_one_names_the_state() {
    let states = [AlertState::Open, AlertState::Reviewed, AlertState::ActionLogged, AlertState::Closed];
    let steps = [AlertStep::Reviewed, AlertStep::ActionLogged, AlertStep::Closed];
    let mut table = String::new();
    for (at, state) in states.into_iter().enumerate() {
        for step in steps {
            let mut stage = stage();
            offend(&mut stage, START, 1);
            let book = &mut stage.watch.book;
            for before in &steps[..at] {
                book.apply(1, *before, "mel", "in order", Timestamp(START)).unwrap();
            }
            let before = book.clone();
            let answer = match book.apply(1, step, "mel", "why", Timestamp(START)) {
                Ok(()) => book.alerts()[0].state.name().to_string(),
                Err(error) => {
                    assert_eq!(*book, before, "a step that fails changes nothing");
                    error.to_string()
                }
            };
            table += &format!("{} {}: {answer}\n", state.name(), step.name());
        }
    }
    expect![[r#"
        open reviewed: reviewed
        open action_logged: alert 1 is open: the step `action_logged` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        open closed: alert 1 is open: the step `closed` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        reviewed reviewed: alert 1 is reviewed: the step `reviewed` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        reviewed action_logged: action_logged
        reviewed closed: alert 1 is reviewed: the step `closed` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        action_logged reviewed: alert 1 is action_logged: the step `reviewed` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        action_logged action_logged: alert 1 is action_logged: the step `action_logged` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        action_logged closed: closed
        closed reviewed: alert 1 is closed: the step `reviewed` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        closed action_logged: alert 1 is closed: the step `action_logged` may not follow; an alert is reviewed, then what was done is logged, then it is closed
        closed closed: alert 1 is closed: the step `closed` may not follow; an alert is reviewed, then what was done is logged, then it is closed
    "#]].assert_eq(&table);
}

#[test]
fn a_step_names_an_alert_a_person_a_reason_and_a_time_that_does_not_run_back() {
    let mut stage = stage();
    offend(&mut stage, START, 1);
    let mut apply = |number, who, why, time| {
        stage.watch.book.apply(number, AlertStep::Reviewed, who, why, Timestamp(time)).map_err(|e| e.to_string())
    };
    expect![[r#"
        [
            Err(
                "there is no alert 0: the last one is 1",
            ),
            Err(
                "there is no alert 2: the last one is 1",
            ),
            Err(
                "alert 1: a step at 2022-01-08T11:59:59.999999999Z lies before 2022-01-08T12:00:00Z, the last thing on record about it",
            ),
            Err(
                "alert 1: the step does not say who took it",
            ),
            Err(
                "alert 1: the step does not say why it was taken",
            ),
            Ok(
                (),
            ),
        ]
    "#]].assert_debug_eq(&[
        apply(0, "mel", "why", START),
        apply(2, "mel", "why", START),
        apply(1, "mel", "why", START - 1),
        apply(1, " ", "why", START),
        apply(1, "mel", "", START),
        apply(1, "mel", "why", START),
    ]);
}

#[test]
fn the_same_entries_and_steps_make_the_same_book() {
    let play = || {
        let mut day = crate::ordinary_day::Day::new(398);
        day.play();
        let mut stage = stage();
        offend(&mut stage, START, 1);
        stage.watch.book.apply(1, AlertStep::Reviewed, "mel", "looked", Timestamp(START)).unwrap();
        offend(&mut stage, START + MINUTE, 2);
        (day.stage.watch.book, stage.watch.book)
    };
    assert_eq!(play(), play());
}

#[test]
fn what_a_person_did_stands_on_the_tape_and_reaches_the_book() {
    let mut stage = stage();
    offend(&mut stage, START, 1);
    let act = |number, step| OperatorEvent {
        who: "ada".into(),
        approver: String::new(),
        why: "looked".into(),
        directive: Directive::Alert { number, step },
    };
    stage.operate(START + 1, act(1, AlertStep::Reviewed));
    stage.operate(START + 2, act(1, AlertStep::Closed));
    stage.operate(START + 3, act(7, AlertStep::Reviewed));
    let alert = &stage.book().alerts()[0];
    assert_eq!((alert.state, alert.history.len()), (AlertState::Reviewed, 1));
    let step = &alert.history[0];
    assert_eq!((step.who.as_str(), step.why.as_str(), step.time), ("ada", "looked", Timestamp(START + 1)));
    let refused = [
        AlertError::IllegalStep { number: 1, state: AlertState::Reviewed, step: AlertStep::Closed },
        AlertError::Unknown { number: 7, last: 1 },
    ];
    assert_eq!(stage.watch.refused, refused, "what could not be done is not lost");
}

#[test]
fn alerts_are_a_table_of_objects() {
    let mut stage = stage();
    offend(&mut stage, START, 2);
    stage.watch.book.apply(1, AlertStep::Reviewed, "mel", "looked \"twice\"", Timestamp(START + 1)).unwrap();
    let names = ["trend".to_string(), "range".to_string()];
    let table = alerts_json(stage.book(), &instruments(), &names);
    expect![[r#"
        [
          {
            "count": 1,
            "detector": "restricted",
            "fills": [],
            "finding": "order 1 to buy 5: stage:AAA is restricted from 2022-01-08T12:00:00Z to 2022-01-09T12:00:00Z: a research note is due",
            "history": [
              {
                "step": "reviewed",
                "time": "2022-01-08T12:00:00.000000001Z",
                "who": "mel",
                "why": "looked \"twice\""
              }
            ],
            "instrument": "stage:AAA",
            "last_time": "2022-01-08T12:00:00Z",
            "left_out": 0,
            "number": 1,
            "orders": [
              1
            ],
            "owners": [
              "range"
            ],
            "state": "reviewed",
            "time": "2022-01-08T12:00:00Z"
          }
        ]"#]].assert_eq(&format!("{table:#}"));
    assert_eq!(alerts_json(&AlertBook::default(), &instruments(), &[]), serde_json::json!([]));
}

#[test]
fn thresholds_that_mean_nothing_are_refused() {
    let refused = |change: fn(&mut WatchConfig)| {
        let mut config = config();
        change(&mut config);
        Watch::new(&config, &instruments()).map(|_| ()).expect_err("refused").to_string()
    };
    expect![[r#"
        [
            "wash.window_ns is 0: it has to be above zero",
            "layering.cancelled_pct is -1: it has to be above zero",
            "a restriction names instrument 3: the run has 3, counted from 0",
            "the restriction of instrument 0 ends before it begins",
            "a list of closes names instrument 3: the run has 3, counted from 0",
            "the daily close of instrument 0 lies 86400000000001 ns after midnight: expected above 0 and at most a day",
            "the closes of instrument 0 are not in the order of time",
        ]
    "#]]
    .assert_debug_eq(&[
        refused(|config| config.wash.window_ns = 0),
        refused(|config| config.layering.cancelled_pct = -1),
        refused(|config| config.restrictions[0].instrument = InstrumentId(3)),
        refused(|config| config.restrictions[0].to = Timestamp(0)),
        refused(|config| config.closes = vec![Closes::default(); 4]),
        refused(|config| config.closes = vec![Closes::Daily(DAY + 1)]),
        refused(|config| config.closes = vec![Closes::At(vec![Timestamp(2), Timestamp(1)])]),
    ]);
    let unknown = AlertError::Unknown { number: 1, last: 0 };
    assert_eq!(AlertBook::default().apply(1, AlertStep::Reviewed, "a", "b", Timestamp(0)), Err(unknown));
}
