//! What a run file says about currencies.
use super::{check_each, good, parse, with};
use crate::run_file::Role;
use expect_test::expect;
use rust_decimal::Decimal;

#[test]
fn a_pair_is_looked_at_and_a_peg_stands() {
    let currency = |code: &str| code.parse::<engine::Currency>().expect("a currency");
    let text = with("interval = \"4h\"", "interval = \"4h\"\nquote = \"USD\"\nbase = \"BTC\"\ntrade = false");
    let run = good(
        &text.replace("cash = \"100000 USD\"", "cash = \"100000 USD\"\npegs = [[\"USDT\", 1], [\"EUR\", \"1.25\"]]"),
    );
    let role = Role { quote: Some(currency("USD")), base: Some(currency("BTC")), traded: false };
    assert_eq!(run.instruments[0].role, role);
    assert_eq!(run.account.pegs, [(currency("USDT"), Decimal::ONE), (currency("EUR"), Decimal::new(125, 2))]);
    assert_eq!(good(&run.resolved()), run, "it reads as it is written");
    let plain = good(super::GOOD).resolved();
    assert!(!["base =", "trade =", "pegs ="].iter().any(|key| plain.contains(key)), "{plain}");
    assert!(parse(&text.replace("trade = false", "trade = 0")).is_err());
}

#[test]
fn pegs_that_cannot_be_are_refused() {
    let cash = "cash = \"100000 USD\"";
    let peg = |pegs: &str| format!("{cash}\npegs = {pegs}");
    let texts = ["1", "[[\"USDT\"]]", "[[\"usdt\", 1]]", "[[\"USDT\", 0]]", "[[\"USDT\", 1], [\"USDT\", 2]]"].map(peg);
    let cases: Vec<(&str, &str)> = texts.iter().map(|text| (cash, text.as_str())).collect();
    check_each(
        &cases,
        expect![[r#"
        run.toml:17:8: `pegs`: this is a whole number
          17 | pegs = 1
             |        ^
             = expected a list of currencies and what each is worth, as in [["USDT", 1]]

        run.toml:17:9: `pegs`: a peg is a currency and its rate
          17 | pegs = [["USDT"]]
             |         ^^^^^^^^
             = expected a list of currencies and what each is worth, as in [["USDT", 1]]

        run.toml:17:10: `pegs`: `usdt` is not a currency
          17 | pegs = [["usdt", 1]]
             |          ^^^^^^
             = expected a currency of one to eight upper-case letters or digits as in "USD"

        run.toml:17:18: `pegs`: 0 is out of range
          17 | pegs = [["USDT", 0]]
             |                  ^
             = expected a rate above 0, up to 1000000000, with at most nine decimal places

        run.toml:17:22: `pegs`: USDT is pegged twice
          17 | pegs = [["USDT", 1], ["USDT", 2]]
             |                      ^^^^^^^^^^^"#]],
    );
}
