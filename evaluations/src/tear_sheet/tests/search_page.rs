//! The page of a search: every trial is counted on it, also the stopped and the failed ones.
use super::*;
use crate::search::{Objective, Pruning, Scored, Search, Settings, Space, search};
use crate::sweep::Parameters;
use crate::tear_sheet::{SearchSheet, search_html};

/// A ridge of moving averages with noise that hangs on the set.
struct Ridge;

#[derive(Debug, thiserror::Error)]
#[error("fast must be below slow, and <b>not</b> above")]
struct NotFaster;

fn read(set: &Parameters, name: &str) -> f64 {
    set.get(name).and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

impl Objective for Ridge {
    type Error = NotFaster;

    fn score(&self, set: &Parameters, fraction: f64) -> Result<Scored, NotFaster> {
        let (fast, slow, stop) = (read(set, "fast"), read(set, "slow"), read(set, "stop"));
        if fast >= slow {
            return Err(NotFaster);
        }
        let noise = libm::sin(fast * 12.9 + slow * 78.2 + stop * 301.0) * 0.25 / fraction.sqrt();
        let ridge = 1.4 - (slow / fast - 3.4) * (slow / fast - 3.4) / 4.0 - (slow - 55.0) * (slow - 55.0) / 900.0;
        let kind = if set.get("kind<i>").is_some_and(|kind| kind == "ema") { 0.2 } else { 0.0 };
        let stop = libm::log10(stop / 0.02) * libm::log10(stop / 0.02) * 0.6;
        let mut summary = Summary { round_trips: (400.0 / fast) as u64, ..Summary::default() };
        let value = Some((ridge + kind + noise - stop).max(-3.0));
        for (name, value) in [("sharpe", value), ("cagr", value.map(|v| v * 0.12)), ("max_drawdown", Some(0.21))] {
            summary.metrics.insert(name.into(), Metric::plain(value, "a", "b", 900).per_year(365.0));
        }
        Ok(Scored::of(summary, &Column::default()))
    }
}

fn found(axes: &[&str], method: &str, trials: usize, pruning: Pruning) -> (Space, Search<NotFaster>) {
    let space = Space::parse(axes).unwrap();
    let (method, column) = (method.parse().unwrap(), Column::default());
    let settings = Settings { method, trials, generation: 9, pruning, column, seed: 7, threads: 1 };
    let found = search(&Ridge, &space, &settings, &|_, _| ()).unwrap();
    (space, found)
}

fn page(space: &Space, search: &Search<NotFaster>) -> String {
    let facts = ["tpe".to_owned(), "seed 7".to_owned(), "halving <3>".to_owned()];
    search_html(&SearchSheet { name: "btc <b>search</b>", facts: &facts, space, search })
}

#[test]
fn a_search_shows_what_was_tried_and_what_hangs_on_what() {
    let axes = ["fast=3..40", "slow=20..120:5", "stop=0.002~0.2:log", "kind<i>=ema,sma,wma"];
    let (space, found) = found(&axes, "tpe", 240, "halving".parse().unwrap());
    let page = page(&space, &found);
    keep("search.html", &page);
    check_well_formed(&page);
    for id in ["figures", "progress", "importance", "parallel", "heat-maps", "results", "failures"] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "section {id}");
    }
    let counts = found.counts();
    for part in [
        &format!("{} stopped, {} failed", counts.pruned, counts.failed),
        ">pruned<",
        "&lt;b&gt;not&lt;/b&gt; above",
        "kind&lt;i&gt;",
        "0.002 to 0.2, by logarithm",
        "epsilon-squared/",
        "fast (across), ",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<i>") && !page.contains("<b>"), "names are escaped everywhere");
    assert!(!page.contains("#01020"), "every sentinel colour became a variable");
}

#[test]
fn a_search_of_one_parameter_or_of_nothing_but_failures_still_is_a_page() {
    let (space, found_one) = found(&["slow=20..40"], "grid", 30, Pruning::None);
    let one = page(&space, &found_one);
    check_well_formed(&one);
    assert!(one.contains("A heat map needs two parameters") && one.contains("Every set could be run"));
    let (space, none) = found(&["fast=50..60", "slow=20..40"], "random", 30, Pruning::None);
    let none = page(&space, &none);
    check_well_formed(&none);
    assert!(none.contains("No trial has a score on all the data") && none.contains("30 failed"));
    let many: Vec<String> = (0..7).map(|i| format!("p{i}=1~2")).chain(["slow=20..30".to_owned()]).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (space, many) = found(&many, "random", 40, Pruning::None);
    let many = page(&space, &many);
    check_well_formed(&many);
    assert!(many.contains("18 further pairs are left out"));
}
