//! The body of a new order: its fields as they came, and what each must look like before anything else is asked.
use super::exact::{self, Exact};
use super::refusal::Refusal;
use super::words::{Class, INTENTS, Kind, Span, side};
use engine::Side;
use rust_decimal::Decimal;
use serde::Deserialize;

/// The longest client id that is taken.
const CLIENT_ID_MAX: usize = 128;

/// The body of `POST /v2/orders`. Fields that are not named here are passed over, as the real venue does.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    symbol: Option<String>,
    qty: Option<Exact>,
    notional: Option<Exact>,
    side: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    time_in_force: Option<String>,
    limit_price: Option<Exact>,
    stop_price: Option<Exact>,
    trail_price: Option<Exact>,
    trail_percent: Option<Exact>,
    extended_hours: Option<bool>,
    client_order_id: Option<String>,
    order_class: Option<String>,
    take_profit: Option<TakeProfit>,
    stop_loss: Option<StopLoss>,
    position_intent: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TakeProfit {
    limit_price: Option<Exact>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StopLoss {
    stop_price: Option<Exact>,
    limit_price: Option<Exact>,
}

/// How much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Quantity(Decimal),
    /// In dollars.
    Notional(Decimal),
}

/// How far a trailing stop stays behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trailing {
    Price(Decimal),
    Percent(Decimal),
}

/// When and at what price, with every price that its kind needs and none that it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pricing {
    pub(crate) kind: Kind,
    pub(crate) limit: Option<Decimal>,
    pub(crate) stop: Option<Decimal>,
    pub(crate) trail: Option<Trailing>,
}

/// An order as it is wished, each field in its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) symbol: String,
    pub(crate) amount: Amount,
    pub(crate) side: Side,
    pub(crate) pricing: Pricing,
    pub(crate) span: Span,
    pub(crate) extended_hours: bool,
    pub(crate) client_id: Option<String>,
    pub(crate) class: Class,
    /// The price of the exit with a gain.
    pub(crate) take_profit: Option<Decimal>,
    /// The exit with a loss: a stop, or a stop limit.
    pub(crate) stop_loss: Option<Pricing>,
    pub(crate) intent: Option<&'static str>,
}

/// Reads the body of a new order.
///
/// # Errors
/// 400 where it is no JSON of the right shape, 422 where a field is missing, doubled or out of its bounds.
pub(crate) fn read(body: &[u8]) -> Result<Draft, Refusal> {
    let body: Body = exact::object(body)?;
    let class = word(body.order_class.as_deref().unwrap_or_default(), Class::read, "order_class")?;
    let draft = Draft {
        symbol: body.symbol.clone().filter(|it| !it.is_empty()).ok_or(Refusal::field("symbol is required"))?,
        amount: amount(&body)?,
        side: word(required(body.side.as_deref(), "side")?, side, "side")?,
        pricing: pricing(&body, class)?,
        span: word(required(body.time_in_force.as_deref(), "time_in_force")?, Span::read, "time_in_force")?,
        extended_hours: body.extended_hours.unwrap_or(false),
        client_id: client_id(body.client_order_id.as_deref())?,
        class,
        take_profit: positive(body.take_profit.and_then(|it| it.limit_price), "take_profit.limit_price")?,
        stop_loss: body.stop_loss.map(stop_loss).transpose()?,
        intent: intent(body.position_intent.as_deref())?,
    };
    exits_fit(&draft)?;
    Ok(draft)
}

/// A client id in its bounds; an empty one is none.
pub(crate) fn client_id(text: Option<&str>) -> Result<Option<String>, Refusal> {
    match text {
        None | Some("") => Ok(None),
        Some(text) if text.chars().count() > CLIENT_ID_MAX => {
            Err(Refusal::field("client_order_id must be no more than 128 characters"))
        }
        Some(text) => Ok(Some(text.to_string())),
    }
}

/// No price, quantity or amount is taken beyond a million millions: what two of them make still fits a decimal.
const LARGEST: Decimal = Decimal::from_parts(0xd4a5_1000, 0xe8, 0, false, 0);

/// A number above zero, if there is one.
pub(crate) fn positive(number: Option<Exact>, field: &str) -> Result<Option<Decimal>, Refusal> {
    match number {
        Some(Exact(number)) if number <= Decimal::ZERO => Err(Refusal::field(format!("{field} must be > 0"))),
        Some(Exact(number)) if number > LARGEST => Err(Refusal::field(format!("{field} is too large"))),
        number => Ok(number.map(|it| it.0)),
    }
}

fn required<'a>(text: Option<&'a str>, field: &'static str) -> Result<&'a str, Refusal> {
    text.ok_or_else(|| Refusal::field(format!("{field} is required")))
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>, field: &'static str) -> Result<T, Refusal> {
    read(text).ok_or_else(|| Refusal::field(format!("invalid {field}")))
}

