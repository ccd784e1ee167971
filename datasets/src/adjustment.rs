//! What corporate actions do to prices and positions: share ratios, and series adjusted backwards from their last day.
//!
//! Ratios and split-adjusted values are exact. Only the close that is adjusted for dividends too is a float: it is a feature
//! and the product of dozens of fractions, and no account is kept in it. Nothing here changes a candle or a position.
mod ratio;

pub use ratio::{Ratio, split_ratio};

use crate::actions::{Action, ActionKind};
use crate::error::time_text;
use engine::{Interval, Price, Timestamp};
use rust_decimal::Decimal;

/// Why actions cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdjustmentError {
    /// A split's factor is not near a ratio of shares.
    #[error(
        "split factor {factor} is within a millionth of no ratio of shares such as 7 or 3/2; a spin-off is often written so and changes prices only; correct the factor, or do not apply it to shares"
    )]
    NoShareRatio {
        /// As the source wrote it.
        factor: Decimal,
    },
    /// A split's factor is near several ratios of shares.
    #[error("split factor {factor} may mean {first} or {second}; write more digits of it")]
    AmbiguousRatio {
        /// As the source wrote it.
        factor: Decimal,
        /// A ratio that it may mean.
        first: Ratio,
        /// Another one.
        second: Ratio,
    },
    /// A date has two splits of the shares.
    #[error("{date}: two splits of the shares, {first} and {second}; keep the right one", date = date_text(*.day))]
    TwoSplits {
        /// The date, in days since the Unix epoch.
        day: i64,
        /// The first of them.
        first: Ratio,
        /// The second.
        second: Ratio,
    },
    /// A day's dividends are no less than the close that they are paid from.
    #[error("{date}: dividends of {cash} a share, but the close before is {close}; correct one of them", date = date_text(*.day))]
    DividendTooLarge {
        /// The date, in days since the Unix epoch.
        day: i64,
        /// Cash per share.
        cash: Decimal,
        /// The close before, in the quote currency.
        close: Ratio,
    },
    /// The closes are not a series.
    #[error("{date}: closes have to be above zero and of later and later days; sort or correct them", date = date_text(*.day))]
    BadClose {
        /// The day of the first close that is wrong.
        day: i64,
    },
    /// The actions of many years multiply to more than can be counted exactly.
    #[error("{date}: the splits from here to the last close multiply to a ratio of more than 18 digits; look for wrong factors", date = date_text(*.day))]
    TooLarge {
        /// The date, in days since the Unix epoch.
        day: i64,
    },
}

/// The last price of a day's session, as traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// The day that the session belongs to, in days since the Unix epoch; see [`crate::Session::day`].
    pub day: i64,
    /// The price, in the step that the series is read in.
    pub price: Price,
}

/// What the actions of one date do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The first day without them, in days since the Unix epoch: they take effect before its first trade.
    pub day: i64,
    /// New shares per old share; a position's quantity is multiplied by it.
    pub shares: Ratio,
    /// What prices before the date are divided by: `shares`, times what is written as a split and is no ratio of shares.
    pub prices: Ratio,
    /// What prices before the date are multiplied by for its dividends: (close before - cash) / close before.
    pub dividends: Ratio,
}

/// An adjustment with all that follow it.
#[derive(Clone, Copy, Debug)]
struct Step {
    adjustment: Adjustment,
    shares: Ratio,
    prices: Ratio,
    dividends: f64,
}

/// The actions of a symbol as they change a series of its prices, seen from its last day.
///
/// An earlier price is divided by the ratios of all splits after it. For dividends it is multiplied, for each date on which
/// the shares trade without one, by 1 - cash / close of the day before: the multiplier that Yahoo Finance explains in its
/// help on adjusted closes, after the standards of the Center for Research in Security Prices. The cash of a date is per
/// share as it was held before a split of that date.
#[derive(Clone, Debug)]
pub struct Adjustments {
    /// In the order of their days.
    steps: Vec<Step>,
    /// What a price is divided by to be in the quote currency.
    unit: Ratio,
}

