//! Value at risk, its decompositions and its backtests against what numpy computed of the same inputs.
//!
//! The file is written by `tests/fixtures/value_at_risk.py`, which uses nothing of the project.
use engine::value_at_risk::{
    Confidence, Covariance, Decomposition, Draws, Drift, Returns, TailLoss, UnitTails, decompose_historical,
    decompose_parametric, draw, historical, monte_carlo, parametric,
};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/value_at_risk.json")).expect("a fixture")
}

fn items(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    items(value).iter().map(number).collect()
}

/// What is compared with what: to 1e-9 of the figure, or to the rounding of the values that it was summed of.
struct Bound<'a> {
    place: &'a str,
    /// The sum of the sizes of all positions.
    gross: f64,
}

impl Bound<'_> {
    #[track_caller]
    fn check(&self, what: &str, found: f64, expected: f64) {
        let tolerance = 1e-9 * expected.abs().max(1e-6 * self.gross);
        let place = self.place;
        assert!((found - expected).abs() <= tolerance, "{place}, {what}: found {found}, numpy has {expected}");
    }

    #[track_caller]
    fn check_tail(&self, what: &str, found: TailLoss, expected: &Value) {
        self.check(&format!("{what}, value at risk"), found.value_at_risk, number(&expected[0]));
        self.check(&format!("{what}, expected shortfall"), found.expected_shortfall, number(&expected[1]));
    }

    #[track_caller]
    fn check_decomposition(&self, method: &str, found: &Decomposition, expected: &Value) {
        self.check_tail(method, found.whole, &expected["whole"]);
        let positions = items(&expected["positions"]);
        assert!(positions.is_empty() || found.positions.len() == positions.len());
        for (place, (found, expected)) in found.positions.iter().zip(positions).enumerate() {
            self.check_tail(&format!("{method}, component {place}"), found.component, &expected["component"]);
            self.check_tail(&format!("{method}, incremental {place}"), found.incremental, &expected["incremental"]);
            // Of a unit of value, so of returns.
            let unit = Bound { place: self.place, gross: 1.0 };
            unit.check_tail(&format!("{method}, marginal {place}"), found.marginal, &expected["marginal"]);
        }
        let sum: TailLoss = found.positions.iter().map(|position| position.component).sum();
        self.check(&format!("{method}, sum"), sum.value_at_risk, found.whole.value_at_risk);
        self.check(&format!("{method}, sum of shortfalls"), sum.expected_shortfall, found.whole.expected_shortfall);
    }
}

fn check_case(case: &Value) {
    let values = numbers(&case["values"]);
    let rows: Vec<f64> = items(&case["returns"]).iter().flat_map(numbers).collect();
    let returns = Returns::new(values.len(), rows).expect("a matrix of returns");
    let covariance = Covariance::of(&returns);
    let count = case["draws"].as_u64().expect("a count") as usize;
    let draws = Draws { count, seed: case["seed"].as_u64().expect("a seed") };
    let drawn = draw(&covariance, Drift::Sample, draws);
    let gross = values.iter().map(|value| value.abs()).sum();
    for result in items(&case["results"]) {
        let place = format!("{} at {}", case["name"], result["confidence"]);
        let bound = Bound { place: &place, gross };
        let confidence = Confidence::new(number(&result["confidence"])).expect("a confidence");
        let (zero, sample) = (Drift::Zero, Drift::Sample);
        let of = |method: &str, found: &Decomposition| bound.check_decomposition(method, found, &result[method]);
        of("historical", &decompose_historical(&values, &returns, confidence));
        of("parametric", &decompose_parametric(&values, &covariance, zero, confidence));
        of("parametric_sample_mean", &decompose_parametric(&values, &covariance, sample, confidence));
        of("monte_carlo", &decompose_historical(&values, &drawn, confidence));
        let whole = |method: &str, found| bound.check_tail(method, found, &result[method]["whole"]);
        whole("historical", historical(&values, &returns, confidence));
        whole("parametric", parametric(&values, &covariance, zero, confidence));
        whole("monte_carlo", monte_carlo(&values, &covariance, sample, confidence, draws));
        let unit = Bound { place: &place, gross: 1.0 };
        for instrument in 0..values.len() {
            let tails = UnitTails::of(returns.column(instrument), confidence);
            unit.check_tail("long", tails.long, &result["unit_long"][instrument]);
            unit.check_tail("short", tails.short, &result["unit_short"][instrument]);
        }
    }
}

#[test]
fn every_method_and_decomposition_agrees_with_numpy() {
    let fixture = fixture();
    assert!(items(&fixture["cases"]).len() >= 11);
    items(&fixture["cases"]).iter().for_each(check_case);
}

#[test]
fn the_tests_of_exceedances_agree_with_those_computed_apart() {
    for case in items(&fixture()["coverage"]) {
        let exceeded: Vec<bool> = case["exceeded"].as_str().expect("a text").chars().map(|hit| hit == '1').collect();
        let found = evaluations::risk::coverage(&exceeded, number(&case["probability"])).expect("there are days");
        let pairs: Vec<u64> = items(&case["pairs"]).iter().filter_map(Value::as_u64).collect();
        assert_eq!(found.pairs.to_vec(), pairs, "{}", case["name"]);
        let bound = Bound { place: &case["name"].to_string(), gross: 1.0 };
        let tests =
            [("kupiec", found.kupiec), ("independence", found.independence), ("conditional", found.conditional)];
        for (name, test) in tests {
            bound.check(&format!("{name}, statistic"), test.statistic, number(&case[name][0]));
            bound.check(&format!("{name}, p"), test.p_value, number(&case[name][1]));
        }
    }
}

#[test]
fn at_95_percent_it_is_what_the_metrics_call_var_and_cvar_with_the_sign_of_a_loss() {
    for case in items(&fixture()["cases"]) {
        let returns: Vec<f64> = items(&case["returns"]).iter().map(|row| number(&row[0])).collect();
        let sorted = evaluations::metrics::distribution::sorted(&returns);
        let tails = UnitTails::of(returns.iter().copied(), Confidence::PERCENT_95);
        let bound = Bound { place: &case["name"].to_string(), gross: 1.0 };
        let metric = |found: Option<f64>| -found.expect("there are returns");
        bound.check("var_95", metric(evaluations::metrics::distribution::var_95(&sorted)), tails.long.value_at_risk);
        bound.check(
            "cvar_95",
            metric(evaluations::metrics::distribution::cvar_95(&sorted)),
            tails.long.expected_shortfall,
        );
    }
}
