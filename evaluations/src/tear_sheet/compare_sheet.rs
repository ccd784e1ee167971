//! The page of a comparison: several runs over the days that they share, side by side and in pairs.
//!
//! Whether one is better than another the paired tests say: they resample the days of both together, so that what both
//! share does not count as luck. The page names no winner.
use super::axis::{Axis, thin};
use super::chart::{Role, Size, chart, level, line};
use super::evaluation_sheet::{IntervalRow, Made, Unit, made};
use super::figures::{escape, number, percent, short};
use super::marks::rows_height;
use super::page::{self, calm, drawn, section, table, toned};
use super::whiskers::{Whisker, whiskers};
use crate::statistics::paired::{Difference, Paired};

/// Stretches that a line is thinned to.
const STRETCHES: usize = 400;
/// Metrics that are drawn; all of them are in the table.
const DRAWN: usize = 6;
/// A p-value below which a difference is called more than chance.
const REJECTS: f64 = 0.05;
const WIDE: Size = Size(1056, 340);
const LOW: Size = Size(1056, 230);
const NARROW: Size = Size(400, 270);
const DASH: &str = "\u{2013}";

/// A run that is compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComparedRun {
    /// What it is called.
    pub name: String,
    /// The digest of its effects, or of its version; empty where there is none.
    pub digest: String,
    /// What a reader should know besides: strategy, instruments, why there is no interval.
    pub note: String,
    /// Its metrics over the shared days, with their intervals; the same ones in every run.
    pub metrics: Vec<IntervalRow>,
    /// Equity over the shared days as a multiple of what it began with; times in nanoseconds since the epoch.
    pub equity: Vec<(i64, f64)>,
}

/// How far apart a figure of two runs is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Apart {
    /// The first less the second, annual.
    pub value: Option<f64>,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The two-sided p-value of no difference.
    pub p_value: Option<f64>,
}

/// A paired test of two runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairedRow {
    /// The first, by its place among the runs.
    pub run: usize,
    /// The one that it is compared with.
    pub against: usize,
    /// Of the mean return of a year, a fraction.
    pub mean: Apart,
    /// Of the Sharpe ratio.
    pub sharpe: Apart,
    /// How the days of the two go together.
    pub correlation: Option<f64>,
    /// The annual deviation of the difference of their days, a fraction.
    pub tracking_error: Option<f64>,
    /// Shared days.
    pub n: u64,
}

impl PairedRow {
    /// What the page shows of a paired test of one run with another, by their places.
    #[must_use]
    pub fn of(found: &Paired, run: usize, against: usize) -> Self {
        let apart = |it: Difference| Apart { value: it.value, low: it.lower, high: it.upper, p_value: it.p_value };
        let (correlation, tracking_error) = (found.correlation, found.tracking_error);
        let (mean, sharpe) = (apart(found.mean), apart(found.sharpe));
        Self { run, against, mean, sharpe, correlation, tracking_error, n: found.n as u64 }
    }
}

/// What the page of a comparison shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompareSheet {
    /// The name of the comparison.
    pub name: String,
    /// What stands below it: the shared days, the seed.
    pub facts: Vec<String>,
    /// The runs.
    pub runs: Vec<ComparedRun>,
    /// The paired tests.
    pub pairs: Vec<PairedRow>,
    /// Why there is no paired test, where there is none; the end of a sentence.
    pub no_pairs: String,
    /// The confidence level of intervals, as 0.95.
    pub level: f64,
    /// How intervals came about; `n` is the number of shared daily returns.
    pub intervals: Made,
    /// How paired tests came about.
    pub tests: Made,
}

