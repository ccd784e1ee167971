//! `[account]`: what the simulated account begins with.
use super::amount;
use super::decimal;
use super::error::Complaint;
use super::execution::choice;
use super::node::Node;
use super::role;
use super::section::Section;
use super::written::{Written, list, quoted};
use engine::risk::Leverage;
use engine::sim::MarginMode;
use engine::{Currency, Money};
use rust_decimal::Decimal;

/// What the account begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSection {
    /// Above zero.
    pub cash: Money,
    /// The currency of the account and of every figure in the reports.
    pub currency: Currency,
    /// How many times its equity it may hold.
    pub leverage: Leverage,
    /// Whose losses the margin of a position answers for.
    pub margin_mode: MarginMode,
    /// Interest on cash, per cent a year.
    pub credit_interest_pct: Decimal,
    /// Interest on debt, per cent a year.
    pub debit_interest_pct: Decimal,
    /// What other currencies are worth throughout, where no instrument says it.
    pub pegs: Vec<(Currency, Decimal)>,
}

/// The largest leverage.
const LEVERAGE_MAX: i64 = 1_000;
/// Decimal places of a leverage.
const LEVERAGE_PLACES: u32 = 6;

pub(super) fn read(mut section: Section<'_>) -> Option<AccountSection> {
    let cash = section.required("cash", "\"100000 USD\"", amount::with_currency);
    let leverage = section.or("leverage", Leverage::ONE, leverage);
    let margin_mode = section.or("margin_mode", MarginMode::Cross, |node| choice(node, &MarginMode::ALL));
    let credit_interest_pct = section.or("credit_interest_pct", Decimal::ZERO, yearly);
    let debit_interest_pct = section.or("debit_interest_pct", Decimal::ZERO, yearly);
    let pegs = section.or("pegs", Vec::new(), pegs);
    section.close();
    let (cash, currency) = cash?;
    Some(AccountSection {
        cash,
        currency,
        leverage: leverage?,
        margin_mode: margin_mode?,
        credit_interest_pct: credit_interest_pct?,
        debit_interest_pct: debit_interest_pct?,
        pegs: pegs?,
    })
}

const PEGS: &str = "a list of currencies and what each is worth, as in [[\"USDT\", 1]]";

/// Each currency once, with a rate above zero that 64 bits hold.
fn pegs(node: &Node) -> Result<Vec<(Currency, Decimal)>, Complaint> {
    let mut pegs: Vec<(Currency, Decimal)> = Vec::new();
    for item in node.list(PEGS)? {
        let [currency, rate] = item.list(PEGS)? else {
            return Err(item.complain("a peg is a currency and its rate").expected(PEGS));
        };
        let (currency, value) = (role::currency(currency)?, rate.decimal(PEGS)?.normalize());
        if pegs.iter().any(|(known, _)| *known == currency) {
            return Err(item.complain(format!("{currency} is pegged twice")));
        }
        let fits = value > Decimal::ZERO && value <= Decimal::from(1_000_000_000) && decimal::places(value) <= 9;
        if !fits {
            let expected = "a rate above 0, up to 1000000000, with at most nine decimal places";
            return Err(rate.complain(format!("{} is out of range", decimal::plain(value))).expected(expected));
        }
        pegs.push((currency, value));
    }
    Ok(pegs)
}

/// A rate of interest in per cent a year.
pub(super) fn yearly(node: &Node) -> Result<Decimal, Complaint> {
    let expected = "per cent a year from 0 to 1000, with at most six decimal places";
    let value = node.decimal(expected)?;
    let fits = value >= Decimal::ZERO && value <= Decimal::from(1_000) && decimal::places(value) <= 6;
    if fits {
        return Ok(value.normalize());
    }
    Err(node.complain(format!("{} per cent a year are out of range", decimal::plain(value))).expected(expected))
}

fn leverage(node: &Node) -> Result<Leverage, Complaint> {
    let expected = "a number above 0, up to 1000, with at most six decimal places";
    let value = node.decimal(expected)?;
    let fits =
        value > Decimal::ZERO && value <= Decimal::from(LEVERAGE_MAX) && decimal::places(value) <= LEVERAGE_PLACES;
    let ppm = fits.then(|| value * Decimal::from(1_000_000)).and_then(|ppm| i64::try_from(ppm).ok());
    let refuse =
        || node.complain(format!("a leverage of {} is out of range", decimal::plain(value))).expected(expected);
    ppm.map(|ppm| Leverage { ppm }).ok_or_else(refuse)
}

pub(super) fn written(account: &AccountSection) -> Written {
    // Only where it is not as it always was, so that old runs read as they did.
    let mode = (account.margin_mode != MarginMode::Cross).then(|| account.margin_mode.name().to_string());
    Written::new("account")
        .text("cash", &engine::money::amount_text(account.cash, account.currency))
        .literal("credit_interest_pct", decimal::plain(account.credit_interest_pct))
        .literal("debit_interest_pct", decimal::plain(account.debit_interest_pct))
        .text("leverage", &decimal::plain(Decimal::new(account.leverage.ppm, LEVERAGE_PLACES)))
        .maybe("margin_mode", mode)
        .maybe_literal("pegs", (!account.pegs.is_empty()).then(|| list(account.pegs.iter().map(peg))))
}

fn peg((currency, rate): &(Currency, Decimal)) -> String {
    list([quoted(&currency.to_string()), decimal::plain(*rate)])
}