impl Adjustments {
    /// Prepares the actions for prices that are counted in units of `10^-price_scale` and are adjusted to the last of
    /// `closes`. Actions after the last close, and up to the day of the first, change nothing.
    ///
    /// # Errors
    /// When the closes are no series, a factor is ambiguous, a date has two splits, or a dividend eats up the price.
    pub fn new(actions: &[Action], closes: &[Close], price_scale: u8) -> Result<Self, AdjustmentError> {
        let wrong_order = closes.windows(2).find(|pair| pair[1].day <= pair[0].day).map(|pair| pair[1].day);
        let not_positive = closes.iter().find(|close| close.price.0 <= 0).map(|close| close.day);
        if let Some(day) = wrong_order.or(not_positive) {
            return Err(AdjustmentError::BadClose { day });
        }
        let unit = Ratio::of(Decimal::new(1, price_scale.into()));
        let mut actions = actions.to_vec();
        actions.sort();
        let mut steps: Vec<Step> = Vec::new();
        let (mut shares, mut prices, mut dividends) = (Ratio::ONE, Ratio::ONE, 1.0);
        // From the last date to the first, since each step holds what follows it.
        for of_date in actions.chunk_by(|a, b| a.ex_date == b.ex_date).rev() {
            let day = of_date[0].ex_date.day();
            let before = closes.partition_point(|close| close.day < day);
            let (Some(close), true) = (before.checked_sub(1), before < closes.len()) else { continue };
            let adjustment = of_one_date(of_date, closes[close].price, unit)?;
            let so_far = |product: Option<Ratio>| product.filter(fits).ok_or(AdjustmentError::TooLarge { day });
            shares = so_far(adjustment.shares.times(shares))?;
            prices = so_far(adjustment.prices.times(prices))?;
            dividends *= adjustment.dividends.to_f64();
            steps.push(Step { adjustment, shares, prices, dividends });
        }
        steps.reverse();
        Ok(Self { steps, unit })
    }

    /// What is done on each date, in their order.
    pub fn dates(&self) -> impl Iterator<Item = &Adjustment> {
        self.steps.iter().map(|step| &step.adjustment)
    }

    /// What a price of `day` is divided by: the product of the ratios of all splits after it.
    #[must_use]
    pub fn price_ratio(&self, day: i64) -> Ratio {
        self.after(day).map_or(Ratio::ONE, |step| step.prices)
    }

    /// Shares of the last day per share of `day`.
    #[must_use]
    pub fn share_ratio(&self, day: i64) -> Ratio {
        self.after(day).map_or(Ratio::ONE, |step| step.shares)
    }

    /// A price of `day` adjusted for splits, exact and in the step that it was in.
    #[must_use]
    pub fn split_adjusted(&self, day: i64, price: Price) -> Ratio {
        let adjusted = Ratio::whole(price.0).over(self.price_ratio(day));
        adjusted.expect("the ratios are above zero and fit 64 bits, as the price does")
    }

    /// A volume of `day` adjusted for splits, exact and in the step that it was in.
    #[must_use]
    pub fn split_adjusted_volume(&self, day: i64, volume: i64) -> Ratio {
        let adjusted = Ratio::whole(volume).times(self.share_ratio(day));
        adjusted.expect("the ratios fit 64 bits, as the volume does")
    }

    /// A price of `day` adjusted for splits and dividends, in the quote currency.
    #[must_use]
    pub fn adjusted(&self, day: i64, price: Price) -> f64 {
        let in_currency = self.split_adjusted(day, price).to_f64() / self.unit.denominator() as f64;
        in_currency * self.after(day).map_or(1.0, |step| step.dividends)
    }

    /// The first step that takes effect after `day`.
    fn after(&self, day: i64) -> Option<&Step> {
        self.steps.get(self.steps.partition_point(|step| step.adjustment.day <= day))
    }
}

fn of_one_date(actions: &[Action], close: Price, unit: Ratio) -> Result<Adjustment, AdjustmentError> {
    let day = actions[0].ex_date.day();
    let too_large = || AdjustmentError::TooLarge { day };
    let (mut shares, mut prices, mut cash) = (None, Ratio::ONE, Decimal::ZERO);
    for action in actions {
        if action.kind == ActionKind::Dividend {
            cash = cash.checked_add(action.value).ok_or_else(too_large)?;
            continue;
        }
        let ratio = match split_ratio(action.value) {
            Ok(second) => {
                if let Some(first) = shares.replace(second) {
                    return Err(AdjustmentError::TwoSplits { day, first, second });
                }
                second
            }
            // Without a ratio of shares it is a spin-off, whose factor is for prices and holds as it is written.
            Err(AdjustmentError::NoShareRatio { .. }) => Ratio::of(action.value),
            Err(error) => return Err(error),
        };
        prices = prices.times(ratio).ok_or_else(too_large)?;
    }
    let close = Ratio::whole(close.0).times(unit).ok_or_else(too_large)?;
    let paid = Ratio::of(cash).over(close).ok_or_else(too_large)?;
    let dividends = Ratio::new(paid.denominator() - paid.numerator(), paid.denominator()).ok_or_else(too_large)?;
    if dividends.numerator() <= 0 {
        return Err(AdjustmentError::DividendTooLarge { day, cash, close });
    }
    Ok(Adjustment { day, shares: shares.unwrap_or(Ratio::ONE), prices, dividends })
}

/// Whether both numbers fit 64 bits, so that their product with a price or a volume fits 128, and stand above zero.
fn fits(ratio: &Ratio) -> bool {
    (1..=i128::from(i64::MAX)).contains(&ratio.numerator()) && ratio.denominator() <= i128::from(i64::MAX)
}

fn date_text(day: i64) -> String {
    let midnight = time_text(Timestamp(day.saturating_mul(Interval::DAY.0)));
    midnight.split_once('T').map_or(midnight.clone(), |(date, _)| date.to_string())
}
