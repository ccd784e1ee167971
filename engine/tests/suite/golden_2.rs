//! The golden tape of schema 2: what it added to schema 1. It was written when schema 2 was new, and never again.
use crate::golden::{kinds, replayed};
use expect_test::expect;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v2.tape");

/// Every kind of order, term and tie, and a note.
pub(crate) const WISHES: &str = "candle 1 1 1 1 | buy 10 stop 101 limit 102 day loss 90 gain 120 | sell 1 trailing 2 until 9h
    sell 1 trailing 1.5 % | or sell 1 touched 103 | buy 1 touched 99 limit 98 | buy 1 limit 97 post-only | sell 1 limit 130 reduce-only
    buy 1 market ioc | buy 1 limit 90 fok | buy 1 market at-open | buy 1 limit 80 at-close | note 7 is -3
    attach sell 1 stop 70 | buy 1 market post-only | candle 1 1 1 1 | sell 1 market";

fn tape() -> Vec<u8> {
    std::fs::read(PATH).expect("the golden tape stands beside the tests")
}

#[test]
fn the_golden_tape_of_schema_2_replays() {
    let tape = tape();
    expect!["18 steps, acdd0fd64738f883ce37933c3953acacf957a6a36f9e35d50d0a91854d5b4940, cash 999874.115896218318"]
        .assert_eq(&replayed(&tape, WISHES));
    expect!["Accepted Busted Candle Carry Filled Liquidated Noted Rejected Submit repeated_bust terms"]
        .assert_eq(&kinds(&tape));
}
