//! Accounts that trade in several currencies, from the run file to the files of the run.
use crate::onetape::{Desk, project};
use engine::Money;

fn money(value: &serde_json::Value) -> Money {
    value.as_str().expect("money is a text").parse().expect("plain digits")
}

#[test]
fn what_is_owed_and_held_in_dollars_stands_in_the_files_of_an_account_in_euros() {
    let desk = Desk::new();
    let run = "--json backtest @/examples/aapl-in-euros.toml --out out --set data.to=2017-06-01";
    let summary = desk.say(run).json();
    let dollars = &summary["currencies"][0];
    assert_eq!((dollars["currency"].as_str(), summary["currency"].as_str()), (Some("USD"), Some("EUR")));
    // A euro cost 1.1194 dollars at the end of May 2017, as a check against another source.
    let rate = money(&dollars["rate"]).to_f64();
    assert!((1.0 / rate - 1.12).abs() < 0.01, "{rate}");
    // Nothing was ever sold for euros, so all of the gain is in dollars: what they are worth is what equity is more.
    let worth = money(&dollars["equity"]).to_f64() * rate;
    let gain = (money(&summary["final_equity"]) - money(&summary["initial_cash"])).to_f64();
    assert!((worth - gain).abs() < 1e-6 * gain.abs(), "{worth} {gain}");
    let page = std::fs::read_to_string(desk.path("out/report.html")).expect("a page");
    assert!(
        page.contains("Other currencies at the end") && page.contains("one over the last price of fxcm:EURUSD-BID")
    );
}

#[test]
fn a_currency_without_a_rate_and_one_with_two_are_refused() {
    let example = std::fs::read_to_string(project().join("examples/aapl-in-euros.toml")).expect("an example");
    let example = example.replace("../datasets/sample", &project().join("datasets/sample").display().to_string());
    let check = |from: &str, to: &str, text: &str| {
        let desk = Desk::new();
        assert!(example.contains(from), "{from}");
        desk.write("run.toml", &example.replace(from, to));
        desk.say("check run.toml").refuses(2, text);
    };
    check("base = \"EUR\"\n", "", "say what USD is worth");
    check("base = \"EUR\"", "base = \"GBP\"", "says nothing of what either is worth in EUR");
    let cash = "cash = \"100000 EUR\"";
    check(cash, &format!("{cash}\npegs = [[\"USD\", 1]]"), "USD has a rate already");
    check(cash, &format!("{cash}\npegs = [[\"EUR\", 1]]"), "EUR has a rate already");
    check(cash, &format!("{cash}\nmargin_mode = \"isolated\""), "isolated margin needs instruments");
}
