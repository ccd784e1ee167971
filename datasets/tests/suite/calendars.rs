//! Trading calendars: what is known of the exchanges, and that a decoded table is what its source gave.
use datasets::calendar::{self, CalendarName, Session, TradingCalendar};
use datasets::{Catalog, ReadOptions, load_all};
use engine::{Interval, Timestamp};
use std::fmt::Write;
use std::path::Path;

fn at(text: &str) -> Timestamp {
    let stamp: jiff::Timestamp = text.parse().unwrap();
    Timestamp(i64::try_from(stamp.as_nanosecond()).unwrap())
}

fn day(date: &str) -> i64 {
    at(&format!("{date}T00:00:00Z")).day()
}

fn clock(time: Timestamp) -> String {
    jiff::Timestamp::from_nanosecond(time.0.into()).unwrap().to_string()
}

fn named(name: &str) -> &'static TradingCalendar {
    calendar::named(name).unwrap()
}

fn all_sessions(calendar: &TradingCalendar) -> &[Session] {
    calendar.sessions(Timestamp::MIN, Timestamp::MAX).unwrap()
}

/// Hours of a day as `OPEN CLOSE`, its break between them, and flags behind; `closed` without a session.
fn hours(calendar: &str, date: &str) -> String {
    let Some(it) = named(calendar).session_on(day(date)).unwrap() else { return "closed".to_string() };
    let pause = it.pause.map(|it| [it.start, it.end]);
    let edges: Vec<_> = [it.open].into_iter().chain(pause.into_iter().flatten()).chain([it.close]).map(clock).collect();
    let text = edges.join(" ").replace(&format!("{date}T"), "").replace(":00Z", "");
    format!("{text}{}{}", if it.early_close { " early" } else { "" }, if it.late_open { " late" } else { "" })
}

fn check(calendar: &str, facts: &[(&str, &str)]) {
    for (date, expected) in facts {
        assert_eq!(hours(calendar, date), *expected, "{calendar} {date}");
    }
}

#[test]
fn new_york_trades_when_it_is_known_to_have_traded() {
    check(
        "XNYS",
        &[
            ("2001-09-10", "13:30 20:00"),
            ("2001-09-11", "closed"),
            ("2001-09-12", "closed"),
            ("2001-09-13", "closed"),
            ("2001-09-14", "closed"),
            ("2001-09-17", "13:30 20:00"),
            ("2012-10-26", "13:30 20:00"),
            ("2012-10-29", "closed"), // Hurricane Sandy
            ("2012-10-30", "closed"),
            ("2012-10-31", "13:30 20:00"),
            ("2018-03-09", "14:30 21:00"), // the clocks change between these two
            ("2018-03-12", "13:30 20:00"),
            ("2018-11-02", "13:30 20:00"),
            ("2018-11-05", "14:30 21:00"),
            ("2018-03-30", "closed"), // Good Friday
            ("2024-03-29", "closed"),
            ("2018-07-03", "13:30 17:00 early"),
            ("2018-07-04", "closed"),
            ("2018-11-23", "14:30 18:00 early"), // after Thanksgiving
            ("2018-12-05", "closed"),            // President Bush's funeral
            ("2004-06-11", "closed"),            // President Reagan's
            ("2021-06-18", "13:30 20:00"),
            ("2022-06-20", "closed"), // Juneteenth, observed for the first time
            ("2023-06-19", "closed"),
            ("2025-01-09", "closed"),      // President Carter's funeral
            ("2021-12-31", "14:30 21:00"), // New Year's Day 2022 is a Saturday and not moved
            ("2018-07-07", "closed"),      // a Saturday
        ],
    );
}

#[test]
fn other_exchanges_have_their_own_clocks_holidays_and_breaks() {
    check(
        "XLON",
        &[
            ("2018-03-23", "08:00 16:30"),
            ("2018-03-26", "07:00 15:30"),
            ("2018-12-24", "08:00 12:30 early"),
            ("2022-09-19", "closed"), // the Queen's funeral
        ],
    );
    check(
        "XETR",
        &[("2018-12-24", "closed"), ("2018-10-03", "closed"), ("2022-10-03", "07:00 15:30"), ("2018-05-01", "closed")],
    );
    check("XTKS", &[("2024-11-01", "00:00 02:30 03:30 06:00"), ("2024-11-05", "00:00 02:30 03:30 06:30")]);
    check("XTKS", &[("2019-04-29", "closed"), ("2019-05-06", "closed"), ("2019-05-07", "00:00 02:30 03:30 06:00")]);
    check(
        "XHKG",
        &[("2018-02-15", "01:30 04:00 early"), ("2018-02-16", "closed"), ("2018-02-20", "01:30 04:00 05:00 08:00")],
    );
}