/// The page of a comparison as one HTML file.
#[must_use]
pub fn compare_html(sheet: &CompareSheet) -> String {
    let names: Vec<String> = sheet.runs.iter().enumerate().map(|(i, run)| called(i, &run.name)).collect();
    let mut body = page::head("Onetape comparison", &sheet.name, &sheet.facts, None);
    body += &section("runs", "Runs", &runs(sheet, &names));
    body += &section("equity", "Equity", &equity(sheet));
    body += &section("drawdowns", "Below the peak", &drawdowns(sheet));
    body += &section("metrics", "Metrics with intervals", &metrics(sheet, &names));
    body += &section("tests", "Paired tests", &tests(sheet, &names));
    page::document(&sheet.name, &body)
}

/// A letter and the name: two runs may be called the same.
fn called(place: usize, name: &str) -> String {
    let letter = u8::try_from(place).ok().filter(|place| *place < 26).map(|place| char::from(b'A' + place));
    letter.map_or_else(|| format!("{} {name}", place + 1), |letter| format!("{letter} {name}"))
}

fn role(place: usize) -> Role {
    Role::SERIES[place % Role::SERIES.len()]
}

fn chip(place: usize) -> String {
    format!("<span class=\"chip\" style=\"--c:{}\"></span>", role(place).variable())
}

fn runs(sheet: &CompareSheet, names: &[String]) -> String {
    if sheet.runs.is_empty() {
        return calm("There is no run to compare.");
    }
    let ended = |run: &ComparedRun| match run.equity.last() {
        Some((_, value)) => toned(value - 1.0, &percent(value - 1.0, 1)),
        None => DASH.to_owned(),
    };
    let row = |(place, run): (usize, &ComparedRun)| {
        let digest: String = run.digest.chars().take(12).collect();
        vec![
            chip(place) + &escape(&names[place]),
            ended(run),
            percent(depth(run), 1),
            format!("<code title=\"{}\">{}</code>", escape(&run.digest), escape(&digest)),
            format!("<span class=\"reason\">{}</span>", escape(&run.note)),
        ]
    };
    let rows: Vec<Vec<String>> = sheet.runs.iter().enumerate().map(row).collect();
    let more = if sheet.runs.len() > Role::SERIES.len() {
        calm(&format!(
            "There are {} colours: from the {}th run on they begin anew.",
            Role::SERIES.len(),
            Role::SERIES.len() + 1
        ))
    } else {
        String::new()
    };
    table(&["Run", "Return", "Max drawdown", "Digest ", "Note "], &rows) + &more
}

/// The largest fall below the running peak.
fn depth(run: &ComparedRun) -> f64 {
    below(run).into_iter().fold(0.0, |deepest, (_, fall)| f64::max(deepest, -fall))
}

/// The way below the running peak, which begins at one; zero or negative.
fn below(run: &ComparedRun) -> Vec<(f64, f64)> {
    let mut peak = 1.0_f64;
    run.equity
        .iter()
        .map(|(time, value)| {
            peak = peak.max(*value);
            (*time as f64, value / peak - 1.0)
        })
        .collect()
}

/// Lines of all runs over the shared time.
fn lines(size: Size, title: &str, all: &[Vec<(f64, f64)>], y: &Axis, base: f64) -> String {
    let times = || all.iter().flatten().map(|point| point.0 as i64);
    let (first, last) = (times().min().unwrap_or(0), times().max().unwrap_or(1));
    let x = Axis::time(first, last, (size.0 / 70) as usize);
    chart(size, title, (&x, y), |surface| {
        level(surface, &x, base)?;
        // The first run last, on top: others are compared with it.
        for (place, points) in all.iter().enumerate().rev() {
            line(surface, points, role(place))?;
        }
        Ok(())
    })
}

