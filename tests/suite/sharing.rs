//! Several strategies on one account, from the run file to the files of the run.
use crate::onetape::Desk;
use engine::Money;

fn money(value: &serde_json::Value) -> Money {
    value.as_str().expect("money is a text").parse().expect("plain digits")
}

#[test]
fn the_strategies_of_a_run_sum_to_its_account_and_stand_in_its_files() {
    let desk = Desk::new();
    let summary = desk.say("--json backtest @/examples/three-on-one-account.toml --out out").json();
    let rows = summary["strategies"].as_array().expect("a list");
    let names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["bitcoin-trend", "bitcoin-range", "ether-trend", "house"]);
    for (part, whole) in [("equity", "final_equity"), ("cash", "cash"), ("fees", "fees")] {
        let sum: Money = rows.iter().map(|row| money(&row[part])).sum();
        assert_eq!(sum, money(&summary[whole]), "{part}");
    }
    let orders: u64 = rows.iter().filter_map(|row| row["orders"].as_u64()).sum();
    assert_eq!(Some(orders), summary["orders"].as_u64());
    assert_eq!(money(&rows[3]["equity"]), Money::ZERO, "nothing was left with the house");
    let page = std::fs::read_to_string(desk.path("out/report.html")).expect("a page");
    assert!(page.contains("<h2>Strategies</h2>") && page.contains("ether-trend"));
    let orders = evaluations::tables::read_orders(&desk.path("out/orders.parquet")).expect("orders");
    let trips = evaluations::tables::read_round_trips(&desk.path("out/round_trips.parquet")).expect("round trips");
    for (place, name) in names[..3].iter().enumerate() {
        let own = orders.iter().filter(|order| &*order.strategy == *name).count();
        assert_eq!(Some(own as u64), rows[place]["orders"].as_u64(), "orders of {name}");
        let net: Money = trips.iter().filter(|trip| &*trip.strategy == *name).map(|trip| trip.net).sum();
        let gain = money(&rows[place]["equity"]) - money(&rows[place]["initial_cash"]);
        // The range still holds something at the end; what the others gained, their round trips explain.
        assert!(net == gain || *name == "bitcoin-range", "{name} gained {gain}, its round trips {net}");
    }
}

#[test]
fn a_sweep_varies_one_of_several_strategies() {
    let desk = Desk::new();
    let sweep =
        |grid: &str| desk.say(&format!("--json sweep @/examples/three-on-one-account.toml --grid {grid} --out swept"));
    let best = sweep("bitcoin-trend.fast=5..10:5").json();
    assert_eq!((best["sets"].as_u64(), best["failed"].as_u64()), (Some(2), Some(0)));
    assert!(best["best"]["summary"]["parameters"]["bitcoin-trend.fast"].is_string());
    sweep("fast=5..10").refuses(2, "`fast` is a parameter of which strategy?");
    sweep("trend.fast=5..10").refuses(2, "there is no strategy called `trend`");
    sweep("bitcoin-trend.fest=5..10").refuses(2, "did you mean `fast`?");
}
