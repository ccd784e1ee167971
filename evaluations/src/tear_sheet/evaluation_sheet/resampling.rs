//! What resampling says: intervals of metrics, the fan of paths, drawdowns that could have been.
use super::{
    DASH, Distribution, Fan, HALF, IntervalRow, Intervals, NARROW, Unit, WIDE, made, maybe, ratio, share, stats,
};
use crate::metrics::distribution::{quantile, sorted};
use crate::tear_sheet::axis::{Axis, thin};
use crate::tear_sheet::chart::{Role, Size, chart, level, line};
use crate::tear_sheet::figures::{escape, number, percent, short};
use crate::tear_sheet::histogram::{Histogram, Mark};
use crate::tear_sheet::marks::{band, rows_height};
use crate::tear_sheet::page::{calm, drawn, table};
use crate::tear_sheet::whiskers::{Whisker, whiskers};

/// Points that a line of the fan is thinned to.
const POINTS: usize = 240;

/// The intervals: charts of dots and whiskers by unit, and the numbers.
pub(super) fn intervals(found: &Intervals) -> String {
    if found.rows.is_empty() {
        return calm("No metric has an interval.") + &made(&found.made, "");
    }
    let mut text = String::from("<div class=\"grid2\">\n");
    let groups = [
        (Unit::Ratio, "Ratios", short as fn(f64) -> String),
        (Unit::Share, "Percentages", |v: f64| short(v * 100.0) + "%"),
    ];
    for (unit, title, label) in groups {
        let complete = |row: &&IntervalRow| row.unit == unit && row.low.is_some() && row.high.is_some();
        let rows: Vec<Whisker<'_>> = found.rows.iter().filter(complete).map(whisker).collect();
        if rows.is_empty() {
            continue;
        }
        let height = rows_height(rows.len());
        let caption = format!("{title}: the value, and where {} of resamples lie", percent(found.level, 0));
        text += &drawn(&caption, (Size(512, height), Size(400, height)), |size| whiskers(size, title, &rows, label));
    }
    text += "</div>\n";
    let cell = |row: &IntervalRow, value: Option<f64>| match row.unit {
        Unit::Ratio => maybe(value, ratio),
        Unit::Share => maybe(value, share),
    };
    let row = |row: &IntervalRow| {
        vec![escape(&row.name), cell(row, row.value), cell(row, row.low), cell(row, row.high), side_of_zero(row)]
    };
    text += &table(&["Metric", "Value", "Lower", "Upper", "Zero "], &found.rows.iter().map(row).collect::<Vec<_>>());
    let note = format!(
        "{} resamples in blocks of {} days on average, one resampling for all metrics.",
        number(found.resamples as f64, 0),
        number(found.block_days, 1)
    );
    text + &made(&found.made, &note)
}

fn whisker(row: &IntervalRow) -> Whisker<'_> {
    Whisker { name: &row.name, value: row.value, low: row.low, high: row.high, role: Role::Line }
}

fn side_of_zero(row: &IntervalRow) -> String {
    let text = match (row.low, row.high) {
        (Some(low), _) if low > 0.0 => "above",
        (_, Some(high)) if high < 0.0 => "below",
        (Some(_), Some(_)) => "inside",
        _ => DASH,
    };
    text.to_owned()
}