fn intent(text: Option<&str>) -> Result<Option<&'static str>, Refusal> {
    text.map(|text| word(text, |text| INTENTS.into_iter().find(|it| *it == text), "position_intent")).transpose()
}

fn amount(body: &Body) -> Result<Amount, Refusal> {
    match (positive(body.qty, "qty")?, positive(body.notional, "notional")?) {
        (Some(quantity), None) => Ok(Amount::Quantity(quantity)),
        (None, Some(notional)) => Ok(Amount::Notional(notional)),
        (None, None) => Err(Refusal::field("qty or notional is required")),
        (Some(_), Some(_)) => Err(Refusal::field("only one of qty or notional is accepted")),
    }
}

fn pricing(body: &Body, class: Class) -> Result<Pricing, Refusal> {
    let kind = word(required(body.kind.as_deref(), "type")?, Kind::read, "type")?;
    let mut limit = positive(body.limit_price, "limit_price")?;
    let stop = positive(body.stop_price, "stop_price")?;
    let trail = match (positive(body.trail_price, "trail_price")?, positive(body.trail_percent, "trail_percent")?) {
        (None, None) => None,
        (Some(price), None) => Some(Trailing::Price(price)),
        (None, Some(percent)) => Some(Trailing::Percent(percent)),
        (Some(_), Some(_)) => return Err(Refusal::field("only one of trail_price or trail_percent is accepted")),
    };
    if class == Class::Oco {
        // The exit with a gain is the order itself: its price may stand in either place.
        let gain = body.take_profit.as_ref().and_then(|it| it.limit_price);
        limit = positive(gain, "take_profit.limit_price")?.or(limit);
    }
    fits(Pricing { kind, limit, stop, trail })
}

/// The pricing, if it has every price that its kind needs and no other.
pub(crate) fn fits(pricing: Pricing) -> Result<Pricing, Refusal> {
    let Pricing { kind, limit, stop, trail } = pricing;
    let name = kind.name().replace('_', " ");
    let trails = kind == Kind::TrailingStop;
    for (needed, there, what) in [
        (kind.has_limit(), limit.is_some(), "a limit price"),
        (kind.has_stop(), stop.is_some(), "a stop price"),
        (trails, trail.is_some(), "one of trail_price or trail_percent"),
    ] {
        if needed && !there {
            return Err(Refusal::field(format!("{name} orders require {what}")));
        }
        if there && !needed {
            return Err(Refusal::field(format!("{name} orders must not have {what}")));
        }
    }
    match trail {
        Some(Trailing::Percent(percent)) if percent >= Decimal::ONE_HUNDRED => {
            Err(Refusal::field("trail_percent must be < 100"))
        }
        _ => Ok(pricing),
    }
}

fn stop_loss(body: StopLoss) -> Result<Pricing, Refusal> {
    let stop = positive(body.stop_price, "stop_loss.stop_price")?;
    let limit = positive(body.limit_price, "stop_loss.limit_price")?;
    if stop.is_none() {
        return Err(Refusal::field("stop_loss.stop_price is required"));
    }
    let kind = if limit.is_some() { Kind::StopLimit } else { Kind::Stop };
    Ok(Pricing { kind, limit, stop, trail: None })
}

/// Whether the exits are those that the class has.
fn exits_fit(draft: &Draft) -> Result<(), Refusal> {
    let (gain, loss) = (draft.take_profit.is_some(), draft.stop_loss.is_some());
    let class = draft.class.name();
    match draft.class {
        Class::Simple if gain || loss => {
            Err(Refusal::field("take_profit and stop_loss are only allowed with an order_class"))
        }
        Class::Bracket if !gain || !loss => {
            Err(Refusal::field("bracket orders require take_profit.limit_price and stop_loss.stop_price"))
        }
        Class::Oto if gain == loss => Err(Refusal::field("oto orders require one of take_profit and stop_loss")),
        Class::Oco if !loss => Err(Refusal::field("oco orders require stop_loss.stop_price")),
        Class::Oco if draft.pricing.kind != Kind::Limit => Err(Refusal::field("oco orders must be of type limit")),
        Class::Simple => Ok(()),
        _ if draft.extended_hours => Err(Refusal::unprocessable(format!("{class} orders must not be extended hours"))),
        _ if !matches!(draft.span, Span::Day | Span::Gtc) => {
            Err(Refusal::unprocessable(format!("{class} orders must be day or gtc")))
        }
        _ if matches!(draft.amount, Amount::Notional(_)) => Err(Refusal::field(format!("{class} orders require qty"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
