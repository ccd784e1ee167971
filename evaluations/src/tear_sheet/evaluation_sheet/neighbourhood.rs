//! The neighbourhood of the parameters: heat maps of each pair around the chosen set, and what they look like.
use super::{NARROW, NeighbourRow, Neighbourhood, maybe, ratio, share, stats};
use crate::search::neighbourhood::{NEEDLE, PLATEAU, Shape};
use crate::tear_sheet::chart::Size;
use crate::tear_sheet::figures::{escape, number};
use crate::tear_sheet::heat_map::{self, HeatMap};
use crate::tear_sheet::page::{calm, drawn, table, toned};
use crate::tear_sheet::search_sheet::lean;
use std::collections::{BTreeMap, BTreeSet};

/// Pairs that are drawn.
const PAIRS: usize = 6;
const HALF: Size = Size(512, 280);

/// The heat maps, the figures and the table.
pub(super) fn content(found: &Neighbourhood) -> String {
    if found.rows.is_empty() {
        return calm("The set has no neighbours: no parameter is a number.");
    }
    let figures = &found.figures;
    let class = match figures.shape {
        Shape::Plateau => "up",
        Shape::Needle => "down",
        _ => "",
    };
    let mut text = stats(&[
        ("It is a", format!("<span class=\"{class}\">{}</span>", figures.shape.name())),
        ("Median over the centre", maybe(figures.ratio, ratio)),
        ("Centre", maybe(figures.centre, ratio)),
        ("Median", maybe(figures.median, |v| toned(v, &ratio(v)))),
        ("Worst", maybe(figures.worst, |v| toned(v, &ratio(v)))),
        ("Best", maybe(figures.best, ratio)),
        ("Above zero", maybe(figures.positive, share)),
    ]);
    let any = found.figures.centre.is_some() || found.rows.iter().any(|row| row.score.is_some());
    text += &if any { maps(found) } else { calm("Neither the set nor a neighbour has a score.") };
    text += &format!(
        "<p class=\"soft\">{} <code>neighbourhood/median-over-centre</code>, n = {} neighbours, {} of them without a score. \
         From {PLATEAU} it is a plateau, below {NEEDLE} a needle.</p>\n",
        escape(&found.steps),
        number(figures.n as f64, 0),
        number(figures.undefined as f64, 0)
    );
    text + &rows(found)
}

fn maps(found: &Neighbourhood) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in found.rows.iter().flat_map(|row| &row.moved) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut pairs: Vec<(&str, Option<&str>)> =
        names.iter().enumerate().flat_map(|(i, a)| names[i + 1..].iter().map(move |b| (*a, Some(*b)))).collect();
    if let [only] = names.as_slice() {
        pairs.push((only, None));
    }
    let scores = found.rows.iter().filter_map(|row| row.score).chain(found.figures.centre);
    let range = heat_map::range(scores);
    let mut text = String::from("<div class=\"grid2\">\n");
    for pair in pairs.iter().take(PAIRS) {
        text += &map(found, *pair, range);
    }
    text += "</div>\n";
    if pairs.len() > PAIRS {
        text += &calm(&format!("{} further pairs stand in the table.", pairs.len() - PAIRS));
    }
    text + heat_map::LEGEND
}

/// One pair, or one parameter alone: the set in the middle, its neighbours by their steps.
fn map(found: &Neighbourhood, (across, up): (&str, Option<&str>), range: (f64, f64)) -> String {
    let steps = |row: &NeighbourRow| {
        let at = |name: &str| row.moved.iter().find(|(moved, _)| moved == name).map_or(0, |(_, steps)| *steps);
        let others = row.moved.iter().any(|(name, _)| name != across && Some(name.as_str()) != up);
        (!others).then(|| (at(across), up.map_or(0, at)))
    };
    let reach = if up.is_some() { -2..=2 } else { 0..=0 };
    let column = |steps: i32| (-2..=2).position(|at| at == steps);
    let row_of = |steps: i32| reach.clone().position(|at| at == steps);
    let (mut cells, mut pale) = (BTreeMap::new(), BTreeSet::new());
    let mut words = BTreeMap::from([((across, 0), found.centre.get(across)), ((up.unwrap_or(""), 0), None)]);
    if let Some(up) = up {
        words.insert((up, 0), found.centre.get(up));
    }
    for row in &found.rows {
        let Some((x, y)) = steps(row) else { continue };
        words.insert((across, x), row.parameters.get(across));
        if let Some(up) = up {
            words.insert((up, y), row.parameters.get(up));
        }
        let (Some(x), Some(y)) = (column(x), row_of(y)) else { continue };
        match row.score {
            Some(score) => _ = cells.insert((x, y), score),
            None => _ = pale.insert((x, y)),
        }
    }
    let middle = (2, if up.is_some() { 2 } else { 0 });
    match found.figures.centre {
        Some(score) => _ = cells.insert(middle, score),
        None => _ = pale.insert(middle),
    }
    let word = |name: &str, steps: i32| {
        words.get(&(name, steps)).copied().flatten().map(|text| lean(text)).unwrap_or_default()
    };
    let columns: Vec<String> = (-2..=2).map(|steps| word(across, steps)).collect();
    let rows: Vec<String> = reach.map(|steps| up.map_or_else(String::new, |up| word(up, steps))).collect();
    let caption = match up {
        Some(up) => format!("{} by {across} (across) and {up} (up); the chosen set is framed", found.score),
        None => format!("{} by {across}; the chosen value is framed", found.score),
    };
    let framed = Some(middle);
    let map = HeatMap { title: &caption, columns: &columns, rows: &rows, cells: &cells, pale: &pale, range, framed };
    let (wide, narrow) = if up.is_some() { (HALF, NARROW) } else { (Size(512, 110), Size(400, 110)) };
    drawn(&caption, (wide, narrow), |size| map.draw(size))
}

fn rows(found: &Neighbourhood) -> String {
    let names: Vec<&str> = found.centre.keys().map(String::as_str).collect();
    let mut head = vec!["Set"];
    head.extend(&names);
    head.push(&found.score);
    head.push("over the centre");
    let centre = found.figures.centre.filter(|centre| *centre > 0.0);
    let row = |what: String, set: &crate::sweep::Parameters, score: Option<f64>| {
        let mut cells = vec![what];
        cells.extend(names.iter().map(|name| escape(set.get(*name).map_or("", String::as_str))));
        cells.push(maybe(score, |v| toned(v, &ratio(v))));
        cells.push(maybe(score.zip(centre).map(|(score, centre)| score / centre), ratio));
        cells
    };
    let step = |(name, steps): &(String, i32)| format!("{} {}", escape(name), signed(*steps));
    let mut cells = vec![row("<b>chosen</b>".to_owned(), &found.centre, found.figures.centre)];
    cells.extend(found.rows.iter().map(|it| {
        let moved: Vec<String> = it.moved.iter().map(step).collect();
        row(moved.join(", "), &it.parameters, it.score)
    }));
    format!("<details><summary>All neighbours</summary>\n{}</details>\n", table(&head, &cells))
}

fn signed(steps: i32) -> String {
    if steps < 0 { format!("\u{2212}{}", steps.unsigned_abs()) } else { format!("+{steps}") }
}
