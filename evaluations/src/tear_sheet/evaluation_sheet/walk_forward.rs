//! Walks forward: the windows on a time axis, what they promised and what they kept, the equity stitched of them.
use super::{NARROW, WIDE, WalkForward, WalkWindow, made, maybe, ratio, share, stats};
use crate::calendar::date_text;
use crate::tear_sheet::axis::{Axis, thin};
use crate::tear_sheet::chart::{Role, Size, chart, level, line, line_over};
use crate::tear_sheet::figures::{escape, number, percent, short};
use crate::tear_sheet::marks::{dots, span};
use crate::tear_sheet::page::{calm, drawn, table, toned};
use engine::Timestamp;

/// Stretches that equity is thinned to.
const STRETCHES: usize = 480;
/// Windows that are listed.
const LISTED: usize = 60;
const HALF: Size = Size(512, 300);

/// Both walks, one after the other.
pub(super) fn content(walks: &[WalkForward]) -> String {
    if walks.is_empty() {
        return calm("There was no window.");
    }
    walks.iter().map(walk).collect()
}

fn walk(walk: &WalkForward) -> String {
    let mut text = format!("<h3>{}</h3>\n", escape(&walk.kind));
    if walk.windows.is_empty() {
        return text + &calm("There was no window: the data is too short for one.");
    }
    let kept = walk.windows.iter().filter(|window| window.out_of_sample.is_some_and(|sharpe| sharpe > 0.0)).count();
    text += &stats(&[
        ("Sharpe ratio of the stitched windows", maybe(walk.sharpe, |v| toned(v, &ratio(v)))),
        ("Efficiency", maybe(walk.efficiency, ratio)),
        ("Windows above zero", format!("{kept} of {}", walk.windows.len())),
        ("Sets tried in each", number(walk.sets as f64, 0)),
    ]);
    text += "<div class=\"grid2\">\n";
    text += &drawn("Windows: chosen on the grey part, tested on the coloured", (HALF, NARROW), |size| bars(size, walk));
    let caption = "Sharpe ratio by window: \u{25cb} in sample, \u{25cf} out of sample";
    text += &drawn(caption, (HALF, NARROW), |size| promises(size, walk));
    text += "</div>\n";
    if walk.equity.len() > 1 {
        text += &drawn("Equity of the tested parts, one after the other", (WIDE, NARROW), |size| equity(size, walk));
    }
    text += &made(&walk.made, "");
    text + &windows(&walk.windows)
}

/// The windows as bars on a time axis, the first on top.
fn bars(size: Size, walk: &WalkForward) -> String {
    let ends = walk.windows.iter().flat_map(|window| [window.train.0, window.test.1]);
    let (from, to) = ends.fold((i64::MAX, i64::MIN), |(low, high), time| (low.min(time), high.max(time)));
    let x = Axis::time(from, to, (size.0 / 70) as usize);
    let count = walk.windows.len();
    let every = count.div_ceil(12);
    let height = |i: usize| (count - 1 - i) as f64;
    let ticks = (0..count).step_by(every).map(|i| (height(i), (i + 1).to_string())).collect();
    let y = Axis { from: -0.7, to: count as f64 - 0.3, ticks };
    let thick = (size.1 * 6 / (count as u32 + 1)).clamp(8, 90);
    chart(size, "Windows of the walk forward", (&x, &y), |surface| {
        for (i, window) in walk.windows.iter().enumerate() {
            let ends = |(from, to): (i64, i64)| (from as f64, to as f64);
            span(surface, height(i), ends(window.train), (Role::Quiet, thick))?;
            span(surface, height(i), ends(window.test), (Role::Line, thick))?;
        }
        Ok(())
    })
}

/// In-sample and out-of-sample ratios of each window.
fn promises(size: Size, walk: &WalkForward) -> String {
    let count = walk.windows.len();
    let pick = |of: fn(&WalkWindow) -> Option<f64>| -> Vec<(f64, f64)> {
        let points = walk.windows.iter().enumerate();
        points.filter_map(|(i, window)| Some((i as f64 + 1.0, of(window)?))).collect()
    };
    let (inside, outside) = (pick(|window| window.in_sample), pick(|window| window.out_of_sample));
    let every = count.div_ceil((size.0 / 40) as usize).max(1);
    let ticks = (1..=count).step_by(every).map(|i| (i as f64, i.to_string())).collect();
    let x = Axis { from: 0.4, to: count as f64 + 0.6, ticks };
    let y = Axis::values_and_zero(inside.iter().chain(&outside).map(|point| point.1), short);
    chart(size, "Sharpe ratio in sample and out of sample", (&x, &y), |surface| {
        level(surface, &x, 0.0)?;
        for window in walk.windows.iter().enumerate() {
            if let (i, WalkWindow { in_sample: Some(promised), out_of_sample: Some(kept), .. }) = window {
                let at = i as f64 + 1.0;
                line(surface, &[(at, *promised), (at, *kept)], Role::Quiet)?;
            }
        }
        dots(surface, inside.iter().copied(), 45, (Role::Label, 1.0))?;
        dots(surface, inside.iter().copied(), 28, (Role::Page, 1.0))?;
        let sign = |up: bool| outside.iter().copied().filter(move |point| (point.1 >= 0.0) == up);
        dots(surface, sign(true), 45, (Role::Up, 1.0))?;
        dots(surface, sign(false), 45, (Role::Down, 1.0))
    })
}

fn equity(size: Size, walk: &WalkForward) -> String {
    let points: Vec<(f64, f64)> = walk.equity.iter().map(|(time, value)| (*time as f64, *value)).collect();
    let points = thin(&points, STRETCHES);
    let x = Axis::time(walk.equity[0].0, walk.equity[walk.equity.len() - 1].0, (size.0 / 70) as usize);
    let y = Axis::values(points.iter().map(|point| point.1).chain([1.0]), |v| percent(v - 1.0, 0));
    chart(size, "Stitched equity", (&x, &y), |surface| {
        level(surface, &x, 1.0)?;
        line_over(surface, &points, 1.0, Role::Line)
    })
}

fn windows(windows: &[WalkWindow]) -> String {
    let date = |time: i64| date_text(Timestamp(time));
    let row = |(i, window): (usize, &WalkWindow)| {
        let set: Vec<String> = window.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        vec![
            (i + 1).to_string(),
            format!("{} to {}", date(window.train.0), date(window.train.1)),
            format!("{} to {}", date(window.test.0), date(window.test.1)),
            maybe(window.in_sample, ratio),
            maybe(window.out_of_sample, |v| toned(v, &ratio(v))),
            maybe(window.test_return, |v| toned(v, &share(v))),
            escape(&set.join(", ")),
        ]
    };
    let rows: Vec<Vec<String>> = windows.iter().enumerate().take(LISTED).map(row).collect();
    let head = ["Window", "Chosen on ", "Tested on ", "In sample", "Out of sample", "Return", "Chosen "];
    let more = if windows.len() > LISTED {
        calm(&format!("{} further windows stand in the files.", windows.len() - LISTED))
    } else {
        String::new()
    };
    table(&head, &rows) + &more
}
