//! The recorded cases, as text: nothing of them passes through a parser that could change a number.
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// One case: its fields as they stand.
pub(super) type Case = BTreeMap<String, Box<RawValue>>;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

fn read(text: &str) -> BTreeMap<String, Case> {
    let file: File = serde_json::from_str(text).expect("a file of cases");
    file.cases.into_iter().map(|case| (string(&case, "id"), case)).collect()
}

/// A field that is text.
pub(super) fn string(case: &Case, field: &str) -> String {
    serde_json::from_str(case[field].get()).expect("text")
}

macro_rules! file {
    ($name:ident, $path:literal) => {
        pub(super) fn $name() -> BTreeMap<String, Case> {
            read(include_str!(concat!("../../fixtures/", $path)))
        }
    };
}

file!(rest, "alpaca_rest_responses.json");
file!(go, "alpaca_go_marketdata.json");
file!(openapi, "alpaca_openapi_examples.json");
file!(frames, "alpaca_ws_frames.json");
file!(requests, "alpaca_client_requests.json");