fn equity(sheet: &CompareSheet) -> String {
    let log = |value: f64| libm::log10(value.max(1e-9));
    let all: Vec<Vec<(f64, f64)>> = sheet
        .runs
        .iter()
        .map(|run| {
            let points: Vec<(f64, f64)> = run.equity.iter().map(|(time, value)| (*time as f64, log(*value))).collect();
            thin(&points, STRETCHES)
        })
        .collect();
    if all.iter().all(|points| points.len() < 2) {
        return calm("No run marked equity on two days.");
    }
    let y = Axis::logarithm(sheet.runs.iter().flat_map(|run| run.equity.iter().map(|point| point.1)).chain([1.0]));
    let draw = |size: Size| lines(size, "Equity of all runs", &all, &y, 0.0);
    drawn("Equity as a multiple of the start, logarithmic", (WIDE, NARROW), draw) + &legend(sheet)
}

fn drawdowns(sheet: &CompareSheet) -> String {
    let all: Vec<Vec<(f64, f64)>> = sheet.runs.iter().map(|run| thin(&below(run), STRETCHES)).collect();
    if all.iter().all(|points| points.len() < 2) {
        return calm("No run marked equity on two days.");
    }
    let y = Axis::values_and_zero(all.iter().flatten().map(|point| point.1), |v| short(v * 100.0) + "%");
    drawn("Equity below its running peak", (LOW, NARROW), |size| lines(size, "Drawdowns", &all, &y, 0.0))
        + &legend(sheet)
}

fn legend(sheet: &CompareSheet) -> String {
    let item =
        |(place, run): (usize, &ComparedRun)| format!("<li>{}{}</li>", chip(place), escape(&called(place, &run.name)));
    let items: String = sheet.runs.iter().enumerate().map(item).collect();
    format!("<ul class=\"stats\">{items}</ul>\n")
}

/// A value in its unit.
fn text(unit: Unit, value: Option<f64>) -> String {
    let value = value.filter(|value| value.is_finite());
    value.map_or_else(
        || DASH.to_owned(),
        |value| match unit {
            Unit::Ratio => number(value, 2),
            Unit::Share => percent(value, if value.abs() < 0.01 { 3 } else { 1 }),
        },
    )
}

fn metrics(sheet: &CompareSheet, names: &[String]) -> String {
    let mut metrics: Vec<(&str, Unit)> = Vec::new();
    for row in sheet.runs.iter().flat_map(|run| &run.metrics) {
        if !metrics.iter().any(|(name, _)| *name == row.name) {
            metrics.push((&row.name, row.unit));
        }
    }
    if metrics.is_empty() {
        return calm("No run has a metric with an interval.");
    }
    let of = |run: &ComparedRun, name: &str| run.metrics.iter().find(|row| row.name == name).cloned();
    let mut charts = String::from("<div class=\"grid2\">\n");
    for (name, unit) in metrics.iter().take(DRAWN) {
        let rows: Vec<(usize, IntervalRow)> =
            sheet.runs.iter().enumerate().filter_map(|(i, run)| Some((i, of(run, name)?))).collect();
        let whisker = |(place, row): &(usize, IntervalRow)| Whisker {
            name: &names[*place],
            value: row.value,
            low: row.low,
            high: row.high,
            role: role(*place),
        };
        let rows: Vec<Whisker<'_>> = rows.iter().map(whisker).collect();
        let label = match unit {
            Unit::Ratio => short,
            Unit::Share => |v: f64| short(v * 100.0) + "%",
        };
        let height = rows_height(rows.len());
        charts += &drawn(name, (Size(512, height), Size(400, height)), |size| whiskers(size, name, &rows, label));
    }
    charts += "</div>\n";
    let mut head = vec!["Metric"];
    head.extend(names.iter().map(String::as_str));
    let cell = |run: &ComparedRun, name: &str, unit: Unit| match of(run, name) {
        Some(row) => format!(
            "{}<span class=\"range\">{} to {}</span>",
            text(unit, row.value),
            text(unit, row.low),
            text(unit, row.high)
        ),
        None => DASH.to_owned(),
    };
    let rows: Vec<Vec<String>> = metrics
        .iter()
        .map(|(name, unit)| {
            let mut cells = vec![escape(name)];
            cells.extend(sheet.runs.iter().map(|run| cell(run, name, *unit)));
            cells
        })
        .collect();
    let note = format!("Below each value stands where {} of resamples lie.", percent(sheet.level, 0));
    charts + &table(&head, &rows) + &made(&sheet.intervals, &note)
}

