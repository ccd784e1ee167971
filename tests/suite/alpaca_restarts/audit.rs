//! What was told beside what the venue has: positions, open orders with their prices, what is filled of each, and what is
//! not known though the venue knows it.
use super::run::Run;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const SCALE: u8 = 9;

fn steps(value: &Value) -> i64 {
    venues::numbers::steps(value.as_str().expect("text"), SCALE).expect("shares")
}

fn rows(value: &Value) -> &[Value] {
    value.as_array().expect("rows")
}

fn name(row: &Value) -> &str {
    row["client_order_id"].as_str().expect("text")
}

/// The number of an order of ours. What stands in the place of an order has the number of the amendment behind its name.
fn number(row: &Value) -> Option<u64> {
    name(row).strip_prefix("e2e-")?.split('-').next()?.parse().ok()
}

/// Everything that differs.
pub(super) fn disagreements(run: &mut Run) -> Vec<String> {
    let mut wrong = Vec::new();
    let held = run.truth("/v2/positions");
    let quantity = |row: &Value| if row["side"] == "short" { -steps(&row["qty"]).abs() } else { steps(&row["qty"]) };
    let theirs: i64 = rows(&held).iter().map(quantity).sum();
    if theirs != run.known.position() {
        wrong.push(format!("the venue holds {theirs}, we {}", run.known.position()));
    }
    let open = run.truth("/v2/orders?status=open&limit=500");
    let named: BTreeSet<u64> = rows(&open).iter().filter_map(number).collect();
    let drawn = rows(&open).iter().filter(|row| number(row).is_none()).count();
    if (named.clone(), drawn) != run.known.working() {
        wrong.push(format!("open there are {named:?} and {drawn}, here {:?}", run.known.working()));
    }
    for row in rows(&open) {
        let ours = number(row).and_then(|number| run.known.working_at(number));
        if let (Some((price, left)), Some(limit)) = (ours, row["limit_price"].as_str()) {
            let limit = venues::numbers::steps(limit, 2).expect("a price");
            let theirs = steps(&row["qty"]) - steps(&row["filled_qty"]);
            if (price, left) != (limit, theirs) {
                wrong.push(format!("order {} is at {limit} for {theirs}, told at {price} for {left}", name(row)));
            }
        }
    }
    wrong.extend(unequal(run));
    wrong
}

/// Orders under our names of which more or less is filled than was told, or that the venue has though they are unknown here.
fn unequal(run: &mut Run) -> Vec<String> {
    let (mut filled, mut from): (BTreeMap<u64, i64>, String) = (BTreeMap::new(), String::new());
    loop {
        let page = run.truth(&format!("/v2/orders?status=all&limit=500&direction=asc{from}"));
        for row in rows(&page) {
            if let Some(number) = number(row) {
                let of = filled.entry(number).or_default();
                // What stands in the place of another counts what that one had filled.
                *of = (*of).max(steps(&row["filled_qty"]));
            }
        }
        let last = rows(&page).last().map(|row| row["submitted_at"].as_str().expect("text").replace(':', "%3A"));
        match last.map(|last| format!("&after={last}")) {
            Some(next) if next != from && rows(&page).len() == 500 => from = next,
            _ => break,
        }
    }
    let mut wrong = Vec::new();
    for (number, told, unknown) in run.known.alone() {
        match filled.get(&number) {
            Some(theirs) if *theirs != told => wrong.push(format!("order {number}: {theirs} filled, {told} told")),
            Some(_) if unknown => wrong.push(format!("order {number} is not known though the venue has it")),
            None if told > 0 => wrong.push(format!("order {number}: the venue has none, {told} filled are told")),
            _ => {}
        }
    }
    wrong
}
