//! Tests of spaces: what is read, what is refused, and that values and places agree.
use super::*;

fn check(text: &str, expected: &str) {
    let found = match Axis::parse(text) {
        Ok(Axis { values: Values::Steps(list), .. }) => format!("steps {}", list.join(" ")),
        Ok(Axis { values: Values::Choices(list), .. }) => format!("choices {}", list.join(" ")),
        Ok(Axis { values: Values::Range { low, high, scale }, .. }) => format!("range {low} {high} {scale:?}"),
        Err(error) => error.to_string(),
    };
    let enough = if Axis::parse(text).is_ok() { found == expected } else { found.contains(expected) };
    assert!(enough, "{text}: {found}");
}

#[test]
fn axes_are_read_as_they_are_written() {
    check("fast=5..8", "steps 5 6 7 8");
    check("slow=30..50:5", "steps 30 35 40 45 50");
    check("x=0.1..0.3:0.1", "steps 0.1 0.2 0.3");
    check(" size = 0.1~2.0", "range 0.1 2 Linear");
    check("rate=1e-5~1e-2:log", "range 0.00001 0.01 Log");
    check("shift=-1~1", "range -1 1 Linear");
    check("kind=b,a", "choices b a");
    check("length=10,20,50", "steps 10 20 50");
    check("length=10,50,20", "choices 10 50 20");
}

#[test]
fn what_is_no_axis_is_refused_with_what_to_write() {
    for text in ["fast", "=5", "fast=", "kind=a,,b"] {
        check(text, "name=low~high");
    }
    check("size=a~2", "`a` in the axis `size=a~2` is not a number");
    check("size=1~inf", "`inf` in the axis");
    check("size=2~1", "the first must be below the second");
    check("size=1~1", "the first must be below the second");
    check("size=1~1e16", "beyond 1e15");
    check("rate=0~1:log", "above zero");
    check("size=1~2:0.5", "`0.5` in the axis `size=1~2:0.5` is not a scale");
    check("fast=9..5", "the step must be above zero");
    let space = |texts: &[&str]| Space::parse(texts).map(|_| ());
    assert_eq!(space(&["a=1..2", "a=3"]), Err(SpaceError::Twice { name: "a".into() }));
    assert_eq!(space(&[]), Err(SpaceError::Nothing));
    let large = Space::parse(&["a=1..2000", "b=1~2"]).unwrap();
    assert_eq!((large.size(), large.sets(501)), (None, Err(SpaceError::TooLarge)));
    assert_eq!(Space::parse(&["a=1..1000000", "b=1..1000000", "c=1..1000000", "d=1..99"]).unwrap().size(), None);
}

#[test]
fn every_value_of_a_list_has_a_place_that_leads_back_to_it() {
    for text in ["fast=5..24", "kind=c,a,b", "one=7..7"] {
        let axis = Axis::parse(text).unwrap();
        for value in axis.grid(0) {
            assert_eq!(axis.value(axis.place(&value).unwrap()), value, "{text}");
        }
        assert_eq!(axis.place("nothing"), None);
    }
    let steps = Axis::parse("x=0.5..2:0.5").unwrap();
    assert_eq!(steps.place("1.50"), steps.place("1.5"), "the same number");
    assert_eq!((steps.value(0.0), steps.value(1.0), steps.value(9.0)), ("0.5".into(), "2".into(), "2".into()));
}

#[test]
fn numbers_of_a_range_are_plain_digits_inside_of_it() {
    let check = |text: &str, place: f64, expected: &str| {
        assert_eq!(Axis::parse(text).unwrap().value(place), expected, "{text} at {place}");
    };
    check("size=0.1~2.0", 0.0, "0.1");
    check("size=0.1~2.0", 1.0, "2");
    check("size=0.1~2.0", 1.0 / 3.0, "0.733333");
    check("rate=1e-5~1e-2:log", 1.0 / 3.0, "0.0001");
    check("rate=1e-5~1e-2:log", 0.0, "0.00001");
    check("shift=-1~1", 0.5, "0");
    check("far=1000000~1000001", 0.123_456_789, "1000000.12346");
    check("odd=0.123456789~0.2", 0.0, "0.123456789");
    for place in 0..=1000 {
        let axis = Axis::parse("rate=1.23456789e-7~9.87654321e-3:log").unwrap();
        let value = axis.value(f64::from(place) / 1000.0);
        assert!(!value.contains('e'), "{value}");
        let back = axis.place(&value).unwrap_or_else(|| panic!("{value} is inside"));
        assert!((back - f64::from(place) / 1000.0).abs() < 1e-5, "{value}");
    }
}

#[test]
fn neighbours_are_the_next_values_and_end_at_the_bounds() {
    let check = |text: &str, value: &str, steps: i32, expected: Option<&str>| {
        assert_eq!(Axis::parse(text).unwrap().neighbour(value, steps).as_deref(), expected, "{text} {value} {steps}");
    };
    check("slow=30..50:5", "35", 1, Some("40"));
    check("slow=30..50:5", "35", -1, Some("30"));
    check("slow=30..50:5", "35", -2, None);
    check("slow=30..50:5", "45", 2, None);
    check("slow=30..50:5", "36", 1, None);
    check("size=0~2", "1", 1, Some("1.1"));
    check("size=0~2", "1", -2, Some("0.8"));
    check("size=0~2", "0.15", -2, None);
    check("size=0~2", "0.2", -2, Some("0"));
    check("rate=1e-4~1e-2:log", "0.001", -2, Some("0.000630957"));
    check("kind=a,b,c", "b", 1, None);
}

#[test]
fn the_sets_of_a_grid_turn_the_last_axis_fastest() {
    let space = Space::parse(&["b=1..2", "a=x,y", "c=0~1"]).unwrap();
    let sets: Vec<String> =
        space.sets(2).unwrap().iter().map(|set| format!("{}{}{}", set["b"], set["a"], set["c"])).collect();
    assert_eq!(sets.join(" "), "1x0 1x1 1y0 1y1 2x0 2x1 2y0 2y1");
    assert_eq!(space.size(), None);
    assert_eq!(Space::parse(&["b=1..2", "a=x,y,z"]).unwrap().size(), Some(6));
    assert_eq!(space.set(&[0.9, 0.1, 0.5]).into_values().collect::<Vec<_>>(), ["x", "2", "0.5"]);
}