fn tests(sheet: &CompareSheet, names: &[String]) -> String {
    let known = |row: &&PairedRow| row.run < names.len() && row.against < names.len();
    let pairs: Vec<&PairedRow> = sheet.pairs.iter().filter(known).collect();
    if pairs.is_empty() {
        let why = if sheet.no_pairs.is_empty() { "there is no pair of runs" } else { &sheet.no_pairs };
        return calm(&format!("Not run: {why}."));
    }
    let letter = |place: usize| called(place, "").trim().to_owned();
    let words: Vec<String> =
        pairs.iter().map(|row| format!("{} \u{2212} {}", letter(row.run), letter(row.against))).collect();
    let drawing = |title: &str, of: fn(&PairedRow) -> Apart, label: fn(f64) -> String| {
        let whisker = |(word, row): (&'_ String, &&PairedRow)| (word.clone(), of(row), role(row.run));
        let rows: Vec<(String, Apart, Role)> = words.iter().zip(&pairs).map(whisker).collect();
        let rows: Vec<Whisker<'_>> = rows
            .iter()
            .map(|(name, apart, role)| Whisker {
                name,
                value: apart.value,
                low: apart.low,
                high: apart.high,
                role: *role,
            })
            .collect();
        let height = rows_height(rows.len());
        drawn(title, (Size(512, height), Size(400, height)), |size| whiskers(size, title, &rows, label))
    };
    let mut html = String::from("<div class=\"grid2\">\n");
    html += &drawing("Difference of Sharpe ratios", |row| row.sharpe, short);
    html += &drawing("Difference of mean returns, a year", |row| row.mean, |v| short(v * 100.0) + "%");
    html += "</div>\n";
    let head = ["Pair", "Sharpe", "p", "Mean, a year", "p", "Correlation", "Apart, a year", "Days", "It says "];
    let row = |row: &&PairedRow| {
        vec![
            format!("{} less {}", escape(&names[row.run]), escape(&names[row.against])),
            between(Unit::Ratio, row.sharpe),
            chance(row.sharpe.p_value),
            between(Unit::Share, row.mean),
            chance(row.mean.p_value),
            text(Unit::Ratio, row.correlation),
            text(Unit::Share, row.tracking_error),
            number(row.n as f64, 0),
            verdict(row.sharpe).to_owned(),
        ]
    };
    html += &table(&head, &pairs.iter().map(row).collect::<Vec<_>>());
    let note = format!(
        "p is how often chance alone is as far from no difference; below {REJECTS} the difference of Sharpe ratios is called more than chance. \
         {} pairs were tested: of twenty, one is called so by chance.",
        pairs.len()
    );
    html + &made(&sheet.tests, &note)
}

/// A difference and its interval.
fn between(unit: Unit, apart: Apart) -> String {
    let ends = format!("<span class=\"range\">{} to {}</span>", text(unit, apart.low), text(unit, apart.high));
    apart.value.map_or_else(|| DASH.to_owned(), |value| toned(value, &text(unit, Some(value))) + &ends)
}

/// A p-value.
fn chance(p: Option<f64>) -> String {
    match p.filter(|p| p.is_finite()) {
        None => DASH.to_owned(),
        Some(p) if p > 0.0 && p < 0.0005 => "&lt; 0.001".to_owned(),
        Some(p) => number(p, 3),
    }
}

fn verdict(apart: Apart) -> &'static str {
    match apart.p_value.filter(|p| p.is_finite()) {
        Some(p) if p < REJECTS => "more than chance",
        Some(_) => "chance may be all of it",
        None => "not defined",
    }
}