#[test]
fn currencies_trade_from_sunday_to_friday_evening_of_new_york() {
    let fx = named("24/5");
    for (open, closed) in [
        ("2018-03-11T21:00:00Z", "2018-03-11T20:59:59Z"), // the clocks changed in the morning of that Sunday
        ("2018-03-04T22:00:00Z", "2018-03-04T21:59:59Z"),
        ("2018-03-09T21:59:59Z", "2018-03-09T22:00:00Z"),
        ("2018-03-16T20:59:59Z", "2018-03-16T21:00:00Z"),
        ("2018-12-25T12:00:00Z", "2018-12-29T12:00:00Z"),
    ] {
        assert_eq!((fx.is_open(at(open)), fx.is_open(at(closed))), (Ok(true), Ok(false)), "{open} {closed}");
    }
    let evening = fx.session_of(at("2018-03-13T21:00:00Z")).unwrap().unwrap();
    assert_eq!(evening.day, day("2018-03-14"), "a session belongs to the day on which it ends");
    let always = named("24/7");
    assert_eq!(always.is_open(at("2018-12-29T12:00:00Z")), Ok(true));
    assert_eq!(always.next_open(at("2018-12-29T00:00:00Z")), Ok(at("2018-12-30T00:00:00Z")));
}

#[test]
fn a_break_is_within_its_session_and_not_open() {
    let tokyo = named("XTKS");
    let noon = at("2024-11-06T03:00:00Z");
    assert_eq!(tokyo.is_open(noon), Ok(false));
    let session = tokyo.session_of(noon).unwrap().unwrap();
    assert_eq!((session.is_open(noon), session.trading_ns()), (false, 11 * 30 * Interval::MINUTE.0));
    for (edge, open) in [("00:00", true), ("02:30", false), ("03:30", true), ("06:30", false)] {
        assert_eq!(tokyo.is_open(at(&format!("2024-11-06T{edge}:00Z"))), Ok(open), "{edge}");
    }
    assert_eq!(tokyo.next_open(noon), Ok(at("2024-11-07T00:00:00Z")));
    assert_eq!(tokyo.next_close(noon), Ok(at("2024-11-06T06:30:00Z")));
}

#[test]
fn every_table_holds_the_sessions_that_its_source_gave() {
    let mut tables = 0;
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("calendars")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let word = |word: &str| text.lines().find_map(|line| line.strip_prefix(word)).unwrap();
        let name = word("name ");
        let mut listed = String::new();
        for it in all_sessions(named(name)) {
            let seconds = |time: Timestamp| (time.0 / Interval::SECOND.0).to_string();
            let [start, end] = it.pause.map_or([String::new(), String::new()], |p| [seconds(p.start), seconds(p.end)]);
            let flags = [(it.early_close, "early"), (it.late_open, "late")];
            let flags = flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect::<Vec<_>>().join("+");
            let (open, close) = (seconds(it.open), seconds(it.close));
            writeln!(listed, "{name},{},{open},{close},{start},{end},{flags}", it.day).unwrap();
        }
        assert_eq!(blake3::hash(listed.as_bytes()).to_hex().as_str(), word("blake3 "), "{}", path.display());
        tables += 1;
    }
    assert_eq!(tables, 7);
}

#[test]
fn sessions_stand_in_order_and_questions_agree_with_a_walk_over_them() {
    for name in calendar::names() {
        let calendar = named(name);
        let sessions = all_sessions(calendar);
        for pair in sessions.windows(2) {
            assert!(pair[0].day < pair[1].day && pair[0].close <= pair[1].open, "{name} {}", pair[1].day);
        }
        for it in sessions {
            assert!(it.open < it.close && it.trading_ns() > 0, "{name} {}", it.day);
            assert!((it.day - 1..=it.day).contains(&it.open.day()), "{name} {}", it.day);
            assert!(it.pause.is_none_or(|p| it.open < p.start && p.start < p.end && p.end < it.close), "{name}");
        }
        let (from, to) = calendar.known();
        let mut time = from;
        // A step that shares no divisor with a day meets every hour of it.
        while time < to {
            let holding = sessions.iter().find(|it| it.open <= time && time < it.close);
            assert_eq!(calendar.session_of(time), Ok(holding), "{name} {}", clock(time));
            assert_eq!(calendar.is_open(time), Ok(holding.is_some_and(|it| it.is_open(time))), "{name}");
            let open = sessions.iter().map(|it| it.open).find(|open| *open > time);
            assert_eq!(calendar.next_open(time).ok(), open, "{name} {}", clock(time));
            let close = sessions.iter().map(|it| it.close).find(|close| *close > time);
            assert_eq!(calendar.next_close(time).ok(), close, "{name} {}", clock(time));
            time = time.after(101 * Interval::DAY.0 + 7_919 * Interval::SECOND.0);
        }
    }
}

