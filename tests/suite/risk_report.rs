//! The report of risk of a real run: there where `[risk]` stands, and nowhere else.
use crate::onetape::Desk;
use serde_json::Value;

fn run(example: &str) -> (Desk, Value) {
    let desk = Desk::new();
    let summary = desk.say(&format!("--json backtest @/examples/{example}.toml --out out")).json();
    (desk, summary)
}

fn row<'a>(rows: &'a Value, key: &str, name: &str) -> &'a Value {
    let found = rows.as_array().and_then(|rows| rows.iter().find(|row| row[key] == name));
    found.unwrap_or_else(|| panic!("{name} is among {rows}"))
}

#[test]
fn a_run_with_limits_says_how_far_they_were_used_and_what_its_positions_risk() {
    let (desk, summary) = run("btc-daily-loss");
    let risk = &summary["risk"];
    let daily = row(&risk["limits"], "check", "daily_loss_limit");
    assert_eq!(daily["limit"], "3 %");
    assert!(daily["share"].as_f64().is_some_and(|share| share > 1.0), "it was exceeded: {daily}");
    for (check, count) in summary["refused"].as_object().expect("a map") {
        assert_eq!(&row(&risk["refusals"], "check", check)["count"], count);
    }
    let exposure = row(&risk["exposure"], "name", "coinbase:BTCUSD");
    let (average, maximum) = (exposure["average"].as_f64(), exposure["maximum"].as_f64());
    assert!(average > Some(0.0) && maximum > average, "{exposure}");
    let found = &risk["value_at_risk"];
    assert!(found["days"].as_u64().is_some_and(|days| (300..366).contains(&days)), "{found}");
    let part = found["positions"][0]["component"].as_f64().expect("a number");
    let whole = row(&found["methods"], "method", "parametric")["value_at_risk"].as_f64().expect("a number");
    assert!((part - whole).abs() <= 1e-9 * whole, "the only position is the whole: {part} and {whole}");
    assert!(risk["backtest"]["coverage"]["periods"].as_u64() > Some(300), "{}", risk["backtest"]);
    assert_eq!(risk["stress"].as_array().map(Vec::len), Some(3));
    let page = || std::fs::read_to_string(desk.path("out/report.html")).expect("a page");
    let section = |page: &str| {
        page.split_once("id=\"risk\"")
            .expect("a section on risk")
            .1
            .split_once("</section>")
            .expect("its end")
            .0
            .to_owned()
    };
    let before = section(&page());
    assert_eq!(desk.say("--json report out").code, 0);
    assert_eq!(section(&page()), before, "made again from the files it is the same");
}

#[test]
fn the_report_is_the_same_in_two_processes() {
    assert_eq!(run("btc-emergency-stop").1["risk"], run("btc-emergency-stop").1["risk"]);
}

#[test]
fn a_run_without_limits_has_no_report_of_risk() {
    let (desk, summary) = run("btc-ema-cross");
    assert_eq!(summary.get("risk"), None);
    let page = std::fs::read_to_string(desk.path("out/report.html")).expect("a page");
    assert!(!page.contains("id=\"risk\""));
}