/// The fan of bootstrap paths with the actual equity.
pub(super) fn fan(found: &Fan) -> String {
    let complete = found.quantiles.iter().all(|(_, values)| values.len() == found.days.len());
    if found.days.len() < 2 || found.quantiles.len() < 2 || !complete {
        return calm("There are no paths to show.") + &made(&found.made, "");
    }
    let lines: Vec<Vec<(f64, f64)>> = found
        .quantiles
        .iter()
        .map(|(_, values)| {
            let points: Vec<(f64, f64)> = found.days.iter().copied().zip(values.iter().copied()).collect();
            even(&points)
        })
        .collect();
    let actual = thin(&found.actual, POINTS);
    let draw = |size: Size| {
        let days = found.days.iter().copied().chain(found.actual.iter().map(|point| point.0));
        let x = Axis::values_and_zero(days, short).fewer((size.0 / 62) as usize);
        let values = lines.iter().flatten().chain(&actual).map(|point| point.1).filter(|value| *value > 0.0);
        let y = Axis::logarithm(values);
        let log = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            points.iter().map(|(x, value)| (*x, libm::log10(value.max(1e-9)).clamp(y.from, y.to))).collect()
        };
        chart(size, "Bootstrap paths and the actual equity", (&x, &y), |surface| {
            // From the outermost pair to the innermost; what is left in the middle is the median.
            let pairs = lines.len() / 2;
            for i in 0..pairs {
                band(surface, &log(&lines[i]), &log(&lines[lines.len() - 1 - i]), (Role::Line, 0.14))?;
            }
            if lines.len() % 2 == 1 {
                line(surface, &log(&lines[pairs]), Role::Quiet)?;
            }
            level(surface, &x, 0.0)?;
            line(surface, &log(&actual), Role::Ink)
        })
    };
    let names: Vec<String> = found.quantiles.iter().map(|(p, _)| percent(*p, 0)).collect();
    let ends = found.quantiles.iter().filter_map(|(p, values)| Some((percent(*p, 0), *values.last()?)));
    let ends: Vec<String> = ends.map(|(p, value)| format!("{p}: {}", share(value - 1.0))).collect();
    let note = format!(
        "The dark line is the actual equity, the bands are the quantiles {} of {} paths, the grey line their median. At the end: {}.",
        names.join(", "),
        number(found.paths as f64, 0),
        ends.join(", ")
    );
    let caption = "Equity as a multiple of the start, by day, logarithmic";
    drawn(caption, (WIDE, NARROW), draw) + &made(&found.made, &note)
}

/// Some of the points, evenly: edges of bands are smooth, and have no peaks to keep.
fn even(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(POINTS).max(1);
    let mut kept: Vec<(f64, f64)> = points.iter().copied().step_by(every).collect();
    if !(points.len() - 1).is_multiple_of(every) {
        kept.extend(points.last());
    }
    kept
}

/// What a distribution of drawdowns is of.
pub(super) struct Draws {
    title: &'static str,
    caption: &'static str,
    note: &'static str,
    share: &'static str,
}

/// Paths of the bootstrap.
pub(super) const BOOTSTRAP: Draws = Draws {
    title: "Largest drawdowns of bootstrap paths",
    caption: "Largest drawdown of each path",
    note: "A drawdown that hardly any path exceeds was luck with the order of days as much as skill.",
    share: "Paths no deeper than the actual",
};

/// Other orders of the round trips.
pub(super) const SHUFFLED: Draws = Draws {
    title: "Largest drawdowns of shuffled round trips",
    caption: "Largest drawdown of each order of the round trips",
    note: "Every order ends at the same profit; what differs is the way.",
    share: "Orders no deeper than the actual",
};

/// Drawdowns that could have been, with the actual one.
pub(super) fn drawdowns(found: &Distribution, of: &Draws) -> String {
    let values = sorted(&found.values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>());
    if values.is_empty() {
        return calm("There are no paths to show.") + &made(&found.made, "");
    }
    let mark = |at: Option<f64>, name, role| at.filter(|at| at.is_finite()).map(|at| Mark { at, name, role });
    let marks =
        [mark(found.actual, "actual", Role::Ink), mark(found.quantile_95, "95 %", Role::Down)].into_iter().flatten();
    let histogram = Histogram {
        title: of.title,
        values: &values,
        marks: marks.collect(),
        label: |v| short(v * 100.0) + "%",
        role: |_| Role::Line,
    };
    let text = stats(&[
        ("Actual", maybe(found.actual, share)),
        ("Median", maybe(quantile(&values, 0.5), share)),
        ("95 % within", maybe(found.quantile_95, share)),
        ("Worst", maybe(values.last().copied(), share)),
        (of.share, maybe(found.share_no_deeper, share)),
    ]);
    let wide = Size(HALF.0 * 2 + 32, HALF.1);
    text + &drawn(of.caption, (wide, NARROW), |size| histogram.draw(size)) + &made(&found.made, of.note)
}