#[test]
fn a_year_has_about_as_many_sessions_as_one_counts_with() {
    let check = |name: &str, expected: u32| assert_eq!(named(name).sessions_per_year(), expected, "{name}");
    check("XNYS", 252);
    check("XLON", 253);
    check("XETR", 254);
    check("XTKS", 245);
    check("XHKG", 247);
    check("24/5", 261);
    check("24/7", 365);
    // What yearly figures count is the same, but for the five days of a week around the clock.
    for name in calendar::names() {
        let found = CalendarName::find(name).unwrap();
        let expected = if found.table().name() == "24/5" { 260 } else { found.table().sessions_per_year() };
        assert_eq!((found.as_str(), found.periods_per_year()), (name, expected));
        assert_eq!(found.never_closes(), name == "24/7");
    }
}

#[test]
fn a_window_holds_the_sessions_that_open_in_it() {
    let count = |from: &str, to: &str| named("XNAS").sessions(at(from), at(to)).map(<[Session]>::len);
    assert_eq!(count("2018-01-01T00:00:00Z", "2019-01-01T00:00:00Z"), Ok(251));
    assert_eq!(count("2018-07-03T13:30:00Z", "2018-07-05T13:30:00Z"), Ok(1));
    assert_eq!(count("2018-07-03T13:30:01Z", "2018-07-05T13:30:00Z"), Ok(0));
    assert_eq!(count("2018-07-03T13:30:00Z", "2018-07-05T13:30:01Z"), Ok(2));
    assert_eq!(count("2019-01-01T00:00:00Z", "2018-01-01T00:00:00Z"), Ok(0), "a window that ends before it begins");
    assert_eq!(count("1990-01-01T00:00:00Z", "2031-01-01T00:00:00Z"), Ok(all_sessions(named("XNYS")).len()));
}

#[test]
fn what_a_calendar_cannot_know_is_an_error_that_says_what_to_do() {
    let unknown = |name: &str| calendar::named(name).map(TradingCalendar::name).unwrap_err().to_string();
    assert_eq!(
        unknown("xnsy"),
        "there is no calendar `xnsy`; nearest: XNYS; all of them: 24/5, 24x5, 24/7, XETR, XFRA, XHKG, XLON, XNYS, XNAS, XTKS"
    );
    assert!(unknown("24-7").contains("nearest: 24/7;"));
    let late = at("2031-01-01T00:00:00Z");
    let beyond = "calendar XNYS knows sessions from 1990-01-01T00:00:00Z to 2031-01-01T00:00:00Z and none for \
                  2031-01-01T00:00:00Z; ask for a time between them, or make the tables again with \
                  datasets/calendars/generate.py";
    assert_eq!(named("XNYS").is_open(late).unwrap_err().to_string(), beyond);
    assert_eq!(named("XNYS").session_on(late.day()).unwrap_err().to_string(), beyond);
    let close = at("2030-12-31T21:00:00Z");
    assert_eq!(named("XNYS").is_open(close), Ok(false));
    assert!(named("XNYS").next_open(close).is_err(), "the next session is not in the table");
    assert!(named("XNYS").sessions(at("1989-12-31T23:59:59Z"), late).is_err());
    // On the last evening the session of the day after has begun, and the table does not hold it.
    let evening = at("2030-12-31T22:00:00Z");
    assert_eq!(named("24/5").is_open(Timestamp(evening.0 - 1)), Ok(true));
    assert!(named("24/5").is_open(evening).is_err());
}

#[test]
fn daily_candles_of_the_sample_open_with_the_sessions_of_new_york() {
    let catalog = Catalog::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample")).unwrap();
    let equities: Vec<_> = catalog.list().unwrap().into_iter().filter(|it| it.venue == "us-equity").collect();
    assert_eq!(equities.len(), 20);
    for series in equities {
        let candles = load_all(&series, ReadOptions::all(Interval::DAY.0)).unwrap();
        let after_last = Timestamp(series.last_open().0 + 1);
        let sessions = named("XNYS").sessions(series.first_open(), after_last).unwrap();
        let opens: Vec<_> = sessions.iter().map(|session| clock(session.open)).collect();
        let found: Vec<_> = candles.iter().map(|candle| clock(candle.open_time)).collect();
        assert_eq!(found, opens, "{}: a candle per session and no other", series.name());
    }
}
