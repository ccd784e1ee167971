//! Latencies: a number of milliseconds, or how to draw one.
//!
//! Nothing is drawn here; what was written is only understood.
use super::decimal;
use super::error::Complaint;
use super::node::Node;
use super::written::Written;
use engine::sim::Delay;
use rust_decimal::Decimal;

const EXPECTED: &str = "milliseconds from 0 to 86400000, with at most six decimal places, or how to draw them: \
    \"uniform 20 90\" between two, \"exponential 5 20\" at least the first and on average so many more";
/// Decimal places of a latency in milliseconds: nanoseconds.
const PLACES: u32 = 6;

/// Reads a latency.
pub(super) fn read(node: &Node) -> Result<Delay, Complaint> {
    let words: Vec<&str> = node.text(EXPECTED).map(|text| text.split(' ').collect()).unwrap_or_default();
    let number = |text: &str| {
        let refuse = |fault: decimal::Fault| node.complain(format!("`{text}`: {}", fault.message())).expected(EXPECTED);
        decimal::exact(text).map_err(refuse).and_then(|ms| nanoseconds(node, ms))
    };
    match words[..] {
        ["uniform", min, max] => {
            let (min_ns, max_ns) = (number(min)?, number(max)?);
            if min_ns > max_ns {
                return Err(node.complain(format!("{min} is above {max}")).expected("the shortest before the longest"));
            }
            Ok(Delay::Uniform { min_ns, max_ns })
        }
        ["exponential", min, mean] => Ok(Delay::Exponential { min_ns: number(min)?, mean_ns: number(mean)? }),
        _ => node.decimal(EXPECTED).and_then(|ms| nanoseconds(node, ms)).map(Delay::Fixed),
    }
}

fn nanoseconds(node: &Node, ms: Decimal) -> Result<i64, Complaint> {
    let fits = ms >= Decimal::ZERO && ms <= Decimal::from(86_400_000) && decimal::places(ms) <= PLACES;
    fits.then(|| ms * Decimal::from(1_000_000)).and_then(|ns| i64::try_from(ns).ok()).ok_or_else(|| {
        node.complain(format!("a latency of {} ms is out of range", decimal::plain(ms))).expected(EXPECTED)
    })
}

/// Adds a latency to a section.
pub(super) fn write(section: Written, key: &str, delay: Delay) -> Written {
    let ms = |ns: i64| decimal::plain(Decimal::new(ns, PLACES));
    match delay {
        Delay::Fixed(ns) => section.literal(key, ms(ns)),
        Delay::Uniform { min_ns, max_ns } => section.text(key, &format!("uniform {} {}", ms(min_ns), ms(max_ns))),
        Delay::Exponential { min_ns, mean_ns } => {
            section.text(key, &format!("exponential {} {}", ms(min_ns), ms(mean_ns)))
        }
    }
}
