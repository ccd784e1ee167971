//! What the currencies of a run are worth in the account's: from its pairs and pegs to the engine's rates, and in words.
use crate::failure::Failure;
use crate::run_file::RunFile;
use engine::books::Foreign;
use engine::exchange::RateSource;
use engine::measure::pow10;
use engine::sim::MarginMode;
use engine::{Books, Currencies, Currency, Exchange, Instrument, InstrumentId, Money, Way};
use evaluations::{Assumption, CurrencyResult};
use rust_decimal::Decimal;

/// The currencies of the instruments of a run, which stand in the order of the run file.
///
/// # Errors
/// When one has no rate, or two.
pub(crate) fn currencies(run: &RunFile, instruments: &[Instrument]) -> Result<Currencies, Failure> {
    let home = run.account.currency;
    let mut rates: Vec<(Currency, RateSource)> = Vec::new();
    for ((place, section), instrument) in (0_u32..).zip(&run.instruments).zip(instruments) {
        let (id, quote) = (InstrumentId(place), instrument.quote);
        let (currency, way) = match section.role.base {
            Some(base) if quote == home && base != home => (base, Way::Direct),
            Some(base) if base == home && quote != home => (quote, Way::Inverse),
            Some(base) => {
                let text = format!("the price of {base} in {quote} says nothing of what either is worth in {home}");
                return Err(run.error_at(&format!("instruments.{place}.base"), &text).into());
            }
            None => continue,
        };
        if rates.iter().any(|(known, _)| *known == currency) {
            let text = format!("{currency} has two rates in {home}: keep one pair");
            return Err(run.error_at(&format!("instruments.{place}.base"), &text).into());
        }
        rates.push((currency, RateSource::pair(id, instrument, way)));
    }
    for (currency, rate) in &run.account.pegs {
        if rates.iter().any(|(known, _)| known == currency) || *currency == home {
            let text = format!("{currency} has a rate already: a peg is for a currency without one");
            return Err(run.error_at("account.pegs", &text).into());
        }
        rates.push((*currency, RateSource::Pegged(exchange(*rate))));
    }
    let found = Currencies::new(home, instruments, &rates);
    if run.account.margin_mode == MarginMode::Isolated && found.as_ref().is_ok_and(|c| !c.foreign().is_empty()) {
        let text = format!("isolated margin needs instruments that are all quoted in the account's currency, {home}");
        return Err(run.error_at("account.margin_mode", &text).into());
    }
    found.map_err(|currency| {
        let place = instruments.iter().position(|i| i.quote == currency).unwrap_or(0);
        let text = format!(
            "{} is quoted in {currency} and the account is in {home}: say what {currency} is worth, by an instrument with \
             `base = \"{currency}\"` that is quoted in {home}, by one with `base = \"{home}\"` that is quoted in {currency}, \
             or by `pegs` in [account]",
            instruments[place].name
        );
        run.error_at(&format!("instruments.{place}.symbol"), &text).into()
    })
}

fn exchange(rate: Decimal) -> Exchange {
    let rate = rate.normalize();
    let numerator = i64::try_from(rate.mantissa()).ok();
    let denominator = u8::try_from(rate.scale()).ok().map(pow10);
    numerator.zip(denominator).and_then(|(n, d)| Exchange::new(n, d)).expect("the run file takes no other pegs")
}

/// What is assumed about currencies.
#[must_use]
pub(crate) fn assumptions(run: &RunFile, currencies: &Currencies) -> Vec<Assumption> {
    let home = run.account.currency;
    let text = |source: RateSource| match source {
        RateSource::Pair { instrument, way, .. } => {
            let name = run.instruments[instrument.index()].name();
            let how = if way == Way::Direct { "the last price" } else { "one over the last price" };
            format!(
                "valued in {home} at {how} of {name}; no balance is converted: what is bought in it is owed in it, and \
                 orders are refused before the first rate"
            )
        }
        RateSource::Pegged(rate) => {
            format!("counts as {} {home} throughout; no balance is converted", rate.home(Money::ONE))
        }
    };
    let of =
        |(currency, source): &(Currency, RateSource)| Assumption { about: currency.to_string(), text: text(*source) };
    currencies.foreign().iter().map(of).collect()
}

/// What is held in other currencies.
#[must_use]
pub(crate) fn results(books: &Books) -> Vec<CurrencyResult> {
    let of = |foreign: &Foreign| CurrencyResult {
        currency: foreign.currency.to_string(),
        cash: foreign.ledger.cash,
        equity: foreign.ledger.equity(),
        rate: foreign.home(Money::ONE),
    };
    books.foreign().iter().map(of).collect()
}
